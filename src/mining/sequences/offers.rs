//! "Next after" offers: who bought A, has not bought B, and is in the days when B is usually bought.

use super::completion::Prefix;
use super::data::{DAY, Sequences};
use super::follow::FollowRules;
use super::parallel::for_each_number;
use crate::mining::Run;

/// An offer of B to a customer, with the figures its reason names.
#[derive(Clone, Debug, PartialEq)]
pub struct NextOffer {
    pub customer: u32,
    /// B.
    pub item: u32,
    /// Place of the rule in [`FollowRules::rules`].
    pub rule: usize,
    /// Civil day on which A was last completed, and how many days before the as-of day that was.
    pub bought_day: i64,
    pub days_since: u32,
    /// First and last civil day of the send window.
    pub from_day: i64,
    pub to_day: i64,
    /// Share that buys B within the horizon after A, and how many times the usual that is.
    pub confidence: f64,
    pub lift: f64,
    /// Chance that the customer still buys B within the horizon, having come so far without.
    pub chance_left: f64,
}

/// The offers that are due on the as-of day, by customer and then by falling chance; of several rules for one customer
/// and item the one with the highest chance left.
///
/// History is `time < as_of`. A customer who ever bought B is left out, also for repeat rules: those belong to
/// repurchase reminders. `open_in_days` adds the offers whose window opens within so many days.
pub fn next_after(
    found: &FollowRules,
    sequences: &Sequences,
    as_of: i64,
    open_in_days: u32,
    run: &Run<'_>,
) -> Vec<NextOffer> {
    let history = sequences.until(as_of);
    let today = as_of.div_euclid(DAY);
    let mut customers = vec![Vec::new(); history.item_count() as usize];
    for customer in 0..history.customers() {
        for element in history.elements_of(customer) {
            for &item in history.items_of(element) {
                let list: &mut Vec<u32> = &mut customers[item as usize];
                if list.last() != Some(&(customer as u32)) {
                    list.push(customer as u32);
                }
            }
        }
    }
    let offers = for_each_number(
        run.threads,
        found.rules.len(),
        || (),
        |(), number| {
            let rule = &found.rules[number];
            let prefix = Prefix::new(rule.prefix.clone(), found.settings.step_days);
            let rarest = prefix.items().min_by_key(|&item| customers[item as usize].len());
            let mut offers = Vec::new();
            for &customer in rarest.map_or(&[][..], |item| &customers[item as usize]) {
                if customers[rule.next as usize].binary_search(&customer).is_ok() {
                    continue;
                }
                let Some(element) = prefix.last_completion(&history, customer as usize) else { continue };
                let bought_day = history.day_of(element);
                let (since, timing) = (today - bought_day, &rule.timing);
                if since + i64::from(open_in_days) < i64::from(timing.send_from) || since > i64::from(timing.send_to) {
                    continue;
                }
                let by = |day: i64| match day {
                    day if day < 0 => 0.0,
                    day => timing.bought_by.get(day as usize).copied().unwrap_or(rule.figures.confidence),
                };
                let so_far = by(since - 1);
                let chance_left = (rule.figures.confidence - so_far) / (1.0 - so_far).max(1e-12);
                offers.push(NextOffer {
                    customer,
                    item: rule.next,
                    rule: number,
                    bought_day,
                    days_since: since as u32,
                    from_day: bought_day + i64::from(timing.send_from),
                    to_day: bought_day + i64::from(timing.send_to),
                    confidence: rule.figures.confidence,
                    lift: rule.figures.lift,
                    chance_left,
                });
            }
            offers
        },
        |done| (run.progress)(done as f64 / found.rules.len() as f64),
    );
    let mut offers: Vec<NextOffer> = offers.into_iter().flatten().collect();
    offers.sort_by(|a, b| {
        (a.customer, a.item)
            .cmp(&(b.customer, b.item))
            .then(b.chance_left.total_cmp(&a.chance_left))
            .then(a.rule.cmp(&b.rule))
    });
    offers.dedup_by_key(|offer| (offer.customer, offer.item));
    offers.sort_by(|a, b| {
        a.customer.cmp(&b.customer).then(b.chance_left.total_cmp(&a.chance_left)).then(a.item.cmp(&b.item))
    });
    offers
}
