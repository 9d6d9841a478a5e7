//! Complaints per order, and how long they take to be resolved.

use super::definitions::kpi_of;
use super::groups::Groups;
use super::measure::{Figure, Ratio};
use super::periods::Periods;
use super::view::Customer;
use crate::numeric::calendar::DAY;
use crate::numeric::quantile::quantile;
use crate::numeric::shares::Z95;
use crate::orders::AsOf;

/// One complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complaint {
    /// The customer; `None` where that is not known.
    pub customer: Option<u32>,
    /// When it was made, in civil seconds.
    pub time: i64,
    /// When the order that it is about was placed; `None` where that is not known.
    pub ordered: Option<i64>,
    /// When it was resolved; `None` while it is open.
    pub resolved: Option<i64>,
}

/// Complaint rate by order date, and share and time of resolution by date of complaint.
pub fn complaints(known: AsOf, complaints: &[Complaint], periods: &Periods, groups: &Groups) -> Vec<Figure> {
    let count = periods.list().len();
    let cells = groups.len() * count;
    let mut sorted: Vec<&Complaint> = complaints.iter().filter(|complaint| complaint.time < known.as_of()).collect();
    sorted.sort_by_key(|complaint| (complaint.customer, complaint.time, complaint.ordered, complaint.resolved));
    let kpi = |name: &str| kpi_of(name).expect("the name is a row of the table");
    let mut figures = Vec::new();

    let rates = rates(known, &sorted, periods, groups);
    figures.extend(of_cells(kpi("complaint_rate"), &rates, count));

    let mut resolved = vec![Ratio::default(); cells];
    let mut days: Vec<Vec<f64>> = vec![Vec::new(); cells];
    for complaint in &sorted {
        let Some(period) = periods.of(complaint.time) else { continue };
        let end = complaint.resolved.filter(|end| *end < known.as_of() && *end >= complaint.time);
        for group in groups.of_customer(complaint.customer.unwrap_or(u32::MAX)) {
            let cell = group * count + period;
            resolved[cell].add(i64::from(end.is_some()), 1);
            days[cell].extend(end.map(|end| (end - complaint.time) as f64 / DAY as f64));
        }
    }
    figures.extend(of_cells(kpi("resolved_share"), &resolved, count));
    for (name, share) in [("resolution_days", 0.5), ("resolution_days_p90", 0.9)] {
        for (cell, days) in days.iter_mut().enumerate().filter(|(_, days)| !days.is_empty()) {
            days.sort_by(f64::total_cmp);
            let value = quantile(days, share);
            let (low, high) = order_statistics(days, share);
            let numerator = (value * 1_000.0).round() as i128;
            let (group, period) = (cell / count, cell % count);
            figures.push(Figure { kpi: kpi(name), group, period, value, numerator, denominator: 0, low, high });
        }
    }
    figures
}

fn of_cells(kpi: usize, sums: &[Ratio], count: usize) -> Vec<Figure> {
    let some = sums.iter().enumerate().filter(|(_, sums)| sums.below != 0);
    some.map(|(cell, sums)| Figure::of(kpi, cell / count, cell % count, sums)).collect()
}

/// Complaints over orders by customers; complaints without a known customer count among all.
fn rates(known: AsOf, sorted: &[&Complaint], periods: &Periods, groups: &Groups) -> Vec<Ratio> {
    let count = periods.list().len();
    let mut rates = vec![Ratio::default(); groups.len() * count];
    let when = |complaint: &Complaint| periods.of(complaint.ordered.unwrap_or(complaint.time));
    let mut one = Customer::default();
    let mut cells: Vec<(usize, i64, i64)> = Vec::new();
    let mut next = sorted.partition_point(|complaint| complaint.customer.is_none());
    for period in sorted[..next].iter().filter_map(|complaint| when(complaint)) {
        rates[period].add(1, 0);
    }
    for customer in 0..known.customers() as u32 {
        one.collect(known, customer);
        cells.clear();
        cells.extend(one.orders().filter_map(|(time, _)| periods.of(time)).map(|period| (period, 0, 1)));
        while let Some(complaint) = sorted.get(next).filter(|complaint| complaint.customer == Some(customer)) {
            cells.extend(when(complaint).map(|period| (period, 1, 0)));
            next += 1;
        }
        cells.sort_unstable();
        for same in cells.chunk_by(|a, b| a.0 == b.0) {
            let (above, below) = same.iter().fold((0, 0), |sum, cell| (sum.0 + cell.1, sum.1 + cell.2));
            for group in groups.of_customer(customer) {
                rates[group * count + same[0].0].add(above, below);
            }
        }
    }
    rates
}

/// The 95 % interval of a quantile of ascending values, by order statistics with the normal approximation of the binomial (W. J. Conover,
/// "Practical Nonparametric Statistics", 3rd edition 1999, section 3.2); NaN for fewer than six values.
fn order_statistics(ascending: &[f64], share: f64) -> (f64, f64) {
    let n = ascending.len() as f64;
    if ascending.len() < 6 {
        return (f64::NAN, f64::NAN);
    }
    let width = Z95 * (n * share * (1.0 - share)).sqrt();
    let rank = |place: f64| (place.ceil().clamp(1.0, n) as usize) - 1;
    (ascending[rank(n * share - width)], ascending[rank(n * share + width)])
}

#[cfg(test)]
mod tests {
    use super::super::definitions::KPIS;
    use super::super::periods::Grain;
    use super::*;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn matches_conover_1999_interval_of_a_quantile() {
        // Example 3.2.2: 16 values, upper quartile: r* = 16 · .75 − 1.96 · 1.732 = 8.6, s* = 15.4: the 9th and the 16th value.
        let values: Vec<f64> = (1..=16).map(f64::from).collect();
        assert_eq!(order_statistics(&values, 0.75), (9.0, 16.0));
        assert!(order_statistics(&values[..5], 0.5).0.is_nan());
    }

    #[test]
    fn late_complaints_count_where_the_order_was() {
        let lines = Lines {
            customer: vec![0, 1, 1],
            order: vec![0, 1, 2],
            item: vec![0; 3],
            category: None,
            time: vec![DAY, 2 * DAY, 40 * DAY],
            quantity: vec![1_000; 3],
            amount: vec![10_000; 3],
        };
        let orders = Orders::new(2, lines, Returns::default()).unwrap();
        let periods = Periods::calendar(Grain::Month, 1, 0, 59 * DAY);
        let complaint = |customer, time: i64, ordered: Option<i64>, resolved: Option<i64>| Complaint {
            customer,
            time: time * DAY,
            ordered: ordered.map(|day| day * DAY),
            resolved: resolved.map(|day| day * DAY),
        };
        let all = [
            complaint(Some(0), 35, Some(1), Some(45)),
            complaint(None, 36, None, None),
            complaint(Some(1), 70, Some(40), None),
        ];
        let found = complaints(AsOf::new(&orders, 59 * DAY), &all, &periods, &Groups::of(vec![]));
        let of = |name: &str, period| {
            let found = found.iter().find(|figure| KPIS[figure.kpi].name == name && figure.period == period);
            found.map(|figure| (figure.numerator, figure.denominator))
        };
        // January's two orders have the late complaint; February's one has the one without an order; the last is after the as-of date.
        assert_eq!((of("complaint_rate", 0), of("complaint_rate", 1)), (Some((1, 2)), Some((1, 1))));
        assert_eq!((of("resolved_share", 1), of("resolution_days", 1)), (Some((1, 2)), Some((10_000, 0))));
        assert_eq!(of("resolved_share", 0), None);
    }
}
