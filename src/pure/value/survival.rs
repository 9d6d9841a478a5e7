//! How long customers stay: survival curves when some are still there.

/// One step of a survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Time since the start, when somebody left.
    pub time: f64,
    /// Customers still there just before.
    pub at_risk: usize,
    /// Customers who left at this time.
    pub left: usize,
    /// Share who stay longer than this.
    pub survival: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// The product-limit estimate (E. Kaplan, P. Meier, JASA 53, 1958) with Greenwood's variance on the log-log scale (J. Kalbfleisch,
/// R. Prentice, 1980), whose intervals stay within 0 and 1. `times` since each customer's start; `left` is false for those who were
/// still there when last seen, who count as at risk at that time. Steps are the distinct times of leaving; times that are not
/// finite or negative are left out.
pub fn kaplan_meier(times: &[f64], left: &[bool]) -> Vec<Step> {
    let mut order: Vec<usize> =
        (0..times.len().min(left.len())).filter(|&row| times[row] >= 0.0 && times[row].is_finite()).collect();
    order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    let (mut at_risk, mut survival, mut variance) = (order.len(), 1.0f64, 0.0);
    let mut steps = Vec::new();
    for same in order.chunk_by(|&a, &b| times[a] == times[b]) {
        let gone = same.iter().filter(|&&row| left[row]).count();
        if gone > 0 {
            survival *= 1.0 - gone as f64 / at_risk as f64;
            variance += gone as f64 / (at_risk as f64 * (at_risk - gone) as f64);
            let [low, high] = if survival > 0.0 && survival < 1.0 {
                let half = 1.959_963_984_540_054 * variance.sqrt() / survival.ln().abs();
                [survival.powf(half.exp()), survival.powf((-half).exp())]
            } else {
                [survival; 2]
            };
            steps.push(Step { time: times[same[0]], at_risk, left: gone, survival, low, high });
        }
        at_risk -= same.len();
    }
    steps
}

/// The first time at which at most `share` remain, when the curve gets there (0.5: median lifetime).
pub fn time_until(steps: &[Step], share: f64) -> Option<f64> {
    steps.iter().find(|step| step.survival <= share).map(|step| step.time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_freireich_1963_in_kaplan_meier_textbooks() {
        // Weeks of remission of 21 leukaemia patients on 6-MP (E. Freireich et al., Blood 21, 1963); + is still in remission.
        let seen = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+";
        let times: Vec<f64> = seen.split(' ').map(|t| t.trim_end_matches('+').parse().expect("weeks")).collect();
        let left: Vec<bool> = seen.split(' ').map(|t| !t.ends_with('+')).collect();
        let steps = kaplan_meier(&times, &left);
        let expected =
            [(6.0, 0.857), (7.0, 0.807), (10.0, 0.753), (13.0, 0.690), (16.0, 0.627), (22.0, 0.538), (23.0, 0.448)];
        assert_eq!(steps.len(), expected.len());
        for (step, (time, survival)) in steps.iter().zip(expected) {
            assert!(step.time == time && (step.survival - survival).abs() < 5e-4, "{step:?}");
            assert!(0.0 < step.low && step.low < step.survival && step.survival < step.high && step.high < 1.0);
        }
        // R's survfit(conf.type = "log-log") has 0.620 to 0.952 at week 6.
        assert!((steps[0].low - 0.620).abs() < 5e-4 && (steps[0].high - 0.952).abs() < 5e-4);
        assert_eq!((time_until(&steps, 0.5), time_until(&steps, 0.1)), (Some(23.0), None));
    }

    #[test]
    fn nobody_and_everybody() {
        assert!(kaplan_meier(&[], &[]).is_empty());
        assert!(kaplan_meier(&[1.0, 2.0], &[false, false]).is_empty());
        assert_eq!(kaplan_meier(&[1.0, 1.0], &[true, true])[0].survival, 0.0);
    }
}
