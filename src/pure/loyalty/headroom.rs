//! How much more customers alike spend: a high quantile given what is known of a customer.

use thiserror::Error;

use super::quantile_regression::quantile_regression;
use super::spending::Spending;
use crate::numeric::math::{exp_m1, ln_1p};
use crate::numeric::shares::{Z95, wilson};

/// Periods before a span that earlier spending is read from: as many for each span, so that spans compare.
const BEFORE: usize = 12;
/// Fewer customers than this say nothing: ten for each of five coefficients.
const FEWEST: usize = 50;
/// How far the share of later customers below the quantile may be from what it promises.
const TOLERANCE: f64 = 0.02;

/// What customers alike spend in the shop, and what of it a customer does not. An opportunity, not a share of the market: nothing is known of other shops.
#[derive(Debug, Clone, PartialEq)]
pub struct Headroom {
    /// By customer: what the given share of customers alike stays below in the last span, in the currency; NaN for customers who spent nothing in
    /// it or had never bought before.
    pub reach: Vec<f64>,
    /// By customer: own spending in the span ÷ reach, 0 to 1; NaN as above.
    pub share: Vec<f64>,
    /// How the quantile held on later data.
    pub coverage: Coverage,
}

/// How many customers of the last span stayed below the quantile that was learned from the span before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Customers.
    pub customers: u64,
    /// Of these, the share below.
    pub share: f64,
    /// Its 95 % interval (Wilson).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the share is within two points of what was promised.
    pub holds: bool,
}

/// Why there is no headroom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeadroomError {
    /// Too few customers.
    #[error("fewer than 50 customers bought in a span and before it")]
    TooFew,
    /// Nothing to tell customers by.
    #[error("what customers spend does not vary, or what is known of them does not")]
    NoVariation,
}

/// A customer who spent in a span.
struct Case {
    customer: usize,
    /// Logarithms of 1 + spending a period before, purchase days a period before, days since the last purchase and since the first.
    known: [f64; 4],
    /// Logarithm of 1 + what the customer spent in the span.
    spent: f64,
}

/// The customers of a span with the means of all their figures taken out: season and business trend move them all, and are no headroom of anybody.
struct Level {
    cases: Vec<Case>,
    /// The mean of `spent`.
    level: f64,
}

impl Level {
    fn out_of(mut cases: Vec<Case>) -> Level {
        let n = cases.len() as f64;
        let level = cases.iter().map(|case| case.spent).sum::<f64>() / n;
        let known: [f64; 4] = std::array::from_fn(|one| cases.iter().map(|case| case.known[one]).sum::<f64>() / n);
        for case in &mut cases {
            case.spent -= level;
            case.known.iter_mut().zip(known).for_each(|(value, mean)| *value -= mean);
        }
        Level { cases, level }
    }
}

/// Headroom in the last `periods` periods: the `share` quantile (such as 0.8) of the logarithm of 1 + spending given spending and purchase days a
/// period before, recency and tenure, by quantile regression. Means of all figures are taken out of each span first, so that the quantile of one
/// span can be judged in another season.
///
/// Source: S. Rosset, C. Perlich, B. Zadrozny, S. Merugu, S. Weiss, R. Lawrence, "Wallet estimation models", International Workshop on Customer
/// Relationship Management, 2005.
///
/// # Errors
/// When too few customers bought.
pub fn headroom(spending: &Spending, periods: usize, share: f64) -> Result<Headroom, HeadroomError> {
    let (before, now) = (Level::out_of(cases(spending, periods, periods)), Level::out_of(cases(spending, periods, 0)));
    let line = |of: &Level| {
        let columns: Vec<Vec<f64>> = (0..4).map(|one| of.cases.iter().map(|case| case.known[one]).collect()).collect();
        let spent: Vec<f64> = of.cases.iter().map(|case| case.spent).collect();
        let why = if of.cases.len() < FEWEST { HeadroomError::TooFew } else { HeadroomError::NoVariation };
        quantile_regression(&columns, &spent, share).ok_or(why)
    };
    let fitted = |line: &[f64], case: &Case| {
        line[0] + line[1..].iter().zip(&case.known).map(|(slope, known)| slope * known).sum::<f64>()
    };
    let earlier = line(&before)?;
    let below = now.cases.iter().filter(|case| case.spent <= fitted(&earlier, case)).count() as u64;
    let customers = now.cases.len() as u64;
    let (low, high) = wilson(below, customers, Z95);
    let found = below as f64 / customers as f64;
    let coverage = Coverage { customers, share: found, low, high, holds: (found - share).abs() <= TOLERANCE };
    let latest = line(&now)?;
    let (mut all, mut shares) = (vec![f64::NAN; spending.customers()], vec![f64::NAN; spending.customers()]);
    for case in &now.cases {
        let money = |logarithm: f64| exp_m1(logarithm + now.level).max(0.0);
        let (reach, spent) = (money(fitted(&latest, case)), money(case.spent));
        all[case.customer] = reach;
        shares[case.customer] = if reach > 0.0 { (spent / reach).min(1.0) } else { 1.0 };
    }
    Ok(Headroom { reach: all, share: shares, coverage })
}

