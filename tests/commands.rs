//! Every command on the real binary.

use std::process::Command;

use crate::program::{call, contents, demo_run, patron, record, root, run, run_into};
use crate::small_shop;

const DEMO: &str = "pipelines/demo-shop.toml";

#[test]
fn lines_of_the_log_for_machines_have_the_time_at_which_they_were_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    let gave = run_into(&pipeline, folder.path(), &["--log", "json"]);
    let events: Vec<serde_json::Value> =
        gave.err.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert!(events.len() > 5, "{}", gave.err);
    let times: Vec<&str> = events.iter().filter_map(|event| event["time"].as_str()).collect();
    assert!(times.len() == events.len() && times.is_sorted() && times.iter().all(|time| time.ends_with('Z')));
}

/// The first line on which an inline table goes on to the next line, which TOML 1.0 does not allow, although newer readers do.
fn broken_inline_table(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    for (number, line) in text.lines().enumerate() {
        let mut before = ' ';
        for c in line.chars() {
            match (quote, c) {
                (None, '#') => break,
                (None, '"' | '\'') => quote = Some(c),
                (None, '{') => depth += 1,
                (None, '}') => depth -= 1,
                (Some(open), _) if c == open && before != '\\' => quote = None,
                _ => {}
            }
            before = c;
        }
        if depth > 0 {
            return Some(number + 1);
        }
    }
    None
}

#[test]
fn shipped_pipelines_are_read_by_readers_of_toml_1_0() {
    assert_eq!(broken_inline_table("a = { b = '{', c = \"}\" } # {\n"), None);
    assert_eq!(broken_inline_table("a = 1\nb = { c = 1,\n d = 2 }\n"), Some(2));
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("pipelines")).expect("pipelines") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).expect("readable");
            assert_eq!(broken_inline_table(&text), None, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn check_reads_every_shipped_pipeline_without_data() {
    for entry in std::fs::read_dir(root().join("pipelines")).expect("pipelines") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "toml") {
            let gave = call(&["check", &path.display().to_string()]);
            assert_eq!((gave.code, gave.out.contains("no problems")), (0, true), "{}: {}", path.display(), gave.err);
        }
    }
}

#[test]
fn run_leaves_lists_a_report_and_a_record() {
    let out = demo_run().join("out");
    let names: Vec<String> = contents(&out.join("lists")).into_keys().collect();
    for name in ["win_back/win_back.csv", "win_back/win_back.xlsx", "win_back/manifest.json", "win_back/_SUCCESS"] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
    let record = record(demo_run());
    assert_eq!(record["status"], "done");
    let steps = record["steps"].as_array().expect("steps");
    assert!(steps.iter().all(|s| s["status"] == "ran" && s["outputs"].as_object().is_some_and(|o| !o.is_empty())));
    for key in ["seconds", "rows_in", "rows_out", "rejected", "peak_memory_bytes", "metrics", "notes"] {
        assert!(steps[0].get(key).is_some(), "{key}");
    }
    let report = std::fs::read_to_string(out.join("latest/report.html")).expect("a report");
    assert!(report.len() < 1_000_000 && report.contains("<svg"), "{}", report.len());
    assert!(!report.contains("shopper.test"), "the report must hold nothing personal");
}

