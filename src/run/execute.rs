//! Carrying out a plan, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{Timestamp, Unit};

use super::identity::{Identity, identify, previous};
use super::lock::Lock;
use super::memory::{peak_memory_bytes, restart_peak};
use super::publish::{LATEST, publish_lists, switch_link};
use super::record::{RunRecord, RunStatus, StepRecord, StepStatus, latest, list_runs};
use super::registry::Registry;
use super::store::{Store, entries, replace_file};
use super::watch::Watch;
use super::{Options, outside};
use crate::config::AsOfSetting;
use crate::diagnostics::{Class, Problem, Result, codes, io_problem};
use crate::engine::Engine;
use crate::plan::{Fingerprint, Plan, Step};
use crate::stages::{Artifact, Context, MAIN, REPORT, SourceFile, Stored};

/// Runs whose artifacts stay in the store.
const RUNS_KEPT: usize = 5;

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
    let _lock = Lock::take(&options.out)?;
    let store = Store::open(&options.out)?;
    store.sweep()?;
    let engine = Engine::new(options.threads, options.memory, Some(options.out.join("spill")))?;
    let (folder, mut record) = begin(plan, &options.out)?;
    let wanted = wanted(plan, options)?;
    let last = latest(&options.out).ok().map(|(_, record)| record);
    settle_last(plan, options, &store, last.as_ref())?;
    watch.begin(&plan.name, wanted.len());

    let mut walk =
        Walk { plan, options, store: &store, engine: &engine, watch, last: last.as_ref(), done: BTreeMap::new() };
    let mut problem = None;
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
    }
    record.as_of = walk.done.values().filter_map(|(_, s)| s.record.as_of.clone()).max();
    let artifacts: Vec<Stored> = walk.done.into_values().map(|(_, stored)| stored).collect();
    let whole = wanted.len() == plan.steps.len();
    let problem = problem.or_else(|| held(&artifacts));
    let problem = match problem {
        None => finish(plan, options, &folder, &mut record, &artifacts, whole).err(),
        some => some,
    };
    if let Some(problem) = &problem {
        record.status = if problem.code.class == Class::Held { RunStatus::Held } else { RunStatus::Failed };
        record.problem = Some(problem.to_string());
        keep_report(&folder, &artifacts)?;
        write_record(&folder, &mut record)?;
    }
    if problem.is_none() {
        forget(&options.out, &store)?;
    }
    let problem = problem.or_else(|| gated(&artifacts));
    watch.end(&record);
    Ok(Outcome { folder, record, problem })
}

struct Walk<'a> {
    plan: &'a Plan,
    options: &'a Options,
    store: &'a Store,
    engine: &'a Engine,
    watch: &'a dyn Watch,
    last: Option<&'a RunRecord>,
    done: BTreeMap<usize, (Fingerprint, Stored)>,
}

impl Walk<'_> {
    fn step(&mut self, position: usize, step: &Step) -> Result<StepRecord> {
        self.watch.step_begins(&step.name, step.kind.name);
        let begun = Instant::now();
        restart_peak();
        let files = outside::find(&step.name, &step.files)?;
        let upstream: Vec<(&str, &Fingerprint)> = step
            .upstream
            .iter()
            .map(|u| (self.plan.steps[*u].name.as_str(), &self.done.get(u).expect("upstream comes first").0))
            .collect();
        let anew = self.options.force || self.is_after_from(position);
        let last = || previous(self.store, self.last, &step.name);
        let identity =
            identify(self.plan, step, &upstream, outside::digests(&files), &self.options.models, anew, last)?;
        let fingerprint = identity.fingerprint.clone();
        let known = if anew { None } else { self.store.get(&fingerprint)? };
        // What was once made may be a jump now, or have been one then.
        let known = known.filter(|known| {
            let before = if step.stage.compares() { last() } else { None };
            before.is_none_or(|before| before.record.fingerprint == known.record.fingerprint)
        });
        let (status, stored) = match known {
            Some(stored) => (StepStatus::Reused, stored),
            None => (StepStatus::Ran, self.make(step, &identity, &files)?),
        };
        let took = begun.elapsed();
        let record = StepRecord::finished(status, &stored, took.as_secs_f64(), peak_memory_bytes());
        self.done.insert(position, (fingerprint, stored));
        self.watch.step_ends(&record, took);
        Ok(record)
    }

    fn make(&self, step: &Step, identity: &Identity, files: &[SourceFile]) -> Result<Stored> {
        let aside = self.store.aside(&identity.fingerprint)?;
        let artifact = self.work(step, identity, files, &aside);
        let put = artifact.and_then(|artifact| self.store.put(&aside, &artifact, &identity.fingerprint));
        if put.is_err() {
            // What was half-made is of no use; the next run would sweep it anyway.
            let _ = fs::remove_dir_all(&aside);
        }
        put
    }

    fn work(&self, step: &Step, identity: &Identity, files: &[SourceFile], aside: &Path) -> Result<Artifact> {
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
            zone: &self.plan.zone,
            engine: self.engine,
            files,
            previous: if step.stage.remembers() { previous(self.store, self.last, &step.name) } else { None },
            champion: identity.champion.clone(),
            parts: &parts,
            out: aside,
            progress: &progress,
            sections: Vec::new(),
        };
        step.stage.run(&mut cx).map_err(|problem| Box::new(problem.within(&format!("stage `{}`", step.name))))?;
        let mut artifact = cx.finish()?;
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

