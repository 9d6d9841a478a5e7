//! Scores from 0 to 100: where a customer stands among the others.

use super::components::{COMPONENTS, MEASURES};
use super::estimate::Estimate;

/// A score, 0 to 100, with the scores that its interval reaches.
pub type Score = Estimate;

/// The scores of one customer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scored {
    /// In the order of [`MEASURES`]; nothing where no figure of the measure is there.
    pub measures: [Option<Score>; MEASURES.len()],
    /// The weighted mean of the three; nothing where one is not there.
    pub index: Option<Score>,
}

/// The scores of all customers: the percentile of each figure among the customers who have it, ties at their middle; a measure is the mean of the
/// percentiles of its figures, the index that of the measures with `weights` (not negative, not all 0).
///
/// Intervals of a mean come from those of its parts, taken as independent: √Σ(w·distance)² to each side (G. Zou, A. Donner, "Construction of
/// confidence limits about effect measures", Statistics in Medicine 27, 2008).
pub fn scores(components: &[[Option<Estimate>; COMPONENTS.len()]], weights: [f64; MEASURES.len()]) -> Vec<Scored> {
    let sorted: Vec<Vec<f64>> = (0..COMPONENTS.len())
        .map(|component| {
            let mut values: Vec<f64> =
                components.iter().filter_map(|own| own[component].map(|one| one.value)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values
        })
        .collect();
    let one = |own: &[Option<Estimate>; COMPONENTS.len()]| {
        let mut measures = [None; MEASURES.len()];
        for (measure, slot) in measures.iter_mut().enumerate() {
            let parts: Vec<(f64, Score)> = (0..COMPONENTS.len())
                .filter(|&component| COMPONENTS[component].measure as usize == measure)
                .filter_map(|component| Some((1.0, ranked(&sorted[component], own[component]?))))
                .collect();
            *slot = mean(&parts);
        }
        let parts: Vec<(f64, Score)> = measures.iter().zip(weights).filter_map(|(one, w)| Some((w, (*one)?))).collect();
        let index = if parts.len() == MEASURES.len() { mean(&parts) } else { None };
        Scored { measures, index }
    };
    components.iter().map(one).collect()
}

fn ranked(sorted: &[f64], figure: Estimate) -> Score {
    let of = |value: f64| percentile(sorted, value);
    Score { value: of(figure.value), low: of(figure.low), high: of(figure.high) }
}

/// Share in 100 of values below, and half of those equal.
fn percentile(sorted: &[f64], value: f64) -> f64 {
    let (below, upto) = (sorted.partition_point(|one| *one < value), sorted.partition_point(|one| *one <= value));
    50.0 * (below + upto) as f64 / sorted.len() as f64
}

fn mean(parts: &[(f64, Score)]) -> Option<Score> {
    let total: f64 = parts.iter().map(|part| part.0).sum();
    if parts.is_empty() || total <= 0.0 {
        return None;
    }
    let value = parts.iter().map(|(weight, score)| weight * score.value).sum::<f64>() / total;
    let far = |distance: &dyn Fn(&Score) -> f64| {
        let squares = parts.iter().map(|(weight, score)| weight * distance(score)).map(|far| far * far);
        squares.sum::<f64>().sqrt() / total
    };
    let low = (value - far(&|score| score.value - score.low)).max(0.0);
    let high = (value + far(&|score| score.high - score.value)).min(100.0);
    Some(Score { value, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exactly(value: f64) -> Option<Estimate> {
        Some(Estimate { value, low: value, high: value })
    }

    #[test]
    fn percentiles_with_ties_and_means_of_what_is_there() {
        let own = |share, slope, even| [exactly(share), slope, None, None, exactly(even), None, None];
        let rows =
            [own(0.1, None, 0.5), own(0.4, exactly(1.0), 0.5), own(0.4, exactly(-1.0), 0.7), own(0.9, None, 0.1)];
        let found = scores(&rows, [1.0, 1.0, 2.0]);
        let persistence: Vec<f64> = found.iter().map(|one| one.measures[0].unwrap().value).collect();
        assert_eq!(persistence, [12.5, 50.0, 50.0, 87.5]);
        assert_eq!((found[0].measures[1], found[0].index), (None, None));
        assert_eq!(found[1].measures[1].unwrap().value, 75.0);
        // 50, 75 and twice 50.
        assert_eq!(found[1].index.unwrap().value, 56.25);
        assert_eq!(scores(&[[None; 7]], [1.0; 3]), [Scored::default()]);
    }

    proptest! {
        #[test]
        fn scores_lie_in_their_intervals_and_average_50(
            values in prop::collection::vec((0.0..1.0f64, 0.0..0.3f64, 0.0..1.0f64), 1..40),
        ) {
            let rows: Vec<_> = values
                .iter()
                .map(|&(share, error, even)| {
                    let share = Some(Estimate::of(share, error, (0.0, 1.0)));
                    [share, exactly(even), None, None, exactly(even), None, share]
                })
                .collect();
            let found = scores(&rows, [1.0; 3]);
            for one in found.iter().flat_map(|one| one.measures.into_iter().chain([one.index])) {
                let one = one.unwrap();
                prop_assert!(0.0 <= one.low && one.low <= one.value && one.value <= one.high && one.high <= 100.0);
            }
            let mean = found.iter().map(|one| one.index.unwrap().value).sum::<f64>() / found.len() as f64;
            prop_assert!((mean - 50.0).abs() < 1e-9);
        }
    }
}
