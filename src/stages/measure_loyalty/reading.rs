//! What customers said and what happened to them, out of tables, each dated: nothing is known before its day.

use std::collections::{BTreeMap, BTreeSet};

use super::MeasureLoyalty;
use super::say;
use super::settings::{BrandTable, LoyaltyAnswers};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::loyalty::{Shock, wallet_shares};
use crate::numeric::calendar::day_of;
use crate::report::Phrase;
use crate::satisfaction::Scale;
use crate::stage::{Context, Upstream};
use crate::stages::events::columns_of_stage;
use crate::stages::persons::Places;
use crate::stages::rows::instants;
use crate::tables::Batches;

/// One answer of a customer to a survey or in stars, on 0 to 100 points; NaN where a question has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered {
    pub(super) customer: u32,
    /// Day since 1970-01-01.
    pub(super) day: i64,
    /// Satisfaction, attitude and involvement of a survey; the stars first of a rating.
    pub(super) points: [f64; 3],
}

/// The brands of one customer on one day: how many, and the share of wallet of this shop if it is one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wallet {
    pub(super) customer: u32,
    pub(super) day: i64,
    pub(super) brands: usize,
    pub(super) share: f64,
}

/// Everything that is known beside orders.
#[derive(Default)]
pub(super) struct Said {
    /// By customer and day.
    pub(super) answers: Vec<Answered>,
    pub(super) ratings: Vec<Answered>,
    pub(super) wallets: Vec<Wallet>,
    /// Whether there is a table of complaints: without one, nobody's silence says anything.
    pub(super) heard: bool,
    pub(super) complaints: Vec<Shock>,
    /// Complaints and failures.
    pub(super) shocks: Vec<Shock>,
}

/// Rows of a table with their customer and day.
struct Dated {
    table: Batches,
    /// The row, the customer and the day.
    rows: Vec<(usize, u32, i64)>,
}

impl MeasureLoyalty {
    /// Reads all tables that are named, up to the day of the as-of date.
    ///
    /// # Errors
    /// When a column is missing or holds something else.
    pub(super) fn said(&self, cx: &mut Context, places: &Places, as_of: i64) -> Result<Said> {
        let mut said = Said::default();
        match &self.answers {
            Some(table) => said.answers = answers(cx, table, places, as_of)?,
            None => cx.note(&say::NO_ANSWERS),
        }
        match &self.ratings {
            Some(stage) => said.ratings = self.stars(cx, stage, places, as_of)?,
            None => cx.note(&say::NO_RATINGS),
        }
        match &self.brands {
            Some(table) => said.wallets = wallets(cx, table, places, as_of)?,
            None => cx.note(&say::NO_BRANDS),
        }
        match &self.complaints {
            Some(stage) => {
                said.complaints = shocks(cx, stage, places, as_of)?;
                said.heard = true;
            }
            None => cx.note(&say::NO_COMPLAINTS),
        }
        said.shocks = said.complaints.clone();
        if let Some(stage) = &self.failures {
            said.shocks.extend(shocks(cx, stage, places, as_of)?);
        } else if self.complaints.is_none() {
            cx.note(&say::NO_SHOCKS);
        }
        said.shocks.sort_unstable();
        Ok(said)
    }

    /// Stars, one answer per row.
    fn stars(&self, cx: &mut Context, stage: &Upstream, places: &Places, as_of: i64) -> Result<Vec<Answered>> {
        let Dated { table, rows } = dated(cx, stage, "date", &["rating"], places, as_of)?;
        let scale = Scale { worst: self.rating_scale[0], best: self.rating_scale[1] };
        let ratings = table.numbers("rating")?;
        let (mut found, mut off) = (Vec::new(), 0_u64);
        for (row, customer, day) in rows {
            match ratings[row] {
                none if none.is_nan() => {}
                stars => match scale.points(stars) {
                    Ok(points) => found.push(Answered { customer, day, points: [points, f64::NAN, f64::NAN] }),
                    Err(_) => off += 1,
                },
            }
        }
        tell(cx, off, stage, &say::OFF_SCALE);
        found.sort_unstable_by(order);
        Ok(found)
    }
}

/// Answers by customer and day, whatever the order of the rows.
fn order(a: &Answered, b: &Answered) -> std::cmp::Ordering {
    let points = || a.points.iter().zip(&b.points).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    (a.customer, a.day).cmp(&(b.customer, b.day)).then_with(|| points().unwrap_or(std::cmp::Ordering::Equal))
}

