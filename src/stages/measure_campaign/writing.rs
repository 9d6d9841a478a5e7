//! The tables of results, checks, overlaps, types and training rows.

use super::Results;
use super::by_day;
use super::drawn::{Drawn, Unit};
use super::measuring::{Compared, Measured, Role, is_unbalanced, money};
use super::reading::{CONTROL, Rule};
use super::say;
use super::settings::MeasureCampaign;
use crate::diagnostics::Result;
use crate::experiments::{Bounds, Comparison, Pooled};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::Date;
use crate::tables::layouts::campaign_results::{
    CAMPAIGN_CHECKS, CAMPAIGN_OVERLAPS, CAMPAIGN_RESULTS, CAMPAIGN_TRAINING, CAMPAIGN_TYPES,
};

/// A row of the table of checks.
struct Check {
    list: String,
    check: &'static str,
    of: Option<String>,
    passed: bool,
    count: u64,
    value: f64,
    p: f64,
    ends: (f64, f64),
}

const NO_ENDS: (f64, f64) = (f64::NAN, f64::NAN);

/// False alarms beyond this many times the promise, for certain, are a check that failed.
const PROMISED: f64 = 0.05;

impl MeasureCampaign {
    /// Names in the settings that no list has: a misspelt one would be measured in another way than its owner thinks.
    pub(super) fn tell_unknown_lists(&self, cx: &mut Context, lists: &[Drawn]) {
        let known = |name: &&String| lists.iter().any(|drawn| drawn.list.name == **name);
        let mut unknown: Vec<&String> = self.ends.keys().chain(self.types.keys()).filter(|name| !known(name)).collect();
        unknown.sort();
        unknown.dedup();
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.into_iter().map(|name| format!("`{name}`")).collect();
            cx.note(say::UNKNOWN_LISTS.with([("lists", names.join(", ").into())]));
        }
    }
}

impl Results {
    pub(super) fn write(&self, settings: &MeasureCampaign, cx: &mut Context) -> Result<()> {
        self.write_main(cx)?;
        self.write_checks(cx)?;
        self.write_overlaps(cx)?;
        self.write_types(settings, cx)?;
        self.write_training(settings, cx)?;
        by_day::write(&self.compared, cx)
    }

