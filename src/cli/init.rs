//! `patron init`

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::generate::write_shop;
use super::{Done, show};
use crate::demo::ShopSettings;
use crate::diagnostics::{Problem, codes, io_problem};

/// Write a small shop: a pipeline and generated data that run as they are.
#[derive(Args, Debug)]
pub struct Init {
    /// Folder to write into; must not hold a pipeline yet.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Order lines of the generated shop.
    #[arg(long, default_value_t = ShopSettings::default().lines)]
    lines: u64,
}

/// The pipeline of the demo shop, with paths as seen from the folder that `init` writes.
const PIPELINE: &str = include_str!("../../pipelines/demo-shop.toml");
/// Where that pipeline looks for the data.
const DATA: &str = "datasets/demo-shop";

impl Init {
    pub(super) fn run(self) -> Done {
        let pipelines = self.folder.join("pipelines");
        let pipeline = pipelines.join("demo-shop.toml");
        if pipeline.exists() {
            return Ok(Problem::new(&codes::BAD_CALL, format!("{} is there already", pipeline.display()))
                .help("name another folder, or run the pipeline that is there".to_owned())
                .err()?);
        }
        let settings = ShopSettings { lines: self.lines, ..ShopSettings::default() };
        let lines = write_shop(&self.folder.join(DATA), &settings, false, &|_| ())?;
        fs::create_dir_all(&pipelines).map_err(|e| io_problem("create", &pipelines, &e))?;
        fs::write(&pipeline, PIPELINE).map_err(|e| io_problem("write", &pipeline, &e))?;
        show::print(&format!(
            "a shop of {} order lines is in {}\n\nnext:\n  cd {} && patron run pipelines/demo-shop.toml",
            show::count(lines),
            self.folder.display(),
            self.folder.display()
        ))
    }
}
