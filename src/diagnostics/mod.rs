//! Problems: what is wrong, where, and what to do about it.
//!
//! Every message that leaves the program as an error is a [`Problem`] with a [`Code`] from one table ([`codes`]). This
//! room knows how to show a problem and how to guess what was meant; it knows nothing of pipelines, data or stages.

pub mod codes;
mod render;
pub mod secrets;
mod suggest;

use std::fmt;
use std::ops::Range;

pub use codes::{Class, Code};
pub use render::{SourceText, render, render_all};
pub use suggest::did_you_mean;

/// What most of the program returns: one problem, boxed because the good path is the common one.
pub type Result<T> = std::result::Result<T, Box<Problem>>;

/// One thing that is wrong, for the person who can act on it. Its texts hold no secret: they are hidden as they come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row of the table of codes; `patron explain WORD` says more about it.
    pub code: &'static Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Byte range in the pipeline file, where the problem lies in it.
    pub span: Option<Range<usize>>,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with neither place nor advice yet.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Problem {
        Problem { code, message: hidden(message.into()), span: None, help: None }
    }

    /// The same problem, placed at a byte range of the pipeline file.
    pub fn at(mut self, span: Range<usize>) -> Problem {
        self.span = Some(span);
        self
    }

    /// The same problem with advice; `None` leaves it as it is.
    pub fn help(mut self, help: impl Into<Option<String>>) -> Problem {
        self.help = help.into().map(hidden).or(self.help);
        self
    }

    /// The same problem with `context: ` before its message, as it passes upward.
    pub fn within(mut self, context: &str) -> Problem {
        self.message = hidden(format!("{context}: {}", self.message));
        self
    }

    /// Ready for `Err(...)`.
    pub fn boxed(self) -> Box<Problem> {
        Box::new(self)
    }

    /// Shorthand for `Err(problem.boxed())`.
    pub fn err<T>(self) -> Result<T> {
        Err(self.boxed())
    }
}

fn hidden(text: String) -> String {
    match secrets::hide(&text) {
        std::borrow::Cow::Borrowed(_) => text,
        std::borrow::Cow::Owned(hidden) => hidden,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code.word)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Whether an error of the system means that there is no room to write.
pub fn is_disk_full(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind;
    matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// Turns an input/output error on a file into a problem that names the file and what was being done.
pub fn io_problem(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Box<Problem> {
    use std::io::ErrorKind;
    let help = match error.kind() {
        ErrorKind::NotFound => Some("check the path, or restore the file"),
        ErrorKind::PermissionDenied => Some("give this user the right to it"),
        kind if is_disk_full(kind) => {
            Some("make room on the disk and run again; finished steps are kept and the last good lists are untouched")
        }
        _ => None,
    };
    let code = if is_disk_full(error.kind()) { &codes::DISK_FULL } else { &codes::FILE_TROUBLE };
    Problem::new(code, format!("could not {doing} {}: {error}", path.display())).help(help.map(str::to_owned)).boxed()
}
