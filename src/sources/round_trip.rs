//! Tests on made files: any table in any dialect reads back as it was written, cutting is the same wherever stretches end, and
//! no bytes whatever make a panic.

use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

use super::dialect::{Delimiter, Dialect, LineEnd, Quoting};
use super::error::SourceError;
use super::plan::plan;
use super::profile::profile;
use super::read::convert;
use super::records::{Fault, Records, Scanner, Width};
use super::report::FileReport;
use super::settings::{Ragged, ReadSettings};
use super::values::unwrapped;

/// Files with these contents read as one table: reports, all rows and all rejects.
fn read_all(
    files: &[(&str, Vec<u8>)],
    settings: &ReadSettings,
) -> Result<(Vec<FileReport>, Vec<RecordBatch>, Vec<RecordBatch>), SourceError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let mut profiles = Vec::new();
    for (name, bytes) in files {
        std::fs::write(path(name), bytes).expect("a file can be written");
        profiles.push(profile(&path(name), name, settings, true, &|_| {})?);
    }
    let plan = plan(&profiles, settings)?;
    let (mut reports, mut rows, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (name, _)) in files.iter().enumerate() {
        let (to, aside) = (path(&format!("rows-{at}.parquet")), path(&format!("rejects-{at}.parquet")));
        let report = convert(&path(name), &profiles[at], &plan, at, settings, &to, &aside, &|_| {})?;
        assert_eq!(report.tables[0].records, report.rows + report.rejected);
        reports.push(report);
        rows.push(first_batch(&to));
        rejects.push(first_batch(&aside));
    }
    Ok((reports, rows, rejects))
}

fn read(bytes: &[u8], settings: &ReadSettings) -> Result<(FileReport, RecordBatch, RecordBatch), SourceError> {
    let (mut reports, mut rows, mut rejects) = read_all(&[("made.csv", bytes.to_vec())], settings)?;
    Ok((reports.remove(0), rows.remove(0), rejects.remove(0)))
}

fn first_batch(path: &Path) -> RecordBatch {
    let file = std::fs::File::open(path).expect("the output was written");
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).expect("the output is Parquet").with_batch_size(1 << 20);
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().expect("a reader").map(|batch| batch.expect("a batch")).collect();
    arrow::compute::concat_batches(&schema, &batches).expect("batches of one schema")
}

fn settings(json: serde_json::Value) -> ReadSettings {
    serde_json::from_value(json).expect("well-formed settings")
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    batch
        .column_by_name(name)
        .expect("a column")
        .as_string::<i32>()
        .iter()
        .map(|text| text.map(str::to_owned))
        .collect()
}

fn lines(batch: &RecordBatch) -> Vec<i64> {
    batch
        .column_by_name(super::SOURCE_LINE)
        .expect("each row names its line")
        .as_primitive::<Int64Type>()
        .values()
        .to_vec()
}

/// What a scan makes of a text when it is given in pieces of this size: fields of records, faults, and the lines of both.
fn cut(
    bytes: &[u8],
    dialect: Dialect,
    width: usize,
    piece: usize,
) -> (Vec<(u64, Vec<Vec<u8>>)>, Vec<(u64, Vec<u8>, Fault)>, [u64; 3]) {
    let mut scanner = Scanner { dialect, width: Width::Fixed(width), ragged: Ragged::Reject };
    let (mut all, mut faults, mut counts) = (Vec::new(), Vec::new(), [0; 3]);
    let (mut from, mut to) = (0, piece.min(bytes.len()));
    loop {
        let last = to == bytes.len();
        let mut records = Records::from_line(1 + counts[0]);
        let stretch = &bytes[from..to];
        let scanned = scanner.scan(stretch, last, usize::MAX, &mut records, None);
        for record in 0..records.len() {
            let field =
                |column| unwrapped(stretch, records.span(record, column), records.quote, records.escape).into_owned();
            all.push((records.first_line + u64::from(records.lines[record]), (0..width).map(field).collect()));
        }
        for fault in &records.faults {
            let line = records.first_line + u64::from(fault.line);
            let place = Fault { start: 0, end: 0, line: 0, rule: fault.rule };
            faults.push((line, stretch[fault.start as usize..fault.end as usize].to_vec(), place));
        }
        counts[0] += records.line_count;
        counts[1] += records.blank_lines;
        counts[2] += records.comment_lines;
        from += scanned.bytes;
        if last {
            assert_eq!(from, bytes.len());
            return (all, faults, counts);
        }
        to = bytes.len().min(to + piece);
    }
}

