//! History laid out for the rules: who has which item in which order, the trials of what comes first, and their figures.

use super::super::bought::Bought;
use super::super::completion::Prefix;
use super::super::data::{DAY, Sequences};
use super::super::shuffle::{FirstThenNext, LogFactorials, at_least};
use super::base::{BaseRates, Group};
use super::timing::timing;
use super::{FollowEvidence, FollowFigures, FollowRule, FollowSettings};
use crate::numeric::kaplan_meier::KaplanMeier;
use crate::numeric::shares::Z95;
use rustc_hash::FxHashMap;

/// Confidence level of all intervals.
const LEVEL: f64 = 0.95;

/// History with what all rules need of it.
pub(super) struct View<'a> {
    pub(super) history: &'a Sequences,
    pub(super) settings: &'a FollowSettings,
    /// First instant and first element time that may be a trial.
    pub(super) from: i64,
    /// The last day that was observed.
    last_day: i64,
    pub(super) base: BaseRates,
    pub(super) days: Vec<i64>,
    pub(super) bought: Bought,
    /// Distinct items of each customer with the first element and the number of elements that hold it.
    pub(super) owned: Vec<Vec<(u32, u32, u32)>>,
    /// Per element what follows it within the horizon: a place in `followings`, ascending with it.
    following_of: Vec<u32>,
    /// Distinct numbers of later orders by period, ascending.
    followings: Vec<Vec<(u32, u32)>>,
    /// Customers with each item.
    pub(super) buyers: Vec<u32>,
    most_orders: usize,
    pub(super) threshold: u64,
}

/// A completion of A: where, how long it was observed, and how many orders followed within the horizon.
pub(super) struct Trial {
    pub customer: u32,
    pub element: u32,
    exposure: u32,
    pub orders: u32,
}

/// What a worker reuses.
pub(super) struct Scratch {
    /// Per item: trials followed by it and after how many days.
    pub(super) hits: Vec<Vec<(u32, u32)>>,
    pub(super) touched: Vec<u32>,
    last_trial: Vec<u32>,
    pub(super) counts: Vec<u32>,
    /// Chances of a follower under random order by customer and [`FirstThenNext`]: most rules ask for the same few.
    chances: FxHashMap<(u32, FirstThenNext), f64>,
    /// ln of the share of orders with neither of two items, by period: most pairs come after many X.
    pub(super) either: FxHashMap<(u32, u32), Vec<f64>>,
}

/// Most chances that a worker remembers (24 bytes each), and most shares of pairs of items.
pub(super) const MOST_CHANCES: usize = 1 << 20;

impl Scratch {
    pub fn new(items: u32) -> Self {
        let items = items as usize;
        Scratch {
            hits: vec![Vec::new(); items],
            touched: Vec::new(),
            last_trial: vec![u32::MAX; items],
            counts: vec![0; items],
            chances: FxHashMap::default(),
            either: FxHashMap::default(),
        }
    }

    pub(super) fn clear_hits(&mut self) {
        for item in self.touched.drain(..) {
            self.hits[item as usize].clear();
            self.last_trial[item as usize] = u32::MAX;
        }
    }
}

impl<'a> View<'a> {
    pub fn new(history: &'a Sequences, as_of: i64, settings: &'a FollowSettings) -> Self {
        let days: Vec<i64> = (0..history.elements()).map(|element| history.day_of(element)).collect();
        let items = history.item_count();
        let bought = Bought::new(history);
        let mut owned: Vec<Vec<(u32, u32, u32)>> = vec![Vec::new(); history.customers()];
        let mut buyers = vec![0u32; items as usize];
        for item in 0..items {
            for of_customer in bought.by_customer(item) {
                buyers[item as usize] += 1;
                let (customer, first) = of_customer[0];
                owned[customer as usize].push((item, first, of_customer.len() as u32));
            }
        }
        let most_orders = (0..history.customers()).map(|customer| history.elements_of(customer).len()).max();
        // An open as-of date means "as far as the data go".
        let last_day = match as_of {
            i64::MAX => days.iter().copied().max().unwrap_or(0),
            as_of => (as_of - 1).div_euclid(DAY),
        };
        let view = View {
            history,
            settings,
            from: i64::MIN,
            last_day,
            base: BaseRates::new(history, i64::MIN, settings.horizon_days),
            days,
            bought,
            owned,
            following_of: Vec::new(),
            followings: Vec::new(),
            buyers,
            most_orders: most_orders.unwrap_or(0),
            threshold: settings.support.count(history.total_weight()),
        };
        view.with_followings()
    }

