//! How many segments: as many as come back when customers are drawn anew.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::RngExt;
use rayon::prelude::*;

use super::agreement::adjusted_rand_index;
use super::kmeans::{KMeansError, KMeansSettings, fit_centres, nearest, sample_rows};
use super::scaling::{Column, Points, fit_scales, squared_distance, to_points};
use crate::numeric::random::stream;

/// How the number of segments is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceSettings {
    /// Numbers that are tried, from 2 on. Default 3 to 8: what a marketing team can tell apart and act upon.
    pub k: RangeInclusive<usize>,
    /// Bootstrap draws per number. Default 10.
    pub draws: usize,
    /// Random starts per draw. Default 4: fewer than for the segments themselves, as ten draws are averaged.
    pub starts: usize,
    /// Least mean adjusted Rand index between draws and the whole for a number to count as stable. Default 0.85.
    pub min_stability: f64,
    /// Share of the best stable number's silhouette that a larger number may lose. Default 0.1.
    pub silhouette_loss: f64,
    /// Stability is judged on at most this many customers, the silhouette on at most
    /// [`SILHOUETTE_SAMPLE`] of them. Default 3,000.
    pub sample: usize,
}

/// Most customers for whom the silhouette, which takes time in proportion to their square, is computed.
pub const SILHOUETTE_SAMPLE: usize = 2_000;

/// The number chosen, and what was found for every number tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The number of segments to use.
    pub k: usize,
    /// Whether it was stable; if not, it is the most stable of those tried.
    pub stable: bool,
    /// One per number tried, ascending.
    pub tried: Vec<Tried>,
}

/// What was found for one number of segments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// The number.
    pub k: usize,
    /// Mean adjusted Rand index between the segments of the whole and those of bootstrap draws, at most 1.
    pub stability: f64,
    /// Mean silhouette, -1 to 1.
    pub silhouette: f64,
    /// Sum of squared distances to the nearest centre, over the customers judged.
    pub inertia: f64,
}

impl Default for ChoiceSettings {
    fn default() -> ChoiceSettings {
        ChoiceSettings { k: 3..=8, draws: 10, starts: 4, min_stability: 0.85, silhouette_loss: 0.1, sample: 3_000 }
    }
}

