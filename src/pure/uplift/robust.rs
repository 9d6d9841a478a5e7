//! Outcomes made into effects that are right on average when either the models or the chances are.

use super::Trial;

/// μ_a(x) − μ_0(x) + 1[arm = a]·(y − μ_a(x))/p − 1[arm = 0]·(y − μ_0(x))/p, p the row's chance of its own arm (J. Robins, A. Rotnitzky,
/// L. Zhao, "Estimation of regression coefficients when some regressors are not always observed", JASA 89, 1994).
pub(super) fn doubly_robust(trial: &Trial, arm: u32, contacted: &[f64], control: &[f64]) -> Vec<f64> {
    let rows = trial.rows();
    (0..trial.len())
        .map(|row| {
            let (chance, outcome) = (rows.probability[row], rows.outcome[row]);
            let correction = match rows.arm[row] {
                0 => -(outcome - control[row]) / chance,
                own if own == arm => (outcome - contacted[row]) / chance,
                _ => 0.0,
            };
            contacted[row] - control[row] + correction
        })
        .collect()
}
