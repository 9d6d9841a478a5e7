//! `patron mine sequences`

use clap::Args;

use super::sequence_input::{SequenceInput, refused};
use super::{Common, FITS, unknown};
use crate::cli::{Done, show};
use crate::mining::sequences::{
    Budget, Distance, Lengths, SequenceError, SequenceSettings, count_sequences, estimate_sequences, sequence_kinds,
    write_sequences,
};
use crate::mining::{Run, Style, about};

/// Sequential patterns of customers' orders: one a line, SPMF style.
#[derive(Args, Debug)]
pub struct Sequences {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    input: SequenceInput,
    /// Which: all, closed, maximal or generators.
    #[arg(long, default_value = "all")]
    kind: String,
    /// Only the most frequent so many.
    #[arg(long, value_name = "K")]
    top: Option<usize>,
    /// Fewest items.
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_len: u32,
    /// Most items.
    #[arg(long, value_name = "N")]
    max_len: Option<u32>,
    /// Fewest elements.
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_elements: u32,
    /// Most elements.
    #[arg(long, value_name = "N")]
    max_elements: Option<u32>,
    /// Least distance between elements: days, or orders with an `o` behind, such as `2o`.
    #[arg(long, value_name = "N")]
    min_gap: Option<Distance>,
    /// Most distance between elements: days, or orders with an `o` behind.
    #[arg(long, value_name = "N")]
    max_gap: Option<Distance>,
    /// Most distance from first to last: days, or orders with an `o` behind.
    #[arg(long, value_name = "N")]
    max_span: Option<Distance>,
    /// Orders within so many days may together make up one element.
    #[arg(long, value_name = "DAYS")]
    window: Option<u32>,
    /// Leave out patterns in which an item comes more than once.
    #[arg(long)]
    no_repeats: bool,
    /// The first element has this item, or one of this category; of several, one.
    #[arg(long, value_name = "ITEM")]
    begins_with: Vec<String>,
    /// The last element has this item, or one of this category; of several, one.
    #[arg(long, value_name = "ITEM")]
    ends_with: Vec<String>,
    /// Some element has this item, or one of this category; of several, one.
    #[arg(long, value_name = "ITEM")]
    contains: Vec<String>,
    /// Only say how many sequences there will be, from a sample; mines nothing. Counts those that --kind, --min-len,
    /// --min-elements, --begins-with, --ends-with and --contains choose among.
    #[arg(long, conflicts_with_all = ["output", "count", "style", "top"])]
    estimate: bool,
    /// Stop when results that have to be kept take more than so many megabytes.
    #[arg(long, value_name = "MB")]
    memory: Option<u64>,
}

/// Random descents of an estimate.
const PROBES: usize = 5_000;

impl Sequences {
    /// Which arguments choose among the sequences that an estimate counts.
    fn chosen_by(&self) -> String {
        let flags: Vec<&str> = [
            ("--kind", self.kind != "all"),
            ("--min-len", self.min_len > 1),
            ("--min-elements", self.min_elements > 1),
            ("--begins-with", !self.begins_with.is_empty()),
            ("--ends-with", !self.ends_with.is_empty()),
            ("--contains", !self.contains.is_empty()),
        ]
        .into_iter()
        .filter_map(|(flag, given)| given.then_some(flag))
        .collect();
        if flags.is_empty() { String::new() } else { format!(" to choose from by {}", flags.join(", ")) }
    }

    pub(super) fn run(self) -> Done {
        let row = sequence_kinds().iter().find(|row| row.name == self.kind);
        let kind =
            row.ok_or_else(|| unknown("kind", &self.kind, sequence_kinds().iter().map(|row| row.name).collect()))?.kind;
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Spmf)?;
        let data = self.input.read(&self.common)?;
        let usual = Budget::default();
        let settings = SequenceSettings {
            kind,
            support: self.common.support,
            top: self.top,
            items: Lengths { min: self.min_len, max: self.max_len },
            elements: Lengths { min: self.min_elements, max: self.max_elements },
            min_gap: self.min_gap,
            max_gap: self.max_gap,
            max_span: self.max_span,
            window_days: self.window,
            begins_with: data.mined_items_of("--begins-with", &self.begins_with)?,
            ends_with: data.mined_items_of("--ends-with", &self.ends_with)?,
            contains: data.mined_items_of("--contains", &self.contains)?,
            repeats: !self.no_repeats,
            taxonomy: data.taxonomy,
            budget: Budget {
                patterns: self.common.budget,
                memory: self.memory.map(|mb| mb.saturating_mul(1 << 20)).or(usual.memory),
            },
        };
        if self.estimate {
            let guess = estimate_sequences(&data.sequences, &settings, PROBES, 0).map_err(|error| refused(&error))?;
            let size = show::bytes(guess.memory_bytes as u64);
            return show::print(&format!(
                "about {} frequent sequences{}, likely from {} to {}; keeping them takes {size}",
                about(guess.patterns),
                self.chosen_by(),
                about(guess.low),
                about(guess.high)
            ));
        }
        self.common.clear(style, &data.names, if style == Style::Fimi { &[">"] } else { &["-1", "-2"] })?;
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let run = Run { threads, progress: &progress, stop: &stop };
        let outcome = if self.common.count {
            count_sequences(&data.sequences, &settings, &run)
        } else {
            write_sequences(&data.sequences, &data.names, &settings, style, &run, &mut *self.common.out()?)
        };
        bar.finish_and_clear();
        let outcome = match outcome {
            Err(SequenceError::Write(error)) if self.common.reader_gone(&error) => return Ok(()),
            other => other.map_err(|error| refused(&error))?,
        };
        self.common.tell("sequences", &outcome.per_length, outcome.patterns)?;
        match outcome.stopped {
            Some(stopped) => {
                let (found, done) = (outcome.patterns, stopped.completed);
                Err(self.common.stopped("sequences", found, done, stopped.fitting_count, FITS))
            }
            None => Ok(()),
        }
    }
}
