//! Failures, complaints, answers to them and who stayed, each against customers with the same failure who said nothing.
//!
//! Most of the discontent leave without a word, and those who complain are not like those who do not: complaint and loyalty are
//! compared within a failure, not among all customers.

use crate::numeric::calendar::DAY;
use crate::numeric::shares::{Z95, wilson};

/// Something that went wrong for a customer: a late delivery, a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// The customer's number.
    pub customer: u32,
    /// When, in civil seconds.
    pub time: i64,
    /// From when on a complaint may be about it: for goods sent back, when they were bought. At most `time`.
    pub since: i64,
    /// What went wrong, by number.
    pub kind: u32,
}

/// A complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The customer's number.
    pub customer: u32,
    /// When, in civil seconds.
    pub time: i64,
    /// When it was resolved, if it was.
    pub resolved: Option<i64>,
}

/// How failures are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunnelSettings {
    /// Days after the failure until which a complaint, and its resolution, count.
    pub complain_days: i64,
    /// Days after those within which an order means that the customer was kept.
    pub kept_days: i64,
}

/// What came of a failure within the days for complaints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// No complaint.
    Quiet,
    /// A complaint that was resolved in time.
    Resolved,
    /// A complaint that was not.
    Unresolved,
}

/// Customers with one kind of failure and one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelRow {
    /// The kind of failure; nothing for all of them.
    pub kind: Option<u32>,
    /// What came of it.
    pub outcome: Outcome,
    /// Customers.
    pub customers: u64,
    /// Of them, those with an order in the days that followed.
    pub kept: u64,
    /// The share of those kept with its 95 % interval (Wilson).
    pub share: (f64, f64, f64),
    /// The share kept less that of customers who stayed quiet after the same kind of failure with about as many orders before, with
    /// its 95 % interval; nothing for the quiet themselves, or where nobody can be compared.
    pub difference: Option<(f64, f64, f64)>,
}

/// Failures followed, and what could not be.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// By kind, then for all kinds; the quiet first.
    pub rows: Vec<FunnelRow>,
    /// Customers none of whose failures has days that are over.
    pub open: u64,
    /// Complaints that are about no known failure of the customer within the days.
    pub without_failure: u64,
    /// All complaints.
    pub complaints: u64,
}

