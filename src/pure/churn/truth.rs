//! What customers did: orders that stay away, or contracts that end.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{Contracts, Standing, churned, lapse, spent, usual_return};
use crate::learning::Matrix;
use crate::numeric::calendar::DAY;
use crate::orders::{After, AfterError, AsOf, NONE, Orders};

/// The reason where none is given.
pub const NO_REASON: &str = "not given";

/// Reasons of leaving.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Sorted; [`NO_REASON`] comes last where it is needed.
    pub names: Vec<String>,
    /// Whether each counts as churn.
    pub churn: Vec<bool>,
}

impl Reasons {
    /// From the cells of a column, with each row's number; an empty cell is a reason of its own where `empty` says so, else it has none.
    pub fn of(cells: &[Option<String>], not_churn: &[String], empty: impl Fn(usize) -> bool) -> (Reasons, Vec<u32>) {
        let word = |row: usize| cells[row].as_deref().map(str::trim).filter(|word| !word.is_empty());
        let mut names: Vec<String> = (0..cells.len()).filter_map(word).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name != NO_REASON);
        let numbers = (0..cells.len())
            .map(|row| match word(row) {
                Some(NO_REASON) => names.len() as u32,
                Some(word) => {
                    names.binary_search_by(|name| name.as_str().cmp(word)).expect("all words are names") as u32
                }
                None if empty(row) => names.len() as u32,
                None => NONE,
            })
            .collect::<Vec<u32>>();
        if numbers.contains(&(names.len() as u32)) {
            names.push(NO_REASON.to_owned());
        }
        let churn = names.iter().map(|name| !is_among(not_churn, name)).collect();
        (Reasons { names, churn }, numbers)
    }

    /// Whether leaving for a reason is churn.
    pub fn is_churn(&self, reason: u32) -> bool {
        self.churn.get(reason as usize).copied().unwrap_or(true)
    }

    /// A reason in words.
    pub fn name(&self, reason: u32) -> &str {
        self.names.get(reason as usize).map_or(NO_REASON, String::as_str)
    }

    /// Takes the labels of those who left (rows `left`) for a reason that is not churn, and returns how many these are; `numbers` are the
    /// reasons of `left`.
    pub fn unlabel(&self, labels: &mut [Option<bool>], left: &[usize], numbers: &[u32]) -> usize {
        let otherwise = left.iter().zip(numbers).filter(|(_, reason)| !self.is_churn(**reason));
        otherwise.map(|(&row, _)| labels[row] = None).count()
    }

    /// Counts by reason, the most frequent first; nothing where no reasons were given.
    pub fn counted(&self, of: impl Iterator<Item = u32>) -> Vec<ReasonCount> {
        if self.names.iter().all(|name| name == NO_REASON) {
            return Vec::new();
        }
        let mut counts: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
        for reason in of {
            counts.entry(self.name(reason)).or_insert((0, self.is_churn(reason))).0 += 1;
        }
        let row =
            |(name, (customers, churn)): (&str, (u64, bool))| ReasonCount { name: name.to_owned(), churn, customers };
        let mut rows: Vec<ReasonCount> = counts.into_iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.customers));
        rows
    }
}

/// Whether a word is one of some, whatever its case and the spaces around it.
pub fn is_among(words: &[String], word: &str) -> bool {
    words.iter().any(|known| known.trim().eq_ignore_ascii_case(word.trim()))
}

/// How many customers left for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCount {
    /// As in the data.
    pub name: String,
    /// Whether leaving for it is churn.
    pub churn: bool,
    /// Customers.
    pub customers: u64,
}

/// What customers did, by the numbers of the rows' customers.
#[derive(Debug)]
pub enum Truth {
    /// Who does not order has left.
    Orders {
        /// Their orders.
        orders: Orders,
        /// Whether each has an order at all.
        has_lines: Vec<bool>,
    },
    /// Whose contract ends has left.
    Contracts {
        /// Their contracts.
        contracts: Contracts,
        /// Why contracts end.
        reasons: Reasons,
        /// The number among the contracts of each customer; [`NONE`] without one.
        ids: Vec<u32>,
    },
}

