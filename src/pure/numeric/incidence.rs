//! Time to the first of several events that exclude each other, when some have had none yet: competing risks.

use super::erf::normal_quantile;
use crate::numeric::math::{exp, ln, pow};

/// The Aalen-Johansen estimate of the share who have left for each cause after each number of days.
///
/// O. Aalen, S. Johansen, "An empirical transition matrix for non-homogeneous Markov chains based on censored observations",
/// Scandinavian Journal of Statistics 5, 1978. One minus Kaplan-Meier of one cause, with the others taken for censored, tells what would
/// happen if nobody could leave for any other cause, and adds up to more than all who leave. Whoever is censored on the day of an
/// event counts as at risk on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Incidence {
    /// Days with events, ascending.
    pub days: Vec<u32>,
    /// Those still observed without any event before each of these days.
    pub at_risk: Vec<u64>,
    /// The estimated share without any event after each of these days.
    pub survival: Vec<f64>,
    /// By cause.
    pub causes: Vec<Cause>,
}

/// One cause of leaving.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cause {
    /// Events on each of the estimate's days.
    pub events: Vec<u64>,
    /// The estimated share who have left for it after each of these days.
    pub incidence: Vec<f64>,
    /// The variance of that share.
    variance: Vec<f64>,
}

impl Incidence {
    /// The estimate from `(days, cause)` pairs: days until the event and its cause, below `causes`, or until observation
    /// ended without one.
    pub fn new(observations: &[(u32, Option<usize>)], causes: usize) -> Incidence {
        let mut sorted = observations.to_vec();
        sorted.sort_unstable_by_key(|seen| seen.0);
        let mut found = Incidence {
            days: Vec::new(),
            at_risk: Vec::new(),
            survival: Vec::new(),
            causes: vec![Cause::default(); causes],
        };
        let mut sums = vec![Sums::default(); causes];
        let (mut at_risk, mut survival) = (sorted.len() as u64, 1.0);
        let mut own = vec![0u64; causes];
        for same in sorted.chunk_by(|a, b| a.0 == b.0) {
            own.fill(0);
            same.iter().filter_map(|seen| seen.1).for_each(|cause| own[cause] += 1);
            let all: u64 = own.iter().sum();
            if all > 0 {
                let (n, d) = (at_risk as f64, all as f64);
                // After the last one has left nothing moves any more.
                let spread = if all < at_risk { d / (n * (n - d)) } else { 0.0 };
                for ((cause, sums), &own) in found.causes.iter_mut().zip(&mut sums).zip(&own) {
                    sums.step(survival, n, own as f64, spread);
                    cause.events.push(own);
                    cause.incidence.push(sums.incidence);
                    cause.variance.push(sums.variance());
                }
                survival *= (n - d) / n;
                found.days.push(same[0].0);
                found.at_risk.push(at_risk);
                found.survival.push(survival);
            }
            at_risk -= same.len() as u64;
        }
        found
    }

    /// The share without any event after `day`.
    pub fn survival_at(&self, day: u32) -> f64 {
        self.row(day).map_or(1.0, |row| self.survival[row])
    }

    /// The share who have left for a cause after `day`.
    pub fn incidence_at(&self, cause: usize, day: u32) -> f64 {
        self.row(day).map_or(0.0, |row| self.causes[cause].incidence[row])
    }

    /// The standard error of [`Incidence::incidence_at`].
    pub fn standard_error_at(&self, cause: usize, day: u32) -> f64 {
        self.row(day).map_or(0.0, |row| self.causes[cause].variance[row].max(0.0).sqrt())
    }

    /// A confidence interval of the share at `day`, `level` such as 0.95, on the log(-log) scale, which stays within 0 and 1.
    pub fn interval_at(&self, cause: usize, day: u32, level: f64) -> (f64, f64) {
        let share = self.incidence_at(cause, day);
        if share <= 0.0 || share >= 1.0 {
            return (share, share);
        }
        let z = normal_quantile(0.5 + level / 2.0);
        let width = z * self.standard_error_at(cause, day) / (share * ln(share).abs());
        (pow(share, exp(width)), pow(share, exp(-width)))
    }

    fn row(&self, day: u32) -> Option<usize> {
        self.days.partition_point(|&known| known <= day).checked_sub(1)
    }
}

/// What a cause's incidence F and its variance by the delta method are made of (E. Marubini, M. Valsecchi, "Analysing survival data from
/// clinical trials and observational studies", 1995, section 10.3): over the days j so far, with n at risk, d events and d' of the cause,
/// Σ (F − Fⱼ)² d/(n(n − d)) + Σ S² d'(n − d')/n³ − 2 Σ (F − Fⱼ) S d'/n², multiplied out so that each day is one step.
#[derive(Clone, Debug, Default)]
struct Sums {
    incidence: f64,
    /// Σ a, Σ a F, Σ a F² with a = d/(n(n − d)).
    spread: [f64; 3],
    /// Σ S² d'(n − d')/n³.
    own: f64,
    /// Σ b, Σ b F with b = S d'/n².
    both: [f64; 2],
}

impl Sums {
    fn step(&mut self, survival: f64, n: f64, own: f64, spread: f64) {
        self.incidence += survival * own / n;
        let f = self.incidence;
        self.spread = [self.spread[0] + spread, self.spread[1] + spread * f, self.spread[2] + spread * f * f];
        self.own += survival * survival * own * (n - own) / (n * n * n);
        let both = survival * own / (n * n);
        self.both = [self.both[0] + both, self.both[1] + both * f];
    }

