//! `measure-kpis` with the real binary: bridges that close, a cube that equals plain groupings, tables that may be absent, restatements.

use std::path::Path;

use crate::program::{artifacts, ask, notes, root, run_into};
use crate::small_shop;

/// The stage, on the orders of the small shop, with its settings.
fn pipeline(folder: &Path, settings: &str) -> std::path::PathBuf {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("orders.csv"), small_shop::lines(20)).expect("written");
    let head = small_shop::PIPELINE.split("[stage.rules]").next().expect("a beginning");
    let text = format!("{head}\n[stage.kpis]\nkind = \"measure-kpis\"\norders = \"orders\"\n{settings}\n");
    let text = text.replace("${var:data}", &folder.display().to_string());
    let path = folder.join("kpis.toml");
    std::fs::write(&path, text).expect("written");
    path
}

const BY_SEGMENT: &str = "segments = [{ from = \"segments\", columns = [\"segment\"] }]\nevery = [\"month\", \"quarter\", \"week\"]\n\
                          cube = { by = [\"quarter\", \"segment\"], min_customers = 1 }";

/// A table of one more file, under the name of a stage.
fn with_table(folder: &Path, pipeline: &Path, stage: &str, csv: &str, columns: &str) {
    let file = folder.join(format!("{stage}.csv"));
    std::fs::write(&file, csv).expect("written");
    let text = std::fs::read_to_string(pipeline).expect("a pipeline");
    let own = format!("[stage.{stage}]\nkind = \"ingest\"\npaths = [\"{}\"]\ncolumns = {columns}\n\n", file.display());
    std::fs::write(pipeline, text.replace("[stage.kpis]", &format!("{own}[stage.kpis]"))).expect("written");
}

#[test]
fn bridges_close_and_the_cube_equals_plain_groupings() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = pipeline(folder.path(), BY_SEGMENT);
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    // Exact decimals: the steps between add up to the change, in every bridge of every segment.
    let open = ask(
        "SELECT count(*) FROM (SELECT sum(CASE WHEN step = 'after' THEN -money ELSE money END) AS gap FROM kpis_revenue_bridge \
         GROUP BY grain, period, against, dimension, segment HAVING sum(CASE WHEN step = 'after' THEN -money ELSE money END) <> 0)",
    );
    assert_eq!(open, ["0"]);
    let bridges = ask("SELECT count(*) > 300 FROM kpis_revenue_bridge WHERE step = 'after'");
    assert_eq!(bridges, ["true"]);
    let open = ask(
        "SELECT count(*) FROM (SELECT sum(CASE WHEN step IN ('before', 'lost', 'new', 'returned') THEN customers \
         WHEN step = 'after' THEN -customers ELSE 0 END) AS gap FROM kpis_customer_bridge GROUP BY grain, period, against, dimension, segment) \
         WHERE gap <> 0",
    );
    assert_eq!(open, ["0"]);
    let open = ask(
        "SELECT count(*) FROM (SELECT sum(CASE WHEN driver = 'revenue' THEN -money WHEN driver IN ('customers', 'frequency', \
         'units_per_order', 'price_per_unit') THEN money ELSE 0 END) AS gap FROM kpis_drivers GROUP BY grain, period, against, dimension, segment) \
         WHERE gap <> 0",
    );
    assert_eq!(open, ["0"]);
    let open = ask(
        "SELECT count(*) FROM (SELECT sum(CASE WHEN part = 'after' THEN -money ELSE money END) AS gap FROM kpis_price_volume_mix \
         GROUP BY grain, period, against) WHERE gap <> 0",
    );
    assert_eq!(open, ["0"]);
    // The cube is the union of its groupings, counted by the engine; the bits tell totals from segments.
    let cube = "SELECT grouping_id, quarter, segment, customers, orders, lines, units, revenue FROM kpis_cube";
    let facts = "SELECT CAST(CAST(date_part('year', time) AS INT) AS VARCHAR) || '-Q' || \
                 CAST(CAST(date_part('quarter', time) AS INT) AS VARCHAR) AS quarter, s.segment, o.* \
                 FROM orders o JOIN segments s ON o.customer = s.customer";
    let counts = "count(DISTINCT customer), count(DISTINCT \"order\"), count(*), CAST(sum(quantity) AS DECIMAL(18, 3)), \
                  CAST(sum(amount) AS DECIMAL(18, 4)) FROM facts";
    let plain = format!(
        "SELECT 1, quarter, '(all)' AS segment, {counts} GROUP BY quarter UNION ALL \
         SELECT 2, '(all)', segment, {counts} GROUP BY segment UNION ALL SELECT 0, quarter, segment, {counts} GROUP BY quarter, segment"
    );
    // Every customer of this shop has a segment within the year but those who left: they are `(unknown)`, and are left out here.
    let inside = ask(&format!("WITH facts AS ({facts}) SELECT count(*) FROM ({plain})"));
    assert!(inside[0].parse::<u32>().expect("a number") > 10, "{inside:?}");
    let differ = ask(&format!(
        "WITH facts AS ({facts}) SELECT count(*) FROM (SELECT * FROM ({plain}) AS p(g, q, s, c, o, l, u, r) WHERE s <> '(all)' EXCEPT {cube})"
    ));
    assert_eq!(differ, ["0"]);
    let differ = ask(
        "SELECT count(*) FROM (SELECT count(DISTINCT customer), count(DISTINCT \"order\"), count(*), CAST(sum(quantity) AS DECIMAL(18, 3)), \
         CAST(sum(amount) AS DECIMAL(18, 4)) FROM orders \
         EXCEPT SELECT customers, orders, lines, units, revenue FROM kpis_cube WHERE grouping_id = 3)",
    );
    assert_eq!(differ, ["0"]);
    // Revenue of the main table is that of the orders, to the cent, whatever divides time.
    let sums = ask(
        "SELECT grain, sum(money) FROM kpis WHERE kpi = 'revenue' AND dimension IS NULL GROUP BY grain ORDER BY grain",
    );
    let total = ask("SELECT sum(amount) FROM orders");
    assert_eq!(sums.len(), 3);
    assert!(sums.iter().all(|sum| sum.split(',').nth(1) == Some(total[0].as_str())), "{sums:?} {total:?}");
}

