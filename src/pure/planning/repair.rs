//! Makes a draft meet the limits, and then fills what they leave.
//!
//! At the best prices only few units have to move: as many as there are limits, and as many as are tied. The moves that lose least per
//! unit of violation removed go first; ties go by the unit's number, which follows its key.

use super::draft::{Draft, Open};

/// Weight of a limit that may never be missed, beside those that may be short.
const HARD: f64 = 100.0;
/// Moves at most.
const MOVES: usize = 20_000;

/// Moves units until no single move makes the draft break the limits less.
pub(super) fn meet(draft: &mut Draft, open: &mut [Open]) {
    for _ in 0..MOVES {
        let broken = broken(draft, |row| draft.slack(row));
        if broken == 0.0 {
            return;
        }
        let price = |draft: &Draft, unit: &Open, choice: usize| {
            let won = broken - after(draft, unit, choice);
            let lost = (unit.choices[choice].loss - unit.choices[unit.current].loss) as f64;
            (won > 1e-12).then(|| lost / won)
        };
        let Some((place, choice)) = cheapest(draft, open, price) else { return };
        draft.set(&mut open[place], choice);
    }
}

/// Moves units to choices that bring more and break no limit more than before.
pub(super) fn fill(draft: &mut Draft, open: &mut [Open]) {
    for _ in 0..MOVES {
        let broken = broken(draft, |row| draft.slack(row));
        let price = |draft: &Draft, unit: &Open, choice: usize| {
            let (new, old) = (&unit.choices[choice], &unit.choices[unit.current]);
            let good = new.scaled > old.scaled && after(draft, unit, choice) <= broken;
            good.then(|| (new.loss - old.loss) as f64)
        };
        let Some((place, choice)) = cheapest(draft, open, price) else { return };
        draft.set(&mut open[place], choice);
    }
}

/// How much the limits are broken, in largest candidates.
fn broken(draft: &Draft, slack: impl Fn(usize) -> i128) -> f64 {
    let of = |(place, row): (usize, &super::limits::Row)| {
        let over = (-slack(place)).max(0) as f64 / row.largest as f64;
        if row.elastic { over } else { HARD * over }
    };
    draft.rows.iter().enumerate().map(of).sum()
}

/// The same after a move.
fn after(draft: &Draft, unit: &Open, choice: usize) -> f64 {
    let (new, old) = (&unit.choices[choice].used, &unit.choices[unit.current].used);
    broken(draft, |row| draft.slack(row) - new[row] + old[row])
}

/// The move with the lowest price, the first of equal ones.
fn cheapest(
    draft: &Draft,
    open: &[Open],
    price: impl Fn(&Draft, &Open, usize) -> Option<f64>,
) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for (place, unit) in open.iter().enumerate() {
        for choice in (0..unit.choices.len()).filter(|choice| *choice != unit.current) {
            if let Some(price) = price(draft, unit, choice)
                && best.is_none_or(|(least, ..)| price < least)
            {
                best = Some((price, place, choice));
            }
        }
    }
    best.map(|(_, place, choice)| (place, choice))
}
