//! Qini and uplift curves with their areas, in the conventions of scikit-uplift: `qini_auc_score` and `uplift_auc_score` (version 0.5.1,
//! `sklift/metrics/metrics.py`). The area between the curve and the straight line of a random order, divided by the same area of the
//! perfect order; 0 is chance, 1 perfect, and no bound below. Arms are compared as they stand: where the chance of an arm differs from
//! row to row these measures are not to be used, and values of policies are.

/// What is judged: outcomes of contacted and control rows.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    /// The outcome of each row.
    pub outcome: &'a [f64],
    /// Whether the row was contacted.
    pub contacted: &'a [bool],
}

/// Points of a curve: how many rows from the top, and the value there; begins at (0, 0).
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Rows from the top.
    pub rows: Vec<f64>,
    /// The value of the curve.
    pub value: Vec<f64>,
}

/// How contacted and control rows are compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Convention {
    /// Outcomes of the contacted less those of control scaled to as many rows (N. Radcliffe, "Using control groups to target on
    /// predicted lift", 2007).
    Qini,
    /// Difference of the means times the rows of both.
    Uplift,
}

impl Convention {
    fn value(self, sums: &Sums) -> f64 {
        let mean = |sum: f64, rows: f64| if rows > 0.0 { sum / rows } else { 0.0 };
        match self {
            Convention::Qini => sums.contacted - mean(sums.control, sums.control_rows) * sums.contacted_rows,
            Convention::Uplift => {
                (mean(sums.contacted, sums.contacted_rows) - mean(sums.control, sums.control_rows)) * sums.rows()
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    contacted: f64,
    contacted_rows: f64,
    control: f64,
    control_rows: f64,
}

impl Sums {
    fn add(&mut self, outcome: f64, contacted: bool) {
        if contacted {
            self.contacted += outcome;
            self.contacted_rows += 1.0;
        } else {
            self.control += outcome;
            self.control_rows += 1.0;
        }
    }

    fn rows(&self) -> f64 {
        self.contacted_rows + self.control_rows
    }
}

impl Compared<'_> {
    /// The curve of the rows in the order of a score, the highest first; rows of one score are taken together.
    pub fn curve(&self, score: &[f64], convention: Convention) -> Curve {
        let order = falling(score);
        let all = vec![true; score.len()];
        self.curve_of(&order, score, &all, convention)
    }

    fn curve_of(&self, order: &[u32], score: &[f64], kept: &[bool], convention: Convention) -> Curve {
        let mut curve = Curve { rows: vec![0.0], value: vec![0.0] };
        let mut sums = Sums::default();
        for (place, &row) in order.iter().enumerate() {
            let row = row as usize;
            if kept[row] {
                sums.add(self.outcome[row], self.contacted[row]);
            }
            let last = order.get(place + 1).is_none_or(|&next| score[next as usize] != score[row]);
            if last && sums.rows() > curve.rows[curve.rows.len() - 1] {
                curve.rows.push(sums.rows());
                curve.value.push(convention.value(&sums));
            }
        }
        curve
    }

    /// scikit-uplift's `qini_auc_score` (negative effects allowed) or `uplift_auc_score`; NaN where the perfect order is no better
    /// than chance.
    pub fn score(&self, score: &[f64], convention: Convention) -> f64 {
        self.curve(score, convention).above_chance() / self.perfect(convention)
    }

    /// The area above chance of the best order there can be.
    fn perfect(&self, convention: Convention) -> f64 {
        let count = |outcome: f64, contacted: bool| {
            let rows = self.outcome.iter().zip(self.contacted);
            rows.filter(|row| *row.0 == outcome && *row.1 == contacted).count()
        };
        // As scikit-uplift orders them: for the uplift curve by whether outcome and arm agree, then by one of the two.
        let by_outcome = count(1.0, false) > count(0.0, true);
        let best = self.outcome.iter().zip(self.contacted).map(|(&outcome, &contacted)| {
            let arm = f64::from(contacted);
            match convention {
                Convention::Qini => outcome * arm - outcome * (1.0 - arm),
                Convention::Uplift => 2.0 * f64::from(outcome == arm) + if by_outcome { outcome } else { arm },
            }
        });
        self.curve(&best.collect::<Vec<f64>>(), convention).above_chance()
    }

    /// The score of random halves of the persons, each as the whole would have it: their spread is the standard error of the
    /// score. `halves` says of each row whether it is in the half.
    pub fn halves(&self, score: &[f64], convention: Convention, halves: &[Vec<bool>]) -> Vec<f64> {
        let (order, perfect) = (falling(score), self.perfect(convention));
        let half = |kept: &Vec<bool>| {
            let curve = self.curve_of(&order, score, kept, convention);
            let rows = curve.rows[curve.rows.len() - 1];
            // An area has two sides, each as long as there are rows.
            let scale = score.len() as f64 / rows.max(1.0);
            curve.above_chance() * scale * scale / perfect
        };
        use rayon::prelude::*;
        halves.par_iter().map(half).collect()
    }
}

impl Curve {
    /// The area under the curve by trapezoids less that under the straight line to its end.
    fn above_chance(&self) -> f64 {
        let steps = self.rows.windows(2).zip(self.value.windows(2));
        let area: f64 = steps.map(|(rows, value)| (rows[1] - rows[0]) * (value[0] + value[1]) / 2.0).sum();
        let end = self.rows.len() - 1;
        area - self.rows[end] * self.value[end] / 2.0
    }
}

/// Rows by falling score, the earlier of equals first.
pub(super) fn falling(score: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..score.len() as u32).collect();
    order.sort_by(|&a, &b| score[b as usize].total_cmp(&score[a as usize]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The vectors of `test_qini_auc_score` and `test_uplift_auc_score` in `sklift/tests/test_metrics.py` (scikit-uplift, commit
    /// 3077133): outcomes, scores, arms, Qini, uplift.
    #[test]
    fn published_areas() {
        let cases: [(&[f64], &[f64], &[bool], f64, f64); 6] = [
            (&[1.0, 1.0], &[0.1, 0.3], &[false, true], 1.0, 1.0),
            (&[1.0, 1.0], &[0.1, 0.3], &[true, false], 0.0, -1.0),
            (&[0.0, 1.0], &[0.1, 0.3], &[true, false], 1.0, 0.0),
            (&[1.0, 0.0], &[0.1, 0.3], &[false, true], 1.0, 1.0),
            (&[0.0, 1.0, 2.0], &[0.1, 0.3, 0.9], &[false, true, false], -0.5, -1.333_333),
            (&[0.0, 1.0, 2.0], &[0.1, 0.3, 0.9], &[true, false, true], 0.75, 1.333_333),
        ];
        for (outcome, score, contacted, qini, uplift) in cases {
            let compared = Compared { outcome, contacted };
            let found = [Convention::Qini, Convention::Uplift].map(|convention| compared.score(score, convention));
            assert!((found[0] - qini).abs() < 1e-6 && (found[1] - uplift).abs() < 1e-6, "{outcome:?}: {found:?}");
        }
    }

    /// The points of `test_qini_curve` and `test_uplift_curve`: a single score for all, and two of them.
    #[test]
    fn published_points() {
        let (contacted, flat) = ([false, true, true], [0.0; 3]);
        let compared = Compared { outcome: &[0.0, 1.0, 0.0], contacted: &contacted };
        assert_eq!(compared.curve(&flat, Convention::Qini), Curve { rows: vec![0.0, 3.0], value: vec![0.0, 1.0] });
        assert_eq!(compared.curve(&flat, Convention::Uplift), Curve { rows: vec![0.0, 3.0], value: vec![0.0, 1.5] });
        let compared = Compared { outcome: &[0.0, 1.0, 2.0], contacted: &contacted };
        let two = [-1.0, 0.0, 0.0];
        let qini = Curve { rows: vec![0.0, 2.0, 3.0], value: vec![0.0, 3.0, 3.0] };
        assert_eq!(compared.curve(&two, Convention::Qini), qini);
        let uplift = Curve { rows: vec![0.0, 2.0, 3.0], value: vec![0.0, 3.0, 4.5] };
        assert_eq!(compared.curve(&two, Convention::Uplift), uplift);
        // All outcomes the same: nothing above chance.
        let compared = Compared { outcome: &[0.0; 3], contacted: &contacted };
        assert_eq!(compared.curve(&two, Convention::Qini).value, [0.0, 0.0, 0.0]);
    }

    proptest! {
        #[test]
        fn curves_are_what_counting_gives(rows in prop::collection::vec((0u8..3, 0u8..4, any::<bool>()), 1..12)) {
            let outcome: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let score: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
            let contacted: Vec<bool> = rows.iter().map(|row| row.2).collect();
            let compared = Compared { outcome: &outcome, contacted: &contacted };
            let curve = compared.curve(&score, Convention::Qini);
            let mut expected = vec![(0.0, 0.0)];
            for least in (0..4).rev() {
                let top: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].1 >= least).collect();
                if !rows.iter().any(|row| row.1 == least) {
                    continue;
                }
                let count = |arm: bool| top.iter().filter(|&&row| contacted[row] == arm).count() as f64;
                let sum = |arm: bool| top.iter().filter(|&&row| contacted[row] == arm).map(|&row| outcome[row]).sum::<f64>();
                let control = if count(false) > 0.0 { sum(false) * count(true) / count(false) } else { 0.0 };
                expected.push((top.len() as f64, sum(true) - control));
            }
            prop_assert_eq!(curve.rows.len(), expected.len());
            for (place, (rows, value)) in expected.into_iter().enumerate() {
                prop_assert!((curve.rows[place] - rows).abs() < 1e-9 && (curve.value[place] - value).abs() < 1e-9);
            }
            // The half that is everybody has the score of all.
            let (whole, score) = (compared.halves(&score, Convention::Qini, &[vec![true; rows.len()]])[0], compared.score(&score, Convention::Qini));
            prop_assert!(whole.is_nan() && score.is_nan() || whole == score || (whole - score).abs() < 1e-9, "{} {}", whole, score);
        }
    }
}
