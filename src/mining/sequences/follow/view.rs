//! History laid out for the rules: who has which item in which order, the trials of what comes first, and their figures.

use super::super::completion::Prefix;
use super::super::data::{DAY, Sequences};
use super::super::shuffle::{FirstThenNext, LogFactorials, at_least};
use super::base::BaseRates;
use super::timing::timing;
use super::{FollowFigures, FollowRule, FollowSettings};
use crate::numeric::kaplan_meier::KaplanMeier;

/// Confidence level of all intervals.
const LEVEL: f64 = 0.95;

/// History with what all rules need of it.
pub(super) struct View<'a> {
    history: &'a Sequences,
    settings: &'a FollowSettings,
    /// First instant and first element time that may be a trial.
    from: i64,
    /// The last day that was observed.
    last_day: i64,
    base: BaseRates,
    days: Vec<i64>,
    /// Customer and element of each item's occurrences, ascending; item `i` owns `first_of[i]..first_of[i + 1]`.
    occurrences: Vec<(u32, u32)>,
    first_of: Vec<u32>,
    /// Distinct items of each customer with the first element and the number of elements that hold it.
    owned: Vec<Vec<(u32, u32, u32)>>,
    /// Customers with each item.
    buyers: Vec<u32>,
    most_orders: usize,
    threshold: u64,
}

/// A completion of A: where, how long it was observed, and which orders followed within the horizon.
struct Trial {
    customer: u32,
    element: u32,
    exposure: u32,
    orders: u32,
    following: std::ops::Range<u32>,
}

/// All trials of a prefix.
struct Trials {
    rows: Vec<Trial>,
    /// Orders that followed, as their period and number, one trial after the other.
    following: Vec<(u32, u32)>,
}

impl Trials {
    /// Trials with equal numbers of later orders in equal periods, and how many there are.
    fn groups(&self) -> Vec<(&[(u32, u32)], f64)> {
        let following = |trial: &Trial| &self.following[trial.following.start as usize..trial.following.end as usize];
        let mut all: Vec<&[(u32, u32)]> = self.rows.iter().map(following).filter(|orders| !orders.is_empty()).collect();
        all.sort_unstable();
        all.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as f64)).collect()
    }
}

/// What a worker reuses.
pub(super) struct Scratch {
    /// Per item: trials followed by it and after how many days.
    hits: Vec<Vec<(u32, u32)>>,
    touched: Vec<u32>,
    last_trial: Vec<u32>,
    counts: Vec<u32>,
}

impl Scratch {
    pub fn new(items: u32) -> Self {
        let items = items as usize;
        Scratch {
            hits: vec![Vec::new(); items],
            touched: Vec::new(),
            last_trial: vec![u32::MAX; items],
            counts: vec![0; items],
        }
    }

    fn clear_hits(&mut self) {
        for item in self.touched.drain(..) {
            self.hits[item as usize].clear();
            self.last_trial[item as usize] = u32::MAX;
        }
    }
}

impl<'a> View<'a> {
    pub fn new(history: &'a Sequences, as_of: i64, settings: &'a FollowSettings) -> Self {
        let days: Vec<i64> = (0..history.elements()).map(|element| history.day_of(element)).collect();
        let items = history.item_count() as usize;
        let mut first_of = vec![0u32; items + 1];
        for element in 0..history.elements() {
            for &item in history.items_of(element) {
                first_of[item as usize + 1] += 1;
            }
        }
        for item in 0..items {
            first_of[item + 1] += first_of[item];
        }
        let mut next = first_of.clone();
        let mut occurrences = vec![(0, 0); history.lines()];
        for customer in 0..history.customers() {
            for element in history.elements_of(customer) {
                for &item in history.items_of(element) {
                    occurrences[next[item as usize] as usize] = (customer as u32, element as u32);
                    next[item as usize] += 1;
                }
            }
        }
        let mut owned: Vec<Vec<(u32, u32, u32)>> = vec![Vec::new(); history.customers()];
        let mut buyers = vec![0u32; items];
        for item in 0..items {
            let of_item = &occurrences[first_of[item] as usize..first_of[item + 1] as usize];
            for of_customer in of_item.chunk_by(|a, b| a.0 == b.0) {
                buyers[item] += 1;
                let (customer, first) = of_customer[0];
                owned[customer as usize].push((item as u32, first, of_customer.len() as u32));
            }
        }
        let most_orders = (0..history.customers()).map(|customer| history.elements_of(customer).len()).max();
        // An open as-of date means "as far as the data go".
        let last_day = match as_of {
            i64::MAX => days.iter().copied().max().unwrap_or(0),
            as_of => (as_of - 1).div_euclid(DAY),
        };
        View {
            history,
            settings,
            from: i64::MIN,
            last_day,
            base: BaseRates::new(history, i64::MIN, settings.horizon_days),
            days,
            occurrences,
            first_of,
            owned,
            buyers,
            most_orders: most_orders.unwrap_or(0),
            threshold: settings.support.count(history.total_weight()),
        }
    }

