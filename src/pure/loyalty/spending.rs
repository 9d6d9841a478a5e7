//! What each customer spent in each period, counted back from the date.

use rayon::prelude::*;

use crate::lifecycle::purchase_days;
use crate::numeric::calendar::{DAY, day_of};
use crate::orders::AsOf;
use crate::series::shared_index;

/// Ten-thousandths of the currency unit.
const UNIT: f64 = 10_000.0;

/// How periods are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Days of a period, at least 1.
    pub days: i64,
    /// Most periods that are looked at.
    pub most: usize,
    /// The latest of them that persistence is the share of.
    pub recent: usize,
}

/// Net spending of all customers by period, and the days on which they bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Spending {
    /// How periods are cut.
    pub span: Span,
    /// The day of the date, since 1970-01-01: the first that is not seen.
    pub until: i64,
    /// The shop's net spending by period in the currency, the oldest first; as many periods as the oldest customer has, at most the most.
    pub totals: Vec<f64>,
    /// The shared index of each of these periods.
    pub index: Vec<f64>,
    /// Where the periods of each customer begin in `spent`, and one more.
    starts: Vec<usize>,
    spent: Vec<f64>,
    /// The same for `days`.
    day_starts: Vec<usize>,
    days: Vec<i32>,
}

/// One customer's part.
struct Own {
    spent: Vec<f64>,
    days: Vec<i32>,
}

impl Spending {
    /// Spending as it was known at the date: purchases at their time less returns at theirs. A customer has the full periods since the first
    /// purchase, so that no period is cut short; returns of purchases before the first period count in the period of the return.
    pub fn of(known: AsOf, span: Span) -> Spending {
        let until = day_of(known.as_of());
        let own = |customer: u32| -> Own {
            let days = purchase_days(known, customer);
            let Some(&first) = days.first() else { return Own { spent: Vec::new(), days: Vec::new() } };
            let periods = usize::try_from((until - first) / span.days).unwrap_or(0).min(span.most);
            let mut units = vec![0_i128; periods];
            let from = until - periods as i64 * span.days;
            let mut add = |time: i64, amount: i128| {
                if let Ok(place) = usize::try_from((day_of(time) - from).div_euclid(span.days))
                    && place < periods
                {
                    units[place] += amount;
                }
            };
            let lines = known.lines_since(customer, from * DAY);
            lines.time.iter().zip(lines.amount).for_each(|(&time, &amount)| add(time, i128::from(amount)));
            let returns = known.returns(customer);
            returns.time.iter().zip(returns.amount).for_each(|(&time, &amount)| add(time, -i128::from(amount)));
            let spent = units.into_iter().map(|units| units as f64 / UNIT).collect();
            Own { spent, days: days.into_iter().map(|day| i32::try_from(day).unwrap_or(i32::MAX)).collect() }
        };
        let all: Vec<Own> = (0..known.customers() as u32).into_par_iter().with_min_len(256).map(own).collect();
        let longest = all.iter().map(|own| own.spent.len()).max().unwrap_or(0);
        let mut totals = vec![0.0; longest];
        for own in &all {
            let later = &mut totals[longest - own.spent.len()..];
            later.iter_mut().zip(&own.spent).for_each(|(total, spent)| *total += spent);
        }
        let starts = |length: &dyn Fn(&Own) -> usize| {
            let mut ends = vec![0];
            ends.extend(all.iter().scan(0, |end, own| {
                *end += length(own);
                Some(*end)
            }));
            ends
        };
        let index = shared_index(&totals);
        let (starts, day_starts) = (starts(&|own| own.spent.len()), starts(&|own| own.days.len()));
        let spent = all.iter().flat_map(|own| own.spent.iter().copied()).collect();
        let days = all.iter().flat_map(|own| own.days.iter().copied()).collect();
        Spending { span, until, totals, index, starts, spent, day_starts, days }
    }

    /// Number of customer ids.
    pub fn customers(&self) -> usize {
        self.starts.len() - 1
    }

    /// Net spending of a customer by period, the oldest first; below 0 where more came back than was bought.
    pub fn spent(&self, customer: u32) -> &[f64] {
        &self.spent[self.starts[customer as usize]..self.starts[customer as usize + 1]]
    }

    /// The days on which a customer bought, since 1970-01-01 and ascending.
    pub fn days(&self, customer: u32) -> &[i32] {
        &self.days[self.day_starts[customer as usize]..self.day_starts[customer as usize + 1]]
    }

    /// Whether a customer spent anything, by period.
    pub fn active(&self, customer: u32) -> impl DoubleEndedIterator<Item = bool> + ExactSizeIterator + '_ {
        self.spent(customer).iter().map(|spent| *spent > 0.0)
    }

    /// Spending of a customer by period with season and business trend taken out: net spending ÷ shared index, 0 where it is below 0.
    pub fn adjusted(&self, customer: u32) -> Vec<f64> {
        let spent = self.spent(customer);
        let index = &self.index[self.index.len() - spent.len()..];
        spent.iter().zip(index).map(|(spent, index)| spent.max(0.0) / index).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::orders::{Lines, Orders, Returns};

    /// Purchases as customer, day and pieces of 1.
    pub(crate) fn shop(customers: usize, bought: &[(u32, i64, i64)], back: &[(u32, i64, i64)]) -> Orders {
        let n = bought.len();
        let lines = Lines {
            customer: bought.iter().map(|row| row.0).collect(),
            order: (0..n as u32).collect(),
            item: vec![0; n],
            category: None,
            time: bought.iter().map(|row| row.1 * DAY).collect(),
            quantity: bought.iter().map(|row| row.2 * 1000).collect(),
            amount: bought.iter().map(|row| row.2 * 10_000).collect(),
        };
        let returns = Returns {
            customer: back.iter().map(|row| row.0).collect(),
            item: vec![0; back.len()],
            time: back.iter().map(|row| row.1 * DAY).collect(),
            quantity: vec![1000; back.len()],
            amount: back.iter().map(|row| row.2 * 10_000).collect(),
            bought: vec![crate::orders::UNMATCHED; back.len()],
        };
        Orders::new(customers, lines, returns).unwrap()
    }

    #[test]
    fn no_period_is_cut_short_and_returns_count_when_they_come_back() {
        let orders = shop(3, &[(0, 5, 4), (0, 12, 6), (0, 29, 9), (1, 21, 10), (1, 30, 99)], &[(0, 22, 8)]);
        let found = Spending::of(AsOf::new(&orders, 30 * DAY), Span { days: 10, most: 24, recent: 24 });
        // 25 days since the first purchase are two full periods: days 10 to 19 and 20 to 29.
        assert_eq!((found.spent(0), found.spent(1), found.spent(2)), (&[6.0, 1.0][..], &[][..], &[][..]));
        assert_eq!((found.days(0), found.days(1)), (&[5, 12, 29][..], &[21][..]));
        assert_eq!(found.totals, [6.0, 1.0]);
        assert_eq!(found.adjusted(0), [3.5, 3.5]);
        let short = Spending::of(AsOf::new(&orders, 30 * DAY), Span { days: 10, most: 1, recent: 1 });
        assert_eq!((short.spent(0), short.until, short.customers()), (&[1.0][..], 30, 3));
        assert_eq!(found.active(0).collect::<Vec<_>>(), [true, true]);
    }
}
