//! The tables of `value-customers`.

use super::memory::Memory;
use super::parts::{CLASSES, Worth};
use super::settings::ValueCustomers;
use super::{DAYS, INTERVAL, Valued};
use crate::diagnostics::Result;
use crate::numeric::math::{exp, ln};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::ColumnType;
use crate::tables::layouts::value::{
    EQUITY, LORENZ, VALUE, VALUE_MODELS, VALUE_PARAMETERS, VALUE_PENDING, VALUE_PROMISES, VALUE_TOTALS,
};
use crate::worth::equity::{SEGMENTS, STEPS};
use crate::worth::origins::spread;

pub(super) fn write(
    settings: &ValueCustomers,
    cx: &mut Context,
    valued: &Valued,
    worth: &Worth,
    memory: &Memory,
) -> Result<()> {
    customers(cx, valued, worth)?;
    let mut columns = Columns::new();
    let meaning = |step| STEPS.iter().find(|row| row.0 == step).map_or(("", ""), |row| (row.1, row.2));
    columns
        .text("step", memory.steps.iter().map(|row| meaning(row.0).0))
        .integer("customers", memory.steps.iter().map(|row| row.1 as i64))
        .decimal("equity", ColumnType::Money, memory.steps.iter().map(|row| row.2))
        .text("meaning", memory.steps.iter().map(|row| meaning(row.0).1));
    cx.write("equity", &EQUITY, &[columns.batch_of(&EQUITY)])?;
    models(cx, valued)?;
    let mut columns = Columns::new();
    columns
        .text("model", valued.parameters.iter().map(|row| &row.0))
        .text("parameter", valued.parameters.iter().map(|row| &row.1))
        .number("value", valued.parameters.iter().map(|row| row.2));
    cx.write("parameters", &VALUE_PARAMETERS, &[columns.batch_of(&VALUE_PARAMETERS)])?;
    totals(cx, &all_totals(valued, worth))?;
    let closed = &memory.closed;
    let mut columns = Columns::new();
    columns
        .date("as_of", closed.iter().map(|row| row.0))
        .integer("horizon_days", closed.iter().map(|row| row.1))
        .integer("customers", closed.iter().map(|row| row.2.customers as i64))
        .number("orders_promised", closed.iter().map(|row| row.2.purchases[0]))
        .number("orders_came", closed.iter().map(|row| row.2.purchases[1]))
        .maybe_number("margin_promised", closed.iter().map(|row| row.2.money[0]))
        .maybe_number("margin_came", closed.iter().map(|row| row.2.money[1]))
        .number("inside", closed.iter().map(|row| row.2.inside))
        .maybe_number("gini", closed.iter().map(|row| row.2.gini));
    cx.write("promises", &VALUE_PROMISES, &[columns.batch_of(&VALUE_PROMISES)])?;
    pending(cx, memory)?;
    let shares = &worth.concentration.pareto;
    let last = (shares.len().max(2) - 1) as f64;
    let known: Vec<(usize, f64)> = shares.iter().copied().enumerate().filter(|(_, share)| share.is_finite()).collect();
    let mut columns = Columns::new();
    columns
        .number("customers_share", known.iter().map(|(at, _)| *at as f64 / last))
        .number("money_share", known.iter().map(|(_, share)| *share));
    cx.write("lorenz", &LORENZ, &[columns.batch_of(&LORENZ)])?;
    metrics(settings, cx, valued, worth);
    Ok(())
}

