//! A model's judgement: what it gains over its baseline, whether its probabilities can be believed, what it looks at.

use super::bars::{Bar, Bars, horizontal};
use super::curves::{Curve, Curves, area, frame, plot};
use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, Figure, HALF, Scale, dot, figure, fit, label, line, polyline, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::text::Text;
use crate::report::words::{Translated, fill};

/// A classifier judged on data that it did not learn from.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Model {
    /// The model's name as users write it, such as `logistic`.
    pub name: String,
    /// The baseline's name, such as `recency`.
    pub baseline: String,
    /// What is predicted, such as `no order within 90 days after 2011-09-01`.
    pub target: Text,
    /// Customers judged, and how many of them were positive.
    pub judged: u64,
    pub positives: u64,
    pub metrics: Vec<Metric>,
    /// By decile of score, best first; may be empty.
    pub deciles: Vec<Decile>,
    /// Cumulative gains: share contacted (0..=1) and share of positives reached, starting at (0, 0) and ending at (1, 1).
    pub gains: Vec<(f64, f64)>,
    pub baseline_gains: Vec<(f64, f64)>,
    /// Calibration, by rising prediction; may be empty.
    pub calibration: Vec<Bin>,
    /// What moves the score, strongest first; signed where the direction is known.
    pub weights: Vec<Weight>,
}

/// One figure of merit.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Metric {
    /// Such as `ROC AUC`.
    pub name: Text,
    pub meaning: Text,
    /// Whether larger is better; Brier score and log loss are better when smaller.
    pub larger_is_better: bool,
    pub model: Estimate,
    pub baseline: Option<Estimate>,
}

/// A value with its interval; `low` and `high` are NaN where none was estimated.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// A tenth of the customers by falling score.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Decile {
    pub customers: u64,
    pub positives: u64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Decile lift: share of positives here over the share in all.
    pub lift: f64,
    /// The baseline's lift in its own decile; NaN where none.
    pub baseline_lift: f64,
}

/// Customers of similar predicted probability.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bin {
    pub customers: u64,
    /// Mean predicted probability 0..=1.
    pub predicted: f64,
    /// Share 0..=1 that were positive, with its interval.
    pub observed: Estimate,
}

/// How much a feature moves the score.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Weight {
    pub feature: Text,
    pub weight: f64,
}

