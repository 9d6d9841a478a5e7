//! The shop's contacts: lists are drawn, sent, delivered or not, and what they caused is counted.

use super::customers::{Customer, FIRST_ID};
use super::draws::{below, chance};
use super::files::{push_date, push_int, push_money, push_text};
use super::responses::{EMAIL, LISTS, List, MEDIA, OFFERS, RESPONSES, WINDOW, bounces, effect, response};
use crate::numeric::random::fnv1a;
use rand_chacha::ChaCha8Rng;

/// A contact that brings an order brings it within this many days.
const ANSWERS_WITHIN: u32 = 21;
/// Chance that somebody who comes anyway redeems an offer that costs the shop something.
const REDEEMS: f64 = 0.5;

/// What came of one list.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    pub contacted: u64,
    pub control: u64,
    pub delivered: u64,
    pub redeemed: u64,
    pub unsubscribed: u64,
    /// Orders that contacts brought, and usual visits that they kept away, inside the history.
    pub caused: u64,
    pub prevented: u64,
    /// Sum of the planted effects of those contacted: expected orders brought, and expected persons kept away.
    pub expected: f64,
    pub repelled: f64,
    /// Contacts and redeemed offers, in hundredths.
    pub cost: i64,
}

/// One customer on one list.
#[derive(Debug)]
struct Row {
    customer: u32,
    contacted: bool,
    response: u8,
    /// What the contact changes, or would have changed for control persons; 0 where nothing arrives.
    effect: f64,
    away: bool,
    redeemed: bool,
    caused: u32,
    prevented: u32,
}

/// A list whose contacts still have an effect.
#[derive(Debug)]
struct Open {
    list: usize,
    day: u32,
    /// By customer.
    rows: Vec<Row>,
}

/// An order that a contact will bring.
#[derive(Debug, Clone, Copy)]
pub struct Caused {
    pub day: u32,
    pub customer: u32,
    /// Place in [`LISTS`].
    pub list: u8,
}

/// All contacts of a shop.
#[derive(Debug)]
pub(super) struct Mailings {
    rng: ChaCha8Rng,
    key: u64,
    start: i64,
    days: usize,
    /// By customer: first day, from the start, on which they must not be contacted.
    until: Vec<i64>,
    open: Vec<Open>,
    /// Ledger rows to come, by day.
    later: Vec<Vec<u8>>,
    pub sums: Vec<Sums>,
}

impl Mailings {
    pub fn new(key: u64, rng: ChaCha8Rng, start: i64, days: usize) -> Self {
        let sums = vec![Sums::default(); LISTS.len()];
        Mailings { rng, key, start, days, until: Vec::new(), open: Vec::new(), later: vec![Vec::new(); days], sums }
    }

    /// Enters the next customer. `until` is the first day since 1970-01-01 on which they must not be contacted.
    pub fn welcome(&mut self, until: i64) {
        self.until.push(until.saturating_sub(self.start));
    }

    /// How a customer answers to contacts.
    pub fn response(&self, customer: u32, kind: u8) -> u8 {
        response(self.key, customer, kind)
    }

    /// The day of a list, from the start.
    pub fn day_of(&self, list: &List) -> usize {
        self.days * list.when / 1_000
    }

    /// Draws and sends the list of the day, if there is one, and says what orders it will bring. `truth` gets the rows of lists whose
    /// effect is over.
    pub fn send(&mut self, day: usize, customers: &[Customer], truth: &mut Vec<u8>) -> Vec<Caused> {
        while self.open.first().is_some_and(|open| open.day + WINDOW < day as u32) {
            let open = self.open.remove(0);
            self.tell(&open, truth);
        }
        let mut caused = Vec::new();
        let Some(place) = LISTS.iter().position(|list| self.day_of(list) == day) else { return caused };
        let list = &LISTS[place];
        let mut open = Open { list: place, day: day as u32, rows: Vec::new() };
        let mut planned = Vec::new();
        let mut events = vec![Vec::new(); WINDOW as usize];
        for (index, customer) in customers.iter().enumerate() {
            let asked = customer.orders >= list.orders
                && list.silent.contains(&(day as u32 - customer.last_order))
                && self.until[index] > day as i64;
            if asked {
                let row = self.contact(&open, index as u32, customer, &mut planned, &mut events);
                if row.contacted && row.effect > 0.0 && chance(&mut self.rng, row.effect) {
                    let day = day as u32 + 1 + below(&mut self.rng, ANSWERS_WITHIN);
                    caused.push(Caused { day, customer: index as u32, list: place as u8 });
                }
                open.rows.push(row);
            }
        }
        self.open.push(open);
        self.later[day].splice(0..0, planned);
        for (after, rows) in events.into_iter().enumerate() {
            if let Some(later) = self.later.get_mut(day + after) {
                later.extend_from_slice(&rows);
            }
        }
        caused
    }

