//! Patterns in baskets: itemsets that are bought together, rules worth acting on, and sequences.
//!
//! Pure: baskets of item numbers and bytes of text come in, patterns and strings go out. It knows nothing of orders,
//! customers, tables, files, clocks or settings files.

mod baskets;
mod itemsets;
mod names;
mod support;

pub use baskets::{Baskets, BasketsError};
pub use itemsets::{
    Estimate, Itemset, ItemsetKind, ItemsetSettings, KindRow, Limits, MiningError, Outcome, Run, StopReason, Stopped, Style,
    StyleRow, collect_itemsets, count_itemsets, each_itemset, estimate_itemsets, itemset_kinds, styles, write_itemsets,
};
pub use names::Names;
pub use support::{Support, SupportError};
