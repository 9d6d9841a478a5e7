//! What `patron generate` planted in a shop is found again by the stages: money, orders, rhythm, leaving, season, satisfaction, complaints and the
//! cost of winning customers. The figures in comments and messages are those of the shop of 60,000 lines that most tests look at.
//!
//! Not found again, and not asserted: how many of those who bought once are still there (the models say 142, the truth 2) and of those who come
//! ever more rarely (203 instead of 145); the four phases of champions, whose gaps have a shape of 2.75, and the three of those who come ever
//! more rarely (1.71).

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{ask, call, notes, run_into};

const PIPELINE: &str = r#"
[run]
as_of = "2026-01-01"
seed = 7

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer_id", order = "order_id", time = "order_time", item = "item_id", description = "description", category = "category", quantity = "quantity", unit_price = "unit_price", country = "country" }
max_reject_share = 0.02

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"

[stage.truth]
kind = "ingest"
paths = ["DATA/truth-customers.csv"]
columns = { customer = "customer_id", type = "type", made = "orders", left_on = "left_date", gap = "gap_days", slowing = "slowing", season_share = "season_share", spent = "spent", margin = "margin" }

[stage.customers]
kind = "ingest"
paths = ["DATA/customers.csv"]
columns = { customer = "customer_id", channel = "channel" }

[stage.complaints]
kind = "ingest"
paths = ["DATA/complaints.csv"]
columns = { customer = "customer_id", date = "date", order = "order_id", resolved = "resolved_date" }
types = { order = "id" }

[stage.service]
kind = "ingest"
paths = ["DATA/service.csv"]
columns = { customer = "customer_id", time = "event_time", event = "event" }

[stage.late]
kind = "sql"
inputs = ["service"]
query = "SELECT customer, CAST(time AS DATE) AS date FROM service WHERE event = 'late_delivery' ORDER BY customer, date"
columns = { customer = "text", date = "date" }

[stage.surveys]
kind = "ingest"
paths = ["DATA/surveys.csv"]
columns = { customer = "customer_id", asked = "sent_date", date = "answered_date", wave = "wave", expect_1 = "expect_1", expect_2 = "expect_2", expect_3 = "expect_3", quality_1 = "quality_1", quality_2 = "quality_2", quality_3 = "quality_3", quality_4 = "quality_4", value_1 = "value_1", value_2 = "value_2", satisfied_1 = "satisfied_1", satisfied_2 = "satisfied_2", satisfied_3 = "satisfied_3", loyal_1 = "loyal_1", loyal_2 = "loyal_2", recommend = "recommend", easy = "easy" }
types = { wave = "text" }

[stage.costs]
kind = "ingest"
paths = ["DATA/costs.csv"]
columns = { item = "item_id", unit_cost = "unit_cost" }

[stage.spend]
kind = "ingest"
paths = ["DATA/spend.csv"]
columns = { period = "month", channel = "channel", amount = "amount" }

[stage.life]
kind = "track-lifecycle"
orders = "orders"

[stage.value]
kind = "value-customers"
orders = "orders"
costs = "costs"

[stage.loyalty]
kind = "measure-loyalty"
orders = "orders"
complaints = "complaints"
failures = "late"

[stage.satisfaction]
kind = "index-satisfaction"
answers = "surveys"
wave = "wave"
constructs = [
  { name = "expectation", items = ["expect_1", "expect_2", "expect_3"] },
  { name = "quality", items = ["quality_1", "quality_2", "quality_3", "quality_4"], from = ["expectation"] },
  { name = "value", items = ["value_1", "value_2"], from = ["expectation", "quality"] },
  { name = "satisfaction", items = ["satisfied_1", "satisfied_2", "satisfied_3"], from = ["expectation", "quality", "value"] },
  { name = "loyalty", items = ["loyal_1", "loyal_2"], from = ["satisfaction"] },
]
features = "features"
orders = "orders"
complaints = "complaints"
failures = "late"

[stage.kpis]
kind = "measure-kpis"
orders = "orders"
segments = [{ from = "customers", columns = ["channel"] }, { from = "truth", columns = ["type"] }]
cube = { by = ["quarter"] }
spend = { from = "spend", channel = "channel" }
answers = { from = "surveys", time = "asked", satisfaction = "satisfied_1", scale = [1, 10], asked = true }
complaints = { from = "complaints", time = "date", order = "order", resolved = "resolved" }
"#;

