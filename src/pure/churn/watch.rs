//! What the training rows looked like, for scoring later: typical values, how far columns and scores have moved since, and how
//! probabilities came true.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::learning::{Matrix, Values, drift};

/// A column's typical value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Typical {
    /// Median.
    Number(f64),
    /// Most frequent word.
    Word(String),
}

/// Shares of a column's values by bin: enough for a population stability index later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Distribution {
    /// Numbers: upper edges, and rows per bin; the first bin is missing, the last above the last edge.
    Numbers {
        /// Ascending edges.
        edges: Vec<f64>,
        /// One more than there are edges, and one for missing before them.
        counts: Vec<u64>,
    },
    /// Words: rows per word; the empty word is missing.
    Words {
        /// By word.
        words: BTreeMap<String, u64>,
    },
}

/// How far values have moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Population stability index; 0.25 is the usual sign of another population (N. Siddiqi, "Credit risk scorecards", 2006, ch. 8).
    pub psi: f64,
    /// Share without a value then.
    pub missing_then: f64,
    /// Share without a value now.
    pub missing_now: f64,
}

impl Distribution {
    /// Ten bins of equally many rows for numbers, a bin per word for words.
    pub fn of(values: &Values) -> Distribution {
        match values {
            Values::Numbers(numbers) => {
                // JSON has no infinity.
                let mut edges = drift::edges(numbers);
                edges.retain(|edge| edge.is_finite());
                let counts = drift::counts(&edges, numbers);
                Distribution::Numbers { edges, counts: counts.into_iter().map(|c| c as u64).collect() }
            }
            Values::Words { codes, words } => {
                let mut counts: BTreeMap<String, u64> = BTreeMap::new();
                for &code in codes {
                    let word = words.get(code as usize).cloned().unwrap_or_default();
                    *counts.entry(word).or_default() += 1;
                }
                Distribution::Words { words: counts }
            }
        }
    }

    /// Other values in the same bins; nothing where the values are of the other kind.
    pub fn counted(&self, values: &Values) -> Option<Distribution> {
        match (self, values) {
            (Distribution::Numbers { edges, .. }, Values::Numbers(numbers)) => {
                let counts = drift::counts(edges, numbers).into_iter().map(|count| count as u64).collect();
                Some(Distribution::Numbers { edges: edges.clone(), counts })
            }
            (Distribution::Words { .. }, Values::Words { .. }) => Some(Distribution::of(values)),
            _ => None,
        }
    }

    /// Adds the counts of further values in the same bins.
    fn add(&mut self, more: Distribution) {
        match (self, more) {
            (Distribution::Numbers { counts, .. }, Distribution::Numbers { counts: more, .. }) => {
                counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
            }
            (Distribution::Words { words }, Distribution::Words { words: more }) => {
                more.into_iter().for_each(|(word, count)| *words.entry(word).or_default() += count);
            }
            // Counts of one distribution are of its kind.
            _ => {}
        }
    }

    /// How far other values are from this; nothing where the values are of the other kind.
    pub fn shift(&self, now: &Values) -> Option<Shift> {
        self.shift_to(&self.counted(now)?)
    }

    /// How far values counted in the same bins are from this; nothing where they are of the other kind.
    fn shift_to(&self, now: &Distribution) -> Option<Shift> {
        let share = |part: f64, all: usize| if all > 0 { part / all as f64 } else { 0.0 };
        let whole = |counts: &[u64]| -> Vec<usize> { counts.iter().map(|count| *count as usize).collect() };
        match (self, now) {
            (Distribution::Numbers { counts, .. }, Distribution::Numbers { counts: here, .. }) => {
                let (then, here) = (whole(counts), whole(here));
                let missing = |counts: &[usize]| share(counts[0] as f64, counts.iter().sum());
                Some(Shift {
                    psi: drift::index(&then, &here),
                    missing_then: missing(&then),
                    missing_now: missing(&here),
                })
            }
            (Distribution::Words { words }, Distribution::Words { words: here }) => {
                let all: BTreeSet<&String> = words.keys().chain(here.keys()).collect();
                let of = |counts: &BTreeMap<String, u64>| -> Vec<usize> {
                    all.iter().map(|word| counts.get(*word).copied().unwrap_or(0) as usize).collect()
                };
                let (then, after) = (of(words), of(here));
                let missing = |map: &BTreeMap<String, u64>, counts: &[usize]| {
                    share(map.get("").copied().unwrap_or(0) as f64, counts.iter().sum())
                };
                Some(Shift {
                    psi: drift::index(&then, &after),
                    missing_then: missing(words, &then),
                    missing_now: missing(here, &after),
                })
            }
            _ => None,
        }
    }
}

