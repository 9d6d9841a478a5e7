//! Sequences from text: SPMF, plain steps, and long CSV.
//!
//! Bytes go in, sequences and names come out. Items are numbered in the order of their names (whole numbers by value,
//! then words), so that the order of the lines does not decide the order of the patterns. A line that makes no sense is
//! set aside with its number and reason.

use super::data::{DAY, ElementBy, Event, Sequences};
use super::errors::SequenceError;
use crate::mining::SetAside;
use crate::numeric::calendar::{civil_of_day, day_of_civil};
use crate::orders::{NONE, Names};

/// How sequences are written in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SequenceFormat {
    /// One sequence a line: items divided by blanks, `-1` after each element, `-2` at the end, `<5>` before an element
    /// for its day; `#`, `%` and `@` begin comments, `@ITEM=3=milk` names item 3.
    #[default]
    Spmf,
    /// One sequence a line, every item an element of its own; the elements are a day apart.
    Steps,
    /// One item a line: customer, time and item columns under a header.
    LongCsv,
}

/// One row of the table of formats.
#[derive(Clone, Copy, Debug)]
pub struct SequenceFormatRow {
    /// The name that users write.
    pub name: &'static str,
    pub format: SequenceFormat,
    /// One sentence for the reference.
    pub about: &'static str,
}

static FORMATS: [SequenceFormatRow; 3] = [
    SequenceFormatRow {
        name: "spmf",
        format: SequenceFormat::Spmf,
        about: "one sequence a line, -1 after each element, -2 at the end",
    },
    SequenceFormatRow {
        name: "steps",
        format: SequenceFormat::Steps,
        about: "one sequence a line, one item per step, divided by blanks",
    },
    SequenceFormatRow {
        name: "long-csv",
        format: SequenceFormat::LongCsv,
        about: "one item a line: customer, time and item columns under a header",
    },
];

/// The table of input formats.
pub fn sequence_formats() -> &'static [SequenceFormatRow] {
    &FORMATS
}

/// The format a text seems to have: SPMF when a line ends in `-2`, long CSV when the first line has two or more commas,
/// semicolons or tabs, else plain steps.
pub fn guess_sequence_format(bytes: &[u8]) -> SequenceFormat {
    let mut lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let marked = |line: &[u8]| line.ends_with(b" -2") || line == b"-2";
    if marked(first) || lines.take(100).any(marked) {
        SequenceFormat::Spmf
    } else if b",;\t".iter().any(|sign| first.iter().filter(|byte| *byte == sign).count() >= 2) {
        SequenceFormat::LongCsv
    } else {
        SequenceFormat::Steps
    }
}

/// What the reader has to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadSequences {
    pub format: SequenceFormat,
    /// What divides the fields of a long CSV; found from the header when not given.
    pub delimiter: Option<u8>,
    /// Columns of a long CSV by name; the first, second and third when not given.
    pub customer_column: Option<String>,
    pub time_column: Option<String>,
    pub item_column: Option<String>,
    /// Column of a long CSV with the weight of the line's customer, a whole number; of several the largest counts. Each
    /// customer counts one when not given.
    pub weight_column: Option<String>,
    /// What makes lines of a long CSV part of one element.
    pub element: ElementBy,
}

/// What a text held.
#[derive(Clone, Debug)]
pub struct NamedSequences {
    pub sequences: Sequences,
    /// Names of the items by number.
    pub items: Names,
    /// Names of the customers by number, where the format has any.
    pub customers: Names,
    /// The first lines that were set aside.
    pub set_aside: Vec<SetAside>,
    /// How many lines were set aside altogether.
    pub set_aside_lines: u64,
}

/// How many lines set aside are listed one by one.
const TOLD: usize = 100;

/// Reads the sequences in `bytes`.
///
/// Errors: a column that is not there, or more than the miner can hold. A text without a usable line gives no customers.
pub fn read_sequences(bytes: &[u8], settings: &ReadSequences) -> Result<NamedSequences, SequenceError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reading = Reading::default();
    match settings.format {
        SequenceFormat::Spmf => reading.lines(bytes, Reading::spmf_line),
        SequenceFormat::Steps => reading.lines(bytes, Reading::steps_line),
        SequenceFormat::LongCsv => reading.long_csv(bytes, settings)?,
    }
    reading.finish(settings)
}