    fn write_main(&self, cx: &mut Context) -> Result<()> {
        let rows: Vec<(&Compared, &Measured, Option<f64>)> = self
            .compared
            .iter()
            .zip(&self.shrunk)
            .flat_map(|(arm, shrunk)| arm.outcomes.iter().map(move |measured| (arm, measured, *shrunk)))
            .collect();
        let found = |of: fn(&Comparison) -> f64| rows.iter().map(move |row| of(&row.1.found));
        let lift = |of: fn(&crate::experiments::Lift) -> f64| {
            rows.iter().map(move |row| row.1.lift.as_ref().map_or(f64::NAN, of))
        };
        let money = |of: fn(&Comparison) -> f64| {
            rows.iter().map(move |row| money(row.1).map_or(f64::NAN, |persons| persons * of(&row.1.found)))
        };
        let ends = |side: usize| {
            rows.iter().map(move |row| match row.1.iroas.map(|returned| returned.bounds) {
                Some(Bounds::Between(low, high)) => [low, high][side],
                Some(Bounds::Any) | None => f64::NAN,
            })
        };
        let reached = |of: fn(&crate::experiments::Delivered) -> f64| {
            rows.iter().map(move |row| row.1.delivered.as_ref().map_or(f64::NAN, of))
        };
        let role = |role: Role| match role {
            Role::Primary => "primary",
            Role::Secondary => "secondary",
            Role::Beside => "beside",
        };
        let mut columns = Columns::new();
        columns
            .text("list", rows.iter().map(|row| &row.0.list))
            .text("arm", rows.iter().map(|row| &row.0.arm))
            .text("outcome", rows.iter().map(|row| row.1.outcome.name()))
            .text("role", rows.iter().map(|row| role(row.1.role)))
            .text("method", rows.iter().map(|row| row.1.method))
            .text("state", rows.iter().map(|row| if row.0.closed { "closed" } else { "running" }))
            .integer("contacted", rows.iter().map(|row| row.1.found.treated.n as i64))
            .integer("control", rows.iter().map(|row| row.1.found.control.n as i64))
            .number("matured", rows.iter().map(|row| row.0.matured))
            .number("mean_contacted", found(|found| found.treated.mean))
            .number("mean_control", found(|found| found.control.mean))
            .number("difference", found(|found| found.difference))
            .number("se", found(|found| found.se))
            .number("low", found(|found| found.low))
            .number("high", found(|found| found.high))
            .number("p", found(|found| found.p))
            .boolean("found", rows.iter().map(|row| row.1.real))
            .maybe_number("lift", lift(|lift| lift.value))
            .maybe_number("lift_low", lift(|lift| lift.low))
            .maybe_number("lift_high", lift(|lift| lift.high))
            .maybe_number("money", money(|found| found.difference))
            .maybe_number("money_low", money(|found| found.low))
            .maybe_number("money_high", money(|found| found.high))
            .maybe_number("iroas", rows.iter().map(|row| row.1.iroas.map_or(f64::NAN, |returned| returned.value)))
            .maybe_number("iroas_low", ends(0))
            .maybe_number("iroas_high", ends(1))
            .maybe_number("reached", reached(|found| found.rate))
            .maybe_number("on_reached", reached(|found| found.effect))
            .maybe_number("on_reached_se", reached(|found| found.se))
            .number("detectable", rows.iter().map(|row| row.1.detectable))
            .maybe_number("smallest_share", rows.iter().map(|row| row.1.smallest_share.unwrap_or(f64::NAN)))
            .maybe_integer("needed", rows.iter().map(|row| row.1.needed.map(|persons| persons as i64)))
            .maybe_number(
                "shrunk",
                rows.iter().map(|row| row.2.filter(|_| row.1.role == Role::Primary).unwrap_or(f64::NAN)),
            )
            .text("decision", rows.iter().map(|row| row.0.decision.name()));
        cx.write(MAIN, &CAMPAIGN_RESULTS, &[columns.batch()])
    }

    /// All checks, list by list.
    fn checks(&self) -> Vec<Check> {
        let check = |list: &str, check, of: Option<String>, passed, count| Check {
            list: list.to_owned(),
            check,
            of,
            passed,
            count,
            value: f64::NAN,
            p: f64::NAN,
            ends: NO_ENDS,
        };
        let mut checks = Vec::new();
        for arm in &self.compared {
            let of = Some(arm.arm.clone());
            if let Some(ratio) = arm.ratio {
                let found = check(&arm.list, "sample_ratio", of.clone(), !ratio.broken(), arm.control);
                checks.push(Check { value: ratio.chi_square, p: ratio.p, ..found });
            }
            for (day, control, ratio) in &arm.by_day {
                // The more days, the less one that stands out says.
                let p = (ratio.p * arm.by_day.len() as f64).min(1.0);
                let fits = !crate::experiments::SampleRatio { p, ..*ratio }.broken();
                let day = Some(Date::from_days(*day).to_string());
                let found = check(&arm.list, "sample_ratio_by_day", day, fits, *control);
                checks.push(Check { value: ratio.chi_square, p, ..found });
            }
            for (outcome, difference) in &arm.balance {
                let of = Some(format!("{} {}", arm.arm, outcome.name()));
                let found = check(&arm.list, "balance", of, !is_unbalanced(*difference), arm.control);
                checks.push(Check { value: *difference, ..found });
            }
            if let Some(dry) = arm.dry_runs {
                let found = check(&arm.list, "dry_runs", of, dry.low <= PROMISED, dry.alarms);
                checks.push(Check { value: dry.rate, ends: (dry.low, dry.high), ..found });
            }
        }
        for drawn in self.lists.iter().filter(|drawn| drawn.list.delivery) {
            let reached = contaminated(&drawn.units);
            checks.push(check(&drawn.list.name, "contamination", None, reached == 0, reached));
        }
        for overlap in &self.overlaps {
            let of = Some(overlap.second.clone());
            let found = check(&overlap.first, "overlap", of, !overlap.is_much(), overlap.shared);
            checks.push(Check { value: overlap.share, ..found });
        }
        for ((list, rule), rows) in &self.aside {
            checks.push(check(list, rule.name(), None, false, *rows));
        }
        checks.sort_by(|a, b| (&a.list, a.check, &a.of).cmp(&(&b.list, b.check, &b.of)));
        checks
    }

