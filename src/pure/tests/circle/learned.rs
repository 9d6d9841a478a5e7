//! The policy that learns: a trial first, then each month a plan by what all months so far taught, with a share of the customers left to chance.
//!
//! It sees what a shop sees. Some customers, fewer each month, get an arm drawn at random. Of those whom the plan then has on its list, some are
//! drawn to be left alone: they are the control group of their list.

use patron_pure::learning::{Column, Matrix};
use patron_pure::uplift::grouped::Grouped;
use patron_pure::uplift::groups::Groups;
use patron_pure::uplift::{Rows, Trial};

use crate::plans::{Means, best};
use crate::world::{FEATURES, Seen, unit};

/// Chances of the arms in a random draw: nobody, then by channel. A trial of all customers keeps to the limits, which a chance of exactly what
/// a channel has room for would break in every second world.
const DRAWN: [f64; 4] = [0.56, 0.30, 0.114, 0.026];
/// Share of a list that is left alone.
const HELD: f64 = 0.03;
/// Share of the customers who get a random arm in a month: all in the first, a hundredth in the end.
pub fn exploring(month: usize) -> f64 {
    [1.0, 0.3, 0.15, 0.08, 0.04, 0.02].get(month).copied().unwrap_or(0.01)
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
    /// Who was drawn to get a random arm.
    pub drawn: Vec<bool>,
    /// What they get.
    pub arms: Vec<Option<usize>>,
    /// The chance with which they get it; 0 for those who cannot be reached at all.
    pub probability: Vec<f64>,
}

pub struct Learned {
    seed: u64,
    rows: Vec<Row>,
    /// Groups that the features of the first month show.
    groups: Option<Groups>,
    effects: Option<Grouped>,
    month: usize,
}

impl Learned {
    pub fn new(seed: u64) -> Learned {
        Learned { seed, rows: Vec::new(), groups: None, effects: None, month: 0 }
    }

    /// The arms of the next month. Who is drawn at random, and what that uses, is known before the plan is made; the plan is made for all,
    /// with as much of the limits as leaves them whole.
    pub fn assign(&self, seen: &[Seen]) -> Assigned {
        let share = exploring(self.month);
        // Who cannot be reached by the channel drawn is left alone.
        let draw = |customer: usize| {
            let mut place = self.unit(customer, 101);
            let channel = (0..3).find(|c| {
                place -= DRAWN[c + 1];
                place < 0.0
            });
            channel.filter(|c| seen[customer].reachable[*c])
        };
        let drawn: Vec<Option<Option<usize>>> =
            (0..seen.len()).map(|customer| (self.unit(customer, 100) < share).then(|| draw(customer))).collect();
        let limits = Means::of(seen.len());
        if share == 1.0 {
            return self.assigned(seen, &drawn, vec![None; seen.len()]);
        }
        let used = Means::used(&drawn.iter().map(|arm| arm.flatten()).collect::<Vec<_>>());
        let effects = self.effects(seen);
        let planned = |part: f64| {
            let left = |limit: f64, used: f64| ((limit - used) * part / (1.0 - share) / (1.0 - HELD)).max(0.0);
            let means = Means {
                budget: left(limits.budget, used.budget),
                contacts: std::array::from_fn(|c| left(limits.contacts[c], used.contacts[c])),
            };
            best(seen, &means, &|customer, channel| effects[customer][channel] * seen[customer].margin)
        };
        let tried = (1..20).map(|step| self.assigned(seen, &drawn, planned(1.0 - 0.005 * f64::from(step))));
        tried.into_iter().find(|assigned| limits.holds(&assigned.arms)).expect("limits hold with a tenth left free")
    }

    /// The arms of a plan and of those who were drawn, each with its chance.
    fn assigned(&self, seen: &[Seen], drawn: &[Option<Option<usize>>], planned: Vec<Option<usize>>) -> Assigned {
        let share = exploring(self.month);
        let by_plan = |customer: usize| planned[customer].filter(|_| self.unit(customer, 102) >= HELD);
        let arms: Vec<Option<usize>> =
            (0..seen.len()).map(|customer| drawn[customer].unwrap_or_else(|| by_plan(customer))).collect();
        let chance = |customer: usize| {
            let (row, arm) = (&seen[customer], arms[customer]);
            let by_draw = match arm {
                Some(channel) => DRAWN[channel + 1],
                None => DRAWN[0] + (0..3).filter(|c| !row.reachable[*c]).map(|c| DRAWN[c + 1]).sum::<f64>(),
            };
            let by_plan = match (planned[customer], arm) {
                (Some(_), None) => HELD,
                (Some(planned), Some(arm)) if planned == arm => 1.0 - HELD,
                (None, None) => 1.0,
                _ => 0.0,
            };
            if row.reachable.contains(&true) { (1.0 - share) * by_plan + share * by_draw } else { 0.0 }
        };
        let probability = (0..seen.len()).map(chance).collect();
        Assigned { planned, drawn: drawn.iter().map(Option::is_some).collect(), arms, probability }
    }

    /// Takes in what a month brought, and learns from all months so far.
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
        let trial = self.trial();
        let all: Vec<u32> = (0..trial.len() as u32).collect();
        let groups = self
            .groups
            .get_or_insert_with(|| Groups::learn(&trial.rows().features, &all, self.seed).expect("numbers"))
            .clone();
        self.effects = Some(Grouped::learn(&trial, &all, groups).expect("effects"));
    }

    /// All months so far, each a trial.
    fn trial(&self) -> Trial {
        let seen: Vec<Seen> = self.rows.iter().map(|row| row.seen).collect();
        let customers = self.rows.iter().map(|row| row.customer).collect();
        let rows = Rows {
            features: matrix(&seen).with_customers(customers).expect("one customer per row"),
            trial: self.rows.iter().map(|row| row.month).collect(),
            arm: self.rows.iter().map(|row| row.arm).collect(),
            probability: self.rows.iter().map(|row| row.probability).collect(),
            outcome: self.rows.iter().map(|row| f64::from(u8::from(row.ordered))).collect(),
            redeemed: None,
        };
        Trial::new(rows, 3, 100).expect("a sound trial").0
    }

    /// What a contact by each channel adds to each customer's chance to order, as far as it was learned.
    fn effects(&self, seen: &[Seen]) -> Vec<[f64; 3]> {
        let (matrix, effects) = (matrix(seen), self.effects.as_ref().expect("learned after the trial"));
        let by_arm: Vec<Vec<f64>> = (1..=3).map(|arm| effects.of(arm, &matrix).expect("the same columns")).collect();
        (0..seen.len()).map(|i| std::array::from_fn(|c| by_arm[c][i])).collect()
    }

    fn unit(&self, customer: usize, purpose: u64) -> f64 {
        unit(self.seed, customer, self.month as u64, purpose)
    }
}

/// What is learned from: all features, and whether the customer is tired.
fn matrix(seen: &[Seen]) -> Matrix {
    let feature = |f: usize| Column::numbers(&format!("feature {f}"), seen.iter().map(|row| row.features[f]).collect());
    let tired: Vec<&str> = seen.iter().map(|row| if row.tired { "tired" } else { "rested" }).collect();
    let columns = (0..FEATURES).map(feature).chain([Column::words("state", &tired)]).collect();
    Matrix::new(columns).expect("sound columns")
}
