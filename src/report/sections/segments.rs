//! Segment cards: how many customers, how much of the value, and what sets them apart from everybody.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::{MONEY_SCALE, Unit};
use crate::report::page::svg::{line, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Segments {
    pub segments: Vec<Segment>,
}

/// A group of customers.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Segment {
    pub name: Text,
    /// Who they are and what to do about them, in a sentence; may be empty.
    pub meaning: Text,
    pub customers: u64,
    /// What they spent in all, in ten-thousandths of the currency unit.
    pub value: i64,
    /// Strongest first; the first few are shown.
    pub distinctions: Vec<Distinction>,
}

/// A feature on which a segment differs from all customers.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Distinction {
    pub feature: Text,
    pub unit: Unit,
    /// Typical value in the segment, and among all customers.
    pub here: f64,
    pub overall: f64,
    /// Difference in standard deviations of all customers, signed; decides the length of the bar.
    pub deviations: f64,
}

struct Words {
    heading: &'static str,
    share_of_customers: &'static str,
    sets_apart: &'static str,
    against: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Segments",
        share_of_customers: "Share of customers",
        sets_apart: "What sets them apart",
        against: "vs {overall}",
    },
    simplified: Words {
        heading: "客户细分",
        share_of_customers: "客户占比",
        sets_apart: "与众不同之处",
        against: "整体为 {overall}",
    },
    traditional: Words {
        heading: "客戶區隔",
        share_of_customers: "客戶占比",
        sets_apart: "與眾不同之處",
        against: "整體為 {overall}",
    },
};

impl Shown for Segments {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        if self.segments.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let customers: u64 = self.segments.iter().map(|s| s.customers).sum();
        let value: f64 = self.segments.iter().map(|s| s.value as f64).sum();
        m.element("div", &[("class", "cards")], |m| {
            for segment in &self.segments {
                segment.card(m, cx, segment.customers as f64 / customers as f64, segment.value as f64 / value);
            }
        });
        m.element("details", &[], |m| {
            m.leaf("summary", &[], cx.words.as_table);
            self.table(cx, customers, value).grid(m, cx);
        });
    }
}

/// Distinctions shown on a card.
const SHOWN: usize = 5;

impl Segments {
    fn table(&self, cx: Context, customers: u64, value: f64) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table {
            columns: vec![
                Column::new(cx.words.segment),
                Column::new(cx.words.customers),
                Column::new(w.share_of_customers),
                Column::new(cx.with_currency(cx.words.value)),
                Column::new(cx.words.share_of_value),
                Column::new(cx.with_currency(cx.words.value_each)),
            ],
            ..Table::default()
        };
        for segment in &self.segments {
            table.push(vec![
                Cell::text(&segment.name),
                Cell::Count(segment.customers),
                Cell::Number(segment.customers as f64 / customers as f64, Unit::Share),
                Cell::Money(segment.value),
                Cell::Number(segment.value as f64 / value, Unit::Share),
                Cell::Number(segment.value as f64 / segment.customers as f64, Unit::Money),
            ]);
        }
        table
    }
}

impl Segment {
    fn card(&self, m: &mut Markup, cx: Context, of_customers: f64, of_value: f64) {
        let w = WORDS.of(cx.language);
        m.element("article", &[("class", "card")], |m| {
            m.leaf("h4", &[], &self.name.shown(cx));
            if !self.meaning.is_empty() {
                m.leaf("p", &[("class", "quiet")], &self.meaning.shown(cx));
            }
            m.element("dl", &[("class", "shares")], |m| {
                let count = cx.numbers.count(self.customers);
                share(m, cx, cx.words.customers, &count, of_customers, "a");
                let money = cx.numbers.short(self.value as f64 / MONEY_SCALE);
                share(m, cx, &cx.with_currency(cx.words.value), &money, of_value, "a2");
            });
            if !self.distinctions.is_empty() {
                m.element("table", &[("class", "apart")], |m| {
                    m.leaf("caption", &[], w.sets_apart);
                    for d in self.distinctions.iter().take(SHOWN) {
                        d.row(m, cx);
                    }
                });
            }
        });
    }
}

