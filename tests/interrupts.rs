//! Runs that are interrupted, output that cannot be written, and queries that are too deep: no panic, and an exit code that fits.

#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{Gave, contents, demo_run, patron, root, run, run_into};
use crate::small_shop;

/// A run of a pipeline into a folder, under way.
fn start(pipeline: &Path, folder: &Path, before: &str) -> Child {
    let call = format!(
        "{before} exec '{}' run '{}' --out '{}' --models '{}'",
        env!("CARGO_BIN_EXE_patron"),
        pipeline.display(),
        folder.join("out").display(),
        folder.join("models").display()
    );
    let mut command = Command::new("bash");
    command.args(["-c", &call]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash starts")
}

/// The record of the only run into a folder, as soon as it is there.
fn record_of(folder: &Path) -> Value {
    let begun = Instant::now();
    loop {
        let runs = std::fs::read_dir(folder.join("out/runs")).into_iter().flatten().flatten();
        let texts = runs.filter_map(|run| std::fs::read_to_string(run.path().join("run.json")).ok());
        if let Some(record) = texts.filter_map(|text| serde_json::from_str(&text).ok()).next() {
            return record;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no record appears");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("bash").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    assert!(sent.expect("bash starts").success());
}

/// Whether a signal is ignored here, and so by what is started here.
fn ignores(number: u32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask >> (number - 1) & 1 == 1)
}

fn ended(child: Child) -> Gave {
    let output = child.wait_with_output().expect("it ends");
    Gave {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A run that a signal reached before its lists were published. On a busy machine a signal may come when all is done: then once more.
fn interrupted(pipeline: &Path, signal: &str) -> (tempfile::TempDir, Gave) {
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let child = start(pipeline, folder.path(), "");
        record_of(folder.path());
        send(signal, &child);
        let gave = ended(child);
        if gave.code != 0 {
            return (folder, gave);
        }
    }
    panic!("{signal} never came before the lists were published");
}

#[test]
fn an_interrupted_run_says_so_and_the_next_one_goes_on() {
    let data = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(data.path(), 20);
    let undisturbed = tempfile::tempdir().expect("a folder");
    assert_eq!(run_into(&pipeline, undisturbed.path(), &["--quiet"]).code, 0);
    let expected = contents(&undisturbed.path().join("out/lists"));
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        // A job that was started in the background, or by nohup, leaves these ignored to all that it starts.
        if ignores(number) {
            eprintln!("skipped: {signal} is ignored where these tests were started");
            continue;
        }
        let (folder, gave) = interrupted(&pipeline, signal);
        assert_eq!(gave.code, 130, "{signal}: {}", gave.err);
        assert!(gave.err.contains("interrupted: nothing was published"), "{signal}: {}", gave.err);
        let record = record_of(folder.path());
        assert_eq!(record["status"], "interrupted", "{signal}");
        assert_eq!(record["steps"].as_array().map(Vec::len), Some(10), "{signal}: every step is in the record");
        assert!(
            record["finished"].is_string() && record["problem"].as_str().is_some_and(|p| p.contains("interrupted"))
        );
        assert!(!folder.path().join("out/lists").exists() && !folder.path().join("out/latest").exists());
        let next = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert_eq!((next.code, next.err.as_str()), (0, ""), "{signal}");
        assert_eq!(contents(&folder.path().join("out/lists")), expected, "{signal}");
        let runs = run(patron().arg("runs").arg(&pipeline).arg("--out").arg(folder.path().join("out")));
        assert!(runs.out.contains("interrupted") && runs.out.contains("done"), "{}", runs.out);
    }
}

#[test]
fn a_run_that_was_killed_is_shown_as_killed() {
    let data = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(data.path(), 20);
    // On a busy machine the run may be done before it is stopped: then once more.
    let stopped = || {
        let folder = tempfile::tempdir().expect("a folder");
        let child = start(&pipeline, folder.path(), "");
        record_of(folder.path());
        send("STOP", &child);
        if record_of(folder.path())["status"] == "running" {
            return Some((folder, child));
        }
        send("CONT", &child);
        ended(child);
        None
    };
    let (folder, mut child) = (0..20).find_map(|_| stopped()).expect("a run that is under way");
    let shown = || {
        let runs = run(patron().arg("runs").arg(&pipeline).arg("--out").arg(folder.path().join("out")));
        assert_eq!(runs.code, 0, "{}", runs.err);
        runs.out
    };
    // As long as it holds the lock it is under way, even when it can do nothing.
    assert!(shown().contains(" running "), "{}", shown());
    child.kill().expect("it is there");
    child.wait().expect("it ends");
    let after = shown();
    assert!(after.contains(" killed ") && !after.contains("running") && !after.contains("-0.0"), "{after}");
    assert_eq!(record_of(folder.path())["status"], "running", "the record itself cannot know");
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    assert!(shown().contains(" killed ") && shown().contains(" done "), "{}", shown());
}

#[test]
fn a_pipeline_file_that_is_a_pipe_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display().to_string();
    for command in ["check", "run", "plan"] {
        let gave = bash(&format!(
            "rm -f '{place}/p.toml'; mkfifo '{place}/p.toml'; timeout 60 PATRON {command} '{place}/p.toml'"
        ));
        assert_eq!(gave.code, 2, "{command}: {}", gave.err);
        assert!(gave.err.contains("is a pipe or a device and no file"), "{command}: {}", gave.err);
    }
}

#[test]
fn a_run_that_was_told_to_ignore_a_hangup_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    let child = start(&pipeline, folder.path(), "trap '' HUP;");
    record_of(folder.path());
    send("HUP", &child);
    let gave = ended(child);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(record_of(folder.path())["status"], "done");
}

