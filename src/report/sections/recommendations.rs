//! Recommendations tested on each customer's last basket against popularity: repeat purchases and new items apart.

use super::model::Estimate;
use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, Figure, HALF, Scale, dot, figure, fit, label, line, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Tasks judged apart, such as repurchase and cross-sell.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Recommendations {
    pub tasks: Vec<Recommendation>,
}

/// One task.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Recommendation {
    /// Such as `Buy again` or `Never bought before`.
    pub name: Text,
    /// What was measured, such as `recall@10 on last baskets after 2011-09-01`.
    pub measure: Text,
    /// Customers judged.
    pub customers: u64,
    pub methods: Vec<Method>,
}

/// How well one method did.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Method {
    pub name: Text,
    /// Whether it is the baseline (popularity).
    pub baseline: bool,
    /// A share 0..=1.
    pub result: Estimate,
}

struct Words {
    heading: &'static str,
    about: &'static str,
    method: &'static str,
    result: &'static str,
    low: &'static str,
    high: &'static str,
    against_baseline: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Recommendations",
        about: "{measure}, for {customers} customers: each method with its 95% interval; the pale bar is the baseline.",
        method: "Method",
        result: "Result, %",
        low: "Low, %",
        high: "High, %",
        against_baseline: "Times the baseline",
    },
    simplified: Words {
        heading: "推荐",
        about: "{measure}，共 {customers} 位客户：各方法及其 95% 置信区间；浅色长条为基准。",
        method: "方法",
        result: "结果，%",
        low: "下限，%",
        high: "上限，%",
        against_baseline: "为基准的倍数",
    },
    traditional: Words {
        heading: "推薦",
        about: "{measure}，共 {customers} 位客戶：各方法及其 95% 信賴區間；淺色長條為基準。",
        method: "方法",
        result: "結果，%",
        low: "下限，%",
        high: "上限，%",
        against_baseline: "為基準的倍數",
    },
};

impl Shown for Recommendations {
    fn chapter(&self) -> Chapter {
        Chapter::Items
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        if self.tasks.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        m.element("div", &[("class", "pair")], |m| {
            for (i, task) in self.tasks.iter().enumerate() {
                task.chart(m, cx, format!("{id}-{i}"));
            }
        });
    }
}

impl Recommendation {
    fn chart(&self, m: &mut Markup, cx: Context, id: String) {
        const ROW: f64 = 28.0;
        let w = WORDS.of(cx.language);
        let left = 140.0;
        let ends = self.methods.iter().flat_map(|x| [x.result.value, x.result.low, x.result.high]).chain([0.0]);
        let scale = Scale::round(ends, left, HALF - 56.0);
        let bottom = ROW * self.methods.len() as f64 + 2.0;
        let customers = cx.numbers.count(self.customers);
        let (name, measure) = (self.name.shown(cx), self.measure.shown(cx));
        let about = fill(w.about, &[("measure", &*measure), ("customers", &customers)]);
        let size = Figure { id, title: &name, about: &about, width: HALF, height: bottom + 38.0 };
        figure(m, cx, &size, Some(&self.table(cx)), |m| {
            for tick in scale.ticks(4) {
                line(m, (scale.at(tick), 0.0), (scale.at(tick), bottom), "g");
                let text = Unit::Share.short(cx.numbers, tick);
                label(m, scale.at(tick), bottom + 15.0, "t", Anchor::Middle, &text);
            }
            for (i, method) in self.methods.iter().enumerate() {
                let y = ROW * i as f64 + ROW / 2.0;
                let (fill_class, line_class) = if method.baseline { ("b", "bs") } else { ("a", "al") };
                label(m, left - 8.0, y + 4.0, "", Anchor::End, &fit(&method.name.shown(cx), left - 10.0, 12.0));
                let e = method.result;
                if !e.value.is_finite() {
                    label(m, left + 6.0, y + 4.0, "t", Anchor::Start, cx.words.not_judged);
                    continue;
                }
                rect(
                    m,
                    (left, y - 7.0),
                    (scale.at(e.value) - left, 14.0),
                    if method.baseline { "pale" } else { "soft" },
                    "",
                );
                if e.low.is_finite() && e.high.is_finite() {
                    line(m, (scale.at(e.low), y), (scale.at(e.high), y), line_class);
                }
                dot(m, (scale.at(e.value), y), 4.0, fill_class, &cx.numbers.percent(e.value, 2));
                label(m, HALF, y + 4.0, "strong", Anchor::End, &cx.numbers.percent(e.value, 1));
            }
            label(m, HALF, bottom + 33.0, "t", Anchor::End, &fit(&measure, HALF - 8.0, 11.0));
        });
    }

    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let columns = [w.method, w.result, w.low, w.high, w.against_baseline];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        let baseline = self.methods.iter().find(|x| x.baseline).map(|x| x.result.value);
        for method in &self.methods {
            let share = |v: f64| if v.is_finite() { Cell::Number(v * 100.0, Unit::Number(2)) } else { Cell::Missing };
            let ratio = baseline.filter(|b| *b > 0.0).map(|b| method.result.value / b);
            table.push(vec![
                Cell::text(&method.name),
                share(method.result.value),
                share(method.result.low),
                share(method.result.high),
                ratio.map_or(Cell::Missing, |r| Cell::Number(r, Unit::Number(2))),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Recommendations {
    fn sample(_: &mut super::Draw, _: super::Size) -> Recommendations {
        let e = |value: f64| Estimate { value, low: value - 0.008, high: value + 0.008 };
        let method = |name: &str, baseline, value| Method { name: name.into(), baseline, result: e(value) };
        let task = |name: &str, methods| Recommendation {
            name: name.into(),
            measure: "recall@10 on last baskets after 2011-09-01".into(),
            customers: 2_811,
            methods,
        };
        Recommendations {
            tasks: vec![
                task(
                    "Buy again",
                    vec![
                        method("own frequency", false, 0.282),
                        method("item-kNN", false, 0.231),
                        method("popularity", true, 0.094),
                    ],
                ),
                task(
                    "Never bought before",
                    vec![
                        method("item-kNN", false, 0.078),
                        method("rules", false, 0.061),
                        method("popularity", true, 0.052),
                    ],
                ),
            ],
        }
    }
}