#[test]
fn small_cells_do_not_leave_the_house() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = BY_SEGMENT.replace("min_customers = 1", "min_customers = 8");
    let pipeline = pipeline(folder.path(), &settings);
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(ask("SELECT count(*) FROM kpis_cube WHERE hidden IS NULL AND customers < 8"), ["0"]);
    assert_eq!(
        ask(
            "SELECT count(*) FROM kpis_cube WHERE hidden IS NOT NULL AND (customers IS NOT NULL OR revenue IS NOT NULL)"
        ),
        ["0"]
    );
    assert_eq!(ask("SELECT count(*) > 0 FROM kpis_cube WHERE hidden = 'small'"), ["true"]);
    // Of a quarter that is shown, no or at least two segments are hidden.
    let alone = ask(
        "SELECT count(*) FROM (SELECT p.quarter FROM kpis_cube p JOIN kpis_cube t ON p.quarter = t.quarter WHERE p.grouping_id = 0 AND \
         t.grouping_id = 1 AND t.hidden IS NULL GROUP BY p.quarter HAVING sum(CASE WHEN p.hidden IS NULL THEN 0 ELSE 1 END) = 1)",
    );
    assert_eq!(alone, ["0"]);
    assert!(notes(folder.path(), "kpis").contains("cells of the cube are hidden"), "{}", notes(folder.path(), "kpis"));
}

