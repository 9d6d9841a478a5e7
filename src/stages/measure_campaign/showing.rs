//! What the report shows of campaigns: per list the money it earned with its interval and what to do next, and what spoils the comparison.

use super::Results;
use super::measuring::{Compared, Decision, LEAST_PERSONS, Measured, Role, enough, money};
use super::say;
use super::settings::{MeasureCampaign, Outcome};
use crate::report::{Body, Cell, Chapter, Phrase, Section, Table, Text, Unit, Value};
use crate::stage::Context;

/// Ten-thousandths of a currency unit.
const UNIT: f64 = 10_000.0;

impl Results {
    pub(super) fn show(&self, settings: &MeasureCampaign, cx: &mut Context) {
        if self.compared.is_empty() {
            return;
        }
        let mut table = Table::with(&[
            &say::LIST,
            &say::ARM,
            &say::WERE_CONTACTED,
            &say::LEFT_ALONE,
            &say::MATURED,
            &say::LIFT,
            &say::EARNED,
            &say::BETWEEN,
            &say::NEXT,
        ]);
        for arm in &self.compared {
            table.push(self.row(settings, arm));
        }
        let lead = say::LEAD.with([("outcome", outcome_in_words(settings.primary.outcome).into())]);
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::HEADING).lead(lead);
        cx.section(section.chapter(Chapter::Lists));
        let dry = self.compared.iter().filter_map(|arm| Some((arm, arm.dry_runs?)));
        let mut table = Table::with(&[&say::LIST, &say::SPLITS, &say::ALARMS, &say::ALARMS_BETWEEN]);
        for (arm, dry) in dry {
            let ends = [("low", share(dry.low)), ("high", share(dry.high))];
            table.push(vec![
                Cell::Text(arm.list.clone()),
                Cell::Count(dry.splits),
                Cell::Number(dry.rate, Unit::Share),
                Cell::text(say::TO.with(ends)),
            ]);
        }
        if !table.rows.is_empty() {
            let section = Section::new(cx.step, Body::Table(table)).heading(&say::DRY_HEADING).lead(&say::DRY_LEAD);
            cx.section(section.chapter(Chapter::Lists));
        }
    }

    fn row(&self, settings: &MeasureCampaign, arm: &Compared) -> Vec<Cell> {
        let name = [Cell::Text(arm.list.clone()), Cell::Text(arm.arm.clone())];
        let next = Cell::text(self.next(settings, arm));
        let Some(primary) = arm.primary() else {
            let missing = std::iter::repeat_n(Cell::Missing, 6);
            return name.into_iter().chain(missing).chain([next]).collect();
        };
        let lift = primary.lift.map_or(Cell::Missing, |lift| Cell::Number(lift.value, Unit::Share));
        // Money where the primary outcome is none: revenue.
        let of_money = |measured: &&Measured| measured.outcome == Outcome::Revenue && measured.role != Role::Beside;
        let paid = if money(primary).is_some() { Some(primary) } else { arm.outcomes.iter().find(of_money) };
        let (earned, between) = match paid.and_then(|measured| Some((measured, money(measured)?))) {
            Some((measured, persons)) => {
                let of = |amount: f64| Value::Number(persons * amount * UNIT, Unit::Money);
                let ends = [("low", of(measured.found.low)), ("high", of(measured.found.high))];
                let earned = Cell::Number(persons * measured.found.difference * UNIT, Unit::Money);
                (earned, Cell::text(say::TO.with(ends)))
            }
            None => (Cell::Missing, Cell::Missing),
        };
        let cells = [
            Cell::Count(primary.found.treated.n),
            Cell::Count(primary.found.control.n),
            Cell::Number(arm.matured, Unit::Share),
            lift,
            earned,
            between,
            next,
        ];
        name.into_iter().chain(cells).collect()
    }

    /// What to do next, and why, in a sentence.
    fn next(&self, settings: &MeasureCampaign, arm: &Compared) -> Text {
        let raw = arm.outcomes.iter().find(|measured| measured.role == Role::Beside);
        let primary = arm.primary();
        let few = match (primary, raw) {
            (Some(primary), Some(raw)) => {
                settings.primary.outcome == Outcome::Revenue && primary.found.difference * raw.found.difference < 0.0
            }
            _ => false,
        };
        match arm.decision {
            Decision::Repeat if few => (&say::REPEAT_FEW).into(),
            Decision::Repeat => (&say::REPEAT).into(),
            Decision::Change if primary.is_some_and(|primary| primary.real) => (&say::CHANGE_COSTS).into(),
            Decision::Change => (&say::CHANGE_IT).into(),
            Decision::Stop => (&say::STOP).into(),
            Decision::KeepRunning => (&say::KEEP_RUNNING).into(),
            Decision::CannotBeMeasured if arm.control == 0 => (&say::NO_CONTROL_NEXT).into(),
            Decision::CannotBeMeasured if arm.is_broken() => (&say::BROKEN_NEXT).into(),
            Decision::CannotBeMeasured if primary.is_some_and(|primary| !enough(&primary.found)) => {
                say::FEW.with([("persons", Value::Count(LEAST_PERSONS))])
            }
            Decision::CannotBeMeasured if primary.is_none() => (&say::NOT_ALIKE).into(),
            Decision::CannotBeMeasured => match primary.and_then(|primary| primary.smallest_share) {
                Some(smallest) => say::TOO_SMALL_SHARE.with([("share", share(smallest))]),
                None => (&say::TOO_SMALL).into(),
            },
        }
    }
}

fn outcome_in_words(outcome: Outcome) -> &'static Phrase {
    match outcome {
        Outcome::Revenue => &say::REVENUE,
        Outcome::Conversion => &say::CONVERSION,
        Outcome::Margin => &say::MARGIN,
        Outcome::Units => &say::UNITS,
        Outcome::OrderValue => &say::ORDER_VALUE,
    }
}

fn share(share: f64) -> Value {
    Value::Number(share, Unit::Share)
}
