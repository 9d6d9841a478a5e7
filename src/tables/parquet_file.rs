//! Parquet files: written aside, flushed to the disk, then renamed; read back as batches.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Problem, Result, codes, io_problem};

const ROWS_A_GROUP: usize = 1 << 20;

/// A finished table of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Writes one table, batch by batch.
pub struct TableWriter {
    path: PathBuf,
    schema: SchemaRef,
    rows: u64,
    writer: ArrowWriter<File>,
}

impl TableWriter {
    /// Starts a table at `path`, which must not exist yet.
    pub fn create(path: &Path, schema: SchemaRef) -> Result<TableWriter> {
        let file = File::create_new(path).map_err(|e| io_problem("create", path, &e))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).expect("1 is a level")))
            .set_created_by("patron".to_owned())
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(Some(ROWS_A_GROUP))
            .build();
        let writer =
            ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).map_err(|e| trouble(path, &e))?;
        Ok(TableWriter { path: path.to_owned(), schema, rows: 0, writer })
    }

    /// The schema it was started with.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Appends rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).map_err(|e| trouble(&self.path, &e))
    }

    /// Ends the file, flushes it to the disk and takes its digest.
    pub fn finish(self) -> Result<TableFile> {
        let file = self.writer.into_inner().map_err(|e| trouble(&self.path, &e))?;
        file.sync_all().map_err(|e| io_problem("flush", &self.path, &e))?;
        TableFile::of(&self.path, self.rows)
    }
}

impl TableFile {
    /// The record of a finished Parquet file with `rows` rows.
    pub fn of(path: &Path, rows: u64) -> Result<TableFile> {
        let mut hasher = blake3::Hasher::new();
        let mut file = File::open(path).map_err(|e| io_problem("read", path, &e))?;
        let bytes = std::io::copy(&mut file, &mut hasher).map_err(|e| io_problem("read", path, &e))?;
        let name = path.file_name().expect("a table has a file name").to_string_lossy().into_owned();
        Ok(TableFile { file: name, rows, bytes, digest: hasher.finalize().to_hex().to_string() })
    }
}

/// The schema of a Parquet file.
pub fn read_schema(path: &Path) -> Result<SchemaRef> {
    Ok(Arc::clone(open(path)?.schema()))
}

/// The named columns of a Parquet file (all of them for an empty list), in file order, as batches.
///
/// # Errors
/// When the file cannot be read, or lacks one of the columns.
pub fn read_batches(path: &Path, columns: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let builder = open(path)?;
    let schema = Arc::clone(builder.schema());
    let (builder, schema) = if columns.is_empty() {
        (builder, schema)
    } else {
        let mut indices = Vec::with_capacity(columns.len());
        for name in columns {
            let index = schema.index_of(name).map_err(|_| {
                Problem::new(&codes::BAD_TABLE, format!("{} has no column `{name}`", path.display())).boxed()
            })?;
            indices.push(index);
        }
        indices.sort_unstable();
        let mask = ProjectionMask::roots(builder.parquet_schema(), indices.iter().copied());
        let schema = Arc::new(Schema::new(indices.iter().map(|&i| schema.field(i).clone()).collect::<Vec<_>>()));
        (builder.with_projection(mask), schema)
    };
    let reader = builder.with_batch_size(64 * 1024).build().map_err(|e| trouble(path, &e))?;
    let batches = reader.collect::<std::result::Result<Vec<_>, _>>().map_err(|e| trouble(path, &e))?;
    Ok((schema, batches))
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|e| io_problem("read", path, &e))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| trouble(path, &e))
}

/// A Parquet error on a file; the library wraps the system's error as text, so a full disk is told by its words.
fn trouble(path: &Path, error: &dyn std::error::Error) -> Box<Problem> {
    let text = error.to_string();
    let full = ["No space left", "File too large", "Disk quota"].iter().any(|words| text.contains(words));
    let code = if full { &codes::DISK_FULL } else { &codes::FILE_TROUBLE };
    Problem::new(code, format!("{}: {text}", path.display()))
        .help(full.then(|| "make room on the disk and run again; finished steps are kept".to_owned()))
        .boxed()
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
    let target = File::create_new(out).map_err(|e| io_problem("create", out, &e))?;
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
    let file = writer.into_inner().map_err(|e| trouble(out, &e))?;
    file.sync_all().map_err(|e| io_problem("flush", out, &e))
}
