//! Rolling origins: every model forecasts from dates whose horizon is over, and is judged by what came.

use super::candidates::{CANDIDATES, Candidate, Fitted, Material};
use super::challenger::{Features, Said, TWO_PART, TwoPart};
use super::judging::{Judgement, capture, gini};
use super::ledger::{Costs, Ledger, Outcome};
use super::season::season;
use crate::learning::LearningError;
use crate::numeric::calendar::DAY;
use crate::numeric::math::{ln, ln_gamma};
use crate::numeric::student::student_quantile;
use crate::orders::{After, AfterError, AsOf, Orders};
use crate::series::{Clock, MonthIndex};
use crate::value::outlook::{chance, most};
use crate::value::{
    Credibility, GammaGamma, Money, Own, Purchases, Record, Spend, ValueError, Within, aggregate, regularity, within,
};

/// The baseline beside the models: everybody goes on as in the year before.
pub const AS_BEFORE: &str = "as-before";
/// What it is, in a sentence.
pub const AS_BEFORE_MEANING: &str = "the baseline: each customer goes on as in the 365 days before";

/// Customers that the two-part learner learns from at each date at most.
const LEARNED: usize = 6_000;

/// What all models are given in the same way.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Days of the horizon that models are judged by.
    pub horizon: i64,
    /// Whether the seasonal index is used where there is enough history for one.
    pub season: bool,
    /// Days between opportunities to buy; `None` where purchases can come at any time.
    pub opportunity: Option<i32>,
    /// Names of the models to try; of those that do not suit the shop none is tried.
    pub models: Vec<&'static str>,
    /// Only customers who bought within as many days are forecast; `None` for all.
    pub active: Option<i32>,
    /// Customers at most that models are fitted to and judged by.
    pub sample: usize,
    /// Seed of the learner.
    pub seed: u64,
}

/// The shop as known at a date, ready for models.
pub struct Known {
    /// What was bought.
    pub ledger: Ledger,
    /// The season, where one can be seen and is asked for.
    pub season: Option<MonthIndex>,
    /// Seasonal time; opportunities have a time of their own.
    pub clock: Clock,
    /// Places of all buyers in the ledger.
    pub buyers: Vec<u32>,
    /// Their records.
    pub records: Vec<Record>,
    /// Whether money is margin; otherwise it is revenue.
    pub margin: bool,
    /// The mean of each buyer's purchases with money.
    pub spends: Vec<Spend>,
    /// The same with all purchases.
    pub own: Vec<Own>,
    opportunity: Option<i32>,
}

/// The model of money that is used.
pub enum MoneyModel {
    /// Gamma-gamma.
    GammaGamma(GammaGamma),
    /// Credibility, and why not gamma-gamma.
    Credible(Credibility, ValueError),
    /// None, and why.
    None(ValueError),
}

impl MoneyModel {
    /// With the customers' own money.
    pub fn of<'a>(&'a self, spends: &'a [Spend], own: &'a [Own]) -> Money<'a> {
        match self {
            MoneyModel::GammaGamma(model) => Money::GammaGamma(model, spends),
            MoneyModel::Credible(model, _) => Money::Credible(model, own),
            MoneyModel::None(_) => Money::Unknown,
        }
    }
}

impl Known {
    /// What was known of these customers at a date. `classes` has the number of each customer's covariates by id.
    pub fn new(known: AsOf, ids: Vec<u32>, costs: &Costs, classes: &[u32], plan: &Plan) -> Known {
        let ledger = Ledger::new(known, ids, costs);
        let season = if plan.season && plan.opportunity.is_none() { season(&ledger) } else { None };
        let start = i64::from(ledger.start().unwrap_or(ledger.as_of()));
        let flat = MonthIndex::flat();
        let clock = Clock::new(season.as_ref().unwrap_or(&flat), start, i64::from(ledger.as_of()) + 370);
        let buyers = ledger.buyers(None);
        let mut records = match plan.opportunity {
            Some(days) => ledger.opportunities(&buyers, days),
            None => ledger.records(&buyers, &clock),
        };
        for (record, &place) in records.iter_mut().zip(&buyers) {
            record.class = classes.get(ledger.ids()[place as usize] as usize).copied().unwrap_or(0);
        }
        let margin = costs.known();
        let (spends, own) = ledger.money(&buyers, margin, plan.opportunity);
        Known { ledger, season, clock, buyers, records, margin, spends, own, opportunity: plan.opportunity }
    }

