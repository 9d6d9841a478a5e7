//! What the report shows of a plan: how good it is proven to be, what the limits cost, and what became of everybody.

use super::Planned;
use super::limits::NamedLimit;
use super::say;
use crate::planning::{Measure, Sense, Standing};
use crate::report::{Body, Cell, Chapter, Section, Table, Text, Unit, Value};
use crate::stage::Context;

impl Planned {
    pub(super) fn show(&self, cx: &mut Context) {
        if !self.limits.is_empty() {
            cx.section(self.limits_shown(cx.step));
        }
        cx.section(self.outcomes_shown(cx.step));
    }

    /// How good the plan is, in a sentence.
    fn proof(&self) -> Text {
        let money = |amount: i128| Value::Number(amount as f64, Unit::Money);
        let (value, contacts) = (money(self.plan.value), self.plan.chosen.len().into());
        match self.plan.standing {
            Standing::Meets if self.plan.best => say::BEST.with([("value", value), ("contacts", contacts)]),
            Standing::Meets => {
                let short = (self.plan.bound - self.plan.value).max(0);
                let bound = money(self.plan.bound);
                say::NEARLY.with([("value", value), ("contacts", contacts), ("bound", bound), ("short", money(short))])
            }
            Standing::Impossible => say::IMPOSSIBLE.with([("value", value), ("contacts", contacts)]),
            Standing::NotFound => say::UNMET.with([("value", value), ("contacts", contacts)]),
        }
    }

    fn limits_shown(&self, step: &str) -> Section {
        let heads =
            [&say::LIMIT, &say::SENSE, &say::BOUND, &say::USED, &say::PRICE, &say::MEANING, &say::LESS, &say::MORE];
        let mut table = Table::with(&heads);
        for (place, limit) in self.limits.iter().enumerate() {
            let sense = if limit.limit.sense == Sense::AtMost { &say::AT_MOST } else { &say::AT_LEAST };
            table.push(vec![
                Cell::Text(limit.name.clone()),
                Cell::text(sense),
                Cell::Number(limit.shown(limit.limit.bound as f64), unit(limit)),
                Cell::Number(self.used(place), unit(limit)),
                if self.meets() { Cell::Number(self.price(place), Unit::Money) } else { Cell::Missing },
                Cell::text(self.meaning(place)),
                self.change(place, 0),
                self.change(place, 1),
            ]);
        }
        let lead = say::LEAD.with([("proof", self.proof().into())]);
        Section::new(step, Body::Table(table)).heading(&say::HEADING).lead(lead).chapter(Chapter::Lists)
    }

    /// What another bound would change the value by.
    fn change(&self, place: usize, side: usize) -> Cell {
        match &self.changes[place][side] {
            // That minimums cannot be met is read off prices here, which proves nothing.
            Some(change) if change.possible && self.meets() => Cell::text(say::CHANGE.with([
                ("money", Value::Number(change.expected, Unit::Money)),
                ("bound", Value::Number(self.limits[place].shown(change.bound as f64), unit(&self.limits[place]))),
            ])),
            _ => Cell::Missing,
        }
    }

    /// A limit's price in words.
    fn meaning(&self, place: usize) -> Text {
        if !self.meets() {
            return (&say::NO_PRICE).into();
        }
        let (limit, price) = (&self.limits[place], self.price(place));
        // Less than a hundredth of the smallest coin.
        if price < 1.0 {
            return (&say::SLACK).into();
        }
        let said = match (&limit.limit.measure, limit.limit.sense) {
            (Measure::Contacts, Sense::AtMost) => &say::ONE_MORE,
            (Measure::Contacts, Sense::AtLeast) => &say::FORCED,
            (Measure::Costs, Sense::AtMost) => &say::UNIT_MORE,
            (Measure::Costs, Sense::AtLeast) => &say::UNIT_FORCED,
            (Measure::Share(_), _) => &say::SHARE_FORCED,
        };
        said.with([("price", Value::Number(price, Unit::Money))])
    }

    fn outcomes_shown(&self, step: &str) -> Section {
        let outcomes = self.outcomes();
        let rows = [
            ("planned", &say::PLANNED),
            ("limits", &say::LIMITS),
            ("no_value", &say::NO_VALUE),
            ("last_places", &say::LAST_PLACES),
            ("household", &say::HOUSEHOLD),
            ("control", &say::CONTROL),
            ("global_control", &say::GLOBAL_CONTROL),
            ("washing_out", &say::WASHING_OUT),
            ("suppressed", &say::SUPPRESSED),
            ("cool_down", &say::COOL_DOWN),
            ("contact_limit", &say::CONTACT_LIMIT),
            ("no_candidate", &say::NO_CANDIDATE),
        ];
        let mut table = Table::with(&[&say::OUTCOME, &say::CUSTOMERS]);
        for (name, words) in rows {
            let count = outcomes.iter().filter(|outcome| outcome.name == name).count() as u64;
            if count > 0 {
                table.push(vec![Cell::text(words), Cell::Count(count)]);
            }
        }
        let section = Section::new(step, Body::Table(table)).heading(&say::OUTCOMES);
        let section = if self.limits.is_empty() { section.lead(self.proof()) } else { section };
        section.chapter(Chapter::Lists)
    }
}

/// What a limit's bound is in.
fn unit(limit: &NamedLimit) -> Unit {
    match limit.limit.measure {
        Measure::Contacts => Unit::Count,
        Measure::Costs => Unit::Number(2),
        Measure::Share(_) => Unit::Share,
    }
}
