//! Shops: what customers are worth by their orders.

use super::settings::ValueCustomers;
use super::tables::{covariates, item_costs};
use super::{DAYS, INTERVAL, Valued};
use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{After, AfterError, AsOf, Orders};
use crate::stage::Context;
use crate::stages::orders::{Wanted, orders as orders_of};
use crate::stages::persons::Places;
use crate::stages::words::value_customers as say;
use crate::value::{Ahead, Forecasts, expected, forecast};
use crate::worth::challenger::{Said, TWO_PART, TwoPart};
use crate::worth::judging::rank_correlation;
use crate::worth::ledger::{Costs, Outcome};
use crate::worth::origins::{Known, MoneyModel, Plan, Trial, best, dates, fit_all, fittable, lessons, trials};

/// What came of customers after a date: purchases and money of these names within a horizon; nothing where it is not over.
pub(super) type Came = dyn Fn(&[String], i64, i64) -> Option<Vec<(u32, f64)>>;

/// Values the customers of a shop.
pub(super) fn value(settings: &ValueCustomers, cx: &mut Context) -> Result<(Valued, Box<Came>)> {
    let orders = settings.orders.as_ref().expect("checked: orders or contracts");
    let history = orders_of(cx, &orders.0, Wanted::HISTORY)?;
    let (names, items) = (history.customers.to_vec(), history.items.to_vec());
    let history = history.orders;
    cx.made.rows_in = history.lines() as u64;
    let as_of = cx.as_of()?;
    let costs = costs(settings, cx, &items)?;
    let ids: Vec<u32> = (0..names.len() as u32).collect();
    let (classes, sets) = match &settings.covariates {
        Some(table) => covariates(cx, table, &Places::of(&names), ids.len())?,
        None => (Vec::new(), Vec::new()),
    };
    let plan = Plan {
        horizon: settings.horizon.days(),
        season: settings.season,
        opportunity: settings.opportunity.as_ref().map(|span| span.days() as i32),
        models: settings.models.iter().map(|model| model.name).collect(),
        active: None,
        sample: settings.sample.get() as usize,
        seed: cx.seed,
    };
    let known = Known::new(AsOf::new(&history, as_of.midnight()), ids.clone(), &costs, &classes, &plan);
    fittable(&known.records).map_err(too_little)?;
    note_season(cx, &plan, &known);

    // Past dates, on customers evenly taken.
    let step = ids.len().div_ceil(plan.sample).max(1);
    let few: Vec<u32> = ids.iter().step_by(step).copied().collect();
    let start = known.ledger.start().unwrap_or(as_of.days());
    let origins = dates(as_of.days(), start, plan.horizon as i32, settings.origins.get());
    let progress = |done: f64| (cx.progress)(0.7 * done);
    let trials = trials(&history, &few, &costs, (&classes, &sets), &plan, (&origins, as_of.days()), &progress)
        .map_err(|error: AfterError| Problem::new(&codes::BAD_DATA, error.to_string()).boxed())?;
    if origins.is_empty() {
        cx.note(&say::NO_ORIGINS);
    }

    let (fitted, failed) = fit_all(&known, &sets, &plan);
    for (name, error) in &failed {
        cx.note(say::NOT_FITTED.with([("model", (*name).into()), ("reason", error.to_string().into())]));
    }
    if fitted.is_empty() {
        return Problem::new(&codes::TOO_LITTLE_DATA, "no model of purchases could be fitted")
            .help(failed.first().map_or("try other `models`".to_owned(), |(name, error)| format!("{name}: {error}")))
            .err();
    }
    let winner = best(&trials, settings.choose_by.0.0);
    // Of those that could be fitted to all that is known; the challenger is none of them.
    let place = |name: &str| fitted.iter().position(|model| model.name == name);
    let purchases: Vec<Trial> = trials.iter().filter(|trial| place(trial.model).is_some()).cloned().collect();
    let judged_best = best(&purchases, settings.choose_by.0.0).and_then(place);
    let leading = judged_best.unwrap_or(0);
    let money_model = known.money();
    note_money(cx, &money_model, known.margin);
    let money = money_model.of(&known.spends, &known.own);
    let ahead = ahead(settings, &known);
    let main = &fitted[leading];
    let all = forecast(&*main.model, &known.records, money, &ahead);
    let mut valued = base(&known, &names, &all, &ahead, |at| money.each(at));
    valued.chosen = main.name.to_owned();
    for model in &fitted {
        let likelihood = [("log_likelihood", model.log_likelihood)];
        let own = model.parameters.iter().chain(&likelihood);
        valued
            .parameters
            .extend(own.map(|(parameter, value)| (model.name.to_owned(), (*parameter).to_owned(), *value)));
    }
    if let Some(index) = &known.season {
        let months = index.index.iter().zip(1..);
        valued
            .parameters
            .extend(months.map(|(value, month)| ("season".to_owned(), format!("month_{month:02}"), *value)));
    }

    // Every other model's forecast within the horizon.
    let horizon = known.ahead(plan.horizon);
    for model in &fitted {
        let expected = expected(&*model.model, &known.records, horizon);
        valued.by_model.push((model.name.to_owned(), in_money(&expected, &known, |at| money.each(at))));
    }
    if plan.models.contains(&TWO_PART) && plan.opportunity.is_none() {
        match learner(&history, &few, &costs, &plan, &known, as_of.days()) {
            Ok(said) => {
                let own = |said: &Said| if known.margin { said.money } else { said.purchases };
                valued.by_model.push((TWO_PART.to_owned(), said.iter().map(own).collect()));
            }
            Err(reason) => cx.note(say::NOT_FITTED.with([("model", TWO_PART.into()), ("reason", reason.into())])),
        }
    }
    let (model, criterion) = (valued.chosen.as_str(), settings.choose_by.0.1);
    let seen = origins.len() as u64;
    if judged_best.is_none() {
        cx.note(say::FIRST_FITTED.with([("model", model.into())]));
    } else {
        cx.note(say::CHOSEN.with([("model", model.into()), ("criterion", criterion.into()), ("dates", seen.into())]));
    }
    // It knows one horizon only: beside it the other columns of a row would say something else.
    if winner == Some(TWO_PART) {
        cx.note(say::CHALLENGER_BETTER.with([
            ("challenger", TWO_PART.into()),
            ("model", model.into()),
            ("criterion", criterion.into()),
            ("dates", seen.into()),
        ]));
    }
    let lead = valued.by_model.iter().find(|(name, _)| *name == valued.chosen).map(|(_, values)| values.clone());
    for (name, values) in valued.by_model.iter().filter(|(name, _)| *name != valued.chosen) {
        if let Some(lead) = &lead {
            cx.metric(&format!("rank_correlation_{}", name.replace('-', "_")), rank_correlation(lead, values));
        }
    }
    valued.trials = trials;

    let until = as_of.midnight();
    let margin = known.margin;
    let names = valued.customers.clone();
    let places: Vec<u32> = known.buyers.clone();
    drop(known);
    let came = move |customers: &[String], from: i64, days: i64| {
        let after = After::new(&history, from, days, until).ok()?;
        let id = |name: &String| names.binary_search(name).ok().map(|at| places[at]);
        let ids: Vec<Option<u32>> = customers.iter().map(id).collect();
        let there: Vec<u32> = ids.iter().flatten().copied().collect();
        let mut outcome = Outcome::new(after, &there, &costs);
        if let Some(each) = plan.opportunity {
            outcome.purchases = Outcome::of_opportunities(after, &there, i64::from(each));
        }
        let money = if margin { outcome.margin } else { vec![f64::NAN; there.len()] };
        let mut rows = outcome.purchases.into_iter().zip(money);
        // A customer of an earlier run who is no longer in the data bought nothing that is known.
        Some(ids.iter().map(|id| id.and_then(|_| rows.next()).unwrap_or((0, 0.0))).collect())
    };
    Ok((valued, Box::new(came)))
}

