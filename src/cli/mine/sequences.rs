//! `patron mine sequences`

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Common, unknown};
use crate::cli::{Done, Failure};
use crate::diagnostics::{Problem, codes};
use crate::mining::sequences::{
    Budget, Distance, Lengths, NamedSequences, ReadSequences, Settings, count_sequences, guess_sequence_format,
    read_sequences, read_weights, sequence_formats, sequence_kinds, write_sequences,
};
use crate::mining::{Run, Style};
use crate::sources::plain::read_plain;

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
}

/// Arguments of the miners of sequences.
#[derive(Args, Debug)]
pub(super) struct SequenceInput {
    /// Form of the file: spmf, steps or long-csv [default: by its content].
    #[arg(long)]
    format: Option<String>,
    /// Customer column of a long CSV [default: the first].
    #[arg(long, value_name = "COLUMN")]
    customer_column: Option<String>,
    /// Time column of a long CSV [default: the second].
    #[arg(long, value_name = "COLUMN")]
    time_column: Option<String>,
    /// Item column of a long CSV [default: the third].
    #[arg(long, value_name = "COLUMN")]
    item_column: Option<String>,
    /// Column of a long CSV with the weights of customers, whole numbers; supports are then sums of weights.
    #[arg(long, value_name = "COLUMN", conflicts_with = "weights")]
    weight_column: Option<String>,
    /// File with the weight of each sequence, a whole number a line; supports are then sums of weights.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
}

impl SequenceInput {
    pub(super) fn read(&self, common: &Common) -> Result<NamedSequences, Failure> {
        let bytes = common.bytes()?;
        let format = match &self.format {
            None => guess_sequence_format(&bytes),
            Some(name) => {
                let row = sequence_formats().iter().find(|row| row.name == name);
                row.ok_or_else(|| unknown("format", name, sequence_formats().iter().map(|row| row.name).collect()))?
                    .format
            }
        };
        let reading = ReadSequences {
            format,
            customer_column: self.customer_column.clone(),
            time_column: self.time_column.clone(),
            item_column: self.item_column.clone(),
            weight_column: self.weight_column.clone(),
            ..ReadSequences::default()
        };
        let bad = |path: &Path, error: &dyn std::fmt::Display| {
            let message = format!("{}: {error}", path.display());
            Failure::One(Problem::new(&codes::BAD_SOURCE, message).boxed())
        };
        let mut read = read_sequences(&bytes, &reading).map_err(|e| bad(&common.file, &e))?;
        drop(bytes);
        if let Some(path) = &self.weights {
            let text = read_plain(path).map_err(|e| bad(path, &e))?;
            let weights = read_weights(&text).map_err(|e| bad(path, &e))?;
            read.sequences = read.sequences.with_weights(weights).map_err(|e| bad(path, &e))?;
        }
        if read.set_aside_lines > 0 {
            let first = read.set_aside.first().map(|s| format!("; line {}: {}", s.line, s.reason)).unwrap_or_default();
            eprintln!("{} lines set aside{first}", read.set_aside_lines);
        }
        Ok(read)
    }
}

impl Sequences {
    pub(super) fn run(self) -> Done {
        let row = sequence_kinds().iter().find(|row| row.name == self.kind);
        let kind =
            row.ok_or_else(|| unknown("kind", &self.kind, sequence_kinds().iter().map(|row| row.name).collect()))?.kind;
        let settings = Settings {
            kind,
            support: self.common.support,
            top: self.top,
            items: Lengths { min: self.min_len, max: self.max_len },
            min_gap: self.min_gap,
            max_gap: self.max_gap,
            max_span: self.max_span,
            window_days: self.window,
            repeats: !self.no_repeats,
            budget: Budget { patterns: self.common.budget, ..Budget::default() },
            ..Settings::default()
        };
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Spmf)?;
        let read = self.input.read(&self.common)?;
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let run = Run { threads, progress: &progress, stop: &stop };
        let outcome = if self.common.count {
            count_sequences(&read.sequences, &settings, &run)
        } else {
            write_sequences(&read.sequences, &read.items, &settings, style, &run, &mut *self.common.out()?)
        };
        bar.finish_and_clear();
        let outcome = outcome.map_err(|e| Failure::One(Problem::new(&codes::BAD_CALL, e.to_string()).boxed()))?;
        self.common.tell("sequences", &outcome.per_length, outcome.patterns);
        match outcome.stopped {
            Some(stopped) => {
                Err(self.common.stopped("sequences", outcome.patterns, stopped.completed, stopped.fitting_count))
            }
            None => Ok(()),
        }
    }
}
