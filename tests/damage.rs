//! Folders that were changed behind patron's back: by kills, by people, by disks. The next run heals them or says what to do;
//! it never gives other lists in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use patron::numeric::random::stream;
use rand::RngExt;
use tempfile::TempDir;

use crate::program::{Gave, contents, patron, query, record, run, run_into};
use crate::small_shop;

type Lists = BTreeMap<String, Vec<u8>>;

fn lists(folder: &Path) -> Lists {
    contents(&folder.join("out/lists"))
}

/// A shop of eighteen months and then of twenty, so that there is a run before the last.
fn finished() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let pipeline = small_shop::write(&data, 18);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    small_shop::write(&data, 20);
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 0 && gave.err.is_empty(), "{}", gave.err);
    (folder, pipeline)
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder") {
        let (path, to) = {
            let path = entry.expect("an entry").path();
            let to = to.join(path.file_name().expect("a name"));
            (path, to)
        };
        if path.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&path).expect("a link"), to).expect("a link");
        } else if path.is_dir() {
            copy_all(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}

/// Every file and link below a folder, seen from it.
fn files(folder: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, base: &Path, all: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.is_symlink() {
                walk(&path, base, all);
            } else {
                all.push(path.strip_prefix(base).expect("below").to_owned());
            }
        }
    }
    let mut all = Vec::new();
    walk(folder, folder, &mut all);
    all.sort();
    all
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Damage {
    Delete,
    Truncate,
    /// One bit at this share of the file.
    Flip(f64),
    Folder,
    Elsewhere,
}

fn damage(path: &Path, how: Damage) {
    match how {
        Damage::Delete => fs::remove_file(path).expect("removed"),
        Damage::Truncate => {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }
        Damage::Flip(at) => {
            let mut bytes = fs::read(path).expect("read");
            if let Some(last) = bytes.len().checked_sub(1) {
                bytes[(last as f64 * at) as usize] ^= 1;
            }
            fs::write(path, bytes).expect("written");
        }
        Damage::Folder => {
            fs::remove_file(path).expect("removed");
            fs::create_dir(path).expect("made");
            fs::write(path.join("notes.txt"), "somebody's").expect("written");
        }
        Damage::Elsewhere => {
            fs::remove_file(path).expect("removed");
            std::os::unix::fs::symlink("nowhere", path).expect("a link");
        }
    }
}

/// Runs each case on a copy of a finished folder, on two threads.
fn campaign(
    finished: &Path,
    cases: &[(PathBuf, Damage)],
    arguments: &[&str],
    judge: impl Fn(&Path, &(PathBuf, Damage), Gave) + Sync,
) {
    std::thread::scope(|scope| {
        for half in 0..2 {
            let judge = &judge;
            scope.spawn(move || {
                for case in cases.iter().skip(half).step_by(2) {
                    let copy = tempfile::tempdir().expect("a folder");
                    copy_all(&finished.join("out"), &copy.path().join("out"));
                    copy_all(&finished.join("models"), &copy.path().join("models"));
                    damage(&copy.path().join(&case.0), case.1);
                    let gave = run_into(&finished.join("data/small.toml"), copy.path(), arguments);
                    assert!(!gave.err.contains("panicked"), "{case:?}: {}", gave.err);
                    judge(copy.path(), case, gave);
                }
            });
        }
    });
}

