//! Contracts: how often customers have paid, what they may still pay, and how well that was foreseen at past dates.

use super::judging::{Judgement, capture, gini};
use crate::features::{Contracts, ContractsAsOf, Standing};
use crate::numeric::calendar::DAY;
use crate::numeric::math::{exp, ln};
use crate::orders::AfterError;
use crate::value::contracts::per_period;
use crate::value::{ShiftedBetaGeometric, Term, ValueError};

/// The name of the model among the models.
pub const SBG: &str = "sbg";
/// What it is, in a sentence.
pub const SBG_MEANING: &str =
    "sBG: contracts are renewed period by period, each customer with their own chance not to renew";

/// A customer under contract.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Running {
    /// The customer's id.
    pub customer: u32,
    /// Periods that were paid for, at least 1.
    pub periods: u32,
    /// Days until the next renewal, 0 where it is due on the date itself.
    pub days_to_next: i64,
}

/// The contracts known at a date as the model reads them, equal ones counted together. `is_churn` says of a reason's number whether an
/// end for it is the customer's own; other ends only end what is known.
pub fn terms(known: ContractsAsOf, period: i64, is_churn: impl Fn(u32) -> bool) -> Vec<Term> {
    let mut counts: std::collections::BTreeMap<(u32, bool), f64> = std::collections::BTreeMap::new();
    for customer in 0..known.customers() as u32 {
        for spell in known.spells(customer) {
            let end = spell.exit.map_or(known.as_of(), |exit| exit.time);
            let ended = spell.exit.is_some_and(|exit| is_churn(exit.reason));
            *counts.entry((periods(end - spell.from, period), ended)).or_default() += 1.0;
        }
    }
    counts.into_iter().map(|((periods, ended), contracts)| Term { periods, ended, contracts }).collect()
}

/// Periods that were begun in so many seconds.
fn periods(seconds: i64, period: i64) -> u32 {
    u32::try_from((seconds.max(1) + period * DAY - 1) / (period * DAY)).unwrap_or(u32::MAX).max(1)
}

/// Customers under contract at a date.
pub fn running(known: ContractsAsOf, period: i64) -> Vec<Running> {
    let one = |customer: u32| match known.standing(customer) {
        Standing::Under { since } => {
            let seconds = known.as_of() - since;
            let paid = periods(seconds, period);
            let next = since + i64::from(paid) * period * DAY;
            Some(Running { customer, periods: paid, days_to_next: ((next - known.as_of()) / DAY).clamp(0, period) })
        }
        Standing::NotYet | Standing::Left(_) => None,
    };
    (0..known.customers() as u32).filter_map(one).collect()
}

impl Running {
    /// Renewals that may come within so many days, the first of which is the date itself: n days are days 0 to n − 1.
    pub fn due(&self, days: i64, period: i64) -> u32 {
        if days <= self.days_to_next { 0 } else { ((days - 1 - self.days_to_next) / period + 1) as u32 }
    }

    /// P(at least 1, 2, … payments within so many days); empty where none is due.
    pub fn tail(&self, model: &ShiftedBetaGeometric, days: i64, period: i64) -> Vec<f64> {
        model.renewals(self.periods, self.due(days, period))
    }

    /// Expected payments to come, discounted at a yearly rate.
    pub fn residual(&self, model: &ShiftedBetaGeometric, yearly: f64, period: i64) -> f64 {
        let wait = exp(-ln(1.0 + yearly) * self.days_to_next as f64 / 365.25);
        wait * model.residual(self.periods, per_period(yearly, period as f64))
    }
}

