//! Lifecycle stages: how many customers are prospects, trading, loyal, lapsing, lost, and how that moved.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::{MONEY_SCALE, Unit};
use crate::report::page::svg::{Anchor, FULL, Figure, figure, fit, label, line, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::Translated;

/// Stages in the order of a customer's life.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Lifecycle {
    pub stages: Vec<LifeStage>,
}

/// Customers in one stage of life.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LifeStage {
    pub name: Text,
    /// When a customer is in it, in words; may be empty.
    pub meaning: Text,
    pub customers: u64,
    /// How many were in it at the snapshot before; `None` for a first run.
    pub before: Option<u64>,
    /// What they spent in all, in ten-thousandths of the currency unit.
    pub value: i64,
}

struct Words {
    heading: &'static str,
    before: &'static str,
    change: &'static str,
    title: &'static str,
    about: &'static str,
    customers_before: &'static str,
    life_stage: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Lifecycle",
        before: "Before",
        change: "Change",
        title: "Customers by lifecycle stage",
        about: "How many customers are in each lifecycle stage, and what they have spent; the mark shows the previous snapshot.",
        customers_before: "Customers · mark: previous snapshot",
        life_stage: "Lifecycle stage",
    },
};

impl Shown for Lifecycle {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const ROW: f64 = 34.0;
        const LEFT: f64 = 130.0;
        const MIDDLE: f64 = 560.0;
        let w = WORDS.of(cx.language);
        if self.stages.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let most = self.stages.iter().map(|s| s.customers.max(s.before.unwrap_or(0))).max().unwrap_or(0).max(1) as f64;
        let richest = self.stages.iter().map(|s| s.value.max(0)).max().unwrap_or(0).max(1) as f64;
        let total: f64 = self.stages.iter().map(|s| s.customers as f64).sum();
        let moved = self.stages.iter().any(|s| s.before.is_some());
        let size = Figure {
            id: format!("{id}-stages"),
            title: w.title,
            about: w.about,
            width: FULL,
            height: 24.0 + ROW * self.stages.len() as f64,
        };
        figure(m, cx, &size, Some(&self.table(cx)), |m| {
            label(m, LEFT, 12.0, "t", Anchor::Start, if moved { w.customers_before } else { cx.words.customers });
            label(m, MIDDLE, 12.0, "t", Anchor::Start, &cx.with_currency(cx.words.value));
            for (i, stage) in self.stages.iter().enumerate() {
                let y = 22.0 + ROW * i as f64;
                label(m, LEFT - 10.0, y + 16.0, "", Anchor::End, &fit(&stage.name.shown(cx), LEFT - 12.0, 12.0));
                let width = stage.customers as f64 / most * 290.0;
                let tip = if stage.meaning.is_empty() { stage.name.shown(cx) } else { stage.meaning.shown(cx) };
                rect(m, (LEFT, y + 2.0), (width, 20.0), "a", &tip);
                let share = cx.numbers.percent(stage.customers as f64 / total, 0);
                let text = format!("{} · {share}", cx.numbers.count(stage.customers));
                let mut end = width;
                if let Some(before) = stage.before {
                    let x = LEFT + before as f64 / most * 290.0;
                    line(m, (x, y - 1.0), (x, y + 25.0), "tick");
                    end = end.max(before as f64 / most * 290.0);
                }
                label(m, LEFT + end + 8.0, y + 16.0, "", Anchor::Start, &text);
                let width = (stage.value as f64 / richest).max(0.0) * 240.0;
                rect(m, (MIDDLE, y + 2.0), (width, 20.0), "a2", "");
                let value = cx.numbers.short(stage.value as f64 / MONEY_SCALE);
                label(m, MIDDLE + width + 8.0, y + 16.0, "", Anchor::Start, &value);
            }
            let bottom = 22.0 + ROW * self.stages.len() as f64;
            line(m, (LEFT, 20.0), (LEFT, bottom), "axis");
            line(m, (MIDDLE, 20.0), (MIDDLE, bottom), "axis");
        });
    }
}

impl Lifecycle {
    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let columns = [w.life_stage, cx.words.meaning, cx.words.customers, w.before, w.change];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        table.columns.push(Column::new(cx.with_currency(cx.words.value)));
        for stage in &self.stages {
            let change = stage.before.map(|before| stage.customers as f64 - before as f64);
            table.push(vec![
                Cell::text(&stage.name),
                Cell::text(&stage.meaning),
                Cell::Count(stage.customers),
                stage.before.map_or(Cell::Missing, Cell::Count),
                change.map_or(Cell::Missing, |c| Cell::Number(c, Unit::Count)),
                Cell::Money(stage.value),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Lifecycle {
    fn sample(_: &mut super::Draw, _: super::Size) -> Lifecycle {
        let stage = |name: &str, meaning: &str, customers, before, value: i64| LifeStage {
            name: name.into(),
            meaning: meaning.into(),
            customers,
            before: Some(before),
            value: value * 10_000,
        };
        Lifecycle {
            stages: vec![
                stage("New", "One order, not older than the usual gap", 412, 388, 98_000),
                stage("Trading", "Two or more orders, within their gap", 1_604, 1_590, 1_900_000),
                stage("Loyal", "Steady for a year", 1_310, 1_283, 9_120_000),
                stage("Lapsing", "Silent for up to three times their gap", 981, 1_102, 2_310_000),
                stage("Lost", "Silent for longer", 1_545, 1_418, 1_410_000),
            ],
        }
    }
}
