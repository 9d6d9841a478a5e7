//! Answers out of a table: one per customer and wave, on their scales; what cannot be used is set aside with its reason.

use std::collections::BTreeMap;

use super::IndexSatisfaction;
use crate::diagnostics::{Problem, Result, codes};
use crate::keys::key;
use crate::numeric::calendar::{DAY, civil_of_day};
use crate::report::Phrase;
use crate::stage::Context;
use crate::stages::events::columns_of_stage;
use crate::stages::rows::instants;
use crate::stages::words::index_satisfaction as say;
use crate::tables::{Batches, ColumnType, Date};

/// A wave of the survey.
pub(super) struct Wave {
    pub(super) name: String,
    /// Day of its first answer, since 1970-01-01.
    pub(super) first_day: i32,
    /// The places of its answers.
    pub(super) rows: std::ops::Range<usize>,
}

/// Answers that can be used, sorted by wave and customer, a column of each kind.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) customers: Vec<String>,
    /// Days since 1970-01-01.
    pub(super) dates: Vec<i32>,
    pub(super) waves: Vec<Wave>,
    /// Points from 0 to 100 of the model's items; NaN without an answer.
    pub(super) items: Vec<Vec<f64>>,
    /// Answers to the questions of the simple measures, as given; NaN without one.
    pub(super) questions: Vec<Vec<f64>>,
    pub(super) aside: Vec<Aside>,
    /// Rows that were read.
    pub(super) read: usize,
}

/// An answer that is not used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Aside {
    pub(super) reason: String,
    pub(super) customer: Option<String>,
    pub(super) date: Option<i32>,
}

/// A row of the table on its way.
struct Row {
    customer: String,
    key: String,
    date: i32,
    wave: String,
    items: Vec<f64>,
    questions: Vec<f64>,
}

impl IndexSatisfaction {
    /// Reads the answers that were given before the as-of date. Without one, all of them are known, and the day after the last is the as-of date.
    pub(super) fn survey(&self, cx: &mut Context) -> Result<Survey> {
        let (items, measures) = (self.items(), self.measures());
        let mut must = vec!["customer", self.date.as_str()];
        must.extend(self.wave.as_deref());
        must.extend(items.iter().map(|item| item.0));
        must.extend(measures.iter().map(|(_, question, _)| question.item.as_str()));
        let table = columns_of_stage(cx, &self.answers.0, &must, &[])?;
        let dates: Vec<Option<i32>> = instants(cx, &table, &self.date)?
            .into_iter()
            .map(|time| time.map(|time| Date::of_civil_seconds(time).days()))
            .collect();
        if cx.made.as_of.is_none() {
            cx.made.as_of = dates.iter().flatten().max().map(|last| Date::from_days(last + 1).to_string());
        }
        let as_of = cx.as_of()?.days();
        let columns =
            |names: Vec<&str>| names.iter().map(|name| self.numbers(&table, name)).collect::<Result<Vec<_>>>();
        let item_columns = columns(items.iter().map(|item| item.0).collect())?;
        let question_columns = columns(measures.iter().map(|(_, question, _)| question.item.as_str()).collect())?;
        let waves = self.wave.as_deref().map(|wave| table.texts(wave)).transpose()?;
        let mut survey = Survey { read: dates.len(), ..Survey::default() };
        let mut rows: Vec<Row> = Vec::new();
        for (row, customer) in table.texts("customer")?.into_iter().enumerate() {
            let customer = customer.filter(|customer| !customer.trim().is_empty());
            let mut aside = |reason: &Phrase, customer: Option<String>| {
                let reason = reason.with([]).english();
                survey.aside.push(Aside { reason, customer, date: dates[row] });
            };
            let Some(customer) = customer else {
                aside(&say::NO_CUSTOMER, None);
                continue;
            };
            // People who were asked and did not answer have no day of an answer either.
            if item_columns.iter().chain(&question_columns).all(|column| column[row].is_nan()) {
                aside(&say::NO_ANSWER, Some(customer));
                continue;
            }
            let wave = match &waves {
                Some(waves) => waves[row].as_deref().map(str::trim).filter(|wave| !wave.is_empty()).map(str::to_owned),
                None => dates[row].map(quarter),
            };
            let (Some(date), Some(wave)) = (dates[row], wave) else {
                aside(if dates[row].is_none() { &say::NO_DATE } else { &say::NO_WAVE }, Some(customer));
                continue;
            };
            if date >= as_of {
                aside(&say::LATER, Some(customer));
                continue;
            }
            let points = |(column, (_, scale)): (&Vec<f64>, &(&str, crate::satisfaction::Scale))| match column[row] {
                none if none.is_nan() => Some(none),
                answer => scale.points(answer).ok(),
            };
            let item_points: Option<Vec<f64>> = item_columns.iter().zip(&items).map(points).collect();
            let asked: Option<Vec<f64>> = question_columns
                .iter()
                .zip(&measures)
                .map(|(column, (_, _, scale))| {
                    let answer = column[row];
                    (answer.is_nan() || scale.points(answer).is_ok()).then_some(answer)
                })
                .collect();
            let (Some(item_points), Some(asked)) = (item_points, asked) else {
                aside(&say::OFF_SCALE, Some(customer));
                continue;
            };
            rows.push(Row { key: key(&customer), customer, date, wave, items: item_points, questions: asked });
        }
        survey.fill(rows, items.len(), measures.len());
        Ok(survey)
    }

