//! "Next after" offers: who bought A, has not bought B, and is in the days when B is usually bought; and what such offers
//! would have been worth.

use super::completion::Prefix;
use super::data::{DAY, Sequences};
use super::follow::FollowRule;
use super::parallel::for_each_number;
use crate::mining::Run;
use std::collections::BTreeSet;

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
            confidence: rule.figures.confidence,
            lift: rule.figures.lift,
            send_from: rule.timing.send_from,
            send_to: rule.timing.send_to,
            bought_by: rule.timing.bought_by.clone(),
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
/// History is `time < as_of`. A customer who ever bought B is left out, also for repeat rules: those belong to
/// repurchase reminders. `open_in_days` adds the offers whose window opens within so many days.
pub fn next_after(
    rules: &[NextRule],
    sequences: &Sequences,
    as_of: i64,
    open_in_days: u32,
    run: &Run<'_>,
) -> Vec<NextOffer> {
    let history = sequences.until(as_of);
    due(rules, &history, &Owners::new(&history), as_of.div_euclid(DAY), open_in_days, run)
}

/// Per item its buyers, ascending, each with the last element that holds it.
struct Owners(Vec<Vec<(u32, u32)>>);

impl Owners {
    fn new(history: &Sequences) -> Self {
        let mut of = vec![Vec::new(); history.item_count() as usize];
        for customer in 0..history.customers() {
            for element in history.elements_of(customer) {
                for &item in history.items_of(element) {
                    let list: &mut Vec<(u32, u32)> = &mut of[item as usize];
                    match list.last_mut() {
                        Some(last) if last.0 == customer as u32 => last.1 = element as u32,
                        _ => list.push((customer as u32, element as u32)),
                    }
                }
            }
        }
        Owners(of)
    }

    fn of(&self, item: u32) -> &[(u32, u32)] {
        &self.0[item as usize]
    }

    fn has(&self, customer: u32, item: u32) -> bool {
        self.of(item).binary_search_by_key(&customer, |row| row.0).is_ok()
    }
}

