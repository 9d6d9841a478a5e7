//! Figures of UCI Online Retail II that were derived independently (pandas, NumPy): purchases of known customers, without cancellations,
//! the nine days that both sheets hold taken from the second. Needs `../shared/data/online_retail_II`; skipped where that is absent.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

use super::*;
use crate::numeric::calendar::{DAY, day_of_civil};
use crate::orders::{AsOf, Lines, Orders, Returns};
use crate::real_data::shared;

/// First instant after the data: they end on 2011-12-09.
fn end() -> i64 {
    day_of_civil(2011, 12, 10) * DAY
}

fn orders() -> Option<&'static Orders> {
    static ORDERS: OnceLock<Option<Orders>> = OnceLock::new();
    ORDERS.get_or_init(read).as_ref()
}

fn read() -> Option<Orders> {
    const FIRST_SHEET: usize = 525_461;
    let file = std::fs::File::open(shared("data/online_retail_II/online_retail_II.csv.gz")?).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let overlap = day_of_civil(2010, 12, 1) * DAY;
    let mut lines = Lines::default();
    let mut ids: [BTreeMap<String, u32>; 3] = Default::default();
    let mut id = |of: usize, text: &str| {
        let next = ids[of].len() as u32;
        *ids[of].entry(text.to_owned()).or_insert(next)
    };
    // Invoice, StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country
    for (row, cells) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let cells = cells.unwrap();
        let field = |range: std::ops::Range<usize>| cells[4][range].parse::<i64>().unwrap();
        let day = day_of_civil(field(0..4), field(5..7) as u32, field(8..10) as u32);
        let time = day * DAY + field(11..13) * 3_600 + field(14..16) * 60;
        let quantity: i64 = cells[3].parse().unwrap();
        let price = (cells[5].parse::<f64>().unwrap() * 10_000.0).round() as i64;
        let is_twice = row < FIRST_SHEET && time >= overlap;
        if cells[6].is_empty() || is_twice || cells[0].starts_with('C') || quantity <= 0 || price <= 0 {
            continue;
        }
        lines.customer.push(id(0, &cells[6]));
        lines.order.push(id(1, &cells[0]));
        lines.item.push(id(2, &cells[1]));
        lines.time.push(time);
        lines.quantity.push(quantity * 1_000);
        lines.amount.push(quantity * price);
    }
    assert_eq!((ids[0].len(), ids[1].len(), lines.time.len()), (5_878, 36_969, 791_044));
    Some(Orders::new(ids[0].len(), lines, Returns::default()).unwrap())
}

fn quarters() -> Periods {
    Periods::calendar(Grain::Quarter, 1, day_of_civil(2009, 12, 1) * DAY, end())
}

fn of(periods: &Periods, name: &str) -> usize {
    periods.list().iter().position(|period| period.name == name).unwrap()
}

/// Money to the cent, half away from zero: the source has prices of a tenth of a penny and prints pennies.
fn cents(ten_thousandths: i128) -> i128 {
    (ten_thousandths + ten_thousandths.signum() * 50) / 100
}

#[test]
fn matches_the_seven_repeat_rates() {
    let Some(orders) = orders() else { return };
    let known = AsOf::new(orders, end());
    let periods = quarters();
    let settings = ViewSettings::of_silence(180);
    let measured = measure(known, &periods, &Groups::of(vec![]), &settings, &of_customers(&settings), &|_| {});
    let last = of(&periods, "2011-Q4");
    let sums = |name: &str| {
        let sums = measured.sums(kpi_of(name).unwrap(), 0, last).unwrap();
        (sums.above, sums.below)
    };
    assert_eq!(sums("repeat_ever"), (4_255, 5_878));
    assert_eq!(sums("repeat_365"), (2_764, 4_264));
    let value = |name: &str| {
        let (above, below) = sums(name);
        (KPIS[kpi_of(name).unwrap()].value(above, below) * 1e4).round() / 1e4
    };
    assert_eq!(value("repeat_days_ever"), 0.7127);
    assert_eq!(value("returning_customers_365"), 0.83);
    assert_eq!(value("returning_orders_365"), 0.9116);
    // The one to decide by: cohorts that had 90 days.
    assert_eq!(sums("second_order_90d_365").1, 969);
    assert_eq!(value("second_order_90d_365"), 0.4458);
    // Revenue per customer is order value times frequency, and money adds up to the published total.
    for period in 0..periods.list().len() {
        let of = |name: &str| {
            let sums = measured.sums(kpi_of(name).unwrap(), 0, period).unwrap();
            KPIS[kpi_of(name).unwrap()].value(sums.above, sums.below)
        };
        let product = of("order_value") * of("frequency");
        assert!((of("revenue_per_customer") / product - 1.0).abs() < 1e-12);
    }
    let revenue = kpi_of("revenue").unwrap();
    let total: i128 = (0..periods.list().len()).map(|at| measured.sums(revenue, 0, at).unwrap().above).sum();
    assert_eq!(cents(total), 1_743_153_318);
}

