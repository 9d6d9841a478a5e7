//! What to look for: kind, support, lengths, time constraints, item constraints and budgets.

use super::data::Sequences;
use super::errors::SequenceError;
use crate::mining::{Support, Taxonomy};

/// Which of the frequent patterns are wanted.
///
/// Closed, maximal and generator are judged among all patterns that the support, the maximum lengths, the time
/// constraints, `only` and `without` allow; minimum lengths and `begins_with`, `ends_with` and `contains` then choose
/// among those.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Every frequent pattern.
    #[default]
    All,
    /// Patterns without a containing pattern of the same support.
    Closed,
    /// Patterns without a frequent containing pattern.
    Maximal,
    /// Patterns without a contained (non-empty) pattern of the same support.
    Generators,
}

/// One row of the table of kinds.
#[derive(Clone, Copy, Debug)]
pub struct KindRow {
    /// The name that users write.
    pub name: &'static str,
    pub kind: Kind,
    /// One sentence for the reference.
    pub about: &'static str,
}

static KINDS: [KindRow; 4] = [
    KindRow { name: "all", kind: Kind::All, about: "every frequent sequence" },
    KindRow { name: "closed", kind: Kind::Closed, about: "only those without a longer one of the same support" },
    KindRow { name: "maximal", kind: Kind::Maximal, about: "only those without a longer frequent one" },
    KindRow {
        name: "generators",
        kind: Kind::Generators,
        about: "only those without a shorter one of the same support",
    },
];

/// The table of kinds of sequential patterns.
pub fn sequence_kinds() -> &'static [KindRow] {
    &KINDS
}

/// A distance between two elements of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// Difference of civil days; two orders of one day are 0 apart.
    Days(u32),
    /// Difference of positions among the customer's orders; the next order is 1 apart.
    Orders(u32),
}

impl std::str::FromStr for Distance {
    type Err = String;

    /// `30` or `30d` for days, `2o` for orders.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a distance\nwrite `30d` for days or `2o` for orders");
        match text.strip_suffix('o') {
            Some(orders) => orders.parse().map(Distance::Orders).map_err(|_| bad()),
            None => text.strip_suffix('d').unwrap_or(text).parse().map(Distance::Days).map_err(|_| bad()),
        }
    }
}

/// An inclusive range of lengths; `max = None` is without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    pub min: u32,
    pub max: Option<u32>,
}

impl Default for Lengths {
    fn default() -> Self {
        Lengths { min: 1, max: None }
    }
}

impl Lengths {
    /// Whether a length is allowed.
    pub fn admit(&self, length: usize) -> bool {
        length >= self.min as usize && self.max.is_none_or(|max| length <= max as usize)
    }
}

/// How far a run may go before it stops cleanly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most patterns to report.
    pub patterns: Option<u64>,
    /// Most bytes for patterns that a run has to hold at once (top-k, generators, closed or maximal under time
    /// constraints).
    pub memory: Option<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { patterns: Some(100_000_000), memory: Some(4 << 30) }
    }
}

/// Settings of one run of the sequence miner.
///
/// Time constraints follow R. Srikant, R. Agrawal, "Mining Sequential Patterns: Generalizations and Performance
/// Improvements", EDBT 1996, and M. J. Zaki, "Sequence Mining in Categorical Domains: Incorporating Constraints", CIKM
/// 2000: a customer supports a pattern when one embedding keeps all of them. All bounds are inclusive.
/// What is not to be read is taken out of the sequences beforehand ([`super::Sequences::of_items`] and `until`).
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceSettings {
    pub kind: Kind,
    pub support: Support,
    /// Only the so many most frequent patterns (ties in canonical order); the support then is a floor.
    pub top: Option<usize>,
    /// Length in items.
    pub items: Lengths,
    /// Length in elements (orders).
    pub elements: Lengths,
    /// Least distance from the end of an element to the start of the next.
    pub min_gap: Option<Distance>,
    /// Most distance from the start of an element to the end of the next.
    pub max_gap: Option<Distance>,
    /// Most distance from the start of the first to the end of the last element.
    pub max_span: Option<Distance>,
    /// Orders within so many days may together make up one element of a pattern (the sliding window of GSP).
    pub window_days: Option<u32>,
    /// If not empty: the first element has one of these.
    pub begins_with: Vec<u32>,
    /// If not empty: the last element has one of these.
    pub ends_with: Vec<u32>,
    /// If not empty: some element has one of these.
    pub contains: Vec<u32>,
    /// Whether an item may come more than once in a pattern; without, patterns such as A > A are not there, also not to tell
    /// which others are closed, maximal or generators.
    pub repeats: bool,
    /// Items and their categories: no element of a pattern holds an item beside its own category.
    pub taxonomy: Option<Taxonomy>,
    pub budget: Budget,
}

