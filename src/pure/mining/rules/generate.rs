//! From itemsets to rules.

use super::super::baskets::Baskets;
use super::super::counted::counted;
use super::super::itemsets::{
    Itemset, ItemsetKind, ItemsetSettings, Limits, MiningError, Run, collect_itemsets, fitting_support,
};
use super::super::support::Support;
use super::{AssociationRule, Constraints, Counts, Hypotheses};
use rustc_hash::FxHashMap;

/// Which itemsets rules are built from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RuleBase {
    /// All frequent itemsets: every rule that reaches the thresholds.
    #[default]
    All,
    /// Closed itemsets only: of rules with the same baskets, the one that names the most items.
    Closed,
    /// A generator on the left and a closed set as both sides together: minimal non-redundant rules, the shortest left and
    /// the longest right side (Bastide, Pasquier, Taouil, Stumme and Lakhal, 2000).
    Generators,
}

/// One row of the table of rule bases.
#[derive(Debug, Clone, Copy)]
pub struct RuleBaseRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub base: RuleBase,
    /// One sentence for the reference.
    pub about: &'static str,
}

static BASES: [RuleBaseRow; 3] = [
    RuleBaseRow { name: "all", base: RuleBase::All, about: "all frequent itemsets" },
    RuleBaseRow {
        name: "closed",
        base: RuleBase::Closed,
        about: "closed itemsets: of rules with the same baskets, the one with the most items",
    },
    RuleBaseRow {
        name: "generators",
        base: RuleBase::Generators,
        about: "minimal non-redundant rules: the shortest antecedent, the longest consequent; give `max_right` room",
    },
];

/// The table of rule bases.
pub fn rule_bases() -> &'static [RuleBaseRow] {
    &BASES
}

/// Which rules to build.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSettings {
    /// How often both sides must be bought together.
    pub support: Support,
    /// Lowest confidence, 0 to 1.
    pub confidence: f64,
    /// Which itemsets to build from.
    pub base: RuleBase,
    /// Fewest items of both sides together; 1 lets the left side be empty.
    pub min_length: usize,
    /// Most items of both sides together.
    pub max_length: Option<usize>,
    /// Most items on the left.
    pub max_left: Option<usize>,
    /// Most items on the right, at least 1.
    pub max_right: usize,
    /// Which items may stand where.
    pub constraints: Constraints,
    /// Where to stop the search for itemsets; there may be no more rules than [`Limits::itemsets`] either.
    pub limits: Limits,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            support: Support::Share(0.01),
            confidence: 0.5,
            base: RuleBase::All,
            min_length: 2,
            max_length: None,
            max_left: None,
            max_right: 1,
            constraints: Constraints::default(),
            limits: Limits::default(),
        }
    }
}

impl RuleSettings {
    /// Rules with one item on the right at a support and a confidence.
    pub fn new(support: Support, confidence: f64) -> Self {
        Self { support, confidence, ..Self::default() }
    }
}

/// Rules, and what corrections for the number of tests have to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Mined {
    /// The rules in order.
    pub rules: Vec<AssociationRule>,
    /// How many rules could have been made of the itemsets that they were made of, whatever their confidence, and how many
    /// could have reached the minimum support by the counts of their sides.
    pub tests: Hypotheses,
}

/// Builds the rules that `settings` ask for, by right side, then length of the left side, then left side.
///
/// A stopped search (see [`Limits`]) is an error here: rules from half of the itemsets would lack the counts of their
/// sides, and which ones are missing would be an accident.
///
/// # Errors
/// When the settings make no sense, or the itemsets or the rules pass the limits.
pub fn mine_rules(baskets: &Baskets, settings: &RuleSettings, run: &Run<'_>) -> Result<Mined, RuleError> {
    settings.check()?;
    let kept;
    let baskets = if settings.constraints.must_not.is_empty() {
        baskets
    } else {
        kept = without(baskets, &settings.constraints.must_not);
        &kept
    };
    let total = baskets.total_weight();
    let search = |kind, longest| {
        let itemsets = ItemsetSettings {
            kind,
            support: settings.support,
            max_length: longest,
            limits: settings.limits,
            ..Default::default()
        };
        let (found, outcome) = collect_itemsets(baskets, &itemsets, run)?;
        match outcome.stopped {
            None => Ok(found),
            Some(stopped) => {
                let fitting = fitting_support(baskets, &itemsets, stopped.reason, outcome.itemsets);
                Err(RuleError::Stopped { itemsets: outcome.itemsets, fitting })
            }
        }
    };
    let builder = Builder { settings, total };
    let (rules, sets) = match settings.base {
        RuleBase::All => {
            let all = search(ItemsetKind::All, settings.max_length)?;
            (builder.rules_of_all(&all)?, all)
        }
        RuleBase::Closed => {
            let closed = search(ItemsetKind::Closed, None)?;
            let lookup = ClosedSupports::new(&closed, total);
            (builder.rules_of_sets(&closed, &|items| lookup.support(items))?, closed)
        }
        RuleBase::Generators => {
            let generators = search(ItemsetKind::Generators, None)?;
            let closed = search(ItemsetKind::Closed, None)?;
            (builder.rules_of_generators(&generators, &closed)?, closed)
        }
    };
    let least = settings.support.count(total);
    let items = baskets.item_supports().iter().filter(|&&support| u64::from(support) >= least).count();
    Ok(builder.mined(rules, &sets, items as u64))
}