fn dialects() -> impl Strategy<Value = Dialect> {
    let delimiter = prop_oneof![Just(b','), Just(b';'), Just(b'\t'), Just(b'|')].prop_map(Delimiter::Byte);
    let escape = prop_oneof![3 => Just(None), 1 => Just(Some(b'\\'))];
    (
        delimiter,
        prop_oneof![Just(b'"'), Just(b'\'')],
        escape,
        prop_oneof![4 => Just(LineEnd::Lf), 1 => Just(LineEnd::Cr)],
    )
        .prop_map(|(delimiter, quote, escape, line_end)| Dialect {
            delimiter,
            quote: Some(quote),
            escape,
            comment: None,
            line_end,
            quoting: Quoting::Declared,
        })
}

/// Texts made of what matters to a scanner, and some of what does not.
fn adversarial(length: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(","),
        Just("\""),
        Just("\"\""),
        Just("\n"),
        Just("\r\n"),
        Just("\r"),
        Just("a"),
        Just("12"),
        Just(" "),
        Just("\\"),
        Just("é"),
        Just("'"),
        Just(";"),
        Just("\",\""),
        Just("\"\n"),
        Just(",\"x y\",")
    ];
    prop::collection::vec(piece, 0..length).prop_map(|pieces| pieces.concat())
}