/// A column of texts: of each row the number of its text, [`NONE`] where it is empty, and the texts.
pub type TextColumn = (Vec<u32>, Names);

/// Columns with one item a row.
pub struct SequenceColumns {
    pub customer: TextColumn,
    pub time: TextColumn,
    pub item: TextColumn,
    /// As [`ReadSequences::weight_column`].
    pub weight: Option<TextColumn>,
}

/// The sequences of a table's columns, as of a long CSV with these fields. Errors: more than the miner can hold.
pub fn sequences_of_columns(columns: &SequenceColumns, element: ElementBy) -> Result<NamedSequences, SequenceError> {
    let mut reading = Reading { weighted: columns.weight.is_some(), ..Reading::default() };
    let times: Vec<Option<i64>> = columns.time.1.iter().map(|time| civil_seconds(time.trim())).collect();
    for row in 0..columns.customer.0.len() {
        let time = times.get(columns.time.0[row] as usize).copied().flatten();
        let weight = columns.weight.as_ref().map_or(Some(1), |weight| text(weight, row).parse().ok());
        reading.line(row as u64 + 1, text(&columns.customer, row), time, text(&columns.item, row), weight);
    }
    reading.finish(&ReadSequences { format: SequenceFormat::LongCsv, element, ..ReadSequences::default() })
}

fn text((numbers, texts): &TextColumn, row: usize) -> &str {
    if numbers[row] == NONE { "" } else { texts.get(numbers[row]).trim() }
}

/// Weights of customers from text, a whole number a line, in the order of the customers. Errors: a line that is no such
/// number.
pub fn read_weights(bytes: &[u8]) -> Result<Vec<u32>, SequenceError> {
    let lines = bytes.trim_ascii_end().split(|&byte| byte == b'\n').filter(|_| !bytes.trim_ascii().is_empty());
    let number = |(line, text): (u64, &[u8])| {
        let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
        let why = || format!("\"{text}\" is not a whole number from 0 to {}", u32::MAX);
        text.parse().map_err(|_| SequenceError::Line { line, why: why() })
    };
    (1..).zip(lines).map(number).collect()
}

/// Sequences while they are read: elements in the order of the text, items by first appearance.
#[derive(Default)]
struct Reading {
    items: Names,
    customers: Names,
    /// Given names of numbered items.
    given: std::collections::BTreeMap<String, String>,
    tokens: Vec<u32>,
    /// Time and end (in `tokens`) of each element.
    elements: Vec<(i64, usize)>,
    /// End (in `elements`) of each customer.
    ends: Vec<usize>,
    events: Vec<Event>,
    /// Weights of the customers, and whether they were given.
    weights: Vec<u32>,
    weighted: bool,
    set_aside: Vec<SetAside>,
    set_aside_lines: u64,
}

impl Reading {
    fn note(&mut self, line: u64, reason: &'static str) {
        self.set_aside_lines += 1;
        if self.set_aside.len() < TOLD {
            self.set_aside.push(SetAside { line, reason });
        }
    }

    fn lines(&mut self, bytes: &[u8], read: fn(&mut Self, &str) -> Result<(), &'static str>) {
        for (number, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let (tokens, elements, ends) = (self.tokens.len(), self.elements.len(), self.ends.len());
            let outcome = std::str::from_utf8(line).map_err(|_| "the text is not UTF-8").and_then(|line| {
                let line = line.trim();
                if line.is_empty() { Ok(()) } else { read(self, line) }
            });
            if let Err(reason) = outcome {
                self.tokens.truncate(tokens);
                self.elements.truncate(elements);
                self.ends.truncate(ends);
                self.note(number as u64 + 1, reason);
            }
        }
    }

