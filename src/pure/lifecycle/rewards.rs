//! What customers of each stage bring in the period after, with and without contact, and what they are worth.

use rayon::prelude::*;

use super::money::{MoneyError, best_policy, best_within, discounted, horizon, invested};
use super::stage::{STAGES, Stage};
use super::track::Track;
use crate::orders::AsOf;

const N: usize = STAGES.len();

/// Whether a customer was to be contacted in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// Nothing is known of it.
    Unknown,
    /// Contacted.
    Made,
    /// Chosen for a contact and held back: the control group.
    Withheld,
}

/// Customers who went from one stage to another, and their money in between.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flow {
    /// Customers, each period counted.
    pub customers: u64,
    /// Money of their orders less what came back in the period, in ten-thousandths of the currency unit.
    pub money: i128,
    /// Sum of the squares of each customer's, in units of the currency.
    squares: f64,
}

/// The flows between stages, of everybody, of those contacted and of those held back.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewards {
    /// By group, then from, then to.
    flows: Vec<Flow>,
}

/// What a customer in a stage is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Valued {
    /// Customers seen in it, each period counted; those contacted; those held back.
    pub customers: [u64; 3],
    /// Mean money of the next period, of the same three; NaN without customers. Costs of contact are not subtracted.
    pub next: [f64; 3],
    /// Discounted margin within the horizon, as things went; NaN where nobody was seen.
    pub value: f64,
    /// Standard error of `value`.
    pub error: f64,
    /// The same if always contacted, less the costs; NaN where groups are missing.
    pub contacted: f64,
    /// The same if never contacted.
    pub left_alone: f64,
    /// What one contact now adds if the best is done from then on, and its standard error; NaN where groups are missing.
    pub gain: f64,
    /// See `gain`.
    pub gain_error: f64,
}

/// Adds up the money of customers by their stages at the steps that end at these places of the dates. `known` are the orders at the dates of
/// `track`, `customer_of` the number that a customer of the track has among them, `contact` what happened between place − 1 and
/// place. Prospects bring nothing yet and are left out.
pub fn rewards(
    track: &Track,
    known: &[AsOf],
    ends: std::ops::Range<usize>,
    customer_of: &(dyn Fn(u32) -> Option<u32> + Sync),
    contact: &(dyn Fn(u32, usize) -> Contact + Sync),
) -> Rewards {
    const BLOCK: usize = 4096;
    let customers: Vec<u32> = (0..track.customers() as u32).collect();
    let blocks: Vec<Vec<Flow>> = customers
        .par_chunks(BLOCK)
        .map(|block| {
            let mut flows = vec![Flow::default(); 3 * N * N];
            for &customer in block {
                let states = track.of(customer);
                for end in ends.clone() {
                    let from = states[end - 1].stage as usize;
                    if from == Stage::Prospect as usize {
                        continue;
                    }
                    let money = customer_of(customer).map_or(0, |place| spent(known[end], place, track.dates[end - 1]));
                    let cell = from * N + states[end].stage as usize;
                    flows[cell].add(money);
                    match contact(customer, end) {
                        Contact::Unknown => {}
                        Contact::Made => flows[N * N + cell].add(money),
                        Contact::Withheld => flows[2 * N * N + cell].add(money),
                    }
                }
            }
            flows
        })
        .collect();
    // Blocks are joined in their order: sums of squares depend on it.
    let mut flows = vec![Flow::default(); 3 * N * N];
    for block in blocks {
        flows.iter_mut().zip(block).for_each(|(sum, flow)| {
            sum.customers += flow.customers;
            sum.money += flow.money;
            sum.squares += flow.squares;
        });
    }
    Rewards { flows }
}

/// Money of a customer's orders from `from` until the date, less what came back in that time.
fn spent(known: AsOf, customer: u32, from: i64) -> i128 {
    let orders: i128 = known.lines_since(customer, from).amount.iter().map(|amount| i128::from(*amount)).sum();
    let returns = known.returns(customer);
    let back = returns.time.iter().zip(returns.amount).filter(|back| *back.0 >= from);
    orders - back.map(|back| i128::from(*back.1)).sum::<i128>()
}

