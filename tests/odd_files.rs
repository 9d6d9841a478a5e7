//! Files as shops really have them: exports of many systems, spreadsheets in between, quotes that quote nothing, numbers and dates
//! of all countries. Each is read rightly, or the message says what is wrong and what to do. Cases are in `tests/cases`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Gave, notes, patron, root, run, step};

/// A folder with files in which the program is called.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a folder") }
    }

    /// With the files of a case.
    fn of(case: &str) -> Desk {
        let desk = Desk::new();
        for entry in fs::read_dir(root().join("tests/cases").join(case)).expect("a case") {
            let path = entry.expect("an entry").path();
            fs::copy(&path, desk.path().join(path.file_name().expect("a name"))).expect("a copy");
        }
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> &Desk {
        fs::write(self.path().join(name), content).expect("a file");
        self
    }

    fn run(&self, pipeline: &str) -> Gave {
        let mut command = patron();
        command.current_dir(self.path()).args(["run", pipeline, "--out", "out", "--models", "models", "--quiet"]);
        run(&mut command)
    }

    /// Runs a pipeline that must be fine.
    fn fine(&self, pipeline: &str) -> &Desk {
        let gave = self.run(pipeline);
        assert_eq!(gave.code, 0, "{pipeline}: {}", gave.err);
        self
    }

    fn ask(&self, pipeline: &str, sql: &str) -> Vec<String> {
        let mut command = patron();
        command.current_dir(self.path()).args(["query", pipeline, sql, "--format", "csv", "--out", "out"]);
        let gave = run(&mut command);
        assert_eq!(gave.code, 0, "{sql}: {}", gave.err);
        gave.out.lines().skip(1).map(str::to_owned).collect()
    }

    /// What `ingest` of these settings over a file gives, called `raw`.
    fn ingest(&self, settings: &str) -> Gave {
        let pipeline = format!("[run]\nas_of = \"2026-01-01\"\n\n[stage.raw]\nkind = \"ingest\"\n{settings}\n");
        self.put("ingest.toml", pipeline);
        self.run("ingest.toml")
    }

    fn raw(&self, sql: &str) -> Vec<String> {
        self.ask("ingest.toml", sql)
    }

    fn out(&self) -> PathBuf {
        self.path().to_owned()
    }
}

/// The columns of order lines under their own names.
const LINES: &str = r#"columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }"#;

#[test]
fn a_tab_file_whose_quotes_quote_nothing_loses_no_row() {
    let desk = Desk::of("02-amazon-all-orders");
    desk.fine("pipeline.toml");
    assert_eq!(desk.ask("pipeline.toml", "SELECT count(*) FROM raw"), ["7"]);
    let prices = desk.ask("pipeline.toml", "SELECT DISTINCT unit_price FROM lines ORDER BY 1");
    assert_eq!(prices, ["8.5000", "9.9900"]);
    let names = desk.ask("pipeline.toml", "SELECT description FROM raw WHERE description LIKE '%Bohrer Set%'");
    assert_eq!(names, ["\"\"\"Profi\"\" Bohrer Set, 5 tlg.\""]);
    for name in [
        "inch-300",
        "apostrophe-300",
        "apostrophe-close-300",
        "opening-quote-300",
        "opening-quote-end",
        "opening-quote-none",
    ] {
        let pipeline = format!("pipeline-{name}.toml");
        desk.fine(&pipeline);
        let counts =
            desk.ask(&pipeline, "SELECT count(*), count(DISTINCT \"order\"), max(length(description)) < 60 FROM raw");
        assert_eq!(counts, ["300,300,true"], "{name}");
        assert_eq!(desk.ask(&pipeline, "SELECT count(*) FROM raw_rejects"), ["0"], "{name}");
    }
    desk.fine("pipeline-opening-quote-300.toml");
    assert!(notes(&desk.out(), "raw").contains("quotes that quote nothing"), "{}", notes(&desk.out(), "raw"));
}

