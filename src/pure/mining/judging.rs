//! Which rules are worth reporting: tested for chance, without those that a simpler rule implies, ranked, tried on later baskets.

use super::baskets::Baskets;
use super::rules::{
    AssociationRule, Correction, Counts, Evidence, Hypotheses, Sizes, Test, Tested, Validation, ValidationSettings,
    Verdict, general_confidences, productive, recount, redundant, test_rules, validate,
};
use super::support::Support;
use super::taxonomy::Taxonomy;
use super::utility::{UtilityBaskets, expected_value};

/// What a rule must be to be kept.
#[derive(Debug, Clone, Copy)]
pub struct JudgeSettings {
    /// The test against chance.
    pub test: Test,
    /// How p-values are corrected for the number of tests.
    pub correction: Correction,
    /// Level of significance after correction, 0 to 1.
    pub alpha: f64,
    /// Lowest rule lift.
    pub min_lift: f64,
    /// Whether rules are kept that chance or a simpler rule explains.
    pub keep_all: bool,
    /// The support that the rules were mined with.
    pub support: Support,
    /// The confidence that the rules were mined with.
    pub min_confidence: f64,
    /// Most rules, the best ranked.
    pub top: usize,
    /// Level of the intervals on later baskets, 0 to 1.
    pub validate_level: f64,
}

/// What rules are judged on.
#[derive(Debug, Clone, Copy)]
pub struct JudgedOn<'a> {
    /// The baskets that the rules were mined from.
    pub mined: &'a Baskets,
    /// Later baskets to try the rules on.
    pub later: Option<&'a Baskets>,
    /// How many rules could have been reported.
    pub tests: &'a Hypotheses,
    /// Mean margin of each item in a basket that holds it, in currency; empty where unknown.
    pub margins: &'a [f64],
}

/// A rule with what is known of it.
#[derive(Debug, Clone)]
pub struct JudgedRule {
    /// The rule.
    pub rule: AssociationRule,
    /// Its p-value after correction.
    pub p_value: f64,
    /// What its measures are computed from.
    pub evidence: Evidence,
    /// What became of it on later baskets, where these were given.
    pub later: Option<Validation>,
    /// What a basket with the antecedent is expected to earn beyond the consequent's usual share, in currency; NaN without margins.
    pub value: f64,
    /// The same on later baskets.
    pub later_value: f64,
}

impl JudgedRule {
    /// Whether the rule holds on later baskets; nothing where it was not tried or too few baskets can say.
    pub fn holds(&self) -> Option<bool> {
        match self.later?.verdict {
            Verdict::Holds => Some(true),
            Verdict::Fails => Some(false),
            Verdict::TooFew => None,
        }
    }
}

/// The rules that are kept.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// The best, the best first.
    pub rules: Vec<JudgedRule>,
    /// How many there were before the best were taken.
    pub count: usize,
    /// Of these, how many were tested against all sizes together, because nearly all baskets of some size hold both sides.
    pub pooled: usize,
    /// Rules that no test can tell from chance, because nearly all baskets hold both sides whatever their size.
    pub undecided: usize,
}

