//! The simulation: day after day, who comes, what they take, who is disappointed and leaves.

use super::catalogue::{Catalogue, RISING};
use super::customers::{
    CAUSES, Customer, FADED_GAP, INCIDENTS, LAPSING, ONE_TIMER, PRICE_RISE_LEAVING, SEASONAL, TYPES, country,
    write_particulars,
};
use super::dirt::{Counts, Dirt};
use super::draws::{Alias, below, chance, days_around, exponential, uniform};
use super::economy::{Economy, referral_row};
use super::files::{File, Piece, push_date, push_int, push_money, push_time};
use super::ledger::{Ledger, Line, NOBODY, Order, OrderKind, SERVICE};
use super::mailings::Mailings;
use super::planted::Planted;
use super::seasons::{Clock, hours};
use super::settings::{DemoError, ShopSettings};
use super::truth::{self, Closed, Truth};
use super::voices::Voices;
use crate::numeric::calendar::{DAY, civil_of_day};
use crate::numeric::random::stream;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Customers whose shopping is rehearsed to learn how many a shop of the wanted size needs.
const REHEARSED: u32 = 6_000;
/// Shops up to this many lines are rehearsed whole, and come nearer to the wanted number.
const REHEARSED_WHOLE: u64 = 200_000;
/// How often.
const ATTEMPTS: usize = 12;
/// Visits that follow from a cycle or a sequence carry this many ordinary lines on average.
const EXTRA_LINES: f64 = 1.2;
/// A share of the customers were there before the history began.
const THERE_BEFORE: f64 = 0.35;

/// Takes the pieces of the shop's files as they are made.
pub type Write<'a> = dyn FnMut(Piece<'_>) -> std::io::Result<()> + 'a;

/// Simulates a shop and hands its files over piece by piece: order lines day by day in time order, everything else as
/// it becomes known. Memory holds the customers (about 64 bytes each), what they will do next, and one day of orders; with
/// campaigns also the lists of the last 30 days.
///
/// The same settings give the same bytes. Returns what was planted; the truth file holds the same as JSON.
///
/// # Errors
/// A setting out of range, or what `write` failed with.
pub fn generate(
    settings: &ShopSettings,
    write: &mut Write,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Truth, DemoError> {
    settings.check()?;
    let customers = match settings.customers {
        Some(customers) => customers,
        None => customers_for(settings)?,
    };
    let mut shop = Shop::new(settings, customers);
    shop.run(write, progress)?;
    shop.close(write)
}

/// How many customers make about the wanted number of lines.
fn customers_for(settings: &ShopSettings) -> Result<u32, DemoError> {
    let rehearse = |customers: u32| -> Result<u64, DemoError> {
        let mut shop = Shop::new(settings, customers);
        shop.run(&mut |_| Ok(()), &|_| ())?;
        Ok(shop.ledger.lines.max(1))
    };
    let scaled = |customers: u32, lines: u64| {
        ((u128::from(customers) * u128::from(settings.lines) / u128::from(lines)) as u32).clamp(10, 50_000_000)
    };
    let mut customers = scaled(REHEARSED, rehearse(REHEARSED)?);
    if settings.lines > REHEARSED_WHOLE {
        return Ok(customers);
    }
    // A few hundred customers differ by chance; trying some numbers nearby finds one that comes near enough.
    let mut best = (u64::MAX, customers);
    let mut tried = Vec::new();
    while tried.len() < ATTEMPTS && best.0 > settings.lines / 50 {
        while tried.contains(&customers) {
            customers += 1;
        }
        tried.push(customers);
        let lines = rehearse(customers)?;
        best = best.min((lines.abs_diff(settings.lines), customers));
        customers = scaled(customers, lines);
    }
    Ok(best.1)
}

/// What brings a customer in.
#[derive(Debug, Clone, Copy)]
enum Visit {
    Habit(u32),
    Cycle(u32),
    Follow(u32, u8),
    /// Brought by a contact of a list.
    Contact(u32, u8),
}

/// Goods that will come back.
#[derive(Debug)]
struct Return {
    customer: u32,
    line: Line,
    dirt: Dirt,
}

#[derive(Debug)]
struct Incident {
    customer: u32,
    order: i64,
    kind: u8,
}

pub(super) struct Shop<'a> {
    pub settings: &'a ShopSettings,
    pub catalogue: Catalogue,
    pub customers: Vec<Customer>,
    pub planted: Planted,
    pub ledger: Ledger,
    pub economy: Economy,
    pub voices: Voices,
    pub mailings: Option<Mailings>,
    wanted: u32,
    days: usize,
    key: u64,
    everyday: Clock,
    seasonal: Clock,
    hours: Alias,
    behaviour: ChaCha8Rng,
    baskets: ChaCha8Rng,
    particulars: ChaCha8Rng,
    prices: Vec<i64>,
    visits: Vec<Vec<Visit>>,
    returns: Vec<Vec<Return>>,
    incidents: Vec<Vec<Incident>>,
    today: Vec<Order>,
    lines: Vec<Line>,
    basket: Vec<u32>,
    replay: Vec<u8>,
}