fn too_little(error: crate::value::ValueError) -> Box<Problem> {
    Problem::new(&codes::TOO_LITTLE_DATA, error.to_string())
        .help("give a longer history, or leave this stage out until customers have come back".to_owned())
        .boxed()
}

fn costs(settings: &ValueCustomers, cx: &mut Context, items: &[String]) -> Result<Costs> {
    let item = match &settings.costs {
        Some(stage) => item_costs(cx, stage, items)?,
        None => Vec::new(),
    };
    let costs = Costs { margin: settings.margin.map(|margin| margin.get()), item };
    if !costs.known() {
        cx.note(&say::NO_MARGIN);
    } else if costs.margin.is_none() && costs.item.iter().any(|cost| cost.is_nan()) {
        cx.note(&say::MARGIN_IN_PART);
    }
    Ok(costs)
}

fn note_season(cx: &mut Context, plan: &Plan, known: &Known) {
    match &known.season {
        Some(index) => {
            let busiest = (0..12).max_by(|&a, &b| index.index[a].total_cmp(&index.index[b])).unwrap_or(0);
            cx.metric("season_highest", index.index[busiest]);
            if !index.is_whole() {
                cx.note(&say::SEASON_IN_PART);
            }
        }
        None if plan.season && plan.opportunity.is_none() => cx.note(&say::NO_SEASON),
        None => {}
    }
}

