//! Whom the list could hold: scores and further tables side by side, with the user's own expressions over them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::SelectTargets;
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::engine::Partitions;
use crate::keys::Directory;
use crate::orders::{NONE, Names, renumber};
use crate::stage::{Context, MAIN, quoted};
use crate::stages::persons::Named;
use crate::stages::words::select_targets as say;
use crate::tables::{Batches, TableWriter, read_schema};

/// Names of the computed columns of the candidates' query; no column of a user's can be called so.
pub(super) const RANK: &str = "rank value";
pub(super) const GROUP: &str = "group value";
pub(super) const EXCLUDED: &str = "is excluded";
pub(super) const REASON: &str = "own reason";
/// Who is contacted together.
const TOGETHER: &str = "contacted together";
/// Whether the person is held back, where the scores say so.
pub(super) const HELD: &str = "is held back";
/// The column of scores that says who is held back.
const CONTROL: &str = "control";
/// Whether the condition holds, where rows of one person may differ.
const MEETS: &str = "meets condition";
/// The customer of a table beside the scores.
const PERSON: &str = "person of row";
/// Reasons of the scores that are carried along.
pub(super) const REASONS: [&str; 3] = ["reason_1", "reason_2", "reason_3"];

/// Where the condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// It chooses the rows.
    Chooses,
    /// It is a column, because all rows of a person decide together.
    IsColumn,
}

/// Rows of the candidates' file that are written, and later read, together.
const ROWS_AT_ONCE: usize = 1 << 14;

/// Whom the list could hold, in the order of the query: in memory what choosing needs of each, and in a file the columns that are only
/// shown, until it is known whose are.
pub(super) struct Candidates {
    /// The customers; empty where there is none.
    pub keys: Vec<String>,
    /// What they are ranked by; NaN where it is not known.
    pub scores: Vec<f64>,
    /// Whether the condition `exclude` holds.
    pub excluded: Vec<bool>,
    /// Whether each is held back, where the scores say so; otherwise empty.
    pub held: Vec<Option<bool>>,
    /// The group of each, into `groups`; empty where nothing is counted by group.
    group: Vec<u32>,
    groups: Names,
    /// Who is contacted together with each, into `households`; empty where nobody is.
    household: Vec<u32>,
    households: Names,
    /// The columns that are only shown.
    schema: SchemaRef,
    file: Option<PathBuf>,
    folder: tempfile::TempDir,
}

impl Candidates {
    /// The group of a candidate.
    pub(super) fn group(&self, row: usize) -> Option<&str> {
        self.group.get(row).filter(|&&group| group != NONE).map(|&group| self.groups.get(group))
    }

    /// Who is contacted together with a candidate, as the pipeline writes it.
    pub(super) fn household(&self, row: usize) -> Option<&str> {
        let text = self.household.get(row).filter(|&&home| home != NONE).map(|&home| self.households.get(home));
        text.map(str::trim).filter(|text| !text.is_empty())
    }

    /// The columns that are only shown, of some candidates, by their numbers, ascending.
    pub(super) fn shown(&self, rows: &[usize]) -> Result<Batches> {
        let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        match &self.file {
            Some(path) => Batches::read_rows(path, &rows),
            None => Ok(Batches { schema: Arc::clone(&self.schema), batches: Vec::new() }),
        }
    }
}

/// Tables that are read beside the scores.
struct Beside {
    /// All tables of the query by name.
    tables: Vec<(String, PathBuf)>,
    /// Those with several rows of a person.
    repeated: Vec<String>,
    /// Where tables are whose rows are named as the scores name persons, until the query is done.
    _folder: Option<tempfile::TempDir>,
}

