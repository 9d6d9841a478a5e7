//! Every destination is read back by a strict parser of its format.

use super::*;
use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, StringArray,
    TimestampSecondArray, UInt32Array,
};
use arrow::datatypes::Int32Type;
use calamine::{Data, Reader};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Files kept in memory.
#[derive(Default)]
struct Memory(Vec<Vec<u8>>);

impl Parts for Memory {
    fn open(&mut self, number: u32) -> std::io::Result<Box<dyn Write + Send + '_>> {
        assert_eq!(number as usize, self.0.len() + 1, "files are numbered from 1, in order");
        self.0.push(Vec::new());
        Ok(Box::new(self.0.last_mut().expect("just pushed")))
    }
}

/// A small list with every role that a shop has, and what spreadsheets, importers and people trip over.
fn example() -> (Vec<Field>, RecordBatch) {
    let texts = |values: Vec<Option<&str>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let columns: Vec<(&str, Role, ArrayRef)> = vec![
        ("person_id", Role::Id, texts(vec![Some("p-001"), Some("0130"), Some("=3"), Some("p-004")])),
        (
            "email",
            Role::Email,
            texts(vec![Some(" JaneDoe@gmail.com"), Some("josé@b.co"), None, Some("janedoe@GMAIL.com")]),
        ),
        (
            "phone",
            Role::Phone,
            texts(vec![Some("+44 20 7946 0018"), None, Some("020 7946 0018"), Some("+1 650-253-0000")]),
        ),
        ("first_name", Role::FirstName, texts(vec![Some("Jane"), Some("José"), Some("@dmin"), None])),
        ("last_name", Role::LastName, texts(vec![Some("Doe"), Some("Pérez"), Some("O'Brien"), Some("Doe")])),
        ("country", Role::Country, texts(vec![Some("UK"), Some("ES"), Some("Ireland"), Some("US")])),
        ("zip", Role::PostalCode, texts(vec![Some("EC1A 1BB"), Some("08001"), Some("D02"), Some("94025-1234")])),
        ("rank", Role::Number, Arc::new(UInt32Array::from(vec![1, 2, 3, 4]))),
        ("score", Role::Number, Arc::new(Float64Array::from(vec![Some(0.125), Some(-2.5), Some(f64::NAN), None]))),
        ("value", Role::Money, Arc::new(Int64Array::from(vec![Some(123_456), Some(-5), None, Some(0)]))),
        ("since", Role::Date, Arc::new(Date32Array::from(vec![Some(0), Some(15_318), None, Some(-1)]))),
        ("control", Role::Flag, Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]))),
        (
            "reason",
            Role::FreeText,
            texts(vec![
                Some("Silent, \"long\"\r\nvery"),
                Some("=HYPERLINK(\"x\")"),
                Some(" 好 "),
                Some("-10% next time"),
            ]),
        ),
        (
            "segment",
            Role::FreeText,
            Arc::new(DictionaryArray::<Int32Type>::from_iter([Some("At risk"), None, Some("At risk"), Some("Loyal")])),
        ),
    ];
    let fields = columns.iter().map(|(name, role, _)| Field::new(*name, *role).meaning("as in the test")).collect();
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, _, array)| (name, array, true)));
    (fields, batch.expect("columns of one length"))
}

fn write(name: &str, fields: &[Field], batches: &[RecordBatch], options: &Options) -> (Written, Vec<Vec<u8>>) {
    let mut memory = Memory::default();
    let list = List { fields, batches };
    let written = destination(name).expect(name).write(list, options, &mut memory).expect(name);
    (written, memory.0)
}

/// Header and records by a parser that takes nothing odd: equal lengths, UTF-8.
fn records(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    assert!(!bytes.starts_with(b"\xef\xbb\xbf"), "no byte order mark");
    let mut reader = ::csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let own = |record: &::csv::StringRecord| record.iter().map(String::from).collect::<Vec<_>>();
    let header = own(reader.headers().expect("a header"));
    let rows = reader.records().map(|record| own(&record.expect("a strict record"))).collect();
    (header, rows)
}

fn british() -> Options {
    Options { calling_code: Some("44".into()), ..Options::default() }
}

