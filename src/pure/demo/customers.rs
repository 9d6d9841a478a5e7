//! Who shops here: the types of customer, why they leave, and their invented particulars.

use super::catalogue::Catalogue;
use super::channels::CHANNELS;
use super::draws::{below, chance, days_around, erlang, mixed, uniform};
use super::files::{push_date, push_int, push_text};
use super::goods::TASTES;
use rand_chacha::ChaCha8Rng;

/// A type of customer: how many there are and how they behave.
#[derive(Debug)]
pub struct CustomerType {
    pub name: &'static str,
    pub meaning: &'static str,
    /// Share among the customers who were there before the history began, and among those who come during it.
    pub share_before: f64,
    pub share_during: f64,
    /// Mean busy days between visits, and how regular they are (Erlang phases).
    pub gap: f64,
    pub regularity: u32,
    /// Factor on the gap from each visit to the next.
    pub slowing: f64,
    /// Mean ordinary lines of an order.
    pub lines: f64,
    /// Share of the ordinary lines that come from the customer's own favourites.
    pub habit: f64,
    /// Chance at each order to leave without a cause, and factor on the chance to leave for one.
    pub silent_leaving: f64,
    pub impatience: f64,
    /// Share of the lines bought in larger quantity.
    pub bulk: f64,
}

/// Place in [`TYPES`] of those who buy once and never again.
pub const ONE_TIMER: u8 = 2;
/// Place in [`TYPES`] of those who come for the season only.
pub const SEASONAL: u8 = 3;
/// Place in [`TYPES`] of those who come ever more rarely.
pub const LAPSING: u8 = 4;

/// All types. Cycles are planted in the first two.
pub const TYPES: [CustomerType; 5] = [
    CustomerType {
        name: "champion",
        meaning: "comes often and regularly, buys much, seldom leaves",
        share_before: 0.10,
        share_during: 0.04,
        gap: 26.0,
        regularity: 4,
        slowing: 1.0,
        lines: 4.5,
        habit: 0.60,
        silent_leaving: 0.003,
        impatience: 0.5,
        bulk: 0.45,
    },
    CustomerType {
        name: "regular",
        meaning: "comes every month or two",
        share_before: 0.44,
        share_during: 0.24,
        gap: 55.0,
        regularity: 2,
        slowing: 1.0,
        lines: 3.2,
        habit: 0.50,
        silent_leaving: 0.015,
        impatience: 1.0,
        bulk: 0.25,
    },
    CustomerType {
        name: "one-timer",
        meaning: "buys once",
        share_before: 0.0,
        share_during: 0.35,
        gap: 0.0,
        regularity: 1,
        slowing: 1.0,
        lines: 2.4,
        habit: 0.0,
        silent_leaving: 1.0,
        impatience: 1.0,
        bulk: 0.15,
    },
    CustomerType {
        name: "seasonal",
        meaning: "comes in November and December",
        share_before: 0.17,
        share_during: 0.13,
        gap: 110.0,
        regularity: 2,
        slowing: 1.0,
        lines: 4.0,
        habit: 0.30,
        silent_leaving: 0.03,
        impatience: 0.7,
        bulk: 0.30,
    },
    CustomerType {
        name: "lapsing",
        meaning: "begins keenly and comes ever more rarely",
        share_before: 0.29,
        share_during: 0.24,
        gap: 22.0,
        regularity: 3,
        slowing: 1.24,
        lines: 2.8,
        habit: 0.45,
        silent_leaving: 0.01,
        impatience: 1.0,
        bulk: 0.20,
    },
];

/// A lapsing customer is gone once the gap has grown beyond this many busy days.
pub const FADED_GAP: f32 = 150.0;

/// Why a customer left; the place is the number kept per customer.
pub const CAUSES: [(&str, &str); 7] = [
    ("", "still a customer on the last day"),
    ("late_delivery", "an order came late; left on the day it came"),
    ("complaint", "a complaint; left on the day it was made"),
    ("price_rise", "prices of the favourite category rose; left within 30 days"),
    ("faded", "came ever more rarely; left the day after the last order"),
    ("silent", "left the day after an order, for no cause that the data hold"),
    ("one_time", "never meant to come again"),
];

/// An incident after an order: name in the service file, chance per order, chance to leave, days until it is known.
pub const INCIDENTS: [(&str, f64, f64, std::ops::RangeInclusive<u32>); 2] =
    [("late_delivery", 0.030, 0.45, 3..=9), ("complaint", 0.012, 0.60, 1..=5)];