/// Judges the model at a past date: it is fitted to what was known then. `pays` is what each customer pays per period: those of whom that is
/// not known are judged by the number of payments alone, and where it is of nobody, it counts as 1. The log likelihood is of the number of payments.
///
/// # Errors
/// When the horizon is not over; inside, why it could not be fitted.
pub fn judged(
    contracts: &Contracts,
    (origin, horizon, until): (i64, i64, i64),
    period: i64,
    is_churn: impl Fn(u32) -> bool,
    pays: &[f64],
) -> Result<Result<Judgement, ValueError>, AfterError> {
    let after = contracts.after(origin, horizon, until)?;
    let known = contracts.as_of(origin);
    let model = match ShiftedBetaGeometric::fit(&terms(known, period, is_churn)) {
        Ok(model) => model,
        Err(error) => return Ok(Err(error)),
    };
    let (mut forecast, mut money) = (Vec::new(), Vec::new());
    let mut sums = Judgement::default();
    let (mut customers, mut covered) = (0u64, 0.0);
    let paid = pays.iter().any(|pays| pays.is_finite());
    for customer in running(known, period) {
        let tail = customer.tail(&model, horizon, period);
        let Some(exit) = after.left(customer.customer) else { continue };
        let lasted = exit.map_or(horizon, |exit| (exit.time - origin).div_euclid(DAY).min(horizon));
        // Whoever leaves on the day of a renewal has not renewed.
        let came = customer.due(lasted, period) as usize;
        let at_least = |n: usize| if n == 0 { 1.0 } else { tail.get(n - 1).copied().unwrap_or(0.0) };
        sums.log_likelihood += ln((at_least(came) - at_least(came + 1)).max(1e-12));
        let most = |share: f64| tail.iter().position(|above| 1.0 - above >= share).unwrap_or(tail.len());
        covered += f64::from(u8::from((most(0.05)..=most(0.95)).contains(&came)));
        let mean: f64 = tail.iter().sum();
        customers += 1;
        let each = if paid { pays[customer.customer as usize] } else { 1.0 };
        if each.is_finite() {
            forecast.push(each * mean);
            money.push(each * came as f64);
        }
        sums.purchases_promised += mean;
        sums.purchases_came += came as f64;
    }
    let count = customers.max(1) as f64;
    Ok(Ok(Judgement {
        customers,
        log_likelihood: sums.log_likelihood / count,
        gini: gini(&forecast, &money),
        capture: capture(&forecast, &money, 0.1),
        promised: forecast.iter().sum(),
        came: money.iter().sum(),
        covered: covered / count,
        ..sums
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Exit, Term as Contract};

    #[test]
    fn contracts_are_counted_in_periods_and_renewals_fall_due() {
        let contract = |customer, from: i64, to: Option<i64>| Contract {
            customer,
            from: from * DAY,
            exit: to.map(|day| Exit { time: day * DAY, reason: 0 }),
        };
        let (contracts, _) =
            Contracts::of_terms(3, vec![contract(0, 0, Some(60)), contract(1, 10, None), contract(2, 95, None)])
                .expect("sound");
        let known = contracts.as_of(100 * DAY);
        let found = terms(known, 30, |_| true);
        let term = |periods, ended| Term { periods, ended, contracts: 1.0 };
        assert_eq!(found, [term(1, false), term(2, true), term(3, false)]);
        let running = running(known, 30);
        assert_eq!(running[0], Running { customer: 1, periods: 3, days_to_next: 0 });
        assert_eq!(running[1], Running { customer: 2, periods: 1, days_to_next: 25 });
        assert_eq!([24, 25, 26, 55, 56, 90].map(|days| running[1].due(days, 30)), [0, 0, 1, 1, 2, 3]);
        // Of a renewal on the date itself the first day knows; ninety days are three periods, not four renewals.
        assert_eq!([0, 1, 30, 31, 90, 91].map(|days| running[0].due(days, 30)), [0, 1, 1, 2, 3, 4]);
    }

    #[test]
    fn a_cohort_is_foreseen_at_a_past_date() {
        // 1,000 customers of the paper's regular segment, who begin on day 0 and renew every 30 days.
        let left = [1000, 631, 468, 382, 326, 289, 262, 241];
        let mut rows = Vec::new();
        for (renewals, pair) in (1i64..).zip(left.windows(2)) {
            rows.extend((pair[1]..pair[0]).map(|customer| (customer, Some(renewals * 30))));
        }
        rows.extend((0..left[7]).map(|customer| (customer, None)));
        let contract = |&(customer, end): &(u32, Option<i64>)| Contract {
            customer,
            from: 0,
            exit: end.map(|day| Exit { time: day * DAY, reason: 0 }),
        };
        let (contracts, _) = Contracts::of_terms(1000, rows.iter().map(contract).collect()).expect("sound");
        // After five periods, the last renewals of two more are foreseen.
        let origin = 125 * DAY;
        let found = judged(&contracts, (origin, 90, 215 * DAY), 30, |_| true, &[]).expect("over").expect("fitted");
        assert_eq!(found.customers, 326);
        assert!(found.purchases_bias().abs() < 0.05, "{found:?}");
        // Whose payments are not known counts among the customers, but not in money.
        let mut pays = vec![10.0; 1000];
        pays[..100].fill(f64::NAN);
        let part = judged(&contracts, (origin, 90, 215 * DAY), 30, |_| true, &pays).expect("over").expect("fitted");
        assert_eq!((part.customers, part.purchases_came), (326, found.purchases_came));
        assert!(part.came < 10.0 * found.came && part.came > 0.0 && part.promised.is_finite());
        assert!(judged(&contracts, (origin, 90, 214 * DAY), 30, |_| true, &[]).is_err());
    }
}