impl<'a> Shop<'a> {
    fn new(settings: &'a ShopSettings, wanted: u32) -> Self {
        let key = stream(settings.seed, "demo catalogue").next_u64();
        let catalogue = Catalogue::new(settings, key);
        let days = (settings.end - settings.start) as usize;
        let per_day = |_| Vec::new();
        Shop {
            ledger: Ledger::new(&catalogue, stream(settings.seed, "demo dirt"), settings.dirt),
            economy: Economy::new(&catalogue, key, stream(settings.seed, "demo economy")),
            voices: Voices::new(
                stream(settings.seed, "demo attitudes").next_u64(),
                stream(settings.seed, "demo voices"),
            ),
            mailings: settings.campaigns.then(|| {
                let key = stream(settings.seed, "demo responses").next_u64();
                Mailings::new(key, stream(settings.seed, "demo mailings"), settings.start, days)
            }),
            prices: catalogue.items.iter().map(|item| item.price).collect(),
            planted: Planted {
                orders: 0,
                by_item: vec![0; catalogue.items.len()],
                by_affinity: vec![0; catalogue.together.len()],
                begun: vec![0; catalogue.follows.len()],
                followed: vec![0; catalogue.follows.len()],
                prices: Vec::new(),
                overlap: None,
            },
            catalogue,
            customers: Vec::with_capacity(wanted as usize),
            wanted,
            days,
            key,
            everyday: Clock::everyday(settings.start, days),
            seasonal: Clock::seasonal(settings.start, days),
            hours: hours(),
            behaviour: stream(settings.seed, "demo customers"),
            baskets: stream(settings.seed, "demo baskets"),
            particulars: stream(settings.seed, "demo particulars"),
            visits: (0..days).map(|_| Vec::new()).collect(),
            returns: (0..days).map(per_day).collect(),
            incidents: (0..days).map(|_| Vec::new()).collect(),
            today: Vec::new(),
            lines: Vec::new(),
            basket: Vec::new(),
            replay: Vec::new(),
            settings,
        }
    }

