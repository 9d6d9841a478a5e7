//! Rows with their labels out of tables: past snapshots and what customers did afterwards, or a label that the data hold.

use rustc_hash::FxHashMap;

use super::{TrainChurn, writing};
use crate::churn::labelled::FOLDS;
use crate::churn::truth::proposed_horizon;
use crate::churn::{
    Dates, Labelled, Outcomes, ReasonCount, Risk, Rows, Truth, Unjudged, by_customer, by_date, part_below,
};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{AsOf, NONE};
use crate::learning::{Matrix, Values};
use crate::numeric::calendar::DAY;
use crate::numeric::random::{fnv1a, mix};
use crate::stage::{Context, MAIN, setting::Span};
use crate::stages::contracts::{ContractTable, reasons_of};
use crate::stages::history::purchases;
use crate::stages::persons::Places;
use crate::stages::rows::{bad, column_of, instants, matrix};
use crate::tables::{Batches, Date};

/// What the table of past snapshots says of who was there when.
struct Keys {
    /// The number of each row's customer, by the names' order: no order of rows decides who is drawn.
    customers: Vec<u32>,
    names: Vec<String>,
    /// Each row's date, in days since 1970-01-01.
    dates: Vec<Option<i32>>,
    /// Which customers are learned from and judged on.
    drawn: Vec<bool>,
    /// Whether those are fewer than all.
    is_part: bool,
}

impl TrainChurn {
    /// Rows with labels, from where the settings say.
    pub(super) fn labelled(&self, cx: &mut Context) -> Result<Labelled> {
        match (self.label.as_ref().or(self.end_date.as_ref()), &self.contracts, &self.orders) {
            (Some(column), _, _) => self.from_label(cx, column),
            (None, contracts, orders) => {
                let keys = self.keys(cx)?;
                let truth = match (contracts, orders) {
                    (Some(table), _) => self.truth_of_contracts(cx, table, &keys.names)?,
                    (None, orders) => {
                        writing::write_no_standings(cx)?;
                        let known: FxHashMap<&str, u32> = (0..keys.names.len())
                            .filter(|&id| keys.drawn[id])
                            .map(|id| (keys.names[id].as_str(), id as u32))
                            .collect();
                        let stage = orders.as_ref().map_or("", |orders| orders.0.as_str());
                        let (orders, has_lines) = purchases(cx, stage, &known, keys.names.len())?;
                        Truth::Orders { orders, has_lines }
                    }
                };
                (cx.progress)(0.05);
                self.from_snapshots(cx, &keys, &truth)
            }
        }
    }

    /// The table of past snapshots: a table of its own, or the main one of a stage without it.
    fn snapshots(&self, cx: &Context) -> Result<std::path::PathBuf> {
        let stored = cx.input(&self.features.0);
        stored.table(if stored.record.tables.contains_key("snapshots") { "snapshots" } else { MAIN })
    }

