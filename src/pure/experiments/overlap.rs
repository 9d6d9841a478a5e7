//! Two lists that many persons are on at once.

use super::arms::{Comparison, Mean};

/// Lists that share more than this of the smaller one are analysed together.
pub const MUCH_OVERLAP: f64 = 0.1;

/// Persons on both of two ascending lists, as their places in either.
pub fn shared<T: Ord>(first: &[T], second: &[T]) -> Vec<(usize, usize)> {
    let (mut a, mut b, mut both) = (0, 0, Vec::new());
    while a < first.len() && b < second.len() {
        match first[a].cmp(&second[b]) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => {
                both.push((a, b));
                (a, b) = (a + 1, b + 1);
            }
        }
    }
    both
}

/// Two contacts taken together, on persons of both lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factorial {
    /// Effect of the first contact, in equal parts with and without the second.
    pub first: Comparison,
    /// Effect of the second.
    pub second: Comparison,
    /// What the first brings more with the second than without.
    pub interaction: Comparison,
}

/// The 2 × 2 design: each person's outcome, and whether the first and the second list contacted the person. Effects are of cell means, so that
/// shares of control need not be equal (G. Box, J. Hunter, W. Hunter, "Statistics for Experimenters", 2005, chapter 5). Nothing where a cell
/// has fewer than two persons.
pub fn factorial(values: &[f64], contacted: &[[bool; 2]], level: f64) -> Option<Factorial> {
    let cell = |wanted: [bool; 2]| {
        let own: Vec<f64> =
            values.iter().zip(contacted).filter(|(_, cell)| **cell == wanted).map(|(value, _)| *value).collect();
        let n = own.len() as f64;
        let mean = own.iter().sum::<f64>() / n;
        let square: f64 = own.iter().map(|value| (value - mean).powi(2)).sum();
        (own.len() >= 2).then(|| Mean { n: own.len() as u64, mean, variance: square / (n - 1.0) / n })
    };
    let (neither, first) = (cell([false, false])?, cell([true, false])?);
    let (second, both) = (cell([false, true])?, cell([true, true])?);
    // The sum of two cells, times a weight, against that of two others.
    let contrast = |plus: [Mean; 2], minus: [Mean; 2], weight: f64| {
        let sum = |cells: [Mean; 2]| Mean {
            n: cells[0].n + cells[1].n,
            mean: weight * (cells[0].mean + cells[1].mean),
            variance: weight * weight * (cells[0].variance + cells[1].variance),
        };
        let all = plus.into_iter().chain(minus);
        let fourth = all.map(|cell| (weight * weight * cell.variance).powi(2) / (cell.n as f64 - 1.0)).sum();
        Comparison::of(sum(plus), sum(minus), fourth, level)
    };
    Some(Factorial {
        first: contrast([both, first], [second, neither], 0.5),
        second: contrast([both, second], [first, neither], 0.5),
        interaction: contrast([both, neither], [first, second], 1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn main_effects_and_interaction_are_those_planted() {
        // 10, + 2 by the first, + 3 by the second, − 1 by both; a quarter is control of either.
        let contacted: Vec<[bool; 2]> = (0..1_600).map(|p| [p % 4 != 0, (p / 4) % 4 != 0]).collect();
        let value = |(p, [a, b]): (usize, &[bool; 2])| {
            10.0 + 2.0 * f64::from(*a) + 3.0 * f64::from(*b) - f64::from(*a && *b) + ((p / 16) % 5) as f64
        };
        let values: Vec<f64> = contacted.iter().enumerate().map(value).collect();
        let found = factorial(&values, &contacted, 0.95).unwrap();
        for (part, planted) in [(found.first, 1.5), (found.second, 2.5), (found.interaction, -1.0)] {
            assert!((part.difference - planted).abs() < 1e-9 && part.low < planted && planted < part.high, "{part:?}");
        }
        assert!((found.interaction.se / found.first.se - 2.0).abs() < 1e-9);
        assert_eq!(factorial(&[1.0; 3], &[[true, true]; 3], 0.95), None);
    }

    proptest! {
        #[test]
        fn shared_persons_are_those_of_both(a in prop::collection::btree_set(0..30u32, 0..20), b in prop::collection::btree_set(0..30u32, 0..20)) {
            let (first, second): (Vec<u32>, Vec<u32>) = (a.iter().copied().collect(), b.iter().copied().collect());
            let found: Vec<u32> = shared(&first, &second).into_iter().map(|(x, y)| { assert_eq!(first[x], second[y]); first[x] }).collect();
            prop_assert_eq!(found, a.intersection(&b).copied().collect::<Vec<_>>());
        }
    }
}
