//! Customers whose answer to a contact is known, and what a shop can see of them.
//!
//! As in the pure test of the circle, smaller: four types of customers, features that carry the type with noise, two channels with costs, wrong
//! addresses, people who unsubscribe, and people who are tired of a contact four weeks ago. Every draw hangs on seed, customer, turn and purpose
//! alone, so all policies live through the same luck.

use patron::numeric::erf::normal_quantile;
use patron::numeric::math::exp;
use patron::numeric::random::mix;

/// What the shop is told of each customer beside orders: a share of e-mails opened, a share bought at a discount, complaints, visits, and two
/// that say nothing.
pub const FEATURES: [&str; 6] = ["opened", "discount", "complaints", "visits", "shoe_size", "postcode"];
/// What is left of an effect when the customer was contacted in the turn before.
const FATIGUE: f64 = 0.7;
/// Standard deviation of each feature around its type's mean.
const NOISE: f64 = 0.7;
/// Share who have objected before anything begins.
const OBJECTED: f64 = 0.02;

struct Type {
    share: f64,
    /// Chance to order within a turn without a contact.
    base: f64,
    /// What a contact by each channel adds to it.
    effects: [f64; 2],
    /// Means of the features that say something.
    means: [f64; 4],
    /// Chance that a contact is the last one that they accept.
    unsubscribes: f64,
}

const TYPES: [Type; 4] = [
    // Persuadable: orders because of a contact.
    Type { share: 0.30, base: 0.08, effects: [0.10, 0.24], means: [2.0, 2.5, 0.0, 0.0], unsubscribes: 0.002 },
    // Sure thing: orders anyway.
    Type { share: 0.25, base: 0.35, effects: [0.0, 0.0], means: [1.0, 0.0, 0.0, 2.0], unsubscribes: 0.002 },
    // Lost cause: hardly ever orders.
    Type { share: 0.30, base: 0.02, effects: [0.0, 0.0], means: [-2.0, 1.0, 0.0, -2.0], unsubscribes: 0.005 },
    // Sleeping dog: orders less when contacted.
    Type { share: 0.15, base: 0.25, effects: [-0.08, -0.15], means: [-1.0, 0.0, 2.0, 1.0], unsubscribes: 0.03 },
];

/// A way to reach a customer.
pub struct Channel {
    pub name: &'static str,
    /// Cost of a contact.
    pub cost: f64,
    /// Share of wrong addresses.
    bounces: f64,
    /// Most contacts in a turn, as a share of the customers.
    pub capacity: f64,
}

pub const CHANNELS: [Channel; 2] = [
    Channel { name: "email", cost: 0.05, bounces: 0.05, capacity: 1.0 },
    Channel { name: "letter", cost: 1.00, bounces: 0.03, capacity: 0.20 },
];

/// Money for contacts in a turn, per customer.
pub const BUDGET: f64 = 0.22;

struct Person {
    kind: usize,
    features: [f64; FEATURES.len()],
    /// Mean margin of an order.
    margin: f64,
    wrong: [bool; 2],
    known_wrong: [bool; 2],
    gone: bool,
    tired: bool,
}

/// A turn that was lived.
pub struct Lived {
    /// Of each customer, the margin of the order; nothing without one.
    pub orders: Vec<Option<f64>>,
    /// What became of each contact, as the channels report it: customer and event.
    pub results: Vec<(usize, &'static str)>,
    /// What no shop sees: the margin that contacts are expected to bring or to take, less what they cost.
    pub profit: f64,
}

pub struct World {
    seed: u64,
    people: Vec<Person>,
    turn: u64,
}

impl World {
    pub fn new(seed: u64, customers: usize) -> World {
        let people = (0..customers).map(|customer| {
            let unit = |purpose: u64| unit(seed, customer, 999, purpose);
            let mut place = unit(0);
            let within = |row: &Type| {
                place -= row.share;
                place < 0.0
            };
            let kind = TYPES.iter().position(within).unwrap_or(0);
            let mean = |feature: usize| TYPES[kind].means.get(feature).copied().unwrap_or(0.0);
            Person {
                kind,
                features: std::array::from_fn(|f| mean(f) + NOISE * normal_quantile(unit(10 + f as u64))),
                margin: 30.0 * exp(0.5 * normal_quantile(unit(1)) - 0.125),
                wrong: std::array::from_fn(|channel| unit(2 + channel as u64) < CHANNELS[channel].bounces),
                known_wrong: [false; 2],
                gone: unit(4) < OBJECTED,
                tired: false,
            }
        });
        World { seed, people: people.collect(), turn: 0 }
    }

    pub fn customers(&self) -> usize {
        self.people.len()
    }

    pub fn features(&self, customer: usize) -> &[f64] {
        &self.people[customer].features
    }

    pub fn margin(&self, customer: usize) -> f64 {
        self.people[customer].margin
    }

    /// Whether the customer has objected, before or since.
    pub fn is_gone(&self, customer: usize) -> bool {
        self.people[customer].gone
    }

    /// Whether the customer may be contacted by a channel: has not objected, and nothing came back from there.
    pub fn is_reachable(&self, customer: usize, channel: usize) -> bool {
        let person = &self.people[customer];
        !person.gone && !person.known_wrong[channel]
    }

    /// The planted chance to order in this turn without a contact.
    pub fn base(&self, customer: usize) -> f64 {
        TYPES[self.people[customer].kind].base
    }

    /// The planted effect of a contact in this turn on the chance to order.
    pub fn effect(&self, customer: usize, channel: usize) -> f64 {
        let person = &self.people[customer];
        let left = if person.tired { FATIGUE } else { 1.0 };
        if person.wrong[channel] { 0.0 } else { TYPES[person.kind].effects[channel] * left }
    }

    /// What a contact is expected to bring in this turn, its cost taken off.
    pub fn worth(&self, customer: usize, channel: usize) -> f64 {
        self.effect(customer, channel) * self.people[customer].margin - CHANNELS[channel].cost
    }

    /// Contacts each customer by their channel, or not, and lets the turn pass.
    pub fn live(&mut self, contacts: &[Option<usize>]) -> Lived {
        let mut lived = Lived { orders: Vec::with_capacity(contacts.len()), results: Vec::new(), profit: 0.0 };
        for (customer, contact) in contacts.iter().enumerate() {
            let unit = |purpose: u64| unit(self.seed, customer, self.turn, purpose);
            let mut chance = self.base(customer);
            if let Some(channel) = *contact {
                assert!(self.is_reachable(customer, channel), "customer {customer} must not be contacted");
                lived.profit += self.worth(customer, channel);
                chance += self.effect(customer, channel);
            }
            // One order is larger than another.
            let size = 0.6 + 0.8 * unit(2);
            lived.orders.push((unit(0) < chance).then(|| size * self.people[customer].margin));
            let person = &mut self.people[customer];
            person.tired = contact.is_some_and(|channel| !person.wrong[channel]);
            if let Some(channel) = *contact {
                lived.results.push((customer, "sent"));
                lived.results.push((customer, if person.tired { "delivered" } else { "bounced" }));
                person.known_wrong[channel] = person.wrong[channel];
                if person.tired && unit(1) < TYPES[person.kind].unsubscribes {
                    person.gone = true;
                    lived.results.push((customer, "unsubscribed"));
                }
            }
        }
        self.turn += 1;
        lived
    }
}

/// A draw in (0, 1) that seed, customer, turn and purpose decide.
pub fn unit(seed: u64, customer: usize, turn: u64, purpose: u64) -> f64 {
    let bits = mix(mix(mix(seed) ^ customer as u64) ^ (turn << 32 | purpose));
    ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}
