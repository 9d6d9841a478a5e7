//! The sections: one file per kind with its data, its chapter, its words and its drawing, and one row in the table below.
//!
//! A new section is a file that declares its data (plain, with `Default`, `Serialize` and `Deserialize`), a table of words,
//! [`Shown`] and, for the tests of the whole page, `Sample`; `checks.rs` is a short one to copy. Then it takes one `mod`
//! line and one row here. What a section does not know: files, clock, tables, other stages.

mod bars;
mod bridges;
mod changes;
mod checks;
mod cohorts;
mod concentration;
mod curves;
mod customer_equity;
mod drift;
mod importance_map;
mod kpis;
mod lists;
mod model;
mod note;
mod paths;
mod predicted;
mod recommendations;
mod rejects;
mod reliability;
mod rfm;
mod rules;
mod satisfaction_index;
mod segments;
mod stage_counts;
mod stage_flow;
mod stage_matrix;
mod table;
mod value_forecast;
mod waterfall;

use super::page::Context;
use super::page::markup::Markup;
#[cfg(test)]
use super::sample::{Draw, Size};
use super::text::Text;
use super::words::Language;

/// The parts of the page, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Chapter {
    /// What can be acted on: the lists.
    Lists,
    /// How the shop does: KPIs, cohorts.
    Business,
    /// Who the customers are: RFM, segments, stages of life.
    Customers,
    /// What goes with what: rules, recommendations, paths.
    Items,
    /// How far the predictions can be trusted.
    Models,
    /// What the data was like: waterfall, rejects, checks, drift.
    Data,
    /// Whatever else a stage shows.
    More,
}

/// What the page asks of a section.
pub(super) trait Shown {
    /// Where it stands unless its stage says otherwise.
    fn chapter(&self) -> Chapter;

    /// Whether the page leaves it out where another section of its kind does not say so.
    fn stands_in(&self) -> bool {
        false
    }

    /// What it is called unless its stage says otherwise.
    fn heading(&self, language: Language) -> &'static str;

    /// Writes its contents; `id` is unique on the page and starts every id inside.
    fn render(&self, m: &mut Markup, cx: Context, id: &str);
}

/// An invented one for the tests of the whole page.
#[cfg(test)]
pub(super) trait Sample {
    fn sample(draw: &mut Draw, size: Size) -> Self;
}

macro_rules! sections {
    ($($file:ident::$data:ident)+) => {
        $(pub use $file::*;)+

        /// What a section shows.
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum Body {
            $($data($data)),+
        }

        impl Body {
            pub(super) fn shown(&self) -> &dyn Shown {
                match self {
                    $(Body::$data(data) => data),+
                }
            }

            /// One of each without content.
            #[cfg(test)]
            pub(super) fn empty() -> Vec<Body> {
                vec![$(Body::$data($data::default())),+]
            }

            /// One of each with invented content.
            #[cfg(test)]
            pub(super) fn samples(draw: &mut Draw, size: Size) -> Vec<Body> {
                vec![$(Body::$data(Sample::sample(draw, size))),+]
            }
        }

        $(impl From<$data> for Body {
            fn from(data: $data) -> Body {
                Body::$data(data)
            }
        })+
    };
}

// The table of sections: file and data, in reading order.
sections! {
    lists::Lists
    kpis::Kpis
    changes::Changes
    bridges::Bridges
    cohorts::Cohorts
    rfm::Rfm
    segments::Segments
    stage_counts::StageCounts
    stage_flow::StageFlow
    stage_matrix::StageMatrix
    predicted::Predicted
    satisfaction_index::SatisfactionIndex
    importance_map::ImportanceMap
    reliability::Reliability
    customer_equity::CustomerEquity
    concentration::Concentration
    rules::Rules
    recommendations::Recommendations
    paths::Paths
    model::Model
    value_forecast::ValueForecast
    waterfall::Waterfall
    rejects::Rejects
    checks::Checks
    drift::Drift
    bars::Bars
    curves::Curves
    table::Table
    note::Note
}
