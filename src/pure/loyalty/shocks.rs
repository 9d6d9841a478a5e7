//! Whether customers kept buying after a shock, such as a late delivery or a complaint.

use std::collections::BTreeMap;

use super::estimate::Estimate;
use super::spending::Spending;

/// Periods before a shock by which customers are matched, and periods after it in which an order counts.
const BEFORE: usize = 6;
const AFTER: usize = 3;

/// A shock of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shock {
    /// The customer.
    pub customer: u32,
    /// Its day since 1970-01-01, on which the shop knew of it.
    pub day: i64,
}

/// What customers did after shocks.
#[derive(Debug, Clone, PartialEq)]
pub struct AfterShocks {
    /// By customer: mean over own shocks of whether an order followed, less the share among matched customers without a shock, −1 to 1.
    pub own: BTreeMap<u32, Estimate>,
    /// Shocks that are judged.
    pub shocks: u64,
    /// Share after which an order followed.
    pub bought: f64,
    /// The same share among matched customers.
    pub matched: f64,
    /// Standard error of the difference of both.
    pub error: f64,
}

/// Compares what followed each shock with customers who had none in the same periods and had been active in as many of the six periods up to
/// that of the shock. Shocks whose three periods after are not over, or without anybody to compare with, are left out; nothing when all are.
///
/// Matching on past activity corrects for who was active, and for nothing else: who complains may differ otherwise (P. Rosenbaum, D. Rubin, "The
/// central role of the propensity score", Biometrika 70, 1983, on what matching can do).
pub fn after_shocks(spending: &Spending, shocks: &[Shock]) -> Option<AfterShocks> {
    let periods = spending.totals.len();
    let from = spending.until - periods as i64 * spending.span.days;
    let place = |day: i64| usize::try_from((day - from).div_euclid(spending.span.days)).ok().filter(|p| *p < periods);
    let mut hit: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for shock in shocks {
        if let Some(place) = place(shock.day) {
            hit.entry(shock.customer).or_default().push(place);
        }
    }
    hit.values_mut().for_each(|places| {
        places.sort_unstable();
        places.dedup();
    });
    // By period and number of active periods before: customers without a shock, and those of them who bought after.
    let mut groups = vec![(0_u64, 0_u64); periods * (BEFORE + 1)];
    for customer in 0..spending.customers() as u32 {
        let own = hit.get(&customer);
        let active = active_of(spending, customer, periods);
        for at in 0..periods {
            let near = |shock: &usize| shock + BEFORE > at && *shock <= at + AFTER;
            if own.is_some_and(|own| own.iter().any(near)) {
                continue;
            }
            if let Some((before, after)) = around(&active, at) {
                let group = &mut groups[at * (BEFORE + 1) + before];
                *group = (group.0 + 1, group.1 + u64::from(after));
            }
        }
    }
    let (mut own, mut sums) = (BTreeMap::new(), (0_u64, 0.0, 0.0, 0.0));
    for (&customer, places) in &hit {
        let active = active_of(spending, customer, periods);
        let (mut n, mut difference, mut variance) = (0_u64, 0.0, 0.0);
        for &at in places {
            let Some((before, after)) = around(&active, at) else { continue };
            let (customers, bought) = groups[at * (BEFORE + 1) + before];
            if customers == 0 {
                continue;
            }
            // Half a customer to each side, so that no outcome is sure.
            let chance = (bought as f64 + 0.5) / (customers as f64 + 1.0);
            let after = f64::from(u8::from(after));
            n += 1;
            difference += after - chance;
            variance += chance * (1.0 - chance);
            sums = (sums.0 + 1, sums.1 + after, sums.2 + chance, sums.3 + chance * (1.0 - chance));
        }
        if n > 0 {
            let n = n as f64;
            own.insert(customer, Estimate::of(difference / n, variance.sqrt() / n, (-1.0, 1.0)));
        }
    }
    let n = sums.0 as f64;
    let found = AfterShocks { own, shocks: sums.0, bought: sums.1 / n, matched: sums.2 / n, error: sums.3.sqrt() / n };
    (sums.0 > 0).then_some(found)
}

/// Whether a customer was active by period of the shop; nothing before the customer's first.
fn active_of(spending: &Spending, customer: u32, periods: usize) -> Vec<Option<bool>> {
    let mut active = vec![None; periods - spending.spent(customer).len()];
    active.extend(spending.active(customer).map(Some));
    active
}

/// Active periods among the six up to a period, and whether one of the three after it was; nothing where the three are not over or the customer had not
/// begun.
fn around(active: &[Option<bool>], at: usize) -> Option<(usize, bool)> {
    active[at]?;
    let after = active.get(at + 1..=at + AFTER)?.contains(&Some(true));
    let before = active[(at + 1).saturating_sub(BEFORE)..=at].iter().filter(|one| **one == Some(true)).count();
    Some((before, after))
}

#[cfg(test)]
mod tests {
    use super::super::spending::Span;
    use super::super::spending::tests::shop;
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::AsOf;

    #[test]
    fn those_who_stayed_are_compared_with_those_who_had_no_shock() {
        // 41 customers buy in each of ten periods; 20 of them have a shock in the sixth, and half of these never buy again.
        let mut bought = Vec::new();
        for customer in 0..41_u32 {
            bought.push((customer, 0, 1));
            let until = if customer < 10 { 56 } else { 101 };
            bought.extend((11..until).step_by(10).map(|day| (customer, day, 1)));
        }
        let orders = shop(41, &bought, &[]);
        let spending = Spending::of(AsOf::new(&orders, 101 * DAY), Span { days: 10, most: 24, recent: 24 });
        let shocks: Vec<Shock> = (0..20).map(|customer| Shock { customer, day: 60 }).collect();
        let found = after_shocks(&spending, &shocks).unwrap();
        assert_eq!((found.shocks, found.bought), (20, 0.5));
        assert!((found.matched - 21.5 / 22.0).abs() < 1e-12, "{found:?}");
        assert!(found.own[&0].value < -0.9 && found.own[&19].value > 0.0);
        // A shock whose three periods are not over says nothing yet.
        assert_eq!(after_shocks(&spending, &[Shock { customer: 3, day: 95 }]), None);
        assert_eq!(after_shocks(&spending, &[]), None);
    }
}
