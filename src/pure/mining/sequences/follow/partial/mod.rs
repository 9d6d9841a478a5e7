//! Rules without an order within their sides: who has bought all of X, in whatever order, buys all of Y.
//!
//! Partially ordered sequential rules (P. Fournier-Viger et al., IEEE TKDE 27(8), 2015) with the figures of the ordered
//! ones: a trial is the first order with which all of X has been bought within the days between two orders of an
//! antecedent; it succeeds when all of Y is bought within the horizon after it. Rules with one item on both sides are those
//! of [`super::mine_follow_rules`] and not among these.
//!
//! p is the chance of as many followers when the orders with an item of X stay where they are and each customer's other
//! orders come in random order: given the former, the latter are exchangeable if nothing follows from X.

use super::super::data::Sequences;
use super::super::errors::SequenceError;
use super::super::parallel::for_each_number;
use super::super::shuffle::{LogFactorials, at_least};
use super::base::{Group, expected};
use super::timing::timing;
use super::view::{MOST_CHANCES, Scratch, Trial, View, lift};
use super::{FollowEvidence, FollowRules, FollowSettings, Later, LaterFollow, check};
use crate::mining::Run;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// A rule from a set to a set.
#[derive(Clone, Debug, PartialEq)]
pub struct PartialFollowRule {
    /// X and Y: items, ascending; together at least three.
    pub left: Vec<u32>,
    pub right: Vec<u32>,
    /// Its p-value is the chance of so many followers under random order of the orders without X.
    pub evidence: FollowEvidence,
}

/// The rules found, ordered by X and Y.
pub type PartialFollowRules = FollowRules<PartialFollowRule>;

/// Finds the rules with at most [`FollowSettings::max_prefix_items`] items in X, bought within
/// [`FollowSettings::step_days`] of each other, and one or two (`pairs`) in Y.
///
/// Errors: settings out of range, more X than [`FollowSettings::max_prefixes`].
pub fn mine_partial_follow_rules(
    sequences: &Sequences,
    settings: &FollowSettings,
    pairs: bool,
    run: &Run<'_>,
) -> Result<PartialFollowRules, SequenceError> {
    check(settings)?;
    let history = sequences.until(settings.as_of);
    let view = View::new(&history, settings.as_of, settings);
    let search = Search { view: &view, pairs, logs: view.logs(), tried: AtomicU64::new(0), stop: run.stop };
    let items: Vec<u32> =
        (0..history.item_count()).filter(|&item| u64::from(view.buyers[item as usize]) >= view.threshold).collect();
    let found = for_each_number(
        run.threads,
        items.len(),
        || Scratch::new(history.item_count()),
        |own, number| {
            let mut found = Found::default();
            let owners = Owners::new(&view, own, items[number]);
            let all: Vec<usize> = (0..owners.items.len()).collect();
            let everybody = vec![u64::MAX; owners.words];
            search.grow(own, &owners, &mut vec![items[number]], (&all, &everybody), &mut found);
            found
        },
        |done| (run.progress)(done as f64 / items.len() as f64),
    );
    if search.tried.into_inner() > settings.max_prefixes {
        return Err(SequenceError::TooManyPrefixes { limit: settings.max_prefixes, fitting: None });
    }
    let tested = found.iter().map(|found| found.tested).sum();
    let rules = found.into_iter().flat_map(|found| found.rules).collect();
    let mut found =
        FollowRules::significant(rules, settings, tested, |rule: &mut PartialFollowRule| &mut rule.evidence);
    found.rules.sort_by(|a, b| (&a.left, &a.right).cmp(&(&b.left, &b.right)));
    Ok(found)
}

/// The figures of each rule among orders with `from <= time < until`, from which it was not mined.
pub fn validate_partial_follow_rules(
    found: &PartialFollowRules,
    sequences: &Sequences,
    from: i64,
    until: i64,
    run: &Run<'_>,
) -> Vec<LaterFollow> {
    let period = Later { sequences, settings: &found.settings, from, until };
    period.tried(&found.rules, run, |view, own, rule| {
        let trials = view.set_trials(own, &rule.left);
        let hits = hits_of(own, &rule.right);
        let expected = view.expected_of(&mut own.either, &rule.right, &view.groups(&trials));
        let figures = view.figures_of(&trials, &hits, expected).0;
        own.clear_hits();
        (rule.evidence.figures.lift, figures)
    })
}

