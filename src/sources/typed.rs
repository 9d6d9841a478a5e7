//! Files and other sources that carry types: columns are cast, and rows whose values do not survive are set aside.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, TimestampMicrosecondArray, new_null_array,
};
use arrow::compute::{CastOptions, cast_with_options, filter_record_batch};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::column_type::Stored;
use super::convert::{Column, Converted, Converter, Counts, file_column};
use super::dates::{DAY, Moment, Passage};
use super::error::SourceError;
use super::rejects::{Reject, RejectRule};
use super::values::Tally;
use crate::outside::{Opening, Reading};

/// Rows that are read at a time.
const STRETCH: usize = 1 << 18;

/// A source with types: names and types of its columns, and its batches in order.
pub(crate) struct TypedTable {
    pub header: Vec<String>,
    pub kinds: Vec<DataType>,
    /// How many rows it has; 0 where that is not known beforehand.
    pub rows: u64,
    pub batches: Reading,
}

impl TypedTable {
    /// Opens a Parquet file, or a source of rows. `name` is how messages call it.
    pub(crate) fn open(from: Opening, name: &str) -> Result<TypedTable, SourceError> {
        let (rows, batches) = match from {
            Opening::File(path) => of_parquet(path).map_err(|error| SourceError::read(name, error))?,
            Opening::Rows(rows) => {
                let batches = rows.read(STRETCH).map_err(|error| SourceError::read(name, error))?;
                (rows.count().unwrap_or(0), batches)
            }
        };
        let schema = batches.schema();
        let header = schema.fields().iter().map(|field| field.name().clone()).collect();
        let kinds = schema.fields().iter().map(|field| field.data_type().clone()).collect();
        Ok(TypedTable { header, kinds, rows, batches })
    }
}

fn of_parquet(path: &Path) -> Result<(u64, Reading), parquet::errors::ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let rows = builder.metadata().file_metadata().num_rows().max(0) as u64;
    Ok((rows, Box::new(builder.with_batch_size(STRETCH).build()?)))
}

/// What a column of a typed file is stored as where the user gave no type; none for types that have no counterpart.
pub(crate) fn counterpart(kind: &DataType) -> Option<Stored> {
    Some(match kind {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => Stored::Integer,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Stored::Number,
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale)
            if (0..=18).contains(scale) =>
        {
            Stored::Decimal { scale: *scale as u8, money: false }
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Stored::Text,
        DataType::Dictionary(_, values) => return counterpart(values),
        DataType::Date32 | DataType::Date64 => Stored::Date,
        DataType::Timestamp(..) => Stored::Timestamp,
        DataType::Boolean => Stored::Boolean,
        _ => return None,
    })
}

/// Whether a column of this type can be asked to become `wanted`.
pub(crate) fn can_become(kind: &DataType, wanted: Stored) -> bool {
    match (counterpart(kind), wanted) {
        (None, _) => false,
        (Some(Stored::Text), _) | (Some(_), Stored::Text | Stored::Id) => true,
        (
            Some(Stored::Integer | Stored::Number | Stored::Decimal { .. }),
            Stored::Integer | Stored::Number | Stored::Decimal { .. },
        ) => true,
        (Some(Stored::Integer), Stored::Boolean) => true,
        (Some(Stored::Date | Stored::Timestamp), Stored::Date | Stored::Timestamp) => true,
        (Some(own), wanted) => own == wanted,
    }
}

impl Converter {
    /// Converts a batch of a typed file and hands its rows to `take`; `first` is the number of its first row, from 1.
    pub(crate) fn convert_typed(
        &self,
        batch: &RecordBatch,
        first: u64,
        take: &mut dyn FnMut(RecordBatch),
    ) -> Converted {
        let rows = batch.num_rows();
        let mut keep = vec![true; rows];
        let mut tallies = vec![Tally::default(); self.columns.len()];
        let mut arrays = Vec::with_capacity(self.columns.len() + 2);
        let mut rejects = Vec::new();
        for (column, tally) in self.columns.iter().zip(&mut tallies) {
            let mut faults = Vec::new();
            let source = column.position.map(|at| batch.column(at));
            arrays.push(match source {
                Some(source) => column.cast(source, &keep, tally, &mut faults),
                None => {
                    tally.nulls += rows as u64;
                    if column.reader.required {
                        faults.extend((0..rows).filter(|&row| keep[row]).map(|row| (row, RejectRule::MissingRequired)));
                    }
                    new_null_array(&column.reader.stored.data_type(), rows)
                }
            });
            for (row, rule) in faults {
                keep[row] = false;
                rejects.push(Reject {
                    line: (first + row as u64) as i64,
                    rule,
                    column: Some(column.name.clone()),
                    value: source.filter(|source| source.is_valid(row)).map(|source| shown(source, row)),
                    record: batch.columns().iter().map(|column| shown(column, row)).collect::<Vec<_>>().join("\t"),
                });
            }
        }
        arrays.push(file_column(&self.label, rows));
        arrays.push(Arc::new(Int64Array::from_iter_values((0..rows as u64).map(|row| (first + row) as i64))));
        let whole = RecordBatch::try_new(self.schema.clone(), arrays).expect("the arrays are cast to the schema");
        let batch = if rejects.is_empty() {
            whole
        } else {
            filter_record_batch(&whole, &BooleanArray::from(keep)).expect("one flag was made for each row")
        };
        rejects.sort_by_key(|reject| reject.line);
        let counts = Counts { lines: rows as u64, ..Counts::default() };
        let rows = batch.num_rows() as u64;
        take(batch);
        Converted { rows, rejects, tallies, counts }
    }
}

