//! Horizontal bars that any stage can add: a histogram, a ranking.

use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, Scale, figure, fit, label, line, rect, text_width};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::text::Text;
use crate::report::words::{Translated, fill};

/// Named amounts, in the order in which they are to be read.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Bars {
    /// What a bar stands for, such as `Days between orders`.
    pub what: Text,
    /// What its length is, such as `customers`.
    pub measure: Text,
    pub unit: Unit,
    pub bars: Vec<Bar>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bar {
    pub name: Text,
    pub value: f64,
}

struct Words {
    heading: &'static str,
    about: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words { heading: "Chart", about: "Horizontal bars: {measure} for each {what}." },
    simplified: Words { heading: "图表", about: "横条图：每个“{what}”的“{measure}”。" },
    traditional: Words { heading: "圖表", about: "橫條圖：每個「{what}」的「{measure}」。" },
};

impl Shown for Bars {
    fn chapter(&self) -> Chapter {
        Chapter::More
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let (what, measure) = (self.what.shown(cx), self.measure.shown(cx));
        let about = fill(WORDS.of(cx.language).about, &[("measure", &measure), ("what", &what)]);
        let title = format!("{what} · {measure}");
        horizontal(m, cx, &format!("{id}-bars"), FULL, (&title, &about), (self, true));
    }
}

/// Bars with their names at the left and their values at the end; `about` is the spoken description.
/// The table is folded below unless a fuller one stands open beside it.
pub(super) fn horizontal(
    m: &mut Markup,
    cx: Context,
    id: &str,
    width: f64,
    (title, about): (&str, &str),
    (bars, folded): (&Bars, bool),
) {
    const ROW: f64 = 24.0;
    if bars.bars.is_empty() {
        m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
        return;
    }
    let drawn = &bars.bars[..bars.bars.len().min(cx.rows.min(60))];
    let widest = drawn.iter().map(|b| text_width(&b.name.shown(cx), 12.0)).fold(0.0, f64::max);
    let left = (widest + 12.0).min(width * 0.42);
    let values: Vec<String> = drawn.iter().map(|b| bars.unit.short(cx.numbers, b.value)).collect();
    let room = values.iter().map(|v| text_width(v, 12.0)).fold(0.0, f64::max) + 10.0;
    let low = drawn.iter().map(|b| b.value).filter(|v| v.is_finite()).fold(0.0, f64::min);
    let high = drawn.iter().map(|b| b.value).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let from = if low < 0.0 { left + room } else { left };
    let scale = Scale { low, high: if high > low { high } else { low + 1.0 }, from, to: width - room };
    let mut table = Table { columns: vec![Column::new(&bars.what), Column::new(&bars.measure)], ..Table::default() };
    for bar in &bars.bars {
        table.push(vec![Cell::text(&bar.name), Cell::Number(bar.value, bars.unit)]);
    }
    let size = Figure { id: id.to_owned(), title, about, width, height: ROW * drawn.len() as f64 + 6.0 };
    figure(m, cx, &size, folded.then_some(&table), |m| {
        let zero = scale.at(0.0);
        for (i, (bar, value)) in drawn.iter().zip(&values).enumerate() {
            let y = ROW * i as f64 + 3.0;
            label(m, left - 8.0, y + 13.0, "", Anchor::End, &fit(&bar.name.shown(cx), left - 10.0, 12.0));
            if !bar.value.is_finite() {
                label(m, zero + 6.0, y + 13.0, "t", Anchor::Start, value);
                continue;
            }
            let end = scale.at(bar.value);
            let tip = format!("{} · {}", bar.name.shown(cx), bars.unit.full(cx.numbers, bar.value));
            rect(m, (zero.min(end), y), ((end - zero).abs().max(1.0), 17.0), "a", &tip);
            match bar.value < 0.0 {
                true => label(m, end - 6.0, y + 13.0, "t", Anchor::End, value),
                false => label(m, end + 6.0, y + 13.0, "t", Anchor::Start, value),
            }
        }
        line(m, (zero, 0.0), (zero, ROW * drawn.len() as f64 + 4.0), "axis");
    });
}

#[cfg(test)]
impl super::Sample for Bars {
    fn sample(_: &mut super::Draw, _: super::Size) -> Bars {
        let bar = |name: &str, value| Bar { name: name.into(), value };
        Bars {
            what: "Accounts of one person".into(),
            measure: "people".into(),
            unit: Unit::Count,
            bars: vec![bar("1", 5_214.0), bar("2", 488.0), bar("3", 97.0), bar("4 or more", 53.0)],
        }
    }
}