    fn run(&mut self, write: &mut Write, progress: &(dyn Fn(f64) + Sync)) -> Result<(), DemoError> {
        let overlap = self.days * 55 / 100..self.days * 55 / 100 + 3;
        let mut counts_before = (Counts::default(), 0);
        let mut orders = Vec::new();
        let (mut service, mut complaints, mut surveys, mut spend) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut costs = Vec::new();
        self.economy.cost_rows(&self.catalogue, &mut costs);
        write(Piece { file: File::Costs, day: self.settings.start, bytes: &costs })?;
        for day in 0..self.days {
            let date = self.settings.start + day as i64;
            if day == overlap.start {
                counts_before = (self.ledger.counts.clone(), self.ledger.lines);
            }
            self.change_prices(day);
            self.welcome(day, write)?;
            for rows in [&mut service, &mut complaints, &mut surveys, &mut spend] {
                rows.clear();
            }
            self.tell_incidents(day, &mut service, &mut complaints);
            self.voices.survey(&self.customers, day, date, self.settings.end, &mut surveys);
            self.economy.spend_rows(date, self.settings.end - 1, &mut spend);
            self.send_mailings(day, write)?;
            for visit in std::mem::take(&mut self.visits[day]) {
                self.visit(day, visit);
            }
            self.invite_guests(day);
            self.take_back(day);
            self.keep_house(day);
            orders.clear();
            self.write_day(day, &mut orders);
            if overlap.contains(&day) && self.ledger.rates().of(Dirt::OverlapLine) > 0.0 {
                self.replay.extend_from_slice(&orders);
            }
            write(Piece { file: File::Orders, day: date, bytes: &orders })?;
            if day + 1 == overlap.end && !self.replay.is_empty() {
                let lines = self.ledger.lines - counts_before.1;
                self.ledger.counts.repeat_since(&counts_before.0);
                self.ledger.counts.add_lines(Dirt::OverlapLine, lines);
                self.ledger.lines += lines;
                self.planted.overlap = Some((date - 2, date));
                write(Piece { file: File::Orders, day: date, bytes: &std::mem::take(&mut self.replay) })?;
            }
            for (file, bytes) in [
                (File::Service, &service),
                (File::Complaints, &complaints),
                (File::Surveys, &surveys),
                (File::Spend, &spend),
            ] {
                write(Piece { file, day: date, bytes })?;
            }
            if let Some(mailings) = &mut self.mailings {
                write(Piece { file: File::Contacts, day: date, bytes: &mailings.rows(day) })?;
            }
            progress((day + 1) as f64 / self.days as f64);
        }
        Ok(())
    }

    fn drifted(&self, day: usize) -> bool {
        self.settings.drift.is_some_and(|drift| self.settings.start + day as i64 >= drift)
    }

    /// All prices rise a little each February; one category's prices rise sharply once, and some leave for it.
    fn change_prices(&mut self, day: usize) {
        let date = self.settings.start + day as i64;
        let (_, month, day_of_month) = civil_of_day(date);
        let mut change = |category: Option<u8>, factor: i64| {
            for (price, item) in self.prices.iter_mut().zip(&self.catalogue.items) {
                if category.is_none_or(|only| item.category == only) {
                    *price = (*price * factor + 500) / 1_000;
                }
            }
            self.planted.prices.push((date, category, factor));
        };
        if day > 0 && month == 2 && day_of_month == 1 {
            change(None, 1_030);
        }
        if day == self.days * 60 / 100 {
            change(Some(RISING), 1_180);
            let rng = &mut self.behaviour;
            for customer in self.customers.iter_mut().filter(|c| c.taste[0] == RISING && c.kind != ONE_TIMER) {
                if chance(rng, PRICE_RISE_LEAVING * customer.row().impatience) {
                    customer.leave(day + 1 + below(rng, 30) as usize, 3);
                }
            }
        }
    }

