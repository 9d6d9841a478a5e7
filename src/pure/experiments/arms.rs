//! Two arms, and the difference of their means.

use crate::numeric::student::{student_quantile, student_tails};

/// Who of the persons compared was contacted, and within which group the draw was made.
///
/// Where everybody had the same chance there is one group. Where the chance changed (a larger control share from some night on), persons with
/// the same chance make a group: within it the arms are alike, across groups they need not be.
#[derive(Debug, Clone)]
pub struct Arms {
    treated: Vec<bool>,
    group: Vec<u32>,
    /// Persons of each group, treated and control.
    counts: Vec<[u64; 2]>,
}

impl Arms {
    /// The arms of persons who all had the same chance.
    pub fn new(treated: Vec<bool>) -> Arms {
        let group = vec![0; treated.len()];
        Arms::in_groups(treated, group)
    }

    /// The arms of persons whose chance was the same within each group; groups are numbered from 0. Both slices have one element per person.
    pub fn in_groups(treated: Vec<bool>, group: Vec<u32>) -> Arms {
        debug_assert_eq!(treated.len(), group.len());
        let groups = group.iter().max().map_or(0, |last| *last as usize + 1);
        let mut counts = vec![[0; 2]; groups];
        for (treated, group) in treated.iter().zip(&group) {
            counts[*group as usize][usize::from(!treated)] += 1;
        }
        Arms { treated, group, counts }
    }

    /// Whether each person is in the contacted arm.
    pub fn treated(&self) -> &[bool] {
        &self.treated
    }

    /// The group of each person.
    pub(super) fn groups(&self) -> &[u32] {
        &self.group
    }

    /// Whether a person is in a group with two or more of either arm; nobody else can be compared.
    pub fn counts(&self, person: usize) -> bool {
        self.comparable(self.group[person] as usize)
    }

    /// Persons of either arm who can be compared: contacted, control.
    pub fn sizes(&self) -> [u64; 2] {
        let groups = (0..self.counts.len()).filter(|group| self.comparable(*group));
        groups.fold([0; 2], |[treated, control], group| {
            [treated + self.counts[group][0], control + self.counts[group][1]]
        })
    }

    fn comparable(&self, group: usize) -> bool {
        self.counts[group].iter().all(|count| *count >= 2)
    }
}

/// The mean of one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Persons.
    pub n: u64,
    /// The mean of their outcome; with several groups, of the means by group in the mix of both arms together.
    pub mean: f64,
    /// The square of its standard error.
    pub variance: f64,
}

/// The difference of two arms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    pub treated: Mean,
    pub control: Mean,
    /// Mean of the contacted less mean of the control persons.
    pub difference: f64,
    /// Its standard error, B. Welch's: each arm has its own variance.
    pub se: f64,
    /// Degrees of freedom (F. Satterthwaite, Biometrics Bulletin 2, 1946).
    pub freedom: f64,
    /// The interval by Student's t, at the level asked for.
    pub low: f64,
    pub high: f64,
    /// Two-sided chance of a difference at least so large where there is none. 1 where nothing varies and the means are equal, 0 where they are not.
    pub p: f64,
}

/// Compares the means of `values` (one per person) between the arms, with an interval at `level` (above 0, below 1).
///
/// Welch's test: B. Welch, Biometrika 34, 1947. With several groups the difference is that of each group, weighted by its persons of both
/// arms; groups with fewer than two persons of either arm are left out. Nothing where no group has two persons of either arm.
pub fn compare(values: &[f64], arms: &Arms, level: f64) -> Option<Comparison> {
    let (treated, control, fourth) = means(values, arms)?;
    Some(Comparison::of(treated, control, fourth, level))
}

/// Welch's t and its degrees of freedom, for those who need nothing else; 0 where nothing varies.
pub(super) fn statistic(values: &[f64], arms: &Arms) -> Option<(f64, f64)> {
    let (treated, control, fourth) = means(values, arms)?;
    let variance = treated.variance + control.variance;
    let t = if variance > 0.0 { (treated.mean - control.mean) / variance.sqrt() } else { 0.0 };
    Some((t, freedom(&treated, &control, fourth)))
}

/// The means of both arms, and Satterthwaite's sum of squared variances over their degrees of freedom.
fn means(values: &[f64], arms: &Arms) -> Option<(Mean, Mean, f64)> {
    let mut sums = vec![[0.0; 2]; arms.counts.len()];
    for ((value, treated), group) in values.iter().zip(&arms.treated).zip(&arms.group) {
        sums[*group as usize][usize::from(!treated)] += value;
    }
    let mean = |group: usize, arm: usize| sums[group][arm] / arms.counts[group][arm].max(1) as f64;
    let means: Vec<[f64; 2]> = (0..sums.len()).map(|group| [mean(group, 0), mean(group, 1)]).collect();
    let mut squares = vec![[0.0; 2]; sums.len()];
    for ((value, treated), group) in values.iter().zip(&arms.treated).zip(&arms.group) {
        let arm = usize::from(!treated);
        let away = value - means[*group as usize][arm];
        squares[*group as usize][arm] += away * away;
    }
    let [treated_n, control_n] = arms.sizes();
    let all = (treated_n + control_n) as f64;
    if treated_n == 0 {
        return None;
    }
    let mut both = [Mean { n: treated_n, mean: 0.0, variance: 0.0 }, Mean { n: control_n, mean: 0.0, variance: 0.0 }];
    let mut fourth = 0.0;
    for group in (0..sums.len()).filter(|group| arms.comparable(*group)) {
        let counts = arms.counts[group].map(|count| count as f64);
        let weight = (counts[0] + counts[1]) / all;
        for arm in 0..2 {
            let variance = weight * weight * squares[group][arm] / (counts[arm] - 1.0) / counts[arm];
            both[arm].mean += weight * means[group][arm];
            both[arm].variance += variance;
            fourth += variance * variance / (counts[arm] - 1.0);
        }
    }
    let [treated, control] = both;
    Some((treated, control, fourth))
}

