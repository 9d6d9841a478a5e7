//! `patron models`

use std::path::{Path, PathBuf};

use clap::Args;

use super::pipeline::PipelineFile;
use super::{Done, show};
use crate::run::{CHAMPION, folder_entries};

/// Show the trained models of a pipeline: versions per stage, the champion marked.
#[derive(Args, Debug)]
pub struct Models {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Where models are [default: models/<pipeline>].
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Show one version's card.
    #[arg(long, value_name = "STAGE/VERSION")]
    show: Option<PathBuf>,
}

impl Models {
    pub(super) fn run(self) -> Done {
        let plan = self.pipeline.compile()?;
        let models = self.models.unwrap_or_else(|| plan.default_models());
        if let Some(version) = self.show {
            let path = models.join(version).join("card.json");
            let card = std::fs::read_to_string(&path)
                .map_err(|e| crate::diagnostics::io_problem("read the card", &path, &e))?;
            show::print(&card);
            return Ok(());
        }
        let mut rows = Vec::new();
        for stage in folder_entries(&models)?.into_iter().filter(|path| path.is_dir()) {
            let champion = std::fs::read_to_string(stage.join(CHAMPION)).unwrap_or_default();
            for version in folder_entries(&stage)?.into_iter().filter(|path| path.is_dir()) {
                let name = name_of(&version);
                let mark = if name == champion.trim() { "champion" } else { "" };
                rows.push(vec![name_of(&stage), name, mark.to_owned()]);
            }
        }
        show::print(&show::columns(&["stage", "version", ""], &rows));
        Ok(())
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
