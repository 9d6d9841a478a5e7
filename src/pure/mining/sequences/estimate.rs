//! How many patterns there will be, guessed from random descents before the run.

use super::compact::{Places, Renumbering, TimeRules};
use super::data::Sequences;
use super::errors::SequenceError;
use super::grow_places::PlaceSearch;
use super::settings::SequenceSettings;
use crate::numeric::random::stream;
use crate::numeric::shares::Z95;
use rand::RngExt;
use std::sync::atomic::AtomicU64;

/// What a run is expected to find.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SequenceEstimate {
    /// Expected number of frequent patterns (of all kinds; closed, maximal and generator ones are never more).
    pub patterns: f64,
    /// A 95 % interval of it as if the descents were normal; too narrow where few of them lead to most of the patterns.
    pub low: f64,
    pub high: f64,
    /// Expected mean number of items of a pattern.
    pub mean_items: f64,
    /// Bytes that collecting them takes.
    pub memory_bytes: f64,
}

/// Estimates the number of frequent patterns from `probes` random descents through the search tree.
///
/// At each node one frequent growth is drawn, in proportion to the number of ends of its projection, and the counts of
/// the path are weighted by one over the chance of drawing it, which is unbiased (D. E. Knuth, "Estimating the
/// efficiency of backtrack programs", Mathematics of Computation 29, 1975). Errors: settings that make no sense.
pub fn estimate_sequences(
    sequences: &Sequences,
    settings: &SequenceSettings,
    probes: usize,
    seed: u64,
) -> Result<SequenceEstimate, SequenceError> {
    if let Some(problem) = settings.problems().into_iter().next() {
        return Err(problem);
    }
    settings.filters(sequences)?;
    let least = settings.support.count(sequences.total_weight());
    let renumbering = Renumbering::new(sequences, least);
    let places = Places::new(sequences, &renumbering, settings);
    let threshold = AtomicU64::new(least);
    let search = PlaceSearch {
        places: &places,
        renumbering: &renumbering,
        rules: TimeRules::of(settings),
        taxonomy: settings.taxonomy.as_ref(),
        repeats: settings.repeats,
        kind: settings.kind,
        items: settings.items,
        elements: settings.elements,
        threshold: &threshold,
    };
    let mut rng = stream(seed, "sequence estimate");
    let mut own = search.scratch();
    let roots = search.roots();
    let probes = probes.max(2);
    let (mut counts, mut items) = (Vec::with_capacity(probes), 0.0);
    for _ in 0..probes {
        let mut draw = |sizes: &mut dyn Iterator<Item = f64>| -> (usize, f64) {
            let sizes: Vec<f64> = sizes.collect();
            let sum: f64 = sizes.iter().sum();
            let mut left = rng.random::<f64>() * sum;
            let at = sizes.iter().position(|size| {
                left -= size;
                left < 0.0
            });
            let at = at.unwrap_or(sizes.len() - 1);
            (at, sum / sizes[at])
        };
        let (mut found, mut length) = (roots.len() as f64, 1.0);
        items += found;
        if !roots.is_empty() {
            let (root, mut weight) = draw(&mut roots.iter().map(|task| task.node.size()));
            let mut growths = search.begin(&mut own, &roots[root].node);
            while !growths.is_empty() {
                length += 1.0;
                found += weight * growths.len() as f64;
                items += weight * growths.len() as f64 * length;
                let (at, factor) = draw(&mut growths.iter().map(|growth| growth.size()));
                weight *= factor;
                growths = search.descend(&mut own, &growths[at]);
            }
        }
        counts.push(found);
    }
    let n = probes as f64;
    let patterns = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|count| (count - patterns).powi(2)).sum::<f64>() / (n - 1.0);
    let margin = Z95 * (variance / n).sqrt();
    let mean_items = if patterns > 0.0 { items / n / patterns } else { 0.0 };
    Ok(SequenceEstimate {
        patterns,
        low: (patterns - margin).max(roots.len() as f64),
        high: patterns + margin,
        mean_items,
        memory_bytes: patterns * (16.0 + 4.0 * mean_items),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mining::sequences::count_sequences;
    use crate::mining::{Run, Support};

    #[test]
    fn is_near_the_true_count() {
        let mut rng = stream(3, "estimate test");
        let mut data = Sequences::new(12);
        for _ in 0..300 {
            for time in 0..8 {
                let items: Vec<u32> = (0..12).filter(|&i| rng.random::<f64>() < 0.25 - f64::from(i) / 60.0).collect();
                data.push_element(time, &items).unwrap();
            }
            data.end_customer();
        }
        let settings = SequenceSettings { support: Support::Share(0.05), ..SequenceSettings::default() };
        let truth = count_sequences(&data, &settings, &Run::default()).unwrap().patterns as f64;
        let guess = estimate_sequences(&data, &settings, 2000, 1).unwrap();
        assert!((guess.patterns / truth - 1.0).abs() < 0.15 && guess.low < guess.high, "{guess:?} against {truth}");
        assert_eq!(estimate_sequences(&data, &settings, 2000, 1).unwrap(), guess);
    }
}