/// Judges rules. `worth` ranks them: more is better, NaN comes last, equal ones go by their items.
pub fn judge_rules(
    rules: Vec<AssociationRule>,
    on: &JudgedOn,
    settings: &JudgeSettings,
    worth: &dyn Fn(&JudgedRule) -> f64,
) -> Judged {
    // Weights say what counts, not how often it was seen: chance is judged by the baskets themselves.
    let baskets = on.mined.unweighted();
    let tested: Vec<AssociationRule> = if on.mined.weights().is_none() {
        rules.clone()
    } else {
        let counts = recount(&rules, &baskets);
        rules.iter().zip(counts).map(|(rule, counts)| AssociationRule { counts, ..rule.clone() }).collect()
    };
    // With weights the minimum is a share, of the baskets as of their weight.
    let least = settings.support.count(baskets.len() as u64);
    let raw: Vec<Tested> = test_rules(&tested, &baskets, settings.test, least);
    let lengths: Vec<usize> = rules.iter().map(|rule| rule.left.len() + rule.right.len()).collect();
    let p_values = on.tests.adjust(&raw, &lengths, settings.correction);
    let general = general_confidences(&rules);
    let mut keep: Vec<bool> = rules.iter().map(|rule| rule.counts.lift() >= settings.min_lift).collect();
    if !settings.keep_all {
        let superfluous = redundant(&rules, &general);
        for (at, keep) in keep.iter_mut().enumerate() {
            *keep &= p_values[at] <= settings.alpha && !superfluous[at];
        }
        // The most expensive test comes last, on what is left.
        let left: Vec<usize> = (0..rules.len()).filter(|&at| keep[at]).collect();
        let rest: Vec<AssociationRule> = left.iter().map(|&at| tested[at].clone()).collect();
        for (at, own_share) in left.into_iter().zip(productive(&rest, &baskets, settings.alpha, settings.test)) {
            keep[at] = own_share;
        }
    }
    let total = on.mined.total_weight();
    let min_support = settings.support.count(total) as f64 / total.max(1) as f64;
    let judged = |(at, rule): (usize, AssociationRule)| {
        let (general_confidence, min_confidence) = (general[at], settings.min_confidence);
        let evidence = Evidence { counts: rule.counts, general_confidence, min_support, min_confidence };
        let value = value_of(&rule, rule.counts, on.margins);
        JudgedRule { rule, p_value: p_values[at], evidence, later: None, value, later_value: f64::NAN }
    };
    let kept: Vec<JudgedRule> = rules.into_iter().enumerate().filter(|(at, _)| keep[*at]).map(judged).collect();
    let tells = |sizes: Sizes| move |tested: &&Tested| tested.sizes == sizes;
    let of_kept = raw.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(tested, _)| tested);
    let (count, pooled) = (kept.len(), of_kept.filter(tells(Sizes::Pooled)).count());
    let undecided = raw.iter().filter(tells(Sizes::TellAll)).count();
    let mut kept = ranked(kept, worth);
    kept.truncate(settings.top);
    if let Some(later) = on.later {
        let rules: Vec<AssociationRule> = kept.iter().map(|judged| judged.rule.clone()).collect();
        let how =
            ValidationSettings { level: settings.validate_level, test: settings.test, ..ValidationSettings::default() };
        for (judged, validation) in kept.iter_mut().zip(validate(&rules, &later.unweighted(), how)) {
            judged.later_value = value_of(&judged.rule, validation.counts, on.margins);
            judged.later = Some(validation);
        }
    }
    Judged { rules: kept, count, pooled, undecided }
}

fn value_of(rule: &AssociationRule, counts: Counts, margins: &[f64]) -> f64 {
    let margin = |item: &u32| margins.get(*item as usize).copied().unwrap_or(f64::NAN);
    expected_value(counts, rule.right.iter().map(margin).sum())
}

fn ranked(rules: Vec<JudgedRule>, worth: &dyn Fn(&JudgedRule) -> f64) -> Vec<JudgedRule> {
    let known = |value: f64| if value.is_nan() { f64::NEG_INFINITY } else { value };
    let mut keyed: Vec<(f64, JudgedRule)> = rules.into_iter().map(|rule| (known(worth(&rule)), rule)).collect();
    let items = |judged: &JudgedRule| (judged.rule.left.clone(), judged.rule.right.clone());
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| items(&a.1).cmp(&items(&b.1))));
    keyed.into_iter().map(|(_, rule)| rule).collect()
}

