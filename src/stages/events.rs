//! Tables of what happened to customers (complaints, reviews) as the pure rooms want them: dated, and by customer number.

use super::persons::Places;
use super::rows::{column_of, instants};
use super::words::events as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{EventLines, Events, NEVER};
use crate::stage::{Context, MAIN};
use crate::tables::{Batches, read_schema};

/// Reads some columns of a stage's main table: those that must be there and those that are of the others. No other column is touched, so that
/// what people wrote stays unread.
///
/// # Errors
/// When one that must be there is not.
pub fn columns_of_stage(cx: &Context, stage: &str, must: &[&str], may: &[&str]) -> Result<Batches> {
    let path = cx.input(stage).table(MAIN)?;
    let empty = Batches { schema: read_schema(&path)?, batches: Vec::new() };
    for column in must {
        column_of(&empty, stage, column)?;
    }
    let mut wanted: Vec<&str> = must.to_vec();
    wanted.extend(may.iter().filter(|column| empty.has(column)));
    wanted.sort_unstable();
    wanted.dedup();
    Batches::read(&path, &wanted)
}

/// The events of a stage by the places of these customers.
///
/// # Errors
/// When a column is missing or holds anything but dates or numbers.
pub fn events(cx: &mut Context, stage: &str, places: &Places, customers: usize) -> Result<Events> {
    let lines = event_lines(cx, stage, places, &["rating"])?;
    Events::new(customers, &lines).map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())
}

/// The same as rows, with `rating` where it is among the columns `more`. Rows without a date are left out: what cannot be dated may
/// be news from the future.
///
/// # Errors
/// As [`events`].
pub fn event_lines(cx: &mut Context, stage: &str, places: &Places, more: &[&str]) -> Result<EventLines> {
    let may = [&["recorded", "resolved"], more].concat();
    let table = columns_of_stage(cx, stage, &["customer", "date"], &may)?;
    let times = instants(cx, &table, "date")?;
    let dates = |column: &str| table.has(column).then(|| instants(cx, &table, column)).transpose();
    let (recorded, resolved) = (dates("recorded")?, dates("resolved")?);
    let ratings = if table.has("rating") { table.numbers("rating")? } else { vec![f64::NAN; times.len()] };
    let mut lines = EventLines { resolved: resolved.as_ref().map(|_| Vec::new()), ..EventLines::default() };
    let (mut undated, mut strangers) = (0_u64, 0_u64);
    for (row, customer) in table.texts("customer")?.iter().enumerate() {
        let Some(time) = times[row] else {
            undated += 1;
            continue;
        };
        let Some(place) = customer.as_deref().and_then(|customer| places.get(customer)) else {
            strangers += 1;
            continue;
        };
        lines.customer.push(place as u32);
        lines.time.push(time);
        lines.recorded.push(recorded.as_ref().and_then(|recorded| recorded[row]).unwrap_or(time));
        if let (Some(all), Some(resolved)) = (&mut lines.resolved, &resolved) {
            all.push(resolved[row].unwrap_or(NEVER));
        }
        lines.rating.push(ratings[row]);
    }
    for (rows, words) in [(undated, &say::UNDATED), (strangers, &say::STRANGERS)] {
        if rows > 0 {
            cx.note(words.with([("rows", rows.into()), ("stage", stage.into())]));
        }
    }
    Ok(lines)
}
