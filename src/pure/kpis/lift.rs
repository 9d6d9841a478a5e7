//! What lists brought by measurement, by period: a part of its revenue.

use std::collections::BTreeMap;

use super::periods::Periods;
use crate::numeric::calendar::DAY;

/// What one arm of a list brought on one day, with the day's part of the interval of the whole; in the currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LiftDay {
    /// The list, by a number of its own.
    pub list: u32,
    /// Days since 1970-01-01.
    pub day: i64,
    pub money: f64,
    pub low: f64,
    pub high: f64,
}

/// What lists brought in a period together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodLift {
    pub money: f64,
    pub low: f64,
    pub high: f64,
    /// Lists with a day in the period.
    pub lists: usize,
}

/// What lists brought in each period; nothing where no list has a day in it.
///
/// Money adds up. The days and arms of one list share its error, so their half-widths add up; lists were drawn independently, so theirs add
/// up in squares.
pub fn period_lifts(days: &[LiftDay], periods: &Periods) -> Vec<Option<PeriodLift>> {
    // Of each list: money, and what the interval reaches below and above it.
    let mut lists: Vec<BTreeMap<u32, [f64; 3]>> = vec![BTreeMap::new(); periods.list().len()];
    for row in days {
        let Some(period) = periods.of(row.day * DAY) else { continue };
        let sums = lists[period].entry(row.list).or_default();
        for (sum, part) in sums.iter_mut().zip([row.money, row.money - row.low, row.high - row.money]) {
            *sum += part;
        }
    }
    let together = |lists: BTreeMap<u32, [f64; 3]>| {
        let money: f64 = lists.values().map(|sums| sums[0]).sum();
        let [below, above] =
            [1, 2].map(|side: usize| lists.values().map(|sums| sums[side].powi(2)).sum::<f64>().sqrt());
        (!lists.is_empty()).then_some(PeriodLift { money, low: money - below, high: money + above, lists: lists.len() })
    };
    lists.into_iter().map(together).collect()
}

#[cfg(test)]
mod tests {
    use super::super::periods::Grain;
    use super::*;
    use crate::numeric::calendar::day_of_civil;
    use proptest::prelude::*;

    fn months() -> Periods {
        Periods::calendar(Grain::Month, 1, day_of_civil(2025, 1, 1) * DAY, day_of_civil(2025, 7, 1) * DAY)
    }

    fn day(list: u32, month: u32, day: u32, money: f64, half: f64) -> LiftDay {
        LiftDay { list, day: day_of_civil(2025, month, day), money, low: money - half, high: money + half }
    }

    #[test]
    fn days_of_a_list_add_up_and_lists_add_up_in_squares() {
        let days = [
            day(0, 3, 31, 10.0, 1.0),
            day(0, 4, 1, 10.0, 1.0),
            day(0, 4, 2, 10.0, 2.0),
            day(1, 4, 30, -5.0, 4.0),
            day(1, 8, 1, 100.0, 1.0),
        ];
        let found = period_lifts(&days, &months());
        assert_eq!(found[2], Some(PeriodLift { money: 10.0, low: 9.0, high: 11.0, lists: 1 }));
        assert_eq!(found[3], Some(PeriodLift { money: 15.0, low: 10.0, high: 20.0, lists: 2 }), "3 and 4 are 5");
        assert!([0, 1, 4, 5].iter().all(|period| found[*period].is_none()));
    }

    proptest! {
        /// However time is divided the money is the same, and of one list the interval too.
        #[test]
        fn months_add_up_to_the_half_year(rows in prop::collection::vec((0..180i64, -9.0..9.0f64, 0.0..3.0f64), 1..40)) {
            let first = day_of_civil(2025, 1, 1);
            let days: Vec<LiftDay> = rows
                .into_iter()
                .map(|(day, money, half)| LiftDay { list: 3, day: first + day, money, low: money - half, high: money + half })
                .collect();
            let year = Periods::calendar(Grain::Year, 1, first * DAY, (first + 1) * DAY);
            let whole = period_lifts(&days, &year)[0].expect("there are days");
            let parts: Vec<PeriodLift> = period_lifts(&days, &months()).into_iter().flatten().collect();
            let sum = |of: fn(&PeriodLift) -> f64| parts.iter().map(of).sum::<f64>();
            prop_assert!((sum(|part| part.money) - whole.money).abs() < 1e-9);
            prop_assert!((sum(|part| part.low) - whole.low).abs() < 1e-9);
            prop_assert!((sum(|part| part.high) - whole.high).abs() < 1e-9);
        }
    }
}
