//! The importance-performance map: where one point more brings most, and how much room there is.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, Scale, dot, figure, label, line};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// What leads to a target.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ImportanceMap {
    /// What is to rise.
    pub target: String,
    pub rows: Vec<MapRow>,
}

/// A construct on the map.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MapRow {
    pub name: String,
    /// Total effect in standard deviations, with its 95 % interval.
    pub effect: [f64; 3],
    /// Points of the target that one point more brings.
    pub points: f64,
    /// Mean, 0 to 100.
    pub performance: f64,
    /// What to do.
    pub advice: Text,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    construct: &'static str,
    importance: &'static str,
    importance_meaning: &'static str,
    performance: &'static str,
    performance_meaning: &'static str,
    effect: &'static str,
    from: &'static str,
    to: &'static str,
    advice: &'static str,
    association: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Importance and performance",
        title: "What leads to {target}",
        about: "Each construct by the points of {target} that one point more brings (to the right) and by its own mean (upwards). Lower right: act there first.",
        construct: "Construct",
        importance: "Importance",
        importance_meaning: "points of the target that one point more brings",
        performance: "Performance",
        performance_meaning: "mean, 0 to 100",
        effect: "Effect",
        from: "From",
        to: "To",
        advice: "Advice",
        association: "An arrow is an association among those who answered, not the result of an experiment.",
    },
    simplified: Words {
        heading: "重要性与表现",
        title: "什么影响“{target}”",
        about: "每个构念的横坐标是它每提高一分，“{target}”提高的分数，纵坐标是它自身的均值。右下方的构念应最先着手。",
        construct: "构念",
        importance: "重要性",
        importance_meaning: "每提高一分，目标提高的分数",
        performance: "表现",
        performance_meaning: "均值，0 至 100",
        effect: "影响",
        from: "起点",
        to: "终点",
        advice: "建议",
        association: "箭头表示应答者中的关联，并非实验得出的因果效应。",
    },
    traditional: Words {
        heading: "重要性與表現",
        title: "什麼影響「{target}」",
        about: "每個構念的橫軸是它每提高一分，「{target}」提高的分數，縱軸是它自身的平均值。右下方的構念應最先著手。",
        construct: "構念",
        importance: "重要性",
        importance_meaning: "每提高一分，目標提高的分數",
        performance: "表現",
        performance_meaning: "平均值，0 至 100",
        effect: "影響",
        from: "起點",
        to: "終點",
        advice: "建議",
        association: "箭頭表示填答者中的關聯，並非實驗得出的因果效應。",
    },
};

impl Shown for ImportanceMap {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const HEIGHT: f64 = 300.0;
        let w = WORDS.of(cx.language);
        if self.rows.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let target = [("target", self.target.as_str())];
        let (title, about) = (fill(w.title, &target), fill(w.about, &target));
        let size = Figure { id: format!("{id}-map"), title: &title, about: &about, width: FULL, height: HEIGHT };
        let x = Scale::round(self.rows.iter().map(|row| row.points).chain([0.0]), 50.0, FULL - 130.0);
        let y = Scale::round(self.rows.iter().map(|row| row.performance), HEIGHT - 44.0, 14.0);
        let mean = |of: &dyn Fn(&MapRow) -> f64| self.rows.iter().map(of).sum::<f64>() / self.rows.len() as f64;
        figure(m, cx, &size, None, |m| {
            for tick in y.ticks(4) {
                line(m, (x.from, y.at(tick)), (x.to, y.at(tick)), "g");
                label(m, x.from - 8.0, y.at(tick) + 4.0, "t", Anchor::End, &cx.numbers.short(tick));
            }
            for tick in x.ticks(5) {
                line(m, (x.at(tick), y.from), (x.at(tick), y.from + 4.0), "axis");
                label(m, x.at(tick), y.from + 17.0, "t", Anchor::Middle, &cx.numbers.short(tick));
            }
            line(m, (x.from, y.from), (x.to, y.from), "axis");
            let (across, up) = (x.at(mean(&|row| row.points)), y.at(mean(&|row| row.performance)));
            line(m, (across, y.from), (across, y.to), "markline");
            line(m, (x.from, up), (x.to, up), "markline");
            label(m, x.to, y.from + 36.0, "t", Anchor::End, w.importance_meaning);
            label(m, x.from, 10.0, "t", Anchor::Start, w.performance);
            for row in &self.rows {
                let place = (x.at(row.points), y.at(row.performance));
                let tip = format!("{} · {}", row.name, row.advice.shown(cx));
                dot(m, place, 6.0, "a", &tip);
                label(m, place.0 + 10.0, place.1 + 4.0, "halo", Anchor::Start, &row.name);
            }
        });
        let columns = vec![
            Column::new(w.construct),
            Column::new(w.importance).meaning(w.importance_meaning),
            Column::new(w.performance).meaning(w.performance_meaning),
            Column::new(w.effect),
            Column::new(w.from),
            Column::new(w.to),
            Column::new(w.advice),
        ];
        let mut table = Table { columns, ..Table::default() };
        for row in &self.rows {
            let [effect, low, high] = row.effect.map(|value| Cell::Number(value, Unit::Number(3)));
            table.push(vec![
                Cell::text(&row.name),
                Cell::Number(row.points, Unit::Number(3)),
                Cell::Number(row.performance, Unit::Number(1)),
                effect,
                low,
                high,
                Cell::text(&row.advice),
            ]);
        }
        table.grid(m, cx);
        m.leaf("p", &[("class", "quiet")], w.association);
    }
}

#[cfg(test)]
impl super::Sample for ImportanceMap {
    fn sample(_: &mut super::Draw, _: super::Size) -> ImportanceMap {
        let row = |name: &str, effect: f64, performance, advice: &str| MapRow {
            name: name.into(),
            effect: [effect, effect - 0.1, effect + 0.1],
            points: effect * 1.1,
            performance,
            advice: advice.into(),
        };
        ImportanceMap {
            target: "satisfaction".into(),
            rows: vec![
                row("quality", 0.62, 74.99, "keep it up"),
                row("image", 0.39, 73.52, "keep it up"),
                row("value", 0.19, 62.3, "low priority"),
            ],
        }
    }
}
