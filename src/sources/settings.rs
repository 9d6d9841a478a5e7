//! How the files of one table are to be read: as written by the user, and as checked.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::column_type::{SourceType, nearest};
use super::dates::{DateFormat, Zone};
use super::dialect::Delimiter;
use super::encoding;
use super::formats;
use super::numbers::NumberStyle;
use super::written::MINUS;

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
    pub types: BTreeMap<String, SourceType>,
    /// Columns without which a row is set aside.
    pub required: Vec<String>,
    /// How dates and times are written, as strptime formats such as `%d.%m.%Y %H:%M`; the first that fits a value reads it. Empty: found
    /// from all values of a column. If the values do not show whether the day or the month comes first, the run stops and asks.
    pub date_formats: Vec<String>,
    /// IANA zone of times without an offset, such as `UTC` or `Europe/London`. Not given: the zone of the run, which is the shop's. In
    /// autumn one hour comes twice: a time in it is read as the first of the two, also where several orders are in it. In spring one hour
    /// is left out: a time in it is read with the offset before the change (RFC 5545). A note counts both. 24:00 is the end of the day.
    pub zone: Option<String>,
    /// Whether numbers have a decimal comma, as `12,50` (true), or a decimal point, as `12.50` (false). Not given: found from all numbers of
    /// a column. If they can be read in both ways, or as many are written one way as the other, the run stops and asks.
    pub decimal_comma: Option<bool>,
    /// The character between groups of three digits, as in `1.234.567`: such as `,`, `.`, `'` or a blank, which means blanks of every
    /// width; empty if numbers have none. Not given: blanks, apostrophes, and whichever of point and comma is not the decimal separator.
    pub thousands: Option<String>,
    /// Whether HTML entities in texts and ids (`&amp;`, `&quot;`, `&#39;`) become the characters that they stand for; counted.
    pub html_entities: bool,
    /// Words that stand for "no value", in any letter case. Not given: null, nan, na, n/a, none, \N, #n/a and - in columns
    /// that are not text, and none in text.
    pub null_words: Option<Vec<String>>,
    /// Whether blanks around text are removed; text that is empty then is null.
    pub trim: bool,
    /// What happens to a record with too few or too many fields.
    pub ragged: Ragged,
    /// Sheets of a workbook, read one after the other; `*` for all. Empty: the only one that has data.
    pub sheets: Vec<String>,
    /// Columns of money whose values must have one currency; those with another are set aside. Not for users: who reads order
    /// lines sets it.
    #[serde(skip)]
    #[schemars(skip)]
    pub one_currency: Vec<String>,
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
            decimal_comma: None,
            thousands: None,
            html_entities: true,
            null_words: None,
            trim: true,
            ragged: Ragged::Reject,
            sheets: Vec::new(),
            one_currency: Vec::new(),
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
    /// Several columns whose texts become one, parted by a blank: `{ join = ["Date", "Time"] }`.
    Joined {
        /// The columns in order, each by its spelling.
        join: Vec<String>,
    },
}

