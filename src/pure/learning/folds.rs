//! Who is learned from and who is judged: folds that keep a customer together and never look ahead.

use super::{LearningError, Matrix};
use crate::numeric::random::{fnv1a, stream};
use rand::seq::SliceRandom;

/// A fold per row, 0 to `folds` − 1; all rows of a customer share one, and folds have equally many customers (± 1).
///
/// # Errors
/// When there are fewer than two folds or fewer customers than folds.
pub fn by_customer(matrix: &Matrix, folds: usize, seed: u64) -> Result<Vec<u32>, LearningError> {
    let mut customers = matrix.customers().to_vec();
    customers.sort_unstable();
    customers.dedup();
    if folds < 2 || customers.len() < folds {
        let why = format!("{} customers cannot be divided into {folds} folds", customers.len());
        return Err(LearningError::Undefined { what: "a division by customer", why });
    }
    // In the order of their hashes first: a new customer then moves few others.
    customers.sort_by_key(|customer| (fnv1a(&customer.to_le_bytes()), *customer));
    customers.shuffle(&mut stream(seed, "folds"));
    let mut fold_of: Vec<(u32, u32)> =
        customers.iter().enumerate().map(|(place, &customer)| (customer, (place % folds) as u32)).collect();
    fold_of.sort_unstable();
    let find = |customer: &u32| {
        let place = fold_of.binary_search_by_key(customer, |pair| pair.0).expect("every customer has a fold");
        fold_of[place].1
    };
    Ok(matrix.customers().iter().map(find).collect())
}

/// Folds by customer in the form of [`rolling`]: each fold is judged by what the others teach. Nothing is held out.
///
/// # Errors
/// As [`by_customer`].
pub fn crossed(matrix: &Matrix, folds: usize, seed: u64) -> Result<Vec<Origin>, LearningError> {
    let fold_of = by_customer(matrix, folds, seed)?;
    let rows = |fold: usize, inside: bool| -> Vec<u32> {
        (0..matrix.rows() as u32).filter(|&row| (fold_of[row as usize] as usize == fold) == inside).collect()
    };
    let origin = |fold: usize| {
        let test = rows(fold, true);
        let snapshot = test.iter().map(|&row| matrix.snapshots()[row as usize]).max().unwrap_or(0);
        Origin { snapshot, train: rows(fold, false), held_out: Vec::new(), test }
    };
    Ok((0..folds).map(origin).collect())
}

/// One step of a rolling origin: what was known on the day of `snapshot`, and the rows that day.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The as-of date that is judged, civil seconds.
    pub snapshot: i64,
    /// Rows to learn from: their horizons had closed before the held-out snapshot (or the judged one, when none is held out).
    pub train: Vec<u32>,
    /// Rows of the latest snapshot whose horizon had closed: for stopping and calibration. Empty when too little would
    /// remain to learn from.
    pub held_out: Vec<u32>,
    /// The rows that are judged.
    pub test: Vec<u32>,
}

/// Rolling origins over the `tests` latest snapshots, the earliest first.
///
/// `horizon` and `gap` are in seconds. A snapshot s may be learned from at t when s + horizon + gap ≤ t, so that no label of
/// training reaches into a judged period; the same distance is kept between training and held-out rows. Origins without
/// a snapshot to learn from are left out.
///
/// # Errors
/// When no snapshot can be judged: the message says how far apart snapshots would have to be.
pub fn rolling(matrix: &Matrix, horizon: i64, gap: i64, tests: usize) -> Result<Vec<Origin>, LearningError> {
    let mut dates = matrix.snapshots().to_vec();
    dates.sort_unstable();
    dates.dedup();
    let rows_of = |wanted: &dyn Fn(i64) -> bool| -> Vec<u32> {
        (0..matrix.rows() as u32).filter(|&row| wanted(matrix.snapshots()[row as usize])).collect()
    };
    let origins: Vec<Origin> = dates
        .iter()
        .rev()
        .take(tests)
        .rev()
        .filter_map(|&snapshot| {
            let closed = |at: i64| dates.iter().copied().filter(move |&date| date + horizon + gap <= at);
            let latest = closed(snapshot).max()?;
            // Three snapshots at least remain to learn from, otherwise all of them are needed.
            let (train, held_out) = if closed(latest).count() >= 3 {
                (rows_of(&|date| date + horizon + gap <= latest), rows_of(&|date| date == latest))
            } else {
                (rows_of(&|date| date + horizon + gap <= snapshot), Vec::new())
            };
            Some(Origin { snapshot, train, held_out, test: rows_of(&|date| date == snapshot) })
        })
        .collect();
    if origins.is_empty() {
        let days = (horizon + gap).div_euclid(86_400);
        let why =
            format!("no two snapshots are {days} days apart, which horizon and gap ask for: add earlier snapshots");
        return Err(LearningError::Undefined { what: "a rolling origin", why });
    }
    Ok(origins)
}

/// The CRC-32 of some bytes (ISO 3309; polynomial 0xEDB88320 reflected), by which published splits assign folds.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    const DAY: i64 = 86_400;

    fn matrix(customers: Vec<u32>, snapshots: Vec<i64>) -> Matrix {
        Matrix::new(vec![Column::numbers("x", vec![0.0; customers.len()])])
            .and_then(|matrix| matrix.with_customers(customers))
            .and_then(|matrix| matrix.with_snapshots(snapshots))
            .expect("consistent")
    }

    #[test]
    fn matches_the_check_value_of_crc32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn customers_stay_together_and_folds_are_even() {
        let matrix = matrix((0..300).map(|row| row % 100).collect(), vec![0; 300]);
        let folds = by_customer(&matrix, 5, 7).expect("enough customers");
        assert!((0..100).all(|row| folds[row] == folds[row + 100] && folds[row] == folds[row + 200]));
        assert!((0..5).all(|fold| folds.iter().filter(|&&found| found == fold).count() == 60));
        assert_ne!(folds, by_customer(&matrix, 5, 8).expect("enough customers"));
    }

    #[test]
    fn no_label_reaches_into_a_judged_period() {
        let dates: Vec<i64> = (0..12).map(|month| month * 30 * DAY).collect();
        let matrix = matrix((0..12).collect(), dates);
        let origins = rolling(&matrix, 90 * DAY, 0, 4).expect("far enough apart");
        assert_eq!(origins.len(), 4);
        for origin in &origins {
            let dates = |rows: &[u32]| rows.iter().map(|&row| matrix.snapshots()[row as usize]).collect::<Vec<_>>();
            let held = dates(&origin.held_out);
            assert!(held.iter().all(|date| date + 90 * DAY <= origin.snapshot));
            let until = held.first().copied().unwrap_or(origin.snapshot);
            assert!(dates(&origin.train).iter().all(|date| date + 90 * DAY <= until));
        }
        assert_eq!(origins[3].held_out, [8]);
        assert_eq!(origins[3].train, [0, 1, 2, 3, 4, 5]);
        assert!(rolling(&matrix, 400 * DAY, 0, 4).is_err());
    }
}
