//! Which changes are unusual for this shop: control limits from its own past.

use crate::numeric::quantile::quantile;

/// When a change is spoken of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnusualSettings {
    /// Robust standard deviations from what was expected.
    pub deviations: f64,
    /// Smallest change that matters, as a share of what was expected.
    pub least_change: f64,
    /// Fewest past changes from which limits are drawn.
    pub least_past: usize,
}

impl Default for UnusualSettings {
    /// 3.5 modified z-scores (B. Iglewicz, D. C. Hoaglin, "How to Detect and Handle Outliers", 1993), 5 %, 8 periods.
    fn default() -> UnusualSettings {
        UnusualSettings { deviations: 3.5, least_change: 0.05, least_past: 8 }
    }
}

/// How a value compares with the shop's own past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few past changes to say.
    Unknown,
    /// Within the limits, or too small to matter.
    Usual,
    /// Above the limits.
    Up,
    /// Below the limits.
    Down,
}

impl Verdict {
    /// How tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Unknown => "unknown",
            Verdict::Usual => "as usual",
            Verdict::Up => "up",
            Verdict::Down => "down",
        }
    }

    /// Whether it is to be spoken of.
    pub fn is_unusual(self) -> bool {
        matches!(self, Verdict::Up | Verdict::Down)
    }
}

/// A value with the limits that the past sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// How it compares.
    pub verdict: Verdict,
    /// What was expected; NaN where that is not known.
    pub expected: f64,
    /// The control limits; NaN where they are not known.
    pub low: f64,
    pub high: f64,
}

const UNKNOWN: Judged = Judged { verdict: Verdict::Unknown, expected: f64::NAN, low: f64::NAN, high: f64::NAN };

/// Judges each value of a series (NaN where there is none) by those before it, never by later ones.
///
/// With at least two years of `season` periods before a value, it is compared with the same period of the year before, and its change with
/// all such changes before (seasonal differences); else with the period before it. Expected is the compared value plus the median of the
/// past changes; limits are as many times 1.4826 median absolute deviations around it. With `relative`, changes are ratios, as of money and
/// counts; values that are not above zero are then unknown.
pub fn judge(values: &[f64], season: usize, relative: bool, settings: &UnusualSettings) -> Vec<Judged> {
    let scaled: Vec<f64> = values.iter().map(|value| scale(*value, relative)).collect();
    (0..values.len())
        .map(|at| {
            let seasonal = season > 1 && at >= 2 * season;
            let change =
                |at: usize, lag: usize| Some(scaled[at] - scaled[at.checked_sub(lag)?]).filter(|d| d.is_finite());
            let past = |lag: usize| (0..at).filter_map(|before| change(before, lag)).collect::<Vec<f64>>();
            let lag = if seasonal && past(season).len() >= settings.least_past { season } else { 1 };
            let changes = past(lag);
            let Some(now) = change(at, lag) else { return UNKNOWN };
            match limits(changes, settings) {
                None => UNKNOWN,
                Some((middle, width)) => {
                    let base = scaled[at - lag];
                    let back = |value: f64| unscale(value, relative);
                    let (expected, low, high) =
                        (back(base + middle), back(base + middle - width), back(base + middle + width));
                    let matters = (values[at] - expected).abs() > settings.least_change * expected.abs();
                    let verdict = match (now - middle).abs() > width && matters {
                        false => Verdict::Usual,
                        true if now > middle => Verdict::Up,
                        true => Verdict::Down,
                    };
                    Judged { verdict, expected, low, high }
                }
            }
        })
        .collect()
}

/// Judges an effect (a share of what there was before) by the same effect of at most `last` comparisons before: it is named only where it
/// lies beyond their limits.
pub fn judge_effect(effects: &[f64], last: usize, settings: &UnusualSettings) -> Judged {
    let Some((&now, past)) = effects.split_last() else { return UNKNOWN };
    let mut past: Vec<f64> = past.iter().copied().filter(|effect| effect.is_finite()).collect();
    past.drain(..past.len().saturating_sub(last));
    match limits(past, settings) {
        Some((expected, width)) if now.is_finite() => {
            let verdict = match (now - expected).abs() > width {
                false => Verdict::Usual,
                true if now > expected => Verdict::Up,
                true => Verdict::Down,
            };
            Judged { verdict, expected, low: expected - width, high: expected + width }
        }
        _ => UNKNOWN,
    }
}

