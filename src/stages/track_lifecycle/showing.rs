//! What the report shows of stages: counts over time, the last moves, the flow, contacts, and hidden states where they are better.

use super::Life;
use super::say;
use crate::lifecycle::{Matrix, STAGES, Stage, StageRow, migrations};
use crate::numeric::shares::Z95;
use crate::report::{
    Body, Cell, Chapter, Section, StageCount, StageCounts, StageFlow, StageMatrix, StageMove, Table, Text, Unit, Value,
};
use crate::stage::Context;

/// Dates shown at most, the latest.
const DATES: usize = 13;
/// Steps that the flow holds.
const FLOW: usize = 3;
/// Arrows named in a sentence.
const NAMED: usize = 3;

impl Life {
    pub(super) fn show(&self, cx: &mut Context) {
        self.show_counts(cx);
        self.show_matrix(cx);
        self.show_flow(cx);
        self.show_contacts(cx);
        self.show_hidden(cx);
    }

    /// The stages in which anybody ever was, in order.
    fn used(&self) -> Vec<&'static StageRow> {
        let somebody = |row: &&StageRow| {
            (0..self.customers.len() as u32).any(|c| self.track.of(c).iter().any(|state| state.stage == row.stage))
        };
        STAGES.iter().filter(somebody).collect()
    }

    fn show_counts(&self, cx: &mut Context) {
        let dates = self.track.dates.len();
        let first = dates.saturating_sub(DATES);
        let mut counts = vec![vec![0_u64; dates]; STAGES.len()];
        for customer in 0..self.customers.len() as u32 {
            for (date, state) in self.track.of(customer).iter().enumerate() {
                counts[state.stage as usize][date] += 1;
            }
        }
        let last = migrations(&self.track).pop();
        // Prospects of the past are customers of later: only those of now are known.
        let used = self.used().into_iter().filter(|row| row.stage != Stage::Prospect);
        let stages = used.map(|row| {
            let place = row.stage as usize;
            let bridge = last.as_ref().map(|matrix| matrix.bridge(place));
            let worth = self.worth.get(place).map_or((f64::NAN, f64::NAN), |worth| (worth.value, worth.error));
            let money = |value: f64| value * 10_000.0;
            StageCount {
                name: name(row),
                meaning: match self.by_contract {
                    true => Text::term("life-stage-by-contract", row.name, row.by_contract),
                    false => Text::term("life-stage-meaning", row.name, row.meaning),
                },
                customers: counts[place][first..].to_vec(),
                entered: bridge.map_or(0, |bridge| bridge.entered),
                left: bridge.map_or(0, |bridge| bridge.left),
                value: money(worth.0),
                low: money(worth.0 - Z95 * worth.1),
                high: money(worth.0 + Z95 * worth.1),
            }
        });
        let shown = StageCounts {
            stages: stages.collect(),
            dates: (first..dates).map(|place| self.date(place).to_string()).collect(),
        };
        let customers: u64 = shown.stages.iter().filter_map(|stage| stage.customers.last()).sum();
        let horizon = match self.horizon {
            Some(periods) => say::WITHIN.with([("periods", periods.into())]),
            None => (&say::ENDLESS).into(),
        };
        let lead = say::COUNTS.with([
            ("horizon", horizon.into()),
            ("customers", customers.into()),
            ("date", self.date(dates - 1).to_string().into()),
            ("rules", self.rules.as_str().into()),
            ("steps", (self.learned.len() as u64).into()),
        ]);
        cx.section(Section::new(cx.step, Body::StageCounts(shown)).lead(lead));
    }

    fn show_matrix(&self, cx: &mut Context) {
        let Some(step) = self.steps.len().checked_sub(1) else { return };
        let (matrix, arrows, used) = (&self.steps[step], self.arrows(step), self.used());
        let mut cells = Vec::new();
        for (row, from) in used.iter().enumerate() {
            for (column, to) in used.iter().enumerate() {
                let (f, t) = (from.stage as usize, to.stage as usize);
                if matrix.count(f, t) == 0 {
                    continue;
                }
                let arrow = arrows.iter().find(|arrow| (arrow.from, arrow.to) == (f, t));
                let (low, high) = matrix.interval(f, t);
                cells.push(StageMove {
                    from: row,
                    to: column,
                    customers: matrix.count(f, t),
                    share: matrix.share(f, t),
                    low,
                    high,
                    before: arrow.map_or(f64::NAN, |arrow| arrow.before),
                    changed: arrow.map(|arrow| arrow.changed),
                });
            }
        }
        let (mut all, mut moved) = (0, 0);
        for stage in 1..matrix.size() {
            all += matrix.starting(stage);
            moved += matrix.starting(stage) - matrix.count(stage, stage);
        }
        let share = |share: f64| Value::Number(share, Unit::Share);
        let moved = say::MOVED.with([
            ("from", self.date(step).to_string().into()),
            ("to", self.date(step + 1).to_string().into()),
            ("share", share(moved as f64 / all as f64)),
        ]);
        let mut changed: Vec<_> = arrows.iter().filter(|arrow| arrow.changed).collect();
        changed.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()).then((a.from, a.to).cmp(&(b.from, b.to))));
        let named = changed.iter().take(NAMED).map(|arrow| {
            say::ARROW.with([
                ("from", name(&STAGES[arrow.from]).into()),
                ("to", name(&STAGES[arrow.to]).into()),
                ("before", share(arrow.before)),
                ("now", share(arrow.now)),
            ])
        });
        let named: Vec<Text> = named.collect();
        let changed: Text = match named.is_empty() {
            false => say::CHANGED.with([("arrows", named.as_slice().into())]),
            true if arrows.is_empty() => Text::default(),
            true => (&say::UNCHANGED).into(),
        };
        let memory = self.memory().map(|(from, to, expected, found)| {
            say::MEMORY.with([
                ("from", name(from.row()).into()),
                ("to", name(to.row()).into()),
                ("expected", share(expected)),
                ("found", share(found)),
            ])
        });
        let stages = used.into_iter().map(name).collect();
        let section = Section::new(cx.step, Body::StageMatrix(StageMatrix { stages, cells }));
        let memory = memory.unwrap_or_default();
        let lead = say::MATRIX.with([("moved", moved.into()), ("changed", changed.into()), ("memory", memory.into())]);
        cx.section(section.lead(lead));
    }

    fn show_flow(&self, cx: &mut Context) {
        if self.steps.is_empty() {
            return;
        }
        let (first, used) = (self.steps.len().saturating_sub(FLOW), self.used());
        let flows = |matrix: &Matrix| {
            let cells = (0..used.len()).flat_map(|from| (0..used.len()).map(move |to| (from, to)));
            let flow = |(from, to): (usize, usize)| {
                (from, to, matrix.count(used[from].stage as usize, used[to].stage as usize))
            };
            cells.map(flow).filter(|flow| flow.2 > 0).collect::<Vec<_>>()
        };
        let shown = StageFlow {
            dates: (first..=self.steps.len()).map(|place| self.date(place).to_string()).collect(),
            steps: self.steps[first..].iter().map(flows).collect(),
            silent: used.iter().position(|row| row.stage >= Stage::Slipping).unwrap_or(used.len()),
            stages: used.iter().map(|row| name(row)).collect(),
        };
        cx.section(Section::new(cx.step, Body::StageFlow(shown)));
    }

    fn show_contacts(&self, cx: &mut Context) {
        let rows: Vec<_> = STAGES.iter().zip(&self.worth).filter(|(_, worth)| !worth.gain.is_nan()).collect();
        if rows.is_empty() {
            return;
        }
        let heads = [&say::STAGE, &say::CONTACTED, &say::WITHHELD, &say::GAIN, &say::GAIN_LOW, &say::GAIN_HIGH];
        let mut table = Table::with(&heads);
        for (row, worth) in rows {
            let money = |value: f64| Cell::Number(value * 10_000.0, Unit::Money);
            table.push(vec![
                Cell::text(name(row)),
                Cell::Count(worth.customers[1]),
                Cell::Count(worth.customers[2]),
                money(worth.gain),
                money(worth.gain - Z95 * worth.gain_error),
                money(worth.gain + Z95 * worth.gain_error),
            ]);
        }
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::CONTACT).lead(&say::CONTACT_LEAD);
        cx.section(section.chapter(Chapter::Customers));
    }

    fn show_hidden(&self, cx: &mut Context) {
        let Some(verdict) = self.hidden.as_ref().filter(|verdict| verdict.better) else { return };
        let mut table = Table::with(&[&say::STATE, &say::CUSTOMERS, &say::BUYS, &say::STAYS, &say::ONE_DAY]);
        for (state, row) in self.hidden_rows().iter().enumerate() {
            table.push(vec![
                Cell::Count(state as u64 + 1),
                Cell::Number(row.customers, Unit::Count),
                Cell::Number(row.buys, Unit::Share),
                Cell::Number(row.stays, Unit::Share),
                Cell::Number(row.one_day, Unit::Share),
            ]);
        }
        let loss = |value| Value::Number(value, Unit::Number(4));
        let lead = say::HIDDEN_LEAD.with([("loss", loss(verdict.loss.0)), ("rules", loss(verdict.loss.1))]);
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::HIDDEN).lead(lead);
        cx.section(section.chapter(Chapter::Customers));
    }
}

/// A stage as the report names it.
fn name(row: &StageRow) -> Text {
    Text::term("life-stage", row.name, row.name)
}
