//! Where labels come from: orders that stay away, or contracts that end.

use std::collections::{BTreeMap, BTreeSet};

use super::TrainChurn;
use super::labels::{HorizonRow, by_snapshot};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{After, NONE, Orders, Standing, churned, spent};
use crate::learning::Matrix;
use crate::numeric::calendar::DAY;
use crate::stages::columns::Columns;
use crate::stages::contracts::{Read, Reasons};
use crate::stages::persons::Places;
use crate::stages::{Context, contracts};
use crate::tables::scores::{GONE, UNDER};
use crate::tables::{Batches, Date};

/// What customers did, by the numbers of the table of features.
pub(super) enum Truth {
    Orders {
        orders: Orders,
        has_lines: Vec<bool>,
    },
    Contracts {
        read: Read,
        /// The number in `read` of each customer of the features.
        ids: Vec<u32>,
    },
}

/// How many customers left for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReasonCount {
    pub name: String,
    /// Whether leaving for it is churn.
    pub churn: bool,
    pub customers: u64,
}

/// Counts by reason, the most frequent first; nothing where no reasons were given.
pub(super) fn counted(reasons: &Reasons, of: impl Iterator<Item = u32>) -> Vec<ReasonCount> {
    if reasons.names.iter().all(|name| name == contracts::NO_REASON) {
        return Vec::new();
    }
    let mut counts: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    for reason in of {
        counts.entry(reasons.name(reason)).or_insert((0, reasons.is_churn(reason))).0 += 1;
    }
    let row = |(name, (customers, churn)): (&str, (u64, bool))| ReasonCount { name: name.to_owned(), churn, customers };
    let mut rows: Vec<ReasonCount> = counts.into_iter().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.customers));
    rows
}

/// The table of customers whose contract is over.
pub const GONE_CUSTOMERS: &str = "gone";
/// The table of customers under contract.
pub const UNDER_CONTRACT: &str = "under";

impl Truth {
    /// Contracts for the customers `names`, by whose numbers they are asked.
    pub(super) fn of_contracts(cx: &mut Context, stage: &str, mut read: Read, names: &[String]) -> Truth {
        let places = Places::of(&read.customers);
        let ids: Vec<u32> = names.iter().map(|name| places.get(name).map_or(NONE, |place| place as u32)).collect();
        // From here on a customer is written as the features have it.
        for (name, id) in names.iter().zip(&ids).filter(|(_, id)| **id != NONE) {
            read.customers[*id as usize].clone_from(name);
        }
        let unknown = ids.iter().filter(|id| **id == NONE).count();
        if unknown > 0 {
            cx.note(format!(
                "{unknown} of {} customers of `{stage}` have no contract and are not looked at",
                names.len()
            ));
        }
        Truth::Contracts { read, ids }
    }

    /// Whether anything is known of a customer.
    pub(super) fn knows(&self, customer: u32) -> bool {
        match self {
            Truth::Orders { has_lines, .. } => has_lines[customer as usize],
            Truth::Contracts { ids, .. } => ids[customer as usize] != NONE,
        }
    }

    /// Whether a customer can still leave at a date, as far as contracts say.
    pub(super) fn at_risk(&self, customer: u32, as_of: i64) -> bool {
        match self {
            Truth::Orders { .. } => true,
            Truth::Contracts { read, ids } => {
                matches!(read.contracts.as_of(as_of).standing(ids[customer as usize]), Standing::Under { .. })
            }
        }
    }

    /// Who has left by the as-of date, and who can still leave, for those who score.
    pub(super) fn write_standings(&self, cx: &mut Context) -> Result<()> {
        let Truth::Contracts { read, .. } = self else { return write_no_standings(cx) };
        let known = read.contracts.as_of(cx.as_of()?.midnight());
        let (mut gone, mut under) = (Vec::new(), Vec::new());
        for customer in 0..known.customers() as u32 {
            match known.standing(customer) {
                Standing::Left(exit) => gone.push((customer, exit)),
                Standing::Under { since } => under.push((customer, since)),
                Standing::NotYet => {}
            }
        }
        let mut columns = Columns::new();
        columns
            .text("customer", under.iter().map(|(customer, _)| &read.customers[*customer as usize]))
            .date("since", under.iter().map(|(_, since)| Date::of_civil_seconds(*since).days()));
        cx.write(UNDER_CONTRACT, &UNDER, &[columns.batch()])?;
        let reason = |reason: u32| Some(read.reasons.name(reason)).filter(|name| *name != contracts::NO_REASON);
        let mut columns = Columns::new();
        columns
            .text("customer", gone.iter().map(|(customer, _)| &read.customers[*customer as usize]))
            .date("left", gone.iter().map(|(_, exit)| Date::of_civil_seconds(exit.time).days()))
            .maybe_text("reason", gone.iter().map(|(_, exit)| reason(exit.reason)));
        cx.write(GONE_CUSTOMERS, &GONE, &[columns.batch()])
    }

