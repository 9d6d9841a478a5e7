//! Partially ordered sequential rules: customers who bought all of X, in any order, buy all of Y later, in any order.
//!
//! P. Fournier-Viger et al., "RuleGrowth: mining sequential rules common to several sequences by pattern-growth", SAC
//! 2011, and, with a window, "Mining partially-ordered sequential rules common to multiple sequences", IEEE TKDE 27(8),
//! 2015 (TRuleGrowth). A rule X => Y holds for a customer when X lies within some first orders and Y within the orders
//! after them; X and Y share no item. Confidence is among all customers with X, as in RuleGrowth, with a window too.

use super::compact::Renumbering;
use super::data::Sequences;
use super::errors::SequenceError;
use super::mine::StopCause;
use super::parallel::for_each_number;
use super::settings::Distance;
use crate::mining::{Run, Support, Taxonomy};
use std::sync::atomic::{AtomicU64, Ordering};

/// Settings of the rules.
#[derive(Clone, Debug, PartialEq)]
pub struct PartialRuleSettings {
    /// Least customers for whom the rule holds.
    pub support: Support,
    /// Least share of those with X for whom the rule holds, 0..=1.
    pub min_confidence: f64,
    /// Most items of X and of Y.
    pub max_left: usize,
    pub max_right: usize,
    /// Most distance from the first order used for X to the last used for Y.
    pub window: Option<Distance>,
    /// Items and their categories, where both are in the data: no rule has an item and its category.
    pub taxonomy: Option<Taxonomy>,
    /// More rules than this are none: the search stops and hands nothing over.
    pub max_rules: Option<u64>,
}

impl Default for PartialRuleSettings {
    fn default() -> Self {
        PartialRuleSettings {
            support: Support::Share(0.01),
            min_confidence: 0.3,
            max_left: usize::MAX,
            max_right: usize::MAX,
            window: None,
            taxonomy: None,
            max_rules: Some(10_000_000),
        }
    }
}

/// A rule with its figures, as counts of customers (or of their weights).
#[derive(Clone, Debug, PartialEq)]
pub struct PartialRule {
    /// Items of X, ascending.
    pub left: Vec<u32>,
    /// Items of Y, ascending.
    pub right: Vec<u32>,
    /// Customers for whom the rule holds.
    pub support: u64,
    /// Customers with all of X, in whatever order and with no window.
    pub left_support: u64,
    /// Customers with all of Y.
    pub right_support: u64,
    /// `support / left_support`.
    pub confidence: f64,
    /// Confidence over the share of all customers with Y.
    pub lift: f64,
}

/// The rules, all of them or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartialRules {
    /// Ordered by left and then right items. Empty when the search was stopped: which rules had been found by then depends
    /// on the threads.
    pub rules: Vec<PartialRule>,
    /// Set when [`PartialRuleSettings::max_rules`] (as [`StopCause::Patterns`]) or [`Run::stop`] ended the search early.
    pub stopped: Option<StopCause>,
}

/// Finds all partially ordered rules. Errors: a support or confidence out of range.
pub fn mine_partial_rules(
    sequences: &Sequences,
    settings: &PartialRuleSettings,
    run: &Run<'_>,
) -> Result<PartialRules, SequenceError> {
    if settings.support.checked().is_err() {
        let why = "must be a share above 0 and at most 1, or a count of at least 1";
        return Err(SequenceError::Setting { setting: "support", value: format!("{:?}", settings.support), why });
    }
    if !(0.0..=1.0).contains(&settings.min_confidence) {
        let value = settings.min_confidence.to_string();
        return Err(SequenceError::Setting { setting: "min_confidence", value, why: "must be between 0 and 1" });
    }
    let histories = Histories::new(sequences, settings);
    let items = histories.renumbering.len();
    let search = Search { histories: &histories, settings, found: AtomicU64::new(0), stop: run.stop };
    let found = for_each_number(
        run.threads,
        items,
        || Scratch::new(items),
        |own, item| {
            let mut rules = Vec::new();
            search.from_left_item(own, item as u32, &mut rules);
            rules
        },
        |done| (run.progress)(done as f64 / items as f64),
    );
    if let Some(cause) = search.stopped() {
        return Ok(PartialRules { rules: Vec::new(), stopped: Some(cause) });
    }
    let mut rules: Vec<PartialRule> = found.into_iter().flatten().collect();
    rules.sort_by(|a, b| (&a.left, &a.right).cmp(&(&b.left, &b.right)));
    Ok(PartialRules { rules, stopped: None })
}