#[test]
fn quoted_texts_of_several_lines_stay_whole() {
    let desk = Desk::new();
    let mut text = String::from("id,note,city,n\n");
    for n in 0..300 {
        text.push_str(&format!("{n},\"first, with a comma\nsecond \"\"said\"\" he\",X,{n}\n"));
    }
    desk.put("notes.csv", text);
    let gave = desk.ingest("paths = [\"notes.csv\"]");
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(desk.raw("SELECT count(*), count(DISTINCT note), max(length(note)) FROM raw"), ["300,1,36"]);
    // So do those of a file with two columns, of which each line could be a record.
    let two: String = (0..300).map(|n| format!("{n},\"hello\nworld, {n}\"\n")).collect();
    desk.put("two.csv", format!("id,note\n{two}"));
    assert_eq!(desk.ingest("paths = [\"two.csv\"]").code, 0);
    assert_eq!(desk.raw("SELECT count(*), count(DISTINCT id), max(length(note)) FROM raw"), ["300,300,16"]);
    // A declared quote keeps to its rules.
    desk.put("stray.csv", "a,b\n1,\"x\" y\n2,z\n");
    desk.ingest("paths = [\"stray.csv\"]\nquote = \"\\\"\"\nmax_reject_share = 1.0");
    assert_eq!(desk.raw("SELECT rule FROM raw_rejects"), ["bad-quote"]);
}

#[test]
fn tills_write_refunds_in_brackets_and_the_time_in_a_column_of_its_own() {
    let desk = Desk::of("03-square-items");
    for pipeline in ["pipeline.toml", "pipeline-net-only.toml", "pipeline-zone.toml"] {
        desk.fine(pipeline);
        assert_eq!(desk.ask(pipeline, "SELECT count(*) FROM raw"), ["7"], "{pipeline}");
    }
    desk.fine("pipeline.toml");
    assert_eq!(desk.ask("pipeline.toml", "SELECT gross FROM raw WHERE \"order\" = 'T4'"), ["-1234.5000"]);
    let gave = desk.ingest(
        "paths = [\"items-2025-01-01-2025-02-01.csv\"]\nzone = \"America/New_York\"\ncolumns = { order = \"Transaction ID\", \
         time = { join = [\"Date\", \"Time\"] }, item = \"Item\", quantity = \"Qty\", unit_price = \"Gross Sales\" }",
    );
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert!(!notes(&desk.out(), "raw").contains("alone"));
    let first = desk.raw("SELECT CAST(min(time) AS VARCHAR), count(*), sum(unit_price) FROM raw");
    // 23:55:10 in New York on 2 January is 04:55:10 UTC the day after; thousands without a setting.
    assert_eq!(first, ["2025-01-03T04:55:10Z,7,24.7500"]);
    // Two spellings are a choice; that both are there is said.
    let gave = desk.ingest(
        "paths = [\"items-2025-01-01-2025-02-01.csv\"]\ncolumns = { time = [\"Date\", \"Time\"] }\ntypes = { time = \"timestamp\" }",
    );
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert!(notes(&desk.out(), "raw").contains("join = [\"Date\", \"Time\"]"), "{}", notes(&desk.out(), "raw"));
}

#[test]
fn web_shops_write_entities_and_months_first() {
    let desk = Desk::of("04-etsy-sold-items");
    let pipeline = fs::read_to_string(desk.path().join("pipeline.toml")).expect("a pipeline");
    // Thousands are seen without being declared.
    desk.put("bare.toml", pipeline.replace("thousands = \",\"\n", ""));
    for pipeline in ["pipeline.toml", "bare.toml"] {
        desk.fine(pipeline);
        let days = desk.ask(pipeline, "SELECT DISTINCT CAST(CAST(time AS DATE) AS VARCHAR) FROM lines ORDER BY 1");
        assert_eq!(days, ["2024-10-09", "2024-11-05", "2024-12-04", "2024-12-31"], "{pipeline}");
        let counts = desk.ask(pipeline, "SELECT count(*), count(customer), max(unit_price) FROM lines");
        assert_eq!(counts, ["5,3,1120.0000"]);
        let names = desk.ask(pipeline, "SELECT DISTINCT description FROM lines ORDER BY 1");
        assert_eq!(names, ["\"Fleece Socks - \"\"Cosy\"\" & warm\"", "Wool Hat 'Nord'"]);
        assert_eq!(desk.ask(pipeline, "SELECT count(*) FROM lines WHERE customer = 'Ann O''Hara (annoh)'"), ["1"]);
    }
}

