//! What can be wrong with sequences, their settings or their files.

/// Why sequences could not be built, read or mined.
#[derive(Debug, thiserror::Error)]
pub enum SequenceError {
    #[error("{what} id {id} is outside 0..{count}; give the table of {what}s its full length")]
    UnknownId { what: &'static str, id: u32, count: u32 },
    #[error("too many {what}: at most {limit} fit; mine a part of the customers or a shorter period")]
    TooLarge { what: &'static str, limit: u64 },
    #[error("the elements of customer {customer} go back in time; sort them by time first")]
    TimesGoBack { customer: u32 },
    #[error("{found} {what} were given where {expected} are needed")]
    WrongLength { what: &'static str, found: usize, expected: usize },
    #[error("{setting} = {value} {why}")]
    Setting { setting: &'static str, value: String, why: &'static str },
    #[error(
        "more than {limit} sequences are frequent enough to come first in a rule; raise the least support{}",
        fitting.map(|count| format!(" to about {count} customers")).unwrap_or_default()
    )]
    TooManyPrefixes { limit: u64, fitting: Option<u64> },
    #[error("line {line}: {why}")]
    Line { line: u64, why: String },
    #[error("{0}")]
    Categories(String),
    #[error("the sequences could not be written: {0}")]
    Write(#[from] std::io::Error),
}