impl SelectTargets {
    /// The candidates, joined by customer with everything that conditions, ranking and reasons need.
    pub(super) fn candidates(&self, cx: &mut Context, directory: &Directory) -> Result<Candidates> {
        let scores = &self.scores.0;
        let beside = self.beside(cx, directory)?;
        let schema = read_schema(&cx.input(scores).table(MAIN)?)?;
        let has = |name: &str| schema.index_of(name).is_ok();
        if self.rank_by.is_none() && !has("score") {
            return Problem::new(&codes::WRONG_INPUT, format!("`{scores}` has no column `score` to rank by"))
                .help("say with `rank_by` what to rank by".to_owned())
                .err();
        }
        let several = !beside.repeated.is_empty();
        let sql = self.statement(if several { Condition::IsColumn } else { Condition::Chooses }, &has);
        let mut taken = Taken::start(cx.out)?;
        let (mut waiting, mut broken) = (None, false);
        let answer = cx.engine.each_batch(&beside.tables, &sql, Partitions::One, |batch| {
            let kept = if several { persons_done(&mut waiting, batch) } else { Ok(Some(batch)) };
            let done = kept.and_then(|batch| batch.map_or(Ok(()), |batch| taken.add(&batch)));
            broken = done.is_err();
            done
        });
        let schema = answer.map_err(|problem| if broken { problem } else { self.explained(cx, *problem) })?;
        if let Some(last) = waiting {
            taken.add(&one_row_each(&last)?)?;
        }
        if several {
            let tables = beside.repeated.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
            cx.note(say::SEVERAL_ROWS.with([("tables", tables.into())]));
        }
        taken.end(&schema)
    }

    /// The query for the candidates, the same when settings are checked and when it is carried out. `has` says which columns the scores
    /// have.
    pub(super) fn statement(&self, condition: Condition, has: &dyn Fn(&str) -> bool) -> String {
        let scores = quoted(&self.scores.0);
        let rank = self.rank_by.clone().unwrap_or_else(|| format!("{scores}.score"));
        let excluded = self.exclude.as_deref().unwrap_or("false");
        let mut select = vec![
            format!("{scores}.customer AS customer"),
            format!("CAST(({rank}) AS DOUBLE) AS \"{RANK}\""),
            format!("coalesce(({excluded}), false) AS \"{EXCLUDED}\""),
        ];
        for (text, name) in [(&self.group, GROUP), (&self.reason, REASON), (&self.unit, TOGETHER)] {
            select.extend(text.iter().map(|text| format!("CAST(({text}) AS VARCHAR) AS \"{name}\"")));
        }
        if has(CONTROL) {
            select.push(format!("{scores}.{CONTROL} AS \"{HELD}\""));
        }
        for name in REASONS.into_iter().filter(|name| has(name)) {
            select.push(format!("{scores}.{name} AS \"scores {name}\""));
        }
        select.extend(self.columns.iter().map(|name| quoted(name)));
        let meets = self.condition.as_deref().unwrap_or("true");
        let choose = match (condition, &self.condition) {
            (Condition::IsColumn, _) => {
                select.push(format!("coalesce(({meets}), false) AS \"{MEETS}\""));
                // So that the rows of a person come one after the other.
                " ORDER BY 1 NULLS FIRST".to_owned()
            }
            (Condition::Chooses, Some(_)) => format!(" WHERE ({meets})"),
            (Condition::Chooses, None) => String::new(),
        };
        format!("SELECT {} FROM {}{choose}", select.join(", "), self.joined())
    }

    /// The tables side by side; `customer` is one column, the scores'. (With USING it would be one only beside a single table.)
    pub(super) fn joined(&self) -> String {
        let scores = quoted(&self.scores.0);
        let mut from = scores.clone();
        for with in &self.with {
            let with = quoted(&with.0);
            from.push_str(&format!(
                " LEFT JOIN (SELECT * EXCEPT (customer), customer AS \"{PERSON}\" FROM {with}) AS {with} ON {with}.\"{PERSON}\" = \
                 {scores}.customer"
            ));
        }
        from
    }

