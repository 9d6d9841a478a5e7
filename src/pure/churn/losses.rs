//! Those who left beside the others: what came last before they left, from which group they were, and for which reasons.

use std::collections::BTreeMap;

use crate::features::{ContractsAsOf, Standing};
use crate::numeric::calendar::DAY;
use crate::numeric::incidence::Incidence;
use crate::numeric::shares::{Z95, wilson};
use crate::orders::AsOf;

/// Days whose spend is what a customer was worth.
const YEAR: i64 = 365;

/// Customers without an event before they left.
pub const NO_EVENT: &str = "none";

/// The group of customers whose group is not known.
pub const NOT_KNOWN: &str = "not known";

/// The group of customers who are in several.
pub const SEVERAL: &str = "several";

/// How many customers left, and of how many; those whose fate is not known count in neither.
pub fn counted(lost: &[Option<bool>]) -> (u64, u64) {
    let gone = lost.iter().filter(|lost| **lost == Some(true)).count();
    (gone as u64, lost.iter().flatten().count() as u64)
}

/// The 95 % interval of a share (Wilson).
pub fn interval(part: u64, all: u64) -> (f64, f64) {
    wilson(part, all, Z95)
}

/// What a customer spent in the year before an instant, in ten-thousandths.
pub fn spent_before(known: AsOf, customer: u32, time: i64) -> i128 {
    let lines = known.lines_since(customer, time - YEAR * DAY);
    lines.time.iter().zip(lines.amount).filter(|line| *line.0 < time).map(|line| i128::from(*line.1)).sum()
}

/// Until when events count for a customer with a contract: its end, or the as-of date.
pub fn until_end(known: ContractsAsOf, customer: u32) -> i64 {
    match known.standing(customer) {
        Standing::Left(exit) => exit.time,
        _ => known.as_of(),
    }
}

/// Until when events count for a customer who orders: the day of loss, or the as-of date.
pub fn until_silence(known: AsOf, customer: u32, lost: Option<bool>, quiet_days: i64) -> i64 {
    let last = known.lines(customer).time.last().filter(|_| lost == Some(true));
    last.map_or(known.as_of(), |last| last + quiet_days * DAY)
}

/// An event of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The customer's place in the list of who is lost.
    pub customer: usize,
    /// Civil seconds.
    pub time: i64,
    /// What happened.
    pub what: &'a str,
}

/// How many of the lost and of the other customers had each event last before their own `until`: `(what, lost, others)`, by `what`. Of two at
/// one instant the later word counts.
pub fn last_events<'a>(
    events: impl IntoIterator<Item = Event<'a>>,
    lost: &[Option<bool>],
    until: impl Fn(usize) -> i64,
) -> Vec<(String, u64, u64)> {
    let mut last: Vec<Option<(i64, &str)>> = vec![None; lost.len()];
    for event in events {
        if event.time < until(event.customer) {
            last[event.customer] = last[event.customer].max(Some((event.time, event.what)));
        }
    }
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (last, lost) in last.iter().zip(lost) {
        let Some(lost) = *lost else { continue };
        let count = counts.entry(last.map_or(NO_EVENT, |last| last.1)).or_default();
        *(if lost { &mut count.0 } else { &mut count.1 }) += 1;
    }
    counts.into_iter().map(|(what, (lost, others))| (what.to_owned(), lost, others)).collect()
}

/// What came last, among those who left and among the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// What came last.
    pub what: String,
    /// Lost customers for whom it did.
    pub lost: u64,
    /// Other customers for whom it did.
    pub others: u64,
    /// Their share of the lost customers.
    pub share_lost: f64,
    /// Their share of the other customers.
    pub share_others: f64,
    /// How many times as frequent it is among the lost as among the others, with half a customer added to each count (J. Haldane, Annals
    /// of Human Genetics 20, 1956), so that none is infinite.
    pub ratio: f64,
}

/// Counts `(what, lost, others)` of at least `least` customers as shares, the most frequent among the lost first.
pub fn beside_others(counts: Vec<(String, u64, u64)>, lost: &[Option<bool>], least: u64) -> Vec<Beside> {
    let (gone, all) = counted(lost);
    let stayed = all - gone;
    let part = |part: u64, all: u64| part as f64 / all.max(1) as f64;
    let smoothed = |part: u64, all: u64| (part as f64 + 0.5) / (all as f64 + 1.0);
    let beside = |(what, lost, others): (String, u64, u64)| Beside {
        what,
        lost,
        others,
        share_lost: part(lost, gone),
        share_others: part(others, stayed),
        ratio: smoothed(lost, gone) / smoothed(others, stayed),
    };
    let mut rows: Vec<Beside> =
        counts.into_iter().filter(|(_, lost, others)| lost + others >= least).map(beside).collect();
    rows.sort_by(|a, b| b.ratio.total_cmp(&a.ratio).then_with(|| a.what.cmp(&b.what)));
    rows
}

/// The losses of a group of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupLoss {
    /// The group.
    pub group: String,
    /// Its customers whose fate is known.
    pub customers: u64,
    /// Those of them who left.
    pub lost: u64,
}

impl GroupLoss {
    /// The share who left.
    pub fn rate(&self) -> f64 {
        self.lost as f64 / self.customers as f64
    }

    /// Its 95 % interval.
    pub fn interval(&self) -> (f64, f64) {
        interval(self.lost, self.customers)
    }
}

