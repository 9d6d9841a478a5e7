//! The policy that learns: a trial first, then each month a plan by what all months so far taught, with a share of the customers left to chance.
//!
//! It sees what a shop sees. A customer gets the planned arm, or with the chance [`exploring`] one drawn at random; the probability of the arm
//! that it was is stored. Those who were planned for a contact and drawn to be left alone are the control group of their list.

use patron_pure::clustering::{self, KMeansSettings, Segmentation, Transform};
use patron_pure::learning::{Column, Matrix};
use patron_pure::numeric::random::mix;
use patron_pure::uplift::crossed::{Crossed, Plan, crossed};
use patron_pure::uplift::learners::Learner;
use patron_pure::uplift::{Rows, Trial};

use crate::plans::{Means, best};
use crate::world::{FEATURES, Seen, unit};

/// Chances of the arms in a random draw: nobody, then by channel. A trial of all customers keeps to the budget.
const DRAWN: [f64; 4] = [0.56, 0.30, 0.11, 0.03];
/// Share of the customers who get a random arm in a month: all in the first, a twentieth in the end.
pub fn exploring(month: usize) -> f64 {
    [1.0, 0.5, 0.35, 0.25, 0.15, 0.10].get(month).copied().unwrap_or(0.05)
}

/// A customer in a month of the past.
struct Row {
    customer: u32,
    month: u32,
    seen: Seen,
    habit: f64,
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
    /// Features that go with orders, and segments by these.
    telling: Vec<usize>,
    segments: Option<Segmentation>,
    rows: Vec<Row>,
    /// Orders of each customer so far.
    orders: Vec<f64>,
    effects: Option<Crossed>,
    month: usize,
}

impl Learned {
    pub fn new(seed: u64) -> Learned {
        Learned {
            seed,
            telling: Vec::new(),
            segments: None,
            rows: Vec::new(),
            orders: Vec::new(),
            effects: None,
            month: 0,
        }
    }

    /// The arms of the next month. Who is drawn at random, and what that uses, is known before the plan is made; the plan is made for all,
    /// with as much of the limits as leaves them whole.
    pub fn assign(&self, seen: &[Seen]) -> Assigned {
        let share = exploring(self.month);
        let unit = |customer: usize, purpose| unit(self.seed, customer, self.month as u64, purpose);
        // Who cannot be reached by the channel drawn is left alone.
        let draw = |customer: usize| {
            let mut place = unit(customer, 101);
            let channel = (0..3).find(|c| {
                place -= DRAWN[c + 1];
                place < 0.0
            });
            channel.filter(|c| seen[customer].reachable[*c])
        };
        let drawn: Vec<Option<Option<usize>>> =
            (0..seen.len()).map(|customer| (unit(customer, 100) < share).then(|| draw(customer))).collect();
        let limits = Means::of(seen.len());
        if share == 1.0 {
            return self.assigned(seen, &drawn, vec![None; seen.len()]);
        }
        let used = Means::used(&drawn.iter().map(|arm| arm.flatten()).collect::<Vec<_>>());
        let effects = self.effects(seen);
        let planned = |part: f64| {
            let left = |limit: f64, used: f64| ((limit - used) * part / (1.0 - share)).max(0.0);
            let means = Means {
                budget: left(limits.budget, used.budget),
                contacts: std::array::from_fn(|c| left(limits.contacts[c], used.contacts[c])),
            };
            best(seen, &means, &|customer, channel| effects[customer][channel] * seen[customer].margin)
        };
        let tried = (0..20).map(|step| self.assigned(seen, &drawn, planned(1.0 - 0.005 * f64::from(step))));
        tried.into_iter().find(|assigned| limits.holds(&assigned.arms)).expect("limits hold with a tenth left free")
    }

    /// The arms of a plan and of those who were drawn, each with its chance.
    fn assigned(&self, seen: &[Seen], drawn: &[Option<Option<usize>>], planned: Vec<Option<usize>>) -> Assigned {
        let share = exploring(self.month);
        let arms: Vec<Option<usize>> =
            drawn.iter().zip(&planned).map(|(drawn, planned)| drawn.unwrap_or(*planned)).collect();
        let chance = |customer: usize| {
            let row = &seen[customer];
            let by_draw = match arms[customer] {
                Some(channel) => DRAWN[channel + 1],
                None => DRAWN[0] + (0..3).filter(|c| !row.reachable[*c]).map(|c| DRAWN[c + 1]).sum::<f64>(),
            };
            let by_plan = if arms[customer] == planned[customer] { 1.0 - share } else { 0.0 };
            if row.reachable.contains(&true) { by_plan + share * by_draw } else { 0.0 }
        };
        let probability = (0..seen.len()).map(chance).collect();
        Assigned { planned, arms, probability }
    }

    /// Takes in what a month brought, and learns from all months so far where this is due.
    pub fn learn(&mut self, seen: &[Seen], assigned: &Assigned, ordered: &[bool]) {
        self.orders.resize(seen.len(), 0.0);
        for (customer, row) in seen.iter().enumerate().filter(|(customer, _)| assigned.probability[*customer] > 0.0) {
            self.rows.push(Row {
                customer: customer as u32,
                month: self.month as u32,
                seen: *row,
                habit: self.habit(customer),
                arm: assigned.arms[customer].map_or(0, |channel| channel as u32 + 1),
                probability: assigned.probability[customer],
                ordered: ordered[customer],
            });
        }
        self.month += 1;
        self.orders.iter_mut().zip(ordered).for_each(|(orders, ordered)| *orders += f64::from(u8::from(*ordered)));
        if self.segments.is_none() {
            self.telling = telling(seen, ordered);
            self.segments = Some(segments(&self.for_segments(seen), self.seed));
        }
        if LEARNS_AFTER.contains(&self.month) {
            self.effects = Some(self.crossed());
        }
    }