#[test]
fn a_table_that_is_absent_costs_exactly_its_kpis() {
    let bare = tempfile::tempdir().expect("a folder");
    let plain = pipeline(bare.path(), "");
    assert_eq!(run_into(&plain, bare.path(), &["--quiet"]).code, 0);
    let kpis = |folder: &Path, pipeline: &Path| ask(pipeline, folder, "SELECT DISTINCT kpi FROM kpis ORDER BY kpi");
    let without = kpis(bare.path(), &plain);
    assert!(
        !without.iter().any(|kpi| ["cac", "csat", "profit", "complaint_rate"].contains(&kpi.as_str())),
        "{without:?}"
    );
    let told = notes(bare.path(), "kpis");
    for setting in ["`costs`", "`spend`", "`answers`", "`complaints`", "`contracts`", "`loyalty`", "`value`"] {
        assert!(told.contains(&format!("without {setting} there is no")), "{setting}: {told}");
    }

    let full = tempfile::tempdir().expect("a folder");
    let settings = "costs = { from = \"prices\" }\nspend = { from = \"adverts\", channel = \"channel\" }\n\
                    answers = { from = \"survey\", satisfaction = \"score\", recommend = \"recommend\", asked = true }\n\
                    complaints = { from = \"claims\", order = \"order\", resolved = \"resolved\" }";
    let path = pipeline(full.path(), settings);
    let add = |stage: &str, csv: &str, columns: &str| with_table(full.path(), &path, stage, csv, columns);
    add("prices", "item,cost\nTEA1,1.25\nCUP2,5.00\n", "{ item = \"item\", cost = \"cost\" }");
    add(
        "adverts",
        "period,amount,channel\n2024-01,100.00,search\n2024-01,50.00,mail\n2024-02,30.00,mail\n",
        "{ period = \"period\", amount = \"amount\", channel = \"channel\" }",
    );
    let answers = "customer,time,score,recommend\nc02,2024-05-03,5,10\nc04,2024-05-04,4,9\nc05,2024-05-05,1,3\nc07,2024-05-06,,\n";
    add(
        "survey",
        answers,
        "{ customer = \"customer\", time = \"time\", score = \"score\", recommend = \"recommend\" }",
    );
    add(
        "claims",
        "customer,time,order,resolved\nc02,2024-03-09,1001,2024-03-12\n",
        "{ customer = \"customer\", time = \"time\", order = \"order\", resolved = \"resolved\" }",
    );
    let gave = run_into(&path, full.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let value = |kpi: &str, period: &str| {
        let sql = format!(
            "SELECT numerator, denominator FROM kpis WHERE kpi = '{kpi}' AND period = '{period}' AND dimension IS NULL ORDER BY 1"
        );
        ask(&path, full.path(), &sql).join(";")
    };
    // All 30 customers came in January 2024: 150 of spend.
    assert_eq!(value("cac", "2024-01"), "150.0,30.0");
    assert_eq!((value("csat", "2024-05"), value("response_rate", "2024-05")), ("2.0,3.0".into(), "3.0,4.0".into()));
    assert_eq!(value("nps", "2024-05"), "100.0,3.0");
    // The claim of March is about the first order, of January.
    assert_eq!(value("complaint_rate", "2024-01"), "1.0,30.0");
    assert_eq!(value("resolution_days", "2024-03"), "3.0,");
    let profit = ask(
        &path,
        full.path(),
        "SELECT (SELECT sum(money) FROM kpis WHERE kpi = 'profit' AND grain = 'month') - (SELECT sum(amount) - sum(CASE WHEN item = 'TEA1' \
         THEN 1.25 ELSE 5 END * quantity) FROM orders) + (SELECT sum(amount) - sum(5 * quantity) FROM orders_returns)",
    );
    assert_eq!(profit[0].trim_matches(['0', '.', '-']), "", "{profit:?}");
    let with = kpis(full.path(), &path);
    assert!(without.iter().all(|kpi| with.contains(kpi)));
    assert!(
        ["cac", "csat", "nps", "profit", "payback_days"].iter().all(|kpi| with.iter().any(|own| own == kpi)),
        "{with:?}"
    );
}

#[test]
fn a_late_file_is_named_in_the_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = pipeline(folder.path(), "every = [\"month\"]");
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(ask("SELECT count(*) FROM kpis_restated"), ["0"]);
    let header = "order,customer,time,item,description,quantity,unit_price\n";
    let late = format!("{header}8800,c01,2024-09-15 10:00:00,TEA1,Tea,2,3.50\n");
    std::fs::write(folder.path().join("orders-2.csv"), late).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let row = ask(
        "SELECT period, says - said, was_final, reason, rows, money, files LIKE '%orders-2.csv', first_line FROM kpis_restated \
         WHERE kpi = 'revenue'",
    );
    assert_eq!(row, ["2024-09,7.0,true,rows,1,7.0000,true,2"]);
    // October's share of orders from returning customers changed because of a row of September.
    let reasons = ask("SELECT DISTINCT reason FROM kpis_restated WHERE kpi = 'revenue_per_customer'");
    assert_eq!(reasons, ["rows"]);
    let later = ask("SELECT reason FROM kpis_restated WHERE kpi = 'returning_orders_365' AND period = '2024-10'");
    assert_eq!(later, ["earlier rows"]);
    assert!(notes(folder.path(), "kpis").contains("differ from the last run's"));
}