impl Default for SequenceSettings {
    fn default() -> Self {
        SequenceSettings {
            kind: Kind::All,
            support: Support::Share(0.01),
            top: None,
            items: Lengths::default(),
            elements: Lengths::default(),
            min_gap: None,
            max_gap: None,
            max_span: None,
            window_days: None,
            begins_with: Vec::new(),
            ends_with: Vec::new(),
            contains: Vec::new(),
            repeats: true,
            taxonomy: None,
            budget: Budget::default(),
        }
    }
}

impl SequenceSettings {
    /// Every problem of the settings by themselves, in the order of the fields.
    pub fn problems(&self) -> Vec<SequenceError> {
        let mut problems = Vec::new();
        let mut problem = |setting, value: String, why| problems.push(SequenceError::Setting { setting, value, why });
        if self.support.checked().is_err() {
            let why = "must be a share above 0 and at most 1, or a count of at least 1";
            problem("support", format!("{:?}", self.support), why);
        }
        if self.top == Some(0) {
            problem("top", "0".into(), "asks for no patterns; give at least 1");
        }
        for (setting, lengths) in [("items", self.items), ("elements", self.elements)] {
            if lengths.max.is_some_and(|max| max < lengths.min || max == 0) {
                problem(setting, format!("{}..={}", lengths.min, lengths.max.unwrap_or(0)), "is an empty range");
            }
        }
        if let (Some(least), Some(most)) = (self.min_gap, self.max_gap) {
            let empty = match (least, most) {
                (Distance::Days(least), Distance::Days(most)) => least > most,
                (Distance::Orders(least), Distance::Orders(most)) => least > most,
                _ => false,
            };
            if empty {
                problem("max_gap", format!("{most:?}"), "is below min_gap, so that no two elements can follow");
            }
        }
        for (setting, distance) in [("max_gap", self.max_gap), ("max_span", self.max_span)] {
            if distance == Some(Distance::Orders(0)) && setting == "max_gap" {
                problem(setting, "0 orders".into(), "lets no element follow; the next order is 1 apart");
            }
        }
        problems
    }

    /// Whether any setting restricts which embeddings count.
    pub fn constrains_time(&self) -> bool {
        self.min_gap.is_some() || self.max_gap.is_some() || self.max_span.is_some() || self.window_days.is_some()
    }

    /// The item constraints as tables over the items of `sequences`.
    pub(super) fn filters(&self, sequences: &Sequences) -> Result<Filters, SequenceError> {
        let count = sequences.item_count();
        let table = |ids: &[u32]| -> Result<Vec<bool>, SequenceError> {
            let mut table = vec![false; count as usize];
            for &id in ids {
                *table.get_mut(id as usize).ok_or(SequenceError::UnknownId { what: "item", id, count })? = true;
            }
            Ok(table)
        };
        let some = |ids: &Vec<u32>| if ids.is_empty() { Ok(None) } else { table(ids).map(Some) };
        Ok(Filters {
            begins: some(&self.begins_with)?,
            ends: some(&self.ends_with)?,
            contains: some(&self.contains)?,
            items: self.items,
            elements: self.elements,
        })
    }
}

/// Item constraints over item ids, and the lengths, for the choice among found patterns.
#[derive(Clone, Debug)]
pub(super) struct Filters {
    begins: Option<Vec<bool>>,
    ends: Option<Vec<bool>>,
    contains: Option<Vec<bool>>,
    items: Lengths,
    elements: Lengths,
}

impl Filters {
    /// Whether a pattern (tokens as in [`super::pattern`]) is one of those asked for.
    pub fn admit(&self, tokens: &[u32]) -> bool {
        use super::pattern::{ITEM_MASK, NEW_ELEMENT};
        let elements = tokens.iter().filter(|&&token| token & NEW_ELEMENT != 0).count();
        if !self.items.admit(tokens.len()) || !self.elements.admit(elements) {
            return false;
        }
        let any = |table: &Option<Vec<bool>>, part: &[u32]| {
            table.as_ref().is_none_or(|table| part.iter().any(|&token| table[(token & ITEM_MASK) as usize]))
        };
        let first_end = tokens[1..].iter().position(|&t| t & NEW_ELEMENT != 0).map_or(tokens.len(), |at| at + 1);
        let last_start = tokens.iter().rposition(|&token| token & NEW_ELEMENT != 0).unwrap_or(0);
        any(&self.begins, &tokens[..first_end]) && any(&self.ends, &tokens[last_start..]) && any(&self.contains, tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_days_or_orders() {
        let read = |text: &str| text.parse::<Distance>();
        assert_eq!((read("30"), read("30d")), (Ok(Distance::Days(30)), Ok(Distance::Days(30))));
        assert_eq!(read("2o"), Ok(Distance::Orders(2)));
        assert!(read("soon").is_err() && read("-1d").is_err());
    }

    #[test]
    fn tells_all_problems_at_once() {
        let settings = SequenceSettings {
            support: Support::Share(1.5),
            top: Some(0),
            min_gap: Some(Distance::Days(5)),
            max_gap: Some(Distance::Days(4)),
            ..SequenceSettings::default()
        };
        assert_eq!(settings.problems().len(), 3);
        assert!(SequenceSettings::default().problems().is_empty());
    }
}
