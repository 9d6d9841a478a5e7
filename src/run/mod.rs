//! The pipeline carried out: what is known is reused, the rest is made, recorded and, when all is well, published.
//!
//! Knows files, locks and clocks, so that stages need not. Knows nothing of any kind of stage.

mod claim;
mod clock;
mod execute;
mod forecast;
mod forget;
mod identity;
mod interrupt;
mod layout;
mod ledger;
mod lock;
mod memory;
mod outside;
mod past;
mod publish;
mod record;
mod registry;
mod store;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

pub use clock::written_now;
pub use execute::{Outcome, execute};
pub use forecast::{Forecast, forecast};
pub use interrupt::{Ended, Interruption};
pub use layout::{LATEST, LISTS};
pub use memory::peak_memory_bytes;
pub use record::{RunRecord, RunStatus, StepRecord, StepStatus, known_runs, latest};
pub use registry::{Aliases, Registry};
pub use store::{Found, Store};
pub use watch::{Silent, Watch};

/// How a run is to be carried out.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the run leaves what it makes.
    pub out: PathBuf,
    /// Where models go.
    pub models: PathBuf,
    /// Only these steps and what they need; all when empty.
    pub select: Vec<String>,
    /// This step and all after it are made anew.
    pub from: Option<String>,
    /// Everything is made anew.
    pub force: bool,
    /// Threads of the engine and of our own code.
    pub threads: usize,
    /// Bytes that the engine may hold before it spills.
    pub memory: Option<usize>,
    /// Through which it can be interrupted.
    pub interruption: Arc<Interruption>,
}
