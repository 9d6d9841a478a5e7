//! Candidates, and the persons of the trial or of the seed list among them.

use std::collections::BTreeSet;

use super::settings::FindCustomers;
use crate::diagnostics::{Problem, Result, codes};
use crate::keys::key;
use crate::learning::{LearningError, Matrix};
use crate::response::Claim;
use crate::response::learned::number;
use crate::response::trial::{Mailed, Trial, others};
use crate::stage::{Context, MAIN, Upstream};
use crate::stages::persons::Places;
use crate::stages::rows::{column_of, matrix};
use crate::stages::words::find_customers as say;
use crate::tables::Batches;

/// The arm of those who were not contacted.
const CONTROL: &str = "control";

/// What is read.
pub(super) struct Read {
    pub(super) claim: Claim,
    /// Account ids of all rows, sorted.
    pub(super) customers: Vec<String>,
    /// All rows of the table of features in that order.
    all: Matrix,
    /// Rows that are learned from.
    known: Vec<u32>,
    /// Of those, who responded or is on the list.
    pub(super) labels: Vec<bool>,
    /// Rows that are scored.
    pub(super) scored: Vec<u32>,
    /// Control rows of the trial.
    pub(super) control: usize,
}

impl Read {
    /// The rows that are learned from, a person each.
    pub(super) fn labelled(&self) -> std::result::Result<Matrix, LearningError> {
        self.all.take(&self.known).with_customers((0..self.known.len() as u32).collect())
    }

    /// The number of each person that is learned from.
    pub(super) fn persons(&self) -> Vec<u64> {
        self.known.iter().map(|&row| number(&key(&self.customers[row as usize]))).collect()
    }

    /// All rows of the table of features.
    pub(super) fn all(&self) -> &Matrix {
        &self.all
    }

    /// Those who responded or are on the list.
    pub(super) fn positives(&self) -> usize {
        self.labels.iter().filter(|label| **label).count()
    }

    /// Whether some of those who are learned from responded, or are on the list, and others not.
    pub(super) fn has_both(&self) -> bool {
        (1..self.labels.len()).contains(&self.positives())
    }

    /// The rows that are scored.
    pub(super) fn candidates(&self) -> std::result::Result<Matrix, LearningError> {
        Ok(self.all.take(&self.scored))
    }
}

impl FindCustomers {
    pub(super) fn read(&self, cx: &mut Context) -> Result<Read> {
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        let named = table.texts("customer")?;
        let stage = ("stage", self.features.0.as_str().into());
        let mut order: Vec<(&str, u32)> = (0..)
            .zip(&named)
            .filter_map(|(row, name)| Some((name.as_deref()?, row)))
            .filter(|(name, _)| !name.trim().is_empty())
            .collect();
        order.sort_unstable();
        cx.made.rows_in = named.len() as u64;
        if order.len() < named.len() {
            cx.note(say::NO_KEY.with([("rows", (named.len() - order.len()).into()), stage]));
        }
        let customers: Vec<String> = order.iter().map(|(name, _)| (*name).to_owned()).collect();
        let persons: BTreeSet<String> = customers.iter().map(|name| key(name)).collect();
        if persons.len() < customers.len() {
            let what = format!(
                "`{}` has {} rows for {} customers: it must have one row for each",
                self.features.0,
                customers.len(),
                persons.len()
            );
            return Problem::new(&codes::BAD_DATA, what)
                .help("join or group the rows by customer with an `sql` stage before".to_owned())
                .err();
        }
        // What is looked for is never learned from, nor who was left out.
        let exclude: Vec<String> = self.exclude.iter().chain([&self.outcome]).chain(self.arm.iter()).cloned().collect();
        let rows: Vec<u32> = order.iter().map(|(_, row)| *row).collect();
        let all = matrix(&table, &exclude)?.take(&rows);
        let places = Places::of(&customers);
        match (&self.trial, &self.seed) {
            (Some(trial), _) => self.of_trial(cx, trial, (customers, all), &places),
            (None, Some(seed)) => self.of_seed(cx, seed, (customers, all), &places),
            (None, None) => Problem::new(&codes::BAD_VALUE, "give `trial` or `seed`").err(),
        }
    }

