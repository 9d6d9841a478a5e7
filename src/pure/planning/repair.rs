//! Makes a draft meet the limits, and then fills what they leave.
//!
//! At the best prices only few units have to move: as many as there are limits, and as many as are tied. The moves that lose least per
//! unit of violation removed go first; ties go by the unit's number, which follows its key.

use super::draft::{Draft, Open};

/// Weight of a limit that may never be missed, beside those that may be short.
const HARD: f64 = 100.0;
/// Rounds at most; each sorts all moves once.
const ROUNDS: usize = 500;
/// Of the moves that seem needed, one in so many is made before all are looked at again.
const CAREFUL: f64 = 8.0;

/// Moves units until no single move makes the draft break the limits less.
pub(super) fn meet(draft: &mut Draft, open: &mut [Open]) {
    for _ in 0..ROUNDS {
        let needed = broken(draft, 1.0, |row| draft.slack(row));
        if needed == 0.0 {
            return;
        }
        let price = |draft: &Draft, unit: &Open, choice: usize| {
            let won = broken(draft, HARD, |row| draft.slack(row)) - after(draft, unit, choice);
            let lost = (unit.choices[choice].loss - unit.choices[unit.current].loss) as f64;
            (won > 1e-12).then(|| lost / won)
        };
        let most = (needed / CAREFUL).max(1.0) as usize;
        if !moved(draft, open, price, most) {
            return;
        }
    }
}

/// Moves units to choices that bring more and break no limit more than before.
pub(super) fn fill(draft: &mut Draft, open: &mut [Open]) {
    for _ in 0..ROUNDS {
        let price = |draft: &Draft, unit: &Open, choice: usize| {
            let (new, old) = (&unit.choices[choice], &unit.choices[unit.current]);
            let broken = broken(draft, HARD, |row| draft.slack(row));
            let good = new.scaled > old.scaled && after(draft, unit, choice) <= broken;
            good.then(|| (new.loss - old.loss) as f64)
        };
        if !moved(draft, open, price, usize::MAX) {
            return;
        }
    }
}

/// Makes the moves with the lowest prices, at most one of a unit and `most` in all, those that still have a price when their turn comes.
/// Whether any was made.
fn moved(
    draft: &mut Draft,
    open: &mut [Open],
    price: impl Fn(&Draft, &Open, usize) -> Option<f64>,
    most: usize,
) -> bool {
    let cheapest = |(place, unit): (usize, &Open)| {
        let others = (0..unit.choices.len()).filter(|choice| *choice != unit.current);
        let priced = others.filter_map(|choice| Some((price(draft, unit, choice)?, place, choice)));
        priced.min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let mut moves: Vec<(f64, usize, usize)> = open.iter().enumerate().filter_map(cheapest).collect();
    moves.sort_by(|a, b| a.0.total_cmp(&b.0).then(open[a.1].unit.cmp(&open[b.1].unit)));
    let mut made = 0;
    for (_, place, choice) in moves {
        if made == most {
            break;
        }
        if price(draft, &open[place], choice).is_some() {
            draft.set(&mut open[place], choice);
            made += 1;
        }
    }
    made > 0
}

/// How much the limits are broken, in largest candidates; those that may never be missed count `hard` times.
fn broken(draft: &Draft, hard: f64, slack: impl Fn(usize) -> i128) -> f64 {
    let of = |(place, row): (usize, &super::limits::Row)| {
        let over = (-slack(place)).max(0) as f64 / row.largest as f64;
        if row.elastic { over } else { hard * over }
    };
    draft.rows.iter().enumerate().map(of).sum()
}

/// The same after a move.
fn after(draft: &Draft, unit: &Open, choice: usize) -> f64 {
    let (new, old) = (&unit.choices[choice].used, &unit.choices[unit.current].used);
    broken(draft, HARD, |row| draft.slack(row) - new[row] + old[row])
}
