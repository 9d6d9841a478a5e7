//! Effects of contacts with the real binary: a shop with planted effects, the way into a plan, bad input, the same bytes in any order.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::program::{ask, notes, run_into};

const PIPELINE: &str = r#"
[run]
name = "uplift"

[stage.raw]
kind = "ingest"
paths = ["DATA/people.csv"]

[stage.people]
kind = "sql"
inputs = ["raw"]
query = "SELECT customer, kind, CAST(orders AS DOUBLE) AS orders FROM raw ORDER BY customer ORDER_OF_ROWS"
columns = { customer = "text", kind = "text", orders = "number" }

[stage.trial]
kind = "ingest"
paths = ["DATA/trial.csv"]

[stage.uplift]
kind = "model-uplift"
outcomes = "trial"
features = "people"
outcome = "bought"
SETTINGS

[stage.plan]
kind = "plan-contacts"
candidates = "uplift"
cost = "cost"
control = 0
limits = [{ at_most = 500 }]

[stage.report]
kind = "report"
"#;

/// Three thousand customers: the contact moves the persuadable ones (10 % to 40 %), nobody else. A `second` arm does nothing.
fn shop(second: bool) -> (String, String) {
    let (mut people, mut trial) = ("customer,kind,orders\n".to_owned(), "customer,arm,bought\n".to_owned());
    let mut state = 7u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    for customer in 0..3_000 {
        let kind = ["persuadable", "sure", "lost"][customer % 3];
        writeln!(people, "k{customer:04},{kind},{}", (draw() * 20.0) as u32).expect("memory");
        let arm = match draw() {
            share if share < 0.4 => "control",
            share if share < 0.7 || !second => "mail",
            _ => "post",
        };
        let chance = match kind {
            "persuadable" if arm == "mail" => 0.4,
            "persuadable" => 0.1,
            "sure" => 0.6,
            _ => 0.02,
        };
        writeln!(trial, "k{customer:04},{arm},{}", u8::from(draw() < chance)).expect("memory");
    }
    (people, trial)
}

fn write(folder: &Path, (people, trial): &(String, String), settings: &str, order: &str) -> PathBuf {
    std::fs::write(folder.join("people.csv"), people).expect("written");
    std::fs::write(folder.join("trial.csv"), trial).expect("written");
    let pipeline = folder.join("uplift.toml");
    let text = PIPELINE.replace("SETTINGS", settings).replace("ORDER_OF_ROWS", order);
    std::fs::write(&pipeline, text.replace("DATA", &folder.display().to_string())).expect("written");
    pipeline
}

fn ran(pipeline: &Path, folder: &Path) {
    let gave = run_into(pipeline, folder, &["--quiet", "--as-of", "2025-06-01"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn a_planted_effect_is_found_priced_and_planned() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), &shop(true), "margin = 10\ncontact_cost = 1", "");
    ran(&pipeline, folder.path());
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(asked("SELECT offer, advice FROM uplift_verdict ORDER BY offer"), ["mail,target", "post,treat_none"]);
    // True worth of a mail to a persuadable customer: 0.3 · 10 − 1 = 2; to others −1.
    let worth = asked(
        "SELECT p.kind, avg(u.value) AS value FROM uplift u JOIN people p ON u.customer = p.customer WHERE u.offer = 'mail' GROUP BY p.kind ORDER BY p.kind",
    );
    let values: Vec<f64> = worth.iter().filter_map(|line| line.split(',').nth(1)?.parse().ok()).collect();
    assert!(
        values[0] < 0.2 && (0.8..3.0).contains(&values[1]) && values[2] < 0.2,
        "lost, persuadable, sure: {worth:?}"
    );
    assert_eq!(asked("SELECT DISTINCT cost FROM uplift"), ["1.0"]);
    // The plan sends the mail to persuadable customers.
    let planned = asked(
        "SELECT count(*) AS contacts, sum(CASE WHEN p.kind = 'persuadable' AND c.offer = 'mail' THEN 1 ELSE 0 END) AS hit FROM plan c JOIN people p ON c.customer = p.customer",
    );
    let counts: Vec<u32> = planned[0].split(',').filter_map(|text| text.parse().ok()).collect();
    assert!(counts[0] == 500 && counts[1] > 475, "{planned:?}");
    assert_eq!(asked("SELECT count(*) AS n FROM uplift_choice"), ["1"]);
    assert_eq!(asked("SELECT count(*) AS n FROM uplift_deciles"), ["20"]);
    // Four learners, response, two columns, everybody and nobody, for each arm.
    assert_eq!(asked("SELECT count(*) AS n FROM uplift_judged"), ["18"]);
    let order =
        "SELECT name FROM uplift_judged WHERE offer = 'mail' AND kind IN ('learner', 'response') ORDER BY qini LIMIT 1";
    assert_eq!(asked(order), ["response"], "those who buy anyway come first by response");
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    assert!(report.contains("worth targeting"));
}

#[test]
fn rows_in_another_order_give_the_same_bytes() {
    let tables = |order: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = write(folder.path(), &shop(false), "margin = 10\ncompared = [\"forest\"]", order);
        ran(&pipeline, folder.path());
        ["uplift", "uplift_judged", "uplift_verdict", "uplift_deciles"]
            .map(|table| ask(&pipeline, folder.path(), &format!("SELECT * FROM {table}")))
    };
    assert_eq!(tables(""), tables("DESC"));
}