    fn spmf_line(&mut self, line: &str) -> Result<(), &'static str> {
        if let Some(given) = line.strip_prefix("@ITEM=") {
            let (number, name) = given.split_once('=').ok_or("an @ITEM line needs a number, = and a name")?;
            self.given.insert(number.trim().to_owned(), name.trim().to_owned());
            return Ok(());
        }
        if line.starts_with(['#', '%', '@']) {
            return Ok(());
        }
        let (mut position, mut last_time, mut time) = (0i64, i64::MIN, None);
        let (mut open, mut ended) = (self.tokens.len(), false);
        for token in line.split_ascii_whitespace() {
            ended = token == "-2";
            match token {
                "-1" | "-2" => {
                    if self.tokens.len() > open {
                        let at = time.take().unwrap_or(position);
                        if at < last_time {
                            return Err("the times of the sequence go back");
                        }
                        (last_time, position) = (at, at + 1);
                        self.elements.push((at * DAY, self.tokens.len()));
                        open = self.tokens.len();
                    }
                    if ended {
                        self.ends.push(self.elements.len());
                        (position, last_time, time) = (0, i64::MIN, None);
                    }
                }
                _ => match token.strip_prefix('<').and_then(|token| token.strip_suffix('>')) {
                    Some(day) => {
                        let day: i64 = day.parse().map_err(|_| "the time between < and > is not a whole number")?;
                        if day.unsigned_abs() > MOST_DAYS {
                            return Err("the time between < and > is too large");
                        }
                        time = Some(day);
                    }
                    None => self.tokens.push(self.items.intern(token)),
                },
            }
        }
        if self.tokens.len() > open {
            let at = time.unwrap_or(position);
            if at < last_time {
                return Err("the times of the sequence go back");
            }
            self.elements.push((at * DAY, self.tokens.len()));
        }
        if !ended {
            self.ends.push(self.elements.len());
        }
        Ok(())
    }

    fn steps_line(&mut self, line: &str) -> Result<(), &'static str> {
        for (position, token) in line.split_ascii_whitespace().enumerate() {
            self.tokens.push(self.items.intern(token));
            self.elements.push((position as i64 * DAY, self.tokens.len()));
        }
        self.ends.push(self.elements.len());
        Ok(())
    }

    fn long_csv(&mut self, bytes: &[u8], settings: &ReadSequences) -> Result<(), SequenceError> {
        let header_end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
        let many = |sign: u8| bytes[..header_end].iter().filter(|&&byte| byte == sign).count();
        let likely = *b"\t;,".iter().max_by_key(|&&sign| many(sign)).expect("three signs");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(settings.delimiter.unwrap_or(likely))
            .flexible(true)
            .trim(csv::Trim::Headers)
            .from_reader(bytes);
        let header: Vec<String> = match reader.byte_headers() {
            Ok(header) => header.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect(),
            Err(error) => return Err(SequenceError::Line { line: 1, why: error.to_string() }),
        };
        if header.is_empty() {
            return Ok(());
        }
        let place = |column: &Option<String>, otherwise: usize| match column {
            None if otherwise < header.len() => Ok(otherwise),
            None => Err(SequenceError::Line {
                line: 1,
                why: format!("customer, time and item columns are needed, but the header is {}", header.join(", ")),
            }),
            Some(name) => header.iter().position(|field| field == name).ok_or_else(|| SequenceError::Line {
                line: 1,
                why: format!("there is no column \"{name}\" among {}: name one of these", header.join(", ")),
            }),
        };
        let customer_at = place(&settings.customer_column, 0)?;
        let time_at = place(&settings.time_column, 1)?;
        let item_at = place(&settings.item_column, 2)?;
        let weight_at = settings.weight_column.as_ref().map(|_| place(&settings.weight_column, 0)).transpose()?;
        self.weighted = weight_at.is_some();
        let mut record = csv::ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let line = record.position().map_or(0, csv::Position::line);
            let field = |at: usize| std::str::from_utf8(record.get(at).unwrap_or_default()).map(str::trim);
            let (Ok(customer), Ok(time), Ok(item)) = (field(customer_at), field(time_at), field(item_at)) else {
                self.note(line, "the text is not UTF-8");
                continue;
            };
            let weight = match weight_at {
                None => Some(1),
                Some(at) => field(at).ok().and_then(|weight| weight.parse::<u32>().ok()),
            };
            self.line(line, customer, civil_seconds(time), item, weight);
        }
        Ok(())
    }

    /// One item of a customer, or why it is set aside.
    fn line(&mut self, line: u64, customer: &str, time: Option<i64>, item: &str, weight: Option<u32>) {
        let reason = match (customer, item, time, weight) {
            ("", ..) => "the customer is missing",
            (_, "", ..) => "the item is missing",
            (.., None) => "the weight is not a whole number from 0 to 4294967295",
            (_, _, None, _) => "the time is neither a date (2011-12-09, with or without 12:50:00) nor a number of days",
            (_, _, Some(time), Some(weight)) => {
                let (customer, item) = (self.customers.intern(customer), self.items.intern(item));
                self.events.push(Event { customer, time, item });
                self.weights.resize(self.customers.len(), 0);
                let known = &mut self.weights[customer as usize];
                *known = (*known).max(weight);
                return;
            }
        };
        self.note(line, reason);
    }

    fn finish(self, settings: &ReadSequences) -> Result<NamedSequences, SequenceError> {
        let mut order: Vec<u32> = (0..self.items.len() as u32).collect();
        order.sort_by_cached_key(|&id| name_order(self.items.get(id)));
        let mut renumbered = vec![0u32; order.len()];
        let mut items = Names::new();
        for &id in &order {
            let name = self.items.get(id);
            // Two numbers of one given name become one item.
            renumbered[id as usize] = items.intern(self.given.get(name).map_or(name, String::as_str));
        }
        let item_count = items.len() as u32;
        let sequences = if settings.format == SequenceFormat::LongCsv {
            let mut events = self.events;
            events.iter_mut().for_each(|event| event.item = renumbered[event.item as usize]);
            let built = Sequences::from_events(events, self.customers.len() as u32, item_count, settings.element)?;
            if self.weighted { built.with_weights(self.weights)? } else { built }
        } else {
            let mut built = Sequences::new(item_count);
            let mut element: Vec<u32> = Vec::new();
            let (mut token, mut at) = (0, 0);
            for &end in &self.ends {
                for &(time, token_end) in &self.elements[at..end] {
                    element.clear();
                    element.extend(self.tokens[token..token_end].iter().map(|&id| renumbered[id as usize]));
                    built.push_element(time, &element)?;
                    token = token_end;
                }
                at = end;
                built.end_customer();
            }
            built
        };
        Ok(NamedSequences {
            sequences,
            items,
            customers: self.customers,
            set_aside: self.set_aside,
            set_aside_lines: self.set_aside_lines,
        })
    }
}