fn bash(call: &str) -> Gave {
    run(Command::new("bash").args(["-c", &call.replace("PATRON", env!("CARGO_BIN_EXE_patron"))]).current_dir(root()))
}

#[test]
fn output_that_nobody_takes_stops_no_run_and_no_panic_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    let place = folder.path().display().to_string();
    let call = format!("PATRON run '{}' --out '{place}/out' --models '{place}/models'", pipeline.display());
    for (n, to) in ["2>&-", ">&- 2>&-", "2>&1 | true; exit ${PIPESTATUS[0]}"].into_iter().enumerate() {
        let gave = bash(&format!("{call} --force {to}"));
        assert_eq!(gave.code, 0, "{to}: {}", gave.err);
        assert_eq!(std::fs::read_dir(folder.path().join("out/runs")).expect("runs").count(), n + 1, "{to}");
    }
    if !Path::new("/dev/full").exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    for more in ["", "--quiet", "--log json"] {
        let gave = bash(&format!("{call} --force {more} >/dev/full 2>/dev/full"));
        assert_eq!(gave.code, 0, "{more}");
    }
    // What is noted after publishing is no exception.
    for stored in std::fs::read_dir(folder.path().join("out/store")).expect("a store") {
        let _ = std::fs::remove_file(stored.expect("an entry").path().join("main.parquet"));
    }
    assert_eq!(bash(&format!("{call} --quiet 2>/dev/full")).code, 0);
    // Nothing can be said, so the exit code says it.
    let gave = bash(&format!("PATRON run {place}/nothing.toml 2>/dev/full"));
    assert_eq!(gave.code, 2);
}

#[test]
fn an_answer_that_cannot_be_written_is_told_and_a_reader_that_goes_away_is_not() {
    let out = demo_run().join("out").display().to_string();
    let file = demo_run().join("baskets.dat").display().to_string();
    std::fs::write(&file, "1 2 3\n1 2\n2 3\n1 2 3\n").expect("written");
    let query = format!("query pipelines/demo-shop.toml --out {out} 'SELECT * FROM orders'");
    let mine = format!("mine itemsets {file} --support 1");
    let commands = [
        query.as_str(),
        "list reference",
        "schema",
        "completions bash",
        "--help",
        "check pipelines/demo-shop.toml",
        mine.as_str(),
    ];
    for command in commands {
        let gave = bash(&format!("PATRON {command} | true; exit ${{PIPESTATUS[0]}}"));
        assert_eq!(gave.code, 0, "{command}: {}", gave.err);
        assert!(!gave.err.contains("panic") && !gave.err.contains("error"), "{command}: {}", gave.err);
        if Path::new("/dev/full").exists() {
            let gave = bash(&format!("PATRON {command} > /dev/full"));
            assert!(gave.code == 1 && gave.err.contains("No space left"), "{command}: {} {}", gave.code, gave.err);
        }
    }
}

/// A pipeline with a `sql` stage and a list that takes a condition.
fn with_sql(folder: &Path, query: &str, condition: &str) -> String {
    let pipeline = small_shop::write(folder, 12);
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let sql = format!(
        "\n[stage.asked]\nkind = \"sql\"\ninputs = [\"orders\"]\nquery = '''\n{query}'''\ncolumns = {{ n = \"integer\" }}\n"
    );
    std::fs::write(&pipeline, text.replace("top = 10", &format!("top = 10\nwhere = '{condition}'")) + &sql)
        .expect("written");
    pipeline.display().to_string()
}

