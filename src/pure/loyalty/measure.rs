//! All figures of all customers at one date.

use rayon::prelude::*;

use super::categories::{Bought, bought_categories, kept_share};
use super::clumpiness::clumpiness;
use super::components::COMPONENTS;
use super::estimate::Estimate;
use super::persistence::{Persistence, persistence};
use super::regularity::gamma_shape;
use super::shocks::{AfterShocks, Shock, after_shocks};
use super::spending::Spending;
use super::stability::evenness;
use crate::numeric::math::ln_1p;
use crate::orders::AsOf;
use crate::series::{Line, line, shrunk};

/// Fewest periods and purchase days of a customer with figures, and fewest active periods for firmness.
const LEAST_PERIODS: usize = 3;
const LEAST_DAYS: usize = 2;
const LEAST_ACTIVE: usize = 4;

/// What was measured at one date, by customer.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Persistence, for customers with at least one full period.
    pub persistence: Vec<Option<Persistence>>,
    /// The slopes drawn towards the shop's, for customers with at least four active periods.
    pub slopes: Vec<Option<Line>>,
    /// Categories bought; nothing where the shop has none.
    pub categories: Vec<Option<Bought>>,
    /// The figures in the order of [`COMPONENTS`]; nothing with less than three periods or two purchase days, or where a table is not there.
    pub components: Vec<[Option<Estimate>; COMPONENTS.len()]>,
    /// What followed shocks.
    pub shocks: Option<AfterShocks>,
}

impl Measured {
    /// Whether a customer has bought long and often enough for figures.
    pub fn has_history(&self, customer: u32) -> bool {
        self.components[customer as usize][0].is_some()
    }
}

/// Measures all customers of `spending`, which comes from `known`; `shocks` are those known at the date.
pub fn measure(known: AsOf, spending: &Spending, shocks: &[Shock]) -> Measured {
    let persistence = persistence(spending);
    let shocks = after_shocks(spending, shocks);
    let enough = |customer: u32| {
        persistence[customer as usize]
            .as_ref()
            .filter(|own| own.periods >= LEAST_PERIODS && spending.days(customer).len() >= LEAST_DAYS)
    };
    let firm = |customer: u32| enough(customer).is_some_and(|own| own.active >= LEAST_ACTIVE);
    let customers = 0..spending.customers() as u32;
    let slopes = slopes(spending, &firm);
    let categories: Vec<Option<Bought>> = customers
        .clone()
        .into_par_iter()
        .with_min_len(256)
        .map(|customer| {
            let own = enough(customer)?;
            bought_categories(known, customer, own.periods as i64 * spending.span.days)
        })
        .collect();
    let one = |customer: u32| -> [Option<Estimate>; COMPONENTS.len()] {
        let place = customer as usize;
        let Some(own) = enough(customer) else { return [None; COMPONENTS.len()] };
        let line = slopes[place].map(|line| Estimate::of(line.slope, line.error, (f64::NEG_INFINITY, f64::INFINITY)));
        let kept = categories[place].as_ref().filter(|_| firm(customer)).and_then(kept_share);
        let after = shocks.as_ref().filter(|_| firm(customer)).and_then(|shocks| shocks.own.get(&customer).copied());
        let span = own.periods as i64 * spending.span.days;
        let (days, all) = days_of(spending, customer, span);
        // Where one purchase lies says nothing of clumps.
        let clumpy = if days.len() >= LEAST_DAYS { clumpiness(&days, all) } else { None };
        let even =
            clumpy.map(|clumpy| Estimate { value: 1.0 - clumpy.value, low: 1.0 - clumpy.high, high: 1.0 - clumpy.low });
        [
            Some(own.share),
            line,
            kept,
            after,
            evenness(&spending.adjusted(customer)),
            gamma_shape(spending.days(customer)),
            even,
        ]
    };
    let components = customers.into_par_iter().with_min_len(64).map(one).collect();
    Measured { persistence, slopes, categories, components, shocks }
}

/// The purchase days of a customer in the last `span` days, numbered from 1, and how many days there are.
pub fn days_of(spending: &Spending, customer: u32, span: i64) -> (Vec<i32>, i32) {
    let before = spending.until - span - 1;
    let number = |day: &i32| i32::try_from(i64::from(*day) - before).ok().filter(|day| *day >= 1);
    (spending.days(customer).iter().filter_map(number).collect(), i32::try_from(span).unwrap_or(i32::MAX - 1))
}

/// Slopes of the logarithm of 1 + adjusted spending of some customers, drawn towards the mean of theirs.
fn slopes(spending: &Spending, firm: &(impl Fn(u32) -> bool + Sync)) -> Vec<Option<Line>> {
    let of = |customer: u32| {
        let logs: Vec<f64> = spending.adjusted(customer).into_iter().map(ln_1p).collect();
        if firm(customer) { line(&logs) } else { None }
    };
    let own: Vec<Option<Line>> = (0..spending.customers() as u32).into_par_iter().with_min_len(256).map(of).collect();
    let mut drawn = shrunk(&own.iter().copied().flatten().collect::<Vec<_>>()).into_iter();
    own.iter().map(|own| own.and_then(|_| drawn.next())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::spending::Span;
    use super::super::spending::tests::shop;
    use super::*;
    use crate::numeric::calendar::DAY;

    #[test]
    fn too_little_history_has_no_figures_and_the_future_changes_none() {
        let mut bought: Vec<(u32, i64, i64)> = (0..10).map(|t| (0, 1 + 10 * t, 1 + t)).collect();
        bought.extend([(1, 3, 5), (2, 3, 2), (2, 55, 2), (3, 90, 1), (3, 95, 1)]);
        let later = [(1, 103, 50), (0, 104, 90), (3, 111, 9)];
        let all = shop(4, &[&bought[..], &later].concat(), &[]);
        let known = shop(4, &bought, &[]);
        let span = Span { days: 10, most: 24, recent: 24 };
        let of = |orders| {
            let known = AsOf::new(orders, 100 * DAY);
            let spending = Spending::of(known, span);
            measure(known, &spending, &[])
        };
        let found = of(&known);
        assert_eq!(found.components, of(&all).components);
        let there = |customer: usize| found.components[customer].map(|one| one.is_some());
        assert_eq!(there(0), [true, true, false, false, true, false, true]);
        // One purchase, and too few periods; two purchases have no slope.
        assert_eq!((there(1), there(3)), ([false; 7], [false; 7]));
        assert_eq!(there(2), [true, false, false, false, true, false, false]);
        assert!(found.has_history(2) && !found.has_history(1));
        assert!(found.components[0][6].unwrap().value > 0.97);
    }
}