fn begin(plan: &Plan, out: &Path) -> Result<(PathBuf, RunRecord)> {
    let now = Timestamp::now();
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let runs = out.join("runs");
    fs::create_dir_all(&runs).map_err(|e| io_problem("create", &runs, &e))?;
    let id = (0..)
        .map(|n| if n == 0 { stamp.clone() } else { format!("{stamp}-{n:03}") })
        .find(|id| !runs.join(id).exists())
        .expect("numbers do not end");
    let folder = runs.join(&id);
    fs::create_dir(&folder).map_err(|e| io_problem("create", &folder, &e))?;
    let mut record = RunRecord {
        id,
        status: RunStatus::Running,
        pipeline: plan.name.clone(),
        as_of: None,
        seed: plan.run.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: clock(now),
        finished: None,
        problem: None,
        steps: Vec::new(),
    };
    write_unfinished(&folder, &mut record)?;
    Ok((folder, record))
}

/// Publishes, writes the record, switches `latest` and then the models' aliases: in this order, so that `latest` never
/// names what is not there, and a run after a kill finds the registry as this one found it, or settles it.
fn finish(
    plan: &Plan,
    options: &Options,
    folder: &Path,
    record: &mut RunRecord,
    artifacts: &[Stored],
    whole: bool,
) -> Result<()> {
    for artifact in artifacts.iter().filter(|a| a.record.model) {
        Registry::of(&options.models, &artifact.record.step).place(artifact)?;
    }
    keep_report(folder, artifacts)?;
    if !whole {
        carry_over(plan, options, record);
    }
    record.status = RunStatus::Done;
    write_record(folder, record)?;
    publish_lists(&options.out, &record.id, artifacts, !whole)?;
    switch_link(&options.out.join(LATEST), &Path::new("runs").join(&record.id))?;
    for artifact in artifacts.iter().filter(|a| a.record.model) {
        Registry::of(&options.models, &artifact.record.step).settle(artifact)?;
    }
    Ok(())
}

/// Switches what the last good run decided about models and, if it was killed, had not switched yet.
fn settle_last(plan: &Plan, options: &Options, store: &Store, last: Option<&RunRecord>) -> Result<()> {
    for step in last.into_iter().flat_map(|last| &last.steps) {
        // What is broken in the store is made anew by this run, and settled by it.
        let stored = plan.step(&step.name).and_then(|_| previous(store, last, &step.name));
        if let Some(stored) = stored.filter(|stored| stored.record.model) {
            Registry::of(&options.models, &step.name).settle(&stored)?;
        }
    }
    Ok(())
}

/// A run of some steps keeps the last good run's tables of the others, so that `latest` still has them all.
fn carry_over(plan: &Plan, options: &Options, record: &mut RunRecord) {
    let Ok((_, last)) = latest(&options.out) else { return };
    for step in &mut record.steps {
        if step.status == StepStatus::Skipped
            && plan.step(&step.name).is_some()
            && let Some(old) = last.steps.iter().find(|old| old.name == step.name)
        {
            step.fingerprint.clone_from(&old.fingerprint);
        }
    }
}

fn held(artifacts: &[Stored]) -> Option<Box<Problem>> {
    let held: Vec<String> = artifacts
        .iter()
        .flat_map(|a| a.record.held.iter().map(move |check| format!("{}: {check}", a.record.step)))
        .collect();
    (!held.is_empty()).then(|| {
        Problem::new(&codes::CHECK_HELD, format!("nothing was published, for a check held: {}", held.join("; ")))
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
            .help("the lists were published with the model in force; `patron models compare` shows both".to_owned())
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

fn write_record(folder: &Path, record: &mut RunRecord) -> Result<()> {
    record.finished = Some(clock(Timestamp::now()));
    write_unfinished(folder, record)
}

fn write_unfinished(folder: &Path, record: &mut RunRecord) -> Result<()> {
    let text = serde_json::to_string_pretty(record).expect("a record is plain data");
    replace_file(&folder.join("run.json"), text.as_bytes())
}

fn clock(time: Timestamp) -> String {
    time.round(Unit::Millisecond).unwrap_or(time).to_string()
}

/// Removes artifacts that none of the last runs names.
fn forget(out: &Path, store: &Store) -> Result<()> {
    let runs = list_runs(out)?;
    let mut artifacts = BTreeSet::new();
    let mut parts = BTreeSet::new();
    let good = runs.iter().rev().filter(|run| run.status == RunStatus::Done).take(1);
    for run in runs.iter().rev().take(RUNS_KEPT).chain(good) {
        for fingerprint in run.steps.iter().filter_map(|step| step.fingerprint.as_ref()) {
            if artifacts.insert(fingerprint.clone())
                && let Some(stored) = store.get(&Fingerprint::from_text(fingerprint)).ok().flatten()
            {
                parts.extend(stored.record.parts.iter().cloned());
            }
        }
    }
    store.forget_all_but(&artifacts, &parts)?;
    for spilled in entries(&out.join("spill"))? {
        let _ = fs::remove_dir_all(spilled);
    }
    Ok(())
}