#[test]
fn matches_the_customer_bridge_by_quarter() {
    let Some(orders) = orders() else { return };
    let periods = quarters();
    let bridges = bridges(AsOf::new(orders, end()), &periods, &Groups::of(vec![]));
    // new, returned, kept, all
    let expected = [
        ("2010-Q1", [1200, 0, 603, 1803]),
        ("2010-Q2", [818, 136, 1093, 2047]),
        ("2010-Q3", [591, 286, 1183, 2060]),
        ("2010-Q4", [778, 590, 1302, 2670]),
        ("2011-Q1", [374, 277, 1125, 1776]),
        ("2011-Q2", [325, 623, 1043, 1991]),
        ("2011-Q3", [397, 553, 1211, 2161]),
        ("2011-Q4", [440, 765, 1355, 2560]),
    ];
    let kept = STEPS.iter().find(|step| step.name == "kept").unwrap();
    for (name, row) in expected {
        let bridge = bridges.get(Against::Previous, 0, of(&periods, name), &periods).unwrap();
        let of = |part: Part| part.customers;
        assert_eq!([of(bridge.new), of(bridge.returned), of((kept.of)(bridge)), of(bridge.after)], row, "{name}");
        assert!(bridge.closes(), "{name}");
    }
    assert_eq!(bridges.get(Against::Previous, 0, 0, &periods), None);
}

#[test]
fn matches_the_revenue_bridges_to_the_penny() {
    let Some(orders) = orders() else { return };
    let (known, periods, groups) = (AsOf::new(orders, end()), quarters(), Groups::of(vec![]));
    let bridges = bridges(known, &periods, &groups);
    let settings = ViewSettings::of_silence(180);
    let measured = measure(known, &periods, &groups, &settings, &of_customers(&settings), &|_| {});
    let third = of(&periods, "2011-Q3");
    let value = |name: &str| {
        let sums = measured.sums(kpi_of(name).unwrap(), 0, third).unwrap();
        (KPIS[kpi_of(name).unwrap()].value(sums.above, sums.below) * 1e4).round() / 1e4
    };
    let year = bridges.get(Against::YearBefore, 0, third, &periods).unwrap();
    let money = |bridge: &Bridge| {
        [bridge.before, bridge.after, bridge.expansion, bridge.contraction, bridge.lost, bridge.new, bridge.returned]
            .map(|part| cents(part.money))
    };
    assert_eq!(money(year), [202_749_439, 219_827_329, 45_419_112, -37_156_466, -54_831_407, 48_205_495, 15_441_156]);
    let kept = year.expansion.customers + year.contraction.customers + year.same.customers;
    assert_eq!([kept, year.lost.customers, year.new.customers, year.returned.customers], [1_061, 999, 819, 281]);
    assert_eq!(["nrr_year", "grr_year", "retention_year"].map(value), [0.7703, 0.5463, 0.5150]);
    let quarter = bridges.get(Against::Previous, 0, third, &periods).unwrap();
    assert_eq!(
        money(quarter),
        [180_900_861, 219_827_329, 51_042_576, -26_638_920, -39_113_299, 22_340_504, 31_295_607]
    );
    let kept = quarter.expansion.customers + quarter.contraction.customers + quarter.same.customers;
    assert_eq!(
        [kept, quarter.lost.customers, quarter.new.customers, quarter.returned.customers],
        [1_211, 780, 397, 553]
    );
    assert_eq!(["nrr", "grr", "retention"].map(value), [0.9187, 0.6365, 0.6082]);
    assert!(year.closes() && quarter.closes());
}

