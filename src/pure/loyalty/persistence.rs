//! Persistence: in how many of the periods since the first purchase a customer bought.

use rayon::prelude::*;

use super::estimate::Estimate;
use super::spending::Spending;

/// Periods that the usual share counts for beside a customer's own.
const PRIOR_PERIODS: f64 = 3.0;
/// Fewest customers of equal tenure whose mean is taken as usual; below that the mean of all is.
const LEAST_PEERS: usize = 30;

/// How persistently a customer bought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Persistence {
    /// Share of the periods with spending above 0, drawn towards that of customers of equal tenure, 0 to 1.
    pub share: Estimate,
    /// Full periods since the first purchase, at most the most that are looked at.
    pub periods: usize,
    /// Periods with spending above 0.
    pub active: usize,
    /// The latest periods, at most `recent` of the span: the share is of these.
    pub recent_periods: usize,
    /// Of these, those with spending above 0.
    pub recent_active: usize,
    /// Active periods in a row up to the date.
    pub run: usize,
    /// The longest row of active periods.
    pub longest: usize,
    /// The mean share of customers of equal tenure.
    pub usual: f64,
}

/// Persistence of each customer with at least one full period: (active + κ·usual) / (periods + κ) with κ = 3, of the latest periods: what
/// was long ago says less of what comes. A new customer has been active in every period, which says little: hence κ and the comparison with
/// customers of equal tenure.
pub fn persistence(spending: &Spending) -> Vec<Option<Persistence>> {
    let customers = 0..spending.customers() as u32;
    let counts: Vec<(usize, usize)> = customers
        .clone()
        .into_par_iter()
        .with_min_len(1024)
        .map(|customer| {
            let periods = spending.spent(customer).len().min(spending.span.recent);
            (periods, spending.active(customer).rev().take(periods).filter(|active| *active).count())
        })
        .collect();
    let mut peers = vec![(0_usize, 0_usize); spending.totals.len() + 1];
    for &(periods, active) in &counts {
        peers[periods] = (peers[periods].0 + 1, peers[periods].1 + active);
    }
    let all: usize = peers.iter().map(|peer| peer.1).sum();
    let possible: usize = peers.iter().enumerate().map(|(periods, peer)| periods * peer.0).sum();
    let usual = |periods: usize| match peers[periods] {
        (customers, active) if customers >= LEAST_PEERS => active as f64 / (customers * periods) as f64,
        _ => all as f64 / possible as f64,
    };
    let one = |customer: u32| {
        let (recent_periods, recent_active) = counts[customer as usize];
        if recent_periods == 0 {
            return None;
        }
        let usual = usual(recent_periods);
        let share = Estimate::share(recent_active as f64, recent_periods as f64, usual, PRIOR_PERIODS);
        let periods = spending.spent(customer).len();
        let active = spending.active(customer).filter(|active| *active).count();
        let run = spending.active(customer).rev().take_while(|active| *active).count();
        let runs = spending.active(customer).scan(0, |run, active| {
            *run = if active { *run + 1 } else { 0 };
            Some(*run)
        });
        let longest = runs.max().unwrap_or(0);
        Some(Persistence { share, periods, active, recent_periods, recent_active, run, longest, usual })
    };
    customers.into_par_iter().with_min_len(256).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::spending::Span;
    use super::super::spending::tests::shop;
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::AsOf;

    #[test]
    fn shares_are_drawn_towards_those_of_equal_tenure() {
        // Both have six full periods of 10 days; one bought in four of them, the other in one.
        let bought: Vec<(u32, i64, i64)> =
            [9, 15, 25, 45, 55].map(|day| (0, day, 1)).into_iter().chain([(1, 9, 1), (1, 25, 1)]).collect();
        let orders = shop(3, &bought, &[]);
        let found = persistence(&Spending::of(AsOf::new(&orders, 70 * DAY), Span { days: 10, most: 24, recent: 24 }));
        let first = found[0].unwrap();
        assert_eq!((first.periods, first.active, first.run, first.longest), (6, 4, 0, 2));
        let usual = 5.0 / 12.0;
        assert!((first.usual - usual).abs() < 1e-15 && (first.share.value - (4.0 + 3.0 * usual) / 9.0).abs() < 1e-15);
        assert!(first.share.low < first.share.value && first.share.value < first.share.high);
        assert!(found[1].unwrap().share.value < first.share.value);
        assert_eq!(found[2], None);
        let recent = persistence(&Spending::of(AsOf::new(&orders, 70 * DAY), Span { days: 10, most: 24, recent: 3 }));
        let of = |customer: usize| recent[customer].map(|found| (found.recent_periods, found.recent_active));
        assert_eq!([of(0), of(1)], [Some((3, 2)), Some((3, 0))]);
        let whole = |customer: usize| recent[customer].map(|found| (found.periods, found.active, found.longest));
        assert_eq!([whole(0), whole(1)], [Some((6, 4, 2)), Some((6, 1, 1))]);
    }
}