    /// So many days from the as-of date on, in the time of the records.
    pub fn ahead(&self, days: i64) -> f64 {
        let as_of = i64::from(self.ledger.as_of());
        match self.opportunity {
            Some(each) => days as f64 / f64::from(each),
            None => self.clock.between(as_of, as_of + days) / 7.0,
        }
    }

    /// Days of the calendar in a unit of the records' time.
    pub fn unit_days(&self) -> f64 {
        self.opportunity.map_or(7.0, f64::from)
    }

    /// A continuous discount per unit of the records' time, by a yearly interest rate.
    pub fn discount(&self, yearly: f64) -> f64 {
        ln(1.0 + yearly) * self.unit_days() / 365.25
    }

    /// Every n-th of the records, so that at most so many are left.
    pub fn sample(&self, most: usize) -> Vec<Record> {
        let step = self.records.len().div_ceil(most.max(1)).max(1);
        self.records.iter().step_by(step).copied().collect()
    }

    /// What a candidate is fitted to.
    pub fn material<'a>(&self, records: &'a [Record], covariates: &'a [Vec<f64>]) -> Material<'a> {
        Material { records, covariates, regularity: regularity(records), opportunities: self.opportunity.is_some() }
    }

    /// Fits the model of money: gamma-gamma, or credibility where that is refused.
    pub fn money(&self) -> MoneyModel {
        let fitted = GammaGamma::fit(&self.spends).and_then(|model| match model.refusal() {
            Some(refusal) => Err(refusal),
            None => Ok(model),
        });
        match fitted {
            Ok(model) => MoneyModel::GammaGamma(model),
            Err(why) => match Credibility::fit(&self.own) {
                Ok(model) => MoneyModel::Credible(model, why),
                Err(error) => MoneyModel::None(error),
            },
        }
    }
}

/// One model judged at one date.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Name of the model.
    pub model: &'static str,
    /// The date, days since 1970-01-01.
    pub origin: i32,
    /// What came of its forecast; nothing where it could not be fitted, with the reason.
    pub judged: Result<Judgement, String>,
}

/// The dates of origins, the oldest first: `count` of them, each a horizon before the next, the last a horizon before `as_of`; those
/// with less history before them than a horizon, and than 90 days, are left out.
pub fn dates(as_of: i32, start: i32, horizon: i32, count: u32) -> Vec<i32> {
    let least = start + horizon.max(90);
    (1..=count as i32).rev().map(|back| as_of - back * horizon).filter(|date| *date >= least).collect()
}

/// Judges every model at every date. Models see nothing of what came after it.
///
/// # Errors
/// Never for [`dates`] of what was observed.
pub fn trials(
    orders: &Orders,
    ids: &[u32],
    costs: &Costs,
    (classes, covariates): (&[u32], &[Vec<f64>]),
    plan: &Plan,
    (origins, as_of): (&[i32], i32),
    progress: &dyn Fn(f64),
) -> Result<Vec<Trial>, AfterError> {
    let mut all = Vec::new();
    let until = i64::from(as_of) * DAY;
    for (done, &origin) in origins.iter().enumerate() {
        progress(done as f64 / origins.len() as f64);
        let midnight = i64::from(origin) * DAY;
        let known = Known::new(AsOf::new(orders, midnight), ids.to_vec(), costs, classes, plan);
        let judged = known.judged(plan);
        let places: Vec<u32> = judged.iter().map(|&at| known.buyers[at]).collect();
        let customers: Vec<u32> = places.iter().map(|&place| known.ledger.ids()[place as usize]).collect();
        let after = After::new(orders, midnight, plan.horizon, until)?;
        let mut outcome = Outcome::new(after, &customers, costs);
        if let Some(days) = plan.opportunity {
            outcome.purchases = Outcome::of_opportunities(after, &customers, i64::from(days));
        }
        let money = if known.margin { &outcome.margin } else { &outcome.revenue };
        let records: Vec<Record> = judged.iter().map(|&at| known.records[at]).collect();
        let spends: Vec<Spend> = judged.iter().map(|&at| known.spends[at]).collect();
        let own: Vec<Own> = judged.iter().map(|&at| known.own[at]).collect();
        let money_model = known.money();
        let each = money_model.of(&spends, &own);
        all.push(Trial {
            model: AS_BEFORE,
            origin,
            judged: Ok(as_before(&known, &places, plan.horizon, &outcome.purchases, money)),
        });
        let few = known.sample(plan.sample);
        let material = known.material(&few, covariates);
        for candidate in chosen(plan, &material) {
            let judged = match candidate.fit(&material) {
                None => continue,
                Some(Ok(fitted)) => {
                    let values: Vec<f64> = (0..records.len()).map(|at| each.each(at)).collect();
                    Ok(judge(&*fitted.model, &records, known.ahead(plan.horizon), &values, &outcome.purchases, money))
                }
                Some(Err(error)) => Err(error.to_string()),
            };
            all.push(Trial { model: candidate.name, origin, judged });
        }
        if plan.models.contains(&TWO_PART) && plan.opportunity.is_none() {
            let lessons = lessons(orders, ids, costs, plan, origin);
            let judged = TwoPart::learn(lessons, known.margin, plan.seed).map_err(|error| error.to_string()).and_then(
                |learner| {
                    let features = known.features(&places, &records, plan.horizon);
                    let said = learner.say(&features).map_err(|error| error.to_string())?;
                    Ok(judge_said(&said, &outcome.purchases, money))
                },
            );
            all.push(Trial { model: TWO_PART, origin, judged });
        }
    }
    Ok(all)
}