struct Words {
    heading: &'static str,
    interval: &'static str,
    baseline: &'static str,
    intro: &'static str,
    metric: &'static str,
    model_column: &'static str,
    better: &'static str,
    clearly_better: &'static str,
    clearly_worse: &'static str,
    not_separable: &'static str,
    better_plain: &'static str,
    not_better: &'static str,
    larger_is_better: &'static str,
    smaller_is_better: &'static str,
    metrics_title: &'static str,
    metrics_about: &'static str,
    gains_title: &'static str,
    gains_about: &'static str,
    gains_x: &'static str,
    gains_y: &'static str,
    at_random: &'static str,
    deciles_title: &'static str,
    deciles_about: &'static str,
    deciles_legend: &'static str,
    decile: &'static str,
    decile_lift: &'static str,
    decile_tip: &'static str,
    positives: &'static str,
    observed: &'static str,
    predicted: &'static str,
    calibration_title: &'static str,
    calibration_about: &'static str,
    calibration_tip: &'static str,
    perfect: &'static str,
    weight: &'static str,
    weights_title: &'static str,
    weights_about: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Model",
        interval: "95% interval",
        baseline: "Baseline",
        intro: "{model} predicts “{target}”. Judged on {judged} customers that it was not trained on, {positives} of them positive ({rate}); the baseline is {baseline}.",
        metric: "Metric",
        model_column: "Model",
        better: "Verdict",
        clearly_better: "better (intervals do not overlap)",
        clearly_worse: "worse (intervals do not overlap)",
        not_separable: "no clear difference (intervals overlap)",
        better_plain: "better (no interval)",
        not_better: "not better (no interval)",
        larger_is_better: "larger is better",
        smaller_is_better: "smaller is better",
        metrics_title: "Model and baseline",
        metrics_about: "Each metric with its 95% interval for {model} and for the baseline {baseline}, each on its own scale.",
        gains_title: "Gains: who is reached first",
        gains_about: "Share of all positives reached when contacting customers from the highest score down; further above the diagonal is better.",
        gains_x: "customers contacted, best score first",
        gains_y: "positives reached",
        at_random: "at random",
        deciles_title: "Decile lift",
        deciles_about: "How many times more positives than average each tenth of customers holds, best scores first.",
        deciles_legend: "decile of score · dash: {baseline} · dotted: average",
        decile: "Decile",
        decile_lift: "Decile lift",
        decile_tip: "{positives} positive of {customers}",
        positives: "Positives",
        observed: "Observed",
        predicted: "Predicted",
        calibration_title: "Calibration: can the probabilities be trusted?",
        calibration_about: "Share observed over probability predicted, with 95% intervals; on the diagonal, predictions come true as often as they say. Pale bars show how many customers have such a prediction.",
        calibration_tip: "predicted {predicted} · observed {observed} · {customers} customers",
        perfect: "perfect calibration",
        weight: "weight",
        weights_title: "What drives the score",
        weights_about: "How much each feature moves the score, strongest first.",
    },
    simplified: Words {
        heading: "模型",
        interval: "95% 置信区间",
        baseline: "基准",
        intro: "{model} 预测“{target}”。用未参与训练的 {judged} 位客户评估，其中 {positives} 位为正例（{rate}）；基准为 {baseline}。",
        metric: "指标",
        model_column: "模型",
        better: "结论",
        clearly_better: "更好（区间不重叠）",
        clearly_worse: "更差（区间不重叠）",
        not_separable: "差别不明确（区间重叠）",
        better_plain: "更好（无区间）",
        not_better: "没有更好（无区间）",
        larger_is_better: "越大越好",
        smaller_is_better: "越小越好",
        metrics_title: "模型与基准",
        metrics_about: "{model} 和基准 {baseline} 的每项指标及其 95% 置信区间，各用自己的刻度。",
        gains_title: "累积增益：先联系到谁",
        gains_about: "从最高分开始依次联系客户时，能找到全部正例的多大比例；高出对角线越多越好。",
        gains_x: "联系的客户，从最高分开始",
        gains_y: "找到的正例",
        at_random: "随机",
        deciles_title: "十分位提升度",
        deciles_about: "把客户按分数从高到低分成十等份，每一份中的正例是平均水平的多少倍。",
        deciles_legend: "分数的十分位 · 短横：{baseline} · 点线：平均",
        decile: "十分位",
        decile_lift: "十分位提升度",
        decile_tip: "{customers} 位客户中有 {positives} 位正例",
        positives: "正例",
        observed: "实际",
        predicted: "预测",
        calibration_title: "校准：概率可信吗？",
        calibration_about: "横轴为预测概率，纵轴为实际比例，附 95% 置信区间；落在对角线上，说明预测与实际一致。浅色长条表示有多少客户得到这样的预测。",
        calibration_tip: "预测 {predicted} · 实际 {observed} · {customers} 位客户",
        perfect: "完全校准",
        weight: "权重",
        weights_title: "什么决定分数",
        weights_about: "每个特征对分数的影响，由强到弱。",
    },
    traditional: Words {
        heading: "模型",
        interval: "95% 信賴區間",
        baseline: "基準",
        intro: "{model} 預測「{target}」。用未參與訓練的 {judged} 位客戶評估，其中 {positives} 位為正例（{rate}）；基準為 {baseline}。",
        metric: "指標",
        model_column: "模型",
        better: "結論",
        clearly_better: "更好（區間不重疊）",
        clearly_worse: "更差（區間不重疊）",
        not_separable: "差別不明確（區間重疊）",
        better_plain: "更好（無區間）",
        not_better: "沒有更好（無區間）",
        larger_is_better: "越大越好",
        smaller_is_better: "越小越好",
        metrics_title: "模型與基準",
        metrics_about: "{model} 和基準 {baseline} 的每項指標及其 95% 信賴區間，各用自己的刻度。",
        gains_title: "累積增益：先聯絡到誰",
        gains_about: "從最高分開始依次聯絡客戶時，能找到全部正例的多大比例；高出對角線越多越好。",
        gains_x: "聯絡的客戶，從最高分開始",
        gains_y: "找到的正例",
        at_random: "隨機",
        deciles_title: "十分位提升度",
        deciles_about: "把客戶按分數從高到低分成十等份，每一份中的正例是平均水準的多少倍。",
        deciles_legend: "分數的十分位 · 短橫：{baseline} · 點線：平均",
        decile: "十分位",
        decile_lift: "十分位提升度",
        decile_tip: "{customers} 位客戶中有 {positives} 位正例",
        positives: "正例",
        observed: "實際",
        predicted: "預測",
        calibration_title: "校準：機率可信嗎？",
        calibration_about: "橫軸為預測機率，縱軸為實際比例，附 95% 信賴區間；落在對角線上，說明預測與實際一致。淺色長條表示有多少客戶得到這樣的預測。",
        calibration_tip: "預測 {predicted} · 實際 {observed} · {customers} 位客戶",
        perfect: "完全校準",
        weight: "權重",
        weights_title: "什麼決定分數",
        weights_about: "每個特徵對分數的影響，由強到弱。",
    },
};