    /// Only completions with `time >= from` are trials, and only orders from then on say what is usual.
    pub fn starting(mut self, from: i64) -> Self {
        self.from = from;
        self.base = BaseRates::new(self.history, from, self.settings.horizon_days);
        self.with_followings()
    }

    /// Numbers the ways in which orders follow an element, for the base rates as they are.
    fn with_followings(mut self) -> Self {
        let horizon = i64::from(self.settings.horizon_days);
        let mut known: FxHashMap<Vec<(u32, u32)>, u32> = FxHashMap::default();
        let mut of_element: Vec<u32> = Vec::with_capacity(self.days.len());
        let mut following: Vec<(u32, u32)> = Vec::new();
        for customer in 0..self.history.customers() {
            let elements = self.history.elements_of(customer);
            for element in elements.clone() {
                following.clear();
                for next in (element + 1..elements.end).take_while(|&e| self.days[e] - self.days[element] <= horizon) {
                    let period = self.base.period_of(self.days[next]);
                    match following.last_mut() {
                        Some(last) if last.0 == period => last.1 += 1,
                        _ => following.push((period, 1)),
                    }
                }
                let place = match known.get(&following) {
                    Some(&place) => place,
                    None => {
                        let place = known.len() as u32;
                        known.insert(following.clone(), place);
                        place
                    }
                };
                of_element.push(place);
            }
        }
        let mut sorted: Vec<(Vec<(u32, u32)>, u32)> = known.into_iter().collect();
        sorted.sort_unstable();
        let mut places = vec![0u32; sorted.len()];
        sorted.iter().zip(0..).for_each(|(row, place)| places[row.1 as usize] = place);
        of_element.iter_mut().for_each(|place| *place = places[*place as usize]);
        self.followings = sorted.into_iter().map(|row| row.0).collect();
        self.following_of = of_element;
        self
    }

