//! `build-features`: one set of features, at the as-of date and at past snapshots.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::business::{business, earlier};
use super::examples;
use super::orders::{History, Wanted, orders};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{FEATURES, Feature, FeatureTable, Settings, Unit, compute};
use crate::orders::AsOf;
use crate::stage::setting::Count;
use crate::stage::{Context, Input, Kind, MAIN, Need, Output, Shape, Stage, Upstream, read_as, schema_of};
use crate::tables::layouts::features;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::{ColumnType, Date};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "build-features",
    version: 3,
    meaning: "Computes every feature of every active customer, at the as-of date and at past snapshots, seeing only what was known at each.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.features]
kind = "build-features"
orders = "orders"
snapshots = 10
"#,
    ],
    read: read_as::<BuildFeatures>,
    schema: schema_of::<BuildFeatures>,
};

/// One row per customer who ordered in the observation window.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BuildFeatures {
    /// The `clean-orders` stage.
    orders: Upstream,
    /// How many past snapshots to compute besides the as-of date, for training; at most 1000.
    snapshots: Count<0, 1000>,
    /// Days between snapshots, 1 to 36500.
    every_days: Count<1, 36_500>,
    /// Days before each date that count as observed, 1 to 36500; customers with an order among them are in the table.
    observed_days: Count<1, 36_500>,
}

impl Default for BuildFeatures {
    fn default() -> BuildFeatures {
        BuildFeatures {
            orders: Upstream::default(),
            snapshots: Count::of(12),
            every_days: Count::of(30),
            observed_days: Count::of(365),
        }
    }
}

impl Stage for BuildFeatures {
    fn inputs(&self) -> Vec<Input> {
        vec![self.orders.input("orders", Need::Table(&ORDERS))]
    }

    fn output(&self) -> Output {
        let kind = |f: &Feature| if f.unit.is_name() { ColumnType::Text } else { ColumnType::Number };
        let columns = FEATURES.iter().map(|f| (f.name.to_owned(), Some(kind(f)))).collect();
        Output { main: Shape::Extended(&features::FEATURES, columns), also: vec![("snapshots", &features::FEATURES)] }
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = orders(cx, &self.orders.0, Wanted::HISTORY)?;
        cx.made.rows_in = history.orders.lines() as u64;
        let as_of = cx.as_of()?;
        let settings = Settings { observed_days: i64::from(self.observed_days.get()), ..Settings::default() };
        let first = history.orders.span().map_or(as_of, |(first, _)| Date::of_civil_seconds(first));
        let back = |n: u32| -i32::try_from(u64::from(n) * u64::from(self.every_days.get())).unwrap_or(i32::MAX);
        let steps = (0..=self.snapshots.get()).map(|n| as_of.plus(back(n)));
        let dates: Vec<Date> = steps.filter(|date| *date == as_of || *date > first).collect();
        let schema = schema();
        let mut past = cx.start("snapshots", Arc::clone(&schema))?;
        let mut now = None;
        for (n, date) in dates.iter().enumerate() {
            let progress = |done: f64| (cx.progress)((n as f64 + done) / dates.len() as f64);
            let known = AsOf::new(&history.orders, date.midnight());
            let table = compute(known, &settings, &progress)
                .map_err(|e| Problem::new(&codes::BAD_VALUE, e.to_string()).boxed())?;
            let batch = batch(&schema, &history, *date, &table);
            if *date == as_of {
                now = Some(batch.clone());
            }
            past.write(&batch)?;
        }
        cx.end("snapshots", past)?;
        let (known, before) = (as_of.midnight(), earlier(as_of.midnight()));
        for section in business(cx.step, AsOf::new(&history.orders, known), AsOf::new(&history.orders, before))? {
            cx.section(section);
        }
        let now = now.expect("the first date is the as-of date");
        cx.metric("customers", now.num_rows() as f64);
        cx.metric("snapshots", dates.len() as f64);
        cx.write_open(MAIN, &schema, &[now])
    }
}

fn schema() -> Arc<Schema> {
    let mut fields: Vec<Field> = features::FEATURES.columns.iter().map(|c| c.field()).collect();
    let kind = |f: &Feature| if f.unit.is_name() { DataType::Utf8 } else { DataType::Float64 };
    fields.extend(FEATURES.iter().map(|f| Field::new(f.name, kind(f), true)));
    Arc::new(Schema::new(fields))
}

fn batch(schema: &Arc<Schema>, history: &History, date: Date, table: &FeatureTable) -> RecordBatch {
    // By account id, so that the rows' order does not depend on the order of the input.
    let mut rows: Vec<usize> = (0..table.customers.len()).collect();
    let name = |row: usize| history.customers.get(table.customers[row]);
    rows.sort_unstable_by_key(|&row| name(row));
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|&row| name(row)))),
        Arc::new(Date32Array::from_value(date.days(), rows.len())),
    ];
    let columns = FEATURES.par_iter().zip(&table.columns).map(|(feature, column)| {
        let values = rows.iter().map(|&row| Some(column[row]).filter(|value| !value.is_nan()));
        let names = match feature.unit {
            Unit::Item => &history.items,
            Unit::Category => &history.categories,
            _ => return Arc::new(values.collect::<Float64Array>()) as ArrayRef,
        };
        Arc::new(values.map(|id| id.map(|id| names.get(id as u32))).collect::<StringArray>()) as ArrayRef
    });
    arrays.par_extend(columns);
    RecordBatch::try_new(Arc::clone(schema), arrays).expect("one column per field")
}
