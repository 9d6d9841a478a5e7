//! The stages: one file per kind, one table of kinds.
//!
//! Glue between tables on disk and the pure rooms: a settings struct, what it reads, what it makes, and the run that calls
//! the work. Nothing here knows the pipeline file, the store or the clock.

mod build_features;
mod business;
mod choices;
mod clean_orders;
mod columns;
mod contacts;
mod contracts;
mod deliver;
mod events;
mod examples;
mod expect;
mod figures;
mod find_customers;
mod holdouts;
mod index_satisfaction;
mod ingest;
mod keep_contacts;
mod measure_campaign;
mod measure_kpis;
mod measure_loyalty;
mod mine_baskets;
mod mine_sequences;
mod model_uplift;
mod next_after;
mod orders;
#[cfg(test)]
mod parted;
mod parts;
mod persons;
mod plan_contacts;
mod reason_texts;
mod recommend;
mod report;
mod rows;
mod score_churn;
mod segment;
mod select_targets;
mod sql;
mod study_churn;
mod succession;
mod track_lifecycle;
mod train_churn;
mod value_customers;
mod watch_events;
mod words;

pub use deliver::MANIFEST;
pub use report::REPORT;
pub use words::speech;

use crate::stage::Kind;

/// Every stage kind, in the order in which a pipeline tends to use them.
pub static KINDS: &[&Kind] = &[
    &ingest::KIND,
    &keep_contacts::KIND,
    &clean_orders::KIND,
    &sql::KIND,
    &expect::KIND,
    &build_features::KIND,
    &segment::KIND,
    &measure_kpis::KIND,
    &track_lifecycle::KIND,
    &value_customers::KIND,
    &measure_loyalty::KIND,
    &mine_baskets::KIND,
    &mine_sequences::KIND,
    &recommend::KIND,
    &train_churn::KIND,
    &score_churn::KIND,
    &study_churn::KIND,
    &find_customers::KIND,
    &index_satisfaction::KIND,
    &watch_events::KIND,
    &model_uplift::KIND,
    &plan_contacts::KIND,
    &select_targets::KIND,
    &deliver::KIND,
    &measure_campaign::KIND,
    &report::KIND,
];

#[cfg(test)]
mod tests {
    use super::KINDS;

    #[test]
    fn kinds_have_their_own_names_and_an_example_each() {
        for (i, kind) in KINDS.iter().enumerate() {
            assert!(KINDS[..i].iter().all(|other| other.name != kind.name), "{} stands twice", kind.name);
            let last = kind.example.last().expect("an example is not empty");
            assert!(last.contains(&format!("kind = \"{}\"", kind.name)), "{}", kind.name);
            assert!(kind.meaning.ends_with('.'), "{}", kind.name);
        }
    }
}
