//! What the report shows of value: equity and its bridge, concentration, forecasts against the truth.

use super::Valued;
use super::memory::{Memory, date};
use super::parts::{CLASSES, Worth};
use super::settings::ValueCustomers;
use super::writing::all_totals;
use crate::report::{
    AbcClass, Body, Concentration, CustomerEquity, EquityPart, EquitySegment, EquityStep, ForecastDate, ForecastModel,
    Phrase, Section, Text, ValueForecast,
};
use crate::stage::Context;
use crate::stages::words::value_customers as say;
use crate::worth::equity::{SEGMENTS, STEPS};
use crate::worth::judging::Judgement;

pub(super) fn show(settings: &ValueCustomers, cx: &mut Context, valued: &Valued, worth: &Worth, memory: &Memory) {
    let step = cx.step.to_owned();
    cx.section(Section::new(&step, Body::CustomerEquity(equity(valued, worth, memory))).lead(&say::EQUITY_LEAD));
    cx.section(Section::new(&step, Body::Concentration(concentrated(settings, valued, worth))));
    let forecast = forecast(valued, memory);
    if !(forecast.models.is_empty() && forecast.published.is_empty()) {
        cx.section(Section::new(&step, Body::ValueForecast(forecast)).lead(&say::FORECAST_LEAD));
    }
}

fn short(money: i128) -> i64 {
    i64::try_from(money).unwrap_or(if money < 0 { i64::MIN } else { i64::MAX })
}

fn equity(valued: &Valued, worth: &Worth, memory: &Memory) -> CustomerEquity {
    let steps = memory.steps.iter().filter_map(|(step, customers, money)| {
        let (_, name, meaning) = STEPS.iter().find(|row| row.0 == *step)?;
        Some(EquityStep {
            name: Text::term("equity-step", name, *name),
            meaning: Text::term("equity-step-meaning", name, *meaning),
            customers: *customers,
            value: short(*money),
        })
    });
    let part = |name: &Phrase, meaning: &Phrase, column: &[Option<i64>], sign: i128| EquityPart {
        name: name.into(),
        meaning: meaning.into(),
        value: column.iter().map(|money| money.map(i128::from)).sum::<Option<i128>>().map(|sum| short(sign * sum)),
    };
    let totals = all_totals(valued, worth);
    let segments = totals.iter().map(|total| {
        let meaning = SEGMENTS.iter().find(|row| row.1 == total.segment).map_or("", |row| row.2);
        EquitySegment {
            name: Text::term("value-segment", total.segment, total.segment),
            meaning: Text::term("value-segment-meaning", total.segment, meaning),
            customers: total.customers,
            equity: total.equity.map(short),
            orders: total.orders[0],
            margin: total.margin,
        }
    });
    CustomerEquity {
        steps: steps.collect(),
        parts: vec![
            part(&say::EXISTING, &say::EXISTING_MEANING, &worth.existing, 1),
            part(&say::POTENTIAL, &say::POTENTIAL_MEANING, &worth.potential, 1),
            part(&say::INFLUENCE, &say::INFLUENCE_MEANING, &worth.influence, 1),
            part(&say::LEARNING, &say::LEARNING_MEANING, &worth.learning, 1),
            part(&say::CREDITED, &say::CREDITED_MEANING, &worth.credited, -1),
            part(&say::EQUITY, &say::EQUITY_MEANING, &worth.equity, 1),
        ],
        segments: segments.collect(),
    }
}

fn concentrated(settings: &ValueCustomers, valued: &Valued, worth: &Worth) -> Concentration {
    let found = &worth.concentration;
    let class = |at: usize| {
        let own =
            |(class, money): (&Option<u8>, &f64)| class.is_some_and(|class| usize::from(class) == at).then_some(*money);
        AbcClass {
            name: CLASSES[at].to_owned(),
            customers: found.sizes.get(at).copied().unwrap_or(0),
            money: worth.class.iter().zip(&valued.now).filter_map(own).sum(),
        }
    };
    Concentration {
        shares: found.pareto.clone(),
        gini: found.gini,
        classes: (0..CLASSES.len()).map(class).collect(),
        top: settings.top.get(),
        stayed: worth.stayed.map(|stayed| [stayed.top, stayed.returned, stayed.again]),
    }
}

/// A model's judgements at past dates.
fn judged<'a>(valued: &'a Valued, name: &'a str) -> impl Iterator<Item = &'a Judgement> {
    let own = valued.trials.iter().filter(move |trial| trial.model == name);
    own.filter_map(|trial| trial.judged.as_ref().ok())
}

fn forecast(valued: &Valued, memory: &Memory) -> ValueForecast {
    let money = valued.margin.iter().any(|margin| margin.is_finite());
    let mut names: Vec<&str> = Vec::new();
    for trial in &valued.trials {
        if !names.contains(&trial.model) {
            names.push(trial.model);
        }
    }
    let model = |name: &str| {
        let mean = |figure: &dyn Fn(&Judgement) -> f64| {
            let values: Vec<f64> = judged(valued, name).map(figure).filter(|value| value.is_finite()).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let figures = [
            mean(&|judged| judged.log_likelihood),
            mean(&|judged| judged.gini),
            mean(&|judged| judged.capture),
            mean(&|judged| judged.bias()),
            mean(&|judged| judged.covered),
        ];
        ForecastModel { name: name.to_owned(), chosen: name == valued.chosen, figures }
    };
    let own = valued.trials.iter().filter(|trial| trial.model == valued.chosen);
    let origins = own.filter_map(|trial| {
        let judged = trial.judged.as_ref().ok()?;
        let (promised, came) = match money {
            true => (judged.promised, judged.came),
            false => (judged.purchases_promised, judged.purchases_came),
        };
        Some(ForecastDate { date: date(trial.origin), promised, came, inside: judged.covered })
    });
    let published = memory.closed.iter().map(|(as_of, _, kept)| {
        let [promised, came] = if money && kept.money[0].is_finite() { kept.money } else { kept.purchases };
        ForecastDate { date: date(*as_of), promised, came, inside: kept.inside }
    });
    ValueForecast {
        models: names.into_iter().map(model).collect(),
        origins: origins.collect(),
        published: published.collect(),
        money,
    }
}
