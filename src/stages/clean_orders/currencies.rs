//! Lines in several currencies: brought into the shop's own by a table of rates, or refused; never summed.

use std::collections::BTreeMap;

use super::super::rows::instants;
use super::super::words::clean_orders as say;
use super::CleanOrders;
use super::raw::{Raw, names_of, need};
use crate::cleaning::{Rate, Rates, Span, code_of, converted};
use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{NONE, Names};
use crate::stage::{Context, MAIN};
use crate::tables::{Batches, Date};

/// The columns of a table of rates.
pub const RATES: [&str; 3] = ["day", "currency", "rate"];

/// Turns the unit prices of `raw` into the shop's currency.
///
/// # Errors
/// When lines are in several currencies, or not in the shop's, and no rate says what they are worth.
pub fn bring_into_one(settings: &CleanOrders, cx: &mut Context, raw: &mut Raw) -> Result<()> {
    let stage = &settings.lines.0;
    let own = settings.currency.as_deref().and_then(code_of);
    let path = cx.input(stage).table(MAIN)?;
    if crate::tables::read_schema(&path)?.index_of("currency").is_err() {
        if own.is_none() {
            return Ok(());
        }
        return Problem::new(&codes::BAD_TABLE, format!("`{stage}` does not say in which currency its lines are"))
            .help("map the column: columns = { currency = \"…\", … }, or leave out `currency` and `rates`".to_owned())
            .err();
    }
    let written = names_of(&path, "currency")?;
    let lines = Currencies::of(&written);
    let Some(target) = own.or_else(|| lines.only()) else {
        return if lines.counts.is_empty() { Ok(()) } else { lines.refuse(settings, raw) };
    };
    if lines.counts.keys().any(|&code| lines.codes.get(code) != target) && settings.rates.is_none() {
        return lines.refuse(settings, raw);
    }
    if lines.blank > 0 {
        if lines.counts.len() > 1 {
            return lines.refuse(settings, raw);
        }
        cx.note(say::NO_CURRENCY.with([("rows", lines.blank.into()), ("currency", target.as_str().into())]));
    }
    let Some(stage) = &settings.rates else { return Ok(()) };
    let rates = read_rates(cx, &stage.0, &lines.codes)?;
    let span = Span::of_all(&raw.lines(), &raw.order.0, settings.rules.implausible_dates);
    for row in 0..lines.code.len() {
        let code = lines.code[row];
        if code == NONE || lines.codes.get(code) == target {
            continue;
        }
        let day = raw.day[row];
        let rate = rates.at(code, day, settings.max_rate_days.get() as i32);
        // A wrong date has no rate; its line is set aside, and any rate will do.
        let rate = rate.or_else(|| if span.holds(day) { None } else { rates.at(code, i32::MAX, i32::MAX) });
        let Some(price) = rate.and_then(|rate| converted(raw.unit_price[row], rate)) else {
            let day = Date::from_days(day);
            let place = raw.place(row as u32);
            let name = lines.codes.get(code);
            return Problem::new(
                &codes::SEVERAL_CURRENCIES,
                format!(
                    "`{}` has no rate of {name} into {target} for {day} ({place}), nor one of the {} days before",
                    stage.0, settings.max_rate_days
                ),
            )
            .help(format!("add the rate to the table of `{}`, or raise `max_rate_days`", stage.0))
            .err();
        };
        raw.unit_price[row] = price;
    }
    let values = [("currency", target.into()), ("stage", stage.0.as_str().into()), ("lines", lines.listed().into())];
    cx.note(say::CONVERTED.with(values));
    Ok(())
}

/// The currencies of the lines.
struct Currencies {
    codes: Names,
    /// The currency of each row, into `codes`.
    code: Vec<u32>,
    /// Lines by currency.
    counts: BTreeMap<u32, u64>,
    /// Lines without one.
    blank: u64,
}

