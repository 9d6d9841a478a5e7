//! Rows with their labels out of tables: past snapshots and what customers did afterwards, or a label that the data hold.

use rustc_hash::FxHashMap;

use super::wording::number;
use super::{TrainChurn, writing};
use crate::churn::asked::{reads_like_an_answer, refuse_late_answers};
use crate::churn::labelled::FOLDS;
use crate::churn::losses::NOT_KNOWN;
use crate::churn::truth::proposed_horizon;
use crate::churn::{Dates, Draw, Labelled, Outcomes, ReasonCount, Risk, Rows, Snapshots, Truth, Unjudged};
use crate::churn::{by_customer, by_date};
use crate::diagnostics::{Problem, Result, codes};
use crate::learning::{Matrix, Values};
use crate::orders::{AsOf, NONE};
use crate::report::Text;
use crate::stage::{Context, MAIN, setting::Span};
use crate::stages::contracts::{ContractTable, reasons_of};
use crate::stages::orders::{Wanted, orders_of};
use crate::stages::persons::Places;
use crate::stages::rows::{bad, column_of, instants, matrix};
use crate::stages::words::train_churn as say;
use crate::tables::{Batches, Date};

/// The table of past snapshots.
struct Table {
    rows: Snapshots,
    /// The customers by number, sorted.
    names: Vec<String>,
}

impl TrainChurn {
    /// Rows with labels, from where the settings say, and what is predicted.
    pub(super) fn labelled(&self, cx: &mut Context) -> Result<(Labelled, Text)> {
        if let Some(column) = self.label.as_ref().or(self.end_date.as_ref()) {
            return self.from_label(cx, column);
        }
        let table = self.keys(cx)?;
        let truth = match (&self.contracts, &self.orders) {
            (Some(contracts), _) => self.truth_of_contracts(cx, contracts, &table.names)?,
            (None, orders) => {
                writing::write_no_standings(cx)?;
                let known: FxHashMap<&str, u32> = (0..table.names.len() as u32)
                    .filter(|&id| table.rows.has(id))
                    .map(|id| (table.names[id as usize].as_str(), id))
                    .collect();
                let stage = orders.as_ref().map_or("", |orders| orders.0.as_str());
                let wanted = Wanted { amounts: true, ..Wanted::default() };
                let orders = orders_of(cx, stage, wanted, &known, table.names.len())?;
                let all = AsOf::new(&orders, cx.as_of()?.midnight());
                let has_lines = (0..all.customers() as u32).map(|c| !all.lines(c).is_empty()).collect();
                Truth::Orders { orders, has_lines }
            }
        };
        (cx.progress)(0.05);
        self.from_snapshots(cx, &table, &truth)
    }

    /// The table of past snapshots: a table of its own, or the main one of a stage without it.
    fn snapshots(&self, cx: &Context) -> Result<std::path::PathBuf> {
        let stored = cx.input(&self.features.0);
        stored.table(if stored.record.tables.contains_key("snapshots") { "snapshots" } else { MAIN })
    }

    fn keys(&self, cx: &Context) -> Result<Table> {
        let table = Batches::read(&self.snapshots(cx)?, &["customer", "as_of"])?;
        let dates = table.dates("as_of")?.into_iter().map(midnight).collect();
        let (customers, names) = table.sorted_ids("customer")?;
        // Horizons that cannot be over need no drawing; the shortest that a setting can mean is a day.
        let draw = Draw {
            rows: self.max_rows.get(),
            horizon_days: self.horizon.span().map_or(1, Span::days),
            as_of: cx.as_of()?.midnight(),
            seed: cx.seed,
        };
        let names = names.to_vec();
        Ok(Table { rows: Snapshots::draw(customers, dates, &names, draw), names })
    }

