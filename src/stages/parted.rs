//! For tests: what a stage makes of tables with small row groups, in parts of any size and on any number of threads.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::columns::Columns;
use crate::engine::Engine;
use crate::report::Speech;
use crate::stage::{Artifact, Context, MAIN, Stage, Stored, table_file};
use crate::tables::layouts::orders::{ORDERS, RETURNS};
use crate::tables::{TableFile, TableWriter, Zone, groups_of};

/// Customer, day, item and order of a line, or of what came back.
pub type Row = (u8, i64, u8, u8);

/// The tables of `clean-orders` with row groups that end at the first change of customer after `group` rows.
pub fn shop(folder: &Path, lines: &[Row], returns: &[Row], group: usize) -> Stored {
    let micros = |row: &Row| Some(row.1 * 86_400_000_000 + i64::from(row.3) * 60_000_000);
    let mut record =
        Artifact { step: "orders".to_owned(), as_of: Some("1971-01-01".to_owned()), ..Artifact::default() };
    for (suffix, layout, rows) in [(MAIN, &ORDERS, lines), ("returns", &RETURNS, returns)] {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| (row.0, row.1, row.3));
        let path = folder.join(table_file(suffix));
        let mut writer = TableWriter::create_sorted(&path, Arc::new(layout.schema())).expect("a table");
        let groups = groups_of(rows.len(), group, |row| rows[row].0 != rows[row - 1].0);
        let batch = |range: std::ops::Range<usize>| {
            let rows = &rows[range];
            let mut columns = Columns::new();
            for column in layout.columns {
                let name = column.name;
                match name {
                    "customer" => columns.maybe_text(name, rows.iter().map(|row| Some(format!("c{:03}", row.0)))),
                    "order" => columns.text(name, rows.iter().map(|row| format!("o{}-{}-{}", row.0, row.1, row.3))),
                    "item" => columns.text(name, rows.iter().map(|row| format!("i{}", row.2))),
                    // Some items have no name, some have theirs on later lines only, and some are called as their code.
                    "description" => columns.maybe_text(name, rows.iter().map(description)),
                    "category" => columns.maybe_text(name, rows.iter().map(|row| Some(format!("k{}", row.2 % 3)))),
                    "time" => columns.time(name, false, rows.iter().map(micros)),
                    "purchase_time" => columns.time(
                        name,
                        true,
                        rows.iter().map(|row| {
                            (row.2 % 2 == 0).then(|| micros(row).expect("a time") - 86_400_000_000 * i64::from(row.3))
                        }),
                    ),
                    "quantity" => {
                        columns.decimal(name, column.kind, rows.iter().map(|row| i128::from(row.3) * 1000 + 1000))
                    }
                    "unit_price" | "amount" => {
                        columns.decimal(name, column.kind, rows.iter().map(|row| i128::from(row.2) * 3333 + 1))
                    }
                    "source_line" => columns.integer(name, rows.iter().map(|_| 1)),
                    _ if column.nullable => columns.maybe_text(name, rows.iter().map(|_| None::<&str>)),
                    _ => columns.text(name, rows.iter().map(|_| "x")),
                };
            }
            columns.batch_of(layout)
        };
        writer.write_groups(&groups, batch).expect("rows");
        let table = writer.finish().expect("a file");
        record.rows_out = record.rows_out.max(if suffix == MAIN { table.rows } else { 0 });
        record.tables.insert(suffix.to_owned(), table);
    }
    Stored { folder: folder.to_owned(), record: Arc::new(record) }
}

fn description(row: &Row) -> Option<String> {
    match row.2 % 4 {
        0 => None,
        1 => (row.0 > 5).then(|| format!("late name of {} by {}", row.2, row.0)),
        2 => Some(if row.0 < 5 { format!("i{}", row.2) } else { format!("name of {}", row.2) }),
        _ => Some(format!("item {}", row.2)),
    }
}

/// An artifact of these tables by suffix, their row groups of `group` rows; a table says that it is sorted by customer where `sorted`.
pub fn stored(folder: &Path, step: &str, tables: &[(&str, RecordBatch)], group: usize, sorted: bool) -> Stored {
    let mut record = Artifact { step: step.to_owned(), as_of: Some("1971-01-01".to_owned()), ..Artifact::default() };
    for (suffix, batch) in tables {
        let path = folder.join(format!("{step}-{}", table_file(suffix)));
        let create = if sorted { TableWriter::create_sorted } else { TableWriter::create };
        let mut writer = create(&path, batch.schema()).expect("a table");
        let groups = groups_of(batch.num_rows(), group, |_| true);
        writer.write_groups(&groups, |range| batch.slice(range.start, range.len())).expect("rows");
        let table = writer.finish().expect("a file");
        if *suffix == MAIN {
            record.rows_out = table.rows;
        }
        record.tables.insert((*suffix).to_owned(), table);
    }
    Stored { folder: folder.to_owned(), record: Arc::new(record) }
}

/// The artifact with a further file.
pub fn with_file(stored: Stored, name: &str, content: &[u8]) -> Stored {
    let path = stored.folder.join(format!("{}-{name}", stored.record.step));
    std::fs::write(&path, content).expect("written");
    let mut record = Artifact::clone(&stored.record);
    record.files.insert(name.to_owned(), TableFile::of(&path, 0).expect("a file"));
    Stored { record: Arc::new(record), ..stored }
}

/// What the stage makes in parts of at least so many rows: digests of its tables and files, its notes and its figures.
pub fn made(stage: &dyn Stage, inputs: &[&Stored], rows_a_part: u64, threads: usize) -> BTreeMap<String, String> {
    made_in(stage, inputs, rows_a_part, threads, tempfile::tempdir().expect("a folder").path())
}

/// The same in a folder.
pub fn made_in(
    stage: &dyn Stage,
    inputs: &[&Stored],
    rows_a_part: u64,
    threads: usize,
    out: &Path,
) -> BTreeMap<String, String> {
    let order = inputs.iter().map(|stored| stored.record.step.clone()).collect();
    let inputs: BTreeMap<String, Stored> =
        inputs.iter().map(|stored| (stored.record.step.clone(), Stored::clone(stored))).collect();
    let engine = Engine::new(1, None, None).expect("an engine");
    let mut cx = Context {
        step: "made",
        pipeline: "shop",
        made: Artifact::start("made", None, &inputs),
        inputs,
        order,
        declared_as_of: None,
        seed: 7,
        global: None,
        zone: &Zone::named("UTC").expect("a zone"),
        speech: Speech::default(),
        engine: &engine,
        sources: &[],
        previous: None,
        champion: None,
        rows_a_part,
        parts: out,
        out,
        progress: &|_| (),
        sections: Vec::new(),
        remarks: Vec::new(),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| stage.run(&mut cx)).expect("it works");
    let made = cx.finish().expect("an artifact");
    let mut facts: BTreeMap<String, String> =
        made.all_files().map(|file| (file.file.clone(), file.digest.clone())).collect();
    facts.insert("notes".to_owned(), made.notes.join("\n"));
    facts.insert("held".to_owned(), made.held.join("\n"));
    facts.insert("rows".to_owned(), format!("{} {}", made.rows_in, made.rows_out));
    facts.extend(made.metrics.iter().map(|(name, value)| (format!("figure {name}"), value.to_string())));
    facts
}
