//! What customers say: surveys that not everybody answers, and complaints with what became of them.

use super::customers::{Customer, FIRST_ID};
use super::draws::{bell, below, chance, mixed};
use super::files::{push_date, push_int, push_money};
use crate::numeric::calendar::civil_of_day;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Months in whose middle a survey is sent.
pub const MONTHS: [u32; 4] = [2, 5, 8, 11];
/// Days within which somebody must have ordered to be asked, and the share of them who are asked.
pub const ASKED: (u32, f64) = (180, 0.5);
/// Chance to answer, by place in `customers::TYPES`: those who come often answer more.
pub const ANSWERS: [f64; 5] = [0.60, 0.40, 0.15, 0.25, 0.20];
/// What each type of customer adds to quality as it is seen.
const OUTLOOK: [f64; 5] = [0.5, 0.1, -0.3, 0.0, -0.5];
/// A late delivery or complaint of the last 90 days takes this from quality.
pub const TROUBLE: f64 = 1.5;
/// The model behind the answers: from, to, effect on a variable whose own noise is [`NOISE`].
pub const PATHS: [(&str, &str, f64); 6] = [
    ("expectation", "quality", 0.55),
    ("quality", "value", 0.55),
    ("expectation", "satisfaction", 0.10),
    ("quality", "satisfaction", 0.50),
    ("value", "satisfaction", 0.20),
    ("satisfaction", "loyalty", 0.60),
];
/// Standard deviation of what each variable adds of its own: expectation, quality, value, satisfaction, loyalty.
pub const NOISE: [f64; 5] = [0.8, 0.75, 0.8, 0.6, 0.7];
/// Questions of 1 to 10 for each of the five variables, in the order of [`NOISE`].
pub const QUESTIONS: [usize; 5] = [3, 4, 2, 3, 2];
/// Share of late deliveries about which the customer complains.
pub const LATE_COMPLAINTS: f64 = 0.3;
/// Share of complaints that are resolved, and within how many days.
pub const RESOLVED: (f64, u32) = (0.75, 14);

const KINDS: [&str; 3] = ["damaged", "wrong item", "not as described"];

/// One survey, as sent and as answered.
#[derive(Debug, Serialize)]
pub struct Wave {
    pub wave: String,
    pub asked: u64,
    pub answered: u64,
    /// Mean satisfaction of all who were asked and of those who answered, in standard units of the model.
    pub satisfaction_of_asked: f64,
    pub satisfaction_of_answered: f64,
}

/// Draws answers and complaints.
#[derive(Debug)]
pub(super) struct Voices {
    rng: ChaCha8Rng,
    key: u64,
    complaints: i64,
    pub late: u64,
    pub late_with_complaint: u64,
    pub resolved: u64,
    pub waves: Vec<Wave>,
}

impl Voices {
    pub fn new(key: u64, rng: ChaCha8Rng) -> Self {
        Voices { rng, key, complaints: 0, late: 0, late_with_complaint: 0, resolved: 0, waves: Vec::new() }
    }

    /// Complaints made so far.
    pub fn complaints(&self) -> u64 {
        self.complaints as u64
    }

    /// Rows of the survey that is sent on `date` (since 1970-01-01), `day` days after the start; most days have none.
    pub fn survey(&mut self, customers: &[Customer], day: usize, date: i64, end: i64, out: &mut Vec<u8>) {
        let (year, month, day_of_month) = civil_of_day(date);
        if day_of_month != 15 || !MONTHS.contains(&month) {
            return;
        }
        let mut wave = Wave {
            wave: format!("{year}-{month:02}"),
            asked: 0,
            answered: 0,
            satisfaction_of_asked: 0.0,
            satisfaction_of_answered: 0.0,
        };
        for (index, customer) in customers.iter().enumerate() {
            // Whether somebody has left for good, the shop does not know when it sends the survey.
            let recent = customer.orders > 0 && day as u32 - customer.last_order <= ASKED.0;
            if !recent || !chance(&mut self.rng, ASKED.1) {
                continue;
            }
            let latent = self.latent(index, customer, day);
            let back = date + 1 + i64::from(below(&mut self.rng, 10));
            let answers = chance(&mut self.rng, ANSWERS[usize::from(customer.kind)]) && back < end;
            wave.asked += 1;
            wave.satisfaction_of_asked += latent[3];
            push_int(out, FIRST_ID + index as i64);
            out.push(b',');
            push_date(out, date);
            out.extend_from_slice(format!(",{},", wave.wave).as_bytes());
            if answers {
                wave.answered += 1;
                wave.satisfaction_of_answered += latent[3];
                push_date(out, back);
                self.answer(&latent, out);
            } else {
                out.resize(out.len() + QUESTIONS.iter().sum::<usize>() + 2, b',');
            }
            out.push(b'\n');
        }
        wave.satisfaction_of_asked /= wave.asked.max(1) as f64;
        wave.satisfaction_of_answered /= wave.answered.max(1) as f64;
        self.waves.push(wave);
    }