/// One table of texts in a dialect, each field quoted where it must be or by the flag.
fn written(dialect: Dialect, rows: &[Vec<(String, bool)>], last_line_ends: bool, crlf: bool) -> String {
    let (Delimiter::Byte(delimiter), Some(quote)) = (dialect.delimiter, dialect.quote) else {
        unreachable!("made so above")
    };
    let (delimiter, quote) = (char::from(delimiter), char::from(quote));
    let line_end = match dialect.line_end {
        LineEnd::Cr => "\r",
        LineEnd::Lf if crlf => "\r\n",
        LineEnd::Lf => "\n",
    };
    let field = |(text, quoted): &(String, bool)| {
        let needs = text.contains([delimiter, quote, '\n', '\r']) || text.is_empty();
        match (*quoted || needs, dialect.escape) {
            (false, _) => text.clone(),
            (true, None) => format!("{quote}{}{quote}", text.replace(quote, &format!("{quote}{quote}"))),
            (true, Some(_)) => {
                format!("{quote}{}{quote}", text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}")))
            }
        }
    };
    let mut text = rows
        .iter()
        .map(|row| row.iter().map(field).collect::<Vec<_>>().join(&delimiter.to_string()))
        .collect::<Vec<_>>()
        .join(line_end);
    if last_line_ends {
        text.push_str(line_end);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn tables_read_back_as_they_were_written(
        dialect in dialects(),
        table in (1_usize..6).prop_flat_map(|width| prop::collection::vec(prop::collection::vec(("[a-zé0-9,;|\t \"'\n\\\\]{0,9}[a-z]", any::<bool>()), width), 1..20)),
        (ends, crlf) in any::<(bool, bool)>(),
        piece in 1_usize..80,
    ) {
        let text = written(dialect, &table, ends, crlf);
        let width = table[0].len();
        let (records, faults, counts) = cut(text.as_bytes(), dialect, width, piece.max(1));
        prop_assert!(faults.is_empty(), "{faults:?} in {text:?}");
        prop_assert_eq!(counts[1], 0);
        let expected: Vec<Vec<Vec<u8>>> = table.iter().map(|row| row.iter().map(|(text, _)| text.clone().into_bytes()).collect()).collect();
        let found: Vec<Vec<Vec<u8>>> = records.into_iter().map(|(_, fields)| fields).collect();
        // An escape character outside of quotes is plain text, inside it may double itself; written so above.
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn cutting_is_the_same_wherever_stretches_end(text in adversarial(60), width in 1_usize..4, piece in 1_usize..40, escaped in any::<bool>(), quoting in prop_oneof![Just(Quoting::Declared), Just(Quoting::Found), Just(Quoting::Absent)]) {
        let dialect = Dialect { delimiter: Delimiter::Byte(b','), quote: Some(b'"'), escape: escaped.then_some(b'\\'), comment: None, line_end: LineEnd::Lf, quoting };
        let whole = cut(text.as_bytes(), dialect, width, usize::MAX);
        prop_assert_eq!(&cut(text.as_bytes(), dialect, width, piece), &whole);
        // Every byte that is not a line end lies in a record, a fault or a blank line, and every line is counted.
        let lines = text.split_inclusive('\n').count() as u64;
        prop_assert_eq!(whole.2[0], lines);
    }

    #[test]
    fn well_formed_records_agree_with_the_csv_crate(table in prop::collection::vec(prop::collection::vec("[a-z ,\"\n]{0,6}", 3), 1..12)) {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        table.iter().for_each(|row| writer.write_record(row).expect("writing to memory"));
        let bytes = writer.into_inner().expect("writing to memory");
        let dialect = Dialect { delimiter: Delimiter::Byte(b','), quote: Some(b'"'), escape: None, comment: None, line_end: LineEnd::Lf, quoting: Quoting::Found };
        let found: Vec<Vec<Vec<u8>>> = cut(&bytes, dialect, 3, 17).0.into_iter().map(|(_, fields)| fields).collect();
        let expected: Vec<Vec<Vec<u8>>> = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]).byte_records()
            .map(|record| record.expect("a record").iter().map(<[u8]>::to_vec).collect()).collect();
        prop_assert_eq!(found, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _any_outcome = read(&bytes, &ReadSettings::default());
    }

    #[test]
    fn no_text_loses_a_line(text in adversarial(80), fill in any::<bool>()) {
        let fill = if fill { "fill" } else { "reject" };
        if let Ok((report, rows, rejects)) = read(format!("a,b\n{text}").as_bytes(), &settings(serde_json::json!({"ragged": fill, "quote": "\"", "delimiter": ","}))) {
            prop_assert_eq!(report.rows, rows.num_rows() as u64);
            prop_assert_eq!(report.rejected, rejects.num_rows() as u64);
            let table = &report.tables[0];
            prop_assert_eq!(table.lines, format!("a,b\n{text}").split_inclusive('\n').count() as u64);
        }
    }
}

#[test]
fn values_are_typed_and_bad_rows_set_aside() {
    let csv = "order,when,amount,note\n1,31/12/2009 07:45,\"£1,234.50\",a\nx,1/1/2010 00:00,2,b\n3,13/13/2010 00:00,2,c\n4,2/1/2010 10:00,many,d\n5,2/1/2010 10:00\n\
        6,2/1/2010 10:00,3,e,f\n\n7,2/1/2010 10:00,NA,\"two\nlines\"\n,2/1/2010 10:00,4,g\n8,2/1/2010 10:00,6.94999,\"open\n9,2/1/2010 10:00,5,h\n";
    let wanted = settings(serde_json::json!({
        "types": {"order": "integer", "when": "timestamp", "amount": "money", "note": "text"}, "thousands": ",", "required": ["order"], "zone": "Europe/London",
        "quote": "\""
    }));
    let (report, rows, rejects) = read(csv.as_bytes(), &wanted).expect("a readable file");
    assert_eq!(lines(&rows), [2, 9, 13]);
    assert_eq!(texts(&rows, "note"), [Some("a".into()), Some("two\nlines".into()), Some("h".into())]);
    let said: Vec<(i64, Option<String>, Option<String>, Option<String>)> = lines(&rejects)
        .into_iter()
        .zip(texts(&rejects, "rule"))
        .zip(texts(&rejects, "column"))
        .zip(texts(&rejects, "value"))
        .map(|(((line, rule), column), value)| (line, rule, column, value))
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        said,
        [
            (3, text("bad-integer"), text("order"), text("x")),
            (4, text("bad-date"), text("when"), text("13/13/2010 00:00")),
            (5, text("bad-number"), text("amount"), text("many")),
            (6, text("ragged-short"), None, None),
            (7, text("ragged-long"), None, None),
            (11, text("missing-required"), text("order"), None),
            (12, text("unclosed-quote"), None, None),
        ]
    );
    assert_eq!(texts(&rejects, "record")[6], text("8,2/1/2010 10:00,6.94999,\"open"));
    let table = &report.tables[0];
    assert_eq!((table.lines, table.header_lines, table.blank_lines, table.records), (13, 1, 1, 10));
    assert_eq!(table.columns[1].layout.as_deref(), Some("%d/%m/%Y"));
}

