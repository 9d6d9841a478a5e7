//! Itemsets as lines of text.

use super::super::super::baskets::Baskets;
use super::super::super::names::Names;
use super::super::settings::{ItemsetSettings, MiningError, Outcome};
use super::{Cube, Itemset, Lengths, Output, Tally, each_subset, each_subset_or_none};
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Mutex;

/// How a line of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// `milk bread (12)`.
    #[default]
    Fimi,
    /// `milk bread #SUP: 12`.
    Spmf,
    /// `"milk,bread",12,0.01` under a header.
    Csv,
    /// An array of `{"items":["milk","bread"],"count":12,"support":0.01}`.
    Json,
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

static STYLES: [StyleRow; 4] = [
    StyleRow { name: "fimi", style: Style::Fimi, about: "items divided by blanks, then the count: milk bread (12)" },
    StyleRow { name: "spmf", style: Style::Spmf, about: "items divided by blanks, then #SUP: milk bread #SUP: 12" },
    StyleRow { name: "csv", style: Style::Csv, about: "columns items, count and support under a header" },
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

    /// An item's name as it stands in a line. Line breaks would end the line early and become blanks; where blanks divide
    /// the items, a blank inside a name becomes an underscore.
    pub(crate) fn item(self, name: &str) -> String {
        let on_one_line = name.replace(['\n', '\r'], " ");
        match self {
            Self::Fimi | Self::Spmf => on_one_line.replace(char::is_whitespace, "_"),
            Self::Csv => on_one_line.replace('"', "\"\""),
            Self::Json => json_string(name),
        }
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
    text: [u8; 59],
}

const TAILS: usize = 256;
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

    /// What follows the items of a line.
    fn tail<'t>(&self, tails: &'t mut [Tail], support: u32, long: &'t mut String) -> &'t [u8] {
        let tail = &mut tails[support as usize % TAILS];
        if tail.support != support || tail.length == 0 {
            *long = format!("{}{}", self.shape.after, self.style.tail(support, self.total));
            if long.len() > tail.text.len() {
                return long.as_bytes();
            }
            tail.support = support;
            tail.length = long.len() as u8;
            tail.text[..long.len()].copy_from_slice(long.as_bytes());
        }
        &tail.text[..usize::from(tail.length)]
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

impl Output for Text<'_> {
    type Part = Lines;

    fn part(&self) -> Lines {
        let empty = Tail { support: 0, length: 0, text: [0; 59] };
        Lines { text: Vec::new(), tally: Tally::default(), tails: vec![empty; TAILS] }
    }

    /// What waits for its turn takes no more room than its text.
    fn split(&self, part: &mut Lines) -> Lines {
        let text = part.text.to_vec();
        part.text.clear();
        Lines { text, tally: std::mem::take(&mut part.tally), tails: Vec::new() }
    }

    fn node(&self, part: &mut Lines, prefix: &[u32], free: &[u32], support: u32) {
        part.tally.add(self.lengths, prefix.len(), free.len(), 1);
        let Lines { text, tails, .. } = part;
        let mut long = String::new();
        let tail = self.tail(tails, support, &mut long);
        if free.is_empty() {
            if self.lengths.holds(prefix.len()) {
                self.begin(text, prefix);
                text.extend_from_slice(tail);
            }
            return;
        }
        let mut set = Vec::new();
        each_subset(self.lengths, prefix, free, &mut |prefix, more| {
            set.clear();
            set.extend_from_slice(prefix);
            set.extend_from_slice(more);
            self.begin(text, &set);
            text.extend_from_slice(tail);
        });
    }

    fn cube(&self, part: &mut Lines, prefix: &[u32], free: &[u32], cube: &Cube<'_>) {
        part.tally.add_cube(self.lengths, prefix.len(), free.len(), cube);
        let Lines { text, tails, .. } = part;
        // Subsets of the six lowest items are spelled out once and then only copied.
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
        let mut long = String::new();
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
                    let ending = &spelled[endings[subset].clone()];
                    text.extend_from_slice(&line);
                    text.extend_from_slice(ending.get(skip..).unwrap_or_default());
                    text.extend_from_slice(self.tail(tails, cube.cells.get(above << 6 | subset), &mut long));
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
        Ok(if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn report(&self, outcome: &mut Outcome) {
        self.sink.lock().expect(UNBROKEN).tally.report(outcome);
    }
}
