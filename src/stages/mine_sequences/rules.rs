//! Rules: found, tried on later orders, and put in order.

use super::reading::Shop;
use super::settings::MineSequences;
use super::support_of;
use super::wording::{in_sequence, worded};
use super::{MOST_PREFIXES, bad};
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sequences::{
    Elements, FollowEvidence, FollowFigures, FollowRule, FollowSettings, FollowTiming, FollowVerdict, LaterFollow,
    PartialFollowRule, SequenceError, Sequences, mine_follow_rules, mine_partial_follow_rules, validate_follow_rules,
    validate_partial_follow_rules,
};
use crate::mining::sets::{ALONG, joined};
use crate::mining::{Run, Support};
use crate::stage::Context;
use crate::stages::words::mine_sequences as say;
use crate::tables::Date;

/// All rules.
pub(super) struct Rules {
    /// The ordered ones, then the partially ordered ones, the strongest first.
    pub rows: Vec<Row>,
    pub settings: FollowSettings,
    /// Most days between the items of a partially ordered rule's antecedent.
    pub partial_days: u32,
    pub mined_before: Date,
    /// Whether they were tried on later orders.
    pub tried: bool,
    /// Customers with an order in the time mined from: what supports are shares of.
    pub customers: u64,
    /// What made an element of a sequence.
    pub element: Elements,
    pub merge_days: u32,
}

/// A rule with what became of it later.
pub(super) struct Row {
    pub rule: Rule,
    pub later: Option<LaterFollow>,
}

pub(super) enum Rule {
    /// The antecedent's orders come one after the other.
    Ordered(FollowRule),
    /// The items of both sides come in whatever order.
    Partial(PartialFollowRule),
}

impl Rule {
    pub fn kind(&self) -> &'static str {
        match self {
            Rule::Ordered(_) => ORDERED,
            Rule::Partial(_) => "partial",
        }
    }

    fn evidence(&self) -> &FollowEvidence {
        match self {
            Rule::Ordered(rule) => &rule.evidence,
            Rule::Partial(rule) => &rule.evidence,
        }
    }

    pub fn figures(&self) -> &FollowFigures {
        &self.evidence().figures
    }

    pub fn timing(&self) -> &FollowTiming {
        &self.evidence().timing
    }

    pub fn adjusted_p(&self) -> f64 {
        self.evidence().adjusted_p
    }

    /// The antecedent and the consequent in words for people.
    pub fn sides(&self, words: &[String]) -> [String; 2] {
        let along = |items: &[u32]| joined(worded(items, words), ALONG, &[ALONG]);
        match self {
            Rule::Ordered(rule) => [in_sequence(&rule.prefix, words), along(self.right())],
            Rule::Partial(rule) => [along(&rule.left), along(&rule.right)],
        }
    }

    /// The antecedent's orders; one of all items where they come in whatever order.
    pub fn orders(&self) -> &[Vec<u32>] {
        match self {
            Rule::Ordered(rule) => &rule.prefix,
            Rule::Partial(rule) => std::slice::from_ref(&rule.left),
        }
    }

    /// The items of the consequent.
    pub fn right(&self) -> &[u32] {
        match self {
            Rule::Ordered(rule) => std::slice::from_ref(&rule.next),
            Rule::Partial(rule) => &rule.right,
        }
    }

    /// The items of both sides.
    pub fn items(&self) -> Vec<u32> {
        self.orders().iter().flatten().chain(self.right()).copied().collect()
    }

    /// What the rule adds to the usual, in customers.
    fn worth(&self) -> f64 {
        self.figures().followers as f64 - self.figures().expected
    }
}

/// The kind of the rules whose antecedent is a sequence.
pub(in crate::stages) const ORDERED: &str = "ordered";

impl Row {
    /// Whether the rule holds in the later period; nothing where too few can tell.
    pub fn holds(&self) -> Option<bool> {
        match self.later?.verdict {
            FollowVerdict::Confirmed => Some(true),
            FollowVerdict::Failed => Some(false),
            FollowVerdict::Consistent | FollowVerdict::Untested => None,
        }
    }
}

/// Rules with what became of them, the strongest and most frequent first.
fn rows<R>(rules: Vec<R>, later: Option<Vec<LaterFollow>>, rule: fn(R) -> Rule) -> Vec<Row> {
    let mut later = later.map(Vec::into_iter);
    let mut rows: Vec<Row> = rules
        .into_iter()
        .map(|found| Row { rule: rule(found), later: later.as_mut().and_then(Iterator::next) })
        .collect();
    rows.sort_by(|a, b| b.rule.worth().total_cmp(&a.rule.worth()));
    rows
}