/// A share as a name, an amount and a thin bar.
fn share(m: &mut Markup, cx: Context, name: &str, amount: &str, share: f64, class: &str) {
    m.element("div", &[], |m| {
        m.leaf("dt", &[], name);
        m.element("dd", &[], |m| {
            m.leaf("b", &[], amount);
            m.text(" · ");
            m.text(&cx.numbers.percent(share, 1));
        });
        let bar =
            [("class", "bar"), ("viewBox", "0 0 100 5"), ("preserveAspectRatio", "none"), ("aria-hidden", "true")];
        m.element("svg", &bar, |m| {
            rect(m, (0.0, 0.0), (100.0, 5.0), "track", "");
            let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
            rect(m, (0.0, 0.0), (100.0 * share, 5.0), class, "");
        });
    });
}

impl Distinction {
    fn row(&self, m: &mut Markup, cx: Context) {
        let here = self.unit.short(cx.numbers, self.here);
        let overall = self.unit.short(cx.numbers, self.overall);
        m.element("tr", &[], |m| {
            m.leaf("th", &[("scope", "row")], &self.feature.shown(cx));
            m.element("td", &[], |m| {
                let bar = [("class", "lean"), ("viewBox", "0 0 80 12"), ("aria-hidden", "true")];
                m.element("svg", &bar, |m| {
                    // Three standard deviations fill the bar: beyond that, more is not more telling.
                    let length =
                        if self.deviations.is_finite() { self.deviations.clamp(-3.0, 3.0) / 3.0 * 38.0 } else { 0.0 };
                    let (class, x) = if length < 0.0 { ("down", 40.0 + length) } else { ("a", 40.0) };
                    rect(m, (x, 2.0), (length.abs(), 8.0), class, "");
                    line(m, (40.0, 0.0), (40.0, 12.0), "axis");
                });
            });
            m.element("td", &[("class", "n")], |m| {
                m.leaf("b", &[], &here);
                m.leaf(
                    "span",
                    &[("class", "quiet")],
                    &format!(" {}", fill(WORDS.of(cx.language).against, &[("overall", &overall)])),
                );
            });
        });
    }
}

#[cfg(test)]
impl super::Sample for Segments {
    fn sample(draw: &mut super::Draw, size: super::Size) -> Segments {
        let names = [
            ("Champions", "Recent, often, much. Thank them; do not discount."),
            ("Loyal", "Buy steadily. Offer what goes with what they have."),
            ("Promising", "New and lively. Bring them to the third order."),
            ("Big but rare", "Few large orders, mostly before Christmas."),
            ("Need attention", "Good customers whose gap grows."),
            ("At risk", "Were loyal, silent for twice their own gap."),
            ("Hibernating", "Long ago, little."),
            ("Lost", "No order for over a year."),
        ];
        let segments = (0..size.segments)
            .map(|i| {
                let (name, meaning) = names[i % names.len()];
                let customers = draw.between(180.0, 1_400.0) as u64;
                let mut distinction = |feature: &str, unit, overall: f64| {
                    let deviations = draw.between(-2.4, 2.8);
                    Distinction {
                        feature: feature.into(),
                        unit,
                        here: overall * (1.0 + deviations * 0.3),
                        overall,
                        deviations,
                    }
                };
                Segment {
                    name: if i < names.len() { name.into() } else { format!("{name} {}", i / names.len() + 1).into() },
                    meaning: meaning.into(),
                    customers,
                    distinctions: vec![
                        distinction("orders a year", Unit::Number(1), 4.3),
                        distinction("days since last order", Unit::Days, 96.0),
                        distinction("value per order", Unit::Money, 362.0 * 1e4),
                        distinction("return share", Unit::Share, 0.061),
                    ],
                    value: (customers as f64 * 1_500.0 * 0.62f64.powi(i as i32) * 1e4) as i64,
                }
            })
            .collect();
        Segments { segments }
    }
}
