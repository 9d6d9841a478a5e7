//! All features of all customers of the population at one as-of date.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::as_of::AsOf;
use super::settings::{Settings, SettingsError};
use super::summary::{Scratch, summarise};
use super::table::FEATURES;
use crate::numeric::calendar::DAY;

/// Customers that one task works through; also the grain of progress.
const BLOCK: usize = 2048;

/// One row per customer of the population, one column per feature.
#[derive(Debug, Clone, Default)]
pub struct FeatureTable {
    /// Customer ids, ascending.
    pub customers: Vec<u32>,
    /// A column per row of [`FEATURES`], in its order, each as long as `customers`; missing values are NaN.
    pub columns: Vec<Vec<f64>>,
}

impl FeatureTable {
    /// The column of a feature; `None` for a name that is not in [`FEATURES`].
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        super::table::index_of(name).map(|index| &self.columns[index][..])
    }
}

/// Computes every feature in one pass over each customer's lines.
///
/// The population is every customer with an order in the observation window. Each customer's sums are made in the order
/// of the customer's lines by one thread, so the result does not depend on the number of threads. `progress` is called
/// with a fraction from 0 to 1.
///
/// # Errors
/// When the settings make no sense.
pub fn compute(
    known: AsOf,
    settings: &Settings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<FeatureTable, SettingsError> {
    settings.check()?;
    let customers = population(known, settings);
    let mut columns: Vec<Vec<f64>> = FEATURES.iter().map(|_| vec![0.0; customers.len()]).collect();
    let mut blocks: Vec<(&[u32], Vec<&mut [f64]>)> =
        customers.chunks(BLOCK).map(|ids| (ids, Vec::with_capacity(FEATURES.len()))).collect();
    for column in &mut columns {
        for (block, values) in blocks.iter_mut().zip(column.chunks_mut(BLOCK)) {
            block.1.push(values);
        }
    }
    let (total, done) = (blocks.len(), AtomicUsize::new(0));
    blocks.into_par_iter().for_each_init(Scratch::default, |scratch, (ids, mut values)| {
        for (row, &customer) in ids.iter().enumerate() {
            let summary = summarise(known, customer, settings, scratch).expect("the population has observed orders");
            for (feature, column) in FEATURES.iter().zip(&mut values) {
                column[row] = (feature.value)(&summary);
            }
        }
        progress((done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / total as f64);
    });
    Ok(FeatureTable { customers, columns })
}

/// Customers with an order that began in the observation window, ascending.
pub fn population(known: AsOf, settings: &Settings) -> Vec<u32> {
    let from = known.as_of() - settings.observed_days * DAY;
    (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(BLOCK)
        .filter(|&customer| {
            let lines = known.lines(customer);
            let observed = lines.time.partition_point(|&time| time < from);
            let (before, since) = lines.order.split_at(observed);
            // An order belongs where its first line does: a late line of an older order does not make it a new one.
            since.iter().any(|order| !before.contains(order))
        })
        .collect()
}
