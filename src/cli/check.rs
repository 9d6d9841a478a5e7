//! `patron check`

use clap::Args;

use super::Done;
use super::pipeline::PipelineFile;

/// Check a pipeline file without touching any data; tells every problem at once.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    pipeline: PipelineFile,
}

impl Check {
    pub(super) fn run(self) -> Done {
        let plan = self.pipeline.compile()?;
        println!("{}: {} stages, no problems", plan.name, plan.steps.len());
        Ok(())
    }
}
