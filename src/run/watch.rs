//! What a run tells while it works; the command line decides how it looks.

use std::time::Duration;

use super::record::{RunRecord, StepRecord};
use crate::diagnostics::Problem;

/// Hears what happens in a run.
pub trait Watch: Send + Sync {
    /// The run begins with so many steps.
    fn begin(&self, pipeline: &str, steps: usize);
    /// Something in the output folder was damaged or in the way.
    fn remark(&self, text: &str);
    /// A step begins.
    fn step_begins(&self, name: &str, kind: &str);
    /// A fraction, 0 to 1, of the current step is done.
    fn fraction(&self, name: &str, done: f64);
    /// A step has ended well.
    fn step_ends(&self, step: &StepRecord, took: Duration);
    /// A step has failed.
    fn step_fails(&self, name: &str, problem: &Problem);
    /// The run has ended.
    fn end(&self, run: &RunRecord);
}

/// Says nothing.
pub struct Silent;

impl Watch for Silent {
    fn begin(&self, _: &str, _: usize) {}
    fn remark(&self, _: &str) {}
    fn step_begins(&self, _: &str, _: &str) {}
    fn fraction(&self, _: &str, _: f64) {}
    fn step_ends(&self, _: &StepRecord, _: Duration) {}
    fn step_fails(&self, _: &str, _: &Problem) {}
    fn end(&self, _: &RunRecord) {}
}
