//! Parquet files as they are written: encoded on all threads, flushed to the disk, the same bytes at any number of threads.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::parquet_read::trouble;
use super::partitions::SORTED_BY;
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::disk::{digest, new_file};

/// Rows encoded together; what reads a table in parallel takes one group at a time.
pub const ROWS_A_GROUP: usize = 1 << 18;

/// A finished table of an artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableFile {
    /// File name inside the artifact's folder.
    pub file: String,
    /// Rows.
    pub rows: u64,
    /// Size on disk.
    pub bytes: u64,
    /// BLAKE3 of the file, hex.
    pub digest: String,
}

/// Writes one table; row groups are cut and encoded the same way at any number of threads.
pub struct TableWriter {
    path: PathBuf,
    schema: SchemaRef,
    rows: u64,
    writer: SerializedFileWriter<File>,
    factory: ArrowRowGroupWriterFactory,
    /// Rows that do not fill a group yet.
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
}

impl TableWriter {
    /// Starts a table at `path`, which must not exist yet.
    pub fn create(path: &Path, schema: SchemaRef) -> Result<TableWriter> {
        TableWriter::start(path, schema, false)
    }

    /// Starts a table whose rows will be sorted by its column `customer`, empty cells last, and whose footer says so.
    pub fn create_sorted(path: &Path, schema: SchemaRef) -> Result<TableWriter> {
        TableWriter::start(path, schema, true)
    }

    fn start(path: &Path, schema: SchemaRef, sorted: bool) -> Result<TableWriter> {
        let file = new_file(path).map_err(|e| io_problem("create", path, &e))?;
        let (writer, factory) = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties(&schema, sorted)))
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(|e| trouble(path, &e))?;
        Ok(TableWriter {
            path: path.to_owned(),
            schema,
            rows: 0,
            writer,
            factory,
            waiting: Vec::new(),
            waiting_rows: 0,
        })
    }

    /// The schema it was started with.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Appends rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        all_columns(&self.schema, batch).map_err(|e| trouble(&self.path, &e))?;
        let mut from = 0;
        while from < batch.num_rows() {
            let taken = (batch.num_rows() - from).min(ROWS_A_GROUP - self.waiting_rows);
            self.waiting.push(batch.slice(from, taken));
            self.waiting_rows += taken;
            from += taken;
            if self.waiting_rows == ROWS_A_GROUP {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Appends `rows` rows that `make` builds range by range, on all threads, each range one row group.
    pub fn write_ranges(&mut self, rows: usize, make: impl Fn(Range<usize>) -> RecordBatch + Sync) -> Result<()> {
        let ranges: Vec<Range<usize>> =
            (0..rows).step_by(ROWS_A_GROUP).map(|from| from..(from + ROWS_A_GROUP).min(rows)).collect();
        self.write_groups(&ranges, make)
    }

    /// The same with given ranges.
    pub fn write_groups(
        &mut self,
        ranges: &[Range<usize>],
        make: impl Fn(Range<usize>) -> RecordBatch + Sync,
    ) -> Result<()> {
        self.flush()?;
        for some in ranges.chunks(rayon::current_num_threads()) {
            let groups: Vec<_> =
                some.par_iter().map(|range| encode_all(&self.schema, &self.factory, &make(range.clone()))).collect();
            for (range, chunks) in some.iter().zip(groups) {
                let chunks = chunks.map_err(|e| trouble(&self.path, &e))?;
                self.append(chunks, range.len())?;
            }
        }
        Ok(())
    }

    /// Encodes rows as a row group to be appended later, on the calling thread.
    pub fn encode(&self, batch: &RecordBatch) -> Result<RowGroup> {
        let chunks = encode_all(&self.schema, &self.factory, batch).map_err(|e| trouble(&self.path, &e))?;
        Ok(RowGroup { chunks, rows: batch.num_rows() })
    }

    /// Appends a row group that was encoded for this table.
    pub fn append_group(&mut self, group: RowGroup) -> Result<()> {
        self.flush()?;
        self.append(group.chunks, group.rows)
    }

    /// Ends the file, flushes it to the disk and takes its digest.
    pub fn finish(mut self) -> Result<TableFile> {
        self.flush()?;
        self.writer.finish().map_err(|e| trouble(&self.path, &e))?;
        self.writer.inner().sync_all().map_err(|e| io_problem("flush", &self.path, &e))?;
        TableFile::of(&self.path, self.rows)
    }

    /// Encodes the waiting rows as one row group, a column per thread.
    fn flush(&mut self) -> Result<()> {
        if self.waiting_rows == 0 {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let writers = self.factory.create_column_writers(0).map_err(|e| trouble(&self.path, &e))?;
        let fields = self.schema.fields();
        let chunks: Vec<_> = writers
            .into_par_iter()
            .enumerate()
            .map(|(at, writer)| encode(writer, &fields[at], waiting.iter().map(|batch| batch.column(at))))
            .collect();
        let chunks = chunks.into_iter().collect::<Chunks>().map_err(|e| trouble(&self.path, &e))?;
        let rows = std::mem::take(&mut self.waiting_rows);
        self.append(chunks, rows)
    }

    fn append(&mut self, chunks: Vec<ArrowColumnChunk>, rows: usize) -> Result<()> {
        let writer = &mut self.writer;
        let append = || {
            let mut group = writer.next_row_group()?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut group)?;
            }
            group.close()
        };
        append().map_err(|e| trouble(&self.path, &e))?;
        self.rows += rows as u64;
        Ok(())
    }
}

