//! `index-satisfaction`: indices of satisfaction by wave out of a file of answers, weighted by partial least squares, with intervals, quality
//! of the questions, correction for those who did not answer, and the funnel of complaints.
//!
//! The work is in the pure room `satisfaction`. In reading order: [`settings`]; [`reading`] has the answers, [`weighting`] the respondents'
//! weights; [`waves`] estimates, freezes and measures; [`complaints`] follows failures; [`writing`] writes tables, [`showing`] fills the report,
//! [`wording`] explains.

mod complaints;
mod reading;
mod settings;
mod showing;
mod waves;
mod weighting;
mod wording;
mod writing;

use super::examples;
use super::words::index_satisfaction as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::satisfaction::importance;
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Shape, Stage, read_as, schema_of};
use crate::tables::ColumnType;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::features;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::satisfaction::{
    ANSWERS_SET_ASIDE, COMPLAINT_FUNNEL, IMPORTANCE, INDEX, ITEMS, PATHS, RELIABILITY, SATISFACTION,
};
pub use settings::IndexSatisfaction;
use waves::Indexed;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "index-satisfaction",
    version: 2,
    meaning: "Measures satisfaction from a file of answers: CSAT, NPS, CES and indices by path models whose weights stay from wave to wave, with intervals, quality of the questions, correction for those who did not answer, and what became of complaints.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.surveys]
kind = "ingest"
paths = ["surveys.csv"]

[stage.complaints]
kind = "ingest"
paths = ["complaints.csv"]

[stage.satisfaction]
kind = "index-satisfaction"
answers = "surveys"
wave = "wave"
constructs = [
  { name = "quality", items = ["q1", "q2"] },
  { name = "satisfaction", items = ["s1", "s2", "s3"], from = ["quality"] },
]
nps = { item = "recommend" }
features = "features"
orders = "orders"
complaints = "complaints"
"#,
    ],
    read: read_as::<IndexSatisfaction>,
    schema: schema_of::<IndexSatisfaction>,
};