impl Shown for Model {
    fn chapter(&self) -> Chapter {
        Chapter::Models
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let rate = self.positives as f64 / self.judged as f64;
        let values = [
            ("model", self.name.as_str()),
            ("target", &self.target.shown(cx)),
            ("judged", &cx.numbers.count(self.judged)),
            ("positives", &cx.numbers.count(self.positives)),
            ("rate", &cx.numbers.percent(rate, 1)),
            ("baseline", &self.baseline),
        ];
        m.leaf("p", &[("class", "quiet")], &fill(w.intro, &values));
        if !self.metrics.is_empty() {
            self.metrics_table(cx).grid(m, cx);
        }
        m.element("div", &[("class", "pair")], |m| {
            if !self.metrics.is_empty() {
                self.metrics_chart(m, cx, id);
            }
            if !self.gains.is_empty() {
                self.gains_chart(m, cx, id);
            }
            if !self.deciles.is_empty() {
                self.deciles_chart(m, cx, id);
            }
            if !self.calibration.is_empty() {
                self.calibration_chart(m, cx, id);
            }
            if !self.weights.is_empty() {
                let bars = self
                    .weights
                    .iter()
                    .take(15)
                    .map(|weight| Bar { name: weight.feature.clone(), value: weight.weight });
                let bars = Bars {
                    what: cx.words.feature.into(),
                    measure: w.weight.into(),
                    unit: Unit::Number(3),
                    bars: bars.collect(),
                };
                horizontal(m, cx, &format!("{id}-weights"), HALF, (w.weights_title, w.weights_about), (&bars, true));
            }
        });
    }
}

