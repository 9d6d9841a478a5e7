//! `patron plan`

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Done;
use super::pipeline::PipelineFile;
use super::show;
use crate::run::{Forecast, Options, forecast};

/// Show the steps in order, which would be reused or made, and why.
#[derive(Args, Debug)]
pub struct PlanCommand {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Where the run leaves what it makes [default: out/<pipeline>].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where models are: the active one decides what is made [default: models/<pipeline>].
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
    Mermaid,
}

impl PlanCommand {
    pub(super) fn run(self) -> Done {
        let plan = self.pipeline.compile()?;
        let out = self.out.unwrap_or_else(|| plan.default_out());
        let models = self.models.unwrap_or_else(|| plan.default_models());
        let steps = forecast(&plan, &Options { out, models, ..Options::default() })?;
        match self.format {
            Format::Text => show::print(&text(&steps)),
            Format::Json => show::print(&show::json(&steps)),
            Format::Mermaid => show::print(&mermaid(&steps)),
        }
    }
}

/// The steps as aligned lines.
pub(super) fn text(steps: &[Forecast]) -> String {
    let rows: Vec<Vec<String>> = steps
        .iter()
        .map(|step| {
            let what = if step.reused { "reuse" } else { "make" };
            vec![step.name.clone(), step.kind.clone(), what.to_owned(), step.why.clone()]
        })
        .collect();
    show::columns(&["stage", "kind", "would", "why"], &rows)
}

fn mermaid(steps: &[Forecast]) -> String {
    let mut out = String::from("flowchart LR\n");
    for step in steps {
        let (open, close) = if step.reused { ("([", "])") } else { ("[", "]") };
        let _ = writeln!(out, "    {}{open}\"{}<br/><small>{}</small>\"{close}", step.name, step.name, step.kind);
    }
    for step in steps {
        for upstream in &step.reads {
            let _ = writeln!(out, "    {upstream} --> {}", step.name);
        }
    }
    out
}