    /// The tables of the query. Each row of those beside the scores is named as the scores name the person whom it means.
    fn beside(&self, cx: &mut Context, directory: &Directory) -> Result<Beside> {
        let mut beside = Beside { tables: cx.input(&self.scores.0).sql_tables(), repeated: Vec::new(), _folder: None };
        for with in &self.with {
            let name = &with.0;
            let path = cx.input(name).table(MAIN)?;
            let keys = Batches::read(&path, &["customer"])?.texts("customer")?;
            let named = Named::of(name, &keys, directory);
            named.trust(&codes::KEYS_UNKNOWN, "table", &keys, (directory, true))?;
            self.tell_unused_consent(cx, name)?;
            if named.counts.repeated > 0 {
                beside.repeated.push(name.clone());
            }
            if !named.is_plain() || named.counts.known < named.counts.persons {
                named.tell(cx, name);
            }
            let mut tables = cx.input(name).sql_tables();
            if named.counts.respelled > 0 || named.counts.doubtful > 0 {
                if beside._folder.is_none() {
                    let folder = tempfile::Builder::new().prefix("named").tempdir_in(cx.out);
                    beside._folder = Some(folder.map_err(|e| io_problem("create", cx.out, &e))?);
                }
                let folder = beside._folder.as_ref().expect("just made");
                let renamed = folder.path().join(format!("{}.parquet", beside.tables.len()));
                let persons = named.persons();
                let names: Vec<Option<&str>> =
                    persons.iter().map(|person| Some(directory.names()[(*person)? as usize].as_str())).collect();
                rename(&path, &names, &renamed)?;
                tables.iter_mut().filter(|(table, _)| table == name).for_each(|table| table.1.clone_from(&renamed));
            }
            beside.tables.extend(tables);
        }
        Ok(beside)
    }
}

/// Writes a table again, its rows under these names; rows without one mean nobody.
fn rename(from: &Path, names: &[Option<&str>], to: &Path) -> Result<()> {
    let table = Batches::read(from, &[])?;
    let at = table.schema.index_of("customer").expect("it was read by it");
    let mut fields: Vec<Arc<Field>> = table.schema.fields().iter().cloned().collect();
    fields[at] = Arc::new(Field::new("customer", DataType::Utf8, true));
    let schema = Arc::new(Schema::new(fields));
    let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
    let mut writer = TableWriter::create(to, Arc::clone(&schema))?;
    let mut row = 0;
    for batch in &table.batches {
        let mut columns = batch.columns().to_vec();
        columns[at] = names.slice(row, batch.num_rows());
        row += batch.num_rows();
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns).expect("only the names changed"))?;
    }
    writer.finish()?;
    Ok(())
}

/// The one row each of the persons whose rows have all come; those of the last person of the batch wait for what comes next.
fn persons_done(waiting: &mut Option<RecordBatch>, batch: RecordBatch) -> Result<Option<RecordBatch>> {
    let batch = match waiting.take() {
        Some(before) => concat_batches(&batch.schema(), [&before, &batch]).map_err(|e| trouble(&e))?,
        None => batch,
    };
    let table = Batches { schema: batch.schema(), batches: vec![batch] };
    let (batch, customers) = (&table.batches[0], table.texts("customer")?);
    let last = customers.iter().rposition(|customer| Some(customer) != customers.last()).map_or(0, |row| row + 1);
    *waiting = Some(batch.slice(last, batch.num_rows() - last));
    if last == 0 { Ok(None) } else { one_row_each(&batch.slice(0, last)).map(Some) }
}

fn trouble(error: &arrow::error::ArrowError) -> Box<Problem> {
    Problem::new(&codes::ENGINE_TROUBLE, error.to_string()).boxed()
}

/// One row of each person: none if one of the rows does not meet the condition, else the lowest by rank, excluded if one is.
fn one_row_each(all: &RecordBatch) -> Result<RecordBatch> {
    let all = Batches { schema: all.schema(), batches: vec![all.clone()] };
    let (customers, ranks) = (all.texts("customer")?, all.numbers(RANK)?);
    let (meets, excluded) = (all.booleans(MEETS)?, all.booleans(EXCLUDED)?);
    // What breaks ties is what a row says, not where it is.
    let mut words: Vec<String> = vec![String::new(); customers.len()];
    let names = all.schema.fields().iter().map(|field| field.name().clone());
    for name in names.filter(|name| name != "customer" && name != RANK && name != MEETS).collect::<Vec<_>>() {
        for (words, cell) in words.iter_mut().zip(all.texts(&name)?) {
            words.push_str(cell.as_deref().unwrap_or_default());
            words.push('\u{1f}');
        }
    }
    let mut rows: Vec<usize> = (0..customers.len()).collect();
    let order = |row: usize| (&customers[row], excluded[row] != Some(true));
    rows.sort_by(|&a, &b| {
        order(a).cmp(&order(b)).then_with(|| ranks[a].total_cmp(&ranks[b])).then_with(|| words[a].cmp(&words[b]))
    });
    let kept: UInt64Array = rows
        .chunk_by(|&a, &b| customers[a] == customers[b])
        .filter(|rows| rows.iter().all(|&row| meets[row] == Some(true)))
        .map(|rows| rows[0] as u64)
        .collect();
    take_record_batch(&all.batches[0], &kept).map_err(|e| trouble(&e))
}

