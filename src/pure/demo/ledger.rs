//! The order file as it is written: order numbers, lines, and the dirt on them.

use super::catalogue::Catalogue;
use super::customers::{COUNTRIES, FIRST_ID};
use super::dirt::{Counts, Dirt, Rates};
use super::draws::{chance, uniform};
use super::files::{push_int, push_money, push_text, push_time};
use super::goods::CATEGORIES;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Stands for "no customer".
pub const NOBODY: u32 = u32::MAX;

/// Codes and descriptions of what is no product.
pub const SERVICES: [(&str, &str); 5] = [
    ("POST", "POSTAGE"),
    ("M", "Manual"),
    ("D", "Discount"),
    ("BANK CHARGES", "Bank charges"),
    ("B", "Adjust bad debt"),
];
/// Item numbers from here on are places in [`SERVICES`].
pub const SERVICE: u32 = u32::MAX - SERVICES.len() as u32;

/// What an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderKind {
    Sale,
    Cancel,
    WriteOff,
    Adjustment,
}

/// One order of the day; its lines are a range of the day's lines.
#[derive(Debug)]
pub struct Order {
    /// Civil seconds.
    pub time: i64,
    /// Index of the customer, or [`NOBODY`].
    pub customer: u32,
    pub country: u8,
    pub kind: OrderKind,
    pub lines: std::ops::Range<u32>,
    /// An incident that follows: place in `INCIDENTS` and days until it is known.
    pub incident: Option<(u8, u32)>,
}

/// One line: item, pieces, price in hundredths.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub item: u32,
    pub quantity: i32,
    pub price: i64,
}

/// Writes orders and counts what it wrote.
#[derive(Debug)]
pub struct Ledger {
    rng: ChaCha8Rng,
    rates: Rates,
    line_rate: f64,
    /// Per item: `,id,` and `description,category,`, ready to be copied.
    cells: Vec<(Vec<u8>, Vec<u8>)>,
    number: i64,
    pub counts: Counts,
    pub lines: u64,
    pub orders: u64,
    /// Money on product lines of sales, and on cancellations, as written, in hundredths.
    pub sold: i64,
    pub returned: i64,
}

impl Ledger {
    pub fn new(catalogue: &Catalogue, rng: ChaCha8Rng, factor: f64) -> Self {
        let cell = |id: &str, description: &str, category: &str| {
            let mut rest = Vec::new();
            push_text(&mut rest, description);
            rest.extend_from_slice(format!(",{category},").as_bytes());
            (format!(",{id},").into_bytes(), rest)
        };
        let items = catalogue.items.iter().map(|i| cell(&i.id, &i.description, CATEGORIES[usize::from(i.category)].1));
        let services = SERVICES.iter().map(|(id, description)| cell(id, description, ""));
        Ledger {
            rng,
            rates: Rates::new(factor),
            line_rate: factor
                * super::dirt::DIRT.iter().skip(super::dirt::FIRST_OF_LINE).map(|row| row.rate).sum::<f64>(),
            cells: items.chain(services).collect(),
            number: 500_001,
            counts: Counts::default(),
            lines: 0,
            orders: 0,
            sold: 0,
            returned: 0,
        }
    }

    /// The rates of the shop's dirt.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Writes one order and returns its number.
    pub fn write(&mut self, order: &Order, lines: &[Line], out: &mut Vec<u8>) -> i64 {
        let number = self.number;
        self.number += 1;
        self.orders += 1;
        let mut start = Vec::with_capacity(32);
        match order.kind {
            OrderKind::Sale | OrderKind::WriteOff => {}
            OrderKind::Cancel => start.push(b'C'),
            OrderKind::Adjustment => start.push(b'A'),
        }
        push_int(&mut start, number);
        start.push(b',');
        if order.customer != NOBODY {
            push_int(&mut start, FIRST_ID + i64::from(order.customer));
        }
        let customer_end = start.len();
        start.push(b',');
        push_time(&mut start, order.time);
        let split =
            order.kind == OrderKind::Sale && lines.len() > 1 && chance(&mut self.rng, self.rates.of(Dirt::SplitTime));
        for (index, line) in lines.iter().enumerate() {
            let product = line.item < SERVICE;
            let hit = if product && order.kind == OrderKind::Sale { self.hit(order) } else { None };
            if split && index >= lines.len() / 2 {
                let mut late = start[..=customer_end].to_vec();
                push_time(&mut late, order.time + 60);
                self.counts.add(Dirt::SplitTime);
                self.line(&late, customer_end, line, order, hit, out);
            } else {
                self.line(&start, customer_end, line, order, hit, out);
            }
            if product && order.kind == OrderKind::Sale {
                self.sold += i64::from(line.quantity) * line.price;
            }
            if product && order.kind == OrderKind::Cancel {
                self.returned += i64::from(line.quantity) * line.price;
            }
        }
        number
    }

