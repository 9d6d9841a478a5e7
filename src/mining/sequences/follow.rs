//! Rules "after A, customers buy B within N days": how many, how soon, and how many more than usual.
//!
//! One trial per customer: the first order that completes A. A trial is followed for N days or until observation ends,
//! so recent customers count for as long as they were seen (Kaplan-Meier), not as failures. What is usual is B's share
//! of all orders, over as many orders as each customer made in the time after A: a popular item follows everything, and
//! a frequent buyer buys everything. Whether the *order in time* matters is tested within customers: p is the chance of
//! as many followers if every customer had made the same orders on the same days in random order, which leaves tastes
//! and popularity as they are and takes away only what comes first.

use super::completion::Prefix;
use super::data::Sequences;
use super::errors::SequenceError;
use super::parallel::for_each_number;
use super::pattern::PatternList;
use super::settings::{Distance, Kind, Lengths, Settings};
use super::shuffle::{FirstThenNext, LogFactorials, at_least};
use crate::mining::{Correction, Run, Support, adjust};
use crate::numeric::kaplan_meier::KaplanMeier;

/// Confidence level of all intervals.
const LEVEL: f64 = 0.95;

/// Settings of the rules.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowSettings {
    /// The as-of date, civil seconds: orders with `time < as_of` are history.
    pub as_of: i64,
    /// N: how long after A a purchase of B counts, in days.
    pub horizon_days: u32,
    /// Least customers that buy B in time.
    pub support: Support,
    /// Least share of B after A, corrected for those not yet observed for N days; 0..=1.
    pub min_confidence: f64,
    /// Least ratio of followers to usual ones.
    pub min_lift: f64,
    /// Most elements and items of A.
    pub max_prefix_elements: u32,
    pub max_prefix_items: u32,
    /// Most days from one element of A to the next.
    pub step_days: Option<u32>,
    /// Whether B may be an item of A (a repeat purchase).
    pub repeats: bool,
    /// How p-values are raised for the number of rules tested, and the level they are compared with.
    pub correction: Correction,
    pub level: f64,
    /// The send window is the shortest that holds this share of the followers; 0..=1.
    pub send_share: f64,
}

impl Default for FollowSettings {
    fn default() -> Self {
        FollowSettings {
            as_of: i64::MAX,
            horizon_days: 30,
            support: Support::Count(10),
            min_confidence: 0.02,
            min_lift: 1.2,
            max_prefix_elements: 2,
            max_prefix_items: 2,
            step_days: Some(90),
            repeats: false,
            correction: Correction::BenjaminiYekutieli,
            level: 0.05,
            send_share: 0.5,
        }
    }
}

/// How often B followed A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FollowFigures {
    /// Customers who completed A.
    pub customers: u64,
    /// Of these, who were seen to buy B within the horizon.
    pub followers: u64,
    /// Followers to be expected if each later order had B as often as orders do in general.
    pub expected: f64,
    /// Share that buys B within the horizon, by Kaplan-Meier, with its 95 % interval.
    pub confidence: f64,
    pub confidence_low: f64,
    pub confidence_high: f64,
    /// The usual share under the same conditions: `confidence / lift`.
    pub base_rate: f64,
    /// `followers / expected`.
    pub lift: f64,
    /// Lower end of the 95 % interval of the lift (Byar's approximation: N. E. Breslow, N. E. Day, "Statistical Methods
    /// in Cancer Research" II, 1987, section 2.3).
    pub lift_low: f64,
}

/// How many days B comes after A.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowTiming {
    /// Days by which a quarter, half and three quarters of the followers within the horizon have bought, corrected for
    /// censoring.
    pub quartiles: [u32; 3],
    /// Day by which half of *all* have bought; `None` when fewer do within the horizon.
    pub median_of_all: Option<u32>,
    /// Chance per day, of those still without B, in each week after A.
    pub weekly_hazard: Vec<f64>,
    /// The send window: first and last day after A of the shortest time that holds the asked-for share of followers.
    pub send_from: u32,
    pub send_to: u32,
    /// Share that has bought by the end of day 0, 1, … up to the horizon.
    pub bought_by: Vec<f64>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowRule {
    /// A: elements in order, items ascending.
    pub prefix: Vec<Vec<u32>>,
    /// B.
    pub next: u32,
    pub figures: FollowFigures,
    pub timing: FollowTiming,
    /// Chance of so many followers under random order within customers.
    pub p_value: f64,
    /// The same, raised for the number of rules tested.
    pub adjusted_p: f64,
}

