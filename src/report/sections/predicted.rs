//! What scores predicted on later data: the gain of each with its interval, and which of them decorate.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, Scale, dot, figure, fit, label, line};
use crate::report::page::table::{Cell, Column, Status, Table};
use crate::report::words::{Translated, fill};

/// Scores and what they predicted.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Predicted {
    pub rows: Vec<PredictedRow>,
}

/// One score; NaN where it could not be judged.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PredictedRow {
    pub name: Text,
    /// What it is, in words.
    pub meaning: Text,
    pub customers: u64,
    /// What it saves of the log loss, with its 95 % interval.
    pub gain: [f64; 3],
    /// The log loss without it.
    pub loss: f64,
    /// Area under the ROC curve of the score alone, with its 95 % interval.
    pub auc: [f64; 3],
    /// Share with the outcome in the top tenth over that of all.
    pub lift: f64,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    axis: &'static str,
    tip: &'static str,
    score: &'static str,
    verdict: &'static str,
    predictive: &'static str,
    decorative: &'static str,
    unknown: &'static str,
    customers: &'static str,
    gain: &'static str,
    gain_meaning: &'static str,
    from: &'static str,
    to: &'static str,
    loss: &'static str,
    auc: &'static str,
    auc_meaning: &'static str,
    lift: &'static str,
    lift_meaning: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "What each score predicted",
        title: "Gain of each score beside recency, frequency, money and tenure",
        about: "A point per score at what it saves of the log loss on later data, with its 95 % interval. An interval that reaches the line at 0 or lies left of it is of a score that decorates.",
        axis: "log loss saved, in nats",
        tip: "{score}: {gain} ({low} to {high})",
        score: "Score",
        verdict: "Verdict",
        predictive: "predictive",
        decorative: "decorative",
        unknown: "too few customers to tell",
        customers: "Customers judged",
        gain: "Gain",
        gain_meaning: "log loss without the score less log loss with it, in nats",
        from: "From",
        to: "To",
        loss: "Log loss without",
        auc: "ROC AUC alone",
        auc_meaning: "chance that a customer who bought has the higher score; 0.5 is nothing",
        lift: "Decile lift",
        lift_meaning: "share who bought in the tenth with the highest scores over that of all",
    },
};

impl Shown for Predicted {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const LEFT: f64 = 170.0;
        const STEP: f64 = 24.0;
        let w = WORDS.of(cx.language);
        if self.rows.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let drawn: Vec<&PredictedRow> = self.rows.iter().filter(|row| row.gain.iter().all(|x| x.is_finite())).collect();
        let bottom = STEP * drawn.len() as f64 + 10.0;
        let size =
            Figure { id: format!("{id}-gains"), title: w.title, about: w.about, width: FULL, height: bottom + 40.0 };
        let x = Scale::round(drawn.iter().flat_map(|row| row.gain).chain([0.0]), LEFT, FULL - 20.0);
        if !drawn.is_empty() {
            figure(m, cx, &size, None, |m| {
                for tick in x.ticks(6) {
                    line(m, (x.at(tick), bottom), (x.at(tick), bottom + 4.0), "axis");
                    let text = Unit::Number(3).full(cx.numbers, tick);
                    label(m, x.at(tick), bottom + 17.0, "t", Anchor::Middle, &text);
                }
                line(m, (x.from, bottom), (x.to, bottom), "axis");
                line(m, (x.at(0.0), 4.0), (x.at(0.0), bottom), "markline");
                label(m, x.to, bottom + 34.0, "t", Anchor::End, w.axis);
                for (row, score) in drawn.iter().enumerate() {
                    let y = STEP * row as f64 + 18.0;
                    let [gain, low, high] = score.gain;
                    let number = |value: f64| Unit::Number(4).full(cx.numbers, value);
                    let name = score.name.shown(cx);
                    let (gained, from, to) = (number(gain), number(low), number(high));
                    let values = [("score", name.as_ref()), ("gain", &gained), ("low", &from), ("high", &to)];
                    line(m, (x.at(low), y), (x.at(high), y), "axis");
                    dot(m, (x.at(gain), y), 5.0, if low > 0.0 { "a" } else { "b" }, &fill(w.tip, &values));
                    label(m, LEFT - 10.0, y + 4.0, "", Anchor::End, &fit(&name, LEFT - 14.0, 12.0));
                }
            });
        }
        self.table(cx).grid(m, cx);
    }
}

impl Predicted {
    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let columns = vec![
            Column::new(cx.words.status),
            Column::new(w.score),
            Column::new(cx.words.meaning),
            Column::new(w.verdict),
            Column::new(w.customers),
            Column::new(w.gain).meaning(w.gain_meaning),
            Column::new(w.from),
            Column::new(w.to),
            Column::new(w.loss),
            Column::new(w.auc).meaning(w.auc_meaning),
            Column::new(w.from),
            Column::new(w.to),
            Column::new(w.lift).meaning(w.lift_meaning),
        ];
        let mut table = Table { columns, ..Table::default() };
        for row in &self.rows {
            let number = |value: f64, digits: u8| match value.is_nan() {
                true => Cell::Missing,
                false => Cell::Number(value, Unit::Number(digits)),
            };
            let (status, verdict) = match row.gain[1] {
                low if low.is_nan() => (Status::Skipped, w.unknown),
                low if low > 0.0 => (Status::Passed, w.predictive),
                _ => (Status::Warned, w.decorative),
            };
            let mut cells = vec![
                Cell::Status(status),
                Cell::text(&row.name),
                Cell::text(&row.meaning),
                Cell::text(verdict),
                Cell::Count(row.customers),
            ];
            cells.extend(row.gain.map(|value| number(value, 4)));
            cells.push(number(row.loss, 4));
            cells.extend(row.auc.map(|value| number(value, 3)));
            cells.push(number(row.lift, 2));
            table.push(cells);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Predicted {
    fn sample(draw: &mut super::Draw, _: super::Size) -> Predicted {
        let none = [f64::NAN; 3];
        let rows = ["active share", "slope", "evenness", "regularity", "persistence", "loyalty index"].map(|name| {
            let gain = draw.between(-0.004, 0.02);
            PredictedRow {
                name: name.into(),
                meaning: "more is better".into(),
                customers: 3_211,
                gain: if name == "regularity" { none } else { [gain, gain - 0.003, gain + 0.003] },
                loss: 0.638,
                auc: if name == "regularity" { none } else { [0.71, 0.69, 0.73] },
                lift: 1.6,
            }
        });
        Predicted { rows: rows.to_vec() }
    }
}