    fn write_checks(&self, cx: &mut Context) -> Result<()> {
        let checks = self.checks();
        let mut columns = Columns::new();
        columns
            .text("list", checks.iter().map(|check| &check.list))
            .text("check", checks.iter().map(|check| check.check))
            .maybe_text("of", checks.iter().map(|check| check.of.as_deref()))
            .boolean("passed", checks.iter().map(|check| check.passed))
            .integer("count", checks.iter().map(|check| check.count as i64))
            .maybe_number("value", checks.iter().map(|check| check.value))
            .maybe_number("p", checks.iter().map(|check| check.p))
            .maybe_number("low", checks.iter().map(|check| check.ends.0))
            .maybe_number("high", checks.iter().map(|check| check.ends.1));
        cx.write("checks", &CAMPAIGN_CHECKS, &[columns.batch()])
    }

    fn write_overlaps(&self, cx: &mut Context) -> Result<()> {
        let mut rows = Vec::new();
        for overlap in &self.overlaps {
            let Some((persons, effects)) = &overlap.effects else { continue };
            let named = [("first", effects.first), ("second", effects.second), ("interaction", effects.interaction)];
            rows.extend(named.map(|(name, found)| (overlap, name, *persons, found)));
        }
        let found = |of: fn(&Comparison) -> f64| rows.iter().map(move |row| of(&row.3));
        let mut columns = Columns::new();
        columns
            .text("first", rows.iter().map(|row| &row.0.first))
            .text("second", rows.iter().map(|row| &row.0.second))
            .text("effect", rows.iter().map(|row| row.1))
            .integer("persons", rows.iter().map(|row| row.2 as i64))
            .number("difference", found(|found| found.difference))
            .number("se", found(|found| found.se))
            .number("low", found(|found| found.low))
            .number("high", found(|found| found.high))
            .number("p", found(|found| found.p));
        cx.write("overlaps", &CAMPAIGN_OVERLAPS, &[columns.batch()])
    }

    fn write_types(&self, settings: &MeasureCampaign, cx: &mut Context) -> Result<()> {
        let rows = &self.types;
        let of = |part: fn(&Pooled) -> f64| rows.iter().map(move |row| part(&row.pooled));
        let mut columns = Columns::new();
        columns
            .text("type", rows.iter().map(|row| &row.name))
            .text("outcome", rows.iter().map(|_| settings.primary.outcome.name()))
            .integer("campaigns", rows.iter().map(|row| row.pooled.campaigns as i64))
            .integer("lists", rows.iter().map(|row| row.lists as i64))
            .number("effect", of(|pooled| pooled.effect))
            .number("se", of(|pooled| pooled.se))
            .number("low", of(|pooled| pooled.low))
            .number("high", of(|pooled| pooled.high))
            .number("between", of(|pooled| pooled.between.sqrt()))
            .maybe_number("next_low", of(|pooled| pooled.next.map_or(f64::NAN, |next| next.0)))
            .maybe_number("next_high", of(|pooled| pooled.next.map_or(f64::NAN, |next| next.1)))
            .number("expected", of(Pooled::expected));
        cx.write("pooled", &CAMPAIGN_TYPES, &[columns.batch()])
    }

