//! Arguments that name a pipeline and its folders, shared by the commands that read one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::config::{self, AsOfSetting};
use crate::diagnostics::{Problem, codes};
use crate::plan::{self, Plan};

/// A pipeline file and its variables.
#[derive(Args, Debug, Clone)]
pub struct PipelineFile {
    /// The pipeline file.
    #[arg(value_name = "PIPELINE")]
    pub path: PathBuf,
    /// Value of a ${var:NAME} in the pipeline; wins over the file's own.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub vars: Vec<String>,
    /// The first day that is not history, instead of the file's.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

impl PipelineFile {
    /// Reads and checks it.
    pub fn compile(&self) -> Result<Plan, Failure> {
        let mut vars = BTreeMap::new();
        for var in &self.vars {
            let Some((name, value)) = var.split_once('=') else {
                return Err(Problem::new(&codes::BAD_CALL, format!("--var {var} is not NAME=VALUE")).boxed().into());
            };
            if vars.insert(name.to_owned(), value.to_owned()).is_some_and(|before| before != value) {
                let message = format!("--var {name} is given twice, with different values");
                return Err(Problem::new(&codes::BAD_CALL, message).boxed().into());
            }
        }
        let as_of = match &self.as_of {
            None => None,
            Some(text) => Some(AsOfSetting::try_from(text.clone()).map_err(|message| {
                Failure::One(Problem::new(&codes::BAD_CALL, format!("--as-of: {message}")).boxed())
            })?),
        };
        let source = config::load(&self.path)?;
        let compiled = config::parse(&source, &vars).and_then(|mut config| {
            if let Some(as_of) = as_of {
                config.run.as_of = as_of;
            }
            plan::compile(&config)
        });
        compiled.map_err(|problems| Failure::InFile(problems, source))
    }
}
