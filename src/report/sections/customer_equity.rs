//! Customer equity: what changed since the last run, and what each value segment is worth.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::{MONEY_SCALE, Unit};
use crate::report::page::svg::{Anchor, FULL, Figure, Scale, figure, fit, label, line, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::Translated;

/// Money in ten-thousandths of the currency unit.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct CustomerEquity {
    /// The bridge: the first step is the last run, the last one now, those between are changes. Empty for a first run.
    pub steps: Vec<EquityStep>,
    /// The parts that equity consists of.
    pub parts: Vec<EquityPart>,
    pub segments: Vec<EquitySegment>,
}

/// A step of the bridge.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EquityStep {
    pub name: Text,
    pub meaning: Text,
    pub customers: u64,
    pub value: i64,
}

/// A part of equity.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EquityPart {
    pub name: Text,
    pub meaning: Text,
    /// Nothing where the tables that it needs are absent.
    pub value: Option<i64>,
}

/// A value segment.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EquitySegment {
    pub name: Text,
    pub meaning: Text,
    pub customers: u64,
    /// Nothing where margins are not known.
    pub equity: Option<i64>,
    pub orders: f64,
    /// Expected margin within the horizon, with its interval; NaN where it is not known.
    pub margin: [f64; 3],
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    step: &'static str,
    change: &'static str,
    part: &'static str,
    equity: &'static str,
    orders: &'static str,
    margin: &'static str,
    low: &'static str,
    high: &'static str,
    first: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Customer equity",
        title: "Customer equity since the last run",
        about: "What customer equity was at the last run, what it changed by and why, and what it is now.",
        step: "Step",
        change: "Equity or change",
        part: "Part",
        equity: "Customer equity",
        orders: "Expected orders",
        margin: "Expected margin",
        low: "At least (90%)",
        high: "At most (90%)",
        first: "There is no earlier run to compare with.",
    },
    simplified: Words {
        heading: "客户权益",
        title: "自上次运行以来的客户权益",
        about: "上次运行时的客户权益、变化的金额和原因，以及现在的客户权益。",
        step: "步骤",
        change: "权益或变化",
        part: "组成部分",
        equity: "客户权益",
        orders: "预期订单",
        margin: "预期毛利",
        low: "至少（90%）",
        high: "至多（90%）",
        first: "没有可供比较的上一次运行。",
    },
    traditional: Words {
        heading: "客戶權益",
        title: "自上次執行以來的客戶權益",
        about: "上次執行時的客戶權益、變化的金額和原因，以及現在的客戶權益。",
        step: "步驟",
        change: "權益或變化",
        part: "組成部分",
        equity: "客戶權益",
        orders: "預期訂單",
        margin: "預期毛利",
        low: "至少（90%）",
        high: "至多（90%）",
        first: "沒有可供比較的上一次執行。",
    },
};

impl Shown for CustomerEquity {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        if self.segments.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        match self.steps.is_empty() {
            true => m.leaf("p", &[("class", "quiet")], w.first),
            false => self.bridge(m, cx, id),
        }
        self.part_table(cx).grid(m, cx);
        self.segment_table(cx).grid(m, cx);
    }
}

