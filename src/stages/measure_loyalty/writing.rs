//! The tables of scores, parts, series, axes, cells, moves and judgements.

use super::Loyalty;
use super::say;
use crate::diagnostics::Result;
use crate::loyalty::{AXES, COMPONENTS, Estimate, MATRICES, MEASURES, Measured};
use crate::numeric::math::{exp_m1, ln_1p};
use crate::report::{Text, Unit, Value};
use crate::series::{Split, split};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::layouts::loyalty::{
    LOYALTY, LOYALTY_AXES, LOYALTY_CELLS, LOYALTY_JUDGED, LOYALTY_MOVES, LOYALTY_PARTS, LOYALTY_SERIES,
};

/// Off the own trend by so much or more, the last period is worth a word.
const WORTH_A_WORD: f64 = 0.2;

/// An estimate in three columns.
fn three(columns: &mut Columns, name: &str, values: &[Option<Estimate>]) {
    let of = |part: fn(&Estimate) -> f64| values.iter().map(move |one| one.as_ref().map_or(f64::NAN, part));
    columns
        .maybe_number(name, of(|one| one.value))
        .maybe_number(&format!("{name}_low"), of(|one| one.low))
        .maybe_number(&format!("{name}_high"), of(|one| one.high));
}

impl Loyalty {
    pub(super) fn write(&self, cx: &mut Context) -> Result<()> {
        let splits: Vec<Option<Split>> = self.numbers().map(|customer| self.split(customer)).collect();
        self.write_main(cx, &splits)?;
        self.write_parts(cx, &splits)?;
        self.write_series(cx)?;
        self.write_axes(cx)?;
        self.write_cells(cx)?;
        self.write_judged(cx)
    }

    fn numbers(&self) -> std::ops::Range<u32> {
        0..self.customers.len() as u32
    }

    /// The parts of a customer with a slope, of the logarithm of 1 + adjusted spending.
    fn split(&self, customer: u32) -> Option<Split> {
        let line = self.now.measured.slopes[customer as usize]?;
        let logs: Vec<f64> = self.now.spending.adjusted(customer).into_iter().map(ln_1p).collect();
        Some(split(&logs, line, self.season))
    }

    fn write_main(&self, cx: &mut Context, splits: &[Option<Split>]) -> Result<()> {
        let Measured { persistence, components, categories, .. } = &self.now.measured;
        let count = |of: fn(&crate::loyalty::Persistence) -> usize| {
            persistence.iter().map(move |own| own.as_ref().map_or(0, |own| of(own) as i64))
        };
        // Where the shop sold nothing in the period, that no customer bought is no news of them.
        let sold =
            self.numbers().any(|customer| self.now.spending.adjusted(customer).last().is_some_and(|last| *last > 0.0));
        let of = |split: &Option<Split>| split.as_ref().filter(|_| sold).and_then(off_trend).unwrap_or(f64::NAN);
        let off: Vec<f64> = splits.iter().map(of).collect();
        let mut columns = Columns::new();
        columns
            .text("customer", &self.customers)
            .text(
                "reason",
                self.numbers().map(|customer| cx.speech.in_words(&self.reason(customer, off[customer as usize]))),
            )
            .integer("periods", count(|own| own.periods))
            .integer("active_periods", count(|own| own.active))
            .integer("recent_periods", count(|own| own.recent_periods))
            .integer("recent_active", count(|own| own.recent_active))
            .integer("current_run", count(|own| own.run))
            .integer("longest_run", count(|own| own.longest));
        for (place, (name, _)) in MEASURES.iter().enumerate() {
            let scores: Vec<_> = self.now.scored.iter().map(|scored| scored.measures[place]).collect();
            three(&mut columns, name, &scores);
        }
        three(&mut columns, "loyalty_index", &self.now.scored.iter().map(|scored| scored.index).collect::<Vec<_>>());
        for (place, component) in COMPONENTS.iter().enumerate() {
            three(&mut columns, component.name, &components.iter().map(|own| own[place]).collect::<Vec<_>>());
        }
        let different = |own: &Option<crate::loyalty::Bought>| own.as_ref().map(|own| own.different());
        let reach = |customer: u32| self.headroom.as_ref().map_or(f64::NAN, |found| found.reach[customer as usize]);
        let reached = |customer: u32| self.headroom.as_ref().map_or(f64::NAN, |found| found.share[customer as usize]);
        let spare = |customer: u32| reach(customer) * (1.0 - reached(customer));
        columns
            .maybe_boolean("clumpy", self.clumpy.iter().copied())
            .maybe_number("usual_share", persistence.iter().map(|own| own.as_ref().map_or(f64::NAN, |own| own.usual)))
            .maybe_boolean("own_season", splits.iter().map(|split| split.as_ref().map(|split| split.own_season)))
            .maybe_number("last_off_trend", off)
            .maybe_integer("categories", categories.iter().map(|own| different(own).map(|count| count as i64)))
            .maybe_number(
                "category_share",
                categories
                    .iter()
                    .map(|own| different(own).map_or(f64::NAN, |count| count as f64 / self.categories as f64)),
            )
            .maybe_number("reach", self.numbers().map(reach))
            .maybe_number("headroom", self.numbers().map(spare))
            .maybe_number("reach_share", self.numbers().map(reached))
            .maybe_number("wallet_share", self.wallets.iter().copied());
        for (place, matrix) in MATRICES.iter().enumerate() {
            let cell = |customer| self.placed.cells(customer).map(|cells| cells[place].name);
            columns.maybe_text(matrix.name, self.numbers().map(cell));
        }
        cx.write(MAIN, &LOYALTY, &[columns.batch()])
    }