    /// New customers sign up; on the first day those who were there before are entered.
    fn welcome(&mut self, day: usize, write: &mut Write) -> Result<(), DemoError> {
        let before = (f64::from(self.wanted) * THERE_BEFORE) as u32;
        let during = f64::from(self.wanted - before) * self.everyday.share_before(day + 1);
        let due = if day + 1 == self.days { self.wanted } else { before + during as u32 };
        let mut customers = Vec::new();
        let (mut suppressions, mut referrals) = (Vec::new(), Vec::new());
        while (self.customers.len() as u32) < due {
            let index = self.customers.len() as u32;
            let old = index < before;
            let rng = &mut self.behaviour;
            let mut customer = Customer::new(rng, &self.catalogue, old);
            let first = match customer.kind {
                SEASONAL => self.seasonal.after(day, exponential(rng) * if old { 60.0 } else { 20.0 }),
                _ if old => self.everyday.after(0, f64::from(customer.gap) * uniform(rng)),
                _ => Some(day),
            };
            if let Some(first) = first {
                self.visits[first].push(Visit::Habit(index));
            }
            if customer.cycle != 255 {
                let due = day + 1 + below(rng, customer.cycle_days as u32) as usize;
                if due < self.days {
                    self.visits[due].push(Visit::Cycle(index));
                }
            }
            let ago = if old { 1 + i64::from(below(rng, 900)) } else { 0 };
            let signup = self.settings.start + day as i64 - ago;
            let end = self.settings.end;
            let (channel, referrer) = self.economy.win(&self.customers, day, old);
            customer.channel = channel;
            if let Some(referrer) = referrer {
                referral_row(referrer, index, signup, &mut referrals);
            }
            let rng = &mut self.particulars;
            let until = write_particulars(rng, index, &customer, signup, end, &mut customers, &mut suppressions);
            if let Some(mailings) = &mut self.mailings {
                mailings.welcome(until);
            }
            self.customers.push(customer);
        }
        let day = self.settings.start + day as i64;
        write(Piece { file: File::Customers, day, bytes: &customers })?;
        write(Piece { file: File::Suppressions, day, bytes: &suppressions })?;
        write(Piece { file: File::Referrals, day, bytes: &referrals })?;
        Ok(())
    }

    /// Deliveries arrive late and complaints are made, and some customers leave for them.
    fn tell_incidents(&mut self, day: usize, service: &mut Vec<u8>, complaints: &mut Vec<u8>) {
        for incident in std::mem::take(&mut self.incidents[day]) {
            let (name, _, leaving, _) = &INCIDENTS[usize::from(incident.kind)];
            let drift = if self.drifted(day) { 1.5 } else { 1.0 };
            let time =
                (self.settings.start + day as i64) * DAY + 9 * 3_600 + i64::from(below(&mut self.behaviour, 30_000));
            push_int(service, super::customers::FIRST_ID + i64::from(incident.customer));
            service.push(b',');
            push_time(service, time);
            service.extend_from_slice(format!(",{name},{}\n", incident.order).as_bytes());
            let (late, date) = (incident.kind == 0, self.settings.start + day as i64);
            self.voices.complain(incident.customer, incident.order, late, date, self.settings.end, complaints);
            let customer = &mut self.customers[incident.customer as usize];
            customer.last_trouble = day as u32;
            if chance(&mut self.behaviour, leaving * customer.row().impatience * drift) && customer.kind != ONE_TIMER {
                customer.leave(day, incident.kind + 1);
            }
        }
    }

    /// The list of the day goes out, and the orders that it brings are due.
    fn send_mailings(&mut self, day: usize, write: &mut Write) -> Result<(), DemoError> {
        let Some(mailings) = &mut self.mailings else { return Ok(()) };
        let mut truth = Vec::new();
        for caused in mailings.send(day, &self.customers, &mut truth) {
            if let Some(visits) = self.visits.get_mut(caused.day as usize) {
                visits.push(Visit::Contact(caused.customer, caused.list));
            }
        }
        write(Piece { file: File::ContactTruth, day: self.settings.start + day as i64, bytes: &truth })?;
        Ok(())
    }

    /// Whether a contact keeps the customer from this visit; then a usual one comes later. Otherwise an order follows, which is noted.
    fn stays_away(&mut self, day: usize, visit: Visit) -> bool {
        let Some(mailings) = &mut self.mailings else { return false };
        match visit {
            Visit::Habit(index) => {
                if let Some(until) = mailings.kept_away(index, day) {
                    if until < self.days {
                        self.visits[until].push(visit);
                    }
                    return true;
                }
                mailings.order(index, day, None);
            }
            Visit::Contact(index, list) => mailings.order(index, day, Some(list)),
            Visit::Cycle(index) | Visit::Follow(index, _) => mailings.order(index, day, None),
        }
        false
    }