#[test]
fn whatever_is_damaged_the_next_run_heals_it_or_says_what_to_do() {
    let (folder, _) = finished();
    let expected = lists(folder.path());
    let mut cases = Vec::new();
    for (n, file) in files(folder.path()).into_iter().filter(|file| !file.starts_with("data")).enumerate() {
        if folder.path().join(&file).is_symlink() {
            cases.extend([Damage::Delete, Damage::Folder, Damage::Elsewhere].map(|how| (file.clone(), how)));
        } else {
            let third = [Damage::Truncate, Damage::Folder][n % 2];
            let kinds = [Damage::Delete, Damage::Flip([0.1, 0.5, 0.9][n % 3]), third];
            cases.extend(kinds.map(|how| (file.clone(), how)));
        }
    }
    assert!(cases.len() > 150, "{} cases", cases.len());
    let stopped = std::sync::Mutex::new(BTreeMap::new());
    let healed = std::sync::atomic::AtomicUsize::new(0);
    campaign(folder.path(), &cases, &["--quiet"], |copy, case, gave| {
        if gave.code == 0 {
            assert_eq!(lists(copy), expected, "{case:?}");
        } else {
            let name = case.0.file_name().expect("a name").to_string_lossy();
            // Of a segment that is gone, its number is known.
            let known = if name.ends_with(".parquet") { name.split('-').next().expect("a number") } else { &*name };
            assert!(gave.err.contains(known), "{case:?} is not named: {}", gave.err);
            assert!(gave.err.contains('`') || gave.err.contains("mv "), "{case:?}: no command: {}", gave.err);
            stopped.lock().expect("no panic").insert(format!("{case:?}"), gave.err);
        }
        // The models' registry and the ledger are what a person has to decide about; all else is made again.
        let in_ledger = case.0.parent().is_some_and(|folder| folder.ends_with("ledger"));
        let undecided = case.0.ends_with("aliases.json") || case.0.ends_with(".lock") || in_ledger;
        if gave.code != 0 {
            assert!(undecided, "{case:?}: {}", stopped.lock().expect("no panic")[&format!("{case:?}")]);
        } else if healed.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(5) {
            let forced = run_into(&folder.path().join("data/small.toml"), copy, &["--quiet", "--force"]);
            assert_eq!(forced.code, 0, "{case:?}: {}", forced.err);
            assert_eq!(lists(copy), expected, "{case:?}, forced");
        }
    });
    let stopped = stopped.into_inner().expect("no panic");
    assert!(stopped.keys().any(|case| case.contains("aliases.json")), "{stopped:?}");
}

#[test]
fn what_a_stage_remembers_is_never_lost_in_silence() {
    let (folder, pipeline) = finished();
    small_shop::write(&folder.path().join("data"), 21);
    let undisturbed = tempfile::tempdir().expect("a folder");
    copy_all(&folder.path().join("out"), &undisturbed.path().join("out"));
    copy_all(&folder.path().join("models"), &undisturbed.path().join("models"));
    assert!([0, 4].contains(&run_into(&pipeline, undisturbed.path(), &["--quiet"]).code));
    let expected = lists(undisturbed.path());
    // What the last run left, and its record.
    let last = record(folder.path());
    let fingerprints: BTreeSet<&str> =
        last["steps"].as_array().expect("steps").iter().filter_map(|step| step["fingerprint"].as_str()).collect();
    let is_last = |file: &PathBuf| {
        let text = file.to_string_lossy();
        fingerprints.iter().any(|known| text.contains(known)) || text.contains(last["id"].as_str().expect("an id"))
    };
    let kept = files(folder.path()).into_iter().filter(|file| is_last(file) && !file.ends_with("report.html"));
    let cases: Vec<(PathBuf, Damage)> =
        kept.flat_map(|file| [(file.clone(), Damage::Delete), (file, Damage::Flip(0.6))]).collect();
    assert!(cases.len() > 40, "{} cases", cases.len());
    campaign(folder.path(), &cases, &["--quiet"], |copy, case, gave| {
        assert!([0, 4].contains(&gave.code), "{case:?}: {}", gave.err);
        let told = gave.err.contains("note: ");
        assert!(told || lists(copy) == expected, "{case:?}: other lists, and nothing is told");
        if told {
            assert!(!record(copy)["notes"].as_array().expect("notes").is_empty(), "{case:?}");
        }
    });
}

#[test]
fn segments_that_cannot_be_read_are_told_and_older_ones_are_taken() {
    let (folder, pipeline) = finished();
    let fingerprint = crate::program::step(folder.path(), "segments")["fingerprint"].as_str().expect("text").to_owned();
    let path = folder.path().join("out/store").join(fingerprint).join("frozen.json");
    damage(&path, Damage::Flip(0.5));
    small_shop::write(&folder.path().join("data"), 21);
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!([0, 4].contains(&gave.code), "{}", gave.err);
    let notes = crate::program::notes(folder.path(), "segments");
    assert!(notes.contains("is damaged") && notes.contains("is taken instead"), "{notes}");
    assert!(gave.err.contains("segments: what the last good run left is damaged"), "{}", gave.err);
}