/// Mean margin of each of `items` items, in currency, in a basket that holds it; NaN for an item in no basket. A category of `levels` earns in
/// each basket what all its items earn there.
pub fn mean_margins(earned: &UtilityBaskets, levels: Option<&Taxonomy>, items: usize) -> Vec<f64> {
    let mut sums = vec![(0i128, 0u64); items];
    for at in 0..earned.len() {
        let basket = earned.basket(at);
        for &(item, money) in basket {
            let sum = &mut sums[item as usize];
            *sum = (sum.0 + i128::from(money), sum.1 + 1);
        }
        if let Some(levels) = levels {
            let mut groups: Vec<(u32, i64)> =
                basket.iter().flat_map(|&(item, money)| levels.ancestors(item).map(move |g| (g, money))).collect();
            groups.sort_unstable();
            for same in groups.chunk_by(|a, b| a.0 == b.0) {
                let sum = &mut sums[same[0].0 as usize];
                *sum = (sum.0 + same.iter().map(|g| i128::from(g.1)).sum::<i128>(), sum.1 + 1);
            }
        }
    }
    sums.into_iter().map(|(money, baskets)| money as f64 / 1e4 / baskets as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::super::taxonomy::NO_PARENT;
    use super::*;

    fn settings() -> JudgeSettings {
        JudgeSettings {
            test: Test::Fisher,
            correction: Correction::Bonferroni,
            alpha: 0.05,
            min_lift: 1.0,
            keep_all: false,
            support: Support::Share(0.1),
            min_confidence: 0.1,
            top: usize::MAX,
            validate_level: 0.95,
        }
    }

    /// Items 0 and 1 go together in a quarter of the baskets; item 2 is in half of them, independently.
    fn baskets() -> Baskets {
        Baskets::from_rows((0..200u32).map(|at| {
            let pair: &[u32] = if at % 4 == 0 { &[0, 1] } else { &[] };
            let other: &[u32] = if at / 4 % 2 == 0 { &[2] } else { &[] };
            [pair, other].concat()
        }))
    }

    fn rule(left: &[u32], right: &[u32], baskets: &Baskets) -> AssociationRule {
        let rule = AssociationRule { left: left.to_vec(), right: right.to_vec(), counts: Counts::default() };
        let counts = recount(std::slice::from_ref(&rule), baskets)[0];
        AssociationRule { counts, ..rule }
    }

    #[test]
    fn chance_and_simpler_rules_leave_only_what_goes_together() {
        let baskets = baskets();
        let rules = || vec![rule(&[2], &[0], &baskets), rule(&[0], &[1], &baskets), rule(&[0, 2], &[1], &baskets)];
        let tests = Hypotheses { reached: 3, possible: vec![6, 3] };
        let on = JudgedOn { mined: &baskets, later: Some(&baskets), tests: &tests, margins: &[1.0, 2.0, 3.0] };
        let Judged { rules: kept, count, .. } =
            judge_rules(rules(), &on, &settings(), &|judged| judged.rule.counts.lift());
        let sides: Vec<(&[u32], &[u32])> = kept.iter().map(|j| (&j.rule.left[..], &j.rule.right[..])).collect();
        assert_eq!(sides, [(&[0][..], &[1][..])], "the first is chance, the last says the same as the second");
        assert_eq!(count, 1);
        let pair = &kept[0];
        // One of four has item 1, and all that have item 0: 2.0 x (1 - 0.25).
        assert!((pair.value - 1.5).abs() < 1e-12 && (pair.later_value - 1.5).abs() < 1e-12);
        assert_eq!(pair.holds(), Some(true));
        let all = JudgeSettings { keep_all: true, top: 2, ..settings() };
        let Judged { rules: kept, count, .. } = judge_rules(rules(), &on, &all, &|judged| judged.value);
        assert_eq!((kept.len(), count), (2, 3));
        assert!(kept[0].value >= kept[1].value);
    }

    #[test]
    fn a_category_earns_what_its_items_earn_together() {
        let mut earned = UtilityBaskets::new();
        earned.push(&[(0, 20_000), (1, 10_000)]);
        earned.push(&[(0, 40_000)]);
        let levels = Taxonomy::new(vec![2, 2, NO_PARENT]).expect("a category of two items");
        assert_eq!(mean_margins(&earned, Some(&levels), 3), [3.0, 1.0, 3.5]);
        let plain = mean_margins(&earned, None, 3);
        assert!(plain[..2] == [3.0, 1.0] && plain[2].is_nan());
    }
}
