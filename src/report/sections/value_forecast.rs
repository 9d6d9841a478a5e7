//! Forecasts of value against the truth: how each model did at past dates, and what became of the forecasts that were published.

use super::curves::{Curve, Curves, plot};
use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::FULL;
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::Translated;

/// Models at past dates.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ValueForecast {
    /// One row per model, its figures averaged over the dates.
    pub models: Vec<ForecastModel>,
    /// One row per date, by the model that forecasts now.
    pub origins: Vec<ForecastDate>,
    /// One row per published forecast whose horizon is over.
    pub published: Vec<ForecastDate>,
    /// Whether `promised` and `came` are money; else they are orders.
    pub money: bool,
}

/// A model's figures.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ForecastModel {
    pub name: String,
    pub chosen: bool,
    /// Log likelihood per customer, Gini, capture of the top tenth, bias of money, share inside the interval; NaN where unknown.
    pub figures: [f64; 5],
}

/// A forecast of one date.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ForecastDate {
    /// As `2011-09-10`.
    pub date: String,
    pub promised: f64,
    pub came: f64,
    /// Share of customers inside their interval; NaN where unknown.
    pub inside: f64,
}

struct Words {
    heading: &'static str,
    model: &'static str,
    likelihood: &'static str,
    gini: &'static str,
    capture: &'static str,
    bias: &'static str,
    inside: &'static str,
    date: &'static str,
    promised: &'static str,
    came: &'static str,
    title: &'static str,
    about: &'static str,
    x: &'static str,
    chosen: &'static str,
    published: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Forecast against truth",
        model: "Model",
        likelihood: "Log likelihood per customer",
        gini: "Gini",
        capture: "Top tenth's share",
        bias: "Bias",
        inside: "Inside the interval",
        date: "Forecast of",
        promised: "Forecast",
        came: "Came",
        title: "Forecast and truth by date",
        about: "What the chosen model forecast at past dates, and what came within the horizon.",
        x: "dates, the oldest first",
        chosen: "chosen",
        published: "Forecasts that were published and are over",
    },
    simplified: Words {
        heading: "预测与实际",
        model: "模型",
        likelihood: "每位客户的对数似然",
        gini: "基尼系数",
        capture: "前十分之一的份额",
        bias: "偏差",
        inside: "落在区间内",
        date: "预测日期",
        promised: "预测",
        came: "实际",
        title: "各日期的预测与实际",
        about: "选定的模型在过去各日期所作的预测，以及预测期内实际发生的结果。",
        x: "日期，由早到晚",
        chosen: "选用",
        published: "已发布且已到期的预测",
    },
    traditional: Words {
        heading: "預測與實際",
        model: "模型",
        likelihood: "每位客戶的對數概似",
        gini: "吉尼係數",
        capture: "前十分之一的占比",
        bias: "偏差",
        inside: "落在區間內",
        date: "預測日期",
        promised: "預測",
        came: "實際",
        title: "各日期的預測與實際",
        about: "選定的模型在過去各日期所作的預測，以及預測期內實際發生的結果。",
        x: "日期，由早到晚",
        chosen: "選用",
        published: "已發布且已到期的預測",
    },
};

impl Shown for ValueForecast {
    fn chapter(&self) -> Chapter {
        Chapter::Models
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        if self.models.is_empty() && self.published.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let titles = [w.model, cx.words.status, w.likelihood, w.gini, w.capture, w.bias, w.inside];
        let mut table = Table { columns: titles.into_iter().map(Column::new).collect(), ..Table::default() };
        for model in &self.models {
            let units = [Unit::Number(4), Unit::Number(3), Unit::Share, Unit::Share, Unit::Share];
            let mut row = vec![Cell::text(&model.name), Cell::text(if model.chosen { w.chosen } else { "" })];
            row.extend(
                model
                    .figures
                    .iter()
                    .zip(units)
                    .map(|(figure, unit)| if figure.is_finite() { Cell::Number(*figure, unit) } else { Cell::Missing }),
            );
            table.push(row);
        }
        table.grid(m, cx);
        if !self.origins.is_empty() {
            let points = |of: fn(&ForecastDate) -> f64| {
                self.origins.iter().enumerate().map(|(at, date)| (at as f64 + 1.0, of(date))).collect()
            };
            let curves = Curves {
                x: w.x.into(),
                x_unit: Unit::Count,
                y: w.title.into(),
                y_unit: Unit::Number(0),
                curves: vec![
                    Curve { name: w.promised.into(), baseline: false, points: points(|date| date.promised) },
                    Curve { name: w.came.into(), baseline: true, points: points(|date| date.came) },
                ],
                marks: Vec::new(),
            };
            plot(m, cx, format!("{id}-dates"), (FULL, 260.0), (w.title, w.about), &curves, None);
            self.dates(cx, &self.origins).grid(m, cx);
        }
        if !self.published.is_empty() {
            m.leaf("p", &[], w.published);
            self.dates(cx, &self.published).grid(m, cx);
        }
    }
}

impl ValueForecast {
    fn dates(&self, cx: Context, dates: &[ForecastDate]) -> Table {
        let w = WORDS.of(cx.language);
        let named = |title: &str| if self.money { cx.with_currency(title) } else { title.to_owned() };
        let mut table = Table { columns: vec![Column::new(w.date)], ..Table::default() };
        table.columns.extend([w.promised, w.came].map(|title| Column::new(named(title))));
        table.columns.extend([w.bias, w.inside].map(Column::new));
        for date in dates {
            let bias = date.promised / date.came - 1.0;
            let share = |share: f64| if share.is_finite() { Cell::Number(share, Unit::Share) } else { Cell::Missing };
            table.push(vec![
                Cell::text(&date.date),
                Cell::Number(date.promised, Unit::Number(0)),
                Cell::Number(date.came, Unit::Number(0)),
                share(bias),
                share(date.inside),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for ValueForecast {
    fn sample(draw: &mut super::Draw, _: super::Size) -> ValueForecast {
        let mut date = |date: &str, came: f64| ForecastDate {
            date: date.into(),
            promised: came * draw.between(0.9, 1.1),
            came,
            inside: 0.93,
        };
        let model = |name: &str, chosen, bias| ForecastModel {
            name: name.into(),
            chosen,
            figures: [-1.1, 0.81, 0.57, bias, 0.94],
        };
        ValueForecast {
            models: vec![
                model("pareto-nbd", true, -0.04),
                model("mbg-nbd", false, -0.07),
                model("as-before", false, f64::NAN),
            ],
            origins: vec![date("2010-12-14", 1.1e6), date("2011-03-14", 1.5e6), date("2011-06-12", 1.9e6)],
            published: vec![date("2011-06-12", 1.9e6)],
            money: true,
        }
    }
}
