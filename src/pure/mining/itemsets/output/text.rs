//! Itemsets as lines of text.

use super::super::super::baskets::Baskets;
use super::super::super::sets::word;
use super::super::settings::{ItemsetSettings, MiningError, Outcome};
use super::handed::{each_subset, each_subset_or_none};
use super::receiver::{Cube, Itemset, Lengths, Output};
use super::tally::Tally;
use crate::orders::Names;
use rustc_hash::FxHashMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Mutex;
use thiserror::Error;

/// How a line of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// `milk bread (12)`.
    #[default]
    Fimi,
    /// `milk bread #SUP: 12`.
    Spmf,
    /// `"milk,bread",12,0.01` under a header; an item that holds a comma without a blank behind it, or begins with a quote, stands in
    /// double quotes inside the field.
    Csv,
    /// An array of `{"items":["milk","bread"],"count":12,"support":0.01}`.
    Json,
}

/// Why lines could be read in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unclear<'a> {
    /// Blanks inside names become underscores.
    #[error("the items `{first}` and `{second}` would be written alike")]
    Alike { first: &'a str, second: &'a str },
    /// It is a word of the lines' own.
    #[error("the item `{item}` would be taken for a sign between items")]
    Sign { item: &'a str },
}

/// One row of the table of output styles.
#[derive(Debug, Clone, Copy)]
pub struct StyleRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub style: Style,
    /// What a line looks like.
    pub about: &'static str,
}

const CSV: &str = "columns items, count and support under a header; items divided by commas, in quotes where a comma without a blank \
                   behind it is part of them";

static STYLES: [StyleRow; 4] = [
    StyleRow { name: "fimi", style: Style::Fimi, about: "items divided by blanks, then the count: milk bread (12)" },
    StyleRow { name: "spmf", style: Style::Spmf, about: "items divided by blanks, then #SUP: milk bread #SUP: 12" },
    StyleRow { name: "csv", style: Style::Csv, about: CSV },
    StyleRow { name: "json", style: Style::Json, about: "an array with one object for each itemset" },
];

/// The table of output styles.
pub fn styles() -> &'static [StyleRow] {
    &STYLES
}

/// The fixed pieces of a line.
struct Shape {
    head: &'static str,
    start: &'static str,
    between: &'static str,
    after: &'static str,
    foot: &'static str,
}

impl Style {
    fn shape(self) -> Shape {
        match self {
            Self::Fimi => Shape { head: "", start: "", between: " ", after: " (", foot: "" },
            Self::Spmf => Shape { head: "", start: "", between: " ", after: " #SUP: ", foot: "" },
            Self::Csv => Shape { head: "items,count,support\n", start: "\"", between: ",", after: "\",", foot: "" },
            Self::Json => {
                Shape { head: "[", start: ",\n{\"items\":[", between: ",", after: "],\"count\":", foot: "\n]\n" }
            }
        }
    }

    /// An item's name as it is written in a line. Line breaks would end the line early and become blanks; where blanks divide
    /// the items, a blank inside a name becomes an underscore.
    pub(crate) fn item(self, name: &str) -> String {
        let on_one_line = name.replace(['\n', '\r'], " ");
        match self {
            Self::Fimi | Self::Spmf => on_one_line.replace(char::is_whitespace, "_"),
            Self::Csv => word(&on_one_line, &[","]).replace('"', "\"\""),
            Self::Json => json_string(name),
        }
    }

    /// Why lines of this style could be read in more than one way: two items that are written alike, or one that is written as a sign
    /// between others. Nothing where they cannot.
    pub fn unclear<'a>(self, names: &'a Names, signs: &[&str]) -> Option<Unclear<'a>> {
        if matches!(self, Self::Csv | Self::Json) {
            return None;
        }
        let mut written = FxHashMap::default();
        names.iter().find_map(|name| {
            let text = self.item(name);
            // A comma alone divides items, the other signs stand between blanks.
            if signs.iter().any(|sign| if *sign == "," { text.contains(sign) } else { text == *sign }) {
                return Some(Unclear::Sign { item: name });
            }
            written.insert(text, name).map(|first| Unclear::Alike { first, second: name })
        })
    }

    fn tail(self, support: u32, total: f64) -> String {
        match self {
            Self::Fimi => format!("{support})\n"),
            Self::Spmf => format!("{support}\n"),
            Self::Csv => format!("{support},{}\n", f64::from(support) / total),
            Self::Json => format!("{support},\"support\":{}}}", f64::from(support) / total),
        }
    }
}

/// A JSON string literal (RFC 8259, section 7).
pub(crate) fn json_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c < ' ' => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Writes every set as a line.
pub(in super::super) struct Text<'a> {
    lengths: Lengths,
    style: Style,
    shape: Shape,
    total: f64,
    /// The text of each item after what divides items.
    items: Vec<String>,
    sink: Mutex<Sink<'a>>,
    /// Room whose lines are written, to be filled again.
    spare: Mutex<Vec<Vec<u8>>>,
}