    /// Draws the arm of one customer and, where it is a contact, what happens to it but for orders.
    fn contact(
        &mut self,
        open: &Open,
        index: u32,
        customer: &Customer,
        planned: &mut Vec<u8>,
        events: &mut [Vec<u8>],
    ) -> Row {
        let list = &LISTS[open.list];
        let medium = &MEDIA[usize::from(list.medium)];
        let tired = self.open.iter().filter(|other| other.find(index).is_some_and(|row| row.contacted)).count();
        let response = self.response(index, customer.kind);
        let arrives = !bounces(self.key, index, list.medium);
        let here = customer.left > open.day;
        let effect = if arrives && here { effect(response, list.medium, tired as u32) } else { 0.0 };
        let contacted = !chance(&mut self.rng, f64::from(list.control) / 100.0);
        self.push(planned, open, index, contacted, "planned", 0);
        let row =
            Row { customer: index, contacted, response, effect, away: false, redeemed: false, caused: 0, prevented: 0 };
        let sums = &mut self.sums[open.list];
        if !contacted {
            sums.control += 1;
            return row;
        }
        sums.contacted += 1;
        sums.cost += medium.cost;
        sums.expected += effect.max(0.0);
        sums.repelled += (-effect).max(0.0);
        self.push(&mut events[0], open, index, true, "sent", 0);
        let arrived = medium.travels;
        if !arrives {
            self.push(&mut events[arrived as usize], open, index, true, "bounced", arrived);
            return row;
        }
        self.sums[open.list].delivered += 1;
        self.push(&mut events[arrived as usize], open, index, true, "delivered", arrived);
        if list.medium == EMAIL {
            self.read(open, index, response, events);
        }
        Row { away: effect < 0.0 && chance(&mut self.rng, -effect), ..row }
    }

    /// Whether an e-mail is opened, clicked in, or the last one that the customer wants.
    fn read(&mut self, open: &Open, index: u32, response: u8, events: &mut [Vec<u8>]) {
        let row = &RESPONSES[usize::from(response)];
        let after = below(&mut self.rng, 4);
        if chance(&mut self.rng, row.opens) {
            self.push(&mut events[after as usize], open, index, true, "opened", after);
            if chance(&mut self.rng, row.clicks) {
                self.push(&mut events[after as usize], open, index, true, "clicked", after);
            }
        }
        if chance(&mut self.rng, row.unsubscribes) {
            self.push(&mut events[after as usize], open, index, true, "unsubscribed", after);
            self.sums[open.list].unsubscribed += 1;
            self.until[index as usize] = self.until[index as usize].min(i64::from(open.day + after) + 1);
        }
    }

    /// The day, from the start, until which a contact keeps a customer from a usual visit, which is counted.
    pub fn kept_away(&mut self, customer: u32, day: usize) -> Option<usize> {
        let away = |row: &Row| row.away && row.contacted;
        let open = self.open.iter_mut().find(|open| open.runs(day) && open.find(customer).is_some_and(away))?;
        let (list, until) = (open.list, open.day + WINDOW + 1);
        open.find_mut(customer)?.prevented += 1;
        self.sums[list].prevented += 1;
        Some(until as usize)
    }

