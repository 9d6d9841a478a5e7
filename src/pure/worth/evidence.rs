//! Online Retail II as the reference measured it: invoices that are no cancellations, with pieces and a price above 0, of known customers.

use std::collections::BTreeMap;
use std::io::Read;

use super::challenger::TWO_PART;
use super::judging::Judgement;
use super::ledger::Costs;
use super::origins::{AS_BEFORE, Plan, Trial, trials};
use crate::numeric::calendar::{DAY, day_of_civil};
use crate::orders::{Lines, Orders, Returns};
use crate::real_data::shared;

/// The shop's orders, and its customers' ids.
fn shop() -> Option<(Orders, Vec<u32>)> {
    let packed = std::fs::File::open(shared("data/online_retail_II/online_retail_II.csv.gz")?).expect("a file");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("a text");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = rows.headers().expect("a header").iter().map(str::to_owned).collect();
    let at = |name: &str| names.iter().position(|known| known == name).expect("a column");
    let [invoice, time, pieces, price, customer] =
        ["Invoice", "InvoiceDate", "Quantity", "Price", "Customer ID"].map(at);
    let (mut customers, mut invoices) = (BTreeMap::new(), BTreeMap::new());
    let mut lines = Lines::default();
    let (mut second, mut newest) = (false, 0);
    for row in rows.records() {
        let row = row.expect("a row");
        let cell = &row[time];
        let part = |from: usize, to: usize| cell[from..to].parse::<i64>().expect("a time");
        let day = day_of_civil(part(0, 4), part(5, 7) as u32, part(8, 10) as u32);
        let seconds = day * DAY + part(11, 13) * 3600 + part(14, 16) * 60;
        // The second sheet begins again on the first of December: its first nine days stand in the first sheet already.
        second |= newest >= day_of_civil(2010, 12, 9) && day == day_of_civil(2010, 12, 1);
        newest = newest.max(day);
        if second && day <= day_of_civil(2010, 12, 9) {
            continue;
        }
        let (count, each): (f64, f64) = (row[pieces].parse().expect("pieces"), row[price].parse().expect("a price"));
        if row[invoice].starts_with('C') || count <= 0.0 || each <= 0.0 || row[customer].is_empty() {
            continue;
        }
        let next = customers.len() as u32;
        lines.customer.push(*customers.entry(row[customer].to_owned()).or_insert(next));
        let next = invoices.len() as u32;
        lines.order.push(*invoices.entry(row[invoice].to_owned()).or_insert(next));
        lines.item.push(0);
        lines.time.push(seconds);
        lines.quantity.push((count * 1000.0).round() as i64);
        lines.amount.push((count * each * 10_000.0).round() as i64);
    }
    println!("{} lines, {} invoices, {} customers", lines.time.len(), invoices.len(), customers.len());
    let ids: Vec<u32> = (0..customers.len() as u32).collect();
    let orders = Orders::new(customers.len(), lines, Returns::default()).expect("sound");
    Some((orders, ids))
}

fn plan(season: bool) -> Plan {
    Plan {
        horizon: 90,
        season,
        opportunity: None,
        models: vec!["bg-nbd", "mbg-nbd", "pareto-nbd", TWO_PART],
        active: Some(365),
        sample: 50_000,
        seed: 7,
    }
}

#[test]
fn value_on_online_retail_ii_is_no_worse_than_the_best_of_the_reference() {
    let Some((orders, ids)) = shop() else { return };
    assert_eq!(ids.len(), 5878);
    let day = |year: i64, month: u32, day: u32| day_of_civil(year, month, day) as i32;
    let origins = [day(2010, 12, 14), day(2011, 3, 14), day(2011, 6, 12), day(2011, 9, 10)];
    let end = day(2011, 12, 10);
    let run = |season: bool| {
        trials(&orders, &ids, &Costs::default(), (&[], &[]), &plan(season), (&origins, end), &|_| {}).expect("observed")
    };
    let (with, without) = (run(true), run(false));
    for (season, trials) in [("with", &with), ("without", &without)] {
        for Trial { model, origin, judged } in trials {
            let judged: &Judgement = judged.as_ref().expect("fitted");
            println!(
                "{season} season, day {origin}, {model}: log likelihood {:.4}, Gini {:.3}, capture {:.3}, bias {:+.3} (purchases {:+.3}), covered {:.3}, {} customers, came {:.0}",
                judged.log_likelihood,
                judged.gini,
                judged.capture,
                judged.bias(),
                judged.purchases_bias(),
                judged.covered,
                judged.customers,
                judged.came
            );
        }
    }
    let last = |trials: &[Trial], model: &str| {
        let trial = trials.iter().find(|trial| trial.model == model && trial.origin == origins[3]).expect("tried");
        *trial.judged.as_ref().expect("fitted")
    };
    let (plain, seasonal) = (last(&without, "pareto-nbd"), last(&with, "pareto-nbd"));
    assert_eq!(seasonal.customers, 4317);
    assert!((seasonal.came / 2_825_057.0 - 1.0).abs() < 1e-3, "{}", seasonal.came);
    // The reference's best row: two parts, normalised Gini .813; its bias -41 %, BG/NBD's with gamma-gamma -33 %.
    assert!(seasonal.gini >= 0.813, "{seasonal:?}");
    // One order of 168,469.60 on the last day, cancelled twelve minutes later, is 6 % of what came: nothing foresees it.
    let without = (1.0 + seasonal.bias()) * seasonal.came / (seasonal.came - 168_469.60) - 1.0;
    assert!(without.abs() <= 0.10, "{without}");
    assert!(plain.bias() < -0.2, "without a season the fourth quarter is missed: {}", plain.bias());
    assert!(seasonal.log_likelihood > last(&with, AS_BEFORE).log_likelihood);
}
