//! On which days customers bought, and how long the shop's customers usually wait until the next time.

use rayon::prelude::*;

use crate::numeric::calendar::day_of;
use crate::numeric::math::{exp, ln};
use crate::orders::{AsOf, UNMATCHED};

/// The gaps between purchase days of all customers, as known at a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    /// Mean of the logarithms of all gaps in days; nothing where nobody has bought on two days.
    pub mean_ln_gap: Option<f64>,
    /// The first purchase day of anybody, since 1970-01-01.
    pub begins: Option<i64>,
}

/// The days, since 1970-01-01 and ascending, on which a customer bought something that had not come back whole by the date.
///
/// A cancelled order counts from its date until it is cancelled, and not at dates after that.
pub fn purchase_days(known: AsOf, customer: u32) -> Vec<i64> {
    let lines = known.lines(customer);
    let mut days: Vec<(i64, i128)> = Vec::new();
    for (&time, &quantity) in lines.time.iter().zip(lines.quantity) {
        let day = day_of(time);
        match days.last_mut() {
            Some(last) if last.0 == day => last.1 += i128::from(quantity),
            _ => days.push((day, i128::from(quantity))),
        }
    }
    let returns = known.returns(customer);
    let mut came_back = vec![false; days.len()];
    for (&bought, &quantity) in returns.bought.iter().zip(returns.quantity).filter(|back| *back.0 != UNMATCHED) {
        if let Ok(place) = days.binary_search_by_key(&day_of(bought), |day| day.0) {
            days[place].1 -= i128::from(quantity);
            came_back[place] = true;
        }
    }
    days.iter().zip(&came_back).filter(|(day, back)| !**back || day.1 > 0).map(|(day, _)| day.0).collect()
}

impl Rhythm {
    /// The rhythm of all customers as known at a date.
    pub fn of(known: AsOf) -> Rhythm {
        // Counted by length in days, so that sums do not depend on the order of customers.
        let customer = |customer: u32| {
            let days = purchase_days(known, customer);
            (days.first().copied(), days.windows(2).map(|pair| (pair[1] - pair[0]) as usize).collect::<Vec<_>>())
        };
        let all: Vec<(Option<i64>, Vec<usize>)> =
            (0..known.customers() as u32).into_par_iter().with_min_len(1024).map(customer).collect();
        let longest = all.iter().flat_map(|(_, gaps)| gaps).max().copied().unwrap_or(0);
        let mut counts = vec![0_u64; longest + 1];
        all.iter().flat_map(|(_, gaps)| gaps).for_each(|&gap| counts[gap] += 1);
        let total: u64 = counts.iter().sum();
        let begins = all.iter().filter_map(|(first, _)| *first).min();
        if total == 0 {
            return Rhythm { mean_ln_gap: None, begins };
        }
        let sum: f64 = counts.iter().enumerate().skip(1).map(|(gap, &count)| count as f64 * ln(gap as f64)).sum();
        Rhythm { mean_ln_gap: Some(sum / total as f64), begins }
    }

    /// A customer's typical gap in days, drawn to the shop's: exp((Σ ln own gaps + `weight` · mean ln gap) / (own gaps + `weight`)). The
    /// shop's where the customer has none; nothing where nobody has one.
    pub fn typical_gap(&self, sum_ln_gaps: f64, gaps: usize, weight: f64) -> Option<f64> {
        let usual = self.mean_ln_gap?;
        Some(exp((sum_ln_gaps + weight * usual) / (gaps as f64 + weight)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn a_cancelled_order_counts_until_it_is_cancelled() {
        let lines = Lines {
            customer: vec![0, 0, 0],
            order: vec![0, 1, 2],
            item: vec![0; 3],
            category: None,
            time: vec![7, 10 * DAY + 5, 30 * DAY],
            quantity: vec![1000, 2000, 1000],
            amount: vec![5; 3],
        };
        let returns = Returns {
            customer: vec![0, 0, 0],
            item: vec![0; 3],
            time: vec![12 * DAY, 20 * DAY, 31 * DAY],
            quantity: vec![1500, 500, 900],
            amount: vec![1; 3],
            bought: vec![10 * DAY + 5, 10 * DAY + 5, 30 * DAY],
        };
        let orders = Orders::new(1, lines, returns).unwrap();
        let days = |day: i64| purchase_days(AsOf::new(&orders, day * DAY), 0);
        assert_eq!(days(15), [0, 10], "a part came back");
        assert_eq!(days(21), [0], "all came back");
        assert_eq!(days(40), [0, 30]);
    }

    #[test]
    fn the_rhythm_is_that_of_all_gaps() {
        let days: [&[i64]; 3] = [&[0, 10, 30], &[5], &[2, 42]];
        let mut lines = Lines::default();
        for (customer, days) in days.iter().enumerate() {
            for day in *days {
                lines.customer.push(customer as u32);
                lines.order.push(lines.order.len() as u32);
                lines.time.push(day * DAY);
            }
        }
        let rows = lines.order.len();
        (lines.item, lines.quantity, lines.amount) = (vec![0; rows], vec![1000; rows], vec![1; rows]);
        let orders = Orders::new(3, lines, Returns::default()).unwrap();
        let rhythm = Rhythm::of(AsOf::new(&orders, 50 * DAY));
        // 10, 20 and 40: the geometric mean is 20.
        assert!((exp(rhythm.mean_ln_gap.unwrap()) - 20.0).abs() < 1e-12);
        assert_eq!(rhythm.begins, Some(0));
        let gap = rhythm.typical_gap(ln(5.0) + ln(5.0), 2, 2.0).unwrap();
        assert!((gap - 10.0).abs() < 1e-12, "halfway between 5 and 20 on the scale of logarithms");
        let before = Rhythm::of(AsOf::new(&orders, 5 * DAY));
        assert_eq!((before.mean_ln_gap, before.begins), (None, Some(0)));
        assert_eq!(before.typical_gap(0.0, 0, 2.0), None);
    }
}