    fn write_training(&self, settings: &MeasureCampaign, cx: &mut Context) -> Result<()> {
        let today = cx.as_of()?.days();
        let mut rows: Vec<(&str, &str, &Unit, f64, f64)> = Vec::new();
        for drawn in &self.lists {
            let of_list = || self.compared.iter().filter(|arm| arm.list == drawn.list.name);
            if !of_list().any(|arm| arm.closed) || of_list().any(Compared::is_broken) {
                continue;
            }
            let units: Vec<&Unit> = drawn.units.iter().collect();
            for (unit, (raw, capped)) in drawn.units.iter().zip(settings.capped(&units)) {
                // What a household did is told of its first person, so that no outcome is counted twice.
                let first = &drawn.list.persons[unit.persons.start];
                // What is not over yet is no outcome to learn from.
                let over = unit.over <= today;
                let (raw, capped) = if over { (raw, capped) } else { (f64::NAN, f64::NAN) };
                rows.push((first.customer.as_str(), drawn.list.name.as_str(), unit, raw, capped));
            }
        }
        rows.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| row.0))
            .text("list", rows.iter().map(|row| row.1))
            .date("date", rows.iter().map(|row| row.2.date))
            .text("arm", rows.iter().map(|row| &row.2.arm))
            .number("probability", rows.iter().map(|row| row.2.probability))
            .maybe_number("outcome", rows.iter().map(|row| row.3))
            .maybe_number("outcome_capped", rows.iter().map(|row| row.4))
            .boolean("matured", rows.iter().map(|row| row.2.over <= today));
        cx.write("training", &CAMPAIGN_TRAINING, &[columns.batch()])
    }

    /// Revenue that the lists brought one by one, in the currency, as far as their results are final and sound.
    pub(super) fn earned(&self) -> f64 {
        let money = self.compared.iter().filter_map(by_day::revenue);
        money.fold(0.0, |sum, (measured, persons)| sum + persons * measured.found.difference)
    }

    /// Figures and remarks for people.
    pub(super) fn tell(&self, cx: &mut Context) {
        cx.metric("lists", self.lists.len() as f64);
        cx.metric("closed", self.compared.iter().filter(|arm| arm.closed).count() as f64);
        cx.metric("set_aside", self.aside.values().sum::<u64>() as f64);
        cx.metric("incremental_revenue", self.earned());
        for ((list, rule), rows) in &self.aside {
            cx.note(say::SET_ASIDE.with([
                ("rows", (*rows).into()),
                ("list", list.as_str().into()),
                ("why", rule_in_words(*rule).into()),
            ]));
        }
        for arm in &self.compared {
            if arm.is_broken() {
                cx.note(say::BROKEN.with([("list", arm.list.as_str().into()), ("arm", arm.arm.as_str().into())]));
            }
            if arm.control == 0 {
                cx.note(say::NO_CONTROL.with([("list", arm.list.as_str().into())]));
            }
        }
        for drawn in &self.lists {
            let reached = contaminated(&drawn.units);
            if reached > 0 {
                let list = drawn.list.name.as_str().into();
                cx.note(say::CONTAMINATED.with([("count", reached.into()), ("list", list)]));
            }
        }
        for overlap in self.overlaps.iter().filter(|overlap| overlap.is_much()) {
            cx.note(say::OVERLAP.with([
                ("count", overlap.shared.into()),
                ("first", overlap.first.as_str().into()),
                ("second", overlap.second.as_str().into()),
            ]));
        }
    }
}

/// Control units that a contact of the list reached.
fn contaminated(units: &[Unit]) -> u64 {
    units.iter().filter(|unit| unit.arm == CONTROL && unit.reached).count() as u64
}

/// Why rows were set aside.
fn rule_in_words(rule: Rule) -> &'static crate::report::Phrase {
    match rule {
        Rule::Incomplete => &say::INCOMPLETE,
        Rule::UnknownEvent => &say::UNKNOWN_EVENT,
        Rule::Chance => &say::CHANCE,
        Rule::NoPlan => &say::NO_PLAN,
        Rule::TooEarly => &say::TOO_EARLY,
        Rule::TwoArms => &say::TWO_ARMS,
        Rule::TwoArmsInUnit => &say::TWO_ARMS_IN_UNIT,
        Rule::Cost => &say::COST,
        Rule::UnknownPerson => &say::UNKNOWN_PERSON,
    }
}
