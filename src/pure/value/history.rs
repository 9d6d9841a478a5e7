//! A customer's purchases as the models of buying-till-you-die read them.

use super::ValueError;

/// One customer's purchase history; times in one unit of the caller's choice (weeks in the literature).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    /// Purchases after the first, counted by distinct days.
    pub repeats: u32,
    /// Time from the first to the last purchase; 0 without repeats.
    pub recency: f64,
    /// Time from the first purchase to the as-of date.
    pub age: f64,
}

/// A history with the number of customers who have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counted {
    /// The history.
    pub history: History,
    /// How many customers.
    pub customers: f64,
}

/// Equal histories counted together, in the order of repeats, recency and age: a likelihood needs no more.
///
/// # Errors
/// When there is no customer or a history cannot be.
pub fn aggregate(histories: &[History]) -> Result<Vec<Counted>, ValueError> {
    if histories.is_empty() {
        return Err(ValueError::NoCustomers);
    }
    for (row, &History { repeats, recency, age }) in histories.iter().enumerate() {
        let sound = recency.is_finite() && age.is_finite() && 0.0 <= recency && recency <= age;
        // With daily dates a repeat is at least a day after the first.
        if !sound || (repeats == 0) != (recency == 0.0) {
            return Err(ValueError::History { row, repeats, recency, age });
        }
    }
    // Bits of numbers from 0 up sort as the numbers do; −0 is 0 to the check above, so it is made 0 here.
    let key = |history: &History| (history.repeats, (history.recency + 0.0).to_bits(), (history.age + 0.0).to_bits());
    let mut sorted: Vec<(u32, u64, u64)> = histories.iter().map(key).collect();
    rayon::slice::ParallelSliceMut::par_sort_unstable(&mut sorted[..]);
    let counted = sorted.chunk_by(|a, b| a == b).map(|same| {
        let (repeats, recency, age) = same[0];
        let history = History { repeats, recency: f64::from_bits(recency), age: f64::from_bits(age) };
        Counted { history, customers: same.len() as f64 }
    });
    Ok(counted.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_equal_histories_and_refuses_impossible_ones() {
        let history = |repeats, recency, age| History { repeats, recency, age };
        let counted = aggregate(&[history(1, 2.0, 5.0), history(0, 0.0, 5.0), history(1, 2.0, 5.0)]).expect("sound");
        assert_eq!(counted.iter().map(|row| row.customers).collect::<Vec<_>>(), [1.0, 2.0]);
        for wrong in [history(0, 1.0, 5.0), history(1, 0.0, 5.0), history(1, 6.0, 5.0), history(1, f64::NAN, 5.0)] {
            assert!(matches!(aggregate(&[wrong]), Err(ValueError::History { .. })));
        }
        assert_eq!(aggregate(&[]), Err(ValueError::NoCustomers));
    }
}