    /// Only completions with `time >= from` are trials, and only orders from then on say what is usual.
    pub fn starting(mut self, from: i64) -> Self {
        self.from = from;
        self.base = BaseRates::new(self.history, from, self.settings.horizon_days);
        self
    }

    /// Factorials for the p-values.
    pub fn logs(&self) -> LogFactorials {
        LogFactorials::up_to(self.most_orders + 1)
    }

    fn of_item(&self, item: u32) -> &[(u32, u32)] {
        &self.occurrences[self.first_of[item as usize] as usize..self.first_of[item as usize + 1] as usize]
    }

    /// The occurrences of an item with one customer.
    fn of_both(&self, item: u32, customer: u32) -> &[(u32, u32)] {
        let all = self.of_item(item);
        let from = all.partition_point(|row| row.0 < customer);
        let to = from + all[from..].partition_point(|row| row.0 == customer);
        &all[from..to]
    }

    /// The trials of a prefix; the scratch then holds, per item, who bought it afterwards and when.
    fn trials(&self, own: &mut Scratch, prefix: &Prefix) -> Trials {
        let mut trials = Trials { rows: Vec::new(), following: Vec::new() };
        let rarest = prefix.items().min_by_key(|&item| self.buyers[item as usize]);
        for of_customer in rarest.map_or(&[][..], |item| self.of_item(item)).chunk_by(|a, b| a.0 == b.0) {
            let customer = of_customer[0].0;
            let completed = match prefix.single_item() {
                Some(_) => of_customer
                    .iter()
                    .map(|row| row.1 as usize)
                    .find(|&element| self.history.time_of(element) >= self.from),
                None => prefix.first_completion(self.history, customer as usize, self.from),
            };
            if let Some(element) = completed {
                self.follow(own, &mut trials, customer, element);
            }
        }
        trials
    }

    fn follow(&self, own: &mut Scratch, trials: &mut Trials, customer: u32, element: usize) {
        let horizon = i64::from(self.settings.horizon_days);
        let day = self.days[element];
        let number = trials.rows.len() as u32;
        let start = trials.following.len();
        let mut orders = 0;
        for next in element + 1..self.history.elements_of(customer as usize).end {
            let after = self.days[next] - day;
            if after > horizon {
                break;
            }
            orders += 1;
            let period = self.base.period_of(self.days[next]);
            match trials.following[start..].last_mut() {
                Some(last) if last.0 == period => last.1 += 1,
                _ => trials.following.push((period, 1)),
            }
            for &item in self.history.items_of(next) {
                if own.last_trial[item as usize] != number {
                    if own.hits[item as usize].is_empty() {
                        own.touched.push(item);
                    }
                    own.last_trial[item as usize] = number;
                    own.hits[item as usize].push((number, after as u32));
                }
            }
        }
        let exposure = (self.last_day - day).clamp(0, horizon) as u32;
        let following = start as u32..trials.following.len() as u32;
        trials.rows.push(Trial { customer, element: element as u32, exposure, orders, following });
    }

    /// The rules of a prefix that meet the thresholds, and how many could have been reported.
    ///
    /// The p-value of what does not meet them is taken as 1, which errs on the safe side in every correction.
    pub fn rules_of(&self, own: &mut Scratch, prefix: &Prefix, logs: &LogFactorials) -> (Vec<FollowRule>, usize) {
        let trials = self.trials(own, prefix);
        let tested = self.testable(own, &trials, prefix);
        let groups = trials.groups();
        let mut rules = Vec::new();
        own.touched.sort_unstable();
        for &next in &own.touched {
            let hits = &own.hits[next as usize];
            if (hits.len() as u64) < self.threshold || self.is_repeat(prefix, next) {
                continue;
            }
            let expected = self.base.expected(next, &groups);
            if lift(hits, expected) < self.settings.min_lift {
                continue;
            }
            let (figures, estimate) = self.figures_of(&trials, hits, expected);
            if figures.confidence < self.settings.min_confidence {
                continue;
            }
            rules.push(FollowRule {
                prefix: prefix.elements().to_vec(),
                next,
                figures,
                timing: timing(&estimate, self.settings),
                p_value: self.p_value(&trials, hits.len(), prefix, next, logs),
                adjusted_p: 1.0,
            });
        }
        own.clear_hits();
        (rules, tested)
    }

