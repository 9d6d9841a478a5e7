//! The four parts, equity, value segments and ABC classes of the customers.

use super::Valued;
use super::settings::ValueCustomers;
use super::tables::{counts, referrals, sums};
use crate::diagnostics::Result;
use crate::features::{Concentration, concentration};
use crate::stage::Context;
use crate::stages::persons::Places;
use crate::stages::words::value_customers as say;
use crate::worth::equity::{Segment, Stayed, segments, stayed};
use crate::worth::judging::ranks;
use crate::worth::parts::{Influence, Parts, influence};

/// Names of the ABC classes.
pub(super) const CLASSES: [&str; 3] = ["A", "B", "C"];

/// What customers are worth in parts. Money in ten-thousandths of the currency unit; `None` where it is not known.
pub(super) struct Worth {
    pub existing: Vec<Option<i64>>,
    pub potential: Vec<Option<i64>>,
    pub influence: Vec<Option<i64>>,
    pub learning: Vec<Option<i64>>,
    pub credited: Vec<Option<i64>>,
    pub equity: Vec<Option<i64>>,
    /// Value segment and ABC class; `None` where the money of the last 365 days is not known.
    pub segment: Vec<Option<Segment>>,
    pub class: Vec<Option<u8>>,
    /// Of the customers whose money is known.
    pub concentration: Concentration,
    pub stayed: Option<Stayed>,
    /// Lowest and highest forecast of any model.
    pub range: Vec<[f64; 2]>,
    /// The worst place under any model, 0 to 1; NaN where no model knows the customer's money.
    pub worst_rank: Vec<f64>,
}

/// Money as it is stored; nothing where it is not known or cannot be stored.
fn stored(money: f64) -> Option<i64> {
    let scaled = (money * 10_000.0).round();
    (scaled.abs() < 9.0e17).then_some(scaled as i64)
}

/// Makes the parts of what the models say and of the tables that the shop has.
pub(super) fn worth(settings: &ValueCustomers, cx: &mut Context, valued: &Valued) -> Result<Worth> {
    let count = valued.customers.len();
    let places = Places::of(&valued.customers);
    let serve = match &settings.serve {
        Some(stage) => sums(cx, stage, "cost", &places, count)?,
        None => {
            cx.note(&say::NO_SERVE);
            vec![0.0; count]
        }
    };
    let uplift = match &settings.cross_sell {
        Some(stage) => sums(cx, stage, "uplift", &places, count)?,
        None => vec![0.0; count],
    };
    let answers = match (&settings.answers, settings.answer_price) {
        (Some(stage), Some(price)) => {
            Some(counts(cx, stage, &places, count)?.into_iter().map(|count| count * price.get()).collect::<Vec<f64>>())
        }
        _ => {
            cx.note(&say::NO_ANSWERS);
            None
        }
    };
    let existing: Vec<f64> = (0..count).map(|at| valued.existing[at] - serve[at]).collect();
    let potential: Vec<f64> = (0..count).map(|at| valued.residual[at] * valued.each[at] + uplift[at]).collect();
    let brought: Option<Influence> = match (&settings.referrals, settings.would_not_have_come) {
        (Some(stage), Some(chance)) => {
            let referrals = referrals(cx, stage, &places)?;
            let own: Vec<f64> =
                existing.iter().zip(&potential).map(|(existing, potential)| existing + potential).collect();
            Some(influence(&own, &referrals, chance.get()))
        }
        _ => {
            cx.note(&say::NO_REFERRALS);
            None
        }
    };
    let (concentration, class) = classes(&valued.now, &settings.classes.map(|share| share.get()));
    let mut worth = Worth {
        existing: existing.iter().map(|money| stored(*money)).collect(),
        potential: potential.iter().map(|money| stored(*money)).collect(),
        influence: vec![None; count],
        learning: vec![None; count],
        credited: vec![None; count],
        equity: vec![None; count],
        segment: Vec::new(),
        class,
        concentration,
        stayed: valued.before.as_ref().map(|before| stayed(before, &valued.now, settings.top.get())),
        range: Vec::new(),
        worst_rank: Vec::new(),
    };
    for at in 0..count {
        let parts = Parts {
            existing: existing[at],
            potential: potential[at],
            influence: brought.as_ref().map_or(f64::NAN, |brought| brought.brought[at]),
            learning: answers.as_ref().map_or(f64::NAN, |answers| answers[at]),
            credited: brought.as_ref().map_or(f64::NAN, |brought| brought.credited[at]),
        };
        worth.influence[at] = stored(parts.influence);
        worth.learning[at] = stored(parts.learning);
        worth.credited[at] = stored(parts.credited);
        // Of what is stored, so that the parts add up to the last place.
        worth.equity[at] = stored(parts.equity()).and_then(|_| {
            let sum = worth.existing[at]? + worth.potential[at]? + worth.influence[at].unwrap_or(0);
            Some(sum + worth.learning[at].unwrap_or(0) - worth.credited[at].unwrap_or(0))
        });
    }
    // What is to come: money, or orders where margins are not known.
    let to_come: Vec<f64> =
        if potential.iter().any(|money| money.is_finite()) { potential } else { valued.residual.clone() };
    let lost: Vec<bool> = valued.none.iter().map(|none| *none >= settings.lost_above.get()).collect();
    let found = segments(&valued.now, &to_come, &lost, settings.top.get());
    worth.segment =
        found.into_iter().zip(&valued.now).map(|(segment, now)| (!now.is_nan()).then_some(segment)).collect();
    let ends = |at: usize| {
        let known = valued.by_model.iter().map(|(_, values)| values[at]).filter(|value| value.is_finite());
        known.fold([f64::NAN; 2], |[low, high], value| [low.min(value), high.max(value)])
    };
    worth.range = (0..count).map(ends).collect();
    worth.worst_rank = vec![f64::NAN; count];
    for (_, values) in &valued.by_model {
        let known: Vec<usize> = (0..count).filter(|at| !values[*at].is_nan()).collect();
        let last = (known.len().max(2) - 1) as f64;
        let own: Vec<f64> = known.iter().map(|at| values[*at]).collect();
        for (at, rank) in known.iter().zip(ranks(&own)) {
            // The maximum with NaN is the number.
            worth.worst_rank[*at] = worth.worst_rank[*at].max((known.len() as f64 - rank) / last);
        }
    }
    Ok(worth)
}

/// How concentrated money is, and each customer's class: of those whose money is known.
fn classes(now: &[f64], limits: &[f64]) -> (Concentration, Vec<Option<u8>>) {
    let known: Vec<f64> = now.iter().copied().filter(|money| !money.is_nan()).collect();
    let mut found = concentration(&known, limits);
    if known.is_empty() {
        found.pareto.iter_mut().skip(1).for_each(|share| *share = f64::NAN);
    }
    let mut own = found.class.iter().copied();
    let class = now.iter().map(|money| if money.is_nan() { None } else { own.next() }).collect();
    (found, class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_of_customers_whose_money_is_known() {
        let (found, class) = classes(&[5.0, f64::NAN, 80.0, 15.0, f64::NAN], &[0.8, 0.95]);
        assert_eq!(class, [Some(2), None, Some(0), Some(1), None]);
        assert_eq!(found.sizes, [1, 1, 1]);
        let (none, class) = classes(&[f64::NAN; 2], &[0.8, 0.95]);
        assert!(class == [None, None] && none.pareto[100].is_nan());
    }
}