#[test]
fn files_of_one_table_may_differ_in_header_and_layout() {
    let wanted = settings(serde_json::json!({
        "columns": {"customer": ["Customer ID", "CustomerID"], "day": "Date", "note": "Note"}, "optional": ["note"],
        "types": {"customer": "id", "day": "date", "note": "text"}
    }));
    let files = [
        ("a.csv", b"Customer ID,Date,Note\n13085.0,31/12/2009,x\n".to_vec()),
        ("b.csv", b"date;customerid\n2/1/2010;7\n".to_vec()),
    ];
    let (reports, rows, _) = read_all(&files, &wanted).expect("readable files");
    assert_eq!(texts(&rows[0], "customer"), [Some("13085".to_owned())]);
    assert_eq!(texts(&rows[1], "customer"), [Some("7".to_owned())]);
    assert_eq!(reports[1].tables[0].columns[1].layout.as_deref(), Some("%d/%m/%Y"));
    assert_eq!(rows[1].column_by_name("note").map(|column| column.null_count()), Some(1));
    assert_eq!(reports[1].tables[0].notes, ["column `note` is absent here and null"]);
}

#[test]
fn what_cannot_be_decided_is_an_error() {
    let says = |csv: &str, json: serde_json::Value, part: &str| {
        let error = read(csv.as_bytes(), &settings(json)).expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    };
    says(
        "day\n1/2/2010\n3/4/2010\n",
        serde_json::json!({"types": {"day": "date"}}),
        "made.csv, line 2, column `day`: `1/2/2010` can be read as %d/%m/%Y and as %m/%d/%Y",
    );
    says("day\nsoon\n", serde_json::json!({"types": {"day": "date"}}), "is not in a known date layout");
    says("Prise,n\n1,2\n", serde_json::json!({"columns": {"price": "Price"}}), "did you mean `Prise`?");
    says("", serde_json::json!({}), "has no header record");
    says("a\n", serde_json::json!({"zone": "Mars/Olympus"}), "Mars/Olympus");
    says("{\"a\": 1}", serde_json::json!({"format": "xlsx"}), "leave `format` at auto");
}

#[test]
fn the_whole_file_decides_on_the_encoding() {
    let mut bytes = b"name,n\n".to_vec();
    (0..200_000).for_each(|_| bytes.extend_from_slice(b"plain,1\n"));
    bytes.extend_from_slice(b"Jos\xE9 and \xA3,2\n");
    let (report, rows, _) = read(&bytes, &settings(serde_json::json!({"types": {"name": "text", "n": "integer"}})))
        .expect("a readable file");
    assert_eq!((report.rows, report.rejected), (200_001, 0));
    assert_eq!(report.tables[0].encoding.as_ref().map(|evidence| evidence.encoding.as_str()), Some("windows-1252"));
    assert_eq!(texts(&rows, "name")[200_000].as_deref(), Some("José and £"));
    let declared = settings(serde_json::json!({"types": {"name": "text", "n": "integer"}, "encoding": "utf-8"}));
    let (report, _, rejects) = read(&bytes, &declared).expect("a readable file");
    assert_eq!((report.rows, report.rejected), (200_000, 1));
    assert_eq!(texts(&rejects, "rule"), [Some("bad-encoding".to_owned())]);
    assert_eq!(lines(&rejects), [200_002]);
}

#[test]
fn the_bytes_written_do_not_depend_on_the_number_of_threads() {
    let mut text = String::from("id,when,amount,note\n");
    for number in 0..900_000_u32 {
        let note = if number % 1000 == 7 { "\"a \"\"quoted\"\"\nnote\"" } else { "plain" };
        let amount =
            if number % 5000 == 11 { "bad".to_owned() } else { format!("{}.{:02}", number % 97, number % 100) };
        text.push_str(&format!(
            "C{number},2011-{:02}-{:02} 12:00:00,{amount},{note}\n",
            number % 12 + 1,
            number % 28 + 1
        ));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("made.csv");
    std::fs::write(&path, &text).expect("a file can be written");
    let wanted = settings(serde_json::json!({"types": {"amount": "money"}}));
    let digest = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let profile = profile(&path, "made.csv", &wanted, true, &|_| {}).expect("a readable file");
            let plan = plan(std::slice::from_ref(&profile), &wanted).expect("a plan");
            let (rows, rejects) =
                (folder.path().join(format!("rows-{threads}")), folder.path().join(format!("rejects-{threads}")));
            let report = convert(&path, &profile, &plan, 0, &wanted, &rows, &rejects, &|_| {}).expect("a conversion");
            assert_eq!((report.rows, report.rejected, report.tables[0].lines), (899_820, 180, 900_901));
            (profile, report, std::fs::read(rows).expect("rows"), std::fs::read(rejects).expect("rejects"))
        })
    };
    let one = digest(1);
    assert!(one == digest(2) && one == digest(5));
}
