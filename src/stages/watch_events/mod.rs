//! `watch-events`: what happens in customers' lives starts one contact, once.
//!
//! [`settings`] has what can be set; [`reading`] reads tables of dates and the ledger; [`writing`] makes the tables and [`showing`] the
//! sections of the report.

mod reading;
mod settings;
mod showing;
mod writing;

use self::reading::Ledger;
use self::settings::WatchEvents;
use super::examples;
use super::holdouts::unit_of;
use super::orders::{History, Wanted, orders};
use super::persons::Places;
use super::select_targets::CONTROL_SHARE;
use super::words::watch_events as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{NONE, Names};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::triggers::{
    TRIGGERED, TRIGGERS_LEVELS, TRIGGERS_OUTCOMES, TRIGGERS_REPLAY, TRIGGERS_WAITING,
};
use crate::triggers::{
    Cap, Level, Needs, Played, Rule, SILENCES, Schedule, Sent, Shop, Waiting, Winner, blocks, levels, replay, schedule,
    tonight,
};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "watch-events",
    version: 1,
    meaning: "Events in customers' lives that each start one contact, once: first order, lapse, replenishment, complaint and others, with what they would have found in the past.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.tonight]
kind = "watch-events"
orders = "orders"
start = "2025-01-01"
triggers = [{ on = "first_order" }, { on = "lapse", level = 0.4 }, { on = "replenishment" }]
"#,
    ],
    read: read_as::<WatchEvents>,
    schema: schema_of::<WatchEvents>,
};

/// What triggers look at.
const WANTED: Wanted = Wanted {
    orders: false,
    items: true,
    names: false,
    categories: false,
    quantities: true,
    amounts: true,
    returns: true,
    anonymous: false,
};

/// What a night found.
struct Night {
    /// Account ids by number.
    customers: Vec<String>,
    /// Subjects by number, items first.
    subjects: Names,
    channels: Names,
    rules: Vec<Rule>,
    schedule: Schedule,
    /// What this night starts.
    started: Vec<Winner>,
    /// Whom it holds back, by customer.
    control: Vec<bool>,
    /// What is deferred.
    waiting: Vec<Waiting>,
    /// The first night of the past that was looked at, and the last that can be judged by silence.
    past: (i64, i64),
    /// By rule.
    played: Vec<Played>,
    levels: Vec<Level>,
    /// The night.
    night: i64,
}

impl Stage for WatchEvents {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.orders.input("orders", Need::Table(&ORDERS))];
        inputs.extend(self.contacts.iter().map(|stage| stage.input("contacts", Need::Table(&CONTACTS))));
        let tables = self.triggers.iter().filter_map(|watched| watched.from.as_ref());
        inputs.extend(tables.map(|stage| stage.input("triggers", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&TRIGGERED)
            .and("waiting", &TRIGGERS_WAITING)
            .and("replay", &TRIGGERS_REPLAY)
            .and("levels", &TRIGGERS_LEVELS)
            .and("outcomes", &TRIGGERS_OUTCOMES)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn speaks(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = orders(cx, &self.orders.0, WANTED)?;
        cx.made.rows_in = history.orders.lines() as u64;
        let night = self.night(cx, &history)?;
        night.write(cx)?;
        night.tell(cx);
        night.show(cx);
        Ok(())
    }
}

impl WatchEvents {
    fn night(&self, cx: &mut Context, history: &History) -> Result<Night> {
        let Some(start) = self.first_night().map(|date| i64::from(date.days())) else {
            return Problem::new(&codes::BAD_VALUE, "`start` is no date").err();
        };
        let night = i64::from(cx.as_of()?.days());
        let customers = history.customers.to_vec();
        let places = Places::of(&customers);
        let (mut subjects, mut channels) = (history.items.clone(), Names::new());
        let mut rules: Vec<Rule> = Vec::new();
        let mut tables = Vec::new();
        for watched in &self.triggers {
            let mut rule = watched.rule();
            rule.channel = watched.channel.as_deref().map_or(NONE, |channel| channels.intern(&plain(channel)));
            if let Some(from) = &watched.from {
                rule.table = Some(tables.len());
                tables.push(watched.rows(cx, &from.0, &places, &mut subjects, start)?);
            }
            rule.subjects = watched.subjects.iter().map(|subject| subjects.intern(subject)).collect();
            rules.push(rule);
        }
        let mut caps: Vec<Cap> = Vec::new();
        caps.extend(self.cool_down.iter().map(|span| Cap { channel: NONE, most: 1, days: span.days() }));
        caps.extend(self.caps.iter().map(|cap| Cap {
            channel: cap.channel.as_deref().map_or(NONE, |channel| channels.intern(&plain(channel))),
            most: cap.most.get() as usize,
            days: cap.within.days(),
        }));
        let ledger = match &self.contacts {
            Some(stage) => Ledger::read(cx, &stage.0, &places, &rules, &mut channels)?,
            None => {
                cx.note(&say::NO_LEDGER);
                Ledger::default()
            }
        };
        cx.metric(CONTROL_SHARE, self.control.get());
        let shop = Shop::new(history.known(cx)?, tables, &rules, self.settled.days());
        let ground = shop.ground(&rules, start);
        let (found, blocks) = (ground.occurrences(&rules), blocks(&ground, &rules));
        let schedule = schedule(&rules, &caps, &found, &ledger.others, &blocks, start, night);
        let named = |subject: u32| (subject != NONE).then(|| subjects.get(subject).to_owned());
        let sent = Sent::new(ledger.caused, night);
        let (started, later) = tonight(&schedule, &rules, named, &sent, &blocks, night);
        let waiting = schedule.waiting.iter().copied().chain(later).collect();
        let begins = history.orders.span().map_or(night, |span| crate::numeric::calendar::day_of(span.0) + 1);
        let from = (night - self.replay.days()).max(begins).min(night);
        let past = shop.ground(&rules, from);
        let played = replay(&past, &rules);
        let lapse = rules.iter().find(|rule| rule.trigger.name == "lapse");
        let until = lapse.map_or(night, |rule| night - rule.horizon).max(from);
        let levels = lapse.map_or_else(Vec::new, |rule| levels(&past, rule, &SILENCES, until));
        let foresees = rules.iter().any(|rule| rule.trigger.needs == Needs::Buying);
        for fitted in ground.fits().without_buying().filter(|_| foresees) {
            let date = crate::tables::Date::from_days(fitted as i32);
            cx.note(say::NO_FIT.with([("date", date.to_string().into())]));
        }
        if start > night {
            cx.note(say::NOT_STARTED.with([("start", self.start.as_str().into())]));
        }
        let share = self.control.get();
        let control = customers
            .iter()
            .map(|name| crate::campaigns::in_control(&unit_of(name, None), &self.salt, share))
            .collect();
        let past = (from, until);
        Ok(Night {
            customers,
            subjects,
            channels,
            rules,
            schedule,
            started,
            control,
            waiting,
            past,
            played,
            levels,
            night,
        })
    }
}

/// A channel without capitals and blanks around it.
fn plain(channel: &str) -> String {
    channel.trim().to_lowercase()
}