/// Follows each customer's first failure of each kind whose days are over. Among all kinds a customer counts once, with the first of these
/// failures.
///
/// Outcomes are read at a landmark, `complain_days` after the failure, and orders count from the landmark on: counted from the failure, who
/// ordered would have had to stay long enough to complain (immortal time; J. Anderson, K. Cain, R. Gelber, "Analysis of survival by
/// tumor response", Journal of Clinical Oncology 1, 1983). The difference to the quiet is Mantel and Haenszel's risk difference over strata of
/// kind and earlier orders (1, 2 to 4, 5 or more; S. Greenland, J. Robins, Biometrics 41(1), 1985).
///
/// `orders_before(customer, time)` counts orders before a time; `ordered(customer, from, until)` says whether there is one from
/// `from` to before `until`. All before `observed_until` is known.
pub fn complaint_funnel(
    failures: &[Failure],
    complaints: &[Complaint],
    settings: FunnelSettings,
    observed_until: i64,
    orders_before: impl Fn(u32, i64) -> usize,
    ordered: impl Fn(u32, i64, i64) -> bool,
) -> Funnel {
    let mut failures = failures.to_vec();
    failures.sort_unstable_by_key(|failure| (failure.customer, failure.kind, failure.time, failure.since));
    let all_failures = failures.clone();
    failures.dedup_by_key(|failure| (failure.customer, failure.kind));
    let mut complaints: Vec<Complaint> = complaints.iter().copied().filter(|c| c.time < observed_until).collect();
    complaints.sort_unstable();
    let (complain, keep) = (settings.complain_days * DAY, settings.kept_days * DAY);
    let of = |customer: u32| {
        let from = complaints.partition_point(|c| c.customer < customer);
        complaints[from..].iter().take_while(move |c| c.customer == customer)
    };
    let mut customers: Vec<u32> = failures.iter().map(|failure| failure.customer).collect();
    customers.dedup();
    let mut followed: Vec<(Failure, Outcome, usize, bool)> = Vec::new();
    for failure in failures {
        let landmark = failure.time + complain;
        if landmark + keep > observed_until {
            continue;
        }
        let own: Vec<&Complaint> =
            of(failure.customer).filter(|c| (failure.since..landmark).contains(&c.time)).collect();
        let in_time = own.iter().all(|c| c.resolved.is_some_and(|time| time < landmark));
        let outcome = match (own.is_empty(), in_time) {
            (true, _) => Outcome::Quiet,
            (_, true) => Outcome::Resolved,
            _ => Outcome::Unresolved,
        };
        let stratum = match orders_before(failure.customer, failure.time) {
            0 | 1 => 0,
            2..=4 => 1,
            _ => 2,
        };
        followed.push((failure, outcome, stratum, ordered(failure.customer, landmark, landmark + keep)));
    }
    let mut once: Vec<&(Failure, Outcome, usize, bool)> = followed.iter().collect();
    once.sort_by_key(|row| (row.0.customer, row.0.time, row.0.kind));
    once.dedup_by_key(|row| row.0.customer);
    let mut kinds: Vec<u32> = followed.iter().map(|row| row.0.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut rows = Vec::new();
    let wanted = kinds.iter().map(|&kind| Some(kind)).chain((!kinds.is_empty()).then_some(None));
    for kind in wanted {
        let here: Vec<_> = match kind {
            Some(kind) => followed.iter().filter(|row| row.0.kind == kind).collect(),
            None => once.clone(),
        };
        for outcome in [Outcome::Quiet, Outcome::Resolved, Outcome::Unresolved] {
            let of_outcome: Vec<_> = here.iter().filter(|row| row.1 == outcome).collect();
            let (customers, kept) = (of_outcome.len() as u64, of_outcome.iter().filter(|row| row.3).count() as u64);
            if customers == 0 {
                continue;
            }
            let (low, high) = wilson(kept, customers, Z95);
            let count = |kind: u32, stratum: usize, outcome: Outcome| {
                let cell = here.iter().filter(|row| (row.0.kind, row.2, row.1) == (kind, stratum, outcome));
                cell.fold((0.0, 0.0), |(all, kept), row| (all + 1.0, kept + f64::from(u8::from(row.3))))
            };
            let strata = kinds.iter().flat_map(|&kind| (0..3).map(move |stratum| (kind, stratum)));
            let difference = (outcome != Outcome::Quiet)
                .then(|| strata.map(|(kind, s)| (count(kind, s, outcome), count(kind, s, Outcome::Quiet))))
                .and_then(|cells| risk_difference(&cells.collect::<Vec<_>>()));
            let share = (kept as f64 / customers as f64, low, high);
            rows.push(FunnelRow { kind, outcome, customers, kept, share, difference });
        }
    }
    let followed_up = |complaint: &&Complaint| {
        let from = all_failures.partition_point(|failure| failure.customer < complaint.customer);
        let own = all_failures[from..].iter().take_while(|failure| failure.customer == complaint.customer);
        own.into_iter().any(|failure| (failure.since..failure.time + complain).contains(&complaint.time))
    };
    let without_failure = complaints.iter().filter(|complaint| !followed_up(complaint)).count() as u64;
    let open = (customers.len() - once.len()) as u64;
    Funnel { rows, open, without_failure, complaints: complaints.len() as u64 }
}

/// Mantel and Haenszel's difference of two shares over strata of (all, kept) of each, with Greenland and Robins' 95 % interval.
fn risk_difference(strata: &[((f64, f64), (f64, f64))]) -> Option<(f64, f64, f64)> {
    let (mut difference, mut total, mut variance) = (0.0, 0.0, 0.0);
    for &((n1, a), (n0, b)) in strata.iter().filter(|((n1, _), (n0, _))| *n1 > 0.0 && *n0 > 0.0) {
        let n = n1 + n0;
        difference += (a * n0 - b * n1) / n;
        total += n1 * n0 / n;
        variance += (a * (n1 - a) * n0.powi(3) + b * (n0 - b) * n1.powi(3)) / (n1 * n0 * n * n);
    }
    if total == 0.0 {
        return None;
    }
    let (value, error) = (difference / total, variance.sqrt() / total);
    Some((value, (value - Z95 * error).max(-1.0), (value + Z95 * error).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: FunnelSettings = FunnelSettings { complain_days: 30, kept_days: 90 };

    #[test]
    fn outcomes_are_read_at_the_landmark_and_orders_after_it() {
        let failure = |customer, day: i64| Failure { customer, time: day * DAY, since: day * DAY, kind: 0 };
        let failures = [failure(0, 0), failure(1, 0), failure(2, 0), failure(3, 0), failure(4, 100), failure(0, 60)];
        let complaint = |customer, day: i64, resolved: Option<i64>| Complaint {
            customer,
            time: day * DAY,
            resolved: resolved.map(|day| day * DAY),
        };
        let complaints = [
            complaint(1, 5, Some(20)),
            // Resolved after the landmark: not in time.
            complaint(2, 5, Some(40)),
            // Complains after the landmark: quiet at the landmark.
            complaint(3, 31, Some(32)),
            complaint(9, 5, None),
        ];
        // Customer 1 orders on day 35, customer 3 on day 10 alone.
        let ordered = |customer: u32, from: i64, until: i64| {
            let day = match customer {
                1 => 35,
                3 => 10,
                _ => return false,
            };
            (from..until).contains(&(day * DAY))
        };
        let found = complaint_funnel(&failures, &complaints, SETTINGS, 200 * DAY, |_, _| 1, ordered);
        assert_eq!((found.open, found.without_failure, found.complaints), (1, 2, 4));
        let row = |outcome| found.rows.iter().find(|row| row.kind == Some(0) && row.outcome == outcome).expect("a row");
        let counts = |outcome| (row(outcome).customers, row(outcome).kept);
        assert_eq!([Outcome::Quiet, Outcome::Resolved, Outcome::Unresolved].map(counts), [(2, 0), (1, 1), (1, 0)]);
        assert_eq!(row(Outcome::Quiet).difference, None);
        assert_eq!(row(Outcome::Resolved).difference.map(|d| d.0), Some(1.0));
        assert_eq!(found.rows.len(), 6, "one kind, and all of them");
        assert!(complaint_funnel(&[], &[], SETTINGS, 0, |_, _| 0, |_, _, _| false).rows.is_empty());
    }

    #[test]
    fn a_customer_with_two_kinds_of_failures_counts_once_among_all() {
        let failure = |customer, day: i64, kind| Failure { customer, time: day * DAY, since: day * DAY, kind };
        // The first had both kinds, and complained of the second; the days of the second's second kind are not over, nor are the third's.
        let failures = [failure(0, 0, 1), failure(0, 40, 0), failure(1, 5, 0), failure(1, 190, 1), failure(2, 190, 0)];
        let complaints = [Complaint { customer: 0, time: 41 * DAY, resolved: None }];
        let found = complaint_funnel(&failures, &complaints, SETTINGS, 200 * DAY, |_, _| 1, |_, _, _| false);
        let row = |kind, outcome| found.rows.iter().find(|row| (row.kind, row.outcome) == (kind, outcome));
        let customers = |kind, outcome| row(kind, outcome).map_or(0, |row| row.customers);
        assert_eq!([customers(Some(0), Outcome::Quiet), customers(Some(0), Outcome::Unresolved)], [1, 1]);
        assert_eq!([customers(Some(1), Outcome::Quiet), customers(Some(1), Outcome::Unresolved)], [1, 0]);
        // Among all the first is there with the earlier failure, after which it stayed quiet.
        assert_eq!([customers(None, Outcome::Quiet), customers(None, Outcome::Unresolved)], [2, 0]);
        assert_eq!(found.open, 1);
    }

    #[test]
    fn a_complaint_about_goods_that_come_back_later_is_about_them() {
        // Bought on day 0, complained of on day 10, sent back on day 20.
        let back = Failure { customer: 0, time: 20 * DAY, since: 0, kind: 0 };
        let complaint = |day: i64| Complaint { customer: 0, time: day * DAY, resolved: Some((day + 2) * DAY) };
        let of = |complaint| {
            let found = complaint_funnel(&[back], &[complaint], SETTINGS, 200 * DAY, |_, _| 1, |_, _, _| false);
            (found.rows[0].outcome, found.without_failure)
        };
        assert_eq!(of(complaint(10)), (Outcome::Resolved, 0));
        assert_eq!(of(complaint(-1)), (Outcome::Quiet, 1), "before there was anything to complain of");
    }

    #[test]
    fn the_difference_is_taken_within_strata() {
        // In each stratum the difference is 0.1; the shares of all together would say −0.2 (Simpson).
        let strata = [((10.0, 9.0), (90.0, 72.0)), ((90.0, 27.0), (10.0, 2.0))];
        let (value, low, high) = risk_difference(&strata).expect("both");
        assert!((value - 0.1).abs() < 1e-12 && low < 0.1 && high > 0.1, "{value} {low} {high}");
        // One stratum: the plain difference with se² = p(1 − p)/n of each.
        let (value, low, _) = risk_difference(&[((50.0, 20.0), (80.0, 24.0))]).expect("both");
        let error = (0.4 * 0.6 / 50.0 + 0.3 * 0.7 / 80.0_f64).sqrt();
        assert!((value - 0.1).abs() < 1e-12 && (value - low - Z95 * error).abs() < 1e-12);
        assert_eq!(risk_difference(&[((5.0, 1.0), (0.0, 0.0))]), None);
    }
}
