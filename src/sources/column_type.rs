//! The types that a user can give a column, and what each is stored as.

use std::borrow::Cow;
use std::fmt;

use arrow::datatypes::{DataType, TimeUnit};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Digits of a stored decimal: what fits 64 bits.
pub const DECIMAL_DIGITS: u8 = 18;
/// Digits after the point of a quantity: thousandths of a piece.
pub const QUANTITY_SCALE: u8 = 3;
/// Digits after the point of money: ten-thousandths of the currency unit.
pub const MONEY_SCALE: u8 = 4;

/// What may stand in parentheses after the name of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Nothing.
    None,
    /// Digits after the point, 0 to 18; needed.
    Scale,
    /// A strptime format; may be left out.
    Format,
}

/// One row of the table of column types.
#[derive(Debug)]
pub struct TypeRow {
    /// What the user writes.
    pub name: &'static str,
    /// What may follow in parentheses.
    pub argument: Argument,
    /// Meaning, and what the column is stored as.
    pub meaning: &'static str,
    make: fn(Option<&str>) -> SourceType,
}

/// All column types that can be written.
pub static TYPES: &[TypeRow] = &[
    TypeRow {
        name: "infer",
        argument: Argument::None,
        meaning: "the narrowest of integer, number, date, timestamp, boolean and text that holds every value of the column",
        make: |_| SourceType::Infer,
    },
    TypeRow { name: "text", argument: Argument::None, meaning: "text as it stands (Utf8)", make: |_| SourceType::Text },
    TypeRow {
        name: "id",
        argument: Argument::None,
        meaning: "text that names something; a whole number that a spreadsheet wrote as 13085.0 becomes 13085 (Utf8)",
        make: |_| SourceType::Id,
    },
    TypeRow {
        name: "integer",
        argument: Argument::None,
        meaning: "whole number (Int64)",
        make: |_| SourceType::Integer,
    },
    TypeRow {
        name: "number",
        argument: Argument::None,
        meaning: "floating-point number (Float64)",
        make: |_| SourceType::Number,
    },
    TypeRow {
        name: "decimal",
        argument: Argument::Scale,
        meaning: "exact number with that many digits after the point (Decimal128(18, scale))",
        make: |text| SourceType::Decimal(text.and_then(|text| text.trim().parse().ok()).unwrap_or(u8::MAX)),
    },
    TypeRow {
        name: "money",
        argument: Argument::None,
        meaning: "amount of money, a currency sign is allowed (Decimal128(18, 4))",
        make: |_| SourceType::Money,
    },
    TypeRow {
        name: "quantity",
        argument: Argument::None,
        meaning: "number of pieces (Decimal128(18, 3))",
        make: |_| SourceType::Quantity,
    },
    TypeRow {
        name: "date",
        argument: Argument::Format,
        meaning: "calendar day on the wall clock of the source (Date32)",
        make: |text| SourceType::Date(text.map(str::to_owned)),
    },
    TypeRow {
        name: "timestamp",
        argument: Argument::Format,
        meaning: "instant, read on the wall clock of `zone` unless the value carries its own offset (Timestamp in microseconds, UTC)",
        make: |text| SourceType::Timestamp(text.map(str::to_owned)),
    },
    TypeRow {
        name: "boolean",
        argument: Argument::None,
        meaning: "true or false; also t/f, yes/no, y/n, 1/0 (Boolean)",
        make: |_| SourceType::Boolean,
    },
];

/// The type of a column as the user writes it, for example `money`, `decimal(2)` or `timestamp(%d/%m/%Y %H:%M)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SourceType {
    /// Narrowest type that holds every value.
    Infer,
    /// Text as it stands.
    Text,
    /// Text that names something.
    Id,
    /// Whole number.
    Integer,
    /// Floating-point number.
    Number,
    /// Exact number with this many digits after the point.
    Decimal(u8),
    /// Money.
    Money,
    /// Pieces.
    Quantity,
    /// Calendar day, in this strptime format or else as the settings say.
    Date(Option<String>),
    /// Instant, in this strptime format or else as the settings say.
    Timestamp(Option<String>),
    /// True or false.
    Boolean,
}

impl SourceType {
    /// What a column of this type is stored as; `None` where that depends on its values.
    pub fn stored(&self) -> Option<Stored> {
        Some(match self {
            SourceType::Infer => return None,
            SourceType::Text => Stored::Text,
            SourceType::Id => Stored::Id,
            SourceType::Integer => Stored::Integer,
            SourceType::Number => Stored::Number,
            SourceType::Decimal(scale) => Stored::Decimal { scale: *scale, money: false },
            SourceType::Money => Stored::Decimal { scale: MONEY_SCALE, money: true },
            SourceType::Quantity => Stored::Decimal { scale: QUANTITY_SCALE, money: false },
            SourceType::Date(_) => Stored::Date,
            SourceType::Timestamp(_) => Stored::Timestamp,
            SourceType::Boolean => Stored::Boolean,
        })
    }