#[derive(Default)]
struct Found {
    rules: Vec<PartialFollowRule>,
    tested: usize,
}

struct Search<'a> {
    view: &'a View<'a>,
    pairs: bool,
    logs: LogFactorials,
    /// X that were tried so far.
    tried: AtomicU64,
    stop: &'a (dyn Fn() -> bool + Sync),
}

/// The customers with an item, and which of the items that enough of them have each of them has: a bit per customer.
struct Owners {
    customers: Vec<u32>,
    items: Vec<u32>,
    words: usize,
    having: Vec<u64>,
}

impl Owners {
    fn new(view: &View<'_>, own: &mut Scratch, item: u32) -> Self {
        let customers: Vec<u32> = view.bought.by_customer(item).map(|of| of[0].0).collect();
        own.counts.fill(0);
        for &customer in &customers {
            view.owned[customer as usize].iter().for_each(|row| own.counts[row.0 as usize] += 1);
        }
        let enough = |&other: &u32| other != item && u64::from(own.counts[other as usize]) >= view.threshold;
        let items: Vec<u32> =
            (0..own.counts.len() as u32).filter(enough).filter(|&other| !view.are_kin(item, other)).collect();
        let words = customers.len().div_ceil(64);
        let mut having = vec![0u64; items.len() * words];
        // From here on the counts are places among the items.
        own.counts.fill(u32::MAX);
        items.iter().zip(0..).for_each(|(&item, place)| own.counts[item as usize] = place);
        for (at, &customer) in customers.iter().enumerate() {
            for row in &view.owned[customer as usize] {
                let place = own.counts[row.0 as usize];
                if place != u32::MAX {
                    having[place as usize * words + at / 64] |= 1 << (at % 64);
                }
            }
        }
        Owners { customers, items, words, having }
    }

    fn having(&self, place: usize) -> &[u64] {
        &self.having[place * self.words..(place + 1) * self.words]
    }

    /// The places of items that enough of these customers have.
    fn enough(&self, among: &[usize], customers: &[u64], threshold: u64) -> Vec<usize> {
        among.iter().copied().filter(|&place| shared(customers, self.having(place)) >= threshold).collect()
    }
}

fn shared(one: &[u64], other: &[u64]) -> u64 {
    one.iter().zip(other).map(|(one, other)| u64::from((one & other).count_ones())).sum()
}