/// The rules of [`RuleBase::All`] from itemsets in hand: all frequent ones up to [`RuleSettings::max_length`] of baskets
/// that weigh `total`. [`Constraints::must_not`] is applied to the rules, which gives the same.
///
/// # Errors
/// When the settings make no sense, or the rules pass the limits.
pub fn rules_of_itemsets(all: &[Itemset], total: u64, settings: &RuleSettings) -> Result<Mined, RuleError> {
    settings.check()?;
    let builder = Builder { settings, total };
    let allowed = |set: &&Itemset| set.items.len() == 1 && !settings.constraints.must_not.contains(&set.items[0]);
    Ok(builder.mined(builder.rules_of_all(all)?, all, all.iter().filter(allowed).count() as u64))
}

/// How many rules could be built from so many itemsets of each length (`per_length[0]` is that of single items) with one to
/// `max_right` items on the right and at least one on the left: the number of tests that corrections have to allow for.
pub fn candidate_rules(per_length: &[u64], max_right: usize) -> u64 {
    let splits = |length: u64| {
        let mut ways = 1u64;
        let mut sum = 0u64;
        for right in 1..length.min(max_right as u64 + 1) {
            ways = ways.saturating_mul(length - right + 1) / right;
            sum = sum.saturating_add(ways);
        }
        sum
    };
    per_length.iter().zip(1u64..).fold(0, |sum, (sets, length)| sum.saturating_add(sets.saturating_mul(splits(length))))
}

/// Why rules could not be built.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The search for itemsets could not run.
    #[error(transparent)]
    Mining(#[from] MiningError),
    /// The search for itemsets was stopped.
    #[error("the search was stopped after {} itemsets, so rules would be missing: raise the minimum support{}",
        counted(*.itemsets), .fitting.map(|count| format!(" to about {count} baskets")).unwrap_or_default())]
    Stopped {
        /// How many had been found.
        itemsets: u64,
        /// A support that is expected to fit.
        fitting: Option<u64>,
    },
    /// A few large itemsets can be split in very many ways.
    #[error(
        "more than {0} rules can be made of the itemsets: raise the confidence or the minimum support, or allow fewer items on the right"
    )]
    TooMany(usize),
    /// There are few rules, but very many ways to split the itemsets that had to be tried for them.
    #[error(
        "the itemsets can be split in more than {0} ways: raise the confidence or the minimum support, or allow fewer items on the right"
    )]
    TooManyWays(usize),
}

/// Ways to split a set that may be tried for each rule.
const TRIED_FOR_EACH: usize = 20;

/// Rules so far, and in how many ways sets were split for them.
#[derive(Default)]
struct Made {
    rules: Vec<AssociationRule>,
    tried: usize,
}

impl RuleSettings {
    fn check(&self) -> Result<(), MiningError> {
        if !(0.0..=1.0).contains(&self.confidence) {
            return Err(MiningError::Setting { name: "confidence", value: self.confidence, range: "from 0 to 1" });
        }
        if self.max_right == 0 {
            return Err(MiningError::Setting { name: "max_right", value: 0.0, range: "1 or more" });
        }
        Ok(())
    }
}

struct Builder<'a> {
    settings: &'a RuleSettings,
    total: u64,
}

