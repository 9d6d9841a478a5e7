//! Businesses with contracts: what customers are worth by their renewals.

use super::orders::Came;
use super::settings::ValueCustomers;
use super::tables::known_sums;
use super::{DAYS, Valued};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::Standing;
use crate::numeric::calendar::DAY;
use crate::stage::Context;
use crate::stages::contracts::ContractTable;
use crate::stages::persons::Places;
use crate::stages::words::value_customers as say;
use crate::value::ShiftedBetaGeometric;
use crate::worth::origins::{Trial, dates};
use crate::worth::renewals::{Running, SBG, judged, running, terms};

/// Values customers under contract; those who have left are worth what they brought.
pub(super) fn value(settings: &ValueCustomers, table: &ContractTable, cx: &mut Context) -> Result<(Valued, Box<Came>)> {
    let read = table.read(cx, settings.reason.as_deref(), &settings.not_churn)?;
    let customers = read.customers.len();
    cx.made.rows_in = customers as u64;
    let as_of = cx.as_of()?;
    let period = settings.period.days();
    let pays = match &settings.payments {
        Some(payments) => {
            let places = Places::of(&read.customers);
            let sums = known_sums(cx, &payments.from, &payments.amount, &places, customers)?;
            let without = sums.iter().filter(|sum| sum.is_none()).count() as u64;
            if without > 0 {
                cx.note(say::PAYMENT_UNKNOWN.with([
                    ("customers", without.into()),
                    ("all", (customers as u64).into()),
                    ("table", payments.from.0.as_str().into()),
                ]));
            }
            sums.into_iter().map(|sum| sum.unwrap_or(f64::NAN)).collect()
        }
        None => {
            cx.note(&say::NO_PAYMENTS);
            vec![f64::NAN; customers]
        }
    };
    let margin = match settings.margin {
        Some(margin) => margin.get(),
        None if settings.payments.is_some() => {
            cx.note(&say::NO_MARGIN);
            f64::NAN
        }
        None => f64::NAN,
    };
    let is_churn = |reason: u32| read.reasons.is_churn(reason);
    let known = read.contracts.as_of(as_of.midnight());
    let all = terms(known, period, is_churn);
    let model = ShiftedBetaGeometric::fit(&all).map_err(|error| {
        Problem::new(&codes::TOO_LITTLE_DATA, error.to_string())
            .help("give a longer history of contracts, or another `period`".to_owned())
            .boxed()
    })?;
    let trials = past(settings, cx, &read, &pays, period)?;
    let under = running(known, period);
    let by_customer: rustc_hash::FxHashMap<u32, Running> = under.iter().map(|one| (one.customer, *one)).collect();
    let mut valued = Valued {
        chosen: SBG.to_owned(),
        trials,
        parameters: [("gamma", model.gamma), ("delta", model.delta), ("log_likelihood", model.log_likelihood)]
            .map(|(name, value)| (SBG.to_owned(), name.to_owned(), value))
            .to_vec(),
        ..Valued::default()
    };
    let horizon = settings.horizon.days();
    let money = margin.is_finite() && pays.iter().any(|pays| pays.is_finite());
    for customer in 0..customers as u32 {
        if known.standing(customer) == Standing::NotYet {
            continue;
        }
        let pays = pays[customer as usize];
        let paid: i64 = known
            .spells(customer)
            .map(|spell| {
                let end = spell.exit.map_or(known.as_of(), |exit| exit.time);
                ((end - spell.from).max(1) + period * DAY - 1) / (period * DAY)
            })
            .sum();
        let each = margin * pays;
        let one = by_customer.get(&customer);
        let tail = one.map(|one| one.tail(&model, horizon, period)).unwrap_or_default();
        let expected = sum(&tail);
        let most = |share: f64| tail.iter().position(|above| 1.0 - above >= share).unwrap_or(tail.len()) as u32;
        let interval = [most(0.05), most(0.95)];
        valued.customers.push(read.customers[customer as usize].clone());
        valued.alive.push(f64::from(u8::from(one.is_some())));
        valued.none.push(1.0 - tail.first().copied().unwrap_or(0.0));
        valued.expected.push(expected);
        valued.margin.push(each * expected);
        valued.orders_interval.push(interval);
        let [low, high] = interval.map(|count| each * f64::from(count));
        valued.margin_interval.push(if low > high { [high, low] } else { [low, high] });
        for (column, days) in valued.ahead.iter_mut().zip(DAYS) {
            column.push(one.map_or(0.0, |one| sum(&one.tail(&model, days, period))));
        }
        valued.each.push(each);
        valued.residual.push(one.map_or(0.0, |one| one.residual(&model, settings.interest.get(), period)));
        valued.wait.push(one.map_or([f64::NAN; 2], |one| [one.days_to_next as f64; 2]));
        valued.existing.push(each * paid as f64);
        let year = one.map_or(0.0, |_| (365.0 / period as f64).min(paid as f64));
        // Payments are counted only where money is known of nobody, so that all customers are compared by the same.
        valued.now.push(if money { each * year } else { year });
    }
    let by_model = if money { valued.margin.clone() } else { valued.expected.clone() };
    valued.by_model = vec![(SBG.to_owned(), by_model)];
    if valued.customers.is_empty() {
        return Problem::new(&codes::TOO_LITTLE_DATA, "no contract had begun by the as-of date")
            .help("choose a later `as_of`".to_owned())
            .err();
    }
    let (contracts, names, until) = (read.contracts, read.customers, as_of.midnight());
    let came = move |customers: &[String], from: i64, days: i64| {
        let after = contracts.after(from, days, until).ok()?;
        let running = running(contracts.as_of(from), period);
        let one = |name: &String| {
            let Ok(customer) = names.binary_search(name) else { return (0, 0.0) };
            let found = running.binary_search_by_key(&(customer as u32), |one| one.customer);
            let (Ok(at), Some(exit)) = (found, after.left(customer as u32)) else { return (0, 0.0) };
            let count = match exit {
                // Whoever leaves on the day of a renewal has not renewed.
                Some(exit) => running[at].due((exit.time - from).div_euclid(DAY), period),
                None => running[at].due(days, period),
            };
            (count, margin * pays[customer] * f64::from(count))
        };
        Some(customers.iter().map(one).collect())
    };
    Ok((valued, Box::new(came)))
}

/// Of nothing 0, not −0.
fn sum(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, value| sum + value)
}

/// The model at past dates.
fn past(
    settings: &ValueCustomers,
    cx: &mut Context,
    read: &crate::stages::contracts::Read,
    pays: &[f64],
    period: i64,
) -> Result<Vec<Trial>> {
    let as_of = cx.as_of()?;
    let known = read.contracts.as_of(as_of.midnight());
    let first =
        (0..known.customers() as u32).filter_map(|customer| known.spells(customer).next()).map(|spell| spell.from);
    let start = first.min().map_or(as_of.days(), |first| first.div_euclid(DAY) as i32);
    let horizon = settings.horizon.days();
    let origins = dates(as_of.days(), start, horizon as i32, settings.origins.get());
    if origins.is_empty() {
        cx.note(&say::NO_ORIGINS);
    }
    let mut trials = Vec::new();
    for origin in origins {
        let span = (i64::from(origin) * DAY, horizon, as_of.midnight());
        let judged = judged(&read.contracts, span, period, |reason| read.reasons.is_churn(reason), pays)
            .map_err(|error| Problem::new(&codes::BAD_DATA, error.to_string()).boxed())?;
        trials.push(Trial { model: SBG, origin, judged: judged.map_err(|error| error.to_string()) });
    }
    Ok(trials)
}
