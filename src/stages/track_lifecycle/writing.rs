//! The tables of stages, moves, values and hidden states, and what differs from the last run's.

use super::Life;
use super::say;
use crate::diagnostics::Result;
use crate::lifecycle::{Arrow, STAGES, Stage, State, band_now, changed_arrows};
use crate::numeric::calendar::day_of;
use crate::numeric::shares::Z95;
use crate::report::Value;
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::Batches;
use crate::tables::layouts::lifecycle::{HIDDEN_STATES, LIFE_STAGES, MIGRATIONS, STAGE_HISTORY, STAGE_VALUE};

impl Life {
    pub(super) fn write(&self, cx: &mut Context) -> Result<()> {
        self.write_main(cx)?;
        self.write_history(cx)?;
        self.write_migrations(cx)?;
        self.write_value(cx)?;
        self.write_hidden(cx)
    }

    /// A customer's hidden state, from 1, and the chance to buy in the next period, where hidden states are better than the rules.
    fn hidden_of(&self, customer: u32) -> Option<(i64, f64)> {
        let verdict = self.hidden.as_ref().filter(|verdict| verdict.better)?;
        let hidden = &verdict.hidden;
        let now = hidden.now(&self.track, customer, self.over, &self.season)?;
        let state = (0..now.len()).reduce(|a, b| if now[b] > now[a] { b } else { a })?;
        let chance = hidden.buys_next(&self.track, customer, self.over, &self.season, self.next_season)?;
        Some((state as i64 + 1, chance))
    }

    fn write_main(&self, cx: &mut Context) -> Result<()> {
        let last = self.track.dates.len() - 1;
        let today = self.date(last).days();
        let state = |customer: &u32| self.track.of(*customer)[last];
        // Who has not bought by the date is not known at it: a row would come from the future.
        let known = |customer: &u32| state(customer).stage != Stage::Prospect;
        let customers: Vec<u32> = (0..self.customers.len() as u32).filter(known).collect();
        let states: Vec<State> = customers.iter().map(state).collect();
        let hidden: Vec<Option<(i64, f64)>> = customers.iter().map(|&customer| self.hidden_of(customer)).collect();
        let chance = |stage: Stage| {
            let of = move |customer: &u32| {
                let states = self.track.of(*customer);
                let chances = self.odds.of(states[last].stage, band_now(states, self.over));
                chances.map_or(f64::NAN, |chances| chances[stage as usize])
            };
            customers.iter().map(of).collect::<Vec<f64>>()
        };
        let mut columns = Columns::new();
        columns
            .text("customer", customers.iter().map(|&customer| &self.customers[customer as usize]))
            .text("stage", states.iter().map(|state| state.stage.row().name))
            .date("since", states.iter().map(|state| state.since))
            .integer("days_in_stage", states.iter().map(|state| i64::from(today - state.since)))
            .maybe_text(
                "previous_stage",
                customers.iter().map(|&c| self.track.previous(c).map(|stage| stage.row().name)),
            )
            .text("change", states.iter().map(|state| state.change.name()))
            .boolean("known_before", states.iter().map(|state| state.before))
            .maybe_number("typical_gap", states.iter().map(|state| f64::from(state.gap)));
        for row in STAGES.iter().filter(|row| row.stage != Stage::Prospect) {
            columns.maybe_number(&format!("p_{}", row.name), chance(row.stage));
        }
        columns
            .maybe_integer("hidden_state", hidden.iter().map(|hidden| hidden.map(|hidden| hidden.0)))
            .maybe_number("p_buys", hidden.iter().map(|hidden| hidden.map_or(f64::NAN, |hidden| hidden.1)))
            .text("rules", states.iter().map(|_| &self.rules));
        cx.write(MAIN, &LIFE_STAGES, &[columns.batch()])
    }