impl Search<'_> {
    /// The rules of X and of all that begin with it; `customers` have all of X, and items `among` may join.
    fn grow(
        &self,
        own: &mut Scratch,
        owners: &Owners,
        left: &mut Vec<u32>,
        (among, customers): (&[usize], &[u64]),
        found: &mut Found,
    ) {
        let (view, settings) = (self.view, self.view.settings);
        if self.tried.fetch_add(1, Ordering::Relaxed) >= settings.max_prefixes || (self.stop)() {
            return;
        }
        let last = left[left.len() - 1];
        let joins = |&place: &usize| {
            let item = owners.items[place];
            item != last && !view.are_kin(item, last)
        };
        let among: Vec<usize> = among.iter().copied().filter(joins).collect();
        let among = owners.enough(&among, customers, view.threshold);
        if among.is_empty() {
            return;
        }
        if left.len() > 1 || self.pairs {
            let (trials, tried) = self.trials_of(owners, left, customers);
            if (trials.len() as u64) < view.threshold {
                return;
            }
            let testable = owners.enough(&among, &tried, view.threshold);
            self.rules_of(own, owners, left, (&testable, &tried), &trials, found);
        }
        if left.len() >= settings.max_prefix_items as usize {
            return;
        }
        for &place in among.iter().filter(|&&place| owners.items[place] > last) {
            let both: Vec<u64> = customers.iter().zip(owners.having(place)).map(|(one, other)| one & other).collect();
            left.push(owners.items[place]);
            self.grow(own, owners, left, (&among, &both), found);
            left.pop();
        }
    }

    /// The trials of X among these customers, and who has one.
    fn trials_of(&self, owners: &Owners, left: &[u32], customers: &[u64]) -> (Vec<Trial>, Vec<u64>) {
        let view = self.view;
        let mut trials = Vec::new();
        let mut tried = vec![0u64; owners.words];
        // Occurrences and customers go by customer, so that one walk over each item's finds all.
        let mut rest: Vec<&[(u32, u32)]> = left.iter().map(|&item| view.bought.of(item)).collect();
        let mut lists: Vec<(&[(u32, u32)], i64)> = vec![(&[], 0); left.len()];
        for (at, &customer) in owners.customers.iter().enumerate() {
            if customers[at / 64] >> (at % 64) & 1 == 0 {
                continue;
            }
            for (rest, list) in rest.iter_mut().zip(&mut lists) {
                let before = rest.iter().position(|row| row.0 >= customer).unwrap_or(rest.len());
                let after = &rest[before..];
                let (own, other) = after.split_at(after.iter().position(|row| row.0 > customer).unwrap_or(after.len()));
                (*rest, *list) = (other, (own, i64::MIN));
            }
            if let Some(element) = view.first_together(&mut lists) {
                trials.push(view.trial_at(customer, element));
                tried[at / 64] |= 1 << (at % 64);
            }
        }
        (trials, tried)
    }

    fn rules_of(
        &self,
        own: &mut Scratch,
        owners: &Owners,
        left: &[u32],
        (testable, tried): (&[usize], &[u64]),
        trials: &[Trial],
        found: &mut Found,
    ) {
        let view = self.view;
        if testable.is_empty() {
            return;
        }
        trials.iter().zip(0..).for_each(|(trial, number)| view.follow_trial(own, trial, number));
        let followed = |own: &Scratch, item: u32| own.hits[item as usize].len() as u64 >= view.threshold;
        let items = testable.iter().map(|&place| owners.items[place]);
        let frequent: Vec<u32> = items.filter(|&item| followed(own, item)).collect();
        let groups = if frequent.is_empty() { Vec::new() } else { view.groups(trials) };
        if left.len() > 1 {
            found.tested += testable.len();
            for &item in &frequent {
                self.report(own, left, &[item], trials, &groups, found);
            }
        }
        if self.pairs {
            // Pairs that enough of the customers bought, whatever the order in time.
            for (at, &one) in testable.iter().enumerate() {
                let both: Vec<u64> = tried.iter().zip(owners.having(one)).map(|(one, other)| one & other).collect();
                found.tested += owners.enough(&testable[at + 1..], &both, view.threshold).len();
            }
            for (at, &one) in frequent.iter().enumerate() {
                for &other in frequent[at + 1..].iter().filter(|&&other| !view.are_kin(one, other)) {
                    self.report(own, left, &[one, other], trials, &groups, found);
                }
            }
        }
        own.clear_hits();
    }

    fn report(
        &self,
        own: &mut Scratch,
        left: &[u32],
        right: &[u32],
        trials: &[Trial],
        groups: &[Group<'_>],
        found: &mut Found,
    ) {
        let (view, settings) = (self.view, self.view.settings);
        let hits = hits_of(own, right);
        if (hits.len() as u64) < view.threshold {
            return;
        }
        let expected = view.expected_of(&mut own.either, right, groups);
        if lift(hits.len() as u64, expected) < settings.min_lift {
            return;
        }
        let (figures, estimate) = view.figures_of(trials, &hits, expected);
        if figures.confidence < settings.min_confidence {
            return;
        }
        found.rules.push(PartialFollowRule {
            left: left.to_vec(),
            right: right.to_vec(),
            evidence: FollowEvidence {
                figures,
                timing: timing(&estimate, settings),
                p_value: view.set_p_value(trials, hits.len(), left, right, &self.logs),
                adjusted_p: 1.0,
            },
        });
    }
}

/// The trials after which all of Y was bought, and after how many days.
fn hits_of(own: &Scratch, right: &[u32]) -> Vec<(u32, u32)> {
    let of = |item: u32| &own.hits[item as usize][..];
    match *right {
        [item] => of(item).to_vec(),
        [one, other] => {
            let mut rest = of(other).iter().peekable();
            let both = of(one).iter().filter_map(|&(trial, day)| {
                while rest.next_if(|hit| hit.0 < trial).is_some() {}
                rest.next_if(|hit| hit.0 == trial).map(|hit| (trial, day.max(hit.1)))
            });
            both.collect()
        }
        _ => unreachable!("a right side has one or two items"),
    }
}

