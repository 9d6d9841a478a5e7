//! Consistent partial least squares: paths of common factors instead of composites.

use super::model::PathModel;
use super::pls::Pls;
use super::quality::BlockQuality;
use crate::numeric::linear::solve_symmetric;

/// `paths[to][from]` as they would be if each reflective construct were a common factor that its items measure with error: correlations of
/// constructs divided by √(ρ_A·ρ_A), then regressions (T. Dijkstra, J. Henseler, "Consistent partial least squares path modeling", MIS
/// Quarterly 39(2), 2015, equations 3 and 4). Single items and formative blocks count as free of error.
///
/// NaN where there is no arrow, and for a construct whose predecessors are then no proper correlations (a value of 1 or more among
/// them): its constructs cannot be told apart.
pub fn consistent_paths(model: &PathModel, pls: &Pls, blocks: &[BlockQuality]) -> Vec<Vec<f64>> {
    let constructs = model.blocks().len();
    let reliability = |j: usize| if blocks[j].rho_a.is_nan() { 1.0 } else { blocks[j].rho_a };
    let between = |a: usize, b: usize| match a == b {
        true => 1.0,
        false => pls.correlations[a][b] / (reliability(a) * reliability(b)).sqrt(),
    };
    let mut paths = vec![vec![f64::NAN; constructs]; constructs];
    for (to, row) in paths.iter_mut().enumerate() {
        let from = model.predecessors(to);
        let among: Vec<f64> = from.iter().flat_map(|&a| from.iter().map(move |&b| between(a, b))).collect();
        let with: Vec<f64> = from.iter().map(|&i| between(i, to)).collect();
        let proper = among.iter().chain(&with).all(|value| value.abs() <= 1.0);
        let found = solve_symmetric(&among, &with).filter(|_| proper);
        from.iter().zip(found.into_iter().flatten()).for_each(|(&i, path)| row[i] = path);
    }
    paths
}