/// The rules found.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowRules {
    /// Ordered by A and B; all significant at the level asked for.
    pub rules: Vec<FollowRule>,
    /// Pairs (A, B) that had a chance to be reported, for which p-values were raised.
    pub tested: usize,
    /// Rules that met all thresholds but were not significant.
    pub not_significant: usize,
    /// The settings they were found with.
    pub settings: FollowSettings,
}

/// Finds the rules. Errors: settings out of range.
pub fn mine_follow_rules(
    sequences: &Sequences,
    settings: &FollowSettings,
    run: &Run<'_>,
) -> Result<FollowRules, SequenceError> {
    check(settings)?;
    let history = sequences.until(settings.as_of);
    let prefixes = prefixes(&history, settings, run)?;
    let view = View::new(&history, settings.as_of, settings);
    let logs = LogFactorials::up_to(view.most_orders + 1);
    let found = for_each_number(
        run.threads,
        prefixes.len(),
        || Scratch::new(history.item_count()),
        |own, number| {
            if (run.stop)() {
                return (Vec::new(), 0);
            }
            view.rules_of(own, &Prefix::new(prefixes.get(number).elements(), settings.step_days), &logs)
        },
        |done| (run.progress)(done as f64 / prefixes.len() as f64),
    );
    let tested = found.iter().map(|(_, tested)| tested).sum();
    let mut rules: Vec<FollowRule> = found.into_iter().flat_map(|(rules, _)| rules).collect();
    let p_values: Vec<f64> = rules.iter().map(|rule| rule.p_value).collect();
    for (rule, adjusted) in rules.iter_mut().zip(adjust(&p_values, settings.correction, tested)) {
        rule.adjusted_p = adjusted;
    }
    rules.retain(|rule| rule.figures.confidence >= settings.min_confidence && rule.figures.lift >= settings.min_lift);
    let meeting = rules.len();
    rules.retain(|rule| rule.adjusted_p <= settings.level);
    rules.sort_by(|a, b| (&a.prefix, a.next).cmp(&(&b.prefix, b.next)));
    Ok(FollowRules { not_significant: meeting - rules.len(), rules, tested, settings: settings.clone() })
}

/// What became of a rule in a later period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaterFollow {
    pub figures: FollowFigures,
    pub verdict: FollowVerdict,
}

/// Whether a rule held on later data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowVerdict {
    /// The lift's interval lies above 1.
    Confirmed,
    /// The lift is above 1, but chance could do that.
    Consistent,
    /// The lift is at most 1.
    Failed,
    /// Nobody completed A, or nothing was to be expected.
    Untested,
}

impl FollowVerdict {
    /// The word for tables.
    pub fn name(self) -> &'static str {
        match self {
            FollowVerdict::Confirmed => "confirmed",
            FollowVerdict::Consistent => "consistent",
            FollowVerdict::Failed => "failed",
            FollowVerdict::Untested => "untested",
        }
    }
}

/// The figures of each rule among orders with `from <= time < until`, from which it was not mined.
///
/// A trial is the first order of the period that completes A, of which earlier elements may lie before the period.
pub fn validate_follow_rules(
    found: &FollowRules,
    sequences: &Sequences,
    from: i64,
    until: i64,
    run: &Run<'_>,
) -> Vec<LaterFollow> {
    let seen = sequences.until(until);
    let view = View::new(&seen, until, &found.settings).starting(from);
    for_each_number(
        run.threads,
        found.rules.len(),
        || Scratch::new(seen.item_count()),
        |own, number| {
            let rule = &found.rules[number];
            let trials = view.trials(own, &Prefix::new(rule.prefix.clone(), found.settings.step_days));
            let hits = own.hits[rule.next as usize].clone();
            own.clear_hits();
            let (figures, _) = view.figures(&trials, &hits, rule.next);
            let verdict = match figures {
                figures if figures.customers == 0 || figures.expected <= 0.0 => FollowVerdict::Untested,
                figures if figures.lift_low > 1.0 => FollowVerdict::Confirmed,
                figures if figures.lift > 1.0 => FollowVerdict::Consistent,
                _ => FollowVerdict::Failed,
            };
            LaterFollow { figures, verdict }
        },
        |done| (run.progress)(done as f64 / found.rules.len() as f64),
    )
}