/// Days beyond this (some 27,000 years) are no times of orders.
const MOST_DAYS: u64 = 10_000_000;

/// Whole numbers by value, then words.
fn name_order(name: &str) -> (bool, u64, String) {
    match name.parse::<u64>() {
        Ok(number) => (false, number, name.to_owned()),
        Err(_) => (true, 0, name.to_owned()),
    }
}

/// Civil seconds of `2011-12-09`, `2011-12-09 12:50[:00]` (or with `T`, or with `/` in the date), `20111209`, a number
/// of days (up to seven digits) or of seconds since 1970 (nine digits and more). A zone behind the time is not looked at:
/// it is the wall clock that counts.
pub fn civil_seconds(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        return match number.unsigned_abs() {
            days if days <= MOST_DAYS => Some(number * DAY),
            10_000_001..=99_999_999 => {
                civil_day(number / 10_000, number / 100 % 100, number % 100).map(|day| day * DAY)
            }
            seconds if seconds <= MOST_DAYS * DAY as u64 => Some(number),
            _ => None,
        };
    }
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let mut parts = date.split(['-', '/']);
    let mut part = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let day = civil_day(part()?, part()?, part()?)?;
    if parts.next().is_some() {
        return None;
    }
    match time.trim() {
        "" => Some(day * DAY),
        time => clock_seconds(time).map(|seconds| day * DAY + seconds),
    }
}

