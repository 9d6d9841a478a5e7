//! Respondents weighted to all customers, as those were known before the wave.

use super::IndexSatisfaction;
use super::reading::{Survey, Wave};
use crate::diagnostics::Result;
use crate::report::{Unit, Value};
use crate::satisfaction::{Population, respondent_weights};
use crate::stage::{Context, MAIN};
use crate::stages::persons::Places;
use crate::stages::rows::column_of;
use crate::stages::words::index_satisfaction as say;
use crate::tables::{Batches, Date, read_schema};

/// Respondents that a cell of customers needs.
const LEAST: usize = 5;

/// The customers of one date.
struct Known {
    date: i32,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl IndexSatisfaction {
    /// A weight per answer, with mean 1 in each wave; all 1 without `features`.
    pub(super) fn respondent_weights(&self, cx: &mut Context, survey: &Survey) -> Result<Vec<f64>> {
        let mut weights = vec![1.0; survey.customers.len()];
        let Some(features) = &self.features else {
            cx.note(&say::UNWEIGHTED);
            return Ok(weights);
        };
        let dates = self.known(cx, &features.0)?;
        for wave in &survey.waves {
            let before = dates.iter().rev().find(|known| known.date <= wave.first_day);
            let Some(known) = before.or(dates.first()) else { continue };
            if before.is_none() {
                let date = Date::from_days(known.date).to_string();
                cx.note(say::LATE_FEATURES.with([("wave", wave.name.as_str().into()), ("date", date.into())]));
            }
            weights[wave.rows.clone()].copy_from_slice(&self.weigh(cx, survey, wave, known));
        }
        Ok(weights)
    }

    fn weigh(&self, cx: &mut Context, survey: &Survey, wave: &Wave, known: &Known) -> Vec<f64> {
        let places = Places::of(&known.names);
        let respondents: Vec<Option<usize>> =
            survey.customers[wave.rows.clone()].iter().map(|customer| places.get(customer)).collect();
        let bins = self.weight_groups.get() as usize;
        let population = Population { columns: &known.columns, bins, least: LEAST, cap: self.max_weight.get() };
        let found = respondent_weights(population, &respondents);
        cx.note(say::WEIGHTED.with([
            ("wave", wave.name.as_str().into()),
            ("persons", respondents.len().into()),
            ("customers", known.names.len().into()),
            ("cells", found.cells.len().into()),
            ("effective", Value::Number(found.effective(), Unit::Number(1))),
        ]));
        for (count, words) in [(found.unknown, &say::UNKNOWN_RESPONDENTS), (found.capped, &say::CAPPED)] {
            if count > 0 {
                cx.note(words.with([("wave", wave.name.as_str().into()), ("persons", count.into())]));
            }
        }
        found.weights
    }

    /// The customers of each date that there are features of, oldest first and by name.
    fn known(&self, cx: &Context, stage: &str) -> Result<Vec<Known>> {
        let stored = cx.input(stage);
        let suffix = if stored.record.tables.contains_key("snapshots") { "snapshots" } else { MAIN };
        let path = stored.table(suffix)?;
        let empty = Batches { schema: read_schema(&path)?, batches: Vec::new() };
        self.weigh_by.iter().try_for_each(|column| column_of(&empty, stage, column))?;
        let mut wanted = vec!["customer", "as_of"];
        wanted.extend(self.weigh_by.iter().map(String::as_str));
        let table = Batches::read(&path, &wanted)?;
        let (customers, dates) = (table.texts("customer")?, table.dates("as_of")?);
        let columns: Vec<Vec<f64>> = self.weigh_by.iter().map(|column| table.numbers(column)).collect::<Result<_>>()?;
        let mut rows: Vec<(i32, &str, usize)> =
            (0..customers.len()).filter_map(|row| Some((dates[row]?, customers[row].as_deref()?, row))).collect();
        rows.sort_unstable();
        let of_date = |rows: &[(i32, &str, usize)]| Known {
            date: rows[0].0,
            names: rows.iter().map(|row| row.1.to_owned()).collect(),
            columns: columns.iter().map(|column| rows.iter().map(|row| column[row.2]).collect()).collect(),
        };
        Ok(rows.chunk_by(|a, b| a.0 == b.0).map(of_date).collect())
    }
}
