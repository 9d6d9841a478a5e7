//! Figures of UCI Online Retail II that were derived independently (pandas, NumPy, scikit-learn), reproduced by features and
//! clustering. Needs `../shared/data/online_retail_II`; skipped where that is absent.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use patron::clustering::{
    Binning, ChoiceSettings, Column, KMeansSettings, Naming, Rfm, RfmCuts, RfmScore, Segmentation, Transform, choose_k,
    kept,
};
use patron::features::{FeatureSettings, FeatureTable, churned, compute, concentration, lapse, snapshots, spent};
use patron::numeric::calendar::{DAY, day_of_civil};
use patron::orders::{After, AfterError, AsOf, Lines, Orders, Returns, UNMATCHED};

/// First instant after the data: they end on 2011-12-09.
fn end() -> i64 {
    midnight(2011, 12, 10)
}

fn midnight(year: i64, month: u32, day: u32) -> i64 {
    day_of_civil(year, month, day) * DAY
}

/// Purchases (no cancellation, quantity and price above zero, the nine days that both sheets hold taken from the second)
/// and cancelled lines as returns; customers numbered by their ids, orders by their numbers.
fn orders() -> Option<&'static Orders> {
    static ORDERS: OnceLock<Option<Orders>> = OnceLock::new();
    ORDERS.get_or_init(read).as_ref()
}

fn read() -> Option<Orders> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/online_retail_II/online_retail_II.csv.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    // Invoice, StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).records().collect::<Result<_, _>>().unwrap();
    const FIRST_SHEET: usize = 525_461;
    let overlap = midnight(2010, 12, 1);
    let (mut lines, mut returns) = (Lines::default(), Returns::default());
    let (mut order_ids, mut item_ids) = (BTreeMap::new(), BTreeMap::new());
    let mut kept = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let time = instant(&row[4]);
        if row[6].is_empty() || (index < FIRST_SHEET && time >= overlap) {
            continue;
        }
        let customer: f64 = row[6].parse().unwrap();
        let quantity: i64 = row[3].parse().unwrap();
        let price = (row[5].parse::<f64>().unwrap() * 10_000.0).round() as i64;
        order_ids.insert(&row[0], 0);
        item_ids.insert(&row[1], 0);
        kept.push((customer as u32, &row[0], &row[1], time, quantity, price));
    }
    let number = |ids: &mut BTreeMap<&str, u32>| ids.values_mut().zip(0..).for_each(|(id, place)| *id = place);
    number(&mut order_ids);
    number(&mut item_ids);
    let mut customer_ids: Vec<u32> = kept.iter().map(|row| row.0).collect();
    customer_ids.sort_unstable();
    customer_ids.dedup();
    for (customer, order, item, time, quantity, price) in kept {
        let customer = customer_ids.binary_search(&customer).unwrap() as u32;
        if order.starts_with('C') {
            if quantity < 0 {
                returns.customer.push(customer);
                returns.item.push(item_ids[item]);
                returns.time.push(time);
                returns.quantity.push(-quantity * 1_000);
                returns.amount.push(-quantity * price);
                returns.bought.push(UNMATCHED);
            }
        } else if quantity > 0 && price > 0 {
            lines.customer.push(customer);
            lines.order.push(order_ids[order]);
            lines.item.push(item_ids[item]);
            lines.time.push(time);
            lines.quantity.push(quantity * 1_000);
            lines.amount.push(quantity * price);
        }
    }
    Some(Orders::new(customer_ids.len(), lines, returns).unwrap())
}

/// `2010-12-01 08:26:00` as civil seconds.
fn instant(text: &str) -> i64 {
    let field = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let day = day_of_civil(field(0..4), field(5..7) as u32, field(8..10) as u32);
    day * DAY + field(11..13) * 3_600 + field(14..16) * 60
}

fn features(orders: &Orders, as_of: i64) -> FeatureTable {
    compute(AsOf::new(orders, as_of), &FeatureSettings::default(), &|_| {}).unwrap()
}

