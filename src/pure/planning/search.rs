//! The exact step: the best choices of a few units, all others fixed.
//!
//! Branch and bound, depth first, on the linear relaxation; every plan found is checked in whole numbers.
//! Source: A. Land, A. Doig, "An automatic method of solving discrete programming problems", Econometrica 28, 1960.

use super::draft::{Draft, Open};
use super::simplex::{End, Row, Simplex};

/// What a search found.
pub(super) struct Searched {
    /// The choice of each unit, if any is better than the draft.
    pub choices: Option<Vec<usize>>,
    /// Whether every choice was looked at or shown to be no better.
    pub complete: bool,
}

/// The search's program: a variable for each choice that is not the current one.
struct Program<'a, 'b> {
    draft: &'a Draft<'b>,
    open: &'a [Open],
    /// Unit and choice of each variable.
    moves: Vec<(usize, usize)>,
    elastic: bool,
}

/// Looks for the choices of `open` with the most value that meet the limits, or with `elastic` with the most worth. Stops when its
/// linear programs have had `work` cells. Choices that lose more than `allowed` are left out.
pub(super) fn search(draft: &Draft, open: &[Open], allowed: i128, elastic: bool, work: usize) -> Searched {
    let moves = open.iter().enumerate().flat_map(|(place, unit)| {
        let other = move |choice: &usize| *choice != unit.current && unit.choices[*choice].loss <= allowed;
        (0..unit.choices.len()).filter(other).map(move |choice| (place, choice))
    });
    let program = Program { draft, open, moves: moves.collect(), elastic };
    let current: Vec<usize> = open.iter().map(|unit| unit.current).collect();
    let mut best = draft.holds(elastic).then(|| (program.won(&current).expect("it holds"), None));
    let mut complete = true;
    let mut stack = vec![program.relaxed()];
    let nodes = work / stack[0].cells().max(1) + 20;
    // Plans that differ by less than this have the same value.
    let same = (1i64 << draft.choices.shift) as f64 / 128.0;
    let mut solved = 0;
    while let Some(mut node) = stack.pop() {
        solved += 1;
        if solved > nodes {
            return Searched { choices: best.and_then(|(_, choices)| choices), complete: false };
        }
        match node.solve() {
            End::Infeasible => continue,
            End::Stalled => {
                complete = false;
                continue;
            }
            End::Optimal => {}
        }
        if best.as_ref().is_some_and(|(won, _)| node.objective() <= *won as f64 + same) {
            continue;
        }
        let values = &node.values()[..program.moves.len()];
        let split = (0..values.len()).filter(|v| (values[*v] - values[*v].round()).abs() > 1e-6).min_by(|a, b| {
            let far = |v: &usize| (values[*v] - 0.5).abs();
            far(a).total_cmp(&far(b))
        });
        if let Some(variable) = split {
            let up = values[variable] >= 0.5;
            if let Some((won, _)) = &best {
                node.fix_hopeless(program.moves.len(), *won as f64 + same);
            }
            for at in [!up, up] {
                let mut child = node.clone();
                child.fix(variable, f64::from(u8::from(at)));
                stack.push(child);
            }
            continue;
        }
        let mut choices = current.clone();
        for (variable, &(place, choice)) in program.moves.iter().enumerate() {
            if values[variable] > 0.5 {
                choices[place] = choice;
            }
        }
        match program.won(&choices) {
            Some(won) if best.as_ref().is_none_or(|(most, _)| won > *most) => best = Some((won, Some(choices))),
            Some(_) => {}
            // Within the tolerance of the linear program, not in whole numbers.
            None => complete = false,
        }
    }
    Searched { choices: best.and_then(|(_, choices)| choices), complete }
}

impl Program<'_, '_> {
    /// What the choices win over the draft's, scaled; nothing if they break a limit.
    fn won(&self, choices: &[usize]) -> Option<i128> {
        let both = || self.open.iter().zip(choices).map(|(unit, c)| (&unit.choices[*c], &unit.choices[unit.current]));
        let mut won: i128 = both().map(|(new, old)| new.scaled - old.scaled).sum();
        for (place, row) in self.draft.rows.iter().enumerate() {
            let used: i128 = both().map(|(new, old)| new.used[place] - old.used[place]).sum();
            let slack = self.draft.slack(place) - used;
            if self.elastic && row.elastic {
                won += slack.min(0) * i128::from(row.cap);
            } else if slack < 0 {
                return None;
            }
        }
        Some(won)
    }

    fn relaxed(&self) -> Simplex {
        let draft = self.draft;
        let of = |&(place, choice): &(usize, usize)| {
            let unit = &self.open[place];
            (&unit.choices[choice], &unit.choices[unit.current])
        };
        let mut objective: Vec<f64> =
            self.moves.iter().map(of).map(|(new, old)| (new.scaled - old.scaled) as f64).collect();
        let mut upper = vec![1.0; self.moves.len()];
        let mut rows = Vec::new();
        for (place, row) in draft.rows.iter().enumerate() {
            let largest = row.largest as f64;
            let mut terms: Vec<(usize, f64)> = Vec::new();
            for (variable, (new, old)) in self.moves.iter().map(of).enumerate() {
                let more = new.used[place] - old.used[place];
                if more != 0 {
                    terms.push((variable, more as f64 / largest));
                }
            }
            let slack = draft.slack(place) as f64;
            if self.elastic && row.elastic {
                // Short by this many largest candidates; at most by all that the bound asks for.
                terms.push((objective.len(), -1.0));
                objective.push(-(row.cap as f64 * largest));
                upper.push((row.bound.unsigned_abs() as f64 + slack.abs()) / largest + 1.0);
            }
            rows.push(Row { terms, bound: slack / largest, equal: false });
        }
        for place in 0..self.open.len() {
            let own: Vec<(usize, f64)> =
                (0..self.moves.len()).filter(|v| self.moves[*v].0 == place).map(|v| (v, 1.0)).collect();
            if own.len() > 1 {
                rows.push(Row { terms: own, bound: 1.0, equal: false });
            }
        }
        Simplex::new(&objective, &upper, &rows)
    }
}
