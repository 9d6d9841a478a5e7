//! Learners beside the rules that anybody could use: every column, response, everybody and nobody, on the same people.

use super::Trial;
use super::crossed::{ArmEffects, Crossed};
use super::interval::Interval;
use super::money::Money;
use super::policy::{Estimate, everybody, value};
use super::qini::{Compared, Convention};
use super::rate::{Rate, rate};
use crate::numeric::random::{fnv1a, mix};

/// What puts persons in an order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scorer {
    /// A learner, by its place in the plan; the first one's effects are handed on.
    Learner(usize),
    /// The rule of one column, by its place among the features.
    Rule(usize),
    /// The expected outcome of the contacted.
    Response,
    /// Everybody is contacted.
    Everybody,
    /// Nobody is contacted.
    Nobody,
}

/// A scorer judged on one arm. Money is per person of the trial, costs subtracted.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Who.
    pub scorer: Scorer,
    /// Qini and uplift areas with their standard errors; nothing where the chance of an arm differs between rows.
    pub areas: Option<Areas>,
    /// Rates of the order, in units of outcome; nothing of everybody and nobody, who have none.
    pub rate: Option<Rate>,
    /// The share of persons that is contacted for the columns below: the first in the scorer's order.
    pub share: f64,
    /// What contacting them brings in all.
    pub value: Estimate,
    /// What it brings more than contacting nobody.
    pub gain: Estimate,
    /// What it brings more than contacting as many drawn at random.
    pub over_chance: Estimate,
    /// What it brings more than contacting everybody.
    pub over_everybody: Estimate,
}

/// Areas by the conventions of scikit-uplift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Areas {
    /// `qini_auc_score`.
    pub qini: f64,
    /// Its standard error.
    pub qini_se: f64,
    /// `uplift_auc_score`.
    pub auuc: f64,
    /// Its standard error.
    pub auuc_se: f64,
}

/// Judges all scorers on one arm at a share of persons contacted; `halves` are random halves of the persons.
pub fn judged(
    trial: &Trial,
    crossed: &Crossed,
    arm: u32,
    money: &Money,
    share: f64,
    halves: &[Vec<bool>],
) -> Vec<Judged> {
    let own = &crossed.arms[arm as usize - 1];
    let alone = [everybody(trial, 0).times(money.margin), net(trial, own, money, &vec![arm; trial.len()])];
    let learners = own.learners.iter().enumerate();
    let mut scorers: Vec<_> = learners.map(|(place, score)| (Scorer::Learner(place), Some(score))).collect();
    scorers.push((Scorer::Response, Some(&own.response)));
    scorers.extend(own.rules.iter().enumerate().map(|(column, score)| (Scorer::Rule(column), Some(score))));
    scorers.extend([(Scorer::Everybody, None), (Scorer::Nobody, None)]);
    let judge = |(scorer, score): (Scorer, Option<&Vec<f64>>)| {
        let (share, value) = match (scorer, score) {
            (Scorer::Everybody, _) => (1.0, alone[1].clone()),
            (Scorer::Nobody, _) | (_, None) => (0.0, alone[0].clone()),
            (_, Some(score)) => {
                let policy = top(trial, score, share, arm);
                let contacted = policy.iter().filter(|&&arm| arm > 0).count() as f64 / policy.len() as f64;
                (contacted, net(trial, own, money, &policy))
            }
        };
        let chance = alone[1].times(share).plus(&alone[0].times(1.0 - share));
        Judged {
            scorer,
            areas: score.and_then(|score| areas(trial, arm, score, halves)),
            rate: score.map(|score| rate(score, &own.doubly_robust, halves)),
            share,
            gain: value.less(&alone[0]),
            over_chance: value.less(&chance),
            over_everybody: value.less(&alone[1]),
            value,
        }
    };
    scorers.into_iter().map(judge).collect()
}

/// The value of a policy in money, costs subtracted, for one arm.
pub(super) fn net(trial: &Trial, own: &ArmEffects, money: &Money, policy: &[u32]) -> Estimate {
    let costs = policy.iter().zip(&own.redeem).map(|(&arm, &redeem)| if arm > 0 { money.cost(redeem) } else { 0.0 });
    let cost = costs.sum::<f64>() / policy.len().max(1) as f64;
    let found = value(trial, policy).map_or_else(|| Estimate::known(0.0, trial.persons()), |found| found.outcome);
    found.times(money.margin).less(&Estimate::known(cost, trial.persons()))
}

