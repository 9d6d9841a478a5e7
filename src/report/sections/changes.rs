//! What is unusual: the figures of a period that lie beyond the limits that the shop's own past sets, and nothing about the others.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// The periods that are spoken of, one per way to divide time.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Changes {
    pub periods: Vec<ChangesOf>,
}

/// One period.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ChangesOf {
    /// Such as `2011-11`.
    pub period: String,
    /// Weekdays in it, and in the period before it; a month with fewer sells less.
    pub weekdays: (u64, Option<u64>),
    /// Figures that were looked at, and those with too little past to say.
    pub looked: u64,
    pub unknown: u64,
    /// Whether late rows and returns are still awaited.
    pub provisional: bool,
    pub changes: Vec<Change>,
}

/// One figure beyond its limits.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    pub name: Text,
    /// Of whom.
    pub segment: Text,
    pub unit: Unit,
    pub value: f64,
    /// What the past leads to expect, and its limits.
    pub expected: f64,
    pub limits: (f64, f64),
    /// The 95 % interval of the value; NaN where all was counted.
    pub interval: (f64, f64),
    /// What the figure says, in a sentence.
    pub sentence: Text,
}

struct Words {
    heading: &'static str,
    summary: &'static str,
    nothing: &'static str,
    unknown: &'static str,
    provisional: &'static str,
    weekdays: &'static str,
    weekdays_before: &'static str,
    figure: &'static str,
    whom: &'static str,
    value: &'static str,
    interval: &'static str,
    expected: &'static str,
    limits: &'static str,
    range: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "What is unusual",
        summary: "{period}: {unusual} of {looked} figures are beyond the limits of this shop's own past; the others are as usual.",
        nothing: "{period}: all {looked} figures are within the limits of this shop's own past.",
        unknown: "{unknown} more have too little past to say.",
        provisional: "Late rows and returns may still change them.",
        weekdays: "The period has {days} weekdays.",
        weekdays_before: "The period has {days} weekdays, the one before {before}.",
        figure: "Figure",
        whom: "Of",
        value: "Value",
        interval: "95% interval",
        expected: "Expected",
        limits: "Usual",
        range: "{low} to {high}",
    },
    simplified: Words {
        heading: "异常情况",
        summary: "{period}：检查了 {looked} 项指标，其中 {unusual} 项超出本店自身历史的正常范围；其余一切如常。",
        nothing: "{period}：检查的 {looked} 项指标全部在本店自身历史的正常范围之内。",
        unknown: "另有 {unknown} 项历史太短，无法判断。",
        provisional: "迟到的记录和退货仍可能改变这些数字。",
        weekdays: "本期有 {days} 个工作日。",
        weekdays_before: "本期有 {days} 个工作日，上一期有 {before} 个。",
        figure: "指标",
        whom: "对象",
        value: "数值",
        interval: "95% 置信区间",
        expected: "预期",
        limits: "正常范围",
        range: "{low} 至 {high}",
    },
    traditional: Words {
        heading: "異常情況",
        summary: "{period}：檢查了 {looked} 項指標，其中 {unusual} 項超出本店自身歷史的正常範圍；其餘一切如常。",
        nothing: "{period}：檢查的 {looked} 項指標全部在本店自身歷史的正常範圍之內。",
        unknown: "另有 {unknown} 項歷史太短，無法判斷。",
        provisional: "遲到的記錄和退貨仍可能改變這些數字。",
        weekdays: "本期有 {days} 個工作日。",
        weekdays_before: "本期有 {days} 個工作日，上一期有 {before} 個。",
        figure: "指標",
        whom: "對象",
        value: "數值",
        interval: "95% 信賴區間",
        expected: "預期",
        limits: "正常範圍",
        range: "{low} 至 {high}",
    },
};

impl Shown for Changes {
    fn chapter(&self) -> Chapter {
        Chapter::Business
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        if self.periods.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
        }
        for period in &self.periods {
            m.leaf("p", &[], &period.summary(cx));
            if !period.changes.is_empty() {
                period.table(cx).grid(m, cx);
            }
        }
    }
}

impl ChangesOf {
    fn summary(&self, cx: Context) -> String {
        let w = WORDS.of(cx.language);
        let (unusual, looked) = (cx.numbers.count(self.changes.len() as u64), cx.numbers.count(self.looked));
        let unknown = cx.numbers.count(self.unknown);
        let period = cx.date(&self.period);
        let values = [("period", &*period), ("unusual", &unusual), ("looked", &looked), ("unknown", &unknown)];
        let mut parts = vec![fill(if self.changes.is_empty() { w.nothing } else { w.summary }, &values)];
        if self.unknown > 0 {
            parts.push(fill(w.unknown, &values));
        }
        if self.provisional {
            parts.push(w.provisional.to_owned());
        }
        let days = cx.numbers.count(self.weekdays.0);
        parts.push(match self.weekdays.1 {
            Some(before) => fill(w.weekdays_before, &[("days", days.as_str()), ("before", &cx.numbers.count(before))]),
            None => fill(w.weekdays, &[("days", days.as_str())]),
        });
        parts.join(if cx.words.spaced { " " } else { "" })
    }

    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let titles = [w.figure, w.whom, w.value, w.interval, w.expected, w.limits];
        let mut table = Table { columns: titles.map(Column::new).to_vec(), ..Table::default() };
        table.columns.push(Column::new(cx.words.meaning));
        for change in &self.changes {
            let range = |(low, high): (f64, f64)| match low.is_finite() && high.is_finite() {
                false => Cell::Missing,
                true => {
                    let full = |value| change.unit.full(cx.numbers, value);
                    Cell::Text(fill(w.range, &[("low", full(low)), ("high", full(high))]))
                }
            };
            table.push(vec![
                Cell::text(&change.name),
                Cell::text(&change.segment),
                Cell::Number(change.value, change.unit),
                range(change.interval),
                Cell::Number(change.expected, change.unit),
                range(change.limits),
                Cell::text(&change.sentence),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Changes {
    fn sample(draw: &mut super::Draw, _: super::Size) -> Changes {
        let change = |name: &str, unit: Unit, value: f64| Change {
            name: name.into(),
            segment: "all customers".into(),
            unit,
            value,
            expected: value * 0.8,
            limits: (value * 0.7, value * 0.9),
            interval: (value * 0.95, value * 1.05),
            sentence: "Share of last month's customers who ordered again.".into(),
        };
        let period = |period: &str, changes: Vec<Change>| ChangesOf {
            period: period.into(),
            weekdays: (22, Some(21)),
            looked: 31,
            unknown: 4,
            provisional: true,
            changes,
        };
        let value = draw.between(0.3, 0.5);
        let revenue = change("Revenue", Unit::Money, 512_300.0 * 1e4);
        Changes {
            periods: vec![
                period("2011-11", vec![change("Retention", Unit::Share, value), revenue]),
                period("2011-Q3", Vec::new()),
            ],
        }
    }
}
