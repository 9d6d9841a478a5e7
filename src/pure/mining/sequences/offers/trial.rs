//! What offers made week by week would have been worth.

use super::super::bought::Bought;
use super::super::data::{DAY, Sequences};
use super::recent::Recent;
use super::{Known, NextRule, due, due_of_history, longest, merged};
use crate::mining::Run;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;

/// How offers are tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrialSettings<'a> {
    /// First instant of the trial and the first one after it, civil seconds.
    pub from: i64,
    pub until: i64,
    /// Most offers to a customer on a day.
    pub most: usize,
    /// Days within which orders were merged for the rules; 0 for none.
    pub merge_days: u32,
    /// Items that are not offered; those beyond its end are.
    pub left_out: &'a [bool],
    /// Items not sold in so many days before the day of the offer are not offered; 0 offers all.
    pub sold_within_days: u32,
}

/// What offers made week by week would have been worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NextTrial {
    /// Offers whose send window was over in time, and the customers who would have got them.
    pub offers: u64,
    pub customers: u64,
    /// Of these offers, how many were bought in what was left of their window.
    pub bought: u64,
    /// How many would have been if as many bought as of all customers without the item who had ordered as lately as the
    /// window reaches back.
    pub usual: f64,
    /// How many of as many offers of the commonest items that the customer neither had nor was offered before, in the same
    /// days.
    pub popular: u64,
}

/// Makes the offers every seventh day, each item once a customer, and counts who bought before the end. The rules must
/// have been mined from orders before [`TrialSettings::from`].
pub fn judge_next_after(
    rules: &[NextRule],
    sequences: &Sequences,
    settings: &TrialSettings<'_>,
    run: &Run<'_>,
) -> NextTrial {
    let quiet = Run { progress: &|_| (), ..*run };
    let left_out = |item: u32| settings.left_out.get(item as usize).copied().unwrap_or(false);
    let offered: Vec<NextRule> = rules.iter().filter(|rule| !left_out(rule.next)).cloned().collect();
    let mut trial = NextTrial::default();
    let (mut made, mut made_popular) = (FxHashSet::default(), FxHashSet::default());
    let (first, end) = (settings.from.div_euclid(DAY), settings.until.div_euclid(DAY));
    let bought = Bought::new(sequences);
    let recent = match settings.merge_days {
        0 => Some(Recent::new(sequences, &bought, first - longest(&offered))),
        _ => None,
    };
    let mut shelf = Shelf::new(sequences, &bought, first, end);
    // Per item the number of the customer last seen to have it.
    let mut owner = vec![0u32; sequences.item_count() as usize];
    let mut seen = 0u32;
    for today in (first..end).step_by(STEP) {
        shelf.advance();
        let week = Week::new(sequences, &bought, today);
        let sold = |item: u32| {
            settings.sold_within_days == 0
                || shelf.last_sold[item as usize] >= today - i64::from(settings.sold_within_days)
        };
        let offers = match &recent {
            Some(recent) => due(&offered, &week.known, recent, &quiet),
            None => {
                let history = merged(sequences.until(today * DAY), settings.merge_days);
                due_of_history(&offered, &history, today, &quiet)
            }
        };
        let mut popular: Vec<u32> = (0..sequences.item_count())
            .filter(|&item| shelf.owners[item as usize] > 0 && !left_out(item) && sold(item))
            .collect();
        popular.sort_unstable_by_key(|&item| (Reverse(shelf.owners[item as usize]), item));
        let mut usual: FxHashMap<(u32, u32), Usual> = FxHashMap::default();
        for of_customer in offers.chunk_by(|a, b| a.customer == b.customer) {
            let customer = of_customer[0].customer;
            let mut marked = false;
            for offer in of_customer.iter().filter(|offer| sold(offer.item)).take(settings.most) {
                if offer.to_day >= end || !made.insert((customer, offer.item)) {
                    continue;
                }
                let back = offered[offer.rule].send_to;
                trial.offers += 1;
                trial.bought += u64::from(week.buys(customer, offer.item, offer.to_day));
                let of_others = usual.entry((offer.item, back)).or_insert_with(|| week.usual(offer.item, back));
                trial.usual += of_others.by(offer.to_day);
                if !marked {
                    marked = true;
                    seen += 1;
                    let elements = sequences.elements_of(customer as usize);
                    let known = elements.take_while(|&element| week.known.before(element as u32));
                    known.flat_map(|element| sequences.items_of(element)).for_each(|&item| owner[item as usize] = seen);
                }
                let common = popular
                    .iter()
                    .find(|&&item| owner[item as usize] != seen && !made_popular.contains(&(customer, item)));
                if let Some(&item) = common {
                    made_popular.insert((customer, item));
                    trial.popular += u64::from(week.buys(customer, item, offer.to_day));
                }
            }
        }
        (run.progress)((today - first) as f64 / (end - first) as f64);
    }
    trial.customers = made.iter().map(|row: &(u32, u32)| row.0).collect::<FxHashSet<u32>>().len() as u64;
    trial
}

/// Days from one day of offers to the next.
const STEP: usize = 7;

