//! Purchase days that are something by themselves: the first, and one much larger than the others.

use super::ground::Ground;
use super::occurrence::{NEVER, Occurrence};
use super::purchases::stretches;
use super::rule::Rule;
use crate::numeric::math::ln;
use crate::orders::NONE;

/// The first purchase day; over with the second.
pub(super) fn first(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    stretches(&ground.shop.people[person as usize], ground.through, |from, until, days| {
        if let [only] = days {
            let due = from.max(only.day + rule.wait);
            let expires = only.day + rule.wait + rule.expiry;
            found.push(Occurrence {
                rule: 0,
                person,
                subject: NONE,
                cause: only.day,
                due,
                expires,
                over: until,
                score: 1.0,
            });
        }
    });
}

/// A day on which much more was bought than on the days before: by the logarithm of the amount, the mean of earlier days plus some
/// standard deviations.
pub(super) fn big(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    stretches(&ground.shop.people[person as usize], ground.through, |from, _, days| {
        let (last, earlier) = days.split_last().expect("a stretch has purchases");
        // Only on the night that first knows it.
        if last.day + 1 != from || days.len() < rule.purchases.max(3) || last.amount <= 0 {
            return;
        }
        let logs: Vec<f64> = earlier.iter().filter(|day| day.amount > 0).map(|day| ln(day.amount as f64)).collect();
        if logs.len() + 1 < rule.purchases.max(3) {
            return;
        }
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let spread = (logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / (n - 1.0)).sqrt();
        let above = ln(last.amount as f64) - mean;
        if spread > 0.0 && above > rule.level * spread {
            let due = from.max(last.day + rule.wait);
            let expires = due + rule.expiry;
            let score = above / spread;
            found.push(Occurrence {
                rule: 0,
                person,
                subject: NONE,
                cause: last.day,
                due,
                expires,
                over: NEVER,
                score,
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::small::{days, found as find, orders};

    #[test]
    fn the_first_day_and_one_much_larger_than_the_others() {
        let rows = |last: i64| {
            [(0, 0, 10, 1, 100), (0, 0, 20, 1, 120), (0, 0, 30, 1, 80), (0, 0, 40, 1, 100), (0, 0, 50, 1, last)]
        };
        let big = Rule::usual("big_basket").expect("a trigger");
        // Logarithms have a mean of 4.5950 and a standard deviation of 0.1659: two of them above are 137.9.
        assert_eq!(find(&big, &orders(1, &rows(137)), Vec::new(), 0, 60), []);
        assert_eq!(days(&find(&big, &orders(1, &rows(138)), Vec::new(), 0, 60)), [(50, 51, 65)]);
        assert_eq!(find(&big, &orders(1, &rows(900)[1..]), Vec::new(), 0, 60), [], "three days are too few");
        assert_eq!(find(&big, &orders(1, &rows(900)), Vec::new(), 0, 50), [], "not known yet");
        let first = Rule::usual("first_order").expect("a trigger");
        let all = find(&first, &orders(1, &rows(1)), Vec::new(), 0, 60);
        assert_eq!((days(&all), all[0].over), (vec![(10, 11, 25)], 21));
    }
}
