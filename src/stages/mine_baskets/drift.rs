//! What became of the rules of the last good run.

use rustc_hash::FxHashMap;

use super::shop::Shop;
use crate::diagnostics::Result;
use crate::mining::sets::together;
use crate::mining::{AssociationRule, Change, Counts, Drift, JudgedRule, compare_rules};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::layouts::rules::RULE_DRIFT;
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
    /// Codes of antecedent and consequent.
    pub codes: [Vec<String>; 2],
    /// Their names for people.
    pub names: [String; 2],
    pub before: Option<Counts>,
    pub now: Option<Counts>,
    pub p_value: f64,
}

/// Compares with the artifact of the last good run, where there is one with rules. `basket` is what a basket weighs.
pub(super) fn compare(cx: &Context, shop: &Shop, judged: &[JudgedRule], alpha: f64, basket: f64) -> Result<Moved> {
    let none = Moved { rows: Vec::new(), compared: false };
    let Some(path) = cx.previous.as_ref().and_then(|previous| previous.table(MAIN).ok()) else { return Ok(none) };
    let counted = ["count", "antecedent_count", "consequent_count", "baskets"];
    let texts = ["antecedent_list", "consequent_list", "antecedent_names", "consequent_names"];
    let schema = read_schema(&path)?;
    if counted.iter().chain(&texts).any(|name| schema.index_of(name).is_err()) {
        return Ok(none);
    }
    let table = Batches::read(&path, &[&texts[..], &counted[..]].concat())?;
    let numbers: Result<Vec<Vec<Option<i64>>>> = counted.iter().map(|name| table.integers(name)).collect();
    let numbers = numbers?;
    let codes = [table.sets(texts[0])?, table.sets(texts[1])?];
    let names = [table.texts(texts[2])?, table.texts(texts[3])?];

    // Items that are no longer sold get numbers beyond those of the shop.
    let mut place: FxHashMap<String, u32> =
        shop.codes.iter().enumerate().map(|(item, code)| (code.clone(), item as u32)).collect();
    let mut gone: Vec<String> = Vec::new();
    let mut rules = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let mut items = |codes: &[String]| -> Vec<u32> {
            let numbered = codes.iter().map(|code| {
                *place.entry(code.clone()).or_insert_with(|| {
                    gone.push(code.clone());
                    (shop.codes.len() + gone.len() - 1) as u32
                })
            });
            let mut numbered: Vec<u32> = numbered.collect();
            numbered.sort_unstable();
            numbered
        };
        let (left, right) = (items(&codes[0][row]), items(&codes[1][row]));
        let number = |column: usize| numbers[column][row].unwrap_or(0).max(0) as u64;
        let counts = Counts { both: number(0), left: number(1), right: number(2), total: number(3) };
        rules.push(AssociationRule { left, right, counts });
    }
    // What vanished keeps the words it had: items that are no longer sold have no name here.
    let told: FxHashMap<(&[u32], &[u32]), usize> =
        rules.iter().enumerate().map(|(row, rule)| ((&rule.left[..], &rule.right[..]), row)).collect();
    let now: Vec<AssociationRule> = judged.iter().map(|judged| judged.rule.clone()).collect();
    // A difference has to stand out from as many comparisons as there are rules.
    let compared = rules.len().min(now.len()).max(1) as f64;
    let codes_of = |items: &[u32]| -> Vec<String> {
        let one =
            |&item: &u32| shop.codes.get(item as usize).unwrap_or_else(|| &gone[item as usize - shop.codes.len()]);
        items.iter().map(one).cloned().collect()
    };
    let row = |drift: Drift| {
        let (change, p_value) = match drift.change {
            Change::Appeared => ("appeared", f64::NAN),
            Change::Vanished => ("vanished", f64::NAN),
            Change::Changed { p_value } => ("changed", (p_value * compared).min(1.0)),
            Change::Stayed => return None,
        };
        let names = match (drift.change, told.get(&(&drift.left[..], &drift.right[..]))) {
            (Change::Vanished, Some(&row)) => [0, 1].map(|side| names[side][row].clone().unwrap_or_default()),
            _ => [shop.named(&drift.left), shop.named(&drift.right)],
        };
        let codes = [codes_of(&drift.left), codes_of(&drift.right)];
        Some(Row { change, codes, names, before: drift.before, now: drift.after, p_value })
    };
    let mut rows: Vec<Row> =
        compare_rules(&rules, &now, alpha / compared, basket).into_iter().filter_map(row).collect();
    let weight = |row: &Row| row.before.or(row.now).map_or(0.0, |counts| counts.leverage());
    rows.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| (&a.codes, &a.names).cmp(&(&b.codes, &b.names))));
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
        .text("antecedent", rows.iter().map(|row| together(row.codes[0].iter().map(String::as_str))))
        .text("consequent", rows.iter().map(|row| together(row.codes[1].iter().map(String::as_str))))
        .texts("antecedent_list", rows.iter().map(|row| row.codes[0].iter().map(String::as_str)))
        .texts("consequent_list", rows.iter().map(|row| row.codes[1].iter().map(String::as_str)))
        .text("antecedent_names", rows.iter().map(|row| &row.names[0]))
        .text("consequent_names", rows.iter().map(|row| &row.names[1]))
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
