//! Effects of many campaigns of one type, together.

use crate::numeric::student::student_quantile;

/// What campaigns of a type bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// Campaigns.
    pub campaigns: usize,
    /// The mean effect, with its standard error and interval.
    pub effect: f64,
    pub se: f64,
    pub low: f64,
    pub high: f64,
    /// How much true effects differ: their variance.
    pub between: f64,
    /// Where the next campaign's true effect is expected; nothing for fewer than three campaigns.
    pub next: Option<(f64, f64)>,
}

/// Random effects (R. DerSimonian, N. Laird, Controlled Clinical Trials 7, 1986) of `effects`: pairs of an effect and its standard error (above
/// 0). Intervals at `level` by Student's t with the standard error of G. Knapp and J. Hartung (Statistics in Medicine 22, 2003), never
/// below the usual one; the next campaign as J. Higgins, S. Thompson, D. Spiegelhalter (JRSS A 172, 2009). Nothing for fewer than two effects.
pub fn pooled(effects: &[(f64, f64)], level: f64) -> Option<Pooled> {
    let campaigns = effects.len();
    if campaigns < 2 || effects.iter().any(|(_, se)| *se <= 0.0 || se.is_nan()) {
        return None;
    }
    let mean_of = |between: f64| {
        let weights: Vec<f64> = effects.iter().map(|(_, se)| 1.0 / (se * se + between)).collect();
        let sum: f64 = weights.iter().sum();
        let mean = weights.iter().zip(effects).map(|(weight, (effect, _))| weight * effect).sum::<f64>() / sum;
        let away =
            weights.iter().zip(effects).map(|(weight, (effect, _))| weight * (effect - mean).powi(2)).sum::<f64>();
        (mean, sum, away, weights.iter().map(|weight| weight * weight).sum::<f64>())
    };
    let (_, sum, away, squares) = mean_of(0.0);
    let freedom = (campaigns - 1) as f64;
    let between = ((away - freedom) / (sum - squares / sum)).max(0.0);
    let (effect, sum, away, _) = mean_of(between);
    let se = (1.0 / sum).max(away / freedom / sum).sqrt();
    let margin = student_quantile(freedom, level) * se;
    let next = (campaigns >= 3).then(|| {
        let margin = student_quantile(freedom - 1.0, level) * (between + se * se).sqrt();
        (effect - margin, effect + margin)
    });
    Some(Pooled { campaigns, effect, se, low: effect - margin, high: effect + margin, between, next })
}

impl Pooled {
    /// The mean effect as it should be expected of the next campaign: drawn towards zero by as much as it is noise, max(0, 1 − se²/mean²)·mean.
    /// Of a true mean drawn from N(0, A), the measured one is from N(0, A + se²); where A is what makes that most likely, max(0, mean² −
    /// se²), the true mean is expected at A/(A + se²) of the measured one (C. Morris, JASA 78, 1983, with one component; the positive
    /// part of B. Efron and C. Morris, JASA 68, 1973). A mean within one standard error of zero promises nothing.
    pub fn expected(&self) -> f64 {
        let prior = (self.effect * self.effect - self.se * self.se).max(0.0);
        if prior > 0.0 { self.effect * prior / (prior + self.se * self.se) } else { 0.0 }
    }
}