    /// The effects, learned from the months so far: all that was drawn at random, and of what was planned as much as there is time for.
    fn crossed(&self) -> Crossed {
        let drawn = |row: &&Row| row.probability <= 0.5;
        let planned = self.rows.iter().filter(|row| !drawn(row)).count();
        let share = (MOST_PLANNED as f64 / planned.max(1) as f64).min(1.0);
        let taken =
            |row: &&Row| drawn(row) || unit(self.seed, row.customer as usize, u64::from(row.month), 102) < share;
        let rows: Vec<&Row> = self.rows.iter().filter(taken).collect();
        let seen: Vec<Seen> = rows.iter().map(|row| row.seen).collect();
        let habits = rows.iter().map(|row| row.habit).collect();
        let customers = rows.iter().map(|row| row.customer).collect();
        let rows = Rows {
            features: self.matrix(&seen, habits).with_customers(customers).expect("one customer per row"),
            trial: rows.iter().map(|row| row.month).collect(),
            arm: rows.iter().map(|row| row.arm).collect(),
            probability: rows.iter().map(|row| row.probability).collect(),
            outcome: rows.iter().map(|row| f64::from(u8::from(row.ordered))).collect(),
            redeemed: None,
        };
        let (trial, _) = Trial::new(rows, 3, 100).expect("a sound trial");
        crossed(&trial, &Plan { learners: vec![Learner::X], folds: 2, seed: mix(self.seed) }).expect("effects")
    }

    /// What a contact by each channel adds to each customer's chance to order, as far as it was learned.
    fn effects(&self, seen: &[Seen]) -> Vec<[f64; 3]> {
        let matrix = self.matrix(seen, (0..seen.len()).map(|customer| self.habit(customer)).collect());
        let nobody = vec![None; seen.len()];
        let effects = self.effects.as_ref().expect("learned after the trial");
        let by_arm: Vec<Vec<f64>> =
            (1..=3).map(|arm| effects.said(arm, &matrix, &nobody).expect("the same columns").0).collect();
        (0..seen.len()).map(|i| std::array::from_fn(|c| by_arm[c][i])).collect()
    }

    /// The share of the months so far in which the customer ordered, drawn towards a tenth.
    fn habit(&self, customer: usize) -> f64 {
        (self.orders.get(customer).copied().unwrap_or(0.0) + 0.3) / (self.month as f64 + 3.0)
    }

    /// What is learned from: features, habits, whether tired, and the segment with it.
    fn matrix(&self, seen: &[Seen], habits: Vec<f64>) -> Matrix {
        let segment = self.segments.as_ref().expect("made of the first month");
        let segment = segment.assign(&columns(&self.for_segments(seen))).expect("numbers");
        let words: Vec<String> =
            segment.iter().zip(seen).map(|(s, row)| format!("{s}{}", if row.tired { " tired" } else { "" })).collect();
        let feature =
            |f: usize| Column::numbers(&format!("feature {f}"), seen.iter().map(|row| row.features[f]).collect());
        let mut all: Vec<Column> = self.telling.iter().map(|f| feature(*f)).collect();
        all.push(Column::numbers("habit", habits));
        all.push(Column::words("segment", &words));
        Matrix::new(all).expect("sound columns")
    }

    fn for_segments(&self, seen: &[Seen]) -> Vec<(String, Vec<f64>)> {
        self.telling
            .iter()
            .map(|f| (format!("feature {f}"), seen.iter().map(|row| row.features[*f]).collect()))
            .collect()
    }
}

/// Months after which effects are learned anew.
const LEARNS_AFTER: [usize; 6] = [1, 2, 3, 4, 6, 9];
/// Rows of planned arms that are learned from at most.
const MOST_PLANNED: usize = 20_000;
/// Segments that the customers are divided into.
const SEGMENTS: usize = 6;
/// A feature tells something where its correlation with orders is this many standard errors away from none.
const TELLING: f64 = 5.0;

/// Features that go with orders in the month of the trial.
fn telling(seen: &[Seen], ordered: &[bool]) -> Vec<usize> {
    let n = seen.len() as f64;
    let orders: Vec<f64> = ordered.iter().map(|ordered| f64::from(u8::from(*ordered))).collect();
    let centred = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / n;
        values.iter().map(|value| value - mean).collect::<Vec<f64>>()
    };
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let orders = centred(&orders);
    let z = |f: usize| {
        let feature = centred(&seen.iter().map(|row| row.features[f]).collect::<Vec<f64>>());
        product(&feature, &orders) / (product(&feature, &feature) * product(&orders, &orders) / n).sqrt()
    };
    (0..FEATURES).filter(|f| z(*f).abs() > TELLING).collect()
}

fn columns(features: &[(String, Vec<f64>)]) -> Vec<clustering::Column<'_>> {
    features.iter().map(|(name, values)| clustering::Column { name, transform: Transform::Identity, values }).collect()
}

fn segments(features: &[(String, Vec<f64>)], seed: u64) -> Segmentation {
    let settings = KMeansSettings { seed, ..KMeansSettings::default() };
    Segmentation::fit(&columns(features), SEGMENTS, &settings).expect("numbers")
}
