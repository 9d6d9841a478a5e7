//! `patron init`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::draft::{Source, draft};
use super::generate::write_shop;
use super::look::{Looked, look};
use super::{Done, Failure, show};
use crate::demo::ShopSettings;
use crate::diagnostics::{Problem, codes, io_problem};

/// Write a pipeline: over your own files with `--from`, else a small shop with generated data that runs as it is.
#[derive(Args, Debug)]
pub struct Init {
    /// Folder to write into; must not hold a pipeline yet.
    #[arg(value_name = "DIR", required_unless_present = "from")]
    folder: Option<PathBuf>,
    /// Your files with orders, customers and persons who must not be contacted; the last name is DIR where none stands before `--from`.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "lines")]
    from: Vec<PathBuf>,
    /// Replace a pipeline that `--from` wrote before.
    #[arg(long, requires = "from")]
    overwrite: bool,
    /// Order lines of the generated shop.
    #[arg(long, default_value_t = ShopSettings::default().lines)]
    lines: u64,
}

/// The pipeline of the demo shop, with paths as seen from the folder that `init` writes.
const PIPELINE: &str = include_str!("../../pipelines/demo-shop.toml");
/// Where that pipeline looks for the data.
const DATA: &str = "datasets/demo-shop";
/// The pipeline over the user's files.
const OWN: &str = "shop.toml";

impl Init {
    pub(super) fn run(mut self) -> Done {
        let over_files = !self.from.is_empty();
        let Some(folder) = self.folder.take().or_else(|| self.from.pop()) else {
            return Ok(Problem::new(&codes::BAD_CALL, "no folder is named to write into".to_owned()).err()?);
        };
        if over_files { self.from_files(&folder) } else { self.demo(&folder) }
    }

    /// A small shop with its pipeline.
    fn demo(&self, folder: &Path) -> Done {
        let pipelines = folder.join("pipelines");
        let pipeline = pipelines.join("demo-shop.toml");
        if pipeline.exists() {
            return Ok(Problem::new(&codes::BAD_CALL, format!("{} is there already", pipeline.display()))
                .help("name another folder, or run the pipeline that is there".to_owned())
                .err()?);
        }
        let settings = ShopSettings { lines: self.lines, ..ShopSettings::default() };
        let lines = write_shop(&folder.join(DATA), &settings, false, &|_| ())?;
        fs::create_dir_all(&pipelines).map_err(|e| io_problem("create", &pipelines, &e))?;
        fs::write(&pipeline, PIPELINE).map_err(|e| io_problem("write", &pipeline, &e))?;
        show::print(&format!(
            "a shop of {} order lines is in {}\n\nnext:\n  cd {} && patron run pipelines/demo-shop.toml",
            show::count(lines),
            folder.display(),
            folder.display()
        ))
    }

    /// A pipeline over the user's files.
    fn from_files(&self, folder: &Path) -> Done {
        if self.from.is_empty() {
            return Ok(Problem::new(&codes::BAD_CALL, "--from names no file beside the folder".to_owned())
                .help("patron init --from FILE… DIR".to_owned())
                .err()?);
        }
        let pipelines = folder.join("pipelines");
        let pipeline = pipelines.join(OWN);
        if pipeline.exists() && !self.overwrite {
            return Ok(Problem::new(&codes::BAD_CALL, format!("{} is there already", pipeline.display()))
                .help(
                    "name another folder, or replace it with --overwrite: your changes to it are lost then".to_owned(),
                )
                .err()?);
        }
        let files = self.files()?;
        let common = common_folder(&files);
        let mut sources = Vec::new();
        for file in &files {
            let path = match &common {
                Some(_) => format!("${{var:data}}/{}", literal(file.file_name().map(Path::new).unwrap_or(file))?),
                None => literal(file)?,
            };
            sources.extend(look(file)?.into_iter().map(|looked| source(looked, path.clone())));
        }
        let data = common.as_deref().map(utf8).transpose()?;
        let draft = draft(&sources, &title(folder), data).map_err(|message| {
            let help = "see what the files hold with `patron profile FILE`, and begin with the nearest of the shipped pipelines".to_owned();
            Failure::One(Problem::new(&codes::BAD_SOURCE, message).help(help).boxed())
        })?;
        fs::create_dir_all(&pipelines).map_err(|e| io_problem("create", &pipelines, &e))?;
        fs::write(&pipeline, &draft.text).map_err(|e| io_problem("write", &pipeline, &e))?;
        let mut lines = vec![match files.len() {
            1 => format!("{} reads 1 file", pipeline.display()),
            count => format!("{} reads {count} files", pipeline.display()),
        }];
        if !draft.unsure.is_empty() {
            lines.push("\nlook at these first; they are comments in the pipeline:".to_owned());
            lines.extend(draft.unsure.iter().map(|what| format!("  - {what}")));
        }
        lines.push(format!(
            "\nnext:\n  cd {} && patron check pipelines/{OWN} && patron run pipelines/{OWN}",
            folder.display()
        ));
        show::print(&lines.join("\n"))
    }

    /// The files by their whole paths, each once, in the order of the call.
    fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut files: Vec<PathBuf> = Vec::new();
        for file in &self.from {
            let whole = fs::canonicalize(file).map_err(|error| io_problem("read", file, &error))?;
            if !files.contains(&whole) {
                files.push(whole);
            }
        }
        Ok(files)
    }
}

/// What the report is called: the folder's name.
fn title(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| !name.trim_matches('.').is_empty()).unwrap_or_else(|| "Shop".to_owned())
}

/// The folder that all files lie in, where it is one.
fn common_folder(files: &[PathBuf]) -> Option<PathBuf> {
    let first = files.first()?.parent()?;
    files.iter().all(|file| file.parent() == Some(first)).then(|| first.to_owned())
}

fn utf8(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| {
        let message = format!("{} is not written in UTF-8, which a pipeline needs", path.display());
        Failure::One(Problem::new(&codes::BAD_CALL, message).help("rename it".to_owned()).boxed())
    })
}

/// A path as a pipeline names it; `${` in it stands for itself.
fn literal(path: &Path) -> Result<String, Failure> {
    Ok(utf8(path)?.replace("${", "$${"))
}

fn source(looked: Looked, path: String) -> Source {
    Source {
        path,
        table: looked.table,
        sheet: looked.sheet,
        typed: looked.typed,
        skip: looked.skip,
        headerless: looked.headerless,
        rejected: looked.rejected,
    }
}
