//! The offer "next after": who bought A, has not bought B, and is in the days when B is usually bought.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use super::columns::Columns;
use super::mine_sequences::rules::ORDERED;
use super::reason_texts;
use super::words::next_after as say;
use super::words::reasons as why;
use crate::diagnostics::Result;
use crate::mining::Run;
use crate::mining::sequences::{
    Elements, NextOffer, NextRule, NextTrial, Sequences, TrialSettings, judge_next_after, next_after,
};
use crate::report::{Body, Estimate, Method, Recommendation, Recommendations, Section, Text, Unit, Value};
use crate::stage::setting::Chosen;
use crate::stage::{Context, MAIN};
use crate::tables::Date;
use crate::tables::layouts::offers::NEXT_AFTER;
use crate::tables::layouts::sequences::{SEQUENCE_RULES, SEQUENCE_TIMING};

/// The shop's purchases with the names behind their numbers.
pub struct Named<'a> {
    /// In the elements that the rules speak of, which [`elements`] reads.
    pub bought: &'a Sequences,
    pub customers: &'a [String],
    pub items: &'a [String],
    pub names: &'a [String],
    /// Items that are not offered.
    pub left_out: &'a [bool],
    /// Of these the ones that no date brings back.
    pub never: &'a [bool],
    /// Days without a sale after which an item is not offered; 0 for never.
    pub sold_within_days: u32,
}

/// What the miner of the rules of the stage `stage` took for an element.
pub fn elements(cx: &Context, stage: &str) -> Result<Elements> {
    let elements = cx.read(stage, MAIN, &SEQUENCE_RULES)?.texts("element")?;
    let element = elements.into_iter().flatten().next().and_then(|name| Chosen::<Elements>::named(&name).ok());
    Ok(element.map_or(Elements::default(), |element| *element))
}

/// A rule with what an offer says of it.
struct Rule {
    next: NextRule,
    days: i64,
    merge_days: u32,
    mined_before: Date,
    holds: Option<bool>,
}

/// The product's name in the table of offers.
pub const PRODUCT: &str = "next-after";

