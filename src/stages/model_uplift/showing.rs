//! What the report shows of effects: what to do in three lines per arm, the curve of each arm, who ordered customers how well, and promises
//! beside what came about.

use super::{Found, say};
use crate::report::{Body, Cell, Chapter, Curve, Curves, Note, Section, Table, Text, Unit, Value};
use crate::stage::Context;
use crate::uplift::interval::Interval;
use crate::uplift::judging::{Point, Scorer};
use crate::uplift::verdict::Advice;

/// Effects and gains per customer are small.
const DIGITS: Unit = Unit::Number(4);

fn number(value: f64) -> Value {
    Value::Number(value, DIGITS)
}

fn with_interval(phrase: &'static crate::report::Phrase, interval: &Interval) -> Text {
    let Interval { value, low, high } = *interval;
    phrase.with([("value", number(value)), ("low", number(low)), ("high", number(high))])
}

impl Found {
    pub(super) fn show(&self, cx: &mut Context) {
        let chapter = Chapter::Models;
        let verdict = Section::new(cx.step, Body::Note(Note { paragraphs: self.lines() }))
            .heading(&say::HEADING)
            .chapter(chapter);
        cx.section(verdict.lead(&say::LEAD));
        for (offer, points) in self.read.offers.iter().zip(&self.curves) {
            let heading = say::CURVE.with([("offer", offer.as_str().into())]);
            let body = Body::Curves(curves(points));
            cx.section(Section::new(cx.step, body).heading(heading).lead(&say::CURVELEAD).chapter(chapter));
        }
        let judged =
            Section::new(cx.step, Body::Table(self.judged_shown())).heading(&say::JUDGED).lead(&say::JUDGEDLEAD);
        cx.section(judged.chapter(chapter));
        let deciles =
            Section::new(cx.step, Body::Table(self.deciles_shown())).heading(&say::DECILES).lead(&say::DECILESLEAD);
        cx.section(deciles.chapter(chapter));
        let advised = |advice: Advice| self.verdicts.iter().filter(|verdict| verdict.advice == advice).count() as f64;
        cx.metric("arms_to_target", advised(Advice::Target));
        cx.metric("arms_for_everybody", advised(Advice::TreatAll));
        cx.metric("arms_for_nobody", advised(Advice::TreatNone));
    }

    /// Three lines per arm, and one for choosing between arms.
    fn lines(&self) -> Vec<Text> {
        let mut lines = Vec::new();
        for (offer, verdict) in self.read.offers.iter().zip(&self.verdicts) {
            let advice = match verdict.advice {
                Advice::Target => &say::TARGET,
                Advice::TreatAll => &say::ALL,
                Advice::TreatNone => &say::NONE,
            };
            lines.push(
                advice.with([("offer", offer.as_str().into()), ("share", Value::Number(verdict.share, Unit::Share))]),
            );
            lines.push(with_interval(&say::EVERYBODY, &verdict.everybody));
            lines.push(with_interval(&say::RANKING, &verdict.ranking));
        }
        if let Some(choice) = &self.choice {
            let said = with_interval(&say::CHOOSING, &choice.gain);
            let outcome = if choice.shown { &say::SHOWN } else { &say::NOTSHOWN };
            let best = self.read.offers[choice.best as usize - 1].as_str();
            lines.push(say::CHOICE.with([("best", best.into()), ("gain", said.into()), ("outcome", outcome.into())]));
        }
        lines
    }

    fn judged_shown(&self) -> Table {
        let heads =
            [&say::OFFER, &say::ORDER, &say::QINI, &say::AUUC, &say::AUTOC, &say::SHARE, &say::GAIN, &say::OVERCHANCE];
        let mut table = Table::with(&heads);
        let pair = |value: f64, se: f64| Cell::text(say::PAIR.with([("value", number(value)), ("se", number(se))]));
        for (offer, rows) in self.read.offers.iter().zip(&self.judged) {
            for row in rows {
                let (_, name) = self.name(row.scorer);
                let said: Text = match row.scorer {
                    Scorer::Learner(_) => say::LEARNER.with([("name", name.into())]),
                    Scorer::Rule(_) => say::COLUMN.with([("name", name.into())]),
                    Scorer::Response => (&say::RESPONSE).into(),
                    Scorer::Everybody => (&say::CONTACTALL).into(),
                    Scorer::Nobody => (&say::CONTACTNONE).into(),
                };
                table.push(vec![
                    Cell::text(offer.as_str()),
                    Cell::text(said),
                    row.areas.map_or(Cell::Missing, |areas| pair(areas.qini, areas.qini_se)),
                    row.areas.map_or(Cell::Missing, |areas| pair(areas.auuc, areas.auuc_se)),
                    row.rate.map_or(Cell::Missing, |rate| pair(rate.autoc, rate.autoc_se)),
                    Cell::Number(row.share, Unit::Share),
                    pair(row.gain.value, row.gain.se()),
                    pair(row.over_chance.value, row.over_chance.se()),
                ]);
            }
        }
        table
    }

    fn deciles_shown(&self) -> Table {
        let mut table =
            Table::with(&[&say::OFFER, &say::TENTH, &say::ESTIMATED, &say::PROMISED, &say::REALISED, &say::ERROR]);
        for (offer, rows) in self.read.offers.iter().zip(&self.deciles) {
            for row in rows {
                table.push(vec![
                    Cell::text(offer.as_str()),
                    Cell::Count(u64::from(row.decile)),
                    Cell::Number(row.estimated, DIGITS),
                    Cell::Number(row.promised, DIGITS),
                    Cell::Number(row.realised, DIGITS),
                    Cell::Number(row.realised_se, DIGITS),
                ]);
            }
        }
        table
    }
}

/// The curve with its interval, and chance.
fn curves(points: &[Point]) -> Curves {
    let line = |name: &'static crate::report::Phrase, baseline: bool, of: fn(&Point) -> f64| Curve {
        name: name.into(),
        baseline,
        points: points.iter().map(|point| (point.share, of(point))).collect(),
    };
    Curves {
        x: (&say::CONTACTED).into(),
        x_unit: Unit::Share,
        y: (&say::GAIN).into(),
        y_unit: DIGITS,
        curves: vec![
            line(&say::BYEFFECT, false, |point| point.gain.value),
            line(&say::LOWER, true, |point| point.gain.low),
            line(&say::UPPER, true, |point| point.gain.high),
            line(&say::ATRANDOM, true, |point| point.chance),
        ],
        marks: Vec::new(),
    }
}
