//! One cell of an Arrow column as what a file can hold.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use std::fmt::Write;

use super::{DestinationError, Field, Role};
use crate::numeric::calendar::civil_of_day;

/// Decimals of money in integers: ten-thousandths.
const MONEY_DECIMALS: u8 = 4;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Missing,
    Text(&'a str),
    /// `units` times ten to the minus `decimals`: integers and exact decimals.
    Decimal {
        units: i128,
        decimals: u8,
    },
    /// Finite.
    Float(f64),
    Flag(bool),
    /// Days since 1970-01-01.
    Day(i64),
    /// Microseconds since 1970-01-01T00:00, on the clock of the data.
    Time(i64),
}

/// A column brought to one of the few forms that are read here.
pub(super) enum Column {
    Text(ArrayRef),
    Decimal { units: Vec<Option<i128>>, decimals: u8 },
    Float(PrimitiveArray<Float64Type>),
    Flag(BooleanArray),
    Day(PrimitiveArray<Date32Type>),
    Time(PrimitiveArray<TimestampMicrosecondType>),
    Missing,
}

/// The columns of a batch, read by their role.
pub(super) fn columns(batch: &RecordBatch, fields: &[Field]) -> Result<Vec<Column>, DestinationError> {
    batch.columns().iter().zip(fields).map(|(array, field)| Column::read(array, field)).collect()
}

impl Column {
    fn read(array: &ArrayRef, field: &Field) -> Result<Column, DestinationError> {
        let integer_decimals = if field.role == Role::Money { MONEY_DECIMALS } else { 0 };
        Ok(match array.data_type() {
            DataType::Null => Column::Missing,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                Column::Text(cast(array, &DataType::LargeUtf8)?)
            }
            DataType::Dictionary(_, values) => Column::read(&cast(array, values)?, field)?,
            DataType::Boolean => Column::Flag(array.as_boolean().clone()),
            DataType::Int8 => integers::<Int8Type>(array, integer_decimals),
            DataType::Int16 => integers::<Int16Type>(array, integer_decimals),
            DataType::Int32 => integers::<Int32Type>(array, integer_decimals),
            DataType::Int64 => integers::<Int64Type>(array, integer_decimals),
            DataType::UInt8 => integers::<UInt8Type>(array, integer_decimals),
            DataType::UInt16 => integers::<UInt16Type>(array, integer_decimals),
            DataType::UInt32 => integers::<UInt32Type>(array, integer_decimals),
            DataType::UInt64 => integers::<UInt64Type>(array, integer_decimals),
            DataType::Decimal128(_, scale) if *scale >= 0 => integers::<Decimal128Type>(array, *scale as u8),
            // Widened through its shortest text, so that 0.1 stays 0.1 rather than 0.10000000149011612.
            DataType::Float32 => Column::Float(
                array
                    .as_primitive::<Float32Type>()
                    .iter()
                    .map(|v| v.map(|v| v.to_string().parse().unwrap_or(f64::NAN)))
                    .collect(),
            ),
            DataType::Float64 => Column::Float(array.as_primitive::<Float64Type>().clone()),
            DataType::Date32 => Column::Day(array.as_primitive::<Date32Type>().clone()),
            DataType::Date64 => {
                let millis = array.as_primitive::<Date64Type>();
                Column::Time(millis.iter().map(|v| v.map(|v| v.saturating_mul(1_000))).collect())
            }
            DataType::Timestamp(_, _) => {
                let micros = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
                Column::Time(micros.as_primitive::<TimestampMicrosecondType>().clone())
            }
            other => {
                let (column, kind) = (field.name.clone(), other.to_string());
                return Err(DestinationError::UnknownType { column, kind });
            }
        })
    }

    pub fn at(&self, row: usize) -> Value<'_> {
        match self {
            Column::Missing => Value::Missing,
            Column::Text(array) if array.is_null(row) => Value::Missing,
            Column::Text(array) => Value::Text(array.as_string::<i64>().value(row)),
            Column::Decimal { units, decimals } => match units[row] {
                Some(units) => Value::Decimal { units, decimals: *decimals },
                None => Value::Missing,
            },
            Column::Float(array) if array.is_null(row) || !array.value(row).is_finite() => Value::Missing,
            Column::Float(array) => Value::Float(array.value(row)),
            Column::Flag(array) if array.is_null(row) => Value::Missing,
            Column::Flag(array) => Value::Flag(array.value(row)),
            Column::Day(array) if array.is_null(row) => Value::Missing,
            Column::Day(array) => Value::Day(array.value(row).into()),
            Column::Time(array) if array.is_null(row) => Value::Missing,
            Column::Time(array) => Value::Time(array.value(row)),
        }
    }
}

fn integers<T>(array: &ArrayRef, decimals: u8) -> Column
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128>,
{
    Column::Decimal { units: array.as_primitive::<T>().iter().map(|v| v.map(Into::into)).collect(), decimals }
}

impl Value<'_> {
    /// The value as plain text, ISO 8601 for days and times, `true` and `false`; nothing for a missing one.
    pub fn write_text(self, out: &mut String) {
        match self {
            Value::Missing => {}
            Value::Text(text) => out.push_str(text),
            Value::Decimal { units, decimals } => write_decimal(units, decimals, out),
            Value::Float(value) => write!(out, "{value}").expect("a String takes any text"),
            Value::Flag(flag) => out.push_str(if flag { "true" } else { "false" }),
            Value::Day(day) => write_day(day, out),
            Value::Time(micros) => {
                let seconds = micros.div_euclid(1_000_000);
                let second_of_day = seconds.rem_euclid(86_400);
                write_day(seconds.div_euclid(86_400), out);
                let (h, m, s) = (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60);
                write!(out, "T{h:02}:{m:02}:{s:02}").expect("a String takes any text");
                let fraction = micros.rem_euclid(1_000_000);
                if fraction != 0 {
                    write!(out, ".{fraction:06}").expect("a String takes any text");
                }
            }
        }
    }

    pub fn to_text(self) -> String {
        let mut out = String::new();
        self.write_text(&mut out);
        out
    }
}

/// All decimals are written: money of 5 is `5.0000`, as exact as it is stored.
fn write_decimal(units: i128, decimals: u8, out: &mut String) {
    let digits = units.unsigned_abs().to_string();
    let decimals = usize::from(decimals);
    if units < 0 {
        out.push('-');
    }
    if decimals == 0 {
        out.push_str(&digits);
        return;
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    write!(out, "{whole}.{fraction}").expect("a String takes any text");
}

fn write_day(day: i64, out: &mut String) {
    let (year, month, day) = civil_of_day(day);
    write!(out, "{year:04}-{month:02}-{day:02}").expect("a String takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let text = |units, decimals| Value::Decimal { units, decimals }.to_text();
        assert_eq!(text(-12_345_678, 4), "-1234.5678");
        assert_eq!(text(5, 4), "0.0005");
        assert_eq!(text(-5, 2), "-0.05");
        assert_eq!(text(0, 4), "0.0000");
        assert_eq!(text(i128::from(i64::MIN), 0), "-9223372036854775808");
    }

    #[test]
    fn times_are_iso() {
        assert_eq!(Value::Day(0).to_text(), "1970-01-01");
        assert_eq!(Value::Day(-1).to_text(), "1969-12-31");
        assert_eq!(Value::Time(1_323_532_200_000_000).to_text(), "2011-12-10T15:50:00");
        assert_eq!(Value::Time(-500_000).to_text(), "1969-12-31T23:59:59.500000");
    }
}
