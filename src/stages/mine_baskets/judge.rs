//! The rules that are worth reporting, by the settings.

use super::settings::{MineBaskets, Rank};
use crate::mining::{AssociationRule, JudgeSettings, Judged, JudgedOn, JudgedRule, judge_rules};
use crate::stage::Context;
use crate::stages::words::mine_baskets as say;

impl MineBaskets {
    /// Tests the rules, drops those that say nothing new, puts the best first and tries them on later baskets.
    pub(super) fn judge(&self, cx: &mut Context, on: &JudgedOn, rules: Vec<AssociationRule>) -> Vec<JudgedRule> {
        cx.metric("rules_found", rules.len() as f64);
        let settings = JudgeSettings {
            test: self.test(),
            correction: self.correction.correction,
            alpha: self.alpha.get(),
            min_lift: self.min_lift.get(),
            keep_all: self.keep_all,
            support: self.support(),
            min_confidence: self.min_confidence.get(),
            top: self.top.map_or(usize::MAX, |top| top.get() as usize),
            validate_level: self.validate_level.get(),
        };
        let worth = |judged: &JudgedRule| match *self.rank_by {
            Rank::Value => judged.value,
            // Of all measures the p-value alone is the better the smaller it is.
            Rank::PValue => -judged.p_value,
            Rank::Measure(measure) => measure.value(&judged.evidence),
        };
        let Judged { rules: kept, count, pooled, undecided } = judge_rules(rules, on, &settings, &worth);
        cx.metric("rules_kept", count as f64);
        if pooled > 0 {
            cx.metric("rules_by_all_sizes", pooled as f64);
            cx.note(say::BY_ALL_SIZES.with([("rules", pooled.into())]));
        }
        if undecided > 0 {
            cx.metric("rules_undecided", undecided as f64);
            cx.note(say::UNDECIDED.with([("rules", undecided.into())]));
        }
        if on.later.is_some() {
            let many = |holds| kept.iter().filter(|judged| judged.holds() == Some(holds)).count() as f64;
            cx.metric("rules_that_hold", many(true));
            cx.metric("rules_that_fail", many(false));
        }
        cx.metric("rules", kept.len() as f64);
        kept
    }
}
