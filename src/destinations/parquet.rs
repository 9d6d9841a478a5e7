//! `parquet`: columns with their types, for programs.

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use arrow::array::RecordBatch;
use arrow::datatypes::{Field as ArrowField, Schema};
use std::sync::Arc;

use super::part::{Limits, Measured};
use super::{Destination, DestinationError, Format, List, Options, Part, Parts, Written};

pub(super) const PARQUET: Destination = Destination {
    name: "parquet",
    meaning: "Apache Parquet with the columns' own types, Zstandard compressed",
    extension: "parquet",
    for_people: false,
    hashed: false,
    source: "",
    format: Format::Plain(write),
};

/// Rows of one row group.
const GROUP: usize = 1 << 17;

fn write(list: &List, options: &Options, parts: &mut dyn Parts) -> Result<Written, DestinationError> {
    let headers: Vec<String> = list.fields.iter().map(|field| options.header(field)).collect();
    let limits = Limits { destination: PARQUET.name, rows: Limits::NONE, bytes: Limits::NONE };
    let most = limits.narrowed(options.max_rows, None).rows;
    // Names and types only: a file's bytes must not depend on where its schema has been.
    let fields: Vec<ArrowField> = match list.batches.first() {
        Some(batch) => headers
            .iter()
            .zip(batch.schema().fields())
            .map(|(header, field)| ArrowField::new(header, field.data_type().clone(), true))
            .collect(),
        None => headers.iter().map(|header| ArrowField::new(header, arrow::datatypes::DataType::Utf8, true)).collect(),
    };
    let schema = Arc::new(Schema::new(fields));
    let mut written: Vec<Part> = Vec::new();
    for chunk in chunks(list.batches, most) {
        let properties = WriterProperties::builder()
            .set_created_by("patron".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP))
            .build();
        let mut file = Measured::new(parts.open(written.len() as u32 + 1)?);
        let mut writer = ArrowWriter::try_new(&mut file, schema.clone(), Some(properties))?;
        let mut rows = 0;
        for batch in chunk {
            rows += batch.num_rows() as u64;
            writer.write(&RecordBatch::try_new(schema.clone(), batch.columns().to_vec())?)?;
        }
        writer.close()?;
        written.push(file.finish(rows)?);
    }
    let names = list.fields.iter().map(|field| field.name.clone());
    Ok(Written { parts: written, columns: headers.into_iter().zip(names).collect(), ..Written::default() })
}

/// The batches cut into files of at most `most` rows; one empty file for no rows.
fn chunks(batches: &[RecordBatch], most: u64) -> Vec<Vec<RecordBatch>> {
    let mut files = vec![Vec::new()];
    let mut room = most;
    for batch in batches {
        let mut rest = batch.clone();
        while rest.num_rows() > 0 {
            if room == 0 {
                files.push(Vec::new());
                room = most;
            }
            let taken = room.min(rest.num_rows() as u64);
            let taken_rows = taken as usize;
            files.last_mut().expect("begins with one").push(rest.slice(0, taken_rows));
            rest = rest.slice(taken_rows, rest.num_rows() - taken_rows);
            room -= taken;
        }
    }
    files
}