    fn truth_of_contracts(&self, cx: &mut Context, table: &ContractTable, names: &[String]) -> Result<Truth> {
        let mut read = table.read(cx, self.reason.as_deref(), &self.not_churn)?;
        let places = Places::of(&read.customers);
        let ids: Vec<u32> = names.iter().map(|name| places.get(name).map_or(NONE, |place| place as u32)).collect();
        // From here on a customer is written as the features have it.
        for (name, id) in names.iter().zip(&ids).filter(|(_, id)| **id != NONE) {
            read.customers[*id as usize].clone_from(name);
        }
        let unknown = ids.iter().filter(|id| **id == NONE).count();
        if unknown > 0 {
            let (all, stage) = (names.len(), &self.features.0);
            let values = [("unknown", unknown.into()), ("all", all.into()), ("stage", stage.as_str().into())];
            cx.note(say::NO_CONTRACT.with(values));
        }
        writing::write_standings(cx, &read)?;
        Ok(Truth::Contracts { contracts: read.contracts, reasons: read.reasons, ids })
    }

    /// Past snapshots, labelled by what the customers did afterwards.
    fn from_snapshots(&self, cx: &mut Context, table: &Table, truth: &Truth) -> Result<(Labelled, Text)> {
        let (keys, path, as_of) = (&table.rows, self.snapshots(cx)?, cx.as_of()?.midnight());
        let horizon_days = match (self.horizon.span(), truth) {
            (None, Truth::Orders { orders, .. }) => proposed_horizon(AsOf::new(orders, as_of)),
            (span, _) => span.map_or(1, Span::days),
        };
        let wanted = keys.closed(truth, horizon_days, as_of);
        if wanted.is_empty() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "no snapshot is old enough for its horizon to have closed")
                .help("ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
                .err();
        }
        let batches = Batches::read_rows(&path, &wanted)?;
        let all = keys.keyed(matrix(&batches, &self.exclude)?, &wanted).map_err(bad)?;
        let segments = self.segments_of(&batches)?;
        let found = self.outcomes(cx, truth, &all, &batches, horizon_days, as_of)?;
        let Some(rows) = Rows::with_labels(&all, &found.labels, segments) else {
            let what = "no customer was at risk on any snapshot whose horizon has closed";
            return Problem::new(&codes::TOO_LITTLE_DATA, what).help(cx.made.notes.join("; ")).err();
        };
        if keys.is_part() {
            let values = [
                ("customers", keys.customers().into()),
                ("all", table.names.len().into()),
                ("rows", rows.matrix.rows().into()),
            ];
            cx.note(say::PART.with(values));
        }
        let horizons = truth.compare_horizons(&rows.matrix, horizon_days, as_of);
        let fresh = matrix(&Batches::read_rows(&path, &keys.newest_at_risk(truth))?, &self.exclude)?;
        let dates = Dates { horizon_days, gap_days: i64::from(self.gap_days), tests: self.tests.get() as usize };
        let data = by_date(rows, fresh, dates, matches!(truth, Truth::Orders { .. })).map_err(unjudged)?;
        let newest = Date::of_civil_seconds(data.newest().snapshot).to_string();
        cx.note(say::SNAPSHOTS.with([("snapshots", data.folds.len().into()), ("date", newest.into())]));
        let days = ("days", (horizon_days as u64).into());
        let target = match (&self.partial, &self.contracts) {
            (_, Some(contracts)) => say::CONTRACT.with([("end", contracts.meaning().into()), days]),
            (None, None) => say::NO_ORDER.with([days]),
            (Some(drop), None) => say::LESS_SPENT.with([("percent", number(100.0 * drop.get(), 0)), days]),
        };
        Ok((Labelled { horizons, reasons: found.reasons, ..data }, target))
    }

    /// What became of each row's customer, with notes on those who have no label.
    fn outcomes(
        &self,
        cx: &mut Context,
        truth: &Truth,
        all: &Matrix,
        table: &Batches,
        horizon_days: i64,
        as_of: i64,
    ) -> Result<Outcomes> {
        let numbers = |needed: bool, name: &str| if needed { table.numbers(name) } else { Ok(Vec::new()) };
        let orders = matches!(truth, Truth::Orders { .. });
        let quiet = numbers(orders && self.active_days.is_some(), "recency_days")?;
        let usual = numbers(orders && self.partial.is_some(), "money_365d")?;
        let risk = Risk {
            active: self.active_days.map(|days| (days.get(), &quiet[..])),
            partial: self.partial.map(|drop| (drop.get(), &usual[..])),
        };
        let found = truth
            .outcomes(all, risk, horizon_days, as_of)
            .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
        if found.idle > 0 {
            cx.note(say::IDLE.with([("rows", found.idle.into())]));
        }
        let without = [(found.not_yet, &say::NOT_YET), (found.gone, &say::GONE), (found.otherwise, &say::OTHERWISE)];
        for (rows, why) in without.into_iter().filter(|(rows, _)| *rows > 0) {
            cx.note(why.with([("rows", rows.into()), ("all", all.rows().into())]));
        }
        Ok(found)
    }

    /// One row per customer with a label or an end date in `column`, divided into folds.
    fn from_label(&self, cx: &mut Context, column: &String) -> Result<(Labelled, Text)> {
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        for column in [Some(column), self.reason.as_ref()].into_iter().flatten() {
            column_of(&table, &self.features.0, column)?;
        }
        writing::write_no_standings(cx)?;
        let mut given: Vec<Option<bool>> = if self.label.is_some() {
            let is_positive = |value: &str| value.eq_ignore_ascii_case(&self.positive);
            table.texts(column)?.iter().map(|value| value.as_deref().map(is_positive)).collect()
        } else {
            // A customer with an end has left; one with an end in the future has not.
            let today = cx.as_of().ok();
            if today.is_none() {
                cx.note(&say::NO_DATE);
            }
            // As with contracts, the as-of date is the first day that nothing is known of.
            let over = |end: i64| today.is_none_or(|today| Date::of_civil_seconds(end) < today);
            instants(cx, &table, column)?.into_iter().map(|end| Some(end.is_some_and(over))).collect()
        };
        let reasons = self.reasons_given(cx, &table, &mut given)?;
        if !given.contains(&Some(true)) || !given.contains(&Some(false)) {
            let (why, help) = match &self.label {
                Some(label) => (
                    format!("in `{label}` all rows are the same to `{}`", self.positive),
                    "name the value that means left with `positive`",
                ),
                None => (
                    format!("in `{column}` all rows say the same"),
                    "a customer has left with an end before the as-of date; the others have none, or a later one",
                ),
            };
            return Problem::new(&codes::TOO_LITTLE_DATA, why).help(help.to_owned()).err();
        }
        // Only those who left have a reason.
        let mut exclude: Vec<String> = self.exclude.iter().chain([column]).chain(&self.reason).cloned().collect();
        exclude.extend(self.undated_answers(cx, &table, &exclude)?);
        // On which day a customer answered is no trait, and as a text it would be learned by heart.
        exclude.extend(self.answers.values().cloned());
        let names = table.texts("customer")?;
        let names: Vec<&str> = (0..given.len())
            .filter(|&row| given[row].is_some())
            .map(|row| names[row].as_deref().unwrap_or_default())
            .collect();
        let rows = Rows::with_labels(&matrix(&table, &exclude)?, &given, self.segments_of(&table)?);
        let rows = rows.expect("both labels are there").named(&names).map_err(bad)?;
        let (all, keep) = (rows.matrix.rows(), self.max_rows.get() as usize);
        let rows = rows.thinned(keep, cx.seed);
        if rows.matrix.rows() < all {
            cx.note(say::PART_OF_CUSTOMERS.with([("customers", keep.into()), ("all", all.into())]));
        }
        let target = match &self.label {
            Some(label) => {
                say::LABEL.with([("column", label.as_str().into()), ("value", self.positive.as_str().into())])
            }
            None => say::OVER.with([("column", column.as_str().into())]),
        };
        let data = by_customer(rows, cx.seed).map_err(unjudged)?;
        Ok((Labelled { reasons, ..data }, target))
    }

    /// Columns that read like answers to a survey and have no date: they are not learned from. Those with a date must be older than the label.
    fn undated_answers(&self, cx: &mut Context, table: &Batches, exclude: &[String]) -> Result<Vec<String>> {
        for (answer, date) in &self.answers {
            column_of(table, &self.features.0, answer)?;
            column_of(table, &self.features.0, date)?;
            let since: Date = self
                .label_since
                .as_deref()
                .unwrap_or_default()
                .parse()
                .map_err(|message: String| Problem::new(&codes::BAD_VALUE, message).boxed())?;
            let given = table.texts(answer)?;
            let dates = instants(cx, table, date)?;
            let dates: Vec<Option<i64>> =
                (0..given.len()).filter(|&row| given[row].is_some()).map(|row| dates[row]).collect();
            refuse_late_answers(answer, &dates, since.midnight()).map_err(|error| {
                Problem::new(&codes::BAD_DATA, error.to_string())
                    .help(format!("`{answer}` may know who left: leave it out with `exclude`, or keep only answers given before {since}"))
                    .boxed()
            })?;
        }
        let names = table.schema.fields().iter().map(|field| field.name());
        let suspected = names.filter(|name| reads_like_an_answer(name));
        let undated: Vec<String> = suspected
            .filter(|name| !self.answers.contains_key(*name) && !self.answers.values().any(|date| date == *name))
            .filter(|name| !exclude.contains(name))
            .cloned()
            .collect();
        for name in &undated {
            cx.note(say::UNDATED_ANSWER.with([("column", name.as_str().into())]));
        }
        Ok(undated)
    }

    /// Why customers left, where a column says it; those who left for a reason that is not churn lose the label.
    fn reasons_given(&self, cx: &mut Context, table: &Batches, given: &mut [Option<bool>]) -> Result<Vec<ReasonCount>> {
        let unlabelled = given.iter().filter(|label| label.is_none()).count();
        if unlabelled > 0 {
            let column = self.label.as_deref().unwrap_or_default();
            cx.note(say::NO_LABEL.with([("rows", unlabelled.into()), ("column", column.into())]));
        }
        let Some(column) = &self.reason else { return Ok(Vec::new()) };
        let left: Vec<usize> = (0..given.len()).filter(|&row| given[row] == Some(true)).collect();
        let cells = table.texts(column)?;
        let cells: Vec<Option<String>> = left.iter().map(|&row| cells[row].clone()).collect();
        let (reasons, numbers) = reasons_of(cx, &cells, &self.not_churn, |_| true)?;
        let otherwise = reasons.unlabel(given, &left, &numbers);
        if otherwise > 0 {
            cx.note(say::OTHER_REASON.with([("rows", otherwise.into())]));
        }
        Ok(reasons.counted(numbers.into_iter()))
    }

    fn segments_of(&self, table: &Batches) -> Result<Option<Vec<String>>> {
        let Some(column) = &self.segment else { return Ok(None) };
        column_of(table, &self.features.0, column)?;
        let texts = table.texts(column)?;
        Ok(Some(texts.into_iter().map(|text| text.unwrap_or_else(|| NOT_KNOWN.to_owned())).collect()))
    }
}