#[test]
fn csv_comes_back_as_it_was() {
    let (fields, batch) = example();
    let (written, files) = write("csv", &fields, &[batch], &Options::default());
    let (header, rows) = records(&files[0]);
    assert_eq!(header, fields.iter().map(|f| f.name.clone()).collect::<Vec<_>>());
    let expected = [
        "p-001| JaneDoe@gmail.com|+44 20 7946 0018|Jane|Doe|UK|EC1A 1BB|1|0.125|12.3456|1970-01-01|true|Silent, \"long\"\r\nvery|At risk",
        "0130|josé@b.co||José|Pérez|ES|08001|2|-2.5|-0.0005|2011-12-10|false|'=HYPERLINK(\"x\")|",
        "'=3||020 7946 0018|'@dmin|O'Brien|Ireland|D02|3||||| 好 |At risk",
        "p-004|janedoe@GMAIL.com|+1 650-253-0000||Doe|US|94025-1234|4||0.0000|1969-12-31|true|'-10% next time|Loyal",
    ]
    .map(String::from);
    assert_eq!(rows.iter().map(|row| row.join("|")).collect::<Vec<_>>(), expected);
    let altered: Vec<(&str, &str, u64)> = written.altered.iter().map(|a| (a.column.as_str(), a.rule, a.rows)).collect();
    assert_eq!(altered, [("person_id", "guarded", 1), ("first_name", "guarded", 1), ("reason", "guarded", 2)]);
}

#[test]
fn csv_line_ends_are_of_one_kind() {
    let fields = [Field::new("a", Role::FreeText)];
    let batch = RecordBatch::try_from_iter([("a", Arc::new(StringArray::from(vec!["x", "y"])) as ArrayRef)]).unwrap();
    let (_, crlf) = write("csv", &fields, std::slice::from_ref(&batch), &Options::default());
    assert_eq!(crlf[0], b"a\r\nx\r\ny\r\n");
    let (_, lf) = write("csv", &fields, &[batch], &Options { crlf: Some(false), ..Options::default() });
    assert_eq!(lf[0], b"a\nx\ny\n");
}

#[test]
fn jsonl_comes_back_as_it_was() {
    let (fields, batch) = example();
    let (_, files) = write("jsonl", &fields, &[batch], &Options::default());
    let text = String::from_utf8(files[0].clone()).unwrap();
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0]["score"], 0.125);
    assert_eq!(rows[0]["reason"], "Silent, \"long\"\r\nvery");
    assert_eq!(rows[1]["person_id"], "0130");
    assert_eq!(rows[1]["control"], false);
    assert_eq!(rows[2]["score"], serde_json::Value::Null);
    assert_eq!(rows[3]["since"], "1969-12-31");
    assert!(text.lines().nth(1).unwrap().contains("\"value\":-0.0005,"), "money keeps its decimals: {text}");
}

/// The Parquet reader wants a file or shared bytes; a file needs no further crate.
fn tempfile_of(bytes: &[u8]) -> std::fs::File {
    use std::io::Seek;
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("room for a small file");
    file.rewind().expect("files rewind");
    file
}

#[test]
fn parquet_comes_back_as_it_was() {
    let (fields, batch) = example();
    let (_, files) = write("parquet", &fields, std::slice::from_ref(&batch), &Options::default());
    let file = tempfile_of(&files[0]);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file);
    let back: Vec<RecordBatch> = reader.unwrap().build().unwrap().map(Result::unwrap).collect();
    assert_eq!(back.len(), 1);
    for (a, b) in back[0].columns().iter().zip(batch.columns()) {
        // NaN is not equal to itself; everything else is compared as it is.
        assert_eq!(format!("{a:?}"), format!("{b:?}"));
    }
}

#[test]
fn xlsx_comes_back_as_it_was() {
    let (fields, batch) = example();
    let (_, files) = write("xlsx", &fields, &[batch], &Options::default());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&files[0])).unwrap();
    let sheet = book.sheet_names()[0].clone();
    assert_eq!(book.worksheet_formula(&sheet).unwrap().used_cells().count(), 0, "nothing is a formula");
    let cells = book.worksheet_range(&sheet).unwrap();
    let at = |row: u32, column: &str| {
        let c = fields.iter().position(|f| f.name == column).unwrap() as u32;
        cells.get_value((row, c)).cloned().unwrap_or(Data::Empty)
    };
    assert_eq!(at(0, "reason"), Data::String("reason".into()));
    assert_eq!(at(2, "person_id"), Data::String("0130".into()));
    assert_eq!(at(1, "phone"), Data::String("+44 20 7946 0018".into()));
    assert_eq!(at(2, "reason"), Data::String("=HYPERLINK(\"x\")".into()));
    assert_eq!(at(1, "value"), Data::Float(12.3456));
    assert_eq!(at(1, "score"), Data::Float(0.125));
    assert_eq!(at(3, "score"), Data::Empty);
    assert!(matches!(at(2, "since"), Data::DateTime(day) if day.as_f64() == 40_887.0), "{:?}", at(2, "since"));
    assert_eq!(at(1, "control"), Data::String("true".into()));
}

