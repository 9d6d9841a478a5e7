//! `clean-orders`: raw order lines into orders, returns and what is neither, each row with its one fate.

mod active;
mod currencies;
mod raw;
mod statements;
mod view;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::raw::Raw;
use self::statements::Restates;
use self::view::{View, write_waterfall};
use super::examples;
use super::words::clean_orders as say;
use crate::cleaning::{Cleaned, CleaningSettings, Fate, Group, Note, clean};
use crate::diagnostics::{Problem, Result, codes};
use crate::report::Text;
use crate::stage::setting::{Chosen, Count, Number, Share};
use crate::stage::{Context, Finding, Input, Kind, Known, MAIN, Need, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::Date;
use crate::tables::layouts::orders::{ITEMS, LINES, ORDERS, RETURNS, SET_ASIDE, SUGGESTIONS, WATERFALL};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "clean-orders",
    version: 5,
    meaning: "Gives every raw order line one fate: sale, return, service, duplicate and so on; rows and money add up.",
    example: &[examples::LINES, examples::ORDERS],
    read: read_as::<CleanOrders>,
    schema: schema_of::<CleanOrders>,
};

/// Raw order lines into clean ones.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CleanOrders {
    /// The stage with the raw order lines.
    lines: Upstream,
    /// Whether files state orders as a whole, so that the last statement of an order replaces those before it.
    restates: Chosen<Restates>,
    /// The column of the lines that says which statement is the last: the greatest value. Not given: the order of the
    /// files, which is that of `paths`, and by name within a pattern.
    restated_by: Option<String>,
    /// The shop's currency, such as `EUR`. Needed where lines in several currencies are brought into one.
    currency: Option<String>,
    /// The stage with the rates of other currencies: columns `day`, `currency` and `rate`, which is how many units of the
    /// shop's currency one unit was worth on that day. A line takes the rate of its day, or the last one before it.
    rates: Option<Upstream>,
    /// Days, 0 to 3660, that the last rate may be old.
    max_rate_days: Count<0, 3_660>,
    /// Share, 0 to 1, of the customers who were active in the shop's best year that must be active in the year before the
    /// as-of date; otherwise the date is taken for wrong and the run is held. 0 allows every date.
    min_active: Share,
    /// How they are cleaned.
    rules: CleaningSettings,
}

impl Default for CleanOrders {
    fn default() -> CleanOrders {
        CleanOrders {
            lines: Upstream::default(),
            restates: Chosen::default(),
            restated_by: None,
            currency: None,
            rates: None,
            max_rate_days: Count::of(31),
            min_active: Number::of(0.05),
            rules: CleaningSettings::default(),
        }
    }
}

impl Stage for CleanOrders {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.lines.input("lines", Need::Table(&LINES))];
        inputs.extend(self.rates.as_ref().map(|rates| rates.input("rates", Need::AnyTable)));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&ORDERS)
            .and("anonymous", &ORDERS)
            .and("returns", &RETURNS)
            .and("set_aside", &SET_ASIDE)
            .and("waterfall", &WATERFALL)
            .and("items", &ITEMS)
            .and("suggestions", &SUGGESTIONS)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = [
            ("rules.max_implausible_share", self.rules.max_implausible_share),
            ("rules.note_set_aside_above", self.rules.note_set_aside_above),
        ]
        .into_iter()
        .filter_map(|(key, share)| Finding::of_share(key, share))
        .collect();
        if self.rates.is_some() && self.currency.is_none() {
            findings.push(
                Finding::at("rates", "it is not said into which currency they lead")
                    .help("write currency = \"EUR\" (the shop's currency)"),
            );
        }
        if self.restated_by.is_some() && *self.restates == Restates::None {
            findings.push(Finding::at("restated_by", "nothing is restated").help("write restates = \"order\" too"));
        }
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let by = self.restated_by.iter().filter_map(|column| known.column("restated_by", &self.lines.0, column));
        let rates = self.rates.iter().flat_map(|stage| {
            currencies::RATES.iter().filter_map(move |column| known.column("rates", &stage.0, column))
        });
        by.chain(rates).collect()
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let mut raw = Raw::read(cx, &self.lines.0)?;
        cx.made.rows_in = raw.day.len() as u64;
        currencies::bring_into_one(self, cx, &mut raw)?;
        raw.statement = statements::of(self, cx, &raw)?;
        let as_of = cx.declared_as_of.map(|day| cx.zone.utc_micros(day.midnight()).div_euclid(1_000_000));
        let done = |fraction: f64| (cx.progress)(0.3 + 0.3 * fraction);
        let cleaned = clean(&raw.lines(), &raw.tables(), &self.rules, as_of, &done)
            .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
        self.hold_dates(&raw, &cleaned)?;
        if cx.declared_as_of.is_none() {
            cx.made.as_of = last_day(&raw, &cleaned).map(|day| day.plus(1).to_string());
        }
        active::hold(self.min_active.get(), cx, &raw, &cleaned)?;
        let view = View { raw: &raw, cleaned: &cleaned };
        let rows_with = |wanted: &dyn Fn(Fate) -> bool| -> Vec<u32> {
            (0..cleaned.fates.len() as u32).filter(|&row| wanted(cleaned.fates[row as usize])).collect()
        };
        view.write_sorted(cx, MAIN, &ORDERS, rows_with(&|fate| fate == Fate::OrderLine))?;
        (cx.progress)(0.85);
        view.write(cx, "anonymous", &ORDERS, &rows_with(&|fate| fate == Fate::Anonymous))?;
        view.write(
            cx,
            "set_aside",
            &SET_ASIDE,
            &rows_with(&|f| matches!(f.group(), Group::SetAside | Group::Rejected)),
        )?;
        view.write_returns(cx, &rows_with(&|fate| fate.group() == Group::Return))?;
        view.write_items(cx)?;
        view.write_suggestions(cx)?;
        write_waterfall(cx, &cleaned)?;
        let rejected = cleaned.waterfall.steps.iter().filter(|s| s.fate.group() == Group::Rejected);
        cx.made.rejected = rejected.map(|step| step.rows).sum();
        let restated = cleaned.waterfall.step(Fate::Restated).rows;
        if restated > 0 {
            cx.note(say::RESTATED.with([("rows", restated.into())]));
        }
        for note in &cleaned.notes {
            cx.note(said(note, &raw));
        }
        Ok(())
    }
}

