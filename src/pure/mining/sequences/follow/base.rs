//! What is usual: each item's share of all orders, period by period, so that neither season nor fashion passes for a
//! connection.

use super::super::data::Sequences;
use crate::numeric::math::{exp_m1, ln_1p};

/// Shortest period in days: a shorter one would hold too few orders to say what is usual.
const SHORTEST: i64 = 28;

/// Most shares that are held; more items or a longer history get longer periods.
const MOST_SHARES: usize = 16 << 20;

/// Shares of orders with each item, by period.
pub(super) struct BaseRates {
    first_day: i64,
    period: i64,
    periods: usize,
    /// Orders of each period.
    orders: Vec<u64>,
    /// Per item and period: ln of the share of orders without the item.
    ln_without: Vec<f64>,
}

impl BaseRates {
    /// Of orders with `time >= from`, in periods about as long as the horizon.
    pub fn new(history: &Sequences, from: i64, horizon_days: u32) -> Self {
        let orders = || (0..history.elements()).filter(|&element| history.time_of(element) >= from);
        let days = || orders().map(|element| history.day_of(element));
        let (first_day, last_day) = (days().min().unwrap_or(0), days().max().unwrap_or(0));
        let items = history.item_count() as usize;
        let mut period = i64::from(horizon_days).max(SHORTEST);
        // Whole periods, the last one not a stump.
        let count = |period: i64| ((last_day - first_day + 1) / period).max(1) as usize;
        while count(period) > 1 && items.saturating_mul(count(period)) > MOST_SHARES {
            period *= 2;
        }
        let periods = count(period);
        let mut rates =
            BaseRates { first_day, period, periods, orders: vec![0; periods], ln_without: vec![0.0; items * periods] };
        for element in orders() {
            let at = rates.period_of(history.day_of(element)) as usize;
            rates.orders[at] += 1;
            for &item in history.items_of(element) {
                rates.ln_without[item as usize * rates.periods + at] += 1.0;
            }
        }
        for (place, with) in rates.ln_without.iter_mut().enumerate() {
            *with = ln_1p(-*with / rates.orders[place % periods].max(1) as f64);
        }
        rates
    }

    /// How many periods there are, at least one.
    pub fn periods(&self) -> usize {
        self.periods
    }

    /// ln of the share of orders that are none of those on `days`, by period.
    pub fn ln_without(&self, days: impl Iterator<Item = i64>) -> Vec<f64> {
        let mut with = vec![0.0f64; self.periods];
        days.for_each(|day| with[self.period_of(day) as usize] += 1.0);
        with.iter().zip(&self.orders).map(|(with, &all)| ln_1p(-with / all.max(1) as f64)).collect()
    }

    /// The period of a day; days outside belong to the nearest.
    pub fn period_of(&self, day: i64) -> u32 {
        ((day - self.first_day) / self.period).clamp(0, self.periods as i64 - 1) as u32
    }

    /// Followers to be expected if each later order had the item as often as the orders of its period do. A group holds the
    /// numbers of later orders by period, and how many trials have them.
    pub fn expected(&self, item: u32, groups: &[Group<'_>]) -> f64 {
        expected(&self.ln_without[item as usize * self.periods..(item as usize + 1) * self.periods], groups)
    }
}

/// Numbers of later orders by period, and how many trials have them.
pub(super) type Group<'a> = (&'a [(u32, u32)], f64);

/// Trials with at least one of some orders among their later ones, given ln of the share of orders that are not, by period.
pub(super) fn expected(ln_without: &[f64], groups: &[Group<'_>]) -> f64 {
    let chance = |orders: &[(u32, u32)]| {
        let without: f64 = orders.iter().map(|&(period, n)| f64::from(n) * ln_without[period as usize]).sum();
        -exp_m1(without)
    };
    groups.iter().map(|(orders, trials)| trials * chance(orders)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::super::data::DAY;
    use super::*;

    #[test]
    fn a_season_has_its_own_rate() {
        let mut history = Sequences::new(2);
        for day in 0..56 {
            // Item 1 is in half of the orders of the first four weeks and in none of the rest.
            history.push_element(day * DAY, if day < 28 && day % 2 == 0 { &[0, 1] } else { &[0] }).unwrap();
            history.end_customer();
        }
        let rates = BaseRates::new(&history, i64::MIN, 7);
        assert_eq!((rates.period_of(-5), rates.period_of(27), rates.period_of(28), rates.period_of(99)), (0, 0, 1, 1));
        let expected = |orders: &[(u32, u32)]| rates.expected(1, &[(orders, 2.0)]);
        assert!((expected(&[(0, 1)]) - 1.0).abs() < 1e-12 && (expected(&[(0, 2)]) - 1.5).abs() < 1e-12);
        assert_eq!((expected(&[(1, 3)]), expected(&[])), (0.0, 0.0));
        assert_eq!(rates.ln_without((0..28).step_by(2)), rates.ln_without[2..]);
        assert_eq!(rates.expected(0, &[(&[(1, 3)], 1.0)]), 1.0);
    }
}
