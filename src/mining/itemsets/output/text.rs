//! Itemsets as lines of text.

use super::super::super::baskets::Baskets;
use super::super::super::names::Names;
use super::super::settings::{ItemsetSettings, MiningError, Outcome};
use super::{Itemset, Lengths, Output, Tally, each_subset};
use std::io::Write;
use std::ops::ControlFlow;

/// How a line of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// `milk bread (12)`.
    #[default]
    Fimi,
    /// `milk bread #SUP: 12`.
    Spmf,
    /// `"milk,bread",2,12,0.01` under a header.
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
    StyleRow { name: "csv", style: Style::Csv, about: "columns items, length, count and support under a header" },
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
    fn item(self, name: &str) -> String {
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
    items: Vec<String>,
    out: std::sync::Mutex<&'a mut (dyn Write + Send)>,
    first: bool,
    tally: Tally,
}

/// Lines that wait for their turn.
pub(in super::super) struct Lines {
    text: Vec<u8>,
    tally: Tally,
}

impl<'a> Text<'a> {
    pub(in super::super) fn new(
        baskets: &Baskets,
        names: &Names,
        settings: &ItemsetSettings,
        style: Style,
        out: &'a mut (dyn Write + Send),
    ) -> Self {
        let item = |id| {
            if (id as usize) < names.len() { style.item(names.get(id)) } else { style.item(&id.to_string()) }
        };
        Self {
            lengths: Lengths::of(settings),
            style,
            shape: style.shape(),
            total: baskets.total_weight() as f64,
            items: (0..baskets.item_count()).map(item).collect(),
            out: std::sync::Mutex::new(out),
            first: true,
            tally: Tally::default(),
        }
    }

    pub(in super::super) fn write_all(&mut self, found: &[Itemset]) -> Result<(), MiningError> {
        let mut part = self.part();
        for set in found {
            self.node(&mut part, &set.items, &[], set.support);
        }
        self.take(part, u64::MAX).map(|_| ())
    }

    pub(in super::super) fn finish(&mut self) -> Result<(), MiningError> {
        let out = self.out.get_mut().expect("no thread panics while it holds the file");
        if self.first {
            out.write_all(self.shape.head.as_bytes())?;
        }
        out.write_all(self.shape.foot.as_bytes())?;
        Ok(out.flush()?)
    }
}

impl Output for Text<'_> {
    type Part = Lines;

    fn part(&self) -> Lines {
        Lines { text: Vec::new(), tally: Tally::default() }
    }

    fn node(&self, part: &mut Lines, prefix: &[u32], free: &[u32], support: u32) {
        let tail = self.style.tail(support, self.total);
        part.tally.add(self.lengths, prefix.len(), free.len(), 1);
        each_subset(self.lengths, prefix, free, &mut |prefix, more| {
            part.text.extend_from_slice(self.shape.start.as_bytes());
            for (at, &item) in prefix.iter().chain(more).enumerate() {
                if at > 0 {
                    part.text.extend_from_slice(self.shape.between.as_bytes());
                }
                part.text.extend_from_slice(self.items[item as usize].as_bytes());
            }
            part.text.extend_from_slice(self.shape.after.as_bytes());
            part.text.extend_from_slice(tail.as_bytes());
        });
    }

    fn sets(&self, part: &Lines) -> u64 {
        part.tally.sets
    }

    fn bytes(&self, part: &Lines) -> usize {
        part.text.len()
    }

    fn take(&mut self, part: Lines, most: u64) -> Result<ControlFlow<()>, MiningError> {
        let out = self.out.get_mut().expect("no thread panics while it holds the file");
        let mut text = &part.text[..];
        let over = part.tally.sets > most;
        if over {
            // No name holds a line break, so a line is a set; JSON lines begin with their line break instead of ending.
            let lines = usize::try_from(most).expect("fewer lines than bytes in memory");
            let breaks = if self.style == Style::Json { lines * 2 + 1 } else { lines };
            let end = memchr::memchr_iter(b'\n', text).nth(breaks.saturating_sub(1));
            let end = if self.style == Style::Json {
                memchr::memchr_iter(b'\n', text).nth(lines).map_or(text.len(), |at| at - 1)
            } else if lines == 0 {
                0
            } else {
                end.map_or(text.len(), |at| at + 1)
            };
            text = &text[..end];
            self.tally.sets += most;
        } else {
            self.tally.merge(&part.tally);
        }
        if self.first && !text.is_empty() {
            out.write_all(self.shape.head.as_bytes())?;
            // The comma before the first object goes.
            text = if self.style == Style::Json { &text[1..] } else { text };
            self.first = false;
        }
        out.write_all(text)?;
        Ok(if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn report(&self, outcome: &mut Outcome) {
        self.tally.report(outcome);
    }
}
