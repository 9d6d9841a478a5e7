//! k-means: fitted once, frozen, used again, and with labels that stay the same from run to run.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::assignment::assign_cheapest;
use super::scaling::{Column, Points, Scale, ScalingError, fit_scales, squared_distance, to_points};
use crate::numeric::random::stream;

/// How k-means is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansSettings {
    /// Random starts, of which the one with the least inertia wins. Default 10: with a single one, two runs can agree as
    /// little as an adjusted Rand index of 0.5.
    pub starts: usize,
    /// Starts are tried on at most this many customers, drawn at random; the winner is then moved to rest on all, in at
    /// most [`POLISHING`] steps. Default 20,000.
    pub sample: usize,
    /// Seed of the random stream.
    pub seed: u64,
}

/// Most Lloyd iterations on all customers, for centres that have come to rest on a sample.
pub const POLISHING: u64 = 20;

/// A frozen segmentation: everything that is needed to place a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segmentation {
    /// The columns and how they are scaled.
    pub scales: Vec<Scale>,
    /// The segments, ascending by id.
    pub segments: Vec<Segment>,
    /// First id that no segment has ever had.
    pub next_id: u32,
    /// Sum of squared distances to the nearest centre when it was fitted, in scaled coordinates.
    pub inertia: f64,
}

/// One segment of a [`Segmentation`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Label, kept from run to run.
    pub id: u32,
    /// Centre in scaled coordinates, one per column.
    pub centre: Vec<f64>,
    /// Customers in it when it was fitted.
    pub size: u64,
}

/// Why there is no segmentation.
#[derive(Debug, Error, PartialEq)]
pub enum KMeansError {
    /// The columns do not fit.
    #[error(transparent)]
    Scaling(#[from] ScalingError),
    /// Too few customers, or numbers that make no sense.
    #[error("{customers} customers cannot be parted into {k} segments with {starts} starts; ask for 1 to {customers}")]
    Count { customers: usize, k: usize, starts: usize },
}

impl Default for KMeansSettings {
    fn default() -> KMeansSettings {
        KMeansSettings { starts: 10, sample: 20_000, seed: 0 }
    }
}

impl Segmentation {
    /// Parts customers into `k` segments, the largest first; fewer when fewer customers differ.
    ///
    /// Lloyd's iterations (linfa) from k-means++ starts (D. Arthur and S. Vassilvitskii, SODA 2007). The result depends on
    /// the values and the seed, not on the number of threads.
    ///
    /// # Errors
    /// When columns do not fit, or there are fewer customers than segments.
    pub fn fit(columns: &[Column], k: usize, settings: &KMeansSettings) -> Result<Segmentation, KMeansError> {
        let scales = fit_scales(columns)?;
        let points = to_points(columns, &scales)?;
        if k == 0 || k > points.len() || settings.starts == 0 || settings.sample < k {
            return Err(KMeansError::Count { customers: points.len(), k, starts: settings.starts });
        }
        let centres = fit_centres(&points, k, settings, "k-means");
        let (labels, inertia) = nearest(&points, &centres);
        let mut segments: Vec<Segment> =
            centres.iter().map(|centre| Segment { id: 0, centre: centre.clone(), size: 0 }).collect();
        for label in labels {
            segments[label as usize].size += 1;
        }
        segments.sort_by(|a, b| {
            let by_centre = || a.centre.iter().zip(&b.centre).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            b.size.cmp(&a.size).then_with(|| by_centre().unwrap_or(std::cmp::Ordering::Equal))
        });
        for (id, segment) in segments.iter_mut().enumerate() {
            segment.id = id as u32;
        }
        Ok(Segmentation { scales, next_id: segments.len() as u32, segments, inertia })
    }

    /// Segment id of every customer: that of the nearest centre.
    ///
    /// # Errors
    /// When the columns are not those of the fit.
    pub fn assign(&self, columns: &[Column]) -> Result<Vec<u32>, ScalingError> {
        let points = to_points(columns, &self.scales)?;
        let centres: Vec<Vec<f64>> = self.segments.iter().map(|segment| segment.centre.clone()).collect();
        Ok(nearest(&points, &centres).0.into_iter().map(|place| self.segments[place as usize].id).collect())
    }

