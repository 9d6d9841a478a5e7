//! Tables: any stage can add one, and every chart carries one.

use super::Context;
use super::markup::Markup;
use super::numbers::Unit;
use crate::report::text::Text;
use crate::report::words::fill;

/// Rows under named columns.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    /// Each row has one cell per column; a shorter row ends in empty cells.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows there are in all, where `rows` holds only the first of them.
    pub total_rows: Option<u64>,
    /// Where the whole table is, such as the name to use in `patron query`; said when not all rows are shown.
    pub whole: Option<String>,
}

/// A column's head.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Column {
    pub title: Text,
    /// What it means, with its unit; shown when pointed at.
    pub meaning: Text,
}

impl Column {
    pub fn new(title: impl Into<Text>) -> Self {
        Column { title: title.into(), meaning: Text::default() }
    }

    pub fn meaning(mut self, meaning: impl Into<Text>) -> Self {
        self.meaning = meaning.into();
        self
    }
}

/// One value of a table.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Cell {
    /// A name from the data.
    Text(String),
    /// Words of a stage.
    Phrase(Text),
    Number(f64, Unit),
    /// Exact, in ten-thousandths of the report's currency unit.
    Money(i64),
    Count(u64),
    Status(Status),
    Missing,
}

/// How a check or a comparison came out; always shown with its word, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Status {
    Passed,
    Warned,
    Held,
    Skipped,
}

impl Status {
    pub(crate) fn badge(self, m: &mut Markup, cx: Context) {
        let (class, sign, word) = match self {
            Status::Passed => ("ok", "✓", cx.words.passed),
            Status::Warned => ("warn", "!", cx.words.warned),
            Status::Held => ("bad", "✕", cx.words.held),
            Status::Skipped => ("skip", "–", cx.words.skipped),
        };
        m.element("span", &[("class", &format!("badge {class}"))], |m| {
            m.leaf("span", &[("aria-hidden", "true")], sign);
            m.text("\u{a0}");
            m.text(word);
        });
    }
}

impl Table {
    /// A table whose columns have these titles.
    pub fn with<T: Into<Text> + Copy>(titles: &[T]) -> Self {
        Table { columns: titles.iter().map(|title| Column::new(*title)).collect(), ..Table::default() }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// The table as HTML, cut to what fits in the report, saying so.
    pub(crate) fn grid(&self, m: &mut Markup, cx: Context) {
        if self.rows.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let shown = &self.rows[..self.rows.len().min(cx.rows)];
        let numeric: Vec<bool> = (0..self.columns.len()).map(|c| self.is_numeric(c)).collect();
        let class = if shown.len() > TALL { "scroll tall" } else { "scroll" };
        m.element("div", &[("class", class), ("tabindex", "0")], |m| {
            m.element("table", &[], |m| {
                m.element("thead", &[], |m| {
                    m.element("tr", &[], |m| {
                        for (column, numeric) in self.columns.iter().zip(&numeric) {
                            let mut attributes = vec![("scope", "col")];
                            if *numeric {
                                attributes.push(("class", "n"));
                            }
                            let meaning = column.meaning.shown(cx);
                            if !meaning.is_empty() {
                                attributes.push(("title", &meaning));
                            }
                            m.leaf("th", &attributes, &column.title.shown(cx));
                        }
                    });
                });
                m.element("tbody", &[], |m| {
                    for row in shown {
                        m.element("tr", &[], |m| {
                            for (c, numeric) in numeric.iter().enumerate() {
                                let class: &[(&str, &str)] = if *numeric { &[("class", "n")] } else { &[] };
                                m.element("td", class, |m| row.get(c).unwrap_or(&Cell::Missing).write(m, cx));
                            }
                        });
                    }
                });
            });
        });
        if shown.len() > ON_PAPER {
            let rows = cx.numbers.count(ON_PAPER as u64);
            m.leaf("p", &[("class", "quiet on-paper")], &fill(cx.words.rows_on_paper, &[("rows", &rows)]));
        }
        let total = self.total_rows.unwrap_or(0).max(self.rows.len() as u64);
        if total > shown.len() as u64 {
            let shown = cx.numbers.count(shown.len() as u64);
            let total = cx.numbers.count(total);
            let text = match &self.whole {
                Some(whole) => fill(cx.words.rows_shown_of, &[("shown", &shown), ("total", &total), ("whole", whole)]),
                None => fill(cx.words.rows_shown, &[("shown", &shown), ("total", &total)]),
            };
            m.leaf("p", &[("class", "quiet")], &text);
        }
    }

    fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| **cell != Cell::Missing);
        let first = cells.next();
        first.is_some_and(Cell::is_number) && cells.all(Cell::is_number)
    }
}

impl Cell {
    pub fn text(text: impl Into<Text>) -> Self {
        match text.into() {
            Text::Name(name) => Cell::Text(name),
            phrase => Cell::Phrase(phrase),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Cell::Number(..) | Cell::Money(_) | Cell::Count(_))
    }

    fn write(&self, m: &mut Markup, cx: Context) {
        match self {
            Cell::Text(text) => m.text(&shortened(text)),
            Cell::Phrase(text) => m.text(&shortened(&text.shown(cx))),
            Cell::Number(value, unit) => m.text(&unit.full(cx.numbers, *value)),
            Cell::Money(value) => m.text(&cx.numbers.money(*value)),
            Cell::Count(value) => m.text(&cx.numbers.count(*value)),
            Cell::Status(status) => status.badge(m, cx),
            Cell::Missing => m.text("–"),
        }
    }
}

/// More rows than this scroll in a window of their own.
const TALL: usize = 15;

/// Rows of one table that are printed; the style sheet holds the same number.
const ON_PAPER: usize = 40;

/// Longest text shown in a cell, in characters: one dirty field of a megabyte must not become the report.
const LONGEST_TEXT: usize = 240;

pub(crate) fn shortened(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(table: &Table, rows: usize) -> String {
        let mut m = Markup::default();
        table.grid(&mut m, Context { rows, ..Context::for_test() });
        m.finish()
    }

    #[test]
    fn numbers_align_right_and_missing_is_a_dash() {
        let mut table = Table::with(&["item", "n"]);
        table.push(vec![Cell::text("<b>"), Cell::Count(1234)]);
        table.push(vec![Cell::text("x")]);
        let html = html(&table, 10);
        assert!(html.contains("<td>&lt;b&gt;</td><td class=\"n\">1,234</td>"), "{html}");
        assert!(html.contains("<td>x</td><td class=\"n\">–</td>"), "{html}");
    }

    #[test]
    fn cut_tables_say_so() {
        let mut table = Table::with(&["n"]);
        (0..30).for_each(|n| table.push(vec![Cell::Count(n)]));
        table.total_rows = Some(5_000);
        table.whole = Some("rules".into());
        let html = html(&table, 10);
        assert_eq!(html.matches("<td").count(), 10);
        assert!(html.contains("10") && html.contains("5,000") && html.contains("rules"), "{html}");
    }
}
