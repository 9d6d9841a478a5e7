//! `build-features`: one set of features, at the as-of date and at past snapshots.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::business::business;
use super::events::events;
use super::examples;
use super::orders::{History, Wanted, orders, orders_of_part};
use super::persons::Places;
use crate::diagnostics::{Problem, Result, codes};
use crate::disk::{put_in_place, remove};
use crate::features::{
    EVENT_FEATURES, Events, EventsAsOf, Feature, FeatureSettings, FeatureTable, ORDER_FEATURES, Unit, compute,
    compute_events, event_column,
};
use crate::orders::{AsOf, Names};
use crate::stage::setting::Count;
use crate::stage::{
    Context, Finding, Input, Kind, Known, MAIN, Need, Output, Shape, Stage, Upstream, read_as, schema_of, table_file,
};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::features;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::{
    Batches, ColumnType, Date, Part, ROWS_A_GROUP, RowGroup, TableFile, TableWriter, groups_of, join_files,
};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "build-features",
    version: 8,
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
    /// Stages whose tables hold what happened to customers, such as complaints, returns with a reason or reviews: one row per event with
    /// `customer` and `date`, and where there are such `recorded` (the date on which the shop knew), `resolved` (a date) and `rating`.
    /// Without the column `resolved` no event counts as open. Each stage gives the columns of "Features of events", called after it, as known at each date; free text is never read.
    events: Vec<Upstream>,
}

impl Default for BuildFeatures {
    fn default() -> BuildFeatures {
        BuildFeatures {
            orders: Upstream::default(),
            snapshots: Count::of(12),
            every_days: Count::of(30),
            observed_days: Count::of(365),
            events: Vec::new(),
        }
    }
}

impl Stage for BuildFeatures {
    fn inputs(&self) -> Vec<Input> {
        let orders = self.orders.input("orders", Need::Table(&ORDERS));
        let events = self.events.iter().map(|stage| stage.input("events", Need::Table(&CUSTOMERS)));
        std::iter::once(orders).chain(events).collect()
    }

    fn output(&self) -> Output {
        let kind = |f: &Feature| if f.unit.is_name() { ColumnType::Text } else { ColumnType::Number };
        let own = ORDER_FEATURES.iter().map(|f| (f.name.to_owned(), Some(kind(f))));
        let columns = own.chain(self.event_columns().map(|name| (name, Some(ColumnType::Number)))).collect();
        Output { main: Shape::Extended(&features::FEATURES, columns), also: vec![("snapshots", &features::FEATURES)] }
    }

    fn check(&self) -> Vec<Finding> {
        let twice = |(n, stage): (usize, &Upstream)| {
            self.events[..n]
                .contains(stage)
                .then(|| Finding::at(format!("events.{}", n + 1), format!("`{}` is there twice", stage.0)))
        };
        self.events.iter().enumerate().filter_map(twice).collect()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.events.iter().filter_map(|stage| known.column("events", &stage.0, "date")).collect()
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let stage = self.orders.0.as_str();
        cx.made.rows_in = cx.input(stage).record.rows_out;
        let as_of = cx.as_of()?;
        let first = first_day(cx, stage)?.unwrap_or(as_of);
        let back = |n: u32| -i32::try_from(u64::from(n) * u64::from(self.every_days.get())).unwrap_or(i32::MAX);
        let steps = (0..=self.snapshots.get()).map(|n| as_of.plus(back(n)));
        let dates: Vec<Date> = steps.filter(|date| *date == as_of || *date > first).collect();
        let schema = schema(self.event_columns());
        let of_events = self.of_events(cx, &dates)?;
        // One file for each date, so that the rows of a date are together although customers are worked on part by part.
        let paths: Vec<PathBuf> = dates.iter().map(|date| cx.out.join(format!("as-of-{date}.parquet"))).collect();
        let start = |path: &PathBuf| TableWriter::create_sorted(path, Arc::clone(&schema));
        let mut writers = paths.iter().map(start).collect::<Result<Vec<TableWriter>>>()?;
        cx.each_partition(
            stage,
            &mut writers,
            |writers, part| {
                let history = orders_of_part(cx, stage, Wanted::HISTORY, part)?;
                let of_date = |(date, writer)| self.row_groups(&schema, &history, &of_events, part, date, writer);
                dates.iter().copied().zip(writers).map(of_date).collect::<Result<Vec<Vec<RowGroup>>>>()
            },
            |writers, made| {
                let mut of_dates = writers.iter_mut().zip(made);
                of_dates.try_for_each(|(writer, groups)| {
                    groups.into_iter().try_for_each(|group| writer.append_group(group))
                })
            },
        )?;
        let files = writers.into_iter().map(TableWriter::finish).collect::<Result<Vec<TableFile>>>()?;
        let rows = files.iter().map(|file| file.rows).sum();
        let snapshots = cx.out.join(table_file("snapshots"));
        join_files(&paths, &snapshots)?;
        cx.enter("snapshots", TableFile::of(&snapshots, rows)?);
        paths[1..].iter().try_for_each(|path| remove(path))?;
        let main = cx.out.join(table_file(MAIN));
        put_in_place(&paths[0], &main)?;
        cx.enter(MAIN, TableFile::of(&main, files[0].rows)?);
        cx.metric("customers", files[0].rows as f64);
        cx.metric("snapshots", dates.len() as f64);
        let history = orders(cx, stage, Wanted { categories: false, ..Wanted::HISTORY })?;
        for section in business(cx.step, AsOf::new(&history.orders, as_of.midnight())) {
            cx.section(section);
        }
        Ok(())
    }
}

