//! Carrying out a plan, step by step.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::claim::{Purpose, mark, refuse_foreign};
use super::clock::{now, written};
use super::forget::forget;
use super::identity::{Identity, identify};
use super::layout::{self, RUNS, SPILL};
use super::ledger::Ledger;
use super::lock::Lock;
use super::memory::{peak_memory_bytes, restart_peak};
use super::past::Past;
use super::publish::{prepare_lists, switch};
use super::record::{RUN_JSON, RunRecord, RunStatus, StepRecord, StepStatus, list_runs};
use super::registry::Registry;
use super::store::{Found, Store};
use super::watch::Watch;
use super::{Options, outside};
use crate::config::AsOfSetting;
use crate::diagnostics::{Class, Problem, Result, codes, io_problem, secrets};
use crate::disk::{flush_folder, make_folder, make_folders, remove, replace_file, sealed, tighten, tighten_all};
use crate::engine::Engine;
use crate::outside::Source;
use crate::plan::{Fingerprint, Plan, Step};
use crate::stage::{Artifact, Context, GlobalControl, LEDGER_ROWS, MAIN, Stored, remarks_of};
use crate::stages::{REPORT, speech};

/// How a run went.
#[derive(Debug)]
pub struct Outcome {
    /// Its folder.
    pub folder: PathBuf,
    /// Its record, also in `run.json`.
    pub record: RunRecord,
    /// Why it failed or was held.
    pub problem: Option<Box<Problem>>,
}

/// Carries out a plan.
///
/// # Errors
/// When the run could not even begin (lock, folders). A step that fails ends the run and is told in the outcome.
pub fn execute(plan: &Plan, options: &Options, watch: &dyn Watch) -> Result<Outcome> {
    let wanted = wanted(plan, options)?;
    let keeps_models = plan.steps.iter().any(|step| step.stage.keeps_champion());
    claim(options, keeps_models)?;
    let _lock = Lock::take(&options.out)?;
    let remarks = Remarks { watch, all: RefCell::default(), late: RefCell::default() };
    settle_in(plan, options, keeps_models, &remarks)?;
    let store = Store::open(&options.out)?;
    sweep(options, keeps_models)?;
    let engine = Engine::new(options.threads, options.memory, Some(options.out.join(SPILL)))?;
    let past = Past::read(&options.out, &store)?;
    past.notes.iter().for_each(|note| remarks.add(note));
    let steps = plan.steps.iter().map(|step| StepRecord::skipped(&step.name, step.kind.name)).collect();
    let (folder, mut record) = options.interruption.begins(steps, || begin(plan, &options.out))?;
    let settled = settle_last(plan, options, &past, &remarks);
    watch.begin(&plan.name, wanted.len());

    let mut walk = Walk {
        plan,
        options,
        store: &store,
        engine: &engine,
        watch,
        remarks: &remarks,
        past: &past,
        finder: outside::Finder::new(&options.out),
        done: BTreeMap::new(),
    };
    let mut problem = settled.err();
    for (position, step) in plan.steps.iter().enumerate() {
        if problem.is_some() || !wanted.contains(&position) {
            record.steps.push(StepRecord::skipped(&step.name, step.kind.name));
            continue;
        }
        match walk.step(position, step) {
            Ok(step_record) => record.steps.push(step_record),
            Err(found) => {
                watch.step_fails(&step.name, &found);
                let failed = StepRecord {
                    status: StepStatus::Failed,
                    notes: vec![found.to_string()],
                    ..StepRecord::skipped(&step.name, step.kind.name)
                };
                record.steps.push(failed);
                problem = Some(found);
            }
        }
        options.interruption.reached(&record);
    }
    let _settling = options.interruption.settles();
    record.as_of = walk.done.values().filter_map(|(_, s)| s.record.as_of.clone()).max();
    let artifacts: Vec<Stored> = walk.done.into_values().map(|(_, stored)| stored).collect();
    let whole = wanted.len() == plan.steps.len();
    let problem = problem.or_else(|| held(&artifacts));
    let problem = match problem {
        None => finish(plan, options, &store, &past, &remarks, &folder, &mut record, &artifacts, whole).err(),
        some => some,
    };
    if let Some(problem) = &problem {
        record.status = if problem.code.class == Class::Held { RunStatus::Held } else { RunStatus::Failed };
        record.problem = Some(problem.to_string());
        record.notes = remarks.all.borrow().clone();
        // Why the run failed matters more than why that could not be written down.
        for failed in [keep_report(&folder, &artifacts), write_record(&folder, &mut record)] {
            failed.unwrap_or_else(|problem| remarks.add(&problem.to_string()));
        }
    }
    // All that counts is done; what could not be removed goes next time.
    if let Err(failed) = forget(&options.out, &store) {
        remarks.late(&format!("what is no longer needed could not be removed: {}", failed.message));
    }
    let problem = problem.or_else(|| remarks.after_publishing()).or_else(|| gated(&artifacts));
    record.notes = remarks.all.take();
    watch.end(&record);
    Ok(Outcome { folder, record, problem })
}