impl Builder<'_> {
    fn fits(&self, left: usize, right: usize) -> bool {
        let settings = self.settings;
        right >= 1
            && right <= settings.max_right
            && left <= settings.max_left.unwrap_or(usize::MAX)
            && left + right >= settings.min_length
            && (left > 0 || settings.min_length <= 1)
            && left + right <= settings.max_length.unwrap_or(usize::MAX)
    }

    /// Whether the confidence is enough, with an allowance for the rounding of the threshold itself.
    fn confident(&self, both: u64, left: u64) -> bool {
        both as f64 >= self.settings.confidence * left as f64 * (1.0 - 1e-12)
    }

    /// The rules that are allowed, in order, beside the `sets` that they were made of; so many items are frequent.
    fn mined(&self, mut rules: Vec<AssociationRule>, sets: &[Itemset], items: u64) -> Mined {
        let RuleSettings { constraints, max_length, max_right, max_left, base, .. } = self.settings;
        rules.retain(|rule| constraints.allow(rule));
        rules.sort_unstable_by(|a, b| (&a.right, a.left.len(), &a.left).cmp(&(&b.right, b.left.len(), &b.left)));
        let mut per_length = Vec::new();
        for set in sets {
            let length = set.items.len();
            if length <= max_length.unwrap_or(usize::MAX)
                && !set.items.iter().any(|item| constraints.must_not.contains(item))
            {
                per_length.resize(per_length.len().max(length), 0);
                per_length[length - 1] += 1;
            }
        }
        let reached = candidate_rules(&per_length, *max_right);
        let mut frequent = per_length;
        if *base != RuleBase::All {
            // A frequent side need not be closed: there are at most as many as there are rules.
            frequent.iter_mut().for_each(|sets| *sets = reached);
        }
        frequent.resize(frequent.len().max(1), 0);
        frequent[0] = items;
        let whole = max_length.unwrap_or(usize::MAX);
        let tests = Hypotheses::new(reached, &frequent, (max_left.unwrap_or(usize::MAX), *max_right, whole));
        Mined { rules, tests }
    }

    /// Refuses when there are more rules, or splits that had to be tried for them, than the limit of itemsets gives room for: a rule takes
    /// more memory than an itemset, so there may be no more of them.
    fn within(&self, made: &Made) -> Result<(), RuleError> {
        let most = self.settings.limits.itemsets.map_or(usize::MAX, |sets| sets as usize);
        let ways = most.saturating_mul(TRIED_FOR_EACH);
        if made.rules.len() > most {
            Err(RuleError::TooMany(most))
        } else if made.tried > ways {
            Err(RuleError::TooManyWays(ways))
        } else {
            Ok(())
        }
    }

    fn rules_of_all(&self, all: &[Itemset]) -> Result<Vec<AssociationRule>, RuleError> {
        let supports = index(all, self.total);
        self.rules_of_sets(all, &|items| supports.get(items).copied().unwrap_or(0))
    }

    /// All rules of each set. Moving items to the right never raises the confidence, so a right side grows only while it
    /// is confident (Agrawal and Srikant, "Fast algorithms for mining association rules", 1994, section 3).
    fn rules_of_sets(
        &self,
        sets: &[Itemset],
        support: &dyn Fn(&[u32]) -> u64,
    ) -> Result<Vec<AssociationRule>, RuleError> {
        let mut made = Made::default();
        for set in sets {
            if set.items.len() >= self.settings.min_length.max(1) {
                self.split(set, 0, &mut Vec::new(), support, &mut made)?;
            }
        }
        Ok(made.rules)
    }

    fn split(
        &self,
        set: &Itemset,
        from: usize,
        right: &mut Vec<u32>,
        support: &dyn Fn(&[u32]) -> u64,
        made: &mut Made,
    ) -> Result<(), RuleError> {
        self.within(made)?;
        for at in from..set.items.len() {
            made.tried += 1;
            right.push(set.items[at]);
            let left: Vec<u32> = set.items.iter().copied().filter(|item| !right.contains(item)).collect();
            let both = u64::from(set.support);
            let left_count = if left.is_empty() { self.total } else { support(&left) };
            if self.confident(both, left_count) {
                if self.fits(left.len(), right.len()) {
                    let counts = Counts { both, left: left_count, right: support(right), total: self.total };
                    made.rules.push(AssociationRule { left, right: right.clone(), counts });
                }
                if right.len() < self.settings.max_right {
                    self.split(set, at + 1, right, support, made)?;
                }
            }
            right.pop();
        }
        Ok(())
    }

    fn rules_of_generators(
        &self,
        generators: &[Itemset],
        closed: &[Itemset],
    ) -> Result<Vec<AssociationRule>, RuleError> {
        let known: FxHashMap<&[u32], u64> =
            generators.iter().map(|set| (&set.items[..], u64::from(set.support))).collect();
        let lookup = ClosedSupports::new(closed, self.total);
        let mut made = Made::default();
        for set in closed {
            let both = u64::from(set.support);
            let mut add = |left: &[u32], left_count: u64| {
                let right: Vec<u32> = set.items.iter().copied().filter(|item| !left.contains(item)).collect();
                made.tried += 1;
                if self.confident(both, left_count) && self.fits(left.len(), right.len()) {
                    let counts = Counts { both, left: left_count, right: lookup.support(&right), total: self.total };
                    made.rules.push(AssociationRule { left: left.to_vec(), right, counts });
                }
            };
            add(&[], self.total);
            free_subsets(&set.items, 0, &mut Vec::new(), &known, &mut add);
            self.within(&made)?;
        }
        Ok(made.rules)
    }
}