/// The candidates while the query is answered.
struct Taken {
    candidates: Candidates,
    writer: Option<TableWriter>,
    /// Rows of the file that are not written yet.
    waiting: Vec<RecordBatch>,
}

impl Taken {
    fn start(out: &Path) -> Result<Taken> {
        let folder = tempfile::Builder::new().prefix("shown").tempdir_in(out);
        let folder = folder.map_err(|e| io_problem("create", out, &e))?;
        let candidates = Candidates {
            keys: Vec::new(),
            scores: Vec::new(),
            excluded: Vec::new(),
            held: Vec::new(),
            group: Vec::new(),
            groups: Names::new(),
            household: Vec::new(),
            households: Names::new(),
            schema: Arc::new(Schema::empty()),
            file: None,
            folder,
        };
        Ok(Taken { candidates, writer: None, waiting: Vec::new() })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let table = Batches { schema: batch.schema(), batches: vec![batch.clone()] };
        let own = &mut self.candidates;
        own.keys.extend(table.texts("customer")?.into_iter().map(Option::unwrap_or_default));
        own.scores.append(&mut table.numbers(RANK)?);
        own.excluded.extend(table.booleans(EXCLUDED)?.into_iter().map(|excluded| excluded == Some(true)));
        if table.has(HELD) {
            own.held.append(&mut table.booleans(HELD)?);
        }
        if table.has(GROUP) {
            let (mut ids, names) = table.ids(GROUP)?;
            renumber(&mut ids, &own.groups.absorb(&names));
            own.group.append(&mut ids);
        }
        if table.has(TOGETHER) {
            let (mut ids, names) = table.ids(TOGETHER)?;
            renumber(&mut ids, &own.households.absorb(&names));
            own.household.append(&mut ids);
        }
        self.waiting.push(batch.project(&shown_columns(&table.schema)).map_err(|e| trouble(&e))?);
        if self.waiting.iter().map(RecordBatch::num_rows).sum::<usize>() >= ROWS_AT_ONCE {
            self.write()
        } else {
            Ok(())
        }
    }

    /// Writes the rows that wait as a row group.
    fn write(&mut self) -> Result<()> {
        let Some(first) = self.waiting.first() else { return Ok(()) };
        let schema = first.schema();
        if schema.fields().is_empty() {
            self.waiting.clear();
            return Ok(());
        }
        let rows = concat_batches(&schema, &self.waiting).map_err(|e| trouble(&e))?;
        self.waiting.clear();
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let path = self.candidates.folder.path().join("shown.parquet");
                let writer = none.insert(TableWriter::create(&path, schema)?);
                self.candidates.file = Some(path);
                writer
            }
        };
        let group = writer.encode(&rows)?;
        writer.append_group(group)
    }

    /// All candidates; `schema` is that of the query.
    fn end(mut self, schema: &Schema) -> Result<Candidates> {
        self.write()?;
        if let Some(writer) = self.writer.take() {
            writer.finish()?;
        }
        self.candidates.schema = Arc::new(schema.project(&shown_columns(schema)).map_err(|e| trouble(&e))?);
        Ok(self.candidates)
    }
}

/// The columns of the query that are only shown.
fn shown_columns(schema: &Schema) -> Vec<usize> {
    let chosen_by = ["customer", RANK, EXCLUDED, HELD, GROUP, TOGETHER, MEETS];
    (0..schema.fields().len()).filter(|&at| !chosen_by.contains(&schema.field(at).name().as_str())).collect()
}
