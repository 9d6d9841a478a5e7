//! The trial and the customers to score, as the pure room takes them.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::ModelUplift;
use super::{refused, say};
use crate::diagnostics::{Problem, Result, codes};
use crate::keys::key;
use crate::learning::Matrix;
use crate::orders::NONE;
use crate::stage::{Context, MAIN};
use crate::stages::persons::of_one_form;
use crate::stages::rows::{bad, column_of, matrix};
use crate::tables::{Batches, ColumnType};
use crate::uplift::{Rows, Trial};

/// What is learned from.
pub(super) struct Read {
    pub(super) trial: Trial,
    /// The arms beside control, sorted: arm 1 and up.
    pub(super) offers: Vec<String>,
    /// The customers of the trial, sorted: the customers of its matrix.
    pub(super) customers: Vec<String>,
}

/// The customers to score.
pub(super) struct Scored {
    pub(super) customers: Vec<String>,
    pub(super) matrix: Matrix,
    /// Of each, its row in the trial.
    pub(super) known: Vec<Option<u32>>,
}

impl ModelUplift {
    /// The trial; nothing where no result has come yet.
    pub(super) fn read(&self, cx: &mut Context) -> Result<Option<Read>> {
        let stage = self.outcomes.0.as_str();
        let path = cx.input(stage).table(MAIN)?;
        let outcomes = Batches::read(&path, &[])?;
        for (_, column) in self.columns() {
            column_of(&outcomes, stage, column)?;
        }
        let count = outcomes.rows();
        cx.made.rows_in = count as u64;
        let (ids, names) = outcomes.sorted_ids("customer")?;
        let (ids, customers) = of_one_form(cx, stage, (ids, names.to_vec()));
        let keys: Vec<String> = customers.iter().map(|customer| key(customer)).collect();
        let arms = words(&outcomes, &self.arm)?;
        let outcome = numbers(&outcomes, &self.outcome)?;
        let trials = match &self.trial {
            Some(column) => words(&outcomes, column)?,
            None => vec![Some(String::new()); count],
        };
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        let by_trial = self.trial.as_deref().filter(|column| table.has(column));
        let features = matrix(&table, &self.left_out())?;
        let places = self.places(&table, by_trial)?;
        // Rows that have all that is needed.
        let (mut kept, mut row_of) = (Vec::new(), Vec::new());
        let (mut incomplete, mut unknown) = (0u64, 0u64);
        for row in 0..count {
            let (Some(_), Some(trial)) = (&arms[row], &trials[row]) else {
                incomplete += 1;
                continue;
            };
            if ids[row] == NONE || outcome[row].is_nan() {
                incomplete += 1;
                continue;
            }
            let trial = if by_trial.is_some() { trial.as_str() } else { "" };
            match places.0.get(&(keys[ids[row] as usize].clone(), trial.to_owned())) {
                Some(&place) => {
                    kept.push(row);
                    row_of.push(place);
                }
                None => unknown += 1,
            }
        }
        if kept.is_empty() && unknown == 0 {
            cx.note(say::NOTHING_YET.with([("rows", incomplete.into()), ("stage", stage.into())]));
            cx.metric("set_aside", incomplete as f64);
            return Ok(None);
        }
        let text = |of: &[Option<String>], row: usize| of[row].clone().unwrap_or_default();
        let mut offers: Vec<String> = kept.iter().map(|&row| text(&arms, row)).collect();
        offers.sort();
        offers.dedup();
        if !offers.contains(&self.control) && !offers.is_empty() {
            let found = format!("no row of `{stage}` has the arm `{}`, which was left alone", self.control);
            let help = "without a control arm there is a response but no effect: name it with `control`, or keep customers back in the next trial";
            return Problem::new(&codes::BAD_DATA, found).help(help.to_owned()).err();
        }
        offers.retain(|offer| *offer != self.control);
        let arm = |row: usize| {
            let own = text(&arms, row);
            offers.iter().position(|offer| *offer == own).map_or(0, |place| place as u32 + 1)
        };
        let mut trial_names: Vec<String> = kept.iter().map(|&row| text(&trials, row)).collect();
        trial_names.sort();
        trial_names.dedup();
        let trial_of: Vec<u32> = (kept.iter())
            .map(|&row| trial_names.binary_search(&text(&trials, row)).map_or(0, |place| place as u32))
            .collect();
        let mut arm_of: Vec<u32> = kept.iter().map(|&row| arm(row)).collect();
        let comparable = comparable(&trial_of, &arm_of, trial_names.len(), offers.len());
        let apart = comparable.iter().filter(|comparable| !**comparable).count() as u64;
        if apart == kept.len() as u64 && !offers.is_empty() {
            let found = format!(
                "no trial of `{stage}` has all of the arms {} beside `{}`",
                offers.iter().map(|offer| format!("`{offer}`")).collect::<Vec<_>>().join(", "),
                self.control
            );
            let help = "who was left alone in one trial is no control group of another one: learn each arm in a `model-uplift` stage of its own, from its own trials";
            return Problem::new(&codes::BAD_DATA, found).help(help.to_owned()).err();
        }
        let mut trial_of = trial_of;
        for of_row in [&mut trial_of, &mut arm_of] {
            keep(of_row, &comparable);
        }
        keep(&mut kept, &comparable);
        keep(&mut row_of, &comparable);
        let probability = match &self.probability {
            Some(column) => {
                let all = outcomes.numbers(column)?;
                let fits = |chance: f64| chance > 0.0 && chance <= 1.0;
                if let Some(&row) = kept.iter().find(|&&row| !fits(all[row])) {
                    let found = format!("row {} of `{stage}` has a `{column}` of {}", row + 1, all[row]);
                    let help = "it is the chance with which the customer got the arm: above 0, at most 1";
                    return Problem::new(&codes::BAD_DATA, found).help(help.to_owned()).err();
                }
                kept.iter().map(|&row| all[row]).collect()
            }
            None => shares(&trial_of, &arm_of),
        };
        let outcome: Vec<f64> = kept.iter().map(|&row| outcome[row]).collect();
        let redeemed = self.redeemed(&outcomes, &kept, &outcome)?;
        let people: Vec<u32> = kept.iter().map(|&row| ids[row]).collect();
        let features = features.take(&row_of).with_customers(people).map_err(bad)?;
        let rows = Rows { features, trial: trial_of, arm: arm_of, probability, outcome, redeemed };
        let least = self.least_customers.get() as usize;
        let (trial, aside) =
            Trial::new(rows, offers.len() as u32, least).map_err(|error| refused(error, &self.control, &offers))?;
        let told = [
            (incomplete, &say::INCOMPLETE),
            (unknown, &say::UNKNOWN),
            (apart, &say::APART),
            (aside.two_arms as u64, &say::TWO_ARMS),
            (aside.repeated as u64, &say::REPEATED),
        ];
        for (rows, words) in told.into_iter().filter(|(rows, _)| *rows > 0) {
            cx.note(words.with([("rows", rows.into()), ("stage", stage.into())]));
        }
        cx.metric("set_aside", (incomplete + unknown + apart) as f64 + (aside.two_arms + aside.repeated) as f64);
        Ok(Some(Read { trial, offers, customers }))
    }

