//! How the files of one table are to be read: as written by the user, and as checked.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::column_type::{ColumnType, nearest};
use super::dates::{DateFormat, Zone};
use super::dialect::Delimiter;
use super::encoding;
use super::formats;
use super::numbers::NumberStyle;

/// Words that stand for "no value" in columns that are not text, unless `null_words` says otherwise.
pub const NULL_WORDS: &[&str] = &["null", "nan", "na", "n/a", "none", "\\n", "#n/a", "-"];

/// The word that leaves a choice to what is found in the file.
const AUTO: &str = "auto";
/// The word for "there is none".
const NONE: &str = "none";
/// The word for runs of blanks between fields.
const BLANKS: &str = "blanks";

/// How the files of one table are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ReadSettings {
    /// What the files are: `auto` (by content, then by name) or one of the formats, for example `csv`.
    pub format: String,
    /// What stands between fields: `auto`, one ASCII character, or `blanks` (runs of blanks, as in aligned text).
    pub delimiter: String,
    /// What stands around fields that hold delimiters or line ends: `auto`, `none`, or one ASCII character.
    pub quote: String,
    /// What makes a quote inside a quoted field part of the text, besides doubling it: `auto`, `none`, or one ASCII character.
    pub escape: String,
    /// Lines that begin with this character are no records; empty for none.
    pub comment: String,
    /// Whether the first record names the columns.
    pub header: Header,
    /// Physical lines (rows of a sheet) before the header that are passed over.
    pub skip_lines: u32,
    /// Encoding of text files: `auto` (sniffed and reported) or a name such as `utf-8`, `windows-1252`, `gb18030`, `big5`, `shift_jis`, `utf-16le`.
    pub encoding: String,
    /// Wanted columns: the name they get, and what they are called in the files (several spellings allowed, `#1` for
    /// the first by position). Empty: every column under its own name.
    pub columns: BTreeMap<String, SourceNames>,
    /// Columns of `columns` that a file may lack; they are null there.
    pub optional: Vec<String>,
    /// Types per column, by the name it gets; `infer` where nothing is said.
    pub types: BTreeMap<String, ColumnType>,
    /// Columns without which a row is set aside.
    pub required: Vec<String>,
    /// strptime formats of dates and timestamps, tried in order. Empty: told from all values of a column; where day and
    /// month could be exchanged, that is an error.
    pub date_formats: Vec<String>,
    /// IANA zone of times that carry no offset of their own, such as `UTC` or `Europe/London`. Not given: the zone of the
    /// run, which is the shop's. A time that the clock passed twice is its first passing; a
    /// time that the clock jumped over is read with the offset before the jump (RFC 5545). Both are counted.
    pub zone: Option<String>,
    /// Whether the decimal separator is a comma.
    pub decimal_comma: bool,
    /// What separates thousands: empty, or one character such as `,`, `.`, `'` or a blank.
    pub thousands: String,
    /// Words that stand for "no value", in any letter case. Not given: null, nan, na, n/a, none, \N, #n/a and - in columns
    /// that are not text, and none in text.
    pub null_words: Option<Vec<String>>,
    /// Whether blanks around text are removed; text that is empty then is null.
    pub trim: bool,
    /// What happens to a record with too few or too many fields.
    pub ragged: Ragged,
    /// Sheets of a workbook, read one after the other; `*` for all. Empty: the only one that has data.
    pub sheets: Vec<String>,
}

impl Default for ReadSettings {
    fn default() -> Self {
        ReadSettings {
            format: AUTO.into(),
            delimiter: AUTO.into(),
            quote: AUTO.into(),
            escape: AUTO.into(),
            comment: String::new(),
            header: Header::First,
            skip_lines: 0,
            encoding: AUTO.into(),
            columns: BTreeMap::new(),
            optional: Vec::new(),
            types: BTreeMap::new(),
            required: Vec::new(),
            date_formats: Vec::new(),
            zone: None,
            decimal_comma: false,
            thousands: String::new(),
            null_words: None,
            trim: true,
            ragged: Ragged::Reject,
            sheets: Vec::new(),
        }
    }
}

/// Where column names come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Header {
    /// The first record that is not blank, after `skip_lines`.
    First,
    /// There is none: columns are `column_1`, `column_2`, …
    None,
}

/// What happens to a record with too few or too many fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ragged {
    /// It is set aside.
    Reject,
    /// Missing fields are null; a record with more fields is taken where the surplus is blank, and set aside otherwise.
    Fill,
}