    fn visit(&mut self, day: usize, visit: Visit) {
        let (Visit::Habit(index) | Visit::Cycle(index) | Visit::Follow(index, _) | Visit::Contact(index, _)) = visit;
        if self.customers[index as usize].left <= day as u32 || self.stays_away(day, visit) {
            return;
        }
        let drifted = self.drifted(day);
        let (due, mean) = match visit {
            Visit::Habit(_) => (None, self.customers[index as usize].row().lines),
            Visit::Cycle(_) => {
                (Some(self.catalogue.again[usize::from(self.customers[index as usize].cycle)].item), EXTRA_LINES)
            }
            Visit::Follow(_, sequence) => {
                self.planted.followed[usize::from(sequence)] += 1;
                (Some(self.catalogue.follows[usize::from(sequence)].then), EXTRA_LINES)
            }
            Visit::Contact(..) => (None, EXTRA_LINES),
        };
        let begun = self.fill_basket(day, Some(index), due, mean);
        let customer = &mut self.customers[index as usize];
        customer.orders += 1;
        customer.last_order = day as u32;
        let rng = &mut self.behaviour;
        let lasting = customer.kind != ONE_TIMER;
        if let (Some(sequence), true) = (begun, lasting) {
            self.planted.begun[sequence] += 1;
            let follow = &self.catalogue.follows[sequence];
            if chance(rng, follow.share) {
                let back = day + days_around(rng, follow.lag, follow.spread) as usize;
                if back < self.days {
                    self.visits[back].push(Visit::Follow(index, sequence as u8));
                }
            }
        }
        match visit {
            Visit::Habit(_) => {
                let row = customer.row();
                customer.gap *= row.slowing as f32;
                if !lasting {
                    customer.leave(day + 1, 6);
                } else if customer.kind == LAPSING && customer.gap > FADED_GAP {
                    customer.leave(day + 1, 4);
                } else if chance(rng, row.silent_leaving * if drifted { 2.5 } else { 1.0 }) {
                    customer.leave(day + 1, 5);
                }
                let busy = f64::from(customer.gap) * erlang_gap(rng, row.regularity) * if drifted { 1.5 } else { 1.0 };
                let clock = if customer.kind == SEASONAL { &self.seasonal } else { &self.everyday };
                if let Some(next) = clock.after(day, busy).filter(|_| lasting) {
                    self.visits[next].push(visit);
                }
            }
            Visit::Cycle(_) => {
                let next = day + customer.next_cycle(rng, &self.catalogue);
                if next < self.days {
                    self.visits[next].push(visit);
                }
            }
            Visit::Follow(..) | Visit::Contact(..) => {}
        }
        let order = self.today.last_mut().expect("a basket was just filled");
        for (kind, (_, share, _, days)) in INCIDENTS.iter().enumerate() {
            if lasting && chance(rng, share * if drifted { 1.7 } else { 1.0 }) {
                order.incident = Some((kind as u8, days.start() + below(rng, days.end() - days.start() + 1)));
            }
        }
    }

