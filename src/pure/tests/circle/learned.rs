//! The policy that learns: a trial first, then each month a plan by what all months so far taught, with a share of the customers left to chance.
//!
//! It sees what a shop sees. A customer gets the planned arm, or with the chance [`exploring`] one drawn at random; the probability of the arm
//! that it was is stored. Those who were planned for a contact and drawn to be left alone are the control group of their list.

use patron_pure::learning::{Column, Lesson, Matrix, fit, model_row};

use crate::plans::{Means, best};
use crate::world::{CHANNELS, FEATURES, Seen, unit};

/// Chances of the arms in a random draw: nobody, then by channel. A trial of all customers keeps to the budget.
const DRAWN: [f64; 4] = [0.56, 0.30, 0.11, 0.03];
/// Part of the limits left free, as how many are drawn is chance.
const RESERVE: f64 = 0.015;

/// Share of the customers who get a random arm in a month: all in the first, a twentieth in the end.
pub fn exploring(month: usize) -> f64 {
    [1.0, 0.25, 0.15, 0.10, 0.08, 0.06].get(month).copied().unwrap_or(0.05)
}

/// A customer in a month of the past.
struct Row {
    customer: u32,
    month: u32,
    seen: Seen,
    /// 0 nobody, otherwise 1 more than the channel.
    arm: u32,
    probability: f64,
    ordered: bool,
}

/// What is done in a month.
pub struct Assigned {
    /// What each customer would get by the plan.
    pub planned: Vec<Option<usize>>,
    /// What they get.
    pub arms: Vec<Option<usize>>,
    /// The chance with which they get it; 0 for those who cannot be reached at all.
    pub probability: Vec<f64>,
}

pub struct Learned {
    seed: u64,
    rows: Vec<Row>,
    month: usize,
}

impl Learned {
    pub fn new(seed: u64) -> Learned {
        Learned { seed, rows: Vec::new(), month: 0 }
    }

    /// The arms of the next month.
    pub fn assign(&self, seen: &[Seen]) -> Assigned {
        let share = exploring(self.month);
        let all = Means::of(seen.len());
        let drawn = seen.len() as f64 * share;
        let spent = (0..3).map(|c| DRAWN[c + 1] * CHANNELS[c].cost).sum::<f64>() * drawn;
        let left = |limit: f64, used: f64| ((limit * (1.0 - RESERVE) - used) / (1.0 - share).max(1e-9)).max(0.0);
        let means = Means {
            budget: left(all.budget, spent),
            contacts: std::array::from_fn(|c| left(all.contacts[c], DRAWN[c + 1] * drawn)),
        };
        let planned = if share < 1.0 {
            let effects = self.effects(seen);
            best(seen, &means, &|customer, channel| effects[customer][channel] * seen[customer].margin)
        } else {
            vec![None; seen.len()]
        };
        let mut assigned = Assigned { arms: planned.clone(), probability: Vec::with_capacity(seen.len()), planned };
        for (customer, row) in seen.iter().enumerate() {
            let unit = |purpose| unit(self.seed, customer, self.month as u64, purpose);
            // Who cannot be reached by the channel drawn is left alone.
            let chance = |arm: Option<usize>| match arm {
                Some(channel) => DRAWN[channel + 1],
                None => DRAWN[0] + (0..3).filter(|c| !row.reachable[*c]).map(|c| DRAWN[c + 1]).sum::<f64>(),
            };
            if unit(100) < share {
                let mut place = unit(101);
                let channel = (0..3).find(|c| {
                    place -= DRAWN[c + 1];
                    place < 0.0
                });
                assigned.arms[customer] = channel.filter(|c| row.reachable[*c]);
            }
            let arm = assigned.arms[customer];
            let by_plan = if arm == assigned.planned[customer] { 1.0 - share } else { 0.0 };
            let open = row.reachable.contains(&true);
            assigned.probability.push(if open { by_plan + share * chance(arm) } else { 0.0 });
        }
        assigned
    }

    /// Takes in what a month brought.
    pub fn learn(&mut self, seen: &[Seen], assigned: &Assigned, ordered: &[bool]) {
        for (customer, row) in seen.iter().enumerate().filter(|(customer, _)| assigned.probability[*customer] > 0.0) {
            self.rows.push(Row {
                customer: customer as u32,
                month: self.month as u32,
                seen: *row,
                arm: assigned.arms[customer].map_or(0, |channel| channel as u32 + 1),
                probability: assigned.probability[customer],
                ordered: ordered[customer],
            });
        }
        self.month += 1;
    }

    /// What a contact by each channel adds to each customer's chance to order, as far as it was learned.
    fn effects(&self, seen: &[Seen]) -> Vec<[f64; 3]> {
        let settings =
            [("trees", 80.0), ("learning_rate", 0.08), ("leaves", 8.0), ("min_leaf_rows", 50.0), ("bins", 63.0)];
        let now: Vec<&Seen> = seen.iter().collect();
        let now = matrix(&now);
        let of = |arm: u32| {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| row.arm == arm).collect();
            let labels: Vec<bool> = rows.iter().map(|row| row.ordered).collect();
            let seen: Vec<&Seen> = rows.iter().map(|row| &row.seen).collect();
            let past = matrix(&seen);
            let mut chosen = model_row("gradient-boosting").expect("a model").defaults();
            for (name, value) in settings {
                chosen = chosen.with(name, value).expect("a setting");
            }
            let model = fit(&chosen, &Lesson::new(&past, &labels, self.seed)).expect("both outcomes");
            model.score(&now).expect("the same columns")
        };
        let by_arm: Vec<Vec<f64>> = (0..4).map(of).collect();
        (0..seen.len()).map(|i| std::array::from_fn(|c| by_arm[c + 1][i] - by_arm[0][i])).collect()
    }
}

fn matrix(seen: &[&Seen]) -> Matrix {
    let column = |f: usize| Column::numbers(&format!("feature {f}"), seen.iter().map(|row| row.features[f]).collect());
    let mut columns: Vec<Column> = (0..FEATURES).map(column).collect();
    columns.push(Column::numbers("tired", seen.iter().map(|row| f64::from(u8::from(row.tired))).collect()));
    Matrix::new(columns).expect("sound columns")
}
