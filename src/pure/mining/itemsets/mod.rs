//! Frequent, closed, maximal and free itemsets of baskets.
//!
//! Knows nothing of rules, names or files: baskets of item numbers go in, itemsets with their supports come out in an
//! order that the baskets and settings alone decide, whatever the number of threads.

mod cube;
mod estimate;
mod fitting;
mod kernel;
mod output;
#[cfg(test)]
mod proofs;
mod settings;

pub use estimate::{Estimate, estimate_itemsets};
pub use fitting::fitting_support;
pub(crate) use output::json_string;
pub use output::{Itemset, Style, StyleRow, Unclear, styles};
pub use settings::{
    ItemsetKind, ItemsetSettings, KindRow, Limits, MiningError, Outcome, Run, StopReason, Stopped, itemset_kinds,
};

use super::baskets::Baskets;
use crate::orders::Names;
use output::{Count, Handed, Kept, Text};
use std::borrow::Cow;
use std::io::Write;

/// Counts the itemsets that `settings` ask for, per length, without keeping any. Baskets that are given away, not lent, are
/// freed as soon as the search has its own form of them.
///
/// # Errors
/// When the settings make no sense for these baskets.
pub fn count_itemsets<'a>(
    baskets: impl Into<Cow<'a, Baskets>>,
    settings: &ItemsetSettings,
    run: &Run<'_>,
) -> Result<Outcome, MiningError> {
    kernel::mine(baskets.into(), settings, run, &Count::new(settings))
}

/// Collects the itemsets that `settings` ask for: items ascending within a set, short sets before long ones, then by
/// item number. With [`ItemsetSettings::top`] the most frequent come first.
///
/// # Errors
/// When the settings make no sense for these baskets.
pub fn collect_itemsets(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    run: &Run<'_>,
) -> Result<(Vec<Itemset>, Outcome), MiningError> {
    if let Some(top) = settings.top {
        return kernel::mine_top(baskets, settings, top, run);
    }
    let kept = Handed::new(settings, Kept::default());
    let outcome = kernel::mine(baskets.into(), settings, run, &kept)?;
    let mut found = kept.into_receiver().sets;
    found.sort_unstable_by(|a, b| (a.items.len(), &a.items).cmp(&(b.items.len(), &b.items)));
    Ok((found, outcome))
}

/// Writes each itemset as one line of `style` while the search goes on. As for [`count_itemsets`], baskets may be given away.
///
/// # Errors
/// When the settings make no sense for these baskets, or `out` fails.
pub fn write_itemsets<'a>(
    baskets: impl Into<Cow<'a, Baskets>>,
    names: &Names,
    settings: &ItemsetSettings,
    style: Style,
    run: &Run<'_>,
    out: &mut (dyn Write + Send),
) -> Result<Outcome, MiningError> {
    let baskets = baskets.into();
    let text = Text::new(&baskets, names, settings, style, out);
    let outcome = if settings.top.is_some() {
        let (found, outcome) = collect_itemsets(&baskets, settings, run)?;
        text.write_all(&found)?;
        outcome
    } else {
        kernel::mine(baskets, settings, run, &text)?
    };
    text.finish()?;
    Ok(outcome)
}