/// What happened to customers besides orders, for the whole shop.
struct OfEvents {
    /// Numbers of the customers in the events.
    customers: Names,
    /// The events of each stage.
    events: Vec<Events>,
    /// Orders of the whole shop by each date.
    placed: Vec<(Date, f64)>,
}

impl BuildFeatures {
    /// The columns of features of events, stage by stage.
    fn event_columns(&self) -> impl Iterator<Item = String> {
        self.events.iter().flat_map(|stage| EVENT_FEATURES.iter().map(|feature| event_column(&stage.0, feature)))
    }

    /// The events of all stages that are named, and how many orders there were by each date.
    fn of_events(&self, cx: &mut Context, dates: &[Date]) -> Result<OfEvents> {
        if self.events.is_empty() {
            return Ok(OfEvents { customers: Names::new(), events: Vec::new(), placed: Vec::new() });
        }
        let history = orders(cx, &self.orders.0, Wanted { orders: true, ..Wanted::default() })?;
        let places = Places::of(&history.customers.to_vec());
        let customers = history.customers.len();
        let events = self.events.iter().map(|stage| events(cx, &stage.0, &places, customers)).collect::<Result<_>>()?;
        let placed = |&date: &Date| {
            let known = AsOf::new(&history.orders, date.midnight());
            let orders = (0..customers as u32).into_par_iter().map(|customer| known.lines(customer).orders());
            (date, orders.sum::<usize>() as f64)
        };
        let placed = dates.iter().map(placed).collect();
        Ok(OfEvents { customers: history.customers, events, placed })
    }

    /// The features of a part's customers at a date: a row group for each row group of the orders, so that the bytes do not
    /// depend on the parts.
    fn row_groups(
        &self,
        schema: &Arc<Schema>,
        history: &History,
        of_events: &OfEvents,
        part: &Part,
        date: Date,
        writer: &TableWriter,
    ) -> Result<Vec<RowGroup>> {
        let settings =
            FeatureSettings { observed_days: i64::from(self.observed_days.get()), ..FeatureSettings::default() };
        let table = compute(AsOf::new(&history.orders, date.midnight()), &settings, &|_| {})
            .map_err(|e| Problem::new(&codes::BAD_VALUE, e.to_string()).boxed())?;
        let batch = batch(schema, history, date, &table, &of_events.columns(history, date, &table));
        let ends =
            part.cuts.iter().map(|cut| table.customers.partition_point(|&c| history.customers.get(c) < cut.as_str()));
        let mut from = 0;
        let mut groups = Vec::new();
        for end in ends.chain([batch.num_rows()]) {
            for rows in groups_of(end - from, ROWS_A_GROUP, |_| true) {
                groups.push(writer.encode(&batch.slice(from + rows.start, rows.len()))?);
            }
            from = end;
        }
        Ok(groups)
    }
}

impl OfEvents {
    /// The columns of a table of features at a date.
    fn columns(&self, history: &History, date: Date, table: &FeatureTable) -> Vec<Vec<f64>> {
        let Some(&(_, placed)) = self.placed.iter().find(|row| row.0 == date) else { return Vec::new() };
        let number = |&customer: &u32| {
            self.customers.find(history.customers.get(customer)).expect("a part holds customers of the shop")
        };
        let customers: Vec<u32> = table.customers.iter().map(number).collect();
        let orders = table.column("orders_lifetime").expect("a feature");
        let of_stage = |events| compute_events(EventsAsOf::new(events, date.midnight()), &customers, orders, placed);
        self.events.iter().flat_map(of_stage).collect()
    }
}

