//! Shops unlike those that the defaults were found on: small cases rebuilt from public reports, each run by the real binary
//! and compared with what a careful person would count by hand.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Gave, ask, notes, patron, record, root, run, run_into, step};

/// A case in a folder of its own, run where it lies.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn of(name: &str) -> Case {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("tests/cases").join(name), folder.path());
        Case { folder }
    }

    /// A shop of these order lines, with a pipeline over them; `run` and `orders` are further settings of both.
    fn shop(rows: &str, run: &str, orders: &str) -> Case {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("orders.csv"), format!("customer,order,time,item,quantity,unit_price\n{rows}"))
            .expect("written");
        let case = Case { folder };
        case.pipeline(run, orders);
        case
    }

    fn pipeline(&self, run: &str, orders: &str) {
        let columns = "customer = \"customer\", order = \"order\", time = \"time\", item = \"item\", quantity = \
                       \"quantity\", unit_price = \"unit_price\"";
        let text = format!(
            "[run]\n{run}\n[stage.lines]\nkind = \"ingest\"\npaths = [\"orders.csv\"]\ncolumns = {{ {columns} }}\n\
             [stage.orders]\nkind = \"clean-orders\"\nlines = \"lines\"\n{orders}\n\
             [stage.features]\nkind = \"build-features\"\norders = \"orders\"\nsnapshots = 2\n"
        );
        fs::write(self.path("pipeline.toml"), text).expect("written");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn change(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).expect("a file");
        assert!(text.contains(from), "{name} has {from}");
        fs::write(self.path(name), text.replacen(from, to, 1)).expect("written");
    }

    fn run(&self, pipeline: &str) -> Gave {
        let out = self.path("out");
        let mut command = patron();
        command.current_dir(self.folder.path()).args(["run", pipeline, "--quiet", "--out"]).arg(out);
        run(command.arg("--models").arg(self.path("models")))
    }

    /// Runs to a good end.
    fn good(&self, pipeline: &str) {
        let gave = self.run(pipeline);
        assert_eq!(gave.code, 0, "{pipeline}: {}", gave.err);
    }

    fn ask(&self, pipeline: &str, sql: &str) -> Vec<String> {
        ask(&self.path(pipeline), self.folder.path(), sql)
    }

    fn notes(&self, stage: &str) -> String {
        notes(self.folder.path(), stage)
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

/// 670 orders of a hundred customers, one and a quarter a day from the beginning of 2024 on.
fn steady() -> String {
    (0..670)
        .map(|n| {
            let day = n * 4 / 5;
            let (year, of_year) = if day < 366 { (2024, day) } else { (2025, day - 366) };
            let lengths = [31, 28 + u32::from(year == 2024), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let (mut month, mut left) = (0, of_year);
            while left >= lengths[month] {
                left -= lengths[month];
                month += 1;
            }
            format!("K{},O{n},{year}-{:02}-{:02} 10:00:00,MUG-{},1,10.00\n", n % 100, month + 1, left + 1, n % 7)
        })
        .collect()
}

#[test]
fn branches_and_sizes_are_no_cancellations_and_no_services() {
    let case = Case::of("13-order-prefix-and-size-codes");
    for pipeline in ["pipeline-mixed.toml", "pipeline-a.toml", "pipeline-c.toml"] {
        case.good(pipeline);
        assert_eq!(case.ask(pipeline, "SELECT count(*), sum(amount) FROM orders"), ["40,400.0000"], "{pipeline}");
        assert_eq!(case.ask(pipeline, "SELECT count(*) FROM orders_set_aside"), ["0"]);
        assert_eq!(case.ask(pipeline, "SELECT count(*) FROM orders_suggestions"), ["0"]);
    }
    // Patterns that the pipeline gives are applied, and what they set aside is told with codes.
    case.change(
        "pipeline-mixed.toml",
        "lines = \"lines\"",
        "lines = \"lines\"\nrules = { service_items = [\"S\", \"M\"] }",
    );
    case.good("pipeline-mixed.toml");
    assert_eq!(case.ask("pipeline-mixed.toml", "SELECT count(*) FROM orders"), ["24"]);
    let notes = case.notes("orders");
    assert!(notes.contains("16 lines (40.0 % of all, 40.0 % of the money) are `service`"), "{notes}");
    assert!(notes.contains("such as M 8, S 8"), "{notes}");
}

#[test]
fn the_demo_shop_has_the_same_services_and_cancellations_by_evidence_as_by_a_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(root().join("pipelines/demo-shop.toml")).expect("a pipeline");
    let first = text.find("[stage.orders]").expect("the stage");
    let end = first + text[first + 1..].find("\n[").expect("a further stage") + 1;
    let by_evidence = folder.path().join("evidence.toml");
    fs::write(&by_evidence, &text[..end]).expect("written");
    let by_list = folder.path().join("list.toml");
    let rules = "rules = { cancelled_orders = [\"C#*\"], adjustment_orders = [\"A#*\"], service_items = [\"POST\", \"M\", \
                 \"D\", \"B\", \"BANK CHARGES\"] }\n";
    fs::write(&by_list, format!("{}\n{rules}", &text[..end])).expect("written");
    let mut answers = Vec::new();
    for (name, pipeline) in [("evidence", by_evidence), ("list", by_list)] {
        let out = folder.path().join(name);
        let gave = run_into(&pipeline, &out, &["--quiet"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let sql = "SELECT step, \"rows\", amount FROM orders_waterfall ORDER BY step";
        answers.push(ask(&pipeline, &out, sql));
    }
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn currencies_are_never_summed() {
    let case = Case::of("22-several-currencies");
    let gave = case.run("pipeline.toml");
    assert_eq!(gave.code, 1, "{}", gave.err);
    assert!(gave.err.contains("several-currencies") && gave.err.contains("20 EUR, 20 JPY, 20 USD"), "{}", gave.err);
    assert!(!case.path("out/latest").exists(), "nothing was published");

    // With rates by day every line is worth what its currency was worth on its day, or on the last one before it.
    let days = "day,currency,rate\n2025-01-01,JPY,0.00625\n2025-01-15,JPY,0.005\n2024-12-31,usd,0.909090909\n";
    fs::write(case.path("rates.csv"), days).expect("written");
    let text = fs::read_to_string(case.path("pipeline.toml")).expect("a pipeline");
    let rates = "\n[stage.rates]\nkind = \"ingest\"\npaths = [\"rates.csv\"]\ncolumns = { day = \"day\", currency = \
                 \"currency\", rate = \"rate\" }\ntypes = { rate = \"number\" }\n";
    let with_rates =
        text.replace("lines = \"lines\"", "lines = \"lines\"\ncurrency = \"EUR\"\nrates = \"rates\"") + rates;
    fs::write(case.path("rates.toml"), &with_rates).expect("written");
    case.good("rates.toml");
    let by_price = "SELECT unit_price, count(*) FROM orders GROUP BY unit_price ORDER BY unit_price";
    let before = "SELECT count(*) FROM lines WHERE currency = 'JPY' AND time < '2025-01-15'";
    assert_eq!(case.ask("rates.toml", before), ["11"]);
    assert_eq!(case.ask("rates.toml", by_price), ["8.0000,9", "10.0000,51"]);
    assert!(case.notes("orders").contains("into EUR by the rates of `rates`: 20 EUR, 20 JPY, 20 USD"));
    fs::write(case.path("rates.csv"), days.replace("2025-01-01", "2025-01-03")).expect("written");
    let gave = case.run("rates.toml");
    assert_eq!(gave.code, 1);
    assert!(gave.err.contains("no rate of JPY into EUR for 2025-01-02 (orders.csv, line 3)"), "{}", gave.err);

    // One currency, however it is written, needs no rates.
    let rows = fs::read_to_string(case.path("orders.csv")).expect("a file");
    let euros: String =
        rows.lines().filter(|row| !row.contains("JPY") && !row.contains("USD")).map(|row| format!("{row}\n")).collect();
    fs::write(case.path("orders.csv"), euros.replacen("EUR", "€", 3).replacen("EUR", "eur", 3)).expect("written");
    case.good("pipeline.toml");
    assert_eq!(case.ask("pipeline.toml", "SELECT count(*), sum(amount) FROM orders"), ["20,200.0000"]);
}

#[test]
fn a_later_file_restates_an_order() {
    for restates in [true, false] {
        let case = Case::of("26-redelivered-and-late-files");
        if restates {
            case.change("pipeline.toml", "lines = \"lines\"", "lines = \"lines\"\nrestates = \"order\"");
        }
        fs::create_dir(case.path("in")).expect("a folder");
        let night = |n: u32| {
            copy(&case.path(&format!("night{n}")), &case.path("in"));
            case.good("pipeline.toml");
            case.ask("pipeline.toml", "SELECT \"order\", sum(quantity), sum(amount) FROM orders GROUP BY 1 ORDER BY 1")
        };
        assert_eq!(night(1), ["O1,1.000,10.0000", "O2,2.000,20.0000", "O3,2.000,40.0000"]);
        let second = night(2);
        let notes = case.notes("orders");
        if restates {
            let expected =
                ["O1,1.000,10.0000", "O2,1.000,10.0000", "O3,2.000,40.0000", "O4,1.000,30.0000", "O5,1.000,10.0000"];
            assert_eq!(second, expected);
            let aside = "SELECT rule, \"order\", source_file FROM orders_set_aside ORDER BY 2, source_line";
            let first = "in/orders-2025-01.csv";
            let replaced = ["O2", "O3", "O3"].map(|order| format!("restated,{order},{first}"));
            assert_eq!(case.ask("pipeline.toml", aside), replaced);
            assert!(notes.contains("3 lines were replaced by a later statement"), "{notes}");
            // A file that is delivered again stays the earlier one.
            let third = night(3);
            assert_eq!(third, expected[1..], "O1 is in no file any more");
        } else {
            assert_eq!(second[1], "O2,3.000,30.0000");
            assert!(notes.contains("1 orders come in more than one file") && notes.contains("such as O2"), "{notes}");
            assert!(notes.contains("restates = \"order\""), "{notes}");
        }
    }
}

#[test]
fn the_tenth_file_is_later_than_the_ninth() {
    let case = Case::shop("", "as_of = \"2025-02-01\"", "restates = \"order\"");
    case.change("pipeline.toml", "orders.csv", "in/orders-*.csv");
    fs::create_dir(case.path("in")).expect("a folder");
    for (file, pieces) in [("8", 4), ("9", 3), ("10", 2)] {
        let text = format!("customer,order,time,item,quantity,unit_price\nK1,O1,2025-01-01,A,{pieces},10\n");
        fs::write(case.path(&format!("in/orders-{file}.csv")), text).expect("written");
    }
    case.good("pipeline.toml");
    let sql = "SELECT quantity, source_file FROM orders";
    assert_eq!(case.ask("pipeline.toml", sql), ["2.000,in/orders-10.csv"]);
    let aside = "SELECT count(*) FROM orders_set_aside WHERE rule = 'restated'";
    assert_eq!(case.ask("pipeline.toml", aside), ["2"]);
}

#[test]
fn the_statement_that_a_column_says_is_the_last_counts() {
    let rows = |at: [&str; 2]| {
        format!(
            "customer,order,time,item,quantity,unit_price,exported\nK1,O1,2025-01-05 10:00:00,A,2,10,{}\n\
             K1,O1,2025-01-05 10:00:00,A,1,10,{}\nK2,O2,2025-01-06 10:00:00,A,1,10,{}\n",
            at[0], at[1], at[0]
        )
    };
    for (at, pieces) in [(["2025-01-07", "2025-01-09"], "1.000"), (["2025-01-09", "2025-01-07"], "2.000")] {
        let case = Case::shop("", "", "restates = \"order\"\nrestated_by = \"exported\"");
        fs::write(case.path("orders.csv"), rows(at)).expect("written");
        case.change("pipeline.toml", "columns = { ", "columns = { exported = \"exported\", ");
        case.good("pipeline.toml");
        let sql = "SELECT sum(quantity) FROM orders WHERE \"order\" = 'O1'";
        assert_eq!(case.ask("pipeline.toml", sql), [pieces]);
    }
}

#[test]
fn clocks_that_change() {
    let case = Case::of("28-clock-changes");
    let times =
        "SELECT \"order\", to_char(time, '%Y-%m-%dT%H:%M:%S') FROM orders ORDER BY length(\"order\"), \"order\"";
    let all = [
        "O1,2025-10-25T23:30:00",
        "O2,2025-10-26T00:30:00",
        "O3,2025-10-26T00:30:00",
        "O4,2025-10-26T02:30:00",
        "O5,2025-03-30T00:59:59",
        "O6,2025-03-30T01:30:00",
        "O7,2025-03-30T01:00:00",
        "O8,2025-03-30T23:15:00",
        "O9,2025-03-30T23:15:00",
        "O10,2025-06-30T22:59:59",
    ];
    for pipeline in ["pipeline-london.toml", "pipeline-forgotten.toml"] {
        case.good(pipeline);
        assert_eq!(case.ask(pipeline, times), all, "{pipeline}");
    }
    case.good("pipeline-asof.toml");
    let known: Vec<&str> = all[4..7].to_vec();
    assert_eq!(case.ask("pipeline-asof.toml", times), known, "O8 and O9 are of 31 March in London");
    // A zone that is written is taken at its word, also where it is UTC and the shop is not.
    case.change("pipeline-london.toml", "zone    = \"Europe/London\"", "zone    = \"UTC\"");
    case.good("pipeline-london.toml");
    let of =
        |order: &str| format!("{times} LIMIT 10").replace("ORDER BY", &format!("WHERE \"order\" = '{order}' ORDER BY"));
    assert_eq!(case.ask("pipeline-london.toml", &of("O10")), ["O10,2025-06-30T23:59:59"]);
    assert_eq!(case.ask("pipeline-london.toml", &of("O2")), ["O2,2025-10-26T01:30:00"]);
}

#[test]
fn instants_of_the_hour_that_comes_twice_stay_apart() {
    // London's clocks pass 01:00 to 01:59 twice on 26 October 2025, first an hour before UTC.
    let rows = "K1,O1,2025-10-26T01:45:00+01:00,A,2000,10\nK1,R1,2025-10-26T01:15:00Z,A,-1,10\n\
                K1,O2,2025-10-26T01:15:00+00:00,B,1,10\nK1,O3,2025-10-26T02:15:00+02:00,C,1,10\n\
                K2,O4,2025-03-30T00:59:59Z,A,1,10\nK2,O5,2025-03-30T02:00:00+01:00,A,1,10\n\
                K2,O6,2025-10-26T01:30:00.250Z,A,1,10\n";
    let case = Case::shop(rows, "as_of = \"2025-11-01\"\nzone = \"Europe/London\"", "");
    case.good("pipeline.toml");
    let times = "SELECT \"order\", to_char(time, '%Y-%m-%dT%H:%M:%S%.3f') FROM orders ORDER BY \"order\"";
    let expected = [
        "O1,2025-10-26T00:45:00.000",
        "O2,2025-10-26T01:15:00.000",
        "O3,2025-10-26T00:15:00.000",
        "O4,2025-03-30T00:59:59.000",
        "O5,2025-03-30T01:00:00.000",
        "O6,2025-10-26T01:30:00.250",
    ];
    assert_eq!(case.ask("pipeline.toml", times), expected);
    // What came back at 01:15 had been bought half an hour before, at 01:45.
    let back = "SELECT \"order\", match, purchase_order, to_char(purchase_time, '%H:%M') FROM orders_returns";
    assert_eq!(case.ask("pipeline.toml", back), ["R1,item,O1,00:45"]);
    let days = "SELECT customer, recency_days, return_delay_days_mean FROM features ORDER BY customer";
    assert_eq!(case.ask("pipeline.toml", days), ["K1,5.0,0.0", "K2,5.0,"]);
}

#[test]
fn refunds_later_and_partly() {
    let case = Case::of("35-refunds-later-and-partly");
    let net = |pipeline: &str, table: &str, as_of: &str| {
        case.ask(
            pipeline,
            &format!("SELECT net_money_lifetime FROM {table} WHERE customer = 'K1' AND as_of = '{as_of}'"),
        )
    };
    case.good("pipeline-2025-03-01.toml");
    assert_eq!(net("pipeline-2025-03-01.toml", "features", "2025-03-01"), ["20.0"]);
    case.good("pipeline-2025-04-01.toml");
    assert_eq!(net("pipeline-2025-04-01.toml", "features_snapshots", "2025-03-01"), ["20.0"]);
    assert_eq!(net("pipeline-2025-04-01.toml", "features", "2025-04-01"), ["-10.0"]);
    let delay = "SELECT return_delay_days_mean FROM features WHERE customer = 'K1'";
    assert_eq!(case.ask("pipeline-2025-04-01.toml", delay), ["53.0"]);
    let unmatched = "SELECT sum(quantity) FROM orders_returns WHERE customer = 'K1' AND match = 'none'";
    assert_eq!(case.ask("pipeline-2025-04-01.toml", unmatched), ["1.000"]);
}

#[test]
fn who_was_at_risk_and_who_left_is_as_counted_by_hand() {
    let case = Case::of("18-churn-labels-by-hand");
    case.good("pipeline.toml");
    let by_date = "SELECT as_of, count(*) FROM features_snapshots GROUP BY as_of ORDER BY as_of";
    let at_risk = case.ask("pipeline.toml", by_date);
    assert_eq!((at_risk[0].as_str(), at_risk[8].as_str()), ("2024-05-06,234", "2025-01-01,159"));
    let closed = "SELECT snapshot, customers, round(\"left\" * customers) FROM churn_closed ORDER BY snapshot";
    let expected = ["2024-08-04,218,146.0", "2024-09-03,205,143.0", "2024-10-03,197,139.0"];
    assert_eq!(case.ask("pipeline.toml", closed), expected);
}

#[test]
fn nothing_can_be_learned_where_all_do_the_same() {
    let case = Case::of("20-one-class-only");
    for pipeline in ["pipeline-orders.toml", "pipeline-orders-one.toml", "pipeline-orders-twelve.toml"] {
        let gave = case.run(pipeline);
        assert_eq!(gave.code, 1, "{pipeline}: {}", gave.err);
        assert!(gave.err.contains("too-little-data"), "{pipeline}: {}", gave.err);
        assert!(!case.path("out/lists").exists());
    }
}

#[test]
fn one_wrong_date_moves_no_as_of_date() {
    for wrong in ["2205-03-01", "9999-12-31", "0001-01-01", "2925-06-01", "2035-06-01", "2025-08-20"] {
        let rows = format!("{}K5,O300,{wrong} 10:00:00,MUG-1,1,10.00\n", steady());
        let case = Case::shop(&rows, "as_of = \"latest\"", "");
        case.good("pipeline.toml");
        assert_eq!(record(case.folder.path())["as_of"], "2025-06-20", "{wrong}");
        assert_eq!(case.ask("pipeline.toml", "SELECT count(*) FROM features"), ["100"], "{wrong}");
        let aside = "SELECT rule, \"order\" FROM orders_set_aside";
        assert_eq!(case.ask("pipeline.toml", aside), ["implausible-date,O300"], "{wrong}");
        let notes = case.notes("orders");
        assert!(notes.contains(wrong) && notes.contains("orders.csv, line 672"), "{wrong}: {notes}");
    }
}

#[test]
fn a_new_order_after_a_pause_counts() {
    // The next order number, after a month in which the shop was closed.
    let rows = format!("{}K5,O670,2025-07-20 10:00:00,MUG-1,1,10.00\n", steady());
    let case = Case::shop(&rows, "as_of = \"latest\"", "");
    case.good("pipeline.toml");
    assert_eq!(record(case.folder.path())["as_of"], "2025-07-21");
    // A shop of three orders a year.
    let rare = "K1,O1,2023-02-01,A,1,10\nK2,O2,2023-05-01,A,1,10\nK1,O3,2023-06-01,A,1,10\nK3,O4,2024-06-20,A,1,10\n";
    let case = Case::shop(rare, "as_of = \"latest\"", "");
    case.good("pipeline.toml");
    assert_eq!(record(case.folder.path())["as_of"], "2024-06-21");
}

#[test]
fn many_wrong_dates_hold_the_run() {
    let wrong: String = (0..10).map(|n| format!("K{n},O9{n},2205-03-01 10:00:00,MUG-1,1,10.00\n")).collect();
    let case = Case::shop(&format!("{}{wrong}", steady()), "as_of = \"latest\"", "");
    let gave = case.run("pipeline.toml");
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(gave.err.contains("implausible-dates") && gave.err.contains("2205-03-01"), "{}", gave.err);
    assert!(gave.err.contains("orders.csv, line 672"), "{}", gave.err);
    case.pipeline("as_of = \"latest\"", "rules = { max_implausible_share = 0.05 }");
    case.good("pipeline.toml");
    assert_eq!(step(case.folder.path(), "orders")["metrics"]["rows_implausible_date"], 10.0);
}

#[test]
fn an_as_of_date_that_leaves_nobody_active_is_refused() {
    for (as_of, orders, code) in [
        ("2031-01-01", "", 3),
        ("2925-01-01", "", 3),
        ("9999-12-31", "", 3),
        ("2001-01-01", "", 3),
        ("2031-01-01", "min_active = 0", 0),
        ("9999-12-31", "min_active = 0", 0),
        ("2025-06-01", "", 0),
    ] {
        let case = Case::shop(&steady(), &format!("as_of = \"{as_of}\""), orders);
        let gave = case.run("pipeline.toml");
        assert_eq!(gave.code, code, "{as_of} {orders}: {}", gave.err);
        assert_eq!(gave.err.contains("nobody-active"), code == 3, "{}", gave.err);
    }
}
