//! Figures of the reference on real data.

use std::collections::BTreeMap;
use std::io::Read;

use rand::RngExt;

use super::dry_runs::split_at_random;
use super::*;
use crate::numeric::calendar::day_of_civil;
use crate::numeric::random::stream;
use crate::numeric::shares::Z95;
use crate::real_data::shared as data;

fn text(path: &str) -> Option<String> {
    let file = std::fs::File::open(data(path)?).expect("a file");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("text");
    Some(text)
}

/// Hillstrom's trial: of each person, the mail sent, visit, conversion and spending.
fn hillstrom() -> Option<Vec<(String, [f64; 3])>> {
    let text = text("data/hillstrom/hillstrom.csv.gz")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|cell| cell == name).expect("the column is there");
    let (segment, outcomes) = (place("segment"), ["visit", "conversion", "spend"].map(place));
    let person = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect("a row");
        (row[segment].to_owned(), outcomes.map(|place| row[place].parse().expect("a number")))
    };
    Some(reader.records().map(person).collect())
}

/// One mail against none.
fn against_none(people: &[(String, [f64; 3])], mail: &str, outcome: usize) -> (Vec<f64>, Arms) {
    let own: Vec<&(String, [f64; 3])> =
        people.iter().filter(|(segment, _)| segment == mail || segment == "No E-Mail").collect();
    let values = own.iter().map(|(_, outcomes)| outcomes[outcome]).collect();
    (values, Arms::new(own.iter().map(|(segment, _)| segment == mail).collect()))
}

/// `feedback.md`, section 3, the first table: means of both arms, difference, its standard error, relative lift with its own.
#[test]
fn hillstroms_effects() {
    let Some(people) = hillstrom() else { return };
    let rows = [
        ("Mens E-Mail", 0, [0.182_756_84, 0.106_167_28, 0.076_589_56, 0.003_385_89, 0.7214, 0.0423]),
        ("Mens E-Mail", 1, [0.012_531_09, 0.005_726_09, 0.006_805_01, 0.000_920_87, 1.1884, 0.2382]),
        ("Mens E-Mail", 2, [1.422_616_51, 0.652_789_36, 0.769_827_16, 0.145_246_56, 1.1793, 0.3240]),
        ("Womens E-Mail", 0, [0.151_400_38, 0.106_167_28, 0.045_233_11, 0.003_234_46, 0.4261, 0.0366]),
        ("Womens E-Mail", 1, [0.008_837_14, 0.005_726_09, 0.003_111_06, 0.000_822_68, 0.5433, 0.1786]),
        ("Womens E-Mail", 2, [1.077_201_57, 0.652_789_36, 0.424_412_22, 0.130_332_86, 0.6502, 0.2556]),
    ];
    let bounds = [
        (0.069_953, 0.083_226),
        (0.005_000, 0.008_610),
        (0.485_149, 1.054_505),
        (0.038_894, 0.051_573),
        (0.001_499, 0.004_723),
        (0.168_965, 0.679_860),
    ];
    for ((mail, outcome, figures), (low, high)) in rows.into_iter().zip(bounds) {
        let (values, arms) = against_none(&people, mail, outcome);
        let found = compare(&values, &arms, 0.95).unwrap();
        let relative = lift(&found, Z95).unwrap();
        let ours = [found.treated.mean, found.control.mean, found.difference, found.se];
        for (ours, theirs) in ours.into_iter().zip(figures) {
            assert!((ours - theirs).abs() < 6e-9, "{mail} {outcome}: {ours} {theirs}");
        }
        assert!((relative.value - figures[4]).abs() < 6e-5 && (relative.se - figures[5]).abs() < 6e-5, "{relative:?}");
        // The reference has normal intervals; Student's t with 40,000 degrees of freedom is wider by a few millionths.
        assert!((found.low - low).abs() < 1.5e-5 && (found.high - high).abs() < 1.5e-5, "{mail} {outcome}: {found:?}");
    }
}