/// Offers by the rules of the stage `stage`, at most `most` a customer; writes what such offers would have been worth in
/// the time that the rules were not mined from.
pub fn offers(cx: &mut Context, stage: &str, shop: &Named, most: usize) -> Result<Option<RecordBatch>> {
    let rules = read_rules(cx, stage, shop)?;
    let run = Run::threads(rayon::current_num_threads());
    let Some(first) = rules.first() else {
        cx.note(say::NO_RULE.with([("stage", stage.into())]));
        cx.write("next_after", &NEXT_AFTER, &[])?;
        return Ok(None);
    };
    let as_of = cx.as_of()?;
    let (cut, days, merge_days) = (first.mined_before, first.days, first.merge_days);
    let all: Vec<NextRule> = rules.iter().map(|rule| rule.next.clone()).collect();
    if cut < as_of {
        // All rules, not only those that hold: which do is known from these very orders.
        let settings = TrialSettings {
            from: cut.midnight(),
            until: as_of.midnight(),
            most,
            merge_days,
            left_out: shop.never,
            sold_within_days: shop.sold_within_days,
        };
        let trial = judge_next_after(&all, shop.bought, &settings, &run);
        write_trial(cx, &trial, cut)?;
    } else {
        cx.note(&say::NOT_JUDGED);
        cx.write("next_after", &NEXT_AFTER, &[])?;
    }
    let standing: Vec<NextRule> = rules
        .into_iter()
        .filter(|rule| rule.holds != Some(false) && !shop.left_out[rule.next.next as usize])
        .map(|rule| rule.next)
        .collect();
    let found = next_after(&standing, shop.bought, as_of.midnight(), merge_days, &run);
    let ranked: Vec<(usize, &NextOffer)> = found
        .chunk_by(|a, b| a.customer == b.customer)
        .flat_map(|of_customer| of_customer.iter().take(most).enumerate())
        .collect();
    cx.metric("offers_next_after", ranked.len() as f64);
    let reason = |offer: &NextOffer| {
        let rule = &standing[offer.rule];
        let order = |items: &Vec<u32>| reason_texts::items(items.iter().map(|&i| shop.names[i as usize].as_str()));
        let bought = rule.prefix.iter().map(order);
        let items = bought.reduce(|before, after| why::THEN.with([("before", before.into()), ("after", after.into())]));
        cx.speech.in_words(&why::NEXT.with([
            ("items", items.unwrap_or_default().into()),
            ("ago", reason_texts::days(offer.days_since as f64)),
            ("share", format!("{:.0} %", 100.0 * rule.confidence).into()),
            ("item", shop.names[offer.item as usize].as_str().into()),
            ("days", Value::Count(days as u64)),
            ("lift", format!("{:.1}", rule.lift).into()),
        ]))
    };
    let mut columns = Columns::new();
    columns
        .text("customer", ranked.iter().map(|(_, o)| &shop.customers[o.customer as usize]))
        .text("product", ranked.iter().map(|_| PRODUCT))
        .integer("rank", ranked.iter().map(|(place, _)| *place as i64 + 1))
        .text("item", ranked.iter().map(|(_, o)| &shop.items[o.item as usize]))
        .text("name", ranked.iter().map(|(_, o)| &shop.names[o.item as usize]))
        .number("score", ranked.iter().map(|(_, o)| o.chance_left))
        .text("reason", ranked.iter().map(|(_, o)| reason(o)))
        .maybe_date("offer_from", ranked.iter().map(|(_, o)| Some(o.from_day as i32)))
        .maybe_date("offer_until", ranked.iter().map(|(_, o)| Some(o.to_day as i32)));
    Ok(Some(columns.batch()))
}

/// Rules over items that the shop has; those over categories are left out.
fn read_rules(cx: &mut Context, stage: &str, shop: &Named) -> Result<Vec<Rule>> {
    let timing = cx.read(stage, "timing", &SEQUENCE_TIMING)?;
    let mut bought_by: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (rule, share) in timing.integers("rule")?.into_iter().zip(timing.numbers("bought_by")?) {
        bought_by.entry(rule.unwrap_or(0)).or_default().push(share);
    }
    let table = cx.read(stage, MAIN, &SEQUENCE_RULES)?;
    let place: BTreeMap<&str, u32> = shop.items.iter().zip(0..).map(|(code, at)| (code.as_str(), at)).collect();
    let (antecedents, consequents) = (table.orders("antecedent_list")?, table.sets("consequent_list")?);
    let integers = |name: &str| -> Result<Vec<i64>> {
        Ok(table.integers(name)?.into_iter().map(|value| value.unwrap_or(0)).collect())
    };
    let (numbers, days, from, to) =
        (integers("rule")?, integers("days")?, integers("send_from")?, integers("send_to")?);
    let step_days = table.integers("step_days")?;
    let (confidence, lift) = (table.numbers("confidence")?, table.numbers("lift")?);
    let (mined_before, holds) = (table.dates("mined_before")?, table.booleans("holds")?);
    let (items_only, merge_days) = (table.booleans("items_only")?, integers("merge_days")?);
    let ordered: Vec<bool> = table.texts("kind")?.iter().map(|kind| kind.as_deref() == Some(ORDERED)).collect();
    let kept = |row: &usize| items_only[*row] == Some(true);
    let (kept, others): (Vec<usize>, Vec<usize>) = (0..ordered.len()).filter(|&row| ordered[row]).partition(kept);
    if !others.is_empty() {
        cx.note(say::CATEGORIES.with([("rules", others.len().into()), ("stage", stage.into())]));
    }
    let mut rules = Vec::new();
    for row in kept {
        let items = |set: &Vec<String>| -> Option<Vec<u32>> {
            let mut items: Vec<u32> =
                set.iter().map(|code| place.get(code.as_str()).copied()).collect::<Option<_>>()?;
            items.sort_unstable();
            Some(items)
        };
        let prefix: Option<Vec<Vec<u32>>> = antecedents[row].iter().map(items).collect();
        let (Some(prefix), Some(next), Some(mined_before)) = (prefix, items(&consequents[row]), mined_before[row])
        else {
            continue;
        };
        let [next] = next[..] else { continue };
        rules.push(Rule {
            next: NextRule {
                prefix,
                step_days: step_days[row].map(|days| days as u32),
                next,
                confidence: confidence[row],
                lift: lift[row],
                send_from: from[row] as u32,
                send_to: to[row] as u32,
                bought_by: bought_by.remove(&numbers[row]).unwrap_or_default(),
            },
            days: days[row],
            merge_days: merge_days[row] as u32,
            mined_before: Date::from_days(mined_before),
            holds: holds[row],
        });
    }
    Ok(rules)
}

