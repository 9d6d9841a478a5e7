//! What a stage is given while it works, and where it puts what it makes.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use rayon::prelude::*;

use super::artifact::{Artifact, MAIN, Stored};
use crate::diagnostics::{Problem, Result, codes, io_problem, secrets};
use crate::disk::{text_digest, write_new};
use crate::engine::Engine;
use crate::outside::Source;
use crate::report::{Language, Section, Speech, Text};
use crate::tables::{Batches, Date, Layout, Part, TableFile, TableWriter, Zone, parts_of, runs_of};

/// The file of report sections and remarks in an artifact.
pub const SECTIONS: &str = "sections.bin";

/// Grows when the stored form of report sections changes (their data, their order, what they are made of), so that
/// sections of an earlier build are not read as something else.
pub const SECTIONS_FORMAT: u32 = 9;

/// The model that scores, as the registry had it when the run began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Champion {
    /// Its version.
    pub version: String,
    /// The folder of its files.
    pub folder: PathBuf,
    /// The folder of the version that was trained last, champion or not, where it is still there.
    pub latest: Option<PathBuf>,
    /// The as-of date of the version that was trained last, champion or not.
    pub trained: Option<String>,
    /// How often the aliases had been switched.
    pub serial: u64,
    /// Whether a person put it in force and no run has scored with it since.
    pub by_hand: bool,
}

/// The persons whom no list of the pipeline contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalControl {
    /// Share of all persons, above 0, at most 1.
    pub share: f64,
    /// Names the group.
    pub salt: String,
}

/// One step's view of the run.
pub struct Context<'a> {
    /// The step's name.
    pub step: &'a str,
    /// The pipeline's name.
    pub pipeline: &'a str,
    /// Upstream artifacts by step name.
    pub inputs: BTreeMap<String, Stored>,
    /// Names of all inputs in plan order.
    pub order: Vec<String>,
    /// The as-of date that the pipeline declares; `None` for `latest`.
    pub declared_as_of: Option<Date>,
    /// Seed of every random number.
    pub seed: u64,
    /// The persons whom no list contacts; nothing where there are none.
    pub global: Option<GlobalControl>,
    /// The shop's zone.
    pub zone: &'a Zone,
    /// The language of what people read. A stage whose tables hold words in it says so by [`super::Stage::speaks`].
    pub speech: Speech,
    /// The relational engine.
    pub engine: &'a Engine,
    /// The outside sources the stage reads.
    pub sources: &'a [Source],
    /// Its own artifact of the last good run, for stages that remember.
    pub previous: Option<Stored>,
    /// The model in force, for stages that keep a champion.
    pub champion: Option<Champion>,
    /// Rows of a table that are worked on as one part, at least.
    pub rows_a_part: u64,
    /// Folder of reusable parts.
    pub parts: &'a Path,
    /// Where its files go.
    pub out: &'a Path,
    /// Takes the fraction that is done.
    pub progress: &'a (dyn Fn(f64) + Sync),
    /// The record so far.
    pub made: Artifact,
    /// What the report shows of this step, so far.
    pub sections: Vec<Section>,
    /// Remarks for people, so far, as texts in any language.
    pub remarks: Vec<Text>,
}

