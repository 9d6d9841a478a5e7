//! Tests on files as they really are: encodings, CSV test corpora, workbooks, the shops' raw data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::error::SourceError;
use super::plan::plan;
use super::profile::profile;
use super::read::convert;
use super::report::FileReport;
use super::settings::ReadSettings;

/// The folder of real data, where it is present.
fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    if !path.exists() {
        println!("skipped: ../shared/data/{folder} is absent");
        return None;
    }
    Some(path)
}

fn settings(json: serde_json::Value) -> ReadSettings {
    serde_json::from_value(json).expect("well-formed settings")
}

/// A file read to its end: the report, all rows, all rejects.
fn read(path: &Path, settings: &ReadSettings) -> Result<(FileReport, RecordBatch, RecordBatch), SourceError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (rows, rejects) = (folder.path().join("rows.parquet"), folder.path().join("rejects.parquet"));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let profile = profile(path, &name, settings, true, &|_| {})?;
    let plan = plan(std::slice::from_ref(&profile), settings)?;
    let report = convert(path, &profile, &plan, 0, settings, &rows, &rejects, &|_| {})?;
    Ok((report, whole(&rows), whole(&rejects)))
}

fn whole(path: &Path) -> RecordBatch {
    let file = std::fs::File::open(path).expect("the output was written");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("the output is Parquet");
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader.build().expect("a reader").map(|batch| batch.expect("a batch")).collect();
    concat_batches(&schema, &batches).expect("batches of one schema")
}

/// Every record and line is somewhere, in order.
fn check_reconciled(report: &FileReport, rows: &RecordBatch, rejects: &RecordBatch) {
    assert_eq!(report.rows, rows.num_rows() as u64, "{}", report.file);
    assert_eq!(report.rejected, rejects.num_rows() as u64, "{}", report.file);
    for table in &report.tables {
        assert_eq!(table.records, table.rows + table.rejected, "{}", report.file);
        let others = table.header_lines + table.skipped_lines + table.blank_lines + table.comment_lines;
        assert!(table.lines >= table.records + others, "{}: {table:?}", report.file);
    }
    if let [_] = report.tables.as_slice() {
        for batch in [rows, rejects] {
            let lines =
                batch.column_by_name(super::SOURCE_LINE).expect("each row names its line").as_primitive::<Int64Type>();
            assert!(lines.values().is_sorted(), "{}", report.file);
        }
    }
}