fn note_money(cx: &mut Context, model: &MoneyModel, margin: bool) {
    match model {
        MoneyModel::GammaGamma(model) => {
            cx.metric("gamma_gamma_p", model.p);
            cx.metric("gamma_gamma_q", model.q);
            cx.metric("gamma_gamma_gamma", model.gamma);
            cx.metric("money_frequency_correlation", model.correlation);
        }
        MoneyModel::Credible(_, why) => cx.note(say::CREDIBILITY.with([("reason", why.to_string().into())])),
        MoneyModel::None(why) if margin => cx.note(say::NO_MONEY.with([("reason", why.to_string().into())])),
        MoneyModel::None(_) => {}
    }
}

/// The horizons that are forecast: those of the table, and the one of the settings.
fn ahead(settings: &ValueCustomers, known: &Known) -> Ahead {
    let horizon = settings.horizon.days();
    let mut days: Vec<i64> = DAYS.iter().copied().chain([horizon]).collect();
    days.sort_unstable();
    days.dedup();
    let waits =
        [1, 2, 3, 4, 5, 7, 10, 14, 21, 28, 42, 56, 77, 105, 140, 182, 238, 308, 365, 545, 730, 1095, 1825, 3650];
    Ahead {
        horizons: days.iter().map(|&days| known.ahead(days)).collect(),
        main: days.iter().position(|&days| days == horizon).unwrap_or(0),
        discount: known.discount(settings.interest.get()),
        share: INTERVAL,
        waits: waits.iter().map(|&days| known.ahead(days)).collect(),
    }
}

/// What the main model says.
fn base(known: &Known, names: &[String], all: &Forecasts, ahead: &Ahead, each: impl Fn(usize) -> f64 + Sync) -> Valued {
    let count = known.buyers.len();
    let money = |at: usize| if known.margin { each(at) } else { f64::NAN };
    let bought = |at: usize| known.ledger.of(known.buyers[at]);
    let since = |at: usize, days: i32| bought(at).day.partition_point(|&day| day < known.ledger.as_of() - days);
    let amounts = |at: usize| if known.margin { bought(at).margin } else { bought(at).revenue };
    let column = |days: i64| {
        let at = ahead.horizons.iter().position(|&horizon| horizon == known.ahead(days)).unwrap_or(ahead.main);
        all.expected[at].clone()
    };
    let ids = known.ledger.ids();
    let two_years = known.ledger.start().is_some_and(|start| known.ledger.as_of() - start >= 730);
    Valued {
        customers: known.buyers.iter().map(|&place| names[ids[place as usize] as usize].clone()).collect(),
        alive: all.alive.clone(),
        none: all.none.clone(),
        expected: all.expected[ahead.main].clone(),
        margin: (0..count).map(|at| all.expected[ahead.main][at] * money(at)).collect(),
        orders_interval: all.purchases.clone(),
        margin_interval: if known.margin { all.money.clone() } else { vec![[f64::NAN; 2]; count] },
        ahead: DAYS.map(column),
        each: (0..count).map(money).collect(),
        residual: all.residual.clone(),
        wait: all.wait.iter().map(|wait| wait.map(|time| days_of(known, time))).collect(),
        existing: (0..count)
            .map(|at| {
                let own: f64 = bought(at).margin.iter().sum();
                own - known.ledger.unmatched(known.buyers[at])[1]
            })
            .map(|margin| if known.margin { margin } else { f64::NAN })
            .collect(),
        now: (0..count).map(|at| amounts(at)[since(at, 365)..].iter().sum()).collect(),
        before: two_years
            .then(|| (0..count).map(|at| amounts(at)[since(at, 730)..since(at, 365)].iter().sum()).collect()),
        ..Valued::default()
    }
}

/// Calendar days in which so much of the records' time passes from the as-of date on.
fn days_of(known: &Known, time: f64) -> f64 {
    if time.is_nan() {
        return f64::NAN;
    }
    // Ten years at most, as far as waits are computed.
    let (mut low, mut high) = (0i64, 3650i64);
    while low < high {
        let middle = (low + high) / 2;
        if known.ahead(middle) < time { low = middle + 1 } else { high = middle }
    }
    low as f64
}

fn in_money(expected: &[f64], known: &Known, each: impl Fn(usize) -> f64) -> Vec<f64> {
    let worth = |at: usize| if known.margin { each(at) } else { 1.0 };
    expected.iter().enumerate().map(|(at, expected)| expected * worth(at)).collect()
}

/// What the two-part learner says of the customers now, learned from dates whose horizons are over.
fn learner(
    orders: &Orders,
    few: &[u32],
    costs: &Costs,
    plan: &Plan,
    known: &Known,
    as_of: i32,
) -> std::result::Result<Vec<Said>, String> {
    let lessons = lessons(orders, few, costs, plan, as_of);
    let learner = TwoPart::learn(lessons, known.margin, plan.seed).map_err(|error| error.to_string())?;
    known.said(&learner, plan.horizon).map_err(|error| error.to_string())
}