struct Walk<'a> {
    plan: &'a Plan,
    options: &'a Options,
    store: &'a Store,
    engine: &'a Engine,
    watch: &'a dyn Watch,
    remarks: &'a Remarks<'a>,
    past: &'a Past<'a>,
    finder: outside::Finder,
    done: BTreeMap<usize, (Fingerprint, Stored)>,
}

impl Walk<'_> {
    fn step(&mut self, position: usize, step: &Step) -> Result<StepRecord> {
        self.watch.step_begins(&step.name, step.kind.name);
        let begun = Instant::now();
        restart_peak();
        let dates = step.upstream.iter().map(|u| self.done.get(u).and_then(|(_, stored)| stored.record.as_of.clone()));
        let night = outside::night(&self.plan.run.as_of, dates);
        let sources = self.finder.find(&step.name, night, &step.outside)?;
        let upstream: Vec<(&str, &Fingerprint)> = step
            .upstream
            .iter()
            .map(|u| (self.plan.steps[*u].name.as_str(), &self.done.get(u).expect("upstream comes first").0))
            .collect();
        let anew = self.options.force || self.is_after_from(position);
        let last = || self.past.of_last(&step.name);
        let identity =
            identify(self.plan, step, &upstream, outside::digests(&sources), &self.options.models, anew, last)?;
        let fingerprint = identity.fingerprint.clone();
        let mut notes = Vec::new();
        let known = match self.store.get(&fingerprint) {
            _ if anew => None,
            Found::Whole(stored) => Some(stored),
            Found::Broken(fault) => {
                notes.push(format!("it was in the store, but damaged ({fault}), and is made again"));
                None
            }
            Found::Absent => None,
        };
        // What was once made may be a jump now, or have been one then.
        let known = known.filter(|known| {
            let before = if step.stage.compares() { last() } else { None };
            before.is_none_or(|before| before.record.fingerprint == known.record.fingerprint)
        });
        let (status, stored) = match known {
            Some(stored) => (StepStatus::Reused, stored),
            None => (StepStatus::Ran, self.make(step, &identity, &sources, &mut notes)?),
        };
        let took = begun.elapsed();
        let told = remarks_of(&stored, speech(self.plan.run.language.language()))?;
        let mut record = StepRecord::finished(status, &stored, told, took.as_secs_f64(), peak_memory_bytes());
        self.done.insert(position, (fingerprint, stored));
        self.watch.step_ends(&record, took);
        notes.iter().for_each(|note| self.remarks.add(&format!("{}: {note}", step.name)));
        record.notes.extend(notes);
        Ok(record)
    }

    fn make(&self, step: &Step, identity: &Identity, sources: &[Source], notes: &mut Vec<String>) -> Result<Stored> {
        let (memory, note) = if step.stage.remembers() { self.past.memory(&step.name) } else { (None, None) };
        notes.extend(note);
        let aside = self.store.aside(&identity.fingerprint)?;
        let artifact = self.work(step, identity, sources, memory, &aside);
        let put = artifact.and_then(|artifact| self.store.put(&aside, &artifact, &identity.fingerprint));
        if put.is_err() {
            // What was half-made is of no use; the next run would sweep it anyway.
            let _ = fs::remove_dir_all(&aside);
        }
        put
    }

    fn work(
        &self,
        step: &Step,
        identity: &Identity,
        sources: &[Source],
        memory: Option<Stored>,
        aside: &Path,
    ) -> Result<Artifact> {
        let inputs: BTreeMap<String, Stored> =
            step.upstream.iter().map(|u| (self.plan.steps[*u].name.clone(), self.done[u].1.clone())).collect();
        let order = step.upstream.iter().map(|u| self.plan.steps[*u].name.clone()).collect();
        let declared = match self.plan.run.as_of {
            AsOfSetting::Latest => None,
            AsOfSetting::On(date) => Some(date),
        };
        let parts = self.store.parts();
        let progress = |done: f64| self.watch.fraction(&step.name, done);
        let mut cx = Context {
            step: &step.name,
            pipeline: &self.plan.name,
            made: Artifact::start(&step.name, declared, &inputs),
            inputs,
            order,
            declared_as_of: declared,
            seed: self.plan.run.seed,
            global: global_control(self.plan),
            zone: &self.plan.zone,
            speech: speech(self.plan.run.language.language()),
            engine: self.engine,
            sources,
            previous: memory,
            champion: identity.champion.clone(),
            rows_a_part: self.plan.run.part_rows.into(),
            parts: &parts,
            out: aside,
            progress: &progress,
            sections: Vec::new(),
            remarks: Vec::new(),
        };
        step.stage.run(&mut cx).map_err(|problem| Box::new(problem.within(&format!("stage `{}`", step.name))))?;
        let mut artifact = cx.finish()?;
        outside::unchanged(sources)?;
        artifact.sources = outside::seen(sources);
        only_declared(step, &artifact)?;
        artifact.kind = step.kind.name.to_owned();
        artifact.fingerprint = identity.fingerprint.to_string();
        artifact.given = identity.given.to_string();
        artifact.serial = identity.champion.as_ref().map_or(0, |champion| champion.serial);
        Ok(artifact)
    }

    fn is_after_from(&self, position: usize) -> bool {
        self.options.from.as_deref().is_some_and(|from| self.plan.downstream(from).contains(&position))
    }
}

