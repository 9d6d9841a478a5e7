//! A contractual business from a history of statuses: who is at risk, who left and why, and what wrong histories are told.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::numeric::random::{fnv1a, mix};

use crate::program::{ask, notes, patron, run, run_into, step};

const PIPELINE: &str = r#"
[run]
name = "contracts"
as_of = "2024-12-21"

[stage.raw_statuses]
kind = "ingest"
paths = ["DATA/statuses.csv"]

[stage.statuses]
kind = "sql"
inputs = ["raw_statuses"]
query = "SELECT customer, CAST(since AS DATE) AS since, status, reason FROM raw_statuses ORDER BY customer, since"
columns = { customer = "text", since = "date", status = "text", reason = "text" }

[stage.raw_usage]
kind = "ingest"
paths = ["DATA/usage.csv"]

[stage.usage]
kind = "sql"
inputs = ["raw_usage"]
query = "SELECT customer, CAST(as_of AS DATE) AS as_of, plan, CAST(calls AS BIGINT) AS calls FROM raw_usage ORDER BY customer, as_of"
columns = { customer = "text", as_of = "date", plan = "text", calls = "integer" }

[stage.now]
kind = "sql"
inputs = ["usage"]
query = "SELECT * FROM usage WHERE as_of = DATE '2024-12-21' ORDER BY customer"
columns = { customer = "text", as_of = "date", plan = "text", calls = "integer" }

[stage.raw_events]
kind = "ingest"
paths = ["DATA/events.csv"]

[stage.events]
kind = "sql"
inputs = ["raw_events"]
query = "SELECT customer, CAST(day AS DATE) AS day, what FROM raw_events ORDER BY customer, day, what"
columns = { customer = "text", day = "date", what = "text" }

[stage.churn]
kind = "train-churn"
features = "usage"
contracts = { from = "statuses", status = "status", left = ["cancelled"], staying = ["active", "paused"] }
reason = "reason"
not_churn = ["moved"]
horizon = "90d"
models = ["logistic"]
segment = "plan"
money = { customer_value = 100.0, offer_cost = 10.0 }

[stage.at_risk]
kind = "score-churn"
model = "churn"
features = "now"

[stage.lost]
kind = "study-churn"
contracts = { from = "statuses", status = "status", left = ["cancelled"] }
reason = "reason"
not_churn = ["moved"]
events = { from = "events", at = "day", what = "what" }

[stage.report]
kind = "report"
"#;

/// Number of the first day, 2023-01-01, and of the as-of date.
const FIRST: i32 = 19_358;
const AS_OF: i32 = FIRST + 720;

fn date(day: i32) -> String {
    patron::tables::Date::from_days(day).to_string()
}

/// From 0 to 1, always the same for the same words.
fn drawn(words: &str) -> f64 {
    mix(fnv1a(words.as_bytes())) as f64 / u64::MAX as f64
}

/// Three hundred customers; those who call often leave sooner. One in three of the others who end moves away; one in five comes back. Everybody gets
/// deliveries; who leaves for the service complains before, and asks about the bill afterwards. Forty more are first heard of as cancelled, of whom
/// one in five comes back, and twenty have no contract.
fn write(folder: &Path) -> PathBuf {
    let (mut statuses, mut usage) =
        (String::from("customer,since,status,reason\n"), String::from("customer,as_of,plan,calls\n"));
    let mut events = String::from("customer,day,what\n");
    for i in 0..300 {
        let draw = |what: &str| drawn(&format!("{what} {i}"));
        let (began, risk) = (FIRST + (draw("began") * 400.0) as i32, draw("risk"));
        writeln!(statuses, "k{i:03},{},active,", date(began)).expect("memory");
        writeln!(events, "k{i:03},{},delivery", date(began + 2)).expect("memory");
        let mut left = None;
        for month in 1..24 {
            let day = began + 30 * month;
            if draw(&format!("left {month}")) < 0.01 + 0.15 * risk * risk {
                let why =
                    ["price", "service", if risk < 0.7 { "moved" } else { "price" }][(draw("why") * 3.0) as usize];
                writeln!(statuses, "k{i:03},{},cancelled,{why}", date(day)).expect("memory");
                if why == "service" {
                    writeln!(events, "k{i:03},{},complaint\nk{i:03},{},bill", date(day - 5), date(day + 5))
                        .expect("memory");
                }
                if draw("back") < 0.2 {
                    writeln!(statuses, "k{i:03},{},active,", date(day + 60)).expect("memory");
                }
                left = Some(day);
                break;
            }
            if draw(&format!("paused {month}")) < 0.03 {
                writeln!(statuses, "k{i:03},{},paused,", date(day)).expect("memory");
            }
        }
        for day in
            (FIRST + 180..=AS_OF).step_by(30).filter(|day| *day > began && left.is_none_or(|left| *day < left + 90))
        {
            let calls = 2.0 + 15.0 * risk + 5.0 * drawn(&format!("calls {i} {day}"));
            writeln!(usage, "k{i:03},{},{},{calls:.0}", date(day), ["basic", "plus"][i % 2]).expect("memory");
        }
    }
    for i in 300..360 {
        if i < 340 {
            writeln!(statuses, "k{i:03},{},cancelled,price", date(FIRST + 100)).expect("memory");
        }
        if i < 340 && i % 5 == 0 {
            writeln!(statuses, "k{i:03},{},active,", date(FIRST + 300)).expect("memory");
        }
        for day in (FIRST + 180..=AS_OF).step_by(30) {
            writeln!(usage, "k{i:03},{},basic,9", date(day)).expect("memory");
        }
    }
    std::fs::write(folder.join("statuses.csv"), statuses).expect("written");
    std::fs::write(folder.join("usage.csv"), usage).expect("written");
    std::fs::write(folder.join("events.csv"), events).expect("written");
    let pipeline = folder.join("contracts.toml");
    std::fs::write(&pipeline, PIPELINE.replace("DATA", &folder.display().to_string())).expect("written");
    pipeline
}