impl CleanOrders {
    /// Refuses data in which more than a few dates are wrong.
    fn hold_dates(&self, raw: &Raw, cleaned: &Cleaned) -> Result<()> {
        let rows = cleaned.waterfall.step(Fate::ImplausibleDate).rows;
        let known = cleaned.waterfall.rows - cleaned.waterfall.step(Fate::Later).rows;
        let share = rows as f64 / known.max(1) as f64;
        if cleaned.implausible_orders <= 2 || share <= self.rules.max_implausible_share {
            return Ok(());
        }
        let found = cleaned.notes.iter().find(|note| note.name == "implausible-date");
        let message = format!(
            "{} ({:.2} % of the lines, at most {:.2} % may)",
            found.map(|note| said(note, raw).english()).unwrap_or_default(),
            100.0 * share,
            100.0 * self.rules.max_implausible_share
        );
        Problem::new(&codes::IMPLAUSIBLE_DATES, message)
            .help(
                "correct the dates in the source, or say with `date_formats` of the ingest stage how they are written; raise \
                 `max_implausible_share` in `rules` to go on without these lines, or write implausible_dates = \"keep\" \
                 there if the dates are right"
                    .to_owned(),
            )
            .err()
    }
}

/// A note in words.
fn said(note: &Note, raw: &Raw) -> Text {
    let count = ("count", note.count.into());
    let fate = note.fate.map(|fate| {
        let meaning = Text::term("fate-meaning", fate.name(), fate.row().meaning);
        [("fate".to_owned(), fate.name().into()), ("about".to_owned(), meaning.into())]
    });
    // Its figures stand in the English sentence alone; other languages name the rule, and the waterfall has the figures.
    let values = fate.into_iter().flatten().collect();
    let meaning = Text::Phrase { key: format!("clean-note.{}", note.name), english: note.meaning.clone(), values };
    let meaning = ("meaning", meaning.into());
    let examples = (!note.examples.is_empty()).then(|| ("examples", note.examples.join(", ").into()));
    let place = note.first_row.map(|row| ("place", raw.place(row).into()));
    match (examples, place) {
        (None, None) => say::FOUND.with([count, meaning]),
        (None, Some(place)) => say::FOUND_AT.with([count, meaning, place]),
        (Some(examples), None) => say::FOUND_SUCH.with([count, meaning, examples]),
        (Some(examples), Some(place)) => say::FOUND_SUCH_AT.with([count, meaning, examples, place]),
    }
}

/// The calendar day of the last sale.
fn last_day(raw: &Raw, cleaned: &Cleaned) -> Option<Date> {
    let sales = cleaned.fates.iter().zip(&raw.day).filter(|(fate, _)| fate.group() == Group::Sale);
    sales.map(|(_, &day)| day).max().map(Date::from_days)
}
