//! The table of exit codes.

use std::process::ExitCode;

use crate::diagnostics::Class;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done,
    /// The data or a stage failed.
    Failed,
    /// The pipeline file or the call is wrong.
    Call,
    /// A check held; nothing was published.
    Held,
    /// All was published; something is left for a person to look at.
    Published,
    /// Another run holds the lock.
    Locked,
    /// Interrupted.
    Cancelled,
}

/// Each exit with its number and meaning; numbers that are not here must be taken for failures.
pub const EXITS: [(Exit, u8, &str); 7] = [
    (Exit::Done, 0, "done"),
    (Exit::Failed, 1, "the data or a stage failed; the last good lists are untouched"),
    (Exit::Call, 2, "the pipeline file or the call is wrong"),
    (Exit::Held, 3, "a check held and nothing was published"),
    (Exit::Published, 4, "the lists were published, but a new model did not take over or tidying up failed"),
    (Exit::Locked, 11, "another run holds the lock"),
    (Exit::Cancelled, 130, "interrupted (Ctrl-C, SIGTERM or SIGHUP) before anything was published"),
];

/// The number of an exit.
pub fn number(exit: Exit) -> u8 {
    EXITS.iter().find(|row| row.0 == exit).expect("every exit has its row").1
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(number(exit))
    }
}

/// The exit for a class of problems.
pub fn of(class: Class) -> Exit {
    match class {
        Class::Call => Exit::Call,
        Class::Data => Exit::Failed,
        Class::Held => Exit::Held,
        Class::Published => Exit::Published,
        Class::Locked => Exit::Locked,
        Class::Cancelled => Exit::Cancelled,
    }
}

/// The table as shown under `--help`.
pub fn help() -> String {
    let rows: Vec<String> = EXITS.iter().map(|(_, number, meaning)| format!("  {number:>3}  {meaning}")).collect();
    format!("Exit codes:\n{}", rows.join("\n"))
}
