//! What the last run left: its customer equity for the bridge, and its forecasts, scored once their horizon is over.

use std::collections::BTreeMap;

use super::Valued;
use super::orders::Came;
use super::parts::Worth;
use super::settings::ValueCustomers;
use crate::diagnostics::Result;
use crate::numeric::calendar::DAY;
use crate::stage::{Context, MAIN, Stored};
use crate::stages::words::value_customers as say;
use crate::tables::{Batches, Date};
use crate::worth::equity::{self, Segment, Step, bridge};
use crate::worth::promises::{Kept, Promise, kept};

/// A forecast is kept unless one was kept within so many days before.
const EVERY: i32 = 7;

/// What is handed on to the next run, and what the last one shows now.
pub(super) struct Memory {
    /// The bridge; empty for a first run or without margins.
    pub steps: Vec<(Step, u64, i128)>,
    /// Past forecasts whose horizon is over: date, days, and what became of them; oldest first.
    pub closed: Vec<(i32, i64, Kept)>,
    /// Forecasts that wait.
    pub pending: Vec<Pending>,
}

/// The forecasts of a date that wait for the end of their horizon.
pub(super) struct Pending {
    pub as_of: i32,
    pub days: i64,
    pub customers: Vec<String>,
    pub promises: Vec<Promise>,
}

pub(super) fn remember(
    settings: &ValueCustomers,
    cx: &mut Context,
    valued: &Valued,
    worth: &Worth,
    came: &Came,
) -> Result<Memory> {
    let as_of = cx.as_of()?.days();
    let previous = cx.previous.clone();
    let mut memory = Memory { steps: Vec::new(), closed: Vec::new(), pending: Vec::new() };
    if let Some(previous) = &previous {
        memory.steps = steps(previous, valued, worth)?;
        memory.closed = closed(previous)?;
        for waiting in pending(previous)? {
            let over = i64::from(waiting.as_of) + waiting.days <= i64::from(as_of);
            let came = if over { came(&waiting.customers, i64::from(waiting.as_of) * DAY, waiting.days) } else { None };
            match came {
                Some(came) => memory.closed.push((waiting.as_of, waiting.days, kept(&waiting.promises, &came))),
                // One from after today is of a run with another as-of date.
                None if waiting.as_of < as_of => memory.pending.push(waiting),
                None => {}
            }
        }
        memory.closed.sort_by_key(|(as_of, days, _)| (*as_of, *days));
        memory.closed.dedup_by_key(|(as_of, days, _)| (*as_of, *days));
    }
    if memory.steps.is_empty() && worth.equity.iter().any(Option::is_some) {
        cx.note(&say::NO_BRIDGE);
    }
    let days = settings.horizon.days();
    if memory.pending.iter().all(|waiting| waiting.days != days || waiting.as_of + EVERY <= as_of) {
        let promise = |at: usize| Promise {
            purchases: valued.expected[at],
            interval: valued.orders_interval[at].map(f64::from),
            money: valued.margin[at],
        };
        memory.pending.push(Pending {
            as_of,
            days,
            customers: valued.customers.clone(),
            promises: (0..valued.customers.len()).map(promise).collect(),
        });
    }
    Ok(memory)
}

fn steps(previous: &Stored, valued: &Valued, worth: &Worth) -> Result<Vec<(Step, u64, i128)>> {
    let table = Batches::read(&previous.table(MAIN)?, &["customer", "equity", "segment"])?;
    let (names, segments) = (table.texts("customer")?, table.texts("segment")?);
    let equities = table.decimals("equity", i64::MIN)?;
    let mut before = BTreeMap::new();
    for ((name, segment), equity) in names.iter().zip(&segments).zip(equities) {
        let segment = segment.as_deref().and_then(Segment::named);
        if let (Some(name), Some(segment), true) = (name.as_deref(), segment, equity != i64::MIN) {
            before.insert(name, equity::Worth { equity, segment });
        }
    }
    let of = |at: usize| {
        Some((valued.customers[at].as_str(), equity::Worth { equity: worth.equity[at]?, segment: worth.segment[at]? }))
    };
    let now: BTreeMap<&str, equity::Worth> = (0..valued.customers.len()).filter_map(of).collect();
    Ok(if before.is_empty() || now.is_empty() { Vec::new() } else { bridge(&before, &now) })
}

fn closed(previous: &Stored) -> Result<Vec<(i32, i64, Kept)>> {
    let table = Batches::read(&previous.table("promises")?, &[])?;
    let (dates, days, customers) =
        (table.dates("as_of")?, table.integers("horizon_days")?, table.integers("customers")?);
    let numbers = |name: &str| table.numbers(name);
    let (promised, came) = (numbers("orders_promised")?, numbers("orders_came")?);
    let (money, money_came) = (numbers("margin_promised")?, numbers("margin_came")?);
    let (inside, gini) = (numbers("inside")?, numbers("gini")?);
    let row = |at: usize| {
        let kept = Kept {
            customers: customers[at]? as u64,
            purchases: [promised[at], came[at]],
            money: [money[at], money_came[at]],
            inside: inside[at],
            gini: gini[at],
        };
        Some((dates[at]?, days[at]?, kept))
    };
    Ok((0..dates.len()).filter_map(row).collect())
}

fn pending(previous: &Stored) -> Result<Vec<Pending>> {
    let table = Batches::read(&previous.table("pending")?, &[])?;
    let (dates, days, names) = (table.dates("as_of")?, table.integers("horizon_days")?, table.texts("customer")?);
    let (expected, margin) = (table.numbers("expected_orders")?, table.numbers("expected_margin")?);
    let (low, high) = (table.numbers("orders_low")?, table.numbers("orders_high")?);
    let mut by_date: BTreeMap<(i32, i64), Pending> = BTreeMap::new();
    for (at, name) in names.into_iter().enumerate() {
        let (Some(as_of), Some(days), Some(name)) = (dates[at], days[at], name) else { continue };
        let waiting = by_date.entry((as_of, days)).or_insert_with(|| Pending {
            as_of,
            days,
            customers: Vec::new(),
            promises: Vec::new(),
        });
        waiting.customers.push(name);
        waiting.promises.push(Promise { purchases: expected[at], interval: [low[at], high[at]], money: margin[at] });
    }
    Ok(by_date.into_values().collect())
}

/// A day as people write it.
pub(super) fn date(day: i32) -> String {
    Date::from_days(day).to_string()
}