    fn variance(&self) -> f64 {
        let f = self.incidence;
        let [a, af, aff] = self.spread;
        f * f * a - 2.0 * f * af + aff + self.own - 2.0 * (f * self.both[0] - self.both[1])
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier::KaplanMeier;
    use super::*;

    /// Weeks under 6-mercaptopurine (E. J. Freireich et al., Blood 21, 1963): relapsed, or still in remission.
    fn freireich() -> Vec<(u32, bool)> {
        let relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|week| (week, true));
        let remained = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|week| (week, false));
        [&relapsed[..], &remained[..]].concat()
    }

    #[test]
    fn one_cause_is_one_minus_kaplan_meier_with_greenwoods_error() {
        let seen = freireich();
        let one: Vec<(u32, Option<usize>)> = seen.iter().map(|&(week, event)| (week, event.then_some(0))).collect();
        let (found, plain) = (Incidence::new(&one, 1), KaplanMeier::new(&seen));
        assert_eq!((&found.days, &found.at_risk), (&plain.days, &plain.at_risk));
        for week in 0..40 {
            assert!((found.incidence_at(0, week) - (1.0 - plain.survival_at(week))).abs() < 1e-15, "week {week}");
            assert!((found.standard_error_at(0, week) - plain.standard_error_at(week)).abs() < 1e-14, "week {week}");
            assert_eq!(found.survival_at(week).to_bits(), plain.survival_at(week).to_bits());
        }
    }

    #[test]
    fn three_causes_by_hand() {
        // Ten customers: price on days 1, 3 and 3, service on 2 and 5, moved on 5; + is still there on 2, 4, 5 and 6.
        let seen = [(1, Some(0)), (2, Some(1)), (2, None), (3, Some(0)), (3, Some(0)), (4, None)];
        let seen = [&seen[..], &[(5, Some(1)), (5, Some(2)), (5, None), (6, None)]].concat();
        let found = Incidence::new(&seen, 3);
        assert_eq!((&found.days[..], &found.at_risk[..]), (&[1, 2, 3, 5][..], &[10, 9, 7, 4][..]));
        // S: 9/10, 8/10, 8/10 × 5/7 = 4/7, 4/7 × 2/4 = 2/7.
        // Price: 1/10, then 8/10 × 2/7 more. Service: 9/10 × 1/9 = 1/10, then 4/7 × 1/4 = 1/7 more. Moved: 1/7.
        let expected = [0.1 + 1.6 / 7.0, 0.1 + 1.0 / 7.0, 1.0 / 7.0];
        for (cause, share) in expected.into_iter().enumerate() {
            assert!((found.incidence_at(cause, 5) - share).abs() < 1e-15, "cause {cause}");
            let (low, high) = found.interval_at(cause, 5, 0.95);
            assert!(0.0 < low && low < share && share < high && high < 1.0);
        }
        assert!((found.survival_at(5) - 2.0 / 7.0).abs() < 1e-15);
        assert_eq!(
            (found.incidence_at(0, 0), found.incidence_at(2, 4), found.interval_at(2, 4, 0.95)),
            (0.0, 0.0, (0.0, 0.0))
        );
        // The variance of the share of those who moved, of whom none went before day 5: (1/7)² (1/90 + 1/72 + 2/35) + (4/7)² × 3/64.
        let variance: f64 = (1.0 / 90.0 + 1.0 / 72.0 + 2.0 / 35.0) / 49.0 + 16.0 / 49.0 * 3.0 / 64.0;
        assert!((found.standard_error_at(2, 9) - variance.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn all_who_left_and_all_who_stay_are_everybody() {
        let seen: Vec<(u32, Option<usize>)> =
            (0..5000u32).map(|i| (i * 7919 % 301, (i % 3 > 0).then_some((i * 31 % 4) as usize))).collect();
        let found = Incidence::new(&seen, 4);
        for day in 0..301 {
            let left: f64 = (0..4).map(|cause| found.incidence_at(cause, day)).sum();
            assert!((left + found.survival_at(day) - 1.0).abs() < 1e-12, "day {day}");
        }
        // Taking the others for censored promises more than there are.
        let alone: f64 = (0..4)
            .map(|cause| {
                let one: Vec<(u32, bool)> = seen.iter().map(|&(day, why)| (day, why == Some(cause))).collect();
                1.0 - KaplanMeier::new(&one).survival_at(250)
            })
            .sum();
        let all: f64 = (0..4).map(|cause| found.incidence_at(cause, 250)).sum();
        assert!(alone > 1.2 * all, "{alone} {all}");
    }

    #[test]
    fn nobody_and_everybody() {
        let nobody = Incidence::new(&[], 2);
        assert_eq!((nobody.survival_at(9), nobody.incidence_at(1, 9)), (1.0, 0.0));
        let everybody = Incidence::new(&[(1, Some(0)), (2, Some(0))], 1);
        assert_eq!((everybody.survival_at(2), everybody.incidence_at(0, 2)), (0.0, 1.0));
        assert_eq!(everybody.interval_at(0, 2, 0.95), (1.0, 1.0));
        assert!(everybody.standard_error_at(0, 2) < 1e-9);
    }
}