impl Flow {
    fn add(&mut self, money: i128) {
        let units = money as f64 / 10_000.0;
        self.customers += 1;
        self.money += money;
        self.squares += units * units;
    }
}

/// Shares, mean money and spread of one group.
struct Group {
    /// Row by row; nobody's row stays.
    shares: Vec<f64>,
    /// Units of the currency; 0 without customers.
    mean: Vec<f64>,
    customers: Vec<u64>,
}

impl Rewards {
    fn of(&self, group: usize, from: usize) -> &[Flow] {
        &self.flows[group * N * N + from * N..][..N]
    }

    fn group(&self, group: usize) -> Group {
        let mut found = Group { shares: vec![0.0; N * N], mean: vec![0.0; N], customers: vec![0; N] };
        for from in 0..N {
            let row = self.of(group, from);
            let all: u64 = row.iter().map(|flow| flow.customers).sum();
            found.customers[from] = all;
            if all == 0 {
                found.shares[from * N + from] = 1.0;
                continue;
            }
            for (to, flow) in row.iter().enumerate() {
                found.shares[from * N + to] = flow.customers as f64 / all as f64;
            }
            found.mean[from] = row.iter().map(|flow| flow.money).sum::<i128>() as f64 / 10_000.0 / all as f64;
        }
        found
    }

    /// The variance of the mean, over a stage's customers, of margin · money + V(next stage); NaN for fewer than two customers.
    fn spread(&self, group: usize, from: usize, margin: f64, value: &[f64]) -> f64 {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (flow, next) in self.of(group, from).iter().zip(value).filter(|(flow, _)| flow.customers > 0) {
            let (count, money) = (flow.customers as f64, margin * flow.money as f64 / 10_000.0);
            n += count;
            sum += money + count * next;
            squares += margin * margin * flow.squares + 2.0 * money * next + count * next * next;
        }
        if n < 2.0 {
            return f64::NAN;
        }
        ((squares - sum * sum / n) / (n - 1.0)).max(0.0) / n
    }

    /// What customers of each stage are worth within `steps` periods, or without an end, discounted by `discount` per step, of `margin`
    /// (0 to 1) of their money, each contact costing `cost` (currency units). Money of a period is counted at its end.
    ///
    /// Without an end stages must tell all: customers who return once in ten years return for ever, so a horizon is the better choice
    /// where customers have a memory.
    ///
    /// Standard errors by the delta method: dV = Σ (P/(1+d))^t · d(mean of (money + V(next))/(1+d)), rows independent (S. Mannor and others,
    /// "Bias and variance approximation in value function estimates", Management Science 53, 2007); within a horizon the errors of a row
    /// at different steps count as fully correlated, which is their upper bound. Under contact P and the money are those of the customers
    /// contacted, otherwise those of the control group.
    ///
    /// # Errors
    /// When the discount is not above 0.
    pub fn value(
        &self,
        discount: f64,
        margin: f64,
        cost: f64,
        steps: Option<usize>,
    ) -> Result<Vec<Valued>, MoneyError> {
        let factor = 1.0 / (1.0 + discount);
        let worth = |shares: &[f64], rewards: &[f64]| match steps {
            Some(0) => Ok(vec![0.0; N]),
            Some(steps) => discounted(shares, rewards, discount, steps - 1),
            None => invested(shares, rewards, discount),
        };
        let groups = [0, 1, 2].map(|group| self.group(group));
        let paid = |group: &Group, cost: f64| -> Vec<f64> {
            group.mean.iter().map(|mean| factor * margin * mean - cost).collect()
        };
        let all = worth(&groups[0].shares, &paid(&groups[0], 0.0))?;
        let errors = match steps {
            Some(steps) => self.errors_within(&groups[0], &paid(&groups[0], 0.0), discount, margin, steps)?,
            None => self.errors(&groups[0], &all, discount, margin)?,
        };
        // A stage that customers may come to, of which contacts and controls are not both known, says nothing of any stage.
        let used: Vec<usize> = (0..N).filter(|&stage| groups[0].customers[stage] > 0).collect();
        let both = |stage: &usize| groups[1].customers[*stage] >= 2 && groups[2].customers[*stage] >= 2;
        let judged = !used.is_empty() && used.iter().all(both);
        let (contact, alone) = (paid(&groups[1], cost), paid(&groups[2], 0.0));
        let tested = if judged {
            let options = [(groups[2].shares.clone(), alone.clone()), (groups[1].shares.clone(), contact.clone())];
            let best = match steps {
                Some(steps) => best_within(&options, discount, steps.saturating_sub(1))?,
                None => best_policy(&options, discount)?,
            };
            let [without, with] = [0, 1].map(|option: usize| worth(&options[option].0, &options[option].1));
            Some((with?, without?, best))
        } else {
            None
        };
        let expected = |group: &Group, from: usize, value: &[f64]| -> f64 {
            factor * group.shares[from * N..][..N].iter().zip(value).map(|(p, v)| p * v).sum::<f64>()
        };
        let valued = |from: usize| {
            let seen = groups[0].customers[from] > 0;
            let mut row = Valued {
                customers: [0, 1, 2].map(|group: usize| groups[group].customers[from]),
                next: [0, 1, 2].map(|group: usize| {
                    if groups[group].customers[from] > 0 { groups[group].mean[from] } else { f64::NAN }
                }),
                value: if seen { all[from] } else { f64::NAN },
                error: if seen { errors[from] } else { f64::NAN },
                contacted: f64::NAN,
                left_alone: f64::NAN,
                gain: f64::NAN,
                gain_error: f64::NAN,
            };
            if let Some((with, without, best)) = tested.as_ref().filter(|_| both(&from)) {
                (row.contacted, row.left_alone) = (with[from], without[from]);
                row.gain =
                    contact[from] + expected(&groups[1], from, best) - alone[from] - expected(&groups[2], from, best);
                let spread = self.spread(1, from, margin, best) + self.spread(2, from, margin, best);
                row.gain_error = factor * spread.sqrt();
            }
            row
        };
        Ok((0..N).map(valued).collect())
    }

