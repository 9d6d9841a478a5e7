//! Records into columns of the wanted types, rows that do not fit set aside.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};

use super::entities;
use super::records::{Fault, Records};
use super::rejects::{Reject, RejectRule};
use super::values::{Reader, Tally, text_of, trimmed};

/// Rows of one batch: few enough for their fields to stay in the cache.
const BATCH: usize = 8192;

/// One column of the output.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub name: String,
    /// Position in the source; none where the source lacks the column.
    pub position: Option<usize>,
    /// Positions of further source columns whose texts follow, parted by a blank.
    pub joined: Vec<usize>,
    pub reader: Reader,
}

/// Turns stretches of one table into rows.
#[derive(Debug, Clone)]
pub(crate) struct Converter {
    /// What `source_file` says.
    pub label: String,
    pub columns: Vec<Column>,
    pub schema: SchemaRef,
}

/// What a stretch became.
#[derive(Debug, Default)]
pub(crate) struct Converted {
    pub rejects: Vec<Reject>,
    pub tallies: Vec<Tally>,
    pub rows: u64,
    pub counts: Counts,
}

/// Lines of a table by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub lines: u64,
    pub blank: u64,
    pub comments: u64,
    /// Lines with quotes that quote nothing, and the first of them.
    pub plain_quotes: u64,
    pub first_plain_quote: Option<u64>,
}

/// Text that is not UTF-8 where UTF-8 was only a guess.
#[derive(Debug)]
pub(crate) struct NotUtf8;

/// The schema of the output: the columns in order, then `source_file` and `source_line`.
pub(crate) fn output_schema<'a>(columns: impl Iterator<Item = (&'a str, DataType)>) -> SchemaRef {
    let file = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let mut fields: Vec<Field> = columns.map(|(name, kind)| Field::new(name, kind, true)).collect();
    fields.push(Field::new(super::SOURCE_FILE, file, false));
    fields.push(Field::new(super::SOURCE_LINE, DataType::Int64, false));
    Arc::new(Schema::new(fields))
}

impl Converter {
    /// Converts a stretch and hands its rows to `take` in batches. Where `sure` is false, bytes that are not UTF-8 end it instead
    /// of setting records aside.
    pub(crate) fn convert(
        &self,
        mut records: Records,
        sure: bool,
        take: &mut dyn FnMut(RecordBatch),
    ) -> Result<Converted, NotUtf8> {
        let mut rejects = Vec::new();
        let mut dropped = Vec::new();
        if std::str::from_utf8(&records.bytes).is_err() {
            if !sure {
                return Err(NotUtf8);
            }
            dropped = self.set_aside_undecodable(&mut records, &mut rejects);
        }
        for fault in std::mem::take(&mut records.faults) {
            rejects.push(reject(&records, fault));
        }
        let text = std::str::from_utf8(&records.bytes).expect("what was not UTF-8 has been replaced");
        let mut converted = Converted { tallies: vec![Tally::default(); self.columns.len()], ..Converted::default() };
        converted.counts = Counts {
            lines: records.line_count,
            blank: records.blank_lines,
            comments: records.comment_lines,
            plain_quotes: records.plain_quotes,
            first_plain_quote: records.first_plain_quote.map(|line| records.first_line + u64::from(line)),
        };
        // Most texts hold no entity anywhere: then no value has to be looked at.
        let entities = entities::any(&records.bytes);
        let mut from = 0;
        while from < records.len() {
            let to = records.len().min(from + BATCH);
            let batch = self.batch(&records, text, from..to, &dropped, entities, &mut converted.tallies, &mut rejects);
            converted.rows += batch.num_rows() as u64;
            take(batch);
            from = to;
        }
        rejects.sort_by_key(|reject| reject.line);
        converted.rejects = rejects;
        Ok(converted)
    }

