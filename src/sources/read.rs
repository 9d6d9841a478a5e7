//! The conversion of one file: its rows and its rejects written as Parquet, every record accounted for.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::RecordBatch;

use super::column_type::Stored;
use super::convert::{Column, Converted, Converter, Counts, NotUtf8};
use super::currency::together;
use super::dates::{DateFormat, ISO, LAYOUTS};
use super::delimited::{self, Stretches, TextTable};
use super::error::SourceError;
use super::formats::Family;
use super::header;
use super::opened::{self, Opened};
use super::ordered::ordered;
use super::personal::is_telephone;
use super::plan::{PlannedColumn, PlannedSource, ReadPlan, TablePlan, source_label};
use super::profile::{FileProfile, Halt, TableProfile};
use super::records::Records;
use super::rejects::{RejectRule, rejects_batch, rejects_schema};
use super::report::{ColumnReport, FileReport, TableReport};
use super::settings::{Checked, ReadSettings, SourceNames};
use super::typed::TypedTable;
use super::values::{DateReader, Reader, Tally};
use super::workbook::Workbook;
use super::write::{RowGroup, RowsWriter};
use crate::outside::Opening;

/// Converts one file, the one at `plan.files[at]` with the profile `profile`, to a Parquet file of rows (schema
/// [`ReadPlan::schema`]) and one of rejects (schema [`super::rejects::rejects_schema`]).
///
/// Both keep the order of the file. Uses as many threads as the current rayon pool has; memory does not grow with the size of
/// a text file (workbooks are held in memory). `progress` is called with the share of the file that has been read, 0 to 1.
///
/// # Errors
/// When the file cannot be read any more or has changed, or an output cannot be written. The outputs are then incomplete.
#[allow(clippy::too_many_arguments)]
pub fn convert<'a>(
    from: impl Into<Opening<'a>>,
    profile: &FileProfile,
    plan: &ReadPlan,
    at: usize,
    settings: &ReadSettings,
    rows: &Path,
    rejects: &Path,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<FileReport, SourceError> {
    let settings = settings.checked().map_err(|problems| SourceError::Settings { problems })?;
    let from = from.into();
    let opened = opened::known(from, &profile.file, &settings)?;
    if opened.format.name != profile.format || opened.bytes != profile.bytes {
        return Err(SourceError::Changed { file: profile.file.clone(), what: "its size or format is another".into() });
    }
    let mut task = Task { from, profile, plan, at, settings: &settings, opened, progress, encoding: None };
    loop {
        match (task.run(rows, rejects), from) {
            (Ok(report), _) => return Ok(report),
            (Err(Halt::Failed(error)), _) => return Err(error),
            (Err(Halt::NotUtf8), Opening::Rows(_)) => {
                return Err(SourceError::read(&profile.file, "it has text that is not UTF-8"));
            }
            (Err(Halt::NotUtf8), Opening::File(path)) => {
                let encoding = delimited::look_whole(path, &profile.file, &task.opened)?;
                task.encoding = Some(delimited::look(path, &profile.file, &task.opened, &settings, Some(encoding))?);
            }
        }
    }
}

/// The conversion of one file.
struct Task<'a> {
    from: Opening<'a>,
    profile: &'a FileProfile,
    plan: &'a ReadPlan,
    at: usize,
    settings: &'a Checked,
    opened: Opened,
    progress: &'a (dyn Fn(f64) + Sync),
    /// The text as the whole of it had to be understood, where its start had been misleading.
    encoding: Option<TextTable>,
}

/// A piece of a table before it is converted.
enum Piece {
    Records(Records),
    Typed(u64, RecordBatch),
}

/// A piece after it is converted and encoded.
struct Done {
    converted: Converted,
    rows: Option<RowGroup>,
    rejects: Option<RowGroup>,
}

/// The outputs of a file.
struct Outputs<'a> {
    rows_path: &'a Path,
    rows: Option<RowsWriter>,
    rejects: RowsWriter,
}

/// The counts of a table while it is converted.
#[derive(Default)]
struct Totals {
    rows: u64,
    rejected: BTreeMap<String, u64>,
    tallies: Vec<Tally>,
    counts: Counts,
}