#[test]
fn a_french_back_office_is_read_without_settings() {
    let desk = Desk::of("05-magento-orders");
    desk.fine("pipeline-en.toml");
    let english = "SELECT total, CAST(time AS VARCHAR) FROM raw WHERE \"order\" = '000000012'";
    assert_eq!(desk.ask("pipeline-en.toml", english), ["1234.5000,2025-01-06T04:12:33Z"]);
    for pipeline in ["pipeline-fr.toml", "pipeline-fr-nnbsp.toml"] {
        desk.fine(pipeline);
        assert_eq!(
            desk.ask(pipeline, "SELECT total FROM raw ORDER BY source_line"),
            ["1234.5000", "56.0000", "9999.9900", "-12.0000"]
        );
    }
    let gave = desk.ingest(
        "paths = [\"export.csv\"]\nzone = \"Europe/Paris\"\ncolumns = { order = \"ID\", time = \"Purchase Date\", total = \"Grand Total (Base)\" }\n\
         types = { total = \"money\" }",
    );
    assert_eq!(gave.code, 0, "{}", gave.err);
    desk.fine("pipeline-fr-dates.toml");
    let sql = "SELECT CAST(time AS VARCHAR), total FROM raw ORDER BY source_line";
    let expected = [
        "2025-01-05T21:12:33Z,1234.5000",
        "2025-02-14T08:00:00Z,56.0000",
        "2025-03-02T23:30:00Z,9999.9900",
        "2024-12-31T22:59:59Z,-12.0000",
    ];
    assert_eq!(desk.raw(sql), expected);
    assert_eq!(desk.ask("pipeline-fr-dates.toml", sql), expected);
}

#[test]
fn a_report_with_heading_and_trailer_is_read_as_it_was() {
    let desk = Desk::of("06-ebay-orders-report");
    desk.fine("pipeline-direct.toml");
    assert_eq!(desk.ask("pipeline-direct.toml", "SELECT count(*) FROM raw"), ["5"]);
    assert_eq!(
        desk.ask("pipeline-direct.toml", "SELECT count(*), sum(quantity * unit_price) FROM orders"),
        ["4,1080.0000000"]
    );
    let names = desk.ask("pipeline-direct.toml", "SELECT DISTINCT description FROM orders ORDER BY 1");
    assert_eq!(names, ["\"Mug, 12\"\" tall\"", "\"Tea \"\"Earl\"\"\""]);
    // Without skip_lines the message says where the header is; the months need no format.
    let pipeline = fs::read_to_string(desk.path().join("pipeline.toml")).expect("a pipeline");
    desk.put("hint.toml", pipeline.replace("skip_lines = 1", ""));
    let gave = desk.run("hint.toml");
    assert_eq!(gave.code, 1);
    assert!(gave.err.contains("skip_lines = 1") && gave.err.contains("there is no such column"), "{}", gave.err);
    desk.put("months.toml", pipeline.replace("date_formats = [\"%b-%d-%y\"]", ""));
    desk.fine("months.toml");
    assert_eq!(desk.ask("months.toml", "SELECT CAST(max(time) AS VARCHAR) FROM raw"), ["2025-02-01T08:00:00Z"]);
}

#[test]
fn one_row_per_order_is_taken_apart() {
    let desk = Desk::of("07-woocommerce-one-row-per-order");
    desk.fine("pipeline.toml");
    let lines =
        desk.ask("pipeline.toml", "SELECT count(*), count(DISTINCT customer), sum(quantity * unit_price) FROM lines");
    assert_eq!(lines, ["5,2,69.0000000"]);
}