/// Civil seconds of a day's beginning.
fn midnight(day: Option<i32>) -> Option<i64> {
    day.map(|day| Date::from_days(day).midnight())
}

/// What the newest judged customers are worth, where a column says it.
pub(super) fn worth(data: &Labelled, column: Option<&str>) -> Result<Option<Vec<f64>>> {
    let Some(name) = column else { return Ok(None) };
    match data.matrix.column(name).map(|column| &column.values) {
        Some(Values::Numbers(numbers)) => {
            let value = |&row: &u32| Some(numbers[row as usize]).filter(|v| v.is_finite()).unwrap_or(0.0);
            Ok(Some(data.newest().test.iter().map(value).collect()))
        }
        _ => Problem::new(&codes::BAD_TABLE, format!("`{name}` is not a column of numbers that the model sees")).err(),
    }
}

/// Why rows cannot be judged, for the person who can act.
fn unjudged(why: Unjudged) -> Box<Problem> {
    let (why, help) = match why {
        Unjudged::Learning(error) => return bad(error),
        Unjudged::NoOrigin(error) => {
            (error.to_string(), "ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
        }
        Unjudged::OneSided => (
            "on no snapshot did some leave and others stay".to_owned(),
            "choose another horizon, or more snapshots in `build-features`".to_owned(),
        ),
        Unjudged::TooFew { customers, left } => (
            format!("{customers} customers, {left} of whom left, are too few to judge a model"),
            format!("customers are divided into {FOLDS} parts; in at least two of them some must leave and some stay"),
        ),
    };
    Problem::new(&codes::TOO_LITTLE_DATA, why).help(help).boxed()
}
