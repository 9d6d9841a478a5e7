//! The ledger of contacts on the disk: segments that are added and never changed.
//!
//! A segment is a Parquet file of the layout `contacts`. Its name has its number and the first digits of a digest over the name of the
//! segment before it and over its own bytes, so that a segment that was changed, put in between, or is missing before another is found before anything
//! is read. The file `last` names the newest one, so that newest segments that are gone are found too. A row is known by its contact, its event and its day, and is there once.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;

use super::layout::{self, LAST_SEGMENT, LEDGER, SEGMENT_DIGEST, SEGMENT_NUMBER};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::disk::{
    ASIDE, digest, flush_folder, make_folders, name_of, put_in_place, remove, replace_file, text_digest,
};
use crate::outside::KeptLedger;
use crate::stage::{LEDGER_ROWS, Stored};
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::{Batches, TableFile, TableWriter};

/// The ledger below an output folder.
pub struct Ledger {
    out: PathBuf,
}

impl Ledger {
    /// The ledger of a run's output folder.
    pub fn of(out: &Path) -> Ledger {
        Ledger { out: out.to_owned() }
    }

    /// Its segments in order, each compared with its name.
    ///
    /// # Errors
    /// `broken-ledger` when a segment is not what was written, or one is missing.
    pub fn read(&self) -> Result<KeptLedger> {
        let kept = self.chain()?;
        self.check_last(&kept)?;
        Ok(kept)
    }

    /// The segments that are there, each compared with its name and the one before.
    fn chain(&self) -> Result<KeptLedger> {
        let mut kept = KeptLedger::default();
        let mut before = String::new();
        let segments = layout::ours(&self.out, LEDGER)?;
        for (place, path) in segments.iter().filter(|path| !name_of(path).starts_with(ASIDE)).enumerate() {
            let name = name_of(path);
            let (_, found) = digest(path).map_err(|error| io_problem("read", path, &error))?;
            if name != segment_name(place, &before, &found) {
                let number = format!("{:0SEGMENT_NUMBER$}", place + 1);
                let fault = if name.starts_with(&number) {
                    format!("{} is not the segment that was written there", path.display())
                } else {
                    format!("the segment {number} before {} is missing", path.display())
                };
                return self.broken(fault);
            }
            before = name;
            kept.segments.push(path.clone());
        }
        Ok(kept)
    }

    /// Refuses a ledger whose newest segment is not the one that was written last.
    fn check_last(&self, kept: &KeptLedger) -> Result<()> {
        let path = self.out.join(LEDGER).join(LAST_SEGMENT);
        let last = match std::fs::read_to_string(&path) {
            Ok(last) => last.trim().to_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(io_problem("read", &path, &error)),
        };
        // A run that was killed may have put a segment in place and not named it yet.
        match kept.segments.iter().any(|segment| name_of(segment) == last) {
            true => Ok(()),
            false => self.broken(format!("the segment {last}, which was entered last, is missing")),
        }
    }

    fn broken<T>(&self, fault: String) -> Result<T> {
        Problem::new(&codes::BROKEN_LEDGER, fault)
            .help(format!(
                "put it back from a backup; without one, `mv {0} {0}-damaged` begins a new ledger, which knows no earlier contact",
                self.out.join(LEDGER).display()
            ))
            .err()
    }

    /// Enters the rows of artifacts that have some for the ledger, each row once. Says how many are new.
    pub fn append(&self, artifacts: &[Stored]) -> Result<u64> {
        let given: Vec<&Stored> =
            artifacts.iter().filter(|artifact| artifact.record.tables.contains_key(LEDGER_ROWS)).collect();
        if given.is_empty() {
            self.read()?;
            return Ok(0);
        }
        // What the last run published and lost is entered again here, under the same name.
        let mut kept = self.chain()?;
        let mut known = HashSet::new();
        for segment in &kept.segments {
            let rows = Batches::read(segment, &["contact", "event", "date"])?;
            known.extend(row_keys(&rows)?);
        }
        let folder = self.out.join(LEDGER);
        make_folders(&folder)?;
        let mut before = kept.segments.last().map(|path| name_of(path)).unwrap_or_default();
        let (mut place, mut entered) = (kept.segments.len(), 0);
        // A segment for each, so that what a night planned lies apart from the results of earlier nights.
        for artifact in given {
            let aside = folder.join(format!("{ASIDE}segment"));
            remove(&aside)?;
            let written = write_new_rows(artifact, &aside, &mut known)?;
            if written.rows == 0 {
                remove(&aside)?;
                continue;
            }
            before = segment_name(place, &before, &written.digest);
            put_in_place(&aside, &folder.join(&before))?;
            flush_folder(&folder)?;
            kept.segments.push(folder.join(&before));
            place += 1;
            entered += written.rows;
        }
        self.check_last(&kept)?;
        if let Some(newest) = kept.segments.last() {
            replace_file(&folder.join(LAST_SEGMENT), format!("{}\n", name_of(newest)).as_bytes())?;
        }
        flush_folder(&folder)?;
        Ok(entered)
    }
}

