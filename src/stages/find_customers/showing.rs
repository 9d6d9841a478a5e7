//! What the report shows: what was tried, the gains curve, profit by depth, and how large the next trial must be.

use super::settings::FindCustomers;
use super::{FoundCustomers, say};
use crate::churn::Figure;
use crate::report::{Body, Cell, Chapter, Curve, Curves, Section, Table, Text, Unit};
use crate::response::Claim;
use crate::stage::Context;

/// Money is shown in ten-thousandths of the currency unit.
const MONEY: f64 = 1e4;

impl FoundCustomers {
    pub(super) fn show(&self, cx: &mut Context, asked: &FindCustomers) {
        cx.section(self.tried_shown(cx.step));
        if let Some(section) = self.gains_shown(cx.step) {
            cx.section(section);
        }
        if let Some(section) = self.depth_shown(cx.step) {
            cx.section(section);
        }
        cx.section(self.plan_shown(cx.step, asked));
    }

    fn tried_shown(&self, step: &str) -> Section {
        let mut table = Table::with(&[&say::MODEL, &say::AREA, &say::LOG_LOSS, &say::DECILE_LIFT, &say::USED]);
        let cell = |figure: Figure, digits: usize| {
            Cell::Text(match figure.low.is_finite() {
                true => format!("{:.digits$} ({:.digits$}–{:.digits$})", figure.value, figure.low, figure.high),
                false => format!("{:.digits$}", figure.value),
            })
        };
        for (place, judged) in self.proof.list.iter().enumerate() {
            let used = match place {
                _ if place == self.proof.reported => Cell::text(&say::REPORTED),
                _ if judged.chosen => Cell::text(&say::YES),
                _ => Cell::Missing,
            };
            table.push(vec![
                Cell::Text(judged.name.clone()),
                cell(judged.of("roc-auc"), 3),
                cell(judged.of("log-loss"), 4),
                cell(judged.of("top-decile-lift"), 2),
                used,
            ]);
        }
        let lead = say::TRIED_LEAD.with([
            ("folds", self.proof.folds.into()),
            ("column", self.proof.column.as_str().into()),
            ("calibration", self.proof.calibration.as_str().into()),
        ]);
        Section::new(step, Body::Table(table)).heading(&say::TRIED).lead(lead).chapter(Chapter::Models)
    }

    fn gains_shown(&self, step: &str) -> Option<Section> {
        let curve = |name: Text, baseline, points| Curve { name, baseline, points };
        let (reported, usual) = (self.proof.reported(), self.proof.baseline());
        let curves = Curves {
            x: (&say::SHARE).into(),
            x_unit: Unit::Share,
            y: if self.read.claim == Claim::Response { &say::RESPONDERS_FOUND } else { &say::SEEDS_FOUND }.into(),
            y_unit: Unit::Share,
            curves: vec![
                curve(reported.name.as_str().into(), false, self.proof.gains().ok()?),
                curve(usual.name.as_str().into(), true, self.proof.usual.clone()),
            ],
            marks: Vec::new(),
        };
        let section = Section::new(step, Body::Curves(curves)).heading(&say::GAINS).lead(&say::GAINS_LEAD);
        Some(section.chapter(Chapter::Models))
    }

    fn depth_shown(&self, step: &str) -> Option<Section> {
        let depths = self.depths.as_ref()?;
        let curve = |name: &'static crate::report::Phrase, baseline, of: &dyn Fn(usize) -> f64| Curve {
            name: name.into(),
            baseline,
            points: (0..depths.list.len()).map(|place| (depths.list[place].share, MONEY * of(place))).collect(),
        };
        let list = &depths.list;
        let curves = Curves {
            x: (&say::SHARE).into(),
            x_unit: Unit::Share,
            y: (&say::PROFIT).into(),
            y_unit: Unit::Money,
            curves: vec![
                curve(&say::REALISED, false, &|place| list[place].realised.value),
                curve(&say::EXPECTED, false, &|place| list[place].expected),
                curve(&say::LOW, true, &|place| list[place].realised.low),
                curve(&say::HIGH, true, &|place| list[place].realised.high),
            ],
            marks: depths.best().map(|best| (best.share, (&say::BEST).into())).into_iter().collect(),
        };
        let share = |value: f64| crate::report::Value::Number(value, Unit::Share);
        let lead = say::DEPTH_LEAD.with([
            ("share", share(depths.best.value)),
            ("low", share(depths.best.low)),
            ("high", share(depths.best.high)),
            ("everybody", crate::report::Value::Number(MONEY * depths.everybody.value, Unit::Money)),
        ]);
        let section = Section::new(step, Body::Curves(curves)).heading(&say::DEPTH).lead(lead);
        Some(section.chapter(Chapter::Models))
    }

    fn plan_shown(&self, step: &str, asked: &FindCustomers) -> Section {
        let mut table = Table::with(&[&say::QUESTION, &say::EXPECTED_RATE, &say::CONTACTS, &say::RESPONDERS]);
        for row in self.plan(asked) {
            let value = |value: f64| crate::report::Value::Number(value, Unit::Share);
            let area = |value: f64| crate::report::Value::Number(value, Unit::Number(3));
            let question = match (row.question, row.made) {
                ("rate", true) => say::RATE_MADE.with([("target", value(row.target))]),
                ("rate", false) => say::RATE_WANTED.with([("target", value(row.target))]),
                (_, true) => say::RANKING_MADE.with([("target", area(row.target))]),
                (_, false) => say::RANKING_WANTED.with([("target", area(row.target))]),
            };
            table.push(vec![
                Cell::text(question),
                Cell::Number(row.rate, Unit::Share),
                Cell::Count(row.contacts),
                Cell::Number(row.rate * row.contacts as f64, Unit::Number(0)),
            ]);
        }
        let section = Section::new(step, Body::Table(table)).heading(&say::PLAN).lead(&say::PLAN_LEAD);
        section.chapter(Chapter::Models)
    }
}
