//! `patron mine itemsets`

use clap::Args;

use super::{BasketInput, Common, unknown};
use crate::cli::{Done, Failure};
use crate::diagnostics::{Problem, codes};
use crate::mining::{ItemsetSettings, Limits, Run, StopReason, Style, count_itemsets, itemset_kinds, write_itemsets};

/// Frequent itemsets of baskets: one a line, `items (count)`.
#[derive(Args, Debug)]
pub struct Itemsets {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    input: BasketInput,
    /// Which: all, closed, maximal or generators.
    #[arg(long, default_value = "all")]
    kind: String,
    /// Only the most frequent so many.
    #[arg(long, value_name = "K")]
    top: Option<usize>,
    /// Fewest items.
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_len: usize,
    /// Most items.
    #[arg(long, value_name = "N")]
    max_len: Option<usize>,
}

impl Itemsets {
    pub(super) fn run(self) -> Done {
        let row = itemset_kinds().iter().find(|row| row.name == self.kind);
        let kind =
            row.ok_or_else(|| unknown("kind", &self.kind, itemset_kinds().iter().map(|row| row.name).collect()))?.kind;
        let settings = ItemsetSettings {
            kind,
            support: self.common.support,
            top: self.top,
            min_length: self.min_len,
            max_length: self.max_len,
            limits: Limits { itemsets: self.common.budget, memory: None },
        };
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Fimi)?;
        let read = self.input.read(&self.common)?;
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let run = Run { threads, progress: &progress, stop: &stop };
        let outcome = if self.common.count {
            count_itemsets(&read.baskets, &settings, &run)
        } else {
            write_itemsets(&read.baskets, &read.names, &settings, style, &run, &mut *self.common.out()?)
        };
        bar.finish_and_clear();
        let outcome = outcome.map_err(|e| Failure::One(Problem::new(&codes::BAD_CALL, e.to_string()).boxed()))?;
        self.common.tell("itemsets", &outcome.per_length, outcome.itemsets);
        match outcome.stopped {
            Some(stopped) if stopped.reason != StopReason::Asked || self.common.seconds.is_some() => {
                Err(self.common.stopped("itemsets", outcome.itemsets, stopped.completed, stopped.fitting_count))
            }
            _ => Ok(()),
        }
    }
}
