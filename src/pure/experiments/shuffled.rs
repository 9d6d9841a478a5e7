//! A test that assumes nothing of the outcome: the arms, drawn again.

use rand::RngExt;
use rayon::prelude::*;

use super::arms::{Arms, statistic};
use crate::numeric::random::{mix, stream};

/// The chance of a difference at least as large (in Welch's standard errors, either side) when the arms are shuffled `draws` times within
/// their groups: (1 + as large) / (1 + draws). Exact where the contact changed nothing, whatever the outcome looks like (R. Fisher, "The
/// Design of Experiments", 1935; the studentised difference: E. Chung, J. Romano, Annals of Statistics 41, 2013). Nothing where nobody can be
/// compared. The same `seed` gives the same chance at any number of threads.
pub fn shuffled_p(values: &[f64], arms: &Arms, draws: u32, seed: u64) -> Option<f64> {
    let found = statistic(values, arms)?.0.abs();
    let groups = arms.groups();
    let last = groups.iter().max().map_or(0, |group| *group as usize + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); last];
    groups.iter().enumerate().for_each(|(person, group)| members[*group as usize].push(person));
    let as_large = |draw: u32| {
        let mut random = stream(mix(seed ^ mix(u64::from(draw))), "shuffled arms");
        let mut treated = arms.treated().to_vec();
        for members in &members {
            for place in (1..members.len()).rev() {
                treated.swap(members[place], members[random.random_range(0..=place)]);
            }
        }
        let shuffled = Arms::in_groups(treated, groups.to_vec());
        // Rounding must not make the arms as drawn look less extreme than themselves.
        statistic(values, &shuffled).is_some_and(|(t, _)| t.abs() >= found * (1.0 - 1e-12))
    };
    let large = (0..draws).into_par_iter().filter(|draw| as_large(*draw)).count();
    Some((1.0 + large as f64) / (1.0 + f64::from(draws)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_persons_have_the_chance_that_counting_gives() {
        // Four of eight: 70 draws, of which 2 are as extreme as the four largest against the four smallest.
        let values = [1.0, 2.0, 3.0, 4.0, 11.0, 12.0, 13.0, 14.0];
        let arms = Arms::new((0..8).map(|person| person >= 4).collect());
        let found = shuffled_p(&values, &arms, 20_000, 7).unwrap();
        assert!((found - 2.0 / 70.0).abs() < 0.004, "{found}");
        assert_eq!(shuffled_p(&values, &arms, 20_000, 7), Some(found));
    }

    #[test]
    fn a_difference_between_groups_is_not_shuffled_away() {
        // Within each group the arms are alike; across groups they are not.
        let values: Vec<f64> = (0..40).map(|p| f64::from(p / 20) * 100.0 + f64::from(p % 5)).collect();
        let treated: Vec<bool> = (0..40).map(|p| if p < 20 { p < 5 } else { p < 35 }).collect();
        let groups = (0..40).map(|p| p / 20).collect();
        let found = shuffled_p(&values, &Arms::in_groups(treated, groups), 500, 7).unwrap();
        assert!(found > 0.5, "{found}");
    }
}