    /// Columns that are not learned from: those that the user leaves out, and what the trial did and what came of it, also where they are in the
    /// table of features.
    fn left_out(&self) -> Vec<String> {
        let own = self.columns().into_iter().map(|(_, column)| column.to_owned());
        self.exclude.iter().cloned().chain(own).collect()
    }

    /// The row of each customer, or of each customer and trial.
    fn places(&self, table: &Batches, by_trial: Option<&str>) -> Result<Places> {
        let customers = table.texts("customer")?;
        let trials = by_trial.map(|column| words(table, column)).transpose()?;
        let mut places = BTreeMap::new();
        for (row, customer) in customers.into_iter().enumerate() {
            let Some(customer) = customer else { continue };
            let trial = trials.as_ref().and_then(|trials| trials[row].clone()).unwrap_or_default();
            if places.insert((key(&customer), trial), row as u32).is_some() {
                let found = format!("`{}` has a customer twice, in row {} again", self.features.0, row + 1);
                let help = "one row per customer says what was known before the trial";
                return Problem::new(&codes::BAD_DATA, found).help(help.to_owned()).err();
            }
        }
        Ok(Places(places))
    }

    /// Whether each row redeemed what was offered; nothing where redeeming costs nothing.
    fn redeemed(&self, outcomes: &Batches, kept: &[usize], outcome: &[f64]) -> Result<Option<Vec<f64>>> {
        if self.incentive.get() == 0.0 {
            return Ok(None);
        }
        let binary = |number: &f64| *number == 0.0 || *number == 1.0;
        let (column, found) = match &self.redeemed {
            Some(column) => {
                let all = numbers(outcomes, column)?;
                // An empty cell is nothing redeemed.
                (column, kept.iter().map(|&row| if all[row].is_nan() { 0.0 } else { all[row] }).collect())
            }
            None => (&self.outcome, outcome.to_vec()),
        };
        if !found.iter().all(binary) {
            let what =
                format!("`{column}` of `{}` is not 0 or 1, and `incentive` is paid by redemption", self.outcomes.0);
            let help = "name the column that says who redeemed with `redeemed`";
            return Problem::new(&codes::BAD_DATA, what).help(help.to_owned()).err();
        }
        Ok(Some(found))
    }