    /// Why a customer's scores are as they are.
    fn reason(&self, customer: u32, off: f64) -> Text {
        let own = self.now.measured.persistence[customer as usize];
        let Some(own) = own.filter(|_| self.now.measured.has_history(customer)) else {
            return (&say::TOO_LITTLE).into();
        };
        let share = |share: f64| Value::Number(share, Unit::Share);
        let last = match off {
            off if off >= WORTH_A_WORD => say::ABOVE.with([("share", share(off))]),
            off if off <= -WORTH_A_WORD => say::BELOW.with([("share", share(-off))]),
            off if off.is_nan() => (&say::NO_TREND).into(),
            _ => (&say::ON_TREND).into(),
        };
        let usual = match own.usual {
            usual if own.share.low > usual => &say::MORE,
            usual if own.share.high < usual => &say::LESS,
            _ => &say::USUAL,
        };
        say::REASON.with([
            ("active", own.recent_active.into()),
            ("periods", own.recent_periods.into()),
            ("usual", usual.with([("share", share(own.usual))]).into()),
            ("last", last.into()),
        ])
    }

    fn write_parts(&self, cx: &mut Context, splits: &[Option<Split>]) -> Result<()> {
        let spending = &self.now.spending;
        let periods = |customer: u32| {
            let split = splits[customer as usize].as_ref();
            split.into_iter().flat_map(move |split| (0..split.trend.len()).map(move |place| (customer, split, place)))
        };
        let rows: Vec<(u32, &Split, usize)> = self.numbers().flat_map(periods).collect();
        // Of the shop's periods, the customer has the last ones.
        let back = |customer: u32, place: usize| spending.spent(customer).len() - place;
        let begins = |customer: u32, place: usize| {
            i32::try_from(spending.until - back(customer, place) as i64 * spending.span.days).unwrap_or(i32::MIN)
        };
        let index = |customer: u32, place: usize| spending.index[spending.index.len() - back(customer, place)];
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| &self.customers[row.0 as usize]))
            .date("period", rows.iter().map(|row| begins(row.0, row.2)))
            .number("spent", rows.iter().map(|row| spending.spent(row.0)[row.2]))
            .number("shared_index", rows.iter().map(|row| index(row.0, row.2)))
            .number("trend", rows.iter().map(|row| row.1.trend[row.2]))
            .number("season", rows.iter().map(|row| row.1.season[row.2]))
            .number("cycle", rows.iter().map(|row| row.1.cycle[row.2]))
            .number("irregular", rows.iter().map(|row| row.1.irregular[row.2]));
        cx.write("parts", &LOYALTY_PARTS, &[columns.batch()])
    }

    fn write_series(&self, cx: &mut Context) -> Result<()> {
        let rows: Vec<(&super::Group, usize)> =
            self.groups.iter().flat_map(|group| (0..group.spent.len()).map(move |place| (group, place))).collect();
        let mut columns = Columns::new();
        columns
            .text("group", rows.iter().map(|row| &row.0.name))
            .date("period", rows.iter().map(|row| row.0.begins[row.1]))
            .number("spent", rows.iter().map(|row| row.0.spent[row.1]))
            .boolean("in_logs", rows.iter().map(|row| row.0.in_logs))
            .number("value", rows.iter().map(|row| row.0.values[row.1]))
            .number("trend", rows.iter().map(|row| row.0.parts.trend[row.1]))
            .number("season", rows.iter().map(|row| row.0.parts.season[row.1]))
            .number("irregular", rows.iter().map(|row| row.0.parts.irregular[row.1]))
            .number("season_index", rows.iter().map(|row| row.0.season[row.1 % row.0.season.len()]));
        cx.write("series", &LOYALTY_SERIES, &[columns.batch()])
    }

    fn write_axes(&self, cx: &mut Context) -> Result<()> {
        let mut rows = Vec::new();
        for customer in self.numbers().filter(|&customer| self.placed.bought[customer as usize]) {
            let readings = &self.placed.readings[customer as usize];
            let of = |row| Some((customer, row, readings[row as usize]?));
            rows.extend(AXES.iter().filter_map(|row| of(row.axis)));
        }
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| &self.customers[row.0 as usize]))
            .text("axis", rows.iter().map(|row| AXES[row.1 as usize].name))
            .text("source", rows.iter().map(|row| row.2.source.name()))
            .number("value", rows.iter().map(|row| row.2.value))
            .number("low", rows.iter().map(|row| row.2.low))
            .number("high", rows.iter().map(|row| row.2.high))
            .number("cut", rows.iter().map(|row| self.placed.cut(row.1, row.2.source)))
            .text("side", rows.iter().map(|row| self.placed.side(row.1, row.0).name()));
        cx.write("axes", &LOYALTY_AXES, &[columns.batch()])
    }

    fn write_cells(&self, cx: &mut Context) -> Result<()> {
        let cells: Vec<_> =
            self.cells.iter().flat_map(|counted| counted.cells.iter().map(|cell| (counted.matrix, cell))).collect();
        let churn = |cell: &super::cells::CellCount| match cell.before {
            0 => f64::NAN,
            before => cell.left as f64 / before as f64,
        };
        let mut columns = Columns::new();
        columns
            .text("matrix", cells.iter().map(|row| row.0.name))
            .text("cell", cells.iter().map(|row| row.1.cell.name))
            .text("action", cells.iter().map(|row| row.1.cell.action))
            .integer("customers", cells.iter().map(|row| row.1.customers as i64))
            .number("share", cells.iter().map(|row| row.1.share))
            .maybe_number("weighted_share", cells.iter().map(|row| row.1.weighted))
            .number("value_share", cells.iter().map(|row| row.1.value))
            .integer("by_proxy", cells.iter().map(|row| row.1.by_proxy as i64))
            .integer("before", cells.iter().map(|row| row.1.before as i64))
            .maybe_number("churn", cells.iter().map(|row| churn(row.1)));
        cx.write("cells", &LOYALTY_CELLS, &[columns.batch()])?;
        let moves: Vec<_> = self
            .cells
            .iter()
            .flat_map(|counted| counted.moves.iter().map(|(cells, customers)| (counted.matrix, *cells, *customers)))
            .collect();
        let mut columns = Columns::new();
        columns
            .text("matrix", moves.iter().map(|row| row.0.name))
            .text("from", moves.iter().map(|row| row.1.0))
            .text("to", moves.iter().map(|row| row.1.1))
            .integer("customers", moves.iter().map(|row| row.2 as i64));
        cx.write("moves", &LOYALTY_MOVES, &[columns.batch()])
    }

    fn write_judged(&self, cx: &mut Context) -> Result<()> {
        let rows = &self.judged;
        let of = |figure: fn(&crate::loyalty::Found) -> f64| {
            rows.iter().map(move |row| row.found.as_ref().map_or(f64::NAN, figure))
        };
        let mut columns = Columns::new();
        columns
            .text("score", rows.iter().map(|row| row.name))
            .text("verdict", rows.iter().map(|row| row.verdict.name()))
            .integer("customers", rows.iter().map(|row| row.customers as i64))
            .integer("bought", rows.iter().map(|row| row.bought as i64))
            .maybe_number("loss_without", of(|found| found.loss.0))
            .maybe_number("loss_with", of(|found| found.loss.1))
            .maybe_number("gain", of(|found| found.gain.value))
            .maybe_number("gain_low", of(|found| found.gain.low))
            .maybe_number("gain_high", of(|found| found.gain.high))
            .maybe_number("auc", of(|found| found.auc.value))
            .maybe_number("auc_low", of(|found| found.auc.low))
            .maybe_number("auc_high", of(|found| found.auc.high))
            .maybe_number("lift", of(|found| found.lift));
        cx.write("judged", &LOYALTY_JUDGED, &[columns.batch()])
    }
}

/// Spending of the last period over what trend and season expect, less 1: -1 where nothing was spent. Nothing where nothing was expected. The parts
/// add up to the logarithm of 1 + spending.
fn off_trend(split: &Split) -> Option<f64> {
    let usual = split.trend.last()? + split.season.last()?;
    let (spent, expected) = (exp_m1(usual + split.cycle.last()? + split.irregular.last()?), exp_m1(usual));
    (expected > 1e-6).then(|| (spent / expected - 1.0).max(-1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_trend_is_a_share_of_what_was_expected() {
        let split = |spent: f64| Split {
            trend: vec![ln_1p(100.0)],
            season: vec![0.0],
            cycle: vec![0.0],
            irregular: vec![ln_1p(spent) - ln_1p(100.0)],
            own_season: false,
        };
        for (spent, off) in [(0.0, -1.0), (50.0, -0.5), (100.0, 0.0), (250.0, 1.5)] {
            assert!((off_trend(&split(spent)).expect("expected") - off).abs() < 1e-9, "{spent}");
        }
        assert_eq!(off_trend(&Split { trend: vec![0.0], ..split(0.0) }), None);
    }
}