#[test]
fn a_status_history_trains_scores_and_tells_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (write(folder.path()), folder.path());
    let gave = run_into(&pipeline, folder, &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let one = |query: &str| ask(&pipeline, folder, query)[0].clone();
    let number = |query: &str| one(query).parse::<f64>().expect("a number");

    // Who calls often is found, and says so.
    let auc = step(folder, "churn")["metrics"]["roc_auc"].as_f64().expect("a figure");
    assert!(auc > 0.6, "{auc}");
    // A share per date ranks nobody.
    assert_eq!(
        one("SELECT value, low, high FROM churn_judgement WHERE model = 'base rate' AND measure = 'ROC AUC'"),
        "0.5,0.5,0.5"
    );
    // What is told in money and by segment is of choices made beforehand, too.
    let told = |table: &str| format!("SELECT count(*) FROM {table} AND model = 'chosen before each date'");
    assert_eq!(number(&told("churn_judgement WHERE measure = 'EMPC'")), 1.0);
    assert_eq!(number(&told("churn_segments WHERE measure = 'mean score'")), 2.0);
    let promised = step(folder, "churn")["metrics"]["newest_promised"].as_f64().expect("a figure");
    let mean = number("SELECT sum(mean_score * customers) / sum(customers) FROM churn_lift");
    let closed = number("SELECT promised FROM churn_closed ORDER BY snapshot DESC LIMIT 1");
    assert!((mean - promised).abs() < 1e-9 && (closed - promised).abs() < 1e-9, "{mean} {promised} {closed}");
    assert!(number("SELECT count(*) FROM at_risk WHERE reason_1 LIKE 'calls%' OR reason_2 LIKE 'calls%'") > 20.0);
    let told = notes(folder, "churn");
    assert!(told.contains("of customers who had left by their snapshot: they are not at risk"), "{told}");
    assert!(
        told.contains("are not learned from: these customers left within the horizon for a reason that is not churn"),
        "{told}"
    );

    // Scored are those whose last status is not `cancelled`, and nobody else.
    let last = "SELECT customer, status FROM (SELECT customer, status, row_number() OVER (PARTITION BY customer ORDER BY since DESC) AS n \
                FROM statuses WHERE since < DATE '2024-12-21') WHERE n = 1";
    let wrong = format!(
        "SELECT count(*) FROM at_risk a JOIN ({last}) s ON a.customer = s.customer WHERE s.status = 'cancelled'"
    );
    assert_eq!(number(&wrong), 0.0);
    let missing = format!(
        "SELECT count(*) FROM now n JOIN ({last}) s ON n.customer = s.customer WHERE s.status <> 'cancelled' \
         AND n.customer NOT IN (SELECT customer FROM at_risk)"
    );
    assert_eq!(number(&missing), 0.0);
    // Who is first heard of as cancelled has left; who has no contract cannot leave.
    assert_eq!(number("SELECT count(*) FROM at_risk WHERE customer >= 'k300'"), 8.0);
    let told = notes(folder, "at_risk");
    assert!(
        told.contains("20 of") && told.contains("customers have no contract that has begun and are not scored"),
        "{told}"
    );
    let told = notes(folder, "lost");
    assert!(told.contains("40 of 340 customers of `statuses` have a departure as their first record"), "{told}");
    let lost = format!(
        "SELECT count(*) FROM ({last}) s JOIN statuses r ON s.customer = r.customer AND s.status = r.status \
                        WHERE s.status = 'cancelled' AND r.reason <> 'moved'"
    );
    assert_eq!(number(&lost), step(folder, "lost")["metrics"]["lost"].as_f64().expect("a figure"));
    let gone = format!("SELECT count(*) FROM ({last}) WHERE status = 'cancelled'");
    assert_eq!(number(&gone), number("SELECT count(*) FROM churn_gone"));

    // All reasons and those who stay are everybody, on every day of the table.
    let all = "SELECT max(total) FROM (SELECT days, sum(\"left\") AS total FROM lost_reasons GROUP BY days)";
    assert!(number(all) < 1.0);
    let first = "SELECT customer, min(since) AS since FROM statuses WHERE status = 'cancelled' AND since < DATE '2024-12-21' AND customer < 'k300' \
                 GROUP BY customer";
    let ends = format!("SELECT count(*) FROM ({first})");
    assert_eq!(number(&ends), number("SELECT sum(ended) FROM (SELECT DISTINCT reason, ended FROM lost_reasons)"));
    assert_eq!(one("SELECT DISTINCT churn FROM lost_reasons WHERE reason = 'moved'"), "false");
    // Months hold what counts as churn, people who came back included.
    let churn =
        "SELECT count(*) FROM statuses WHERE status = 'cancelled' AND reason <> 'moved' AND since < DATE '2024-12-21'";
    assert_eq!(number(churn), number("SELECT sum(lost) FROM lost"));
    assert!(number("SELECT sum(came_back) FROM lost") > 0.0);

    // What came last before they left: complaints, and not what came after.
    let last = "SELECT event FROM lost_last_events ORDER BY ratio DESC";
    assert_eq!(one(last), "complaint");
    let of_service = "SELECT count(*) FROM statuses WHERE reason = 'service' AND since < DATE '2024-12-21'";
    let complained = number("SELECT \"lost\" FROM lost_last_events WHERE event = 'complaint'");
    assert!(complained > 0.7 * number(of_service), "{complained}");

    // Card and report say why.
    let card =
        run(patron().args(["models", "show"]).arg(&pipeline).arg("churn").arg("--models").arg(folder.join("models")));
    let card: serde_json::Value = serde_json::from_str(&card.out).expect("JSON");
    assert_eq!(card["target"], "status becomes cancelled within 90 days");
    let reasons = card["reasons"].as_array().expect("reasons");
    let share: f64 = reasons.iter().map(|reason| reason["share"].as_f64().expect("a share")).sum();
    assert!(reasons.len() == 3 && (share - 1.0).abs() < 1e-9, "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason["reason"] == "moved" && reason["churn"] == false), "{reasons:?}");
    let report = std::fs::read_to_string(folder.join("out/latest/report.html")).expect("a report");
    for heading in ["Why customers left", "Why contracts ended", "How many have left for which reason"] {
        assert!(report.contains(heading), "{heading}");
    }
}

#[test]
fn contracts_with_their_ends_give_the_labels_of_the_same_history() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (write(folder.path()), folder.path());
    // Contracts with their ends cannot tell of who is first heard of as having left.
    let text = std::fs::read_to_string(&pipeline)
        .expect("a pipeline")
        .replace("reason FROM raw_statuses ORDER BY", "reason FROM raw_statuses WHERE customer < 'k300' ORDER BY");
    std::fs::write(&pipeline, &text).expect("written");
    let as_terms = text
        .replace(
            "SELECT customer, CAST(since AS DATE) AS since, status, reason FROM raw_statuses WHERE customer < 'k300' ORDER BY customer, since",
            "SELECT customer, since, until, reason FROM (SELECT customer, status, CAST(since AS DATE) AS since, \
             lead(CAST(since AS DATE)) OVER w AS until, lead(reason) OVER w AS reason FROM raw_statuses WHERE status <> 'paused' AND customer < 'k300' \
             WINDOW w AS (PARTITION BY customer ORDER BY since)) WHERE status = 'active' ORDER BY customer, since",
        )
        .replace("since = \"date\", status = \"text\"", "since = \"date\", until = \"date\"")
        .replace("status = \"status\", left = [\"cancelled\"], staying = [\"active\", \"paused\"]", "until = \"until\"")
        .replace("status = \"status\", left = [\"cancelled\"]", "until = \"until\"");
    let figures = |pipeline: &Path, place: &str| {
        let gave = run_into(pipeline, &folder.join(place), &["--quiet"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let step = |name: &str| step(&folder.join(place), name)["outputs"].clone();
        let (churn, lost) = (step("churn"), step("lost"));
        let tables = |outputs: &serde_json::Value, names: &[&str]| {
            names.iter().map(|name| outputs[*name].clone()).collect::<Vec<_>>()
        };
        [tables(&churn, &["judgement", "gone"]), tables(&lost, &["main", "stays", "reasons", "last_events"])].concat()
    };
    let of_statuses = figures(&pipeline, "statuses");
    let terms = folder.join("terms.toml");
    std::fs::write(&terms, &as_terms).expect("written");
    assert_eq!(figures(&terms, "terms"), of_statuses);
    assert!(of_statuses.iter().all(serde_json::Value::is_string), "{of_statuses:?}");

    // Renewed on the day after the last day: nobody has left.
    let renewed = as_terms.replace("SELECT customer, since, until, reason FROM (", "WITH terms AS (").replace(
        "WHERE status = 'active' ORDER BY",
        ", parts AS (SELECT *, until IS NULL OR until > since + 41 AS parted FROM terms WHERE status = 'active') \
         SELECT customer, since, CASE WHEN parted THEN since + 40 ELSE until END AS until, reason FROM parts \
         UNION ALL SELECT customer, since + 41 AS since, until, reason FROM parts WHERE parted ORDER BY",
    );
    assert_ne!(renewed, as_terms);
    std::fs::write(&terms, renewed).expect("written");
    assert_eq!(figures(&terms, "renewed"), of_statuses);
    let told = notes(&folder.join("renewed"), "lost");
    assert!(told.contains("begin on the day after another ended and continue it"), "{told}");

    // Times in texts, two on one day; a status that nobody has yet is no slip for one that is declared.
    let timed = text
        .replace(
            "SELECT customer, CAST(since AS DATE) AS since, status, reason FROM raw_statuses WHERE customer < 'k300'",
            "SELECT customer, CAST(CAST(since AS DATE) AS VARCHAR) || ' 00:00' AS since, status, reason FROM raw_statuses WHERE customer < 'k300' \
             UNION ALL SELECT customer, CAST(CAST(since AS DATE) AS VARCHAR) || ' 15:30:00' AS since, 'paused' AS status, reason FROM raw_statuses \
             WHERE customer < 'k300' AND status = 'active'",
        )
        .replace("since = \"date\", status", "since = \"text\", status")
        .replace("left = [\"cancelled\"], staying = [", "left = [\"cancelled\", \"inactive\"], staying = [");
    std::fs::write(&terms, &timed).expect("written");
    assert_eq!(figures(&terms, "timed"), of_statuses);
    let told = notes(&folder.join("timed"), "churn");
    assert!(told.contains("`inactive` in `left` is not in the data"), "{told}");
    // What is no time is told by its row alone.
    std::fs::write(&terms, timed.replacen("' 15:30:00'", "' k@example.org'", 1)).expect("written");
    let gave = run_into(&terms, &folder.join("wrong"), &["--quiet"]);
    assert!(gave.code == 1 && gave.err.contains("have no date in `since`, the first is row"), "{}", gave.err);
    assert!(!gave.err.contains("example.org"), "{}", gave.err);

    // A reason that is not given may be one that is not churn.
    let silent = text
        .replace(
            "status, reason FROM raw_statuses",
            "status, CASE WHEN customer < 'k150' THEN reason END AS reason FROM raw_statuses",
        )
        .replace("[\"moved\"]", "[\"moved\", \"not given\"]");
    std::fs::write(&terms, silent).expect("written");
    let gave = run_into(&terms, &folder.join("silent"), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let told = notes(&folder.join("silent"), "lost");
    assert!(!told.contains("is not in the data"), "{told}");
}

#[test]
fn wrong_histories_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (write(folder.path()), folder.path());
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let statuses = "left = [\"cancelled\"], staying = [\"active\", \"paused\"]";
    for (from, to, code, told) in [
        (statuses, "left = [\"canceled\"]", 2, &["did you mean `cancelled`?"][..]),
        ("status = \"status\", left", "status = \"state\", left", 2, &["`statuses` has no column `state`"]),
        (statuses, "left = [\"ended\"]", 1, &["nobody has a status of `left`", "`active`, `cancelled`, `paused`"]),
        (statuses, "left = [\"cancelled\"], staying = [\"active\"]", 1, &["not known: `paused`", "add them to"]),
        (
            statuses,
            "left = [\"cancelled\"], staying = [\"Cancelled\"]",
            2,
            &["`cancelled` is in `left` and in `staying`"],
        ),
        ("status = \"status\", left = [\"cancelled\"], staying", "staying", 2, &["give `status` with `left`"]),
        ("not_churn = [\"moved\"]", "not_churn = [\"move\"]", 2, &["did you mean `moved`?"]),
        (
            "CAST(since AS DATE) AS since, status",
            "DATE '2024-01-01' AS since, status",
            1,
            &["begin at one time", "HAVING count(*) > 1", "give `since` with"],
        ),
        (
            "CAST(since AS DATE) AS since, status",
            "CAST(since AS DATE) + 800 AS since, status",
            1,
            &["no customer was at risk", "had not begun by their snapshot"],
        ),
        (
            "CAST(since AS DATE) AS since, status",
            "CAST(NULL AS DATE) AS since, status",
            1,
            &["rows of `statuses` have no `since`"],
        ),
        ("horizon = \"90d\"", "horizon = \"auto\"", 2, &["needs `orders`"]),
        ("horizon = \"90d\"", "horizon = \"90d\"\nlabel = \"plan\"", 2, &["labels have one source"]),
        ("horizon = \"90d\"", "horizon = \"90d\"\nactive_days = 30", 2, &["`active_days` needs `orders`"]),
        ("kind = \"study-churn\"", "kind = \"study-churn\"\nquiet = \"90d\"", 2, &["either `contracts` or `quiet`"]),
    ] {
        let path = folder.join("wrong.toml");
        let wrong = text.replacen(from, to, 1);
        assert_ne!(wrong, text, "{from}");
        std::fs::write(&path, wrong).expect("written");
        let gave = run_into(&path, &folder.join("wrong"), &["--quiet"]);
        assert_eq!(gave.code, code, "{to}: {}", gave.err);
        for words in told {
            assert!(gave.err.contains(words), "{to}: {}", gave.err);
        }
    }
}

#[test]
fn reasons_that_are_not_churn_teach_nothing_where_ends_are_a_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut text = String::from("id,months,end,why\n");
    let mut churned = 0;
    for i in 0..300 {
        let months = 1 + i * 7 % 60;
        let left = (i * 13 % 17) * 4 > months;
        // An end on the as-of date, of which nothing is known, lies ahead.
        let ahead = if i % 10 == 0 { "2024-06-01" } else { "" };
        let (end, why) = if left { ("2024-05-31", ["price", "service", "moved"][i as usize % 3]) } else { (ahead, "") };
        churned += u32::from(left && why != "moved");
        writeln!(text, "k{i:03},{months},{end},{why}").expect("memory");
    }
    std::fs::write(folder.join("customers.csv"), text).expect("written");
    let pipeline = folder.join("ends.toml");
    let text = r#"
[run]
name = "ends"
as_of = "2024-06-01"

[stage.raw]
kind = "ingest"
paths = ["DATA/customers.csv"]

[stage.customers]
kind = "sql"
inputs = ["raw"]
query = "SELECT id AS customer, CAST(months AS BIGINT) AS months, \"end\", why FROM raw ORDER BY id"
columns = { customer = "text", months = "integer", end = "text", why = "text" }

[stage.churn]
kind = "train-churn"
features = "customers"
end_date = "end"
reason = "why"
not_churn = ["moved"]
models = ["logistic"]
"#;
    std::fs::write(&pipeline, text.replace("DATA", &folder.display().to_string())).expect("written");
    let gave = run_into(&pipeline, folder, &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let told = notes(folder, "churn");
    assert!(told.contains("rows are not learned from: these customers left for a reason that is not churn"), "{told}");
    let card =
        run(patron().args(["models", "show"]).arg(&pipeline).arg("churn").arg("--models").arg(folder.join("models")));
    let card: serde_json::Value = serde_json::from_str(&card.out).expect("JSON");
    // The reason is known of those who left alone: nothing is learned from it.
    assert_eq!(card["features"].as_object().expect("features").keys().collect::<Vec<_>>(), ["months"]);
    let moved =
        card["reasons"].as_array().expect("reasons").iter().find(|reason| reason["reason"] == "moved").expect("told");
    let rows = card["rows"].as_u64().expect("rows");
    assert_eq!(rows + moved["customers"].as_u64().expect("a number"), 300);
    let base_rate = card["base_rate"].as_f64().expect("a share");
    assert!((base_rate * rows as f64 - f64::from(churned)).abs() < 1e-6, "{base_rate} {churned}");
}
