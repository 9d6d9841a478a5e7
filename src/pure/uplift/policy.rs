//! What a policy is worth: the mean outcome if everybody got the arm that it says, from people who by chance did.
//!
//! V(π) = Σ 1[arm = π]·y/p ÷ Σ 1[arm = π]/p over the rows, p the stored chance of the arm (A. Owen, "Monte Carlo theory, methods and
//! examples", 2013, §9.2, self-normalised); standard errors from the influence of each person, so that a person with rows in
//! several trials counts once and two policies are compared on the same people.

use super::Trial;

/// A quantity with the influence of each person on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The quantity.
    pub value: f64,
    /// By how much each person moves it; they sum to 0.
    influence: Vec<f64>,
}

impl Estimate {
    /// A quantity that is known.
    pub(super) fn known(value: f64, persons: usize) -> Estimate {
        Estimate { value, influence: vec![0.0; persons] }
    }

    /// The mean of a number of each row over some rows of a trial.
    pub(super) fn mean(trial: &Trial, rows: &[u32], number: impl Fn(usize) -> f64) -> Estimate {
        let count = rows.len().max(1) as f64;
        let value = rows.iter().map(|&row| number(row as usize)).sum::<f64>() / count;
        let mut influence = vec![0.0; trial.persons()];
        for &row in rows {
            influence[trial.person()[row as usize] as usize] += (number(row as usize) - value) / count;
        }
        Estimate { value, influence }
    }

    /// The standard error by persons.
    pub fn se(&self) -> f64 {
        self.influence.iter().map(|influence| influence * influence).sum::<f64>().sqrt()
    }

    /// This less another, on the same persons.
    pub fn less(&self, other: &Estimate) -> Estimate {
        self.plus(&other.times(-1.0))
    }

    /// This and another, on the same persons.
    pub fn plus(&self, other: &Estimate) -> Estimate {
        let influence = self.influence.iter().zip(&other.influence).map(|(a, b)| a + b).collect();
        Estimate { value: self.value + other.value, influence }
    }

    /// A multiple of this.
    pub fn times(&self, factor: f64) -> Estimate {
        Estimate { value: self.value * factor, influence: self.influence.iter().map(|part| part * factor).collect() }
    }
}

/// A policy's value and on how much it rests.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyValue {
    /// The mean outcome.
    pub outcome: Estimate,
    /// Rows whose arm was the policy's.
    pub rows: usize,
    /// As how many rows of equal weight they count: (Σ w)²/Σ w².
    pub effective: f64,
}

/// The value of a policy that gives each row of the trial an arm; nothing where no row has its arm.
pub fn value(trial: &Trial, policy: &[u32]) -> Option<PolicyValue> {
    let rows = trial.rows();
    let weight = |row: usize| if rows.arm[row] == policy[row] { 1.0 / rows.probability[row] } else { 0.0 };
    let (mut weights, mut squares, mut outcomes, mut matched) = (0.0, 0.0, 0.0, 0);
    for row in 0..trial.len() {
        let weight = weight(row);
        weights += weight;
        squares += weight * weight;
        outcomes += weight * rows.outcome[row];
        matched += usize::from(weight > 0.0);
    }
    if matched == 0 {
        return None;
    }
    let mean = outcomes / weights;
    let mut influence = vec![0.0; trial.persons()];
    for (row, &person) in trial.person().iter().enumerate() {
        influence[person as usize] += weight(row) * (rows.outcome[row] - mean) / weights;
    }
    Some(PolicyValue {
        outcome: Estimate { value: mean, influence },
        rows: matched,
        effective: weights * weights / squares,
    })
}

/// The value of the policy that gives everybody one arm; every arm of a checked trial has rows.
pub fn everybody(trial: &Trial, arm: u32) -> Estimate {
    value(trial, &vec![arm; trial.len()]).map_or_else(|| Estimate::known(0.0, trial.persons()), |found| found.outcome)
}