#[test]
fn amounts_are_read_in_every_form_that_has_one_meaning() {
    let desk = Desk::of("08-money-forms");
    desk.fine("pipeline.toml");
    let amounts = desk.ask("pipeline.toml", "SELECT n, amount FROM money ORDER BY n");
    let mut expected: Vec<String> = Vec::new();
    for n in 1..=26 {
        match n {
            2 | 3 | 4 | 6 | 7 | 8 | 16 => expected.push(format!("{n},-12.5000")),
            // CR may be a credit or a debit; a comma among points is neither 12.50 nor 1250.
            20 | 26 => {}
            22 => expected.push("22,1250.0000".into()),
            _ => expected.push(format!("{n},12.5000")),
        }
    }
    assert_eq!(amounts, expected);
    let told = notes(&desk.out(), "money");
    assert!(told.contains("mixes currencies") && told.contains("EUR") && told.contains("AUD"), "{told}");

    desk.fine("pipeline-eu.toml");
    let amounts = desk.ask("pipeline-eu.toml", "SELECT n, amount FROM money ORDER BY n");
    let expected: Vec<String> = (1..=13)
        .map(|n| match n {
            9..=11 => format!("{n},-1234.5600"),
            13 => format!("{n},1234567.8900"),
            _ => format!("{n},1234.5600"),
        })
        .collect();
    assert_eq!(amounts, expected);
    desk.fine("pipeline-blanks.toml");
    assert_eq!(
        desk.ask("pipeline-blanks.toml", "SELECT count(*), min(amount), max(amount) FROM money"),
        ["3,1234.5600,1234.5600"]
    );

    for kind in ["decima", "money", "number", "quanti"] {
        let pipeline = format!("pipeline-grouping-{kind}.toml");
        desk.fine(&pipeline);
        let kept = desk.ask(&pipeline, "SELECT n, CAST(amount AS DOUBLE) FROM money ORDER BY n");
        assert_eq!(kept, ["2,1234.5", "10,1000.0", "12,1234.0"], "{pipeline}");
        let pipeline = format!("pipeline-grouping-eu-{kind}.toml");
        desk.fine(&pipeline);
        let kept = desk.ask(&pipeline, "SELECT n, CAST(amount AS DOUBLE) FROM money ORDER BY n");
        assert_eq!(kept, ["2,1234.5", "6,1000.0"], "{pipeline}");
    }
}

#[test]
fn how_numbers_are_written_is_told_from_the_column() {
    let desk = Desk::new();
    let kinds = "types = { amount = \"money\" }";
    let read = |name: &str, amounts: &[&str]| {
        desk.put(name, format!("n;amount\n{}", amounts.iter().map(|a| format!("1;{a}\n")).collect::<String>()));
        desk.ingest(&format!("paths = [\"{name}\"]\n{kinds}\nmax_reject_share = 0.5"))
    };
    assert_eq!(read("comma.csv", &["12,50", "1.234", "1.234.567,00", "3"]).code, 0);
    assert_eq!(desk.raw("SELECT amount FROM raw"), ["12.5000", "1234.0000", "1234567.0000", "3.0000"]);
    assert_eq!(read("point.csv", &["$1,234.50", "$1,234", "(2,000)"]).code, 0);
    assert_eq!(desk.raw("SELECT amount FROM raw"), ["1234.5000", "1234.0000", "-2000.0000"]);
    for (name, amounts) in [("a.csv", ["1.234", "2.500"]), ("b.csv", ["1,234", "7"]), ("c.csv", ["12,50", "12.50"])] {
        let gave = read(name, &amounts);
        assert_eq!(gave.code, 1, "{amounts:?}");
        assert!(gave.err.contains("column `amount`") && gave.err.contains("decimal_comma"), "{}", gave.err);
    }
    // The rest of the file decides where a column cannot, and is told.
    desk.put("neighbour.csv", "weight;amount\n1.250;12,50\n2.000;1.000,00\n");
    assert_eq!(desk.ingest("paths = [\"neighbour.csv\"]\ntypes = { weight = \"number\", amount = \"money\" }").code, 0);
    assert_eq!(desk.raw("SELECT weight, amount FROM raw"), ["1250.0,12.5000", "2000.0,1000.0000"]);
    assert!(notes(&desk.out(), "raw").contains("two ways"));
}

#[test]
fn a_long_file_is_read_again_where_its_end_is_written_otherwise() {
    let desk = Desk::new();
    // More than the start that is looked at: whole euros first, thousands and cents at the end.
    let mut text = String::from("n;amount;filler\n");
    for n in 0..60_000 {
        text.push_str(&format!("{n};{};{}\n", n % 900, "x".repeat(20)));
    }
    text.push_str("60000;1.234;x\n60001;1.234,50;x\n60002;12,5;x\n");
    desk.put("long.csv", text);
    let gave = desk.ingest("paths = [\"long.csv\"]\ntypes = { amount = \"money\" }");
    assert_eq!(gave.code, 0, "{}", gave.err);
    let last = desk.raw("SELECT amount FROM raw WHERE CAST(n AS BIGINT) >= 60000 ORDER BY n");
    assert_eq!(last, ["1234.0000", "1234.5000", "12.5000"]);
    assert_eq!(desk.raw("SELECT count(*) FROM raw_rejects"), ["0"]);
}