impl Column {
    fn cast(
        &self,
        source: &ArrayRef,
        keep: &[bool],
        tally: &mut Tally,
        faults: &mut Vec<(usize, RejectRule)>,
    ) -> ArrayRef {
        let stored = self.reader.stored;
        let kind = stored.data_type();
        let is_text = counterpart(source.data_type()) == Some(Stored::Text);
        let safe = CastOptions { safe: true, format_options: FormatOptions::default() };
        let cast = |array: &ArrayRef, kind: &DataType| {
            cast_with_options(array, kind, &safe).expect("only columns that can become the type are read as it")
        };
        if is_text || matches!(stored, Stored::Text | Stored::Id) {
            // Texts are read as the fields of a delimited file are; others are written out first.
            let texts = cast(source, &DataType::Utf8);
            let texts = texts.as_string::<i32>();
            let field =
                |row: usize| keep[row].then(|| Cow::Borrowed(if texts.is_valid(row) { texts.value(row) } else { "" }));
            return self.reader.read(source.len(), field, tally, faults);
        }
        let array = match (source.data_type(), stored) {
            (DataType::Timestamp(_, None), Stored::Timestamp) => {
                self.localised(&cast(source, &DataType::Timestamp(TimeUnit::Microsecond, None)), tally)
            }
            (DataType::Timestamp(_, Some(_)), Stored::Date) => {
                // The day of an instant is that of the wall clock in its own zone; the cast knows it by its offset.
                cast(&cast(source, &DataType::Timestamp(TimeUnit::Microsecond, None)), &kind)
            }
            (DataType::Date32 | DataType::Date64, Stored::Timestamp) => {
                let local = cast(source, &DataType::Timestamp(TimeUnit::Microsecond, None));
                self.localised(&local, tally)
            }
            _ => cast(source, &kind),
        };
        for row in 0..source.len() {
            if array.is_null(row) && keep[row] {
                if source.is_valid(row) && !is_missing_float(source, row) {
                    faults.push((row, RejectRule::BadValue));
                } else {
                    tally.nulls += 1;
                    if self.reader.required {
                        faults.push((row, RejectRule::MissingRequired));
                    }
                }
            }
        }
        array
    }

    /// Wall-clock times as instants.
    fn localised(&self, local: &ArrayRef, tally: &mut Tally) -> ArrayRef {
        let mut clock = self.reader.zone.clock();
        let values = local.as_primitive::<TimestampMicrosecondType>();
        let instants: TimestampMicrosecondArray = values
            .iter()
            .map(|value| {
                let value = value?;
                let day = i32::try_from(value.div_euclid(DAY)).ok()?;
                let (micros, passage) =
                    clock.instant(Moment { day, time: value.rem_euclid(DAY), offset: None, timed: true });
                tally.twice += u64::from(passage == Passage::Twice);
                tally.never += u64::from(passage == Passage::Never);
                Some(micros)
            })
            .collect();
        Arc::new(instants.with_timezone("UTC"))
    }
}

// Programs that have no null for numbers write not-a-number.
fn is_missing_float(source: &ArrayRef, row: usize) -> bool {
    match source.data_type() {
        DataType::Float64 => source.as_primitive::<arrow::datatypes::Float64Type>().value(row).is_nan(),
        DataType::Float32 => source.as_primitive::<arrow::datatypes::Float32Type>().value(row).is_nan(),
        _ => false,
    }
}

fn shown(array: &ArrayRef, row: usize) -> String {
    ArrayFormatter::try_new(array, &FormatOptions::default())
        .map(|formatter| formatter.value(row).to_string())
        .unwrap_or_default()
}