    /// The rule that hits the next line of a sale.
    fn hit(&mut self, order: &Order) -> Option<Dirt> {
        let place = uniform(&mut self.rng);
        if place >= self.line_rate {
            return None;
        }
        let dirt = self.rates.of_line(place)?;
        (dirt != Dirt::CustomerBlank || order.customer != NOBODY).then_some(dirt)
    }

    /// Writes one line. `start` holds order id, customer and time; the customer ends at `customer_end`.
    fn line(
        &mut self,
        start: &[u8],
        customer_end: usize,
        line: &Line,
        order: &Order,
        hit: Option<Dirt>,
        out: &mut Vec<u8>,
    ) {
        let begin = out.len();
        let place = if line.item < SERVICE {
            line.item as usize
        } else {
            self.cells.len() - SERVICES.len() + (line.item - SERVICE) as usize
        };
        let (id, rest) = &self.cells[place];
        let bits = if hit.is_some() { self.rng.next_u64() } else { 0 };
        match hit {
            Some(Dirt::CustomerBlank) => {
                out.extend_from_slice(&start[..customer_end]);
                out.push(b' ');
                out.extend_from_slice(&start[customer_end..]);
            }
            Some(Dirt::BadDate) => {
                out.extend_from_slice(&start[..=customer_end]);
                let wrong =
                    ["", "n/a", "2025-02-30 10:00:00", "00.00.0000", "2025-13-01 09:30:00"][(bits % 5) as usize];
                out.extend_from_slice(wrong.as_bytes());
            }
            _ => out.extend_from_slice(start),
        }
        match hit {
            Some(Dirt::ItemCase) => out.extend(id.iter().map(u8::to_ascii_lowercase)),
            Some(Dirt::ItemBlank) if bits & 1 == 0 => {
                out.extend_from_slice(b", ");
                out.extend_from_slice(&id[1..]);
            }
            Some(Dirt::ItemBlank) => {
                out.extend_from_slice(&id[..id.len() - 1]);
                out.extend_from_slice(b" ,");
            }
            _ => out.extend_from_slice(id),
        }
        let category =
            rest[..rest.len() - 1].iter().rposition(|&b| b == b',').expect("a comma stands before the category");
        match hit {
            Some(Dirt::MissingDescription) => out.extend_from_slice(&rest[category..]),
            Some(Dirt::DescriptionBlanks) => {
                let quoted = rest[category - 1] == b'"';
                for &byte in &rest[..category - usize::from(quoted)] {
                    out.push(byte);
                    if byte == b' ' {
                        out.push(byte);
                    }
                }
                out.push(b' ');
                out.extend_from_slice(&rest[category - usize::from(quoted)..]);
            }
            _ if order.kind == OrderKind::WriteOff => {
                let note = ["damaged", "thrown away", "check", "lost", "?"][line.item as usize % 5];
                out.extend_from_slice(note.as_bytes());
                out.extend_from_slice(&rest[category..]);
            }
            _ => out.extend_from_slice(rest),
        }
        match hit {
            Some(Dirt::BadQuantity) => out.extend_from_slice([&b"two"[..], b"", b"1O", b"--3"][(bits % 4) as usize]),
            _ => push_int(out, i64::from(line.quantity)),
        }
        out.push(b',');
        match hit {
            Some(Dirt::BadPrice) => out.extend_from_slice([&b"tbc"[..], b"", b"1.2.5", b"4;x"][(bits % 4) as usize]),
            _ => push_money(out, line.price),
        }
        out.push(b',');
        out.extend_from_slice(COUNTRIES[usize::from(order.country)].0.as_bytes());
        out.push(b'\n');
        self.lines += 1;
        if order.customer == NOBODY && order.kind == OrderKind::Sale {
            self.counts.add(Dirt::Guest);
        }
        if let Some(dirt) = hit {
            self.counts.add(dirt);
            if dirt == Dirt::GenuineRepeat {
                let end = out.len();
                out.extend_from_within(begin..end);
                self.lines += 1;
                self.sold += i64::from(line.quantity) * line.price;
                if order.customer == NOBODY {
                    self.counts.add(Dirt::Guest);
                }
            }
        }
    }
}
