//! `model-uplift`: what contacting a customer changes, learned from trials with a control arm.
//!
//! The work is in the pure room `uplift`. In reading order: [`settings`]; [`reading`] has the trial and the customers to score; [`writing`]
//! makes the tables and [`showing`] fills the report, the verdict first.

mod reading;
mod settings;
mod showing;
mod writing;

use self::reading::{Read, Scored};
use self::settings::ModelUplift;
use super::examples;
use super::words::model_uplift as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::stage::{Context, Finding, Input, Kind, Known, MAIN, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::uplift::{UPLIFT, UPLIFT_CHOICE, UPLIFT_DECILES, UPLIFT_JUDGED, UPLIFT_VERDICT};
use crate::uplift::UpliftError;
use crate::uplift::crossed::{Crossed, crossed};
use crate::uplift::judging::{Judged, Point, curve, judged};
use crate::uplift::money::Money;
use crate::uplift::rate::halves;
use crate::uplift::shrinking::{Decile, Shrinkage, deciles};
use crate::uplift::verdict::{ArmVerdict, Choice, choice, verdicts};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "model-uplift",
    version: 2,
    meaning: "Learns from trials with a control group whom a contact changes, says first whether to target, contact everybody or nobody, and gives each customer and offer an effect with its interval and its worth in money.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.results]
kind = "ingest"
paths = ["trial.csv"]

[stage.uplift]
kind = "model-uplift"
outcomes = "results"
features = "features"
arm = "arm"
control = "control"
outcome = "bought"
margin = 12
contact_cost = 0.8
"#,
    ],
    read: read_as::<ModelUplift>,
    schema: schema_of::<ModelUplift>,
};

/// What a run found.
struct Found {
    read: Read,
    scored: Scored,
    crossed: Crossed,
    money: Money,
    /// Names of the learners, the one that is handed on first.
    learners: Vec<&'static str>,
    /// By arm, as what follows.
    verdicts: Vec<ArmVerdict>,
    shrinkage: Vec<Shrinkage>,
    judged: Vec<Vec<Judged>>,
    deciles: Vec<Vec<Decile>>,
    curves: Vec<Vec<Point>>,
    choice: Option<Choice>,
}

impl Stage for ModelUplift {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![
            self.outcomes.input("outcomes", Need::Table(&CUSTOMERS)),
            self.features.input("features", Need::Table(&CUSTOMERS)),
        ];
        inputs.extend(self.score.iter().map(|stage| stage.input("score", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&UPLIFT)
            .and("judged", &UPLIFT_JUDGED)
            .and("verdict", &UPLIFT_VERDICT)
            .and("choice", &UPLIFT_CHOICE)
            .and("deciles", &UPLIFT_DECILES)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let Some(read) = self.read(cx)? else {
            return nothing_yet(cx);
        };
        let scored = self.scored(cx, &read)?;
        let named = |error: UpliftError| refused(error, &self.control, &read.offers);
        let (trial, money) = (&read.trial, self.money());
        let crossed = crossed(trial, &self.plan(cx.seed)).map_err(named)?;
        (cx.progress)(0.6);
        let halves = halves(trial.person(), trial.persons(), self.draws.get() as usize, cx.seed);
        let verdicts = verdicts(trial, &crossed, &money, &halves);
        let arms: Vec<u32> = (1..=trial.arms()).collect();
        // Where it is estimated to pay on nearly everybody or nobody, orders are compared at one half.
        let share = |verdict: &ArmVerdict| if (0.05..=0.95).contains(&verdict.share) { verdict.share } else { 0.5 };
        let shrinkage: Vec<Shrinkage> = crossed.arms.iter().map(|own| Shrinkage::learn(trial, own)).collect();
        let found = Found {
            judged: (arms.iter().zip(&verdicts))
                .map(|(&arm, verdict)| judged(trial, &crossed, arm, &money, share(verdict), &halves))
                .collect(),
            deciles: crossed
                .arms
                .iter()
                .zip(&shrinkage)
                .map(|(own, shrinkage)| deciles(trial, own, shrinkage))
                .collect(),
            curves: crossed.arms.iter().map(|own| curve(trial, own, &money)).collect(),
            choice: choice(trial, &crossed, &money),
            learners: self.learners().iter().map(|row| row.name).collect(),
            read,
            scored,
            crossed,
            money,
            verdicts,
            shrinkage,
        };
        (cx.progress)(0.9);
        found.write(cx, &self.control)?;
        found.show(cx);
        Ok(())
    }
}

/// All tables without a row: before the first trial is over nothing is known of any effect, and the rest of the pipeline goes on.
fn nothing_yet(cx: &mut Context) -> Result<()> {
    cx.write(MAIN, &UPLIFT, &[])?;
    cx.write("judged", &UPLIFT_JUDGED, &[])?;
    cx.write("verdict", &UPLIFT_VERDICT, &[])?;
    cx.write("choice", &UPLIFT_CHOICE, &[])?;
    cx.write("deciles", &UPLIFT_DECILES, &[])
}

/// Why nothing is said, with arms by name.
fn refused(error: UpliftError, control: &str, offers: &[String]) -> Box<Problem> {
    let (code, said) = match &error {
        UpliftError::ArmTooSmall { arm, customers, least } => {
            let name = arm.checked_sub(1).and_then(|place| offers.get(place as usize)).map_or(control, String::as_str);
            let said = format!("the arm `{name}` has {customers} customers, at least {least} are needed");
            let help = "wait for more results, leave the arm out, or set `least_customers`";
            return Problem::new(&codes::TOO_LITTLE_DATA, said).help(help.to_owned()).boxed();
        }
        UpliftError::SameOutcome { .. } => (&codes::TOO_LITTLE_DATA, error.to_string()),
        other => (&codes::BAD_DATA, other.to_string()),
    };
    Problem::new(code, said)
        .help("look at `outcomes`: one row per customer and trial with the arm, what came of it and, if known, the chance of the arm".to_owned())
        .boxed()
}