/// The customers who spent in the `periods` periods that end `ago` periods before the date, with what was known when these began.
fn cases(spending: &Spending, periods: usize, ago: usize) -> Vec<Case> {
    let begins = spending.until - (periods + ago) as i64 * spending.span.days;
    let case = |customer: u32| {
        let own = spending.spent(customer);
        let to = own.len().checked_sub(ago)?;
        let from = to.checked_sub(periods)?;
        let days = spending.days(customer);
        let days = &days[..days.partition_point(|day| i64::from(*day) < begins)];
        let (first, last) = (days.first()?, days.last()?);
        let spent: f64 = own[from..to].iter().sum();
        let before = from.min(BEFORE);
        if before == 0 {
            return None;
        }
        let earlier: f64 = own[from - before..from].iter().sum();
        let begun = begins - before as i64 * spending.span.days;
        let bought = days.iter().filter(|day| i64::from(**day) >= begun).count();
        let a_period = |sum: f64| sum.max(0.0) / before as f64;
        let since = |day: &i32| (begins - i64::from(*day)) as f64;
        let known = [a_period(earlier), a_period(bought as f64), since(last), since(first)].map(ln_1p);
        (spent > 0.0).then(|| Case { customer: customer as usize, known, spent: ln_1p(spent) })
    };
    (0..spending.customers() as u32).filter_map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::super::spending::Span;
    use super::super::spending::tests::shop;
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::numeric::random::stream;
    use crate::orders::AsOf;
    use rand::RngExt;

    #[test]
    fn the_quantile_of_customers_alike_holds_on_later_data() {
        // Each customer has a level; every period it is multiplied by something between 0.5 and 1.5.
        let mut random = stream(9, "headroom");
        let mut bought = Vec::new();
        for customer in 0..3_000_u32 {
            let level = 200.0 * crate::numeric::math::exp(random.random_range(0.0..3.0));
            let from = random.random_range(0..20);
            for period in from..40 {
                let amount = level * random.random_range(0.5..1.5);
                bought.push((customer, 10 * period + random.random_range(0..10), amount as i64));
            }
        }
        let orders = shop(3_000, &bought, &[]);
        let spending = Spending::of(AsOf::new(&orders, 400 * DAY), Span { days: 10, most: 24, recent: 24 });
        let found = headroom(&spending, 3, 0.8).unwrap();
        assert!(found.coverage.holds && found.coverage.customers == 3_000, "{:?}", found.coverage);
        let full = found.share.iter().filter(|share| **share >= 1.0).count();
        assert!((580..=620).contains(&full), "{full}");
        assert!(found.share.iter().all(|share| (0.0..=1.0).contains(share)));
        let none = Spending::of(AsOf::new(&orders, 0), Span { days: 10, most: 24, recent: 24 });
        assert_eq!(headroom(&none, 3, 0.8), Err(HeadroomError::TooFew));
    }
}
