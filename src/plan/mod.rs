//! The pipeline as checked: names resolved, steps ordered by what they read, inputs that fit, every problem at once.
//!
//! Touches no data: `patron check` is this room and nothing more. What a step's files hold, and whether its result is
//! already in the store, is for the run to say.

mod compile;
mod fingerprint;
mod order;

use std::path::PathBuf;

use crate::config::RunSettings;
use crate::outside::Outside;
use crate::stage::{Input, Kind, Stage};
use crate::tables::Zone;

pub use compile::compile;
pub use fingerprint::{Fingerprint, SourceDigest};

/// A pipeline that can be carried out.
pub struct Plan {
    /// Its name, which names its folders.
    pub name: String,
    /// `[run]`.
    pub run: RunSettings,
    /// The zone that `[run]` names.
    pub zone: Zone,
    /// The steps, each after those it reads.
    pub steps: Vec<Step>,
}

/// One step.
pub struct Step {
    /// The stage's name in the file.
    pub name: String,
    /// The row of the table of kinds.
    pub kind: &'static Kind,
    /// The stage.
    pub stage: Box<dyn Stage>,
    /// Its settings with all defaults, in one fixed form; may hold secrets, so it is only ever hashed.
    pub(crate) settings: String,
    /// What it reads.
    pub inputs: Vec<Input>,
    /// Positions in the plan of the distinct steps it reads, ascending.
    pub upstream: Vec<usize>,
    /// The outside sources it reads.
    pub outside: Vec<Outside>,
}

impl Plan {
    /// The step with this name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Positions of the named steps and all they need, ascending.
    pub fn with_upstream(&self, names: &[String]) -> Vec<usize> {
        let mut wanted = vec![false; self.steps.len()];
        for (i, step) in self.steps.iter().enumerate().rev() {
            if names.contains(&step.name) {
                wanted[i] = true;
            }
            if wanted[i] {
                step.upstream.iter().for_each(|&u| wanted[u] = true);
            }
        }
        (0..self.steps.len()).filter(|&i| wanted[i]).collect()
    }

    /// Positions of the named step and all that read it, directly or not.
    pub fn downstream(&self, name: &str) -> Vec<usize> {
        let mut wanted = vec![false; self.steps.len()];
        for (i, step) in self.steps.iter().enumerate() {
            wanted[i] = step.name == name || step.upstream.iter().any(|&u| wanted[u]);
        }
        (0..self.steps.len()).filter(|&i| wanted[i]).collect()
    }

    /// Where a run leaves what it makes, unless told otherwise.
    pub fn default_out(&self) -> PathBuf {
        PathBuf::from("out").join(&self.name)
    }

    /// Where models go, unless told otherwise.
    pub fn default_models(&self) -> PathBuf {
        PathBuf::from("models").join(&self.name)
    }
}