/// The candidates of a plan that suit the material.
pub fn chosen<'a>(plan: &'a Plan, material: &'a Material) -> impl Iterator<Item = &'static Candidate> + 'a {
    CANDIDATES.iter().filter(|candidate| plan.models.contains(&candidate.name) && candidate.suits(material))
}

/// Features and outcomes of dates before `origin` whose horizons closed by then: three, a month apart.
pub fn lessons(orders: &Orders, ids: &[u32], costs: &Costs, plan: &Plan, origin: i32) -> Vec<(Features, Outcome)> {
    let horizon = plan.horizon as i32;
    let few: Vec<u32> = ids.iter().step_by(ids.len().div_ceil(LEARNED).max(1)).copied().collect();
    let until = i64::from(origin) * DAY;
    let dates = (0..3).map(|back| origin - horizon - 30 * back);
    let lesson = |date: i32| {
        let midnight = i64::from(date) * DAY;
        let known =
            Known::new(AsOf::new(orders, midnight), few.clone(), costs, &[], &Plan { season: false, ..plan.clone() });
        let start = known.ledger.start()?;
        let judged = known.judged(plan);
        if start > date - 60 || judged.is_empty() {
            return None;
        }
        let places: Vec<u32> = judged.iter().map(|&at| known.buyers[at]).collect();
        let records: Vec<Record> = judged.iter().map(|&at| known.records[at]).collect();
        let customers: Vec<u32> = places.iter().map(|&place| known.ledger.ids()[place as usize]).collect();
        let after = After::new(orders, midnight, plan.horizon, until).ok()?;
        Some((known.features(&places, &records, plan.horizon), Outcome::new(after, &customers, costs)))
    };
    dates.filter_map(lesson).collect()
}

impl Known {
    /// Places among the buyers of those who are forecast.
    pub fn judged(&self, plan: &Plan) -> Vec<usize> {
        let since = plan.active.map_or(i32::MIN, |days| self.ledger.as_of() - days);
        let active = |at: &usize| self.ledger.of(self.buyers[*at]).day.last().is_some_and(|last| *last >= since);
        (0..self.buyers.len()).filter(active).collect()
    }

    /// The learner's features of some places.
    pub fn features(&self, places: &[u32], records: &[Record], horizon: i64) -> Features {
        let as_of = i64::from(self.ledger.as_of());
        let season = self.clock.between(as_of, as_of + horizon);
        Features::new(&self.ledger, places, records, self.margin, horizon as f64, season)
    }
}

impl Known {
    /// What the learner says of all buyers, a part of them at a time: their features need more memory than all else.
    ///
    /// # Errors
    /// Never for a learner that learned from [`Known::features`].
    pub fn said(&self, learner: &TwoPart, horizon: i64) -> Result<Vec<Said>, LearningError> {
        const PART: usize = 1 << 16;
        let mut all = Vec::with_capacity(self.buyers.len());
        for (places, records) in self.buyers.chunks(PART).zip(self.records.chunks(PART)) {
            all.extend(learner.say(&self.features(places, records, horizon))?);
        }
        Ok(all)
    }
}