impl Currencies {
    fn of(written: &(Names, Vec<u32>)) -> Currencies {
        let mut codes = Names::new();
        let forms: Vec<u32> =
            written.0.iter().map(|name| code_of(name).map_or(NONE, |code| codes.intern(&code))).collect();
        let code: Vec<u32> =
            written.1.iter().map(|&name| if name == NONE { NONE } else { forms[name as usize] }).collect();
        let mut counts = BTreeMap::new();
        let mut blank = 0;
        for &code in &code {
            if code == NONE { blank += 1 } else { *counts.entry(code).or_default() += 1 }
        }
        Currencies { codes, code, counts, blank }
    }

    /// The one currency, if there is one.
    fn only(&self) -> Option<String> {
        let mut codes = self.counts.keys();
        match (codes.next(), codes.next()) {
            (Some(&code), None) => Some(self.codes.get(code).to_owned()),
            _ => None,
        }
    }

    /// The currencies with their lines, those with most lines first.
    fn listed(&self) -> String {
        let mut counts: Vec<(u64, &str)> =
            self.counts.iter().map(|(&code, &lines)| (lines, self.codes.get(code))).collect();
        counts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut parts: Vec<String> = counts.iter().map(|(lines, code)| format!("{lines} {code}")).collect();
        if self.blank > 0 {
            parts.push(format!("{} without one", self.blank));
        }
        parts.join(", ")
    }

    fn refuse(&self, settings: &CleanOrders, raw: &Raw) -> Result<()> {
        let first = self.code.first().copied().unwrap_or(NONE);
        let other = self.code.iter().position(|&code| code != first);
        let place = other.map(|row| format!("; the first other one is in {}", raw.place(row as u32)));
        let place = place.unwrap_or_default();
        let message = match (&settings.currency, self.counts.len()) {
            (Some(own), 1) => format!("the lines are not in {own}, the shop's currency: {}", self.listed()),
            _ => format!(
                "the lines are in {} currencies and cannot be summed: {}{place}",
                self.counts.len(),
                self.listed()
            ),
        };
        Problem::new(&codes::SEVERAL_CURRENCIES, message)
            .help(
                "give the shop's currency and a table of rates: currency = \"EUR\", rates = \"STAGE\" (columns day, currency, \
                 rate); or keep one currency with a `sql` stage; every line needs its currency"
                    .to_owned(),
            )
            .err()
    }
}

/// The rates of a stage, by the currencies of `codes`.
fn read_rates(cx: &Context, stage: &str, codes: &Names) -> Result<Rates> {
    let path = cx.input(stage).table(MAIN)?;
    let schema = crate::tables::read_schema(&path)?;
    for column in RATES {
        need(&schema, stage, column)?;
    }
    let table = Batches::read(&path, &RATES)?;
    let days = instants(cx, &table, "day")?;
    let (currencies, rates) = (table.texts("currency")?, table.numbers("rate")?);
    let mut all = Vec::new();
    for row in 0..days.len() {
        let code = currencies[row].as_deref().and_then(code_of);
        let (Some(day), Some(code)) = (days[row], code) else {
            return Problem::new(&codes::BAD_DATA, format!("row {} of `{stage}` has no day or no currency", row + 1))
                .err();
        };
        // Currencies that no line has are of no interest.
        let Some(currency) = codes.iter().position(|name| name == code) else { continue };
        all.push(Rate { currency: currency as u32, day: Date::of_civil_seconds(day).days(), rate: rates[row] });
    }
    Rates::new(all).map_err(|rate| {
        let (code, day) = (codes.get(rate.currency), Date::from_days(rate.day));
        let message = if rate.rate > 0.0 {
            format!("`{stage}` has two different rates of {code} on {day}")
        } else {
            format!("`{stage}` has a rate of {code} on {day} that is not above 0")
        };
        Problem::new(&codes::BAD_DATA, message).help("correct the table of rates".to_owned()).boxed()
    })
}
