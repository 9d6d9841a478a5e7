//! What to do: contact those on whom it pays, everybody, or nobody; and whether choosing between arms gains anything.
//!
//! All comparisons are of policies on the same people, judged by models that did not see them. The chance that a trial without any effect
//! makes one of the findings is at most [`ALARM`], over all arms and questions together (Bonferroni).

use super::Trial;
use super::crossed::Crossed;
use super::interval::Interval;
use super::judging::{net, ranked};
use super::money::Money;
use super::policy::{Estimate, everybody, value};
use super::rate::rate;
use crate::numeric::erf::normal_quantile;

/// The chance of a finding where there is nothing, over all findings of a trial.
pub const ALARM: f64 = 0.05;

/// What to do with an arm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Advice {
    /// Worth targeting: contact those on whom it has most effect. The order of persons is shown to be right, and contacting by it to be
    /// better than everybody and nobody; or, where contacts cost nothing, contacting everybody pays, but is not shown to pay on the last
    /// fifth of that order.
    Target,
    /// Contact everybody: it pays, and no choice of persons is shown to be better.
    TreatAll,
    /// Contact nobody: it is not shown that it pays.
    TreatNone,
}

impl Advice {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Advice::Target => "target",
            Advice::TreatAll => "treat_all",
            Advice::TreatNone => "treat_none",
        }
    }
}

/// The verdict on one arm; money per person of the trial, costs subtracted.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmVerdict {
    /// What to do.
    pub advice: Advice,
    /// What contacting everybody brings more than contacting nobody.
    pub everybody: Interval,
    /// What contacting by the order of effects brings more than contacting as many at random, on average over budgets.
    pub ranking: Interval,
    /// What a contact brings with a person of the fifth with the lowest gains.
    pub last_fifth: Interval,
    /// The share of persons on whom the contact is estimated to pay.
    pub share: f64,
    /// What contacting these brings more than the better of everybody and nobody.
    pub targeted: Interval,
    /// Whether that better one is everybody.
    pub against_everybody: bool,
    /// As how many rows of equal weight the arm's rows count.
    pub effective: f64,
}

/// Whether to choose an arm for each person.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The arm that is best for everybody alike.
    pub best: u32,
    /// What the best arm for each person brings more than that.
    pub gain: Interval,
    /// Whether a gain is shown.
    pub shown: bool,
}

/// The quantile of the normal distribution for the intervals of a trial's verdicts: two questions per arm, and one more where arms are
/// chosen between.
pub fn quantile(arms: u32) -> f64 {
    let questions = 2 * arms + u32::from(arms > 1);
    normal_quantile(1.0 - ALARM / f64::from(questions))
}

/// The verdict on each arm.
pub fn verdicts(trial: &Trial, crossed: &Crossed, money: &Money, halves: &[Vec<bool>]) -> Vec<ArmVerdict> {
    (1..=trial.arms()).map(|arm| verdict(trial, crossed, money, arm, halves)).collect()
}

fn verdict(trial: &Trial, crossed: &Crossed, money: &Money, arm: u32, halves: &[Vec<bool>]) -> ArmVerdict {
    let z = quantile(trial.arms());
    let own = &crossed.arms[arm as usize - 1];
    let nobody = everybody(trial, 0).times(money.margin);
    let contacted = vec![arm; trial.len()];
    let all = net(trial, own, money, &contacted);
    let pays = Interval::of(&all.less(&nobody), z);
    let gains: Vec<f64> =
        own.effect.iter().zip(&own.redeem).map(|(&effect, &redeem)| money.gain(effect, redeem)).collect();
    let found: Vec<f64> =
        own.doubly_robust.iter().zip(&own.redeem).map(|(&effect, &redeem)| money.gain(effect, redeem)).collect();
    let area = rate(&gains, &found, halves);
    let ranking = Interval { value: area.qini, low: area.qini - z * area.qini_se, high: area.qini + z * area.qini_se };
    let policy: Vec<u32> = gains.iter().map(|&gain| if gain > 0.0 { arm } else { 0 }).collect();
    let share = policy.iter().filter(|&&own| own > 0).count() as f64 / policy.len() as f64;
    let against_everybody = pays.low > 0.0;
    let other = if against_everybody { &all } else { &nobody };
    let targeted = Interval::of(&net(trial, own, money, &policy).less(other), z);
    let order = ranked(trial, &gains);
    let last = &order[order.len() - order.len() / 5..];
    let last_fifth = Interval::of(&Estimate::mean(trial, last, |row| found[row]), z);
    let better = targeted.low > 0.0 || (money.is_free() && against_everybody && last_fifth.low <= 0.0);
    let advice = match (ranking.low > 0.0 && better, against_everybody) {
        (true, _) => Advice::Target,
        (false, true) => Advice::TreatAll,
        (false, false) => Advice::TreatNone,
    };
    let effective = value(trial, &contacted).map_or(0.0, |found| found.effective);
    ArmVerdict { advice, everybody: pays, ranking, last_fifth, share, targeted, against_everybody, effective }
}

/// What choosing between arms gains; nothing where there is one arm only.
pub fn choice(trial: &Trial, crossed: &Crossed, money: &Money) -> Option<Choice> {
    if trial.arms() < 2 {
        return None;
    }
    let arms: Vec<u32> = (1..=trial.arms()).collect();
    let alone: Vec<Estimate> =
        (arms.iter()).map(|&arm| net(trial, &crossed.arms[arm as usize - 1], money, &vec![arm; trial.len()])).collect();
    let best = first_greatest(alone.iter().map(|estimate| estimate.value));
    let gain = |arm: usize, row: usize| money.gain(crossed.arms[arm].effect[row], crossed.arms[arm].redeem[row]);
    let policy: Vec<u32> =
        (0..trial.len()).map(|row| first_greatest((0..arms.len()).map(|arm| gain(arm, row))) as u32 + 1).collect();
    let costs = policy.iter().enumerate().map(|(row, &arm)| money.cost(crossed.arms[arm as usize - 1].redeem[row]));
    let cost = costs.sum::<f64>() / trial.len() as f64;
    let chosen = value(trial, &policy)?.outcome.times(money.margin).less(&Estimate::known(cost, trial.persons()));
    let gain = Interval::of(&chosen.less(&alone[best]), quantile(trial.arms()));
    Some(Choice { best: best as u32 + 1, shown: gain.low > 0.0, gain })
}

/// The place of the greatest, the first of equals.
fn first_greatest(values: impl Iterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (place, value) in values.enumerate() {
        if value > best.1 {
            best = (place, value);
        }
    }
    best.0
}
