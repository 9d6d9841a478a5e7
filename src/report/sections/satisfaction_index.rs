//! Satisfaction by wave: each index and measure with its interval.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, Figure, HALF, Scale, dot, figure, fit, label, line, polyline};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Indices and measures, the most important first.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct SatisfactionIndex {
    pub lines: Vec<IndexLine>,
}

/// One of them over the waves.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct IndexLine {
    pub name: Text,
    /// The ends of its scale.
    pub scale: [f64; 2],
    /// Oldest wave first.
    pub waves: Vec<IndexPoint>,
}

/// A wave's value.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct IndexPoint {
    pub wave: String,
    pub value: f64,
    /// Ends of the 95 % interval; NaN where there is none.
    pub low: f64,
    pub high: f64,
    pub persons: u64,
    /// As many answers of equal weight.
    pub effective: f64,
    /// With equal respondents' weights.
    pub unweighted: f64,
}

struct Words {
    heading: &'static str,
    about: &'static str,
    measure: &'static str,
    wave: &'static str,
    value: &'static str,
    low: &'static str,
    high: &'static str,
    answers: &'static str,
    effective: &'static str,
    effective_meaning: &'static str,
    unweighted: &'static str,
    unweighted_meaning: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Satisfaction by wave",
        about: "{name} in each wave of the survey, with its 95 % interval.",
        measure: "Measure",
        wave: "Wave",
        value: "Value",
        low: "From",
        high: "To",
        answers: "Answers",
        effective: "Worth",
        effective_meaning: "as many answers of equal weight tell as much",
        unweighted: "Unweighted",
        unweighted_meaning: "without correction for those who did not answer",
    },
    simplified: Words {
        heading: "各期调查的满意度",
        about: "{name} 在各期调查中的数值，附 95% 置信区间。",
        measure: "指标",
        wave: "调查期",
        value: "数值",
        low: "下限",
        high: "上限",
        answers: "答卷数",
        effective: "有效份数",
        effective_meaning: "相当于多少份权重相同的答卷",
        unweighted: "未加权",
        unweighted_meaning: "未对没有作答的客户作校正",
    },
    traditional: Words {
        heading: "各期調查的滿意度",
        about: "{name} 在各期調查中的數值，附 95% 信賴區間。",
        measure: "指標",
        wave: "調查波次",
        value: "數值",
        low: "下限",
        high: "上限",
        answers: "答卷數",
        effective: "有效份數",
        effective_meaning: "相當於多少份權重相同的答卷",
        unweighted: "未加權",
        unweighted_meaning: "未對沒有作答的客戶作校正",
    },
};

/// Charts drawn at most; the table has all lines.
const DRAWN: usize = 8;
/// Waves drawn at most, the newest.
const WAVES: usize = 16;

impl Shown for SatisfactionIndex {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        if self.lines.iter().all(|line| line.waves.is_empty()) {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        for (n, line) in self.lines.iter().filter(|line| !line.waves.is_empty()).take(DRAWN).enumerate() {
            line.draw(m, cx, format!("{id}-line{n}"));
        }
        self.table(cx).grid(m, cx);
    }
}

impl IndexLine {
    fn draw(&self, m: &mut Markup, cx: Context, id: String) {
        const HEIGHT: f64 = 170.0;
        let name = self.name.shown(cx);
        let about = fill(WORDS.of(cx.language).about, &[("name", &name)]);
        let size = Figure { id, title: &name, about: &about, width: HALF, height: HEIGHT };
        let waves = &self.waves[self.waves.len().saturating_sub(WAVES)..];
        let ends = waves.iter().flat_map(|point| [point.low, point.value, point.high]).filter(|v| v.is_finite());
        let near = Scale::round(ends, HEIGHT - 28.0, 12.0);
        let y = Scale { low: near.low.max(self.scale[0]), high: near.high.min(self.scale[1]), ..near };
        let y = if y.high > y.low { y } else { near };
        let (left, right) = (46.0, HALF - 24.0);
        let step = (right - left) / waves.len() as f64;
        let x = |n: usize| left + step * (n as f64 + 0.5);
        figure(m, cx, &size, None, |m| {
            for tick in y.ticks(4) {
                line(m, (left, y.at(tick)), (right, y.at(tick)), "g");
                label(m, left - 8.0, y.at(tick) + 4.0, "t", Anchor::End, &Unit::Number(0).short(cx.numbers, tick));
            }
            polyline(m, waves.iter().enumerate().map(|(n, point)| (x(n), y.at(point.value))), "cl c0");
            for (n, point) in waves.iter().enumerate() {
                line(m, (x(n), y.at(point.low)), (x(n), y.at(point.high)), "tick");
                let number = |value: f64| cx.numbers.fixed(value, 1);
                let tip = format!(
                    "{} · {} ({} – {})",
                    point.wave,
                    number(point.value),
                    number(point.low),
                    number(point.high)
                );
                dot(m, (x(n), y.at(point.value)), 5.0, "a", &tip);
                label(m, x(n), HEIGHT - 10.0, "t", Anchor::Middle, &fit(&point.wave, step - 2.0, 11.0));
            }
        });
    }
}

impl SatisfactionIndex {
    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let columns = vec![
            Column::new(w.measure),
            Column::new(w.wave),
            Column::new(w.value),
            Column::new(w.low),
            Column::new(w.high),
            Column::new(w.answers),
            Column::new(w.effective).meaning(w.effective_meaning),
            Column::new(w.unweighted).meaning(w.unweighted_meaning),
        ];
        let mut table = Table { columns, ..Table::default() };
        for line in &self.lines {
            for point in line.waves.iter().rev() {
                let number = |value: f64| Cell::Number(value, Unit::Number(1));
                table.push(vec![
                    Cell::text(&line.name),
                    Cell::text(&point.wave),
                    number(point.value),
                    number(point.low),
                    number(point.high),
                    Cell::Count(point.persons),
                    Cell::Number(point.effective, Unit::Number(0)),
                    number(point.unweighted),
                ]);
            }
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for SatisfactionIndex {
    fn sample(_: &mut super::Draw, size: super::Size) -> SatisfactionIndex {
        let waves = |middle: f64| {
            let point = |n: usize| IndexPoint {
                wave: format!("2025-Q{n}"),
                value: middle + n as f64,
                low: if n == 1 { f64::NAN } else { middle + n as f64 - 1.8 },
                high: if n == 1 { f64::NAN } else { middle + n as f64 + 1.8 },
                persons: 240,
                effective: 180.5,
                unweighted: middle + n as f64 + 1.1,
            };
            (1..=size.months.min(40)).map(point).collect()
        };
        let line = |name: &str, scale, middle| IndexLine { name: name.into(), scale, waves: waves(middle) };
        SatisfactionIndex {
            lines: vec![
                line("satisfaction", [0.0, 100.0], 72.5),
                line("loyalty", [0.0, 100.0], 70.6),
                line("NPS", [-100.0, 100.0], 14.0),
            ],
        }
    }
}