    fn write_history(&self, cx: &mut Context) -> Result<()> {
        // Who had not bought by a date was not known then: a row would come from the future.
        let rows = |place: usize| {
            let customers = 0..self.customers.len() as u32;
            let state = move |customer| (place, customer, self.track.of(customer)[place]);
            customers.map(state).filter(|row| row.2.stage != Stage::Prospect)
        };
        let rows: Vec<(usize, u32, State)> = (0..self.track.dates.len()).flat_map(rows).collect();
        let day = |place: usize| self.date(place).days();
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| &self.customers[row.1 as usize]))
            .date("date", rows.iter().map(|row| day(row.0)))
            .boolean("period_over", rows.iter().map(|row| row.0 < self.over))
            .text("stage", rows.iter().map(|row| row.2.stage.row().name))
            .date("since", rows.iter().map(|row| row.2.since))
            .integer("days_in_stage", rows.iter().map(|row| i64::from(day(row.0) - row.2.since)))
            .text("change", rows.iter().map(|row| row.2.change.name()))
            .integer("purchase_days", rows.iter().map(|row| i64::from(row.2.bought)))
            .text("rules", rows.iter().map(|_| &self.rules));
        cx.write("history", &STAGE_HISTORY, &[columns.batch()])
    }

    /// The arrows of a step compared with the step before; none for the first.
    pub(super) fn arrows(&self, step: usize) -> Vec<Arrow> {
        let before = step.checked_sub(1).map(|before| &self.steps[before]);
        before.map_or_else(Vec::new, |before| changed_arrows(before, &self.steps[step]))
    }

    fn write_migrations(&self, cx: &mut Context) -> Result<()> {
        let mut rows: Vec<(usize, usize, usize, Option<Arrow>)> = Vec::new();
        for (step, matrix) in self.steps.iter().enumerate() {
            let arrows = self.arrows(step);
            for (from, to) in (0..matrix.size()).flat_map(|from| (0..matrix.size()).map(move |to| (from, to))) {
                let arrow = arrows.iter().find(|arrow| (arrow.from, arrow.to) == (from, to)).copied();
                if matrix.count(from, to) > 0 || arrow.is_some() {
                    rows.push((step, from, to, arrow));
                }
            }
        }
        let of = |row: &(usize, usize, usize, Option<Arrow>)| (&self.steps[row.0], row.1, row.2);
        let mut columns = Columns::new();
        columns
            .date("from_date", rows.iter().map(|row| self.date(row.0).days()))
            .date("to_date", rows.iter().map(|row| self.date(row.0 + 1).days()))
            .text("from", rows.iter().map(|row| STAGES[row.1].name))
            .text("to", rows.iter().map(|row| STAGES[row.2].name))
            .integer("customers", rows.iter().map(of).map(|(matrix, from, to)| matrix.count(from, to) as i64))
            .number("share", rows.iter().map(of).map(|(matrix, from, to)| matrix.share(from, to)))
            .number("low", rows.iter().map(of).map(|(matrix, from, to)| matrix.interval(from, to).0))
            .number("high", rows.iter().map(of).map(|(matrix, from, to)| matrix.interval(from, to).1))
            .maybe_number("share_before", rows.iter().map(|row| row.3.map_or(f64::NAN, |arrow| arrow.before)))
            .maybe_number("z", rows.iter().map(|row| row.3.map_or(f64::NAN, |arrow| arrow.z)))
            .maybe_number("row_p", rows.iter().map(|row| row.3.map_or(f64::NAN, |arrow| arrow.row_p)))
            .maybe_boolean("changed", rows.iter().map(|row| row.3.map(|arrow| arrow.changed)));
        cx.write("migrations", &MIGRATIONS, &[columns.batch()])
    }

    fn write_value(&self, cx: &mut Context) -> Result<()> {
        let last = self.track.dates.len() - 1;
        let rows: Vec<_> = STAGES.iter().zip(&self.worth).filter(|(_, worth)| worth.customers[0] > 0).collect();
        let advice = |low: f64, high: f64| match (low > 0.0, high < 0.0) {
            _ if low.is_nan() => None,
            (true, _) => Some("contact"),
            (_, true) => Some("leave_alone"),
            _ => Some("undecided"),
        };
        let mut columns = Columns::new();
        columns
            .text("stage", rows.iter().map(|row| row.0.name))
            .integer("customers", rows.iter().map(|row| self.count(last, row.0.stage) as i64))
            .integer("seen", rows.iter().map(|row| row.1.customers[0] as i64))
            .number("next", rows.iter().map(|row| row.1.next[0]))
            .number("value", rows.iter().map(|row| row.1.value))
            .number("low", rows.iter().map(|row| row.1.value - Z95 * row.1.error))
            .number("high", rows.iter().map(|row| row.1.value + Z95 * row.1.error))
            .integer("contacted", rows.iter().map(|row| row.1.customers[1] as i64))
            .integer("withheld", rows.iter().map(|row| row.1.customers[2] as i64))
            .maybe_number("value_contacted", rows.iter().map(|row| row.1.contacted))
            .maybe_number("value_withheld", rows.iter().map(|row| row.1.left_alone))
            .maybe_number("gain", rows.iter().map(|row| row.1.gain))
            .maybe_number("gain_low", rows.iter().map(|row| row.1.gain - Z95 * row.1.gain_error))
            .maybe_number("gain_high", rows.iter().map(|row| row.1.gain + Z95 * row.1.gain_error))
            .maybe_text(
                "advice",
                rows.iter().map(|row| advice(row.1.gain - Z95 * row.1.gain_error, row.1.gain + Z95 * row.1.gain_error)),
            );
        cx.write("matrix_value", &STAGE_VALUE, &[columns.batch()])
    }

    fn write_hidden(&self, cx: &mut Context) -> Result<()> {
        let Some(verdict) = &self.hidden else { return cx.write("hidden", &HIDDEN_STATES, &[]) };
        let rows = self.hidden_rows();
        let (mean, error) = verdict.difference;
        let same = |value: f64| rows.iter().map(move |_| value);
        let mut columns = Columns::new();
        columns
            .integer("state", (1..).take(rows.len()))
            .number("customers", rows.iter().map(|row| row.customers))
            .number("buys", rows.iter().map(|row| row.buys))
            .number("stays", rows.iter().map(|row| row.stays))
            .number("one_day", rows.iter().map(|row| row.one_day))
            .integer("judged", rows.iter().map(|_| verdict.judged as i64))
            .number("loss", same(verdict.loss.0))
            .number("loss_rules", same(verdict.loss.1))
            .number("difference", same(mean))
            .number("low", same(mean - Z95 * error))
            .number("high", same(mean + Z95 * error))
            .boolean("published", rows.iter().map(|_| verdict.better));
        cx.write("hidden", &HIDDEN_STATES, &[columns.batch()])
    }

    /// The hidden states, as shown.
    pub(super) fn hidden_rows(&self) -> Vec<HiddenRow> {
        let Some(verdict) = &self.hidden else { return Vec::new() };
        let hidden = &verdict.hidden;
        let k = hidden.chain.states();
        let mut customers = vec![0.0; k];
        for customer in 0..self.customers.len() as u32 {
            if let Some(now) = hidden.now(&self.track, customer, self.over, &self.season) {
                customers.iter_mut().zip(now).for_each(|(sum, share)| *sum += share);
            }
        }
        let seasons = hidden.buys.season.len();
        let buys = |state| (0..seasons).map(|season| hidden.buys.chance(state, season)).sum::<f64>() / seasons as f64;
        let row = |state: usize| HiddenRow {
            customers: customers[state],
            buys: buys(state),
            stays: hidden.chain.transition[state * k + state],
            one_day: hidden.days[state * (hidden.days.len() / k)],
        };
        (0..k).map(row).collect()
    }

    /// Says how many customers have another stage at the last end of a period that the last run knew than that run said.
    pub(super) fn tell_restated(&self, cx: &mut Context) -> Result<()> {
        let Some(previous) = cx.previous.clone().filter(|previous| previous.record.tables.contains_key("history"))
        else {
            return Ok(());
        };
        let table = Batches::read(&previous.table("history")?, &["customer", "date", "period_over", "stage", "rules"])?;
        let (dates, over) = (table.dates("date")?, table.booleans("period_over")?);
        let ends = dates.iter().zip(&over).filter(|row| *row.1 == Some(true)).filter_map(|row| *row.0);
        let Some(place) = ends
            .max()
            .and_then(|day| self.track.dates[..self.over].iter().position(|&date| day_of(date) == i64::from(day)))
        else {
            return Ok(());
        };
        let day = self.date(place).days();
        let (names, stages, rules) = (table.texts("customer")?, table.texts("stage")?, table.texts("rules")?);
        let said: rustc_hash::FxHashMap<&str, &str> = (0..names.len())
            .filter(|&row| dates[row] == Some(day))
            .filter_map(|row| Some((names[row].as_deref()?, stages[row].as_deref()?)))
            .collect();
        let prospect = Stage::Prospect.row().name;
        let now = |customer: u32| self.track.of(customer)[place].stage.row().name;
        let known = (0..self.customers.len() as u32).filter(|&customer| {
            let before = said.get(self.customers[customer as usize].as_str()).copied().unwrap_or(prospect);
            before != now(customer)
        });
        let different = known.count() as u64;
        if different > 0 {
            let same_rules = rules.iter().flatten().next().is_none_or(|rules| *rules == self.rules);
            let why = if same_rules { &say::OTHER_ORDERS } else { &say::OTHER_RULES };
            let date: Value = self.date(place).to_string().into();
            cx.metric("restated", different as f64);
            cx.note(say::RESTATED.with([
                ("date", date),
                ("different", different.into()),
                ("customers", (said.len() as u64).into()),
                ("why", why.into()),
            ]));
        }
        Ok(())
    }
}

/// A hidden state as it is shown.
pub(super) struct HiddenRow {
    /// Expected customers in it.
    pub customers: f64,
    /// Mean chance to buy in a period.
    pub buys: f64,
    /// Chance to stay in it.
    pub stays: f64,
    /// Share of buyers with one purchase day.
    pub one_day: f64,
}
