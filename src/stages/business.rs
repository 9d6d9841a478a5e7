//! What the report shows of how the shop does: figures per month and the cohort triangle.

use super::words::business as say;
use crate::features::{Month, cohorts, months};
use crate::orders::AsOf;
use crate::report::{Body, Cohort, Cohorts, Kpi, Kpis, Phrase, Section, Shape, Unit};

/// The sections about the business as known at the as-of date.
pub fn business(step: &str, known: AsOf) -> Vec<Section> {
    let months = months(known);
    if months.is_empty() {
        return Vec::new();
    }
    let mut sections = vec![Section::new(step, Body::Kpis(kpis(&months)))];
    let triangle = cohorts(known).into_iter().map(|cohort| Cohort {
        period: name(cohort.month),
        customers: cohort.size,
        active: (1..cohort.active.len()).map(|later| cohort.retention(later)).collect(),
    });
    sections.push(Section::new(step, Body::Cohorts(Cohorts { cohorts: triangle.collect() })));
    sections
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

/// A month as `2011-03`.
fn name(month: i64) -> String {
    format!("{:04}-{:02}", 1970 + month.div_euclid(12), month.rem_euclid(12) + 1)
}
