//! How customers answer to being contacted, and the campaigns of the shop: what is planted, as tables.

use super::customers::TYPES;
use super::draws::mixed;

/// Days for which a contact has an effect, and for which it tires.
pub const WINDOW: u32 = 30;
/// What is left of a contact's effect after each contact of the [`WINDOW`] days before it.
pub const FATIGUE: f64 = 0.6;

/// A type of answer to contacts.
#[derive(Debug)]
pub struct Response {
    pub name: &'static str,
    pub meaning: &'static str,
    /// Share of the customers of each type, by place in [`TYPES`].
    pub shares: [f64; TYPES.len()],
    /// Chance to open an e-mail, and to click in one that was opened.
    pub opens: f64,
    pub clicks: f64,
    /// Chance to unsubscribe after an e-mail arrived.
    pub unsubscribes: f64,
}

/// Place in [`RESPONSES`] of those who buy because of a contact.
pub const PERSUADABLE: u8 = 0;
/// Place in [`RESPONSES`] of those whom nothing brings back.
pub const LOST_CAUSE: u8 = 2;
/// Place in [`RESPONSES`] of those whom a contact drives away.
pub const SLEEPING_DOG: u8 = 3;

/// All types of answer; the shares of one type of customer sum to 1.
pub const RESPONSES: [Response; 4] = [
    Response {
        name: "persuadable",
        meaning: "a contact may bring one order more",
        shares: [0.20, 0.50, 0.10, 0.30, 0.60],
        opens: 0.55,
        clicks: 0.35,
        unsubscribes: 0.002,
    },
    Response {
        name: "sure thing",
        meaning: "comes as often with a contact as without",
        shares: [0.70, 0.25, 0.0, 0.30, 0.05],
        opens: 0.60,
        clicks: 0.30,
        unsubscribes: 0.002,
    },
    Response {
        name: "lost cause",
        meaning: "a contact changes nothing, and few orders come without one",
        shares: [0.0, 0.10, 0.90, 0.30, 0.20],
        opens: 0.15,
        clicks: 0.05,
        unsubscribes: 0.010,
    },
    Response {
        name: "sleeping dog",
        meaning: "a contact may keep them from their usual visits while it lasts",
        shares: [0.10, 0.15, 0.0, 0.10, 0.15],
        opens: 0.35,
        clicks: 0.05,
        unsubscribes: 0.050,
    },
];

/// A way to reach customers.
#[derive(Debug)]
pub struct Medium {
    pub name: &'static str,
    /// What one contact costs, in hundredths.
    pub cost: i64,
    /// Share of the customers whose address or number is wrong, so that nothing arrives.
    pub bounces: f64,
    /// Chance that it brings an order more from somebody persuadable who is not tired.
    pub persuades: f64,
    /// Chance that it keeps a sleeping dog away.
    pub repels: f64,
    /// Days from sending to arrival.
    pub travels: u32,
}

/// Place in [`MEDIA`] of e-mail, the only one whose opening and clicks are known.
pub const EMAIL: u8 = 0;

/// All ways to reach customers.
pub const MEDIA: [Medium; 3] = [
    Medium { name: "e-mail", cost: 5, bounces: 0.05, persuades: 0.16, repels: 0.35, travels: 0 },
    Medium { name: "letter", cost: 95, bounces: 0.03, persuades: 0.26, repels: 0.30, travels: 2 },
    Medium { name: "telephone", cost: 400, bounces: 0.12, persuades: 0.38, repels: 0.60, travels: 0 },
];

/// What is offered, and what it costs where it is redeemed, in hundredths.
pub const OFFERS: [(&str, i64); 2] = [("reminder", 0), ("voucher", 300)];