/// The spellings under which a column may occur in the files; the first that a file has is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SourceNames {
    /// One spelling.
    One(String),
    /// Several spellings, in order of preference.
    Any(Vec<String>),
}

impl SourceNames {
    /// The spellings in order.
    pub fn names(&self) -> &[String] {
        match self {
            SourceNames::One(name) => std::slice::from_ref(name),
            SourceNames::Any(names) => names,
        }
    }
}

/// A setting that cannot be used: which, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingProblem {
    /// Name of the setting.
    pub setting: &'static str,
    /// Key within the setting where it is a table, otherwise empty.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.is_empty() {
            true => write!(f, "{}: {}", self.setting, self.message),
            false => write!(f, "{}.{}: {}", self.setting, self.key, self.message),
        }
    }
}

/// A choice that is either made by the user or told from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice<T> {
    /// Told from the file.
    Auto,
    /// Made by the user.
    Given(T),
}

/// Settings that a file can be read with.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub written: ReadSettings,
    pub format: Choice<&'static formats::FormatRow>,
    pub delimiter: Choice<Delimiter>,
    pub quote: Choice<Option<u8>>,
    pub escape: Choice<Option<u8>>,
    pub comment: Option<u8>,
    pub encoding: Choice<&'static encoding_rs::Encoding>,
    pub date_formats: Vec<DateFormat>,
    pub zone: Zone,
    pub numbers: NumberStyle,
    /// Lower-case null words of columns that are not text, and of text columns.
    pub typed_nulls: Vec<String>,
    pub text_nulls: Vec<String>,
}

impl ReadSettings {
    /// All that is wrong with the settings by themselves, without looking at a file.
    pub fn check(&self) -> Vec<SettingProblem> {
        self.checked().err().unwrap_or_default()
    }

