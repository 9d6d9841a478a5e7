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
    simplified: Words {
        heading: "各项评分预测了什么",
        title: "在最近购买、频率、金额和客户年资之外，各项评分带来的改进",
        about: "每个点是一项评分在后期数据上减少的对数损失，附 95% 置信区间。区间触及 0 线或位于其左侧的评分只是装饰。",
        axis: "减少的对数损失（奈特）",
        tip: "{score}：{gain}（{low} 至 {high}）",
        score: "评分",
        verdict: "结论",
        predictive: "有预测力",
        decorative: "仅供参考",
        unknown: "客户太少，无法判断",
        customers: "评估的客户",
        gain: "改进",
        gain_meaning: "不用该评分时的对数损失减去使用时的对数损失，单位为奈特",
        from: "下限",
        to: "上限",
        loss: "不用时的对数损失",
        auc: "单独的 ROC AUC",
        auc_meaning: "买过的客户评分更高的概率；0.5 表示毫无作用",
        lift: "十分位提升度",
        lift_meaning: "评分最高的十分之一客户的购买比例除以全体客户的购买比例",
    },
    traditional: Words {
        heading: "各項評分預測了什麼",
        title: "在最近購買、頻率、金額和客戶年資之外，各項評分帶來的改進",
        about: "每個點是一項評分在後期資料上減少的對數損失，附 95% 信賴區間。區間觸及 0 線或位於其左側的評分只是裝飾。",
        axis: "減少的對數損失（奈特）",
        tip: "{score}：{gain}（{low} 至 {high}）",
        score: "評分",
        verdict: "結論",
        predictive: "有預測力",
        decorative: "僅供參考",
        unknown: "客戶太少，無法判斷",
        customers: "評估的客戶",
        gain: "改進",
        gain_meaning: "不用該評分時的對數損失減去使用時的對數損失，單位為奈特",
        from: "下限",
        to: "上限",
        loss: "不用時的對數損失",
        auc: "單獨的 ROC AUC",
        auc_meaning: "買過的客戶評分更高的機率；0.5 表示毫無作用",
        lift: "十分位提升度",
        lift_meaning: "評分最高的十分之一客戶的購買比例除以全體客戶的購買比例",
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