#[test]
fn what_cannot_be_compared_is_refused_or_set_aside() {
    let (people, trial) = shop(false);
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |trial: String, settings: &str| {
        let pipeline = write(folder.path(), &(people.clone(), trial), settings, "");
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-06-01"]);
        assert_ne!(gave.code, 0);
        gave.err
    };
    let without = trial.replace(",control,", ",mail,");
    assert!(refused(without, "").contains("response but no effect"));
    let same = trial.lines().map(|line| format!("{},0\n", line.rsplit_once(',').expect("cells").0)).collect::<String>();
    assert!(refused(same.replacen(",0\n", ",bought\n", 1), "").contains("all 3000 outcomes are 0"));
    assert!(refused(trial.clone(), "least_customers = 2000").contains("the arm `control` has"));
    assert!(refused(trial.clone(), "probability = \"bought\"").contains("above 0, at most 1"));
    // A customer with two arms, one without features, one without an outcome.
    let more = format!("{trial}k0001,control,1\nk0001,mail,0\nstranger,mail,1\nk0002,mail,\n");
    let pipeline = write(folder.path(), &(people.clone(), more), "", "");
    ran(&pipeline, folder.path());
    let told = notes(folder.path(), "uplift");
    for words in ["two arms in one trial", "without features", "no customer, arm, trial or outcome"] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn before_the_first_result_nothing_is_known_and_the_pipeline_goes_on() {
    let (people, trial) = shop(false);
    let folder = tempfile::tempdir().expect("a folder");
    let open: String = trial
        .lines()
        .enumerate()
        .map(|(n, row)| match n {
            0 => format!("{row}\n"),
            _ => format!("{},\n", row.rsplit_once(',').expect("cells").0),
        })
        .collect();
    let pipeline = write(folder.path(), &(people, open), "", "");
    ran(&pipeline, folder.path());
    let counts = "SELECT (SELECT count(*) FROM uplift) AS a, (SELECT count(*) FROM uplift_verdict) AS b, (SELECT count(*) FROM plan) AS c";
    assert_eq!(ask(&pipeline, folder.path(), counts), ["0,0,0"]);
    let told = notes(folder.path(), "uplift");
    assert!(told.contains("none of the 3000 rows of `trial` has an outcome"), "{told}");
}

#[test]
fn arms_are_compared_within_the_trials_that_have_them() {
    let (people, trial) = shop(true);
    let folder = tempfile::tempdir().expect("a folder");
    // Mail was tried on one half of the customers, post on the other, each beside its own control.
    let apart: String = trial
        .lines()
        .enumerate()
        .filter_map(|(n, row)| match n {
            0 => Some(format!("{row},wave\n")),
            _ if n % 2 == 0 && !row.contains(",post,") => Some(format!("{row},first\n")),
            _ if n % 2 == 1 && !row.contains(",mail,") => Some(format!("{row},second\n")),
            _ => None,
        })
        .collect();
    let pipeline = write(folder.path(), &(people.clone(), apart.clone()), "trial = \"wave\"", "");
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-06-01"]);
    assert_eq!(gave.code, 1, "{}", gave.err);
    assert!(gave.err.contains("has all of the arms `mail`, `post` beside `control`"), "{}", gave.err);
    assert!(gave.err.contains("in a `model-uplift` stage of its own"), "{}", gave.err);
    // With mail alone, the trial of post says nothing about it and is set aside.
    let mail = apart.lines().filter(|row| !row.contains(",post,")).map(|row| format!("{row}\n")).collect::<String>();
    let second = mail.lines().filter(|row| row.ends_with(",second")).count();
    let pipeline = write(folder.path(), &(people, mail), "trial = \"wave\"", "");
    ran(&pipeline, folder.path());
    let told = notes(folder.path(), "uplift");
    assert!(told.contains(&format!("{second} rows of `trial` are of trials without the control arm")), "{told}");
}

#[test]
fn one_table_of_a_trial_does_not_learn_from_what_came_of_it_and_ids_have_one_form() {
    let (people, trial) = shop(false);
    // Features and results in one table, the outcome in words.
    let folder = tempfile::tempdir().expect("a folder");
    let both: String = people
        .lines()
        .zip(trial.lines())
        .enumerate()
        .map(|(n, (person, result))| {
            let result = result.split_once(',').expect("cells").1;
            let result = if n == 0 { result.to_owned() } else { result.replace(",0", ",no").replace(",1", ",yes") };
            format!("{person},{result}\n")
        })
        .collect();
    let path = write(folder.path(), &(people.clone(), both), "margin = 10\ncontact_cost = 1", "");
    let text = std::fs::read_to_string(&path).expect("read");
    std::fs::write(&path, text.replace("features = \"people\"", "features = \"trial\"")).expect("written");
    ran(&path, folder.path());
    let learned = ask(&path, folder.path(), "SELECT name FROM uplift_judged WHERE kind = 'column' ORDER BY name");
    assert_eq!(learned, ["kind", "orders"], "neither arm nor outcome are learned from");
    // The trial writes every id in another way than the features.
    let verdict = |trial: &str| {
        let path = write(folder.path(), &(people.clone(), trial.to_owned()), "margin = 10\ncontact_cost = 1", "");
        ran(&path, folder.path());
        ask(&path, folder.path(), "SELECT * FROM uplift_verdict")
    };
    assert_eq!(verdict(&trial.replace("\nk", "\nK")), verdict(&trial));
}