    /// The format given with the type.
    pub fn format(&self) -> Option<&str> {
        match self {
            SourceType::Date(format) | SourceType::Timestamp(format) => format.as_deref(),
            _ => None,
        }
    }

    fn name(&self) -> &'static str {
        let same = |row: &&TypeRow| std::mem::discriminant(&(row.make)(None)) == std::mem::discriminant(self);
        TYPES.iter().find(same).map(|row| row.name).expect("every variant is made by one row of TYPES")
    }
}

impl fmt::Display for SourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceType::Decimal(scale) => write!(f, "{}({scale})", self.name()),
            SourceType::Date(Some(format)) | SourceType::Timestamp(Some(format)) => {
                write!(f, "{}({format})", self.name())
            }
            _ => f.write_str(self.name()),
        }
    }
}

impl From<SourceType> for String {
    fn from(kind: SourceType) -> String {
        kind.to_string()
    }
}

impl TryFrom<String> for SourceType {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for SourceType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.trim().split_once('(') {
            Some((name, rest)) => match rest.strip_suffix(')') {
                Some(argument) => (name.trim(), Some(argument)),
                None => return Err(format!("type `{text}` lacks its closing parenthesis")),
            },
            None => (text.trim(), None),
        };
        let Some(row) = TYPES.iter().find(|row| row.name == name) else {
            let near = nearest(name, TYPES.iter().map(|row| row.name));
            let hint = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            let all: Vec<&str> = TYPES.iter().map(|row| row.name).collect();
            return Err(format!("unknown column type `{name}`{hint}; the types are {}", all.join(", ")));
        };
        match (row.argument, argument) {
            (Argument::None, Some(_)) => Err(format!("type `{name}` takes nothing in parentheses")),
            (Argument::Scale, None) => {
                Err(format!("type `{name}` needs its digits after the point, for example {name}(2)"))
            }
            (Argument::Scale, Some(digits))
                if !digits.trim().parse::<u8>().is_ok_and(|scale| scale <= DECIMAL_DIGITS) =>
            {
                Err(format!("type `{text}`: the digits after the point are 0 to {DECIMAL_DIGITS}"))
            }
            (_, argument) => Ok((row.make)(argument)),
        }
    }
}

impl JsonSchema for SourceType {
    fn schema_name() -> Cow<'static, str> {
        "ColumnType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let lines: Vec<String> = TYPES.iter().map(|row| format!("- `{}`: {}", row.name, row.meaning)).collect();
        let names: Vec<&str> = TYPES.iter().map(|row| row.name).collect();
        json_schema!({
            "type": "string",
            "description": format!("Type of a column; `decimal(2)`, `date(FORMAT)` and `timestamp(FORMAT)` take an argument.\n{}", lines.join("\n")),
            "pattern": format!("^({})( *\\(.*\\))?$", names.join("|")),
        })
    }
}

/// What a column is stored as once its values are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stored {
    /// Utf8.
    Text,
    /// Utf8, without the `.0` of whole numbers.
    Id,
    /// Int64.
    Integer,
    /// Float64.
    Number,
    /// Decimal128(18, scale); `money` allows a currency sign.
    Decimal { scale: u8, money: bool },
    /// Date32.
    Date,
    /// Timestamp(Microsecond, "UTC").
    Timestamp,
    /// Boolean.
    Boolean,
}

impl Stored {
    /// The Arrow type of the column.
    pub fn data_type(self) -> DataType {
        match self {
            Stored::Text | Stored::Id => DataType::Utf8,
            Stored::Integer => DataType::Int64,
            Stored::Number => DataType::Float64,
            Stored::Decimal { scale, .. } => DataType::Decimal128(DECIMAL_DIGITS, scale as i8),
            Stored::Date => DataType::Date32,
            Stored::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Stored::Boolean => DataType::Boolean,
        }
    }
}

/// The candidate that a mistyped name most likely meant: at most a third of its letters away.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_back_what_it_writes() {
        for text in ["infer", "text", "id", "integer", "number", "decimal(2)", "money", "quantity", "date", "boolean"] {
            assert_eq!(text.parse::<SourceType>().expect(text).to_string(), text);
        }
        let timestamp: SourceType = "timestamp(%d/%m/%Y %H:%M)".parse().expect("a type with its format");
        assert_eq!(timestamp, SourceType::Timestamp(Some("%d/%m/%Y %H:%M".into())));
        for row in TYPES {
            assert_eq!((row.make)(None).name(), row.name);
        }
    }

    #[test]
    fn mistakes_are_named() {
        let says = |text: &str, part: &str| {
            let message = text.parse::<SourceType>().expect_err(text);
            assert!(message.contains(part), "{message}");
        };
        says("integr", "did you mean `integer`?");
        says("decimal", "needs its digits");
        says("decimal(19)", "0 to 18");
        says("text(3)", "takes nothing");
        says("date(%Y", "closing parenthesis");
    }
}