impl Context<'_> {
    /// The artifact of an upstream stage.
    pub fn input(&self, name: &str) -> &Stored {
        self.inputs.get(name).expect("the plan gives every declared input")
    }

    /// An upstream table in memory: the columns of a layout that it has.
    pub fn read(&self, name: &str, suffix: &str, layout: &Layout) -> Result<Batches> {
        Batches::read_layout(&self.input(name).table(suffix)?, layout).map_err(|p| Box::new(p.within(name)))
    }

    /// The as-of date: declared, or given by the data.
    ///
    /// # Errors
    /// When neither the pipeline nor the data has one.
    pub fn as_of(&self) -> Result<Date> {
        let text = self.made.as_of.as_deref().ok_or_else(|| {
            Problem::new(
                &codes::TOO_LITTLE_DATA,
                "there is no as-of date: the data has no order and [run] names no date",
            )
            .help("write as_of = \"2011-12-10\" (a date) under [run]".to_owned())
            .boxed()
        })?;
        text.parse().map_err(|message: String| Problem::new(&codes::BROKEN_STORE, message).boxed())
    }

    /// Starts a table; an empty suffix is the main one.
    pub fn start(&self, suffix: &str, schema: SchemaRef) -> Result<TableWriter> {
        TableWriter::create(&self.out.join(table_file(suffix)), schema)
    }

    /// Starts a table whose rows will be sorted by customer.
    pub fn start_sorted(&self, suffix: &str, schema: SchemaRef) -> Result<TableWriter> {
        TableWriter::create_sorted(&self.out.join(table_file(suffix)), schema)
    }

    /// Works on the main table of `stage` part by part, several parts at a time, and hands the results to `join` in the order
    /// of the parts. A part is some customers with all their rows; parts together are all customers, in order, where the table
    /// is sorted by customer, and otherwise there is one part. No more parts are in memory than there are threads.
    ///
    /// # Errors
    /// The first of `work` and `join`, in the order of the parts.
    pub fn each_partition<S: Sync, T: Send>(
        &self,
        stage: &str,
        state: &mut S,
        work: impl Fn(&S, &Part) -> Result<T> + Sync,
        mut join: impl FnMut(&mut S, T) -> Result<()>,
    ) -> Result<()> {
        let parts = parts_of(&self.input(stage).table(MAIN)?, self.rows_a_part)?;
        self.in_order(&parts, state, work, &mut join)
    }

    /// The same for work on rows each by itself, in runs of whole row groups of at least `rows` rows wherever customers begin; fewer
    /// rows than a part of the orders has suit a table with many columns.
    ///
    /// # Errors
    /// As [`Context::each_partition`].
    pub fn each_run<S: Sync, T: Send>(
        &self,
        stage: &str,
        rows: u64,
        state: &mut S,
        work: impl Fn(&S, &Range<usize>) -> Result<T> + Sync,
        mut join: impl FnMut(&mut S, T) -> Result<()>,
    ) -> Result<()> {
        let runs = runs_of(&self.input(stage).table(MAIN)?, rows.min(self.rows_a_part))?;
        self.in_order(&runs, state, work, &mut join)
    }

    fn in_order<P: Sync, S: Sync, T: Send>(
        &self,
        parts: &[P],
        state: &mut S,
        work: impl Fn(&S, &P) -> Result<T> + Sync,
        join: &mut dyn FnMut(&mut S, T) -> Result<()>,
    ) -> Result<()> {
        let mut done = 0;
        for some in parts.chunks(rayon::current_num_threads()) {
            let made: Vec<Result<T>> = some.par_iter().map(|part| work(state, part)).collect();
            for made in made {
                join(state, made?)?;
            }
            done += some.len();
            (self.progress)(0.9 * done as f64 / parts.len() as f64);
        }
        Ok(())
    }

    /// Ends a table and enters it in the record.
    pub fn end(&mut self, suffix: &str, writer: TableWriter) -> Result<()> {
        self.enter(suffix, writer.finish()?);
        Ok(())
    }

    /// Enters a finished table in the record.
    pub fn enter(&mut self, suffix: &str, table: TableFile) {
        if suffix == MAIN {
            self.made.rows_out = table.rows;
        }
        self.made.tables.insert(suffix.to_owned(), table);
    }

    /// Writes a whole table that meets a layout.
    pub fn write(&mut self, suffix: &str, layout: &Layout, batches: &[RecordBatch]) -> Result<()> {
        let schema = match batches.first() {
            Some(batch) => batch.schema(),
            None => Arc::new(layout.schema()),
        };
        if let Some(breach) = layout.breach(&schema) {
            return Problem::new(&codes::BAD_TABLE, format!("{}: {breach}", self.step)).err();
        }
        self.write_open(suffix, &schema, batches)
    }

    /// Writes a whole table as it is.
    pub fn write_open(&mut self, suffix: &str, schema: &Arc<Schema>, batches: &[RecordBatch]) -> Result<()> {
        let mut writer = self.start(suffix, Arc::clone(schema))?;
        for batch in batches {
            writer.write(batch)?;
        }
        self.end(suffix, writer)
    }

    /// Writes a further file, flushed to the disk.
    /// Secrets are starred out of reports, cards and manifests; lists and models are written as they are.
    pub fn write_file(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let shown = name == SECTIONS || name.ends_with(".html") || name.ends_with(".json");
        let masked = if shown { secrets::mask(content.to_vec()) } else { content.to_vec() };
        let content = masked.as_slice();
        let path = self.out.join(name);
        write_new(&path, content)?;
        let (bytes, digest) = (content.len() as u64, text_digest(content));
        self.made.files.insert(name.to_owned(), TableFile { file: name.to_owned(), rows: 0, bytes, digest });
        Ok(())
    }

    /// Adds a section to what the report shows of this step.
    pub fn section(&mut self, section: Section) {
        self.sections.push(section);
    }

    /// Adds a remark for people; records keep it in English, and a run's record tells it in its language.
    pub fn note(&mut self, text: impl Into<Text>) {
        let text = text.into();
        self.made.notes.push(secrets::hide(&text.english()).into_owned());
        self.remarks.push(text);
    }

    /// Keeps a figure.
    pub fn metric(&mut self, name: &str, value: f64) {
        if value.is_finite() {
            self.made.metrics.insert(name.to_owned(), value);
        }
    }

    /// Writes the report sections and hands over the record.
    pub fn finish(mut self) -> Result<Artifact> {
        let shown = (std::mem::take(&mut self.sections), std::mem::take(&mut self.remarks));
        if !(shown.0.is_empty() && shown.1.is_empty()) {
            // Not JSON: sections hold numbers that are not known, which JSON cannot write.
            let bytes = postcard::to_allocvec(&shown).expect("sections are plain data");
            self.write_file(SECTIONS, &bytes)?;
        }
        for texts in [&mut self.made.held, &mut self.made.gates] {
            texts.iter_mut().for_each(|text| *text = secrets::hide(text).into_owned());
        }
        Ok(self.made)
    }
}

