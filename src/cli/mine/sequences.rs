//! `patron mine sequences`

use clap::Args;

use super::{Common, unknown};
use crate::cli::{Done, Failure};
use crate::diagnostics::{Problem, codes};
use crate::mining::sequences::{
    Budget, Distance, Lengths, ReadSequences, Settings, count_sequences, guess_sequence_format, read_sequences,
    sequence_formats, sequence_kinds, write_sequences,
};
use crate::mining::{Run, Style};

/// Sequential patterns of customers' orders: one a line, SPMF style.
#[derive(Args, Debug)]
pub struct Sequences {
    #[command(flatten)]
    common: Common,
    /// Form of the file: spmf, steps or long-csv [default: by its content].
    #[arg(long)]
    format: Option<String>,
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
    /// Customer column of a long CSV [default: the first].
    #[arg(long, value_name = "COLUMN")]
    customer_column: Option<String>,
    /// Time column of a long CSV [default: the second].
    #[arg(long, value_name = "COLUMN")]
    time_column: Option<String>,
    /// Item column of a long CSV [default: the third].
    #[arg(long, value_name = "COLUMN")]
    item_column: Option<String>,
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
            budget: Budget { patterns: self.common.budget, ..Budget::default() },
            ..Settings::default()
        };
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Spmf)?;
        let bytes = self.common.bytes()?;
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
            ..ReadSequences::default()
        };
        let read = read_sequences(&bytes, &reading).map_err(|e| {
            let message = format!("{}: {e}", self.common.file.display());
            Failure::One(Problem::new(&codes::BAD_SOURCE, message).boxed())
        })?;
        drop(bytes);
        if read.set_aside_lines > 0 {
            let first = read.set_aside.first().map(|s| format!("; line {}: {}", s.line, s.reason)).unwrap_or_default();
            eprintln!("{} lines set aside{first}", read.set_aside_lines);
        }
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