/// Middle and half-width of the limits: median, and so many robust standard deviations. Where more than half of the past is the same
/// number, the mean absolute deviation takes the place of the median one (Iglewicz and Hoaglin 1993).
fn limits(mut past: Vec<f64>, settings: &UnusualSettings) -> Option<(f64, f64)> {
    if past.len() < settings.least_past.max(1) {
        return None;
    }
    past.sort_by(f64::total_cmp);
    let middle = quantile(&past, 0.5);
    let mut apart: Vec<f64> = past.iter().map(|change| (change - middle).abs()).collect();
    apart.sort_by(f64::total_cmp);
    let median = quantile(&apart, 0.5);
    let spread =
        if median > 0.0 { 1.4826 * median } else { 1.253_314 * apart.iter().sum::<f64>() / apart.len() as f64 };
    Some((middle, settings.deviations * spread))
}

fn scale(value: f64, relative: bool) -> f64 {
    match relative {
        true if value > 0.0 => crate::numeric::math::ln(value),
        true => f64::NAN,
        false => value,
    }
}

fn unscale(value: f64, relative: bool) -> f64 {
    if relative { crate::numeric::math::exp(value) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(values: &[f64], season: usize) -> Vec<Verdict> {
        judge(values, season, true, &UnusualSettings::default()).iter().map(|judged| judged.verdict).collect()
    }

    #[test]
    fn a_quiet_series_has_nothing_to_say_until_it_jumps() {
        let mut values: Vec<f64> = (0..12).map(|at| 100.0 + [0.0, 2.0, -1.0, 1.0][at % 4]).collect();
        values.push(140.0);
        let found = verdicts(&values, 12);
        assert!(found[..9].iter().all(|verdict| *verdict == Verdict::Unknown), "{found:?}");
        assert!(found[9..12].iter().all(|verdict| *verdict == Verdict::Usual), "{found:?}");
        assert_eq!(found[12], Verdict::Up);
    }

    #[test]
    fn christmas_is_no_news_after_two_years() {
        let month = |at: usize| if at % 12 == 11 { 300.0 } else { 100.0 } * (1.0 + 0.01 * (at % 5) as f64);
        let mut values: Vec<f64> = (0..36).map(month).collect();
        assert_eq!(verdicts(&values, 12)[35], Verdict::Usual);
        // The same December without a past of two years is a jump.
        assert_eq!(verdicts(&values[..12], 12)[11], Verdict::Up);
        values[35] = 100.0;
        assert_eq!(verdicts(&values, 12)[35], Verdict::Down);
    }

    #[test]
    fn the_future_changes_no_verdict() {
        let values: Vec<f64> = (0..40).map(|at| 50.0 + ((at * 37) % 11) as f64).collect();
        let whole = judge(&values, 12, true, &UnusualSettings::default());
        for cut in 1..40 {
            let then = judge(&values[..cut], 12, true, &UnusualSettings::default())[cut - 1];
            assert_eq!(format!("{then:?}"), format!("{:?}", whole[cut - 1]));
        }
    }

    #[test]
    fn small_changes_of_a_still_series_do_not_matter() {
        let mut values = vec![100.0; 12];
        values.push(104.0);
        assert_eq!(verdicts(&values, 0)[12], Verdict::Usual);
        values[12] = 106.0;
        assert_eq!(verdicts(&values, 0)[12], Verdict::Up);
        values[12] = f64::NAN;
        assert_eq!(verdicts(&values, 0)[12], Verdict::Unknown);
    }

    #[test]
    fn effects_are_named_beyond_the_last_eight() {
        let settings = UnusualSettings::default();
        let past = [0.1, -0.1, 0.05, -0.05, 0.0, 0.1, -0.1, 0.02];
        let with = |now: f64| judge_effect(&[&past[..], &[now]].concat(), 8, &settings).verdict;
        assert_eq!([with(0.1), with(0.9), with(-0.9)], [Verdict::Usual, Verdict::Up, Verdict::Down]);
        assert_eq!(judge_effect(&past, 8, &settings).verdict, Verdict::Unknown);
        assert_eq!(judge_effect(&[], 8, &settings).verdict, Verdict::Unknown);
    }
}
