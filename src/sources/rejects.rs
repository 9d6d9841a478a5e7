//! Why a row is set aside, and what is kept of it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

/// The rules by which rows are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectRule {
    RaggedShort,
    RaggedLong,
    BadQuote,
    UnclosedQuote,
    BadEncoding,
    BadInteger,
    BadNumber,
    TooLarge,
    BadDate,
    BadBoolean,
    BadValue,
    MissingRequired,
    ScientificId,
    OtherCurrency,
}

/// One row of the table of reject rules.
#[derive(Debug)]
pub struct RuleRow {
    /// The rule.
    pub rule: RejectRule,
    /// What the rejects table calls it.
    pub name: &'static str,
    /// What is wrong with such a row.
    pub meaning: &'static str,
    /// What can be done about it.
    pub advice: &'static str,
}

/// All rules, in the order of [`RejectRule`].
pub static RULES: [RuleRow; 14] = [
    RuleRow {
        rule: RejectRule::RaggedShort,
        name: "ragged-short",
        meaning: "the record has fewer fields than the header",
        advice: "check delimiter and quote; ragged = \"fill\" takes the missing fields as null",
    },
    RuleRow {
        rule: RejectRule::RaggedLong,
        name: "ragged-long",
        meaning: "the record has more fields than the header",
        advice: "a delimiter inside a field must be quoted; ragged = \"fill\" takes records whose surplus is blank",
    },
    RuleRow {
        rule: RejectRule::BadQuote,
        name: "bad-quote",
        meaning: "text follows a closing quote",
        advice: "a quote inside a quoted field must be doubled; or set `escape`, or quote = \"none\"",
    },
    RuleRow {
        rule: RejectRule::UnclosedQuote,
        name: "unclosed-quote",
        meaning: "a quote opens a field and is not closed before the end of the file or within a mebibyte",
        advice: "close the quote; where quotes are plain text, set quote = \"none\"",
    },
    RuleRow {
        rule: RejectRule::BadEncoding,
        name: "bad-encoding",
        meaning: "the record holds bytes that mean nothing in the encoding of the file",
        advice: "check `encoding`",
    },
    RuleRow {
        rule: RejectRule::BadInteger,
        name: "bad-integer",
        meaning: "the value is not a whole number",
        advice: "correct it, add the word to `null_words`, or give the column another type",
    },
    RuleRow {
        rule: RejectRule::BadNumber,
        name: "bad-number",
        meaning: "the value is not a number",
        advice: "correct it, check `decimal_comma` and `thousands`, add the word to `null_words`, or give the column another type",
    },
    RuleRow {
        rule: RejectRule::TooLarge,
        name: "too-large",
        meaning: "the number has more digits than the type of the column holds",
        advice: "give the column the type `number` or `text`",
    },
    RuleRow {
        rule: RejectRule::BadDate,
        name: "bad-date",
        meaning: "the value is not a date of the column's layout, or there is no such day",
        advice: "correct it, or add its layout to `date_formats`",
    },
    RuleRow {
        rule: RejectRule::BadBoolean,
        name: "bad-boolean",
        meaning: "the value is neither true nor false",
        advice: "correct it, or give the column the type `text`",
    },
    RuleRow {
        rule: RejectRule::BadValue,
        name: "bad-value",
        meaning: "the value of a typed file cannot become one of the column's type",
        advice: "give the column the type it has in the file, or `text`",
    },
    RuleRow {
        rule: RejectRule::MissingRequired,
        name: "missing-required",
        meaning: "a column that must have a value has none",
        advice: "correct it, or take the column out of `required`",
    },
    RuleRow {
        rule: RejectRule::ScientificId,
        name: "scientific-id",
        meaning: "the id is in scientific notation: a spreadsheet has cut off its digits, so that different ids look the same",
        advice: "export again from the shop without opening the file in a spreadsheet, or import that column there as text; where such codes are real, give the column the type `text`",
    },
    RuleRow {
        rule: RejectRule::OtherCurrency,
        name: "other-currency",
        meaning: "the amount is in another currency than most of the column",
        advice: "map a column `currency`, or split the file by currency; where the marks do not matter, read the column under another name than `unit_price` as `money`",
    },
];

impl RejectRule {
    /// The row of the rule.
    pub fn row(self) -> &'static RuleRow {
        &RULES[self as usize]
    }
}

/// A row that is set aside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reject {
    /// Physical line on which the record starts, from 1; row of a sheet or of a typed file.
    pub line: i64,
    pub rule: RejectRule,
    /// Column that the rule speaks of, and its value.
    pub column: Option<String>,
    pub value: Option<String>,
    /// The record as it stands in the file; undecodable bytes as U+FFFD.
    pub record: String,
}

/// The columns of a rejects table: `source_file`, `source_line`, `rule`, `column`, `value`, `record`.
pub fn rejects_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(super::SOURCE_FILE, DataType::Utf8, false),
        Field::new(super::SOURCE_LINE, DataType::Int64, false),
        Field::new("rule", DataType::Utf8, false),
        Field::new("column", DataType::Utf8, true),
        Field::new("value", DataType::Utf8, true),
        Field::new("record", DataType::Utf8, false),
    ]))
}

/// The rejects of a stretch of a file as rows of the rejects table.
pub(crate) fn rejects_batch(file: &str, rejects: &[Reject]) -> RecordBatch {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|_| file))),
        Arc::new(Int64Array::from_iter_values(rejects.iter().map(|reject| reject.line))),
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|reject| reject.rule.row().name))),
        Arc::new(StringArray::from_iter(rejects.iter().map(|reject| reject.column.as_deref()))),
        Arc::new(StringArray::from_iter(rejects.iter().map(|reject| reject.value.as_deref()))),
        Arc::new(StringArray::from_iter_values(rejects.iter().map(|reject| reject.record.as_str()))),
    ];
    RecordBatch::try_new(rejects_schema(), columns).expect("the arrays are built after the schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_rules() {
        for (at, row) in RULES.iter().enumerate() {
            assert_eq!(row.rule as usize, at);
            assert_eq!(serde_json::to_value(row.rule).expect("a name"), row.name);
        }
    }
}
