//! Figures of the reference on real data.

use std::collections::BTreeMap;
use std::io::Read;

use super::*;
use crate::numeric::calendar::{DAY, day_of_civil};
use crate::numeric::quantile::quantile;
use crate::orders::{After, AsOf, Lines, Orders, Returns};
use crate::real_data::shared;

/// Purchases of Online Retail II: no cancellation, quantity and price above zero, the nine days that both sheets hold taken from the second.
fn online_retail() -> Option<Orders> {
    let file = std::fs::File::open(shared("data/online_retail_II/online_retail_II.csv.gz")?).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let (mut customers, mut rows) = (BTreeMap::new(), Vec::new());
    let second = day_of_civil(2010, 12, 1);
    for (index, row) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let row = row.unwrap();
        let (quantity, price): (i64, f64) = (row[3].parse().unwrap(), row[5].parse().unwrap());
        let field = |range: std::ops::Range<usize>| row[4][range].parse::<i64>().unwrap();
        let day = day_of_civil(field(0..4), field(5..7) as u32, field(8..10) as u32);
        let both = index < 525_461 && day >= second;
        if row[6].is_empty() || row[0].starts_with('C') || quantity <= 0 || price <= 0.0 || both {
            continue;
        }
        let customer = row[6].parse::<f64>().unwrap() as u32;
        customers.insert(customer, 0_u32);
        rows.push((customer, day * DAY, quantity, (price * 10_000.0).round() as i64));
    }
    customers.values_mut().zip(0..).for_each(|(id, place)| *id = place);
    let mut lines = Lines::default();
    for (customer, time, quantity, price) in rows {
        lines.customer.push(customers[&customer]);
        lines.time.push(time);
        lines.quantity.push(quantity * 1000);
        lines.amount.push(quantity * price);
    }
    Some(Orders::new(customers.len(), lines, Returns::default()).unwrap())
}

/// Purchase days of the CDNOW sample, by customer.
fn cdnow() -> Option<Vec<Vec<i32>>> {
    let text = std::fs::read_to_string(shared("data/cdnow/CDNOW_sample.txt")?).unwrap();
    let mut all: BTreeMap<u32, Vec<i32>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let date: i64 = cells[2].parse().unwrap();
        let day = day_of_civil(date / 10_000, (date / 100 % 100) as u32, (date % 100) as u32);
        all.entry(cells[1].parse().unwrap()).or_default().push(day as i32);
    }
    let days = all.into_values().map(|mut days| {
        days.sort_unstable();
        days.dedup();
        days
    });
    Some(days.collect())
}

fn check(days: &[Vec<i32>], pairs: u64, spread: f64, shape: f64, own: usize, median: f64) {
    let found = wheat_morrison(|customer| &days[customer as usize], days.len() as u32).unwrap();
    assert_eq!(found.customers, pairs);
    assert!((found.spread - spread).abs() < 5e-7 && (found.shape - shape).abs() < 5e-7, "{found:?}");
    assert!(found.low < shape && shape < found.high);
    let mut shapes: Vec<f64> = days.iter().filter_map(|days| gamma_shape(days)).map(|own| own.value).collect();
    shapes.sort_unstable_by(f64::total_cmp);
    assert_eq!(shapes.len(), own);
    assert!((quantile(&shapes, 0.5) - median).abs() < 5e-6, "{}", quantile(&shapes, 0.5));
}

/// `loyalty.md`, section 5: the CDNOW sample is no more regular than chance, Online Retail II a little.
#[test]
fn regularity_of_cdnow_and_online_retail_ii() {
    if let Some(days) = cdnow() {
        check(&days, 736, 0.084_172, 0.985_053, 88, 1.138_30);
    }
    let Some(orders) = online_retail() else { return };
    let spending = Spending::of(AsOf::new(&orders, i64::MAX), Span { days: 30, most: 12, recent: 12 });
    let days: Vec<Vec<i32>> = (0..orders.customers() as u32).map(|customer| spending.days(customer).to_vec()).collect();
    check(&days, 3_185, 0.063_442, 1.470_289, 764, 1.869_30);
}

/// `loyalty.md`, section 2: six cut-offs up to 2011-06-12 to learn from, judged on 2011-09-10; any purchase in the next 90 days.
#[test]
fn persistence_predicts_on_online_retail_ii() {
    let Some(orders) = online_retail() else { return };
    let span = Span { days: 30, most: 24, recent: 12 };
    let end = AsOf::new(&orders, i64::MAX).as_of();
    let origin = |day: i64| {
        let known = AsOf::new(&orders, day * DAY);
        let spending = Spending::of(known, span);
        let measured = measure(known, &spending, &[]);
        let scored = scores(&measured.components, [1.0; 3]);
        Origin::of(&spending, &measured, &scored, After::new(&orders, day * DAY, 90, end).unwrap())
    };
    let last = day_of_civil(2011, 6, 12);
    let learned: Vec<Origin> = (0..6).rev().map(|step| origin(last - 30 * step)).collect();
    let found = judge(&learned, &origin(day_of_civil(2011, 9, 10)), 7).unwrap();
    let of = |name: &str| found.iter().find(|one| one.name == name).unwrap();
    let persistence = of("persistence");
    let told = persistence.found.unwrap();
    assert_eq!((persistence.customers, persistence.bought, persistence.verdict), (3_541, 1_891, Verdict::Predictive));
    // 2.9 % of the logarithmic loss among customers with three periods or more; the reference has 4 % with those newer than that, from
    // .6385 to .6119 with AUC .7723.
    assert!((told.loss.0 - 0.614_02).abs() < 5e-5 && (told.loss.1 - 0.595_98).abs() < 5e-5, "{told:?}");
    assert!(told.gain.low > 0.014 && (told.auc.value - 0.7758).abs() < 5e-5, "{told:?}");
    // As in the reference, firmness gains less, over the customers who have it (0.0094 of 1,538); regularity and clumpiness gain nothing.
    assert!(of("firmness").found.unwrap().gain.value < told.gain.value);
    for decorative in ["regularity", "not_clumpy"] {
        assert_eq!(of(decorative).verdict, Verdict::Decorative);
    }
    // In the reference, the evenness of spending predicts nearly as well as persistence.
    assert_eq!(of("evenness").verdict, Verdict::Predictive);
}

/// `loyalty.md`, section 4: coverage of the quantile on later data, 80 % ± 2, at three dates and over two spans, the autumn among them.
#[test]
fn headroom_of_online_retail_ii() {
    let Some(orders) = online_retail() else { return };
    for (year, month, day) in [(2011, 6, 12), (2011, 9, 10), (2011, 12, 10)] {
        let known = AsOf::new(&orders, day_of_civil(year, month, day) * DAY);
        let spending = Spending::of(known, Span { days: 30, most: 24, recent: 24 });
        for periods in [3, 6] {
            let coverage = headroom(&spending, periods, 0.8).unwrap().coverage;
            assert!(coverage.holds && coverage.customers > 1_500, "{year}-{month}, {periods}: {coverage:?}");
        }
    }
}