/// Figures of money are of the customers whose money is known, before and after.
fn judgement(
    forecast: &[f64],
    purchases: f64,
    log_likelihood: f64,
    covered: f64,
    came: &[u32],
    money: &[f64],
) -> Judgement {
    let customers = came.len() as u64;
    let known = forecast.iter().zip(money).filter(|(forecast, money)| forecast.is_finite() && money.is_finite());
    let (forecast, money): (Vec<f64>, Vec<f64>) = known.unzip();
    Judgement {
        customers,
        log_likelihood: log_likelihood / customers.max(1) as f64,
        gini: gini(&forecast, &money),
        capture: capture(&forecast, &money, 0.1),
        promised: forecast.iter().sum(),
        came: money.iter().sum(),
        purchases_promised: purchases,
        purchases_came: came.iter().map(|&count| f64::from(count)).sum(),
        covered: covered / customers.max(1) as f64,
    }
}

fn judge(
    model: &dyn Purchases,
    records: &[Record],
    horizon: f64,
    each: &[f64],
    came: &[u32],
    money: &[f64],
) -> Judgement {
    let (distinct, of) = within(model, records, horizon);
    let one = |(&cell, came): (&u32, &u32)| {
        let Within { mean, tail } = &distinct[cell as usize];
        let log = ln(chance(tail, *came).max(1e-12));
        (*mean, log, (most(tail, 0.05)..=most(tail, 0.95)).contains(came))
    };
    let all: Vec<(f64, f64, bool)> = of.iter().zip(came).map(one).collect();
    let forecast: Vec<f64> = all.iter().zip(each).map(|(row, each)| row.0 * each).collect();
    let sum = |of: fn(&(f64, f64, bool)) -> f64| all.iter().map(of).sum::<f64>();
    judgement(&forecast, sum(|row| row.0), sum(|row| row.1), sum(|row| f64::from(row.2)), came, money)
}

fn judge_said(said: &[Said], came: &[u32], money: &[f64]) -> Judgement {
    let forecast: Vec<f64> = said.iter().map(|said| said.money).collect();
    let log = said.iter().zip(came).map(|(said, came)| said.log_chance(*came)).sum();
    judgement(&forecast, said.iter().map(|said| said.purchases).sum(), log, f64::NAN, came, money)
}

/// The year before goes on: purchases as a Poisson process of that rate, with half a purchase for those who had none.
fn as_before(known: &Known, places: &[u32], horizon: i64, came: &[u32], money: &[f64]) -> Judgement {
    let since = known.ledger.as_of() - 365;
    let share = horizon as f64 / 365.0;
    let (mut forecast, mut purchases, mut log) = (Vec::new(), 0.0, 0.0);
    for (&place, &came) in places.iter().zip(came) {
        let bought = known.ledger.of(place);
        let from = bought.day.partition_point(|&day| day < since);
        let all = if known.margin { bought.margin } else { bought.revenue };
        forecast.push(share * all[from..].iter().sum::<f64>());
        let count = known.ledger.counted_since(place, since, known.opportunity) as f64;
        let mean = share * count.max(0.5);
        purchases += share * count;
        log += f64::from(came) * ln(mean) - mean - ln_gamma(f64::from(came) + 1.0);
    }
    judgement(&forecast, purchases, log, f64::NAN, came, money)
}

/// The model that did best at the dates by a criterion: highest mean merit over the dates at which any of them could be judged, so that a date
/// at which nothing came counts for none; one that failed at any of these is left out. The simplest where two are equal. The baseline is never chosen; the challenger is compared, though it gives no forecasts.
pub fn best(trials: &[Trial], criterion: super::judging::Criterion) -> Option<&'static str> {
    let merit =
        |trial: &Trial| trial.judged.as_ref().ok().map(|judged| judged.merit(criterion)).filter(|m| m.is_finite());
    let names = CANDIDATES.iter().map(|candidate| candidate.name);
    let tried = trials.iter().filter(|trial| trial.model != AS_BEFORE && merit(trial).is_some());
    let origins: std::collections::BTreeSet<i32> = tried.map(|trial| trial.origin).collect();
    let mut best: Option<(&'static str, f64)> = None;
    for name in names {
        let merits: Vec<f64> = trials.iter().filter(|trial| trial.model == name).filter_map(merit).collect();
        // One that failed somewhere is not trusted.
        if merits.len() < origins.len() || merits.is_empty() {
            continue;
        }
        let mean = merits.iter().sum::<f64>() / merits.len() as f64;
        if best.is_none_or(|(_, highest)| mean > highest) {
            best = Some((name, mean));
        }
    }
    best.map(|(name, _)| name)
}

