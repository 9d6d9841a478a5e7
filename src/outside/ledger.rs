//! The ledger of contacts of this pipeline, or of another one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchIterator};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Content, Gives, Looking, Reading, Rows, Snapshot, Source, SourceKind};
use crate::diagnostics::{Result, io_problem};
use crate::disk::{name_of, text_digest};
use crate::tables::Batches;
use crate::tables::layouts::contacts::CONTACTS;

/// What addresses of ledgers begin with; this pipeline's own has nothing behind it.
pub const LEDGER_PREFIX: &str = "ledger:";

/// The row of the table of kinds of sources.
pub(super) static KIND: SourceKind = SourceKind {
    name: "ledger",
    prefix: LEDGER_PREFIX,
    gives: Gives::Rows,
    meaning: "The ledger of contacts in another pipeline's output folder, or without a folder this pipeline's own: ledger:FOLDER",
    example: "ledger:out/shop",
    fault: |_| None,
    find,
};

/// The segments of a ledger, compared with their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptLedger {
    /// Its Parquet files in order.
    pub segments: Vec<PathBuf>,
}

fn find(looking: &Looking, address: &str) -> Result<Vec<Source>> {
    let folder = (!address.is_empty()).then(|| Path::new(address));
    let KeptLedger { segments } = (looking.ledger)(folder)?;
    let mut files = Vec::with_capacity(segments.len());
    let mut names = String::new();
    for segment in segments {
        // What this very night has entered before is nothing new to it: a night that is run again reads what it read at first.
        let only_tonight = match looking.night {
            Some(night) => {
                Batches::read(&segment, &["date"])?.dates("date")?.iter().all(|date| *date == Some(night.days()))
            }
            None => false,
        };
        if only_tonight {
            continue;
        }
        names.push_str(&name_of(&segment));
        files.push(Snapshot::of(&segment).map_err(|error| io_problem("read", &segment, &error))?);
    }
    let digest = text_digest(names.as_bytes());
    let content = Content::Rows(Arc::new(Segments { files, digest: digest.clone() }));
    let name = format!("{LEDGER_PREFIX}{address}");
    Ok(vec![Source { name, digest, content, unread: Default::default() }])
}

/// The rows of a ledger, segment by segment.
#[derive(Debug)]
struct Segments {
    files: Vec<Snapshot>,
    digest: String,
}

impl Rows for Segments {
    fn count(&self) -> Option<u64> {
        None
    }

    fn read(&self, batch_rows: usize) -> std::result::Result<Reading, String> {
        let paths: Vec<PathBuf> = self.files.iter().map(|file| file.path.clone()).collect();
        let batches = paths.into_iter().flat_map(move |path| batches_of(&path, batch_rows));
        Ok(Box::new(RecordBatchIterator::new(batches, Arc::new(CONTACTS.schema()))))
    }

    fn change(&self) -> Option<String> {
        // A segment's name is its digest; what could change is that the file is gone or was written over.
        self.files.iter().find_map(|file| file.change(&self.digest))
    }
}

type Batch = std::result::Result<RecordBatch, ArrowError>;

fn batches_of(path: &Path, batch_rows: usize) -> Box<dyn Iterator<Item = Batch> + Send> {
    let reader = File::open(path).map_err(ArrowError::from).and_then(|file| {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
        Ok(builder.with_batch_size(batch_rows).build()?)
    });
    match reader {
        Ok(reader) => Box::new(reader),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}