/// `feedback.md`, section 3: men's spending capped at the 99.9 % point of both arms.
#[test]
fn hillstroms_spending_capped() {
    let Some(people) = hillstrom() else { return };
    let (values, arms) = against_none(&people, "Mens E-Mail", 2);
    let cap = Cap::of(&values, 0.999);
    let found = compare(&cap.apply(&values), &arms, 0.95).unwrap();
    assert!((cap.value() - 233.30).abs() < 0.005, "{cap:?}");
    assert!((found.difference - 0.649_256).abs() < 6e-7 && (found.se - 0.112_450).abs() < 6e-7, "{found:?}");
}

/// Customers of Online Retail II who bought in the 365 days before 2011-09-10: what they spent in these, and in the 90 days after. No cancellation,
/// quantity and price above zero, the nine days that both sheets hold taken from the second.
fn online_retail() -> Option<(Vec<f64>, Vec<f64>)> {
    let text = text("data/online_retail_II/online_retail_II.csv.gz")?;
    let (cut, second) = (day_of_civil(2011, 9, 10), day_of_civil(2010, 12, 1));
    let mut all: BTreeMap<u32, [f64; 2]> = BTreeMap::new();
    for (index, row) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let row = row.expect("a row");
        let (quantity, price): (f64, f64) = (row[3].parse().expect("a number"), row[5].parse().expect("a number"));
        let field = |range: std::ops::Range<usize>| row[4][range].parse::<i64>().expect("a date");
        let day = day_of_civil(field(0..4), field(5..7) as u32, field(8..10) as u32);
        let both = index < 525_461 && day >= second;
        let away = day - cut;
        if row[6].is_empty()
            || row[0].starts_with('C')
            || quantity <= 0.0
            || price <= 0.0
            || both
            || !(-365..90).contains(&away)
        {
            continue;
        }
        let customer = row[6].parse::<f64>().expect("a number") as u32;
        all.entry(customer).or_default()[usize::from(away >= 0)] += quantity * price;
    }
    let bought = all.into_values().filter(|[before, _]| *before > 0.0);
    Some(bought.map(|[before, after]| (before, after)).unzip())
}

/// Splits of a test.
const SPLITS: u32 = 2_000;
/// Splits by which the default method is judged: the share of false alarms is then known to 0.3 points.
const MANY_SPLITS: u32 = 20_000;

/// `feedback.md`, section 3, the second table, and section 8: the default method holds its promise, plain revenue does not.
#[test]
fn false_alarms_on_online_retail_ii() {
    let Some((before, after)) = online_retail() else { return };
    let n = after.len() as f64;
    let mean = after.iter().sum::<f64>() / n;
    assert_eq!(after.len(), 4_317);
    assert!((mean - 654.402_9).abs() < 1e-3, "{mean}");
    let bought: Vec<f64> = after.iter().map(|spent| f64::from(u8::from(*spent > 0.0))).collect();
    let columns = [before];
    let capped = |adjustment| Method { cap: Some(USUAL_CAP), adjustment };
    for share in [0.1, 0.2, 0.5] {
        let of = |values: &[f64], method, splits| dry_runs(values, &columns, share, method, (splits, 0.05), 7).unwrap();
        let rate = |values: &[f64], method| of(values, method, SPLITS).rate;
        let plain = rate(&after, Method::PLAIN);
        let only_capped = rate(&after, capped(Adjustment::None));
        let usual = of(&after, capped(Adjustment::Pooled), MANY_SPLITS).rate;
        let by_arm = rate(&after, capped(Adjustment::ByArm));
        let shares = rate(&bought, Method::PLAIN);
        println!(
            "{share}: plain {plain:.4}, capped {only_capped:.4}, usual {usual:.4}, by arm {by_arm:.4}, bought {shares:.4}"
        );
        assert!((usual - 0.05).abs() <= 0.01, "{share}: {usual}");
        assert!(
            (shares - 0.05).abs() <= 0.015 && (only_capped - 0.05).abs() <= 0.02,
            "{share}: {shares} {only_capped}"
        );
        match share {
            0.1 => assert!((plain - 0.158).abs() < 0.025, "{plain}"),
            0.2 => assert!((plain - 0.105).abs() < 0.02, "{plain}"),
            _ => assert!((plain - 0.045).abs() < 0.015, "{plain}"),
        }
    }
}

