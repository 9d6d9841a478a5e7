//! A world of customers whose answer to a contact is known, and what a shop can see of it.
//!
//! Each customer has one of four types and features that carry it with noise: independent normals with standard deviation [`NOISE`] around
//! the type's means. Every draw hangs on seed, customer, month and purpose alone, so all policies live through the same luck.

use patron_pure::numeric::erf::normal_quantile;
use patron_pure::numeric::math::exp;
use patron_pure::numeric::random::mix;

/// Months of a run.
pub const MONTHS: usize = 12;
/// Features that a shop sees: frequency, silence, opened e-mails, share bought at a discount, complaints, and three that say nothing.
pub const FEATURES: usize = 8;
/// What is left of an effect when the customer was contacted in the 30 days before: in the month before.
pub const FATIGUE: f64 = 0.7;
/// Standard deviation of each feature around its type's mean. With it the best plan that knows the features alone, and all else about the world,
/// brings about 97 % of the planted optimum; what is left is for exploring and for what was not learned.
const NOISE: f64 = 0.8;

/// A type of customer.
pub struct Type {
    share: f64,
    /// Chance to order within a month without a contact, before the season.
    pub base: f64,
    /// What a contact by each channel adds to it.
    pub effects: [f64; 3],
    /// Means of the features that say something.
    means: [f64; 5],
    /// Chance that a contact is the last one that they accept.
    unsubscribes: f64,
}

pub const TYPES: [Type; 4] = [
    // Persuadable: orders because of a contact.
    Type {
        share: 0.25,
        base: 0.05,
        effects: [0.06, 0.12, 0.20],
        means: [0.0, 0.0, 2.0, 2.5, 0.0],
        unsubscribes: 0.001,
    },
    // Sure thing: orders anyway.
    Type { share: 0.25, base: 0.25, effects: [0.0; 3], means: [2.0, -0.5, 1.0, 0.0, 0.0], unsubscribes: 0.002 },
    // Lost cause: hardly ever orders.
    Type { share: 0.35, base: 0.01, effects: [0.0; 3], means: [-2.0, 2.0, -2.0, 1.0, 0.0], unsubscribes: 0.005 },
    // Sleeping dog: orders less when contacted.
    Type {
        share: 0.15,
        base: 0.18,
        effects: [-0.05, -0.04, -0.10],
        means: [2.0, 0.0, -1.0, 0.0, 2.0],
        unsubscribes: 0.03,
    },
];

/// A way to reach a customer: cost of a contact, share of wrong addresses, and most contacts a month as a share of the customers.
pub struct Channel {
    pub cost: f64,
    bounces: f64,
    pub capacity: f64,
}

pub const CHANNELS: [Channel; 3] = [
    // E-mail.
    Channel { cost: 0.05, bounces: 0.05, capacity: 1.0 },
    // Letter.
    Channel { cost: 0.90, bounces: 0.03, capacity: 0.20 },
    // Telephone.
    Channel { cost: 4.00, bounces: 0.12, capacity: 0.03 },
];

/// Money for contacts in a month, per customer.
pub const BUDGET: f64 = 0.25;
/// How busy each month is.
const SEASON: [f64; MONTHS] = [0.9, 0.9, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 1.0, 1.1, 1.3, 1.5];

struct Person {
    kind: usize,
    features: [f64; FEATURES],
    /// Mean margin of an order.
    margin: f64,
    wrong: [bool; 3],
    known_wrong: [bool; 3],
    gone: bool,
    tired: bool,
}

/// What the shop sees of one customer at the start of a month.
#[derive(Clone, Copy)]
pub struct Seen {
    pub features: [f64; FEATURES],
    /// Mean margin of the customer's orders so far.
    pub margin: f64,
    /// Whether they were contacted in the month before.
    pub tired: bool,
    /// Whether the customer may be contacted by each channel: not unsubscribed, nothing came back from there.
    pub reachable: [bool; 3],
}

/// What a month brought, as the shop sees it: who ordered; and what no shop sees: the expected profit of the contacts.
pub struct Month {
    pub ordered: Vec<bool>,
    /// Expected margin that contacts brought or took, less what they cost.
    pub profit: f64,
}

pub struct World {
    seed: u64,
    people: Vec<Person>,
    month: usize,
}