impl Model {
    fn metrics_table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let titles = [w.metric, w.model_column, w.interval, w.baseline, w.interval, w.better];
        let mut table = Table::with(&titles);
        for metric in &self.metrics {
            let number = |e: Estimate| Cell::Number(e.value, Unit::Number(3));
            let interval = |e: Estimate| match e.low.is_finite() && e.high.is_finite() {
                true => Cell::Text(format!("{} – {}", cx.numbers.fixed(e.low, 3), cx.numbers.fixed(e.high, 3))),
                false => Cell::Missing,
            };
            let better = metric.baseline.map_or(Cell::Missing, |b| Cell::text(metric.verdict(b, cx)));
            table.push(vec![
                Cell::text(&metric.name),
                number(metric.model),
                interval(metric.model),
                metric.baseline.map_or(Cell::Missing, number),
                metric.baseline.map_or(Cell::Missing, interval),
                better,
            ]);
        }
        table
    }

    /// Each metric on its own scale, model and baseline with their intervals: metrics differ in range and direction.
    fn metrics_chart(&self, m: &mut Markup, cx: Context, id: &str) {
        const ROW: f64 = 50.0;
        let w = WORDS.of(cx.language);
        let values = [("model", self.name.as_str()), ("baseline", self.baseline.as_str())];
        let about = fill(w.metrics_about, &values);
        let size = Figure {
            id: format!("{id}-metrics"),
            title: w.metrics_title,
            about: &about,
            width: HALF,
            height: ROW * self.metrics.len() as f64 + 20.0,
        };
        figure(m, cx, &size, None, |m| {
            for (i, metric) in self.metrics.iter().enumerate() {
                let y = ROW * i as f64;
                let hint = if metric.larger_is_better { w.larger_is_better } else { w.smaller_is_better };
                label(m, 0.0, y + 13.0, "", Anchor::Start, &metric.name.shown(cx));
                label(m, HALF, y + 13.0, "t", Anchor::End, hint);
                let rows = [Some((metric.model, "a", "al")), metric.baseline.map(|b| (b, "b", "bs"))];
                let ends = rows.iter().flatten().flat_map(|(e, _, _)| [e.value, e.low, e.high]);
                let scale = Scale::round(ends, 8.0, HALF - 60.0);
                rect(m, (0.0, y + 19.0), (HALF - 52.0, 26.0), "track", "");
                for (k, (estimate, fill_class, line_class)) in rows.into_iter().flatten().enumerate() {
                    let at = y + 26.0 + 12.0 * k as f64;
                    if estimate.low.is_finite() && estimate.high.is_finite() {
                        line(m, (scale.at(estimate.low), at), (scale.at(estimate.high), at), line_class);
                    }
                    if estimate.value.is_finite() {
                        let name = if k == 0 { &self.name } else { &self.baseline };
                        let tip = format!("{name} · {}", cx.numbers.fixed(estimate.value, 3));
                        dot(m, (scale.at(estimate.value), at), 4.0, fill_class, &tip);
                        let class = if k == 0 { "strong" } else { "t" };
                        label(m, HALF, at + 4.0, class, Anchor::End, &cx.numbers.fixed(estimate.value, 3));
                    }
                }
            }
            let y = ROW * self.metrics.len() as f64 + 14.0;
            dot(m, (6.0, y - 4.0), 4.0, "a", "");
            label(m, 15.0, y, "t", Anchor::Start, &fit(&self.name, 150.0, 11.0));
            dot(m, (196.0, y - 4.0), 4.0, "b", "");
            label(m, 205.0, y, "t", Anchor::Start, &fit(&self.baseline, 150.0, 11.0));
        });
    }

    fn gains_chart(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let mut curves = vec![Curve { name: self.name.as_str().into(), baseline: false, points: self.gains.clone() }];
        if !self.baseline_gains.is_empty() {
            let name = self.baseline.as_str().into();
            curves.push(Curve { name, baseline: false, points: self.baseline_gains.clone() });
        }
        curves.push(Curve { name: w.at_random.into(), baseline: true, points: vec![(0.0, 0.0), (1.0, 1.0)] });
        let curves = Curves {
            x: w.gains_x.into(),
            x_unit: Unit::Share,
            y: w.gains_y.into(),
            y_unit: Unit::Share,
            curves,
            marks: Vec::new(),
        };
        plot(m, cx, format!("{id}-gains"), (HALF, 320.0), (w.gains_title, w.gains_about), &curves, Some(()));
    }

    fn deciles_chart(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let (left, top, right, bottom) = area(HALF, 280.0);
        let n = self.deciles.len();
        let lifts = self.deciles.iter().flat_map(|d| [d.lift, d.baseline_lift]).chain([0.0, 1.0]);
        let y = Scale::round(lifts, bottom, top);
        let mut table =
            Table::with(&[w.decile, cx.words.customers, w.positives, w.observed, w.predicted, w.decile_lift]);
        table.columns.push(Column::new(format!("{} · {}", w.decile_lift, self.baseline)));
        for (i, d) in self.deciles.iter().enumerate() {
            table.push(vec![
                Cell::Count(i as u64 + 1),
                Cell::Count(d.customers),
                Cell::Count(d.positives),
                Cell::Number(d.positives as f64 / d.customers as f64, Unit::Share),
                Cell::Number(d.predicted, Unit::Share),
                Cell::Number(d.lift, Unit::Number(2)),
                if d.baseline_lift.is_finite() {
                    Cell::Number(d.baseline_lift, Unit::Number(2))
                } else {
                    Cell::Missing
                },
            ]);
        }
        let size = Figure {
            id: format!("{id}-deciles"),
            title: w.deciles_title,
            about: w.deciles_about,
            width: HALF,
            height: 280.0,
        };
        figure(m, cx, &size, Some(&table), |m| {
            for tick in y.ticks(4) {
                line(m, (left, y.at(tick)), (right, y.at(tick)), "g");
                label(m, left - 8.0, y.at(tick) + 4.0, "t", Anchor::End, &cx.numbers.short(tick));
            }
            let slot = (right - left) / n as f64;
            for (i, d) in self.deciles.iter().enumerate() {
                let x = left + slot * i as f64;
                let positives = cx.numbers.count(d.positives);
                let values = [("positives", positives.as_str()), ("customers", &cx.numbers.count(d.customers))];
                let tip = fill(w.decile_tip, &values);
                rect(m, (x + 3.0, y.at(d.lift)), (slot - 6.0, bottom - y.at(d.lift)), "a", &tip);
                if slot >= 26.0 && bottom - y.at(d.lift) > 18.0 {
                    let text = cx.numbers.fixed(d.lift, 1);
                    label(m, x + slot / 2.0, bottom - 7.0, "small on", Anchor::Middle, &text);
                }
                label(m, x + slot / 2.0, bottom + 15.0, "t", Anchor::Middle, &cx.numbers.count(i as u64 + 1));
                if d.baseline_lift.is_finite() {
                    let at = y.at(d.baseline_lift);
                    line(m, (x + 1.0, at), (x + slot - 1.0, at), "tick");
                }
            }
            line(m, (left, y.at(1.0)), (right, y.at(1.0)), "bl");
            line(m, (left, bottom), (right, bottom), "axis");
            let legend = fill(w.deciles_legend, &[("baseline", &self.baseline)]);
            label(m, right, bottom + 34.0, "t", Anchor::End, &legend);
        });
    }

    fn calibration_chart(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let (left, top, right, bottom) = area(HALF, 320.0);
        let largest = self.calibration.iter().map(|b| b.customers).max().unwrap_or(1).max(1) as f64;
        let x = Scale { low: 0.0, high: 1.0, from: left, to: right };
        let y = Scale { low: 0.0, high: 1.0, from: bottom, to: top };
        let mut table = Table::with(&[w.predicted, w.observed, w.interval, cx.words.customers]);
        for b in &self.calibration {
            let interval = match b.observed.low.is_finite() && b.observed.high.is_finite() {
                true => Cell::Text(format!(
                    "{} – {}",
                    cx.numbers.percent(b.observed.low, 1),
                    cx.numbers.percent(b.observed.high, 1)
                )),
                false => Cell::Missing,
            };
            table.push(vec![
                Cell::Number(b.predicted, Unit::Share),
                Cell::Number(b.observed.value, Unit::Share),
                interval,
                Cell::Count(b.customers),
            ]);
        }
        let size = Figure {
            id: format!("{id}-calibration"),
            title: w.calibration_title,
            about: w.calibration_about,
            width: HALF,
            height: 320.0,
        };
        figure(m, cx, &size, Some(&table), |m| {
            frame(m, cx, (x, Unit::Share, w.predicted), (y, Unit::Share));
            for b in self.calibration.iter().filter(|b| b.predicted.is_finite()) {
                let height = 36.0 * b.customers as f64 / largest;
                rect(m, (x.at(b.predicted.clamp(0.0, 1.0)) - 5.0, bottom - height), (10.0, height), "pale", "");
            }
            line(m, (x.at(0.0), y.at(0.0)), (x.at(1.0), y.at(1.0)), "bl");
            polyline(m, self.calibration.iter().map(|b| (x.at(b.predicted), y.at(b.observed.value))), "al");
            for b in &self.calibration {
                if !(b.predicted.is_finite() && b.observed.value.is_finite()) {
                    continue;
                }
                let at = x.at(b.predicted);
                if b.observed.low.is_finite() && b.observed.high.is_finite() {
                    line(m, (at, y.at(b.observed.low)), (at, y.at(b.observed.high)), "al");
                }
                let values = [
                    ("predicted", cx.numbers.percent(b.predicted, 1)),
                    ("observed", cx.numbers.percent(b.observed.value, 1)),
                    ("customers", cx.numbers.count(b.customers)),
                ];
                dot(m, (at, y.at(b.observed.value)), 4.0, "a ring", &fill(w.calibration_tip, &values));
            }
            label(m, x.at(0.80), y.at(0.80) + 18.0, "t halo", Anchor::Start, w.perfect);
        });
    }
}

