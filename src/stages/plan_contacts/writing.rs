//! The tables of contacts, outcomes, limits and the certificate, and the figures of a plan.

use super::Planned;
use super::limits::NamedLimit;
use super::reading::{LeftOut, UNIT};
use super::say;
use crate::diagnostics::Result;
use crate::planning::{Change, Measure, Sense, Standing, Why};
use crate::report::{Unit, Value};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::layouts::plan::{PLAN_CERTIFICATE, PLAN_LIMITS, PLAN_OUTCOMES, PLANNED_CONTACTS};

/// What became of a customer.
pub(super) struct Outcome {
    pub(super) name: &'static str,
    /// The candidate that came nearest.
    nearest: Option<u32>,
    short_by: f64,
    limit: Option<usize>,
}

impl Outcome {
    fn plain(name: &'static str) -> Outcome {
        Outcome { name, nearest: None, short_by: f64::NAN, limit: None }
    }

    fn of(why: Why) -> Outcome {
        let near = |name, candidate| Outcome { nearest: Some(candidate), ..Outcome::plain(name) };
        match why {
            Why::NoValue { candidate } => near("no_value", candidate),
            Why::Household { candidate } => near("household", candidate),
            Why::LastPlaces { candidate } => near("last_places", candidate),
            Why::Limits { candidate, short_by, limit } => {
                Outcome { short_by: short_by as f64 / UNIT, limit: Some(limit), ..near("limits", candidate) }
            }
        }
    }
}

/// The standing as the table has it.
fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Meets => "meets",
        Standing::Impossible => "impossible",
        Standing::NotFound => "not_found",
    }
}

impl Planned {
    pub(super) fn write(&self, cx: &mut Context) -> Result<()> {
        self.write_contacts(cx)?;
        self.write_outcomes(cx)?;
        self.write_limits(cx)?;
        self.write_certificate(cx)
    }

    /// The row of the candidates' columns that a candidate of the plan comes from, and its place among the rows that were read.
    fn row(&self, candidate: u32) -> (usize, usize) {
        let place = self.choices.row(candidate);
        (self.read.row[place] as usize, place)
    }