/// Each customer's frequent items with their first and last order, and the orders themselves.
struct Histories {
    renumbering: Renumbering,
    threshold: u64,
    total: u64,
    weights: Vec<u32>,
    /// Per customer: `(item, first order, last order)` by item.
    spans: Vec<Vec<(u32, u32, u32)>>,
    /// Per customer and order: the civil day and the items; filled only for a window.
    orders: Vec<Vec<(i64, Vec<u32>)>>,
    /// Customers having each item.
    customers: Vec<Vec<u32>>,
}

impl Histories {
    fn new(sequences: &Sequences, settings: &PartialRuleSettings) -> Self {
        let total = sequences.total_weight();
        let threshold = settings.support.count(total);
        let renumbering = Renumbering::new(sequences, threshold);
        let mut histories = Histories {
            threshold,
            total,
            weights: (0..sequences.customers()).map(|customer| sequences.weight_of(customer)).collect(),
            spans: Vec::with_capacity(sequences.customers()),
            orders: Vec::new(),
            customers: vec![Vec::new(); renumbering.len()],
            renumbering,
        };
        for customer in 0..sequences.customers() {
            let mut spans: Vec<(u32, u32, u32)> = Vec::new();
            let mut orders = Vec::new();
            for (order, element) in sequences.elements_of(customer).enumerate() {
                let compact = |&item: &u32| histories.renumbering.compact[item as usize];
                let items: Vec<u32> =
                    sequences.items_of(element).iter().map(compact).filter(|&item| item != u32::MAX).collect();
                spans.extend(items.iter().map(|&item| (item, order as u32, order as u32)));
                if settings.window.is_some() {
                    orders.push((sequences.day_of(element), items));
                }
            }
            spans.sort_unstable();
            spans.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    kept.2 = later.2;
                }
                same
            });
            for &(item, ..) in &spans {
                histories.customers[item as usize].push(customer as u32);
            }
            histories.spans.push(spans);
            histories.orders.push(orders);
        }
        histories
    }

    fn span(&self, customer: u32, item: u32) -> Option<(u32, u32)> {
        let spans = &self.spans[customer as usize];
        let at = spans.binary_search_by_key(&item, |&(item, ..)| item).ok()?;
        Some((spans[at].1, spans[at].2))
    }
}

/// A customer for whom a rule holds: when X is first complete, and from when on Y still comes whole.
#[derive(Clone, Copy)]
struct Holds {
    customer: u32,
    left_done: u32,
    right_from: u32,
}

struct Scratch {
    weight: Vec<u64>,
    touched: Vec<u32>,
}

impl Scratch {
    fn new(items: usize) -> Self {
        Scratch { weight: vec![0; items], touched: Vec::new() }
    }
}

