//! What became of the rules of the last good run.

use rustc_hash::FxHashMap;

use super::judge::Judged;
use super::shop::{BETWEEN, Shop};
use crate::diagnostics::Result;
use crate::mining::{Change, Counts, Drift, Rule, compare_rules};
use crate::stages::columns::Columns;
use crate::stages::{Context, MAIN};
use crate::tables::rules::RULE_DRIFT;
use crate::tables::{Batches, read_schema};

/// Rules compared with those of the last good run.
pub(super) struct Moved {
    /// Those that appeared, vanished or changed.
    pub rows: Vec<Row>,
    /// Whether there was a last run to compare with.
    pub compared: bool,
}

/// A rule that is not as it was.
pub(super) struct Row {
    pub change: &'static str,
    /// Codes of antecedent and consequent, then their names.
    pub sides: [String; 4],
    pub before: Option<Counts>,
    pub now: Option<Counts>,
    pub p_value: f64,
}

/// Compares with the artifact of the last good run, where there is one with rules. `basket` is what a basket weighs.
pub(super) fn compare(cx: &Context, shop: &Shop, judged: &[Judged], alpha: f64, basket: f64) -> Result<Moved> {
    let none = Moved { rows: Vec::new(), compared: false };
    let Some(path) = cx.previous.as_ref().and_then(|previous| previous.table(MAIN).ok()) else { return Ok(none) };
    let counted = ["count", "antecedent_count", "consequent_count", "baskets"];
    let texts = ["antecedent", "consequent", "antecedent_names", "consequent_names"];
    let schema = read_schema(&path)?;
    if counted.iter().chain(&texts).any(|name| schema.index_of(name).is_err()) {
        return Ok(none);
    }
    let table = Batches::read(&path, &[&texts[..], &counted[..]].concat())?;
    let numbers: Result<Vec<Vec<Option<i64>>>> = counted.iter().map(|name| table.integers(name)).collect();
    let sides: Result<Vec<Vec<Option<String>>>> = texts.iter().map(|name| table.texts(name)).collect();
    let (numbers, sides) = (numbers?, sides?);

    // Items that are no longer sold get numbers beyond those of the shop.
    let mut place: FxHashMap<String, u32> =
        shop.codes.iter().enumerate().map(|(item, code)| (code.clone(), item as u32)).collect();
    let mut gone: Vec<(String, String)> = Vec::new();
    let mut rules = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let side = |column: usize| sides[column][row].as_deref().unwrap_or_default();
        let mut items = |codes: &str, names: &str| -> Vec<u32> {
            let names: Vec<&str> = names.split(BETWEEN).collect();
            let numbered = codes.split(BETWEEN).enumerate().map(|(at, code)| {
                *place.entry(code.to_owned()).or_insert_with(|| {
                    gone.push((code.to_owned(), (*names.get(at).unwrap_or(&code)).to_owned()));
                    (shop.codes.len() + gone.len() - 1) as u32
                })
            });
            let mut numbered: Vec<u32> = numbered.collect();
            numbered.sort_unstable();
            numbered
        };
        let left = if side(0).is_empty() { Vec::new() } else { items(side(0), side(2)) };
        let right = items(side(1), side(3));
        let number = |column: usize| numbers[column][row].unwrap_or(0).max(0) as u64;
        let counts = Counts { both: number(0), left: number(1), right: number(2), total: number(3) };
        rules.push(Rule { left, right, counts });
    }
    let now: Vec<Rule> = judged.iter().map(|judged| judged.rule.clone()).collect();
    // A difference has to stand out from as many comparisons as there are rules.
    let compared = rules.len().min(now.len()).max(1) as f64;
    let word = |items: &[u32], codes: bool| {
        let one = |&item: &u32| match (shop.codes.get(item as usize), codes) {
            (Some(code), true) => code.as_str(),
            (Some(_), false) => shop.names[item as usize].as_str(),
            (None, true) => gone[item as usize - shop.codes.len()].0.as_str(),
            (None, false) => gone[item as usize - shop.codes.len()].1.as_str(),
        };
        items.iter().map(one).collect::<Vec<_>>().join(BETWEEN)
    };
    let row = |drift: Drift| {
        let (change, p_value) = match drift.change {
            Change::Appeared => ("appeared", f64::NAN),
            Change::Vanished => ("vanished", f64::NAN),
            Change::Changed { p_value } => ("changed", (p_value * compared).min(1.0)),
            Change::Stayed => return None,
        };
        let sides =
            [word(&drift.left, true), word(&drift.right, true), word(&drift.left, false), word(&drift.right, false)];
        Some(Row { change, sides, before: drift.before, now: drift.after, p_value })
    };
    let mut rows: Vec<Row> =
        compare_rules(&rules, &now, alpha / compared, basket).into_iter().filter_map(row).collect();
    let weight = |row: &Row| row.before.or(row.now).map_or(0.0, |counts| counts.leverage());
    rows.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.sides.cmp(&b.sides)));
    Ok(Moved { rows, compared: true })
}

/// Writes the table of changes and keeps their numbers.
pub(super) fn write(cx: &mut Context, moved: &Moved) -> Result<()> {
    let rows = &moved.rows;
    let count = |of: fn(&Row) -> Option<Counts>| rows.iter().map(move |row| of(row).map(|c| c.both as i64));
    let number = |of: fn(&Row) -> Option<Counts>, value: fn(Counts) -> f64| {
        rows.iter().map(move |row| of(row).map_or(f64::NAN, value))
    };
    let mut columns = Columns::new();
    columns
        .text("change", rows.iter().map(|row| row.change))
        .text("antecedent", rows.iter().map(|row| &row.sides[0]))
        .text("consequent", rows.iter().map(|row| &row.sides[1]))
        .text("antecedent_names", rows.iter().map(|row| &row.sides[2]))
        .text("consequent_names", rows.iter().map(|row| &row.sides[3]))
        .maybe_integer("count_before", count(|row| row.before))
        .maybe_integer("count_now", count(|row| row.now))
        .maybe_number("confidence_before", number(|row| row.before, Counts::confidence))
        .maybe_number("confidence_now", number(|row| row.now, Counts::confidence))
        .maybe_number("lift_before", number(|row| row.before, Counts::lift))
        .maybe_number("lift_now", number(|row| row.now, Counts::lift))
        .maybe_number("p_value", rows.iter().map(|row| row.p_value));
    if moved.compared {
        for change in ["appeared", "vanished", "changed"] {
            let many = rows.iter().filter(|row| row.change == change).count();
            cx.metric(&format!("rules_{change}"), many as f64);
        }
    }
    cx.write("drift", &RULE_DRIFT, &[columns.batch()])
}