fn freedom(treated: &Mean, control: &Mean, fourth: f64) -> f64 {
    let variance = treated.variance + control.variance;
    if fourth > 0.0 { variance * variance / fourth } else { (treated.n + control.n - 2) as f64 }
}

impl Comparison {
    /// Of two independent means; `fourth` is Satterthwaite's sum of squared variances over their degrees of freedom.
    pub(super) fn of(treated: Mean, control: Mean, fourth: f64, level: f64) -> Comparison {
        let difference = treated.mean - control.mean;
        let variance = treated.variance + control.variance;
        let se = variance.sqrt();
        let freedom = freedom(&treated, &control, fourth);
        let margin = if se > 0.0 { student_quantile(freedom, level) * se } else { 0.0 };
        let p = match se > 0.0 {
            true => student_tails(difference / se, freedom),
            false => f64::from(difference == 0.0),
        };
        Comparison { treated, control, difference, se, freedom, low: difference - margin, high: difference + margin, p }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn welchs_test_of_a_published_example() {
        // Student's sleep data of 1908, as R's `t.test(extra ~ group, data = sleep)` prints it: t = -1.8608, df = 17.776, p = 0.07939,
        // 95 % interval -3.3654832 to 0.2054832.
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let values: Vec<f64> = first.into_iter().chain(second).collect();
        let found = compare(&values, &Arms::new((0..20).map(|person| person < 10).collect()), 0.95).unwrap();
        assert!((found.difference / found.se + 1.8608).abs() < 5e-5 && (found.freedom - 17.776).abs() < 5e-4);
        assert!((found.p - 0.07939).abs() < 5e-6, "{found:?}");
        assert!((found.low + 3.365_483_2).abs() < 5e-7 && (found.high - 0.205_483_2).abs() < 5e-7, "{found:?}");
    }

    #[test]
    fn groups_with_another_chance_do_not_pass_for_an_effect() {
        // Heavy buyers were contacted nine times out of ten, light ones one time out of ten; nobody bought more because of it.
        let persons = 2_000;
        let heavy: Vec<u32> = (0..persons).map(|person| person / 1_000).collect();
        let treated: Vec<bool> =
            (0..persons).map(|person| (person % 10 == 0) != (heavy[person as usize] == 1)).collect();
        let values: Vec<f64> = (0..persons).map(|p| f64::from(heavy[p as usize] * 50 + (p / 10) % 7)).collect();
        let naive = compare(&values, &Arms::new(treated.clone()), 0.95).unwrap();
        let right = compare(&values, &Arms::in_groups(treated, heavy), 0.95).unwrap();
        assert!(naive.difference > 35.0, "{naive:?}");
        assert!(right.difference.abs() < 0.2 && right.p > 0.3, "{right:?}");
    }

    #[test]
    fn nothing_to_compare_is_nothing() {
        assert_eq!(compare(&[], &Arms::new(Vec::new()), 0.95), None);
        assert_eq!(compare(&[1.0, 2.0, 3.0], &Arms::new(vec![true, true, false]), 0.95), None);
        let equal = compare(&[1.0; 4], &Arms::new(vec![true, true, false, false]), 0.95).unwrap();
        assert_eq!((equal.difference, equal.se, equal.p), (0.0, 0.0, 1.0));
    }

    proptest! {
        #[test]
        fn groups_that_are_alike_are_one_group(values in prop::collection::vec(-9.0..9.0f64, 8)) {
            // The same eight persons twice, once in either group: weights are equal, so the difference is that of one group.
            let doubled: Vec<f64> = values.iter().chain(&values).copied().collect();
            let treated: Vec<bool> = (0..16).map(|person| person % 2 == 0).collect();
            let groups: Vec<u32> = (0..16).map(|person| person / 8).collect();
            let one = compare(&values, &Arms::new(treated[..8].to_vec()), 0.95).unwrap();
            let two = compare(&doubled, &Arms::in_groups(treated, groups), 0.95).unwrap();
            prop_assert!((one.difference - two.difference).abs() < 1e-12);
            prop_assert!((one.se / 2.0f64.sqrt() - two.se).abs() < 1e-12);
        }
    }
}
