//! The stages that examples of other stages stand on, each written once.

/// Order lines as they come.
pub const LINES: &str = r#"
[stage.lines]
kind = "ingest"
paths = ["orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }
"#;

/// A file with the columns it has.
pub const FILE: &str = r#"
[stage.lines]
kind = "ingest"
paths = ["orders.csv"]
"#;

/// Clean orders of the lines.
pub const ORDERS: &str = r#"
[stage.orders]
kind = "clean-orders"
lines = "lines"
"#;

/// Features of the orders' customers.
pub const FEATURES: &str = r#"
[stage.features]
kind = "build-features"
orders = "orders"
"#;

/// A churn model on the features.
pub const CHURN: &str = r#"
[stage.churn]
kind = "train-churn"
features = "features"
orders = "orders"
"#;

/// The customers scored.
pub const AT_RISK: &str = r#"
[stage.at_risk]
kind = "score-churn"
model = "churn"
features = "features"
"#;