/// Why no rules were found, with the setting that bounds the antecedents.
fn too_many(error: SequenceError, key: &str) -> Box<Problem> {
    let SequenceError::TooManyPrefixes { limit, fitting } = error else { return bad(error) };
    let message = format!("more than {limit} antecedents are as frequent as {key} asks");
    let items = if key == "partial_support" { "partial_items" } else { "antecedent_items" };
    let least = fitting.map(|count| format!(" to about {count} customers")).unwrap_or_default();
    Problem::new(&codes::BUDGET_REACHED, message).help(format!("raise {key}{least}, or lower {items}")).boxed()
}

impl MineSequences {
    pub(super) fn rules(
        &self,
        cx: &mut Context,
        shop: &Shop,
        mined: &Sequences,
        until: Date,
        as_of: Date,
    ) -> Result<Rules> {
        let ordered = |&customer: &usize| {
            let first = mined.elements_of(customer).next();
            first.is_some_and(|element| mined.time_of(element) < until.midnight())
        };
        let customers = (0..mined.customers()).filter(ordered).count() as u64;
        let settings = self.follow_settings(shop, customers, until);
        let threads = rayon::current_num_threads();
        let (tried, from, end) = (until < as_of, until.midnight(), as_of.midnight());
        let progress = |done: f64| (cx.progress)(0.1 + 0.25 * done);
        let run = Run { threads, progress: &progress, ..Run::default() };
        let found = mine_follow_rules(mined, &settings, &run).map_err(|e| too_many(e, "rule_support"))?;
        let later = tried.then(|| validate_follow_rules(&found, mined, from, end, &Run::threads(threads)));
        cx.metric("rules", found.rules.len() as f64);
        cx.metric("rules_tested", found.tested as f64);
        cx.metric("rules_not_significant", found.not_significant as f64);
        let mut all = rows(found.rules, later, Rule::Ordered);
        // A rule of one item on either side is an ordered one.
        if self.partial_items > 1 || self.partial_items == 1 && self.partial_pairs {
            let least = support_of(self.partial_support).count(customers).max(self.min_followers);
            let settings = FollowSettings {
                support: Support::Count(least),
                max_prefix_items: self.partial_items,
                step_days: Some(self.step_days),
                ..settings.clone()
            };
            let progress = |done: f64| (cx.progress)(0.35 + 0.2 * done);
            let run = Run { threads, progress: &progress, ..Run::default() };
            let found = mine_partial_follow_rules(mined, &settings, self.partial_pairs, &run)
                .map_err(|e| too_many(e, "partial_support"))?;
            let later = tried.then(|| validate_partial_follow_rules(&found, mined, from, end, &Run::threads(threads)));
            cx.metric("partial_rules", found.rules.len() as f64);
            cx.metric("partial_rules_tested", found.tested as f64);
            cx.metric("partial_rules_not_significant", found.not_significant as f64);
            all.extend(rows(found.rules, later, Rule::Partial));
        }
        if tried {
            cx.metric("rules_that_hold", all.iter().filter(|row| row.holds() == Some(true)).count() as f64);
            cx.metric("rules_that_fail", all.iter().filter(|row| row.holds() == Some(false)).count() as f64);
        }
        let (element, merge_days) = (*self.element, self.merge_days);
        let partial_days = self.step_days;
        Ok(Rules { rows: all, settings, partial_days, mined_before: until, tried, customers, element, merge_days })
    }

    /// The first day that rules are not mined from.
    pub(super) fn mined_before(&self, cx: &mut Context, bought: &Sequences, as_of: Date) -> Date {
        let cut = as_of.plus(-(self.validate_days.get() as i32));
        let all = bought.elements();
        let before = (0..all).filter(|&element| bought.time_of(element) < cut.midnight()).count();
        if self.validate_days.get() == 0 {
            return as_of;
        }
        if before * 2 < all || before == all {
            let days = ("days", u64::from(self.validate_days.get()).into());
            cx.note(say::NOT_TRIED.with([("older", before.into()), ("all", all.into()), days]));
            return as_of;
        }
        let date = ("date", cut.to_string().into());
        cx.note(say::TRIED.with([("mined", before.into()), date, ("later", (all - before).into())]));
        cut
    }

    fn follow_settings(&self, shop: &Shop, customers: u64, until: Date) -> FollowSettings {
        let least = support_of(self.rule_support).count(customers).max(self.min_followers);
        FollowSettings {
            as_of: until.midnight(),
            horizon_days: self.days.get(),
            support: Support::Count(least),
            min_confidence: self.min_confidence.get(),
            min_lift: self.min_lift.get(),
            max_prefix_elements: self.antecedent_orders.get(),
            max_prefix_items: self.antecedent_items.get(),
            max_prefixes: MOST_PREFIXES,
            step_days: (self.antecedent_orders.get() > 1).then_some(self.step_days),
            repeats: self.repeats,
            taxonomy: self.taxonomy(shop),
            correction: self.correction.correction,
            level: self.alpha.get(),
            send_share: self.send_share.get(),
        }
    }
}
