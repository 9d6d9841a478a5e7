//! Drift: how far each feature's distribution has moved since the model learned, by the population stability index.

use super::markup::Markup;
use super::numbers::Unit;
use super::svg::{Anchor, FULL, Figure, Scale, dot, figure, fit, label, line, rect};
use super::table::{Cell, Column, Status, Table};
use super::{Context, fill};

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

/// Features drawn: the others are in the table.
const DRAWN: usize = 20;

impl Drift {
    pub(super) fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const ROW: f64 = 22.0;
        const LEFT: f64 = 250.0;
        let w = cx.words;
        if self.features.is_empty() {
            m.leaf("p", &[("class", "quiet")], w.no_rows);
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
            ("then", self.then.clone()),
            ("now", self.now.clone()),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        m.leaf("p", &[("class", "quiet")], &fill(w.drift_intro, &values));
        let drawn = &features[..features.len().min(DRAWN)];
        let bottom = ROW * drawn.len() as f64 + 16.0;
        let size = Figure {
            id: format!("{id}-psi"),
            title: w.drift_title,
            about: w.drift_about,
            width: FULL,
            height: bottom + 24.0,
        };
        figure(m, cx, &size, Some(&self.table(cx, &features)), |m| {
            let ends = drawn.iter().map(|f| f.psi).chain([0.0, self.hold_from]);
            let scale = Scale::round(ends, LEFT, FULL - 60.0);
            for tick in scale.ticks(5) {
                line(m, (scale.at(tick), 14.0), (scale.at(tick), bottom), "g");
                label(m, scale.at(tick), bottom + 15.0, "t", Anchor::Middle, &cx.numbers.short(tick));
            }
            for (limit, word) in [(self.warn_from, w.drift_warn), (self.hold_from, w.drift_hold)] {
                if limit.is_finite() && limit > 0.0 {
                    line(m, (scale.at(limit), 12.0), (scale.at(limit), bottom), "markline");
                    label(m, scale.at(limit) + 4.0, 9.0, "t", Anchor::Start, word);
                }
            }
            for (i, feature) in drawn.iter().enumerate() {
                let y = 16.0 + ROW * i as f64 + ROW / 2.0;
                label(m, LEFT - 10.0, y + 4.0, "", Anchor::End, &fit(&feature.name, LEFT - 14.0, 12.0));
                if !feature.psi.is_finite() {
                    label(m, LEFT + 6.0, y + 4.0, "t", Anchor::Start, w.not_judged);
                    continue;
                }
                let class = if self.status(feature) == Status::Passed { ("soft", "a") } else { ("downsoft", "down") };
                rect(m, (LEFT, y - 2.0), (scale.at(feature.psi) - LEFT, 4.0), class.0, "");
                dot(m, (scale.at(feature.psi), y), 4.5, class.1, &cx.numbers.fixed(feature.psi, 3));
                label(m, FULL, y + 4.0, "", Anchor::End, &cx.numbers.fixed(feature.psi, 3));
            }
        });
    }

    fn status(&self, feature: &FeatureDrift) -> Status {
        match feature.psi {
            psi if !psi.is_finite() => Status::Skipped,
            psi if psi >= self.hold_from => Status::Held,
            psi if psi >= self.warn_from => Status::Warned,
            _ => Status::Passed,
        }
    }

    fn table(&self, cx: Context, features: &[&FeatureDrift]) -> Table {
        let w = cx.words;
        let columns = [w.feature, w.psi, w.status, w.mean_then, w.mean_now, w.missing_then, w.missing_now];
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