/// Who can leave, and what counts as leaving, where customers order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Risk<'a> {
    /// Days in which somebody at risk has ordered, and the days since each row's last order.
    pub active: Option<(u32, &'a [f64])>,
    /// The share by which spend falls that counts as leaving, and each row's spend of the last 365 days.
    pub partial: Option<(f64, &'a [f64])>,
}

/// What became of rows' customers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcomes {
    /// Whether each row's customer left; nothing for customers who are not at risk or whose outcome will not be known.
    pub labels: Vec<Option<bool>>,
    /// How many left for which reason; customers who left more than once count by the last time.
    pub reasons: Vec<ReasonCount>,
    /// Rows of customers who had not ordered for too long to be at risk.
    pub idle: u64,
    /// Rows of customers whose contract had not begun.
    pub not_yet: u64,
    /// Rows of customers who had left before.
    pub gone: u64,
    /// Rows of customers who left for a reason that is not churn.
    pub otherwise: u64,
}

/// What a horizon would mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HorizonRow {
    /// Its length.
    pub days: i64,
    /// Customers at risk.
    pub customers: u64,
    /// Those who left.
    pub left: u64,
    /// Of those who left by it, how many ordered, or had a contract, later after all.
    pub came_back: u64,
    /// Whether it is the horizon that labels are taken from.
    pub chosen: bool,
}

impl Truth {
    /// Whether anything is known of a customer.
    pub fn knows(&self, customer: u32) -> bool {
        match self {
            Truth::Orders { has_lines, .. } => has_lines[customer as usize],
            Truth::Contracts { ids, .. } => ids[customer as usize] != NONE,
        }
    }

    /// Whether a customer can still leave at a date, as far as contracts say.
    pub fn at_risk(&self, customer: u32, as_of: i64) -> bool {
        match self {
            Truth::Orders { .. } => true,
            Truth::Contracts { contracts, ids, .. } => {
                matches!(contracts.as_of(as_of).standing(ids[customer as usize]), Standing::Under { .. })
            }
        }
    }

    /// What became of each row's customer within the horizon.
    ///
    /// # Errors
    /// When a row's horizon is not over by `as_of`.
    pub fn outcomes(&self, rows: &Matrix, risk: Risk, horizon: i64, as_of: i64) -> Result<Outcomes, AfterError> {
        match self {
            Truth::Orders { orders, .. } => of_orders(orders, rows, risk, horizon, as_of),
            Truth::Contracts { contracts, reasons, ids } => {
                of_contracts((contracts, reasons, ids), rows, horizon, as_of)
            }
        }
    }