impl CustomerEquity {
    fn bridge(&self, m: &mut Markup, cx: Context, id: &str) {
        const ROW: f64 = 26.0;
        const LEFT: f64 = 130.0;
        let w = WORDS.of(cx.language);
        // Each bar begins where the last one ended, but for the two levels.
        let last = self.steps.len() - 1;
        let mut bars = Vec::new();
        let mut level = 0.0;
        for (at, step) in self.steps.iter().enumerate() {
            let value = step.value as f64 / MONEY_SCALE;
            let (from, to) = if at == 0 || at == last { (0.0, value) } else { (level, level + value) };
            level = to;
            bars.push((from, to));
        }
        let ends = bars.iter().flat_map(|bar| [bar.0, bar.1]);
        let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), end| (low.min(end), high.max(end)));
        let scale = Scale { low, high: if high > low { high } else { low + 1.0 }, from: LEFT, to: FULL - 110.0 };
        let size = Figure {
            id: format!("{id}-bridge"),
            title: w.title,
            about: w.about,
            width: FULL,
            height: ROW * self.steps.len() as f64 + 6.0,
        };
        figure(m, cx, &size, Some(&self.step_table(cx)), |m| {
            for (at, (step, (from, to))) in self.steps.iter().zip(&bars).enumerate() {
                let y = ROW * at as f64 + 3.0;
                label(m, LEFT - 8.0, y + 14.0, "", Anchor::End, &fit(&step.name.shown(cx), LEFT - 12.0, 12.0));
                let (left, right) = (scale.at(from.min(*to)), scale.at(from.max(*to)));
                let class = if at == 0 || at == last { "a" } else { "a2" };
                rect(m, (left, y), ((right - left).max(1.0), 18.0), class, &step.meaning.shown(cx));
                let value = cx.numbers.short(step.value as f64 / MONEY_SCALE);
                label(m, right + 6.0, y + 14.0, "t", Anchor::Start, &value);
            }
            line(m, (scale.at(0.0), 0.0), (scale.at(0.0), ROW * self.steps.len() as f64 + 4.0), "axis");
        });
    }

    fn step_table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let titles = [w.step, cx.words.meaning, cx.words.customers];
        let mut table = Table { columns: titles.into_iter().map(Column::new).collect(), ..Table::default() };
        table.columns.push(Column::new(cx.with_currency(w.change)));
        for step in &self.steps {
            table.push(vec![
                Cell::text(&step.name),
                Cell::text(&step.meaning),
                Cell::Count(step.customers),
                Cell::Money(step.value),
            ]);
        }
        table
    }

    fn part_table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let mut table =
            Table { columns: [w.part, cx.words.meaning].into_iter().map(Column::new).collect(), ..Table::default() };
        table.columns.push(Column::new(cx.with_currency(cx.words.value)));
        for part in &self.parts {
            let value = part.value.map_or(Cell::Missing, Cell::Money);
            table.push(vec![Cell::text(&part.name), Cell::text(&part.meaning), value]);
        }
        table
    }

    fn segment_table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let titles = [cx.words.segment, cx.words.meaning, cx.words.customers];
        let mut table = Table { columns: titles.into_iter().map(Column::new).collect(), ..Table::default() };
        table.columns.push(Column::new(cx.with_currency(w.equity)));
        table.columns.push(Column::new(w.orders));
        table.columns.extend([w.margin, w.low, w.high].map(|title| Column::new(cx.with_currency(title))));
        for segment in &self.segments {
            let mut row = vec![
                Cell::text(&segment.name),
                Cell::text(&segment.meaning),
                Cell::Count(segment.customers),
                segment.equity.map_or(Cell::Missing, Cell::Money),
                Cell::Number(segment.orders, Unit::Number(1)),
            ];
            row.extend(segment.margin.map(|money| match money.is_finite() {
                true => Cell::Money((money * MONEY_SCALE) as i64),
                false => Cell::Missing,
            }));
            table.push(row);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for CustomerEquity {
    fn sample(_: &mut super::Draw, _: super::Size) -> CustomerEquity {
        let step = |name: &str, customers, value: i64| EquityStep {
            name: name.into(),
            meaning: "customers of this kind".into(),
            customers,
            value: value * 10_000,
        };
        let segment = |name: &str, customers, equity: i64| EquitySegment {
            name: name.into(),
            meaning: "bring much now".into(),
            customers,
            equity: Some(equity * 10_000),
            orders: customers as f64 * 1.3,
            margin: [equity as f64 / 8.0, equity as f64 / 11.0, equity as f64 / 6.0],
        };
        CustomerEquity {
            steps: vec![
                step("before", 5_200, 9_100_000),
                step("new", 410, 380_000),
                step("lost", 230, -190_000),
                step("reclassified", 340, 122_000),
                step("revalued", 4_630, -51_000),
                step("now", 5_610, 9_361_000),
            ],
            parts: vec![
                EquityPart { name: "existing".into(), meaning: "margin so far".into(), value: Some(61_000_000_000) },
                EquityPart { name: "influence".into(), meaning: "of those brought".into(), value: None },
            ],
            segments: vec![segment("core", 900, 7_000_000), segment("small", 3_100, 900_000)],
        }
    }
}
