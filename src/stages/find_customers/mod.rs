//! `find-customers`: who would respond, learned from a small trial, or who is like those of a seed list.
//!
//! The practice is in the pure room `response`. In reading order: [`settings`]; [`reading`] has candidates, trial and seeds; this file learns
//! and scores; [`keeping`] keeps the model of responses in the registry until another one wins; [`writing`] makes the tables and [`showing`]
//! fills the report. No model of look-alikes is kept: distances need none, and a classifier learns from all candidates that they are not on
//! the list, so each is scored by models of the same run that did not see it.

mod keeping;
mod reading;
mod settings;
mod showing;
mod writing;

use std::collections::BTreeMap;

use self::keeping::{Kept, files};
use self::reading::Read;
use self::settings::FindCustomers;
use super::examples;
use super::reason_texts;
use super::rows::bad;
use super::succession::about;
use super::train_churn::{how_chosen, meaning};
use super::words::find_customers as say;
use crate::churn::reasons::{Reason, all_reasons};
use crate::churn::succession::Due;
use crate::churn::watch::Typical;
use crate::churn::{Card, Labelled, final_model, judge};
use crate::diagnostics::{Problem, Result, codes};
use crate::learning::leakage::Suspicion;
use crate::learning::selection::Candidate;
use crate::learning::{Matrix, Model, save};
use crate::report::{Unit, Value};
use crate::response::Claim;
use crate::response::ResponseError;
use crate::response::alike::{Found, Method, better, chance_of_being_listed, found, near, of_their_kind};
use crate::response::band::Band;
use crate::response::contest::{Tried, add_baseline, divided, gain, leave_out_useless, try_response};
use crate::response::depth::{Depths, Money, by_depth};
use crate::response::leaks::suspect;
use crate::response::learned::outcomes;
use crate::response::proof::Proof;
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::response::{FOUND_CUSTOMERS, RESPONSE_DEPTH, RESPONSE_JUDGED, TRIAL_PLAN};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "find-customers",
    version: 2,
    meaning: "Scores who would respond when contacted, learned from a small trial, with expected profit and the depth that pays; or who is like those of a seed list. Says how large a trial must be.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.trial]
kind = "sql"
inputs = ["features"]
query = "SELECT customer, CASE WHEN recency_days < 60 THEN 'Yes' ELSE 'No' END AS outcome FROM features WHERE customer < 'c25' ORDER BY customer"
columns = { customer = "text", outcome = "text" }

[stage.prospects]
kind = "find-customers"
features = "features"
trial = "trial"
exclude = ["recency_days"]
margin = 20
cost = 1
"#,
    ],
    read: read_as::<FindCustomers>,
    schema: schema_of::<FindCustomers>,
};

/// Steps of the depth.
const STEPS: usize = 20;

/// Scores of the candidates, row by row.
struct Scores {
    claim: Claim,
    score: Vec<f64>,
    band: Vec<(f64, f64)>,
    /// NaN where it is not known.
    profit: Vec<f64>,
    /// NaN where it is not known.
    similarity: Vec<f64>,
    /// Empty where a score comes of distances.
    reasons: Vec<Vec<String>>,
}

/// What a run found.
struct FoundCustomers {
    read: Read,
    /// Persons whom the model that scores learned from.
    learned_from: u64,
    proof: Proof,
    scores: Scores,
    /// Profit by depth, where a margin is given.
    depths: Option<Depths>,
    /// What nearest neighbours and the classifier find of held-out seeds, and which of them scores.
    methods: Option<([Found; 2], Method)>,
}