fn customers(cx: &mut Context, valued: &Valued, worth: &Worth) -> Result<()> {
    let today = cx.as_of()?;
    let margin =
        |orders: &[f64]| orders.iter().zip(&valued.each).map(|(orders, each)| orders * each).collect::<Vec<f64>>();
    let day = |side: usize| {
        let of = move |wait: &[f64; 2]| wait[side].is_finite().then(|| today.plus(wait[side] as i32).days());
        valued.wait.iter().map(of).collect::<Vec<Option<i32>>>()
    };
    let mut columns = Columns::new();
    columns
        .text("customer", &valued.customers)
        .number("alive", valued.alive.iter().copied())
        .number("no_purchase", valued.none.iter().copied())
        .number("expected_orders", valued.expected.iter().copied())
        .maybe_number("expected_margin", valued.margin.iter().copied())
        .integer("orders_low", valued.orders_interval.iter().map(|ends| i64::from(ends[0])))
        .integer("orders_high", valued.orders_interval.iter().map(|ends| i64::from(ends[1])))
        .maybe_number("margin_low", valued.margin_interval.iter().map(|ends| ends[0]))
        .maybe_number("margin_high", valued.margin_interval.iter().map(|ends| ends[1]));
    for (days, orders) in DAYS.iter().zip(&valued.ahead) {
        columns.number(&format!("expected_orders_{days}d"), orders.iter().copied());
    }
    for (days, orders) in DAYS.iter().zip(&valued.ahead) {
        columns.maybe_number(&format!("expected_margin_{days}d"), margin(orders));
    }
    columns
        .maybe_number("mean_margin", valued.each.iter().copied())
        .number("residual_orders", valued.residual.iter().copied())
        .maybe_number("residual_margin", margin(&valued.residual))
        .maybe_date("next_order_from", day(0))
        .maybe_date("next_order_to", day(1))
        .maybe_money("existing", &worth.existing)
        .maybe_money("potential", &worth.potential)
        .maybe_money("influence", &worth.influence)
        .maybe_money("learning", &worth.learning)
        .maybe_money("credited", &worth.credited)
        .maybe_money("equity", &worth.equity)
        .maybe_text("segment", worth.segment.iter().map(|segment| segment.map(|segment| segment.name())))
        .maybe_text("class", worth.class.iter().map(|class| class.map(|class| CLASSES[usize::from(class).min(2)])))
        .maybe_number("lowest", worth.range.iter().map(|ends| ends[0]))
        .maybe_number("highest", worth.range.iter().map(|ends| ends[1]))
        .maybe_number("worst_rank", worth.worst_rank.iter().copied());
    cx.write(MAIN, &VALUE, &[columns.batch_of(&VALUE)])
}

fn models(cx: &mut Context, valued: &Valued) -> Result<()> {
    let rows = &valued.trials;
    let of = |figure: &dyn Fn(&crate::worth::judging::Judgement) -> f64| {
        rows.iter().map(|row| row.judged.as_ref().map_or(f64::NAN, figure)).collect::<Vec<f64>>()
    };
    let mut columns = Columns::new();
    columns
        .text("model", rows.iter().map(|row| row.model))
        .boolean("chosen", rows.iter().map(|row| row.model == valued.chosen))
        .date("origin", rows.iter().map(|row| row.origin))
        .maybe_integer(
            "customers",
            rows.iter().map(|row| row.judged.as_ref().ok().map(|judged| judged.customers as i64)),
        )
        .maybe_number("log_likelihood", of(&|judged| judged.log_likelihood))
        .maybe_number("gini", of(&|judged| judged.gini))
        .maybe_number("top_decile_capture", of(&|judged| judged.capture))
        .maybe_number("bias", of(&|judged| judged.bias()))
        .maybe_number("orders_bias", of(&|judged| judged.purchases_bias()))
        .maybe_number("covered", of(&|judged| judged.covered))
        .maybe_text("failure", rows.iter().map(|row| row.judged.as_ref().err()));
    cx.write("models", &VALUE_MODELS, &[columns.batch_of(&VALUE_MODELS)])
}

/// A total with its interval, by what the chosen model was off at past dates.
pub(super) struct Total {
    pub segment: &'static str,
    pub customers: u64,
    /// Expected, at least, at most.
    pub orders: [f64; 3],
    pub margin: [f64; 3],
    pub equity: Option<i128>,
}

/// The name under which all customers stand.
const ALL: &str = "all";

