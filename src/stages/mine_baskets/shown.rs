//! What the report shows of the rules.

use super::MineBaskets;
use super::drift::Moved;
use super::shop::Shop;
use crate::mining::sets::{TOGETHER, word};
use crate::mining::{Bundle, Counts, JudgedRule, Substitutes};
use crate::report::{self, Body, Cell, Phrase, Section, Table, Text, Unit};
use crate::stage::{Context, table_name};
use crate::stages::words::mine_baskets as say;
use crate::tables::Date;

/// Rules shown in the report, and rows of each further table.
const SHOWN: usize = 200;
const ROWS: usize = 40;

impl MineBaskets {
    pub(super) fn show(&self, cx: &mut Context, shop: &Shop, judged: &[JudgedRule], tried: bool) {
        // The page joins them by a plus sign.
        let names = |items: &[u32]| {
            items.iter().map(|&item| word(&shop.names[item as usize], &[TOGETHER]).into_owned()).collect()
        };
        let shown = judged.iter().take(SHOWN).map(|j| report::ShownRule {
            antecedent: names(&j.rule.left),
            consequent: names(&j.rule.right),
            count: j.rule.counts.both,
            support: j.rule.counts.support(),
            confidence: j.rule.counts.confidence(),
            lift: j.rule.counts.lift(),
            later_confidence: j.later.map_or(f64::NAN, |v| v.confidence),
            later_lift: j.later.map_or(f64::NAN, |v| v.lift),
            holds: j.holds(),
        });
        let later = match cx.made.as_of.as_deref().and_then(|date| date.parse::<Date>().ok()) {
            Some(as_of) if tried => {
                let from = as_of.plus(-(self.validate_days.get() as i32));
                say::ORDERS_FROM.with([("date", from.to_string().into())])
            }
            _ => Text::default(),
        };
        let rules = report::Rules {
            rules: shown.collect(),
            found: judged.len() as u64,
            whole: cx.step.to_owned(),
            later,
            failed: judged.iter().filter(|j| j.holds() == Some(false)).count() as u64,
        };
        cx.section(Section::new(cx.step, Body::Rules(rules)));
    }
}

pub(super) fn bundles(cx: &mut Context, shop: &Shop, found: &[Bundle], money: &[f64]) {
    if found.is_empty() {
        return;
    }
    let titles = [&say::BUNDLE, &say::BASKETS, &say::EXTRA, &say::ALL_CONFIDENCE, &say::EXTRA_MARGIN];
    let mut table = Table::with(&titles);
    if money.is_empty() {
        table.columns.pop();
    }
    for bundle in found.iter().take(ROWS) {
        let mut row = vec![
            Cell::Text(shop.named(&bundle.items)),
            Cell::Count(bundle.split.counts.both),
            Cell::Number(bundle.split.extra(), Unit::Number(0)),
            Cell::Number(bundle.all_confidence, Unit::Share),
        ];
        if !money.is_empty() {
            let margin: f64 = bundle.items.iter().map(|&item| money[item as usize]).sum();
            row.push(Cell::Money((margin * bundle.split.extra() * 1e4) as i64));
        }
        table.push(row);
    }
    whole(&mut table, cx, "bundles", found.len());
    section(cx, &say::BUNDLES, &say::BUNDLES_LEAD, table);
}

pub(super) fn substitutes(cx: &mut Context, shop: &Shop, found: &[Substitutes]) {
    if found.is_empty() {
        return;
    }
    let titles = [&say::ITEM, &say::OTHER_ITEM, &say::BOTH, &say::EXPECTED, &say::TIMES_EXPECTED];
    let mut table = Table::with(&titles);
    for pair in found.iter().take(ROWS) {
        table.push(vec![
            Cell::Text(shop.names[pair.a as usize].clone()),
            Cell::Text(shop.names[pair.b as usize].clone()),
            Cell::Count(pair.counts.both),
            Cell::Number(pair.expected, Unit::Number(1)),
            Cell::Number(super::write::times(pair.counts.both, pair.expected), Unit::Number(2)),
        ]);
    }
    whole(&mut table, cx, "substitutes", found.len());
    section(cx, &say::APART, &say::APART_LEAD, table);
}

pub(super) fn drift(cx: &mut Context, moved: &Moved) {
    if !moved.compared {
        return;
    }
    let titles = [
        &say::CHANGE,
        &say::ANTECEDENT,
        &say::CONSEQUENT,
        &say::CONFIDENCE_BEFORE,
        &say::CONFIDENCE_NOW,
        &say::LIFT_BEFORE,
        &say::LIFT_NOW,
    ];
    let mut table = Table::with(&titles);
    let cell = |counts: Option<Counts>, of: fn(Counts) -> f64, unit: Unit| match counts {
        Some(counts) => Cell::Number(of(counts), unit),
        None => Cell::Missing,
    };
    for row in moved.rows.iter().take(ROWS) {
        table.push(vec![
            Cell::text(Text::term("rule-change", row.change, row.change)),
            Cell::Text(row.names[0].clone()),
            Cell::Text(row.names[1].clone()),
            cell(row.before, Counts::confidence, Unit::Share),
            cell(row.now, Counts::confidence, Unit::Share),
            cell(row.before, Counts::lift, Unit::Number(2)),
            cell(row.now, Counts::lift, Unit::Number(2)),
        ]);
    }
    whole(&mut table, cx, "drift", moved.rows.len());
    let many = |change: &str| moved.rows.iter().filter(|row| row.change == change).count();
    let lead = say::MOVED_LEAD.with(["appeared", "vanished", "changed"].map(|change| (change, many(change).into())));
    section(cx, &say::MOVED, lead, table);
}

fn whole(table: &mut Table, cx: &Context, suffix: &str, rows: usize) {
    table.total_rows = Some(rows as u64);
    table.whole = Some(table_name(cx.step, suffix));
}

fn section(cx: &mut Context, heading: &Phrase, lead: impl Into<Text>, table: Table) {
    let section = Section::new(cx.step, Body::Table(table)).heading(heading).lead(lead);
    cx.section(section.chapter(report::Chapter::Items));
}