    /// Standard errors of values without an end.
    fn errors(&self, group: &Group, value: &[f64], discount: f64, margin: f64) -> Result<Vec<f64>, MoneyError> {
        let inverse = horizon(&group.shares, N, discount)?;
        let sigma = self.sigma(discount, margin, value);
        let error = |from: usize| {
            let parts = inverse[from * N..][..N].iter().zip(&sigma).map(|(weight, sigma)| weight * sigma);
            parts.map(|part| part * part).sum::<f64>().sqrt()
        };
        Ok((0..N).map(error).collect())
    }

    /// Standard errors of values within a horizon, at most.
    fn errors_within(
        &self,
        group: &Group,
        paid: &[f64],
        discount: f64,
        margin: f64,
        steps: usize,
    ) -> Result<Vec<f64>, MoneyError> {
        let factor = 1.0 / (1.0 + discount);
        let mut parts = vec![0.0; N * N];
        let mut power: Vec<f64> = (0..N * N).map(|cell| if cell.is_multiple_of(N + 1) { 1.0 } else { 0.0 }).collect();
        for left in (0..steps).rev() {
            let value = if left == 0 { vec![0.0; N] } else { discounted(&group.shares, paid, discount, left - 1)? };
            let sigma = self.sigma(discount, margin, &value);
            for (cell, part) in parts.iter_mut().enumerate() {
                *part += power[cell] * sigma[cell % N];
            }
            let next = |cell: usize| {
                let (from, to) = (cell / N, cell % N);
                factor * (0..N).map(|via| power[from * N + via] * group.shares[via * N + to]).sum::<f64>()
            };
            power = (0..N * N).map(next).collect();
        }
        Ok(parts.chunks_exact(N).map(|row| row.iter().map(|part| part * part).sum::<f64>().sqrt()).collect())
    }

    /// The standard error of (money + V(next))/(1+d) in each stage; a stage with one customer has no spread of its own.
    fn sigma(&self, discount: f64, margin: f64, value: &[f64]) -> Vec<f64> {
        let of = |from: usize| {
            let spread = self.spread(0, from, margin, value);
            if spread.is_nan() { 0.0 } else { spread.sqrt() / (1.0 + discount) }
        };
        (0..N).map(of).collect()
    }
}