/// The group that `[run]` asks for.
fn global_control(plan: &Plan) -> Option<GlobalControl> {
    let (share, salt) = (plan.run.global_control.get(), plan.run.global_salt.clone());
    (share > 0.0).then_some(GlobalControl { share, salt })
}

/// What is known of a step's tables before it runs is what it declares, so it may make no others.
fn only_declared(step: &Step, artifact: &Artifact) -> Result<()> {
    let output = step.stage.output();
    let more = |suffix: &&String| *suffix != MAIN && output.also.iter().all(|(name, _)| name != suffix);
    match artifact.tables.keys().find(more) {
        None => Ok(()),
        Some(suffix) => {
            let message = format!("stage `{}` made a table `{suffix}` that its kind does not declare", step.name);
            Problem::new(&codes::BAD_TABLE, message)
                .help("this is a fault of patron; please report it".to_owned())
                .err()
        }
    }
}

fn wanted(plan: &Plan, options: &Options) -> Result<Vec<usize>> {
    for name in options.select.iter().chain(&options.from) {
        if plan.step(name).is_none() {
            let names = plan.steps.iter().map(|step| step.name.as_str());
            let near = crate::diagnostics::did_you_mean(name, names).map(|near| format!("did you mean `{near}`?"));
            return Problem::new(&codes::BAD_CALL, format!("the pipeline has no stage `{name}`")).help(near).err();
        }
    }
    if options.select.is_empty() {
        return Ok((0..plan.steps.len()).collect());
    }
    Ok(plan.with_upstream(&options.select))
}

/// What is told of the output folder as a whole: shown at once, and kept in the run's record.
struct Remarks<'a> {
    watch: &'a dyn Watch,
    all: RefCell<Vec<String>>,
    /// What failed after publishing.
    late: RefCell<Vec<String>>,
}

impl Remarks<'_> {
    fn add(&self, text: &str) {
        self.watch.remark(text);
        self.all.borrow_mut().push(text.to_owned());
    }

    fn late(&self, text: &str) {
        self.late.borrow_mut().push(text.to_owned());
    }

    /// What failed after publishing, so that the lists are the new ones all the same.
    fn after_publishing(&self) -> Option<Box<Problem>> {
        let late = self.late.borrow();
        (!late.is_empty()).then(|| {
            Problem::new(&codes::AFTER_PUBLISHING, format!("the lists were published, but {}", late.join("; ")))
                .help("remove the cause and run again: the next run does what is left".to_owned())
                .boxed()
        })
    }
}

