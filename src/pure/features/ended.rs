//! Contracts that ended: when, with what value, after how long, why, and how many customers came back. As [`super::lost`] for orders.

use std::collections::BTreeMap;

use super::contracts::{ContractsAsOf, Exit, Spell, Standing};
use super::lost::{LostMonth, Stay};
use crate::numeric::calendar::{day_of, month_of};
use crate::numeric::incidence::Incidence;
use crate::numeric::kaplan_meier::KaplanMeier;

/// Losses by month, the earliest first. An end counts where `is_churn` says so of its reason; `value` is what a customer was worth by an
/// instant, in ten-thousandths.
pub fn ended_months(
    known: ContractsAsOf,
    is_churn: impl Fn(u32) -> bool,
    value: impl Fn(u32, i64) -> i128,
) -> Vec<LostMonth> {
    let mut months: BTreeMap<i64, LostMonth> = BTreeMap::new();
    for customer in 0..known.customers() as u32 {
        let alone = known.end_alone(customer).into_iter().map(Some);
        let mut exits = alone.chain(known.spells(customer).map(|spell| spell.exit)).peekable();
        while let Some(exit) = exits.next() {
            let Some(exit) = exit.filter(|exit| is_churn(exit.reason)) else { continue };
            let month = month_of(day_of(exit.time));
            let sums = months.entry(month).or_insert(LostMonth { month, lost: 0, value: 0, came_back: 0 });
            sums.lost += 1;
            sums.value += value(customer, exit.time);
            sums.came_back += u64::from(exits.peek().is_some());
        }
    }
    months.into_values().collect()
}

/// Days from a customer's first day to the end of the first spell, or to the last day that is known.
fn first_stay(known: ContractsAsOf, customer: u32) -> Option<(i64, u32, Option<Exit>)> {
    let Spell { from, exit } = known.spells(customer).next()?;
    let last = exit.map_or(known.as_of() - 1, |exit| exit.time);
    Some((day_of(from), (day_of(last) - day_of(from)).clamp(0, i64::from(u32::MAX >> 12)) as u32, exit))
}

/// Survival of the customers of each quarter until the first end that counts as churn, the earliest quarter first. An end for another
/// reason is where watching ends.
pub fn ended_stays(known: ContractsAsOf, is_churn: impl Fn(u32) -> bool) -> Vec<Stay> {
    let mut quarters: BTreeMap<i64, Vec<(u32, bool)>> = BTreeMap::new();
    for customer in 0..known.customers() as u32 {
        let Some((first, days, exit)) = first_stay(known, customer) else { continue };
        let lost = exit.is_some_and(|exit| is_churn(exit.reason));
        quarters.entry(month_of(first).div_euclid(3)).or_default().push((days, lost));
    }
    let stay = |(quarter, seen): (i64, Vec<(u32, bool)>)| Stay {
        quarter,
        customers: seen.len() as u64,
        lost: seen.iter().filter(|(_, lost)| *lost).count() as u64,
        curve: KaplanMeier::new(&seen),
    };
    quarters.into_iter().map(stay).collect()
}

/// The share of customers whose first contract has ended for each of `causes` causes, by days since its first; `cause` gives a
/// reason's number among them.
pub fn ended_causes(known: ContractsAsOf, causes: usize, cause: impl Fn(u32) -> usize) -> Incidence {
    let seen = (0..known.customers() as u32).filter_map(|customer| {
        let (_, days, exit) = first_stay(known, customer)?;
        Some((days, exit.map(|exit| cause(exit.reason))))
    });
    Incidence::new(&seen.collect::<Vec<_>>(), causes)
}

/// Whether each customer is lost now; nothing for those whose contract has not begun or who left for a reason that is not churn.
pub fn ended_now(known: ContractsAsOf, is_churn: impl Fn(u32) -> bool) -> Vec<Option<bool>> {
    let lost = |customer| match known.standing(customer) {
        Standing::NotYet => None,
        Standing::Under { .. } => Some(false),
        Standing::Left(exit) => is_churn(exit.reason).then_some(true),
    };
    (0..known.customers() as u32).map(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contracts::{Change, Contracts, Status, Term};
    use super::*;
    use crate::numeric::calendar::DAY;

    #[test]
    fn ends_by_hand() {
        // Reason 0 is churn, 1 is not. Customer 0 leaves on day 40 and is back on day 50; 1 moves away on day 20; 2 stays; 3 leaves on
        // day 40 after twenty days; 4 comes on the day that is not seen.
        let term = |customer, from: i64, to: Option<(i64, u32)>| Term {
            customer,
            from: from * DAY,
            exit: to.map(|(day, reason)| Exit { time: day * DAY, reason }),
        };
        let terms = vec![
            term(0, 0, Some((40, 0))),
            term(0, 50, None),
            term(1, 0, Some((20, 1))),
            term(2, 5, Some((120, 0))),
            term(3, 20, Some((40, 0))),
            term(4, 100, None),
        ];
        let (contracts, _) = Contracts::of_terms(5, terms).expect("sound");
        let known = contracts.as_of(100 * DAY);
        let is_churn = |reason: u32| reason == 0;
        let value = |customer: u32, time: i64| i128::from(customer) * 10 + i128::from(time / DAY);
        assert_eq!(ended_months(known, is_churn, value), [LostMonth { month: 1, lost: 2, value: 110, came_back: 1 }]);
        assert_eq!(ended_now(known, is_churn), [Some(false), None, Some(false), Some(true), None]);
        let stays = ended_stays(known, is_churn);
        assert_eq!((stays.len(), stays[0].customers, stays[0].lost), (1, 4, 2));
        // Days 20 (customer 3; 1 is watched no longer) and 40 (customer 0) of four and two.
        assert_eq!([19, 20, 39, 40].map(|day| stays[0].curve.survival_at(day)), [1.0, 0.75, 0.75, 0.375]);
        let causes = ended_causes(known, 2, |reason| reason as usize);
        assert_eq!([19, 20, 40].map(|day| causes.incidence_at(0, day)), [0.0, 0.25, 0.5]);
        assert_eq!([19, 20, 40].map(|day| causes.incidence_at(1, day)), [0.0, 0.25, 0.25]);
    }

    #[test]
    fn who_is_first_heard_of_as_gone_is_lost_after_a_stay_of_unknown_length() {
        // Customer 0 is heard of as gone on day 10, 1 too and is back on day 20; 2 is heard of too late.
        let change = |customer, day: i64, left| {
            let says = if left { Status::Left } else { Status::Staying };
            Change { customer, time: day * DAY, status: u32::from(left), says, reason: 0 }
        };
        let changes = vec![change(0, 10, true), change(1, 10, true), change(1, 20, false), change(2, 100, true)];
        let contracts = Contracts::of_changes(3, changes).expect("sound");
        let known = contracts.as_of(100 * DAY);
        assert_eq!(ended_now(known, |_| true), [Some(true), Some(false), None]);
        assert_eq!(ended_now(known, |_| false), [None, Some(false), None]);
        let months = ended_months(known, |_| true, |_, _| 0);
        assert_eq!(months, [LostMonth { month: 0, lost: 2, value: 0, came_back: 1 }]);
        let stays = ended_stays(known, |_| true);
        assert_eq!((stays.len(), stays[0].customers, stays[0].lost), (1, 1, 0));
    }
}