/// Rows that are encoded and not yet written.
pub struct RowGroup {
    chunks: Vec<ArrowColumnChunk>,
    rows: usize,
}

type Chunks = std::result::Result<Vec<ArrowColumnChunk>, ParquetError>;

/// Pairing columns with fields would drop what is over on either side.
fn all_columns(schema: &SchemaRef, batch: &RecordBatch) -> std::result::Result<(), ParquetError> {
    let (made, declared) = (batch.num_columns(), schema.fields().len());
    if made != declared {
        return Err(ParquetError::General(format!("{made} columns are made, and {declared} declared")));
    }
    Ok(())
}

fn encode_all(schema: &SchemaRef, factory: &ArrowRowGroupWriterFactory, batch: &RecordBatch) -> Chunks {
    all_columns(schema, batch)?;
    let writers = factory.create_column_writers(0)?;
    let fields = schema.fields().iter().zip(batch.columns());
    let chunks = writers.into_iter().zip(fields);
    chunks.map(|(writer, (field, array))| encode(writer, field, [array])).collect()
}

/// The columns of tables are flat: each field is one leaf.
fn encode<'a>(
    mut writer: ArrowColumnWriter,
    field: &Field,
    arrays: impl IntoIterator<Item = &'a ArrayRef>,
) -> std::result::Result<ArrowColumnChunk, ParquetError> {
    for array in arrays {
        if array.data_type() != field.data_type() {
            let (name, made, declared) = (field.name(), array.data_type(), field.data_type());
            return Err(ParquetError::General(format!(
                "column `{name}` is made as {made}, and declared as {declared}"
            )));
        }
        for leaf in compute_leaves(field, array)? {
            writer.write(&leaf)?;
        }
    }
    writer.close()
}