impl Task<'_> {
    fn run(&self, rows: &Path, rejects: &Path) -> Result<FileReport, Halt> {
        let mut outputs =
            Outputs { rows_path: rows, rows: None, rejects: RowsWriter::create(rejects, rejects_schema(), &[])? };
        let plans = &self.plan.files[self.at].tables;
        let mut tables = Vec::with_capacity(plans.len());
        match (self.opened.format.family, self.from) {
            (Family::Delimited, Opening::File(path)) => tables.push(self.text(path, &plans[0], &mut outputs)?),
            (Family::Typed, _) | (_, Opening::Rows(_)) => tables.push(self.typed(&plans[0], &mut outputs)?),
            (Family::Workbook, Opening::File(path)) => {
                let mut workbook = Workbook::open(path, &self.profile.file)?;
                for (plan, profile) in plans.iter().zip(&self.profile.tables) {
                    tables.push(self.sheet(&mut workbook, plan, profile, &mut outputs)?);
                    (self.progress)(tables.len() as f64 / plans.len() as f64);
                }
            }
        }
        let writer = match outputs.rows {
            Some(writer) => writer,
            None => RowsWriter::create(rows, self.plan.schema(), &[])?,
        };
        writer.finish()?;
        outputs.rejects.finish()?;
        (self.progress)(1.0);
        Ok(FileReport {
            file: self.profile.file.clone(),
            format: self.profile.format.clone(),
            compression: self.profile.compression.clone(),
            bytes: self.opened.bytes,
            rows: tables.iter().map(|table| table.rows).sum(),
            rejected: tables.iter().map(|table| table.rejected).sum(),
            tables,
        })
    }

    fn text(&self, path: &Path, plan: &TablePlan, outputs: &mut Outputs) -> Result<TableReport, Halt> {
        let profile = &self.profile.tables[0];
        let table = match &self.encoding {
            Some(table) if table.width != profile.header.len() => {
                return Err(SourceError::Changed {
                    file: self.profile.file.clone(),
                    what: "it has another number of columns".into(),
                }
                .into());
            }
            Some(table) => table.clone(),
            None => profile.text_table(&self.profile.file, self.settings)?,
        };
        let read = Arc::new(AtomicU64::new(0));
        let mut stretches =
            Stretches::open(path, &self.profile.file, &self.opened, &table, self.settings, read.clone())?;
        let (skipped_lines, header_lines) = (stretches.skipped_lines, stretches.header_lines);
        let (blank_before, comments_before) = (stretches.blank_before, stretches.comments_before);
        let converter = self.converter(plan, false);
        let sure = !delimited::may_be_doubted(&table);
        let share = || read.load(Ordering::Relaxed) as f64 / self.opened.bytes.max(1) as f64;
        let mut totals = self.pass(&converter, || Ok(stretches.next()?.map(Piece::Records)), sure, &share, outputs)?;
        totals.counts.blank += blank_before;
        totals.counts.comments += comments_before;
        totals.counts.lines += skipped_lines + header_lines + blank_before + comments_before;
        let mut report = self.report(plan, profile, totals);
        let mut evidence = table.evidence;
        let undecodable = report.rejected_by_rule.contains_key(RejectRule::BadEncoding.row().name);
        if table.encoding == encoding_rs::UTF_8 && evidence.sure < 1.0 && !undecodable {
            evidence.sure = 1.0;
            evidence.because = "every byte of the file is well-formed UTF-8".into();
        }
        report.encoding = Some(evidence);
        report.dialect = Some(table.dialect.to_string());
        report.skipped_lines = skipped_lines;
        report.header_lines = header_lines;
        if self.encoding.is_some() {
            report.notes.push("the encoding was told from the whole file; its start is plain ASCII".into());
        }
        Ok(report)
    }

    fn typed(&self, plan: &TablePlan, outputs: &mut Outputs) -> Result<TableReport, Halt> {
        let file = &self.profile.file;
        let typed = TypedTable::open(self.from, file)?;
        if typed.header != self.profile.tables[0].header {
            return Err(SourceError::Changed { file: file.clone(), what: "it has other columns".into() }.into());
        }
        let total = typed.rows.max(1) as f64;
        let mut batches = typed.batches;
        let converter = self.converter(plan, false);
        let mut next = 1_u64;
        let produce = || {
            let Some(batch) = batches.next() else { return Ok(None) };
            let batch = batch.map_err(|error| SourceError::read(file, error))?;
            let first = next;
            next += batch.num_rows() as u64;
            Ok(Some(Piece::Typed(first, batch)))
        };
        let done = AtomicU64::new(0);
        let share = || done.fetch_add(1, Ordering::Relaxed) as f64 * (1 << 18) as f64 / total;
        let totals = self.pass(&converter, produce, true, &share, outputs)?;
        Ok(self.report(plan, &self.profile.tables[0], totals))
    }

    fn sheet(
        &self,
        workbook: &mut Workbook,
        plan: &TablePlan,
        profile: &TableProfile,
        outputs: &mut Outputs,
    ) -> Result<TableReport, Halt> {
        let name = profile.sheet.as_deref().unwrap_or_default();
        let sheet = workbook.sheet(name, self.settings)?;
        if sheet.width != profile.header.len() {
            return Err(SourceError::Changed {
                file: self.profile.file.clone(),
                what: format!("the sheet `{name}` has other columns"),
            }
            .into());
        }
        let converter = self.converter(plan, true);
        let mut stretches = sheet.stretches();
        let mut totals = self.pass(&converter, || Ok(stretches.next().map(Piece::Records)), true, &|| 0.0, outputs)?;
        drop(stretches);
        totals.counts.lines = sheet.lines();
        totals.counts.blank += sheet.blank_before;
        let mut report = self.report(plan, profile, totals);
        report.skipped_lines = sheet.skipped_rows;
        report.header_lines = sheet.header_lines();
        Ok(report)
    }

    /// Converts the pieces of a table in parallel and writes them in order. The first one is converted alone: it shows which
    /// encoding of columns pays, and most files have no second.
    fn pass(
        &self,
        converter: &Converter,
        mut produce: impl FnMut() -> Result<Option<Piece>, Halt> + Send,
        sure: bool,
        share: &(dyn Fn() -> f64 + Sync),
        outputs: &mut Outputs,
    ) -> Result<Totals, Halt> {
        let mut totals = Totals { tallies: vec![Tally::default(); converter.columns.len()], ..Totals::default() };
        let Some(first) = produce()? else { return Ok(totals) };
        let mut sample = Vec::new();
        let converted = converted(converter, first, sure, &mut |batch| sample.push(batch))?;
        let writer = match outputs.rows.take() {
            Some(writer) => writer,
            None => RowsWriter::create(outputs.rows_path, converter.schema.clone(), &sample)?,
        };
        let (rows, rejects) = (writer.encoder(), outputs.rejects.encoder());
        let writer = outputs.rows.insert(writer);
        let failed = |error: parquet::errors::ParquetError| SourceError::write(outputs.rows_path, error);
        let mut take = |done: Done| -> Result<(), Halt> {
            totals.add(&done.converted);
            if let Some(group) = done.rows {
                writer.append(group)?;
            }
            if let Some(group) = done.rejects {
                outputs.rejects.append(group)?;
            }
            (self.progress)(share().min(1.0));
            Ok(())
        };
        let set_aside = |converted: &Converted| -> Result<Option<RowGroup>, Halt> {
            let mut group = rejects.group().map_err(failed)?;
            if !converted.rejects.is_empty() {
                group.write(&rejects_batch(&converter.label, &converted.rejects)).map_err(failed)?;
            }
            Ok(group.finish().map_err(failed)?)
        };
        let mut group = rows.group().map_err(failed)?;
        for batch in sample {
            group.write(&batch).map_err(failed)?;
        }
        take(Done { rows: group.finish().map_err(failed)?, rejects: set_aside(&converted)?, converted })?;
        let mut waiting = produce()?;
        if waiting.is_none() {
            return Ok(totals);
        }
        let produce = || match waiting.take() {
            Some(piece) => Ok(Some(piece)),
            None => produce(),
        };
        let work = |piece: Piece| -> Result<Done, Halt> {
            let mut group = rows.group().map_err(failed)?;
            let mut outcome = Ok(());
            let encode = &mut |batch: RecordBatch| {
                if outcome.is_ok() {
                    outcome = group.write(&batch);
                }
            };
            let converted = self::converted(converter, piece, sure, encode)?;
            outcome.map_err(failed)?;
            Ok(Done { rows: group.finish().map_err(failed)?, rejects: set_aside(&converted)?, converted })
        };
        ordered(rayon::current_num_threads(), produce, work, take)?;
        Ok(totals)
    }

    fn converter(&self, plan: &TablePlan, cells: bool) -> Converter {
        let columns = self.plan.columns.iter().zip(&plan.columns).map(|(column, source)| Column {
            name: column.name.clone(),
            position: source.position,
            joined: source.joined.clone(),
            reader: self.reader(column, source, cells),
        });
        Converter {
            label: source_label(&self.profile.file, plan.sheet.as_deref(), self.plan.files[self.at].tables.len()),
            columns: columns.collect(),
            schema: self.plan.schema(),
        }
    }

    fn reader(&self, column: &PlannedColumn, source: &PlannedSource, cells: bool) -> Reader {
        let settings = self.settings;
        let layout = source.layout.as_deref();
        let declared = settings.written.types.get(&column.name).and_then(|kind| kind.format());
        let formats = match declared {
            Some(format) => vec![DateFormat::compile(format).expect("formats of types were checked with the settings")],
            None => settings.date_formats.clone(),
        };
        let dates = match layout.and_then(|name| LAYOUTS.iter().position(|row| row.name == name)) {
            Some(layout) => DateReader::Layout(layout),
            None if formats.is_empty() => DateReader::Layout(ISO),
            // Cells that are dates, and dates of typed files, come in one form whatever the settings say of texts.
            None if cells => DateReader::FormatsOrIso(formats),
            None => DateReader::Formats(formats),
        };
        let is_text = matches!(column.stored, Stored::Text | Stored::Id);
        Reader {
            stored: column.stored,
            dates,
            zone: settings.zone.clone(),
            numbers: source.numbers.unwrap_or(settings.numbers),
            nulls: if is_text { settings.text_nulls.clone() } else { settings.typed_nulls.clone() },
            nulls_first: settings.written.null_words.is_some(),
            trim: settings.written.trim,
            required: column.required,
            telephone: is_telephone(&column.name),
            entities: is_text && settings.written.html_entities,
            currency: source.currency.clone(),
        }
    }

    /// A remark on a column of times whose several spellings are all there: they may be a day and a time of day.
    fn also_there(&self, column: &PlannedColumn, source: &PlannedSource, profile: &TableProfile) -> Option<String> {
        let Some(SourceNames::Any(names)) = self.settings.written.columns.get(&column.name) else { return None };
        let there: Vec<&str> = names
            .iter()
            .filter(|name| profile.header.iter().any(|cell| header::loose(cell) == header::loose(name)))
            .map(String::as_str)
            .collect();
        let taken = source.source.as_deref()?;
        if column.stored != Stored::Timestamp || there.len() < 2 {
            return None;
        }
        let quoted: Vec<String> = there.iter().map(|name| format!("\"{name}\"")).collect();
        Some(format!(
            "column `{0}` is read from `{taken}` alone, though the file has all of {1}; to read them as one, write {0} = {{ join = [{1}] }}",
            column.name,
            quoted.join(", ")
        ))
    }

    fn report(&self, plan: &TablePlan, profile: &TableProfile, totals: Totals) -> TableReport {
        let rejected = totals.rejected.values().sum();
        let mut notes = Vec::new();
        let columns: Vec<ColumnReport> = (self.plan.columns.iter().zip(&plan.columns).zip(&totals.tallies))
            .map(|((column, source), tally)| ColumnReport {
                name: column.name.clone(),
                source: source.source.clone(),
                stored: column.stored.data_type().to_string(),
                layout: source.layout.clone(),
                nulls: tally.nulls,
                rounded: tally.rounded,
                repeated_times: tally.twice,
                skipped_times: tally.never,
                unclear: source.numbers_begun
                    && ((self.settings.numbers_open && tally.unread > 0) || mixed(tally, source.currency.as_deref())),
                currencies: tally.currencies.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            })
            .collect();
        for (column, tally) in self.plan.columns.iter().zip(&totals.tallies) {
            if tally.cut_short > 0 {
                notes.push(format!(
                    "column `{}`: {} telephone numbers are in scientific notation and count as missing, for a spreadsheet has cut off \
                     their digits; export them again as text",
                    column.name, tally.cut_short
                ));
            }
            if tally.entities > 0 {
                notes.push(format!(
                    "column `{}`: {} values had HTML entities, which were decoded (html_entities = false keeps them)",
                    column.name, tally.entities
                ));
            }
            if mixed(tally, None) {
                let counts: Vec<String> =
                    tally.currencies.iter().map(|(name, count)| format!("{count} {name}")).collect();
                notes.push(format!(
                    "column `{}` mixes currencies: {}; do not add these amounts up without a rate",
                    column.name,
                    counts.join(", ")
                ));
            }
        }
        for (column, source) in self.plan.columns.iter().zip(&plan.columns) {
            notes.extend(self.also_there(column, source, profile));
        }
        if let Some(line) = totals.counts.first_plain_quote {
            notes.push(format!(
                "{} lines hold quotes that quote nothing and are read as they stand (first: line {line}); set quote = \"none\" if no field \
                 is quoted",
                totals.counts.plain_quotes
            ));
        }
        if profile.named_delimiter {
            notes.push("the first line names the delimiter (`sep=`) and is no record".into());
        }
        for column in &columns {
            if column.source.is_none() {
                notes.push(format!("column `{}` is absent here and null", column.name));
            }
            if column.rounded > 0 {
                notes.push(format!(
                    "column `{}`: {} values had more digits than are stored and were rounded",
                    column.name, column.rounded
                ));
            }
            if column.repeated_times + column.skipped_times > 0 {
                notes.push(format!(
                    "column `{}`: {} times were passed twice and {} never by the clocks of {}",
                    column.name,
                    column.repeated_times,
                    column.skipped_times,
                    self.settings.written.zone.as_deref().unwrap_or("UTC")
                ));
            }
        }
        let used: Vec<usize> =
            plan.columns.iter().flat_map(|column| column.position.iter().chain(&column.joined)).copied().collect();
        let unused: Vec<String> = (0..profile.header.len())
            .filter(|at| !used.contains(at))
            .map(|at| format!("`{}`", profile.names[at]))
            .collect();
        if !unused.is_empty() {
            notes.push(format!("columns not asked for: {}", unused.join(", ")));
        }
        TableReport {
            sheet: plan.sheet.clone(),
            encoding: None,
            dialect: None,
            lines: totals.counts.lines,
            skipped_lines: 0,
            header_lines: 0,
            blank_lines: totals.counts.blank,
            comment_lines: totals.counts.comments,
            records: totals.rows + rejected,
            rows: totals.rows,
            rejected,
            rejected_by_rule: totals.rejected,
            columns,
            notes,
        }
    }
}

