//! The value of an `${env:NAME}` is used, and written nowhere.

use std::path::Path;
use std::process::Command;

use crate::program::{Gave, contents, patron, run};
use crate::small_shop;

const SECRET: &str = "Zq8xYw7vUt6s p&1<k>ü";
/// Parts of it that no output may hold, in lower case.
const PARTS: [&str; 3] = ["zq8xyw7vut6s", "p&1<k", "p&amp;1"];

fn with_secret(arguments: &[&str], folder: &Path) -> Gave {
    let mut command: Command = patron();
    command.env("PATRON_TEST_KEY", SECRET).args(arguments);
    if arguments[0] != "check" {
        command.arg("--out").arg(folder.join("out"));
    }
    if arguments[0] == "run" {
        command.arg("--models").arg(folder.join("models"));
    }
    run(&mut command)
}

fn assert_hidden(what: &str, content: &[u8]) {
    let text = String::from_utf8_lossy(content).to_lowercase();
    for part in PARTS {
        assert!(!text.contains(part), "{what} holds `{part}`: {}", &text[..text.len().min(2_000)]);
    }
}

fn assert_gave_hidden(what: &str, gave: &Gave) {
    assert_hidden(&format!("{what}, standard output"), gave.out.as_bytes());
    assert_hidden(&format!("{what}, standard error"), gave.err.as_bytes());
}

/// The small shop with its orders in a folder that is named by the secret, and with the secret in a query, a check and a title.
fn shop(folder: &Path) -> String {
    let data = folder.join(SECRET);
    std::fs::create_dir(&data).expect("a folder");
    let mut lines = small_shop::lines(18);
    lines.push_str("9100,c04,2024-05-01 10:00:00,TEA1,Tea,many,3.50\n");
    std::fs::write(data.join("orders.csv"), lines).expect("written");
    let text = small_shop::PIPELINE
        .replace("${var:data}", &format!("{}/${{env:PATRON_TEST_KEY}}", folder.display()))
        .replace("unit_price = \"unit_price\" }", "unit_price = \"unit_price\" }\nmax_reject_share = 0.5");
    let more = r#"
[stage.asked]
kind = "sql"
inputs = ["orders"]
query = "SELECT customer FROM orders WHERE description <> '${env:PATRON_TEST_KEY}' GROUP BY customer"
columns = { customer = "text" }

[stage.checked]
kind = "expect"
table = "orders"
checks = [
  { check = "accepted", columns = ["description"], values = ["${env:PATRON_TEST_KEY}"], level = "warn" },
  { check = "condition", condition = "description = '${env:PATRON_TEST_KEY}'", level = "warn" },
]
"#;
    let pipeline = folder.join("small.toml");
    std::fs::write(&pipeline, text + more).expect("written");
    pipeline.display().to_string()
}

#[test]
fn a_secret_is_in_no_output_of_a_run_that_uses_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = shop(folder.path());
    let pipeline = pipeline.as_str();
    let gave = with_secret(&["run", pipeline], folder.path());
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_gave_hidden("run", &gave);
    assert!(gave.err.contains("${env:PATRON_TEST_KEY}/orders.csv"), "the file is named without it: {}", gave.err);
    let gave = with_secret(&["run", pipeline, "--log", "json", "--force"], folder.path());
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_gave_hidden("run --log json", &gave);
    for arguments in [vec!["plan", pipeline], vec!["runs", pipeline, "--json"], vec!["check", pipeline]] {
        assert_gave_hidden(arguments[0], &with_secret(&arguments, folder.path()));
    }
    let mut files = 0;
    for place in ["out", "models"] {
        for (name, content) in contents(&folder.path().join(place)) {
            assert_hidden(&name, name.as_bytes());
            assert_hidden(&name, &content);
            files += 1;
        }
    }
    assert!(files > 40, "{files}");
    // Tables are compressed, so they are asked.
    for table in ["lines", "lines_rejects", "orders", "asked", "checked_checks"] {
        let mut command = patron();
        command.env("PATRON_TEST_KEY", SECRET).args([
            "query",
            pipeline,
            &format!("SELECT * FROM {table}"),
            "--format",
            "csv",
        ]);
        let output = command.arg("--out").arg(folder.path().join("out")).output().expect("the program starts");
        assert!(
            output.status.success() && output.stdout.len() > 20,
            "{table}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_hidden(table, &output.stdout);
    }
}

#[test]
fn a_secret_is_in_no_message_about_what_it_spoiled() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = shop(folder.path());
    let text = std::fs::read_to_string(&good).expect("a pipeline");
    for (from, to, code) in [
        ("horizon = \"60d\"", "horizon = \"${env:PATRON_TEST_KEY}\"", 2),
        ("horizon = \"60d\"", "horizon = \"60d${env:PATRON_TEST_KEY}\"", 2),
        ("name = \"small\"", "name = \"${env:PATRON_TEST_KEY}\"", 2),
        ("targets = \"best\"", "targets = \"best\"\nlist = \"best-${env:PATRON_TEST_KEY}\"", 2),
        ("name = \"small\"", "name = \"small\"\nas_of = \"${env:PATRON_TEST_KEY}\"", 2),
        ("kind = \"segment\"", "kind = \"${env:PATRON_TEST_KEY}\"", 2),
        ("orders = \"orders\"", "orders = \"${env:PATRON_TEST_KEY}\"", 2),
        ("SELECT customer FROM", "SELECT ${env:PATRON_TEST_KEY} FROM", 2),
        ("SELECT customer FROM", "SELECT '${env:PATRON_TEST_KEY}' FROM", 2),
        ("SELECT customer FROM orders", "SELECT '${env:PATRON_TEST_KEY}' AS customer FROM orders", 1),
        ("/orders*.csv", "/nothing.csv", 1),
        ("/orders*.csv", "/nothing*.csv", 1),
        ("item = \"item\"", "item = \"${env:PATRON_TEST_KEY}\"", 1),
    ] {
        assert!(text.contains(from), "{from}");
        let pipeline = folder.path().join("bad.toml");
        std::fs::write(&pipeline, text.replace(from, to)).expect("written");
        let pipeline = pipeline.display().to_string();
        let pipeline = pipeline.as_str();
        for arguments in [vec!["check", pipeline], vec!["run", pipeline, "--quiet"]] {
            let gave = with_secret(&arguments, folder.path());
            assert_gave_hidden(to, &gave);
            let expected = if arguments[0] == "check" && code == 1 { 0 } else { code };
            assert_eq!(gave.code, expected, "{to}: {}", gave.err);
        }
    }
    for (name, content) in contents(&folder.path().join("out")) {
        assert_hidden(&name, &content);
    }
}
