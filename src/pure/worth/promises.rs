//! What earlier runs promised, scored once the horizon is over.

use super::judging::gini;

/// A forecast of one customer, kept until its horizon is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// Expected purchases.
    pub purchases: f64,
    /// Fewest and most, of the interval.
    pub interval: [f64; 2],
    /// Expected money; NaN where it was not known.
    pub money: f64,
}

/// What came of the forecasts of one date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// Customers who were forecast.
    pub customers: u64,
    /// Purchases promised and come.
    pub purchases: [f64; 2],
    /// Money promised and come, of customers of whom both are known; NaN where of none.
    pub money: [f64; 2],
    /// Share of customers whose purchases lay within their interval.
    pub inside: f64,
    /// Normalised Gini of money by promise, or of purchases where no money was promised; NaN where nothing came.
    pub gini: f64,
}

/// Scores promises by what came of the same customers: purchases and money. Figures of money are of those whose money was promised and is known.
pub fn kept(promises: &[Promise], came: &[(u32, f64)]) -> Kept {
    let count = promises.len();
    let promised: Vec<f64> = promises.iter().map(|promise| promise.purchases).collect();
    let purchases: Vec<f64> = came.iter().map(|row| f64::from(row.0)).collect();
    let known = promises.iter().zip(came).map(|(promise, row)| (promise.money, row.1));
    let (money, money_came): (Vec<f64>, Vec<f64>) =
        known.filter(|(promised, came)| promised.is_finite() && came.is_finite()).unzip();
    let inside = promises
        .iter()
        .zip(&purchases)
        .filter(|(promise, came)| (promise.interval[0]..=promise.interval[1]).contains(*came));
    Kept {
        customers: count as u64,
        purchases: [promised.iter().sum(), purchases.iter().sum()],
        money: if money.is_empty() { [f64::NAN; 2] } else { [money.iter().sum(), money_came.iter().sum()] },
        inside: inside.count() as f64 / count.max(1) as f64,
        gini: if money.is_empty() { gini(&promised, &purchases) } else { gini(&money, &money_came) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_by_hand() {
        let promise = |purchases: f64, most: f64, money: f64| Promise { purchases, interval: [0.0, most], money };
        let promises = [promise(0.5, 1.0, 5.0), promise(2.0, 4.0, 40.0), promise(0.1, 0.0, 1.0)];
        let found = kept(&promises, &[(0, 0.0), (5, 90.0), (0, 0.0)]);
        assert_eq!((found.customers, found.purchases, found.money), (3, [2.6, 5.0], [46.0, 90.0]));
        assert!((found.inside - 2.0 / 3.0).abs() < 1e-12 && (found.gini - 1.0).abs() < 1e-12);
        let blind = kept(&[promise(1.0, 1.0, f64::NAN)], &[(1, f64::NAN)]);
        assert!(blind.money[0].is_nan() && blind.inside == 1.0);
        // Of three customers one has no promise of money, and of one what came is not known: neither counts in money.
        let promises = [promise(1.0, 2.0, 10.0), promise(1.0, 2.0, f64::NAN), promise(1.0, 2.0, 20.0)];
        let partly = kept(&promises, &[(1, 12.0), (1, 99.0), (1, f64::NAN)]);
        assert_eq!((partly.money, partly.purchases), ([10.0, 12.0], [3.0, 3.0]));
    }
}