    /// Notes an order: one that `list` brought, or a usual one. Either may redeem an offer.
    pub fn order(&mut self, customer: u32, day: usize, list: Option<u8>) {
        for place in 0..self.open.len() {
            let open = &mut self.open[place];
            let brought = list.is_some_and(|list| usize::from(list) == open.list);
            let (list, runs, arrives) =
                (open.list, open.runs(day), MEDIA[usize::from(LISTS[open.list].medium)].travels);
            let from = open.day + arrives;
            let Some(row) = open.find_mut(customer) else { continue };
            if brought {
                row.caused += 1;
                self.sums[list].caused += 1;
            }
            let offer = OFFERS[usize::from(LISTS[list].offer)].1;
            let may = runs && day as u32 > from && offer > 0 && row.contacted && !row.redeemed;
            if may && !bounces(self.key, customer, LISTS[list].medium) && (brought || chance(&mut self.rng, REDEEMS)) {
                row.redeemed = true;
                self.sums[list].redeemed += 1;
                self.sums[list].cost += offer;
                let open = &self.open[place];
                let mut out = Vec::new();
                self.push(&mut out, open, customer, true, "redeemed", day as u32 - open.day);
                self.later[day].extend_from_slice(&out);
            }
        }
    }

    /// The ledger rows of a day that is over.
    pub fn rows(&mut self, day: usize) -> Vec<u8> {
        std::mem::take(&mut self.later[day])
    }

    /// The truth about lists whose effect was not over on the last day.
    pub fn close(&mut self, truth: &mut Vec<u8>) {
        for open in std::mem::take(&mut self.open) {
            self.tell(&open, truth);
        }
    }

    /// The truth about each customer of a list.
    fn tell(&self, open: &Open, out: &mut Vec<u8>) {
        for row in &open.rows {
            push_int(out, FIRST_ID + i64::from(row.customer));
            out.extend_from_slice(format!(",{},", LISTS[open.list].name).as_bytes());
            push_date(out, self.start + i64::from(open.day));
            let arm = if row.contacted { "contacted" } else { "control" };
            let response = RESPONSES[usize::from(row.response)].name;
            let (effect, caused, prevented) = (row.effect, row.caused, row.prevented);
            out.extend_from_slice(format!(",{arm},{response},{effect:.4},{caused},{prevented}\n").as_bytes());
        }
    }

    /// One row of the ledger, `after` days after the list's day.
    fn push(&self, out: &mut Vec<u8>, open: &Open, customer: u32, contacted: bool, event: &str, after: u32) {
        let list = &LISTS[open.list];
        let (offer, medium) = (OFFERS[usize::from(list.offer)], &MEDIA[usize::from(list.medium)]);
        let (day, id) = (self.start + i64::from(open.day), FIRST_ID + i64::from(customer));
        let mut key = Vec::new();
        push_date(&mut key, day);
        key.extend_from_slice(format!("|{}|{id}|{}|{}", list.name, offer.0, medium.name).as_bytes());
        out.extend_from_slice(format!("{:016x},{id},{event},", fnv1a(&key)).as_bytes());
        push_date(out, day + i64::from(after));
        out.push(b',');
        push_text(out, list.name);
        out.extend_from_slice(if contacted { b",contacted," } else { b",control," });
        push_money(out, i64::from(if contacted { 100 - list.control } else { list.control }));
        out.extend_from_slice(format!(",{},{},,", offer.0, medium.name).as_bytes());
        let cost = match event {
            "planned" => {
                push_date(out, day + i64::from(WINDOW));
                contacted.then_some(medium.cost)
            }
            "redeemed" => Some(offer.1),
            _ => None,
        };
        out.extend_from_slice(b",,");
        if let Some(cost) = cost {
            push_money(out, cost);
        }
        out.push(b'\n');
    }
}

impl Open {
    fn place(&self, customer: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&customer, |row| row.customer).ok()
    }

    fn find(&self, customer: u32) -> Option<&Row> {
        self.place(customer).map(|place| &self.rows[place])
    }

    fn find_mut(&mut self, customer: u32) -> Option<&mut Row> {
        self.place(customer).map(|place| &mut self.rows[place])
    }

    /// Whether the list's contacts have an effect on a day.
    fn runs(&self, day: usize) -> bool {
        day as u32 > self.day && day as u32 <= self.day + WINDOW
    }
}
