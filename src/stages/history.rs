//! Order lines out of the tables of `clean-orders`, as the pure rooms want them.

use crate::diagnostics::{Problem, Result, codes};
use crate::features::{Lines, NONE, Orders, Returns, UNMATCHED};
use crate::stage::{Context, MAIN};
use crate::tables::Batches;
use crate::tables::layouts::orders::{ORDERS, RETURNS};

/// A shop's history with the names behind its numbers.
pub struct History {
    /// Sorted lines and returns.
    pub orders: Orders,
    /// Account ids by number, sorted.
    pub customers: Vec<String>,
    /// Item codes by number; those that were sold are sorted.
    pub items: Vec<String>,
    /// Categories by number, sorted.
    pub categories: Vec<String>,
}

/// The history of known customers that the stage `orders` left.
pub fn history(cx: &Context, orders: &str) -> Result<History> {
    let table = cx.read(orders, "", &ORDERS)?;
    let (customer, mut customers) = table.sorted_ids("customer")?;
    let (order, _) = table.sorted_ids("order")?;
    let (item, mut items) = table.sorted_ids("item")?;
    let (category, categories) = table.sorted_ids("category")?;
    let lines = Lines {
        customer,
        order,
        item,
        category: category.iter().any(|&c| c != NONE).then_some(category),
        time: civil(cx, &table, "time")?,
        quantity: table.decimals("quantity", 0)?,
        amount: table.decimals("amount", 0)?,
    };
    let returns = returns(cx, orders, &mut customers, &mut items)?;
    let orders = Orders::new(customers.len(), lines, returns)
        .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
    Ok(History { orders, customers, items, categories })
}

/// Times and amounts of the lines of some customers, numbered as `known` has them, and which of the `customers` numbers have
/// a line at all: enough for labels, with a fraction of the work of [`history`]. Orders and items are not told apart.
pub fn purchases(
    cx: &Context,
    orders: &str,
    known: &rustc_hash::FxHashMap<&str, u32>,
    customers: usize,
) -> Result<(Orders, Vec<bool>)> {
    let table = Batches::read(&cx.input(orders).table(MAIN)?, &["customer", "time", "amount"])?;
    let (ids, names) = table.ids("customer")?;
    let to: Vec<u32> = names.iter().map(|name| known.get(name.as_str()).copied().unwrap_or(NONE)).collect();
    let rows: Vec<usize> = (0..ids.len()).filter(|&row| ids[row] != NONE && to[ids[row] as usize] != NONE).collect();
    let (times, amounts) = (table.times("time")?, table.decimals("amount", 0)?);
    let mut lines = Lines::default();
    let mut present = vec![false; customers];
    for &row in &rows {
        let customer = to[ids[row] as usize];
        let Some(time) = times[row] else {
            return Problem::new(&codes::BAD_TABLE, "column `time` has empty cells").err();
        };
        present[customer as usize] = true;
        lines.customer.push(customer);
        lines.time.push(cx.zone.civil_seconds(time));
        lines.amount.push(amounts[row]);
    }
    lines.order = vec![0; rows.len()];
    lines.item = vec![0; rows.len()];
    lines.quantity = vec![0; rows.len()];
    let orders = Orders::new(customers, lines, Returns::default())
        .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
    Ok((orders, present))
}

fn returns(cx: &Context, orders: &str, customers: &mut Vec<String>, items: &mut Vec<String>) -> Result<Returns> {
    let stored = cx.input(orders);
    if !stored.record.tables.contains_key("returns") {
        return Ok(Returns::default());
    }
    let table = cx.read(orders, "returns", &RETURNS)?;
    let customer = renumbered(table.ids("customer")?, customers);
    let item = renumbered(table.ids("item")?, items);
    let time = civil(cx, &table, "time")?;
    let quantity = table.decimals("quantity", 0)?;
    let amount = table.decimals("amount", 0)?;
    // A purchase that came first came first on the wall clock too, also in the hour that the clock passes twice.
    let bought: Vec<i64> = table
        .times("purchase_time")?
        .into_iter()
        .zip(table.times("time")?)
        .zip(&time)
        .map(|((bought, back), &time)| match bought {
            None => UNMATCHED,
            Some(bought) if back.is_some_and(|back| bought <= back) => cx.zone.civil_seconds(bought).min(time),
            Some(bought) => cx.zone.civil_seconds(bought),
        })
        .collect();
    let known: Vec<usize> = (0..customer.len()).filter(|&row| customer[row] != NONE).collect();
    let pick = |column: &[i64]| known.iter().map(|&row| column[row]).collect::<Vec<i64>>();
    Ok(Returns {
        customer: known.iter().map(|&row| customer[row]).collect(),
        item: known.iter().map(|&row| item[row]).collect(),
        time: pick(&time),
        quantity: pick(&quantity),
        amount: pick(&amount),
        bought: pick(&bought),
    })
}

/// Ids of one table in the numbers of another, whose names grow by those it did not have.
fn renumbered((ids, names): (Vec<u32>, Vec<String>), known: &mut Vec<String>) -> Vec<u32> {
    let mut places: rustc_hash::FxHashMap<String, u32> =
        known.iter().enumerate().map(|(i, name)| (name.clone(), i as u32)).collect();
    let to: Vec<u32> = names
        .into_iter()
        .map(|name| {
            *places.entry(name).or_insert_with_key(|name| {
                known.push(name.clone());
                known.len() as u32 - 1
            })
        })
        .collect();
    ids.into_iter().map(|id| if id == NONE { NONE } else { to[id as usize] }).collect()
}

/// The name of each item, by its number in `items`; its code where it has none.
pub fn names_of(table: &Batches, item: &[u32], items: &[String]) -> Result<Vec<String>> {
    let mut names = items.to_vec();
    if table.has("description") {
        let (description, words) = table.ids("description")?;
        let mut named = vec![false; items.len()];
        for (row, &item) in item.iter().enumerate() {
            if !named[item as usize] && description[row] != u32::MAX {
                named[item as usize] = true;
                names[item as usize].clone_from(&words[description[row] as usize]);
            }
        }
    }
    Ok(names)
}

/// Civil seconds of a time column that is never empty.
pub fn civil(cx: &Context, table: &Batches, column: &str) -> Result<Vec<i64>> {
    let times = table.times(column)?;
    let mut out = Vec::with_capacity(times.len());
    for time in times {
        match time {
            Some(time) => out.push(cx.zone.civil_seconds(time)),
            None => return Problem::new(&codes::BAD_TABLE, format!("column `{column}` has empty cells")).err(),
        }
    }
    Ok(out)
}
