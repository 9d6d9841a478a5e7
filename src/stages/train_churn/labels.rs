//! Rows with their labels: past snapshots and what customers did afterwards, or a label that the data hold.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::TrainChurn;
use super::chance::PurchaseModel;
use super::truth::{ReasonCount, Truth, counted, write_no_standings};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{AsOf, lapse, usual_return};
use crate::learning::folds::{Origin, crossed, rolling};
use crate::learning::{Matrix, Values};
use crate::numeric::calendar::DAY;
use crate::numeric::random::{fnv1a, mix};
use crate::stages::contracts::Reasons;
use crate::stages::history::purchases;
use crate::stages::rows::{bad, column_of, days, instants, matrix};
use crate::stages::{Context, MAIN};
use crate::tables::{Batches, Date};

/// Rows with labels, and who judges whom.
pub(super) struct Labelled {
    pub matrix: Matrix,
    pub labels: Vec<bool>,
    /// Each judged part with all that may be learned from before it; nothing is held out.
    pub folds: Vec<Origin>,
    /// Seconds between a row's date and the day its label is known and used; 0 where rows have no dates.
    pub reach: i64,
    /// What is predicted, in words.
    pub target: String,
    pub yardsticks: Vec<Yardstick>,
    /// The purchase model of the newest date, which scoring uses.
    pub purchase_model: Option<PurchaseModel>,
    /// Rows of the newest date, which have no label yet: what the model is about to be used on.
    pub current: Option<Matrix>,
    /// Segment of each row, where one is named.
    pub segments: Option<Vec<String>>,
    /// First and last date of the rows.
    pub window: Option<(Date, Date)>,
    /// Churn by horizon, where horizons were compared.
    pub horizons: Vec<HorizonRow>,
    /// Why customers left, where that is told.
    pub reasons: Vec<ReasonCount>,
}

/// What any model must beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Yardstick {
    BaseRate,
    Recency,
    Rfm,
    /// The purchase model's chance of no purchase within the horizon.
    NoPurchase,
}

impl Yardstick {
    /// The columns that it reads.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Yardstick::BaseRate => &[],
            Yardstick::Recency => &["recency_days"],
            Yardstick::Rfm => &RFM,
            Yardstick::NoPurchase => &[super::chance::NO_PURCHASE],
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Yardstick::BaseRate => "base rate",
            Yardstick::Recency => "recency",
            Yardstick::Rfm => "RFM score",
            Yardstick::NoPurchase => "BG/NBD",
        }
    }
}

impl Labelled {
    /// What a judged part is called.
    pub(super) fn part(&self) -> &'static str {
        if self.reach > 0 { "date" } else { "fold" }
    }
}

/// What a horizon would mean.
pub(super) struct HorizonRow {
    pub days: i64,
    pub customers: u64,
    pub left: u64,
    /// Of those who left by it, how many ordered, or had a contract, later after all.
    pub came_back: u64,
    pub chosen: bool,
}

