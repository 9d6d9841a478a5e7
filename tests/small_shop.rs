//! A pipeline over a handful of order lines written by hand, quick enough to be run many times.

use std::path::{Path, PathBuf};

/// Thirty customers over a year, one order a month each unless they left, two items that go together.
pub fn lines(until_month: u32) -> String {
    let mut csv = String::from("order,customer,time,item,description,quantity,unit_price\n");
    let mut order = 1000;
    for month in 1..=until_month {
        let (year, of_year) = (2024 + (month - 1) / 12, (month - 1) % 12 + 1);
        for customer in 1..=30 {
            let leaves = if customer % 3 == 0 { 6 + customer / 3 } else { 99 };
            if month > leaves || (customer % 4 == 1 && month % 2 == 0) {
                continue;
            }
            order += 1;
            let day = customer % 28 + 1;
            let time = format!("{year}-{of_year:02}-{day:02} 10:{:02}:00", customer % 60);
            csv.push_str(&format!("{order},c{customer:02},{time},TEA1,Tea,{},3.50\n", 1 + customer % 3));
            if customer % 2 == 0 {
                csv.push_str(&format!("{order},c{customer:02},{time},CUP2,Cup,1,7.25\n"));
            }
        }
    }
    csv.push_str("C9001,c02,2024-03-20 09:00:00,CUP2,Cup,-1,7.25\n");
    csv.push_str("9002,,2024-04-02 09:00:00,TEA1,Tea,2,3.50\n");
    csv.push_str("9003,c05,2024-04-03 09:00:00,POST,Postage,1,4.00\n");
    csv
}

/// The pipeline over `orders*.csv` in its folder, down to a list.
pub const PIPELINE: &str = r#"
[run]
name = "small"

[stage.lines]
kind = "ingest"
paths = ["${var:data}/orders*.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", description = "description", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"
snapshots = 8

[stage.segments]
kind = "segment"
features = "features"
clusters = []

[stage.rules]
kind = "mine-baskets"
orders = "orders"
min_support = 0.1
validate_days = 60

[stage.churn]
kind = "train-churn"
features = "features"
orders = "orders"
horizon = "60d"
models = ["logistic"]

[stage.at_risk]
kind = "score-churn"
model = "churn"
features = "features"

[stage.best]
kind = "select-targets"
scores = "at_risk"
with = ["features", "segments"]
rank_by = "score * money_365d"
top = 10
control = 0.2

[stage.best_list]
kind = "deliver"
targets = "best"

[stage.report]
kind = "report"
"#;

/// Writes pipeline and lines into a folder; gives the pipeline's path.
pub fn write(folder: &Path, months: u32) -> PathBuf {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("orders.csv"), lines(months)).expect("written");
    let pipeline = folder.join("small.toml");
    let text = PIPELINE.replace("${var:data}", &folder.display().to_string());
    std::fs::write(&pipeline, text).expect("written");
    pipeline
}