/// Whole numbers of any kind are packed by their differences, which costs less than looking them up in a dictionary.
fn properties(schema: &SchemaRef, sorted: bool) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).expect("1 is a level")))
        .set_created_by("patron".to_owned())
        .set_statistics_enabled(EnabledStatistics::Chunk);
    if sorted && let Ok(place) = schema.index_of(SORTED_BY) {
        let sorting = SortingColumn { column_idx: place as i32, descending: false, nulls_first: false };
        // Cut texts would not say which row groups a part needs.
        properties = properties.set_sorting_columns(Some(vec![sorting])).set_statistics_truncate_length(None);
    }
    for field in schema.fields() {
        let packs = matches!(field.data_type(), DataType::Int64 | DataType::Timestamp(..) | DataType::Decimal128(..));
        if packs {
            let path = ColumnPath::new(vec![field.name().clone()]);
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    properties.build()
}

impl TableFile {
    /// The record of a finished file with `rows` rows.
    pub fn of(path: &Path, rows: u64) -> Result<TableFile> {
        let (bytes, digest) = digest(path).map_err(|e| io_problem("read", path, &e))?;
        let name = path.file_name().expect("a table has a file name").to_string_lossy().into_owned();
        Ok(TableFile { file: name, rows, bytes, digest })
    }

    /// What is wrong with the file in `folder`: whether it is still what was written.
    pub fn fault(&self, folder: &Path) -> Option<String> {
        let path = folder.join(&self.file);
        match digest(&path) {
            Ok((bytes, digest)) if bytes == self.bytes && digest == self.digest => None,
            Ok(_) => Some(format!("{} was changed after it was written", path.display())),
            Err(error) => Some(format!("{} cannot be read: {error}", path.display())),
        }
    }
}

/// One Parquet file from several of the same schema: their column chunks are copied as they are, nothing is decoded.
///
/// # Errors
/// When a file cannot be read or written, or the schemas differ.
pub fn join_files(parts: &[PathBuf], out: &Path) -> Result<()> {
    let Some(first) = parts.first() else {
        return Problem::new(&codes::NO_INPUT_FILES, "there is no file to read").err();
    };
    let open = |path: &Path| -> Result<(File, ParquetMetaData)> {
        let file = File::open(path).map_err(|e| io_problem("read", path, &e))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(|e| trouble(path, &e))?;
        Ok((file, metadata))
    };
    let (_, metadata) = open(first)?;
    let schema = metadata.file_metadata().schema_descr().root_schema_ptr();
    let target = new_file(out).map_err(|e| io_problem("create", out, &e))?;
    let properties = WriterProperties::builder()
        .set_created_by("patron".to_owned())
        .set_key_value_metadata(metadata.file_metadata().key_value_metadata().cloned())
        .build();
    let mut writer =
        SerializedFileWriter::new(target, Arc::clone(&schema), Arc::new(properties)).map_err(|e| trouble(out, &e))?;
    for path in parts {
        let (file, metadata) = open(path)?;
        if metadata.file_metadata().schema_descr().root_schema() != schema.as_ref() {
            return Problem::new(
                &codes::BAD_TABLE,
                format!("{} has other columns than {}", path.display(), first.display()),
            )
            .err();
        }
        for group in metadata.row_groups() {
            let mut copy = writer.next_row_group().map_err(|e| trouble(out, &e))?;
            for column in group.columns() {
                let result = ColumnCloseResult {
                    bytes_written: column.compressed_size() as u64,
                    rows_written: group.num_rows() as u64,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                copy.append_column(&file, result).map_err(|e| trouble(out, &e))?;
            }
            copy.close().map_err(|e| trouble(out, &e))?;
        }
    }
    writer.finish().map_err(|e| trouble(out, &e))?;
    writer.inner().sync_all().map_err(|e| io_problem("flush", out, &e))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::Schema;

    use super::*;

    fn written(columns: Vec<(&str, ArrayRef)>, ranged: bool) -> Result<TableFile> {
        let folder = tempfile::tempdir().expect("a folder");
        let declared = Schema::new(vec![
            Field::new("customer", DataType::Utf8, true),
            Field::new("orders", DataType::Int64, true),
        ]);
        let mut writer = TableWriter::create(&folder.path().join("table.parquet"), Arc::new(declared))?;
        let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
        if ranged {
            writer.write_ranges(batch.num_rows(), |range| batch.slice(range.start, range.len()))?;
        } else {
            writer.write(&batch)?;
        }
        writer.finish()
    }

    #[test]
    fn columns_must_be_those_declared() {
        let names: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let counts: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        for ranged in [false, true] {
            let good = vec![("customer", Arc::clone(&names)), ("orders", Arc::clone(&counts))];
            assert_eq!(written(good, ranged).expect("as declared").rows, 2);
            let missing = written(vec![("customer", Arc::clone(&names))], ranged).expect_err("one column is missing");
            assert!(missing.to_string().contains("1 columns are made, and 2 declared"), "{missing}");
            let twisted = vec![("customer", Arc::clone(&counts)), ("orders", Arc::clone(&counts))];
            let twisted = written(twisted, ranged).expect_err("a column is of another type");
            assert!(twisted.to_string().contains("column `customer` is made as Int64"), "{twisted}");
        }
    }
}