#[test]
fn prices_in_two_currencies_are_not_taken_for_one() {
    let desk = Desk::new();
    let mut text = String::from("customer,order,time,item,quantity,unit_price\n");
    for n in 0..300 {
        text.push_str(&format!("C{n},O{n},2025-01-05 10:00,A,1,{}10.00\n", if n == 7 { "$" } else { "€" }));
    }
    desk.put("orders.csv", &text);
    let settings = format!("paths = [\"orders.csv\"]\n{LINES}");
    assert_eq!(desk.ingest(&settings).code, 0);
    assert_eq!(desk.raw("SELECT rule, value FROM raw_rejects"), ["other-currency,$10.00"]);
    assert_eq!(desk.raw("SELECT count(*), sum(unit_price) FROM raw"), ["299,2990.0000"]);
    desk.put("orders.csv", text.replacen("€", "$", 100));
    let gave = desk.ingest(&settings);
    assert_eq!(gave.code, 1);
    assert!(gave.err.contains("other-currency") && gave.err.contains("unit_price"), "{}", gave.err);
}

#[test]
fn ids_that_a_spreadsheet_cut_short_are_never_one_customer() {
    let desk = Desk::of("09-scientific-notation-ids");
    let gave = desk.run("pipeline.toml");
    assert_eq!(gave.code, 1);
    for words in ["3 scientific-id", "`customer`", "line 2", "5.01235E+12", "spreadsheet", "export again"] {
        assert!(gave.err.contains(words), "{words}: {}", gave.err);
    }
    // A comma as in German sheets; real codes stay; text keeps what is written.
    let header = "customer;order;time;item;quantity;unit_price\n";
    desk.put("german.csv", format!("{header}5,01E+12;O1;2025-01-05;1E5;1;2\nK1;O2;2025-01-06;12E3;1;2\n"));
    let settings = format!("paths = [\"german.csv\"]\n{LINES}\nmax_reject_share = 0.9");
    assert_eq!(desk.ingest(&settings).code, 0);
    assert_eq!(desk.raw("SELECT rule, \"column\" FROM raw_rejects"), ["scientific-id,customer"]);
    assert_eq!(desk.raw("SELECT item FROM raw"), ["12E3"]);
    assert_eq!(desk.ingest(&format!("{settings}\ntypes = {{ customer = \"text\" }}")).code, 0);
    assert_eq!(desk.raw("SELECT customer FROM raw ORDER BY 1"), ["\"5,01E+12\"", "K1"]);
}

#[test]
fn spreadsheet_exports_in_utf16_and_with_a_sep_line_are_read() {
    let desk = Desk::of("11-utf16-and-sep-line");
    for name in ["utf16", "utf16be", "nobom", "sep", "sepq", "sep-skip", "sepq-skip"] {
        let pipeline = format!("pipeline-{name}.toml");
        desk.fine(&pipeline);
        let lines = desk.ask(&pipeline, "SELECT customer, item, quantity, unit_price FROM lines ORDER BY 2");
        assert_eq!(lines, ["K2,Mug,2.000,3.2500", "K-é1,Tasse „groß“,1.000,10.5000"], "{name}");
    }
    desk.fine("pipeline-sep.toml");
    assert!(notes(&desk.out(), "lines").contains("sep="));
    // The named delimiter is obeyed where another would look better, and UTF-16 has such lines too.
    let text = "SEP=|\r\ncustomer|order|time|item|quantity|unit_price\r\nK,1|O,1|2025-01-05|a,b|1|2\r\nK,2|O,2|2025-01-06|c,d|1|2\r\n";
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    desk.put("pipe.csv", utf16);
    assert_eq!(desk.ingest(&format!("paths = [\"pipe.csv\"]\n{LINES}")).code, 0);
    assert_eq!(desk.raw("SELECT customer, item FROM raw ORDER BY 1"), ["\"K,1\",\"a,b\"", "\"K,2\",\"c,d\""]);
}

#[test]
fn empty_files_are_named() {
    let desk = Desk::of("27-empty-night");
    desk.fine("pipeline-header-only.toml");
    for name in ["zero-bytes", "bom-only", "blank-lines", "nothing"] {
        let gave = desk.run(&format!("pipeline-{name}.toml"));
        assert_eq!(gave.code, 1, "{name}: {}", gave.err);
        assert!(gave.err.contains("orders-"), "{name}: {}", gave.err);
    }
}

