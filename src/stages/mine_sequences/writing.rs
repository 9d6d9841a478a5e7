//! What was found, as tables.

use super::reading::Shop;
use super::rules::{Row, Rule, Rules};
use super::wording::{in_sequence, worded};
use crate::diagnostics::Result;
use crate::mining::sequences::{
    CustomerCycle, ItemCycle, JourneyStep, Journeys, LaterFollow, PatternList, PredictScore, predictors as known,
};
use crate::mining::sets::{THEN, joined};
use crate::stage::setting::Choice;
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::stages::words::mine_sequences as say;
use crate::tables::layouts::sequences::{CYCLES, DUE, JOURNEYS, PATTERNS, PREDICTORS, SEQUENCE_RULES, SEQUENCE_TIMING};

pub(super) fn rules(cx: &mut Context, shop: &Shop, rules: &Rules) -> Result<()> {
    let of = || rules.rows.iter().map(|row| &row.rule);
    let later =
        |value: fn(&LaterFollow) -> f64| rules.rows.iter().map(move |row| row.later.as_ref().map_or(f64::NAN, value));
    let later_count = |value: fn(&LaterFollow) -> u64| {
        rules.rows.iter().map(move |row| row.later.as_ref().map(|later| value(later) as i64))
    };
    let step_days = |rule: &Rule| match rule {
        Rule::Ordered(_) => rules.settings.step_days.map(i64::from),
        Rule::Partial(_) => Some(rules.partial_days.into()),
    };
    let sides = |words: &[String]| -> (Vec<String>, Vec<String>) {
        of().map(|rule| rule.sides(words)).map(|[left, right]| (left, right)).unzip()
    };
    let ((left, right), (left_names, right_names)) = (sides(&shop.codes), sides(&shop.names));
    let mut columns = Columns::new();
    columns
        .integer("rule", (1..).take(rules.rows.len()))
        .text("kind", of().map(Rule::kind))
        .text("antecedent", left)
        .text("consequent", right)
        .orders("antecedent_list", of().map(|rule| rule.orders().iter().map(|items| worded(items, &shop.codes))))
        .texts("consequent_list", of().map(|rule| worded(rule.right(), &shop.codes)))
        .text("antecedent_names", left_names)
        .text("consequent_name", right_names)
        .integer("days", of().map(|_| i64::from(rules.settings.horizon_days)))
        .maybe_integer("step_days", of().map(step_days))
        .text("element", of().map(|_| rules.element.word()))
        .integer("merge_days", of().map(|_| i64::from(rules.merge_days)))
        .boolean("items_only", of().map(|r| shop.items_only(&r.items())))
        .integer("customers", of().map(|r| r.figures().customers as i64))
        .integer("followers", of().map(|r| r.figures().followers as i64))
        .number("support", of().map(|r| r.figures().followers as f64 / rules.customers.max(1) as f64))
        .number("confidence", of().map(|r| r.figures().confidence))
        .number("confidence_low", of().map(|r| r.figures().confidence_low))
        .number("confidence_high", of().map(|r| r.figures().confidence_high))
        .number("base_rate", of().map(|r| r.figures().base_rate))
        .number("lift", of().map(|r| r.figures().lift))
        .number("lift_low", of().map(|r| r.figures().lift_low))
        .number("p_value", of().map(Rule::adjusted_p))
        .integer("days_quarter", of().map(|r| i64::from(r.timing().quartiles[0])))
        .integer("days_median", of().map(|r| i64::from(r.timing().quartiles[1])))
        .integer("days_three_quarters", of().map(|r| i64::from(r.timing().quartiles[2])))
        .integer("send_from", of().map(|r| i64::from(r.timing().send_from)))
        .integer("send_to", of().map(|r| i64::from(r.timing().send_to)))
        .date("mined_before", of().map(|_| rules.mined_before.days()))
        .maybe_integer("later_customers", later_count(|l| l.figures.customers))
        .maybe_integer("later_followers", later_count(|l| l.figures.followers))
        .maybe_number("later_confidence", later(|l| l.figures.confidence))
        .maybe_number("later_lift", later(|l| l.figures.lift))
        .maybe_number("later_lift_low", later(|l| l.figures.lift_low))
        .maybe_boolean("holds", rules.rows.iter().map(Row::holds));
    cx.write(MAIN, &SEQUENCE_RULES, &[columns.batch()])?;
    let rows = || {
        let timings = of().map(Rule::timing).zip(1i64..);
        timings.flat_map(|(timing, number)| (0..timing.bought_by.len()).map(move |day| (timing, number, day)))
    };
    let mut columns = Columns::new();
    columns
        .integer("rule", rows().map(|row| row.1))
        .integer("day", rows().map(|row| row.2 as i64))
        .number("bought_by", rows().map(|(timing, _, day)| timing.bought_by[day]))
        .number("hazard", rows().map(|(timing, _, day)| timing.weekly_hazard[day / 7]));
    cx.write("timing", &SEQUENCE_TIMING, &[columns.batch()])
}