impl Stage for IndexSatisfaction {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.answers.input("answers", Need::Table(&CUSTOMERS))];
        let features = Need::AlsoOrMain("snapshots", &features::FEATURES);
        inputs.extend(self.features.iter().map(|stage| stage.input("features", features)));
        inputs.extend(self.orders.iter().map(|stage| stage.input("orders", Need::Table(&ORDERS))));
        inputs.extend(self.complaints.iter().map(|stage| stage.input("complaints", Need::Table(&CUSTOMERS))));
        inputs.extend(self.failures.iter().map(|stage| stage.input("failures", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        let constructs = self.constructs.iter().map(|c| (c.name.clone(), Some(ColumnType::Number))).collect();
        let tables: [(&'static str, &'static crate::tables::Layout); 7] = [
            ("index", &INDEX),
            ("paths", &PATHS),
            ("reliability", &RELIABILITY),
            ("items", &ITEMS),
            ("importance", &IMPORTANCE),
            ("complaint_funnel", &COMPLAINT_FUNNEL),
            ("set_aside", &ANSWERS_SET_ASIDE),
        ];
        Output { main: Shape::Extended(&SATISFACTION, constructs), also: tables.to_vec() }
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let of_answers = |key: &str, column: &str| known.column(key, &self.answers.0, column);
        let mut findings: Vec<Finding> = of_answers("date", &self.date).into_iter().collect();
        findings.extend(self.wave.as_deref().and_then(|wave| of_answers("wave", wave)));
        for (n, construct) in self.constructs.iter().enumerate() {
            let key = format!("constructs.{}.items", n + 1);
            findings.extend(construct.items.iter().filter_map(|item| of_answers(&key, item)));
        }
        findings.extend(self.measures().iter().filter_map(|(row, question, _)| of_answers(row.name, &question.item)));
        if let Some(features) = &self.features {
            let column = |column: &String| known.column("weigh_by", &features.0, column);
            findings.extend(self.weigh_by.iter().filter_map(column));
        }
        for (key, stage) in [("complaints", &self.complaints), ("failures", &self.failures)] {
            findings.extend(stage.iter().filter_map(|stage| known.column(key, &stage.0, "date")));
        }
        findings
    }

    fn remembers(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let mut survey = self.survey(cx)?;
        cx.made.rows_in = survey.read as u64;
        if survey.waves.is_empty() {
            let why = format!("none of the {} answers of `{}` can be used", survey.read, self.answers.0);
            return Problem::new(&codes::TOO_LITTLE_DATA, why)
                .help(format!(
                    "each needs a customer, a day before the as-of date and answers on their scales{}",
                    counted(&survey)
                ))
                .err();
        }
        let weights = self.respondent_weights(cx, &survey)?;
        (cx.progress)(0.1);
        let model = self.path_model().map_err(waves::bad)?;
        let simple = self.simple(&survey, &weights)?;
        let mut indexed = match &model {
            Some(model) => Some(self.index(cx, model, &mut survey, &weights)?),
            None => None,
        };
        let mut rows = indexed.as_mut().map(|indexed| std::mem::take(&mut indexed.rows)).unwrap_or_default();
        rows.extend(simple);
        let both = model.as_ref().zip(indexed.as_ref());
        writing::write_customers(cx, &survey, both, &weights)?;
        writing::write_index(cx, &survey, &rows)?;
        self.show_index(cx, &survey, &rows);
        match both {
            Some((model, indexed)) => self.present(cx, (&survey, &weights), model, indexed)?,
            None => self.write_no_model(cx)?,
        }
        self.complaint_funnel(cx)?;
        self.note_aside(cx, &survey);
        writing::write_aside(cx, &mut survey)?;
        let newest = survey.waves.len() - 1;
        cx.metric("waves", survey.waves.len() as f64);
        cx.metric("answers", survey.customers.len() as f64);
        for row in rows.iter().filter(|row| row.wave == newest) {
            let name =
                if row.measure == "index" { format!("index_{}", row.construct) } else { row.measure.replace('-', "_") };
            cx.metric(&name, row.score.value);
        }
        Ok(())
    }
}

impl IndexSatisfaction {
    /// Writes and shows what the model says.
    fn present(
        &self,
        cx: &mut Context,
        (survey, weights): (&reading::Survey, &[f64]),
        model: &crate::satisfaction::PathModel,
        indexed: &Indexed,
    ) -> Result<()> {
        writing::write_paths(cx, survey, model, &indexed.estimated)?;
        writing::write_reliability(cx, survey, model, &indexed.estimated)?;
        writing::write_items(cx, survey, (model, indexed))?;
        // With kept weights a run may hold nothing but small waves.
        let Some(newest) = indexed.estimated.last() else {
            return writing::write_importance(cx, model, &self.target, &[]);
        };
        let target = model.place(&self.target).expect("checked in the settings");
        let answers = &indexed.scored[newest.wave].answers;
        let of_wave = &weights[survey.waves[newest.wave].rows.clone()];
        let persons: Vec<f64> = answers.persons.iter().map(|&row| of_wave[row]).collect();
        let rows = importance(model, (&newest.pls, &newest.data), (answers, &persons), &indexed.frozen, target);
        writing::write_importance(cx, model, &self.target, &rows)?;
        self.show_importance(cx, (survey, model), newest, &rows);
        self.show_reliability(cx, (survey, model), newest);
        Ok(())
    }

    fn note_aside(&self, cx: &mut Context, survey: &reading::Survey) {
        for (reason, rows) in by_reason(survey) {
            cx.note(say::SET_ASIDE.with([("rows", rows.into()), ("reason", reason.into())]));
        }
    }
}

/// Answers that were set aside, by reason.
fn by_reason(survey: &reading::Survey) -> std::collections::BTreeMap<&str, u64> {
    let mut counts = std::collections::BTreeMap::new();
    survey.aside.iter().for_each(|aside| *counts.entry(aside.reason.as_str()).or_default() += 1);
    counts
}

/// The same as the end of a sentence.
fn counted(survey: &reading::Survey) -> String {
    let reasons: Vec<String> = by_reason(survey).iter().map(|(reason, rows)| format!("{rows}: {reason}")).collect();
    if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) }
}