impl Typical {
    /// Of a column's values.
    pub fn of(values: &Values) -> Typical {
        match values {
            Values::Numbers(numbers) => {
                let mut sorted: Vec<f64> = numbers.iter().copied().filter(|v| v.is_finite()).collect();
                sorted.sort_unstable_by(f64::total_cmp);
                let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
                Typical::Number(median)
            }
            Values::Words { codes, words } => {
                let mut counts = vec![0_u64; words.len()];
                codes
                    .iter()
                    .filter(|code| (**code as usize) < words.len())
                    .for_each(|code| counts[*code as usize] += 1);
                let most = (0..words.len()).max_by_key(|&i| (counts[i], std::cmp::Reverse(i)));
                Typical::Word(most.map_or_else(String::new, |i| words[i].clone()))
            }
        }
    }
}

/// Rows that a distribution needs: a handful has none.
const LEAST_ROWS: usize = 100;

/// The values of rows in the bins that the rows learned from had, added up part by part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watched {
    rows: usize,
    columns: BTreeMap<String, Distribution>,
}

impl Watched {
    /// Of some rows; columns that `then` does not have, or has as the other kind, are not watched.
    pub fn of(then: &BTreeMap<String, Distribution>, rows: &Matrix) -> Watched {
        let counted =
            |(name, then): (&String, &Distribution)| Some((name.clone(), then.counted(&rows.column(name)?.values)?));
        Watched { rows: rows.rows(), columns: then.iter().filter_map(counted).collect() }
    }

    /// Adds further rows.
    pub fn add(&mut self, more: Watched) {
        self.rows += more.rows;
        for (name, counts) in more.columns {
            match self.columns.get_mut(&name) {
                Some(known) => known.add(counts),
                None => drop(self.columns.insert(name, counts)),
            }
        }
    }
}

/// How far the columns that a model learned from have moved, the most moved first; nothing for too few rows.
pub fn moved<'a>(then: &'a BTreeMap<String, Distribution>, now: &Watched) -> Vec<(&'a str, Shift)> {
    if now.rows < LEAST_ROWS {
        return Vec::new();
    }
    let shift =
        |(name, then): (&'a String, &Distribution)| Some((name.as_str(), then.shift_to(now.columns.get(name)?)?));
    let mut shifts: Vec<(&str, Shift)> = then.iter().filter_map(shift).collect();
    shifts.sort_by(|a, b| b.1.psi.total_cmp(&a.1.psi).then(a.0.cmp(b.0)));
    shifts
}

/// How far scores have moved; nothing for too few.
pub fn moved_scores(then: Option<&Distribution>, now: &[f64]) -> Option<Shift> {
    then.filter(|_| now.len() >= LEAST_ROWS)?.shift(&Values::Numbers(now.to_vec()))
}

/// What a watched figure asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Fine,
    /// A note.
    Warn,
    /// Nothing is published.
    Hold,
}

impl Verdict {
    /// Of a figure by its limits, each of which is reached by an equal figure.
    pub fn of(figure: f64, warn: f64, hold: Option<f64>) -> Verdict {
        match hold {
            Some(hold) if figure >= hold => Verdict::Hold,
            _ if figure >= warn => Verdict::Warn,
            _ => Verdict::Fine,
        }
    }
}

/// How the probabilities of a snapshot came true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CameTrue {
    /// Mean probability.
    pub promised: f64,
    /// Share who left.
    pub left: f64,
    /// Expected calibration error over ten bins.
    pub ece: f64,
    /// The error that chance alone gives to so many customers.
    pub by_chance: f64,
    /// Calibration slope; nothing where there is none.
    pub slope: Option<f64>,
}

impl CameTrue {
    /// From a snapshot's mean probability, share who left, calibration error, slope (NaN without one) and number of customers.
    pub fn of([promised, left, ece, slope, customers]: [f64; 5]) -> CameTrue {
        let slope = Some(slope).filter(|slope| slope.is_finite());
        CameTrue { promised, left, ece, by_chance: chance_error(left, customers), slope }
    }

