//! KPIs and cohorts as sections of the report, for the stages that show them.

use crate::kpis::{self, Figure, KPIS, Periods, kpi_of};
use crate::report::{Cohort, Cohorts, Kpi, Kpis, Shape, Text, Unit};

/// KPIs that a page without a stage of KPIs shows.
pub const USUAL: [&str; 7] = ["revenue", "orders", "active", "acquired", "order_value", "retention", "returned"];

/// The name of a KPI for people.
pub fn title(kpi: usize) -> Text {
    Text::term("kpi", KPIS[kpi].name, KPIS[kpi].title)
}

/// What a KPI says.
pub fn sentence(kpi: usize) -> Text {
    Text::term("kpi-sentence", KPIS[kpi].name, KPIS[kpi].sentence)
}

/// How the report writes a KPI's values.
pub fn unit(kpi: usize) -> Unit {
    match KPIS[kpi].unit {
        kpis::Unit::Count => Unit::Count,
        kpis::Unit::Money => Unit::Money,
        kpis::Unit::Share => Unit::Share,
        kpis::Unit::Days => Unit::Days,
        kpis::Unit::Ratio => Unit::Number(2),
        kpis::Unit::Points => Unit::Number(1),
    }
}

/// A KPI's value in the report's units, in which money is ten-thousandths.
pub fn shown(kpi: usize, value: f64) -> f64 {
    if KPIS[kpi].unit == kpis::Unit::Money { value * 10_000.0 } else { value }
}

/// The figures of all customers as small multiples, each with the year before; KPIs without a value in any period are left out.
/// `stands_in` says that the page of a pipeline with a stage of KPIs does without them.
pub fn kpis(periods: &Periods, figures: &[Figure], names: &[&str], as_of: i64, stands_in: bool) -> Kpis {
    let list = periods.list();
    let measure = |name: &&str| {
        let kpi = kpi_of(name)?;
        let mut values = vec![f64::NAN; list.len()];
        for figure in figures.iter().filter(|figure| figure.kpi == kpi && figure.group == 0) {
            values[figure.period] = shown(kpi, figure.value);
        }
        values.iter().any(|value| value.is_finite()).then(|| Kpi {
            name: title(kpi),
            meaning: sentence(kpi),
            unit: unit(kpi),
            shape: if KPIS[kpi].is_total() { Shape::Bars } else { Shape::Line },
            year_before: list.iter().map(|period| period.year_before.map_or(f64::NAN, |at| values[at])).collect(),
            values,
        })
    };
    Kpis {
        periods: list.iter().map(|period| period.name.clone()).collect(),
        last_incomplete: list.last().is_some_and(|period| period.end > as_of),
        measures: names.iter().filter_map(measure).collect(),
        stands_in,
    }
}

/// The triangle of cohorts: the share of those who could be seen at each age.
pub fn cohorts(periods: &Periods, cohorts: &[kpis::Cohort], stands_in: bool) -> Cohorts {
    let cohort = |cohort: &kpis::Cohort| Cohort {
        period: periods.list()[cohort.period].name.clone(),
        customers: cohort.customers,
        active: cohort.ages.iter().skip(1).map(kpis::Age::retention).collect(),
    };
    Cohorts { cohorts: cohorts.iter().map(cohort).collect(), stands_in }
}