/// An effect as it should be expected again: drawn towards the mean of its type by as much as it is noise, mean + τ²/(τ² + se²)·(effect −
/// mean) (B. Efron, C. Morris, JASA 68, 1973). Of lists chosen because they looked good, effects as measured are too large.
pub fn shrunk(effect: f64, se: f64, of: &Pooled) -> f64 {
    of.effect + of.between / (of.between + se * se) * (effect - of.effect)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::numeric::math::ln;
    use crate::numeric::random::stream;

    /// Thirteen trials of the BCG vaccine (G. Colditz and others, JAMA 271, 1994), log relative risks, as R's `metafor` prints its data `dat.bcg` with
    /// `method = "DL"`: -0.7141 (0.1787), variance between trials 0.3088.
    #[test]
    fn trials_of_the_bcg_vaccine() {
        let trials = [
            [4, 119, 11, 128],
            [6, 300, 29, 274],
            [3, 228, 11, 209],
            [62, 13_536, 248, 12_619],
            [33, 5_036, 47, 5_761],
            [180, 1_361, 372, 1_079],
            [8, 2_537, 10, 619],
            [505, 87_886, 499, 87_892],
            [29, 7_470, 45, 7_232],
            [17, 1_699, 65, 1_600],
            [186, 50_448, 141, 27_197],
            [5, 2_493, 3, 2_338],
            [27, 16_886, 29, 17_825],
        ];
        let effects = trials.map(|cells| {
            let [a, b, c, d] = cells.map(f64::from);
            (ln(a / (a + b) / (c / (c + d))), (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt())
        });
        let found = pooled(&effects, 0.95).unwrap();
        assert!((found.effect + 0.7141).abs() < 5e-5 && (found.between - 0.3088).abs() < 5e-5, "{found:?}");
        assert!((0.1787..0.19).contains(&(found.se + 5e-5)), "{found:?}");
        let (low, high) = found.next.unwrap();
        assert!(low < found.low && found.high < high);
        let one = shrunk(effects[0].0, effects[0].1, &found);
        assert!(effects[0].0 < one && one < found.effect, "{one}");
    }

    #[test]
    fn equal_effects_do_not_differ() {
        let found = pooled(&[(2.0, 0.5), (2.0, 1.0), (2.0, 0.7)], 0.95).unwrap();
        assert!((found.effect - 2.0).abs() < 1e-12 && found.between == 0.0);
        assert!((shrunk(9.0, 1.0, &found) - 2.0).abs() < 1e-12);
        assert_eq!(pooled(&[(2.0, 0.5)], 0.95), None);
        assert_eq!(pooled(&[(2.0, 0.5), (1.0, 0.0)], 0.95), None);
    }

    /// A type whose mean is this, with this error.
    fn mean(effect: f64, se: f64) -> Pooled {
        Pooled { campaigns: 2, effect, se, low: f64::NAN, high: f64::NAN, between: 0.0, next: None }
    }

    #[test]
    fn what_may_be_noise_is_not_promised() {
        assert!((mean(2.0, 1.0).expected() - 1.5).abs() < 1e-12);
        assert!((mean(-2.0, 1.0).expected() + 1.5).abs() < 1e-12, "harm is drawn towards zero as well");
        assert_eq!((mean(0.9, 1.0).expected(), mean(1.0, 1.0).expected(), mean(0.0, 0.0).expected()), (0.0, 0.0, 0.0));
        assert!((mean(2.0, 1e-9).expected() - 2.0).abs() < 1e-12);
    }

    /// Of types chosen because they look worth what a contact costs, the mean as measured promises too much.
    #[test]
    fn chosen_types_keep_what_they_promise() {
        for (cost, most) in [(0.0, 1.05), (0.5, 1.15)] {
            let mut random = stream(7, "types");
            // Nearly normal, variance 1.
            let mut draw = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
            let (mut raw, mut ours) = ([0.0; 2], [0.0; 2]);
            for _ in 0..40_000 {
                let truth = draw();
                let found = mean(truth + 0.5 * draw(), 0.5);
                for (promise, sums) in [(found.effect, &mut raw), (found.expected(), &mut ours)] {
                    if promise > cost {
                        sums[0] += promise;
                        sums[1] += truth;
                    }
                }
            }
            let (raw, ours) = (raw[0] / raw[1], ours[0] / ours[1]);
            println!("cost {cost}: promised over what came {raw:.3} as measured, {ours:.3} drawn towards zero");
            assert!(raw > 1.2 && (0.95..most).contains(&ours), "{raw} {ours}");
        }
    }
}