#[test]
fn a_damaged_model_in_force_comes_back_from_the_store_or_stops_the_run() {
    let (folder, pipeline) = finished();
    let (expected, models) = (lists(folder.path()), folder.path().join("models/churn"));
    let aliases = fs::read_to_string(models.join("aliases.json")).expect("a registry");
    let aliases: serde_json::Value = serde_json::from_str(&aliases).expect("JSON");
    let version = models.join(aliases["champion"].as_str().expect("a champion"));
    damage(&version.join("model.bin"), Damage::Flip(0.5));
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 0 && gave.err.contains("restored from the store"), "{} {}", gave.code, gave.err);
    assert_eq!(lists(folder.path()), expected);

    // Without an artifact that holds it, only a person can decide.
    let versions = || fs::read_dir(&models).expect("models").map(|entry| entry.expect("an entry").path());
    for version in versions().filter(|path| path.is_dir()) {
        damage(&version.join("model.bin"), Damage::Flip(0.5));
    }
    for stored in fs::read_dir(folder.path().join("out/store")).expect("a store") {
        let _ = fs::remove_file(stored.expect("an entry").path().join("model.bin"));
    }
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 1 && gave.err.contains("model.bin") && gave.err.contains("bad-model"), "{}", gave.err);
    assert_eq!(lists(folder.path()), expected, "the last lists stay");
    // What the message says to do: away with the models, and train again.
    assert!(gave.err.contains("-damaged"), "{}", gave.err);
    fs::rename(&models, models.with_file_name("churn-damaged")).expect("moved");
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
}

#[test]
fn a_lost_registry_stops_the_run_and_promote_mends_it() {
    let (folder, pipeline) = finished();
    let expected = lists(folder.path());
    for how in [Damage::Delete, Damage::Truncate, Damage::Flip(0.4)] {
        damage(&folder.path().join("models/churn/aliases.json"), how);
        let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert!(gave.code == 1 && gave.err.contains("aliases.json"), "{how:?}: {} {}", gave.code, gave.err);
        assert_eq!(lists(folder.path()), expected, "{how:?}");
        let (_, command) = gave.err.split_once("patron models promote PIPELINE ").expect("a command");
        let version = command.split('`').next().expect("a version").to_owned();
        let mut promote = patron();
        promote.args(["models", "promote"]).arg(&pipeline).arg(&version);
        let gave = run(promote.arg("--models").arg(folder.path().join("models")));
        assert_eq!(gave.code, 0, "{how:?}: {}", gave.err);
        let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert_eq!(gave.code, 0, "{how:?}: {}", gave.err);
        assert_eq!(lists(folder.path()), expected, "{how:?}");
    }
}

#[test]
fn a_question_over_a_damaged_table_is_no_answer() {
    let (folder, pipeline) = finished();
    let fingerprint = crate::program::step(folder.path(), "rules")["fingerprint"].as_str().expect("text").to_owned();
    damage(&folder.path().join("out/store").join(fingerprint).join("main.parquet"), Damage::Flip(0.5));
    let ask = |sql: &str| {
        let mut command = patron();
        command.arg("query").arg(&pipeline).arg(sql).arg("--out").arg(folder.path().join("out"));
        run(&mut command)
    };
    let gave = ask("SELECT count(*) FROM rules");
    assert!(gave.code == 1 && gave.err.contains("broken-store") && gave.err.contains("main.parquet"), "{}", gave.err);
    assert_eq!(ask("SELECT count(*) FROM orders").code, 0);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    assert_eq!(ask("SELECT count(*) FROM rules").code, 0);
}

#[test]
fn killed_while_all_is_made_again_the_next_run_gives_the_same_bytes() {
    let (folder, pipeline) = finished();
    let expected = lists(folder.path());
    let begun = Instant::now();
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet", "--force"]).code, 0);
    let whole = begun.elapsed().as_secs_f64();
    let mut random = stream(13, "kills");
    for kill in 0..30 {
        let mut command = patron();
        command.arg("run").arg(&pipeline).args(["--quiet", "--out"]).arg(folder.path().join("out"));
        command.arg("--models").arg(folder.path().join("models")).stdout(Stdio::null()).stderr(Stdio::null());
        match kill % 3 {
            0 => command.arg("--force"),
            1 => command.args(["--from", "features"]),
            _ => command.args(["--from", "best_list"]),
        };
        let mut child = command.spawn().expect("the program starts");
        let wait = random.random::<f64>() * whole * if kill % 3 == 2 { 0.3 } else { 1.1 };
        std::thread::sleep(Duration::from_secs_f64(wait));
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert_eq!(lists(folder.path()), expected, "kill {kill} after {wait:.3} s: lists stay whole");
        let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert_eq!(gave.code, 0, "kill {kill} after {wait:.3} s: {}", gave.err);
        assert_eq!(lists(folder.path()), expected, "kill {kill} after {wait:.3} s");
    }
    assert!(files(folder.path()).iter().all(|file| !file.to_string_lossy().contains(".aside-")), "all is swept");
}

