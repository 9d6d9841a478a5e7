//! The best split of a node from the histogram of one column.
//!
//! Gain is G²/(H + λ) of both sides less that of the node, G and H the sums of gradients and hessians (T. Chen, C. Guestrin,
//! "XGBoost", KDD 2016, equation 7). With gradient −y and hessian 1 the same formula is twice the fall in Gini impurity, so
//! forests use it too. Missing values try both sides. Categories: few are tried one against the rest; many are sorted by
//! G/(H + smoothing), where the best division in two is a cut of the order (W. Fisher, "On grouping for maximum homogeneity",
//! JASA 53, 1958).

/// Sums over the rows of a bin, in whole steps of the gradients' scales: exact, so no order of adding matters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sums {
    pub gradient: i64,
    pub hessian: i64,
}

impl Sums {
    pub(super) fn add(self, other: Sums) -> Sums {
        Sums { gradient: self.gradient + other.gradient, hessian: self.hessian + other.hessian }
    }

    pub(super) fn less(self, other: Sums) -> Sums {
        Sums { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    /// The sums of a packed cell: gradient in the upper 32 bits, hessian in the lower.
    pub(super) fn unpack(cell: u64) -> Sums {
        Sums { gradient: i64::from((cell >> 32) as u32 as i32), hessian: i64::from(cell as u32) }
    }
}

/// What a split must satisfy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// One step of the gradients.
    pub gradient_step: f64,
    /// One step of the hessians.
    pub hessian_step: f64,
    /// λ, added to each side's hessian.
    pub l2: f64,
    /// The least rows of a side, estimated from its share of the node's hessian.
    pub min_leaf: f64,
    /// The least hessian of a side.
    pub min_hessian: f64,
    /// The least gain.
    pub min_gain: f64,
    /// Added to a category's hessian when categories are sorted, and to λ when a sorted cut is judged.
    pub category_smoothing: f64,
    /// Up to this many categories in a node are tried one against the rest; more are sorted.
    pub lone_categories: usize,
}

impl Rules {
    /// G²/(H + λ) of some sums.
    pub(super) fn strength(&self, sums: Sums, l2: f64) -> f64 {
        let gradient = sums.gradient as f64 * self.gradient_step;
        gradient * gradient / (sums.hessian as f64 * self.hessian_step + l2)
    }

    /// The value of a leaf, −G/(H + λ).
    pub(super) fn leaf(&self, sums: Sums) -> f64 {
        let hessian = sums.hessian as f64 * self.hessian_step + self.l2;
        if hessian > 0.0 { -(sums.gradient as f64 * self.gradient_step) / hessian } else { 0.0 }
    }
}

/// Where a node is cut.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cut {
    /// Codes 1 to `last` go left; code 0 goes left if asked to.
    Number { last: u8, missing_left: bool },
    /// Codes whose bit is set go left.
    Words([u64; 4]),
}

impl Cut {
    pub(super) fn goes_left(&self, code: u8) -> bool {
        match self {
            Cut::Number { last, missing_left } => {
                if code == 0 {
                    *missing_left
                } else {
                    code <= *last
                }
            }
            Cut::Words(set) => contains(set, code),
        }
    }

    /// The answer for every code.
    pub(super) fn table(&self) -> [bool; 256] {
        std::array::from_fn(|code| self.goes_left(code as u8))
    }
}

/// Whether a set of codes has this one.
pub(super) fn contains(set: &[u64; 4], code: u8) -> bool {
    set[usize::from(code >> 6)] >> (code & 63) & 1 == 1
}

/// A cut with what it is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Split {
    pub column: usize,
    pub cut: Cut,
    pub gain: f64,
    pub left: Sums,
}

/// The node that is to be cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    pub sums: Sums,
    pub rows: usize,
}

impl Whole {
    /// The gain of a left side, if both sides are large enough.
    fn gain(&self, left: Sums, rules: &Rules, l2: f64) -> Option<f64> {
        let right = self.sums.less(left);
        let least = left.hessian.min(right.hessian) as f64;
        let rows = least * self.rows as f64 / self.sums.hessian.max(1) as f64;
        if left.hessian <= 0 || right.hessian <= 0 || least * rules.hessian_step < rules.min_hessian {
            return None;
        }
        // Rounded: the hessian's steps must not cost a row.
        if rows + 0.5 < rules.min_leaf {
            return None;
        }
        let gain = rules.strength(left, l2) + rules.strength(right, l2) - rules.strength(self.sums, rules.l2);
        (gain > rules.min_gain && gain.is_finite()).then_some(gain)
    }

    fn heavier_left(&self, left: Sums) -> bool {
        2 * left.hessian >= self.sums.hessian
    }
}

/// The best cut of a column of numbers; `bins[code]` for codes 0 (missing) and up.
pub(super) fn best_number(column: usize, bins: &[Sums], whole: Whole, rules: &Rules) -> Option<Split> {
    let missing = bins[0];
    let some_missing = missing != Sums::default();
    let mut best: Option<Split> = None;
    let mut without = Sums::default();
    for last in 1..bins.len() {
        if bins[last] == Sums::default() && last + 1 < bins.len() {
            continue;
        }
        without = without.add(bins[last]);
        let sides = [(without, false), (without.add(missing), true)];
        for (left, missing_left) in sides.into_iter().take(1 + usize::from(some_missing)) {
            if let Some(gain) = whole.gain(left, rules, rules.l2)
                && best.as_ref().is_none_or(|split| gain > split.gain)
            {
                // Where no row of the node misses the value, later ones that do go with the majority.
                let missing_left = if some_missing { missing_left } else { whole.heavier_left(left) };
                best = Some(Split { column, cut: Cut::Number { last: last as u8, missing_left }, gain, left });
            }
        }
    }
    best
}

