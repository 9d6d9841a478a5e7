//! The RFM grid: customers and their money by recency and frequency score.

use super::markup::Markup;
use super::svg::{Anchor, Figure, HALF, figure, fit, label, on_shade, rect, shade, shade_class};
use super::table::{Cell, Column, Table};
use super::{Context, Unit};

/// A grid of recency by frequency classes, best recency and frequency last.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Rfm {
    /// Names of the recency classes, from long ago to recent, such as `1`…`5` or `over 1 year`.
    pub recency: Vec<String>,
    /// Names of the frequency classes, from seldom to often.
    pub frequency: Vec<String>,
    /// In any order; a class pair without a cell has nobody.
    pub cells: Vec<RfmCell>,
}

/// The customers of one pair of classes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RfmCell {
    /// Index into [`Rfm::recency`].
    pub recency: usize,
    /// Index into [`Rfm::frequency`].
    pub frequency: usize,
    pub customers: u64,
    /// What they spent in all, in ten-thousandths of the currency unit.
    pub value: i64,
    /// The segment that the pair belongs to; may be empty.
    pub segment: String,
}

const LEFT: f64 = 92.0;
const TOP: f64 = 8.0;
const CELL_HEIGHT: f64 = 46.0;

impl Rfm {
    pub(super) fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = cx.words;
        m.element("div", &[("class", "pair")], |m| {
            let customers = |cell: &RfmCell| cell.customers as f64;
            self.grid(m, cx, &format!("{id}-customers"), (w.customers, w.rfm_about_customers), Unit::Count, &customers);
            let value = |cell: &RfmCell| cell.value as f64;
            let title = cx.with_currency(w.value);
            self.grid(m, cx, &format!("{id}-value"), (&title, w.rfm_about_value), Unit::Money, &value);
        });
    }

    fn grid(
        &self,
        m: &mut Markup,
        cx: Context,
        id: &str,
        (title, about): (&str, &str),
        unit: Unit,
        amount: &dyn Fn(&RfmCell) -> f64,
    ) {
        let (columns, rows) = (self.frequency.len().max(1), self.recency.len().max(1));
        let width = (HALF - LEFT) / columns as f64;
        let height = TOP + CELL_HEIGHT * rows as f64 + 40.0;
        let largest = self.cells.iter().map(amount).fold(0.0, f64::max);
        let total: f64 = self.cells.iter().map(amount).sum();
        let figure_of = Figure { id: id.to_owned(), title, about, width: HALF, height };
        figure(m, cx, &figure_of, Some(&self.table(cx)), |m| {
            for r in 0..rows {
                // Recent customers stand on top.
                let y = TOP + CELL_HEIGHT * (rows - 1 - r) as f64;
                let name = self.recency.get(r).map_or("", |s| s);
                label(m, LEFT - 8.0, y + CELL_HEIGHT / 2.0 + 4.0, "t", Anchor::End, &fit(name, LEFT - 22.0, 11.0));
                for f in 0..columns {
                    let x = LEFT + width * f as f64;
                    let cell = self.cells.iter().find(|c| c.recency == r && c.frequency == f);
                    let value = cell.map_or(0.0, amount);
                    let step = if largest > 0.0 { shade((value / largest).max(0.0).sqrt()) } else { 0 };
                    let step = if value > 0.0 { step.max(1) } else { 0 };
                    let tip = cell.map(|c| self.tip(cx, c)).unwrap_or_default();
                    rect(m, (x + 1.0, y + 1.0), (width - 2.0, CELL_HEIGHT - 2.0), shade_class(step), &tip);
                    if value != 0.0 && width >= 34.0 {
                        let centre = x + width / 2.0;
                        let class = on_shade(step);
                        let share = cx.numbers.percent(value / total, 0);
                        label(
                            m,
                            centre,
                            y + 21.0,
                            &format!("strong {class}"),
                            Anchor::Middle,
                            &unit.short(cx.numbers, value),
                        );
                        label(m, centre, y + 35.0, &format!("small {class}"), Anchor::Middle, &share);
                    }
                }
            }
            let y = TOP + CELL_HEIGHT * rows as f64;
            for (f, name) in self.frequency.iter().enumerate() {
                let x = LEFT + width * (f as f64 + 0.5);
                label(m, x, y + 15.0, "t", Anchor::Middle, &fit(name, width - 4.0, 11.0));
            }
            label(m, HALF, y + 32.0, "t", Anchor::End, cx.words.rfm_frequency);
            m.element(
                "text",
                &[("class", "t"), ("transform", "translate(11 14) rotate(-90)"), ("text-anchor", "end")],
                |m| m.text(cx.words.rfm_recency),
            );
        });
    }

    fn tip(&self, cx: Context, cell: &RfmCell) -> String {
        let mut parts = vec![
            format!("{} {}", cx.numbers.count(cell.customers), cx.words.customers_lower),
            cx.with_currency(&cx.numbers.money(cell.value)),
        ];
        if !cell.segment.is_empty() {
            parts.insert(0, cell.segment.clone());
        }
        parts.join(" · ")
    }

    fn table(&self, cx: Context) -> Table {
        let w = cx.words;
        let total: f64 = self.cells.iter().map(|c| c.value as f64).sum();
        let mut table = Table {
            columns: vec![
                Column::new(w.recency),
                Column::new(w.frequency),
                Column::new(w.segment),
                Column::new(w.customers),
                Column::new(cx.with_currency(w.value)),
                Column::new(w.share_of_value),
                Column::new(cx.with_currency(w.value_each)),
            ],
            ..Table::default()
        };
        for cell in &self.cells {
            let name = |names: &[String], i: usize| names.get(i).map_or(Cell::Missing, Cell::text);
            table.push(vec![
                name(&self.recency, cell.recency),
                name(&self.frequency, cell.frequency),
                Cell::text(&cell.segment),
                Cell::Count(cell.customers),
                Cell::Money(cell.value),
                Cell::Number(cell.value as f64 / total, Unit::Share),
                Cell::Number(cell.value as f64 / cell.customers as f64, Unit::Money),
            ]);
        }
        table
    }
}