/// `feedback.md`, section 3, the smallest lift that can be seen: 70, 29, 19 and 14 % of the mean at a tenth as control.
#[test]
fn what_a_tenth_can_see_on_online_retail_ii() {
    let Some((before, after)) = online_retail() else { return };
    let nobody = Arms::new(vec![false; after.len()]);
    let sees = |values: &[f64], share: f64| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        detectable(sd, n, share, 0.05, 0.8) / mean
    };
    let prepared = |adjustment| {
        Method { cap: Some(USUAL_CAP), adjustment }.prepared(&after, std::slice::from_ref(&before), &nobody)
    };
    let bought: Vec<f64> = after.iter().map(|spent| f64::from(u8::from(*spent > 0.0))).collect();
    let all = [after.clone(), prepared(Adjustment::None), prepared(Adjustment::Pooled), bought];
    for (share, lifts) in
        [(0.1, [0.70, 0.29, 0.19, 0.14]), (0.2, [0.57, 0.22, 0.14, 0.11]), (0.5, [0.47, 0.18, 0.11, 0.08])]
    {
        let found: Vec<f64> = all.iter().map(|values| sees(values, share)).collect();
        println!("{share}: {found:.3?}");
        // Of plain revenue the formula has 79 % at a tenth where the reference has 70: the one tail that decides is cut off nowhere.
        for (found, published) in found.into_iter().zip(lifts).skip(1) {
            assert!((found - published).abs() < 0.015, "{share}: {found} {published}");
        }
    }
}

/// `feedback.md`, section 8: a true lift of 10 % planted on the chance to buy is inside the interval in 94 to 96 % of splits.
#[test]
fn intervals_hold_a_planted_lift() {
    let Some((before, after)) = online_retail() else { return };
    let mut random = stream(7, "planted lift");
    let buyers: Vec<f64> = after.iter().copied().filter(|spent| *spent > 0.0).collect();
    let base = buyers.len() as f64 / after.len() as f64;
    let flip = 0.1 * base / (1.0 - base);
    // What each person does when contacted: some who would not have bought buy what a buyer buys.
    let contacted: Vec<f64> = after
        .iter()
        .map(|spent| match *spent > 0.0 || random.random::<f64>() >= flip {
            true => *spent,
            false => buyers[random.random_range(0..buyers.len())],
        })
        .collect();
    let bought = |spent: &[f64]| -> Vec<f64> { spent.iter().map(|spent| f64::from(u8::from(*spent > 0.0))).collect() };
    let usual = Method { cap: Some(USUAL_CAP), adjustment: Adjustment::Pooled };
    let cap = Cap::of(&after, USUAL_CAP);
    for share in [0.1, 0.2, 0.5] {
        let outcomes = [
            (bought(&after), bought(&contacted), Method::PLAIN),
            (cap.apply(&after), cap.apply(&contacted), Method { cap: None, ..usual }),
        ];
        for (without, with, method) in outcomes {
            let n = without.len();
            let truth = with.iter().zip(&without).map(|(with, without)| with - without).sum::<f64>() / n as f64;
            let inside = (0..SPLITS)
                .filter(|split| {
                    let arms = split_at_random(n, (share * n as f64).round() as usize, 11, *split);
                    let of = |p: usize| if arms.treated()[p] { with[p] } else { without[p] };
                    let values: Vec<f64> = (0..n).map(of).collect();
                    let columns = [Cap::of(&before, USUAL_CAP).apply(&before)];
                    let found = compare(&method.prepared(&values, &columns, &arms), &arms, 0.95).unwrap();
                    found.low <= truth && truth <= found.high
                })
                .count();
            let coverage = inside as f64 / f64::from(SPLITS);
            println!("{share}, {method:?}: {coverage:.4}");
            assert!((0.935..=0.965).contains(&coverage), "{share}: {coverage}");
        }
    }
}