/// Chooses the number of segments.
///
/// The criterion: of the numbers whose segments come back in bootstrap draws (mean adjusted Rand index at least
/// `min_stability`; U. von Luxburg, "Clustering stability: an overview", 2010), the largest whose silhouette (P. J.
/// Rousseeuw, 1987) is within `silhouette_loss` of the best stable one's. More segments say more, as long as they are
/// real. If no number is stable, the most stable one, and [`Choice::stable`] says so. Numbers above half of the
/// customers are not tried.
///
/// # Errors
/// When columns do not fit, or there is no number to try.
pub fn choose_k(
    columns: &[Column],
    settings: &KMeansSettings,
    choice: &ChoiceSettings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Choice, KMeansError> {
    let scales = fit_scales(columns)?;
    let all = to_points(columns, &scales)?;
    let mut rng = stream(settings.seed, "choice of k");
    let points = if all.len() > choice.sample {
        all.select(sample_rows(all.len(), choice.sample, &mut rng).into_iter())
    } else {
        all
    };
    let largest = (points.len() / 2).min(*choice.k.end());
    let smallest = (*choice.k.start()).max(2);
    if smallest > largest || settings.starts == 0 || settings.sample < largest {
        return Err(KMeansError::Count { customers: points.len(), k: smallest, starts: settings.starts });
    }
    let judged = points.select(sample_rows(points.len(), points.len().min(SILHOUETTE_SAMPLE), &mut rng).into_iter());
    let draw_settings = KMeansSettings { starts: choice.starts.max(1), ..settings.clone() };
    let (done, total) = (AtomicUsize::new(0), (largest - smallest + 1) * choice.draws.max(1));
    let tried: Vec<Tried> = (smallest..=largest)
        .map(|k| {
            let centres = fit_centres(&points, k, settings, "choice of k");
            let (labels, inertia) = nearest(&points, &centres);
            let agreement: Vec<f64> = (0..choice.draws.max(1))
                .into_par_iter()
                .map(|draw| {
                    let purpose = format!("choice of k draw={draw}");
                    let mut rng = stream(settings.seed, &format!("{purpose} k={k}"));
                    let drawn = points.select((0..points.len()).map(|_| rng.random_range(0..points.len())));
                    let centres = fit_centres(&drawn, k, &draw_settings, &purpose);
                    progress((done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / total as f64);
                    adjusted_rand_index(&labels, &nearest(&points, &centres).0)
                })
                .collect();
            let stability = agreement.iter().sum::<f64>() / agreement.len() as f64;
            Tried { k, stability, silhouette: silhouette(&judged, &nearest(&judged, &centres).0), inertia }
        })
        .collect();
    let (k, stable) = choose(&tried, choice);
    Ok(Choice { k, stable, tried })
}

fn choose(tried: &[Tried], settings: &ChoiceSettings) -> (usize, bool) {
    let stable = || tried.iter().filter(|each| each.stability >= settings.min_stability);
    let best = stable().map(|each| each.silhouette).fold(f64::NEG_INFINITY, f64::max);
    let allowed = best - settings.silhouette_loss * best.abs();
    match stable().rfind(|each| each.silhouette >= allowed) {
        Some(chosen) => (chosen.k, true),
        None => {
            let more_stable = |best: Tried, next: &Tried| if next.stability > best.stability { *next } else { best };
            (tried[1..].iter().fold(tried[0], more_stable).k, false)
        }
    }
}

/// Mean silhouette: how much nearer points are to their own segment than to the next one. Points alone in their segment
/// count as zero; 0 when there is only one segment.
fn silhouette(points: &Points, labels: &[u32]) -> f64 {
    let k = labels.iter().max().map_or(0, |&label| label as usize + 1);
    let mut sizes = vec![0.0; k];
    for &label in labels {
        sizes[label as usize] += 1.0;
    }
    if sizes.iter().filter(|&&size| size > 0.0).count() < 2 {
        return 0.0;
    }
    let each: Vec<f64> = (0..points.len())
        .into_par_iter()
        .map(|row| {
            let mut distance = vec![0.0; k];
            for (other, &label) in labels.iter().enumerate() {
                distance[label as usize] += squared_distance(points.row(row), points.row(other)).sqrt();
            }
            let own = labels[row] as usize;
            if sizes[own] < 2.0 {
                return 0.0;
            }
            let within = distance[own] / (sizes[own] - 1.0);
            let others = (0..k).filter(|&label| label != own && sizes[label] > 0.0);
            let between = others.map(|label| distance[label] / sizes[label]).fold(f64::INFINITY, f64::min);
            let larger = within.max(between);
            if larger > 0.0 { (between - within) / larger } else { 0.0 }
        })
        .collect();
    each.iter().sum::<f64>() / each.len() as f64
}

#[cfg(test)]
mod tests {
    use super::super::scaling::Transform;
    use super::*;
    use crate::numeric::math::{cos, sin};

    #[test]
    fn finds_the_number_that_was_planted() {
        for planted in [3u32, 5] {
            let mut rng = stream(u64::from(planted), "blobs");
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for row in 0..600 {
                let angle = f64::from(row % planted) / f64::from(planted) * std::f64::consts::TAU;
                x.push(cos(angle) * 10.0 + rng.random::<f64>() * 4.0);
                y.push(sin(angle) * 10.0 + rng.random::<f64>() * 4.0);
            }
            let column = |name, values| Column { name, transform: Transform::Identity, values };
            let columns = [column("x", &x), column("y", &y)];
            let settings = ChoiceSettings { k: 2..=7, draws: 5, ..ChoiceSettings::default() };
            let choice = choose_k(&columns, &KMeansSettings::default(), &settings, &|_| {}).unwrap();
            assert_eq!((choice.k, choice.stable), (planted as usize, true), "{:?}", choice.tried);
        }
    }

    #[test]
    fn the_criterion() {
        let tried = |k, stability, silhouette| Tried { k, stability, silhouette, inertia: 0.0 };
        let settings = ChoiceSettings::default();
        let stable = [tried(3, 0.94, 0.34), tried(4, 0.91, 0.34), tried(5, 0.76, 0.33), tried(6, 0.9, 0.25)];
        assert_eq!(choose(&stable, &settings), (4, true));
        assert_eq!(choose(&[tried(3, 0.5, 0.3), tried(4, 0.6, 0.1)], &settings), (4, false));
    }

    #[test]
    fn silhouette_of_two_pairs() {
        let points = Points { width: 1, values: vec![0.0, 1.0, 10.0, 11.0] };
        let expected = (9.5 / 10.5 + 8.5 / 9.5) / 2.0;
        assert!((silhouette(&points, &[0, 0, 1, 1]) - expected).abs() < 1e-12);
        assert_eq!(silhouette(&points, &[0, 0, 0, 0]), 0.0);
    }
}