/// The totals of all customers and of each segment.
pub(super) fn all_totals(valued: &Valued, worth: &Worth) -> Vec<Total> {
    let judged =
        || valued.trials.iter().filter(|row| row.model == valued.chosen).filter_map(|row| row.judged.as_ref().ok());
    let errors = |of: &dyn Fn(&crate::worth::judging::Judgement) -> f64| {
        let logs = judged().map(|judged| ln(1.0 + of(judged))).filter(|log| log.is_finite());
        spread(&logs.collect::<Vec<f64>>(), INTERVAL)
    };
    let (orders, money) = (errors(&|judged| judged.purchases_bias()), errors(&|judged| judged.bias()));
    let wide = |sum: f64, reach: Option<f64>| match reach {
        // Of a loss the upper end is the one nearer to 0.
        Some(reach) if sum < 0.0 => [sum, sum * exp(reach), sum * exp(-reach)],
        Some(reach) => [sum, sum * exp(-reach), sum * exp(reach)],
        None => [sum, f64::NAN, f64::NAN],
    };
    let total = |segment: &'static str, at: &[usize]| Total {
        segment,
        customers: at.len() as u64,
        orders: wide(at.iter().map(|at| valued.expected[*at]).sum(), orders),
        margin: wide(at.iter().map(|at| valued.margin[*at]).sum(), money),
        equity: at.iter().map(|at| worth.equity[*at].map(i128::from)).sum(),
    };
    let everybody: Vec<usize> = (0..valued.customers.len()).collect();
    let mut totals = vec![total(ALL, &everybody)];
    for (segment, name, _) in &SEGMENTS {
        let own: Vec<usize> = everybody.iter().copied().filter(|at| worth.segment[*at] == Some(*segment)).collect();
        if !own.is_empty() {
            totals.push(total(name, &own));
        }
    }
    totals
}

fn totals(cx: &mut Context, totals: &[Total]) -> Result<()> {
    let money: Vec<Option<i64>> =
        totals.iter().map(|total| total.equity.and_then(|equity| i64::try_from(equity).ok())).collect();
    let mut columns = Columns::new();
    columns
        .text("segment", totals.iter().map(|total| total.segment))
        .integer("customers", totals.iter().map(|total| total.customers as i64))
        .number("expected_orders", totals.iter().map(|total| total.orders[0]))
        .maybe_number("orders_low", totals.iter().map(|total| total.orders[1]))
        .maybe_number("orders_high", totals.iter().map(|total| total.orders[2]))
        .maybe_number("expected_margin", totals.iter().map(|total| total.margin[0]))
        .maybe_number("margin_low", totals.iter().map(|total| total.margin[1]))
        .maybe_number("margin_high", totals.iter().map(|total| total.margin[2]))
        .maybe_money("equity", &money);
    cx.write("totals", &VALUE_TOTALS, &[columns.batch_of(&VALUE_TOTALS)])
}

fn pending(cx: &mut Context, memory: &Memory) -> Result<()> {
    let rows =
        || memory.pending.iter().flat_map(|waiting| waiting.promises.iter().map(move |promise| (waiting, promise)));
    let mut columns = Columns::new();
    columns
        .date("as_of", rows().map(|row| row.0.as_of))
        .integer("horizon_days", rows().map(|row| row.0.days))
        .text("customer", memory.pending.iter().flat_map(|waiting| &waiting.customers))
        .number("expected_orders", rows().map(|row| row.1.purchases))
        .integer("orders_low", rows().map(|row| row.1.interval[0] as i64))
        .integer("orders_high", rows().map(|row| row.1.interval[1] as i64))
        .maybe_number("expected_margin", rows().map(|row| row.1.money));
    cx.write("pending", &VALUE_PENDING, &[columns.batch_of(&VALUE_PENDING)])
}

fn metrics(settings: &ValueCustomers, cx: &mut Context, valued: &Valued, worth: &Worth) {
    let horizon = settings.horizon.days();
    cx.metric("customers", valued.customers.len() as f64);
    cx.metric(&format!("expected_orders_{horizon}d"), valued.expected.iter().sum());
    cx.metric(&format!("expected_margin_{horizon}d"), valued.margin.iter().sum());
    cx.metric("gini", worth.concentration.gini);
    if let Some(equity) = worth.equity.iter().map(|equity| equity.map(i128::from)).sum::<Option<i128>>() {
        cx.metric("customer_equity", equity as f64 / 10_000.0);
    }
}
