//! Past as-of dates at which features and labels can both be had.

use thiserror::Error;

use crate::numeric::calendar::DAY;

/// Why there are no past dates.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{count} snapshots of step {step_days} days and horizon {horizon} days make no sense; give numbers from 1 on")]
pub struct SnapshotsError {
    count: usize,
    step_days: i64,
    horizon: i64,
}

/// The latest `count` as-of dates, oldest first, `step_days` apart, whose horizons (in days) close before `as_of`.
///
/// The youngest is `as_of - horizon`, so its last labelled instant is the last one known at `as_of`. Purging works the
/// same way at every level: to judge a model at a date *t*, train it on `snapshots(t, …)`, of which no label reaches
/// into what the test date must not know (M. López de Prado, *Advances in Financial Machine Learning*, 2018, §7.4.1).
/// Dates that lie before the data begin are for the caller to leave out.
///
/// # Errors
/// When a number is not positive.
pub fn snapshots(as_of: i64, count: usize, step_days: i64, horizon: i64) -> Result<Vec<i64>, SnapshotsError> {
    let sensible = |days: i64| (1..=36_500).contains(&days);
    if !(1..=36_500).contains(&count) || !sensible(step_days) || !sensible(horizon) {
        return Err(SnapshotsError { count, step_days, horizon });
    }
    let youngest = as_of - horizon * DAY;
    Ok((0..count as i64).rev().map(|back| youngest - back * step_days * DAY).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;

    #[test]
    fn horizons_close_before_the_date() {
        let as_of = day_of_civil(2011, 9, 10) * DAY;
        let dates = snapshots(as_of, 10, 30, 90).unwrap();
        assert_eq!(dates.len(), 10);
        assert_eq!(dates[9], day_of_civil(2011, 6, 12) * DAY);
        assert_eq!(dates[0], day_of_civil(2010, 9, 15) * DAY);
        assert!(dates.iter().all(|date| date + 90 * DAY <= as_of));
        assert!(snapshots(as_of, 0, 30, 90).is_err() && snapshots(as_of, 1, 30, 0).is_err());
    }
}
