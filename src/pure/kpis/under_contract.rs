//! Customers under contract, and contracts that ended.

use super::definitions::kpi_of;
use super::groups::Groups;
use super::measure::{Figure, Ratio};
use super::periods::Periods;
use crate::features::{ContractsAsOf, Exit};

/// Customers under contract at the end of each period, and the share whose contract ended in it. `customer` gives the number that groups
/// know a holder of contracts by; who has none counts among all. Ends for which `is_churn` says no are not counted.
pub fn under_contract(
    known: ContractsAsOf,
    periods: &Periods,
    groups: &Groups,
    customer: impl Fn(u32) -> Option<u32>,
    is_churn: impl Fn(&Exit) -> bool,
) -> Vec<Figure> {
    let count = periods.list().len();
    let mut under = vec![Ratio::default(); groups.len() * count];
    let mut ended = under.clone();
    for holder in 0..known.customers() as u32 {
        let spells: Vec<_> = known.spells(holder).collect();
        let groups: Vec<usize> = groups.of_customer(customer(holder).unwrap_or(u32::MAX)).collect();
        for (at, period) in periods.list().iter().enumerate() {
            let end = period.end.min(known.as_of());
            let lasts = |time: i64| {
                spells.iter().any(|spell| spell.from < time && spell.exit.is_none_or(|exit| exit.time >= time))
            };
            let within = |time: i64| (period.start..end).contains(&time);
            let starts = lasts(period.start);
            let returns = spells.iter().skip(1).any(|spell| within(spell.from));
            let ends = spells.iter().filter_map(|spell| spell.exit).any(|exit| within(exit.time) && is_churn(&exit));
            for &group in &groups {
                let cell = group * count + at;
                under[cell].add(lasts(end).into(), 0);
                if starts || returns {
                    ended[cell].add(ends.into(), 1);
                }
            }
        }
    }
    let kpi = |name: &str| kpi_of(name).expect("the name is a row of the table");
    let of = |kpi: usize, sums: &[Ratio]| {
        let all = sums.iter().enumerate();
        all.map(|(cell, sums)| Figure::of(kpi, cell / count, cell % count, sums)).collect::<Vec<_>>()
    };
    let mut figures = of(kpi("contracts"), &under);
    figures.extend(of(kpi("contract_churn"), &ended).into_iter().filter(|figure| figure.denominator > 0));
    figures
}

#[cfg(test)]
mod tests {
    use super::super::definitions::KPIS;
    use super::super::periods::Grain;
    use super::*;
    use crate::features::{Contracts, Term};
    use crate::numeric::calendar::DAY;
    use crate::orders::NONE;

    #[test]
    fn ends_over_those_who_were_there() {
        let term = |customer, from: i64, exit: Option<i64>| Term {
            customer,
            from: from * DAY,
            exit: exit.map(|day| Exit { time: day * DAY, reason: NONE }),
        };
        let terms = vec![term(0, 0, None), term(1, 0, Some(40)), term(2, 33, None)];
        let (contracts, _) = Contracts::of_terms(3, terms).unwrap();
        let periods = Periods::calendar(Grain::Month, 1, 0, 90 * DAY);
        let found = under_contract(contracts.as_of(90 * DAY), &periods, &Groups::of(vec![]), |_| None, |_| true);
        let of = |name: &str, period| {
            let found = found.iter().find(|figure| KPIS[figure.kpi].name == name && figure.period == period);
            found.map(|figure| (figure.numerator, figure.denominator))
        };
        // January ends with two; in February one of them leaves and a third comes.
        assert_eq!((of("contracts", 0), of("contracts", 1)), (Some((2, 0)), Some((2, 0))));
        assert_eq!((of("contract_churn", 1), of("contract_churn", 2)), (Some((1, 2)), Some((0, 2))));
    }
}