    /// Fills one basket and enters it as an order of the day. Returns the sequence that it begins.
    fn fill_basket(&mut self, day: usize, who: Option<u32>, due: Option<u32>, mean: f64) -> Option<usize> {
        let faded = self.drifted(day);
        let moved = if faded { 3 } else { 0 };
        let rng = &mut self.baskets;
        let mut basket = std::mem::take(&mut self.basket);
        basket.clear();
        let begun = self.catalogue.draw_planted(rng, faded, &mut basket, &mut self.planted.by_affinity);
        if let Some(due) = due.filter(|due| !basket.contains(due)) {
            basket.push(due);
        }
        let customer = who.map(|index| (index, &self.customers[index as usize]));
        let (habit, bulk) = customer.map_or((0.0, 0.2), |(_, c)| (c.row().habit, c.row().bulk));
        let ordinary = 1 + (exponential(rng) * (mean - 0.5)).min(40.0) as usize;
        for _ in 0..ordinary {
            let bits = rng.next_u64();
            let place = uniform(rng);
            let item = match customer {
                Some((index, customer)) if place < habit => {
                    customer.favourite(&self.catalogue, self.key, index, bits, moved)
                }
                Some((_, customer)) if place < habit + 0.5 * (1.0 - habit) => {
                    let second = usize::from(place > habit + 0.35 * (1.0 - habit));
                    self.catalogue.of_taste(customer.taste_now(second, moved), bits)
                }
                _ => self.catalogue.popular(bits),
            };
            if self.catalogue.on_sale(item, day) && !basket.contains(&item) {
                basket.push(item);
            }
        }
        if basket.is_empty() {
            basket.push(self.catalogue.noise[below(rng, self.catalogue.noise.len() as u32) as usize].0);
        }
        let first = self.lines.len() as u32;
        for &item in &basket {
            let quantity = match below(&mut self.baskets, 100) {
                0..58 => 1,
                58..78 => 2,
                78..86 => 3,
                86..92 => 4,
                92..97 => 6,
                _ => 12,
            } * if chance(&mut self.baskets, bulk) { 2 } else { 1 };
            let line = Line { item, quantity, price: self.prices[item as usize] };
            self.lines.push(line);
            self.planted.by_item[item as usize] += 1;
            if let Some(customer) = who {
                self.count_money(customer, line);
                self.return_later(day, customer, line);
            }
        }
        self.planted.orders += 1;
        let rng = &mut self.baskets;
        let country = match customer_country(&self.customers, who) {
            Some(country) => country,
            None => country(rng),
        };
        if who.is_some() {
            for (place, (dirt, price)) in [(Dirt::Postage, 495), (Dirt::Manual, 1_250)].into_iter().enumerate() {
                if chance(rng, self.ledger.rates().of(dirt)) {
                    self.lines.push(Line { item: SERVICE + place as u32, quantity: 1, price });
                    self.ledger.counts.add(dirt);
                }
            }
        }
        self.enter(day, who.unwrap_or(NOBODY), country, OrderKind::Sale, first);
        self.basket = basket;
        begun
    }

    fn count_money(&mut self, customer: u32, line: Line) {
        let customer = &mut self.customers[customer as usize];
        customer.spent += i64::from(line.quantity) * line.price;
        customer.margin += i64::from(line.quantity) * (line.price - self.economy.costs[line.item as usize]);
    }

    /// Enters the lines from `first` on as an order at an hour of the day.
    fn enter(&mut self, day: usize, customer: u32, country: u8, kind: OrderKind, first: u32) {
        let bits = self.baskets.next_u64();
        let hour = self.hours.pick(bits) as i64;
        let time = (self.settings.start + day as i64) * DAY + hour * 3_600 + i64::from(below(&mut self.baskets, 3_600));
        self.today.push(Order { time, customer, country, kind, lines: first..self.lines.len() as u32, incident: None });
    }

    fn return_later(&mut self, day: usize, customer: u32, line: Line) {
        let rng = &mut self.baskets;
        let rates = self.ledger.rates();
        let (whole, part) = (rates.of(Dirt::Return), rates.of(Dirt::PartialReturn));
        let place = uniform(rng);
        if place >= whole + part {
            return;
        }
        let back = day + 2 + below(rng, 19) as usize;
        let (mut line, mut dirt) = (Line { quantity: -line.quantity, ..line }, Dirt::Return);
        if place >= whole && line.quantity < -1 {
            (line.quantity, dirt) = (-1 - below(rng, (-line.quantity - 1) as u32) as i32, Dirt::PartialReturn);
        } else if chance(rng, rates.of(Dirt::UnmatchedReturn)) {
            let item = self.catalogue.bygone;
            (line, dirt) = (Line { item, price: self.prices[item as usize], ..line }, Dirt::UnmatchedReturn);
        }
        if back < self.days {
            self.returns[back].push(Return { customer, line, dirt });
        }
    }