    /// Trials with equal numbers of later orders in equal periods, and how many there are.
    pub(super) fn groups(&self, trials: &[Trial]) -> Vec<Group<'_>> {
        let mut all: Vec<u32> = trials.iter().map(|trial| self.following_of[trial.element as usize]).collect();
        all.sort_unstable();
        let groups = all.chunk_by(|a, b| a == b);
        groups
            .map(|same| (&self.followings[same[0] as usize][..], same.len() as f64))
            .filter(|(orders, _)| !orders.is_empty())
            .collect()
    }

    /// Factorials for the p-values.
    pub fn logs(&self) -> LogFactorials {
        LogFactorials::up_to(self.most_orders + 1)
    }

    /// The trials of a prefix; the scratch then holds, per item, who bought it afterwards and when.
    fn trials(&self, own: &mut Scratch, prefix: &Prefix) -> Vec<Trial> {
        let mut trials = Vec::new();
        let rarest = prefix.items().min_by_key(|&item| self.buyers[item as usize]);
        for of_customer in rarest.into_iter().flat_map(|item| self.bought.by_customer(item)) {
            let customer = of_customer[0].0;
            let completed = match prefix.single_item() {
                Some(_) => of_customer
                    .iter()
                    .map(|row| row.1 as usize)
                    .find(|&element| self.history.time_of(element) >= self.from),
                None => prefix.first_completion(self.history, customer as usize, self.from),
            };
            if let Some(element) = completed {
                let trial = self.trial_at(customer, element as u32);
                self.follow_trial(own, &trial, trials.len() as u32);
                trials.push(trial);
            }
        }
        trials
    }

    /// A trial from this order on.
    pub(super) fn trial_at(&self, customer: u32, element: u32) -> Trial {
        let exposure = (self.last_day - self.days[element as usize]).clamp(0, i64::from(self.settings.horizon_days));
        let following = &self.followings[self.following_of[element as usize] as usize];
        Trial { customer, element, exposure: exposure as u32, orders: following.iter().map(|of| of.1).sum() }
    }

    /// Notes for each item of the following orders that it followed the trial of this number, and after how many days.
    pub(super) fn follow_trial(&self, own: &mut Scratch, trial: &Trial, number: u32) {
        for next in trial.element + 1..=trial.element + trial.orders {
            let after = self.days[next as usize] - self.days[trial.element as usize];
            for &item in self.history.items_of(next as usize) {
                if own.last_trial[item as usize] != number {
                    if own.hits[item as usize].is_empty() {
                        own.touched.push(item);
                    }
                    own.last_trial[item as usize] = number;
                    own.hits[item as usize].push((number, after as u32));
                }
            }
        }
    }

    /// The rules of a prefix that meet the thresholds, and how many could have been reported.
    ///
    /// The p-value of what does not meet them is taken as 1, which errs on the safe side in every correction.
    pub fn rules_of(&self, own: &mut Scratch, prefix: &Prefix, logs: &LogFactorials) -> (Vec<FollowRule>, usize) {
        let trials = self.trials(own, prefix);
        let tested = self.testable(own, &trials, prefix);
        let groups = self.groups(&trials);
        let mut rules = Vec::new();
        let mut touched = std::mem::take(&mut own.touched);
        touched.sort_unstable();
        for &next in &touched {
            let hits = &own.hits[next as usize];
            if (hits.len() as u64) < self.threshold || self.is_repeat(prefix, next) {
                continue;
            }
            let expected = self.base.expected(next, &groups);
            if lift(hits.len() as u64, expected) < self.settings.min_lift {
                continue;
            }
            let (figures, estimate) = self.figures_of(&trials, hits, expected);
            if figures.confidence < self.settings.min_confidence {
                continue;
            }
            let followers = hits.len();
            rules.push(FollowRule {
                prefix: prefix.elements().to_vec(),
                next,
                evidence: FollowEvidence {
                    figures,
                    timing: timing(&estimate, self.settings),
                    p_value: self.p_value(&mut own.chances, &trials, followers, prefix, next, logs),
                    adjusted_p: 1.0,
                },
            });
        }
        own.touched = touched;
        own.clear_hits();
        (rules, tested)
    }

    /// The figures of one rule.
    pub fn figures(&self, own: &mut Scratch, prefix: &Prefix, next: u32) -> FollowFigures {
        let trials = self.trials(own, prefix);
        let expected = self.base.expected(next, &self.groups(&trials));
        let figures = self.figures_of(&trials, &own.hits[next as usize], expected).0;
        own.clear_hits();
        figures
    }

    /// Whether B is no news after A: an item of A, or the category of one, or an item of a category.
    fn is_repeat(&self, prefix: &Prefix, next: u32) -> bool {
        let repeats = self.settings.repeats;
        prefix.items().any(|item| if item == next { !repeats } else { self.are_kin(item, next) })
    }

    /// Whether one is a category of the other.
    pub(super) fn are_kin(&self, one: u32, other: u32) -> bool {
        self.settings.taxonomy.as_ref().is_some_and(|taxonomy| taxonomy.are_kin(one, other))
    }

    /// How many items could have been reported after this prefix whatever the order in time: those that enough of its
    /// customers bought in another order.
    fn testable(&self, own: &mut Scratch, trials: &[Trial], prefix: &Prefix) -> usize {
        own.counts.fill(0);
        for trial in trials {
            let of_customer = &self.owned[trial.customer as usize];
            // The one order with A, where there is but one: what is bought only with it never follows.
            let only = match prefix.single_item() {
                Some(item) => match self.bought.of_both(item, trial.customer) {
                    [(_, element)] => *element,
                    _ => u32::MAX,
                },
                None => u32::MAX,
            };
            for &(item, first, elements) in of_customer {
                own.counts[item as usize] += u32::from(elements > 1 || first != only);
            }
        }
        let enough = (0u32..).zip(&own.counts).filter(|row| u64::from(*row.1) >= self.threshold);
        enough.filter(|row| !self.is_repeat(prefix, row.0)).count()
    }

    pub(super) fn figures_of(
        &self,
        trials: &[Trial],
        hits: &[(u32, u32)],
        expected: f64,
    ) -> (FollowFigures, KaplanMeier) {
        let last = self.settings.horizon_days;
        let (mut events, mut censored) = (vec![0u64; last as usize + 1], vec![0u64; last as usize + 1]);
        for trial in trials {
            censored[trial.exposure as usize] += 1;
        }
        for &(trial, day) in hits {
            censored[trials[trial as usize].exposure as usize] -= 1;
            events[day as usize] += 1;
        }
        let estimate = KaplanMeier::from_daily(&events, &censored);
        let (low, high) = estimate.interval_at(last, LEVEL);
        let confidence = 1.0 - estimate.survival_at(last);
        let lift = lift(hits.len() as u64, expected);
        let (lift_low, lift_high) = lift_interval(hits.len() as u64, expected);
        let figures = FollowFigures {
            customers: trials.len() as u64,
            followers: hits.len() as u64,
            expected,
            confidence,
            confidence_low: 1.0 - high,
            confidence_high: 1.0 - low,
            base_rate: if lift > 0.0 { confidence / lift } else { 0.0 },
            lift,
            lift_low,
            lift_high,
        };
        (figures, estimate)
    }

    /// Exact up to the level of significance; above it, only that it is above.
    fn p_value(
        &self,
        known: &mut FxHashMap<(u32, FirstThenNext), f64>,
        trials: &[Trial],
        followers: usize,
        prefix: &Prefix,
        next: u32,
        logs: &LogFactorials,
    ) -> f64 {
        if known.len() > MOST_CHANCES {
            known.clear();
        }
        let horizon = i64::from(self.settings.horizon_days);
        let mut chances = Vec::with_capacity(trials.len());
        let mut rest = self.bought.of(next);
        for trial in trials {
            // Both go by customer.
            let skipped = rest.iter().position(|row| row.0 >= trial.customer).unwrap_or(rest.len());
            rest = &rest[skipped..];
            let having = &rest[..rest.iter().position(|row| row.0 > trial.customer).unwrap_or(rest.len())];
            if having.is_empty() {
                continue;
            }
            let elements = self.history.elements_of(trial.customer as usize);
            let chance = if prefix.is_single() {
                let (with_first, both) = match prefix.single_item() {
                    Some(item) => {
                        let first = self.bought.of_both(item, trial.customer);
                        (first.len(), having.iter().filter(|row| first.binary_search(row).is_ok()).count())
                    }
                    None => {
                        let first = |element: usize| prefix.last_in(self.history, element);
                        let both = having.iter().filter(|row| first(row.1 as usize)).count();
                        (elements.clone().filter(|&element| first(element)).count(), both)
                    }
                };
                let counts = FirstThenNext::new(both, with_first - both, having.len() - both);
                let days = &self.days[elements];
                *known.entry((trial.customer, counts)).or_insert_with(|| counts.chance(days, horizon, logs))
            } else {
                let used = prefix.embedding(self.history, trial.customer as usize, trial.element as usize);
                let free = having.iter().filter(|row| !used.contains(&(row.1 as usize))).count();
                logs.any_of(elements.len() - used.len(), free, trial.orders as usize)
            };
            chances.push(chance);
        }
        at_least(&chances, followers, self.settings.level)
    }
}