#[test]
fn a_deep_query_works_or_is_refused_and_overflows_no_stack() {
    let folder = tempfile::tempdir().expect("a folder");
    let nested = |n: usize| format!("SELECT count({}amount{}) AS n FROM orders", "(".repeat(n), ")".repeat(n));
    let ors = |n: usize| format!("recency_days > 1{}", " OR recency_days > 2".repeat(n));
    let fine = with_sql(folder.path(), &nested(150), &ors(1_500));
    let gave = run(patron().args(["check", &fine]));
    assert_eq!(gave.code, 0, "{}", gave.err);
    let gave = run_into(Path::new(&fine), folder.path(), &["--quiet", "--select", "asked"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let out = folder.path().join("out").display().to_string();
    let deep = with_sql(folder.path(), &nested(5_000), &ors(5_000));
    let gave = run(patron().args(["check", &deep]));
    assert_eq!(gave.code, 2, "{}", gave.err);
    for told in ["more than 200 brackets", "(line 1, column 213 of the query)", "more than 2000 operators"] {
        assert!(gave.err.contains(told), "{told}: {}", &gave.err[..gave.err.len().min(3_000)]);
    }
    let fine = with_sql(folder.path(), &nested(150), &ors(10));
    let asked = |sql: &str| run(patron().args(["query", &fine, sql, "--out", &out]));
    let gave = asked(&nested(5_000));
    assert!(gave.code == 2 && gave.err.contains("bad-query") && gave.err.contains("line 1, column"), "{}", gave.err);
    let gave = asked(&format!("SELECT count(*) FROM orders WHERE amount > 1{}", " OR amount = 2".repeat(1_500)));
    assert!(gave.code == 0 && gave.out.contains("count(*)"), "{}", gave.err);
}

#[test]
fn a_bad_query_names_what_is_unknown_and_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = with_sql(folder.path(), "SELECT count(*) AS n,\n  max(amont) AS m FROM orders", "score > 0");
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let check = "\n[stage.checked]\nkind = \"expect\"\ntable = \"orders\"\n\
                 checks = [{ check = \"condition\", condition = \"quantty > 3 AND amount > 1\" }]\n";
    std::fs::write(&pipeline, text + check).expect("written");
    let gave = run(patron().args(["check", &pipeline]));
    assert_eq!(gave.code, 2, "{}", gave.err);
    for told in [
        "`query`: there is no column `amont` (line 2, column 7 of the query)",
        "did you mean `amount`?",
        "`checks.1.condition`: there is no column `quantty` (line 1, column 1 of `quantty > 3 AND amount > 1`)",
        "did you mean `quantity`?",
    ] {
        assert!(gave.err.contains(told), "{told}: {}", gave.err);
    }
    let out = demo_run().join("out").display().to_string();
    for (sql, told, help) in [
        (
            "SELECT customer,\n  amont FROM orders",
            "there is no column `amont` (line 2, column 3 of the query)",
            "`amount`?",
        ),
        ("SELECT * FROM ordrs", "there is no table `ordrs` (line 1, column 15 of the query)", "`orders`?"),
        ("SELECT amount FRM orders", "found: orders (line 1, column 19 of the query)", "SHOW TABLES"),
        ("SELECT sm(amount) FROM orders", "Invalid function 'sm' (line 1, column 8 of the query)", "help"),
    ] {
        let gave = run(patron().args(["query", "pipelines/demo-shop.toml", sql, "--out", &out]));
        assert!(gave.code == 2 && gave.err.contains("bad-query"), "{sql}: {}", gave.err);
        assert!(gave.err.contains(told) && gave.err.contains(help), "{sql}: {}", gave.err);
    }
}

#[test]
fn a_variable_that_the_pipeline_does_not_use_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), small_shop::lines(12)).expect("written");
    let pipeline = folder.path().join("vars.toml");
    let text = format!("[vars]\ndata = \"/nowhere\"\nspare = \"1\"\n{}", small_shop::PIPELINE);
    std::fs::write(&pipeline, text).expect("written");
    let pipeline = pipeline.display().to_string();
    let data = format!("data={}", folder.path().display());
    let checked =
        |vars: &[&str]| run(patron().args(["check", &pipeline]).args(vars.iter().flat_map(|var| ["--var", var])));
    assert_eq!(checked(&[&data]).code, 0);
    for (vars, told) in [
        (vec!["dta=/srv"], "did you mean `data`?"),
        (vec![data.as_str(), "Data=/srv"], "did you mean `data`?"),
        (vec![data.as_str(), "colour=red"], "it uses `data`"),
        (vec![data.as_str(), "spare=2"], "does not use a variable `spare`"),
        (vec![data.as_str(), "data=/elsewhere"], "given twice"),
    ] {
        let gave = checked(&vars);
        assert!(gave.code == 2 && gave.err.contains(told), "{vars:?}: {} {}", gave.code, gave.err);
    }
}
