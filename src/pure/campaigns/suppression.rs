//! Who must not be contacted, whatever their score.
//!
//! An objection to direct marketing must be honoured (GDPR, Article 21(3); CAN-SPAM Act, section 5(a)(4)). A list without
//! its suppression is worse than no list, so a [`Suppression`] can only be made from a table that is there, dated, fresh
//! and readable, and no list can be made without one.

use std::collections::BTreeMap;

/// A suppression source as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressionTable {
    /// Person key and why the person must not be contacted (`unsubscribed`, `objection`, `bounced`).
    pub entries: Vec<(String, String)>,
    /// When the source was last brought up to date, civil seconds.
    pub updated: Option<i64>,
}

/// Everybody who must not be contacted. Keys are those of the candidates; blanks around them do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    reasons: BTreeMap<String, String>,
}

/// Why a suppression source cannot be trusted, so that no list may be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuppressionError {
    /// No source.
    #[error(
        "the suppression source is missing: no list is made without it; give a table, also where nobody has objected"
    )]
    Missing,
    /// A source without a date.
    #[error("the suppression source does not say when it was last brought up to date, so it may be stale")]
    Undated,
    /// A source that is too old.
    #[error(
        "the suppression source is over {age_days} days old where at most {limit_days} are allowed: bring it up to date"
    )]
    Stale {
        /// Its age at the as-of date, whole days.
        age_days: i64,
        /// The limit, whole days.
        limit_days: i64,
    },
    /// A source with no entry where one is expected.
    #[error(
        "the suppression source is empty, which a broken export looks like as well; allow it where nobody has objected"
    )]
    Empty,
    /// An entry that names nobody.
    #[error("entry {entry} of the suppression source has no person key, so whom it protects is not known")]
    NoKey {
        /// The entry, counted from 1.
        entry: usize,
    },
}

impl Suppression {
    /// The suppression from `table` as trusted at `now` (civil seconds): no older than `limit_days`, and not empty unless
    /// `may_be_empty`. A source brought up to date after `now` is fresh; late objections count. A person with several
    /// entries keeps the first one's reason.
    ///
    /// # Errors
    /// What makes the source untrustworthy; then no list may be made.
    pub fn new(
        table: Option<SuppressionTable>,
        now: i64,
        limit_days: i64,
        may_be_empty: bool,
    ) -> Result<Self, SuppressionError> {
        let table = table.ok_or(SuppressionError::Missing)?;
        let updated = table.updated.ok_or(SuppressionError::Undated)?;
        let age = now.saturating_sub(updated);
        if age > limit_days.saturating_mul(86_400) {
            return Err(SuppressionError::Stale { age_days: age.div_euclid(86_400), limit_days });
        }
        if table.entries.is_empty() && !may_be_empty {
            return Err(SuppressionError::Empty);
        }
        let mut reasons = BTreeMap::new();
        for (place, (key, reason)) in table.entries.into_iter().enumerate() {
            let key = key.trim();
            if key.is_empty() {
                return Err(SuppressionError::NoKey { entry: place + 1 });
            }
            reasons.entry(key.to_owned()).or_insert(reason);
        }
        Ok(Self { reasons })
    }

    /// Why `key` must not be contacted, if so.
    pub fn reason(&self, key: &str) -> Option<&str> {
        self.reasons.get(key.trim()).map(String::as_str)
    }

    /// How many persons must not be contacted.
    pub fn len(&self) -> usize {
        self.reasons.len()
    }

    /// Whether nobody has objected.
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(keys: &[&str], updated: Option<i64>) -> Option<SuppressionTable> {
        let entries = keys.iter().map(|key| ((*key).to_owned(), "objection".to_owned())).collect();
        Some(SuppressionTable { entries, updated })
    }

    #[test]
    fn an_untrustworthy_source_makes_no_suppression() {
        let day = 86_400;
        for (source, expected) in [
            (None, SuppressionError::Missing),
            (table(&["a"], None), SuppressionError::Undated),
            (table(&["a"], Some(-day - 1)), SuppressionError::Stale { age_days: 1, limit_days: 1 }),
            (table(&["a"], Some(-3 * day)), SuppressionError::Stale { age_days: 3, limit_days: 1 }),
            (table(&[], Some(0)), SuppressionError::Empty),
            (table(&["a", " "], Some(0)), SuppressionError::NoKey { entry: 2 }),
        ] {
            assert_eq!(Suppression::new(source, 0, 1, false), Err(expected));
        }
    }

    #[test]
    fn a_fresh_source_is_trusted() {
        for updated in [-86_400, 0, 86_400] {
            let suppression = Suppression::new(table(&["a ", "a"], Some(updated)), 0, 1, false).expect("fresh");
            assert_eq!(
                (suppression.len(), suppression.reason("a"), suppression.reason("b")),
                (1, Some("objection"), None)
            );
        }
        assert!(Suppression::new(table(&[], Some(0)), 0, 1, true).expect("allowed").is_empty());
    }
}
