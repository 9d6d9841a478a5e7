//! Whether a list has changed so much from one run to the next that a person should look at it first.

/// How a list changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It had persons and has none.
    Emptied,
    /// It has fewer persons than the factor allows.
    Shrunk,
    /// It has more persons than the factor allows.
    Grown,
}

/// Persons by which a list may change whatever the factor: small lists change by a few persons from night to night.
pub const FEW: u64 = 10;

/// Whether a list of `now` persons that had `before` changed by more than `factor`, above 1; a factor of 0 allows anything but a
/// list that becomes empty. A list that was empty has no size to compare with.
pub fn change(before: u64, now: u64, factor: f64) -> Option<Change> {
    if before > 0 && now == 0 {
        return Some(Change::Emptied);
    }
    if factor == 0.0 || before == 0 || before.abs_diff(now) < FEW {
        return None;
    }
    let (before, now) = (before as f64, now as f64);
    if now * factor < before {
        Some(Change::Shrunk)
    } else if now > before * factor {
        Some(Change::Grown)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_jump_are_seen() {
        for (before, now, factor, expected) in [
            (90, 0, 3.0, Some(Change::Emptied)),
            (1, 0, 0.0, Some(Change::Emptied)),
            (90, 30, 3.0, None),
            (90, 29, 3.0, Some(Change::Shrunk)),
            (30, 90, 3.0, None),
            (30, 91, 3.0, Some(Change::Grown)),
            (30, 3000, 0.0, None),
            (3, 11, 3.0, None),
            (3, 13, 3.0, Some(Change::Grown)),
            (0, 500, 3.0, None),
            (0, 0, 3.0, None),
        ] {
            assert_eq!(change(before, now, factor), expected, "{before} to {now} by {factor}");
        }
    }
}
