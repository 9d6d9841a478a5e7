//! Quantiles of a sample.

/// The quantile at `share` (0 to 1) of ascending values; NaN for no values.
///
/// Type 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50(4), 1996:
/// linear between the order statistics, the default of R and NumPy.
pub fn quantile(ascending: &[f64], share: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else { return f64::NAN };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    let part = place - below as f64;
    // Without the detour, the two infinities of an unbounded sample would make NaN of an exact order statistic.
    if part == 0.0 { ascending[below] } else { ascending[below] + part * (ascending[above] - ascending[below]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_r_type_7() {
        let values = [1.0, 2.0, 4.0, 7.0, 11.0];
        let found = [0.0, 0.1, 0.25, 0.5, 0.9, 1.0].map(|share| quantile(&values, share));
        assert_eq!(found, [1.0, 1.4, 2.0, 4.0, 9.4, 11.0]);
        assert_eq!(quantile(&[3.0], 0.7), 3.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
