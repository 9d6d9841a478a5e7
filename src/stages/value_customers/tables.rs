//! Tables that a shop may or may not have, as numbers by customer.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::settings::Covariates;
use crate::diagnostics::{Problem, Result, codes};
use crate::stage::{Context, MAIN, Upstream};
use crate::stages::persons::Places;
use crate::stages::rows::{column_of, instants};
use crate::stages::words::value_customers as say;
use crate::tables::{Batches, ColumnType};
use crate::worth::parts::Referral;

/// The rows of an upstream table that were known at the as-of date, with the place of the customer that each means, in `column`.
struct Rows {
    table: Batches,
    /// Row and place.
    known: Vec<(usize, usize)>,
}

fn rows(cx: &mut Context, stage: &Upstream, column: &str, places: &Places) -> Result<Rows> {
    let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
    column_of(&table, &stage.0, column)?;
    let as_of = cx.as_of()?.midnight();
    let times = if table.has("time") { instants(cx, &table, "time")? } else { vec![None; table.rows()] };
    let names = table.texts(column)?;
    let (mut known, mut strangers, mut later) = (Vec::new(), 0u64, 0u64);
    for (row, (name, time)) in names.iter().zip(&times).enumerate() {
        if time.is_some_and(|time| time >= as_of) {
            later += 1;
        } else {
            match name.as_deref().and_then(|name| places.get(name)) {
                Some(place) => known.push((row, place)),
                None => strangers += 1,
            }
        }
    }
    if strangers > 0 {
        let all = (table.rows() as u64).into();
        cx.note(say::STRANGERS.with([("rows", strangers.into()), ("all", all), ("table", stage.0.as_str().into())]));
    }
    if later > 0 {
        cx.note(say::LATER.with([("rows", later.into()), ("table", stage.0.as_str().into())]));
    }
    Ok(Rows { table, known })
}

/// The sum of a column by customer, 0 for customers without a row.
pub(super) fn sums(
    cx: &mut Context,
    stage: &Upstream,
    column: &str,
    places: &Places,
    customers: usize,
) -> Result<Vec<f64>> {
    Ok(known_sums(cx, stage, column, places, customers)?.into_iter().map(|sum| sum.unwrap_or(0.0)).collect())
}

/// The sum of a column by customer; nothing for customers without a number in any row.
pub(super) fn known_sums(
    cx: &mut Context,
    stage: &Upstream,
    column: &str,
    places: &Places,
    customers: usize,
) -> Result<Vec<Option<f64>>> {
    let Rows { table, known } = rows(cx, stage, "customer", places)?;
    column_of(&table, &stage.0, column)?;
    let values = table.numbers(column)?;
    let mut by_customer: Vec<Vec<f64>> = vec![Vec::new(); customers];
    for (row, place) in known {
        if !values[row].is_nan() {
            by_customer[place].push(values[row]);
        }
    }
    // Added up in an order of their own, so that the order of rows does not matter.
    Ok(by_customer.into_iter().map(|values| (!values.is_empty()).then(|| sum(values))).collect())
}

fn sum(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    // Of no values 0, not −0.
    values.iter().fold(0.0, |sum, value| sum + value)
}

/// The number of rows by customer.
pub(super) fn counts(cx: &mut Context, stage: &Upstream, places: &Places, customers: usize) -> Result<Vec<f64>> {
    let mut counts = vec![0.0; customers];
    for (_, place) in rows(cx, stage, "customer", places)?.known {
        counts[place] += 1.0;
    }
    Ok(counts)
}

/// Who brought whom, the same in any order of rows.
pub(super) fn referrals(cx: &mut Context, stage: &Upstream, places: &Places) -> Result<Vec<Referral>> {
    let Rows { table, known } = rows(cx, stage, "customer", places)?;
    let came = table.texts("referred")?;
    let rewards = if table.has("reward") { table.numbers("reward")? } else { vec![0.0; table.rows()] };
    let times = if table.has("time") { instants(cx, &table, "time")? } else { vec![None; table.rows()] };
    let mut found: Vec<(Option<i64>, Referral)> = Vec::new();
    for (row, by) in known {
        if let Some(place) = came[row].as_deref().and_then(|name| places.get(name)) {
            let reward = if rewards[row].is_nan() { 0.0 } else { rewards[row] };
            found.push((times[row], Referral { by: by as u32, came: place as u32, reward }));
        }
    }
    // The earliest counts; of those without a time, or at one time, the first by account id.
    found.sort_by(|(one, a), (other, b)| {
        let time = |time: &Option<i64>| time.unwrap_or(i64::MAX);
        (a.came, time(one), a.by).cmp(&(b.came, time(other), b.by)).then(a.reward.total_cmp(&b.reward))
    });
    Ok(found.into_iter().map(|(_, referral)| referral).collect())
}