fn answers(cx: &mut Context, of: &LoyaltyAnswers, places: &Places, as_of: i64) -> Result<Vec<Answered>> {
    let asked: Vec<&str> = of.questions().iter().filter_map(|question| question.1).collect();
    let Dated { table, rows } = dated(cx, &of.from, &of.date, &asked, places, as_of)?;
    let scale = Scale { worst: of.scale[0], best: of.scale[1] };
    let mut columns = Vec::new();
    for (_, column) in of.questions() {
        columns.push(column.map(|column| table.numbers(column)).transpose()?);
    }
    let (mut found, mut off) = (Vec::new(), 0_u64);
    for (row, customer, day) in rows {
        let mut points = [f64::NAN; 3];
        for (slot, column) in points.iter_mut().zip(&columns) {
            let given = column.as_ref().map_or(f64::NAN, |column| column[row]);
            match scale.points(given) {
                Ok(points) => *slot = points,
                Err(_) => off += u64::from(!given.is_nan()),
            }
        }
        if points.iter().any(|points| !points.is_nan()) {
            found.push(Answered { customer, day, points });
        }
    }
    tell(cx, off, &of.from, &say::OFF_SCALE);
    found.sort_unstable_by(order);
    Ok(found)
}

/// Brands by customer and day. Without this shop among them its share is 0: the customer names others.
fn wallets(cx: &mut Context, of: &BrandTable, places: &Places, as_of: i64) -> Result<Vec<Wallet>> {
    let Dated { table, rows } = dated(cx, &of.from, &of.date, &[&of.brand, &of.rank], places, as_of)?;
    let (brands, ranks) = (table.texts(&of.brand)?, table.numbers(&of.rank)?);
    let mut by: BTreeMap<(u32, i64), BTreeMap<String, f64>> = BTreeMap::new();
    let own = of.own.trim().to_lowercase();
    let mut without = 0_u64;
    for (row, customer, day) in rows {
        let brand = brands[row].as_deref().map(|brand| brand.trim().to_lowercase()).filter(|brand| !brand.is_empty());
        let (Some(brand), rank) = (brand, ranks[row]) else {
            without += 1;
            continue;
        };
        if rank.is_nan() {
            without += 1;
            continue;
        }
        // Of a brand that stands twice the better rank counts.
        let slot = by.entry((customer, day)).or_default().entry(brand).or_insert(rank);
        *slot = slot.min(rank);
    }
    tell(cx, without, &of.from, &say::NO_RANK);
    if !by.is_empty() && !by.values().any(|brands| brands.contains_key(&own)) {
        let known: BTreeSet<&str> = by.values().flat_map(|brands| brands.keys().map(String::as_str)).collect();
        let near = did_you_mean(&own, known).map(|near| format!("did you mean `{near}`?"));
        let message = format!("no answer in `{}` names `{}`, the shop's own brand", of.from.0, of.own);
        return Problem::new(&codes::BAD_DATA, message)
            .help(near.unwrap_or_else(|| "write `own` as the answers write it".to_owned()))
            .err();
    }
    let wallet = |((customer, day), brands): ((u32, i64), BTreeMap<String, f64>)| {
        let shares = wallet_shares(&brands.values().copied().collect::<Vec<f64>>());
        let own = brands.keys().position(|brand| *brand == own);
        Wallet { customer, day, brands: brands.len(), share: own.map_or(0.0, |place| shares[place]) }
    };
    Ok(by.into_iter().map(wallet).collect())
}

/// Shocks of customers, on the day on which the shop knew: that of the column `recorded`, where there is one and it is later.
fn shocks(cx: &mut Context, stage: &Upstream, places: &Places, as_of: i64) -> Result<Vec<Shock>> {
    let table = columns_of_stage(cx, &stage.0, &["customer", "date"], &["recorded"])?;
    let recorded = if table.has("recorded") { Some(instants(cx, &table, "recorded")?) } else { None };
    let Dated { rows, .. } = dated(cx, stage, "date", &[], places, as_of)?;
    let known = |(row, customer, day): (usize, u32, i64)| {
        let recorded = recorded.as_ref().and_then(|times| times[row]).map_or(day, day_of);
        Shock { customer, day: day.max(recorded) }
    };
    let found: BTreeSet<Shock> = rows.into_iter().map(known).filter(|shock| shock.day < as_of).collect();
    Ok(found.into_iter().collect())
}

/// The rows of a table that have a known customer and a day before the as-of date; says how many have not.
fn dated(
    cx: &mut Context,
    stage: &Upstream,
    date: &str,
    columns: &[&str],
    places: &Places,
    as_of: i64,
) -> Result<Dated> {
    let table = columns_of_stage(cx, &stage.0, &[&["customer", date], columns].concat(), &[])?;
    let (names, times) = (table.texts("customer")?, instants(cx, &table, date)?);
    let (mut rows, mut unused) = (Vec::new(), 0_u64);
    for (row, (name, time)) in names.iter().zip(times).enumerate() {
        let day = time.map(day_of).filter(|day| *day < as_of);
        match (name.as_deref().and_then(|name| places.get(name)), day) {
            (Some(place), Some(day)) => rows.push((row, place as u32, day)),
            _ => unused += 1,
        }
    }
    tell(cx, unused, stage, &say::UNUSED);
    Ok(Dated { table, rows })
}

fn tell(cx: &mut Context, rows: u64, stage: &Upstream, words: &Phrase) {
    if rows > 0 {
        cx.note(words.with([("rows", rows.into()), ("stage", stage.0.as_str().into())]));
    }
}
