//! Which rules are worth telling: tested for chance, thinned of what simpler rules say, tried on later baskets, ranked.

use super::settings::{MineBaskets, Rank};
use super::shop::Shop;
use crate::mining::{
    Baskets, Counts, Evidence, Rule, Validation, ValidationSettings, Verdict, adjust, expected_value,
    general_confidences, p_values, productive, recount, redundant, validate,
};
use crate::stage::Context;

/// A rule with what is known of it.
pub(super) struct Judged {
    pub rule: Rule,
    pub p_value: f64,
    pub evidence: Evidence,
    pub later: Option<Validation>,
    /// What a basket with the antecedent is expected to earn beyond the consequent's usual share; not a number without
    /// margins.
    pub value: f64,
    pub later_value: f64,
}

impl Judged {
    /// Whether the rule holds in the later period; nothing where that was not tried or too few baskets can tell.
    pub(super) fn holds(&self) -> Option<bool> {
        match self.later?.verdict {
            Verdict::Holds => Some(true),
            Verdict::Fails => Some(false),
            Verdict::TooFew => None,
        }
    }
}

/// What rules are judged by.
pub(super) struct Bench<'a> {
    pub mined: &'a Baskets,
    pub later: Option<&'a Baskets>,
    /// How many rules could have been reported.
    pub tests: u64,
    /// Mean margin of each item in a basket that holds it, in currency; empty where unknown.
    pub margins: &'a [f64],
}

impl MineBaskets {
    /// Tests the rules, thins them, tries what is left on later baskets and puts the best first.
    pub(super) fn judge(&self, cx: &mut Context, bench: &Bench, rules: Vec<Rule>) -> Vec<Judged> {
        let found = rules.len();
        let correction = self.correction.correction;
        let test = self.test();
        // Weights say what counts, not how often it was seen: chance is judged by the baskets themselves.
        let baskets = bench.mined.unweighted();
        let tested: Vec<Rule> = if bench.mined.weights().is_none() {
            rules.clone()
        } else {
            let counts = recount(&rules, &baskets);
            rules.iter().zip(counts).map(|(rule, counts)| Rule { counts, ..rule.clone() }).collect()
        };
        let raw = p_values(&tested, &baskets, test);
        let p_values = adjust(&raw, correction, (bench.tests as usize).max(raw.len()));
        let general = general_confidences(&rules);
        let mut keep: Vec<bool> = rules.iter().map(|rule| rule.counts.lift() >= self.min_lift.get()).collect();
        if !self.keep_all {
            let superfluous = redundant(&rules, &general);
            for (at, keep) in keep.iter_mut().enumerate() {
                *keep &= p_values[at] <= self.alpha.get() && !superfluous[at];
            }
            // The dearest test comes last, on what is left.
            let left: Vec<usize> = (0..rules.len()).filter(|&at| keep[at]).collect();
            let rest: Vec<Rule> = left.iter().map(|&at| tested[at].clone()).collect();
            for (at, own_share) in left.into_iter().zip(productive(&rest, &baskets, self.alpha.get(), test)) {
                keep[at] = own_share;
            }
        }
        let total = bench.mined.total_weight();
        let min_support = self.support().count(total) as f64 / total.max(1) as f64;
        let kept: Vec<Judged> = rules
            .into_iter()
            .enumerate()
            .filter(|(at, _)| keep[*at])
            .map(|(at, rule)| {
                let evidence = Evidence {
                    counts: rule.counts,
                    general_confidence: general[at],
                    min_support,
                    min_confidence: self.min_confidence.get(),
                };
                let value = bench.value(&rule, rule.counts);
                Judged { rule, p_value: p_values[at], evidence, later: None, value, later_value: f64::NAN }
            })
            .collect();
        cx.metric("rules_found", found as f64);
        cx.metric("rules_kept", kept.len() as f64);
        let mut kept = self.rank(kept);
        kept.truncate(self.top.map_or(usize::MAX, |top| top.get() as usize));
        if let Some(later) = bench.later {
            let rules: Vec<Rule> = kept.iter().map(|judged| judged.rule.clone()).collect();
            let settings =
                ValidationSettings { level: self.validate_level.get(), test, ..ValidationSettings::default() };
            for (judged, validation) in kept.iter_mut().zip(validate(&rules, &later.unweighted(), settings)) {
                judged.later_value = bench.value(&judged.rule, validation.counts);
                judged.later = Some(validation);
            }
            let holds = kept.iter().filter(|judged| judged.holds() == Some(true)).count();
            cx.metric("rules_that_hold", holds as f64);
            cx.metric("rules_that_fail", kept.iter().filter(|judged| judged.holds() == Some(false)).count() as f64);
        }
        cx.metric("rules", kept.len() as f64);
        kept
    }

    /// The best first by the measure asked for, what has no value last; equals by their items.
    fn rank(&self, rules: Vec<Judged>) -> Vec<Judged> {
        let worth = |judged: &Judged| match *self.rank_by {
            Rank::Value => judged.value,
            // Of all measures the p-value alone is the better the smaller it is.
            Rank::PValue => -judged.p_value,
            Rank::Measure(measure) => measure.value(&judged.evidence),
        };
        let known = |value: f64| if value.is_nan() { f64::NEG_INFINITY } else { value };
        let mut keyed: Vec<(f64, Judged)> = rules.into_iter().map(|rule| (known(worth(&rule)), rule)).collect();
        let items = |judged: &Judged| (judged.rule.left.clone(), judged.rule.right.clone());
        keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| items(&a.1).cmp(&items(&b.1))));
        keyed.into_iter().map(|(_, rule)| rule).collect()
    }
}

impl Bench<'_> {
    /// What the rule's consequent is expected to earn; see [`expected_value`].
    fn value(&self, rule: &Rule, counts: Counts) -> f64 {
        let margin = |item: &u32| self.margins.get(*item as usize).copied().unwrap_or(f64::NAN);
        expected_value(counts, rule.right.iter().map(margin).sum())
    }
}

/// Mean margin of each item in a basket that holds it, in currency; nothing where margins are not known.
pub(super) fn margins(shop: &Shop) -> Vec<f64> {
    let Some(earned) = &shop.earned else { return Vec::new() };
    let mut sums = vec![(0i128, 0u64); shop.codes.len()];
    for at in 0..earned.len() {
        let basket = earned.basket(at);
        for &(item, money) in basket {
            let sum = &mut sums[item as usize];
            *sum = (sum.0 + i128::from(money), sum.1 + 1);
        }
        if let Some(levels) = &shop.levels {
            // A category beside its items: once for each basket, with all that its items earned there.
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