    /// A column of answers; NaN where there is none.
    fn numbers(&self, table: &Batches, name: &str) -> Result<Vec<f64>> {
        if matches!(
            table.kind(name),
            Some(ColumnType::Integer | ColumnType::Number | ColumnType::Money | ColumnType::Quantity)
        ) {
            let mut answers = table.numbers(name)?;
            answers.iter_mut().filter(|answer| self.no_answer.contains(answer)).for_each(|answer| *answer = f64::NAN);
            return Ok(answers);
        }
        // A question that nobody answered has no type of its own.
        if table.kind(name) == Some(ColumnType::Text) && table.texts(name)?.iter().all(Option::is_none) {
            return Ok(vec![f64::NAN; table.rows()]);
        }
        let kind = table.kind(name).map_or("of another type", ColumnType::word);
        let help = "answers are numbers on a scale: give words numbers in an `sql` stage, or name the type under `types` of `ingest`; \
                    free text is never read"
            .to_owned();
        Problem::new(&codes::BAD_TABLE, format!("`{}`: the column `{name}` is {kind}, not numbers", self.answers.0))
            .help(help)
            .err()
    }
}

impl Survey {
    /// One answer per customer and wave, the last; sorted.
    fn fill(&mut self, mut rows: Vec<Row>, items: usize, questions: usize) {
        let mut first: BTreeMap<String, i32> = BTreeMap::new();
        for row in &rows {
            let day = first.entry(row.wave.clone()).or_insert(row.date);
            *day = (*day).min(row.date);
        }
        let bits = |row: &Row| -> Vec<u64> { row.items.iter().chain(&row.questions).map(|v| v.to_bits()).collect() };
        rows.sort_by(|a, b| {
            let of = |row: &Row| (first[&row.wave], row.wave.clone(), row.key.clone(), row.date);
            of(a).cmp(&of(b)).then_with(|| bits(a).cmp(&bits(b))).then_with(|| a.customer.cmp(&b.customer))
        });
        (self.items, self.questions) = (vec![Vec::new(); items], vec![Vec::new(); questions]);
        for (n, row) in rows.iter().enumerate() {
            if rows.get(n + 1).is_some_and(|next| next.wave == row.wave && next.key == row.key) {
                let reason = say::AGAIN.with([]).english();
                self.aside.push(Aside { reason, customer: Some(row.customer.clone()), date: Some(row.date) });
                continue;
            }
            let place = self.customers.len();
            match self.waves.last_mut() {
                Some(wave) if wave.name == row.wave => wave.rows.end = place + 1,
                _ => self.waves.push(Wave {
                    name: row.wave.clone(),
                    first_day: first[&row.wave],
                    rows: place..place + 1,
                }),
            }
            self.customers.push(row.customer.clone());
            self.dates.push(row.date);
            self.items.iter_mut().zip(&row.items).for_each(|(column, points)| column.push(*points));
            self.questions.iter_mut().zip(&row.questions).for_each(|(column, answer)| column.push(*answer));
        }
    }

    /// The items' points of some answers.
    pub(super) fn points(&self, rows: std::ops::Range<usize>) -> Vec<Vec<f64>> {
        self.items.iter().map(|column| column[rows.clone()].to_vec()).collect()
    }
}

/// The calendar quarter of a day.
fn quarter(day: i32) -> String {
    let (year, month, _) = civil_of_day(i64::from(day));
    format!("{year}-Q{}", (month - 1) / 3 + 1)
}

/// Civil seconds of a day's first instant.
pub(super) fn midnight(day: i32) -> i64 {
    i64::from(day) * DAY
}