/// Refuses folders that are not patron's, before anything is written.
fn claim(options: &Options, keeps_models: bool) -> Result<()> {
    refuse_foreign(&options.out, Purpose::Output)?;
    if !keeps_models {
        return Ok(());
    }
    refuse_foreign(&options.models, Purpose::Models)?;
    let place = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if place(&options.out) == place(&options.models) {
        return Problem::new(&codes::BAD_CALL, format!("--out and --models are both {}", options.out.display()))
            .help("give them a folder each".to_owned())
            .err();
    }
    Ok(())
}

/// Marks the folders as patron's and takes the rights of others from what is in them.
fn settle_in(plan: &Plan, options: &Options, keeps_models: bool, remarks: &Remarks) -> Result<()> {
    let mut loose: u64 = layout::folders(&options.out).iter().map(|folder| tighten(folder)).sum();
    let mut folders = vec![(&options.out, Purpose::Output, layout::all(&options.out)?)];
    if keeps_models {
        make_folders(&options.models)?;
        loose += tighten(&options.models);
        folders.push((&options.models, Purpose::Models, Registry::folders(&options.models)?));
    }
    for (folder, purpose, ours) in folders {
        if let Some(before) = mark(folder, purpose, &plan.name)? {
            remarks.add(&format!(
                "{} belonged to the pipeline `{before}` before; from now on `{}` writes here",
                folder.display(),
                plan.name
            ));
        }
        for path in ours {
            loose += tighten_all(&path)?;
        }
    }
    if loose > 0 {
        remarks.add(&format!(
            "{loose} files in {} can be read by others, and this user may not change that: give the folder to this user",
            options.out.display()
        ));
    }
    Ok(())
}

/// Removes what a killed run left half-made or half-removed.
fn sweep(options: &Options, keeps_models: bool) -> Result<()> {
    let mut left = layout::asides(&options.out)?;
    if keeps_models {
        let mut folders = Registry::folders(&options.models)?;
        folders.push(options.models.clone());
        left.extend(layout::asides_in(&folders)?);
    }
    left.iter().try_for_each(|path| remove(path))
}

fn begin(plan: &Plan, out: &Path) -> Result<(PathBuf, RunRecord)> {
    let now = now()?;
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let runs = out.join(RUNS);
    make_folders(&runs)?;
    let sequence = 1 + list_runs(out)?.records.last().map_or(0, |run| run.sequence);
    let id = (0..)
        .map(|n| if n == 0 { stamp.clone() } else { format!("{stamp}-{n:03}") })
        .find(|id| fs::symlink_metadata(runs.join(id)).is_err())
        .expect("numbers do not end");
    let folder = runs.join(&id);
    make_folder(&folder)?;
    flush_folder(&runs)?;
    let mut record = RunRecord {
        id,
        sequence,
        pipeline: plan.name.clone(),
        seed: plan.run.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: written(now),
        ..RunRecord::default()
    };
    write_unfinished(&folder, &mut record)?;
    Ok((folder, record))
}

/// Prepares the lists, writes the record, switches lists and `latest` and then the models' aliases: in this order, so that
/// `latest` never names what is not there, and a run after a kill finds the registry as this one found it, or settles it.
#[allow(clippy::too_many_arguments)]
fn finish(
    plan: &Plan,
    options: &Options,
    store: &Store,
    past: &Past,
    remarks: &Remarks,
    folder: &Path,
    record: &mut RunRecord,
    artifacts: &[Stored],
    whole: bool,
) -> Result<()> {
    for artifact in artifacts.iter().filter(|a| a.record.model) {
        Registry::of(&options.models, &artifact.record.step).place(artifact)?;
    }
    keep_report(folder, artifacts)?;
    let mut listed = artifacts.to_vec();
    if !whole {
        listed.extend(carry_over(plan, store, past, record));
    }
    record.published = past.last.as_ref().and_then(|last| last.published.clone());
    let mut lists = None;
    if whole || artifacts.iter().any(|artifact| artifact.record.list.is_some()) {
        let prepared = prepare_lists(&options.out, &listed, !whole)?;
        prepared.note.iter().for_each(|note| remarks.add(note));
        record.published = Some(prepared.folder.clone());
        lists = Some(prepared.folder);
    }
    record.status = RunStatus::Done;
    record.notes = remarks.all.borrow().clone();
    write_record(folder, record)?;
    flush_folder(&options.out.join(RUNS))?;
    let moved = switch(&options.out, lists.as_deref(), &record.id)?;
    moved.iter().for_each(|note| remarks.add(note));
    if let Err(problem) = Ledger::of(&options.out).append(artifacts) {
        let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        remarks.late(&format!("the contacts could not be entered in the ledger: {}{help}", problem.message));
    }
    for artifact in artifacts.iter().filter(|a| a.record.model) {
        // All is published; the next run settles what could not be written here.
        if let Err(problem) = Registry::of(&options.models, &artifact.record.step).settle(artifact) {
            remarks.late(&format!("{}: {}", artifact.record.step, problem.message));
        }
    }
    Ok(())
}

