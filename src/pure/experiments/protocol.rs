//! The effect on those whom the contact reached.

use super::arms::{Arms, compare};

/// The effect on persons who were reached, of those who would be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivered {
    /// Share reached of the contacted, less that of the control persons.
    pub rate: f64,
    /// The effect on a person who was reached.
    pub effect: f64,
    /// Its standard error.
    pub se: f64,
}

/// The difference between arms over the difference of the shares reached (J. Angrist, G. Imbens, D. Rubin, JASA 91, 1996): never those who were
/// reached against the control persons, as whom a message reaches differs from whom it does not. `reached` has one answer per person.
/// The standard error is that of the outcome less effect × reached. Nothing where nobody was reached more than among the control persons.
pub fn delivered(values: &[f64], reached: &[bool], arms: &Arms) -> Option<Delivered> {
    let shares: Vec<f64> = reached.iter().map(|reached| f64::from(u8::from(*reached))).collect();
    let rate = compare(&shares, arms, 0.95)?.difference;
    if rate <= 0.0 || rate.is_nan() {
        return None;
    }
    let effect = compare(values, arms, 0.95)?.difference / rate;
    let rest: Vec<f64> = values.iter().zip(&shares).map(|(value, share)| value - effect * share).collect();
    Some(Delivered { rate, effect, se: compare(&rest, arms, 0.95)?.se / rate })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_delivered_is_twice_the_effect_and_more_doubt() {
        // Of 400 contacted, every other is reached and spends 4 more; whom messages reach spends 10 more anyway.
        let treated: Vec<bool> = (0..800).map(|person| person < 400).collect();
        let easy = |person: usize| person.is_multiple_of(2);
        let reached: Vec<bool> = (0..800).map(|person| person < 400 && easy(person)).collect();
        let spent = |p: usize| ((p / 2) % 5) as f64 + 10.0 * f64::from(easy(p)) + 4.0 * f64::from(reached[p]);
        let values: Vec<f64> = (0..800).map(spent).collect();
        let arms = Arms::new(treated);
        let found = delivered(&values, &reached, &arms).unwrap();
        assert!((found.rate - 0.5).abs() < 1e-12 && (found.effect - 4.0).abs() < 1e-9, "{found:?}");
        let difference = compare(&values, &arms, 0.95).unwrap();
        assert!(
            (difference.difference - 2.0).abs() < 1e-9 && found.se > 1.5 * difference.se,
            "{found:?} {difference:?}"
        );
        assert_eq!(delivered(&values, &[false; 800], &arms), None);
    }
}
