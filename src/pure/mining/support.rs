//! How often is often: a minimum support as a share of all baskets or as a count.

use thiserror::Error;

/// A minimum support.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Support {
    /// A share of the total weight of all baskets, above 0 and at most 1.
    Share(f64),
    /// At least this many baskets (or this much weight), at least 1.
    Count(u64),
}

/// Why a minimum support cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SupportError {
    /// The share is not in `0 < share <= 1`.
    #[error("a minimum support of {0} is no share: give a number above 0 and at most 1, or a whole count of baskets")]
    NoShare(f64),
    /// A count of zero would make every set of items frequent, those that nobody ever bought too.
    #[error("a minimum support of 0 baskets makes every set of items frequent: give at least 1")]
    Zero,
    /// The text is neither.
    #[error("\"{0}\" is no minimum support: give a share below 1 such as 0.01, or a whole count of baskets such as 50")]
    NoNumber(String),
}

impl Support {
    /// Reads a support as people write it: below 1 a share, from 1 on a whole count of baskets.
    ///
    /// # Errors
    /// When the text is no number, not above 0, or above 1 and not whole.
    pub fn parse(text: &str) -> Result<Self, SupportError> {
        let no_number = || SupportError::NoNumber(text.to_owned());
        if let Ok(count) = text.parse::<u64>() {
            return if count == 0 { Err(SupportError::Zero) } else { Ok(Self::Count(count)) };
        }
        let number: f64 = text.parse().map_err(|_| no_number())?;
        if number >= 1.0 {
            let whole = number.fract() == 0.0 && number <= 9e15;
            return if whole { Ok(Self::Count(number as u64)) } else { Err(no_number()) };
        }
        Self::Share(number).checked()
    }

    /// The same support when it makes sense.
    ///
    /// # Errors
    /// When the share is not in `0 < share <= 1` or the count is 0.
    pub fn checked(self) -> Result<Self, SupportError> {
        match self {
            Self::Share(share) if !(share > 0.0 && share <= 1.0) => Err(SupportError::NoShare(share)),
            Self::Count(0) => Err(SupportError::Zero),
            fine => Ok(fine),
        }
    }

    /// The smallest count that is enough, out of a `total` weight of baskets; at least 1.
    ///
    /// A share is rounded up, after allowing for the share's own rounding: 0.1 of 30 baskets is 3, not 4.
    pub fn count(self, total: u64) -> u64 {
        match self {
            Self::Count(count) => count.max(1),
            Self::Share(share) => {
                let exact = share * total as f64;
                ((exact - exact.abs() * 1e-12).ceil() as u64).max(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_one_is_a_share_and_from_one_on_a_count() {
        assert_eq!(Support::parse("0.01"), Ok(Support::Share(0.01)));
        assert_eq!(Support::parse("50"), Ok(Support::Count(50)));
        assert_eq!(Support::parse("1e3"), Ok(Support::Count(1000)));
        assert_eq!(Support::parse("0"), Err(SupportError::Zero));
        assert!(Support::parse("2.5").is_err() && Support::parse("often").is_err() && Support::parse("-0.1").is_err());
        assert!(Support::parse("nan").is_err() && Support::parse("inf").is_err());
    }

    #[test]
    fn a_share_is_rounded_up_to_a_whole_count() {
        assert_eq!(Support::Share(0.001).count(9_835), 10);
        assert_eq!(Support::Share(0.1).count(30), 3);
        assert_eq!(Support::Share(1e-9).count(30), 1);
        assert_eq!(Support::Share(1.0).count(30), 30);
    }
}