#[cfg(unix)]
#[test]
fn lists_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    for name in contents(&demo_run().join("out/lists")).into_keys() {
        let mode = std::fs::metadata(demo_run().join("out/lists").join(&name)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[test]
fn the_suppressed_and_the_control_group_are_on_no_list() {
    let suppressed = std::fs::read_to_string(root().join("datasets/demo-shop/suppressions.csv")).expect("a file");
    let suppressed: Vec<&str> = suppressed.lines().skip(1).map(|l| l.split(',').next().expect("a key")).collect();
    assert!(!suppressed.is_empty());
    for list in ["win_back", "cross_sell"] {
        let keys = |name: &str| -> Vec<String> {
            let path = demo_run().join("out/lists").join(list).join(name);
            let mut reader = csv::Reader::from_path(path).expect("a list");
            reader.records().map(|r| r.expect("a row")[0].to_owned()).collect()
        };
        let (listed, control) = (keys(&format!("{list}.csv")), keys(&format!("{list}-control.csv")));
        assert!(!listed.is_empty() && !control.is_empty(), "{list}");
        assert!(listed.iter().all(|key| !control.contains(key)), "{list}");
        assert!(listed.iter().chain(&control).all(|key| !suppressed.contains(&key.as_str())), "{list}");
    }
}

#[test]
fn every_row_of_a_list_says_why() {
    let mut reader = csv::Reader::from_path(demo_run().join("out/lists/win_back/win_back.csv")).expect("a list");
    let reason = reader.headers().expect("headers").iter().position(|h| h == "reason_1").expect("a reason");
    assert!(reader.records().all(|row| row.expect("a row")[reason].len() > 10));
}

#[test]
fn rows_and_money_add_up_from_source_to_clean_orders() {
    let out = demo_run().join("out");
    let gave = call(&[
        "query",
        DEMO,
        "--out",
        &out.display().to_string(),
        "--format",
        "csv",
        "SELECT (SELECT count(*) FROM lines) AS read, (SELECT sum(rows) FROM orders_waterfall WHERE step <> 'input') AS told, \
         (SELECT sum(amount) FROM orders_waterfall WHERE step <> 'input') - (SELECT amount FROM orders_waterfall WHERE step = 'input') AS gap, \
         (SELECT sum(amount) FROM orders) - (SELECT amount FROM orders_waterfall WHERE step = 'order-line') AS sold, \
         (SELECT count(*) FROM lines_rejects) AS rejected",
    ]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let row: Vec<&str> = gave.out.lines().nth(1).expect("a row").split(',').collect();
    assert_eq!(row[0], row[1]);
    assert_eq!(row[2].trim_matches(['0', '.', '-']), "", "{row:?}");
    assert_eq!(row[3].trim_matches(['0', '.', '-']), "", "{row:?}");
    let source = std::fs::read_to_string(root().join("datasets/demo-shop/orders.csv")).expect("a file");
    let records = csv::Reader::from_reader(source.as_bytes()).records().count();
    assert_eq!(row[0].parse::<usize>().expect("a number") + row[4].parse::<usize>().expect("a number"), records);
}

#[test]
fn query_answers_in_every_form_and_names_what_is_wrong() {
    let out = demo_run().join("out").display().to_string();
    let sql = "SELECT segment, count(*) AS n FROM segments GROUP BY ROLLUP(segment) ORDER BY segment NULLS LAST";
    for (format, sign) in [("table", "| segment"), ("csv", "segment,n"), ("json", "[{\"segment\""), ("parquet", "PAR1")]
    {
        let gave = call(&["query", DEMO, sql, "--out", &out, "--format", format]);
        assert!(gave.code == 0 && gave.out.contains(sign), "{format}: {} {}", gave.out, gave.err);
    }
    let wrong = call(&["query", DEMO, "SELECT nothing FROM nowhere", "--out", &out]);
    assert!(wrong.code == 2 && wrong.err.contains("bad-query"), "{} {}", wrong.code, wrong.err);
    let write = call(&["query", DEMO, "DROP TABLE segments", "--out", &out]);
    assert_eq!(write.code, 2, "{}", write.err);
    let early = call(&["query", DEMO, sql, "--out", "/nowhere/at/all"]);
    assert!(early.code == 2 && early.err.contains("no-run"), "{}", early.err);
}

#[test]
fn plan_says_what_would_be_done_and_why() {
    let folder = demo_run();
    let [out, models] = ["out", "models"].map(|name| folder.join(name).display().to_string());
    let known = call(&["plan", DEMO, "--out", &out, "--models", &models]);
    assert!(known.code == 0 && known.out.contains("nothing it depends on has changed"), "{}", known.out);
    assert!(!known.out.contains("  make "), "{}", known.out);
    let fresh = call(&["plan", DEMO, "--out", "/nowhere/at/all", "--format", "json"]);
    let steps: serde_json::Value = serde_json::from_str(&fresh.out).expect("JSON");
    assert!(steps.as_array().expect("steps").iter().all(|s| s["reused"] == false), "{}", fresh.out);
    let mermaid = call(&["plan", DEMO, "--out", &out, "--format", "mermaid"]);
    assert!(mermaid.out.starts_with("flowchart LR") && mermaid.out.contains("lines --> orders"), "{}", mermaid.out);
}

#[test]
fn list_explain_schema_and_completions_answer() {
    for (arguments, sign) in [
        (vec!["list", "stages"], "clean-orders"),
        (vec!["list", "features"], "recency_days"),
        (vec!["list", "measures"], "conviction"),
        (vec!["list", "models"], "logistic"),
        (vec!["list", "rankers"], "frequency"),
        (vec!["list", "sources"], "parquet"),
        (vec!["list", "destinations"], "csv"),
        (vec!["list", "codes"], "unknown-kind"),
        (vec!["list", "exits"], "130"),
        (vec!["explain", "cycle"], "circle"),
        (vec!["schema"], "\"$schema\""),
        (vec!["completions", "bash"], "patron"),
        (vec!["--help"], "Exit codes"),
    ] {
        let gave = call(&arguments);
        assert!(gave.code == 0 && gave.out.contains(sign), "{arguments:?}: {} {}", gave.out, gave.err);
    }
    let wrong = call(&["explain", "unknown-knd"]);
    assert!(wrong.code == 2 && wrong.err.contains("did you mean `unknown-kind`"), "{}", wrong.err);
    assert_eq!(call(&["dance"]).code, 2);
}

#[test]
fn runs_and_models_show_what_a_run_left() {
    let folder = demo_run();
    let out = folder.join("out").display().to_string();
    let runs = call(&["runs", DEMO, "--out", &out]);
    assert!(runs.code == 0 && runs.out.contains("done"), "{}", runs.out);
    let models = call(&["models", "list", DEMO, "--models", &folder.join("models").display().to_string()]);
    assert!(models.code == 0 && models.out.contains("champion"), "{}", models.out);
}

#[test]
fn init_writes_a_shop_that_runs_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    let gave = call(&["init", &shop.display().to_string(), "--lines", "6000"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let check =
        run(patron().current_dir(&shop).args(["run", "pipelines/demo-shop.toml", "--select", "segments", "--quiet"]));
    assert_eq!(check.code, 0, "{}", check.err);
    let again = call(&["init", &shop.display().to_string()]);
    assert!(again.code == 2 && again.err.contains("is there already"), "{}", again.err);
}

#[test]
fn generate_makes_the_committed_shop_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let gave = call(&["generate", &folder.path().display().to_string(), "--lines", "22000", "--seed", "7"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let (made, committed) = (contents(folder.path()), contents(&root().join("datasets/demo-shop")));
    assert_eq!(made.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, content) in &made {
        assert!(committed[name] == *content, "{name} differs");
    }
}

#[test]
fn mine_gives_what_can_be_counted_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("baskets.dat");
    std::fs::write(&file, "1 2 3\n1 2\n2 3\n1 2 3\n").expect("written");
    let file = file.display().to_string();
    let sets = call(&["mine", "itemsets", &file, "--support", "3", "--quiet"]);
    let mut lines: Vec<&str> = sets.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(sets.code, 0, "{}", sets.err);
    let sorted = |line: &str| {
        let (items, count) = line.split_once(" (").expect("items (count)");
        let mut items: Vec<&str> = items.split(' ').collect();
        items.sort_unstable();
        format!("{} ({count}", items.join(" "))
    };
    let mut found: Vec<String> = lines.iter().map(|line| sorted(line)).collect();
    found.sort();
    assert_eq!(found, ["1 (3)", "1 2 (3)", "2 (4)", "2 3 (3)", "3 (3)"]);
    let count = call(&["mine", "itemsets", &file, "--support", "0.5", "--kind", "closed", "--count"]);
    assert!(count.out.ends_with("total: 4\n"), "{}", count.out);
    let rules = call(&["mine", "rules", &file, "--support", "2", "--confidence", "1", "--quiet"]);
    assert!(rules.out.contains("1,2,") && rules.code == 0, "{}", rules.out);
    let budget = call(&["mine", "itemsets", &file, "--support", "1", "--budget", "2", "--count"]);
    assert!(budget.code == 1 && budget.err.contains("budget-reached"), "{} {}", budget.code, budget.err);
    let sequences = folder.path().join("sequences.txt");
    std::fs::write(&sequences, "1 -1 2 -1 -2\n1 -1 3 -1 2 -1 -2\n").expect("written");
    let gave = call(&["mine", "sequences", &sequences.display().to_string(), "--support", "2", "--quiet"]);
    assert!(gave.code == 0 && gave.out.contains("1 -1 2 -1 #SUP: 2"), "{} {}", gave.out, gave.err);
}

/// The sequences of the PrefixSpan paper (ICDE 2001, table 1), a to g as 1 to 7, with the numbers of rules that SPMF's
/// RuleGrowth, ERMiner and CMRules find in them.
#[test]
fn sequences_have_rules_weights_and_no_repeats() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sequences.txt");
    let text = "1 -1 1 2 3 -1 1 3 -1 4 -1 3 6 -1 -2\n1 4 -1 3 -1 2 3 -1 1 5 -1 -2\n\
                5 6 -1 1 2 -1 4 6 -1 3 -1 2 -1 -2\n5 -1 7 -1 1 6 -1 3 -1 2 -1 3 -1 -2\n";
    std::fs::write(&file, text).expect("written");
    let file = file.display().to_string();
    for (support, confidence, rules) in [("0.5", "0.5", 86), ("0.75", "0.5", 9), ("0.5", "0.7", 19)] {
        let gave = call(&["mine", "sequence-rules", &file, "-s", support, "-c", confidence, "--count"]);
        assert!(gave.code == 0 && gave.out.ends_with(&format!("total: {rules}\n")), "{} {}", gave.out, gave.err);
    }
    let near = call(&["mine", "sequence-rules", &file, "-s", "0.5", "--window", "1o", "--quiet"]);
    assert!(near.code == 0 && near.out.lines().any(|line| line == "1 ==> 3 #SUP: 3 #CONF: 0.75"), "{}", near.out);
    let budget = call(&["mine", "sequence-rules", &file, "-s", "0.5", "--budget", "2", "--count"]);
    assert!(budget.code == 1 && budget.err.contains("budget-reached"), "{}", budget.err);
    let weights = folder.path().join("weights.txt");
    std::fs::write(&weights, "5\n0\n1\n1\n").expect("written");
    let weights = weights.display().to_string();
    let weighted = call(&["mine", "sequences", &file, "-s", "7", "--weights", &weights, "--quiet"]);
    assert!(weighted.code == 0 && weighted.out.lines().any(|line| line == "1 -1 3 -1 #SUP: 7"), "{}", weighted.out);
    let weighted = call(&["mine", "sequence-rules", &file, "-s", "7", "--weights", &weights, "--quiet"]);
    assert!(weighted.out.lines().any(|line| line == "1 ==> 3 #SUP: 7 #CONF: 1"), "{}", weighted.out);
    let repeats = |more: &[&str]| {
        let gave = call(&[&["mine", "sequences", &file, "-s", "3", "--quiet"], more].concat());
        assert_eq!(gave.code, 0, "{}", gave.err);
        gave.out.lines().any(|line| line.starts_with("1 -1 3 -1 3 -1 "))
    };
    assert!(repeats(&[]) && !repeats(&["--no-repeats"]));
    std::fs::write(folder.path().join("weights.txt"), "5\n0\n").expect("written");
    let short = call(&["mine", "sequences", &file, "-s", "2", "--weights", &weights]);
    assert!(short.code != 0 && short.err.contains("2 customer weights were given where 4 are needed"), "{}", short.err);
}

#[test]
fn a_held_check_publishes_nothing_and_leaves_the_last_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let before = contents(&folder.path().join("out/lists"));
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let check = "\n[stage.held]\nkind = \"expect\"\ntable = \"orders\"\nchecks = [{ check = \"rows\", max = 5 }]\n";
    std::fs::write(&pipeline, text.replace("top = 10", "top = 3") + check).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 3 && gave.err.contains("check-held"), "{} {}", gave.code, gave.err);
    assert_eq!(contents(&folder.path().join("out/lists")), before);
    assert_eq!(record(folder.path())["status"], "done", "latest must still be the good run");
}

#[test]
fn a_failed_run_says_why_and_leaves_the_last_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let before = contents(&folder.path().join("out/lists"));
    std::fs::rename(folder.path().join("orders.csv"), folder.path().join("gone.csv")).expect("moved");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 1 && gave.err.contains("no-input-files"), "{} {}", gave.code, gave.err);
    std::fs::write(folder.path().join("orders.csv"), "order,customer\n1,2\n").expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 1 && gave.err.contains("bad-source"), "{} {}", gave.code, gave.err);
    assert_eq!(contents(&folder.path().join("out/lists")), before);
    let runs =
        call(&["runs", &pipeline.display().to_string(), "--out", &folder.path().join("out").display().to_string()]);
    assert_eq!(runs.out.matches("failed").count(), 2, "{}", runs.out);
}