    fn invite_guests(&mut self, day: usize) {
        let share = self.ledger.rates().of(Dirt::Guest);
        for _ in 0..self.today.len() {
            if chance(&mut self.baskets, share) {
                self.fill_basket(day, None, None, 2.5);
            }
        }
    }

    fn take_back(&mut self, day: usize) {
        for Return { customer, line, dirt } in std::mem::take(&mut self.returns[day]) {
            let first = self.lines.len() as u32;
            self.lines.push(line);
            self.count_money(customer, line);
            self.ledger.counts.add(dirt);
            let country = self.customers[customer as usize].country;
            self.enter(day, customer, country, OrderKind::Cancel, first);
        }
    }

    /// What a shop writes into its order file besides sales: write-offs, discounts, bank charges, bad debt, and the slip of
    /// the finger that orders a warehouse and is cancelled at once.
    fn keep_house(&mut self, day: usize) {
        let (write_off, discount) = (self.ledger.rates().of(Dirt::WriteOff), self.ledger.rates().of(Dirt::Discount));
        for place in 0..self.today.len() {
            if chance(&mut self.baskets, write_off) {
                let item = self.catalogue.popular(self.baskets.next_u64());
                let quantity = -1 - below(&mut self.baskets, 40) as i32;
                self.special(day, NOBODY, OrderKind::WriteOff, Line { item, quantity, price: 0 }, Dirt::WriteOff);
            }
            let customer = self.today[place].customer;
            if customer != NOBODY && chance(&mut self.baskets, discount) {
                let price = 100 + 50 * i64::from(below(&mut self.baskets, 40));
                let line = Line { item: SERVICE + 2, quantity: -1, price };
                self.special(day, customer, OrderKind::Cancel, line, Dirt::Discount);
            }
        }
        let date = self.settings.start + day as i64;
        if civil_of_day(date).2 == 1 && self.ledger.rates().of(Dirt::BankCharge) > 0.0 {
            let line = Line { item: SERVICE + 3, quantity: -1, price: 1_500 };
            self.special(day, NOBODY, OrderKind::Cancel, line, Dirt::BankCharge);
        }
        if self.ledger.rates().of(Dirt::Adjustment) > 0.0 {
            for (when, price) in [(self.days * 30 / 100, 110_620), (self.days * 31 / 100, -110_620)] {
                if when == day {
                    let line = Line { item: SERVICE + 4, quantity: 1, price };
                    self.special(day, NOBODY, OrderKind::Adjustment, line, Dirt::Adjustment);
                }
            }
        }
        let slips = 1 + self.settings.lines / 5_000_000;
        let slip_today = (0..slips).any(|slip| day == self.days * (45 + 2 * slip as usize) / 100);
        let buyer = self.today.iter().position(|order| order.customer != NOBODY && order.kind == OrderKind::Sale);
        if let (true, true, Some(place)) = (slip_today, self.ledger.rates().of(Dirt::MirroredOutlier) > 0.0, buyer) {
            let customer = self.today[place].customer;
            let item = self.catalogue.popular(self.baskets.next_u64());
            let line = Line { item, quantity: 74_215, price: self.prices[item as usize] };
            self.special(day, customer, OrderKind::Sale, line, Dirt::MirroredOutlier);
            let ordered = self.today[self.today.len() - 1].time;
            let line = Line { quantity: -line.quantity, ..line };
            self.special(day, customer, OrderKind::Cancel, line, Dirt::MirroredOutlier);
            let cancel = self.today.last_mut().expect("a cancellation was just entered");
            cancel.time = (ordered + 720).min((date + 1) * DAY - 1);
        }
    }

    fn special(&mut self, day: usize, customer: u32, kind: OrderKind, line: Line, dirt: Dirt) {
        let first = self.lines.len() as u32;
        self.lines.push(line);
        self.ledger.counts.add(dirt);
        let country = customer_country(&self.customers, Some(customer).filter(|&c| c != NOBODY)).unwrap_or(0);
        self.enter(day, customer, country, kind, first);
    }

