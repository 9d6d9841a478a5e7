//! Columns into Parquet: row groups are encoded where their rows were read and put into the file in order.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::error::SourceError;
use crate::disk::new_file;

/// Rows by which it is judged whether a dictionary pays.
const JUDGED: usize = 16_384;
/// Share of distinct values up to which a dictionary pays.
const REPETITIVE: f64 = 0.5;

/// A Parquet file in the making.
pub(crate) struct RowsWriter {
    path: PathBuf,
    writer: SerializedFileWriter<File>,
    factory: std::sync::Arc<ArrowRowGroupWriterFactory>,
    schema: SchemaRef,
}

/// What encodes rows into a row group, away from the file.
#[derive(Clone)]
pub(crate) struct Encoder {
    factory: std::sync::Arc<ArrowRowGroupWriterFactory>,
    schema: SchemaRef,
}

/// A row group that rows are being encoded into.
pub(crate) struct GroupEncoder {
    writers: Vec<ArrowColumnWriter>,
    schema: SchemaRef,
    rows: usize,
}

/// A row group that is ready to be put into the file.
pub(crate) struct RowGroup {
    chunks: Vec<ArrowColumnChunk>,
}

impl RowsWriter {
    /// Begins a file. `sample` is the first rows, by which the encoding of each column is chosen.
    pub(crate) fn create(path: &Path, schema: SchemaRef, sample: &[RecordBatch]) -> Result<RowsWriter, SourceError> {
        let file = new_file(path).map_err(|error| SourceError::write(path, error))?;
        let properties = properties(&schema, sample);
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(|error| SourceError::write(path, error))?;
        let (writer, factory) = writer.into_serialized_writer().map_err(|error| SourceError::write(path, error))?;
        Ok(RowsWriter { path: path.to_owned(), writer, factory: factory.into(), schema })
    }

    /// What other threads encode with.
    pub(crate) fn encoder(&self) -> Encoder {
        Encoder { factory: self.factory.clone(), schema: self.schema.clone() }
    }

    /// Puts a row group behind those already there.
    pub(crate) fn append(&mut self, group: RowGroup) -> Result<(), SourceError> {
        let append = || {
            let mut writer = self.writer.next_row_group()?;
            for chunk in group.chunks {
                chunk.append_to_row_group(&mut writer)?;
            }
            writer.close().map(|_| ())
        };
        append().map_err(|error| SourceError::write(&self.path, error))
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> Result<(), SourceError> {
        self.writer.close().map(|_| ()).map_err(|error| SourceError::write(&self.path, error))
    }
}

impl Encoder {
    /// Begins a row group.
    pub(crate) fn group(&self) -> parquet::errors::Result<GroupEncoder> {
        // The number of the group matters to encryption only.
        Ok(GroupEncoder { writers: self.factory.create_column_writers(0)?, schema: self.schema.clone(), rows: 0 })
    }
}

impl GroupEncoder {
    /// Encodes rows behind those already there.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> parquet::errors::Result<()> {
        self.rows += batch.num_rows();
        for ((writer, field), column) in self.writers.iter_mut().zip(self.schema.fields()).zip(batch.columns()) {
            for leaf in compute_leaves(field, column)? {
                writer.write(&leaf)?;
            }
        }
        Ok(())
    }

    /// Ends the row group; none where there are no rows.
    pub(crate) fn finish(self) -> parquet::errors::Result<Option<RowGroup>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let chunks = self.writers.into_iter().map(|writer| writer.close()).collect::<Result<_, _>>()?;
        Ok(Some(RowGroup { chunks }))
    }
}

fn properties(schema: &SchemaRef, sample: &[RecordBatch]) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by("patron".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).expect("1 is a level of zstd")))
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for (at, field) in schema.fields().iter().enumerate() {
        let path = ColumnPath::new(vec![field.name().clone()]);
        // Whole numbers of any kind pack into few bits by their differences, at less cost than a look-up in a dictionary.
        let packs = matches!(
            field.data_type(),
            DataType::Int64 | DataType::Timestamp(..) | DataType::Date32 | DataType::Decimal128(..)
        );
        let dictionary = !packs && distinct_share(sample, at) <= REPETITIVE;
        properties = properties.set_column_dictionary_enabled(path.clone(), dictionary);
        if packs {
            properties = properties.set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED);
        }
        if matches!(field.data_type(), DataType::Utf8 | DataType::Dictionary(..)) {
            properties = properties.set_column_statistics_enabled(path, EnabledStatistics::None);
        }
    }
    properties.build()
}

/// Distinct values per row among the first rows of a column of texts or floats; 0 for others.
fn distinct_share(sample: &[RecordBatch], column: usize) -> f64 {
    let mut texts: HashSet<&str> = HashSet::new();
    let mut numbers: HashSet<u64> = HashSet::new();
    let mut rows = 0;
    for batch in sample {
        let array = batch.column(column);
        let taken = array.len().min(JUDGED - rows);
        rows += taken;
        match array.data_type() {
            DataType::Utf8 => texts.extend(array.as_string::<i32>().iter().take(taken).flatten()),
            DataType::Float64 => numbers
                .extend(array.as_primitive::<Float64Type>().values()[..taken].iter().map(|value| value.to_bits())),
            _ => return 0.0,
        }
    }
    (texts.len() + numbers.len()) as f64 / rows.max(1) as f64
}