    #[allow(clippy::too_many_arguments)]
    fn batch(
        &self,
        records: &Records,
        text: &str,
        rows: std::ops::Range<usize>,
        dropped: &[usize],
        entities: bool,
        tallies: &mut [Tally],
        rejects: &mut Vec<Reject>,
    ) -> RecordBatch {
        let count = rows.len();
        let mut keep = vec![true; count];
        let mut whole = true;
        for &record in dropped.iter().filter(|record| rows.contains(record)) {
            keep[record - rows.start] = false;
            whole = false;
        }
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 2);
        let mut faults = Vec::new();
        let (quote, escape) = (records.quote, records.escape);
        for (column, tally) in self.columns.iter().zip(tallies) {
            faults.clear();
            let mut plainer;
            let reader = match column.reader.entities && !entities {
                true => {
                    plainer = column.reader.clone();
                    plainer.entities = false;
                    &plainer
                }
                false => &column.reader,
            };
            let array = match column.position {
                Some(_) if !column.joined.is_empty() => {
                    let field = |row: usize| keep[row].then(|| column.text(records, text, rows.start + row));
                    reader.read(count, field, tally, &mut faults)
                }
                Some(at) if whole => reader.read(
                    count,
                    |row| Some(text_of(text, records.span(rows.start + row, at), quote, escape)),
                    tally,
                    &mut faults,
                ),
                Some(at) => {
                    let field = |row: usize| {
                        keep[row].then(|| text_of(text, records.span(rows.start + row, at), quote, escape))
                    };
                    reader.read(count, field, tally, &mut faults)
                }
                None => reader.read(count, |row| keep[row].then_some(Cow::Borrowed("")), tally, &mut faults),
            };
            arrays.push(array);
            for &(row, rule) in &faults {
                keep[row] = false;
                whole = false;
                let record = rows.start + row;
                let value = column.position.map(|_| trimmed(&column.text(records, text, record)).to_owned());
                rejects.push(Reject {
                    line: (records.first_line + u64::from(records.lines[record])) as i64,
                    rule,
                    column: Some(column.name.clone()),
                    value: value.filter(|value| !value.is_empty()),
                    record: text[records.starts[record] as usize..records.end(record)].to_owned(),
                });
            }
        }
        let line = |row: usize| (records.first_line + u64::from(records.lines[row])) as i64;
        arrays.push(file_column(&self.label, count));
        arrays.push(Arc::new(Int64Array::from_iter_values(rows.map(line))));
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).expect("the arrays are built after the schema");
        match whole {
            true => batch,
            false => filter_record_batch(&batch, &BooleanArray::from(keep)).expect("one flag was made for each row"),
        }
    }

    /// Sets aside the records that hold bytes which are not UTF-8, and makes the bytes plain so that the rest can be read.
    /// Returns the positions of the records, in order.
    fn set_aside_undecodable(&self, records: &mut Records, rejects: &mut Vec<Reject>) -> Vec<usize> {
        let mut bad = Vec::new();
        let mut at = 0;
        for chunk in records.bytes.utf8_chunks() {
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                bad.push((at, chunk.invalid().len()));
                at += chunk.invalid().len();
            }
        }
        let mut dropped: Vec<usize> = Vec::new();
        for &(at, _) in &bad {
            // Bytes outside of records are in lines that are set aside already, or in comments.
            if let Some(record) = records.starts.partition_point(|&start| start as usize <= at).checked_sub(1)
                && at < records.end(record)
                && dropped.last() != Some(&record)
            {
                dropped.push(record);
                rejects.push(Reject {
                    line: (records.first_line + u64::from(records.lines[record])) as i64,
                    rule: RejectRule::BadEncoding,
                    column: None,
                    value: None,
                    record: String::from_utf8_lossy(
                        &records.bytes[records.starts[record] as usize..records.end(record)],
                    )
                    .into_owned(),
                });
            }
        }
        for fault in std::mem::take(&mut records.faults) {
            rejects.push(reject(records, fault));
        }
        for (at, length) in bad {
            records.bytes[at..at + length].fill(b'?');
        }
        dropped
    }
}

impl Column {
    /// Its text in a record: that of its source column, or those of the columns that are joined, parted by blanks.
    fn text<'a>(&self, records: &Records, text: &'a str, record: usize) -> Cow<'a, str> {
        let one = |at: usize| text_of(text, records.span(record, at), records.quote, records.escape);
        let first = self.position.map_or(Cow::Borrowed(""), one);
        if self.joined.is_empty() {
            return first;
        }
        let mut all = trimmed(&first).to_owned();
        for &at in &self.joined {
            let next = one(at);
            let next = trimmed(&next);
            if !all.is_empty() && !next.is_empty() {
                all.push(' ');
            }
            all.push_str(next);
        }
        Cow::Owned(all)
    }
}

/// A column that says the same file on each row.
pub(crate) fn file_column(label: &str, rows: usize) -> ArrayRef {
    let keys = Int32Array::from_value(0, rows);
    Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(StringArray::from_iter_values([label]))))
}

fn reject(records: &Records, fault: Fault) -> Reject {
    Reject {
        line: (records.first_line + u64::from(fault.line)) as i64,
        rule: fault.rule,
        column: None,
        value: None,
        record: String::from_utf8_lossy(&records.bytes[fault.start as usize..fault.end as usize]).into_owned(),
    }
}