    fn write_day(&mut self, day: usize, out: &mut Vec<u8>) {
        let mut today = std::mem::take(&mut self.today);
        today.sort_by_key(|order| order.time);
        for order in &today {
            let lines = &self.lines[order.lines.start as usize..order.lines.end as usize];
            let number = self.ledger.write(order, lines, out);
            if let Some((kind, after)) = order.incident
                && let Some(known) = self.incidents.get_mut(day + after as usize)
            {
                known.push(Incident { customer: order.customer, order: number, kind });
            }
        }
        today.clear();
        self.today = today;
        self.lines.clear();
    }

    /// Writes the truth about each customer and about the shop.
    fn close(mut self, write: &mut Write) -> Result<Truth, DemoError> {
        let day = self.settings.end - 1;
        if let Some(mailings) = &mut self.mailings {
            let mut truth = Vec::new();
            mailings.close(&mut truth);
            write(Piece { file: File::ContactTruth, day, bytes: &truth })?;
        }
        let mut rows = Vec::new();
        for (index, customer) in self.customers.iter().enumerate() {
            push_int(&mut rows, super::customers::FIRST_ID + index as i64);
            let taste = super::goods::CATEGORIES[usize::from(customer.taste[0])].1;
            rows.extend_from_slice(
                format!(",{},{taste},{},", TYPES[usize::from(customer.kind)].name, customer.orders).as_bytes(),
            );
            let left = self.settings.start + i64::from(customer.left);
            let gone = customer.left != u32::MAX && left < self.settings.end;
            if gone {
                push_date(&mut rows, left);
            }
            rows.extend_from_slice(
                format!(",{},", if gone { CAUSES[usize::from(customer.cause)].0 } else { "" }).as_bytes(),
            );
            if let Some(again) = self.catalogue.again.get(usize::from(customer.cycle)) {
                let id = &self.catalogue.items[again.item as usize].id;
                rows.extend_from_slice(format!("{id},{:.1}", customer.cycle_days).as_bytes());
            } else {
                rows.push(b',');
            }
            self.push_rhythm(customer, &mut rows);
            rows.push(b'\n');
            if rows.len() > 1 << 20 {
                write(Piece { file: File::CustomerTruth, day, bytes: &rows })?;
                rows.clear();
            }
        }
        write(Piece { file: File::CustomerTruth, day, bytes: &rows })?;
        let truth = truth::of(&Closed {
            settings: self.settings,
            catalogue: &self.catalogue,
            customers: &self.customers,
            planted: &self.planted,
            ledger: &self.ledger,
            economy: &self.economy,
            voices: &self.voices,
            mailings: self.mailings.as_ref(),
        });
        let mut json = serde_json::to_vec_pretty(&truth).expect("the truth holds only numbers and texts");
        json.push(b'\n');
        write(Piece { file: File::Truth, day, bytes: &json })?;
        Ok(truth)
    }

    /// The rhythm and the money of one customer: gap, regularity, slowing, share of visits in the season, spent, margin.
    fn push_rhythm(&self, customer: &Customer, rows: &mut Vec<u8>) {
        let row = customer.row();
        if customer.kind == ONE_TIMER {
            rows.extend_from_slice(b",,,,");
        } else {
            let clock = if customer.kind == SEASONAL { &self.seasonal } else { &self.everyday };
            let season = clock.share_of_months(self.settings.start, &[11, 12]);
            let rhythm = format!(",{:.1},{},{},{season:.4}", customer.gap, row.regularity, row.slowing);
            rows.extend_from_slice(rhythm.as_bytes());
        }
        for money in [customer.spent, customer.margin] {
            rows.push(b',');
            push_money(rows, money);
        }
    }
}

/// A factor on the mean gap with a floor, since nobody comes twice in a moment.
fn erlang_gap(rng: &mut ChaCha8Rng, regularity: u32) -> f64 {
    super::draws::erlang(rng, regularity).max(0.05)
}

fn customer_country(customers: &[Customer], who: Option<u32>) -> Option<u8> {
    who.map(|index| customers[index as usize].country)
}
