//! What to search for, how far to go, and what the search says at its end.

use super::super::support::{Support, SupportError};
use std::io;
use thiserror::Error;

/// Which of the frequent itemsets are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemsetKind {
    /// All frequent itemsets.
    #[default]
    All,
    /// Those without a superset of the same support (Pasquier et al., "Discovering frequent closed itemsets", 1999).
    Closed,
    /// Those without a frequent superset (Bayardo, "Efficiently mining long patterns from databases", 1998).
    Maximal,
    /// Those without a subset of the same support, the empty set being one: free sets, minimal generators
    /// (Bastide et al., "Mining frequent patterns with counting inference", 2000).
    Generators,
}

/// One row of the table of itemset kinds.
#[derive(Debug, Clone, Copy)]
pub struct KindRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub kind: ItemsetKind,
    /// One sentence for the reference.
    pub about: &'static str,
}

static KINDS: [KindRow; 4] = [
    KindRow { name: "all", kind: ItemsetKind::All, about: "every frequent itemset" },
    KindRow { name: "closed", kind: ItemsetKind::Closed, about: "only those without a superset of the same support" },
    KindRow { name: "maximal", kind: ItemsetKind::Maximal, about: "only those without a frequent superset" },
    KindRow {
        name: "generators",
        kind: ItemsetKind::Generators,
        about: "only those without a subset of the same support",
    },
];

/// The table of itemset kinds.
pub fn itemset_kinds() -> &'static [KindRow] {
    &KINDS
}

/// What to search for. Lengths choose what is reported; whether a set is closed, maximal or free is a property of the
/// baskets and does not depend on them.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemsetSettings {
    /// Which of the frequent itemsets.
    pub kind: ItemsetKind,
    /// How frequent they must be.
    pub support: Support,
    /// Only so many, the most frequent ones; among equals the shorter and then those with lower item numbers.
    pub top: Option<usize>,
    /// Fewest items in a set, at least 1.
    pub min_length: usize,
    /// Most items in a set.
    pub max_length: Option<usize>,
    /// Where to stop.
    pub limits: Limits,
}

impl Default for ItemsetSettings {
    fn default() -> Self {
        Self {
            kind: ItemsetKind::All,
            support: Support::Share(0.01),
            top: None,
            min_length: 1,
            max_length: None,
            limits: Limits::default(),
        }
    }
}

impl ItemsetSettings {
    /// All frequent itemsets of a kind at a support, with no other limit.
    pub fn new(kind: ItemsetKind, support: Support) -> Self {
        Self { kind, support, ..Self::default() }
    }

    pub(super) fn longest(&self) -> usize {
        self.max_length.unwrap_or(usize::MAX)
    }

    pub(super) fn check(&self) -> Result<(), MiningError> {
        self.support.checked()?;
        if self.min_length == 0 || self.longest() < self.min_length {
            return Err(MiningError::Lengths { min: self.min_length, max: self.longest() });
        }
        Ok(())
    }
}

/// Budgets. The search stops cleanly at the first that is used up; time is the caller's, through [`Run::stop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Most itemsets to report; the same ones at any number of threads.
    pub itemsets: Option<u64>,
    /// Most bytes that collected or waiting results may take.
    pub memory: Option<usize>,
}

/// How a search is run: none of this changes what it finds.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// How many threads to use, at least 1.
    pub threads: usize,
    /// Told the fraction done, from 0 to 1.
    pub progress: &'a (dyn Fn(f64) + Sync),
    /// Asked now and then whether to stop: a time budget or a cancelled run.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Run<'_> {
    /// So many threads, no progress, never stopped.
    pub fn threads(threads: usize) -> Self {
        Self { threads, ..Self::default() }
    }
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self { threads: 1, progress: &|_| (), stop: &|| false }
    }
}

/// What a search says at its end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// How many itemsets were reported.
    pub itemsets: u64,
    /// How many of each length; `per_length[0]` is the number of single items.
    pub per_length: Vec<u64>,
    /// The support in use, as a count.
    pub min_count: u64,
    /// The total weight of the baskets, which shares are taken of.
    pub total: u64,
    /// Set when the search did not come to its end.
    pub stopped: Option<Stopped>,
}

/// How far a stopped search had come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopped {
    /// Which budget was used up.
    pub reason: StopReason,
    /// The fraction of the search that is complete, from 0 to 1.
    pub completed: f64,
}

/// Which budget ended a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// [`Limits::itemsets`].
    Itemsets,
    /// [`Limits::memory`].
    Memory,
    /// [`Run::stop`] said so, or the receiver of the itemsets did.
    Asked,
}

/// Why a search could not run.
#[derive(Debug, Error)]
pub enum MiningError {
    /// The support makes no sense.
    #[error(transparent)]
    Support(#[from] SupportError),
    /// No set can have such a length.
    #[error(
        "no itemset has at least {min} and at most {max} items: the minimum must be 1 or more and not above the maximum"
    )]
    Lengths {
        /// Fewest items asked for.
        min: usize,
        /// Most items asked for.
        max: usize,
    },
    /// A number in the settings is out of its range.
    #[error("{name} is {value}, but must be {range}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it was.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// The baskets weigh too much to be counted.
    #[error(transparent)]
    Baskets(#[from] super::super::baskets::BasketsError),
    /// The receiver of the lines failed.
    #[error("the itemsets could not be written: {0}")]
    Write(#[from] io::Error),
}
