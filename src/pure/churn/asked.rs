//! Answers of customers as features of a label: only those that were given before customers could leave.
//!
//! In IBM's extended Telco workbooks the satisfaction score is the label: of 1 and 2 all left, of 4 and 5 nobody
//! (shared/reference/satisfaction.md §4), and a ranking by it alone has a ROC AUC of 0.95, below what gives a leak away by its strength.

use thiserror::Error;

/// Why answers cannot be learned from.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AskedError {
    /// Asked when the outcome was already under way, or nobody knows when.
    #[error(
        "{late} of {answers} answers in `{column}` were given on or after the day from which customers could leave, {undated} have no date"
    )]
    KnowsTheLabel {
        /// The column with the answers.
        column: String,
        /// Answers.
        answers: usize,
        /// Of them, those from the label's start on.
        late: usize,
        /// Of them, those without a date.
        undated: usize,
    },
}

/// Whether a column's name reads like an answer to a survey: its date decides whether it is a cause or a consequence.
pub fn reads_like_an_answer(name: &str) -> bool {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
        before = c;
    }
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    has(&["satisfaction", "satisfied", "csat", "nps", "promoter", "survey"])
        || has(&["review", "reviews"]) && has(&["score", "rating", "stars"])
}

/// Refuses answers that may know the label: `dates` (civil seconds) of the rows that have an answer, and the first instant at which a
/// customer of the label could leave.
///
/// # Errors
/// When one was given at that time or later, or has no date.
pub fn refuse_late_answers(column: &str, dates: &[Option<i64>], since: i64) -> Result<(), AskedError> {
    let late = dates.iter().flatten().filter(|date| **date >= since).count();
    let undated = dates.iter().filter(|date| date.is_none()).count();
    if late + undated == 0 {
        return Ok(());
    }
    Err(AskedError::KnowsTheLabel { column: column.to_owned(), answers: dates.len(), late, undated })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_answers() {
        for name in
            ["Satisfaction Score", "satisfaction_score", "SatisfactionScore", "NPS", "csat_2024", "review_score"]
        {
            assert!(reads_like_an_answer(name), "{name}");
        }
        for name in ["score", "credit_rating", "snaps", "Churn Score", "review_date", "monthly_charges", ""] {
            assert!(!reads_like_an_answer(name), "{name}");
        }
    }

    #[test]
    fn what_was_asked_before_is_taken_and_what_was_not_is_refused() {
        assert_eq!(refuse_late_answers("nps", &[Some(5), Some(9)], 10), Ok(()));
        assert_eq!(refuse_late_answers("nps", &[], 10), Ok(()));
        let error = refuse_late_answers("nps", &[Some(9), Some(10), Some(11), None], 10).unwrap_err();
        assert_eq!(error, AskedError::KnowsTheLabel { column: "nps".into(), answers: 4, late: 2, undated: 1 });
    }
}