/// Losses by group, the group with most losses first, from rows of a customer's place and group; and how many rows differ from their
/// customer's earlier rows: a customer with rows that differ counts once, in [`SEVERAL`].
pub fn by_group(
    rows: impl IntoIterator<Item = (usize, Option<String>)>,
    lost: &[Option<bool>],
) -> (Vec<GroupLoss>, usize) {
    let mut of: BTreeMap<usize, Option<String>> = BTreeMap::new();
    let mut differing = 0;
    for (place, group) in rows {
        let group = group.unwrap_or_else(|| NOT_KNOWN.to_owned());
        let known = of.entry(place).or_insert_with(|| Some(group.clone()));
        if known.as_ref().is_some_and(|known| *known != group) {
            *known = None;
            differing += 1;
        }
    }
    let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (place, group) in of {
        let Some(lost) = lost[place] else { continue };
        let count = groups.entry(group.unwrap_or_else(|| SEVERAL.to_owned())).or_default();
        count.0 += 1;
        count.1 += u64::from(lost);
    }
    let loss = |(group, (customers, lost))| GroupLoss { group, customers, lost };
    let mut groups: Vec<GroupLoss> = groups.into_iter().map(loss).collect();
    groups.sort_by(|a, b| b.lost.cmp(&a.lost).then_with(|| a.group.cmp(&b.group)));
    (groups, differing)
}

/// Causes with ends, the most frequent first, as `(cause, ends)`.
pub fn frequent_causes(found: &Incidence) -> Vec<(usize, u64)> {
    let ends = |(cause, of): (usize, &crate::numeric::incidence::Cause)| (cause, of.events.iter().sum::<u64>());
    let mut causes: Vec<(usize, u64)> = found.causes.iter().enumerate().map(ends).filter(|(_, n)| *n > 0).collect();
    causes.sort_by_key(|&(_, ends)| std::cmp::Reverse(ends));
    causes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Contracts, Exit, Term};
    use crate::orders::{Lines, Orders, Returns};

    const LOST: [Option<bool>; 4] = [Some(true), Some(true), Some(false), None];

    #[test]
    fn what_came_last_before_the_loss_is_counted_once() {
        assert_eq!(counted(&LOST), (2, 3));
        let event = |customer, time, what| Event { customer, time, what };
        let events = [
            event(0, 5, "complaint"),
            event(0, 9, "delivery"),
            event(0, 50, "too late"),
            event(2, 1, "complaint"),
            event(3, 1, "fate not known"),
        ];
        let counts = last_events(events, &LOST, |customer| if customer == 0 { 10 } else { 100 });
        let own = |what: &str, lost, others| (what.to_owned(), lost, others);
        assert_eq!(counts, [own("complaint", 0, 1), own("delivery", 1, 0), own(NO_EVENT, 1, 0)]);
        let rows = beside_others(counts, &LOST, 1);
        assert_eq!(rows.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["delivery", "none", "complaint"]);
        // (1 + 0.5) / (2 + 1) over (0 + 0.5) / (1 + 1).
        assert!((rows[0].ratio - 2.0).abs() < 1e-12 && rows[0].share_lost == 0.5 && rows[2].share_others == 1.0);
        assert!(beside_others(vec![own("rare", 1, 0)], &LOST, 2).is_empty());
    }

    #[test]
    fn a_customer_in_several_groups_counts_once() {
        let rows = [(0, "a"), (0, "a"), (1, "a"), (1, "b"), (2, ""), (3, "a")];
        let rows = rows.map(|(place, group)| (place, (!group.is_empty()).then(|| group.to_owned())));
        let (groups, differing) = by_group(rows, &LOST);
        let loss = |group: &str, customers, lost| GroupLoss { group: group.to_owned(), customers, lost };
        assert_eq!(groups, [loss("a", 1, 1), loss(SEVERAL, 1, 1), loss(NOT_KNOWN, 1, 0)]);
        assert_eq!((differing, groups[0].rate()), (1, 1.0));
        // Wilson's interval of one in one: 1 / (1 + z²) to 1.
        assert!((groups[0].interval().0 - 1.0 / (1.0 + Z95 * Z95)).abs() < 1e-12);
    }

    #[test]
    fn events_count_until_the_loss_and_spend_before_it() {
        let lines = Lines {
            customer: vec![0, 0, 0],
            order: vec![0, 1, 2],
            item: vec![0; 3],
            time: [10, 370, 400].map(|day| day * DAY).to_vec(),
            quantity: vec![1000; 3],
            amount: vec![1, 10, 100],
            category: None,
        };
        let orders = Orders::new(1, lines, Returns::default()).expect("in range");
        let known = AsOf::new(&orders, 500 * DAY);
        assert_eq!([376, 375, 401].map(|day| spent_before(known, 0, day * DAY)), [10, 11, 110]);
        assert_eq!(until_silence(known, 0, Some(true), 30), 430 * DAY);
        assert_eq!(until_silence(known, 0, Some(false), 30), 500 * DAY);
        let exit = |day: i64| Some(Exit { time: day * DAY, reason: 0 });
        let terms = vec![Term { customer: 0, from: 0, exit: exit(20) }, Term { customer: 1, from: 0, exit: None }];
        let (contracts, _) = Contracts::of_terms(2, terms).expect("in order");
        let known = contracts.as_of(100 * DAY);
        assert_eq!([until_end(known, 0), until_end(known, 1)], [20 * DAY, 100 * DAY]);
        let causes = Incidence::new(&[(5, Some(1)), (6, Some(1)), (7, Some(0)), (8, None)], 3);
        assert_eq!(frequent_causes(&causes), [(1, 2), (0, 1)]);
    }
}
