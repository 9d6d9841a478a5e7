//! A run that is interrupted leaves a record that says so, and one that has begun to publish comes to its end.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::execute::write_record;
use super::record::{RunRecord, RunStatus, StepRecord};
use crate::diagnostics::{Problem, Result, codes};

/// Stands between a run and whoever interrupts it.
#[derive(Debug, Default)]
pub struct Interruption {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    /// Steps are being made; the record so far, and the steps as they would be written if they were not reached.
    Working { folder: PathBuf, record: Box<RunRecord>, steps: Vec<StepRecord> },
    /// It has ended, one way or another.
    Over,
}

/// What an interruption came upon.
#[derive(Debug)]
pub enum Ended {
    /// No run.
    NothingUnderWay,
    /// A run, which can no longer go on; its record says that it was interrupted.
    Recorded {
        /// Its folder.
        folder: PathBuf,
        /// Its record.
        record: Box<RunRecord>,
    },
    /// A run that has come to its end by itself.
    Already,
}

/// Keeps interruptions waiting until the run has ended.
pub struct Settling<'a>(MutexGuard<'a, State>);

impl Drop for Settling<'_> {
    fn drop(&mut self) {
        *self.0 = State::Over;
    }
}

impl Interruption {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run begins; `steps` are its steps, none of them reached.
    pub fn begins(
        &self,
        steps: Vec<StepRecord>,
        begin: impl FnOnce() -> Result<(PathBuf, RunRecord)>,
    ) -> Result<(PathBuf, RunRecord)> {
        let mut state = self.state();
        let (folder, record) = begin()?;
        *state = State::Working { folder: folder.clone(), record: Box::new(record.clone()), steps };
        Ok((folder, record))
    }

    /// The run has come so far.
    pub fn reached(&self, record: &RunRecord) {
        if let State::Working { record: known, .. } = &mut *self.state() {
            **known = record.clone();
        }
    }

    /// The run publishes or writes why it does not: interruptions wait until that is done.
    pub fn settles(&self) -> Settling<'_> {
        Settling(self.state())
    }

    /// Ends the run, unless it has begun to settle: then it waits for its end.
    pub fn interrupt(&self) -> Ended {
        let problem = Problem::new(&codes::CANCELLED, "the run was interrupted before anything was published")
            .help("run again: finished steps are kept".to_owned());
        self.end(RunStatus::Interrupted, &problem)
    }

    /// Ends a run that has failed without coming to its end.
    pub fn fail(&self, problem: &Problem) -> Ended {
        self.end(RunStatus::Failed, problem)
    }

    fn end(&self, status: RunStatus, problem: &Problem) -> Ended {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Over) {
            State::Idle => Ended::NothingUnderWay,
            State::Over => Ended::Already,
            State::Working { folder, mut record, steps } => {
                record.status = status;
                record.problem = Some(problem.to_string());
                let reached = record.steps.len().min(steps.len());
                record.steps.extend_from_slice(&steps[reached..]);
                record_as_far_as_possible(&folder, &mut record);
                // The work goes on until the program ends; it must not come to publishing any more.
                std::mem::forget(state);
                Ended::Recorded { folder, record }
            }
        }
    }
}

/// The run ends whether or not its record can be written.
fn record_as_far_as_possible(folder: &Path, record: &mut RunRecord) {
    let _ = write_record(folder, record);
}