#[test]
fn half_removed_artifacts_of_earlier_versions_are_made_again() {
    let (folder, pipeline) = finished();
    let expected = lists(folder.path());
    for stored in fs::read_dir(folder.path().join("out/store")).expect("a store") {
        let stored = stored.expect("an entry").path();
        if stored.join("artifact.json").exists() {
            fs::remove_file(stored.join(&files(&stored)[1])).expect("removed");
        }
    }
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert!(gave.err.contains("is made again"), "{}", gave.err);
    assert_eq!(lists(folder.path()), expected);
}

#[test]
fn a_clock_that_was_wrong_neither_hides_nor_removes_runs() {
    let (folder, pipeline) = finished();
    let out = folder.path().join("out");
    // The last run believes it is 2099.
    let id = record(folder.path())["id"].as_str().expect("an id").to_owned();
    fs::rename(out.join("runs").join(&id), out.join("runs/20990101T000000Z")).expect("renamed");
    fs::remove_file(out.join("latest")).expect("removed");
    std::os::unix::fs::symlink("runs/20990101T000000Z", out.join("latest")).expect("a link");
    for months in [21, 22, 23, 24, 25, 26, 27] {
        small_shop::write(&folder.path().join("data"), months);
        // 4: a new model did not win, and the lists were published.
        assert!([0, 4].contains(&run_into(&pipeline, folder.path(), &["--quiet"]).code), "month {months}");
        let gave = run_into(&pipeline, folder.path(), &[]);
        assert!([0, 4].contains(&gave.code) && gave.err.contains("0 made"), "month {months}: {}", gave.err);
        assert!(!query(&pipeline, folder.path(), "SELECT count(*) FROM best", "csv").is_empty());
    }
    let gave = run(patron().arg("runs").arg(&pipeline).arg("--out").arg(&out));
    let order: Vec<&str> = gave.out.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(order.first() < order.last() && order[1] == "20990101T000000Z", "the newest last: {order:?}");
}

#[test]
fn old_runs_lists_and_spilled_files_are_removed() {
    let (folder, pipeline) = finished();
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("spill/datafusion-left")).expect("made");
    fs::create_dir_all(out.join("runs/keep me")).expect("made");
    // What kills leave half-made.
    let last = fs::read_link(out.join("latest")).expect("a link");
    fs::write(out.join(last).join(".aside-run.json"), "{").expect("written");
    std::os::unix::fs::symlink("nowhere", out.join(".aside-latest")).expect("a link");
    fs::create_dir_all(folder.path().join("models/churn/.aside-0123456789ab")).expect("made");
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    assert!(files(folder.path()).iter().all(|file| !file.to_string_lossy().contains(".aside-")), "all is swept");
    assert!(!folder.path().join("models/churn/.aside-0123456789ab").exists());
    for _ in 0..33 {
        assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    }
    let count = |name: &str| fs::read_dir(out.join(name)).expect("a folder").count();
    assert_eq!(count("runs"), 30 + 1, "thirty runs, and what is not patron's");
    assert!(count("published") <= 3 && count("spill") == 0);
    assert!(out.join("latest/run.json").exists());
    // The last good run stays, however many failed since.
    let good = fs::read_link(out.join("latest")).expect("a link");
    fs::write(folder.path().join("data/orders.csv"), "nothing\n").expect("written");
    for _ in 0..32 {
        assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 1);
    }
    assert_eq!(count("runs"), 30 + 1 + 1, "and the last good one");
    assert!(out.join(good).join("run.json").exists());
    assert!(!query(&pipeline, folder.path(), "SELECT count(*) FROM best", "csv").is_empty());
}