/// A finished run on a generated shop.
struct Shop {
    folder: TempDir,
    pipeline: PathBuf,
}

impl Shop {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn ask(&self, sql: &str) -> Vec<String> {
        ask(&self.pipeline, self.path(), sql)
    }

    /// The rows of an answer that are all numbers.
    fn numbers(&self, sql: &str) -> Vec<Vec<f64>> {
        let row = |line: &String| line.split(',').map(|cell| cell.parse().expect("a number")).collect();
        self.ask(sql).iter().map(row).collect()
    }

    /// The only row.
    fn one(&self, sql: &str) -> Vec<f64> {
        self.numbers(sql).pop().expect("a row")
    }

    /// The only column.
    fn column(&self, sql: &str) -> Vec<f64> {
        self.numbers(sql).iter().map(|row| row[0]).collect()
    }

    /// What was planted in the shop as a whole.
    fn truth(&self) -> Value {
        let text = std::fs::read_to_string(self.path().join("shop/truth.json")).expect("the truth");
        serde_json::from_str(&text).expect("JSON")
    }
}

/// A generated shop and a run on it, both with further words on the command line.
fn made(generate: &[&str], run: &[&str]) -> Shop {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("shop").display().to_string();
    let gave = call(&[&["generate", &data, "--seed", "11"], generate].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
    let pipeline = folder.path().join("planted.toml");
    std::fs::write(&pipeline, PIPELINE.replace("DATA", &data)).expect("written");
    let gave = run_into(&pipeline, folder.path(), &[&["--quiet"], run].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
    Shop { folder, pipeline }
}

/// One run that most tests look at.
fn shop() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| made(&["--lines", "60000"], &[]))
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn near(found: f64, planted: f64, share: f64) -> bool {
    (found - planted).abs() <= share * planted.abs()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How often one of the first is above one of the second, ties counting half: the area under the ROC curve.
fn above(high: &[f64], low: &[f64]) -> f64 {
    let wins = |high: &f64| low.iter().map(|low| (1.0 + f64::from(high.total_cmp(low) as i8)) / 2.0).sum::<f64>();
    high.iter().map(wins).sum::<f64>() / (high.len() * low.len()) as f64
}

/// Spearman's rank correlation of the two columns of rows.
fn rank_correlation(rows: &[Vec<f64>]) -> f64 {
    let ranks = |place: usize| -> Vec<f64> {
        let values: Vec<f64> = rows.iter().map(|row| row[place]).collect();
        let rank = |one: &f64| values.iter().map(|other| 1.0 + f64::from(one.total_cmp(other) as i8)).sum::<f64>();
        values.iter().map(rank).collect()
    };
    let (a, b) = (ranks(0), ranks(1));
    let (at, bt) = (mean(&a), mean(&b));
    let sum = |one: &[f64], other: &[f64], middle: (f64, f64)| -> f64 {
        one.iter().zip(other).map(|(x, y)| (x - middle.0) * (y - middle.1)).sum()
    };
    sum(&a, &b, (at, bt)) / (sum(&a, &a, (at, at)) * sum(&b, &b, (bt, bt))).sqrt()
}

#[test]
fn money_to_the_cent_where_the_export_is_clean() {
    let shop =
        made(&["--lines", "22000", "--dirt", "0"], &["--select", "features", "--select", "value", "--select", "truth"]);
    let differ = |table: &str, found: &str, planted: &str| {
        shop.one(&format!(
            "SELECT count(*), count(*) FILTER (WHERE abs({found} - {planted}) >= 0.005) FROM {table} JOIN truth USING (customer)"
        ))
    };
    for differ in [differ("features", "net_money_lifetime", "spent"), differ("value", "existing", "margin")] {
        assert!(differ[0] > 400.0 && differ[1] < 1.0, "{differ:?}");
    }
}

#[test]
fn money_and_orders_of_each_customer() {
    let shop = shop();
    // 134 of 1,573 customers differ by a line or two: rows that cannot be read are lost, and lines that were really bought twice, which stand
    // in the export twice, count once in the truth.
    let spent = shop.one(
        "SELECT count(*), count(*) FILTER (WHERE abs(net_money_lifetime - spent) < 0.005), sum(net_money_lifetime), sum(spent) \
         FROM features JOIN truth USING (customer)",
    );
    assert!(spent[0] > 1000.0 && spent[1] > 0.87 * spent[0], "{spent:?}: 1049 of 1168");
    assert!(near(spent[2], spent[3], 0.001), "{spent:?}: 0.04% apart");
    let margin = shop.one(
        "SELECT count(*), count(*) FILTER (WHERE abs(existing - margin) < 0.005), \
         count(*) FILTER (WHERE abs(existing - margin) <= 0.05 * abs(margin)), sum(existing), sum(margin) \
         FROM value JOIN truth USING (customer)",
    );
    assert!(margin[1] > 0.89 * margin[0] && margin[2] > 0.98 * margin[0], "{margin:?}: 1439 and 1559 of 1573");
    assert!(near(margin[3], margin[4], 0.001), "{margin:?}: 0.02% apart");
    let orders = shop.one(
        "SELECT count(*), count(*) FILTER (WHERE had = made) FROM \
         (SELECT customer, count(DISTINCT \"order\") AS had FROM orders GROUP BY customer) AS counted JOIN truth USING (customer)",
    );
    assert!(orders[1] >= orders[0] - 2.0, "{orders:?}: all but one");
    // Orders by type, as the KPIs count them over all months.
    let found = shop.ask(
        "SELECT segment, CAST(sum(numerator) AS BIGINT) FROM kpis WHERE grain = 'month' AND dimension = 'type' AND kpi = 'orders' GROUP BY 1",
    );
    let truth = shop.truth();
    for planted in list(&truth["types"]) {
        let name = planted["name"].as_str().expect("a name");
        let count = found.iter().find_map(|row| row.strip_prefix(&format!("{name},"))).expect("the type");
        let apart = count.parse::<f64>().expect("a count") - number(&planted["orders"]);
        assert!(apart.abs() <= 2.0, "{name}: {count}, {planted}");
    }
}

#[test]
fn rhythm_of_visits() {
    let shop = shop();
    let regularity = |of: &str| {
        shop.column(&format!(
            "SELECT regularity FROM loyalty JOIN truth USING (customer) WHERE regularity IS NOT NULL AND type = '{of}'"
        ))
    };
    // Two phases are planted for regulars and four for champions.
    let (regulars, champions) = (regularity("regular"), regularity("champion"));
    assert!(regulars.len() > 200 && champions.len() > 50);
    let among = above(&champions, &regulars);
    assert!(among > 0.65, "{among}: 0.70");
    let (two, four) = (median(regulars), median(champions));
    assert!((two - 2.0).abs() < 0.25, "{two}: 2.03");
    assert!((2.4..3.3).contains(&four), "{four}: 2.75");
    // The shop as a whole is more regular than chance, by Wheat and Morrison.
    let told = notes(shop.path(), "loyalty");
    assert!(told.contains("customers buy regularly"), "{told}");

    // Of those still there, customers whose gaps grow by a quarter each time are those whose spending falls.
    let slope = |more: &str| {
        shop.column(&format!(
            "SELECT slope FROM loyalty JOIN truth USING (customer) WHERE slope IS NOT NULL AND left_on IS NULL AND {more}"
        ))
    };
    let (slowing, steady) = (slope("slowing > 1"), slope("slowing = 1 AND type <> 'seasonal'"));
    assert!(slowing.len() > 60 && steady.len() > 200);
    let among = above(&steady, &slowing);
    assert!(among > 0.85, "{among}: 0.90");
    assert!(median(slowing) < 2.0 * median(steady), "both fall: -0.12 and -0.04");

    // The shorter the planted gap, the more orders are expected.
    let gaps = shop.numbers(
        "SELECT gap, expected_orders_365d, CASE WHEN type = 'champion' THEN 1 ELSE 0 END FROM value JOIN truth USING (customer) \
         WHERE left_on IS NULL AND slowing = 1",
    );
    let correlation = rank_correlation(&gaps);
    assert!(gaps.len() > 400 && correlation < -0.6, "{correlation}: -0.68");
    let champions: Vec<&Vec<f64>> = gaps.iter().filter(|row| row[2] > 0.0).collect();
    let expected: f64 = champions.iter().map(|row| row[1]).sum();
    let planted: f64 = champions.iter().map(|row| 365.0 / row[0]).sum();
    assert!(near(expected, planted, 0.12), "{expected} orders of champions beside {planted}: 871 and 874");
}

#[test]
fn who_left() {
    let shop = shop();
    let alive = |which: &str| {
        shop.column(&format!("SELECT alive FROM value JOIN truth USING (customer) WHERE left_on IS {which}"))
    };
    let among = above(&alive("NULL"), &alive("NOT NULL"));
    assert!(among > 0.92, "{among}: 0.949");
    // How many of each type are still there.
    for planted in ["champion", "regular", "seasonal"] {
        let there = shop.one(&format!(
            "SELECT sum(alive), count(*) FILTER (WHERE left_on IS NULL) FROM value JOIN truth USING (customer) WHERE type = '{planted}'"
        ));
        assert!(near(there[0], there[1], 0.12), "{planted} {there:?}: 3 to 8% too many");
    }
    let stages = |of: &str| {
        shop.one(&format!(
            "SELECT count(*) FILTER (WHERE left_on IS NOT NULL), count(*) FROM life JOIN truth USING (customer) WHERE stage IN ({of})"
        ))
    };
    let gone = stages("'dormant', 'lost'");
    assert!(gone[1] > 500.0 && gone[0] > 0.97 * gone[1], "{gone:?}: 671 of 678");
    let there = stages("'loyal', 'building', 'returned'");
    assert!(there[1] > 500.0 && there[0] < 0.16 * there[1], "{there:?}: 83 of 671");
}

#[test]
fn season() {
    let shop = shop();
    let found = shop.ask(
        "SELECT segment, sum(numerator) FILTER (WHERE period LIKE '%-11' OR period LIKE '%-12') / sum(numerator) FROM kpis \
         WHERE grain = 'month' AND dimension = 'type' AND kpi = 'orders' GROUP BY 1",
    );
    let planted = shop.ask("SELECT type, avg(season_share) FROM truth WHERE season_share IS NOT NULL GROUP BY 1");
    assert_eq!(planted.len(), 4);
    for row in planted {
        let (name, planted) = row.split_once(',').expect("two cells");
        let found = found.iter().find_map(|row| row.strip_prefix(&format!("{name},"))).expect("the type");
        let (found, planted): (f64, f64) = (found.parse().expect("a share"), planted.parse().expect("a share"));
        assert!((found - planted).abs() < 0.04, "{name}: {found} of the orders in season, {planted} planted");
    }
    // The season of the shop: the periods that begin on 2 November and 2 December are the highest two.
    let index = shop.numbers(
        "SELECT season_index, CASE WHEN period >= DATE '2025-11-01' THEN 1 ELSE 0 END FROM loyalty_series \
         WHERE \"group\" = 'all' AND period >= DATE '2025-01-06' ORDER BY 1 DESC",
    );
    assert_eq!(index.len(), 12);
    assert!(index[0][1] + index[1][1] > 1.5, "{index:?}");
    let values: Vec<f64> = index.iter().map(|row| row[0]).collect();
    let share =
        shop.one("SELECT sum(spent * coalesce(season_share, 61.0 / 365.0)) / sum(spent) FROM truth WHERE spent > 0")[0];
    // Two periods of two years hold 57.5 of the 61 days of the season in the mean; the index is a fifth lower than planted.
    let (on, off) = (share / 61.0, (1.0 - share) / 304.0);
    let planted = ((57.5 * on + 2.5 * off) / 60.0) / ((3.5 * on + 301.5 * off) / 305.0);
    let times = mean(&values[..2]) / mean(&values[2..]);
    assert!(times > 1.5 && near(times, planted, 0.25), "{times} beside {planted}: 1.71 and 2.15");
}

#[test]
fn satisfaction_of_those_asked_and_what_leads_to_it() {
    let shop = shop();
    let truth = shop.truth();
    // Answers are 7 + 1.7 × 0.85 × satisfaction on a scale from 1 to 10; the index goes from 0 to 100.
    let index = |satisfaction: &Value| (6.0 + 1.7 * 0.85 * number(satisfaction)) / 9.0 * 100.0;
    let (mut covered, mut apart, mut apart_unweighted, mut apart_answered) = (0, Vec::new(), Vec::new(), Vec::new());
    for wave in list(&truth["survey"]["waves"]) {
        let name = wave["wave"].as_str().expect("a name");
        let found = shop.one(&format!(
            "SELECT value, low, high, unweighted FROM satisfaction_index WHERE wave = '{name}' AND construct = 'satisfaction' AND measure = 'index'"
        ));
        let asked = index(&wave["satisfaction_of_asked"]);
        covered += usize::from((found[1]..=found[2]).contains(&asked));
        apart.push(found[0] - asked);
        apart_unweighted.push(found[3] - asked);
        apart_answered.push((found[3] - index(&wave["satisfaction_of_answered"])).abs());
    }
    assert!(apart.len() == 8 && covered >= 7, "{covered} of {} intervals hold the mean of those asked: 7", apart.len());
    // Those who answer are more content than those who are asked; weights take that away in the mean of all waves of this shop.
    let (weighted, unweighted) = (mean(&apart), mean(&apart_unweighted));
    assert!(weighted.abs() < 0.5 && unweighted > 0.3, "{weighted} and {unweighted}: 0.09 and 0.59");
    let answered = mean(&apart_answered);
    assert!(answered < 0.8, "{answered}: 0.44");
    // Effects between standardised variables: the planted ones, with the spread that noise, types and trouble give. There is no arrow from
    // expectation to value.
    let paths = [
        ("expectation", "quality", 0.53),
        ("quality", "value", 0.58),
        ("expectation", "satisfaction", 0.11),
        ("quality", "satisfaction", 0.56),
        ("value", "satisfaction", 0.21),
        ("satisfaction", "loyalty", 0.62),
        ("expectation", "value", 0.0),
    ];
    for (from, to, planted) in paths {
        let found = shop.one(&format!(
            "SELECT avg(consistent) FROM satisfaction_paths WHERE \"from\" = '{from}' AND \"to\" = '{to}'"
        ));
        assert!((found[0] - planted).abs() < 0.13, "{from} to {to}: {} beside {planted}", found[0]);
    }
}

#[test]
fn complaints_and_what_they_do() {
    let shop = shop();
    let truth = shop.truth();
    let sums = |kpi: &str| {
        shop.one(&format!(
            "SELECT sum(numerator), sum(denominator) FROM kpis WHERE grain = 'month' AND dimension IS NULL AND kpi = '{kpi}'"
        ))
    };
    assert!(near(sums("complaint_rate")[0], number(&truth["complaints"]["complaints"]), 0.0));
    assert!(near(sums("resolved_share")[0], number(&truth["complaints"]["resolved"]), 0.0));
    let waves = list(&truth["survey"]["waves"]);
    let all = |what: &str| waves.iter().map(|wave| number(&wave[what])).sum::<f64>();
    let response = sums("response_rate");
    // One cell in fifty stays empty.
    assert!(near(response[1], all("asked"), 0.0) && near(response[0], all("answered"), 0.03), "{response:?}");
    // Nearly half of those with trouble leave: of customers like them, far more order again.
    let after = shop.one("SELECT avg(after_shocks), count(after_shocks) FROM loyalty");
    assert!(after[1] > 200.0 && (-0.45..-0.2).contains(&after[0]), "{after:?}: -0.29");
    // Whether somebody complains about a late delivery, and how that is handled, changes nothing in what they do.
    let handled = shop.numbers(
        "SELECT customers, difference_low, difference_high FROM satisfaction_complaint_funnel WHERE failure = 'all' AND outcome <> 'quiet'",
    );
    assert_eq!(handled.len(), 2);
    for row in handled {
        assert!(row[0] > 20.0 && row[1] < 0.0 && row[2] > 0.0 && row[2] - row[1] < 0.45, "{row:?}");
    }
}

#[test]
fn cost_of_winning_customers() {
    let shop = shop();
    let truth = shop.truth();
    for channel in list(&truth["channels"]) {
        let name = channel["name"].as_str().expect("a name");
        let of = |year: &str| {
            shop.one(&format!(
                "SELECT coalesce(sum(numerator), 0), coalesce(sum(denominator), 0) FROM kpis WHERE grain = 'month' AND dimension = 'channel' \
                 AND segment = '{name}' AND kpi = 'cac' AND period LIKE '{year}%'"
            ))
        };
        let all = of("20");
        assert!((all[0] - number(&channel["spent"])).abs() < 0.005, "{name}: {all:?}, {channel}");
        let cost = number(&channel["cost"]);
        if cost > 0.0 {
            // In the first year customers look new who were there before.
            let later = of("2025");
            assert!(
                later[1] > 40.0 && near(later[0] / later[1], cost, 0.1),
                "{name}: {later:?}, {cost} each: 5.97, 8.76 and 5.10"
            );
        }
    }
}