    /// Expectation, quality, value, satisfaction and loyalty of one customer on one day.
    fn latent(&mut self, index: usize, customer: &Customer, day: usize) -> [f64; 5] {
        let unit = |place: u64| (mixed(self.key, index as u64 * 16 + place) >> 11) as f64 / (1u64 << 53) as f64;
        let person: f64 = (0..12).map(unit).sum::<f64>() - 6.0;
        let effect = |from: &str, to: &str| {
            PATHS.iter().find(|row| row.0 == from && row.1 == to).expect("the path is one of the table").2
        };
        let rng = &mut self.rng;
        let mut own = |place: usize| NOISE[place] * bell(rng);
        let trouble = customer.last_trouble != u32::MAX && day as u32 - customer.last_trouble <= 90;
        let expectation = 0.6 * person + own(0);
        let quality = effect("expectation", "quality") * expectation + own(1) + OUTLOOK[usize::from(customer.kind)]
            - if trouble { TROUBLE } else { 0.0 };
        let value = effect("quality", "value") * quality + own(2);
        let satisfaction = effect("expectation", "satisfaction") * expectation
            + effect("quality", "satisfaction") * quality
            + effect("value", "satisfaction") * value
            + own(3);
        let loyalty = effect("satisfaction", "loyalty") * satisfaction + own(4);
        [expectation, quality, value, satisfaction, loyalty]
    }

    /// The answers to all questions; one cell in fifty stays empty.
    fn answer(&mut self, latent: &[f64; 5], out: &mut Vec<u8>) {
        let rng = &mut self.rng;
        let mut ask = |variable: usize, middle: f64, width: f64, range: (i64, i64)| {
            let score = middle + width * (0.85 * latent[variable] + 0.5 * bell(rng));
            out.push(b',');
            if !chance(rng, 0.02) {
                push_int(out, ((score + 0.5) as i64).clamp(range.0, range.1));
            }
        };
        for (variable, &questions) in QUESTIONS.iter().enumerate() {
            for _ in 0..questions {
                ask(variable, 7.0, 1.7, (1, 10));
            }
        }
        ask(4, 7.2, 1.9, (0, 10));
        ask(1, 5.0, 1.1, (1, 7));
    }

    /// The row of the complaint file, if the customer complains about an incident: always about a fault, now and then
    /// about a late delivery. How it is handled changes nothing in what the customer does.
    pub fn complain(&mut self, customer: u32, order: i64, late: bool, date: i64, end: i64, out: &mut Vec<u8>) {
        let rng = &mut self.rng;
        self.late += u64::from(late);
        if late && !chance(rng, LATE_COMPLAINTS) {
            return;
        }
        self.late_with_complaint += u64::from(late);
        self.complaints += 1;
        let kind = if late { "late" } else { KINDS[below(rng, 3) as usize] };
        let resolved = chance(rng, RESOLVED.0);
        let done = date + 1 + i64::from(below(rng, RESOLVED.1));
        let compensation = [0, 0, 500, 1_000][below(rng, 4) as usize];
        out.push(b'K');
        push_int(out, self.complaints);
        out.push(b',');
        push_int(out, FIRST_ID + i64::from(customer));
        out.push(b',');
        push_date(out, date);
        out.extend_from_slice(format!(",{order},{kind},").as_bytes());
        if resolved && done < end {
            self.resolved += 1;
            push_date(out, done);
            out.push(b',');
            push_money(out, compensation);
        } else {
            out.push(b',');
        }
        out.push(b'\n');
    }
}