    /// The same segments under the labels of a former run.
    ///
    /// Centres are paired one to one so that they have moved least in all, in the former run's coordinates. A segment
    /// without a partner gets an id that was never used. When the columns have changed there is nothing to compare, and
    /// all ids are new.
    pub fn matched_to(mut self, former: &Segmentation) -> Segmentation {
        let same = |(a, b): (&Scale, &Scale)| a.name == b.name && a.transform == b.transform;
        let comparable = self.scales.len() == former.scales.len() && self.scales.iter().zip(&former.scales).all(same);
        let mut partner = vec![None; self.segments.len()];
        if comparable {
            let moved = |now: &Segment, then: &Segment| {
                let scales = self.scales.iter().zip(&former.scales).zip(now.centre.iter().zip(&then.centre));
                let part = |((is, was), (now, then)): ((&Scale, &Scale), (&f64, &f64))| {
                    (now * is.sd + is.mean - was.mean) / was.sd - then
                };
                scales.map(|each| part(each).powi(2)).sum::<f64>().sqrt()
            };
            let cost: Vec<Vec<f64>> =
                self.segments.iter().map(|now| former.segments.iter().map(|then| moved(now, then)).collect()).collect();
            partner = assign_cheapest(&cost);
        }
        self.next_id = former.next_id;
        for (segment, partner) in self.segments.iter_mut().zip(partner) {
            segment.id = match partner {
                Some(place) => former.segments[place].id,
                None => {
                    self.next_id += 1;
                    self.next_id - 1
                }
            };
        }
        self.segments.sort_by_key(|segment| segment.id);
        self
    }
}

/// Centres of the best of several starts; the draws belong to `purpose`.
pub(super) fn fit_centres(points: &Points, k: usize, settings: &KMeansSettings, purpose: &str) -> Vec<Vec<f64>> {
    let drawn = (points.len() > settings.sample).then(|| {
        let mut rng = stream(settings.seed, &format!("{purpose} sample"));
        points.select(sample_rows(points.len(), settings.sample, &mut rng).into_iter())
    });
    let tried = drawn.as_ref().unwrap_or(points);
    let starts: Vec<(Vec<Vec<f64>>, f64)> = (0..settings.starts)
        .into_par_iter()
        .map(|start| {
            let mut rng = stream(settings.seed, &format!("{purpose} k={k} start={start}"));
            let centres = lloyd(tried, plus_plus(tried, k, &mut rng), 300);
            let inertia = nearest(tried, &centres).1;
            (centres, inertia)
        })
        .collect();
    let best = starts.into_iter().reduce(|best, next| if next.1 < best.1 { next } else { best });
    let centres = best.expect("at least one start was asked for").0;
    if drawn.is_some() { lloyd(points, centres, POLISHING) } else { centres }
}

/// Place of the nearest centre of each point, the first of those that tie, and the sum of squared distances.
pub(super) fn nearest(points: &Points, centres: &[Vec<f64>]) -> (Vec<u32>, f64) {
    let places: Vec<(u32, f64)> = points
        .values
        .par_chunks_exact(points.width)
        .with_min_len(1024)
        .map(|point| {
            let mut best = (0, f64::INFINITY);
            for (place, centre) in centres.iter().enumerate() {
                let distance = squared_distance(point, centre);
                if distance < best.1 {
                    best = (place as u32, distance);
                }
            }
            best
        })
        .collect();
    // summed by one thread, in the order of the points
    let inertia = places.iter().map(|(_, distance)| distance).sum();
    (places.into_iter().map(|(place, _)| place).collect(), inertia)
}

/// `count` different rows out of `all`, ascending (A. T. Jones's selection sampling: TAOCP vol. 2, 3.4.2, algorithm S).
pub(super) fn sample_rows(all: usize, count: usize, rng: &mut impl RngExt) -> Vec<usize> {
    let mut rows = Vec::with_capacity(count);
    for row in 0..all {
        if rng.random_range(0..all - row) < count - rows.len() {
            rows.push(row);
        }
    }
    rows
}

fn lloyd(points: &Points, starts: Vec<Vec<f64>>, iterations: u64) -> Vec<Vec<f64>> {
    let shape = (starts.len(), points.width);
    let starts = Array2::from_shape_vec(shape, starts.concat()).expect("every start has the width of the points");
    let records =
        ArrayView2::from_shape((points.len(), points.width), &points.values).expect("rows of equal width were made");
    let fitted = KMeans::params(shape.0)
        .n_runs(1)
        .max_n_iterations(iterations)
        .tolerance(1e-4)
        .init_method(KMeansInit::Precomputed(starts))
        .fit(&DatasetBase::from(records))
        .expect("the settings are valid and coordinates are finite");
    fitted.centroids().rows().into_iter().map(|row| row.to_vec()).collect()
}

/// k-means++: each next centre is a point drawn with probability proportional to its squared distance from those there
/// are. Fewer than `k` when fewer points differ.
fn plus_plus(points: &Points, k: usize, rng: &mut impl RngExt) -> Vec<Vec<f64>> {
    let mut centres = vec![points.row(rng.random_range(0..points.len())).to_vec()];
    let mut distance = vec![f64::INFINITY; points.len()];
    while centres.len() < k {
        let newest = &centres[centres.len() - 1];
        for (row, distance) in distance.iter_mut().enumerate() {
            *distance = distance.min(squared_distance(points.row(row), newest));
        }
        let total: f64 = distance.iter().sum();
        if total <= 0.0 {
            break;
        }
        let mut left = rng.random::<f64>() * total;
        let mut drawn = None;
        for (row, &distance) in distance.iter().enumerate().filter(|(_, distance)| **distance > 0.0) {
            drawn = Some(row);
            left -= distance;
            if left < 0.0 {
                break;
            }
        }
        centres.push(points.row(drawn.expect("the distances do not sum to zero")).to_vec());
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::super::agreement::adjusted_rand_index;
    use super::super::scaling::Transform;
    use super::*;

    /// Points around four corners of a square, and which corner each belongs to.
    fn corners(seed: u64, each: usize) -> (Vec<f64>, Vec<f64>, Vec<u32>) {
        let mut rng = stream(seed, "corners");
        let (mut x, mut y, mut truth) = (Vec::new(), Vec::new(), Vec::new());
        for corner in 0..4u32 {
            for _ in 0..each + corner as usize * 10 {
                x.push(f64::from(corner % 2) * 10.0 + rng.random::<f64>() * 3.0);
                y.push(f64::from(corner / 2) * 10.0 + rng.random::<f64>() * 3.0);
                truth.push(corner);
            }
        }
        (x, y, truth)
    }

    fn columns<'a>(x: &'a [f64], y: &'a [f64]) -> [Column<'a>; 2] {
        let transform = Transform::Identity;
        [Column { name: "x", transform, values: x }, Column { name: "y", transform, values: y }]
    }

    #[test]
    fn finds_what_was_planted_and_places_later_customers() {
        let (x, y, truth) = corners(1, 100);
        let columns = columns(&x, &y);
        let segmentation = Segmentation::fit(&columns, 4, &KMeansSettings::default()).unwrap();
        let labels = segmentation.assign(&columns).unwrap();
        assert_eq!(adjusted_rand_index(&labels, &truth), 1.0);
        let sizes: Vec<u64> = segmentation.segments.iter().map(|segment| segment.size).collect();
        assert_eq!(sizes, [130, 120, 110, 100], "the largest first");
        let text = serde_json::to_string(&segmentation).unwrap();
        let read: Segmentation = serde_json::from_str(&text).unwrap();
        assert_eq!(read.assign(&columns).unwrap(), labels);
    }

    #[test]
    fn the_same_at_any_number_of_threads_and_from_a_sample() {
        let (x, y, truth) = corners(2, 400);
        let columns = columns(&x, &y);
        let fit = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let settings = KMeansSettings { sample: 300, ..KMeansSettings::default() };
            pool.install(|| Segmentation::fit(&columns, 4, &settings).unwrap())
        };
        assert_eq!(fit(1), fit(3));
        assert_eq!(adjusted_rand_index(&fit(1).assign(&columns).unwrap(), &truth), 1.0);
    }

