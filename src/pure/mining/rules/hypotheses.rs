//! How many rules could have passed, and p-values that allow for all of them.
//!
//! Rules are looked at because their count reached a minimum. Where that minimum is low, most of those that did reached it by
//! luck: of 100,000 pairs that chance gives half a basket each, 17 are in five baskets or more, each with a value of 0.0002, and to
//! correct for 17 tests lets all of them pass. Two corrections each bound the share of false rules, and a rule passes by
//! either; the level is split between them, since of a union of two findings the false share is at most the sum.
//!
//! - Of the rules that reached the minimum, each is tested by what is likely among outcomes that reach it (W. Fithian, D. Sun and
//!   J. Taylor, "Optimal inference after model selection", 2014), and those alone are the tests, each with a weight in proportion
//!   to how likely chance reaches the minimum, so that the many which are there by luck take little of the level. Where the
//!   minimum is below what chance gives this costs nothing, and what is frequent is seen as well as before.
//! - All rules whose sides are frequent enough for the minimum could have passed (R. E. Tarone, "A modified Bonferroni method for
//!   discrete data", 1990; A. Terada and others, LAMP, 2013): each is tested by its plain value, and rules of each length have an
//!   equal part of the level (G. I. Webb, "Layered critical values", 2008; as weights: C. R. Genovese, K. Roeder and
//!   L. Wasserman, "False discovery control with p-value weighting", 2006). This finds what is rare and strong.

use super::significance::{Correction, Tested, adjust};

/// The part of the level for rules tested among those that reached the minimum; the rest is for all that could have. What
/// is rare and strong has values smaller by powers of ten, so the small part is enough.
const OF_REACHED: f64 = 0.8;

/// How many rules were tested and how many could have passed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hypotheses {
    /// Rules that can be made of the itemsets that reached the minimum; see [`super::candidate_rules`].
    pub reached: u64,
    /// Rules of two items, of three and so on whose sides are each frequent enough for the minimum.
    pub possible: Vec<u64>,
}

impl Hypotheses {
    /// The rules that could have passed, where `frequent[0]` items and `frequent[k - 1]` sets of k items are frequent enough,
    /// with at most so many items on either side and on both together.
    pub(super) fn new(reached: u64, frequent: &[u64], most: (usize, usize, usize)) -> Self {
        let (most_left, most_right, longest) = most;
        let sets = |length: usize| frequent.get(length - 1).copied().unwrap_or(0);
        let mut possible = Vec::new();
        for left in 1..=frequent.len().min(most_left) {
            for right in 1..=frequent.len().min(most_right).min(longest.saturating_sub(left)) {
                // Nothing is on both sides; of longer right sides those that share an item are not taken off.
                let rights = if right == 1 { sets(1).saturating_sub(left as u64) } else { sets(right) };
                let rules = sets(left).saturating_mul(rights);
                if rules > 0 {
                    possible.resize(possible.len().max(left + right - 1), 0u64);
                    possible[left + right - 2] = possible[left + right - 2].saturating_add(rules);
                }
            }
        }
        Self { reached, possible }
    }

    /// Sets in place of rules: those of two items and more that can be made of a frequent set and one item more, up to as many
    /// items as the largest set has.
    pub(crate) fn of_sets(reached: u64, frequent: &[u64]) -> Self {
        let items = frequent.first().copied().unwrap_or(0);
        let larger = |(at, &sets): (usize, &u64)| match at {
            0 => sets.saturating_mul(items.saturating_sub(1)) / 2,
            _ => sets.saturating_mul(items.saturating_sub(at as u64 + 1)),
        };
        let with_more = frequent.len().saturating_sub(1);
        Self { reached, possible: frequent[..with_more].iter().enumerate().map(larger).collect() }
    }