    pub(super) fn scored(&self, cx: &Context, read: &Read) -> Result<Scored> {
        let stage = self.score.as_ref().unwrap_or(&self.features);
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
        let matrix = matrix(&table, &self.left_out())?;
        let names = table.texts("customer")?;
        let keys: Vec<String> = names.iter().map(|name| name.as_deref().map(key).unwrap_or_default()).collect();
        // By name: what is written does not depend on the order of the rows.
        let mut order: Vec<u32> = (0..names.len() as u32).filter(|&row| names[row as usize].is_some()).collect();
        order.sort_by(|&a, &b| names[a as usize].cmp(&names[b as usize]).then(b.cmp(&a)));
        let mut once = BTreeSet::new();
        if order.iter().any(|&row| !once.insert(keys[row as usize].as_str())) {
            let found = format!("`{}` has a customer twice", stage.0);
            return Problem::new(&codes::BAD_DATA, found).help("one row per customer is scored".to_owned()).err();
        }
        let customers: Vec<String> = order.iter().map(|&row| names[row as usize].clone().unwrap_or_default()).collect();
        let own = read.trial.rows().features.customers();
        let numbers: BTreeMap<String, u32> =
            read.customers.iter().zip(0..).map(|(customer, number)| (key(customer), number)).collect();
        let known = order.iter().map(|&row| {
            let number = *numbers.get(&keys[row as usize])?;
            own.binary_search(&number).ok().map(|row| row as u32)
        });
        Ok(Scored { known: known.collect(), matrix: matrix.take(&order), customers })
    }
}

/// Rows by customer and trial.
struct Places(BTreeMap<(String, String), u32>);

/// The share of each row's arm in its trial.
fn shares(trial: &[u32], arm: &[u32]) -> Vec<f64> {
    let mut counts: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let mut totals: BTreeMap<u32, usize> = BTreeMap::new();
    for (&trial, &arm) in trial.iter().zip(arm) {
        *counts.entry((trial, arm)).or_default() += 1;
        *totals.entry(trial).or_default() += 1;
    }
    trial.iter().zip(arm).map(|(trial, arm)| counts[&(*trial, *arm)] as f64 / totals[trial] as f64).collect()
}

/// Texts of a column, whatever its type; nothing where it is empty.
fn words(table: &Batches, column: &str) -> Result<Vec<Option<String>>> {
    if table.kind(column) == Some(ColumnType::Text) {
        return Ok(table.texts(column)?.into_iter().map(|text| text.filter(|text| !text.is_empty())).collect());
    }
    let text = |number: f64| (!number.is_nan()).then(|| number.to_string());
    Ok(table.numbers(column)?.into_iter().map(text).collect())
}

/// Numbers of a column, also where they are written as text or as yes and no; NaN where there is none.
fn numbers(table: &Batches, column: &str) -> Result<Vec<f64>> {
    if table.kind(column) != Some(ColumnType::Text) {
        return table.numbers(column);
    }
    let number = |text: Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => Ok(f64::NAN),
        Some(text) if ["yes", "true"].contains(&text.to_lowercase().as_str()) => Ok(1.0),
        Some(text) if ["no", "false"].contains(&text.to_lowercase().as_str()) => Ok(0.0),
        Some(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or(()),
    };
    table
        .texts(column)?
        .into_iter()
        .enumerate()
        .map(|(row, text)| {
            number(text).or_else(|()| {
                Problem::new(&codes::BAD_TABLE, format!("row {} of the column `{column}` is not a number", row + 1))
                    .err()
            })
        })
        .collect()
}

/// Whether each row is of a trial that has the control arm and all others: only such trials compare like with like, for persons of different trials
/// were chosen in different ways.
fn comparable(trial: &[u32], arm: &[u32], trials: usize, arms: usize) -> Vec<bool> {
    let mut seen = vec![vec![false; arms + 1]; trials];
    trial.iter().zip(arm).for_each(|(&trial, &arm)| seen[trial as usize][arm as usize] = true);
    trial.iter().map(|&trial| seen[trial as usize].iter().all(|seen| *seen)).collect()
}

/// Leaves the elements that are kept.
fn keep<T>(all: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    all.retain(|_| *kept.next().expect("one for each"));
}
