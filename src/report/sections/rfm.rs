//! The RFM grid: customers and their money by recency and frequency score.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::markup::Markup;
use crate::report::page::svg::{Anchor, Figure, HALF, figure, fit, label, on_shade, rect, shade, shade_class};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::page::{Context, numbers::Unit};
use crate::report::words::{Translated, fill};

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
    pub segment: Text,
}

struct Words {
    heading: &'static str,
    tip_customers: &'static str,
    recency: &'static str,
    frequency: &'static str,
    recency_axis: &'static str,
    frequency_axis: &'static str,
    about_customers: &'static str,
    about_value: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Recency and frequency",
        tip_customers: "{customers} customers",
        recency: "Recency",
        frequency: "Frequency",
        recency_axis: "recent ↑",
        frequency_axis: "often →",
        about_customers: "Number of customers by recency class (recent on top) and frequency class (often at the right); darker is more.",
        about_value: "What those customers spent in all, by recency class (recent on top) and frequency class (often at the right); darker is more.",
    },
    simplified: Words {
        heading: "最近购买与购买频率",
        tip_customers: "{customers} 位客户",
        recency: "最近购买",
        frequency: "购买频率",
        recency_axis: "最近 ↑",
        frequency_axis: "频繁 →",
        about_customers: "按最近购买等级（越靠上越近）和购买频率等级（越靠右越频繁）统计的客户数；颜色越深人数越多。",
        about_value: "这些客户的总消费额，按最近购买等级（越靠上越近）和购买频率等级（越靠右越频繁）统计；颜色越深金额越高。",
    },
    traditional: Words {
        heading: "最近購買與購買頻率",
        tip_customers: "{customers} 位客戶",
        recency: "最近購買",
        frequency: "購買頻率",
        recency_axis: "最近 ↑",
        frequency_axis: "頻繁 →",
        about_customers: "按最近購買等級（越靠上越近）和購買頻率等級（越靠右越頻繁）統計的客戶數；顏色越深人數越多。",
        about_value: "這些客戶的總消費額，按最近購買等級（越靠上越近）和購買頻率等級（越靠右越頻繁）統計；顏色越深金額越高。",
    },
};

impl Shown for Rfm {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        m.element("div", &[("class", "pair")], |m| {
            let customers = |cell: &RfmCell| cell.customers as f64;
            self.grid(
                m,
                cx,
                &format!("{id}-customers"),
                (cx.words.customers, w.about_customers),
                Unit::Count,
                &customers,
            );
            let value = |cell: &RfmCell| cell.value as f64;
            let title = cx.with_currency(cx.words.value);
            self.grid(m, cx, &format!("{id}-value"), (&title, w.about_value), Unit::Money, &value);
        });
    }
}

const LEFT: f64 = 92.0;
const TOP: f64 = 8.0;
const CELL_HEIGHT: f64 = 46.0;

impl Rfm {
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
            label(m, HALF, y + 32.0, "t", Anchor::End, WORDS.of(cx.language).frequency_axis);
            m.element(
                "text",
                &[("class", "t"), ("transform", "translate(11 14) rotate(-90)"), ("text-anchor", "end")],
                |m| m.text(WORDS.of(cx.language).recency_axis),
            );
        });
    }

    fn tip(&self, cx: Context, cell: &RfmCell) -> String {
        let mut parts = vec![
            fill(WORDS.of(cx.language).tip_customers, &[("customers", &cx.numbers.count(cell.customers))]),
            cx.with_currency(&cx.numbers.money(cell.value)),
        ];
        if !cell.segment.is_empty() {
            parts.insert(0, cell.segment.shown(cx).into_owned());
        }
        parts.join(" · ")
    }

    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let total: f64 = self.cells.iter().map(|c| c.value as f64).sum();
        let mut table = Table {
            columns: vec![
                Column::new(w.recency),
                Column::new(w.frequency),
                Column::new(cx.words.segment),
                Column::new(cx.words.customers),
                Column::new(cx.with_currency(cx.words.value)),
                Column::new(cx.words.share_of_value),
                Column::new(cx.with_currency(cx.words.value_each)),
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

#[cfg(test)]
impl super::Sample for Rfm {
    fn sample(draw: &mut super::Draw, _: super::Size) -> Rfm {
        let mut cells = Vec::new();
        for recency in 0..5 {
            for frequency in 0..5 {
                let near = 1.0 / (1.0 + (recency as f64 - frequency as f64).abs());
                let customers = (near * draw.between(150.0, 420.0)) as u64;
                let each = 180.0 * 2.6f64.powi(frequency as i32) * draw.between(0.8, 1.2);
                cells.push(RfmCell {
                    recency,
                    frequency,
                    customers,
                    value: (customers as f64 * each * 1e4) as i64,
                    segment: ["Lost", "At risk", "Promising", "Loyal", "Champions"][(recency + frequency) / 2].into(),
                });
            }
        }
        Rfm {
            recency: ["over 1 year", "1 year", "6 months", "3 months", "1 month"].map(String::from).to_vec(),
            frequency: ["1", "2", "3–5", "6–10", "11+"].map(String::from).to_vec(),
            cells,
        }
    }
}