fn rfm(table: &FeatureTable) -> Rfm<'_> {
    Rfm {
        recency: table.column("recency_days").unwrap(),
        frequency: table.column("orders_365d").unwrap(),
        monetary: table.column("money_365d").unwrap(),
    }
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, expected {expected} within {tolerance}");
}

/// Probability that a churner has the higher value, ties counted half.
fn auc(values: &[f64], churned: &[Option<bool>]) -> f64 {
    let mut ranked: Vec<(f64, bool)> =
        values.iter().zip(churned).filter_map(|(&value, label)| label.map(|label| (value, label))).collect();
    ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut stayed, mut won) = (0.0, 0.0);
    for same in ranked.chunk_by(|a, b| a.0 == b.0) {
        let gone = same.iter().filter(|row| row.1).count() as f64;
        let here = same.len() as f64 - gone;
        won += gone * (stayed + here / 2.0);
        stayed += here;
    }
    won / (stayed * (ranked.len() as f64 - stayed))
}

#[test]
fn purchases_population_and_labels() {
    let Some(orders) = orders() else { return };
    let cut = midnight(2011, 9, 10);
    let table = features(orders, cut);
    assert_eq!(table.customers.len(), 4_317);
    let after = After::new(orders, cut, 90, end()).unwrap();
    let labels = churned(after, &table.customers);
    let gone = labels.iter().filter(|label| **label == Some(true)).count();
    near(gone as f64 / 4_317.0, 0.4936, 0.00005);
    near(spent(after, &table.customers).iter().sum(), 2_825_057.0, 0.5);
    near(auc(table.column("recency_days").unwrap(), &labels), 0.708, 0.0015);
    let fewer: Vec<f64> = table.column("orders_365d").unwrap().iter().map(|orders| -orders).collect();
    near(auc(&fewer, &labels), 0.746, 0.0005);
    let overdue: Vec<f64> =
        table.column("recency_over_gap").unwrap().iter().map(|gap| if gap.is_nan() { 1e9 } else { *gap }).collect();
    near(auc(&overdue, &labels), 0.663, 0.002); // recency counts whole days here, fractions there
    assert_eq!(
        After::new(orders, cut + 2 * DAY, 90, end()).unwrap_err(),
        AfterError::NotObserved { horizon: 90, missing: 1 }
    );
}

/// Two mistakes of which every churn project makes one, each with an AUC of 1.000: neither gets past `After::follows`.
#[test]
fn features_that_know_the_future_are_refused() {
    let Some(orders) = orders() else { return };
    let cut = midnight(2011, 9, 10);
    let after = After::new(orders, cut, 90, end()).unwrap();

    // recency computed to the end of the data
    let (clean, leaky) = (features(orders, cut), features(orders, after.until()));
    let labels = churned(after, &leaky.customers);
    let perfect = auc(leaky.column("recency_days").unwrap(), &labels);
    assert_eq!(perfect, 1.0, "who bought within the last 90 days did not churn in them");
    assert_eq!(after.follows(leaky.as_of), Err(AfterError::FeaturesKnowIt { days: 90 }));
    assert_eq!(after.follows(clean.as_of), Ok(()));

    // labels from the window that the features describe, with recency removed
    let fewer: Vec<f64> = leaky.column("orders_90d").unwrap().iter().map(|orders| -orders).collect();
    assert_eq!(auc(&fewer, &labels), 1.0);

    let training = snapshots(cut, 10, 30, 90).unwrap();
    assert_eq!(training[9], midnight(2011, 6, 12));
    for date in training {
        assert_eq!(After::new(orders, date, 90, cut).unwrap().follows(features(orders, date).as_of), Ok(()));
    }
}

#[test]
fn concentration_and_lapse() {
    let Some(orders) = orders() else { return };
    let known = AsOf::new(orders, end());
    let table = features(orders, end());
    assert_eq!(table.customers.len(), 4_264);
    let found = concentration(table.column("money_365d").unwrap(), &[0.8, 0.95]);
    assert_eq!(found.sizes, [1_122, 1_441, 1_701]);
    near(found.gini, 0.7136, 0.00005);
    near(found.pareto[20], 0.7444, 0.00005);

    let curve = lapse(known, 730);
    assert!(curve.windows(2).all(|pair| pair[0].waiting >= pair[1].waiting));
}