impl SourceNames {
    /// The spellings in order; of joined columns the columns.
    pub fn names(&self) -> &[String] {
        match self {
            SourceNames::One(name) => std::slice::from_ref(name),
            SourceNames::Any(names) | SourceNames::Joined { join: names } => names,
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
    /// How numbers are written as far as that is declared, with a point otherwise.
    pub numbers: NumberStyle,
    /// Whether the decimal separator has to be told from the values.
    pub numbers_open: bool,
    /// Lower-case null words of columns that are not text, and of text columns.
    pub typed_nulls: Vec<String>,
    pub text_nulls: Vec<String>,
}

impl Checked {
    /// How the numbers of a column of a numeric type are written, with this decimal separator; without one only whole numbers are
    /// read.
    pub(crate) fn style(&self, decimal: Option<u8>) -> NumberStyle {
        let declared = self.written.thousands.is_some();
        let other = match decimal {
            Some(b'.') => Some(','),
            Some(b',') => Some('.'),
            _ => None,
        };
        NumberStyle {
            decimal: decimal.unwrap_or(0),
            thousands: if declared { self.numbers.thousands } else { other },
            spaced: !declared || self.numbers.thousands.is_some(),
        }
    }
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
        // Each mark of a dialect means one thing; a double quote is a quote unless another one is declared.
        let quote_mark = match quote {
            Choice::Given(quote) => quote,
            Choice::Auto => Some(b'"'),
        };
        let delimiter_mark = match delimiter {
            Choice::Given(Delimiter::Byte(byte)) => Some(byte),
            _ => None,
        };
        let escape_mark = match escape {
            Choice::Given(escape) => escape,
            Choice::Auto => None,
        };
        let marks =
            [("delimiter", delimiter_mark), ("quote", quote_mark), ("escape", escape_mark), ("comment", comment)];
        for (at, (setting, mark)) in marks.iter().enumerate() {
            if let Some((other, _)) = marks[..at].iter().find(|(_, before)| mark.is_some() && before == mark) {
                // A doubled quote needs no escape; naming it as one says the same.
                if (*setting, *other) == ("escape", "quote") {
                    problem("escape", "", "is the quote; doubling a quote needs no escape, so leave it out".into());
                } else if *setting == "quote" && quote == Choice::Auto {
                    problem(
                        "delimiter",
                        "",
                        "is the usual quote; set `quote` to another character or to none as well".into(),
                    );
                } else {
                    problem(setting, "", format!("is the same character as the {other}"));
                }
            }
        }
        if matches!(escape, Choice::Given(Some(_))) && quote == Choice::Given(None) {
            problem("escape", "", "has no meaning without a quote; leave it out".into());
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
        if let Some(text) = &self.thousands {
            let mut letters = text.chars();
            match (letters.next(), letters.next()) {
                (None, _) => {}
                (Some(letter), None) if !letter.is_alphanumeric() && !MINUS.contains(&letter) && letter != '+' => {
                    thousands = Some(letter)
                }
                _ => problem("thousands", "", format!("`{text}` is not one separating character")),
            }
        }
        let decimal = match (self.decimal_comma, thousands) {
            (Some(comma), _) => Some(if comma { ',' } else { '.' }),
            (None, Some(',')) => Some('.'),
            (None, Some('.')) => Some(','),
            (None, _) => None,
        };
        if thousands.is_some() && thousands == decimal {
            problem("thousands", "", format!("`{}` is the decimal separator already", decimal.unwrap_or_default()));
        }
        let numbers = NumberStyle { decimal: decimal.unwrap_or('.') as u8, thousands, spaced: false };
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
                numbers,
                numbers_open: decimal.is_none(),
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
    fn marks_that_mean_two_things_are_found() {
        let of = |settings: serde_json::Value| {
            let settings: ReadSettings = serde_json::from_value(settings).expect("well-formed settings");
            settings.check().iter().map(|problem| problem.setting).collect::<Vec<_>>()
        };
        assert_eq!(of(serde_json::json!({"delimiter": "\""})), ["delimiter"]);
        assert_eq!(of(serde_json::json!({"delimiter": "\"", "quote": "'"})), Vec::<&str>::new());
        assert_eq!(of(serde_json::json!({"delimiter": ";", "quote": ";"})), ["quote"]);
        assert_eq!(of(serde_json::json!({"delimiter": ";", "escape": ";"})), ["escape"]);
        assert_eq!(of(serde_json::json!({"escape": "\""})), ["escape"]);
        assert_eq!(of(serde_json::json!({"quote": "none", "escape": "\\"})), ["escape"]);
        assert_eq!(of(serde_json::json!({"comment": "\""})), ["comment"]);
        assert_eq!(of(serde_json::json!({"thousands": ",", "decimal_comma": true})), ["thousands"]);
        assert_eq!(of(serde_json::json!({"thousands": "."})), Vec::<&str>::new());
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