/// Which items had been sold to how many by the morning of each day of offers.
struct Shelf {
    /// Customers who had each item, and the last day on which one of them bought it.
    owners: Vec<u32>,
    last_sold: Vec<i64>,
    /// Per day of offers what changed since the one before: item, further customers with it, last day.
    changes: std::vec::IntoIter<Vec<(u32, u32, i64)>>,
}

impl Shelf {
    /// As before the first day of offers.
    fn new(sequences: &Sequences, bought: &Bought, first: i64, end: i64) -> Self {
        let items = sequences.item_count();
        let days = (first..end).step_by(STEP).count();
        let mut changes = vec![Vec::new(); days];
        // The first day of offers on which a purchase is known.
        let known_on = |day: i64| if day < first { 0 } else { (day - first) as usize / STEP + 1 };
        let mut change = vec![(0, i64::MIN); days];
        for item in 0..items {
            for of_customer in bought.by_customer(item) {
                for (at, row) in of_customer.iter().enumerate() {
                    let day = sequences.day_of(row.1 as usize);
                    let Some((owners, last)) = change.get_mut(known_on(day)) else { break };
                    *owners += u32::from(at == 0);
                    *last = day.max(*last);
                }
            }
            for (changes, change) in changes.iter_mut().zip(&mut change).filter(|(_, change)| change.1 > i64::MIN) {
                changes.push((item, change.0, change.1));
                *change = (0, i64::MIN);
            }
        }
        let (owners, last_sold) = (vec![0; items as usize], vec![i64::MIN; items as usize]);
        Shelf { owners, last_sold, changes: changes.into_iter() }
    }

    /// On to the next day of offers.
    fn advance(&mut self) {
        for (item, owners, last) in self.changes.next().unwrap_or_default() {
            self.owners[item as usize] += owners;
            self.last_sold[item as usize] = last;
        }
    }
}

/// Who buys an item for the first time from a day of offers on, of the customers who had ordered lately and did not have it.
struct Usual {
    customers: u32,
    /// The days, ascending.
    days: Vec<i64>,
}

impl Usual {
    /// The share that buys it by a day.
    fn by(&self, to_day: i64) -> f64 {
        self.days.partition_point(|&day| day <= to_day) as f64 / f64::from(self.customers.max(1))
    }
}

/// A day of offers: what was known in its morning, and what came after it.
struct Week<'a> {
    known: Known<'a>,
    /// Last day before today with an order, by customer, and the same days ascending.
    last_order: Vec<i64>,
    last_orders: Vec<i64>,
}

impl<'a> Week<'a> {
    fn new(sequences: &'a Sequences, bought: &'a Bought, today: i64) -> Self {
        let known = Known { history: sequences, bought, today };
        let last_order: Vec<i64> = (0..sequences.customers())
            .map(|customer| {
                let elements = sequences.elements_of(customer);
                let before = elements.rev().find(|&element| known.before(element as u32));
                before.map_or(i64::MIN, |element| sequences.day_of(element))
            })
            .collect();
        let mut last_orders = last_order.clone();
        last_orders.sort_unstable();
        Week { known, last_order, last_orders }
    }

    /// Whether the customer buys the item from today to a day.
    fn buys(&self, customer: u32, item: u32, to_day: i64) -> bool {
        let rows = self.known.bought.of_both(item, customer);
        let from = rows.partition_point(|row| self.known.before(row.1));
        rows.get(from).is_some_and(|row| self.known.history.day_of(row.1 as usize) <= to_day)
    }

    /// Of the customers without the item who had ordered in the last `back` days, how many there are and when they buy it.
    fn usual(&self, item: u32, back: u32) -> Usual {
        let since = self.known.today - i64::from(back);
        let active = self.last_orders.len() - self.last_orders.partition_point(|&day| day < since);
        let (mut having, mut days) = (0, Vec::new());
        for of_customer in self.known.bought.by_customer(item) {
            let (customer, first) = of_customer[0];
            if self.last_order[customer as usize] < since {
                continue;
            }
            if self.known.before(first) {
                having += 1;
            } else {
                days.push(self.known.history.day_of(first as usize));
            }
        }
        days.sort_unstable();
        Usual { customers: active as u32 - having, days }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody buys item 0 on day 10 of their own and item 1 twelve days later, but for every fourth; item 2 is bought by
    /// everybody on the first day.
    fn shop() -> Sequences {
        built(
            4,
            (0..80i64).map(|customer| {
                let mut orders = vec![(0, 2), (10 + customer, 0)];
                if customer % 4 != 0 {
                    orders.push((22 + customer, 1));
                }
                orders
            }),
        )
    }

    fn built(items: u32, customers: impl Iterator<Item = Vec<(i64, u32)>>) -> Sequences {
        let mut built = Sequences::new(items);
        for orders in customers {
            for (day, item) in orders {
                built.push_element(day * DAY, &[item]).unwrap();
            }
            built.end_customer();
        }
        built
    }

    fn rule(next: u32, send_from: u32, send_to: u32) -> NextRule {
        let bought_by = (0..=60).map(|day| if day < 12 { 0.0 } else { 0.75 }).collect();
        NextRule {
            prefix: vec![vec![0]],
            step_days: None,
            next,
            confidence: 0.75,
            lift: 3.0,
            send_from,
            send_to,
            bought_by,
        }
    }

    fn settings(from: i64, until: i64) -> TrialSettings<'static> {
        TrialSettings { from: from * DAY, until: until * DAY, most: 5, ..TrialSettings::default() }
    }