#[test]
fn too_many_rejects_stop_the_run_and_name_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    let lines = small_shop::lines(18).replace("3.50", "cheap");
    std::fs::write(folder.path().join("orders.csv"), lines).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 1 && gave.err.contains("too-many-rejects") && gave.err.contains("line 2"), "{}", gave.err);
}

#[test]
fn log_json_is_one_object_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    let gave = run_into(&pipeline, folder.path(), &["--log", "json", "--select", "orders"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    for line in gave.err.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{line}: {e}"));
    }
    assert!(gave.err.contains("\"event\":\"end\""));
}

#[test]
fn a_browser_opens_the_report_without_a_refusal() {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let found = browsers.iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    let Some(browser) = found else {
        println!("skipped: none of {browsers:?} is installed");
        return;
    };
    let report = demo_run().join("out/latest/report.html").canonicalize().expect("a report");
    let profile = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(browser);
    command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", profile.path().display())).arg(format!("file://{}", report.display()));
    let gave = run(&mut command);
    assert!(
        gave.out.contains("<svg") && gave.out.contains("<button"),
        "the page or its script did not work: {}",
        gave.err
    );
    assert!(!gave.err.contains("Content Security Policy"), "{}", gave.err);
}

#[cfg(unix)]
#[test]
fn a_pipeline_file_without_end_and_too_many_threads_are_refused() {
    let gave = call(&["check", "/dev/zero"]);
    assert!(gave.code == 2 && gave.err.contains("a device"), "{} {}", gave.code, gave.err);
    let folder = tempfile::tempdir().expect("a folder");
    let large = folder.path().join("large.toml");
    std::fs::File::create(&large).and_then(|file| file.set_len(17 << 20)).expect("a file");
    let gave = call(&["check", &large.display().to_string()]);
    assert!(gave.code == 2 && gave.err.contains("more than 16 MB"), "{} {}", gave.code, gave.err);
    for threads in ["0", "100000"] {
        let gave = call(&["run", "pipelines/demo-shop.toml", "--threads", threads]);
        assert!(gave.code == 2 && gave.err.contains("from 1 to 1024"), "{threads}: {} {}", gave.code, gave.err);
    }
}