    /// The error beyond what chance gives.
    pub fn beyond(&self) -> f64 {
        self.ece - self.by_chance
    }
}

/// The calibration error over ten bins that chance alone gives: the mean distance of a bin's share from its probability, taken
/// as normal, with the share of all in every bin.
pub fn chance_error(share: f64, customers: f64) -> f64 {
    (std::f64::consts::FRAC_2_PI * share * (1.0 - share) * 10.0 / customers).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;

    #[test]
    fn chance_alone_gives_this_calibration_error() {
        // Bins of 100 with a probability of one half: E|share - 0.5| = 50.0 x C(100, 50) / 2^100 x 2 / 100 = 0.0398.
        assert!((chance_error(0.5, 1000.0) - 0.0399).abs() < 2e-4, "{}", chance_error(0.5, 1000.0));
    }

    #[test]
    fn limits_are_reached_by_equal_figures_and_chance_is_taken_off() {
        let of = |figure| Verdict::of(figure, 0.25, Some(0.5));
        assert_eq!([0.2, 0.25, 0.5].map(of), [Verdict::Fine, Verdict::Warn, Verdict::Hold]);
        assert_eq!(Verdict::of(9.0, 0.25, None), Verdict::Warn);
        let came = CameTrue::of([0.6, 0.5, 0.1, f64::NAN, 1000.0]);
        assert!((came.beyond() - (0.1 - chance_error(0.5, 1000.0))).abs() < 1e-12 && came.slope.is_none());
    }

    #[test]
    fn what_has_moved_comes_first_and_a_handful_says_nothing() {
        let column = |name: &str, from: f64| Column::numbers(name, (0..200).map(|i| from + f64::from(i)).collect());
        let then = Matrix::new(vec![column("a", 0.0), column("b", 0.0), column("gone", 0.0)]).expect("three columns");
        let then: BTreeMap<String, Distribution> =
            then.columns().iter().map(|c| (c.name.clone(), Distribution::of(&c.values))).collect();
        let now = Matrix::new(vec![column("a", 0.0), column("b", 150.0)]).expect("two columns");
        let all = Watched::of(&then, &now);
        let shifts = moved(&then, &all);
        assert_eq!(shifts.iter().map(|shift| shift.0).collect::<Vec<_>>(), ["b", "a"]);
        assert!(shifts[0].1.psi > 0.25 && shifts[1].1.psi < 1e-9);
        assert!(moved(&then, &Watched::of(&then, &now.take(&[0, 1, 2]))).is_empty());
        let rows: Vec<u32> = (0..200).collect();
        let mut parts = Watched::default();
        rows.chunks(67).for_each(|part| parts.add(Watched::of(&then, &now.take(part))));
        assert_eq!(parts, all);
        assert!(moved_scores(then.get("a"), &[0.5; 99]).is_none() && moved_scores(None, &[0.5; 100]).is_none());
        assert!(moved_scores(then.get("a"), &[0.5; 100]).is_some_and(|shift| shift.psi > 1.0));
    }

    #[test]
    fn words_are_counted_part_by_part() {
        let words: Vec<&str> = (0..150).map(|row| ["basic", "plus", "", "gold"][row % 7 % 4]).collect();
        let column = |words: &[&str]| Matrix::new(vec![Column::words("plan", words)]).expect("a column");
        let then = BTreeMap::from([("plan".to_owned(), Distribution::of(&column(&words[..90]).columns()[0].values))]);
        let all = Watched::of(&then, &column(&words));
        let mut parts = Watched::default();
        words.chunks(41).for_each(|part| parts.add(Watched::of(&then, &column(part))));
        assert_eq!(parts, all);
        let shift = then["plan"].shift(&column(&words).columns()[0].values);
        assert_eq!(moved(&then, &parts), [("plan", shift.expect("words"))]);
    }

    #[test]
    fn typical_are_the_median_and_the_most_frequent_word() {
        assert_eq!(Typical::of(&Values::Numbers(vec![3.0, f64::NAN, 1.0, 2.0])), Typical::Number(2.0));
        let words = Column::words("w", &["b", "a", "b", ""].map(str::to_owned));
        assert_eq!(Typical::of(&words.values), Typical::Word("b".to_owned()));
    }
}