/// A list: one campaign on one day.
#[derive(Debug)]
pub struct List {
    pub name: &'static str,
    /// Its day, in thousandths of the history.
    pub when: usize,
    /// Place in [`MEDIA`] and in [`OFFERS`].
    pub medium: u8,
    pub offer: u8,
    /// Share of the list that is drawn as control, in hundredths.
    pub control: u32,
    /// Days since the last order, and fewest orders, of those on the list.
    pub silent: std::ops::RangeInclusive<u32>,
    pub orders: u32,
}

/// The shop's campaigns, by day. The first is the trial: half of everybody who ordered within a year. Two come soon after another,
/// so that fatigue shows.
pub const LISTS: [List; 7] = [
    List { name: "trial", when: 400, medium: 0, offer: 1, control: 50, silent: 0..=365, orders: 1 },
    List { name: "spring letter", when: 500, medium: 1, offer: 1, control: 30, silent: 0..=365, orders: 1 },
    List { name: "spring reminder", when: 520, medium: 0, offer: 0, control: 30, silent: 0..=365, orders: 1 },
    List { name: "win back", when: 600, medium: 1, offer: 1, control: 20, silent: 60..=240, orders: 1 },
    List { name: "call of the best", when: 700, medium: 2, offer: 0, control: 20, silent: 0..=120, orders: 4 },
    List { name: "autumn mail", when: 800, medium: 0, offer: 1, control: 10, silent: 0..=365, orders: 1 },
    List { name: "autumn letter", when: 815, medium: 1, offer: 1, control: 20, silent: 0..=365, orders: 1 },
];

/// How a customer of one type answers: the same key, customer and type always give the same.
pub fn response(key: u64, customer: u32, kind: u8) -> u8 {
    let mut place = unit(key, u64::from(customer) * 4 + 3);
    for (response, row) in RESPONSES.iter().enumerate() {
        let share = row.shares[usize::from(kind)];
        if place < share {
            return response as u8;
        }
        place -= share;
    }
    LOST_CAUSE
}

/// Whether the customer's address or number for a medium is wrong.
pub fn bounces(key: u64, customer: u32, medium: u8) -> bool {
    unit(key, u64::from(customer) * 4 + u64::from(medium)) < MEDIA[usize::from(medium)].bounces
}

/// What a contact that arrives changes: the chance of one order more, or less 1 times the chance to stay away. `tired` counts the
/// contacts of the [`WINDOW`] days before.
pub fn effect(response: u8, medium: u8, tired: u32) -> f64 {
    let row = &MEDIA[usize::from(medium)];
    match response {
        PERSUADABLE => row.persuades * (0..tired).map(|_| FATIGUE).product::<f64>(),
        SLEEPING_DOG => -row.repels,
        _ => 0.0,
    }
}

fn unit(key: u64, place: u64) -> f64 {
    (mixed(key, place) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_of_customer_answers_somehow() {
        for kind in 0..TYPES.len() {
            let sum: f64 = RESPONSES.iter().map(|row| row.shares[kind]).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{}", TYPES[kind].name);
            let drawn: Vec<u8> = (0..40_000).map(|customer| response(5, customer, kind as u8)).collect();
            for (place, row) in RESPONSES.iter().enumerate() {
                let share = drawn.iter().filter(|&&r| usize::from(r) == place).count() as f64 / 40_000.0;
                assert!((share - row.shares[kind]).abs() < 0.01, "{} {}", TYPES[kind].name, row.name);
            }
        }
    }

    #[test]
    fn fatigue_shrinks_what_persuades_and_nothing_else() {
        assert_eq!(effect(PERSUADABLE, 1, 0), 0.26);
        assert!((effect(PERSUADABLE, 1, 2) - 0.26 * 0.36).abs() < 1e-12);
        assert_eq!((effect(SLEEPING_DOG, 0, 2), effect(LOST_CAUSE, 2, 0), effect(1, 2, 0)), (-0.35, 0.0, 0.0));
        let days: Vec<usize> = LISTS.iter().map(|list| list.when).collect();
        assert!(days.is_sorted_by(|a, b| a < b) && LISTS.iter().all(|list| (1..100).contains(&list.control)));
    }
}