impl TrainChurn {
    /// Past snapshots, labelled by what the customers did afterwards.
    pub(super) fn from_snapshots(&self, cx: &mut Context) -> Result<Labelled> {
        let stored = cx.input(&self.features.0);
        let suffix = if stored.record.tables.contains_key("snapshots") { "snapshots" } else { MAIN };
        let path = stored.table(suffix)?;
        let keys = Batches::read(&path, &["customer", "as_of"])?;
        let as_of = cx.as_of()?.midnight();
        let dates = keys.dates("as_of")?;
        // Numbers by the names' order: no order of rows decides who is drawn.
        let (codes, names) = keys.sorted_ids("customer")?;
        // Horizons that cannot have closed need no drawing; the shortest that a setting can mean is a day.
        let least = days(&self.horizon).unwrap_or(1) * DAY;
        let closed = |row: usize| dates[row].is_some_and(|d| Date::from_days(d).midnight() + least <= as_of);
        let eligible = (0..codes.len()).filter(|&row| codes[row] != u32::MAX && closed(row)).count();
        let share = self.max_rows as f64 / eligible.max(1) as f64;
        let below = if share >= 1.0 { u64::MAX } else { (share * u64::MAX as f64) as u64 };
        let drawn: Vec<bool> = names.iter().map(|name| mix(cx.seed ^ fnv1a(name.as_bytes())) <= below).collect();
        let truth = match &self.contracts {
            Some(table) => {
                let read = table.read(cx, self.reason.as_deref(), &self.not_churn)?;
                Truth::of_contracts(cx, &self.features.0, read, &names)
            }
            None => {
                let known: FxHashMap<&str, u32> =
                    (0..names.len()).filter(|&id| drawn[id]).map(|id| (names[id].as_str(), id as u32)).collect();
                let orders = &self.orders.as_ref().expect("checked").0;
                let (orders, has_lines) = purchases(cx, orders, &known, names.len())?;
                Truth::Orders { orders, has_lines }
            }
        };
        truth.write_standings(cx)?;
        (cx.progress)(0.05);
        let horizon_days = match (days(&self.horizon), &truth) {
            (Err(_), Truth::Orders { orders, .. }) => propose(AsOf::new(orders, as_of)),
            (given, _) => given.expect("checked"),
        };
        let horizon = horizon_days * DAY;
        let wanted: Vec<u32> = (0..codes.len() as u32)
            .filter(|&row| {
                let id = codes[row as usize];
                let open = |d: i32| Date::from_days(d).midnight() + horizon <= as_of;
                id != u32::MAX && drawn[id as usize] && truth.knows(id) && dates[row as usize].is_some_and(open)
            })
            .collect();
        if wanted.is_empty() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "no snapshot is old enough for its horizon to have closed")
                .help("ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
                .err();
        }
        let table = Batches::read_rows(&path, &wanted)?;
        let customers: Vec<u32> = wanted.iter().map(|&row| codes[row as usize]).collect();
        let snapshots: Vec<i64> =
            wanted.iter().map(|&row| dates[row as usize].map_or(0, |date| Date::from_days(date).midnight())).collect();
        let all = matrix(&table, &self.exclude)?
            .with_customers(customers)
            .and_then(|m| m.with_snapshots(snapshots))
            .map_err(bad)?;
        let segments = self.segments_of(&table)?;
        let (labels, reasons) = truth.labels(self, cx, &all, &table, horizon_days, as_of)?;
        let kept: Vec<u32> = (0..all.rows() as u32).filter(|&row| labels[row as usize].is_some()).collect();
        if kept.is_empty() {
            return Problem::new(
                &codes::TOO_LITTLE_DATA,
                "nobody was at risk on any snapshot whose horizon has closed",
            )
            .help(cx.made.notes.join("; "))
            .err();
        }
        let all = all.take(&kept);
        let labels: Vec<bool> = kept.iter().filter_map(|&row| labels[row as usize]).collect();
        let segments = segments.map(|s| kept.iter().map(|&row| s[row as usize].clone()).collect());
        if below < u64::MAX {
            let people = drawn.iter().filter(|d| **d).count();
            cx.note(format!(
                "learned from {people} of {} customers, {} rows: more rows change little (`max_rows`)",
                names.len(),
                all.rows()
            ));
        }
        let horizons = truth.compare_horizons(&all, horizon_days, as_of);
        let gap = i64::from(self.gap_days) * DAY;
        let origins = rolling(&all, horizon, gap, self.tests).map_err(|e| {
            Problem::new(&codes::TOO_LITTLE_DATA, e.to_string())
                .help("ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
                .boxed()
        })?;
        // Those who are judged on one label only cannot be judged.
        let both = |rows: &[u32]| rows.iter().any(|&r| labels[r as usize]) && rows.iter().any(|&r| !labels[r as usize]);
        let folds: Vec<Origin> = origins
            .into_iter()
            .map(|o| Origin { train: [o.train, o.held_out].concat(), held_out: Vec::new(), ..o })
            .filter(|o| both(&o.train) && both(&o.test))
            .collect();
        if folds.is_empty() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "on no snapshot did some leave and others stay")
                .help("choose another horizon, or more snapshots in `build-features`".to_owned())
                .err();
        }
        let newest = Date::of_civil_seconds(folds.last().map_or(0, |o| o.snapshot));
        cx.note(format!("judged on {} snapshots, the latest {newest}", folds.len()));
        let (matrix, purchase_model) = match &truth {
            Truth::Orders { .. } => super::chance::add(all, horizon_days)?,
            Truth::Contracts { .. } => (all, None),
        };
        // The newest date's customers have no label: the purchase model looks at them, and the base rate is forecast for them.
        let newest = dates.iter().flatten().max().copied();
        let fresh: Vec<u32> = (0..codes.len() as u32)
            .filter(|&row| {
                let id = codes[row as usize];
                let now = newest.map(|day| Date::from_days(day).midnight());
                dates[row as usize] == newest
                    && id != u32::MAX
                    && drawn[id as usize]
                    && now.is_some_and(|now| truth.at_risk(id, now))
            })
            .collect();
        let fresh = self::matrix(&Batches::read_rows(&path, &fresh)?, &self.exclude)?;
        let (current, purchase_model) = match purchase_model {
            Some(before) => match super::chance::add(fresh, horizon_days)? {
                (current, Some(model)) => (Some(current), Some(model)),
                (current, None) => match before.column(&current) {
                    Some(column) => (Some(current.with_column(column).map_err(bad)?), Some(before)),
                    None => (None, Some(before)),
                },
            },
            None => (Some(fresh), None),
        };
        let mut yardsticks = vec![Yardstick::BaseRate];
        let has = |name: &str| matrix.column(name).is_some_and(|c| matches!(c.values, Values::Numbers(_)));
        if has(RFM[0]) {
            yardsticks.push(Yardstick::Recency);
        }
        if RFM.iter().all(|name| has(name)) {
            yardsticks.push(Yardstick::Rfm);
        }
        if purchase_model.is_some() {
            yardsticks.push(Yardstick::NoPurchase);
        }
        let target = match (self.partial, &self.contracts) {
            (_, Some(table)) => format!("{} within {horizon_days} days", table.meaning()),
            (None, None) => format!("no order within {horizon_days} days"),
            (Some(drop), None) => format!("spend down by {:.0} % or more within {horizon_days} days", 100.0 * drop),
        };
        let (first, last) = span(matrix.snapshots());
        Ok(Labelled {
            matrix,
            labels,
            folds,
            reach: horizon + gap,
            target,
            yardsticks,
            purchase_model,
            current,
            segments,
            window: Some((Date::of_civil_seconds(first), Date::of_civil_seconds(last))),
            horizons,
            reasons,
        })
    }

    /// One row per customer with a label or an end date, divided into folds.
    pub(super) fn from_label(&self, cx: &mut Context) -> Result<Labelled> {
        let column = self.label.as_ref().or(self.end_date.as_ref()).expect("checked");
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        for column in [Some(column), self.reason.as_ref()].into_iter().flatten() {
            column_of(&table, &self.features.0, column)?;
        }
        write_no_standings(cx)?;
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
        let mut exclude = self.exclude.clone();
        exclude.push(column.clone());
        // Only those who left have one.
        exclude.extend(self.reason.clone());
        let segments = self.segments_of(&table)?;
        let matrix = matrix(&table, &exclude)?.take(&rows);
        let segments = segments.map(|s| rows.iter().map(|&row| s[row as usize].clone()).collect());
        // By name and numbered anew: the folds keep a customer's rows together and do not depend on rows without a label.
        let names = table.texts("customer")?;
        let names: Vec<&str> = rows.iter().map(|&row| names[row as usize].as_deref().unwrap_or_default()).collect();
        let mut known = names.clone();
        known.sort_unstable();
        known.dedup();
        let number = |name: &&str| known.binary_search(name).expect("all names are known") as u32;
        let matrix = matrix.with_customers(names.iter().map(number).collect()).map_err(bad)?;
        let keep = self.max_rows as usize;
        let (matrix, labels, segments) = if matrix.rows() > keep {
            let mut order: Vec<u32> = (0..matrix.rows() as u32).collect();
            order.sort_by_key(|&row| (mix(cx.seed ^ u64::from(matrix.customers()[row as usize])), row));
            order.truncate(keep);
            order.sort_unstable();
            cx.note(format!("learned from {keep} of {} customers: more change little (`max_rows`)", matrix.rows()));
            let pick = |all: Vec<String>| order.iter().map(|&row| all[row as usize].clone()).collect::<Vec<_>>();
            (matrix.take(&order), order.iter().map(|&row| labels[row as usize]).collect(), segments.map(pick))
        } else {
            (matrix, labels, segments)
        };
        let both = |rows: &[u32]| rows.iter().any(|&r| labels[r as usize]) && rows.iter().any(|&r| !labels[r as usize]);
        let folds: Vec<Origin> = crossed(&matrix, FOLDS, cx.seed)
            .unwrap_or_default()
            .into_iter()
            .filter(|o| both(&o.train) && both(&o.test))
            .collect();
        if folds.len() < 2 {
            let left = labels.iter().filter(|left| **left).count();
            let why = format!("{} customers, {left} of whom left, are too few to judge a model by", labels.len());
            let help = format!(
                "customers are divided into {FOLDS} parts, and some leave and some stay in two of them at least"
            );
            return Problem::new(&codes::TOO_LITTLE_DATA, why).help(help).err();
        }
        let target = match &self.label {
            Some(label) => format!("{label} is {}", self.positive),
            None => format!("{column} is over"),
        };
        Ok(Labelled {
            matrix,
            labels,
            folds,
            reach: 0,
            target,
            yardsticks: vec![Yardstick::BaseRate],
            purchase_model: None,
            current: None,
            segments,
            window: None,
            horizons: Vec::new(),
            reasons,
        })
    }

    /// Why those who left did so, where a column tells; who left for a reason that is not churn loses the label.
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
        let (reasons, numbers) = Reasons::of(cx, &cells, &self.not_churn, |_| true)?;
        let otherwise: Vec<usize> =
            left.iter().zip(&numbers).filter(|(_, reason)| !reasons.is_churn(**reason)).map(|(&row, _)| row).collect();
        if !otherwise.is_empty() {
            cx.note(format!(
                "{} rows of customers who left for a reason that is not churn teach nothing",
                otherwise.len()
            ));
        }
        otherwise.into_iter().for_each(|row| given[row] = None);
        Ok(counted(&reasons, numbers.into_iter()))
    }

    fn segments_of(&self, table: &Batches) -> Result<Option<Vec<String>>> {
        let Some(column) = &self.segment else { return Ok(None) };
        column_of(table, &self.features.0, column)?;
        let texts = table.texts(column)?;
        Ok(Some(texts.into_iter().map(|text| text.unwrap_or_else(|| "not known".to_owned())).collect()))
    }
}

/// Parts of customers that judge each other where rows have no dates.
const FOLDS: usize = 5;

/// The columns of the RFM score.
pub(super) const RFM: [&str; 3] = ["recency_days", "orders_365d", "money_365d"];

/// Days of silence that mean something: nine of ten returns happen sooner; in whole weeks, from 4 weeks to a year.
fn propose(known: AsOf) -> i64 {
    let days = usual_return(&lapse(known, 730), 0.9).unwrap_or(90);
    (i64::from(days) + 6).div_euclid(7).clamp(4, 52) * 7
}

/// Rows by snapshot, the earliest first.
pub(super) fn by_snapshot(matrix: &Matrix) -> BTreeMap<i64, Vec<u32>> {
    let mut by_date: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
    for (row, &snapshot) in matrix.snapshots().iter().enumerate() {
        by_date.entry(snapshot).or_default().push(row as u32);
    }
    by_date
}

fn span(dates: &[i64]) -> (i64, i64) {
    dates.iter().fold((i64::MAX, i64::MIN), |(first, last), &date| (first.min(date), last.max(date)))
}
