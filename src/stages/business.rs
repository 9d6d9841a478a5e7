//! What the report shows of how the shop does: figures per month, the cohort triangle, life stages.

use super::words::business as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{LIFE_STAGES, LifecycleSettings, Month, cohorts, lifecycle, months};
use crate::orders::AsOf;
use crate::report::{Body, Cohort, Cohorts, Kpi, Kpis, LifeStage, Lifecycle, Phrase, Section, Shape, Text, Unit};

/// Days before the as-of date at which life stages are compared.
const BEFORE: i64 = 90;

/// The sections about the business as known at the as-of date.
pub fn business(step: &str, known: AsOf, before: AsOf) -> Result<Vec<Section>> {
    let months = months(known);
    if months.is_empty() {
        return Ok(Vec::new());
    }
    let mut sections = vec![Section::new(step, Body::Kpis(kpis(&months)))];
    let triangle = cohorts(known).into_iter().map(|cohort| Cohort {
        period: name(cohort.month),
        customers: cohort.size,
        active: (1..cohort.active.len()).map(|later| cohort.retention(later)).collect(),
    });
    sections.push(Section::new(step, Body::Cohorts(Cohorts { cohorts: triangle.collect() })));
    sections.push(Section::new(step, Body::Lifecycle(life(known, before)?)));
    Ok(sections)
}

/// The instant at which life stages are compared with those now.
pub fn earlier(as_of: i64) -> i64 {
    as_of - BEFORE * 86_400
}

fn kpis(months: &[Month]) -> Kpis {
    let measure = |name: &Phrase, meaning: &Phrase, unit: Unit, shape: Shape, value: &dyn Fn(&Month) -> f64| {
        let values: Vec<f64> = months.iter().map(value).collect();
        let year_before = (0..values.len()).map(|i| if i < 12 { f64::NAN } else { values[i - 12] }).collect();
        Kpi { name: name.into(), meaning: meaning.into(), unit, shape, values, year_before }
    };
    let money = |value: f64| value * 10_000.0;
    Kpis {
        periods: months.iter().map(|month| name(month.month)).collect(),
        last_incomplete: months.last().is_some_and(|month| !month.over),
        measures: vec![
            measure(&say::REVENUE, &say::REVENUE_MEANING, Unit::Money, Shape::Bars, &|m| money(m.revenue)),
            measure(&say::ORDERS, &say::ORDERS_MEANING, Unit::Count, Shape::Bars, &|m| m.orders as f64),
            measure(&say::CUSTOMERS, &say::CUSTOMERS_MEANING, Unit::Count, Shape::Bars, &|m| m.customers as f64),
            measure(&say::NEW, &say::NEW_MEANING, Unit::Count, Shape::Bars, &|m| m.new as f64),
            measure(&say::AVERAGE_ORDER, &say::AVERAGE_ORDER_MEANING, Unit::Money, Shape::Line, &|m| {
                money(m.average_order_value)
            }),
            measure(&say::RETENTION, &say::RETENTION_MEANING, Unit::Share, Shape::Line, &|m| m.retention),
            measure(&say::RETURNED, &say::RETURNED_MEANING, Unit::Money, Shape::Bars, &|m| money(m.returned)),
        ],
    }
}

fn life(known: AsOf, before: AsOf) -> Result<Lifecycle> {
    let stages = |at: AsOf| {
        lifecycle(at, &LifecycleSettings::default()).map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())
    };
    let (now, then) = (stages(known)?, stages(before)?);
    let mut value = vec![0_i128; LIFE_STAGES.len()];
    let mut counts = vec![(0_u64, 0_u64); LIFE_STAGES.len()];
    for (customer, (stage, earlier)) in now.iter().zip(&then).enumerate() {
        counts[*stage as usize].0 += 1;
        counts[*earlier as usize].1 += 1;
        value[*stage as usize] += known.lines(customer as u32).amount.iter().map(|a| i128::from(*a)).sum::<i128>();
    }
    let stages = LIFE_STAGES.iter().filter(|row| counts[row.stage as usize].0 > 0).map(|row| LifeStage {
        name: Text::term("life-stage", row.name, row.name),
        meaning: Text::term("life-stage-meaning", row.name, row.meaning),
        customers: counts[row.stage as usize].0,
        before: Some(counts[row.stage as usize].1),
        value: i64::try_from(value[row.stage as usize]).unwrap_or(i64::MAX),
    });
    Ok(Lifecycle { stages: stages.collect() })
}

/// A month as `2011-03`.
fn name(month: i64) -> String {
    format!("{:04}-{:02}", 1970 + month.div_euclid(12), month.rem_euclid(12) + 1)
}