impl Totals {
    fn add(&mut self, converted: &Converted) {
        self.rows += converted.rows;
        for reject in &converted.rejects {
            *self.rejected.entry(reject.rule.row().name.to_owned()).or_default() += 1;
        }
        self.tallies.iter_mut().zip(&converted.tallies).for_each(|(mine, theirs)| mine.add(theirs));
        self.counts.lines += converted.counts.lines;
        self.counts.blank += converted.counts.blank;
        self.counts.comments += converted.counts.comments;
        self.counts.plain_quotes += converted.counts.plain_quotes;
        if self.counts.first_plain_quote.is_none() {
            self.counts.first_plain_quote = converted.counts.first_plain_quote;
        }
    }
}

/// Whether amounts have currencies that cannot be the same, or another than the one that they must have.
fn mixed(tally: &Tally, main: Option<&str>) -> bool {
    let mut before = main;
    tally.currencies.keys().any(|currency| match before.map(|before| together(before, currency)) {
        None => {
            before = Some(currency);
            false
        }
        Some(None) => true,
        Some(both) => {
            before = both;
            false
        }
    })
}

fn converted(
    converter: &Converter,
    piece: Piece,
    sure: bool,
    take: &mut dyn FnMut(RecordBatch),
) -> Result<Converted, NotUtf8> {
    match piece {
        Piece::Records(records) => converter.convert(records, sure, take),
        Piece::Typed(first, batch) => Ok(converter.convert_typed(&batch, first, take)),
    }
}