fn check(settings: &FollowSettings) -> Result<(), SequenceError> {
    let problem = |setting, value: String, why| Err(SequenceError::Setting { setting, value, why });
    if settings.support.checked().is_err() {
        let why = "must be a share above 0 and at most 1, or a count of at least 1";
        return problem("support", format!("{:?}", settings.support), why);
    }
    if settings.horizon_days == 0 || settings.horizon_days > 3660 {
        return problem("horizon_days", settings.horizon_days.to_string(), "must be between 1 and 3660 days");
    }
    for (setting, value) in
        [("min_confidence", settings.min_confidence), ("level", settings.level), ("send_share", settings.send_share)]
    {
        if !(0.0..=1.0).contains(&value) {
            return problem(setting, value.to_string(), "must be between 0 and 1");
        }
    }
    if settings.max_prefix_elements == 0 || settings.max_prefix_items == 0 {
        return problem("max_prefix", "0".into(), "leaves no room for what comes first; give at least 1");
    }
    Ok(())
}

fn prefixes(history: &Sequences, settings: &FollowSettings, run: &Run<'_>) -> Result<PatternList, SequenceError> {
    let search = Settings {
        kind: Kind::All,
        support: settings.support,
        items: Lengths { min: 1, max: Some(settings.max_prefix_items) },
        elements: Lengths { min: 1, max: Some(settings.max_prefix_elements) },
        max_gap: settings.step_days.filter(|_| settings.max_prefix_elements > 1).map(Distance::Days),
        ..Settings::default()
    };
    let quiet = Run { progress: &|_| (), ..*run };
    Ok(super::mine::collect_sequences(history, &search, &quiet)?.0)
}

/// A completion of A: where, how long it was observed, and how many orders followed within the horizon.
struct Trial {
    customer: u32,
    element: u32,
    exposure: u32,
    orders: u32,
}

/// What a worker reuses.
struct Scratch {
    /// Per item: trials followed by it and after how many days.
    hits: Vec<Vec<(u32, u32)>>,
    touched: Vec<u32>,
    last_trial: Vec<u32>,
}

impl Scratch {
    fn new(items: u32) -> Self {
        let items = items as usize;
        Scratch { hits: vec![Vec::new(); items], touched: Vec::new(), last_trial: vec![u32::MAX; items] }
    }

    fn clear_hits(&mut self) {
        for item in self.touched.drain(..) {
            self.hits[item as usize].clear();
            self.last_trial[item as usize] = u32::MAX;
        }
    }
}

/// History with what all rules need of it.
struct View<'a> {
    history: &'a Sequences,
    settings: &'a FollowSettings,
    /// First instant and first element time that may be a trial.
    from: i64,
    /// The last day that was observed.
    last_day: i64,
    /// Share of orders with each item, in the period of the trials.
    share: Vec<f64>,
    /// Customers with each item, ascending.
    customers: Vec<Vec<u32>>,
    most_orders: usize,
    threshold: u64,
}

impl<'a> View<'a> {
    fn new(history: &'a Sequences, as_of: i64, settings: &'a FollowSettings) -> Self {
        let mut customers = vec![Vec::new(); history.item_count() as usize];
        let mut last_day = i64::MIN;
        for customer in 0..history.customers() {
            for element in history.elements_of(customer) {
                last_day = last_day.max(history.day_of(element));
                for &item in history.items_of(element) {
                    let list: &mut Vec<u32> = &mut customers[item as usize];
                    if list.last() != Some(&(customer as u32)) {
                        list.push(customer as u32);
                    }
                }
            }
        }
        // An open as-of date means "as far as the data go".
        let last_day = if as_of == i64::MAX { last_day } else { (as_of - 1).div_euclid(super::DAY) };
        let most_orders = (0..history.customers()).map(|customer| history.elements_of(customer).len()).max();
        View {
            history,
            settings,
            from: i64::MIN,
            last_day,
            share: order_shares(history, i64::MIN),
            customers,
            most_orders: most_orders.unwrap_or(0),
            threshold: settings.support.count(history.total_weight()),
        }
    }

