//! Plain vectors into Arrow columns, for the stages that write tables of a layout.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch,
    StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Schema};

use crate::tables::{Column, ColumnType, Layout};

/// Lists of these lengths over their members one after the other.
fn list(kind: ColumnType, lengths: Vec<usize>, members: ArrayRef) -> ArrayRef {
    let DataType::List(member) = kind.arrow() else { unreachable!("{kind:?} is a list") };
    Arc::new(ListArray::new(member, OffsetBuffer::from_lengths(lengths), members, None))
}

/// Columns in the order in which they are added, by the names of a layout.
pub struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    /// None yet.
    pub fn new() -> Columns {
        Columns { fields: Vec::new(), arrays: Vec::new() }
    }

    /// Adds a column of any kind.
    pub fn add(&mut self, name: &str, nullable: bool, array: ArrayRef) -> &mut Columns {
        self.fields.push(Field::new(name, array.data_type().clone(), nullable));
        self.arrays.push(array);
        self
    }

    /// Text that is never empty.
    pub fn text<S: AsRef<str>>(&mut self, name: &str, values: impl IntoIterator<Item = S>) -> &mut Columns {
        self.add(name, false, Arc::new(values.into_iter().map(Some).collect::<StringArray>()))
    }

    /// Text that may be empty.
    pub fn maybe_text<S: AsRef<str>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = Option<S>>,
    ) -> &mut Columns {
        self.add(name, true, Arc::new(values.into_iter().collect::<StringArray>()))
    }

    /// Sets of texts.
    pub fn texts<'a>(
        &mut self,
        name: &str,
        sets: impl IntoIterator<Item = impl IntoIterator<Item = &'a str>>,
    ) -> &mut Columns {
        let (mut words, mut lengths) = (StringBuilder::new(), Vec::new());
        for set in sets {
            lengths.push(set.into_iter().map(|word| words.append_value(word)).count());
        }
        self.add(name, false, list(ColumnType::Texts, lengths, Arc::new(words.finish())))
    }

    /// Orders one after the other, each a set of texts.
    pub fn orders<'a>(
        &mut self,
        name: &str,
        rows: impl IntoIterator<Item = impl IntoIterator<Item = impl IntoIterator<Item = &'a str>>>,
    ) -> &mut Columns {
        let (mut words, mut lengths, mut orders) = (StringBuilder::new(), Vec::new(), Vec::new());
        for row in rows {
            let before = orders.len();
            for order in row {
                orders.push(order.into_iter().map(|word| words.append_value(word)).count());
            }
            lengths.push(orders.len() - before);
        }
        let orders = list(ColumnType::Texts, orders, Arc::new(words.finish()));
        self.add(name, false, list(ColumnType::Orders, lengths, orders))
    }

    /// Integers.
    pub fn integer(&mut self, name: &str, values: impl IntoIterator<Item = i64>) -> &mut Columns {
        self.add(name, false, Arc::new(Int64Array::from_iter_values(values)))
    }

    /// Integers that may be empty.
    pub fn maybe_integer(&mut self, name: &str, values: impl IntoIterator<Item = Option<i64>>) -> &mut Columns {
        self.add(name, true, Arc::new(values.into_iter().collect::<Int64Array>()))
    }

    /// Numbers that are never empty.
    pub fn number(&mut self, name: &str, values: impl IntoIterator<Item = f64>) -> &mut Columns {
        self.add(name, false, Arc::new(Float64Array::from_iter_values(values)))
    }

    /// Numbers; NaN becomes empty.
    pub fn maybe_number(&mut self, name: &str, values: impl IntoIterator<Item = f64>) -> &mut Columns {
        let values = values.into_iter().map(|v| (!v.is_nan()).then_some(v));
        self.add(name, true, Arc::new(values.collect::<Float64Array>()))
    }

    /// Truths.
    pub fn boolean(&mut self, name: &str, values: impl IntoIterator<Item = bool>) -> &mut Columns {
        self.add(name, false, Arc::new(BooleanArray::from_iter(values.into_iter().map(Some))))
    }

    /// Truths that may be empty.
    pub fn maybe_boolean(&mut self, name: &str, values: impl IntoIterator<Item = Option<bool>>) -> &mut Columns {
        self.add(name, true, Arc::new(values.into_iter().collect::<BooleanArray>()))
    }

    /// Days since 1970-01-01.
    pub fn date(&mut self, name: &str, values: impl IntoIterator<Item = i32>) -> &mut Columns {
        self.add(name, false, Arc::new(Date32Array::from_iter_values(values)))
    }

    /// Days since 1970-01-01, which may be empty.
    pub fn maybe_date(&mut self, name: &str, values: impl IntoIterator<Item = Option<i32>>) -> &mut Columns {
        self.add(name, true, Arc::new(values.into_iter().collect::<Date32Array>()))
    }

    /// UTC microseconds.
    pub fn time(&mut self, name: &str, nullable: bool, values: impl IntoIterator<Item = Option<i64>>) -> &mut Columns {
        let array = values.into_iter().collect::<TimestampMicrosecondArray>().with_timezone("UTC");
        self.add(name, nullable, Arc::new(array))
    }

    /// Money in ten-thousandths or quantities in thousandths, by the column's type.
    pub fn decimal(&mut self, name: &str, kind: ColumnType, values: impl IntoIterator<Item = i128>) -> &mut Columns {
        let array = Decimal128Array::from_iter_values(values).with_data_type(kind.arrow());
        self.add(name, false, Arc::new(array))
    }

    /// Money in ten-thousandths that may be empty.
    pub fn maybe_money(&mut self, name: &str, values: &[Option<i64>]) -> &mut Columns {
        let values = values.iter().map(|value| value.map(i128::from));
        let array = values.collect::<Decimal128Array>().with_data_type(ColumnType::Money.arrow());
        self.add(name, true, Arc::new(array))
    }

    /// The rows, all columns being of one length.
    pub fn batch(self) -> RecordBatch {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
            .expect("columns are built with one length and their own types")
    }

    /// The rows with the nullability that a layout states.
    pub fn batch_of(mut self, layout: &Layout) -> RecordBatch {
        for field in &mut self.fields {
            if let Some(Column { nullable, .. }) = layout.columns.iter().find(|c| c.name == field.name()) {
                *field = field.clone().with_nullable(*nullable || field.is_nullable());
            }
        }
        self.batch()
    }
}