impl Metric {
    /// In words, whether the model beats its baseline; not claimed where the intervals overlap.
    fn verdict(&self, baseline: Estimate, cx: Context) -> &'static str {
        let w = WORDS.of(cx.language);
        let (model, base, larger) = (self.model, baseline, self.larger_is_better);
        let apart = |low: f64, high: f64| low.is_finite() && high.is_finite() && low > high;
        let clear_gain = if larger { apart(model.low, base.high) } else { apart(base.low, model.high) };
        let clear_loss = if larger { apart(base.low, model.high) } else { apart(model.low, base.high) };
        let ahead = if larger { model.value > base.value } else { model.value < base.value };
        let intervals = [model.low, model.high, base.low, base.high].iter().all(|v| v.is_finite());
        match (clear_gain, clear_loss, intervals) {
            (true, _, _) => w.clearly_better,
            (_, true, _) => w.clearly_worse,
            (_, _, true) => w.not_separable,
            (_, _, false) if ahead => w.better_plain,
            (_, _, false) => w.not_better,
        }
    }
}

#[cfg(test)]
impl super::Sample for Model {
    fn sample(draw: &mut super::Draw, _: super::Size) -> Model {
        let e = |value: f64, half: f64| Estimate { value, low: value - half, high: value + half };
        let metric = |name: &str, larger_is_better, model, baseline| Metric {
            name: name.into(),
            meaning: Text::default(),
            larger_is_better,
            model,
            baseline: Some(baseline),
        };
        let gains = |power: f64| {
            (0..=20).map(|i| i as f64 / 20.0).map(|x| (x, 1.0 - crate::numeric::math::pow(1.0 - x, power))).collect()
        };
        Model {
            name: "logistic".into(),
            baseline: "recency".into(),
            target: "no order within 90 days after 2011-09-01".into(),
            judged: 4_812,
            positives: 2_743,
            metrics: vec![
                metric("ROC AUC", true, e(0.781, 0.012), e(0.752, 0.014)),
                metric("PR AUC", true, e(0.812, 0.014), e(0.801, 0.015)),
                metric("Brier score", false, e(0.187, 0.006), e(0.214, 0.005)),
                metric("Lift in the first decile", true, e(1.61, 0.05), e(1.55, 0.06)),
            ],
            deciles: (0..10)
                .map(|i| {
                    let lift = 1.62 - 0.137 * i as f64;
                    Decile {
                        customers: 481,
                        positives: (274.0 * lift) as u64,
                        predicted: 0.57 * lift,
                        lift,
                        baseline_lift: 1.54 - 0.12 * i as f64,
                    }
                })
                .collect(),
            gains: gains(2.1),
            baseline_gains: gains(1.7),
            calibration: (0..10)
                .map(|i| {
                    let predicted = 0.08 + 0.09 * i as f64;
                    let observed = predicted * 0.94 + 0.02 + 0.03 * (draw.share() - 0.5);
                    Bin { customers: 200 + 60 * i, predicted, observed: e(observed, 0.035) }
                })
                .collect(),
            weights: [
                ("recency over own gap", 0.412),
                ("days since last order", 0.355),
                ("orders in 90 days", -0.291),
                ("tenure", -0.188),
                ("return share", 0.121),
                ("basket variety", -0.087),
                ("spread of gaps", 0.064),
            ]
            .map(|(feature, weight)| Weight { feature: feature.into(), weight })
            .to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_intervals_claim_nothing() {
        let cx = Context::for_test();
        let e = |value, low, high| Estimate { value, low, high };
        let metric = |larger_is_better, model| Metric {
            name: Text::default(),
            meaning: Text::default(),
            larger_is_better,
            model,
            baseline: None,
        };
        assert_eq!(
            metric(true, e(0.8, 0.78, 0.82)).verdict(e(0.7, 0.68, 0.72), cx),
            WORDS.of(cx.language).clearly_better
        );
        assert_eq!(
            metric(true, e(0.8, 0.71, 0.82)).verdict(e(0.7, 0.68, 0.72), cx),
            WORDS.of(cx.language).not_separable
        );
        assert_eq!(
            metric(false, e(0.2, 0.19, 0.21)).verdict(e(0.3, 0.28, 0.32), cx),
            WORDS.of(cx.language).clearly_better
        );
        assert_eq!(
            metric(false, e(0.4, 0.39, 0.41)).verdict(e(0.3, 0.28, 0.32), cx),
            WORDS.of(cx.language).clearly_worse
        );
        assert_eq!(
            metric(true, e(0.8, f64::NAN, f64::NAN)).verdict(e(0.7, 0.6, 0.8), cx),
            WORDS.of(cx.language).better_plain
        );
    }
}
