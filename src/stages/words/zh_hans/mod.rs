//! What the stages say, in simplified Chinese: a book per table of words, and one per kind of term that a pure room holds.

use crate::report::Phrasebook;

mod business;
mod clean_orders;
mod contracts;
mod customers;
mod deliver;
mod events;
mod expect;
mod features;
mod find_customers;
mod index_satisfaction;
mod ingest;
mod keep_contacts;
mod kpis;
mod lifecycle;
mod measure_campaign;
mod measure_kpis;
mod measure_loyalty;
mod mine_baskets;
mod mine_sequences;
mod model_uplift;
mod models;
mod next_after;
mod persons;
mod plan_contacts;
mod reasons;
mod recommend;
mod report;
mod score_churn;
mod segment;
mod select_targets;
mod study_churn;
mod succession;
mod train_churn;
mod units;
mod value_customers;
mod watch_events;

/// All books.
pub(super) static BOOKS: [Phrasebook; 36] = [
    business::BOOK,
    clean_orders::BOOK,
    contracts::BOOK,
    customers::BOOK,
    deliver::BOOK,
    events::BOOK,
    expect::BOOK,
    features::BOOK,
    find_customers::BOOK,
    index_satisfaction::BOOK,
    ingest::BOOK,
    keep_contacts::BOOK,
    kpis::BOOK,
    lifecycle::BOOK,
    measure_campaign::BOOK,
    measure_kpis::BOOK,
    measure_loyalty::BOOK,
    mine_baskets::BOOK,
    mine_sequences::BOOK,
    model_uplift::BOOK,
    models::BOOK,
    next_after::BOOK,
    persons::BOOK,
    plan_contacts::BOOK,
    reasons::BOOK,
    recommend::BOOK,
    report::BOOK,
    score_churn::BOOK,
    segment::BOOK,
    select_targets::BOOK,
    study_churn::BOOK,
    succession::BOOK,
    train_churn::BOOK,
    units::BOOK,
    value_customers::BOOK,
    watch_events::BOOK,
];
