//! Taking back what the choice of the highest estimates promises too much.
//!
//! Who is chosen because of a high estimate was in part estimated too high: E[effect | estimate] = mean + ρ²·(estimate − mean), ρ² = var(effect)
//! ÷ (var(effect) + var(noise)) (J. Smith, R. Winkler, "The optimizer's curse", Management Science 52(3), 2006). ρ² is the slope of
//! unbiased estimates of rows' effects on estimates that did not see them (V. Chernozhukov, M. Demirer, E. Duflo, I. Fernández-Val,
//! "Generic machine learning inference on heterogeneous treatment effects", best linear predictor, NBER 24678, 2018).

use super::Trial;
use super::crossed::ArmEffects;
use super::policy::Estimate;
use crate::numeric::shares::Z95;

/// How estimates of one arm become what can be promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrinkage {
    /// The mean effect.
    pub mean: f64,
    /// Its standard error.
    pub mean_se: f64,
    /// How much of the mean can be promised, 0 to 1: 1 − (se ÷ mean)², at least 0.
    pub of_mean: f64,
    /// ρ²: how much of a difference between two estimates can be promised, 0 to 1.
    pub of_differences: f64,
    /// The standard error of the slope that it was bounded from.
    pub slope_se: f64,
    /// Mean and variance of the estimates.
    centre: f64,
    variance: f64,
}

/// A shrunk effect with its 95 % interval, from the errors of the mean effect and of ρ² and from what ρ² leaves of the spread of effects. It is for
/// groups of persons chosen by their estimates; the effect of a single person lies outside more often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunk {
    /// The effect that can be promised.
    pub effect: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Shrinkage {
    /// What a trial says of the estimates of one arm.
    pub fn learn(trial: &Trial, own: &ArmEffects) -> Shrinkage {
        let count = trial.len() as f64;
        let all: Vec<u32> = (0..trial.len() as u32).collect();
        let mean = Estimate::mean(trial, &all, |row| own.doubly_robust[row]);
        let centre = own.effect.iter().sum::<f64>() / count;
        let squares: f64 = own.effect.iter().map(|effect| (effect - centre) * (effect - centre)).sum();
        let (slope, slope_se) = if squares > 1e-18 * (1.0 + centre * centre) * count {
            let pairs = || own.effect.iter().zip(&own.doubly_robust);
            let slope = pairs().map(|(effect, found)| (effect - centre) * (found - mean.value)).sum::<f64>() / squares;
            let part = |row: usize| {
                let off = own.effect[row] - centre;
                off * (own.doubly_robust[row] - mean.value - slope * off) / squares * count
            };
            (slope, Estimate::mean(trial, &all, part).se())
        } else {
            (0.0, 0.0)
        };
        let (value, se) = (mean.value, mean.se());
        Shrinkage {
            mean: value,
            mean_se: se,
            of_mean: if value == 0.0 { 0.0 } else { (1.0 - se * se / (value * value)).max(0.0) },
            of_differences: slope.clamp(0.0, 1.0),
            slope_se,
            centre,
            variance: squares / count,
        }
    }

    /// The shrunk effect of an estimate.
    pub fn of(&self, effect: f64) -> Shrunk {
        let off = effect - self.centre;
        let shrunk = self.of_mean * self.mean + self.of_differences * off;
        let left = self.of_differences * (1.0 - self.of_differences) * self.variance;
        let slope = self.slope_se * off;
        let half = Z95 * (self.mean_se * self.mean_se + left + slope * slope).sqrt();
        Shrunk { effect: shrunk, low: shrunk - half, high: shrunk + half }
    }
}

/// A tenth of the trial's rows by what is promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decile {
    /// 1 has the highest promises.
    pub decile: u32,
    /// Rows of the trial in it.
    pub rows: usize,
    /// The mean effect by estimates.
    pub estimated: f64,
    /// The mean shrunk effect.
    pub promised: f64,
    /// The mean effect that came about.
    pub realised: f64,
    /// Its standard error by persons.
    pub realised_se: f64,
}

/// What is promised against what came about, in tenths.
pub fn deciles(trial: &Trial, own: &ArmEffects, shrinkage: &Shrinkage) -> Vec<Decile> {
    let order = super::judging::ranked(trial, &own.effect);
    (0..10)
        .map(|tenth| {
            let part = &order[tenth * order.len() / 10..(tenth + 1) * order.len() / 10];
            let count = part.len().max(1) as f64;
            let mean = |of: &dyn Fn(usize) -> f64| part.iter().map(|&row| of(row as usize)).sum::<f64>() / count;
            let realised = Estimate::mean(trial, part, |row| own.doubly_robust[row]);
            Decile {
                decile: tenth as u32 + 1,
                rows: part.len(),
                estimated: mean(&|row| own.effect[row]),
                promised: mean(&|row| shrinkage.of(own.effect[row]).effect),
                realised: realised.value,
                realised_se: realised.se(),
            }
        })
        .collect()
}
