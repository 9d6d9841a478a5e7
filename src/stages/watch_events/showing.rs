//! What the report shows of triggers: what the night started, the past of each, and the levels of a lapse.

use super::writing::{named, share};
use super::{Night, say};
use crate::report::{Body, Cell, Chapter, Section, Table, Text, Unit, Value};
use crate::stage::Context;
use crate::tables::Date;
use crate::triggers::{Level, Silence, Truth};

impl Night {
    /// Figures and remarks for people.
    pub(super) fn tell(&self, cx: &mut Context) {
        let started = self.started.len();
        let held = self.started.iter().filter(|row| self.control[row.occurrence.person as usize]).count();
        let late = self.started.iter().filter(|row| row.day < self.night).count();
        cx.metric("started", started as f64);
        cx.metric("control", held as f64);
        cx.metric("caught_up", late as f64);
        cx.metric("waiting", self.waiting.len() as f64);
        for (place, rule) in self.rules.iter().enumerate() {
            let own = self.started.iter().filter(|row| row.occurrence.rule as usize == place).count();
            cx.metric(&format!("started_{}", rule.name), own as f64);
        }
        cx.note(say::STARTED.with([
            ("started", started.into()),
            ("control", held.into()),
            ("waiting", self.waiting.len().into()),
        ]));
        if late > 0 {
            cx.note(say::CAUGHT_UP.with([("late", late.into())]));
        }
    }

    pub(super) fn show(&self, cx: &mut Context) {
        cx.section(self.replay_shown(cx.step));
        if !self.levels.is_empty() {
            cx.section(self.levels_shown(cx.step));
        }
    }

    fn replay_shown(&self, step: &str) -> Section {
        let heads = [
            &say::TRIGGER,
            &say::TONIGHT,
            &say::WAITING,
            &say::FIRED,
            &say::A_NIGHT,
            &say::RIGHT_IF,
            &say::JUDGED,
            &say::PRECISION,
            &say::LOW,
            &say::HIGH,
            &say::LEAD_DAYS,
        ];
        let mut table = Table::with(&heads);
        let nights = (self.night - self.past.0 + 1) as f64;
        for (place, (rule, played)) in self.rules.iter().zip(&self.played).enumerate() {
            let [precision, low, high] = share(played.right, played.judged);
            let tonight = self.started.iter().filter(|row| row.occurrence.rule as usize == place).count();
            let days = Value::Count(rule.horizon.max(0) as u64);
            let truth: Text = match rule.trigger.truth {
                Truth::Fact => (&say::FACT).into(),
                Truth::Silence => say::SILENCE.with([("days", days)]),
                Truth::BoughtInTime => (&say::BOUGHT_IN_TIME).into(),
                Truth::Bought(days) => say::BOUGHT.with([("days", Value::Count(days as u64))]),
            };
            table.push(vec![
                Cell::Text(rule.name.clone()),
                Cell::Count(tonight as u64),
                Cell::Count(self.schedule.fates[place].waiting),
                Cell::Count(played.fired),
                Cell::Number(played.fired as f64 / nights, Unit::Number(1)),
                Cell::text(truth),
                Cell::Count(played.judged),
                number(precision, Unit::Share),
                number(low, Unit::Share),
                number(high, Unit::Share),
                number(played.lead, Unit::Number(0)),
            ]);
        }
        let date = |day: i64| Value::from(Date::from_days(day as i32).to_string());
        let lead = say::REPLAY_LEAD.with([("from", date(self.past.0)), ("until", date(self.night))]);
        Section::new(step, Body::Table(table)).heading(&say::REPLAY).lead(lead).chapter(Chapter::Lists)
    }

    fn levels_shown(&self, step: &str) -> Section {
        let heads =
            [&say::RULE, &say::FIRED, &say::PRECISION, &say::LOW, &say::HIGH, &say::MEDIAN_SILENCE, &say::CAUGHT];
        let mut table = Table::with(&heads);
        for level in &self.levels {
            let [precision, low, high] = share(level.right, level.fired);
            table.push(vec![
                Cell::text(said(level)),
                Cell::Count(level.fired),
                number(precision, Unit::Share),
                number(low, Unit::Share),
                number(high, Unit::Share),
                number(level.silent, Unit::Number(0)),
                number(share(level.caught, level.lost)[0], Unit::Share),
            ]);
        }
        let date = |day: i64| Value::from(Date::from_days(day as i32).to_string());
        let lead = say::LEVELS_LEAD.with([("from", date(self.past.0)), ("until", date(self.past.1))]);
        Section::new(step, Body::Table(table)).heading(&say::LEVELS).lead(lead).chapter(Chapter::Lists)
    }
}

fn number(value: f64, unit: Unit) -> Cell {
    if value.is_nan() { Cell::Missing } else { Cell::Number(value, unit) }
}

/// A rule of silence in words.
fn said(level: &Level) -> Text {
    let (_, figure, silent) = named(&level.silence);
    let times = Value::Number(figure, Unit::Number(1));
    match level.silence {
        Silence::Probability { .. } => {
            let silent = Value::Count(silent.unwrap_or(0).max(0) as u64);
            say::BY_PROBABILITY.with([("level", Value::Number(figure, Unit::Number(2))), ("silent", silent)])
        }
        Silence::Days(days) => say::BY_DAYS.with([("days", Value::Count(days.max(0) as u64))]),
        Silence::MedianGaps(_) => say::BY_MEDIAN.with([("times", times)]),
        Silence::MeanGaps(_) => say::BY_MEAN.with([("times", times)]),
        Silence::DrawnGaps(_) => say::BY_DRAWN.with([("times", times)]),
    }
}
