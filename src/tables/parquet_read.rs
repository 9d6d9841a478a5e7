//! Parquet files as they are read back: whole columns, row groups on all threads, in file order.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;

use crate::diagnostics::{Problem, Result, codes, io_problem, is_disk_full};
use crate::disk::io_kind;

/// Rows of a batch.
const ROWS_A_BATCH: usize = 64 * 1024;

/// The schema of a Parquet file.
pub fn read_schema(path: &Path) -> Result<SchemaRef> {
    Ok(Arc::clone(metadata_of(path)?.schema()))
}

/// The named columns of a Parquet file (all of them for an empty list), in file order, as batches.
///
/// # Errors
/// When the file cannot be read, or lacks one of the columns.
pub fn read_batches(path: &Path, columns: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    batches_of(path, metadata_of(path)?, columns, None)
}

/// The same of a run of row groups.
///
/// # Errors
/// As [`read_batches`].
pub fn read_run_batches(path: &Path, columns: &[&str], run: Range<usize>) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    batches_of(path, metadata_of(path)?, columns, Some(&run.collect::<Vec<usize>>()))
}

/// The same of some row groups (or all), with texts as numbers into a dictionary, as the file itself holds repetitive ones.
///
/// # Errors
/// As [`read_batches`].
pub fn read_coded_batches(
    path: &Path,
    columns: &[&str],
    groups: Option<&[usize]>,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let metadata = metadata_of(path)?;
    let coded = metadata.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => {
            let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(field.as_ref().clone().with_data_type(kind))
        }
        _ => Arc::clone(field),
    });
    let coded = Arc::new(Schema::new(coded.collect::<Vec<_>>()));
    let options = ArrowReaderOptions::new().with_schema(coded);
    let metadata =
        ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).map_err(|e| trouble(path, &e))?;
    batches_of(path, metadata, columns, groups)
}

fn batches_of(
    path: &Path,
    metadata: ArrowReaderMetadata,
    columns: &[&str],
    groups: Option<&[usize]>,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let mut schema = Arc::clone(metadata.schema());
    let mut mask = ProjectionMask::all();
    if !columns.is_empty() {
        let mut indices = Vec::with_capacity(columns.len());
        for name in columns {
            let index = schema.index_of(name).map_err(|_| {
                Problem::new(&codes::BAD_TABLE, format!("{} has no column `{name}`", path.display())).boxed()
            })?;
            indices.push(index);
        }
        indices.sort_unstable();
        mask = ProjectionMask::roots(metadata.parquet_schema(), indices.iter().copied());
        schema = Arc::new(Schema::new(indices.iter().map(|&i| schema.field(i).clone()).collect::<Vec<_>>()));
    }
    let groups = groups.map_or_else(|| (0..metadata.metadata().num_row_groups()).collect(), <[usize]>::to_vec);
    let groups: Vec<Result<Vec<RecordBatch>>> = groups
        .into_par_iter()
        .map(|group| {
            let file = File::open(path).map_err(|e| io_problem("read", path, &e))?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
                .with_projection(mask.clone())
                .with_row_groups(vec![group])
                .with_batch_size(ROWS_A_BATCH)
                .build()
                .map_err(|e| trouble(path, &e))?;
            reader.collect::<std::result::Result<Vec<_>, _>>().map_err(|e| trouble(path, &e))
        })
        .collect();
    let mut batches = Vec::new();
    for group in groups {
        batches.extend(group?);
    }
    Ok((schema, batches))
}

/// All columns of some rows of a Parquet file, by their numbers, ascending: what is not wanted is dropped as it is read.
///
/// # Errors
/// When the file cannot be read.
pub fn read_batch_rows(path: &Path, rows: &[u32]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let metadata = metadata_of(path)?;
    let mut first = 0u32;
    let groups: Vec<(usize, u32)> = metadata
        .metadata()
        .row_groups()
        .iter()
        .enumerate()
        .map(|(group, facts)| {
            let start = first;
            first += facts.num_rows() as u32;
            (group, start)
        })
        .collect();
    let kept = groups
        .into_par_iter()
        .map(|(group, mut first)| {
            let file = File::open(path).map_err(|e| io_problem("read", path, &e))?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
                .with_row_groups(vec![group])
                .with_batch_size(ROWS_A_BATCH)
                .build()
                .map_err(|e| trouble(path, &e))?;
            let mut kept = Vec::new();
            for batch in reader {
                let batch = batch.map_err(|e| trouble(path, &e))?;
                let end = first + batch.num_rows() as u32;
                let wanted = &rows[rows.partition_point(|&row| row < first)..rows.partition_point(|&row| row < end)];
                if wanted.len() == batch.num_rows() {
                    kept.push(batch);
                } else if !wanted.is_empty() {
                    let places = UInt32Array::from_iter_values(wanted.iter().map(|&row| row - first));
                    kept.push(take_record_batch(&batch, &places).map_err(|e| trouble(path, &e))?);
                }
                first = end;
            }
            Ok(kept)
        })
        .collect::<Result<Vec<Vec<RecordBatch>>>>()?;
    Ok((Arc::clone(metadata.schema()), kept.into_iter().flatten().collect()))
}

/// What the footer of a Parquet file says.
pub(super) fn metadata_of(path: &Path) -> Result<ArrowReaderMetadata> {
    let file = File::open(path).map_err(|e| io_problem("read", path, &e))?;
    ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| trouble(path, &e))
}

/// A Parquet error on a file.
pub(super) fn trouble(path: &Path, error: &(dyn std::error::Error + 'static)) -> Box<Problem> {
    let full = io_kind(error).is_some_and(is_disk_full);
    let code = if full { &codes::DISK_FULL } else { &codes::FILE_TROUBLE };
    Problem::new(code, format!("{}: {error}", path.display()))
        .help(full.then(|| "make room on the disk and run again; finished steps are kept".to_owned()))
        .boxed()
}
