//! The lift table: how much better than chance each tenth of a ranked list is.

use super::LearningError;
use super::metrics::{check, ranking};

/// One group of the ranked list, the best first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiftRow {
    /// 1 for the best group.
    pub group: usize,
    /// Rows in the group.
    pub rows: usize,
    /// Positive rows in the group.
    pub positives: usize,
    /// Least and greatest score in the group.
    pub scores: [f64; 2],
    /// Mean score in the group.
    pub mean_score: f64,
    /// Positive rate over the base rate.
    pub lift: f64,
    /// Share of all rows down to this group.
    pub cumulative_rows: f64,
    /// Share of all positives down to this group: the gains curve.
    pub cumulative_gain: f64,
    /// Positive rate down to this group over the base rate.
    pub cumulative_lift: f64,
}

/// The lift table of `groups` equal parts (10 for deciles): group g ends after ⌈g·n/groups⌉ rows, equal scores in row order.
///
/// # Errors
/// When there is no row, a score is NaN, all labels are the same or `groups` is 0.
pub fn lift_table(labels: &[bool], scores: &[f64], groups: usize) -> Result<Vec<LiftRow>, LearningError> {
    check(labels, scores)?;
    if groups == 0 {
        return Err(LearningError::Undefined { what: "a lift table", why: "it has no groups".to_owned() });
    }
    let order = ranking(scores);
    let all = order.len();
    let every = labels.iter().filter(|label| **label).count() as f64;
    let base_rate = every / all as f64;
    let (mut begin, mut before) = (0, 0usize);
    let mut table = Vec::with_capacity(groups);
    for group in 1..=groups {
        let end = (group * all).div_ceil(groups);
        if end == begin {
            continue;
        }
        let here = &order[begin..end];
        let positives = here.iter().filter(|&&row| labels[row as usize]).count();
        before += positives;
        let rows = end - begin;
        table.push(LiftRow {
            group,
            rows,
            positives,
            scores: [scores[here[rows - 1] as usize], scores[here[0] as usize]],
            mean_score: here.iter().map(|&row| scores[row as usize]).sum::<f64>() / rows as f64,
            lift: positives as f64 / rows as f64 / base_rate,
            cumulative_rows: end as f64 / all as f64,
            cumulative_gain: before as f64 / every,
            cumulative_lift: before as f64 / end as f64 / base_rate,
        });
        begin = end;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_on_a_list_checked_by_eye() {
        let labels = [true, true, false, true, false, false, false, false, false, false];
        let scores: Vec<f64> = (0..10).map(|i| 1.0 - f64::from(i) / 10.0).collect();
        let table = lift_table(&labels, &scores, 5).expect("both labels");
        let gains: Vec<f64> = table.iter().map(|row| row.cumulative_gain).collect();
        assert_eq!(gains, [2.0 / 3.0, 1.0, 1.0, 1.0, 1.0]);
        assert!((table[0].lift - 10.0 / 3.0).abs() < 1e-12);
        assert_eq!(table.iter().map(|row| row.rows).sum::<usize>(), 10);
    }

    #[test]
    fn more_groups_than_rows_leaves_none_empty() {
        let table = lift_table(&[true, false, true], &[0.3, 0.2, 0.1], 10).expect("both labels");
        assert_eq!(table.iter().map(|row| row.rows).collect::<Vec<_>>(), [1, 1, 1]);
    }
}