    /// The figures of one rule.
    pub fn figures(&self, own: &mut Scratch, prefix: &Prefix, next: u32) -> FollowFigures {
        let trials = self.trials(own, prefix);
        let expected = self.base.expected(next, &trials.groups());
        let figures = self.figures_of(&trials, &own.hits[next as usize], expected).0;
        own.clear_hits();
        figures
    }

    fn is_repeat(&self, prefix: &Prefix, next: u32) -> bool {
        !self.settings.repeats && prefix.items().any(|item| item == next)
    }

    /// How many items could have been reported after this prefix whatever the order in time: those that enough of its
    /// customers bought in another order.
    fn testable(&self, own: &mut Scratch, trials: &Trials, prefix: &Prefix) -> usize {
        own.counts.fill(0);
        for trial in &trials.rows {
            let of_customer = &self.owned[trial.customer as usize];
            // The one order with A, where there is but one: what is bought only with it never follows.
            let only = match prefix.single_item() {
                Some(item) => match self.of_both(item, trial.customer) {
                    [(_, element)] => *element,
                    _ => u32::MAX,
                },
                None => u32::MAX,
            };
            for &(item, first, elements) in of_customer {
                own.counts[item as usize] += u32::from(elements > 1 || first != only);
            }
        }
        let reportable =
            |(item, &count): (usize, &u32)| u64::from(count) >= self.threshold && !self.is_repeat(prefix, item as u32);
        own.counts.iter().enumerate().filter(|&row| reportable(row)).count()
    }

    fn figures_of(&self, trials: &Trials, hits: &[(u32, u32)], expected: f64) -> (FollowFigures, KaplanMeier) {
        let last = self.settings.horizon_days;
        let (mut events, mut censored) = (vec![0u64; last as usize + 1], vec![0u64; last as usize + 1]);
        for trial in &trials.rows {
            censored[trial.exposure as usize] += 1;
        }
        for &(trial, day) in hits {
            censored[trials.rows[trial as usize].exposure as usize] -= 1;
            events[day as usize] += 1;
        }
        let estimate = KaplanMeier::from_daily(&events, &censored);
        let (low, high) = estimate.interval_at(last, LEVEL);
        let confidence = 1.0 - estimate.survival_at(last);
        let (followers, lift) = (hits.len() as f64, lift(hits, expected));
        let byar = if hits.is_empty() {
            0.0
        } else {
            (1.0 - 1.0 / (9.0 * followers) - 1.959_963_984_540_054 / (3.0 * followers.sqrt())).max(0.0).powi(3) * lift
        };
        let figures = FollowFigures {
            customers: trials.rows.len() as u64,
            followers: hits.len() as u64,
            expected,
            confidence,
            confidence_low: 1.0 - high,
            confidence_high: 1.0 - low,
            base_rate: if lift > 0.0 { confidence / lift } else { 0.0 },
            lift,
            lift_low: byar,
        };
        (figures, estimate)
    }

    fn p_value(&self, trials: &Trials, followers: usize, prefix: &Prefix, next: u32, logs: &LogFactorials) -> f64 {
        let horizon = i64::from(self.settings.horizon_days);
        let mut chances = Vec::with_capacity(trials.rows.len());
        for trial in &trials.rows {
            let having = self.of_both(next, trial.customer);
            if having.is_empty() {
                continue;
            }
            let elements = self.history.elements_of(trial.customer as usize);
            let chance = if prefix.is_single() {
                let first = |element: usize| prefix.last_in(self.history, element);
                let with_first = match prefix.single_item() {
                    Some(item) => self.of_both(item, trial.customer).len(),
                    None => elements.clone().filter(|&element| first(element)).count(),
                };
                let both = having.iter().filter(|row| first(row.1 as usize)).count();
                let counts = FirstThenNext::new(both, with_first - both, having.len() - both);
                counts.chance(&self.days[elements], horizon, logs)
            } else {
                let used = prefix.embedding(self.history, trial.customer as usize, trial.element as usize);
                let free = having.iter().filter(|row| !used.contains(&(row.1 as usize))).count();
                logs.any_of(elements.len() - used.len(), free, trial.orders as usize)
            };
            chances.push(chance);
        }
        at_least(&chances, followers)
    }
}

fn lift(hits: &[(u32, u32)], expected: f64) -> f64 {
    if expected > 0.0 { hits.len() as f64 / expected } else { 0.0 }
}