    /// What other horizons would have meant on the newest date for which all of them are over.
    pub fn compare_horizons(&self, all: &Matrix, chosen: i64, as_of: i64) -> Vec<HorizonRow> {
        let mut spans = vec![30, 60, 90, 120, 180, chosen];
        spans.sort_unstable();
        spans.dedup();
        let by_date = all.by_snapshot();
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
                Truth::Contracts { contracts, reasons, ids } => {
                    let near = contracts.after(snapshot, days, as_of).ok()?;
                    let far = contracts.after(snapshot, longer, as_of).ok()?;
                    let has_left = |id: u32| near.left(id).flatten().is_some_and(|exit| reasons.is_churn(exit.reason));
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

/// Days of silence that mean something: nine of ten returns happen sooner; in whole weeks, from 4 weeks to a year.
pub fn proposed_horizon(known: AsOf) -> i64 {
    let days = usual_return(&lapse(known, 730), 0.9).unwrap_or(90);
    (i64::from(days) + 6).div_euclid(7).clamp(4, 52) * 7
}

fn of_orders(orders: &Orders, all: &Matrix, risk: Risk, horizon: i64, as_of: i64) -> Result<Outcomes, AfterError> {
    let mut labels = vec![None; all.rows()];
    let mut idle = 0;
    for (snapshot, rows) in all.by_snapshot() {
        let after = After::new(orders, snapshot, horizon, as_of)?;
        let ids: Vec<u32> = rows.iter().map(|&row| all.customers()[row as usize]).collect();
        let left = match risk.partial {
            None => churned(after, &ids),
            Some((drop, usual)) => {
                let share = horizon as f64 / 365.0;
                let fell = |(&row, money): (&u32, f64)| {
                    let expected = usual[row as usize] * share;
                    (expected > 0.0 && money.is_finite()).then_some(money <= (1.0 - drop) * expected)
                };
                rows.iter().zip(spent(after, &ids)).map(fell).collect()
            }
        };
        for (&row, left) in rows.iter().zip(left) {
            let at_risk = risk.active.is_none_or(|(days, quiet)| quiet[row as usize] < f64::from(days));
            idle += u64::from(!at_risk);
            labels[row as usize] = left.filter(|_| at_risk);
        }
    }
    Ok(Outcomes { labels, idle, ..Outcomes::default() })
}

fn of_contracts(
    (contracts, reasons, ids): (&Contracts, &Reasons, &[u32]),
    all: &Matrix,
    horizon: i64,
    as_of: i64,
) -> Result<Outcomes, AfterError> {
    let mut found = Outcomes { labels: vec![None; all.rows()], ..Outcomes::default() };
    let mut exits = BTreeSet::new();
    for (snapshot, rows) in all.by_snapshot() {
        let after = contracts.after(snapshot, horizon, as_of)?;
        let known = contracts.as_of(snapshot);
        for row in rows {
            let id = ids[all.customers()[row as usize] as usize];
            let Some(exit) = after.left(id) else {
                let before = known.standing(id) == Standing::NotYet;
                *(if before { &mut found.not_yet } else { &mut found.gone }) += 1;
                continue;
            };
            exits.extend(exit.map(|exit| (id, exit.time, exit.reason)));
            found.labels[row as usize] = match exit {
                None => Some(false),
                Some(exit) if reasons.is_churn(exit.reason) => Some(true),
                // A customer who moves away might have left, or might have stayed.
                Some(_) => None,
            };
            found.otherwise += u64::from(found.labels[row as usize].is_none());
        }
    }
    // By customer and time: customers who left more than once count by the last time.
    let last: BTreeMap<u32, u32> = exits.into_iter().map(|(id, _, reason)| (id, reason)).collect();
    found.reasons = reasons.counted(last.into_values());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Exit, Term};
    use crate::learning::Column;
    use crate::orders::{Lines, Returns};

    /// Rows of these customers and days, with a column of numbers.
    fn rows(of: &[(u32, i64)]) -> Matrix {
        let matrix = Matrix::new(vec![Column::numbers("x", vec![1.0; of.len()])]).expect("a column");
        let matrix = matrix.with_customers(of.iter().map(|row| row.0).collect()).expect("one per row");
        matrix.with_snapshots(of.iter().map(|row| row.1 * DAY).collect()).expect("one per row")
    }

    fn cells(words: &[&str]) -> Vec<Option<String>> {
        words.iter().map(|word| (!word.is_empty()).then(|| (*word).to_owned())).collect()
    }

    #[test]
    fn reasons_are_counted_and_some_are_not_churn() {
        let words = cells(&["price", " Moved ", "", "price", "", "not given"]);
        let (reasons, numbers) = Reasons::of(&words, &["moved".to_owned()], |row| row == 2);
        assert_eq!(reasons.names, ["Moved", "price", NO_REASON]);
        assert_eq!(numbers, [1, 0, 2, 1, NONE, 2]);
        assert_eq!(reasons.churn, [false, true, true]);
        let counts = reasons.counted(numbers.into_iter().filter(|number| *number != NONE));
        let told: Vec<(&str, u64, bool)> = counts.iter().map(|c| (c.name.as_str(), c.customers, c.churn)).collect();
        assert_eq!(told, [(NO_REASON, 2, true), ("price", 2, true), ("Moved", 1, false)]);
        let mut labels = [Some(true), Some(true), Some(false), Some(true)];
        assert_eq!(reasons.unlabel(&mut labels, &[0, 1, 3], &[1, 0, 1]), 1);
        assert_eq!(labels, [Some(true), None, Some(false), Some(true)]);
        assert!(Reasons::of(&cells(&["", ""]), &[], |_| true).0.counted([0, 0].into_iter()).is_empty());
    }

    #[test]
    fn contracts_say_who_left_who_had_not_begun_and_who_moved() {
        let (reasons, numbers) = Reasons::of(&cells(&["price", "moved"]), &["moved".to_owned()], |_| true);
        let term = |customer, from: i64, exit: Option<(i64, u32)>| Term {
            customer,
            from: from * DAY,
            exit: exit.map(|(day, reason)| Exit { time: day * DAY, reason }),
        };
        let terms = vec![
            term(0, 0, Some((20, numbers[0]))),
            term(1, 0, Some((20, numbers[1]))),
            term(2, 0, None),
            term(3, 15, None),
            term(4, 0, Some((5, numbers[0]))),
        ];
        let (contracts, _) = Contracts::of_terms(5, terms).expect("in order");
        let truth = Truth::Contracts { contracts, reasons, ids: vec![0, 1, 2, 3, 4, NONE] };
        assert!(truth.knows(4) && !truth.knows(5));
        assert!(truth.at_risk(2, 100 * DAY) && !truth.at_risk(0, 100 * DAY));
        let all = rows(&[(0, 10), (1, 10), (2, 10), (3, 10), (4, 10)]);
        let found = truth.outcomes(&all, Risk::default(), 30, 100 * DAY).expect("over");
        assert_eq!(found.labels, [Some(true), None, Some(false), None, None]);
        assert_eq!((found.not_yet, found.gone, found.otherwise, found.idle), (1, 1, 1, 0));
        let reasons: Vec<(&str, u64)> = found.reasons.iter().map(|r| (r.name.as_str(), r.customers)).collect();
        assert_eq!(reasons, [("moved", 1), ("price", 1)]);
        assert!(truth.outcomes(&all, Risk::default(), 91, 100 * DAY).is_err(), "day 101 is not known");
        let horizons = truth.compare_horizons(&all, 30, 100 * DAY);
        let row = horizons.iter().find(|row| row.chosen).expect("the chosen one is compared");
        assert_eq!((row.days, row.customers, row.left, row.came_back), (30, 5, 1, 0));
    }

    #[test]
    fn orders_say_who_came_back_who_was_idle_and_who_spent_less() {
        let lines = Lines {
            customer: vec![0, 0, 1, 2, 2],
            order: vec![0, 1, 2, 3, 4],
            item: vec![0; 5],
            time: [5, 20, 5, 5, 20].map(|day| day * DAY).to_vec(),
            quantity: vec![1000; 5],
            amount: [10, 10, 10, 10, 1].map(|money| money * 10_000).to_vec(),
            category: None,
        };
        let orders = Orders::new(3, lines, Returns::default()).expect("in range");
        let truth = Truth::Orders { orders, has_lines: vec![true; 3] };
        let all = rows(&[(0, 10), (1, 10), (2, 10)]);
        let found = truth.outcomes(&all, Risk::default(), 30, 50 * DAY).expect("over");
        assert_eq!(found.labels, [Some(false), Some(true), Some(false)]);
        let quiet = [5.0, 40.0, 5.0];
        let risk = Risk { active: Some((30, &quiet)), partial: None };
        let found = truth.outcomes(&all, risk, 30, 50 * DAY).expect("over");
        assert_eq!((found.labels, found.idle), (vec![Some(false), None, Some(false)], 1));
        // 121.67 a year are 10 in 30 days: half of it is 5.
        let usual = [121.67; 3];
        let risk = Risk { active: None, partial: Some((0.5, &usual)) };
        let found = truth.outcomes(&all, risk, 30, 50 * DAY).expect("over");
        assert_eq!(found.labels, [Some(false), Some(true), Some(true)]);
    }
}