#[test]
fn matches_the_drivers_by_lmdi() {
    let Some(orders) = orders() else { return };
    let (known, periods) = (AsOf::new(orders, end()), quarters());
    let settings = ViewSettings::of_silence(180);
    let measured = measure(known, &periods, &Groups::of(vec![]), &settings, &of_customers(&settings), &|_| {});
    let volumes = |name: &str| measured.volumes(0, of(&periods, name));
    let leaves = ["customers", "frequency", "units_per_order", "price_per_unit"];
    let check = |before: &str, after: &str, expected: [i128; 4]| {
        let found = effects(&volumes(before), &volumes(after));
        let at = |name: &str| DRIVERS.iter().position(|driver| driver.name == name).unwrap();
        assert_eq!(leaves.map(|name| cents(found[at(name)])), expected, "{before} to {after}");
        assert_eq!(found[0], volumes(after).revenue - volumes(before).revenue);
        assert_eq!(found[at("customers")] + found[at("revenue_per_customer")], found[0]);
        assert_eq!(found[at("frequency")] + found[at("order_value")], found[at("revenue_per_customer")]);
    };
    check("2010-Q3", "2011-Q3", [10_107_830, -9_962_677, -5_767_171, 22_699_909]);
    check("2011-Q2", "2011-Q3", [16_364_876, -3_663_448, 35_791_946, -9_566_905]);
}

#[test]
fn matches_price_volume_and_mix() {
    let Some(orders) = orders() else { return };
    let periods = quarters();
    let sold = items(AsOf::new(orders, end()), &periods);
    let check = |before: &str, after: &str, expected: [i128; 5], counts: [u64; 3]| {
        let (found, each) = price_volume_mix(&sold[of(&periods, before)], &sold[of(&periods, after)]);
        let parts = [found.price, found.volume, found.mix, found.new, found.discontinued];
        // The source rounds pennies; each item's part is rounded to a hundredth of one here, so that all add up.
        let near = parts.iter().zip(expected).all(|(part, cents)| (part - cents * 100).abs() <= 60);
        assert!(near, "{before} to {after}: {parts:?}");
        assert_eq!(found.items, counts);
        assert_eq!(parts.iter().sum::<i128>(), found.after - found.before);
        assert_eq!(each.iter().map(|item| item.price).sum::<i128>(), found.price);
        assert_eq!(each.iter().map(|item| item.quantity).sum::<i128>(), found.volume + found.mix);
    };
    // Price per piece rose by £227,000 in the drivers; like for like, prices fell.
    let year = [-11_844_479, -33_962_241, 12_752_529, 71_897_717, -21_765_636];
    check("2010-Q3", "2011-Q3", year, [2_149, 733, 886]);
    let quarter = [-10_338_546, 35_060_829, 2_283_430, 16_019_534, -4_098_778];
    check("2011-Q2", "2011-Q3", quarter, [2_504, 378, 362]);
}

#[test]
fn matches_the_cohort_of_december_2009() {
    let Some(orders) = orders() else { return };
    let months = Periods::calendar(Grain::Month, 1, day_of_civil(2009, 12, 1) * DAY, end());
    let found = cohorts(AsOf::new(orders, end()), &months, Clock::Calendar);
    assert_eq!((found[0].period, found[0].customers), (0, 955));
    for (age, expected) in [(1, 0.353), (3, 0.425), (6, 0.377), (12, 0.376)] {
        assert!((found[0].ages[age].retention() - expected).abs() < 0.0005, "{age}");
    }
    assert_eq!(found.iter().map(|cohort| cohort.customers).sum::<u64>(), 5_878);
}