#[test]
fn equal_lists_make_equal_bytes_and_true_digests() {
    let (fields, batch) = example();
    for d in DESTINATIONS {
        for batches in
            [vec![], vec![batch.slice(0, 0)], vec![batch.clone()], vec![batch.slice(0, 1), batch.slice(1, 3)]]
        {
            let (written, files) = write(d.name, &fields, &batches, &british());
            let (_, again) = write(d.name, &fields, &batches, &british());
            assert_eq!(files, again, "{}", d.name);
            assert_eq!(written.parts.len(), files.len(), "{}", d.name);
            let rows: u64 = written.parts.iter().map(|p| p.rows).sum();
            let given: usize = batches.iter().map(RecordBatch::num_rows).sum();
            assert_eq!(rows + written.refused.len() as u64, given as u64, "{}: no row is lost", d.name);
            for (part, file) in written.parts.iter().zip(&files) {
                assert_eq!(part.bytes, file.len() as u64);
                assert_eq!(part.sha256, part::hex(&Sha256::digest(file)));
            }
        }
    }
}

#[test]
fn batches_do_not_show() {
    let (fields, batch) = example();
    for name in ["csv", "jsonl", "xlsx", "mailchimp", "meta"] {
        let (_, whole) = write(name, &fields, std::slice::from_ref(&batch), &british());
        let (_, halves) = write(name, &fields, &[batch.slice(0, 2), batch.slice(2, 2)], &british());
        assert_eq!(whole, halves, "{name}");
    }
}

#[test]
fn names_are_words_and_distinct() {
    for (i, d) in DESTINATIONS.iter().enumerate() {
        assert!(d.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", d.name);
        assert!(DESTINATIONS[..i].iter().all(|other| other.name != d.name));
        assert!(!d.meaning.is_empty() && !d.meaning.ends_with('.'), "{}", d.name);
        assert!(
            matches!(d.format, Format::Plain(_)) == d.source.is_empty(),
            "a profile says where it was read: {}",
            d.name
        );
    }
}

#[test]
fn every_profile_is_strict_csv_with_its_own_headers_first() {
    let (fields, batch) = example();
    for d in DESTINATIONS.iter().filter(|d| matches!(d.format, Format::Profile(_))) {
        let (written, files) = write(d.name, &fields, std::slice::from_ref(&batch), &british());
        let (header, rows) = records(&files[0]);
        assert_eq!(header, written.columns.iter().map(|c| c.0.clone()).collect::<Vec<_>>(), "{}", d.name);
        assert!(!rows.is_empty(), "{}", d.name);
        let text = String::from_utf8(files[0].clone()).unwrap();
        assert_eq!(text.lines().count(), rows.len() + 1, "{}: one line a record", d.name);
        assert!(!text.contains('\r'), "{}", d.name);
        if d.hashed {
            assert!(!text.to_lowercase().contains("gmail") && !text.contains("7946"), "{}: {text}", d.name);
        }
    }
}

#[test]
fn mailchimp_takes_what_it_can() {
    let (fields, batch) = example();
    let (written, files) = write("mailchimp", &fields, &[batch], &british());
    let (header, rows) = records(&files[0]);
    assert_eq!(header[..4], ["Email Address", "SMS Phone Number", "First Name", "Last Name"]);
    // Row 1 has an accent before the @ and no telephone; row 3 is row 0 again.
    assert_eq!(written.refused, [Refused { row: 1, rule: "no-identifier" }, Refused { row: 3, rule: "duplicate" }]);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][..2], ["JaneDoe@gmail.com", "+442079460018"]);
    assert_eq!(rows[0][5], "GB");
    // The country of the row, Ireland, comes before the calling code of the settings.
    assert_eq!(rows[1][..3], ["", "+3532079460018", "'@dmin"]);
    assert!(written.altered.iter().any(|a| (a.column.as_str(), a.rule) == ("email", "accent-in-email")));
    assert!(written.altered.iter().any(|a| (a.column.as_str(), a.rule) == ("reason", "line-end")));
}

