//! Layouts: the columns a table must have.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use serde::Serialize;

/// The types that cross a stage boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Integer,
    /// 64-bit float.
    Number,
    /// Decimal with four places, in the shop's currency.
    Money,
    /// Decimal with three places, in pieces (or kilograms, metres).
    Quantity,
    /// True or false.
    Boolean,
    /// Calendar day in the shop's zone.
    Date,
    /// Instant in UTC, microseconds.
    Time,
    /// List of texts: a set of items.
    Texts,
    /// List of lists of texts: orders one after the other, each a set of items.
    Orders,
}

impl ColumnType {
    /// The Arrow type that stores it.
    pub fn arrow(self) -> DataType {
        match self {
            ColumnType::Text => DataType::Utf8,
            ColumnType::Integer => DataType::Int64,
            ColumnType::Number => DataType::Float64,
            ColumnType::Money => DataType::Decimal128(18, 4),
            ColumnType::Quantity => DataType::Decimal128(18, 3),
            ColumnType::Boolean => DataType::Boolean,
            ColumnType::Date => DataType::Date32,
            ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ColumnType::Texts => list_of(DataType::Utf8),
            ColumnType::Orders => list_of(list_of(DataType::Utf8)),
        }
    }

    /// How messages and the reference name it.
    pub fn word(self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::Integer => "integer",
            ColumnType::Number => "number",
            ColumnType::Money => "money",
            ColumnType::Quantity => "quantity",
            ColumnType::Boolean => "boolean",
            ColumnType::Date => "date",
            ColumnType::Time => "time",
            ColumnType::Texts => "list of texts",
            ColumnType::Orders => "list of lists of texts",
        }
    }

    /// The type that a stored column has, seen from its Arrow type; dictionaries and string views count as text.
    pub fn of(data_type: &DataType) -> Option<ColumnType> {
        Some(match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnType::Text,
            DataType::Dictionary(_, values) => return ColumnType::of(values),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => ColumnType::Integer,
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => ColumnType::Integer,
            DataType::Float32 | DataType::Float64 => ColumnType::Number,
            DataType::Decimal128(_, 3) => ColumnType::Quantity,
            DataType::Decimal128(_, _) => ColumnType::Money,
            DataType::Boolean => ColumnType::Boolean,
            DataType::Date32 | DataType::Date64 => ColumnType::Date,
            DataType::Timestamp(_, _) => ColumnType::Time,
            DataType::List(inner) | DataType::LargeList(inner) => match ColumnType::of(inner.data_type())? {
                ColumnType::Text => ColumnType::Texts,
                ColumnType::Texts => ColumnType::Orders,
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// A list whose members are never empty.
fn list_of(member: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(member, false)))
}

/// One column of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Lower case with underscores.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be empty.
    pub nullable: bool,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

impl Column {
    /// A column that is never empty.
    pub const fn required(name: &'static str, kind: ColumnType, meaning: &'static str) -> Column {
        Column { name, kind, nullable: false, meaning }
    }

    /// A column that may be empty.
    pub const fn optional(name: &'static str, kind: ColumnType, meaning: &'static str) -> Column {
        Column { name, kind, nullable: true, meaning }
    }

    /// The Arrow field that stores it.
    pub fn field(&self) -> Field {
        Field::new(self.name, self.kind.arrow(), self.nullable)
    }
}

/// What a table promises: these columns, and further ones only where it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// A noun.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// The columns, in order.
    pub columns: &'static [Column],
    /// Whether further columns may follow.
    pub open: bool,
}

impl Layout {
    /// The Arrow schema of exactly the named columns.
    pub fn schema(&self) -> Schema {
        Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>())
    }

    /// What keeps a schema from meeting this layout, in words; `None` when it does.
    pub fn breach(&self, schema: &Schema) -> Option<String> {
        let found = columns_of(schema);
        let mut faults = missing_from(self, &found);
        if !self.open {
            let further = found.into_iter().filter(|(name, _)| !self.columns.iter().any(|c| c.name == name));
            faults.extend(further.map(|(column, _)| Fault::Extra { column }));
        }
        (!faults.is_empty()).then(|| format!("table `{}`: {}", self.name, in_words(&faults)))
    }
}

/// Name and type of every column of a schema; `None` for types that cross no boundary.
pub fn columns_of(schema: &Schema) -> Vec<(String, Option<ColumnType>)> {
    schema.fields().iter().map(|f| (f.name().clone(), ColumnType::of(f.data_type()))).collect()
}

/// What keeps a table from being the one that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A column is not there.
    Missing {
        /// The column as the layout has it.
        column: &'static Column,
    },
    /// A column has another type.
    OtherType {
        /// The column as the layout has it.
        column: &'static Column,
        /// Its type; nothing where that crosses no boundary, or is only known when the stage runs.
        found: Option<ColumnType>,
    },
    /// The layout does not have this column.
    Extra {
        /// Its name.
        column: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing { column } => write!(f, "no column `{}` ({})", column.name, column.kind.word()),
            Fault::OtherType { column, found } => {
                let found = found.map_or("of another type", ColumnType::word);
                write!(f, "column `{}` is {found}, not {}", column.name, column.kind.word())
            }
            Fault::Extra { column } => write!(f, "a column `{column}` that the layout does not have"),
        }
    }
}

/// Some faults as one text, with commas between.
pub fn in_words(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join(", ")
}

/// What `needed` asks for and `found` does not have.
///
/// An integer serves where a number is asked for.
pub fn missing_from(needed: &Layout, found: &[(String, Option<ColumnType>)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for column in needed.columns {
        match found.iter().find(|(name, _)| name == column.name) {
            None => faults.push(Fault::Missing { column }),
            Some((_, Some(kind))) if *kind == column.kind => {}
            Some((_, Some(ColumnType::Integer))) if column.kind == ColumnType::Number => {}
            Some((_, kind)) => faults.push(Fault::OtherType { column, found: *kind }),
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: Layout = Layout {
        name: "shop",
        row: "a shop",
        columns: &[
            Column::required("name", ColumnType::Text, "its name"),
            Column::optional("sales", ColumnType::Number, "a year, in thousands"),
        ],
        open: false,
    };

    #[test]
    fn a_breach_names_each_column() {
        assert_eq!(SHOP.breach(&SHOP.schema()), None);
        let other = Schema::new(vec![
            Field::new("name", DataType::Boolean, false),
            Field::new("sales", DataType::Int64, true),
            Field::new("colour", DataType::Utf8, true),
        ]);
        let breach = SHOP.breach(&other).expect("two faults");
        assert_eq!(
            breach,
            "table `shop`: column `name` is boolean, not text, a column `colour` that the layout does not have"
        );
        assert_eq!(SHOP.breach(&Schema::empty()).expect("faults").matches("no column").count(), 2);
    }
}
