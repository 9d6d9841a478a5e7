//! The tables of contacts that the night starts, of what waits, and of the past.

use super::Night;
use super::say;
use crate::diagnostics::Result;
use crate::numeric::shares::{Z95, wilson};
use crate::orders::NONE;
use crate::report::{Text, Unit, Value};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::Date;
use crate::tables::layouts::triggers::{
    TRIGGERED, TRIGGERS_LEVELS, TRIGGERS_OUTCOMES, TRIGGERS_REPLAY, TRIGGERS_WAITING,
};
use crate::triggers::{CLASSES, NEVER, Occurrence, Rule, Silence, Truth, key};

/// A date column's day.
fn day(day: i64) -> i32 {
    day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

/// A share of some cases with its 95 % interval; NaN without cases.
pub(super) fn share(part: u64, all: u64) -> [f64; 3] {
    if all == 0 {
        return [f64::NAN; 3];
    }
    let (low, high) = wilson(part, all, Z95);
    [part as f64 / all as f64, low, high]
}

/// The name and the figure of a rule of silence, with its least days of silence.
pub(super) fn named(silence: &Silence) -> (&'static str, f64, Option<i64>) {
    match *silence {
        Silence::Probability { level, silent } => ("probability", level, Some(silent)),
        Silence::Days(days) => ("days", days as f64, None),
        Silence::MedianGaps(times) => ("median_gaps", times, None),
        Silence::MeanGaps(times) => ("mean_gaps", times, None),
        Silence::DrawnGaps(times) => ("drawn_gaps", times, None),
    }
}

impl Night {
    pub(super) fn write(&self, cx: &mut Context) -> Result<()> {
        self.write_main(cx)?;
        self.write_waiting(cx)?;
        self.write_replay(cx)?;
        self.write_levels(cx)?;
        self.write_outcomes(cx)
    }

    /// All who are watched: a list made of the night then knows whom an objection means, also where nothing starts for them.
    fn write_outcomes(&self, cx: &mut Context) -> Result<()> {
        let mut outcomes = vec!["nothing"; self.customers.len()];
        for waiting in &self.waiting {
            outcomes[waiting.occurrence.person as usize] = "waiting";
        }
        for started in &self.started {
            let person = started.occurrence.person as usize;
            outcomes[person] = if self.control[person] { "control" } else { "started" };
        }
        let mut columns = Columns::new();
        columns.text("customer", &self.customers).text("outcome", outcomes);
        cx.write("outcomes", &TRIGGERS_OUTCOMES, &[columns.batch()])
    }

    pub(super) fn rule(&self, one: &Occurrence) -> &Rule {
        &self.rules[one.rule as usize]
    }

    fn customer(&self, one: &Occurrence) -> &str {
        &self.customers[one.person as usize]
    }

    fn subject(&self, one: &Occurrence) -> Option<&str> {
        (one.subject != NONE).then(|| self.subjects.get(one.subject))
    }

    fn key(&self, one: &Occurrence) -> String {
        key(self.rule(one), self.subject(one), one.cause)
    }

    /// Ranks contacts of all triggers: by class, then by strength.
    fn score(&self, one: &Occurrence) -> f64 {
        let strength = one.score.max(0.0);
        CLASSES.len() as f64 - self.rule(one).class as usize as f64 + strength / (1.0 + strength)
    }

    /// Why, in words.
    fn reason(&self, one: &Occurrence) -> Text {
        let rule = self.rule(one);
        let date = Value::from(Date::from_days(day(one.cause)).to_string());
        let about = Value::from(self.subject(one).unwrap_or(&rule.name).to_owned());
        let chance = Value::Number(one.score, Unit::Share);
        let days = Value::Count(rule.horizon.max(0) as u64);
        match rule.trigger.name {
            "first_order" => say::FIRST_ORDER.with([("date", date)]),
            "second_order" => say::SECOND_ORDER.with([("date", date), ("days", days), ("chance", chance)]),
            "lapse" => say::LAPSE.with([("date", date), ("days", days), ("chance", chance)]),
            "replenishment" => say::REPLENISHMENT.with([("item", about), ("date", date)]),
            "big_basket" => say::BIG_BASKET.with([("date", date)]),
            "birthday" => say::BIRTHDAY.with([("date", date)]),
            "anniversary" => say::ANNIVERSARY.with([("date", date)]),
            "complaint" => say::COMPLAINT.with([("date", date)]),
            "low_rating" => say::LOW_RATING.with([("date", date)]),
            "price_drop" => say::PRICE_DROP.with([("item", about), ("share", chance), ("date", date)]),
            "back_in_stock" => say::BACK_IN_STOCK.with([("item", about), ("date", date)]),
            "contract_end" => say::CONTRACT_END.with([("date", date)]),
            "points_expiring" => say::POINTS_EXPIRING.with([("date", date)]),
            "stage_change" => say::STAGE_CHANGE.with([("stage", about), ("date", date)]),
            "loyalty_drop" => say::LOYALTY_DROP.with([("date", date)]),
            "value_drop" => say::VALUE_DROP.with([("date", date)]),
            _ => say::CONDITION.with([("name", rule.name.as_str().into()), ("date", date)]),
        }
    }

    fn write_main(&self, cx: &mut Context) -> Result<()> {
        let rows = &self.started;
        let of = |row: &crate::triggers::Winner| row.occurrence;
        let channel = |one: &Occurrence| {
            let channel = self.rule(one).channel;
            (channel != NONE).then(|| self.channels.get(channel))
        };
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| self.customer(&row.occurrence)))
            .text("trigger", rows.iter().map(|row| &self.rule(&row.occurrence).name))
            .maybe_text("subject", rows.iter().map(|row| self.subject(&row.occurrence)))
            .text("cause", rows.iter().map(|row| self.key(&row.occurrence)))
            .date("cause_date", rows.iter().map(|row| day(of(row).cause)))
            .date("scheduled", rows.iter().map(|row| day(row.day)))
            .date("due", rows.iter().map(|row| day(of(row).due)))
            .date("expires", rows.iter().map(|row| day(of(row).expires)))
            .text("priority", rows.iter().map(|row| self.rule(&row.occurrence).class.row().name))
            .maybe_text("channel", rows.iter().map(|row| channel(&row.occurrence)))
            .boolean("control", rows.iter().map(|row| self.control[of(row).person as usize]))
            .number("strength", rows.iter().map(|row| of(row).score))
            .number("score", rows.iter().map(|row| self.score(&row.occurrence)))
            .text("reason_1", rows.iter().map(|row| cx.speech.in_words(&self.reason(&row.occurrence))));
        cx.write(MAIN, &TRIGGERED, &[columns.batch_of(&TRIGGERED)])
    }

    fn write_waiting(&self, cx: &mut Context) -> Result<()> {
        let rows = &self.waiting;
        let next = |row: &crate::triggers::Waiting| (row.next != NEVER).then(|| day(row.next));
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| self.customer(&row.occurrence)))
            .text("trigger", rows.iter().map(|row| &self.rule(&row.occurrence).name))
            .maybe_text("subject", rows.iter().map(|row| self.subject(&row.occurrence)))
            .text("cause", rows.iter().map(|row| self.key(&row.occurrence)))
            .date("cause_date", rows.iter().map(|row| day(row.occurrence.cause)))
            .text("why", rows.iter().map(|row| row.why.row().1))
            .maybe_date("next", rows.iter().map(next))
            .date("expires", rows.iter().map(|row| day(row.occurrence.expires)))
            .boolean("lost", rows.iter().map(|row| row.next > row.occurrence.expires));
        cx.write("waiting", &TRIGGERS_WAITING, &[columns.batch_of(&TRIGGERS_WAITING)])
    }

    fn write_replay(&self, cx: &mut Context) -> Result<()> {
        let rows: Vec<_> = self.rules.iter().zip(&self.played).zip(&self.schedule.fates).collect();
        let nights = (self.night - self.past.0 + 1) as f64;
        let truth = |rule: &Rule| match rule.trigger.truth {
            Truth::Fact => "fact",
            Truth::Silence => "silence",
            Truth::BoughtInTime => "bought_in_time",
            Truth::Bought(_) => "bought",
        };
        let shares: Vec<[f64; 3]> = rows.iter().map(|((_, played), _)| share(played.right, played.judged)).collect();
        let mut columns = Columns::new();
        columns
            .text("trigger", rows.iter().map(|((rule, _), _)| &rule.name))
            .date("from", rows.iter().map(|_| day(self.past.0)))
            .date("until", rows.iter().map(|_| day(self.night)))
            .integer("fired", rows.iter().map(|((_, played), _)| played.fired as i64))
            .integer("customers", rows.iter().map(|((_, played), _)| played.persons as i64))
            .number("a_night", rows.iter().map(|((_, played), _)| played.fired as f64 / nights))
            .text("truth", rows.iter().map(|((rule, _), _)| truth(rule)))
            .integer("judged", rows.iter().map(|((_, played), _)| played.judged as i64))
            .integer("right", rows.iter().map(|((_, played), _)| played.right as i64))
            .maybe_number("precision", shares.iter().map(|share| share[0]))
            .maybe_number("low", shares.iter().map(|share| share[1]))
            .maybe_number("high", shares.iter().map(|share| share[2]))
            .maybe_number("lead_days", rows.iter().map(|((_, played), _)| played.lead))
            .integer("scheduled", rows.iter().map(|(_, fates)| fates.won as i64))
            .integer("waiting", rows.iter().map(|(_, fates)| fates.waiting as i64))
            .integer("over", rows.iter().map(|(_, fates)| fates.over as i64))
            .integer("expired", rows.iter().map(|(_, fates)| fates.expired as i64))
            .integer("repeated", rows.iter().map(|(_, fates)| fates.repeated as i64));
        cx.write("replay", &TRIGGERS_REPLAY, &[columns.batch_of(&TRIGGERS_REPLAY)])
    }

    fn write_levels(&self, cx: &mut Context) -> Result<()> {
        let rows = &self.levels;
        let shares: Vec<[f64; 3]> = rows.iter().map(|level| share(level.right, level.fired)).collect();
        let mut columns = Columns::new();
        columns
            .text("rule", rows.iter().map(|level| named(&level.silence).0))
            .number("level", rows.iter().map(|level| named(&level.silence).1))
            .maybe_integer("silent", rows.iter().map(|level| named(&level.silence).2))
            .integer("fired", rows.iter().map(|level| level.fired as i64))
            .integer("right", rows.iter().map(|level| level.right as i64))
            .maybe_number("precision", shares.iter().map(|share| share[0]))
            .maybe_number("low", shares.iter().map(|share| share[1]))
            .maybe_number("high", shares.iter().map(|share| share[2]))
            .maybe_number("median_silence", rows.iter().map(|level| level.silent))
            .integer("lost", rows.iter().map(|level| level.lost as i64))
            .integer("caught", rows.iter().map(|level| level.caught as i64));
        cx.write("levels", &TRIGGERS_LEVELS, &[columns.batch_of(&TRIGGERS_LEVELS)])
    }
}