#[test]
fn one_and_two_threads_give_the_same_bytes() {
    let runs: Vec<_> = ["1", "2"]
        .iter()
        .map(|threads| {
            let folder = tempfile::tempdir().expect("a folder");
            let pipeline = pipeline(folder.path(), BY_SEGMENT);
            let gave = run_into(&pipeline, folder.path(), &["--quiet", "--threads", threads]);
            assert_eq!(gave.code, 0, "{}", gave.err);
            let own = artifacts(folder.path());
            own.into_iter().filter(|(name, _)| name.starts_with("kpis/")).collect::<Vec<_>>()
        })
        .collect();
    assert!(runs[0].len() >= 11, "{:?}", runs[0]);
    // The file's path is part of the evidence, and differs.
    let same =
        |runs: &[(String, String)]| runs.iter().filter(|row| row.0 != "kpis/evidence").cloned().collect::<Vec<_>>();
    assert_eq!(same(&runs[0]), same(&runs[1]));
}

#[test]
fn the_report_shows_the_stages_figures_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = pipeline(folder.path(), "");
    let text = std::fs::read_to_string(&path).expect("a pipeline") + "\n[stage.report]\nkind = \"report\"\n";
    std::fs::write(&path, text).expect("written");
    let gave = run_into(&path, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let page = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a page");
    assert_eq!(page.matches(">Key figures <small").count(), 1);
    assert_eq!(page.matches(">Who comes back <small").count(), 1);
    assert!(
        page.contains("What is unusual")
            && page.contains("Price, volume and mix")
            && page.contains("Which repeat rate?")
    );
    assert!(!page.contains("Does not close"));
}

#[test]
fn online_retail_ii_to_the_penny() {
    if crate::program::real_data("online_retail_II/online_retail_II.csv.gz").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = root().join("pipelines/online-retail.toml");
    let select = ["--quiet", "--var", "data=../shared/data", "--select", "kpis"];
    let gave = run_into(&pipeline, folder.path(), &select);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    let open = ask(
        "SELECT count(*) FROM (SELECT sum(CASE WHEN step = 'after' THEN -money ELSE money END) AS gap FROM kpis_revenue_bridge \
         GROUP BY grain, period, against, dimension, segment) WHERE gap <> 0",
    );
    assert_eq!(open, ["0"]);
    // Cleaning leaves out services and what was undone, which the reference's purchases have: the same customers to one in a hundred.
    let third = ask("SELECT value FROM kpis WHERE kpi = 'active' AND period = '2011-Q3' AND dimension IS NULL");
    let customers: f64 = third[0].parse().expect("a number");
    assert!((customers / 2_161.0 - 1.0).abs() < 0.01, "{customers}");
    let total = ask(
        "SELECT (SELECT sum(money) FROM kpis WHERE kpi = 'revenue' AND grain = 'quarter' AND dimension IS NULL) - (SELECT sum(amount) FROM orders)",
    );
    assert_eq!(total[0].trim_matches(['0', '.', '-']), "", "{total:?}");
}