#[test]
fn dates_of_two_countries_do_not_speak_for_a_third_file() {
    let desk = Desk::new();
    let file = |days: &[&str]| {
        let rows: String = days.iter().enumerate().map(|(n, day)| format!("{n},{day}\n")).collect();
        format!("n,day\n{rows}")
    };
    desk.put("a.csv", file(&["13/01/2025", "02/03/2025", "25/12/2024"]));
    desk.put("b.csv", file(&["01/13/2025", "12/25/2024"]));
    desk.put("c.csv", file(&["02/03/2025", "04/05/2025"]));
    let settings = |paths: &str| format!("paths = [{paths}]\ntypes = {{ day = \"date\" }}");
    assert_eq!(desk.ingest(&settings("\"a.csv\", \"c.csv\"")).code, 0);
    assert_eq!(
        desk.raw("SELECT CAST(day AS VARCHAR) FROM raw WHERE source_file = 'c.csv' ORDER BY 1"),
        ["2025-03-02", "2025-05-04"]
    );
    let gave = desk.ingest(&settings("\"a.csv\", \"b.csv\", \"c.csv\""));
    assert_eq!(gave.code, 1);
    for words in ["c.csv, line 2", "a.csv", "b.csv", "%d/%m/%Y", "%m/%d/%Y"] {
        assert!(gave.err.contains(words), "{words}: {}", gave.err);
    }
    // Files that are clear by themselves are read each in its own way, and that is told.
    assert_eq!(desk.ingest(&settings("\"a.csv\", \"b.csv\"")).code, 0);
    assert_eq!(desk.raw("SELECT count(*), CAST(max(day) AS VARCHAR) FROM raw"), ["5,2025-03-02"]);
    let told = notes(&desk.out(), "raw");
    assert!(told.contains("a.csv") && told.contains("b.csv") && told.contains("month"), "{told}");
}

#[test]
fn day_numbers_of_spreadsheets_are_dates() {
    let desk = Desk::new();
    desk.put("serial.csv", "n,at\n1,45658\n2,45658.5\n3,45689.75\n");
    let settings = "paths = [\"serial.csv\"]\ntypes = { at = \"timestamp\" }";
    assert_eq!(desk.ingest(settings).code, 0);
    let expected = ["2025-01-01T00:00:00Z", "2025-01-01T12:00:00Z", "2025-02-01T18:00:00Z"];
    assert_eq!(desk.raw("SELECT CAST(at AS VARCHAR) FROM raw ORDER BY n"), expected);
    assert!(notes(&desk.out(), "raw").contains("excel-1904"));
    assert_eq!(desk.ingest(&format!("{settings}\ndate_formats = [\"excel-1904\"]")).code, 0);
    assert_eq!(desk.raw("SELECT CAST(min(at) AS VARCHAR) FROM raw"), ["2029-01-02T00:00:00Z"]);
}

#[test]
fn rejects_name_column_value_line_and_what_to_do() {
    let desk = Desk::new();
    let mut text = String::from("n;amount;day;phone\n");
    for n in 0..100 {
        let amount = if n % 10 == 3 { "1.234,50" } else { "12.50" };
        let day = if n % 20 == 5 { "31/12/2025" } else { "2025-12-31" };
        text.push_str(&format!("{n};{amount};{day};{}\n", if n % 25 == 7 { "secret-7" } else { "4930" }));
    }
    desk.put("t.csv", text);
    let gave = desk.ingest("paths = [\"t.csv\"]\ntypes = { amount = \"money\", day = \"date\", phone = \"integer\" }");
    assert_eq!(gave.code, 1);
    for words in [
        "10 bad-number in column `amount`",
        "t.csv, line 5",
        "`1.234,50`",
        "decimal_comma = true",
        "5 bad-date in column `day`",
        "`31/12/2025`",
        "%d/%m/%Y",
        "4 bad-integer in column `phone`",
    ] {
        assert!(gave.err.contains(words), "{words}: {}", gave.err);
    }
    assert!(!gave.err.contains("secret-7"), "{}", gave.err);
}