    fn keys(&self, cx: &Context) -> Result<Keys> {
        let table = Batches::read(&self.snapshots(cx)?, &["customer", "as_of"])?;
        let as_of = cx.as_of()?.midnight();
        let dates = table.dates("as_of")?;
        let (customers, names) = table.sorted_ids("customer")?;
        // Horizons that cannot have closed need no drawing; the shortest that a setting can mean is a day.
        let least = self.horizon.span().map_or(1, Span::days) * DAY;
        let closed = |row: usize| midnight(dates[row]).is_some_and(|date| date + least <= as_of);
        let eligible = (0..customers.len()).filter(|&row| customers[row] != NONE && closed(row)).count();
        let below = part_below(f64::from(self.max_rows.get()) / eligible.max(1) as f64);
        let drawn = names.iter().map(|name| mix(cx.seed ^ fnv1a(name.as_bytes())) <= below).collect();
        Ok(Keys { customers, names, dates, drawn, is_part: below < u64::MAX })
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
            cx.note(format!("{unknown} of {all} customers of `{stage}` have no contract and are not looked at"));
        }
        writing::write_standings(cx, &read)?;
        Ok(Truth::Contracts { contracts: read.contracts, reasons: read.reasons, ids })
    }

    /// Past snapshots, labelled by what the customers did afterwards.
    fn from_snapshots(&self, cx: &mut Context, keys: &Keys, truth: &Truth) -> Result<Labelled> {
        let Keys { customers, dates, drawn, .. } = keys;
        let path = self.snapshots(cx)?;
        let as_of = cx.as_of()?.midnight();
        let horizon_days = match (self.horizon.span(), truth) {
            (None, Truth::Orders { orders, .. }) => proposed_horizon(AsOf::new(orders, as_of)),
            (span, _) => span.map_or(1, Span::days),
        };
        let is_drawn = |row: u32| {
            let id = customers[row as usize];
            id != NONE && drawn[id as usize]
        };
        let open = |row: u32| midnight(dates[row as usize]).is_some_and(|date| date + horizon_days * DAY <= as_of);
        let wanted: Vec<u32> = (0..customers.len() as u32)
            .filter(|&row| is_drawn(row) && truth.knows(customers[row as usize]) && open(row))
            .collect();
        if wanted.is_empty() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "no snapshot is old enough for its horizon to have closed")
                .help("ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
                .err();
        }
        let table = Batches::read_rows(&path, &wanted)?;
        let all = matrix(&table, &self.exclude)?
            .with_customers(wanted.iter().map(|&row| customers[row as usize]).collect())
            .and_then(|m| {
                m.with_snapshots(wanted.iter().map(|&row| midnight(dates[row as usize]).unwrap_or(0)).collect())
            })
            .map_err(bad)?;
        let segments = self.segments_of(&table)?;
        let found = self.outcomes(cx, truth, &all, &table, horizon_days, as_of)?;
        let kept: Vec<u32> = (0..all.rows() as u32).filter(|&row| found.labels[row as usize].is_some()).collect();
        if kept.is_empty() {
            return Problem::new(
                &codes::TOO_LITTLE_DATA,
                "nobody was at risk on any snapshot whose horizon has closed",
            )
            .help(cx.made.notes.join("; "))
            .err();
        }
        let rows = Rows {
            matrix: all.take(&kept),
            labels: kept.iter().filter_map(|&row| found.labels[row as usize]).collect(),
            segments: segments.map(|s| kept.iter().map(|&row| s[row as usize].clone()).collect()),
        };
        if keys.is_part {
            cx.note(format!(
                "learned from {} of {} customers, {} rows: more rows change little (`max_rows`)",
                drawn.iter().filter(|d| **d).count(),
                keys.names.len(),
                rows.matrix.rows()
            ));
        }
        let horizons = truth.compare_horizons(&rows.matrix, horizon_days, as_of);
        let newest = dates.iter().flatten().max().copied();
        let at_risk = |row: u32| midnight(newest).is_some_and(|now| truth.at_risk(customers[row as usize], now));
        let fresh: Vec<u32> = (0..customers.len() as u32)
            .filter(|&row| dates[row as usize] == newest && is_drawn(row) && at_risk(row))
            .collect();
        let fresh = matrix(&Batches::read_rows(&path, &fresh)?, &self.exclude)?;
        let gap_days = i64::from(self.gap_days);
        let dates = Dates { horizon_days, gap_days, tests: self.tests.get() as usize };
        let data = by_date(rows, fresh, dates, matches!(truth, Truth::Orders { .. })).map_err(unjudged)?;
        let newest = Date::of_civil_seconds(data.newest().snapshot);
        cx.note(format!("judged on {} snapshots, the latest {newest}", data.folds.len()));
        let target = match (&self.partial, &self.contracts) {
            (_, Some(table)) => format!("{} within {horizon_days} days", table.meaning()),
            (None, None) => format!("no order within {horizon_days} days"),
            (Some(drop), None) => {
                format!("spend down by {:.0} % or more within {horizon_days} days", 100.0 * drop.get())
            }
        };
        Ok(Labelled { target, horizons, reasons: found.reasons, ..data })
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
            cx.note(format!("{} rows of customers without an order in `active_days` are not at risk", found.idle));
        }
        for (rows, why) in [
            (found.not_yet, "of customers whose contract had not begun by their snapshot are not at risk"),
            (found.gone, "of customers who had left by their snapshot are not at risk"),
            (found.otherwise, "of customers who left within the horizon for a reason that is not churn teach nothing"),
        ] {
            if rows > 0 {
                cx.note(format!("{rows} of {} rows {why}", all.rows()));
            }
        }
        Ok(found)
    }

    /// One row per customer with a label or an end date in `column`, divided into folds.
    fn from_label(&self, cx: &mut Context, column: &String) -> Result<Labelled> {
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        for column in [Some(column), self.reason.as_ref()].into_iter().flatten() {
            column_of(&table, &self.features.0, column)?;
        }
        writing::write_no_standings(cx)?;
        let mut given: Vec<Option<bool>> = if self.label.is_some() {
            let is_positive = |value: &str| value.eq_ignore_ascii_case(&self.positive);
            table.texts(column)?.iter().map(|value| value.as_deref().map(is_positive)).collect()
        } else {
            // Who has an end has left; whose end lies ahead has not.
            let today = cx.as_of().ok();
            if today.is_none() {
                cx.note("without an as-of date every end counts as over, those ahead too: give `as_of` under `[run]`");
            }
            // As with contracts, the as-of date is the first day that nothing is known of.
            let over = |end: i64| today.is_none_or(|today| Date::of_civil_seconds(end) < today);
            instants(cx, &table, column)?.into_iter().map(|end| Some(end.is_some_and(over))).collect()
        };
        let reasons = self.reasons_given(cx, &table, &mut given)?;
        let rows: Vec<u32> = (0..given.len() as u32).filter(|&row| given[row as usize].is_some()).collect();
        let labels: Vec<bool> = given.into_iter().flatten().collect();
        if !labels.contains(&true) || !labels.contains(&false) {
            let (why, help) = match &self.label {
                Some(label) => (
                    format!("in `{label}` all rows are the same to `{}`", self.positive),
                    "name the value that means left with `positive`",
                ),
                None => (
                    format!("in `{column}` all rows say the same"),
                    "an end before the as-of date means left; who is still there has none, or a later one",
                ),
            };
            return Problem::new(&codes::TOO_LITTLE_DATA, why).help(help.to_owned()).err();
        }
        // Only those who left have a reason.
        let exclude: Vec<String> = self.exclude.iter().chain([column]).chain(&self.reason).cloned().collect();
        let segments = self.segments_of(&table)?;
        let matrix = matrix(&table, &exclude)?.take(&rows);
        let segments = segments.map(|s| rows.iter().map(|&row| s[row as usize].clone()).collect());
        // Numbered by name: the folds keep a customer's rows together and do not depend on rows without a label.
        let names = table.texts("customer")?;
        let names: Vec<&str> = rows.iter().map(|&row| names[row as usize].as_deref().unwrap_or_default()).collect();
        let mut known = names.clone();
        known.sort_unstable();
        known.dedup();
        let number = |name: &&str| known.binary_search(name).expect("all names are known") as u32;
        let matrix = matrix.with_customers(names.iter().map(number).collect()).map_err(bad)?;
        let (all, keep) = (matrix.rows(), self.max_rows.get() as usize);
        let rows = Rows { matrix, labels, segments }.thinned(keep, cx.seed);
        if rows.matrix.rows() < all {
            cx.note(format!("learned from {keep} of {all} customers: more change little (`max_rows`)"));
        }
        let target = match &self.label {
            Some(label) => format!("{label} is {}", self.positive),
            None => format!("{column} is over"),
        };
        let data = by_customer(rows, cx.seed).map_err(unjudged)?;
        Ok(Labelled { target, reasons, ..data })
    }

    /// Why those who left did so, where a column says it; who left for a reason that is not churn loses the label.
    fn reasons_given(&self, cx: &mut Context, table: &Batches, given: &mut [Option<bool>]) -> Result<Vec<ReasonCount>> {
        let unlabelled = given.iter().filter(|label| label.is_none()).count();
        if unlabelled > 0 {
            let column = self.label.as_deref().unwrap_or_default();
            cx.note(format!("{unlabelled} rows without `{column}` teach nothing"));
        }
        let Some(column) = &self.reason else { return Ok(Vec::new()) };
        let left: Vec<usize> = (0..given.len()).filter(|&row| given[row] == Some(true)).collect();
        let cells = table.texts(column)?;
        let cells: Vec<Option<String>> = left.iter().map(|&row| cells[row].clone()).collect();
        let (reasons, numbers) = reasons_of(cx, &cells, &self.not_churn, |_| true)?;
        let otherwise: Vec<usize> =
            left.iter().zip(&numbers).filter(|(_, reason)| !reasons.is_churn(**reason)).map(|(&row, _)| row).collect();
        if !otherwise.is_empty() {
            cx.note(format!(
                "{} rows of customers who left for a reason that is not churn teach nothing",
                otherwise.len()
            ));
        }
        otherwise.into_iter().for_each(|row| given[row] = None);
        Ok(reasons.counted(numbers.into_iter()))
    }

    fn segments_of(&self, table: &Batches) -> Result<Option<Vec<String>>> {
        let Some(column) = &self.segment else { return Ok(None) };
        column_of(table, &self.features.0, column)?;
        let texts = table.texts(column)?;
        Ok(Some(texts.into_iter().map(|text| text.unwrap_or_else(|| "not known".to_owned())).collect()))
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
            format!("{customers} customers, {left} of whom left, are too few to judge a model by"),
            format!("customers are divided into {FOLDS} parts, and some leave and some stay in two of them at least"),
        ),
    };
    Problem::new(&codes::TOO_LITTLE_DATA, why).help(help).boxed()
}
