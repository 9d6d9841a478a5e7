//! Drift: how far each feature's distribution has moved since the model learned, by the population stability index.

use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, Scale, dot, figure, fit, label, line, rect};
use crate::report::page::table::{Cell, Column, Status, Table};
use crate::report::words::{Translated, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Drift {
    /// What is compared, such as `training snapshot 2011-06-01` and `now`.
    pub then: String,
    pub now: String,
    /// Index from which a feature is worth a look, and from which it is a different population; 0.1 and 0.25 are usual.
    pub warn_from: f64,
    pub hold_from: f64,
    pub features: Vec<FeatureDrift>,
}

/// One feature's move.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FeatureDrift {
    pub name: String,
    /// Population stability index, 0 for no change.
    pub psi: f64,
    pub unit: Unit,
    pub mean_then: f64,
    pub mean_now: f64,
    /// Shares 0..=1 of missing values.
    pub missing_then: f64,
    pub missing_now: f64,
}

struct Words {
    heading: &'static str,
    intro: &'static str,
    title: &'static str,
    about: &'static str,
    warn: &'static str,
    hold: &'static str,
    psi: &'static str,
    mean_then: &'static str,
    mean_now: &'static str,
    missing_then: &'static str,
    missing_now: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Drift",
        intro: "{moved} of {all} features have moved between {then} and {now}.",
        title: "Population stability index by feature",
        about: "How far each feature's distribution has moved; beyond the first line it is worth a look, beyond the second it is a different population.",
        warn: "worth a look",
        hold: "different",
        psi: "PSI",
        mean_then: "Mean then",
        mean_now: "Mean now",
        missing_then: "Missing then",
        missing_now: "Missing now",
    },
    simplified: Words {
        heading: "数据漂移",
        intro: "从 {then} 到 {now}，{all} 个特征中有 {moved} 个发生了漂移。",
        title: "各特征的群体稳定性指标",
        about: "各特征的分布移动了多少；超过第一条线值得留意，超过第二条线就是另一个群体了。",
        warn: "值得留意",
        hold: "已是不同群体",
        psi: "PSI",
        mean_then: "当时均值",
        mean_now: "现在均值",
        missing_then: "当时缺失",
        missing_now: "现在缺失",
    },
    traditional: Words {
        heading: "資料漂移",
        intro: "從 {then} 到 {now}，{all} 個特徵中有 {moved} 個發生了漂移。",
        title: "各特徵的群體穩定性指標",
        about: "各特徵的分布移動了多少；超過第一條線值得留意，超過第二條線就是另一個群體了。",
        warn: "值得留意",
        hold: "已是不同群體",
        psi: "PSI",
        mean_then: "當時平均值",
        mean_now: "現在平均值",
        missing_then: "當時遺漏",
        missing_now: "現在遺漏",
    },
};