/// Reads a file and checks that nothing is lost; `None` where it is refused.
fn check(path: &Path, settings: &ReadSettings) -> Option<FileReport> {
    match read(path, settings) {
        Ok((report, rows, rejects)) => {
            check_reconciled(&report, &rows, &rejects);
            Some(report)
        }
        Err(error) => {
            let message = error.to_string();
            assert!(
                message.len() > 20 && message.contains(&*path.file_name().expect("a file").to_string_lossy()),
                "{message}"
            );
            None
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder that can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Unpacks the members of a tar archive: blocks of 512 bytes, name and octal size in the head of each (POSIX ustar).
fn untar(archive: &Path, into: &Path) -> Vec<PathBuf> {
    let file = std::fs::File::open(archive).expect("an archive");
    let mut decoder = zstd::Decoder::new(file).expect("a zstd stream");
    decoder.window_log_max(31).expect("a window size");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut decoder, &mut bytes).expect("a whole archive");
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim_end_matches('\0').to_owned();
    let mut files = Vec::new();
    let mut at = 0;
    while at + 512 <= bytes.len() && bytes[at] != 0 {
        let head = &bytes[at..at + 512];
        let size = usize::from_str_radix(text(&head[124..135]).trim(), 8).expect("an octal size");
        let name = text(&head[..100]);
        if matches!(head[156], b'0' | 0) {
            let path = into.join(name.trim_start_matches("./"));
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            std::fs::write(&path, &bytes[at + 512..at + 512 + size]).expect("a file can be written");
            files.push(path);
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files.sort();
    files
}

#[test]
fn encodings_are_told_and_decoded() {
    let Some(folder) = data("encodings") else { return };
    let check = |file: &str, json: serde_json::Value, encoding: &str, rows: u64, first: &[&str]| {
        let (report, batch, rejects) = read(&folder.join(file), &settings(json)).expect(file);
        check_reconciled(&report, &batch, &rejects);
        assert_eq!((report.rows, report.rejected), (rows, 0), "{file}");
        let evidence = report.tables[0].encoding.as_ref().expect("text has an encoding");
        assert_eq!(evidence.encoding, encoding, "{file}: {}", evidence.because);
        let values: Vec<&str> = (0..first.len())
            .map(|at| batch.column(at).as_string_opt::<i32>().map_or("", |column| column.value(0)))
            .collect();
        assert_eq!(values, first, "{file}");
        report
    };
    let text = |count: usize| (1..=count).map(|at| (format!("column_{at}"), "text")).collect::<BTreeMap<_, _>>();
    check("goods_order_gbk.csv", serde_json::json!({"types": {"id": "text"}}), "gb18030", 43_367, &["1", "柑橘类水果"]);
    check(
        "goods_order_utf8bom.csv",
        serde_json::json!({"types": {"id": "text"}}),
        "UTF-8",
        43_367,
        &["1", "柑橘类水果"],
    );
    let report = check("taiwan_attractions_big5.csv", serde_json::json!({}), "Big5", 382, &[]);
    assert_eq!(report.tables[0].lines, 865);
    let japan = serde_json::json!({"header": "none", "types": text(15)});
    check("japan_postcodes_shift_jis.zip", japan, "Shift_JIS", 124_825, &["01101", "060  ", "0600000"].map(str::trim));
    let report = check("tmall_order_report.csv.gz", serde_json::json!({}), "UTF-8", 28_010, &[]);
    assert!(report.tables[0].columns.iter().any(|column| column.name == "收货地址"));
    assert!(report.tables[0].columns.iter().any(|column| column.stored.starts_with("Timestamp")));
}

#[test]
fn both_spellings_of_one_table_are_equal() {
    let Some(folder) = data("encodings") else { return };
    let wanted = settings(serde_json::json!({"types": {"id": "text"}}));
    let (_, gbk, _) = read(&folder.join("goods_order_gbk.csv"), &wanted).expect("the GBK file");
    let (_, utf8, _) = read(&folder.join("goods_order_utf8bom.csv"), &wanted).expect("the UTF-8 file");
    assert_eq!(gbk.columns()[..2], utf8.columns()[..2]);
}

#[test]
fn csv_spectrum_agrees_with_its_json() {
    let Some(folder) = data("csv_torture/csv_spectrum") else { return };
    for path in files_below(&folder.join("csvs")) {
        let json = folder.join("json").join(path.file_stem().expect("a name")).with_extension("json");
        let expected: Vec<BTreeMap<String, String>> =
            serde_json::from_slice(&std::fs::read(&json).expect("its JSON")).expect("well-formed JSON");
        let header: Vec<String> = expected[0].keys().cloned().collect();
        let types: BTreeMap<&String, &str> = header.iter().map(|name| (name, "text")).collect();
        let (report, rows, rejects) =
            read(&path, &settings(serde_json::json!({"types": types, "trim": false}))).expect("a readable file");
        check_reconciled(&report, &rows, &rejects);
        assert_eq!(report.rejected, 0);
        assert_eq!(rows.num_rows(), expected.len(), "{}", path.display());
        for (row, record) in expected.iter().enumerate() {
            for (name, value) in record {
                let column = rows.column_by_name(name).expect("a column of the header").as_string::<i32>();
                // The corpus as kept has its CRLF made LF, and an empty field is null.
                let found = if column.is_valid(row) { column.value(row) } else { "" };
                assert_eq!(found, value.replace("\r\n", "\n"), "{}", path.display());
            }
        }
    }
}

#[test]
fn every_file_of_the_corpora_is_read_or_refused() {
    let Some(folder) = data("csv_torture") else { return };
    let unpacked = tempfile::tempdir().expect("a temporary folder");
    let mut files = files_below(&folder);
    for archive in ["pollock_polluted_files.tar.zst", "w3c_csvw.tar.zst"] {
        files.retain(|path| !path.ends_with(archive));
        files.extend(
            untar(&folder.join(archive), unpacked.path())
                .into_iter()
                .filter(|path| !path.to_string_lossy().contains("/parameters/")),
        );
    }
    let default = ReadSettings::default();
    let any_sheet = settings(serde_json::json!({"sheets": ["*"], "header": "none"}));
    let (mut taken, mut refused) = (0, Vec::new());
    for path in &files {
        match check(path, &default) {
            Some(_) => taken += 1,
            None => refused.push(path.file_name().expect("a file").to_string_lossy().into_owned()),
        }
        check(path, &any_sheet);
    }
    println!("{} files: {taken} read, {} refused: {}", files.len(), refused.len(), refused.join(" "));
    assert!(files.len() > 4500 && taken * 100 > files.len() * 98);
}

#[test]
fn polluted_rows_are_set_aside_alone() {
    let Some(folder) = data("csv_torture") else { return };
    let unpacked = tempfile::tempdir().expect("a temporary folder");
    let files = untar(&folder.join("pollock_polluted_files.tar.zst"), unpacked.path());
    let names = ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "ProductDescription", "URL", "Comments"];
    let types: BTreeMap<&str, &str> = names.iter().map(|name| (*name, "text")).collect();
    let wanted = settings(serde_json::json!({"types": types, "quote": "\""}));
    let mut polluted = 0;
    for path in files.iter().filter(|path| path.to_string_lossy().contains("/csv/row_")) {
        // A pollution of the header leaves no table to speak of.
        if path.to_string_lossy().contains("row0_")
            || path.to_string_lossy().contains("quote0_")
            || path.to_string_lossy().contains("delimiter_0_")
        {
            continue;
        }
        let (report, rows, rejects) = read(path, &wanted).expect("a readable file");
        check_reconciled(&report, &rows, &rejects);
        let left = report.rows + 2;
        assert!(left >= 83, "{}: {} rows, {:?}", path.display(), report.rows, report.tables[0].rejected_by_rule);
        polluted += 1;
    }
    assert!(polluted > 2000, "{polluted}");
}

#[test]
fn dialects_of_w3c_csvw_are_told() {
    let Some(folder) = data("csv_torture") else { return };
    let unpacked = tempfile::tempdir().expect("a temporary folder");
    let files = untar(&folder.join("w3c_csvw.tar.zst"), unpacked.path());
    let annotations =
        files.iter().find(|path| path.ends_with("W3C-CSVW-Dialect_annotations.txt")).expect("the annotations");
    let annotations = std::fs::read_to_string(annotations).expect("readable annotations");
    let (mut right, mut wrong) = (0, Vec::new());
    for line in annotations.lines().skip(2) {
        let fields: Vec<&str> = line.split('|').collect();
        let Some(path) = files.iter().find(|path| path.file_name().is_some_and(|name| *name == *fields[0])) else {
            continue;
        };
        let Ok(profile) = profile(path, fields[0], &ReadSettings::default(), false, &|_| {}) else {
            wrong.push(format!("{} (refused)", fields[0]));
            continue;
        };
        let dialect = profile.tables[0].dialect.expect("text has a dialect").to_string();
        let expected = match fields[2] {
            "space" => dialect.starts_with("delimiter space") || dialect.starts_with("delimiter runs of blanks"),
            name => dialect.starts_with(&format!("delimiter {name}")),
        };
        if expected { right += 1 } else { wrong.push(format!("{} ({dialect})", fields[0])) }
    }
    println!("{right} right, {} wrong: {}", wrong.len(), wrong.join("; "));
    assert!(right >= 205, "{right} right; wrong: {}", wrong.join("; "));
}

#[test]
fn online_retail_ii_adds_up() {
    let Some(folder) = data("online_retail_II") else { return };
    let json = serde_json::json!({
        "columns": {
            "customer": ["Customer ID", "CustomerID"], "order": ["Invoice", "InvoiceNo"], "time": "InvoiceDate", "item": "StockCode",
            "description": "Description", "quantity": "Quantity", "unit_price": ["Price", "UnitPrice"], "country": "Country"
        },
        "types": {
            "customer": "id", "order": "id", "time": "timestamp", "item": "text", "description": "text", "quantity": "quantity", "unit_price": "money",
            "country": "text"
        },
        "zone": "Europe/London"
    });
    let check = |file: &str| {
        let (report, rows, rejects) = read(&folder.join(file), &settings(json.clone())).expect(file);
        check_reconciled(&report, &rows, &rejects);
        assert_eq!((report.rows, report.rejected), (1_067_370, 0), "{file}");
        let quantity = rows.column_by_name("quantity").expect("mapped").as_primitive::<Decimal128Type>();
        let price = rows.column_by_name("unit_price").expect("mapped").as_primitive::<Decimal128Type>();
        let total: i128 = quantity.values().iter().zip(price.values()).map(|(pieces, price)| pieces * price).sum();
        // The published sum of Quantity x Price is 19,287,232.57, in units of 10^-7 here.
        assert_eq!((total + 50_000) / 100_000, 1_928_723_257, "{file}");
        assert_eq!(quantity.values().iter().sum::<i128>(), 10_608_491_000, "{file}");
        assert_eq!(rows.column_by_name("customer").expect("mapped").null_count(), 243_007, "{file}");
        assert_eq!(rows.column_by_name("description").expect("mapped").null_count(), 4_382, "{file}");
        let time = rows.column_by_name("time").expect("mapped").as_primitive::<TimestampMicrosecondType>();
        // 2009-12-01 07:45:00 in London is the same in UTC.
        assert_eq!(time.value(0), 1_259_653_500_000_000, "{file}");
        rows.column_by_name("customer").expect("mapped").clone()
    };
    let (text, typed) = (check("online_retail_II.csv.gz"), check("online_retail_II.parquet"));
    assert_eq!(&*text, &*typed);
}

#[test]
fn workbooks_are_read_sheet_by_sheet() {
    let Some(folder) = data("online_retail_II") else { return };
    let path = folder.join("online_retail_II_small.xlsx");
    let error = read(&path, &ReadSettings::default()).expect_err("two sheets with data");
    assert!(matches!(&error, SourceError::ManySheets { sheets, .. } if sheets.len() == 2), "{error}");
    let (report, rows, rejects) = read(&path, &settings(serde_json::json!({"sheets": ["*"]}))).expect("both sheets");
    check_reconciled(&report, &rows, &rejects);
    assert_eq!(report.tables.iter().map(|table| table.rows).collect::<Vec<_>>(), [14_269, 20_497]);
    let stored: Vec<&str> = report.tables[0].columns.iter().map(|column| column.stored.as_str()).collect();
    println!("{stored:?}");
    assert!(stored[4].starts_with("Timestamp"), "{stored:?}");
    let Some(folder) = data("telco_churn_extended") else { return };
    for (file, rows) in
        [("demographics", 7043), ("location", 7043), ("population", 1671), ("services", 7043), ("status", 7043)]
    {
        let report =
            check(&folder.join(format!("Telco_customer_churn_{file}.xlsx")), &ReadSettings::default()).expect(file);
        assert_eq!((report.rows, report.rejected), (rows, 0), "{file}");
    }
}

#[test]
fn aligned_text_is_read() {
    let Some(folder) = data("cdnow") else { return };
    let master =
        settings(serde_json::json!({"types": {"customer_id": "text", "date": "date", "dollar_value": "money"}}));
    let (report, rows, rejects) = read(&folder.join("CDNOW_master.txt.gz"), &master).expect("the master file");
    check_reconciled(&report, &rows, &rejects);
    assert_eq!((report.rows, report.rejected), (69_659, 0));
    let value = rows.column_by_name("dollar_value").expect("a column").as_primitive::<Decimal128Type>();
    assert_eq!(value.values().iter().sum::<i128>(), 25_003_156_300);
    let json = serde_json::json!({
        "header": "none", "columns": {"customer": "#1", "day": "#3", "pieces": "#4", "value": "#5"},
        "types": {"customer": "id", "day": "date(%Y%m%d)", "pieces": "quantity", "value": "money"}
    });
    let (report, rows, rejects) = read(&folder.join("CDNOW_sample.txt"), &settings(json)).expect("the sample");
    check_reconciled(&report, &rows, &rejects);
    assert_eq!((report.rows, report.rejected), (6_919, 0));
    assert_eq!(rows.column_by_name("customer").expect("a column").as_string::<i32>().value(0), "00004");
}

#[test]
fn stray_columns_and_bytes_do_no_harm() {
    let Some(folder) = data("wholesale_customers") else { return };
    let (report, rows, rejects) =
        read(&folder.join("Wholesale_customers_ragged.csv"), &ReadSettings::default()).expect("the ragged file");
    check_reconciled(&report, &rows, &rejects);
    assert_eq!((report.rows, report.rejected), (440, 0));
    assert_eq!(report.tables[0].encoding.as_ref().map(|evidence| evidence.encoding.as_str()), Some("windows-1252"));
    let (_, clean, _) =
        read(&folder.join("Wholesale_customers_data.csv"), &ReadSettings::default()).expect("the clean file");
    assert_eq!(rows.columns()[..8], clean.columns()[..8]);
}

#[test]
fn other_shops_are_read_whole() {
    let files: [(&str, &str, u64); 10] = [
        ("olist_15k/orders.csv.gz", "Timestamp", 15_507),
        ("olist_15k/product_category_name_translation.csv", "Utf8", 71),
        ("olist_15k/olist_products_dataset.csv.gz", "Utf8", 32_951),
        ("bank_marketing/bank-full.csv.gz", "Int64", 45_211),
        ("marketing_campaign/marketing_campaign.csv", "Int64", 2_240),
        ("bakery/BreadBasket_DMS.csv.gz", "Date32", 21_293),
        ("telco_churn/Telco-Customer-Churn.csv", "Utf8", 7_043),
        ("hillstrom/hillstrom.csv.gz", "Int64", 64_000),
        ("identity/historical_figures_with_errors_50k.parquet", "Utf8", 50_578),
        ("credit_card_churn/BankChurners.csv.gz", "Int64", 10_127),
    ];
    for (file, kind, rows) in files {
        let Some(path) = data(file) else { continue };
        let report = check(&path, &ReadSettings::default()).expect(file);
        assert_eq!((report.rows, report.rejected), (rows, 0), "{file}");
        assert!(
            report.tables[0].columns.iter().any(|column| column.stored.starts_with(kind)),
            "{file}: {:?}",
            report.tables[0].columns
        );
    }
}