/// Seconds since midnight of `12:50[:00[.000]]`, with or without a zone behind it: `Z`, `+01`, `+0100` or `+01:00`.
fn clock_seconds(text: &str) -> Option<i64> {
    let behind = |text: &str| text.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ':').len();
    let (clock, mut zone) = text.split_at(text.len() - behind(text));
    let mut units = [(3_600, 24), (60, 60), (1, 60)].into_iter();
    let mut seconds = 0;
    for part in clock.split(':') {
        let (unit, below) = units.next()?;
        let value: i64 = part.parse().ok().filter(|value| (0..below).contains(value) && part.len() <= 2)?;
        seconds += value * unit;
    }
    if let Some(fraction) = zone.strip_prefix('.') {
        zone = fraction.trim_start_matches(|sign: char| sign.is_ascii_digit());
        if units.next().is_some() || zone.len() == fraction.len() {
            return None;
        }
    }
    is_zone(zone).then_some(seconds)
}

fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return matches!(text, "" | "Z") };
    let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    offset.split_at_checked(2).is_some_and(|(hours, minutes)| {
        two(hours) && (minutes.is_empty() || two(minutes.strip_prefix(':').unwrap_or(minutes)))
    })
}

fn civil_day(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let number = day_of_civil(year, month as u32, day as u32);
    (civil_of_day(number) == (year, month as u32, day as u32)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8], format: SequenceFormat) -> NamedSequences {
        read_sequences(text, &ReadSequences { format, ..ReadSequences::default() }).unwrap()
    }

    fn spelled(found: &NamedSequences) -> Vec<Vec<(i64, Vec<&str>)>> {
        let data = &found.sequences;
        let element = |e: usize| (data.day_of(e), data.items_of(e).iter().map(|&item| found.items.get(item)).collect());
        (0..data.customers()).map(|customer| data.elements_of(customer).map(element).collect()).collect()
    }

    #[test]
    fn spmf_with_names_times_and_comments() {
        let text = b"@CONVERTED_FROM_TEXT\n@ITEM=2=pear\n# note\n2 1 -1 3 -1 -2\n\n<4> 1 -1 <9> 10 2 -1 -2\n1\n<2> 1 -1 <1> 1 -1 -2\n";
        let found = read(text, SequenceFormat::Spmf);
        assert_eq!(
            spelled(&found),
            [
                vec![(0, vec!["1", "pear"]), (1, vec!["3"])],
                vec![(4, vec!["1"]), (9, vec!["pear", "10"])],
                vec![(0, vec!["1"])]
            ]
        );
        assert_eq!(found.set_aside, [SetAside { line: 8, reason: "the times of the sequence go back" }]);
    }

    #[test]
    fn steps_are_numbered_by_name_not_by_place() {
        let found = read(b"10 9 milk\r\n9 bread\n", SequenceFormat::Steps);
        assert_eq!(found.items.iter().collect::<Vec<_>>(), ["9", "10", "bread", "milk"]);
        assert_eq!(spelled(&found)[1], [(0, vec!["9"]), (1, vec!["bread"])]);
    }

    #[test]
    fn long_csv_in_any_order() {
        let text = b"who;when;what\nann;2011-12-09 12:50;\"a;b\"\nbob;2011-12-01;x\nann;2011-12-01 08:00:30;x\nann;2011-12-09 13:00;x\n;2011-12-09;x\nbob;soon;x\nbob;2011-12-02;\n";
        let found = read(text, SequenceFormat::LongCsv);
        let day = day_of_civil(2011, 12, 1);
        assert_eq!(spelled(&found), [vec![(day, vec!["x"]), (day + 8, vec!["a;b", "x"])], vec![(day, vec!["x"])]]);
        assert_eq!(found.set_aside.iter().map(|aside| aside.line).collect::<Vec<_>>(), [6, 7, 8]);
        assert_eq!(found.customers.iter().collect::<Vec<_>>(), ["ann", "bob"]);
        let wrong = ReadSequences {
            format: SequenceFormat::LongCsv,
            item_column: Some("item".into()),
            ..ReadSequences::default()
        };
        let message = read_sequences(text, &wrong).unwrap_err().to_string();
        assert_eq!(message, "line 1: there is no column \"item\" among who, when, what: name one of these");
    }

    #[test]
    fn weights_by_column_and_by_line() {
        let text =
            b"who,when,what,worth\nann,2011-12-09,x,2\nbob,2011-12-01,x,0\nann,2011-12-01,y,7\nbob,2011-12-02,y,-1\n";
        let settings = ReadSequences {
            format: SequenceFormat::LongCsv,
            weight_column: Some("worth".into()),
            ..ReadSequences::default()
        };
        let found = read_sequences(text, &settings).unwrap();
        let weights = |data: &Sequences| (0..data.customers()).map(|c| data.weight_of(c)).collect::<Vec<_>>();
        assert_eq!((weights(&found.sequences), found.set_aside[0].line), (vec![7, 0], 5));
        assert_eq!(read_weights(b"3\n 0\r\n12\n").unwrap(), [3, 0, 12]);
        assert!(read_weights(b"").unwrap().is_empty());
        let message = read_weights(b"3\nx\n").unwrap_err().to_string();
        assert_eq!(message, "line 2: \"x\" is not a whole number from 0 to 4294967295");
    }

    #[test]
    fn times_in_several_forms() {
        let day = day_of_civil(1997, 1, 31) * DAY;
        for text in [
            "1997-01-31",
            "1997/1/31",
            "19970131",
            "1997-01-31T00:00:00Z",
            "1997-01-31 00:00:00.000",
            "1997-01-31T00:00:00+01:00",
            "1997-01-31T00:00:00.5-0530",
            "1997-01-31 00:00+01",
        ] {
            assert_eq!(civil_seconds(text), Some(day), "{text}");
        }
        assert_eq!(civil_seconds("1997-01-31 01:02:03"), Some(day + 3723));
        assert_eq!((civil_seconds("12"), civil_seconds("854668800")), (Some(12 * DAY), Some(854_668_800)));
        for text in ["", "x", "1997-02-30", "19970230", "1997-01-31 25:00", "1997-01-31-2", "99999999999999999999"] {
            assert_eq!(civil_seconds(text), None, "{text}");
        }
        for behind in [
            "- 1997-02-02",
            "Zebra",
            "-garbage",
            "08:00-x",
            "+01:00",
            "Z",
            ".5",
            "08.30",
            "08:00:00.",
            "08:00:00+1",
            "08:00:00+01:0",
            "08:00:00+01:00x",
            "08:00:00Z+01",
            "08:00:00:00",
            "08:00-\u{e9}1",
        ] {
            assert_eq!(civil_seconds(&format!("1997-01-31 {behind}")), None, "{behind}");
        }
    }

    #[test]
    fn formats_are_guessed() {
        assert_eq!(guess_sequence_format(b"1 2 -1 3 -1 -2\n"), SequenceFormat::Spmf);
        assert_eq!(guess_sequence_format(b"customer,time,item\n"), SequenceFormat::LongCsv);
        assert_eq!(guess_sequence_format(b"1 2 3\n"), SequenceFormat::Steps);
        assert_eq!(guess_sequence_format(b""), SequenceFormat::Steps);
    }

    proptest! {
        #[test]
        fn any_bytes_give_sequences_or_an_error(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec![
                    &b"-1 "[..], b"-2", b"\n", b"<3>", b"<", b"@ITEM=1", b"\"", b",", b"1 ", b"2011-12-09", b"\xff", b"\0",
                    b"99999999999",
                ]),
                0..60),
            which in 0..3usize,
        ) {
            let settings = ReadSequences { format: sequence_formats()[which].format, ..ReadSequences::default() };
            if let Ok(found) = read_sequences(&pieces.concat(), &settings) {
                prop_assert_eq!(found.sequences.item_count() as usize, found.items.len());
            }
        }
    }
}
