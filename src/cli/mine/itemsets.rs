//! `patron mine itemsets`

use std::borrow::Cow;

use clap::Args;

use super::{BasketInput, Common, FITS, unknown};
use crate::cli::{Done, Failure, show};
use crate::diagnostics::{Problem, codes};
use crate::mining::{
    ItemsetSettings, Limits, MiningError, Run, StopReason, Style, about, count_itemsets, estimate_itemsets,
    fitting_support, itemset_kinds, write_itemsets,
};

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
    /// Only say how many itemsets there will be, from a sample; mines nothing. Where a few baskets share very many items there
    /// may be many more.
    #[arg(long, conflicts_with_all = ["output", "count", "style", "top"])]
    estimate: bool,
    /// Stop when results that have to be kept take more than so many megabytes.
    #[arg(long, value_name = "MB")]
    memory: Option<usize>,
}

/// Itemsets that advice is given for where no number was asked for.
const FEW: u64 = 1_000_000;

/// Random descents of an estimate.
const PROBES: usize = 5_000;

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
            limits: Limits { itemsets: self.common.budget, memory: self.memory.map(|mb| mb.saturating_mul(1 << 20)) },
        };
        let threads = self.common.own_threads();
        let style = self.common.style(Style::Fimi)?;
        let read = self.input.read(&self.common)?;
        if self.estimate {
            let guess = estimate_itemsets(&read.baskets, &settings, PROBES, 0).map_err(bad_call)?;
            let size = show::bytes(guess.memory_bytes as u64);
            return show::print(&format!(
                "about {} frequent itemsets, {} to {} by the spread of the sample; keeping them takes {size}",
                about(guess.itemsets),
                about(guess.low),
                about(guess.high)
            ));
        }
        self.common.clear(style, &read.names, &[])?;
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let run = Run { threads, progress: &progress, stop: &stop };
        // Where a budget may run out, the baskets are asked then which support would have fitted.
        let budget = self.common.seconds.is_some() || settings.limits != Limits::default();
        let (lent, given) =
            if budget { (Some(&read.baskets), Cow::Borrowed(&read.baskets)) } else { (None, Cow::Owned(read.baskets)) };
        let outcome = if self.common.count {
            count_itemsets(given, &settings, &run)
        } else {
            write_itemsets(given, &read.names, &settings, style, &run, &mut *self.common.out()?)
        };
        bar.finish_and_clear();
        let outcome = match outcome {
            Err(MiningError::Write(error)) if self.common.reader_gone(&error) => return Ok(()),
            other => other.map_err(bad_call)?,
        };
        // Of a search that was given up for the number of its sets, nobody knows how many have which length.
        let uncounted = outcome.itemsets == u64::MAX;
        let per_length: &[u64] = if uncounted { &[] } else { &outcome.per_length };
        self.common.tell("itemsets", per_length, outcome.itemsets)?;
        match outcome.stopped {
            Some(stopped) if stopped.reason != StopReason::Asked || self.common.seconds.is_some() => {
                let found = outcome.itemsets;
                if uncounted && settings.limits.itemsets.is_none() {
                    let again = self.input.read_again(&self.common)?.baskets;
                    let limits = Limits { itemsets: Some(FEW), memory: None };
                    let fewer = ItemsetSettings { limits, ..settings };
                    let fitting = fitting_support(&again, &fewer, StopReason::Itemsets, 0);
                    let few = format!("give fewer than {FEW} itemsets");
                    return Err(self.common.stopped("itemsets", found, stopped.completed, fitting, &few));
                }
                let fitting = lent.and_then(|baskets| fitting_support(baskets, &settings, stopped.reason, found));
                Err(self.common.stopped("itemsets", found, stopped.completed, fitting, FITS))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn bad_call(error: MiningError) -> Failure {
    let code = if matches!(error, MiningError::Write(_)) { &codes::FILE_TROUBLE } else { &codes::BAD_CALL };
    Failure::One(Problem::new(code, error.to_string()).boxed())
}
