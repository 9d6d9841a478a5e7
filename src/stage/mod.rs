//! What a stage is: settings that declare what they read and make, the run's view that the work is given, and what it leaves.
//!
//! Knows no kind of stage, no pipeline file, no store and no clock.

mod artifact;
mod context;
mod finding;
mod inputs;
mod kind;
mod known;
mod output;
pub mod setting;

pub use artifact::{Artifact, CHALLENGER, LEDGER_ROWS, MAIN, Metrics, RECORD, Stored};
pub(crate) use artifact::{quoted, table_name};
pub use context::{Champion, Context, GlobalControl, SECTIONS, SECTIONS_FORMAT, remarks_of, sections_of, table_file};
pub use finding::Finding;
pub use inputs::{Input, Need, Upstream};
pub use kind::{Kind, ReadStage, keys_of, nothing_missing, read_as, schema_of};
pub use known::{Expected, Known, KnownTable};
pub use output::{Output, Shape};

use crate::diagnostics::Result;
use crate::outside::Outside;

/// One step's settings, checked and ready to work.
pub trait Stage: Send + Sync {
    /// The upstream stages it names, and what each must have.
    fn inputs(&self) -> Vec<Input>;

    /// What it makes.
    fn output(&self) -> Output;

    /// What is wrong with the settings as they stand; touches no data.
    fn check(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// What is wrong with the columns and queries in its settings, by what is known of the tables it reads; touches no data.
    fn check_columns(&self, _known: &Known) -> Vec<Finding> {
        Vec::new()
    }

    /// The outside sources it reads, in order.
    fn outside(&self) -> Vec<Outside> {
        Vec::new()
    }

    /// The name of the list that it publishes, if it publishes one.
    fn list(&self) -> Option<String> {
        None
    }

    /// Whether it reads every other stage of the pipeline, as a report does.
    fn reads_all(&self) -> bool {
        false
    }

    /// Whether it looks at its own artifact of the last good run, as drift checks and stable segment labels do.
    fn remembers(&self) -> bool {
        false
    }

    /// Whether the group of persons whom no list contacts decides its bytes.
    fn leaves_out_global(&self) -> bool {
        false
    }

    /// Whether it may hold the run by what the last good run had. It is then made again unless that run had the very same.
    fn compares(&self) -> bool {
        false
    }

    /// Whether what it makes holds words in the run's language: tables with reasons for people, or the report.
    fn speaks(&self) -> bool {
        false
    }

    /// Whether its model stays in force, by the registry's word, until another one beats it.
    fn keeps_champion(&self) -> bool {
        false
    }

    /// Does the work: reads its inputs from the context and writes what it makes into it.
    fn run(&self, cx: &mut Context) -> Result<()>;
}