/// Calls `each` with the generators inside `items`. Subsets of a generator are generators, so a set that is none is left
/// with all its supersets.
fn free_subsets(
    items: &[u32],
    from: usize,
    chosen: &mut Vec<u32>,
    known: &FxHashMap<&[u32], u64>,
    each: &mut dyn FnMut(&[u32], u64),
) {
    for at in from..items.len() {
        chosen.push(items[at]);
        if let Some(&support) = known.get(&chosen[..]) {
            each(chosen, support);
            free_subsets(items, at + 1, chosen, known, each);
        }
        chosen.pop();
    }
}

fn index(sets: &[Itemset], total: u64) -> FxHashMap<&[u32], u64> {
    let mut supports: FxHashMap<&[u32], u64> =
        sets.iter().map(|set| (&set.items[..], u64::from(set.support))).collect();
    supports.insert(&[], total);
    supports
}

/// Supports of any frequent set from closed sets: that of the smallest closed set around it, which has the highest
/// support of all closed sets around it.
struct ClosedSupports<'a> {
    sets: &'a [Itemset],
    /// For each item the closed sets with it, the most frequent first.
    holders: FxHashMap<u32, Vec<u32>>,
    total: u64,
}

impl<'a> ClosedSupports<'a> {
    fn new(sets: &'a [Itemset], total: u64) -> Self {
        let mut order: Vec<u32> = (0..sets.len() as u32).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(sets[at as usize].support), at));
        let mut holders: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for at in order {
            for &item in &sets[at as usize].items {
                holders.entry(item).or_default().push(at);
            }
        }
        Self { sets, holders, total }
    }

    fn support(&self, items: &[u32]) -> u64 {
        if items.is_empty() {
            return self.total;
        }
        let lists = items.iter().map(|item| self.holders.get(item).map_or(&[][..], |list| list));
        let shortest = lists.min_by_key(|list| list.len()).expect("at least one item");
        let around = |&&at: &&u32| super::super::baskets::contains_all(&self.sets[at as usize].items, items);
        shortest.iter().find(around).map_or(0, |&at| u64::from(self.sets[at as usize].support))
    }
}