/// The report sections that an upstream step left.
pub fn sections_of(stored: &Stored) -> Result<Vec<Section>> {
    Ok(shown(stored)?.0)
}

/// The remarks of a stored artifact in a language.
///
/// # Errors
/// When they cannot be read.
pub fn remarks_of(stored: &Stored, speech: Speech) -> Result<Vec<String>> {
    if speech.language == Language::English {
        return Ok(stored.record.notes.clone());
    }
    let remarks = shown(stored)?.1;
    Ok(remarks.iter().map(|text| secrets::hide(&speech.in_words(text)).into_owned()).collect())
}

/// What an artifact has for people.
fn shown(stored: &Stored) -> Result<(Vec<Section>, Vec<Text>)> {
    if !stored.record.files.contains_key(SECTIONS) {
        return Ok((Vec::new(), Vec::new()));
    }
    let path = stored.file(SECTIONS)?;
    let bytes = fs::read(&path).map_err(|e| io_problem("read", &path, &e))?;
    postcard::from_bytes(&bytes).map_err(|e| {
        Problem::new(&codes::BROKEN_STORE, format!("{} is damaged: {e}", path.display()))
            .help("run again: it is made again".to_owned())
            .boxed()
    })
}

/// The file of a table by suffix.
pub fn table_file(suffix: &str) -> String {
    if suffix.is_empty() { "main.parquet".to_owned() } else { format!("{suffix}.parquet") }
}