struct Sink<'a> {
    out: &'a mut (dyn Write + Send),
    first: bool,
    tally: Tally,
}

/// Lines that wait for their turn.
pub(in super::super) struct Lines {
    text: Vec<u8>,
    tally: Tally,
    /// The ends of lines for some supports: neighbours in the search have few different ones.
    tails: Vec<Tail>,
}

#[derive(Clone, Copy)]
struct Tail {
    support: u32,
    length: u8,
    text: [u8; LONGEST_TAIL + REGISTER],
}

const TAILS: usize = 256;

/// Longest end of a line that is kept.
const LONGEST_TAIL: usize = 59;

/// Bytes below which a text is copied to be handed over.
const COPIED: usize = 1 << 14;

/// Most texts that are kept to be filled again.
const SPARE: usize = 8;

const UNBROKEN: &str = "no thread panics while it writes";

impl<'a> Text<'a> {
    pub(in super::super) fn new(
        baskets: &Baskets,
        names: &Names,
        settings: &ItemsetSettings,
        style: Style,
        out: &'a mut (dyn Write + Send),
    ) -> Self {
        let shape = style.shape();
        let item = |id: u32| {
            let name =
                if (id as usize) < names.len() { style.item(names.get(id)) } else { style.item(&id.to_string()) };
            format!("{}{name}", shape.between)
        };
        Self {
            lengths: Lengths::of(settings),
            style,
            total: baskets.total_weight() as f64,
            items: (0..baskets.item_count()).map(item).collect(),
            sink: Mutex::new(Sink { out, first: true, tally: Tally::default() }),
            spare: Mutex::default(),
            shape,
        }
    }

    pub(in super::super) fn write_all(&self, found: &[Itemset]) -> Result<(), MiningError> {
        let mut part = self.part();
        for set in found {
            self.node(&mut part, &set.items, &[], set.support);
        }
        self.take(part, u64::MAX).map(|_| ())
    }

    pub(in super::super) fn finish(&self) -> Result<(), MiningError> {
        let mut sink = self.sink.lock().expect(UNBROKEN);
        if sink.first {
            sink.out.write_all(self.shape.head.as_bytes())?;
        }
        sink.out.write_all(self.shape.foot.as_bytes())?;
        Ok(sink.out.flush()?)
    }

    /// Begins a line: its items so far, divided.
    fn begin(&self, line: &mut Vec<u8>, items: &[u32]) {
        line.extend_from_slice(self.shape.start.as_bytes());
        let mut skip = self.shape.between.len();
        for &item in items {
            line.extend_from_slice(&self.items[item as usize].as_bytes()[skip..]);
            skip = 0;
        }
    }

    /// Ends a line.
    #[inline]
    fn end(&self, text: &mut Vec<u8>, tails: &mut [Tail], support: u32) {
        let tail = &mut tails[support as usize % TAILS];
        if tail.support != support || tail.length == 0 {
            let long = format!("{}{}", self.shape.after, self.style.tail(support, self.total));
            if long.len() + REGISTER > tail.text.len() {
                text.extend_from_slice(long.as_bytes());
                return;
            }
            tail.support = support;
            tail.length = long.len() as u8;
            tail.text[..long.len()].copy_from_slice(long.as_bytes());
        }
        append(text, &tail.text, usize::from(tail.length));
    }

    /// The end of the first `lines` lines.
    fn end_of(&self, text: &[u8], lines: usize) -> usize {
        // No line holds a line break, so a line is a set; JSON lines begin with theirs, after a comma, instead of ending so.
        if self.style == Style::Json {
            memchr::memchr_iter(b'\n', text).nth(lines).map_or(text.len(), |at| at - 1)
        } else {
            lines
                .checked_sub(1)
                .map_or(0, |before| memchr::memchr_iter(b'\n', text).nth(before).map_or(text.len(), |at| at + 1))
        }
    }
}

/// Bytes that are copied at once.
const REGISTER: usize = 32;

/// Appends the first `length` bytes of `padded`, which are followed by at least as many as are copied at once. Pieces of lines
/// are so short that copying just as many bytes takes longer.
#[inline(always)]
fn append(text: &mut Vec<u8>, padded: &[u8], length: usize) {
    assert!(padded.len() >= length + REGISTER);
    text.reserve(length + REGISTER);
    // SAFETY: the last register copied begins before `length`, so what is read lies in `padded` and what is written in the room
    // reserved; the first `length` bytes of it are then set.
    unsafe {
        let to = text.as_mut_ptr().add(text.len());
        let mut at = 0;
        while at < length {
            std::ptr::copy_nonoverlapping(padded.as_ptr().add(at), to.add(at), REGISTER);
            at += REGISTER;
        }
        text.set_len(text.len() + length);
    }
}