fn due(
    rules: &[NextRule],
    history: &Sequences,
    owners: &Owners,
    today: i64,
    open_in_days: u32,
    run: &Run<'_>,
) -> Vec<NextOffer> {
    let offers = for_each_number(
        run.threads,
        rules.len(),
        || (),
        |(), number| {
            let rule = &rules[number];
            let prefix = Prefix::new(rule.prefix.clone(), rule.step_days);
            let rarest = prefix.items().min_by_key(|&item| owners.of(item).len());
            let mut offers = Vec::new();
            for &(customer, last) in rarest.map_or(&[][..], |item| owners.of(item)) {
                let completed = match prefix.single_item() {
                    Some(_) => Some(last as usize),
                    None => prefix.last_completion(history, customer as usize),
                };
                let Some(bought_day) = completed.map(|element| history.day_of(element)) else { continue };
                let since = today - bought_day;
                if since + i64::from(open_in_days) < i64::from(rule.send_from)
                    || since > i64::from(rule.send_to)
                    || owners.has(customer, rule.next)
                {
                    continue;
                }
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

/// What offers made week by week would have been worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NextTrial {
    /// Offers whose send window was over in time, and the customers who would have got them.
    pub offers: u64,
    pub customers: u64,
    /// Of these offers, how many were bought in what was left of their window.
    pub bought: u64,
    /// How many would have been if as many bought as of all customers who had ordered lately and did not have the item.
    pub usual: f64,
    /// How many of as many offers of the commonest items that the customer did not have, in the same days.
    pub popular: u64,
}

/// Makes the offers every seventh day from `from` on, at most `most` a customer and day and each item once a customer, and
/// counts who bought before `until` (both civil seconds). The rules must have been mined from orders before `from`.
pub fn judge_next_after(
    rules: &[NextRule],
    sequences: &Sequences,
    (from, until): (i64, i64),
    most: usize,
    run: &Run<'_>,
) -> NextTrial {
    let reach = rules.iter().map(|rule| i64::from(rule.send_to)).max().unwrap_or(0);
    let quiet = Run { progress: &|_| (), ..*run };
    let mut trial = NextTrial::default();
    let mut made: BTreeSet<(u32, u32)> = BTreeSet::new();
    let (first, end) = (from.div_euclid(DAY), until.div_euclid(DAY));
    let whole = Buying::new(sequences);
    let mut today = first;
    while today < end {
        let history = sequences.until(today * DAY);
        let owners = Owners::new(&history);
        let offers = due(rules, &history, &owners, today, 0, &quiet);
        let lately: Vec<bool> = (0..history.customers())
            .map(|customer| {
                history.elements_of(customer).next_back().is_some_and(|last| history.day_of(last) >= today - reach)
            })
            .collect();
        let mut popular: Vec<u32> = (0..history.item_count()).collect();
        popular.sort_by_key(|&item| (std::cmp::Reverse(owners.of(item).len()), item));
        for of_customer in offers.chunk_by(|a, b| a.customer == b.customer) {
            let customer = of_customer[0].customer;
            let mut common = popular.iter().filter(|&&item| !owners.has(customer, item));
            for offer in of_customer.iter().take(most) {
                if offer.to_day >= end || !made.insert((customer, offer.item)) {
                    continue;
                }
                let window = today..=offer.to_day;
                trial.offers += 1;
                trial.bought += u64::from(whole.buys(customer, offer.item, &window));
                let (mut open, mut buying) = (0u64, 0u64);
                let had = owners.of(offer.item);
                open += lately.iter().filter(|&&lately| lately).count() as u64;
                open -= had.iter().filter(|row| lately[row.0 as usize]).count() as u64;
                for &(other, day) in whole.of(offer.item) {
                    buying +=
                        u64::from(window.contains(&day) && lately[other as usize] && !owners.has(other, offer.item));
                }
                trial.usual += buying as f64 / open.max(1) as f64;
                trial.popular += common.next().map_or(0, |&item| u64::from(whole.buys(customer, item, &window)));
            }
        }
        (run.progress)((today - first) as f64 / (end - first) as f64);
        today += 7;
    }
    trial.customers = made.iter().map(|row| row.0).collect::<BTreeSet<u32>>().len() as u64;
    trial
}

/// Who buys each item for the first time on which day, or ever again.
struct Buying {
    /// Per item: customer and civil day of every purchase, ascending.
    days: Vec<Vec<(u32, i64)>>,
}

impl Buying {
    fn new(sequences: &Sequences) -> Self {
        let mut days = vec![Vec::new(); sequences.item_count() as usize];
        for customer in 0..sequences.customers() {
            for element in sequences.elements_of(customer) {
                for &item in sequences.items_of(element) {
                    days[item as usize].push((customer as u32, sequences.day_of(element)));
                }
            }
        }
        Buying { days }
    }

    fn of(&self, item: u32) -> &[(u32, i64)] {
        &self.days[item as usize]
    }

    fn buys(&self, customer: u32, item: u32, window: &std::ops::RangeInclusive<i64>) -> bool {
        let rows = self.of(item);
        let from = rows.partition_point(|&row| row < (customer, *window.start()));
        rows.get(from).is_some_and(|&(other, day)| other == customer && day <= *window.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody buys item 0 on day 10 of their own and item 1 twelve days later, but for every fourth; item 2 is bought by
    /// everybody on the first day.
    fn shop() -> Sequences {
        let mut built = Sequences::new(3);
        for customer in 0..80i64 {
            built.push_element(0, &[2]).unwrap();
            built.push_element((10 + customer) * DAY, &[0]).unwrap();
            if customer % 4 != 0 {
                built.push_element((22 + customer) * DAY, &[1]).unwrap();
            }
            built.end_customer();
        }
        built
    }

    fn rule() -> NextRule {
        let bought_by = (0..=30).map(|day| if day < 12 { 0.0 } else { 0.75 }).collect();
        NextRule {
            prefix: vec![vec![0]],
            step_days: None,
            next: 1,
            confidence: 0.75,
            lift: 3.0,
            send_from: 8,
            send_to: 16,
            bought_by,
        }
    }

    #[test]
    fn offers_are_judged_on_what_came_after_them() {
        let trial = judge_next_after(&[rule()], &shop(), (40 * DAY, 100 * DAY), 5, &Run::threads(2));
        assert!(trial.offers > 30 && trial.customers == trial.offers, "{trial:?}");
        // Seen between day 8 and 14 of twelve: most of the three quarters who buy have not yet.
        let share = trial.bought as f64 / trial.offers as f64;
        assert!((0.5..0.8).contains(&share) && trial.usual < trial.bought as f64, "{trial:?}");
        // The commonest item that nobody who is asked has is the same one.
        assert_eq!(trial.popular, trial.bought);
        assert_eq!(trial, judge_next_after(&[rule()], &shop(), (40 * DAY, 100 * DAY), 5, &Run::threads(1)));
        assert_eq!(judge_next_after(&[], &shop(), (0, 9 * DAY), 5, &Run::default()), NextTrial::default());
    }
}