/// The cut after a code that is given, for splits drawn at random; missing values on the better side.
pub(super) fn cut_after(column: usize, bins: &[Sums], last: usize, whole: Whole, rules: &Rules) -> Option<Split> {
    let without = bins[1..=last].iter().fold(Sums::default(), |sum, bin| sum.add(*bin));
    let some_missing = bins[0] != Sums::default();
    let mut best: Option<Split> = None;
    for (left, missing_left) in [(without, false), (without.add(bins[0]), true)] {
        if let Some(gain) = whole.gain(left, rules, rules.l2)
            && best.as_ref().is_none_or(|split| gain > split.gain)
        {
            let missing_left = if some_missing { missing_left } else { whole.heavier_left(left) };
            best = Some(Split { column, cut: Cut::Number { last: last as u8, missing_left }, gain, left });
        }
    }
    best
}

/// The best cut of a column of words.
pub(super) fn best_words(column: usize, bins: &[Sums], whole: Whole, rules: &Rules) -> Option<Split> {
    let present: Vec<usize> = (0..bins.len()).filter(|&code| bins[code] != Sums::default()).collect();
    let mut best: Option<Split> = None;
    let mut offer = |codes: &[usize], left: Sums, l2: f64| {
        if let Some(gain) = whole.gain(left, rules, l2)
            && best.as_ref().is_none_or(|split| gain > split.gain)
        {
            let mut set = [0u64; 4];
            codes.iter().for_each(|&code| set[code >> 6] |= 1 << (code & 63));
            // Words that no row of the node has go with the majority: nothing distinguishes them.
            if whole.heavier_left(left) {
                let absent = (0..256).filter(|code| present.binary_search(code).is_err());
                absent.for_each(|code| set[code >> 6] |= 1 << (code & 63));
            }
            best = Some(Split { column, cut: Cut::Words(set), gain, left });
        }
    };
    if present.len() <= rules.lone_categories {
        for &code in &present {
            offer(&[code], bins[code], rules.l2);
        }
        return best;
    }
    let rank = |code: usize| {
        let Sums { gradient, hessian } = bins[code];
        gradient as f64 * rules.gradient_step / (hessian as f64 * rules.hessian_step + rules.category_smoothing)
    };
    let mut order = present.clone();
    order.sort_by(|&a, &b| rank(a).total_cmp(&rank(b)).then(a.cmp(&b)));
    let mut left = Sums::default();
    for count in 1..order.len() {
        left = left.add(bins[order[count - 1]]);
        offer(&order[..count], left, rules.l2 + rules.category_smoothing);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        gradient_step: 1.0,
        hessian_step: 1.0,
        l2: 0.0,
        min_leaf: 1.0,
        min_hessian: 0.0,
        min_gain: 0.0,
        category_smoothing: 0.0,
        lone_categories: 4,
    };

    fn sums(cells: &[(i64, i64)]) -> (Vec<Sums>, Whole) {
        let bins: Vec<Sums> = cells.iter().map(|&(gradient, hessian)| Sums { gradient, hessian }).collect();
        let total = bins.iter().fold(Sums::default(), |sum, bin| sum.add(*bin));
        (bins, Whole { sums: total, rows: total.hessian as usize })
    }

    #[test]
    fn gini_by_hand() {
        // Ten rows, positives only above the third code: left 6 rows with 0, right 4 rows with 4 positives.
        let (bins, whole) = sums(&[(0, 0), (0, 2), (0, 2), (0, 2), (-2, 2), (-2, 2)]);
        let split = best_number(0, &bins, whole, &RULES).expect("a clean cut");
        assert_eq!(split.cut, Cut::Number { last: 3, missing_left: true });
        assert!((split.gain - (4.0 - 1.6)).abs() < 1e-12);
    }

    #[test]
    fn missing_goes_where_it_belongs() {
        let (bins, whole) = sums(&[(-3, 3), (0, 4), (-4, 4)]);
        let split = best_number(0, &bins, whole, &RULES).expect("a cut");
        assert_eq!(split.cut, Cut::Number { last: 1, missing_left: false });
        let (bins, whole) = sums(&[(-3, 3), (0, 4), (0, 4)]);
        let split = best_number(0, &bins, whole, &RULES).expect("missing against the rest");
        assert_eq!(split.cut, Cut::Number { last: 2, missing_left: false });
    }

    #[test]
    fn many_categories_are_divided_by_their_means() {
        let (bins, whole) = sums(&[(0, 0), (-5, 5), (0, 5), (-5, 5), (0, 5), (-4, 5), (-1, 5)]);
        let split = best_words(0, &bins, whole, &RULES).expect("a cut");
        let left: Vec<bool> = (1..7).map(|code| split.cut.goes_left(code)).collect();
        assert_eq!(left, [true, false, true, false, true, false]);
    }

    #[test]
    fn unpacks_negative_gradients() {
        let cell = ((-5i32 as u32 as u64) << 32).wrapping_add(7);
        assert_eq!(Sums::unpack(cell.wrapping_add(cell)), Sums { gradient: -10, hessian: 14 });
    }
}