    /// The settings in usable form, or all that is wrong with them.
    pub(crate) fn checked(&self) -> Result<Checked, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        let mut problem = |setting: &'static str, key: &str, message: String| {
            problems.push(SettingProblem { setting, key: key.to_owned(), message });
        };

        let format = match self.format.as_str() {
            AUTO => Choice::Auto,
            name => match formats::FORMATS.iter().find(|row| row.name == name) {
                Some(row) => Choice::Given(row),
                None => {
                    let names: Vec<&str> = formats::FORMATS.iter().map(|row| row.name).collect();
                    problem(
                        "format",
                        "",
                        format!(
                            "unknown format `{name}`{}; the formats are auto, {}",
                            meant(name, &names),
                            names.join(", ")
                        ),
                    );
                    Choice::Auto
                }
            },
        };
        let delimiter = match self.delimiter.as_str() {
            AUTO => Choice::Auto,
            BLANKS => Choice::Given(Delimiter::Blanks),
            text => match one_ascii(text) {
                Some(byte) => Choice::Given(Delimiter::Byte(byte)),
                None => {
                    problem("delimiter", "", format!("`{text}` is not auto, blanks or one ASCII character"));
                    Choice::Auto
                }
            },
        };
        let mut mark = |setting: &'static str, text: &str| match text {
            AUTO => Choice::Auto,
            NONE | "" => Choice::Given(None),
            text => match one_ascii(text) {
                Some(byte) => Choice::Given(Some(byte)),
                None => {
                    problem(setting, "", format!("`{text}` is not auto, none or one ASCII character"));
                    Choice::Auto
                }
            },
        };
        let quote = mark("quote", &self.quote);
        let escape = mark("escape", &self.escape);
        let comment = match mark("comment", if self.comment == AUTO { NONE } else { &self.comment }) {
            Choice::Given(byte) => byte,
            Choice::Auto => None,
        };
        if let (Choice::Given(Delimiter::Byte(delimiter)), Choice::Given(Some(quote))) = (delimiter, quote)
            && delimiter == quote
        {
            problem("quote", "", "is the same character as the delimiter".into());
        }

        let encoding = match self.encoding.as_str() {
            AUTO => Choice::Auto,
            name => match encoding::by_name(name) {
                Some(encoding) => Choice::Given(encoding),
                None => {
                    let hint = meant(name, encoding::COMMON_NAMES);
                    problem(
                        "encoding",
                        "",
                        format!(
                            "unknown encoding `{name}`{hint}; common ones are {}",
                            encoding::COMMON_NAMES.join(", ")
                        ),
                    );
                    Choice::Auto
                }
            },
        };

        let targets: Vec<&str> = self.columns.keys().map(String::as_str).collect();
        for (target, names) in &self.columns {
            if target.trim().is_empty() {
                problem("columns", target, "a column needs a name".into());
            }
            if target == super::SOURCE_FILE || target == super::SOURCE_LINE {
                problem(
                    "columns",
                    target,
                    "this name is taken by the place that each row came from; choose another".into(),
                );
            }
            if names.names().is_empty() || names.names().iter().any(|name| name.trim().is_empty()) {
                problem("columns", target, "names no column of the file".into());
            }
            for name in names.names().iter().filter_map(|name| name.strip_prefix('#')) {
                if name.parse::<usize>() == Ok(0) {
                    problem("columns", target, "positions count from #1".into());
                }
            }
        }
        if !targets.is_empty() {
            let listed = [
                ("optional", self.optional.iter().collect::<Vec<_>>()),
                ("required", self.required.iter().collect()),
                ("types", self.types.keys().collect()),
            ];
            for (setting, names) in listed {
                for name in names.into_iter().filter(|name| !self.columns.contains_key(*name)) {
                    problem(setting, name, format!("no such column in `columns`{}", meant(name, &targets)));
                }
            }
        } else if let Some(name) = self.optional.first() {
            problem("optional", name, "only columns that are named in `columns` can be optional".into());
        }

        let mut date_formats = Vec::new();
        for text in &self.date_formats {
            match DateFormat::compile(text) {
                Ok(format) => date_formats.push(format),
                Err(message) => problem("date_formats", "", message),
            }
        }
        for (name, kind) in &self.types {
            if let Some(Err(message)) = kind.format().map(DateFormat::compile) {
                problem("types", name, message);
            }
        }
        let zone = match self.zone.as_deref().map_or_else(|| Ok(Zone::utc()), Zone::named) {
            Ok(zone) => zone,
            Err(message) => {
                problem("zone", "", message);
                Zone::utc()
            }
        };
        let mut thousands = None;
        let mut letters = self.thousands.chars();
        match (letters.next(), letters.next()) {
            (None, _) => {}
            (Some(letter), None) if !letter.is_ascii_alphanumeric() && letter != '-' && letter != '+' => {
                thousands = Some(letter)
            }
            _ => problem("thousands", "", format!("`{}` is not one separating character", self.thousands)),
        }
        let decimal = if self.decimal_comma { ',' } else { '.' };
        if thousands == Some(decimal) {
            problem("thousands", "", format!("`{decimal}` is the decimal separator already"));
        }
        let lower = |words: &[String]| {
            words.iter().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect::<Vec<_>>()
        };
        let (typed_nulls, text_nulls) = match &self.null_words {
            Some(words) => (lower(words), lower(words)),
            None => (NULL_WORDS.iter().map(|word| (*word).to_owned()).collect(), Vec::new()),
        };

        match problems.is_empty() {
            false => Err(problems),
            true => Ok(Checked {
                written: self.clone(),
                format,
                delimiter,
                quote,
                escape,
                comment,
                encoding,
                date_formats,
                zone,
                numbers: NumberStyle { decimal: decimal as u8, thousands },
                typed_nulls,
                text_nulls,
            }),
        }
    }
}

/// The one ASCII character that a setting names; `tab`, `space` and `\t` are words for those that are hard to see.
fn one_ascii(text: &str) -> Option<u8> {
    match text {
        "tab" | "\\t" => Some(b'\t'),
        "space" => Some(b' '),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'\n' && *byte != b'\r' => {
                Some(*byte)
            }
            _ => None,
        },
    }
}

fn meant(name: &str, candidates: &[&str]) -> String {
    nearest(name, candidates.iter().copied()).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_usable() {
        assert_eq!(ReadSettings::default().check(), []);
        let empty: ReadSettings = serde_json::from_str("{}").expect("every setting has a default");
        assert_eq!(empty, ReadSettings::default());
    }

    #[test]
    fn all_problems_at_once() {
        let settings: ReadSettings = serde_json::from_value(serde_json::json!({
            "delimiter": "ab", "encoding": "utf8x-none", "zone": "Europe/Londn", "thousands": ".,",
            "columns": {"customer": ["Customer ID", "CustomerID"], "time": "#0"},
            "types": {"custmer": "text"}, "date_formats": ["%Q"]
        }))
        .expect("well-formed settings");
        let named: Vec<&str> = settings.check().iter().map(|problem| problem.setting).collect();
        assert_eq!(named, ["delimiter", "encoding", "columns", "types", "date_formats", "zone", "thousands"]);
        let message = settings.check().iter().find(|problem| problem.setting == "types").map(ToString::to_string);
        assert_eq!(message.as_deref(), Some("types.custmer: no such column in `columns` (did you mean `customer`?)"));
    }
}
