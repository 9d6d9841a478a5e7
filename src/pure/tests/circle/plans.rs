//! From what a contact is thought to be worth to who gets one: the plan with the most value within budget and capacities.

use patron_pure::planning::{Candidates, Choices, Limit, Measure, Persons, Sense, Standing, plan};

use crate::world::{BUDGET, CHANNELS, Seen};

/// Money in the unit of the planning room.
const UNIT: f64 = 10_000.0;

/// What a plan may use.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    pub budget: f64,
    pub contacts: [f64; 3],
}

impl Means {
    pub fn of(customers: usize) -> Means {
        let n = customers as f64;
        Means { budget: BUDGET * n, contacts: std::array::from_fn(|c| CHANNELS[c].capacity * n) }
    }

    /// What is used by arms.
    pub fn used(arms: &[Option<usize>]) -> Means {
        let contacts = std::array::from_fn(|c| arms.iter().filter(|arm| **arm == Some(c)).count() as f64);
        Means { budget: (0..3).map(|c| contacts[c] * CHANNELS[c].cost).sum(), contacts }
    }

    pub fn holds(&self, arms: &[Option<usize>]) -> bool {
        let used = Means::used(arms);
        used.budget <= self.budget && (0..3).all(|c| used.contacts[c] <= self.contacts[c])
    }
}

/// The best plan for values: what a contact by each channel brings in money, its cost not yet subtracted.
pub fn best(seen: &[Seen], means: &Means, brings: &dyn Fn(usize, usize) -> f64) -> Vec<Option<usize>> {
    let (mut candidates, mut rows) = (Candidates::default(), Vec::new());
    for (customer, row) in seen.iter().enumerate() {
        for (channel, about) in CHANNELS.iter().enumerate().filter(|(channel, _)| row.reachable[*channel]) {
            let value = ((brings(customer, channel) - about.cost) * UNIT).round() as i64;
            if value > 0 {
                candidates.person.push(customer as u32);
                candidates.kind.push(channel as u16);
                candidates.slot.push(0);
                candidates.value.push(value);
                candidates.cost.push((about.cost * UNIT).round() as i64);
                rows.push((customer, channel));
            }
        }
    }
    let n = seen.len();
    let persons = Persons { household: (0..n as u32).collect(), room: vec![1; n], household_room: vec![1; n] };
    let choices = Choices::new(candidates, &persons, CHANNELS.len()).expect("sound candidates");
    let limit =
        |measure, kinds: Vec<bool>, bound: f64| Limit { measure, kinds, sense: Sense::AtMost, bound: bound as i64 };
    let mut limits = vec![limit(Measure::Costs, vec![true; 3], means.budget * UNIT)];
    for channel in 0..3 {
        limits.push(limit(Measure::Contacts, (0..3).map(|c| c == channel).collect(), means.contacts[channel]));
    }
    let plan = plan(&choices, &limits).expect("sound limits");
    assert!(plan.standing == Standing::Meets && plan.gap() < 1e-4, "gap {}", plan.gap());
    let mut arms = vec![None; n];
    for candidate in plan.chosen {
        let (customer, channel) = rows[choices.row(candidate)];
        arms[customer] = Some(channel);
    }
    arms
}

/// Contacts by one channel in the order of a score, the highest first, as many as `most` and the limits allow.
pub fn by_score(
    seen: &[Seen],
    means: &Means,
    score: &dyn Fn(usize) -> f64,
    channel: usize,
    most: f64,
) -> Vec<Option<usize>> {
    let mut order: Vec<(f64, usize)> =
        (0..seen.len()).filter(|i| seen[*i].reachable[channel]).map(|customer| (score(customer), customer)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let most = most.min(means.contacts[channel]).min(means.budget / CHANNELS[channel].cost) as usize;
    let mut arms = vec![None; seen.len()];
    order.iter().take(most).for_each(|&(_, customer)| arms[customer] = Some(channel));
    arms
}