    /// What became of each row's customer, nothing for those who are not at risk or whose outcome will not be known; and how many left for
    /// which reason.
    pub(super) fn labels(
        &self,
        stage: &TrainChurn,
        cx: &mut Context,
        all: &Matrix,
        table: &Batches,
        horizon_days: i64,
        as_of: i64,
    ) -> Result<(Vec<Option<bool>>, Vec<ReasonCount>)> {
        match self {
            Truth::Orders { orders, .. } => {
                Ok((stage.labels_of_orders(cx, orders, all, table, horizon_days, as_of)?, Vec::new()))
            }
            Truth::Contracts { read, ids } => labels_of_contracts(cx, read, ids, all, horizon_days, as_of),
        }
    }

    /// What other horizons would have meant on the newest date for which all of them are over.
    pub(super) fn compare_horizons(&self, all: &Matrix, chosen: i64, as_of: i64) -> Vec<HorizonRow> {
        let mut spans = vec![30, 60, 90, 120, 180, chosen];
        spans.sort_unstable();
        spans.dedup();
        let by_date = by_snapshot(all);
        let of = |days: i64| {
            // Half as much again, to see who comes back.
            let longer = days * 3 / 2;
            let (&snapshot, rows) = by_date.iter().rev().find(|(at, _)| **at + longer * DAY <= as_of)?;
            let customers: Vec<u32> = rows.iter().map(|&row| all.customers()[row as usize]).collect();
            let (left, stayed_away) = match self {
                Truth::Orders { orders, .. } => {
                    let label = |days: i64| Some(churned(After::new(orders, snapshot, days, as_of).ok()?, &customers));
                    let count = |labels: &[Option<bool>]| labels.iter().filter(|l| **l == Some(true)).count();
                    (count(&label(days)?), count(&label(longer)?))
                }
                Truth::Contracts { read, ids } => {
                    let (near, far) = (
                        read.contracts.after(snapshot, days, as_of).ok()?,
                        read.contracts.after(snapshot, longer, as_of).ok()?,
                    );
                    let has_left =
                        |id: u32| near.left(id).flatten().is_some_and(|exit| read.reasons.is_churn(exit.reason));
                    let left: Vec<u32> =
                        customers.iter().map(|&customer| ids[customer as usize]).filter(|&id| has_left(id)).collect();
                    (left.len(), left.iter().filter(|&&id| !far.stays(id)).count())
                }
            };
            let (customers, left) = (customers.len() as u64, left as u64);
            Some(HorizonRow { days, customers, left, came_back: left - stayed_away as u64, chosen: days == chosen })
        };
        spans.into_iter().filter_map(of).collect()
    }
}

/// Nobody has a contract.
pub(super) fn write_no_standings(cx: &mut Context) -> Result<()> {
    cx.write(UNDER_CONTRACT, &UNDER, &[])?;
    cx.write(GONE_CUSTOMERS, &GONE, &[])
}

impl TrainChurn {
    fn labels_of_orders(
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
}

fn labels_of_contracts(
    cx: &mut Context,
    read: &Read,
    ids: &[u32],
    all: &Matrix,
    horizon_days: i64,
    as_of: i64,
) -> Result<(Vec<Option<bool>>, Vec<ReasonCount>)> {
    let mut labels = vec![None; all.rows()];
    let (mut not_yet, mut gone, mut otherwise) = (0u64, 0u64, 0u64);
    let mut exits = BTreeSet::new();
    for (snapshot, rows) in by_snapshot(all) {
        let after = read
            .contracts
            .after(snapshot, horizon_days, as_of)
            .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
        let known = read.contracts.as_of(snapshot);
        for row in rows {
            let id = ids[all.customers()[row as usize] as usize];
            let Some(exit) = after.left(id) else {
                let before = known.standing(id) == Standing::NotYet;
                *(if before { &mut not_yet } else { &mut gone }) += 1;
                continue;
            };
            exits.extend(exit.map(|exit| (id, exit.time, exit.reason)));
            labels[row as usize] = match exit {
                None => Some(false),
                Some(exit) if read.reasons.is_churn(exit.reason) => Some(true),
                // Who moves away might have left, or might have stayed.
                Some(_) => None,
            };
            otherwise += u64::from(labels[row as usize].is_none());
        }
    }
    for (rows, why) in [
        (not_yet, "of customers whose contract had not begun by their snapshot are not at risk"),
        (gone, "of customers who had left by their snapshot are not at risk"),
        (otherwise, "of customers who left within the horizon for a reason that is not churn teach nothing"),
    ] {
        if rows > 0 {
            cx.note(format!("{rows} of {} rows {why}", all.rows()));
        }
    }
    // By customer and time: who left more than once counts by the last time.
    let last: BTreeMap<u32, u32> = exits.into_iter().map(|(id, _, reason)| (id, reason)).collect();
    Ok((labels, counted(&read.reasons, last.into_values())))
}