impl Output for Text<'_> {
    type Part = Lines;

    fn part(&self) -> Lines {
        let empty = Tail { support: 0, length: 0, text: [0; LONGEST_TAIL + REGISTER] };
        Lines { text: Vec::new(), tally: Tally::default(), tails: vec![empty; TAILS] }
    }

    /// Short texts are copied; others change places with room that is free, so that none is asked for again and again.
    fn split(&self, part: &mut Lines) -> Lines {
        let tally = std::mem::take(&mut part.tally);
        let text = if part.text.len() < COPIED {
            let text = part.text.to_vec();
            part.text.clear();
            text
        } else {
            let spare = self.spare.lock().expect(UNBROKEN).pop().unwrap_or_default();
            std::mem::replace(&mut part.text, spare)
        };
        Lines { text, tally, tails: Vec::new() }
    }

    fn node(&self, part: &mut Lines, prefix: &[u32], free: &[u32], support: u32) {
        part.tally.add(self.lengths, prefix.len(), free.len(), 1);
        let Lines { text, tails, .. } = part;
        if free.is_empty() {
            if self.lengths.holds(prefix.len()) {
                self.begin(text, prefix);
                self.end(text, tails, support);
            }
            return;
        }
        let mut set = Vec::new();
        each_subset(self.lengths, prefix, free, &mut |prefix, more| {
            set.clear();
            set.extend_from_slice(prefix);
            set.extend_from_slice(more);
            self.begin(text, &set);
            self.end(text, tails, support);
        });
    }

    fn cube(&self, part: &mut Lines, prefix: &[u32], free: &[u32], cube: &Cube<'_>) {
        part.tally.add_cube(self.lengths, prefix.len(), free.len(), cube);
        let Lines { text, tails, .. } = part;
        // Subsets of the six lowest items are spelled out once and then only copied, a register at a time.
        let (low, high) = cube.items.split_at(cube.items.len().min(6));
        let mut endings = Vec::with_capacity(1 << low.len());
        let mut spelled: Vec<u8> = Vec::new();
        for subset in 0..1usize << low.len() {
            let start = spelled.len();
            for (_, item) in low.iter().enumerate().rev().filter(|(bit, _)| subset >> bit & 1 == 1) {
                spelled.extend_from_slice(self.items[*item as usize].as_bytes());
            }
            endings.push(start..spelled.len());
        }
        spelled.resize(spelled.len() + REGISTER, 0);
        let mut line = Vec::new();
        let mut set = Vec::new();
        let everything = Lengths { min: 0, max: usize::MAX };
        each_subset_or_none(everything, prefix, free, &mut |prefix, more| {
            let known = prefix.len() + more.len();
            for (above, word) in cube.words() {
                set.clear();
                set.extend_from_slice(prefix);
                set.extend_from_slice(more);
                set.extend(
                    high.iter().enumerate().rev().filter(|(bit, _)| above >> bit & 1 == 1).map(|(_, item)| *item),
                );
                line.clear();
                self.begin(&mut line, &set);
                let begun = line.len();
                line.resize(begun + REGISTER, 0);
                // With nothing before it, the first item of an ending goes without what divides items.
                let skip = if set.is_empty() { self.shape.between.len() } else { 0 };
                let known = known + above.count_ones() as usize;
                let mut word = word;
                while word != 0 {
                    let subset = word.trailing_zeros() as usize;
                    word &= word - 1;
                    let length = known + subset.count_ones() as usize;
                    if length == 0 || !self.lengths.holds(length) {
                        continue;
                    }
                    let ending = endings[subset].clone();
                    let start = (ending.start + skip).min(ending.end);
                    append(text, &line, begun);
                    append(text, &spelled[start..], ending.end - start);
                    self.end(text, tails, cube.cells.get(above << 6 | subset));
                }
            }
        });
    }

    fn sets(&self, part: &Lines) -> u64 {
        part.tally.sets
    }

    fn bytes(&self, part: &Lines) -> usize {
        part.text.len()
    }

    fn take(&self, part: Lines, most: u64) -> Result<ControlFlow<()>, MiningError> {
        let mut sink = self.sink.lock().expect(UNBROKEN);
        let mut text = &part.text[..];
        let over = part.tally.sets > most;
        if over {
            text = &text[..self.end_of(text, most as usize)];
            sink.tally.sets += most;
        } else {
            sink.tally.merge(&part.tally);
        }
        if sink.first && !text.is_empty() {
            sink.out.write_all(self.shape.head.as_bytes())?;
            // The comma before the first object goes.
            text = if self.style == Style::Json { &text[1..] } else { text };
            sink.first = false;
        }
        sink.out.write_all(text)?;
        drop(sink);
        let mut room = part.text;
        let mut spare = self.spare.lock().expect(UNBROKEN);
        if room.capacity() >= COPIED && spare.len() < SPARE {
            room.clear();
            spare.push(room);
        }
        Ok(if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn report(&self, outcome: &mut Outcome) {
        self.sink.lock().expect(UNBROKEN).tally.report(outcome);
    }
}