/// Chance to leave, within 30 days, of customers whose favourite category becomes dearer.
pub const PRICE_RISE_LEAVING: f64 = 0.40;

/// Countries with the share of the customers.
pub const COUNTRIES: [(&str, f64); 5] =
    [("United Kingdom", 0.72), ("Germany", 0.10), ("France", 0.08), ("United States", 0.06), ("Australia", 0.04)];

/// First account number.
pub const FIRST_ID: i64 = 10_001;

const FIRST_NAMES: [&str; 40] = [
    "Ada",
    "Ben",
    "Clara",
    "David",
    "Emma",
    "Felix",
    "Grace",
    "Henry",
    "Iris",
    "Jack",
    "Karen",
    "Leo",
    "Maya",
    "Noah",
    "Olivia",
    "Paul",
    "Quinn",
    "Rosa",
    "Sam",
    "Tara",
    "Uma",
    "Victor",
    "Wendy",
    "Xenia",
    "Yann",
    "Zoe",
    "Amir",
    "Birgit",
    "Chloé",
    "Dieter",
    "Elena",
    "François",
    "Greta",
    "Hassan",
    "Ingrid",
    "Jürgen",
    "Kofi",
    "Lena",
    "Miguel",
    "Nadia",
];

/// What the simulation keeps of one customer.
#[derive(Debug, Clone)]
pub struct Customer {
    pub kind: u8,
    pub country: u8,
    /// Place in [`CHANNELS`]: how the customer was won.
    pub channel: u8,
    /// Favourite category, and the second one.
    pub taste: [u8; 2],
    /// Place in [`CAUSES`].
    pub cause: u8,
    /// Place among the catalogue's cycles; 255 for none.
    pub cycle: u8,
    /// First day, from the start, on which the customer is gone; `u32::MAX` while there.
    pub left: u32,
    pub orders: u32,
    /// Days, from the start, of the last order and of the last incident; `u32::MAX` before the first.
    pub last_order: u32,
    pub last_trouble: u32,
    /// Goods less returns, and what is left of it after the goods' costs, in hundredths.
    pub spent: i64,
    pub margin: i64,
    /// Own mean gap in busy days.
    pub gap: f32,
    /// Own mean cycle in days.
    pub cycle_days: f32,
}

impl Customer {
    /// A new customer. `before` says whether they were there before the history began.
    pub fn new(rng: &mut ChaCha8Rng, catalogue: &Catalogue, before: bool) -> Self {
        let kind = pick(uniform(rng), TYPES.iter().map(|t| if before { t.share_before } else { t.share_during }));
        let row = &TYPES[kind];
        let taste = below(rng, TASTES);
        let second = (taste + 1 + below(rng, TASTES - 1)) % TASTES;
        let mut gap = row.gap * (0.55 + 0.45 * erlang(rng, 3));
        if before && kind == usize::from(LAPSING) {
            gap *= (0..below(rng, 7)).map(|_| row.slowing).product::<f64>();
        }
        let mut cycle = 255;
        let mut cycle_days = 0.0;
        if kind < 2 {
            let drawn = pick(uniform(rng), catalogue.again.iter().map(|again| again.share));
            if drawn < catalogue.again.len() {
                cycle = drawn as u8;
                cycle_days = catalogue.again[drawn].days * (0.9 + 0.2 * uniform(rng));
            }
        }
        Customer {
            kind: kind as u8,
            country: country(rng),
            channel: 0,
            taste: [taste as u8, second as u8],
            cause: 0,
            cycle,
            left: u32::MAX,
            orders: 0,
            last_order: u32::MAX,
            last_trouble: u32::MAX,
            spent: 0,
            margin: 0,
            gap: gap as f32,
            cycle_days: cycle_days as f32,
        }
    }