#[test]
fn google_hashes_people_and_leaves_places() {
    let (fields, batch) = example();
    let (written, files) = write("google-customer-match", &fields, &[batch], &british());
    let (header, rows) = records(&files[0]);
    assert_eq!(header, ["Email", "Phone", "First Name", "Last Name", "Country", "Zip"]);
    assert!(rows[0][0].starts_with("d6117306485ed0e5"));
    assert_eq!(rows[0][4..], ["GB", "EC1A 1BB"]);
    // "Ireland" is no code, so the whole address of that row is left empty.
    assert_eq!(rows[2][2..], ["", "", "", ""]);
    assert!(written.notes.iter().any(|note| note.contains("reason")), "columns left out are told: {:?}", written.notes);
}

#[test]
fn meta_telephones_have_no_plus_before_hashing() {
    let (fields, batch) = example();
    let (written, files) = write("meta", &fields, &[batch], &british());
    let (header, rows) = records(&files[0]);
    assert_eq!(header, ["email", "phone", "fn", "ln", "zip", "country", "value"]);
    assert_eq!(rows[0][1], part::hex(&Sha256::digest("442079460018")));
    assert_eq!(rows[0][6], "12.3456");
    assert!(written.notes.iter().any(|note| note.contains("at least 100 rows")));
}

#[test]
fn braze_tells_of_octal_traps() {
    let fields = [Field::new("id", Role::Id), Field::new("shelf", Role::FreeText)];
    let ids = Arc::new(StringArray::from(vec!["0130", "x"])) as ArrayRef;
    let shelves = Arc::new(StringArray::from(vec!["0130", "130"])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("id", ids), ("shelf", shelves)]).unwrap();
    let (written, files) = write("braze", &fields, &[batch], &Options::default());
    assert_eq!(files[0], b"external_id,shelf\n0130,0130\nx,130\n");
    assert_eq!(written.altered, [Altered { column: "shelf".into(), rule: "read-as-octal", rows: 1, first_row: 0 }]);
}

#[test]
fn files_are_split_at_rows_and_bytes() {
    let fields = [Field::new("email", Role::Email)];
    let emails: Vec<String> = (0..100).map(|i| format!("person{i}@example.org")).collect();
    let batch =
        RecordBatch::try_from_iter([("email", Arc::new(StringArray::from(emails.clone())) as ArrayRef)]).unwrap();
    for options in
        [Options { max_rows: Some(7), ..Options::default() }, Options { max_bytes: Some(200), ..Options::default() }]
    {
        for name in ["csv", "klaviyo", "hubspot"] {
            let (written, files) = write(name, &fields, std::slice::from_ref(&batch), &options);
            assert!(files.len() > 1, "{name}");
            let mut back = Vec::new();
            for (file, part) in files.iter().zip(&written.parts) {
                assert!(options.max_bytes.is_none_or(|most| file.len() as u64 <= most), "{name}");
                assert!(options.max_rows.is_none_or(|most| part.rows <= most), "{name}");
                let (header, rows) = records(file);
                assert_eq!(header.len(), 1);
                back.extend(rows.into_iter().flatten());
            }
            assert_eq!(back, emails, "{name}");
        }
    }
    for name in ["parquet", "xlsx", "jsonl"] {
        let (written, _) =
            write(name, &fields, std::slice::from_ref(&batch), &Options { max_rows: Some(40), ..Options::default() });
        assert_eq!(written.parts.iter().map(|p| p.rows).collect::<Vec<_>>(), [40, 40, 20], "{name}");
    }
    let tiny = Options { max_bytes: Some(10), ..Options::default() };
    let refused =
        destination("csv").unwrap().write(List { fields: &fields, batches: &[batch] }, &tiny, &mut Memory::default());
    assert!(matches!(refused, Err(DestinationError::RowTooLarge { row: 0, limit: 10, .. })));
}

