//! Tables that the last good run of another pipeline left.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Content, Gives, KeptTable, Looking, Reading, Rows, Snapshot, Source, SourceKind};
use crate::diagnostics::{Result, io_problem};

const PREFIX: &str = "run:";

/// The row of the table of kinds of sources.
pub(super) static KIND: SourceKind = SourceKind {
    name: "run",
    prefix: PREFIX,
    gives: Gives::Rows,
    meaning: "A table of the last good run in another pipeline's output folder, called as in `patron query`: run:FOLDER/TABLE",
    example: "run:out/shop/orders",
    fault,
    find,
};

/// The output folder and the table.
fn parts(address: &str) -> Option<(&Path, &str)> {
    let (folder, table) = address.rsplit_once('/')?;
    let folder = if folder.is_empty() { "/" } else { folder };
    (!table.is_empty()).then_some((Path::new(folder), table))
}

fn fault(address: &str) -> Option<String> {
    match parts(address) {
        Some(_) => None,
        None => Some(format!("`{PREFIX}{address}` must name an output folder and a table, such as `{}`", KIND.example)),
    }
}

fn find(looking: &Looking, address: &str) -> Result<Vec<Source>> {
    let (folder, table) = parts(address).expect("the stage has checked its addresses");
    let KeptTable { path, rows, digest, unread } = (looking.last_good)(folder, table)?;
    let file = Snapshot::of(&path).map_err(|error| io_problem("read", &path, &error))?;
    let content = Content::Rows(Arc::new(StoredRows { file, rows, digest: digest.clone() }));
    // What was not read decides what may be done with the rows.
    let digest = match unread.is_empty() {
        true => digest,
        false => blake3::hash(format!("{digest} {unread:?}").as_bytes()).to_hex().to_string(),
    };
    Ok(vec![Source { name: format!("{PREFIX}{address}"), digest, content, unread }])
}

/// The rows of a stored table.
#[derive(Debug)]
struct StoredRows {
    file: Snapshot,
    rows: u64,
    digest: String,
}

impl Rows for StoredRows {
    fn count(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn read(&self, batch_rows: usize) -> std::result::Result<Reading, String> {
        let file = File::open(&self.file.path).map_err(|error| error.to_string())?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(batch_rows).build())
            .map_err(|error| error.to_string())?;
        Ok(Box::new(reader))
    }

    fn change(&self) -> Option<String> {
        self.file.change(&self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_and_a_table() {
        assert_eq!(parts("out/shop/orders"), Some((Path::new("out/shop"), "orders")));
        assert_eq!(parts("/orders"), Some((Path::new("/"), "orders")));
        assert_eq!((parts("orders"), parts("out/shop/"), parts("")), (None, None, None));
        assert!(fault("orders").expect("a fault").contains("run:out/shop/orders"));
    }
}