    fn of_trial(
        &self,
        cx: &mut Context,
        stage: &Upstream,
        (customers, all): (Vec<String>, Matrix),
        places: &Places,
    ) -> Result<Read> {
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
        for column in [Some(&self.outcome), self.arm.as_ref()].into_iter().flatten() {
            column_of(&table, &stage.0, column)?;
        }
        let (names, outcomes) = (table.texts("customer")?, table.texts(&self.outcome)?);
        let arms = self.arm.as_ref().map(|arm| table.texts(arm)).transpose()?;
        let is =
            |text: &Option<String>, word: &str| text.as_deref().is_some_and(|t| t.trim().eq_ignore_ascii_case(word));
        // Candidates and trial may stand in one table: then those without an outcome were not in the trial.
        let together = stage.0 == self.features.0;
        let mailing: Vec<Mailed> = (0..names.len())
            .map(|row| Mailed {
                row: names[row].as_deref().and_then(|name| places.get(name)).map(|place| place as u32),
                control: arms.as_ref().is_some_and(|arms| is(&arms[row], CONTROL)),
                outcome: outcomes[row]
                    .as_deref()
                    .filter(|t| !t.trim().is_empty())
                    .map(|_| is(&outcomes[row], &self.positive)),
            })
            .filter(|mailed| !together || mailed.control || mailed.outcome.is_some())
            .collect();
        let trial = Trial::of(&mailing);
        let aside = trial.aside;
        let stage_name = || ("stage", stage.0.as_str().into());
        for (rows, why) in [
            (aside.unknown, &say::UNKNOWN),
            (aside.control, &say::CONTROL),
            (aside.no_outcome, &say::NO_OUTCOME),
            (aside.repeated, &say::REPEATED),
        ] {
            if rows > 0 {
                cx.note(why.with([("rows", rows.into()), ("all", mailing.len().into()), stage_name()]));
            }
        }
        Ok(Read {
            claim: Claim::Response,
            scored: others(customers.len(), &trial.everybody),
            customers,
            all,
            known: trial.rows,
            labels: trial.responded,
            control: aside.control,
        })
    }

    /// A trial without a response, or without anything else, teaches nothing.
    pub(super) fn refuse_one_sided(&self, read: &Read) -> Result<()> {
        if read.has_both() {
            return Ok(());
        }
        let what = format!(
            "of {} contacted persons of `{}` with an outcome, {} responded: a model needs both",
            read.labels.len(),
            self.trial.as_ref().map_or("", |stage| stage.0.as_str()),
            read.positives()
        );
        Problem::new(&codes::TOO_LITTLE_DATA, what)
            .help("name the outcome that means a response with `positive`, or mail more".to_owned())
            .err()
    }

    fn of_seed(
        &self,
        cx: &mut Context,
        stage: &Upstream,
        (customers, all): (Vec<String>, Matrix),
        places: &Places,
    ) -> Result<Read> {
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &["customer"])?;
        let names = table.texts("customer")?;
        let found: Vec<Option<usize>> =
            names.iter().map(|name| name.as_deref().and_then(|name| places.get(name))).collect();
        let unknown = found.iter().filter(|place| place.is_none()).count();
        if unknown > 0 {
            let values = [("rows", unknown.into()), ("all", names.len().into()), ("stage", stage.0.as_str().into())];
            cx.note(say::UNKNOWN.with(values));
        }
        let mut seeds: Vec<u32> = found.into_iter().flatten().map(|place| place as u32).collect();
        seeds.sort_unstable();
        seeds.dedup();
        if seeds.is_empty() || seeds.len() == customers.len() {
            let what = format!(
                "`{}` names {} of the {} customers of `{}`: some must be on the list and others not",
                stage.0,
                seeds.len(),
                customers.len(),
                self.features.0
            );
            return Problem::new(&codes::TOO_LITTLE_DATA, what)
                .help("compare the columns `customer` of both stages".to_owned())
                .err();
        }
        let labels = (0..customers.len() as u32).map(|row| seeds.binary_search(&row).is_ok()).collect();
        Ok(Read {
            claim: Claim::LookAlike,
            scored: others(customers.len(), &seeds),
            known: (0..customers.len() as u32).collect(),
            customers,
            all,
            labels,
            control: 0,
        })
    }
}