pub(super) fn patterns(cx: &mut Context, shop: &Shop, (found, total): &(PatternList, u64)) -> Result<()> {
    let elements: Vec<Vec<Vec<u32>>> = found.iter().map(|pattern| pattern.elements()).collect();
    let mut columns = Columns::new();
    columns
        .text("pattern", found.iter().map(|p| in_sequence(&p.elements(), &shop.codes)))
        .orders("pattern_list", elements.iter().map(|pattern| pattern.iter().map(|items| worded(items, &shop.codes))))
        .text("names", found.iter().map(|p| in_sequence(&p.elements(), &shop.names)))
        .integer("orders", found.iter().map(|p| p.element_len() as i64))
        .integer("items", found.iter().map(|p| p.item_len() as i64))
        .integer("count", found.iter().map(|p| p.support as i64))
        .number("support", found.iter().map(|p| p.support as f64 / (*total).max(1) as f64));
    cx.write("patterns", &PATTERNS, &[columns.batch()])
}

pub(super) fn cycles(
    cx: &mut Context,
    shop: &Shop,
    (items, customers): &(Vec<ItemCycle>, Vec<CustomerCycle>),
) -> Result<()> {
    let mut columns = Columns::new();
    let quartile = |at: usize| items.iter().map(move |c| c.quartiles[at].map(i64::from));
    columns
        .text("item", items.iter().map(|c| &shop.codes[c.item as usize]))
        .text("name", items.iter().map(|c| &shop.names[c.item as usize]))
        .integer("buyers", items.iter().map(|c| c.buyers as i64))
        .integer("repeaters", items.iter().map(|c| c.repeaters as i64))
        .integer("gaps", items.iter().map(|c| c.gaps as i64))
        .number("typical_days", items.iter().map(|c| c.typical_days))
        .maybe_integer("days_quarter", quartile(0))
        .maybe_integer("days_median", quartile(1))
        .maybe_integer("days_three_quarters", quartile(2))
        .number("within", items.iter().map(|c| c.within))
        .number("between", items.iter().map(|c| c.between));
    cx.write("cycles", &CYCLES, &[columns.batch()])?;
    let state = |c: &CustomerCycle| match (c.due, c.overdue) {
        (_, true) => "overdue",
        (true, _) => "due",
        _ => "waiting",
    };
    let mut columns = Columns::new();
    columns
        .text("customer", customers.iter().map(|c| &shop.customers[c.customer as usize]))
        .text("item", customers.iter().map(|c| &shop.codes[c.item as usize]))
        .text("name", customers.iter().map(|c| &shop.names[c.item as usize]))
        .integer("purchases", customers.iter().map(|c| i64::from(c.purchases)))
        .date("last", customers.iter().map(|c| c.last_day as i32))
        .number("cycle_days", customers.iter().map(|c| c.cycle_days))
        .date("due", customers.iter().map(|c| c.due_day as i32))
        .date("overdue", customers.iter().map(|c| c.overdue_day as i32))
        .text("state", customers.iter().map(state));
    cx.metric("cycles", items.len() as f64);
    cx.metric("due", customers.iter().filter(|c| c.due && !c.overdue).count() as f64);
    cx.metric("overdue", customers.iter().filter(|c| c.overdue).count() as f64);
    cx.write("due", &DUE, &[columns.batch()])
}

/// A step in English, for tables; an end where it is one.
pub(super) fn step(step: JourneyStep, labels: &[String]) -> &str {
    match step {
        JourneyStep::Order(label) => &labels[label as usize],
        JourneyStep::More => say::MORE_ORDERS.english,
        JourneyStep::Lapsed => say::LAPSED.english,
        JourneyStep::Active => say::ACTIVE.english,
    }
}

pub(super) fn journeys(cx: &mut Context, labels: &[String], ways: &Journeys) -> Result<()> {
    let paths = || ways.paths.iter();
    let shown = |steps: &[JourneyStep]| {
        let words = steps[..steps.len() - 1].iter().map(|&one| step(one, labels));
        joined(words, THEN, &[THEN])
    };
    let mut columns = Columns::new();
    columns
        .text("path", paths().map(|p| shown(&p.steps)))
        .integer(
            "orders",
            paths().map(|p| p.steps.iter().filter(|s| matches!(s, JourneyStep::Order(_))).count() as i64),
        )
        .text("end", paths().map(|p| step(*p.steps.last().expect("a path has an end"), labels)))
        .integer("customers", paths().map(|p| p.customers as i64))
        .number("share", paths().map(|p| p.share))
        .number("mean_days", paths().map(|p| p.mean_days));
    cx.write("journeys", &JOURNEYS, &[columns.batch()])
}

pub(super) fn predictors(cx: &mut Context, scores: &[PredictScore]) -> Result<()> {
    let row = |score: &PredictScore| known().iter().find(|row| row.by == score.by).expect("every predictor has a row");
    let mut columns = Columns::new();
    columns
        .text("predictor", scores.iter().map(|s| row(s).name))
        .text("meaning", scores.iter().map(|s| row(s).about))
        .integer("customers", scores.iter().map(|s| s.judged as i64))
        .number("first", scores.iter().map(|s| s.first))
        .number("among_ten", scores.iter().map(|s| s.among))
        .number("reciprocal_rank", scores.iter().map(|s| s.reciprocal_rank));
    for score in scores.iter().filter(|score| score.judged > 0) {
        cx.metric(&format!("next_item_among_ten_{}", row(score).name), score.among);
    }
    cx.write("predictors", &PREDICTORS, &[columns.batch()])
}