    /// The customer's type.
    pub fn row(&self) -> &'static CustomerType {
        &TYPES[usize::from(self.kind)]
    }

    /// Days to the next purchase of the cycle's item.
    pub fn next_cycle(&self, rng: &mut ChaCha8Rng, catalogue: &Catalogue) -> usize {
        days_around(rng, f64::from(self.cycle_days), catalogue.again[usize::from(self.cycle)].spread) as usize
    }

    /// Leaves on a day unless already set to leave earlier.
    pub fn leave(&mut self, day: usize, cause: u8) {
        if (day as u32) < self.left {
            self.left = day as u32;
            self.cause = cause;
        }
    }

    /// One of the customer's own favourite items: twelve, the first bought most, nine of them from the two tastes.
    pub fn favourite(&self, catalogue: &Catalogue, key: u64, index: u32, bits: u64, moved: u32) -> u32 {
        let slot = u64::from((bits.trailing_ones() * 2 + (bits >> 40 & 1) as u32).min(11));
        let own = mixed(key, u64::from(index) * 16 + slot);
        match slot % 4 {
            3 => catalogue.popular(own),
            which => catalogue.of_taste(self.taste_now(usize::from(which == 2), moved), own),
        }
    }

    /// A taste, after the drift moved it on.
    pub fn taste_now(&self, which: usize, moved: u32) -> u32 {
        (u32::from(self.taste[which]) + moved) % TASTES
    }
}

/// The country of a customer or guest.
pub fn country(rng: &mut ChaCha8Rng) -> u8 {
    pick(uniform(rng), COUNTRIES.iter().map(|&(_, share)| share)).min(COUNTRIES.len() - 1) as u8
}

/// Writes the row of the customer file, and one of the suppression file for the few who opted out.
///
/// Addresses are in `example.com` and `.test`, which can never exist (RFC 2606); phone numbers are from the ranges that
/// Ofcom, the Bundesnetzagentur, Arcep, the North American numbering plan and ACMA keep free for fiction. They repeat
/// from one range's length to the next in large shops.
///
/// Gives the first day on which the customer must not be contacted: `i64::MIN` without consent, `i64::MAX` if never.
pub fn write_particulars(
    rng: &mut ChaCha8Rng,
    index: u32,
    customer: &Customer,
    signup: i64,
    end: i64,
    customers: &mut Vec<u8>,
    suppressions: &mut Vec<u8>,
) -> i64 {
    let id = FIRST_ID + i64::from(index);
    let name = FIRST_NAMES[below(rng, FIRST_NAMES.len() as u32) as usize];
    push_int(customers, id);
    customers.push(b',');
    push_text(customers, name);
    customers.push(b',');
    customers.extend(name.chars().filter(char::is_ascii).map(|c| c.to_ascii_lowercase() as u8));
    customers.push(b'.');
    push_int(customers, id);
    customers.extend_from_slice(if chance(rng, 0.5) { b"@example.com," } else { b"@shopper.test," });
    let (prefix, length) = phone_range(customer.country, index);
    customers.extend_from_slice(prefix.as_bytes());
    let digits = index % length;
    let width = (length - 1).ilog10() as usize + 1;
    customers.extend_from_slice(format!("{digits:0width$}").as_bytes());
    customers.push(b',');
    customers.extend_from_slice(COUNTRIES[usize::from(customer.country)].0.as_bytes());
    let consents = chance(rng, 0.82);
    customers.extend_from_slice(if consents { b",yes," } else { b",no," });
    let mut until = if consents { i64::MAX } else { i64::MIN };
    push_date(customers, signup);
    customers.extend_from_slice(format!(",{}\n", CHANNELS[usize::from(customer.channel)].0).as_bytes());
    if chance(rng, 0.02) {
        push_int(suppressions, id);
        suppressions.push(b',');
        let since = (signup + 1 + i64::from(below(rng, 200))).min(end - 1);
        push_date(suppressions, since);
        until = until.min(since);
        let reason = ["unsubscribed", "objected", "moved away"][below(rng, 3) as usize];
        suppressions.extend_from_slice(format!(",{reason}\n").as_bytes());
    }
    until
}

/// A prefix of fictional numbers and how many there are under it.
fn phone_range(country: u8, index: u32) -> (&'static str, u32) {
    const BRITISH: [&str; 13] = [
        "+447700900",
        "+442079460",
        "+441134960",
        "+441144960",
        "+441154960",
        "+441164960",
        "+441174960",
        "+441184960",
        "+441214960",
        "+441314960",
        "+441414960",
        "+441514960",
        "+441614960",
    ];
    match country {
        0 => (BRITISH[index as usize / 1_000 % 13], 1_000),
        1 => ("+493023125", 1_000),
        2 => ("+3363998", 10_000),
        3 => ("+120255501", 100),
        _ => ("+6125550", 10_000),
    }
}

/// The place of a draw in [0, 1) among consecutive shares; one past the last when it falls beyond them.
fn pick(mut place: f64, shares: impl Iterator<Item = f64>) -> usize {
    let mut index = 0;
    for share in shares {
        if place < share {
            return index;
        }
        place -= share;
        index += 1;
    }
    index
}