fn write_trial(cx: &mut Context, trial: &NextTrial, from: Date) -> Result<()> {
    let offers = trial.offers as f64;
    let rows = [
        ("next after", "offers as this stage makes them", trial.bought as f64, true),
        ("the usual", "the same items to all who had ordered as lately and did not have them", trial.usual, false),
        (
            "popular",
            "as many of the commonest items that the customer did not have and was not offered before",
            trial.popular as f64,
            true,
        ),
    ];
    let rows: &[_] = if trial.offers > 0 { &rows } else { &[] };
    let share = |bought: f64| bought / offers;
    let error = |bought: f64| (share(bought) * (1.0 - share(bought)) / offers).sqrt();
    let mut columns = Columns::new();
    columns
        .text("method", rows.iter().map(|row| row.0))
        .text("meaning", rows.iter().map(|row| row.1))
        .integer("offers", rows.iter().map(|_| trial.offers as i64))
        .integer("customers", rows.iter().map(|_| trial.customers as i64))
        .number("bought", rows.iter().map(|row| row.2))
        .number("share", rows.iter().map(|row| share(row.2)))
        .maybe_number("error", rows.iter().map(|row| if row.3 { error(row.2) } else { f64::NAN }));
    cx.write("next_after", &NEXT_AFTER, &[columns.batch()])?;
    if trial.offers == 0 {
        cx.note(say::NONE_DUE.with([("from", from.to_string().into())]));
        return Ok(());
    }
    cx.metric("next_after_bought", share(trial.bought as f64));
    cx.metric("next_after_usual", share(trial.usual));
    cx.metric("next_after_popular", share(trial.popular as f64));
    let method = |&(name, _, bought, counted): &(&str, &str, f64, bool)| {
        let half = 1.96 * error(bought);
        let (low, high) = match counted {
            true => ((share(bought) - half).max(0.0), (share(bought) + half).min(1.0)),
            false => (f64::NAN, f64::NAN),
        };
        Method {
            name: Text::term("next-after-method", name, name),
            baseline: name == "the usual",
            result: Estimate { value: share(bought), low, high },
        }
    };
    let task = Recommendation {
        name: (&say::NEXT_AFTER).into(),
        measure: (&say::IN_TIME).into(),
        customers: trial.customers,
        methods: rows.iter().map(method).collect(),
    };
    let times = trial.bought as f64 / trial.usual.max(1e-9);
    let lead = say::JUDGED_LEAD.with([
        ("from", from.to_string().into()),
        ("offers", trial.offers.into()),
        ("bought", trial.bought.into()),
        ("times", Value::Number(times, Unit::Number(1))),
    ]);
    cx.section(
        Section::new(cx.step, Body::Recommendations(Recommendations { tasks: vec![task] }))
            .heading(&say::JUDGED)
            .lead(lead),
    );
    Ok(())
}
