//! What sets a segment apart from everybody else.

use super::scaling::{Column, ScalingError, Transform};
use crate::numeric::quantile::quantile;

/// Size of a segment and its traits, the most telling first.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Segment id.
    pub segment: u32,
    /// Customers in it.
    pub size: u64,
    /// Share of all customers, 0 to 1.
    pub share: f64,
    /// One trait per column for which the segment and the rest both have values, by size of the effect.
    pub traits: Vec<Trait>,
}

/// How a segment differs from the rest in one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Trait {
    /// Position of the column.
    pub column: usize,
    /// Median inside the segment, in the column's own units.
    pub inside: f64,
    /// Median of everybody else.
    pub outside: f64,
    /// Difference of the means of the transformed values in pooled standard deviations: Cohen's d, positive when the
    /// segment is higher.
    pub effect: f64,
}

/// What is said of a segment that is high, or low, in a column.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    pub high: &'a str,
    pub low: &'a str,
}

impl Trait {
    /// Size of the effect by J. Cohen's convention (*Statistical Power Analysis for the Behavioral Sciences*, 2nd ed.,
    /// 1988): from 0.2 slight, from 0.5 clear, from 0.8 strong; below that, none worth telling.
    pub fn strength(&self) -> Option<&'static str> {
        match self.effect.abs() {
            size if size >= 0.8 => Some("strong"),
            size if size >= 0.5 => Some("clear"),
            size if size >= 0.2 => Some("slight"),
            _ => None,
        }
    }

    /// What is said of the segment in this column.
    pub fn phrase<'a>(&self, words: Words<'a>) -> &'a str {
        if self.effect >= 0.0 { words.high } else { words.low }
    }
}

impl Profile {
    /// The segment in words: the phrases of its `most` strongest traits, one for each column that has one; `"like everybody
    /// else"` when nothing sets it apart. `words` has one entry per column, empty ones are left out.
    pub fn in_words(&self, words: &[Words], most: usize) -> String {
        let mut phrases: Vec<&str> = Vec::new();
        for each in self.traits.iter().filter(|each| each.strength().is_some()) {
            let phrase = words.get(each.column).map_or("", |words| each.phrase(*words));
            if !phrase.is_empty() && !phrases.contains(&phrase) && phrases.len() < most {
                phrases.push(phrase);
            }
        }
        if phrases.is_empty() { "like everybody else".to_owned() } else { phrases.join("; ") }
    }
}

/// Profiles of all segments, ascending by id. The columns need not be those the segments were made from.
///
/// # Errors
/// When a column has another number of rows than there are labels.
pub fn profiles(columns: &[Column], labels: &[u32]) -> Result<Vec<Profile>, ScalingError> {
    if let Some(odd) = columns.iter().find(|column| column.values.len() != labels.len()) {
        let (found, expected) = (odd.values.len(), labels.len());
        return Err(ScalingError::Uneven { name: odd.name.to_owned(), found, expected });
    }
    let mut segments = labels.to_vec();
    segments.sort_unstable();
    segments.dedup();
    let profile = |&segment: &u32| {
        let size = labels.iter().filter(|&&label| label == segment).count() as u64;
        let one = |(place, column): (usize, &Column)| compare(place, column, labels, segment);
        let mut traits: Vec<Trait> = columns.iter().enumerate().filter_map(one).collect();
        traits.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()).then(a.column.cmp(&b.column)));
        Profile { segment, size, share: size as f64 / labels.len() as f64, traits }
    };
    Ok(segments.iter().map(profile).collect())
}

fn compare(place: usize, column: &Column, labels: &[u32], segment: u32) -> Option<Trait> {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (&value, &label) in column.values.iter().zip(labels) {
        if value.is_finite() {
            if label == segment { inside.push(value) } else { outside.push(value) }
        }
    }
    if inside.is_empty() || outside.is_empty() {
        return None;
    }
    inside.sort_unstable_by(f64::total_cmp);
    outside.sort_unstable_by(f64::total_cmp);
    let effect = cohens_d(&inside, &outside, column.transform);
    Some(Trait { column: place, inside: quantile(&inside, 0.5), outside: quantile(&outside, 0.5), effect })
}

/// Difference of means over the pooled standard deviation; 0 when nothing varies.
fn cohens_d(inside: &[f64], outside: &[f64], transform: Transform) -> f64 {
    let moments = |values: &[f64]| {
        let known = || values.iter().map(|&value| transform.apply(value)).filter(|value| !value.is_nan());
        let count = known().count() as f64;
        let mean = known().sum::<f64>() / count;
        (count, mean, known().map(|value| (value - mean).powi(2)).sum::<f64>())
    };
    let ((count, mean, squares), (others, other_mean, other_squares)) = (moments(inside), moments(outside));
    let pooled = ((squares + other_squares) / (count + others - 2.0)).sqrt();
    let effect = (mean - other_mean) / pooled;
    if effect.is_nan() { 0.0 } else { effect.clamp(-1e6, 1e6) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_sets_segments_apart() {
        let recency = [1.0, 2.0, 3.0, 200.0, 210.0, 220.0];
        let orders = [5.0, 6.0, 5.0, 6.0, 5.0, 6.0];
        let columns = [
            Column { name: "orders", transform: Transform::SignedLog, values: &orders },
            Column { name: "recency", transform: Transform::SignedLog, values: &recency },
        ];
        let words = [
            Words { high: "orders often", low: "orders rarely" },
            Words { high: "last bought long ago", low: "bought recently" },
        ];
        let profiles = profiles(&columns, &[7, 7, 7, 9, 9, 9]).unwrap();
        assert_eq!((profiles[0].segment, profiles[0].size, profiles[0].share), (7, 3, 0.5));
        let first = &profiles[0].traits[0];
        assert_eq!((first.column, first.inside, first.outside, first.strength()), (1, 2.0, 210.0, Some("strong")));
        assert_eq!(profiles[0].in_words(&words, 1), "bought recently");
        assert_eq!(profiles[1].in_words(&words, 3), "last bought long ago; orders often");
    }

    #[test]
    fn cohens_d_of_a_known_example() {
        // means 4 and 2, both sample variances 1: d = 2
        assert!((cohens_d(&[3.0, 4.0, 5.0], &[1.0, 2.0, 3.0], Transform::Identity) - 2.0).abs() < 1e-12);
        assert_eq!(cohens_d(&[1.0, 1.0], &[1.0, 1.0], Transform::Identity), 0.0);
    }
}
