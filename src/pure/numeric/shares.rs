//! Shares and how sure one can be of them.

/// Standard errors on either side of a 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// The score interval of a share at `z` standard errors (E. B. Wilson, "Probable inference, the law of succession, and statistical
/// inference", JASA 22, 1927); the whole range when nothing was seen.
pub fn wilson(part: u64, all: u64, z: f64) -> (f64, f64) {
    if all == 0 {
        return (0.0, 1.0);
    }
    wilson_of(part as f64 / all as f64, all as f64, z)
}

/// The same for a share, from 0 to 1, of `n` observations, which need not be whole: with weights, of as many as they are worth. `n` is
/// above 0.
pub fn wilson_of(share: f64, n: f64, z: f64) -> (f64, f64) {
    let scale = 1.0 + z * z / n;
    let middle = (share + z * z / (2.0 * n)) / scale;
    let margin = z / scale * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if share == 0.0 { 0.0 } else { (middle - margin).max(0.0) };
    (low, if share == 1.0 { 1.0 } else { (middle + margin).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::{Z95, wilson, wilson_of};

    #[test]
    fn matches_newcombe_1998_wilson_intervals() {
        // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        let check = |part, all, low: f64, high: f64| {
            let found = wilson(part, all, Z95);
            assert!((found.0 - low).abs() < 5e-5 && (found.1 - high).abs() < 5e-5, "{found:?}");
        };
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        check(1, 29, 0.0061, 0.1718);
        assert_eq!((wilson(0, 9, 2.0).0, wilson(9, 9, 2.0).1, wilson(0, 0, 2.0)), (0.0, 1.0, (0.0, 1.0)));
    }

    #[test]
    fn observations_need_not_be_whole() {
        assert_eq!(wilson_of(0.25, 8.0, Z95), wilson(2, 8, Z95));
        let (few, more) = (wilson_of(0.25, 7.5, Z95), wilson_of(0.25, 8.5, Z95));
        assert!(few.0 < more.0 && more.1 < few.1, "{few:?} {more:?}");
    }
}