/// Writes the rows of an artifact that are not known yet.
fn write_new_rows(artifact: &Stored, to: &Path, known: &mut HashSet<[u8; 32]>) -> Result<TableFile> {
    let table = Batches::read_layout(&artifact.table(LEDGER_ROWS)?, &CONTACTS)?;
    let new: Vec<bool> = row_keys(&table)?.into_iter().map(|key| known.insert(key)).collect();
    let mut writer = TableWriter::create(to, CONTACTS.schema().into())?;
    let mut row = 0;
    for batch in &table.batches {
        let of = BooleanArray::from(new[row..row + batch.num_rows()].to_vec());
        row += batch.num_rows();
        writer.write(&filter_record_batch(&in_layout(batch)?, &of).map_err(|error| trouble(&error))?)?;
    }
    writer.finish()
}

/// The name of the segment at a place, from 0.
fn segment_name(place: usize, before: &str, digest: &str) -> String {
    let chained = text_digest(format!("{before}\n{digest}").as_bytes());
    format!("{:0SEGMENT_NUMBER$}-{}.parquet", place + 1, &chained[..SEGMENT_DIGEST])
}

/// What each row is known by.
fn row_keys(table: &Batches) -> Result<Vec<[u8; 32]>> {
    let (contacts, events, dates) = (table.texts("contact")?, table.texts("event")?, table.dates("date")?);
    let key = |row: usize| {
        let (contact, event) = (contacts[row].as_deref().unwrap_or(""), events[row].as_deref().unwrap_or(""));
        *blake3::hash(format!("{contact}\n{event}\n{}", dates[row].unwrap_or(0)).as_bytes()).as_bytes()
    };
    Ok((0..contacts.len()).map(key).collect())
}

/// The batch with all columns of the layout, in its order; those that it lacks are empty.
fn in_layout(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = CONTACTS.schema();
    let arrays = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        Some(array) => std::sync::Arc::clone(array),
        None => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
    });
    RecordBatch::try_new(std::sync::Arc::new(schema.clone()), arrays.collect()).map_err(|error| trouble(&error))
}

fn trouble(error: &arrow::error::ArrowError) -> Box<Problem> {
    Problem::new(&codes::BAD_TABLE, error.to_string()).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write_new;

    #[test]
    fn a_segment_that_is_changed_taken_away_or_put_in_between_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path();
        make_folders(&out.join(LEDGER)).expect("made");
        let mut names = vec![String::new()];
        for (place, text) in ["one", "two", "three"].iter().enumerate() {
            let name = segment_name(place, &names[place], &text_digest(text.as_bytes()));
            assert!(layout::is_segment(&name), "{name}");
            write_new(&out.join(LEDGER).join(&name), text.as_bytes()).expect("written");
            names.push(name);
        }
        let read = || Ledger::of(out).read().map(|kept| kept.segments.len()).map_err(|problem| problem.code.word);
        assert_eq!(read(), Ok(3));
        let last = out.join(LEDGER).join(LAST_SEGMENT);
        write_new(&last, format!("{}\n", names[3]).as_bytes()).expect("written");
        assert_eq!(read(), Ok(3));
        let third = out.join(LEDGER).join(&names[3]);
        remove(&third).expect("removed");
        assert_eq!(read(), Err("broken-ledger"), "the newest one");
        write_new(&third, b"three").expect("written");
        let second = out.join(LEDGER).join(&names[2]);
        std::fs::write(&second, "2").expect("written");
        assert_eq!(read(), Err("broken-ledger"));
        std::fs::write(&second, "two").expect("written");
        assert_eq!(read(), Ok(3));
        remove(&second).expect("removed");
        assert_eq!(read(), Err("broken-ledger"));
        let between = segment_name(1, &names[1], &text_digest(b"2b"));
        write_new(&out.join(LEDGER).join(between), b"2b").expect("written");
        assert_eq!(read(), Err("broken-ledger"));
    }
}
