//! How far effects by group and word are drawn towards none, and those of one arm towards the shape of the others.

use super::sums::Sums;

/// Penalties that are tried on squared effects, in rows: so many rows without effect are added to each group of each arm.
const PENALTIES: [f64; 5] = [1.0, 4.0, 16.0, 64.0, 256.0];
/// Penalties that are tried on squared changes of effects by words.
const WORD_PENALTIES: [f64; 5] = [4.0, 16.0, 64.0, 256.0, 1024.0];
/// Shares of an arm's own variance that are tried.
const OWN: [f64; 3] = [0.03, 0.3, 3.0];
/// So much own variance that arms share nothing.
const APART: f64 = 1e6;
/// Least strength of an arm.
const WEAKEST: f64 = 0.2;
/// The penalty of what is known without a contact.
const BASE_PENALTY: f64 = 1.0;

/// Penalties on squared coefficients, in rows, as persons who were left out chose them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalty {
    /// On the effect of an arm on a group.
    pub effects: f64,
    /// On what a word changes of it.
    pub words: f64,
    /// How far arms may differ in shape: the variance of what is an arm's own, as a share of that of what all arms have in common.
    pub own: f64,
}

impl Penalty {
    /// The penalties as a matrix. The same coefficient of arms a and b is expected to vary with covariance s_a·s_b·(1 + own·1[a = b]) ÷ penalty,
    /// s the strengths of the arms, so that an arm with few rows has the shape of the others (L. Breiman, J. Friedman, "Predicting multivariate
    /// responses in multiple linear regression", JRSS B 59, 1997, on the same end by other means); the inverse of that is the penalty.
    pub(super) fn matrix(&self, shape: &Shape, strengths: &[f64]) -> Vec<f64> {
        let (arms, base, width) = (strengths.len(), shape.base(), shape.per_arm());
        let size = base + arms * width;
        let mut matrix = vec![0.0; size * size];
        (0..base).for_each(|place| matrix[place * size + place] = BASE_PENALTY);
        for place in 0..width {
            let penalty = if place < shape.groups { self.effects } else { self.words };
            for (one, first) in strengths.iter().enumerate() {
                for (other, second) in strengths.iter().enumerate() {
                    let inverse = (f64::from(u8::from(one == other)) - 1.0 / (arms as f64 + self.own)) / self.own;
                    let (row, column) = (base + one * width + place, base + other * width + place);
                    matrix[row * size + column] = penalty * inverse / (first * second);
                }
            }
        }
        matrix
    }
}

/// Which coefficient stands where: groups without a contact, words without a contact, then by arm groups and words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) groups: usize,
    pub(super) words: usize,
    pub(super) by_group: bool,
}

impl Shape {
    /// Coefficients without a contact.
    pub(super) fn base(&self) -> usize {
        self.groups + self.words
    }

    /// Coefficients of each arm.
    pub(super) fn per_arm(&self) -> usize {
        self.groups + self.words * if self.by_group { self.groups } else { 1 }
    }

    /// Calls `visit(place, value)` for what a row has of an effect, counted from the first place of its arm.
    pub(super) fn effect(&self, groups: &[f64], words: &[f64], mut visit: impl FnMut(usize, f64)) {
        groups.iter().enumerate().for_each(|(group, &share)| visit(group, share));
        for (word, &value) in words.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            if self.by_group {
                let start = self.groups * (word + 1);
                groups.iter().enumerate().for_each(|(group, share)| visit(start + group, share * value));
            } else {
                visit(self.groups + word, value);
            }
        }
    }
}

/// All penalties that are tried.
pub(super) fn tried(shape: &Shape, strengths: &[f64]) -> Vec<Penalty> {
    let words = if shape.words > 0 { &WORD_PENALTIES[..] } else { &WORD_PENALTIES[..1] };
    let own = if strengths.len() > 1 { &OWN[..] } else { &OWN[..1] };
    let all = PENALTIES.iter().flat_map(|&effects| words.iter().map(move |&words| (effects, words)));
    all.flat_map(|(effects, words)| own.iter().map(move |&own| Penalty { effects, words, own })).collect()
}

/// How strong each arm is beside the others, 1 on average: the first right singular vector of effects by group and arm, found by power
/// iteration. Arms that do the opposite of others have a strength below 0; none is nearer to 0 than [`WEAKEST`].
pub(super) fn strengths(sums: &Sums, shape: &Shape, arms: usize) -> Option<Vec<f64>> {
    let equal = vec![1.0; arms];
    let loose = Penalty { effects: PENALTIES[1], words: WORD_PENALTIES[2], own: APART };
    let found = sums.solved(&loose.matrix(shape, &equal))?;
    let effect = |arm: usize, group: usize| found[shape.base() + arm * shape.per_arm() + group];
    let mut strengths = equal;
    for _ in 0..20 {
        let shared: Vec<f64> =
            (0..shape.groups).map(|group| (0..arms).map(|arm| strengths[arm] * effect(arm, group)).sum()).collect();
        let next: Vec<f64> =
            (0..arms).map(|arm| (0..shape.groups).map(|group| shared[group] * effect(arm, group)).sum()).collect();
        let size = next.iter().map(|strength: &f64| strength.abs()).sum::<f64>() / arms as f64;
        if size <= 0.0 {
            break;
        }
        strengths = next.iter().map(|strength| strength / size).collect();
    }
    Some(strengths.into_iter().map(|strength| strength.signum() * strength.abs().max(WEAKEST)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times the covariance that it comes from, the matrix of penalties is the unit matrix.
    #[test]
    fn penalties_are_the_inverse_of_what_is_expected() {
        let shape = Shape { groups: 1, words: 0, by_group: true };
        let (strengths, penalty) = ([0.5, 2.0, -1.0], Penalty { effects: 4.0, words: 1.0, own: 0.3 });
        let matrix = penalty.matrix(&shape, &strengths);
        for one in 0..3 {
            for other in 0..3 {
                let cell: f64 = (0..3)
                    .map(|k| {
                        let own = if k == other { penalty.own } else { 0.0 };
                        let covariance = strengths[k] * strengths[other] * (1.0 + own) / penalty.effects;
                        matrix[(one + 1) * 4 + k + 1] * covariance
                    })
                    .sum();
                assert!((cell - f64::from(u8::from(one == other))).abs() < 1e-12, "{one} {other}: {cell}");
            }
        }
        assert_eq!((matrix[0], matrix[1]), (BASE_PENALTY, 0.0));
    }

    /// Two groups; the second arm does twice what the first does, the third the opposite.
    #[test]
    fn strengths_of_arms_are_found() {
        let shape = Shape { groups: 2, words: 0, by_group: true };
        let mut sums = Sums::new(8);
        for group in 0..2 {
            let base = [0.2, 0.1][group];
            for _ in 0..4_000 {
                sums.add(&[(group, 1.0)], base);
                for (arm, strength) in [1.0, 2.0, -1.0].into_iter().enumerate() {
                    let effect = strength * [0.1, -0.02][group];
                    sums.add(&[(group, 1.0), (2 + 2 * arm + group, 1.0)], base + effect);
                }
            }
        }
        let found = strengths(&sums, &shape, 3).expect("solved");
        for (found, planted) in found.iter().zip([0.75, 1.5, -0.75]) {
            assert!((found - planted).abs() < 0.02, "{found} for {planted}");
        }
    }
}