    /// P-values raised for the number of rules, 0 to 1, in the order given; `lengths` are the items of both sides of each.
    /// With [`Correction::None`] each rule stands by itself and keeps its value.
    pub fn adjust(&self, tested: &[Tested], lengths: &[usize], correction: Correction) -> Vec<f64> {
        let plain = || tested.iter().map(|tested| tested.p_value);
        if correction == Correction::None {
            return plain().collect();
        }
        // Steps among weighted values would need the weights that are left; the first step alone needs none.
        let simple = if correction == Correction::Holm { Correction::Bonferroni } else { correction };
        let reached = self.reached.max(tested.len() as u64);
        // Rules that were not confident enough to be given here weigh as if chance always reached the minimum.
        let sum = (reached - tested.len() as u64) as f64 + tested.iter().map(|tested| tested.reach).sum::<f64>();
        let unlikely = |tested: &Tested| {
            let weight = tested.reach * reached as f64 / sum;
            if weight > 0.0 { (tested.given_reached() / weight).min(1.0) } else { 1.0 }
        };
        let of_reached = adjust(&tested.iter().map(unlikely).collect::<Vec<f64>>(), simple, reached as usize);
        let all = self.possible.iter().fold(0u64, |sum, &rules| sum.saturating_add(rules));
        let layers = self.possible.iter().filter(|&&rules| rules > 0).count() as f64;
        let weighted: Vec<f64> = plain()
            .zip(lengths)
            .map(|(p, &length)| {
                // Of a length that was not counted, or above all that were, a rule is as one of all.
                let of_length = length.checked_sub(2).and_then(|at| self.possible.get(at)).copied().unwrap_or(all);
                if all > 0 { (p * layers * of_length.max(1) as f64 / all as f64).min(1.0) } else { 1.0 }
            })
            .collect();
        let of_all = adjust(&weighted, simple, all as usize);
        let either = |(reached, all): (f64, f64)| (reached / OF_REACHED).min(all / (1.0 - OF_REACHED)).min(1.0);
        of_reached.into_iter().zip(of_all).map(either).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::baskets::Baskets;
    use super::super::super::itemsets::Run;
    use super::super::super::support::Support;
    use super::super::{Counts, RuleSettings, Sizes, Test, mine_rules, test_rules};
    use super::*;
    use proptest::prelude::*;

    fn tested(p_value: f64, reach: f64) -> Tested {
        Tested { p_value, reach, sizes: Sizes::LeaveRoom }
    }

    #[test]
    fn what_chance_reaches_anyway_pays_for_the_rules_that_reached() {
        // Of five rules that reached the minimum one is frequent and four are there by luck: they weigh a quarter of it each.
        let hypotheses = Hypotheses { reached: 5, possible: vec![100_000] };
        let of = [tested(0.001, 1.0), tested(0.2, 0.25), tested(0.2, 0.25), tested(0.2, 0.25), tested(0.2, 0.25)];
        let found = hypotheses.adjust(&of, &[2; 5], Correction::Bonferroni);
        // The weight of the first is 1 / 0.4: 0.001 x 5 x 0.4 / 0.8.
        assert!((found[0] - 0.0025).abs() < 1e-12 && found[1] == 1.0, "{found:?}");
    }

    #[test]
    fn what_is_rare_and_strong_pays_for_all_rules_of_its_length() {
        let hypotheses = Hypotheses { reached: 50, possible: vec![1_000, 4_000] };
        // Chance hardly ever reaches the minimum, which both rules only just did.
        let of = [tested(1e-7, 1e-7), tested(1e-7, 1e-7)];
        let found = hypotheses.adjust(&of, &[2, 3], Correction::Bonferroni);
        // Half of a fifth of the level for each length: 1e-7 x 1,000 x 2 x 5 and 1e-7 x 4,000 x 2 x 5.
        assert!((found[0] - 1e-3).abs() < 1e-12 && (found[1] - 4e-3).abs() < 1e-12, "{found:?}");
        assert_eq!(hypotheses.adjust(&of, &[2, 3], Correction::None), [1e-7, 1e-7]);
        assert_eq!(hypotheses.adjust(&[], &[], Correction::BenjaminiHochberg), [0.0; 0]);
        let nothing = Hypotheses::default();
        assert_eq!(nothing.adjust(&[tested(0.0, 0.0)], &[2], Correction::Holm), [1.0]);
    }

    #[test]
    fn sets_that_could_have_passed_are_one_item_larger_than_frequent_ones() {
        assert_eq!(Hypotheses::of_sets(3, &[10, 6, 1]).possible, [45, 48]);
        assert_eq!(Hypotheses::of_sets(0, &[]).possible, [0; 0]);
    }

    proptest! {
        /// Every left and right side over six items tried, and every outcome of a table.
        #[test]
        fn equals_trying_every_side_and_every_outcome(
            rows in proptest::collection::vec(proptest::collection::btree_set(0u32..6, 0..6), 4..30),
            (least, longest) in (1u64..5, 2usize..5),
        ) {
            let baskets = Baskets::from_rows(rows.iter().map(|row| row.iter().copied().collect::<Vec<u32>>()));
            let settings =
                RuleSettings { max_length: Some(longest), ..RuleSettings::new(Support::Count(least), 0.0) };
            let mined = mine_rules(&baskets, &settings, &Run::default()).unwrap();
            let count = |set: u32| -> u64 {
                let holds = |row: &&std::collections::BTreeSet<u32>| (0..6).all(|i| set >> i & 1 == 0 || row.contains(&i));
                rows.iter().filter(holds).count() as u64
            };
            let mut possible = vec![0u64; longest - 1];
            for left in 1u32..64 {
                for item in (0..6).filter(|item| left >> item & 1 == 0) {
                    let length = left.count_ones() as usize + 1;
                    if length <= longest && count(left) >= least && count(1 << item) >= least {
                        possible[length - 2] += 1;
                    }
                }
            }
            let known = |at: usize| mined.tests.possible.get(at).copied().unwrap_or(0);
            prop_assert!((0..longest - 1).all(|at| known(at) == possible[at]), "{:?} {possible:?}", mined.tests);
            for (rule, tested) in mined.rules.iter().zip(test_rules(&mined.rules, &baskets, Test::Fisher, least)) {
                let Counts { both, left, right, total } = rule.counts;
                let choose = |n: u64, k: u64| (0..k).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64);
                let ways = |x: u64| {
                    let fits = x <= left && left - x <= total - right;
                    if fits { choose(right, x) * choose(total - right, left - x) } else { 0.0 }
                };
                let from = |x: u64| (x..=right).map(ways).sum::<f64>();
                prop_assert!((tested.reach - from(least) / from(0)).abs() < 1e-9);
                prop_assert!((tested.given_reached() - from(both) / from(least)).abs() < 1e-9);
            }
        }
    }
}