    #[test]
    fn labels_follow_the_centres_of_the_last_run() {
        let (x, y, _) = corners(3, 100);
        let former = Segmentation::fit(&columns(&x, &y), 4, &KMeansSettings::default()).unwrap();
        // everybody moves a little, and the smallest segment becomes the largest
        let mut later: Vec<(f64, f64)> = x.iter().zip(&y).map(|(x, y)| (x + 0.5, y - 0.3)).collect();
        let grown: Vec<_> = later[..100].to_vec();
        later.extend(grown);
        let (x2, y2): (Vec<f64>, Vec<f64>) = later.into_iter().unzip();
        let present = Segmentation::fit(&columns(&x2, &y2), 4, &KMeansSettings::default()).unwrap();
        let matched = present.clone().matched_to(&former);
        let before = former.assign(&columns(&x, &y)).unwrap();
        let after = matched.assign(&columns(&x2, &y2)).unwrap();
        assert_eq!(before[..], after[..before.len()]);
        assert_ne!(before[..], present.assign(&columns(&x2, &y2)).unwrap()[..before.len()]);
    }

    #[test]
    fn a_segment_without_a_partner_gets_a_new_label() {
        let (x, y, _) = corners(4, 100);
        let three = Segmentation::fit(&columns(&x, &y), 3, &KMeansSettings::default()).unwrap();
        let four = Segmentation::fit(&columns(&x, &y), 4, &KMeansSettings::default()).unwrap();
        let ids = |segmentation: &Segmentation| segmentation.segments.iter().map(|each| each.id).collect::<Vec<_>>();
        let grown = four.clone().matched_to(&three);
        assert_eq!(ids(&grown), [0, 1, 2, 3]);
        let shrunk = three.clone().matched_to(&grown);
        assert_eq!(shrunk.next_id, 4);
        let regrown = four.matched_to(&shrunk);
        assert_eq!(ids(&regrown).len(), 4);
        assert!(ids(&regrown).contains(&4), "an id that was given up is not given again");
    }

    #[test]
    fn fewer_different_customers_make_fewer_segments() {
        let values = [1.0, 1.0, 2.0, 2.0, 2.0];
        let column = [Column { name: "x", transform: Transform::Identity, values: &values }];
        let segmentation = Segmentation::fit(&column, 4, &KMeansSettings::default()).unwrap();
        assert_eq!(segmentation.segments.len(), 2);
        let error = Segmentation::fit(&column, 6, &KMeansSettings::default()).unwrap_err();
        assert_eq!(error, KMeansError::Count { customers: 5, k: 6, starts: 10 });
    }
}