    fn starting(mut self, from: i64) -> Self {
        self.from = from;
        self.share = order_shares(self.history, from);
        self
    }

    /// The trials of a prefix; the scratch then holds, per item, who bought it afterwards and when.
    fn trials(&self, own: &mut Scratch, prefix: &Prefix) -> Vec<Trial> {
        let rarest = prefix.items().min_by_key(|&item| self.customers[item as usize].len());
        let candidates = rarest.map_or(&[][..], |item| &self.customers[item as usize]);
        let horizon = i64::from(self.settings.horizon_days);
        let mut trials: Vec<Trial> = Vec::new();
        for &customer in candidates {
            let Some(element) = prefix.first_completion(self.history, customer as usize, self.from) else { continue };
            let day = self.history.day_of(element);
            let number = trials.len() as u32;
            let mut orders = 0;
            for next in element + 1..self.history.elements_of(customer as usize).end {
                let after = self.history.day_of(next) - day;
                if after > horizon {
                    break;
                }
                orders += 1;
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
            trials.push(Trial { customer, element: element as u32, exposure, orders });
        }
        trials
    }

    fn rules_of(&self, own: &mut Scratch, prefix: &Prefix, logs: &LogFactorials) -> (Vec<FollowRule>, usize) {
        let trials = self.trials(own, prefix);
        let tested = self.testable(&trials, prefix);
        let mut rules = Vec::new();
        own.touched.sort_unstable();
        for &next in &own.touched {
            let hits = &own.hits[next as usize];
            if (hits.len() as u64) < self.threshold || !self.settings.repeats && prefix.items().any(|item| item == next)
            {
                continue;
            }
            let (figures, estimate) = self.figures(&trials, hits, next);
            rules.push(FollowRule {
                prefix: prefix.elements().to_vec(),
                next,
                figures,
                timing: self.timing(&estimate),
                p_value: self.p_value(&trials, hits.len(), prefix, next, logs),
                adjusted_p: 1.0,
            });
        }
        own.clear_hits();
        (rules, tested)
    }

    /// How many items could have been reported after this prefix whatever the order in time: those that enough of its
    /// customers bought in another order.
    fn testable(&self, trials: &[Trial], prefix: &Prefix) -> usize {
        let mut customers = vec![0u64; self.history.item_count() as usize];
        let mut last = vec![(u32::MAX, 0u32, 0u32); customers.len()];
        for (number, trial) in trials.iter().enumerate() {
            let elements = self.history.elements_of(trial.customer as usize);
            let with_prefix =
                elements.clone().filter(|&element| prefix.is_single() && prefix.last_in(self.history, element)).count();
            for element in elements {
                let here = prefix.is_single() && prefix.last_in(self.history, element);
                for &item in self.history.items_of(element) {
                    let seen = &mut last[item as usize];
                    if seen.0 != number as u32 {
                        *seen = (number as u32, 0, 0);
                    }
                    let apart =
                        |seen: &(u32, u32, u32)| seen.1 > 0 && (seen.1 > seen.2 || seen.1 > 1 || with_prefix > 1);
                    let before = apart(seen);
                    seen.1 += 1;
                    seen.2 += u32::from(here);
                    if !before && apart(seen) {
                        customers[item as usize] += 1;
                    }
                }
            }
        }
        let reportable = |&(item, &count): &(usize, &u64)| {
            count >= self.threshold && (self.settings.repeats || prefix.items().all(|own| own as usize != item))
        };
        customers.iter().enumerate().filter(reportable).count()
    }

    fn figures(&self, trials: &[Trial], hits: &[(u32, u32)], next: u32) -> (FollowFigures, KaplanMeier) {
        let horizon = self.settings.horizon_days as usize;
        let (mut events, mut censored) = (vec![0u64; horizon + 1], vec![0u64; horizon + 1]);
        let mut by_orders: Vec<u64> = Vec::new();
        for trial in trials {
            censored[trial.exposure as usize] += 1;
            let orders = trial.orders as usize;
            if by_orders.len() <= orders {
                by_orders.resize(orders + 1, 0);
            }
            by_orders[orders] += 1;
        }
        for &(trial, day) in hits {
            censored[trials[trial as usize].exposure as usize] -= 1;
            events[day as usize] += 1;
        }
        let estimate = KaplanMeier::from_daily(&events, &censored);
        let without = 1.0 - self.share[next as usize];
        let expected: f64 = by_orders
            .iter()
            .enumerate()
            .map(|(orders, &count)| count as f64 * (1.0 - without.powi(orders as i32)))
            .sum();
        let last = self.settings.horizon_days;
        let (low, high) = estimate.interval_at(last, LEVEL);
        let confidence = 1.0 - estimate.survival_at(last);
        let followers = hits.len() as f64;
        let lift = if expected > 0.0 { followers / expected } else { 0.0 };
        let byar = if hits.is_empty() {
            0.0
        } else {
            (1.0 - 1.0 / (9.0 * followers) - 1.959_963_984_540_054 / (3.0 * followers.sqrt())).max(0.0).powi(3) * lift
        };
        let figures = FollowFigures {
            customers: trials.len() as u64,
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

    fn timing(&self, estimate: &KaplanMeier) -> FollowTiming {
        let last = self.settings.horizon_days;
        let bought_by: Vec<f64> = (0..=last).map(|day| 1.0 - estimate.survival_at(day)).collect();
        let all = bought_by[last as usize];
        let by = |share: f64| bought_by.iter().position(|&bought| bought >= share * all - 1e-12).unwrap_or(0) as u32;
        let (send_from, send_to) = shortest_window(&bought_by, self.settings.send_share * all);
        FollowTiming {
            quartiles: [by(0.25), by(0.5), by(0.75)],
            median_of_all: estimate.quantile(0.5),
            weekly_hazard: estimate.hazard(7, last),
            send_from,
            send_to,
            bought_by,
        }
    }

    fn p_value(&self, trials: &[Trial], followers: usize, prefix: &Prefix, next: u32, logs: &LogFactorials) -> f64 {
        let horizon = i64::from(self.settings.horizon_days);
        let mut chances = Vec::with_capacity(trials.len());
        let mut days = Vec::new();
        for trial in trials {
            if self.customers[next as usize].binary_search(&trial.customer).is_err() {
                continue;
            }
            let elements = self.history.elements_of(trial.customer as usize);
            let has_next = |element: usize| self.history.items_of(element).binary_search(&next).is_ok();
            let chance = if prefix.is_single() {
                days.clear();
                let mut counts = FirstThenNext::default();
                for element in elements {
                    days.push(self.history.day_of(element));
                    counts.add(prefix.last_in(self.history, element), has_next(element));
                }
                counts.chance(&days, horizon, logs)
            } else {
                let used = prefix.embedding(self.history, trial.customer as usize, trial.element as usize);
                let others = elements.len() - used.len();
                let having = elements.filter(|element| has_next(*element) && !used.contains(element)).count();
                logs.any_of(others, having, trial.orders as usize)
            };
            chances.push(chance);
        }
        at_least(&chances, followers)
    }
}

fn order_shares(history: &Sequences, from: i64) -> Vec<f64> {
    let mut count = vec![0u64; history.item_count() as usize];
    let mut orders = 0u64;
    for element in (0..history.elements()).filter(|&element| history.time_of(element) >= from) {
        orders += 1;
        for &item in history.items_of(element) {
            count[item as usize] += 1;
        }
    }
    count.into_iter().map(|count| count as f64 / orders.max(1) as f64).collect()
}

/// The shortest run of days in which the cumulated share rises by `need`; the earliest of equally short ones.
fn shortest_window(cumulated: &[f64], need: f64) -> (u32, u32) {
    let before = |day: usize| if day == 0 { 0.0 } else { cumulated[day - 1] };
    let mut best = (0, cumulated.len() - 1);
    let mut to = 0;
    for from in 0..cumulated.len() {
        to = to.max(from);
        while to < cumulated.len() && cumulated[to] - before(from) < need - 1e-12 {
            to += 1;
        }
        if to == cumulated.len() {
            break;
        }
        if to - from < best.1 - best.0 {
            best = (from, to);
        }
    }
    (best.0 as u32, best.1 as u32)
}

#[cfg(test)]
mod tests {
    use super::super::data::DAY;
    use super::super::offers::next_after;
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    const PRINTER: u32 = 0;
    const CARTRIDGE: u32 = 1;

    /// Customers who order single items of ten at random days; a third of those who buy item 0 buy item 1 ten to fourteen
    /// days later.
    fn shop(customers: u32, planted: bool, seed: u64) -> Sequences {
        let mut rng = stream(seed, "follow test");
        let mut built = Sequences::new(10);
        for _ in 0..customers {
            let mut orders: Vec<(i64, u32)> = Vec::new();
            for _ in 0..2 + rng.random_range(0..8) {
                let (day, item) = (rng.random_range(0..360), rng.random_range(0..10));
                orders.push((day, item));
                if planted && item == PRINTER && rng.random::<f64>() < 0.33 {
                    orders.push((day + rng.random_range(10..15), CARTRIDGE));
                }
            }
            orders.sort_unstable();
            orders.retain(|&(day, _)| day < 365);
            for (day, item) in orders {
                built.push_element(day * DAY, &[item]).unwrap();
            }
            built.end_customer();
        }
        built
    }

    /// The same orders of each customer on the same days, dealt out anew.
    fn shuffled(sequences: &Sequences, seed: u64) -> Sequences {
        let mut rng = stream(seed, "shuffle test");
        let mut built = Sequences::new(sequences.item_count());
        for customer in 0..sequences.customers() {
            let elements = sequences.elements_of(customer);
            let mut order: Vec<usize> = elements.clone().collect();
            for at in (1..order.len()).rev() {
                order.swap(at, rng.random_range(0..=at));
            }
            for (element, from) in elements.zip(order) {
                built.push_element(sequences.time_of(element), sequences.items_of(from)).unwrap();
            }
            built.end_customer();
        }
        built
    }

    fn settings() -> FollowSettings {
        FollowSettings { as_of: 365 * DAY, horizon_days: 30, ..FollowSettings::default() }
    }

    #[test]
    fn a_planted_sequence_is_found_with_its_lag_and_nothing_else() {
        let data = shop(3000, true, 1);
        let found = mine_follow_rules(&data, &settings(), &Run::threads(1)).unwrap();
        assert_eq!(found, mine_follow_rules(&data, &settings(), &Run::threads(2)).unwrap());
        let singles: Vec<(u32, u32)> = found
            .rules
            .iter()
            .filter(|rule| rule.prefix.len() == 1)
            .map(|rule| (rule.prefix[0][0], rule.next))
            .collect();
        assert_eq!(singles, [(PRINTER, CARTRIDGE)]);
        let rule = found.rules.iter().find(|rule| rule.prefix == [[PRINTER]]).unwrap();
        assert!(rule.figures.lift > 2.0 && rule.figures.lift_low > 1.0, "{:?}", rule.figures);
        assert!((0.3..0.45).contains(&rule.figures.confidence), "{:?}", rule.figures);
        assert!((10..15).contains(&rule.timing.quartiles[1]), "{:?}", rule.timing.quartiles);
        assert!(rule.timing.send_from >= 9 && rule.timing.send_to <= 15, "{:?}", rule.timing);
    }

    #[test]
    fn shuffled_orders_give_no_rules_beyond_the_level() {
        let settings = FollowSettings { min_confidence: 0.0, min_lift: 0.0, ..settings() };
        let (mut runs, mut with_rules) = (0, 0);
        for seed in 0..20 {
            let data = shuffled(&shop(600, true, seed), seed);
            let found = mine_follow_rules(&data, &settings, &Run::threads(1)).unwrap();
            assert!(found.tested > 50);
            runs += 1;
            with_rules += i32::from(!found.rules.is_empty());
        }
        // At a false discovery rate of 0.05 with nothing to discover, one run in twenty may report something.
        assert!(with_rules <= 2, "{with_rules} of {runs}");
    }

    #[test]
    fn p_values_are_not_too_small_when_order_is_random() {
        let settings = FollowSettings { min_confidence: 0.0, min_lift: 0.0, level: 1.0, ..settings() };
        let mut p_values = Vec::new();
        for seed in 0..10 {
            let data = shuffled(&shop(600, true, 100 + seed), seed);
            let found = mine_follow_rules(&data, &settings, &Run::threads(1)).unwrap();
            p_values.extend(found.rules.iter().filter(|rule| rule.prefix.len() == 1).map(|rule| rule.p_value));
        }
        let below = |level: f64| p_values.iter().filter(|&&p| p <= level).count() as f64 / p_values.len() as f64;
        assert!(p_values.len() > 500 && below(0.05) < 0.065 && below(0.2) < 0.23, "{} {}", below(0.05), below(0.2));
    }

    #[test]
    fn rules_are_judged_on_later_orders() {
        let data = shop(4000, true, 5);
        let found =
            mine_follow_rules(&data, &FollowSettings { as_of: 240 * DAY, ..settings() }, &Run::threads(1)).unwrap();
        let later = validate_follow_rules(&found, &data, 240 * DAY, 365 * DAY, &Run::threads(2));
        let at = found.rules.iter().position(|rule| rule.prefix == [[PRINTER]] && rule.next == CARTRIDGE).unwrap();
        assert_eq!(later[at].verdict, FollowVerdict::Confirmed);
        assert!((later[at].figures.confidence - found.rules[at].figures.confidence).abs() < 0.08);
        let noise = shop(4000, false, 6);
        assert!(validate_follow_rules(&found, &noise, 240 * DAY, 365 * DAY, &Run::threads(1))[at].figures.lift < 1.4);
    }

    #[test]
    fn customers_not_yet_observed_long_enough_do_not_count_as_failures() {
        // Ten bought A long ago and half of them B on day 5; ten bought A two days before the as-of date.
        let mut data = Sequences::new(2);
        for customer in 0..20 {
            let day = if customer < 10 { 0 } else { 98 };
            data.push_element(day * DAY, &[0]).unwrap();
            if customer < 5 {
                data.push_element(5 * DAY, &[1]).unwrap();
            }
            data.end_customer();
        }
        let settings = FollowSettings { as_of: 100 * DAY, support: Support::Count(2), level: 1.0, ..settings() };
        let found = mine_follow_rules(&data, &settings, &Run::default()).unwrap();
        let figures = found.rules[0].figures;
        assert_eq!((figures.customers, figures.followers), (20, 5));
        assert!((figures.confidence - 0.5).abs() < 1e-12);
    }

    #[test]
    fn offers_go_to_those_inside_the_window() {
        let data = shop(3000, true, 1);
        let found = mine_follow_rules(&data, &settings(), &Run::default()).unwrap();
        let offers = next_after(&found, &data, 365 * DAY, 0, &Run::threads(2));
        assert!(!offers.is_empty());
        for offer in &offers {
            let rule = &found.rules[offer.rule];
            assert!((rule.timing.send_from..=rule.timing.send_to).contains(&offer.days_since));
            assert!(
                offer.from_day <= 365 && 365 <= offer.to_day && offer.bought_day + i64::from(offer.days_since) == 365
            );
            assert!(data.elements_of(offer.customer as usize).all(|e| !data.items_of(e).contains(&offer.item)));
            assert!(offer.chance_left > 0.0 && offer.chance_left <= 1.0);
        }
    }

    #[test]
    fn the_shortest_window_is_the_earliest_of_the_shortest() {
        assert_eq!(shortest_window(&[0.0, 0.1, 0.1, 0.3, 0.4, 0.4], 0.2), (3, 3));
        assert_eq!(shortest_window(&[0.1, 0.2, 0.3, 0.4], 0.2), (0, 1));
        assert_eq!(shortest_window(&[0.0, 0.0], 0.0), (0, 0));
    }
}
