//! The path of a tree with the weights of all subsets of its columns (S. Lundberg et al., Nature Machine Intelligence 2, 2020,
//! algorithm 2).

/// One distinct column on the way down.
#[derive(Clone, Copy, Default)]
pub(super) struct Step {
    pub(super) column: u32,
    /// Share of the training cover that takes this way when the column is not known.
    pub(super) zero: f64,
    /// 1 when the row takes this way, else 0.
    pub(super) one: f64,
    /// Summed weight of the subsets of columns by their size.
    pub(super) weight: f64,
}

/// Adds a step as the last of a path.
pub(super) fn extend(path: &mut [Step], step: Step) {
    let depth = path.len() - 1;
    path[depth] = Step { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step };
    let size = (depth + 1) as f64;
    for place in (0..depth).rev() {
        path[place + 1].weight += step.one * path[place].weight * (place + 1) as f64 / size;
        path[place].weight *= step.zero * (depth - place) as f64 / size;
    }
}

/// Takes a step out; what is left are all elements but the last.
pub(super) fn unwind(path: &mut [Step], place: usize) {
    let depth = path.len() - 1;
    let Step { one, zero, .. } = path[place];
    let mut next = path[depth].weight;
    let size = (depth + 1) as f64;
    for index in (0..depth).rev() {
        if one != 0.0 {
            let kept = path[index].weight;
            path[index].weight = next * size / ((index + 1) as f64 * one);
            next = kept - path[index].weight * zero * (depth - index) as f64 / size;
        } else {
            path[index].weight = path[index].weight * size / (zero * (depth - index) as f64);
        }
    }
    for index in place..depth {
        let Step { column, zero, one, .. } = path[index + 1];
        path[index] = Step { column, zero, one, weight: path[index].weight };
    }
}

/// The sum of the weights that a path would have without a step.
pub(super) fn unwound_sum(path: &[Step], place: usize) -> f64 {
    let depth = path.len() - 1;
    let Step { one, zero, .. } = path[place];
    let mut next = path[depth].weight;
    let size = (depth + 1) as f64;
    let mut sum = 0.0;
    for index in (0..depth).rev() {
        if one != 0.0 {
            let weight = next * size / ((index + 1) as f64 * one);
            sum += weight;
            next = path[index].weight - weight * zero * (depth - index) as f64 / size;
        } else {
            sum += path[index].weight * size / (zero * (depth - index) as f64);
        }
    }
    sum
}