/// The day of the first order line.
fn first_day(cx: &Context, stage: &str) -> Result<Option<Date>> {
    let times = Batches::read(&cx.input(stage).table(MAIN)?, &["time"])?.instants("time")?;
    let first = times.par_iter().min();
    Ok(first.map(|&first| Date::of_civil_seconds(cx.zone.civil_seconds(first))))
}

fn schema(event_columns: impl Iterator<Item = String>) -> Arc<Schema> {
    let mut fields: Vec<Field> = features::FEATURES.columns.iter().map(|c| c.field()).collect();
    let kind = |f: &Feature| if f.unit.is_name() { DataType::Utf8 } else { DataType::Float64 };
    fields.extend(ORDER_FEATURES.iter().map(|f| Field::new(f.name, kind(f), true)));
    fields.extend(event_columns.map(|name| Field::new(name, DataType::Float64, true)));
    Arc::new(Schema::new(fields))
}

fn batch(
    schema: &Arc<Schema>,
    history: &History,
    date: Date,
    table: &FeatureTable,
    of_events: &[Vec<f64>],
) -> RecordBatch {
    // Customers are numbered by their ids, so the rows' order does not depend on the order of the input.
    let names = table.customers.iter().map(|&customer| history.customers.get(customer));
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(names)),
        Arc::new(Date32Array::from_value(date.days(), table.customers.len())),
    ];
    let columns = ORDER_FEATURES.par_iter().zip(&table.columns).map(|(feature, column)| {
        let values = column.iter().map(|&value| Some(value).filter(|value| !value.is_nan()));
        let names = match feature.unit {
            Unit::Item => &history.items,
            Unit::Category => &history.categories,
            _ => return Arc::new(values.collect::<Float64Array>()) as ArrayRef,
        };
        Arc::new(values.map(|id| id.map(|id| names.get(id as u32))).collect::<StringArray>()) as ArrayRef
    });
    arrays.par_extend(columns);
    arrays.extend(of_events.iter().map(|column| {
        let values = column.iter().map(|&value| Some(value).filter(|value| !value.is_nan()));
        Arc::new(values.collect::<Float64Array>()) as ArrayRef
    }));
    RecordBatch::try_new(Arc::clone(schema), arrays).expect("one column per field")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::columns::Columns;
    use super::super::parted::{Row, made, shop, stored};
    use super::*;
    use crate::stage::Stored;

    /// A table of complaints, of which some are recorded late, some are resolved, and some are of customers whom nobody knows.
    fn complaints(folder: &Path, rows: &[Row]) -> Stored {
        let day = |row: &Row, more: u8| i32::try_from(row.1).expect("a day") + i32::from(more);
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| format!("c{:03}", row.0)))
            .date("date", rows.iter().map(|row| day(row, 0)))
            .date("recorded", rows.iter().map(|row| day(row, row.3)))
            .maybe_date("resolved", rows.iter().map(|row| (row.2 % 2 == 0).then(|| day(row, row.2 * 5 + row.3))))
            .maybe_number("rating", rows.iter().map(|row| if row.2 > 4 { f64::NAN } else { f64::from(row.2 + 1) }));
        stored(folder, "complaints", &[(MAIN, columns.batch())], usize::MAX, false)
    }

    fn stage() -> BuildFeatures {
        BuildFeatures {
            orders: Upstream("orders".to_owned()),
            snapshots: Count::of(2),
            events: vec![Upstream("complaints".to_owned())],
            ..BuildFeatures::default()
        }
    }

    fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
        prop::collection::vec((0..12u8, 100..365i64, 0..6u8, 0..4u8), 1..most)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn parts_and_threads_change_no_byte(
            lines in rows(120),
            returns in rows(40),
            events in rows(40),
            group in 1..20usize,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let orders = shop(folder.path(), &lines, &returns, group);
            let complaints = complaints(folder.path(), &events);
            let of = |rows_a_part, threads| made(&stage(), &[&orders, &complaints], rows_a_part, threads);
            let whole = of(u64::MAX, 1);
            prop_assert!(whole.contains_key("main.parquet") && whole.contains_key("snapshots.parquet"));
            let parts = |count: u64| (lines.len() as u64).div_ceil(count);
            for (rows_a_part, threads) in [(1, 2), (parts(2), 1), (parts(2), 2), (parts(7), 2)] {
                prop_assert_eq!(&of(rows_a_part, threads), &whole);
            }
        }
    }
}