impl World {
    pub fn new(seed: u64, customers: usize) -> World {
        let people = (0..customers).map(|customer| {
            let unit = |purpose: u64| unit(seed, customer, 999, purpose);
            let mut place = unit(0);
            let kind = TYPES
                .iter()
                .position(|row| {
                    place -= row.share;
                    place < 0.0
                })
                .unwrap_or(0);
            let mean = |feature: usize| TYPES[kind].means.get(feature).copied().unwrap_or(0.0);
            Person {
                kind,
                features: std::array::from_fn(|f| mean(f) + NOISE * normal_quantile(unit(10 + f as u64))),
                margin: 30.0 * exp(0.5 * normal_quantile(unit(1)) - 0.125),
                wrong: std::array::from_fn(|c| unit(2 + c as u64) < CHANNELS[c].bounces),
                known_wrong: [false; 3],
                gone: false,
                tired: false,
            }
        });
        World { seed, people: people.collect(), month: 0 }
    }

    pub fn seen(&self) -> Vec<Seen> {
        let seen = |person: &Person| Seen {
            features: person.features,
            margin: person.margin,
            tired: person.tired,
            reachable: std::array::from_fn(|c| !person.gone && !person.known_wrong[c]),
        };
        self.people.iter().map(seen).collect()
    }

    /// The planted chance to order this month without a contact.
    pub fn base(&self, customer: usize) -> f64 {
        TYPES[self.people[customer].kind].base * SEASON[self.month]
    }

    /// The planted effect of a contact this month on the chance to order.
    pub fn effect(&self, customer: usize, channel: usize) -> f64 {
        let person = &self.people[customer];
        if person.wrong[channel] { 0.0 } else { effect(person.kind, channel, person.tired) }
    }

    /// The effect to expect by the features alone: the types weighed by Bayes' rule with the true means and shares.
    pub fn effect_by_features(&self, customer: usize, channel: usize) -> f64 {
        let person = &self.people[customer];
        let likelihood = |row: &Type| {
            let squares = row.means.iter().zip(&person.features).map(|(mean, x)| (x - mean) * (x - mean));
            row.share * exp(-0.5 * squares.sum::<f64>() / (NOISE * NOISE))
        };
        let total: f64 = TYPES.iter().map(likelihood).sum();
        let of = |(kind, row): (usize, &Type)| likelihood(row) / total * effect(kind, channel, person.tired);
        TYPES.iter().enumerate().map(of).sum::<f64>() * (1.0 - CHANNELS[channel].bounces)
    }

    /// Contacts each customer by their channel, or not, and lets the month pass.
    pub fn live(&mut self, arms: &[Option<usize>]) -> Month {
        let mut profit = 0.0;
        let mut ordered = Vec::with_capacity(arms.len());
        for (customer, arm) in arms.iter().enumerate() {
            let unit = |purpose: u64| unit(self.seed, customer, self.month as u64, purpose);
            let mut chance = self.base(customer);
            if let Some(channel) = *arm {
                assert!(self.seen_one(customer, channel), "a contact of somebody who must not be contacted");
                let effect = self.effect(customer, channel);
                profit += effect * self.people[customer].margin - CHANNELS[channel].cost;
                chance += effect;
            }
            ordered.push(unit(0) < chance);
            let person = &mut self.people[customer];
            person.tired = arm.is_some_and(|channel| !person.wrong[channel]);
            if let Some(channel) = *arm {
                person.known_wrong[channel] = person.wrong[channel];
                person.gone |= person.tired && unit(1) < TYPES[person.kind].unsubscribes;
            }
        }
        self.month += 1;
        Month { ordered, profit }
    }

    fn seen_one(&self, customer: usize, channel: usize) -> bool {
        !self.people[customer].gone && !self.people[customer].known_wrong[channel]
    }
}

fn effect(kind: usize, channel: usize, tired: bool) -> f64 {
    TYPES[kind].effects[channel] * if tired { FATIGUE } else { 1.0 }
}

/// A draw in (0, 1) that seed, customer, month and purpose decide.
pub fn unit(seed: u64, customer: usize, month: u64, purpose: u64) -> f64 {
    let bits = mix(mix(mix(seed) ^ customer as u64) ^ (month << 32 | purpose));
    ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}