#[cfg(test)]
mod tests {
    use super::super::hillstrom;
    use super::*;

    /// Policies of `reference/value-uplift.md` §5 on Hillstrom: visit with its standard error, spend with its own.
    #[test]
    fn published_policies() {
        let Some(set) = hillstrom::read() else { return };
        let by = |column: &str, yes: u32, no: u32| -> Vec<u32> {
            set.flag(column).into_iter().map(|flag| if flag { yes } else { no }).collect()
        };
        let all = |arm: u32| vec![arm; set.rows()];
        let cases: [(Vec<u32>, [f64; 4]); 6] = [
            (all(0), [0.10616728, 0.00211, 0.65278936, 0.0794]),
            (all(1), [0.18275684, 0.00265, 1.42261651, 0.1216]),
            (all(2), [0.15140038, 0.00245, 1.07720157, 0.1034]),
            (by("mens", 1, 2), [0.18425708, 0.00265, 1.42914598, 0.1201]),
            (by("womens", 2, 1), [0.17754033, 0.00262, 1.25897562, 0.1103]),
            (by("womens", 2, 0), [0.14630176, 0.00242, 0.95134014, 0.0934]),
        ];
        let (visit, spend) = (set.trial("visit", &[1, 2]), set.trial("spend", &[1, 2]));
        for (policy, [visits, visits_se, money, money_se]) in &cases {
            for (trial, expected, se, digits) in [(&visit, visits, visits_se, 5e-6), (&spend, money, money_se, 5e-5)] {
                let found = value(trial, policy).expect("rows of each arm").outcome;
                assert!((found.value - expected).abs() < 5e-9, "{} for {expected}", found.value);
                assert!((found.se() - se).abs() < digits, "{} for {se}", found.se());
            }
        }
        let gain = |trial| {
            let [chosen, men] = [&cases[3].0, &cases[1].0].map(|policy| value(trial, policy).expect("rows").outcome);
            chosen.less(&men)
        };
        let (visits, money) = (gain(&visit), gain(&spend));
        assert!((visits.value - 0.00150).abs() < 5e-6 && (visits.se() - 0.00243).abs() < 5e-6);
        assert!((money.value - 0.0065).abs() < 5e-5 && (money.se() - 0.0937).abs() < 5e-5);
    }

    /// Effects of `reference/feedback.md` §3: difference to no e-mail and its standard error. The influence has n where Welch has n − 1.
    #[test]
    fn published_effects() {
        let Some(set) = hillstrom::read() else { return };
        let cases = [
            (1, "visit", 0.07658956, 0.00338589),
            (1, "conversion", 0.00680501, 0.00092087),
            (1, "spend", 0.76982716, 0.14524656),
            (2, "visit", 0.04523311, 0.00323446),
            (2, "conversion", 0.00311106, 0.00082268),
            (2, "spend", 0.42441222, 0.13033286),
        ];
        for (arm, outcome, effect, se) in cases {
            let trial = set.trial(outcome, &[1, 2]);
            let found = everybody(&trial, arm).less(&everybody(&trial, 0));
            assert!((found.value - effect).abs() < 5e-9, "{outcome}: {}", found.value);
            assert!((found.se() / se - 1.0).abs() < 5e-5, "{outcome}: {} for {se}", found.se());
        }
        // Women's mail by whether women's goods were bought before: real differences.
        let (trial, womens) = (set.trial("visit", &[1, 2]), set.flag("womens"));
        for (bought, effect, se) in [(true, 0.073115, 0.004613), (false, 0.011078, 0.004424)] {
            let rows: Vec<u32> = (0..set.rows() as u32).filter(|&row| womens[row as usize] == bought).collect();
            let part = set.part(&trial, &rows);
            let found = everybody(&part, 2).less(&everybody(&part, 0));
            assert!((found.value - effect).abs() < 5e-7 && (found.se() - se).abs() < 2e-6, "{}", found.se());
        }
    }
}