/// Fits the plan's candidates to all that is known; those that cannot be fitted with the reason.
pub fn fit_all(known: &Known, covariates: &[Vec<f64>], plan: &Plan) -> (Vec<Fitted>, Vec<(&'static str, ValueError)>) {
    let few = known.sample(plan.sample);
    let (sampled, whole) = (known.material(&few, covariates), known.material(&known.records, covariates));
    let (mut fitted, mut failed) = (Vec::new(), Vec::new());
    for candidate in chosen(plan, &sampled) {
        // The closed forms are fast enough for all customers; the sample says whether a model suits the shop.
        let material = if candidate.whole { &whole } else { &sampled };
        match candidate.fit(material) {
            None => {}
            Some(Ok(model)) => fitted.push(model),
            Some(Err(error)) => failed.push((candidate.name, error)),
        }
    }
    (fitted, failed)
}

/// Whether there is anything to fit models to: customers and repeat purchases.
///
/// # Errors
/// What is missing.
pub fn fittable(records: &[Record]) -> Result<(), ValueError> {
    let histories: Vec<_> = records.iter().map(|record| record.history).collect();
    let counted = aggregate(&histories)?;
    if counted.iter().all(|row| row.history.repeats == 0) { Err(ValueError::NoRepeats) } else { Ok(()) }
}

/// How far totals may be off by what past origins were off: the logarithms of truth over forecast, as root mean square, and the factor by
/// which an interval of `share` reaches to both sides. With so few origins Student's t distribution is used. Nothing below two origins.
pub fn spread(errors: &[f64], share: f64) -> Option<f64> {
    let count = errors.len();
    if count < 2 {
        return None;
    }
    let square = errors.iter().map(|error| error * error).sum::<f64>() / count as f64;
    Some(student_quantile(count as f64, share) * square.sqrt() * (1.0 + 1.0 / count as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worth::judging::Criterion;

    #[test]
    fn the_spread_of_few_origins_is_wide() {
        // Fisher and Yates, table III: 2.132 is the 90 % two-sided point with 4 degrees of freedom.
        assert_eq!(spread(&[0.1], 0.9), None);
        let wide = spread(&[0.1, -0.1, 0.1, -0.1], 0.9).expect("four origins");
        assert!((wide - 2.132 * 0.1 * 1.25f64.sqrt()).abs() < 1e-3, "{wide}");
    }

    #[test]
    fn origins_lie_a_horizon_apart_and_have_history_before_them() {
        assert_eq!(dates(1000, 0, 90, 4), [640, 730, 820, 910]);
        assert_eq!(dates(1000, 700, 90, 4), [820, 910]);
        assert!(dates(100, 50, 90, 4).is_empty());
    }

    #[test]
    fn customers_whose_money_is_not_known_are_judged_by_their_orders_alone() {
        let came = [1, 0, 2, 1];
        let all = judgement(&[5.0, 1.0, f64::NAN, 9.0], 3.0, -4.0, 4.0, &came, &[10.0, 0.0, 70.0, f64::NAN]);
        assert_eq!((all.customers, all.promised, all.came, all.gini), (4, 6.0, 10.0, 1.0));
        assert_eq!((all.purchases_promised, all.purchases_came), (3.0, 4.0));
        let none = judgement(&[f64::NAN; 4], 3.0, -4.0, 4.0, &came, &[1.0; 4]);
        assert!(none.gini.is_nan() && none.capture.is_nan() && none.bias().is_nan());
    }

    #[test]
    fn the_best_is_judged_at_every_date() {
        let trial = |model, origin, log_likelihood: f64| {
            let judged = if log_likelihood.is_nan() {
                Err("no".to_owned())
            } else {
                Ok(Judgement { log_likelihood, came: 1.0, promised: 1.0 - log_likelihood, ..Judgement::default() })
            };
            Trial { model, origin, judged }
        };
        let trials = [
            trial(AS_BEFORE, 1, 0.0),
            trial(AS_BEFORE, 2, 0.0),
            trial("bg-nbd", 1, -1.0),
            trial("bg-nbd", 2, -2.0),
            trial("mbg-nbd", 1, -0.5),
            trial("mbg-nbd", 2, f64::NAN),
            trial("pareto-nbd", 1, -1.0),
            trial("pareto-nbd", 2, -1.5),
        ];
        assert_eq!(best(&trials, Criterion::LogLikelihood), Some("pareto-nbd"));
        assert_eq!(best(&trials, Criterion::Bias), Some("pareto-nbd"));
        assert_eq!(best(&trials[..2], Criterion::LogLikelihood), None);
    }
}