impl View<'_> {
    /// The trials of X; the scratch then holds, per item, who bought it afterwards and when.
    fn set_trials(&self, own: &mut Scratch, left: &[u32]) -> Vec<Trial> {
        let mut trials = Vec::new();
        let rarest = *left.iter().min_by_key(|&&item| self.buyers[item as usize]).expect("X has an item");
        for of_customer in self.bought.by_customer(rarest) {
            let customer = of_customer[0].0;
            let of = |&item: &u32| (self.bought.of_both(item, customer), i64::MIN);
            let mut lists: Vec<(&[(u32, u32)], i64)> = left.iter().map(of).collect();
            if let Some(element) = self.first_together(&mut lists) {
                let trial = self.trial_at(customer, element);
                self.follow_trial(own, &trial, trials.len() as u32);
                trials.push(trial);
            }
        }
        trials
    }

    /// The first order, from the first instant on, by which all items were bought within the days of a step; of each item a
    /// customer's occurrences, and room for the day of the last one.
    fn first_together(&self, lists: &mut [(&[(u32, u32)], i64)]) -> Option<u32> {
        let span = self.settings.step_days.map_or(i64::MAX, i64::from);
        if lists.iter().any(|list| list.0.is_empty()) {
            return None;
        }
        loop {
            let element = lists.iter().filter_map(|list| list.0.first()).map(|row| row.1).min()?;
            let day = self.days[element as usize];
            for (rows, last) in lists.iter_mut() {
                if let Some(row) = rows.first()
                    && row.1 == element
                {
                    *last = day;
                    *rows = &rows[1..];
                }
            }
            let near = |last: i64| last != i64::MIN && day - last <= span;
            if lists.iter().all(|list| near(list.1)) && self.history.time_of(element as usize) >= self.from {
                return Some(element);
            }
        }
    }

    /// Followers to be expected if each later order were like any order of its weeks: with both of two items are those with
    /// the one and those with the other less those with either.
    fn expected_of(&self, known: &mut FxHashMap<(u32, u32), Vec<f64>>, right: &[u32], groups: &[Group<'_>]) -> f64 {
        match *right {
            [item] => self.base.expected(item, groups),
            [one, other] => {
                if known.len() > MOST_CHANCES / self.base.periods() {
                    known.clear();
                }
                let either = known.entry((one, other)).or_insert_with(|| {
                    let in_time = |&element: &u32| self.history.time_of(element as usize) >= self.from;
                    let elements = |item: u32| self.bought.of(item).iter().map(|row| row.1).filter(in_time);
                    let mut either: Vec<u32> = elements(one).chain(elements(other)).collect();
                    either.sort_unstable();
                    either.dedup();
                    self.base.ln_without(either.into_iter().map(|element| self.days[element as usize]))
                });
                let single = self.base.expected(one, groups) + self.base.expected(other, groups);
                (single - expected(either, groups)).max(0.0)
            }
            _ => unreachable!("a right side has one or two items"),
        }
    }

    fn set_p_value(
        &self,
        trials: &[Trial],
        followers: usize,
        left: &[u32],
        right: &[u32],
        logs: &LogFactorials,
    ) -> f64 {
        let mut chances = Vec::with_capacity(trials.len());
        let mut fixed: Vec<u32> = Vec::new();
        for trial in trials {
            let of = |item: u32| self.bought.of_both(item, trial.customer).iter().map(|row| row.1);
            fixed.clear();
            fixed.extend(left.iter().flat_map(|&item| of(item)));
            fixed.sort_unstable();
            fixed.dedup();
            let later = trial.element + 1..=trial.element + trial.orders;
            let is_fixed = |element: &u32| fixed.binary_search(element).is_ok();
            let orders = self.history.elements_of(trial.customer as usize).len() - fixed.len();
            let drawn = trial.orders as usize - fixed.iter().filter(|element| later.contains(element)).count();
            // What the orders with X do not bring by themselves, each with the other orders that have it.
            let given = |&&item: &&u32| of(item).any(|element| later.contains(&element) && is_fixed(&element));
            let free = |&item: &u32| of(item).filter(|element| !is_fixed(element)).collect::<Vec<u32>>();
            let needed: Vec<Vec<u32>> = right.iter().filter(|item| !given(item)).map(free).collect();
            let any = |having: usize| logs.any_of(orders, having, drawn);
            let chance = match &needed[..] {
                [] => 1.0,
                [one] => any(one.len()),
                [one, other, ..] => {
                    let both = one.iter().filter(|element| other.contains(element)).count();
                    any(one.len()) + any(other.len()) - any(one.len() + other.len() - both)
                }
            };
            if chance > 0.0 {
                chances.push(chance.min(1.0));
            }
        }
        at_least(&chances, followers, self.settings.level)
    }
}

#[cfg(test)]
mod tests;