/// Rows by falling score; who comes first among equals is drawn, because names and numbers of customers may mean something.
pub(super) fn ranked(trial: &Trial, score: &[f64]) -> Vec<u32> {
    let customers = trial.rows().features.customers();
    let drawn: Vec<u64> = customers.iter().map(|customer| mix(fnv1a(&customer.to_le_bytes()))).collect();
    let mut order: Vec<u32> = (0..score.len() as u32).collect();
    order.sort_by(|&a, &b| {
        let (one, other) = (a as usize, b as usize);
        score[other].total_cmp(&score[one]).then(drawn[one].cmp(&drawn[other])).then(a.cmp(&b))
    });
    order
}

/// The policy that contacts the first rows by a score.
fn top(trial: &Trial, score: &[f64], share: f64, arm: u32) -> Vec<u32> {
    let count = (share * score.len() as f64).round() as usize;
    let mut policy = vec![0; score.len()];
    ranked(trial, score).into_iter().take(count).for_each(|row| policy[row as usize] = arm);
    policy
}

/// The areas over the rows of control and one arm; nothing where chances differ within an arm.
fn areas(trial: &Trial, arm: u32, score: &[f64], halves: &[Vec<bool>]) -> Option<Areas> {
    let rows = trial.rows();
    let kept: Vec<usize> = (0..trial.len()).filter(|&row| [0, arm].contains(&rows.arm[row])).collect();
    let chances =
        |wanted: u32| kept.iter().filter(move |&&row| rows.arm[row] == wanted).map(|&row| rows.probability[row]);
    for wanted in [0, arm] {
        let first = chances(wanted).next()?;
        if chances(wanted).any(|chance| (chance - first).abs() > 1e-9) {
            return None;
        }
    }
    let outcome: Vec<f64> = kept.iter().map(|&row| rows.outcome[row]).collect();
    let contacted: Vec<bool> = kept.iter().map(|&row| rows.arm[row] == arm).collect();
    let score: Vec<f64> = kept.iter().map(|&row| score[row]).collect();
    let halves: Vec<Vec<bool>> = halves.iter().map(|half| kept.iter().map(|&row| half[row]).collect()).collect();
    let compared = Compared { outcome: &outcome, contacted: &contacted };
    let both = [Convention::Qini, Convention::Uplift].map(|convention| {
        let found = compared.halves(&score, convention, &halves);
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        let squares: f64 = found.iter().map(|area| (area - mean) * (area - mean)).sum();
        (compared.score(&score, convention), (squares / (found.len() as f64 - 1.0)).sqrt())
    });
    let [(qini, qini_se), (auuc, auuc_se)] = both;
    Some(Areas { qini, qini_se, auuc, auuc_se })
}

/// A point of the curve of what contacting the first ones brings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Share of persons contacted, 0 to 1.
    pub share: f64,
    /// What it brings more than contacting nobody, per person, costs subtracted.
    pub gain: Interval,
    /// What contacting as many drawn at random would bring.
    pub chance: f64,
}

/// The curve of the order that is handed on, in twentieths.
pub fn curve(trial: &Trial, own: &ArmEffects, money: &Money) -> Vec<Point> {
    let score: Vec<f64> =
        own.effect.iter().zip(&own.redeem).map(|(&effect, &redeem)| money.gain(effect, redeem)).collect();
    let found: Vec<f64> =
        own.doubly_robust.iter().zip(&own.redeem).map(|(&effect, &redeem)| money.gain(effect, redeem)).collect();
    let order = ranked(trial, &score);
    let whole = found.iter().sum::<f64>() / found.len() as f64;
    (0..=20)
        .map(|step| {
            let count = step * order.len() / 20;
            let mut inside = vec![0.0; order.len()];
            order[..count].iter().for_each(|&row| inside[row as usize] = found[row as usize]);
            let gain = Estimate::mean(trial, &order, |row| inside[row]);
            let share = count as f64 / order.len() as f64;
            Point { share, gain: Interval::of(&gain, crate::numeric::shares::Z95), chance: share * whole }
        })
        .collect()
}