#[test]
fn rfm_scores() {
    let Some(orders) = orders() else { return };
    let table = features(orders, end());
    let rfm = rfm(&table);
    let count = |scores: &[RfmScore], of: fn(&RfmScore) -> u8| {
        (1..=5).map(|score| scores.iter().filter(|each| of(each) == score).count()).collect::<Vec<_>>()
    };
    let all = |scores: &[RfmScore], score| {
        let extreme = RfmScore { recency: score, frequency: score, monetary: score };
        scores.iter().filter(|each| **each == extreme).count()
    };
    let scores = RfmCuts::fit(rfm, 5, Binning::Quantiles).unwrap().score(rfm).unwrap();
    assert_eq!(count(&scores, |score| score.recency), [847, 857, 846, 846, 868]);
    assert_eq!(count(&scores, |score| score.frequency), [1_500, 804, 508, 622, 830]);
    assert_eq!(count(&scores, |score| score.monetary), [854, 852, 852, 853, 853]);
    assert_eq!((all(&scores, 5), all(&scores, 1)), (340, 323));

    let naming = Naming::standard();
    let mut sizes = vec![0; naming.names().len()];
    scores.iter().for_each(|score| sizes[naming.segment(*score) as usize] += 1);
    assert!(sizes.iter().all(|&size| size > 0), "{:?} {sizes:?}", naming.names());
}

fn columns(table: &FeatureTable) -> [Column<'_>; 3] {
    let Rfm { recency, frequency, monetary } = rfm(table);
    [
        Column { name: "recency_days", transform: Transform::SignedLog, values: recency },
        Column { name: "orders_365d", transform: Transform::Log, values: frequency },
        Column { name: "money_365d", transform: Transform::SignedLog, values: monetary },
    ]
}

#[test]
fn kmeans_inertia_and_choice() {
    let Some(orders) = orders() else { return };
    let table = features(orders, end());
    let columns = columns(&table);
    let settings = KMeansSettings { seed: 7, ..KMeansSettings::default() };
    for (k, expected) in [(3, 4785.07), (4, 3879.89), (5, 3306.95), (6, 2843.10), (8, 2342.20)] {
        let found = Segmentation::fit(&columns, k, &settings).unwrap().inertia;
        near(found / expected, 1.0, 0.001);
    }
    let choice = choose_k(&columns, &settings, &ChoiceSettings::default(), &|_| {}).unwrap();
    println!("{choice:?}");
    for (k, silhouette) in [(3, 0.34), (4, 0.34), (5, 0.31), (6, 0.31), (8, 0.30)] {
        near(choice.tried[k - 3].silhouette, silhouette, 0.02);
    }
    assert!(choice.stable);
}

/// Refitted every 30 days for half a year: without matching, labels would mean little from run to run.
#[test]
fn labels_last_from_month_to_month() {
    let Some(orders) = orders() else { return };
    let mut former: Option<(Segmentation, Vec<u32>, Vec<u32>)> = None;
    for back in (0..6).rev() {
        let table = features(orders, end() - back * 30 * DAY);
        let columns = columns(&table);
        let mut segmentation = Segmentation::fit(&columns, 5, &KMeansSettings::default()).unwrap();
        if let Some((model, customers, labels)) = &former {
            segmentation = segmentation.matched_to(model);
            let now = segmentation.assign(&columns).unwrap();
            let text = |number: &u32| number.to_string();
            let before: BTreeMap<String, String> = customers.iter().map(text).zip(labels.iter().map(text)).collect();
            let names: Vec<String> = (0..5).map(|label| text(&label)).collect();
            let ids: Vec<String> = table.customers.iter().map(text).collect();
            let stayed = kept(&before, &ids, &names, &now).expect("most customers are in both runs").share;
            println!("{back} months before the end: {stayed:.3} kept their segment");
            assert!(stayed > 0.55, "{stayed}");
        }
        let labels = segmentation.assign(&columns).unwrap();
        former = Some((segmentation, table.customers.clone(), labels));
    }
}