#[test]
fn a_stray_cell_in_the_last_corner_costs_nothing() {
    let desk = Desk::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in ["n", "amount"].iter().enumerate() {
        sheet.write(0, column as u16, *name).expect("a cell");
    }
    for row in 1..=20 {
        sheet.write(row, 0, row).expect("a cell");
        sheet.write(row, 1, f64::from(row) + 0.5).expect("a cell");
    }
    sheet.write(1_048_575, 16_383, "stray").expect("a cell");
    workbook.save(desk.path().join("stray.xlsx")).expect("a workbook");
    let gave = desk
        .ingest("paths = [\"stray.xlsx\"]\ntypes = { n = \"integer\", amount = \"money\" }\nmax_reject_share = 0.05");
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(desk.raw("SELECT count(*), sum(n), sum(amount) FROM raw"), ["20,210,220.0000"]);
    assert_eq!(desk.raw("SELECT source_line, rule, record FROM raw_rejects"), ["1048576,ragged-long,stray"]);
    let peak = step(&desk.out(), "raw")["peak_memory_bytes"].as_u64().expect("a number");
    assert!(peak < 1 << 30, "{peak} bytes");
}

#[test]
fn broken_workbooks_are_bad_files_and_no_panics() {
    let desk = Desk::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..200 {
        for column in 0..5 {
            sheet.write(row, column, f64::from(row) * 1.5).expect("a cell");
        }
    }
    let whole = workbook.save_to_buffer().expect("a workbook");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for share in [10, 50, 90, 99] {
        files.push((format!("cut-{share}.xlsx"), whole[..whole.len() * share / 100].to_vec()));
    }
    for at in [200, 700, 1500, 3000] {
        let mut broken = whole.clone();
        broken[at..at + 40].fill(0x41);
        files.push((format!("broken-{at}.xlsx"), broken));
    }
    let xls = root().join("../shared/data/csv_torture/csvkit_examples/test.xls");
    match fs::read(&xls) {
        Ok(bytes) => {
            for length in [513, 600, 1024, 2048, bytes.len() / 2, bytes.len() - 700] {
                files.push((format!("cut-{length}.xls"), bytes[..length].to_vec()));
            }
        }
        Err(_) => println!("skipped: {} is not there", xls.display()),
    }
    for (name, bytes) in files {
        desk.put(&name, bytes);
        let gave = desk.ingest(&format!("paths = [\"{name}\"]"));
        // A cut that spares all content may still be read.
        assert!(matches!(gave.code, 0 | 1), "{name}: {} {}", gave.code, gave.err);
        assert!(!gave.err.contains("panicked"), "{name}: {}", gave.err);
        if gave.code == 1 {
            assert!(gave.err.contains(&name), "{name}: {}", gave.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_at_once() {
    let desk = Desk::new();
    let made = std::process::Command::new("mkfifo").arg(desk.path().join("pipe.csv")).status().expect("mkfifo");
    assert!(made.success());
    for (path, kind) in [("pipe.csv", "a pipe"), ("/dev/zero", "a device"), ("/dev/null", "a device")] {
        desk.put("ingest.toml", format!("[run]\n[stage.raw]\nkind = \"ingest\"\npaths = [\"{path}\"]\n"));
        let begun = Instant::now();
        let mut child = patron()
            .current_dir(desk.path())
            .args(["run", "ingest.toml", "--out", "out", "--models", "models"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        while child.try_wait().expect("a child").is_none() {
            if begun.elapsed() > Duration::from_secs(60) {
                child.kill().expect("a child");
                panic!("{path}: hangs");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let gave = child.wait_with_output().expect("an end");
        let err = String::from_utf8_lossy(&gave.stderr);
        assert_eq!(gave.status.code(), Some(1), "{path}: {err}");
        assert!(err.contains(path) && err.contains(kind), "{path}: {err}");
    }
}

#[test]
fn marks_that_mean_two_things_are_found_by_check() {
    let desk = Desk::new();
    desk.put("t.csv", "a,b\n1,2\n");
    for settings in [
        "delimiter = \"\\\"\"",
        "quote = \";\"\ndelimiter = \";\"",
        "quote = \"none\"\nescape = \"\\\\\"",
        "comment = \"\\\"\"",
    ] {
        desk.put("p.toml", format!("[run]\n[stage.raw]\nkind = \"ingest\"\npaths = [\"t.csv\"]\n{settings}\n"));
        let gave = run(patron().current_dir(desk.path()).args(["check", "p.toml"]));
        assert_eq!(gave.code, 2, "{settings}: {}", gave.err);
        assert!(!gave.err.contains("panicked"), "{settings}: {}", gave.err);
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_told() {
    let desk = Desk::new();
    let mut text = String::from("n,a,b,c\n");
    for n in 0..400_000 {
        text.push_str(&format!("{n},{},{},{}\n", n * 7 % 1000, n * 13 % 1000, n * 17 % 1000));
    }
    desk.put("t.csv", &text);
    desk.put("ingest.toml", "[run]\n[stage.raw]\nkind = \"ingest\"\npaths = [\"t.csv\"]\n");
    let path = desk.path().join("t.csv");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let gave = std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let mut file = fs::OpenOptions::new().append(true).open(&path).expect("the file");
                file.write_all(b"1,2,3,4\n").expect("a row");
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let gave = desk.run("ingest.toml");
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        gave
    });
    assert_eq!(gave.code, 1, "{}", gave.err);
    assert!(gave.err.contains("has changed while it was read") && gave.err.contains("t.csv"), "{}", gave.err);
    // Once nobody writes, it is read.
    desk.fine("ingest.toml");
}

#[test]
fn amounts_in_rupees_are_grouped_as_in_india() {
    let desk = Desk::new();
    desk.put("m.csv", "n;amount\n1;₹1,23,456.00\n2;Rs. 12,34,567\n3;₹999.00\n4;₹1,234.50\n5;-₹1,00,00,000.25\n");
    let gave = desk.ingest("paths = [\"m.csv\"]\ntypes = { amount = \"money\" }");
    assert_eq!(gave.code, 0, "{}", gave.err);
    let expected = ["123456.0000", "1234567.0000", "999.0000", "1234.5000", "-10000000.2500"];
    assert_eq!(desk.raw("SELECT amount FROM raw ORDER BY n"), expected);
    // Without the sign of the rupee it may as well be a mistake.
    desk.put("m.csv", "n;amount\n1;1,23,456.00\n2;1,234.50\n");
    let gave = desk.ingest("paths = [\"m.csv\"]\ntypes = { amount = \"money\" }");
    assert!(gave.code == 1 && gave.err.contains("`1,23,456.00`"), "{}", gave.err);
}

#[test]
fn whole_numbers_too_long_for_an_integer_keep_their_digits() {
    let desk = Desk::new();
    desk.put("m.csv", "id,n\n12345678901234567890,1\n12345678901234567891,2\n");
    assert_eq!(desk.ingest("paths = [\"m.csv\"]").code, 0);
    assert_eq!(desk.raw("SELECT id FROM raw ORDER BY n"), ["12345678901234567890", "12345678901234567891"]);
}

#[test]
fn a_telephone_number_that_a_spreadsheet_cut_short_takes_no_row_away() {
    let desk = Desk::new();
    desk.put("crm.csv", "customer,Phone Number\nK1,+447700900101\nK2,4.47701E+11\nK3,4.47701E+11\n");
    let columns = "paths = [\"crm.csv\"]\ncolumns = { customer = \"customer\", phone = \"Phone Number\" }";
    let gave = desk.ingest(&format!("{columns}\ntypes = {{ phone = \"id\" }}"));
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(desk.raw("SELECT customer, phone FROM raw ORDER BY customer"), ["K1,+447700900101", "K2,", "K3,"]);
    let notes = notes(&desk.out(), "raw");
    assert!(notes.contains("`phone`: 2 telephone numbers are in scientific notation"), "{notes}");
    assert!(!notes.contains("4.47701"), "{notes}");
    // Where the number is the person's key, different persons would look the same.
    let gave =
        desk.ingest("paths = [\"crm.csv\"]\ncolumns = { customer = \"Phone Number\" }\ntypes = { customer = \"id\" }");
    assert!(gave.code == 1 && gave.err.contains("scientific-id"), "{}", gave.err);
}

#[test]
fn a_percentage_and_a_tab_in_words() {
    let desk = Desk::new();
    desk.put("m.csv", "n,share\n1,-5%\n2,12.5 %\n");
    let gave = desk.ingest("paths = [\"m.csv\"]\ntypes = { share = \"number\" }");
    assert!(gave.code == 1 && gave.err.contains("whether 5 % means 5 or 0.05"), "{}", gave.err);
    desk.put("t.csv", "sep=\\t\na\tb\n1\tx,y\n");
    let gave = desk.ingest("paths = [\"t.csv\"]");
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(desk.raw("SELECT a, b FROM raw"), ["1,\"x,y\""]);
}