impl Shown for Drift {
    fn chapter(&self) -> Chapter {
        Chapter::Data
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const ROW: f64 = 22.0;
        const LEFT: f64 = 250.0;
        let w = WORDS.of(cx.language);
        if self.features.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let mut features: Vec<&FeatureDrift> = self.features.iter().collect();
        // Worst first, an unknown index before all; equal ones by name.
        let key = |f: &FeatureDrift| if f.psi.is_finite() { f.psi } else { f64::INFINITY };
        features.sort_by(|a, b| key(b).total_cmp(&key(a)).then_with(|| a.name.cmp(&b.name)));
        let moved = features.iter().filter(|f| self.status(f) != Status::Passed).count() as u64;
        let values = [
            ("moved", cx.numbers.count(moved)),
            ("all", cx.numbers.count(features.len() as u64)),
            ("then", cx.date(&self.then).into_owned()),
            ("now", cx.date(&self.now).into_owned()),
        ];
        m.leaf("p", &[("class", "quiet")], &fill(w.intro, &values));
        let drawn = &features[..features.len().min(DRAWN)];
        let bottom = ROW * drawn.len() as f64 + 16.0;
        let size =
            Figure { id: format!("{id}-psi"), title: w.title, about: w.about, width: FULL, height: bottom + 24.0 };
        figure(m, cx, &size, Some(&self.table(cx, &features)), |m| {
            let ends = drawn.iter().map(|f| f.psi).chain([0.0, self.hold_from]);
            let scale = Scale::round(ends, LEFT, FULL - 60.0);
            for tick in scale.ticks(5) {
                line(m, (scale.at(tick), 14.0), (scale.at(tick), bottom), "g");
                label(m, scale.at(tick), bottom + 15.0, "t", Anchor::Middle, &cx.numbers.short(tick));
            }
            for (limit, word) in [(self.warn_from, w.warn), (self.hold_from, w.hold)] {
                if limit.is_finite() && limit > 0.0 {
                    line(m, (scale.at(limit), 12.0), (scale.at(limit), bottom), "markline");
                    label(m, scale.at(limit) + 4.0, 9.0, "t", Anchor::Start, word);
                }
            }
            for (i, feature) in drawn.iter().enumerate() {
                let y = 16.0 + ROW * i as f64 + ROW / 2.0;
                label(m, LEFT - 10.0, y + 4.0, "", Anchor::End, &fit(&feature.name, LEFT - 14.0, 12.0));
                if !feature.psi.is_finite() {
                    label(m, LEFT + 6.0, y + 4.0, "t", Anchor::Start, cx.words.not_judged);
                    continue;
                }
                let class = if self.status(feature) == Status::Passed { ("soft", "a") } else { ("downsoft", "down") };
                rect(m, (LEFT, y - 2.0), (scale.at(feature.psi) - LEFT, 4.0), class.0, "");
                dot(m, (scale.at(feature.psi), y), 4.5, class.1, &cx.numbers.fixed(feature.psi, 3));
                label(m, FULL, y + 4.0, "", Anchor::End, &cx.numbers.fixed(feature.psi, 3));
            }
        });
    }
}

/// Features drawn: the others are in the table.
const DRAWN: usize = 20;

impl Drift {
    fn status(&self, feature: &FeatureDrift) -> Status {
        match feature.psi {
            psi if !psi.is_finite() => Status::Skipped,
            psi if psi >= self.hold_from => Status::Held,
            psi if psi >= self.warn_from => Status::Warned,
            _ => Status::Passed,
        }
    }

    fn table(&self, cx: Context, features: &[&FeatureDrift]) -> Table {
        let w = WORDS.of(cx.language);
        let columns =
            [cx.words.feature, w.psi, cx.words.status, w.mean_then, w.mean_now, w.missing_then, w.missing_now];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        for f in features {
            table.push(vec![
                Cell::text(&f.name),
                Cell::Number(f.psi, Unit::Number(3)),
                Cell::Status(self.status(f)),
                Cell::Number(f.mean_then, f.unit),
                Cell::Number(f.mean_now, f.unit),
                Cell::Number(f.missing_then, Unit::Share),
                Cell::Number(f.missing_now, Unit::Share),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Drift {
    fn sample(draw: &mut super::Draw, _: super::Size) -> Drift {
        let names = [
            "recency_days",
            "frequency_365d",
            "monetary_365d",
            "tenure_days",
            "gap_mean",
            "gap_cv",
            "basket_size",
            "return_share",
            "trend",
            "season",
        ];
        let features = names
            .iter()
            .enumerate()
            .map(|(i, name)| FeatureDrift {
                name: (*name).into(),
                psi: 0.31 * 0.55f64.powi(i as i32),
                unit: Unit::Number(2),
                mean_then: 12.0 + i as f64,
                mean_now: (12.0 + i as f64) * draw.between(0.9, 1.1),
                missing_then: 0.01,
                missing_now: 0.012,
            })
            .collect();
        Drift {
            then: "the training snapshot of 2011-06-01".into(),
            now: "2011-12-10".into(),
            warn_from: 0.1,
            hold_from: 0.25,
            features,
        }
    }
}