    fn write_contacts(&self, cx: &mut Context) -> Result<()> {
        let read = &self.read;
        let planned = self.plan.chosen.iter().map(|candidate| (self.row(*candidate), false));
        let ghosts = self.ghosts.iter().map(|place| ((read.row[*place] as usize, *place), true));
        let mut rows: Vec<((usize, usize), bool)> = planned.chain(ghosts).collect();
        // By customer: households may stand in another order.
        rows.sort_by_key(|((row, place), _)| (read.person[*place], read.slot.of[*row], read.offer.of[*row]));
        let (rows, held): (Vec<(usize, usize)>, Vec<bool>) = rows.into_iter().unzip();
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|(_, place)| &read.customers[read.person[*place] as usize]))
            .text("offer", rows.iter().map(|(row, _)| read.offer.get(*row).unwrap_or_default()))
            .maybe_text("channel", rows.iter().map(|(row, _)| read.channel.get(*row)))
            .maybe_text("slot", rows.iter().map(|(row, _)| read.slot.get(*row)))
            .maybe_text("segment", rows.iter().map(|(row, _)| read.segment.get(*row)))
            .maybe_text("household", rows.iter().map(|(row, _)| read.household.get(*row)))
            .number("value", rows.iter().map(|(_, place)| read.value[*place] as f64 / UNIT))
            .number("cost", rows.iter().map(|(_, place)| read.cost[*place] as f64 / UNIT))
            .boolean("control", held);
        cx.write(MAIN, &PLANNED_CONTACTS, &[columns.batch()])
    }

    /// What became of each customer, by number.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let left_out = |left: &Option<LeftOut>| Outcome::plain(left.map_or("no_candidate", LeftOut::name));
        let mut outcomes: Vec<Outcome> = self.read.left_out.iter().map(left_out).collect();
        for candidate in &self.plan.chosen {
            let (_, place) = self.row(*candidate);
            outcomes[self.read.person[place] as usize] = Outcome::plain("planned");
        }
        for (person, why) in &self.without {
            outcomes[*person as usize] = Outcome::of(*why);
        }
        outcomes
    }

    fn write_outcomes(&self, cx: &mut Context) -> Result<()> {
        let (read, outcomes) = (&self.read, self.outcomes());
        let nearest = |outcome: &Outcome| outcome.nearest.map(|candidate| self.row(candidate).0);
        let limit = |outcome: &Outcome| outcome.limit.map(|limit| self.limits[limit].name.as_str());
        let mut columns = Columns::new();
        columns
            .text("customer", &read.customers)
            .text("outcome", outcomes.iter().map(|outcome| outcome.name))
            .maybe_text("offer", outcomes.iter().map(|outcome| nearest(outcome).and_then(|row| read.offer.get(row))))
            .maybe_text(
                "channel",
                outcomes.iter().map(|outcome| nearest(outcome).and_then(|row| read.channel.get(row))),
            )
            .maybe_text("slot", outcomes.iter().map(|outcome| nearest(outcome).and_then(|row| read.slot.get(row))))
            .maybe_number("short_by", outcomes.iter().map(|outcome| outcome.short_by))
            .maybe_text("limit", outcomes.iter().map(limit));
        cx.write("outcomes", &PLAN_OUTCOMES, &[columns.batch()])
    }

    /// What is used of a limit, as people read it.
    pub(super) fn used(&self, place: usize) -> f64 {
        let used = &self.plan.uses[place];
        match self.limits[place].limit.measure {
            Measure::Share(_) if used.of == 0 => 0.0,
            Measure::Share(_) => used.used as f64 / used.of as f64,
            _ => self.limits[place].shown(used.used as f64),
        }
    }

    /// Whether the plan meets all limits; if not, its bound and its prices are made of penalties and are no money.
    pub(super) fn meets(&self) -> bool {
        self.plan.standing == Standing::Meets
    }

    /// What one unit of a limit is worth: a contact in ten-thousandths of the currency unit, of costs a currency unit in the same; not a
    /// number where the plan does not meet the limits.
    pub(super) fn price(&self, place: usize) -> f64 {
        if !self.meets() {
            return f64::NAN;
        }
        let price = self.plan.uses[place].price;
        if self.limits[place].limit.measure == Measure::Costs { price * UNIT } else { price }
    }

    fn write_limits(&self, cx: &mut Context) -> Result<()> {
        let places = 0..self.limits.len();
        let of = |place: usize| &self.limits[place];
        let counts = |limit: &NamedLimit| match limit.limit.measure {
            Measure::Contacts => "contacts",
            Measure::Costs => "costs",
            Measure::Share(_) => "share",
        };
        let bound = |place: usize, change: &Option<Change>| {
            change.map_or(f64::NAN, |change| of(place).shown(change.bound as f64))
        };
        let expected = |change: &Option<Change>| {
            change.filter(|change| change.possible && self.meets()).map_or(f64::NAN, |change| change.expected / UNIT)
        };
        let mut columns = Columns::new();
        columns
            .text("limit", places.clone().map(|place| &of(place).name))
            .text("counts", places.clone().map(|place| counts(of(place))))
            .text(
                "sense",
                places.clone().map(|place| if of(place).limit.sense == Sense::AtMost { "at_most" } else { "at_least" }),
            )
            .number("bound", places.clone().map(|place| of(place).shown(of(place).limit.bound as f64)))
            .number("used", places.clone().map(|place| self.used(place)))
            .number("short", places.clone().map(|place| of(place).shown(self.plan.uses[place].short as f64)))
            .maybe_number("price", places.clone().map(|place| self.price(place) / UNIT))
            .maybe_number("lower_bound", places.clone().map(|place| bound(place, &self.changes[place][0])))
            .maybe_number("value_at_lower", places.clone().map(|place| expected(&self.changes[place][0])))
            .maybe_number("upper_bound", places.clone().map(|place| bound(place, &self.changes[place][1])))
            .maybe_number("value_at_upper", places.map(|place| expected(&self.changes[place][1])));
        cx.write("limits", &PLAN_LIMITS, &[columns.batch()])
    }

    /// Customers with a contact.
    pub(super) fn reached(&self) -> usize {
        let mut persons: Vec<u32> =
            self.plan.chosen.iter().map(|candidate| self.read.person[self.row(*candidate).1]).collect();
        persons.sort_unstable();
        persons.dedup();
        persons.len()
    }

    fn write_certificate(&self, cx: &mut Context) -> Result<()> {
        let plan = &self.plan;
        let cost: i128 = plan.costs.iter().sum();
        let mut columns = Columns::new();
        columns
            .number("value", [plan.value as f64 / UNIT])
            .maybe_number("bound", [if self.meets() { plan.bound as f64 / UNIT } else { f64::NAN }])
            .maybe_number("gap", [plan.gap()])
            .boolean("best", [plan.best])
            .text("standing", [standing(plan.standing)])
            .integer("contacts", [plan.chosen.len() as i64])
            .integer("customers", [self.reached() as i64])
            .number("cost", [cost as f64 / UNIT])
            .integer("passes", [plan.passes as i64]);
        cx.write("certificate", &PLAN_CERTIFICATE, &[columns.batch()])
    }

    /// Figures and remarks for people.
    pub(super) fn tell(&self, cx: &mut Context) {
        let plan = &self.plan;
        cx.metric("contacts", plan.chosen.len() as f64);
        cx.metric("held_back", self.ghosts.len() as f64);
        cx.metric("value", plan.value as f64 / UNIT);
        if self.meets() {
            cx.metric("bound", plan.bound as f64 / UNIT);
            cx.metric("gap", plan.gap());
        }
        for left in LeftOut::ALL {
            cx.metric(left.name(), self.read.left_out.iter().filter(|found| **found == Some(left)).count() as f64);
        }
        for (limit, used) in self.limits.iter().zip(&plan.uses).filter(|(_, used)| used.short > 0) {
            let said = if plan.standing == Standing::Impossible { &say::SHORT } else { &say::SHORT_HERE };
            let number = |amount: f64| Value::Number(limit.shown(amount), Unit::Number(0));
            cx.note(said.with([
                ("limit", limit.name.as_str().into()),
                ("bound", number(limit.limit.bound as f64)),
                ("used", number(used.used as f64)),
            ]));
        }
        if plan.standing == Standing::NotFound && plan.uses.iter().all(|used| used.short == 0) {
            cx.note(&say::NOT_FOUND);
        }
    }
}