struct Search<'a> {
    histories: &'a Histories,
    settings: &'a PartialRuleSettings,
    /// Rules found so far.
    found: AtomicU64,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl Search<'_> {
    /// Why the search should end early.
    fn stopped(&self) -> Option<StopCause> {
        match self.settings.max_rules {
            Some(most) if self.found.load(Ordering::Relaxed) > most => Some(StopCause::Patterns),
            _ => (self.stop)().then_some(StopCause::Asked),
        }
    }

    /// All rules whose smallest left item is `item`: the right side grows first, then the left, each by larger items
    /// only, so that each rule is met once.
    fn from_left_item(&self, own: &mut Scratch, item: u32, rules: &mut Vec<PartialRule>) {
        if self.stopped().is_some() {
            return;
        }
        let having = &self.histories.customers[item as usize];
        let all: Vec<Holds> = having
            .iter()
            .map(|&customer| {
                let (first, _) = self.histories.span(customer, item).expect("the customer has the item");
                Holds { customer, left_done: first, right_from: u32::MAX }
            })
            .collect();
        self.grow_right(own, &[item], &[], &all, having, rules);
    }

    fn grow_right(
        &self,
        own: &mut Scratch,
        left: &[u32],
        right: &[u32],
        holds: &[Holds],
        having_left: &[u32],
        rules: &mut Vec<PartialRule>,
    ) {
        if right.len() >= self.settings.max_right {
            return;
        }
        let above = right.last().map_or(0, |&last| last + 1);
        for (item, _) in self.frequent(own, holds, left, right, above, false) {
            if self.stopped().is_some() {
                return;
            }
            let right = [right, &[item]].concat();
            let holds: Vec<Holds> = holds
                .iter()
                .filter(|hold| self.fits(hold, left, &right, item, false))
                .map(|hold| {
                    let (_, last) = self.histories.span(hold.customer, item).expect("it fits");
                    Holds { right_from: hold.right_from.min(last), ..*hold }
                })
                .collect();
            self.report(left, &right, &holds, having_left, rules);
            self.grow_right(own, left, &right, &holds, having_left, rules);
            self.grow_left(own, left, &right, &holds, having_left, rules);
        }
    }

    fn grow_left(
        &self,
        own: &mut Scratch,
        left: &[u32],
        right: &[u32],
        holds: &[Holds],
        having_left: &[u32],
        rules: &mut Vec<PartialRule>,
    ) {
        if left.len() >= self.settings.max_left {
            return;
        }
        let above = left[left.len() - 1] + 1;
        for (item, _) in self.frequent(own, holds, left, right, above, true) {
            if self.stopped().is_some() {
                return;
            }
            let left = [left, &[item]].concat();
            let holds: Vec<Holds> = holds
                .iter()
                .filter(|hold| self.fits(hold, &left, right, item, true))
                .map(|hold| {
                    let (first, _) = self.histories.span(hold.customer, item).expect("it fits");
                    Holds { left_done: hold.left_done.max(first), ..*hold }
                })
                .collect();
            let having: Vec<u32> =
                having_left.iter().copied().filter(|&customer| self.histories.span(customer, item).is_some()).collect();
            self.report(&left, right, &holds, &having, rules);
            self.grow_left(own, &left, right, &holds, &having, rules);
        }
    }

    /// Items from `above` on that can join the left (or right) side for enough customers, ascending.
    fn frequent(
        &self,
        own: &mut Scratch,
        holds: &[Holds],
        left: &[u32],
        right: &[u32],
        above: u32,
        to_left: bool,
    ) -> Vec<(u32, u64)> {
        own.touched.clear();
        let mut sides = (left.to_vec(), right.to_vec());
        for hold in holds {
            let spans = &self.histories.spans[hold.customer as usize];
            let from = spans.partition_point(|&(item, ..)| item < above);
            for &(item, ..) in &spans[from..] {
                if left.contains(&item) || right.contains(&item) || self.is_kin(item, left) || self.is_kin(item, right)
                {
                    continue;
                }
                let side = if to_left { &mut sides.0 } else { &mut sides.1 };
                side.push(item);
                if self.fits(hold, &sides.0, &sides.1, item, to_left) {
                    if own.weight[item as usize] == 0 {
                        own.touched.push(item);
                    }
                    own.weight[item as usize] += u64::from(self.histories.weights[hold.customer as usize]);
                }
                let side = if to_left { &mut sides.0 } else { &mut sides.1 };
                side.pop();
            }
        }
        own.touched.sort_unstable();
        let frequent = own.touched.iter().map(|&item| (item, std::mem::take(&mut own.weight[item as usize])));
        frequent.filter(|&(_, weight)| weight >= self.histories.threshold).collect()
    }

    /// Whether the item is a category of one of the others, or one of them of it.
    fn is_kin(&self, item: u32, others: &[u32]) -> bool {
        let original = |item: u32| self.histories.renumbering.original[item as usize];
        self.settings
            .taxonomy
            .as_ref()
            .is_some_and(|taxonomy| others.iter().any(|&other| taxonomy.are_kin(original(item), original(other))))
    }

    /// Whether the rule, with `item` just added to one side, holds for the customer.
    fn fits(&self, hold: &Holds, left: &[u32], right: &[u32], item: u32, to_left: bool) -> bool {
        let Some((first, last)) = self.histories.span(hold.customer, item) else { return false };
        let ordered = if to_left { first < hold.right_from } else { last > hold.left_done };
        ordered
            && (self.settings.window.is_none() || right.is_empty() || self.within_window(hold.customer, left, right))
    }

    /// Whether for some cut the latest X before it and the earliest Y after it lie within the window.
    fn within_window(&self, customer: u32, left: &[u32], right: &[u32]) -> bool {
        let orders = &self.histories.orders[customer as usize];
        let window = self.settings.window.expect("asked only with a window");
        let has = |order: usize, item: u32| orders[order].1.binary_search(&item).is_ok();
        (0..orders.len().saturating_sub(1)).any(|cut| {
            let start = left.iter().map(|&item| (0..=cut).rev().find(|&order| has(order, item))).min().flatten();
            let Some(start) = start else { return false };
            let mut end = 0;
            for &item in right {
                match (cut + 1..orders.len()).find(|&order| has(order, item)) {
                    Some(order) => end = end.max(order),
                    None => return false,
                }
            }
            match window {
                Distance::Days(days) => orders[end].0 - orders[start].0 <= i64::from(days),
                Distance::Orders(most) => end - start <= most as usize,
            }
        })
    }

    fn report(&self, left: &[u32], right: &[u32], holds: &[Holds], having_left: &[u32], rules: &mut Vec<PartialRule>) {
        let weight = |customers: &mut dyn Iterator<Item = u32>| -> u64 {
            customers.map(|customer| u64::from(self.histories.weights[customer as usize])).sum()
        };
        let support = weight(&mut holds.iter().map(|hold| hold.customer));
        let left_support = weight(&mut having_left.iter().copied());
        let confidence = support as f64 / left_support as f64;
        if confidence < self.settings.min_confidence {
            return;
        }
        self.found.fetch_add(1, Ordering::Relaxed);
        let rarest = right.iter().map(|&item| &self.histories.customers[item as usize]).min_by_key(|list| list.len());
        let has_right = |customer: &u32| right.iter().all(|&item| self.histories.span(*customer, item).is_some());
        let having_right = rarest.expect("a rule has a right side").iter().copied().filter(has_right);
        let right_support = weight(&mut having_right.into_iter());
        let original = |side: &[u32]| side.iter().map(|&i| self.histories.renumbering.original[i as usize]).collect();
        rules.push(PartialRule {
            left: original(left),
            right: original(right),
            support,
            left_support,
            right_support,
            confidence,
            lift: confidence * self.histories.total as f64 / right_support as f64,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::proofs::prefix_span_example;
    use super::*;
    use crate::mining::sequences::Emptied;
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;

    fn count(support: f64, confidence: f64, window: Option<u32>) -> usize {
        let settings = PartialRuleSettings {
            support: Support::Share(support),
            min_confidence: confidence,
            window: window.map(Distance::Orders),
            ..PartialRuleSettings::default()
        };
        let rules = mine_partial_rules(&prefix_span_example(), &settings, &Run::threads(1)).unwrap().rules;
        assert_eq!(rules, mine_partial_rules(&prefix_span_example(), &settings, &Run::threads(2)).unwrap().rules);
        rules.len()
    }

    /// Numbers of rules that SPMF's RuleGrowth, ERMiner and CMRules agree on for the example of the PrefixSpan paper.
    #[test]
    fn matches_rule_growth_er_miner_and_cm_rules() {
        assert_eq!(count(0.5, 0.5, None), 86);
        assert_eq!(count(0.75, 0.5, None), 9);
        assert_eq!(count(0.5, 0.7, None), 19);
        assert_eq!(count(0.75, 0.7, None), 9);
    }

    /// The example of P. Fournier-Viger et al., "RuleGrowth", SAC 2011, figure 1: four sequences, and seven of the rules at a
    /// support and a confidence of 0.5 with their figures as printed there.
    #[test]
    fn matches_rule_growth_figure_1() {
        let mut data = Sequences::new(8);
        for customer in ["ab c f g e", "ad c b abef", "a b f e", "b fgh"] {
            for (day, element) in customer.split(' ').enumerate() {
                let items: Vec<u32> = element.bytes().map(|letter| u32::from(letter - b'a')).collect();
                data.push_element(day as i64 * 86_400, &items).unwrap();
            }
            data.end_customer();
        }
        let settings =
            PartialRuleSettings { support: Support::Share(0.5), min_confidence: 0.5, ..PartialRuleSettings::default() };
        let rules = mine_partial_rules(&data, &settings, &Run::default()).unwrap().rules;
        for (left, right, support, confidence) in [
            ("abc", "e", 2, 1.0),
            ("a", "cef", 2, 2.0 / 3.0),
            ("ab", "ef", 3, 1.0),
            ("b", "ef", 3, 0.75),
            ("a", "ef", 3, 1.0),
            ("c", "f", 2, 1.0),
            ("a", "b", 2, 2.0 / 3.0),
        ] {
            let items = |side: &str| side.bytes().map(|letter| u32::from(letter - b'a')).collect::<Vec<u32>>();
            let rule = rules.iter().find(|rule| rule.left == items(left) && rule.right == items(right));
            let rule = rule.unwrap_or_else(|| panic!("{left} => {right}"));
            assert_eq!((rule.support, rule.confidence), (support, confidence), "{left} => {right}");
        }
    }

    /// By the definition of TRuleGrowth there are 9, 33 and 60 rules. SPMF's program reports 8, 31 and 53 of these: when an
    /// item of Y also lies in the element where X is found, it looks for further items of X only before that element, and
    /// so at window 1 misses {b, c} => {a} of the customers <a(abc)(ac)...> and <...(bc)(ae)>. The definition is checked
    /// against trying everything below.
    #[test]
    fn windows_as_t_rule_growth_defines_them() {
        assert_eq!([1, 2, 3].map(|window| count(0.5, 0.5, Some(window))), [9, 33, 60]);
        let settings = PartialRuleSettings {
            support: Support::Share(0.5),
            min_confidence: 0.5,
            window: Some(Distance::Orders(1)),
            ..PartialRuleSettings::default()
        };
        let rules = mine_partial_rules(&prefix_span_example(), &settings, &Run::default()).unwrap().rules;
        let sides: Vec<String> = rules
            .iter()
            .map(|rule| {
                let letters = |side: &[u32]| side.iter().map(|&item| char::from(b'a' + item as u8)).collect::<String>();
                format!("{}>{}:{}", letters(&rule.left), letters(&rule.right), rule.support)
            })
            .collect();
        assert_eq!(sides, ["a>c:3", "a>d:2", "b>a:2", "b>c:2", "bc>a:2", "c>a:2", "c>b:3", "d>c:3", "f>c:2"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]
        #[test]
        fn equals_trying_everything(
            customers in vec(vec((0i64..4, vec(0u32..4, 1..3)), 0..5), 1..6),
            window in of(prop_oneof![(0u32..5).prop_map(Distance::Days), (1u32..4).prop_map(Distance::Orders)]),
            support in 1u64..4, confidence in 0.0f64..1.0, weights in of(vec(0u32..4, 6)), without in of(0u32..4),
        ) {
            let weight = |customer: usize| weights.as_ref().map_or(1, |weights| u64::from(weights[customer]));
            let mut data = Sequences::new(4);
            let mut orders: Vec<Vec<(i64, Vec<u32>)>> = Vec::new();
            for customer in &customers {
                let mut day = 0;
                orders.push(Vec::new());
                for (gap, items) in customer {
                    day += gap;
                    data.push_element(day * 86_400, items).unwrap();
                    orders.last_mut().unwrap().push((day, items.iter().copied().filter(|&item| Some(item) != without).collect()));
                }
                data.end_customer();
            }
            let has = |orders: &[(i64, Vec<u32>)], items: u32| {
                (0..4).all(|item| items >> item & 1 == 0 || orders.iter().any(|(_, order)| order.contains(&item)))
            };
            let near = |orders: &[(i64, Vec<u32>)], from: usize, to: usize| match window {
                None => true,
                Some(Distance::Days(days)) => orders[to].0 - orders[from].0 <= i64::from(days),
                Some(Distance::Orders(most)) => to - from <= most as usize,
            };
            let holds = |orders: &[(i64, Vec<u32>)], left: u32, right: u32| {
                (0..orders.len()).any(|from| (from..orders.len()).any(|cut| (cut + 1..orders.len()).any(|to| {
                    near(orders, from, to) && has(&orders[from..=cut], left) && has(&orders[cut + 1..=to], right)
                })))
            };
            let mut expected = Vec::new();
            for (left, right) in (1u32..16).flat_map(|l| (1u32..16).map(move |r| (l, r))).filter(|(l, r)| l & r == 0) {
                let sum = |counts: &dyn Fn(&[(i64, Vec<u32>)]) -> bool| -> u64 {
                    (0..orders.len()).filter(|&customer| counts(&orders[customer])).map(weight).sum()
                };
                let count = sum(&|orders| holds(orders, left, right));
                let with_left = sum(&|orders| has(orders, left));
                if count >= support && count as f64 / with_left as f64 >= confidence {
                    let items = |side: u32| (0..4).filter(|item| side >> item & 1 == 1).collect::<Vec<u32>>();
                    expected.push((items(left), items(right), count, with_left));
                }
            }
            expected.sort();
            let settings = PartialRuleSettings {
                support: Support::Count(support), min_confidence: confidence, window, ..PartialRuleSettings::default()
            };
            if let Some(weights) = &weights {
                data = data.with_weights(weights[..orders.len()].to_vec()).unwrap();
            }
            if without.is_some() {
                data = data.of_items(&[0, 1, 2, 3].map(|item| Some(item) != without), Emptied::Kept);
            }
            let found = mine_partial_rules(&data, &settings, &Run::threads(2)).unwrap().rules;
            let found: Vec<_> =
                found.into_iter().map(|rule| (rule.left, rule.right, rule.support, rule.left_support)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn more_rules_than_allowed_are_none_and_end_the_search() {
        let all = PartialRuleSettings {
            support: Support::Share(0.5),
            min_confidence: 0.5,
            max_rules: Some(86),
            ..PartialRuleSettings::default()
        };
        let found = mine_partial_rules(&prefix_span_example(), &all, &Run::threads(2)).unwrap();
        assert_eq!((found.rules.len(), found.stopped), (86, None));
        let few = PartialRuleSettings { max_rules: Some(85), ..all.clone() };
        for threads in [1, 2] {
            let found = mine_partial_rules(&prefix_span_example(), &few, &Run::threads(threads)).unwrap();
            assert_eq!(found, PartialRules { rules: Vec::new(), stopped: Some(StopCause::Patterns) });
        }
        let asked = Run { stop: &|| true, ..Run::threads(2) };
        let found = mine_partial_rules(&prefix_span_example(), &all, &asked).unwrap();
        assert_eq!(found, PartialRules { rules: Vec::new(), stopped: Some(StopCause::Asked) });
        // Each customer buys forty items in some order: more rules than any time would do for.
        let mut dense = Sequences::new(40);
        for customer in 0..20 {
            for day in 0..40 {
                dense.push_element(day * 86_400, &[(day as u32 * 7 + customer * 3) % 40]).unwrap();
            }
            dense.end_customer();
        }
        let settings =
            PartialRuleSettings { support: Support::Count(1), min_confidence: 0.0, max_rules: Some(10_000), ..all };
        let found = mine_partial_rules(&dense, &settings, &Run::threads(2)).unwrap();
        assert_eq!(found.stopped, Some(StopCause::Patterns));
    }

    #[test]
    fn figures_of_one_rule() {
        // b => d holds for two of the four customers who have b; three have d.
        let settings = PartialRuleSettings {
            support: Support::Count(2),
            min_confidence: 0.0,
            max_left: 1,
            max_right: 1,
            ..PartialRuleSettings::default()
        };
        let rules = mine_partial_rules(&prefix_span_example(), &settings, &Run::default()).unwrap().rules;
        let rule = rules.iter().find(|rule| rule.left == [1] && rule.right == [3]).unwrap();
        assert_eq!((rule.support, rule.left_support, rule.right_support), (2, 4, 3));
        assert!((rule.confidence - 0.5).abs() < 1e-15 && (rule.lift - 0.5 / 0.75).abs() < 1e-15);
    }
}
