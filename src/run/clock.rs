//! The time of day: when runs begin and end.

use std::time::SystemTime;

use jiff::{Timestamp, Unit};

use crate::diagnostics::{Problem, Result, codes};

/// Now.
///
/// # Errors
/// `bad-clock` when the system's clock is beyond the year 9999.
pub(super) fn now() -> Result<Timestamp> {
    moment(SystemTime::now())
}

/// The last year of four digits is also the last that times are written in.
fn moment(time: SystemTime) -> Result<Timestamp> {
    let earliest = Timestamp::UNIX_EPOCH;
    Timestamp::try_from(time).ok().filter(|time| *time >= earliest).ok_or_else(|| {
        Problem::new(&codes::BAD_CLOCK, "the system's clock is before the year 1970 or beyond 9999")
            .help("set it, for instance with `timedatectl set-ntp true`".to_owned())
            .boxed()
    })
}

/// Now as lines of a log have it, with three digits behind the second, so that lines sort by it; nothing where the clock is beyond all years.
pub fn written_now() -> Option<String> {
    now().ok().map(|now| now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// A time as records have it, to the millisecond.
pub(super) fn written(time: Timestamp) -> String {
    time.round(Unit::Millisecond).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_beyond_all_years_is_an_error_and_no_panic() {
        let after = |seconds: u64| moment(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(after(1_764_460_800).ok().map(written).as_deref(), Some("2025-11-30T00:00:00Z"));
        let year_11000 = after(284_984_000_000).expect_err("no such year");
        assert_eq!(year_11000.code.word, "bad-clock");
        assert!(moment(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).is_err());
    }
}