    fn judged(rules: &[NextRule], data: &Sequences, settings: &TrialSettings<'_>) -> NextTrial {
        let trial = judge_next_after(rules, data, settings, &Run::threads(2));
        assert_eq!(trial, judge_next_after(rules, data, settings, &Run::threads(1)));
        trial
    }

    #[test]
    fn offers_are_judged_on_what_came_after_them() {
        let trial = judged(&[rule(1, 8, 16)], &shop(), &settings(40, 100));
        assert!(trial.offers > 30 && trial.customers == trial.offers, "{trial:?}");
        // Seen between day 8 and 14 of twelve: most of the three quarters who buy have not yet.
        let share = trial.bought as f64 / trial.offers as f64;
        assert!((0.5..0.8).contains(&share) && trial.usual < trial.bought as f64, "{trial:?}");
        assert_eq!(judge_next_after(&[], &shop(), &settings(0, 9), &Run::default()), NextTrial::default());
    }

    /// On day 20 the first customer is offered item 1. Of the nine others who had ordered in the last 16 days and do not
    /// have it, three buy it in time, one of them on two days; twenty more had not ordered for longer.
    fn usual_shop() -> Sequences {
        let others = (0..9i64).map(|n| match n {
            0 => vec![(5, 3), (21, 1), (22, 1)],
            1 | 2 => vec![(5, 3), (23, 1)],
            _ => vec![(5, 3)],
        });
        built(5, std::iter::once(vec![(10, 0)]).chain(others).chain((0..20).map(|_| vec![(1, 3)])))
    }

    #[test]
    fn the_usual_counts_customers_who_ordered_as_lately_once_each() {
        let alone = judged(&[rule(1, 8, 16)], &usual_shop(), &settings(20, 27));
        assert_eq!((alone.offers, alone.bought), (1, 0));
        assert!((alone.usual - 3.0 / 10.0).abs() < 1e-12, "{alone:?}");
        // A second rule that reaches further back has its own pool and leaves this one as it was.
        let with_more = judged(&[rule(1, 8, 16), rule(4, 50, 60)], &usual_shop(), &settings(20, 27));
        assert_eq!(with_more, alone);
    }

    #[test]
    fn what_is_left_out_is_neither_offered_nor_compared_with() {
        let no_next = TrialSettings { left_out: &[false, true], ..settings(20, 27) };
        assert_eq!(judged(&[rule(1, 8, 16)], &usual_shop(), &no_next), NextTrial::default());
        // The commonest item is 3; without it the next one is offered, which nobody has left to buy.
        let data = built(5, std::iter::once(vec![(10, 0), (22, 3)]).chain((0..9).map(|_| vec![(5, 3)])));
        assert_eq!(judged(&[rule(1, 8, 16)], &data, &settings(20, 27)).popular, 1);
        let no_popular = TrialSettings { left_out: &[false, false, false, true], ..settings(20, 27) };
        assert_eq!(judged(&[rule(1, 8, 16)], &data, &no_popular).popular, 0);
    }

    #[test]
    fn what_is_no_longer_sold_is_not_offered() {
        let data = built(5, [vec![(10, 0)], vec![(2, 1)]].into_iter());
        assert_eq!(judged(&[rule(1, 8, 16)], &data, &settings(20, 27)).offers, 1);
        assert_eq!(
            judged(&[rule(1, 8, 16)], &data, &TrialSettings { sold_within_days: 10, ..settings(20, 27) }).offers,
            0
        );
    }

    #[test]
    fn the_commonest_item_is_offered_once_too() {
        // Two offers of one customer a week apart; item 3, which everybody else has, is bought only in the second week.
        let own = vec![(10, 0), (31, 3)];
        let data = built(5, std::iter::once(own).chain((0..9).map(|_| vec![(5, 3)])));
        let rules = [rule(1, 8, 12), rule(4, 16, 22)];
        let trial = judged(&rules, &data, &settings(20, 40));
        assert_eq!((trial.offers, trial.popular), (2, 0), "{trial:?}");
    }

    #[test]
    fn orders_are_merged_as_the_rules_were_but_never_with_later_ones() {
        // Merged within twenty days, the purchase of 0 on day 13 belongs to the order of day 10; the item 1 that the same
        // errand brings on day 21 is not yet known on day 20.
        let data = built(5, std::iter::once(vec![(10, 3), (13, 0), (21, 1)]));
        let merged = TrialSettings { merge_days: 20, ..settings(20, 30) };
        let trial = judged(&[rule(1, 10, 14)], &data, &merged);
        assert_eq!((trial.offers, trial.bought), (1, 1));
        assert_eq!(judged(&[rule(1, 10, 14)], &data, &settings(20, 22)).offers, 0);
    }
}
