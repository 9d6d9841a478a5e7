//! Lifecycle stages: how many customers are prospects, trading, loyal, lapsing, lost, and how that moved.

use super::Context;
use super::markup::Markup;
use super::numbers::{MONEY_SCALE, Unit};
use super::svg::{Anchor, FULL, Figure, figure, fit, label, line, rect};
use super::table::{Cell, Column, Table};

/// Stages in the order of a customer's life.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Lifecycle {
    pub stages: Vec<LifeStage>,
}

/// Customers in one stage of life.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LifeStage {
    pub name: String,
    /// When a customer is in it, in words; may be empty.
    pub meaning: String,
    pub customers: u64,
    /// How many were in it at the snapshot before; `None` for a first run.
    pub before: Option<u64>,
    /// What they spent in all, in ten-thousandths of the currency unit.
    pub value: i64,
}

impl Lifecycle {
    pub(super) fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const ROW: f64 = 34.0;
        const LEFT: f64 = 130.0;
        const MIDDLE: f64 = 560.0;
        let w = cx.words;
        if self.stages.is_empty() {
            m.leaf("p", &[("class", "quiet")], w.no_rows);
            return;
        }
        let most = self.stages.iter().map(|s| s.customers.max(s.before.unwrap_or(0))).max().unwrap_or(0).max(1) as f64;
        let richest = self.stages.iter().map(|s| s.value.max(0)).max().unwrap_or(0).max(1) as f64;
        let total: f64 = self.stages.iter().map(|s| s.customers as f64).sum();
        let moved = self.stages.iter().any(|s| s.before.is_some());
        let size = Figure {
            id: format!("{id}-stages"),
            title: w.lifecycle_title,
            about: w.lifecycle_about,
            width: FULL,
            height: 24.0 + ROW * self.stages.len() as f64,
        };
        figure(m, cx, &size, Some(&self.table(cx)), |m| {
            label(m, LEFT, 12.0, "t", Anchor::Start, if moved { w.lifecycle_customers_before } else { w.customers });
            label(m, MIDDLE, 12.0, "t", Anchor::Start, &cx.with_currency(w.value));
            for (i, stage) in self.stages.iter().enumerate() {
                let y = 22.0 + ROW * i as f64;
                label(m, LEFT - 10.0, y + 16.0, "", Anchor::End, &fit(&stage.name, LEFT - 12.0, 12.0));
                let width = stage.customers as f64 / most * 290.0;
                let tip = if stage.meaning.is_empty() { &stage.name } else { &stage.meaning };
                rect(m, (LEFT, y + 2.0), (width, 20.0), "a", tip);
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

    fn table(&self, cx: Context) -> Table {
        let w = cx.words;
        let columns = [w.life_stage, w.meaning, w.customers, w.before, w.change];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        table.columns.push(Column::new(cx.with_currency(w.value)));
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
