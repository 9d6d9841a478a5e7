//! Rows with their labels: past snapshots and what customers did afterwards, or a label that the data hold.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::TrainChurn;
use super::chance::PurchaseModel;
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::features::{After, AsOf, Orders, churned, lapse, spent, usual_return};
use crate::learning::folds::{Origin, crossed, rolling};
use crate::learning::{Matrix, Values};
use crate::numeric::calendar::DAY;
use crate::numeric::random::{fnv1a, mix};
use crate::stages::history::purchases;
use crate::stages::rows::{bad, days, matrix};
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

/// What a horizon would mean.
pub(super) struct HorizonRow {
    pub days: i64,
    pub customers: u64,
    pub left: u64,
    /// Of those who left by it, how many ordered later after all.
    pub came_back: u64,
    pub chosen: bool,
}

impl TrainChurn {
    /// Past snapshots, labelled by what the customers did afterwards.
    pub(super) fn from_snapshots(&self, cx: &mut Context) -> Result<Labelled> {
        let path = cx.input(&self.features.0).table("snapshots")?;
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
        let known: FxHashMap<&str, u32> =
            (0..names.len()).filter(|&id| drawn[id]).map(|id| (names[id].as_str(), id as u32)).collect();
        let orders = self.orders.as_ref().expect("checked").0.clone();
        let (orders, has_lines) = purchases(cx, &orders, &known, names.len())?;
        drop(known);
        (cx.progress)(0.05);
        let horizon_days = match days(&self.horizon) {
            Ok(days) => days,
            Err(_) => propose(AsOf::new(&orders, as_of)),
        };
        let horizon = horizon_days * DAY;
        let wanted: Vec<u32> = (0..codes.len() as u32)
            .filter(|&row| {
                let id = codes[row as usize];
                let open = |d: i32| Date::from_days(d).midnight() + horizon <= as_of;
                id != u32::MAX && drawn[id as usize] && has_lines[id as usize] && dates[row as usize].is_some_and(open)
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
        let labels = self.labels_after(cx, &orders, &all, &table, horizon_days, as_of)?;
        let kept: Vec<u32> = (0..all.rows() as u32).filter(|&row| labels[row as usize].is_some()).collect();
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
        let horizons = self.compare_horizons(&orders, &all, horizon_days, as_of);
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
        let (matrix, purchase_model) = super::chance::add(all, horizon_days)?;
        // The newest date's customers have no label: the purchase model looks at them, and the base rate is forecast for them.
        let newest = dates.iter().flatten().max().copied();
        let fresh: Vec<u32> = (0..codes.len() as u32)
            .filter(|&row| {
                let id = codes[row as usize];
                dates[row as usize] == newest && id != u32::MAX && drawn[id as usize]
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
        let target = match self.partial {
            None => format!("no order within {horizon_days} days"),
            Some(drop) => format!("spend down by {:.0} % or more within {horizon_days} days", 100.0 * drop),
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
        })
    }

    /// What each row's customer did; nothing for customers who are not at risk.
    fn labels_after(
        &self,
        cx: &mut Context,
        orders: &Orders,
        all: &Matrix,
        table: &Batches,
        horizon_days: i64,
        as_of: i64,
    ) -> Result<Vec<Option<bool>>> {
        let quiet = match self.active_days {
            Some(_) => table.numbers("recency_days")?,
            None => Vec::new(),
        };
        let usual = match self.partial {
            Some(_) => table.numbers("money_365d")?,
            None => Vec::new(),
        };
        let mut labels = vec![None; all.rows()];
        let mut idle = 0;
        for (snapshot, rows) in by_snapshot(all) {
            let after = After::new(orders, snapshot, horizon_days, as_of)
                .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
            let ids: Vec<u32> = rows.iter().map(|&row| all.customers()[row as usize]).collect();
            let left = match self.partial {
                None => churned(after, &ids),
                Some(drop) => {
                    let share = horizon_days as f64 / 365.0;
                    let fell = |(&row, money): (&u32, f64)| {
                        let expected = usual[row as usize] * share;
                        (expected > 0.0 && money.is_finite()).then_some(money <= (1.0 - drop) * expected)
                    };
                    rows.iter().zip(spent(after, &ids)).map(fell).collect()
                }
            };
            for (&row, left) in rows.iter().zip(left) {
                let at_risk = self.active_days.is_none_or(|days| quiet[row as usize] < f64::from(days));
                idle += usize::from(!at_risk);
                labels[row as usize] = left.filter(|_| at_risk);
            }
        }
        if idle > 0 {
            cx.note(format!("{idle} rows of customers without an order in `active_days` are not at risk"));
        }
        Ok(labels)
    }

    /// What other horizons would have meant on the newest date for which all of them are over.
    fn compare_horizons(&self, orders: &Orders, all: &Matrix, chosen: i64, as_of: i64) -> Vec<HorizonRow> {
        let mut spans = vec![30, 60, 90, 120, 180, chosen];
        spans.sort_unstable();
        spans.dedup();
        let by_date = by_snapshot(all);
        let of = |days: i64| {
            // Half as much again, to see who comes back.
            let (&snapshot, rows) = by_date.iter().rev().find(|(at, _)| **at + days * 3 / 2 * DAY <= as_of)?;
            let ids: Vec<u32> = rows.iter().map(|&row| all.customers()[row as usize]).collect();
            let label = |days: i64| Some(churned(After::new(orders, snapshot, days, as_of).ok()?, &ids));
            let (left, for_good) = (label(days)?, label(days * 3 / 2)?);
            let count = |labels: &[Option<bool>]| labels.iter().filter(|l| **l == Some(true)).count() as u64;
            let (left, stayed_away) = (count(&left), count(&for_good));
            let customers = ids.len() as u64;
            Some(HorizonRow { days, customers, left, came_back: left - stayed_away, chosen: days == chosen })
        };
        spans.into_iter().filter_map(of).collect()
    }

    /// One row per customer with a label or an end date, divided into five folds.
    pub(super) fn from_label(&self, cx: &mut Context) -> Result<Labelled> {
        let column = self.label.as_ref().or(self.end_date.as_ref()).expect("checked");
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        if !table.has(column) {
            let names: Vec<&str> = table.schema.fields().iter().map(|f| f.name().as_str()).collect();
            let near = did_you_mean(column, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            return Problem::new(&codes::BAD_TABLE, format!("`{}` has no column `{column}`", self.features.0))
                .help(near)
                .err();
        }
        let truth = table.texts(column)?;
        let is_positive = |value: &str| value.eq_ignore_ascii_case(&self.positive);
        let given: Vec<Option<bool>> = if self.label.is_some() {
            truth.iter().map(|value| value.as_deref().map(is_positive)).collect()
        } else {
            // Who has an end has left; whose end lies ahead has not.
            let today = cx.as_of().ok();
            if today.is_none() {
                cx.note("without an as-of date every end counts as over, those ahead too: give `as_of` under `[run]`");
            }
            let over = |value: &Option<String>| {
                let Some(text) = value.as_deref().map(str::trim).filter(|v| !v.is_empty()) else {
                    return Ok(Some(false));
                };
                match text.get(..10).and_then(|text| text.parse::<Date>().ok()) {
                    Some(end) => Ok(Some(today.is_none_or(|today| end <= today))),
                    None => Problem::new(&codes::BAD_DATA, format!("`{text}` in `{column}` is not a date"))
                        .help("make the column a date, or write dates as 2025-12-31; leave it empty where there is no end".to_owned())
                        .err(),
                }
            };
            truth.iter().map(over).collect::<Result<Vec<_>>>()?
        };
        let rows: Vec<u32> = (0..truth.len() as u32).filter(|&row| given[row as usize].is_some()).collect();
        let labels: Vec<bool> = given.into_iter().flatten().collect();
        if rows.len() < truth.len() {
            cx.note(format!("{} rows without `{column}` teach nothing", truth.len() - rows.len()));
        }
        if !labels.contains(&true) || !labels.contains(&false) {
            let why = match &self.label {
                Some(label) => format!("in `{label}` all rows are the same to `{}`", self.positive),
                None => format!("in `{column}` all rows say the same"),
            };
            return Problem::new(&codes::TOO_LITTLE_DATA, why)
                .help("name the value that means left with `positive`".to_owned())
                .err();
        }
        let mut exclude = self.exclude.clone();
        exclude.push(column.clone());
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
        let folds = crossed(&matrix, 5, cx.seed).map_err(bad)?;
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
        })
    }

    fn segments_of(&self, table: &Batches) -> Result<Option<Vec<String>>> {
        let Some(column) = &self.segment else { return Ok(None) };
        if !table.has(column) {
            return Problem::new(
                &codes::BAD_TABLE,
                format!("`{}` has no column `{column}` to judge by", self.features.0),
            )
            .err();
        }
        let texts = table.texts(column)?;
        Ok(Some(texts.into_iter().map(|text| text.unwrap_or_else(|| "not known".to_owned())).collect()))
    }
}

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