/// Followers over those expected; 0 where none are expected.
pub(super) fn lift(followers: u64, expected: f64) -> f64 {
    if expected > 0.0 { followers as f64 / expected } else { 0.0 }
}

/// The 95 % interval of the lift by Byar's approximation to the Poisson limits (Breslow and Day, section 2.3).
fn lift_interval(followers: u64, expected: f64) -> (f64, f64) {
    if expected <= 0.0 {
        return (0.0, f64::INFINITY);
    }
    let limit = |n: f64, z: f64| n * (1.0 - 1.0 / (9.0 * n) + z / (3.0 * n.sqrt())).max(0.0).powi(3) / expected;
    let low = if followers == 0 { 0.0 } else { limit(followers as f64, -Z95) };
    (low, limit(followers as f64 + 1.0, Z95))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breslow and Day, section 2.3, table 2.10: the exact 95 % limits of a Poisson mean by the number observed, which the
    /// approximation meets to a hundredth from about ten on.
    #[test]
    fn the_interval_of_the_lift_has_the_poisson_limits() {
        for (observed, low, high) in [(1, 0.025, 5.57), (5, 1.62, 11.67), (10, 4.80, 18.39), (50, 37.11, 65.92)] {
            let (l, h) = lift_interval(observed, 1.0);
            let close = |a: f64, b: f64| (a - b).abs() < 0.03 * b.max(1.0);
            assert!(close(l, low) && close(h, high), "{observed}: {l} {h}");
        }
        let (none, most) = lift_interval(0, 2.0);
        assert!(none == 0.0 && (most - 3.69 / 2.0).abs() < 0.03, "{most}");
        assert_eq!(lift_interval(3, 0.0), (0.0, f64::INFINITY));
    }
}