#[test]
fn unfit_lists_are_refused_before_writing() {
    let check = |name: &str, fields: &[Field], options: &Options| {
        destination(name).unwrap().check(fields, options).map_err(|e| e.to_string())
    };
    let number = Field::new("n", Role::Number);
    let email = Field::new("email", Role::Email);
    assert_eq!(
        check("klaviyo", std::slice::from_ref(&number), &Options::default()),
        Err("klaviyo needs one of these columns: email, phone; give one of the list's columns that role".into())
    );
    assert!(
        check("csv", &[number.clone(), number.clone()], &Options::default()).unwrap_err().contains("appears twice")
    );
    let clash = Options { headers: [("n".to_owned(), "Email".to_owned())].into(), ..Options::default() };
    assert!(check("klaviyo", &[email.clone(), number], &clash).unwrap_err().contains("written as Email"));
    let many: Vec<Field> = (0..200).map(|i| Field::new(format!("c{i}"), Role::Number)).chain([email]).collect();
    assert!(check("customer-io", &many, &Options::default()).unwrap_err().contains("at most 100 columns"));
}

#[test]
fn decimals_and_times_of_other_types() {
    let fields = [Field::new("value", Role::Money), Field::new("at", Role::Date)];
    let value = Decimal128Array::from(vec![Some(123_456), None]).with_precision_and_scale(18, 2).unwrap();
    let at = TimestampSecondArray::from(vec![Some(1_323_532_200), Some(-1)]);
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("value", Arc::new(value) as ArrayRef, true),
        ("at", Arc::new(at) as ArrayRef, true),
    ]);
    let (_, files) = write("csv", &fields, &[batch.unwrap()], &Options::default());
    assert_eq!(files[0], b"value,at\r\n1234.56,2011-12-10T15:50:00\r\n,1969-12-31T23:59:59\r\n");
}

#[test]
fn manifest_is_plain_json() {
    let (fields, batch) = example();
    let kinds: Vec<String> = batch.schema().fields().iter().map(|f| f.data_type().to_string()).collect();
    let (written, _) = write("mailchimp", &fields, &[batch], &british());
    let head = Head {
        list: "win_back".into(),
        pipeline: "retail".into(),
        as_of: "2011-12-10".into(),
        made_by: "patron 0.1.0".into(),
        destination: "mailchimp".into(),
    };
    let json = Manifest::of(&head, &fields, &kinds, &written, &["win_back.csv".into()]).to_json();
    let back: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(back["schema_version"], 1);
    assert_eq!(back["rows"], 2);
    assert_eq!(back["columns"][0]["name"], "Email Address");
    assert_eq!(back["columns"][0]["from"], "email");
    assert_eq!(back["columns"][0]["role"], "email");
    assert_eq!(back["files"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(back["refused"], serde_json::json!([["duplicate", 1], ["no-identifier", 1]]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back(values in prop::collection::vec(prop::option::of(any::<String>()), 0..20), crlf: bool) {
        let fields = [Field::new("id", Role::Id), Field::new("text", Role::FreeText)];
        let column = |v: &[Option<String>]| Arc::new(StringArray::from(v.to_vec())) as ArrayRef;
        let batch = RecordBatch::try_from_iter_with_nullable([("id", column(&values), true), ("text", column(&values), true)]);
        let batch = batch.unwrap();
        let options = Options { crlf: Some(crlf), ..Options::default() };
        let (_, files) = write("csv", &fields, std::slice::from_ref(&batch), &options);
        let (_, rows) = records(&files[0]);
        prop_assert_eq!(rows.len(), values.len());
        for (row, value) in rows.iter().zip(&values) {
            let value = value.clone().unwrap_or_default();
            let guard = if delimited::looks_like_formula(&value) { "'" } else { "" };
            prop_assert_eq!(&row[0], &format!("{guard}{value}"));
            prop_assert_eq!(&row[1], &format!("{guard}{value}"));
            prop_assert!(!delimited::looks_like_formula(&row[1]));
        }
        let (_, files) = write("jsonl", &fields, &[batch], &options);
        let text = String::from_utf8(files[0].clone()).unwrap();
        for (line, value) in text.lines().zip(&values) {
            let back: serde_json::Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(back["text"].as_str().map(String::from), value.clone());
        }
    }

    #[test]
    fn phones_are_e164_or_refused(text in ".{0,24}") {
        if let Ok(phone) = identifiers::phone_e164(&text, identifiers::Home::Unsaid) {
            prop_assert!(phone.starts_with('+') && phone[1..].bytes().all(|b| b.is_ascii_digit()));
            prop_assert!((4..=16).contains(&phone.len()));
        }
    }
}
