//! "Next after" offers: who bought A, has not bought B, and is in the days when B is usually bought; and what such offers
//! would have been worth.

#[cfg(test)]
mod proofs;
mod recent;
mod trial;

use super::bought::Bought;
use super::completion::Prefix;
use super::data::{DAY, Sequences};
use super::follow::FollowRule;
use super::parallel::for_each_number;
use crate::mining::Run;
use recent::Recent;
use std::ops::RangeInclusive;
pub use trial::{NextTrial, TrialSettings, judge_next_after};

/// What an offer needs to know of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct NextRule {
    /// A: elements in order, items ascending.
    pub prefix: Vec<Vec<u32>>,
    /// Most days from one element of A to the next.
    pub step_days: Option<u32>,
    /// B.
    pub next: u32,
    /// Share that buys B within the horizon after A, and how many times the usual that is.
    pub confidence: f64,
    pub lift: f64,
    /// First and last day after A of the send window.
    pub send_from: u32,
    pub send_to: u32,
    /// Share that has bought B by the end of day 0, 1, … up to the horizon.
    pub bought_by: Vec<f64>,
}

impl NextRule {
    /// Of a mined rule.
    pub fn new(rule: &FollowRule, step_days: Option<u32>) -> Self {
        NextRule {
            prefix: rule.prefix.clone(),
            step_days,
            next: rule.next,
            confidence: rule.evidence.figures.confidence,
            lift: rule.evidence.figures.lift,
            send_from: rule.evidence.timing.send_from,
            send_to: rule.evidence.timing.send_to,
            bought_by: rule.evidence.timing.bought_by.clone(),
        }
    }
}

/// An offer of B to a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct NextOffer {
    pub customer: u32,
    /// B.
    pub item: u32,
    /// Place of its rule.
    pub rule: usize,
    /// Civil day on which A was last completed, and how many days before the as-of day that was.
    pub bought_day: i64,
    pub days_since: u32,
    /// First and last civil day of the send window.
    pub from_day: i64,
    pub to_day: i64,
    /// Chance that the customer still buys B within the horizon, having come so far without.
    pub chance_left: f64,
}

/// The offers that are due on the as-of day, by customer and then by falling chance; of several rules for one customer
/// and item the one with the highest chance left.
///
/// History is `time < as_of`, its orders merged within `merge_days` as the miner's were (0 for none). A customer who ever
/// bought B is left out, also for repeat rules: those belong to repurchase reminders.
pub fn next_after(
    rules: &[NextRule],
    sequences: &Sequences,
    as_of: i64,
    merge_days: u32,
    run: &Run<'_>,
) -> Vec<NextOffer> {
    let history = merged(sequences.until(as_of), merge_days);
    due_of_history(rules, &history, as_of.div_euclid(DAY), run)
}

fn merged(history: Sequences, days: u32) -> Sequences {
    if days == 0 { history } else { history.merged_within(days, None) }
}

/// The offers of a day, of which history holds nothing yet.
fn due_of_history(rules: &[NextRule], history: &Sequences, today: i64, run: &Run<'_>) -> Vec<NextOffer> {
    let bought = Bought::new(history);
    let recent = Recent::new(history, &bought, today - longest(rules));
    due(rules, &Known { history, bought: &bought, today }, &recent, run)
}

/// Days that the rules look back.
fn longest(rules: &[NextRule]) -> i64 {
    rules.iter().map(|rule| i64::from(rule.send_to)).max().unwrap_or(0)
}

/// What is known on the morning of a day; orders of that day and later ones may be there but are not looked at.
struct Known<'a> {
    history: &'a Sequences,
    bought: &'a Bought,
    today: i64,
}

impl Known<'_> {
    fn before(&self, element: u32) -> bool {
        self.history.time_of(element as usize) < self.today * DAY
    }

    fn has(&self, customer: u32, item: u32) -> bool {
        self.bought.first_of_both(item, customer).is_some_and(|element| self.before(element))
    }

    /// The last order that completes the pattern, for each customer where it lies on one of these days before today.
    fn completions(&self, prefix: &Prefix, recent: &Recent, days: RangeInclusive<i64>) -> Vec<(u32, usize)> {
        let rows = |item: &u32| recent.of(*item, days.clone());
        let rarest = prefix.last_items().iter().map(rows).min_by_key(|rows| rows.len()).unwrap_or(&[]);
        let last = |row: &recent::Row| match prefix.single_item() {
            Some(_) => row.next_day >= self.today,
            None => {
                let last = prefix.last_completion(self.history, row.customer as usize, self.today * DAY);
                last == Some(row.element as usize)
            }
        };
        rarest.iter().filter(|row| last(row)).map(|row| (row.customer, row.element as usize)).collect()
    }
}

fn due(rules: &[NextRule], known: &Known<'_>, recent: &Recent, run: &Run<'_>) -> Vec<NextOffer> {
    let offers = for_each_number(
        run.threads,
        rules.len(),
        || (),
        |(), number| {
            let rule = &rules[number];
            let prefix = Prefix::new(rule.prefix.clone(), rule.step_days);
            let mut offers = Vec::new();
            let days = known.today - i64::from(rule.send_to)..=known.today - i64::from(rule.send_from.max(1));
            for (customer, completed) in known.completions(&prefix, recent, days) {
                if known.has(customer, rule.next) {
                    continue;
                }
                let bought_day = known.history.day_of(completed);
                let since = known.today - bought_day;
                let by = |day: i64| match day {
                    day if day < 0 => 0.0,
                    day => rule.bought_by.get(day as usize).copied().unwrap_or(rule.confidence),
                };
                let so_far = by(since - 1);
                offers.push(NextOffer {
                    customer,
                    item: rule.next,
                    rule: number,
                    bought_day,
                    days_since: since as u32,
                    from_day: bought_day + i64::from(rule.send_from),
                    to_day: bought_day + i64::from(rule.send_to),
                    chance_left: (rule.confidence - so_far) / (1.0 - so_far).max(1e-12),
                });
            }
            offers
        },
        |done| (run.progress)(done as f64 / rules.len() as f64),
    );
    let mut offers: Vec<NextOffer> = offers.into_iter().flatten().collect();
    offers.sort_unstable_by(|a, b| {
        (a.customer, a.item)
            .cmp(&(b.customer, b.item))
            .then(b.chance_left.total_cmp(&a.chance_left))
            .then(a.rule.cmp(&b.rule))
    });
    offers.dedup_by_key(|offer| (offer.customer, offer.item));
    offers.sort_unstable_by(|a, b| {
        a.customer.cmp(&b.customer).then(b.chance_left.total_cmp(&a.chance_left)).then(a.item.cmp(&b.item))
    });
    offers
}
