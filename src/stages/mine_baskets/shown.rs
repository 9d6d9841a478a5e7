//! What the report shows of the rules.

use super::MineBaskets;
use super::drift::Moved;
use super::judge::Judged;
use super::shop::Shop;
use crate::mining::sets::{TOGETHER, word};
use crate::mining::{Bundle, Counts, Substitutes};
use crate::report::{self, Body, Cell, Section, Table, Unit};
use crate::stage::{Context, table_name};
use crate::tables::Date;

/// Rules shown in the report, and rows of each further table.
const SHOWN: usize = 200;
const ROWS: usize = 40;

impl MineBaskets {
    pub(super) fn show(&self, cx: &mut Context, shop: &Shop, judged: &[Judged], tried: bool) {
        // The page joins them by a plus sign.
        let names = |items: &[u32]| {
            items.iter().map(|&item| word(&shop.names[item as usize], &[TOGETHER]).into_owned()).collect()
        };
        let shown = judged.iter().take(SHOWN).map(|j| report::Rule {
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
            Some(as_of) if tried => format!("orders from {}", as_of.plus(-(self.validate_days.get() as i32))),
            _ => String::new(),
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
    let mut table =
        Table::with(&["Bundle", "Baskets", "Extra baskets", "All-confidence", "Margin of the extra baskets"]);
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
    let lead = "Sets bought whole more often than any two of their parts explain: candidates for a joint price.";
    section(cx, "Bundles", lead, table);
}

pub(super) fn substitutes(cx: &mut Context, shop: &Shop, found: &[Substitutes]) {
    if found.is_empty() {
        return;
    }
    let mut table = Table::with(&["Item", "Other item", "Baskets with both", "Expected", "Times expected"]);
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
    let lead =
        "Frequent items that meet in baskets less often than chance: one is bought instead of the other, or by others.";
    section(cx, "Bought apart", lead, table);
}

pub(super) fn drift(cx: &mut Context, moved: &Moved) {
    if !moved.compared {
        return;
    }
    let mut table = Table::with(&[
        "Change",
        "Antecedent",
        "Consequent",
        "Confidence before",
        "Confidence now",
        "Rule lift before",
        "Rule lift now",
    ]);
    let cell = |counts: Option<Counts>, of: fn(Counts) -> f64, unit: Unit| match counts {
        Some(counts) => Cell::Number(of(counts), unit),
        None => Cell::Missing,
    };
    for row in moved.rows.iter().take(ROWS) {
        table.push(vec![
            Cell::Text(row.change.to_owned()),
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
    let lead = format!(
        "Since the last good run {} rules appeared, {} vanished and {} changed their confidence more than chance.",
        many("appeared"),
        many("vanished"),
        many("changed")
    );
    section(cx, "Rules that moved", &lead, table);
}

fn whole(table: &mut Table, cx: &Context, suffix: &str, rows: usize) {
    table.total_rows = Some(rows as u64);
    table.whole = Some(table_name(cx.step, suffix));
}

fn section(cx: &mut Context, heading: &str, lead: &str, table: Table) {
    let section = Section::new(cx.step, Body::Table(table)).heading(heading).lead(lead);
    cx.section(section.chapter(report::Chapter::Items));
}
