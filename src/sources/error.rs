//! What can go wrong with a source as a whole. What is wrong with single rows is a reject, not an error.

use super::settings::SettingProblem;

/// A source that cannot be read: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SourceError {
    /// The operating system would not open or read the file, or its compression is broken.
    #[error("{file}: cannot be read: {reason}")]
    Read { file: String, reason: String },
    /// An output could not be written.
    #[error("{file}: cannot be written: {reason}")]
    Write { file: String, reason: String, kind: Option<std::io::ErrorKind> },
    /// Settings that no file could be read with.
    #[error("the settings cannot be used: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Settings { problems: Vec<SettingProblem> },
    /// The content is of a kind that is not read.
    #[error("{file}: {found}; {advice}")]
    Format { file: String, found: String, advice: String },
    /// There is no record to take column names from.
    #[error("{file}: has no header record: the file is empty; remove it from the paths or deliver it again")]
    Empty { file: String },
    /// The encoding could not be told with any confidence.
    #[error("{file}: the encoding is not clear ({evidence}); declare it, for example encoding = \"{likely}\"")]
    Encoding { file: String, evidence: String, likely: String },
    /// A mapped column is absent.
    #[error("{file}: column `{target}` should come from {wanted}, but there is no such column{}; the file has {found}{}",
        suggestion.as_ref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default(),
        hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    MissingColumn {
        file: String,
        target: String,
        wanted: String,
        suggestion: Option<String>,
        found: String,
        hint: Option<String>,
    },
    /// A mapped column fits several headers.
    #[error(
        "{file}: column `{target}` could come from {candidates}; write the one that is meant exactly as in the file"
    )]
    AmbiguousColumn { file: String, target: String, candidates: String },
    /// Files of one table have different columns and no mapping says which belong together.
    #[error("{file}: has the columns {found}, but {other} has {expected}; name the wanted ones in `columns`")]
    DifferentColumns { file: String, found: String, other: String, expected: String },
    /// Day and month cannot be told apart.
    #[error(
        "{file}, line {line}, column `{column}`: {value} can be read as {first} and as {second}, and {why}; \
        declare the one that is meant, for example date_formats = [\"{first}\"]"
    )]
    AmbiguousDate { file: String, line: u64, column: String, value: String, first: String, second: String, why: String },
    /// Points and commas cannot be told apart.
    #[error(
        "{file}, line {line}, column `{column}`: the point or comma in {value} can be a decimal separator or part thousands, and no other \
        value decides; declare decimal_comma = false (a point is the decimal separator) or decimal_comma = true (a comma is)"
    )]
    AmbiguousNumber { file: String, line: u64, column: String, value: String },
    /// As many values have a decimal point as have a decimal comma.
    #[error(
        "{file}, column `{column}`: {count} values have a decimal point ({point}) and as many have a decimal comma ({comma}), so neither is \
        the rule; declare decimal_comma = false (a point is the decimal separator) or decimal_comma = true (a comma is), and the other \
        values are set aside"
    )]
    MixedNumbers { file: String, column: String, count: u64, point: String, comma: String },
    /// No known layout of a date fits the column.
    #[error(
        "{file}, line {line}, column `{column}`: {value} is not in a known date layout; declare it, for example date_formats = [\"%d.%m.%Y %H:%M\"]"
    )]
    UnknownDate { file: String, line: u64, column: String, value: String },
    /// A workbook whose sheets were not chosen.
    #[error("{file}: has {} sheets with data ({}); name the wanted ones in `sheets`, or all with sheets = [\"*\"]", sheets.len(), sheets.join(", "))]
    ManySheets { file: String, sheets: Vec<String> },
    /// A sheet that is named but absent.
    #[error("{file}: has no sheet `{sheet}`; it has {}", sheets.join(", "))]
    MissingSheet { file: String, sheet: String, sheets: Vec<String> },
    /// No line end within a whole segment.
    #[error(
        "{file}, line {line}: a record is longer than {limit} bytes; the file is not a delimited table, or its delimiter or quote is another"
    )]
    RecordTooLong { file: String, line: u64, limit: usize },
    /// A column that is joined from several, in a file with types.
    #[error("{file}, column `{column}`: columns of a typed file are not joined; join them in a `sql` stage")]
    JoinedTyped { file: String, column: String },
    /// A column of a typed file whose type has no counterpart.
    #[error(
        "{file}, column `{column}`: the type {found} is not read as {wanted}; leave the column out of `columns`, or give it a type that it can become"
    )]
    SourceType { file: String, column: String, found: String, wanted: String },
    /// The file is not the one that was looked at before.
    #[error("{file}: has changed while it was read ({what}); run again when nobody writes to it")]
    Changed { file: String, what: String },
}

impl SourceError {
    /// A failed read of `file`.
    pub(crate) fn read(file: &str, reason: impl std::fmt::Display) -> Self {
        SourceError::Read { file: file.to_owned(), reason: reason.to_string() }
    }

    /// A failed write of `file`.
    pub(crate) fn write(file: &std::path::Path, error: impl std::error::Error + 'static) -> Self {
        let kind = crate::disk::io_kind(&error);
        SourceError::Write { file: file.display().to_string(), reason: error.to_string(), kind }
    }
}