/// Makes sure that the models in force can be read, and switches what the last good run decided about them if it was killed
/// before it had.
fn settle_last(plan: &Plan, options: &Options, past: &Past, remarks: &Remarks) -> Result<()> {
    for step in plan.steps.iter().filter(|step| step.stage.keeps_champion()) {
        let registry = Registry::of(&options.models, &step.name);
        let of_last = past.model_of_last(&step.name);
        let note = registry.restore(of_last.as_ref(), |version| past.model(&step.name, version))?;
        note.iter().for_each(|note| remarks.add(&format!("{}: {note}", step.name)));
        // What is broken in the store is made again by this run, and settled by it.
        if let Some(stored) = &of_last {
            registry.settle(stored)?;
        }
    }
    // The contacts of lists that were published by a run that was killed before it had entered them.
    // Before that nothing new is published: the next run would only know its own contacts.
    Ledger::of(&options.out).append(&past.of_last_with(LEDGER_ROWS))?;
    Ok(())
}

/// A run of some steps keeps the last good run's tables of the others, so that `latest` still has them all. Gives those that
/// are lists.
fn carry_over(plan: &Plan, store: &Store, past: &Past, record: &mut RunRecord) -> Vec<Stored> {
    let mut lists = Vec::new();
    for step in &mut record.steps {
        if step.status == StepStatus::Skipped
            && plan.step(&step.name).is_some()
            && let Some(old) = past.last.iter().flat_map(|last| &last.steps).find(|old| old.name == step.name)
        {
            step.fingerprint.clone_from(&old.fingerprint);
            let stored = step.fingerprint.as_deref().map(Fingerprint::from_text).map(|known| store.get(&known));
            lists.extend(stored.and_then(Found::whole).filter(|stored| stored.record.list.is_some()));
        }
    }
    lists
}

fn held(artifacts: &[Stored]) -> Option<Box<Problem>> {
    let held: Vec<String> = artifacts
        .iter()
        .flat_map(|a| a.record.held.iter().map(move |check| format!("{}: {check}", a.record.step)))
        .collect();
    (!held.is_empty()).then(|| {
        Problem::new(&codes::CHECK_HELD, format!("nothing was published because a check failed: {}", held.join("; ")))
            .help(
                "look at the report or at the stage's `_checks` table; the last good lists are still in place"
                    .to_owned(),
            )
            .boxed()
    })
}

/// What a person should decide about; all was published.
fn gated(artifacts: &[Stored]) -> Option<Box<Problem>> {
    let gates: Vec<String> = artifacts
        .iter()
        .flat_map(|a| a.record.gates.iter().map(move |gate| format!("{}: {gate}", a.record.step)))
        .collect();
    (!gates.is_empty()).then(|| {
        Problem::new(&codes::GATE_HELD, gates.join("; "))
            .help("the lists were published with the active model; `patron models compare` shows both".to_owned())
            .boxed()
    })
}

fn keep_report(folder: &Path, artifacts: &[Stored]) -> Result<()> {
    for artifact in artifacts {
        if artifact.record.files.contains_key(REPORT) {
            let from = artifact.file(REPORT)?;
            let content = fs::read(&from).map_err(|e| io_problem("read", &from, &e))?;
            replace_file(&folder.join(REPORT), &content)?;
        }
    }
    Ok(())
}

pub(super) fn write_record(folder: &Path, record: &mut RunRecord) -> Result<()> {
    record.finished = Some(written(now()?));
    write_unfinished(folder, record)
}

fn write_unfinished(folder: &Path, record: &mut RunRecord) -> Result<()> {
    let text = serde_json::to_string_pretty(record).expect("a record is plain data");
    replace_file(&folder.join(RUN_JSON), sealed(&secrets::hide(&text)).as_bytes())
}
