//! What the shop earns and what its customers cost: unit costs, channels of acquisition, referrals and advertising.

use super::catalogue::Catalogue;
use super::channels::{CHANNELS, REFERRAL};
use super::customers::{Customer, FIRST_ID};
use super::draws::{below, chance, mixed, uniform};
use super::files::{push_date, push_int, push_money};
use crate::numeric::calendar::civil_of_day;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Share of new customers for whom a referrer is looked for.
pub const REFERRED: f64 = 0.15;
/// Chance that a customer who was asked refers somebody, by place in `customers::TYPES`.
pub const REFERS: [f64; 5] = [1.0, 0.5, 0.05, 0.2, 0.25];
/// Unit cost as a share of the first day's price: the least, and the width of the range above it.
pub const COST: (f64, f64) = (0.45, 0.25);

/// Unit costs and the acquisitions of the running month.
#[derive(Debug)]
pub(super) struct Economy {
    rng: ChaCha8Rng,
    /// Unit cost of each item, in hundredths.
    pub costs: Vec<i64>,
    /// Customers won since the month began, by channel.
    won: [i64; CHANNELS.len()],
    /// Money spent so far by channel, in hundredths.
    pub spent: [i64; CHANNELS.len()],
    /// Customers won so far by channel.
    pub acquired: [u64; CHANNELS.len()],
}

impl Economy {
    /// The costs of a catalogue's items; `key` decides them, `rng` everything that is drawn later.
    pub fn new(catalogue: &Catalogue, key: u64, rng: ChaCha8Rng) -> Self {
        let share = |place: usize| COST.0 + COST.1 * (mixed(key, place as u64) >> 11) as f64 / (1u64 << 53) as f64;
        let costs = catalogue.items.iter().enumerate().map(|(place, item)| (item.price as f64 * share(place)) as i64);
        let costs = costs.collect();
        Economy { rng, costs, won: [0; CHANNELS.len()], spent: [0; CHANNELS.len()], acquired: [0; CHANNELS.len()] }
    }

    /// Rows of the cost file.
    pub fn cost_rows(&self, catalogue: &Catalogue, out: &mut Vec<u8>) {
        for (item, &cost) in catalogue.items.iter().zip(&self.costs) {
            out.extend_from_slice(item.id.as_bytes());
            out.push(b',');
            push_money(out, cost);
            out.push(b'\n');
        }
    }

    /// How a customer who signs up on `day` was won, and who referred them. Customers from before the history have a
    /// channel too, but nobody paid for them within it.
    pub fn win(&mut self, customers: &[Customer], day: usize, before: bool) -> (u8, Option<u32>) {
        let rng = &mut self.rng;
        if !before && chance(rng, REFERRED) {
            for _ in 0..8 {
                let asked = below(rng, customers.len().max(1) as u32);
                let Some(customer) = customers.get(asked as usize) else { break };
                let refers = chance(rng, REFERS[usize::from(customer.kind)]);
                if refers && customer.orders > 0 && customer.left > day as u32 {
                    self.count(REFERRAL);
                    return (REFERRAL, Some(asked));
                }
            }
        }
        let mut place = uniform(&mut self.rng);
        let mut channel = 0;
        while channel < REFERRAL && place >= CHANNELS[usize::from(channel)].1 {
            place -= CHANNELS[usize::from(channel)].1;
            channel += 1;
        }
        let channel = channel.min(REFERRAL - 1);
        if !before {
            self.count(channel);
        }
        (channel, None)
    }

    fn count(&mut self, channel: u8) {
        self.won[usize::from(channel)] += 1;
        self.acquired[usize::from(channel)] += 1;
    }

    /// Rows of the month that `day` (since 1970-01-01) belongs to, if it is the month's last or the history's `last`.
    pub fn spend_rows(&mut self, day: i64, last: i64, out: &mut Vec<u8>) {
        let (_, _, day_of_month) = civil_of_day(day);
        if day != last && civil_of_day(day + 1).2 != 1 {
            return;
        }
        let month = day + 1 - i64::from(day_of_month);
        for (place, &(name, _, cost)) in CHANNELS.iter().enumerate().filter(|(_, row)| row.2 > 0) {
            // Advertising never costs the same twice; a referral bonus does.
            let noise = self.rng.next_u64() % 301;
            let per_mille = if place == usize::from(REFERRAL) { 1_000 } else { 850 + noise as i64 };
            let amount = self.won[place] * cost * per_mille / 1_000;
            self.spent[place] += amount;
            push_date(out, month);
            out.extend_from_slice(format!(",{name},").as_bytes());
            push_money(out, amount);
            out.push(b'\n');
        }
        self.won = [0; CHANNELS.len()];
    }
}

/// The row of the referral file.
pub(super) fn referral_row(referrer: u32, customer: u32, date: i64, out: &mut Vec<u8>) {
    push_int(out, FIRST_ID + i64::from(referrer));
    out.push(b',');
    push_int(out, FIRST_ID + i64::from(customer));
    out.push(b',');
    push_date(out, date);
    out.push(b'\n');
}
