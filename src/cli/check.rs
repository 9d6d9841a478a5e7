//! `patron check`

use clap::Args;

use super::pipeline::PipelineFile;
use super::{Done, show};

/// Check a pipeline file without touching any data; tells every problem at once.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    pipeline: PipelineFile,
}

impl Check {
    pub(super) fn run(self) -> Done {
        let plan = self.pipeline.compile()?;
        show::print(&format!("{}: {} stages, no problems", plan.name, plan.steps.len()))
    }
}
