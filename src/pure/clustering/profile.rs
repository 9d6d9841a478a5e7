//! What sets a segment apart from everybody else.

use rayon::prelude::*;

use super::scaling::{Column, ScalingError};

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
    let places: Vec<u32> =
        labels.iter().map(|label| segments.partition_point(|segment| segment < label) as u32).collect();
    let mut sizes = vec![0u64; segments.len()];
    places.iter().for_each(|&place| sizes[place as usize] += 1);
    let compared: Vec<Vec<Option<Trait>>> = columns
        .par_iter()
        .enumerate()
        .map(|(column, values)| compare(column, values, &places, segments.len()))
        .collect();
    let profile = |(place, &segment): (usize, &u32)| {
        let mut traits: Vec<Trait> = compared.iter().filter_map(|column| column[place].clone()).collect();
        traits.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()).then(a.column.cmp(&b.column)));
        Profile { segment, size: sizes[place], share: sizes[place] as f64 / labels.len() as f64, traits }
    };
    Ok(segments.iter().enumerate().map(profile).collect())
}

/// One trait per segment, from one sort and two passes over the column: segments can be many and customers very many.
fn compare(column: usize, values: &Column, places: &[u32], segments: usize) -> Vec<Option<Trait>> {
    let mut known: Vec<(f64, u32)> =
        values.values.iter().copied().zip(places.iter().copied()).filter(|(value, _)| value.is_finite()).collect();
    known.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut moments = vec![Moments::default(); segments];
    let mut inside = vec![0u64; segments];
    for &(value, place) in &known {
        inside[place as usize] += 1;
        moments[place as usize].add(values.transform.apply(value));
    }
    let outside = |place: usize| known.len() as u64 - inside[place];
    let mut inside_medians: Vec<Median> = inside.iter().map(|&count| Median::of(count)).collect();
    let mut outside_medians: Vec<Median> = (0..segments).map(|place| Median::of(outside(place))).collect();
    for &(value, own) in &known {
        for place in 0..segments {
            let median = if place == own as usize { &mut inside_medians[place] } else { &mut outside_medians[place] };
            median.next(value);
        }
    }
    let one = |place: usize| {
        let rest = (0..segments).filter(|&other| other != place).map(|other| moments[other]);
        let rest = rest.fold(Moments::default(), Moments::merge);
        (inside[place] > 0 && outside(place) > 0).then(|| Trait {
            column,
            inside: inside_medians[place].value(),
            outside: outside_medians[place].value(),
            effect: cohens_d(moments[place], rest),
        })
    };
    (0..segments).map(one).collect()
}

/// Count, mean and sum of squared deviations; NaN is left out.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        if !value.is_nan() {
            *self = self.merge(Moments { count: 1.0, mean: value, squares: 0.0 });
        }
    }

    /// T. F. Chan, G. H. Golub and R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    /// variances", COMPSTAT 1982.
    fn merge(self, other: Moments) -> Moments {
        let count = self.count + other.count;
        if count == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        let squares = self.squares + other.squares + apart * apart * self.count * other.count / count;
        Moments { count, mean: self.mean + apart * other.count / count, squares }
    }
}

/// The median of values that come in ascending order, when it is known how many will come.
#[derive(Debug, Clone, Copy)]
struct Median {
    count: u64,
    seen: u64,
    sum: f64,
}

impl Median {
    fn of(count: u64) -> Median {
        Median { count, seen: 0, sum: 0.0 }
    }

    fn next(&mut self, value: f64) {
        // the two middle values of an even count; the middle one of an odd count is both
        if self.seen == (self.count - 1) / 2 {
            self.sum += value / 2.0;
        }
        if self.seen == self.count / 2 {
            self.sum += value / 2.0;
        }
        self.seen += 1;
    }

    fn value(&self) -> f64 {
        self.sum
    }
}

/// Difference of means over the pooled standard deviation; 0 when nothing varies.
fn cohens_d(inside: Moments, outside: Moments) -> f64 {
    let pooled = ((inside.squares + outside.squares) / (inside.count + outside.count - 2.0)).sqrt();
    let effect = (inside.mean - outside.mean) / pooled;
    if effect.is_nan() { 0.0 } else { effect.clamp(-1e6, 1e6) }
}

#[cfg(test)]
mod tests {
    use super::super::scaling::Transform;
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
        let d = |inside: &[f64], outside: &[f64]| {
            let values = [inside, outside].concat();
            let labels: Vec<u32> = (0..values.len()).map(|row| u32::from(row >= inside.len())).collect();
            let column = Column { name: "x", transform: Transform::Identity, values: &values };
            profiles(&[column], &labels).unwrap()[0].traits[0].clone()
        };
        // means 4 and 2, both sample variances 1: d = 2
        let known = d(&[3.0, 5.0, 4.0], &[1.0, 2.0, 3.0]);
        assert!((known.effect - 2.0).abs() < 1e-12);
        assert_eq!((known.inside, known.outside), (4.0, 2.0));
        let even = d(&[7.0, 1.0], &[2.0, f64::NAN, 4.0, 9.0, 3.0]);
        assert_eq!((even.inside, even.outside), (4.0, 3.5), "missing values are left out");
        assert_eq!(d(&[1.0, 1.0], &[1.0, 1.0]).effect, 0.0);
    }

    #[test]
    fn nothing_to_compare_with() {
        let column = Column { name: "x", transform: Transform::Identity, values: &[1.0, f64::NAN] };
        assert!(profiles(&[column], &[3, 4]).unwrap().iter().all(|profile| profile.traits.is_empty()));
        let alone = profiles(&[column], &[3, 3]).unwrap();
        assert_eq!((alone.len(), alone[0].in_words(&[], 3).as_str()), (1, "like everybody else"));
        assert!(profiles(&[column], &[3]).is_err());
    }
}