impl Stage for FindCustomers {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.features.input("features", Need::Table(&CUSTOMERS))];
        inputs.extend(self.trial.iter().map(|stage| stage.input("trial", Need::Table(&CUSTOMERS))));
        inputs.extend(self.seed.iter().map(|stage| stage.input("seed", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&FOUND_CUSTOMERS)
            .and("judged", &RESPONSE_JUDGED)
            .and("depth", &RESPONSE_DEPTH)
            .and("plan", &TRIAL_PLAN)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn speaks(&self) -> bool {
        true
    }

    fn keeps_champion(&self) -> bool {
        self.trial.is_some()
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let read = self.read(cx)?;
        let all = match read.claim {
            Claim::Response => self.respond(cx, read)?,
            Claim::LookAlike => self.look_alike(cx, read)?,
        };
        (cx.progress)(0.9);
        all.write(cx, self)?;
        all.tell(cx, self);
        all.show(cx, self);
        Ok(())
    }
}

impl FindCustomers {
    /// Scores who would respond, by the active model or by a new one that takes over.
    fn respond(&self, cx: &mut Context, read: Read) -> Result<FoundCustomers> {
        let data = divided(read.labelled().map_err(bad)?, read.labels.clone(), self.folds.get() as usize, cx.seed);
        let persons = read.persons();
        let outcomes = format!("{:016x}", outcomes(&persons, &read.labels));
        let succession = match self.in_force(cx, &read, data.as_ref().ok(), &outcomes)? {
            Some((now, Due::No(why))) => {
                let kept = self.keep(cx, now, &why)?;
                return self.responses(cx, read, kept);
            }
            other => other,
        };
        self.refuse_one_sided(&read)?;
        let mut data = data.map_err(refused)?;
        self.leave_out(cx, &mut data)?;
        (cx.progress)(0.05);
        let models = self.rows_of_models();
        let (contest, progress) = (self.contest(&models, cx.seed), cx.progress);
        let tried = try_response(&data, &contest, &|share| progress(0.05 + 0.6 * share)).map_err(refused)?;
        let model = final_model(&data, &tried.trials, cx.seed).map_err(bad)?;
        self.watch(cx, &data, &tried)?;
        let judgement = judge(&data, &tried.trials, &contest).map_err(bad)?;
        let gain = gain(&data, &tried.trials, &judgement, cx.seed).map_err(refused)?;
        let proof = Proof::of(&data, &tried, &judgement, gain).map_err(bad)?;
        let target =
            say::TARGET.with([("outcome", self.outcome.as_str().into()), ("positive", self.positive.as_str().into())]);
        let mut about = about(cx, self, &target, &how_chosen(&tried.trials));
        about.data.insert(self.outcomes_of(), outcomes);
        let card = Card::of(&data, &tried.trials, &judgement, about, |column| meaning(column).english());
        let card = serde_json::to_string_pretty(&card).expect("a card is plain data");
        let new = files(save(&*model), card, &proof, &persons);
        let kept = self.hand_on(cx, (&data, &tried.trials), succession, &new)?;
        self.responses(cx, read, kept)
    }

    /// Scores who is like those of the seed list.
    fn look_alike(&self, cx: &mut Context, read: Read) -> Result<FoundCustomers> {
        let labelled = read.labelled().map_err(bad)?;
        let mut data = divided(labelled, read.labels.clone(), self.folds.get() as usize, cx.seed).map_err(refused)?;
        self.leave_out(cx, &mut data)?;
        (cx.progress)(0.05);
        let models = self.rows_of_models();
        let (contest, progress) = (self.contest(&models, cx.seed), cx.progress);
        let mut tried = try_response(&data, &contest, &|share| progress(0.05 + 0.6 * share)).map_err(refused)?;
        let model = final_model(&data, &tried.trials, cx.seed).map_err(bad)?;
        let (scores, methods) = alike(cx, &read, (&data, &mut tried), &*model)?;
        let judgement = judge(&data, &tried.trials, &contest).map_err(bad)?;
        let gain = gain(&data, &tried.trials, &judgement, cx.seed).map_err(refused)?;
        let proof = Proof::of(&data, &tried, &judgement, gain).map_err(bad)?;
        let learned_from = data.labels.len() as u64;
        Ok(FoundCustomers { read, learned_from, proof, scores, depths: None, methods: Some(methods) })
    }

    /// Leaves out constants and identifiers, and names columns that know the answer.
    fn leave_out(&self, cx: &mut Context, data: &mut Labelled) -> Result<()> {
        for finding in leave_out_useless(data).map_err(refused)? {
            let column = ("column", finding.column.as_str().into());
            let auc = |area: f64| ("auc", Value::Number(area, Unit::Number(3)));
            match finding.suspicion {
                Suspicion::Constant => {}
                Suspicion::Identifier { .. } => cx.note(say::IDENTIFIER.with([column])),
                Suspicion::TooGood { roc_auc } => cx.note(say::TOO_GOOD.with([column, auc(roc_auc)])),
                Suspicion::AbsenceTells { roc_auc } => cx.note(say::ABSENCE.with([column, auc(roc_auc)])),
            }
        }
        Ok(())
    }

    /// Names a column that alone does what all others do together.
    fn watch(&self, cx: &mut Context, data: &Labelled, tried: &Tried) -> Result<()> {
        let member = tried.trials.members()[0];
        let Some(settings) = &tried.trials.settings[member] else { return Ok(()) };
        if let Some(found) = suspect(data, &tried.column, settings, cx.seed).map_err(bad)? {
            cx.note(say::SUSPECT.with([
                ("column", found.column.as_str().into()),
                ("alone", Value::Number(found.alone, Unit::Number(3))),
                ("others", Value::Number(found.others, Unit::Number(3))),
            ]));
        }
        Ok(())
    }

    /// Scores of candidates by a model of responses, and profit by depth of the persons of its trial.
    fn responses(&self, cx: &Context, read: Read, kept: Kept) -> Result<FoundCustomers> {
        let Kept { model, card, proof } = kept;
        let (labels, judged) = (&proof.labels, &proof.scores);
        let band = Band::fit(labels, judged).map_err(bad)?;
        let rows = read.candidates().map_err(bad)?;
        let score = card.scores(&*model, &rows).map_err(bad)?;
        let money = self.money();
        let depths = match money {
            Some(money) => Some(by_depth(labels, judged, money, STEPS, cx.seed).map_err(refused)?),
            None => None,
        };
        let profit = |score: &f64| money.map_or(f64::NAN, |money| money.per_contact(*score));
        let scores = Scores {
            claim: Claim::Response,
            band: score.iter().map(|score| band.around(*score)).collect(),
            profit: score.iter().map(profit).collect(),
            similarity: vec![f64::NAN; score.len()],
            reasons: why(cx, &card.typical, &*model, &rows)?,
            score,
        };
        Ok(FoundCustomers { read, learned_from: card.rows, proof, scores, depths, methods: None })
    }

    /// What a response brings and a contact costs, where a margin is given.
    fn money(&self) -> Option<Money> {
        Some(Money { margin: self.margin?.get(), cost: self.cost.get() })
    }
}

/// Why rows have their scores, in the language of the run.
fn why(
    cx: &Context,
    typical: &BTreeMap<String, Typical>,
    model: &dyn Model,
    rows: &Matrix,
) -> Result<Vec<Vec<String>>> {
    let tell = |reason: &Reason| cx.speech.in_words(&reason_texts::reason(reason));
    all_reasons(model, rows, typical, tell).map_err(bad)
}

/// Scores of candidates by likeness to seeds, by the method that finds more of those held out.
fn alike(
    cx: &Context,
    read: &Read,
    (data, tried): (&Labelled, &mut Tried),
    model: &dyn Model,
) -> Result<(Scores, ([Found; 2], Method))> {
    let near = near(data, cx.seed).map_err(refused)?;
    let methods = [found(data, &near.scores), found(data, tried.trials.reported_scores())];
    let method = better(&methods[0], &methods[1]);
    let rows = read.candidates().map_err(bad)?;
    let (similarity, by_distance) = near.of(data, &rows).map_err(refused)?;
    let (of_folds, listed) = match method {
        Method::Nearest => (near.scores.clone(), by_distance),
        Method::Classifier => {
            let of_folds = tried.trials.reported_scores().to_vec();
            let mut listed = model.score(&rows).map_err(bad)?;
            unseen(data, &of_folds, &read.scored, &mut listed);
            (of_folds, listed)
        }
    };
    let chance = chance_of_being_listed(data, &of_folds);
    let (labels, judged) = out_of_fold(data, &of_folds);
    let band = Band::fit(&labels, &judged).map_err(bad)?;
    let kind = |chance_listed: f64| of_their_kind(chance_listed, chance);
    let around = |listed: &f64| {
        let (low, high) = band.around(*listed);
        (kind(low), kind(high))
    };
    let scores = Scores {
        claim: Claim::LookAlike,
        score: listed.iter().map(|listed| kind(*listed)).collect(),
        band: listed.iter().map(around).collect(),
        profit: vec![f64::NAN; listed.len()],
        similarity,
        reasons: match method {
            Method::Nearest => vec![Vec::new(); listed.len()],
            Method::Classifier => why(cx, &typical(&data.matrix), model, &rows)?,
        },
    };
    let name = Method::Nearest.name().to_owned();
    add_baseline(&mut tried.trials, Candidate { name, complexity: 0, scores: near.scores });
    Ok((scores, (methods, method)))
}

/// Puts in place of candidates' scores those by models that did not see them: everybody who is not on the list was learned from as such, so the
/// model that is learned from all knows that they are not.
fn unseen(data: &Labelled, of_folds: &[Vec<f64>], candidates: &[u32], scores: &mut [f64]) {
    let judged = data.folds.iter().zip(of_folds).flat_map(|(fold, scores)| fold.test.iter().zip(scores));
    let by_row: BTreeMap<u32, f64> = judged.map(|(row, score)| (*row, *score)).collect();
    for (candidate, score) in candidates.iter().zip(scores) {
        *score = by_row.get(candidate).copied().unwrap_or(*score);
    }
}

/// Labels and scores of all judged rows, fold after fold.
fn out_of_fold(data: &Labelled, scores: &[Vec<f64>]) -> (Vec<bool>, Vec<f64>) {
    let rows: Vec<u32> = data.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
    (data.truth(&rows), scores.concat())
}

fn typical(matrix: &Matrix) -> BTreeMap<String, Typical> {
    matrix.columns().iter().map(|column| (column.name.clone(), Typical::of(&column.values))).collect()
}

fn refused(error: ResponseError) -> Box<Problem> {
    let (code, help) = match error {
        ResponseError::TooFew { .. } => {
            (&codes::TOO_LITTLE_DATA, "mail more persons, wait for more outcomes, or give a longer list")
        }
        _ => (&codes::BAD_DATA, "name the columns to learn from, leave others out with `exclude`, and check amounts"),
    };
    Problem::new(code, error.to_string()).help(help.to_owned()).boxed()
}
