//! Online Retail II as the reference measured it: invoices that are no cancellations, with pieces and a price above 0, of known customers.

use std::collections::BTreeMap;
use std::io::Read;

use super::fits::Fits;
use super::ground::{Ground, Shop};
use super::replay::{SILENCES, Silence, levels, replay};
use super::rule::Rule;
use crate::numeric::calendar::{DAY, day_of_civil};
use crate::orders::{AsOf, Lines, Orders, Returns};
use crate::real_data::shared;

/// The shop's orders with items.
fn shop() -> Option<Orders> {
    let packed = std::fs::File::open(shared("data/online_retail_II/online_retail_II.csv.gz")?).expect("a file");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("a text");
    let (mut customers, mut invoices, mut items) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut lines = Lines::default();
    let second = day_of_civil(2010, 12, 1);
    for (index, row) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let row = row.expect("a row");
        let part = |from: usize, to: usize| row[4][from..to].parse::<i64>().expect("a time");
        let day = day_of_civil(part(0, 4), part(5, 7) as u32, part(8, 10) as u32);
        let (pieces, price): (f64, f64) = (row[3].parse().expect("pieces"), row[5].parse().expect("a price"));
        // The nine days that both sheets hold are taken from the second.
        let both = index < 525_461 && day >= second;
        if row[6].is_empty() || row[0].starts_with('C') || pieces <= 0.0 || price <= 0.0 || both {
            continue;
        }
        let number = |names: &mut BTreeMap<String, u32>, name: &str| {
            let next = names.len() as u32;
            *names.entry(name.to_owned()).or_insert(next)
        };
        lines.customer.push(number(&mut customers, &row[6]));
        lines.order.push(number(&mut invoices, &row[0]));
        lines.item.push(number(&mut items, &row[1]));
        lines.time.push(day * DAY + part(11, 13) * 3600 + part(14, 16) * 60);
        lines.quantity.push((pieces * 1000.0).round() as i64);
        lines.amount.push((pieces * price * 10_000.0).round() as i64);
    }
    Some(Orders::new(customers.len(), lines, Returns::default()).expect("sound"))
}

/// Section 6 of the reference on lifecycle and events: what finds a lapse.
#[test]
fn silences_of_online_retail_as_measured() {
    let Some(orders) = shop() else { return };
    let end = day_of_civil(2011, 12, 10);
    let rules = [Rule { purchases: 4, ..Rule::usual("lapse").expect("a trigger") }];
    let shop = Shop::new(AsOf::new(&orders, end * DAY), Vec::new(), &rules, 0);
    // A night knows the days before it: that after the first of December knows a silence until its end.
    let (fitted, from) = (day_of_civil(2010, 12, 1), day_of_civil(2010, 12, 2));
    let fits = Fits::once(shop.known, &shop.people, fitted);
    let ground = Ground { shop: &shop, fits, from, through: end };
    let found = levels(&ground, &rules[0], &SILENCES, day_of_civil(2011, 9, 1));
    // Triggers, share right, share caught of the silences of more than 180 days; those of days are the same to the last one.
    let published = [
        (Silence::Probability { level: 0.35, silent: 30 }, 1_870, 0.501, 0.82),
        (Silence::Probability { level: 0.40, silent: 30 }, 1_522, 0.519, 0.71),
        (Silence::Probability { level: 0.45, silent: 30 }, 1_185, 0.555, 0.57),
        (Silence::Days(60), 2_472, 0.392, 1.0),
        (Silence::Days(90), 1_649, 0.452, 1.0),
        (Silence::Days(120), 1_094, 0.524, 1.0),
        (Silence::MedianGaps(1.5), 3_095, 0.245, 0.89),
        (Silence::MedianGaps(2.0), 2_122, 0.287, 0.75),
        (Silence::MedianGaps(3.0), 1_192, 0.385, 0.54),
        (Silence::MeanGaps(1.5), 2_451, 0.267, 0.84),
        (Silence::MeanGaps(2.0), 1_597, 0.323, 0.64),
        (Silence::MeanGaps(3.0), 778, 0.447, 0.37),
        (Silence::DrawnGaps(2.0), 2_678, 0.298, 1.0),
        (Silence::DrawnGaps(3.0), 1_521, 0.381, 0.87),
        (Silence::Probability { level: 0.40, silent: 0 }, 1_684, 0.552, 0.71),
        (Silence::Probability { level: 0.50, silent: 0 }, 882, 0.649, 0.44),
    ];
    for (silence, fired, right, caught) in published {
        let level = found.iter().find(|level| level.silence == silence).expect("it is compared");
        let share = level.right as f64 / level.fired as f64;
        let seen = level.caught as f64 / level.lost as f64;
        println!(
            "{silence:?}: {} right {share:.3} after {} days, caught {seen:.2} of {}",
            level.fired, level.silent, level.lost
        );
        let near = if matches!(silence, Silence::Days(_)) { 0 } else { fired / 100 };
        assert!(level.fired.abs_diff(fired) <= near, "{level:?}");
        assert!((share - right).abs() < 0.0051 && (seen - caught).abs() < 0.02, "{level:?}");
    }
    // A month after the last order the probability is right about as often as 120 days of silence.
    let of = |silence: Silence| found.iter().find(|level| level.silence == silence).expect("it is compared");
    assert_eq!(of(Silence::Probability { level: 0.40, silent: 30 }).silent, 30.0);
}

/// The other triggers that read orders, by replay of a year.
#[test]
fn triggers_of_online_retail_by_replay() {
    let Some(orders) = shop() else { return };
    let end = day_of_civil(2011, 12, 10);
    let names = ["first_order", "second_order", "lapse", "replenishment", "big_basket", "price_drop"];
    let rules: Vec<Rule> = names.iter().map(|name| Rule::usual(name).expect("a trigger")).collect();
    let shop = Shop::new(AsOf::new(&orders, end * DAY), Vec::new(), &rules, 7);
    let ground = shop.ground(&rules, end - 365);
    let played = replay(&ground, &rules);
    for (rule, played) in rules.iter().zip(&played) {
        println!("{}: {played:?} {:.3}", rule.name, played.right as f64 / played.judged as f64);
    }
    let share = |place: usize| played[place].right as f64 / played[place].judged as f64;
    // Fitted quarter by quarter, for all customers with two purchase days and more.
    assert!((share(1) - 0.754).abs() < 0.01 && (share(2) - 0.559).abs() < 0.01 && (share(3) - 0.168).abs() < 0.01);
    assert_eq!((played[0].fired, played[0].persons), (1_569, 1_569), "once in a lifetime");
    // Of baskets 2.9 % are big by the reference; once in 180 days, of purchase days.
    let days = shop.people.iter().flatten().filter(|day| day.day >= end - 365).count() as f64;
    assert!((0.015..0.029).contains(&(played[4].fired as f64 / days)), "{}", played[4].fired);
}