fn without(baskets: &Baskets, items: &[u32]) -> Baskets {
    let mut kept = Baskets::new(baskets.item_count());
    let mut row = Vec::new();
    for basket in baskets.iter() {
        row.clear();
        row.extend(basket.iter().copied().filter(|item| !items.contains(item)));
        kept.push(&row);
    }
    match baskets.weights() {
        Some(weights) => kept.with_weights(weights.to_vec()).expect("the same weights as before"),
        None => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn candidates_are_the_ways_to_split_a_set() {
        assert_eq!(candidate_rules(&[9, 4], 1), 8);
        assert_eq!(candidate_rules(&[0, 1, 1], 1), 5);
        // Three items: three ways with one on the right, three with two.
        assert_eq!(candidate_rules(&[0, 0, 1], 9), 6);
        assert_eq!(candidate_rules(&[0, 0, 0, 2], 2), 20);
    }

    #[test]
    fn itemsets_in_hand_give_the_same_rules() {
        let baskets = Baskets::from_rows((0..60u32).map(|at| (0..6).filter(|i| at % (i + 2) < 2).collect::<Vec<_>>()));
        let constraints = Constraints { must_not: vec![3], ..Constraints::default() };
        let settings = RuleSettings { max_right: 2, constraints, ..RuleSettings::new(Support::Count(5), 0.3) };
        let all = ItemsetSettings::new(ItemsetKind::All, settings.support);
        let (all, outcome) = collect_itemsets(&baskets, &all, &Run::default()).unwrap();
        let rules = rules_of_itemsets(&all, outcome.total, &settings).unwrap();
        assert!(!rules.rules.is_empty());
        assert_eq!(rules, mine_rules(&baskets, &settings, &Run::default()).unwrap());
        // What no rule may have is no test either.
        let sets =
            |length| all.iter().filter(|set| set.items.len() == length && !set.items.contains(&3)).count() as u64;
        let per_length: Vec<u64> = (1..=6).map(sets).collect();
        assert_eq!(rules.tests.reached, candidate_rules(&per_length, 2));
    }

    #[test]
    fn sides_of_many_items_do_not_explode() {
        // One set of twenty items that three baskets have: a million itemsets and three thousand million rules.
        let baskets = Baskets::from_rows((0..3).map(|_| (0..20).collect::<Vec<u32>>()));
        let limits = Limits { itemsets: Some(2_000_000), memory: None };
        let closed =
            RuleSettings { base: RuleBase::Closed, max_right: 20, limits, ..RuleSettings::new(Support::Count(2), 0.5) };
        let few = RuleSettings { limits: Limits { itemsets: Some(10), memory: None }, ..closed.clone() };
        assert_eq!(mine_rules(&baskets, &closed, &Run::default()).unwrap().rules.len(), (1 << 20) - 2);
        let refused = mine_rules(&baskets, &few, &Run::default()).unwrap_err();
        assert!(matches!(refused, RuleError::TooMany(10)), "{refused}");
        let short = RuleSettings { max_left: Some(1), max_right: 19, ..few };
        assert!(matches!(mine_rules(&baskets, &short, &Run::default()), Err(RuleError::TooManyWays(200))));
    }

    proptest! {
        /// Every left and right side over six items tried, with weights, lengths and constraints.
        #[test]
        fn equals_trying_every_rule(
            rows in proptest::collection::vec((proptest::collection::vec(0u32..6, 0..6), 1u32..4), 1..25),
            (weighted, closed) in (any::<bool>(), any::<bool>()),
            (min, confidence, min_length) in (1u64..6, 0.0f64..1.0, 1usize..3),
            (max_left, max_right, longest) in (0usize..5, 1usize..4, 2usize..6),
            groups in proptest::collection::vec(proptest::collection::btree_set(0u32..6, 0..3), 5),
        ) {
            let baskets = Baskets::from_rows(rows.iter().map(|row| &row.0));
            let weights: Vec<u32> = rows.iter().map(|row| if weighted { row.1 } else { 1 }).collect();
            let baskets = if weighted { baskets.with_weights(weights.clone()).unwrap() } else { baskets };
            let group = |at: usize| -> Vec<u32> { groups[at].iter().copied().collect() };
            let constraints = Constraints {
                must: group(0).into_iter().take(1).collect(),
                must_not: group(1),
                only_left: group(2),
                only_right: group(3),
                left_one_of: group(4),
                ..Constraints::default()
            };
            let settings = RuleSettings {
                base: if closed { RuleBase::Closed } else { RuleBase::All },
                min_length,
                max_length: Some(longest),
                max_left: Some(max_left),
                max_right,
                constraints,
                ..RuleSettings::new(Support::Count(min), confidence)
            };
            // What must not be in a rule is not there at all, for what is closed too.
            let forbidden: u32 = settings.constraints.must_not.iter().map(|item| 1 << item).sum();
            let sets: Vec<u32> = baskets.iter().map(|row| row.iter().map(|item| 1 << item).sum::<u32>() & !forbidden).collect();
            let count = |set: u32| -> u64 {
                sets.iter().zip(&weights).filter(|(row, _)| *row & set == set).map(|(_, &w)| u64::from(w)).sum()
            };
            let items = |set: u32| -> Vec<u32> { (0..6).filter(|item| set >> item & 1 == 1).collect() };
            let mut expected = Vec::new();
            for whole in 1u32..64 {
                let both = count(whole);
                let is_closed = (0..6).all(|item| whole >> item & 1 == 1 || count(whole | 1 << item) < both);
                if both < min || (closed && !is_closed) {
                    continue;
                }
                for right in (1..=whole).filter(|right| right & !whole == 0) {
                    let left = whole & !right;
                    let counts = Counts { both, left: count(left), right: count(right), total: count(0) };
                    let [l, r] = [left, right].map(|side| side.count_ones() as usize);
                    let fits = l <= max_left && r <= max_right && l + r <= longest && l + r >= min_length;
                    let rule = AssociationRule { left: items(left), right: items(right), counts };
                    let confident = both as f64 >= confidence * counts.left as f64 * (1.0 - 1e-12);
                    if fits && confident && (l > 0 || min_length == 1) && settings.constraints.allow(&rule) {
                        expected.push(rule);
                    }
                }
            }
            let mut found = mine_rules(&baskets, &settings, &Run::default()).unwrap().rules;
            let key = |rule: &AssociationRule| (rule.left.clone(), rule.right.clone());
            found.sort_by_key(key);
            expected.sort_by_key(key);
            prop_assert_eq!(found, expected);
        }
    }
}
