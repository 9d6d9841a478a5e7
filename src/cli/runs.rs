//! `patron runs`

use std::path::PathBuf;

use clap::Args;

use super::pipeline::PipelineFile;
use super::{Done, show};
use crate::run::{StepStatus, known_runs};

/// Show the runs of a pipeline, the newest last.
#[derive(Args, Debug)]
pub struct Runs {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Where the runs left what they made [default: out/<pipeline>].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Runs {
    pub(super) fn run(self) -> Done {
        let plan = self.pipeline.compile()?;
        let known = known_runs(&self.out.unwrap_or_else(|| plan.default_out()))?;
        known.notes.iter().for_each(|note| show::note(note));
        let runs = known.records;
        if self.json {
            return show::print(&show::json(&runs));
        }
        let rows: Vec<Vec<String>> = runs
            .iter()
            .map(|run| {
                let with = |status| run.steps.iter().filter(|step| step.status == status).count();
                vec![
                    run.id.clone(),
                    serde_json::to_string(&run.status).expect("a word").trim_matches('"').to_owned(),
                    run.as_of.clone().unwrap_or_default(),
                    with(StepStatus::Ran).to_string(),
                    with(StepStatus::Reused).to_string(),
                    // The sum of nothing would be -0.0.
                    format!("{:.1}", run.steps.iter().fold(0.0, |sum, step| sum + step.seconds)),
                    run.problem.clone().unwrap_or_default(),
                ]
            })
            .collect();
        show::print(&show::columns(&["run", "status", "as of", "made", "reused", "seconds", "problem"], &rows))
    }
}
