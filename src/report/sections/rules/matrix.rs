//! Basket rules as a grouped matrix: antecedents by their leading item across, consequents down.
//!
//! Grouped matrices are Hahsler and Karpienko's ("Visualizing association rules in hierarchical groups", 2017); here
//! a group is named by the item that most rules of the report share, so that a reader knows it without a key.

use crate::numeric::math::ln;
use std::collections::BTreeMap;

use super::ShownRule;
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::svg::{Anchor, FULL, Figure, dot, figure, fit, label, line, shade, shade_class};
use crate::report::words::fill;

/// Most groups across and consequents down.
const COLUMNS: usize = 14;
const ROWS: usize = 18;

const LEFT: f64 = 250.0;
const TOP: f64 = 118.0;
const ROW: f64 = 24.0;

/// The rules that meet in one cell.
#[derive(Default, Clone)]
struct Cell<'a> {
    rules: usize,
    best: Option<&'a ShownRule>,
    failed: usize,
}

/// Draws the matrix; nothing where there are too few rules to group.
pub(super) fn render(m: &mut Markup, cx: Context, id: &str, rules: &[ShownRule]) {
    let groups = most_frequent(rules.iter().flat_map(|rule| rule.antecedent.iter().map(String::as_str)), COLUMNS);
    let rights: Vec<String> = rules.iter().map(|rule| rule.consequent.join(" + ")).collect();
    let rows = most_frequent(rights.iter().map(String::as_str), ROWS);
    if groups.len() < 2 || rows.len() < 2 {
        return;
    }
    let mut cells = vec![Cell::default(); groups.len() * rows.len()];
    for (rule, right) in rules.iter().zip(&rights) {
        let column = groups.iter().position(|group| rule.antecedent.iter().any(|item| item == group));
        let row = rows.iter().position(|row| row == right);
        let (Some(column), Some(row)) = (column, row) else { continue };
        let cell = &mut cells[row * groups.len() + column];
        cell.rules += 1;
        cell.failed += usize::from(rule.holds == Some(false));
        if cell.best.is_none_or(|best| rule.lift > best.lift) {
            cell.best = Some(rule);
        }
    }
    let size = Figure {
        id: format!("{id}-matrix"),
        title: super::WORDS.of(cx.language).matrix_title,
        about: super::WORDS.of(cx.language).matrix_about,
        width: FULL,
        height: TOP + ROW * rows.len() as f64 + 12.0,
    };
    figure(m, cx, &size, None, |m| draw(m, cx, &groups, &rows, &cells));
}

fn draw(m: &mut Markup, cx: Context, groups: &[&str], rows: &[&str], cells: &[Cell]) {
    let step = (FULL - LEFT - 14.0) / groups.len() as f64;
    let x = |column: usize| LEFT + step * (column as f64 + 0.5);
    let y = |row: usize| TOP + ROW * (row as f64 + 0.5);
    for (column, group) in groups.iter().enumerate() {
        // Titles stand in three storeys, so that long names of neighbours do not meet.
        let storey = TOP - 14.0 - 30.0 * (column % 3) as f64;
        line(m, (x(column), storey + 4.0), (x(column), TOP + ROW * rows.len() as f64), "g");
        label(m, x(column), storey, "t", Anchor::Middle, &fit(group, step * 2.9, 11.0));
    }
    for (row, name) in rows.iter().enumerate() {
        line(m, (LEFT, y(row)), (FULL - 14.0, y(row)), "g");
        label(m, LEFT - 10.0, y(row) + 4.0, "t", Anchor::End, &fit(name, LEFT - 20.0, 11.0));
    }
    let best = || cells.iter().filter_map(|cell| cell.best);
    let log = |lift: f64| ln(lift.max(f64::MIN_POSITIVE));
    let low = best().map(|rule| log(rule.lift)).fold(f64::INFINITY, f64::min);
    let high = best().map(|rule| log(rule.lift)).fold(f64::NEG_INFINITY, f64::max);
    let most = best().map(|rule| rule.support).fold(0.0, f64::max);
    for (at, cell) in cells.iter().enumerate() {
        let Some(rule) = cell.best else { continue };
        let share = if high > low { (log(rule.lift) - low) / (high - low) } else { 1.0 };
        let radius = 3.0 + 8.0 * (rule.support / most.max(f64::MIN_POSITIVE)).sqrt();
        let (row, column) = (at / groups.len(), at % groups.len());
        let tip = fill(
            super::WORDS.of(cx.language).matrix_tip,
            &[
                ("from", &fit(&rule.antecedent.join(" + "), 400.0, 12.0)),
                ("to", &fit(rows[row], 400.0, 12.0)),
                ("rules", &cx.numbers.count(cell.rules as u64)),
                ("failed", &cx.numbers.count(cell.failed as u64)),
                ("support", &cx.numbers.percent(rule.support, 2)),
                ("lift", &cx.numbers.fixed(rule.lift, 2)),
            ],
        );
        // Where every rule failed on later baskets, the dot is as hollow as it is in the scatter.
        let class = if cell.failed == cell.rules { "hollow" } else { shade_class(shade(share * 0.75 + 0.25)) };
        dot(m, (x(column), y(row)), radius, class, &tip);
    }
}

/// The words that occur most, the most frequent first, ties in order.
fn most_frequent<'a>(words: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    let mut sorted: Vec<(&str, usize)> = counts.into_iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sorted.into_iter().take(most).map(|(word, _)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_ties_by_name() {
        assert_eq!(most_frequent(["b", "c", "a", "c"].into_iter(), 2), ["c", "a"]);
    }
}