/// The cost of a piece by item id; NaN where it is not known.
pub(in crate::stages) fn item_costs(cx: &mut Context, stage: &Upstream, items: &[String]) -> Result<Vec<f64>> {
    let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
    column_of(&table, &stage.0, "unit_cost")?;
    let (names, costs) = (table.texts("item")?, table.numbers("unit_cost")?);
    let places: FxHashMap<&str, usize> = items.iter().enumerate().map(|(at, item)| (item.as_str(), at)).collect();
    let mut by_item = vec![f64::NAN; items.len()];
    for (name, cost) in names.iter().zip(costs).filter(|(_, cost)| !cost.is_nan()) {
        if !(cost >= 0.0 && cost.is_finite()) {
            return Problem::new(&codes::BAD_DATA, format!("`{}` has a `unit_cost` of {cost}", stage.0))
                .help("costs are numbers from 0 on: correct or leave out such rows".to_owned())
                .err();
        }
        if let Some(&at) = name.as_deref().and_then(|name| places.get(name)) {
            // Of several costs of an item the highest counts.
            by_item[at] = if by_item[at].is_nan() { cost } else { by_item[at].max(cost) };
        }
    }
    let without = by_item.iter().filter(|cost| cost.is_nan()).count() as u64;
    if without > 0 {
        let values =
            [("items", without.into()), ("all", (items.len() as u64).into()), ("table", stage.0.as_str().into())];
        cx.note(say::WITHOUT_COST.with(values));
    }
    Ok(by_item)
}

/// Covariates as classes: each customer's class, and the values of each class. Customers without a row have the most frequent word and
/// the mean number.
pub(super) fn covariates(
    cx: &mut Context,
    settings: &Covariates,
    places: &Places,
    customers: usize,
) -> Result<(Vec<u32>, Vec<Vec<f64>>)> {
    let Rows { table, known } = rows(cx, &settings.from, "customer", places)?;
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); customers];
    for column in &settings.columns {
        column_of(&table, &settings.from.0, column)?;
        match table.kind(column) {
            Some(ColumnType::Text | ColumnType::Boolean) => {
                let words = table.texts(column)?;
                let mut frequent: BTreeMap<&str, usize> = BTreeMap::new();
                known
                    .iter()
                    .filter_map(|(row, _)| words[*row].as_deref())
                    .for_each(|word| *frequent.entry(word).or_default() += 1);
                let usual = frequent.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(word, _)| *word);
                for word in frequent.keys().filter(|word| Some(**word) != usual) {
                    let mut own = vec![0.0; customers];
                    known
                        .iter()
                        .for_each(|(row, place)| own[*place] = f64::from(words[*row].as_deref() == Some(*word)));
                    values.iter_mut().zip(own).for_each(|(values, own)| values.push(own));
                }
            }
            _ => {
                let numbers = table.numbers(column)?;
                let given: Vec<f64> =
                    known.iter().map(|(row, _)| numbers[*row]).filter(|number| number.is_finite()).collect();
                let count = given.len().max(1) as f64;
                let mean = sum(given.clone()) / count;
                let scale = (sum(given.iter().map(|number| (number - mean).powi(2)).collect()) / count).sqrt();
                // Tenths of a standard deviation, so that there are few classes.
                let standard =
                    |number: f64| if scale > 0.0 { ((number - mean) / scale * 10.0).round() / 10.0 } else { 0.0 };
                let mut own = vec![0.0; customers];
                known
                    .iter()
                    .filter(|(row, _)| numbers[*row].is_finite())
                    .for_each(|(row, place)| own[*place] = standard(numbers[*row]));
                values.iter_mut().zip(own).for_each(|(values, own)| values.push(own));
            }
        }
    }
    let key = |values: &[f64]| values.iter().map(|value| (value + 0.0).to_bits()).collect::<Vec<u64>>();
    let mut classes: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
    values.iter().for_each(|values| {
        classes.entry(key(values)).or_default();
    });
    let mut by_class = Vec::new();
    for (number, (bits, class)) in classes.iter_mut().enumerate() {
        *class = number as u32;
        by_class.push(bits.iter().map(|bits| f64::from_bits(*bits)).collect());
    }
    let found = values.iter().map(|values| classes[&key(values)]).collect();
    Ok((found, by_class))
}
