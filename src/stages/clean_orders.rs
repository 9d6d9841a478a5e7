//! `clean-orders`: raw order lines into orders, returns and what is neither, each row with its one fate.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::history::civil;
use super::stage::{read_as, schema_of};
use super::{Context, Input, Kind, MAIN, Need, Output, Stage, Upstream};
use crate::cleaning::{
    Cleaned, CleaningSettings, FATES, Fate, Group, Lines, MatchKind, NONE, Names, Tables, amount, clean, intern_chunks,
    suggest_services,
};
use crate::diagnostics::{Problem, Result, codes};
use crate::report::{Body, Effect, Section, Step, Waterfall};
use crate::tables::orders::{ITEMS, LINES, ORDERS, RETURNS, SET_ASIDE, SUGGESTIONS, WATERFALL};
use crate::tables::{Batches, ColumnType, Contract, Date, Zone};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "clean-orders",
    version: 1,
    meaning: "Gives every raw order line one fate: sale, return, service, duplicate and so on; rows and money add up.",
    example: &[examples::LINES, examples::ORDERS],
    read: read_as::<CleanOrders>,
    schema: schema_of::<CleanOrders>,
};

/// Raw order lines into clean ones.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CleanOrders {
    /// The stage with the raw order lines.
    lines: Upstream,
    /// How they are cleaned.
    #[serde(default)]
    rules: CleaningSettings,
}

impl Stage for CleanOrders {
    fn inputs(&self) -> Vec<Input> {
        vec![self.lines.input("lines", Need::Table(&LINES))]
    }

    fn output(&self) -> Output {
        Output::table(&ORDERS)
            .and("anonymous", &ORDERS)
            .and("returns", &RETURNS)
            .and("set_aside", &SET_ASIDE)
            .and("waterfall", &WATERFALL)
            .and("items", &ITEMS)
            .and("suggestions", &SUGGESTIONS)
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let raw = Raw::read(cx, &self.lines.0)?;
        cx.made.rows_in = raw.time.len() as u64;
        let as_of = cx.declared_as_of.map(Date::midnight);
        let done = |fraction: f64| (cx.progress)(0.3 + 0.3 * fraction);
        let cleaned = clean(&raw.lines(), &raw.tables(), &self.rules, as_of, &done)
            .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
        if cx.declared_as_of.is_none() {
            cx.made.as_of = last_day(&raw, &cleaned).map(|day| day.plus(1).to_string());
        }
        let view = View { raw: &raw, cleaned: &cleaned };
        let rows_with = |wanted: &dyn Fn(Fate) -> bool| -> Vec<u32> {
            (0..cleaned.fates.len() as u32).filter(|&row| wanted(cleaned.fates[row as usize])).collect()
        };
        view.write(cx, MAIN, &ORDERS, &rows_with(&|fate| fate == Fate::OrderLine))?;
        (cx.progress)(0.85);
        view.write(cx, "anonymous", &ORDERS, &rows_with(&|fate| fate == Fate::Anonymous))?;
        view.write(
            cx,
            "set_aside",
            &SET_ASIDE,
            &rows_with(&|f| matches!(f.group(), Group::SetAside | Group::Rejected)),
        )?;
        view.write_returns(cx, &rows_with(&|fate| fate.group() == Group::Return))?;
        view.write_items(cx)?;
        view.write_suggestions(cx)?;
        write_waterfall(cx, &cleaned)?;
        let rejected = cleaned.waterfall.steps.iter().filter(|s| s.fate.group() == Group::Rejected);
        cx.made.rejected = rejected.map(|step| step.rows).sum();
        for note in &cleaned.notes {
            let place = note.first_row.map(|row| format!(", first in {}", raw.place(row))).unwrap_or_default();
            cx.note(format!("{} {}{place}", note.count, note.meaning));
        }
        Ok(())
    }
}

/// The raw lines as numbers and names.
struct Raw {
    order: (Names, Vec<u32>),
    customer: (Names, Vec<u32>),
    item: (Names, Vec<u32>),
    description: (Names, Vec<u32>),
    category: (Names, Vec<u32>),
    country: (Names, Vec<u32>),
    source: (Names, Vec<u32>),
    time: Vec<i64>,
    quantity: Vec<i64>,
    unit_price: Vec<i64>,
    source_line: Vec<i64>,
}

impl Raw {
    /// Column by column, so that only one is held as text at a time.
    fn read(cx: &Context, stage: &str) -> Result<Raw> {
        let path = cx.input(stage).table(MAIN)?;
        let schema = crate::tables::read_schema(&path)?;
        let rows = cx.input(stage).record.rows_out as usize;
        let names = |column: &str| -> Result<(Names, Vec<u32>)> {
            if schema.index_of(column).is_err() {
                return Ok((Names::new(), vec![NONE; rows]));
            }
            names_of(&Batches::read(&path, &[column])?, column)
        };
        let decimals = |column: &str| Batches::read(&path, &[column])?.decimals(column, 0);
        let needed = Contract { open: true, ..LINES };
        let missing = crate::tables::missing_from(&needed, &crate::tables::columns_of(&schema));
        let missing: Vec<String> = missing
            .into_iter()
            .filter(|fault| {
                !crate::tables::orders::LINES_OPTIONAL.iter().any(|c| fault.starts_with(&format!("no column `{c}`")))
            })
            .collect();
        if !missing.is_empty() {
            let there: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            return Problem::new(&codes::BAD_TABLE, format!("`{stage}` cannot be cleaned: {}", missing.join(", ")))
                .help(format!(
                    "say which column is which, and so its type, in `{stage}`: columns = {{ order = \"…\", time = \"…\", … }}; it has {}",
                    there.join(", ")
                ))
                .err();
        }
        let source_line = match schema.index_of("source_line") {
            Ok(_) => {
                let lines = Batches::read(&path, &["source_line"])?.integers("source_line")?;
                lines.into_iter().map(|line| line.unwrap_or(0)).collect()
            }
            Err(_) => (1..=rows as i64).collect(),
        };
        (cx.progress)(0.05);
        Ok(Raw {
            order: names("order")?,
            customer: names("customer")?,
            item: names("item")?,
            description: names("description")?,
            category: names("category")?,
            country: names("country")?,
            source: names("source_file")?,
            time: civil(cx, &Batches::read(&path, &["time"])?, "time")?,
            quantity: decimals("quantity")?,
            unit_price: decimals("unit_price")?,
            source_line,
        })
    }

    fn lines(&self) -> Lines<'_> {
        Lines {
            order: &self.order.1,
            customer: &self.customer.1,
            item: &self.item.1,
            description: &self.description.1,
            time: &self.time,
            quantity: &self.quantity,
            unit_price: &self.unit_price,
            source: &self.source.1,
        }
    }

    fn tables(&self) -> Tables<'_> {
        Tables {
            orders: &self.order.0,
            customers: &self.customer.0,
            items: &self.item.0,
            descriptions: &self.description.0,
        }
    }

    fn place(&self, row: u32) -> String {
        let line = self.source_line[row as usize];
        match text(&self.source, row) {
            Some(file) => format!("{file}, line {line}"),
            None => format!("row {line}"),
        }
    }
}

fn text((names, ids): &(Names, Vec<u32>), row: u32) -> Option<&str> {
    let id = ids[row as usize];
    (id != NONE).then(|| names.get(id))
}

fn names_of(batches: &Batches, column: &str) -> Result<(Names, Vec<u32>)> {
    use arrow::array::AsArray;
    let mut arrays = Vec::with_capacity(batches.batches.len());
    for batch in &batches.batches {
        let array = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8).map_err(|e| {
            Problem::new(&codes::BAD_TABLE, format!("column `{column}` cannot be read as text: {e}")).boxed()
        })?;
        arrays.push(array);
    }
    Ok(intern_chunks(arrays.iter().map(|array| array.as_string::<i32>().iter()).collect::<Vec<_>>()))
}

/// The calendar day of the last sale.
fn last_day(raw: &Raw, cleaned: &Cleaned) -> Option<Date> {
    let sales = cleaned.fates.iter().zip(&raw.time).filter(|(fate, _)| fate.group() == Group::Sale);
    sales.map(|(_, &time)| time).max().map(Date::of_civil_seconds)
}

/// Raw rows seen with their canonical names.
struct View<'a> {
    raw: &'a Raw,
    cleaned: &'a Cleaned,
}

impl View<'_> {
    fn order(&self, row: u32) -> &str {
        let id = self.cleaned.orders.get(self.raw.order.1[row as usize]);
        if id == NONE { text(&self.raw.order, row).unwrap_or("") } else { self.cleaned.orders.names.get(id) }
    }

    fn customer(&self, row: u32) -> Option<&str> {
        let id = self.cleaned.customers.get(self.raw.customer.1[row as usize]);
        if id == NONE { text(&self.raw.customer, row) } else { Some(self.cleaned.customers.names.get(id)) }
    }

    fn item(&self, row: u32) -> &str {
        let id = self.cleaned.items.get(self.raw.item.1[row as usize]);
        if id == NONE { text(&self.raw.item, row).unwrap_or("") } else { self.cleaned.items.names.get(id) }
    }

    fn description(&self, row: u32) -> Option<&str> {
        let item = self.cleaned.items.get(self.raw.item.1[row as usize]);
        let of_item = if item == NONE { NONE } else { self.cleaned.item_descriptions[item as usize] };
        if of_item == NONE {
            text(&self.raw.description, row)
        } else {
            Some(self.cleaned.descriptions.names.get(of_item))
        }
    }

    fn amount(&self, row: u32) -> i128 {
        amount(self.raw.quantity[row as usize], self.raw.unit_price[row as usize])
    }

    /// Adds the columns of a contract that every raw row has.
    fn add(&self, zone: &Zone, columns: &mut Columns, contract: &Contract, rows: &[u32]) {
        let raw = self.raw;
        for column in contract.columns {
            let name = column.name;
            match name {
                "customer" => columns.maybe_text(name, rows.iter().map(|&r| self.customer(r))),
                "order" => columns.text(name, rows.iter().map(|&r| self.order(r))),
                "time" => columns.time(name, false, rows.iter().map(|&r| Some(zone.utc_micros(raw.time[r as usize])))),
                "item" => columns.text(name, rows.iter().map(|&r| self.item(r))),
                "description" => columns.maybe_text(name, rows.iter().map(|&r| self.description(r))),
                "category" => columns.maybe_text(name, rows.iter().map(|&r| text(&raw.category, r))),
                "country" => columns.maybe_text(name, rows.iter().map(|&r| text(&raw.country, r))),
                "source_file" => columns.text(name, rows.iter().map(|&r| text(&raw.source, r).unwrap_or(""))),
                "source_line" => columns.integer(name, rows.iter().map(|&r| raw.source_line[r as usize])),
                "rule" => columns.text(name, rows.iter().map(|&r| self.cleaned.fates[r as usize].name())),
                "unit_price" => {
                    let prices = rows.iter().map(|&r| i128::from(raw.unit_price[r as usize]));
                    columns.decimal(name, ColumnType::Money, prices)
                }
                "quantity" if column.kind == ColumnType::Quantity && contract.name != RETURNS.name => {
                    let quantities = rows.iter().map(|&r| i128::from(raw.quantity[r as usize]));
                    columns.decimal(name, ColumnType::Quantity, quantities)
                }
                "amount" if contract.name != RETURNS.name => {
                    columns.decimal(name, ColumnType::Money, rows.iter().map(|&r| self.amount(r)))
                }
                _ => columns,
            };
        }
    }

    fn write(&self, cx: &mut Context, suffix: &str, contract: &'static Contract, rows: &[u32]) -> Result<()> {
        let mut writer = cx.start(suffix, std::sync::Arc::new(contract.schema()))?;
        let zone = cx.zone;
        writer.write_ranges(rows.len(), |range| {
            let mut columns = Columns::new();
            self.add(zone, &mut columns, contract, &rows[range]);
            columns.batch_of(contract)
        })?;
        cx.end(suffix, writer)
    }

    /// One row for each matched part of a return, and one for what is left unmatched; their amounts add up to the return's.
    fn write_returns(&self, cx: &mut Context, rows: &[u32]) -> Result<()> {
        let mut parts: BTreeMap<u32, Vec<&crate::cleaning::Match>> = BTreeMap::new();
        for part in &self.cleaned.matches {
            parts.entry(part.return_row).or_default().push(part);
        }
        let mut out: Vec<Returned> = Vec::with_capacity(rows.len());
        for &row in rows {
            let mut quantity = -self.raw.quantity[row as usize];
            let mut money = -self.amount(row);
            let price = self.raw.unit_price[row as usize];
            for part in parts.get(&row).into_iter().flatten() {
                quantity -= part.quantity;
                let value = if quantity == 0 { money } else { amount(part.quantity, price) };
                money -= value;
                let word = match part.kind {
                    MatchKind::Exact => "exact",
                    MatchKind::ByItem => "item",
                };
                let purchase = Some(part.purchase_row);
                out.push(Returned { row, quantity: part.quantity, amount: value, word, purchase });
            }
            if quantity > 0 {
                out.push(Returned { row, quantity, amount: money, word: "none", purchase: None });
            }
        }
        let mut writer = cx.start("returns", std::sync::Arc::new(RETURNS.schema()))?;
        let zone = cx.zone;
        writer.write_ranges(out.len(), |range| {
            let chunk = &out[range];
            let rows: Vec<u32> = chunk.iter().map(|part| part.row).collect();
            let mut base = Columns::new();
            self.add(zone, &mut base, &RETURNS, &rows);
            let base = base.batch();
            let mut columns = Columns::new();
            for column in RETURNS.columns {
                let name = column.name;
                let purchase_time = |row: u32| zone.utc_micros(self.raw.time[row as usize]);
                match name {
                    "quantity" => columns.decimal(name, column.kind, chunk.iter().map(|p| i128::from(p.quantity))),
                    "amount" => columns.decimal(name, column.kind, chunk.iter().map(|p| p.amount)),
                    "match" => columns.text(name, chunk.iter().map(|p| p.word)),
                    "purchase_order" => {
                        columns.maybe_text(name, chunk.iter().map(|p| p.purchase.map(|row| self.order(row))))
                    }
                    "purchase_time" => columns.time(name, true, chunk.iter().map(|p| p.purchase.map(purchase_time))),
                    _ => {
                        let array = base.column_by_name(name).expect("every other column is a raw row's").clone();
                        columns.add(name, column.nullable, array)
                    }
                };
            }
            columns.batch_of(&RETURNS)
        })?;
        cx.end("returns", writer)
    }

    fn write_items(&self, cx: &mut Context) -> Result<()> {
        let count = self.cleaned.items.names.len();
        let mut sums = vec![(0_i64, 0_i128, 0_i128); count];
        let mut categories: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (row, fate) in self.cleaned.fates.iter().enumerate() {
            if fate.group() != Group::Sale {
                continue;
            }
            let item = self.cleaned.items.get(self.raw.item.1[row]);
            let sum = &mut sums[item as usize];
            sum.0 += 1;
            sum.1 += i128::from(self.raw.quantity[row]);
            sum.2 += self.amount(row as u32);
            let category = self.raw.category.1[row];
            if category != NONE {
                *categories.entry((item, category)).or_default() += 1;
            }
        }
        let mut usual: Vec<(u32, u32)> = vec![(0, NONE); count];
        for (&(item, category), &lines) in &categories {
            let best = &mut usual[item as usize];
            if lines > best.0 {
                *best = (lines, category);
            }
        }
        let sold: Vec<usize> = (0..count).filter(|&item| sums[item].0 > 0).collect();
        let description = |item: usize| {
            let id = self.cleaned.item_descriptions[item];
            (id != NONE).then(|| self.cleaned.descriptions.names.get(id))
        };
        let category = |item: usize| {
            let id = usual[item].1;
            (id != NONE).then(|| self.raw.category.0.get(id))
        };
        let mut columns = Columns::new();
        columns
            .text("item", sold.iter().map(|&item| self.cleaned.items.names.get(item as u32)))
            .maybe_text("description", sold.iter().map(|&item| description(item)))
            .maybe_text("category", sold.iter().map(|&item| category(item)))
            .integer("lines", sold.iter().map(|&item| sums[item].0))
            .decimal("quantity", ColumnType::Quantity, sold.iter().map(|&item| sums[item].1))
            .decimal("amount", ColumnType::Money, sold.iter().map(|&item| sums[item].2));
        cx.metric("items", sold.len() as f64);
        cx.write("items", &ITEMS, &[columns.batch_of(&ITEMS)])
    }

    fn write_suggestions(&self, cx: &mut Context) -> Result<()> {
        let found = suggest_services(&self.raw.lines(), self.cleaned);
        let description = |item: u32| {
            let id = self.cleaned.item_descriptions[item as usize];
            (id != NONE).then(|| self.cleaned.descriptions.names.get(id))
        };
        let evidence =
            |s: &crate::cleaning::Suggestion| s.evidence.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let mut columns = Columns::new();
        columns
            .text("item", found.iter().map(|s| self.cleaned.items.names.get(s.item)))
            .maybe_text("description", found.iter().map(|s| description(s.item)))
            .integer("lines", found.iter().map(|s| s.rows as i64))
            .decimal("amount", ColumnType::Money, found.iter().map(|s| s.amount))
            .text("evidence", found.iter().map(evidence));
        if !found.is_empty() {
            cx.note(format!("{} item codes look like services; see the table `{}_suggestions`", found.len(), cx.step));
        }
        cx.write("suggestions", &SUGGESTIONS, &[columns.batch_of(&SUGGESTIONS)])
    }
}

/// A row of the table of returns.
struct Returned {
    row: u32,
    quantity: i64,
    amount: i128,
    word: &'static str,
    purchase: Option<u32>,
}

fn write_waterfall(cx: &mut Context, cleaned: &Cleaned) -> Result<()> {
    let waterfall = &cleaned.waterfall;
    assert!(waterfall.adds_up(), "cleaning lost rows or money: this is a bug");
    let steps: Vec<_> = waterfall.steps.iter().filter(|step| step.rows > 0).collect();
    let mut columns = Columns::new();
    columns
        .text("step", ["input"].into_iter().chain(steps.iter().map(|s| s.fate.name())))
        .integer("rows", std::iter::once(waterfall.rows as i64).chain(steps.iter().map(|s| s.rows as i64)))
        .decimal(
            "quantity",
            ColumnType::Quantity,
            std::iter::once(waterfall.quantity).chain(steps.iter().map(|s| s.quantity)),
        )
        .decimal("amount", ColumnType::Money, std::iter::once(waterfall.amount).chain(steps.iter().map(|s| s.amount)))
        .text("meaning", ["every row that was read"].into_iter().chain(steps.iter().map(|s| s.fate.row().meaning)));
    cx.write("waterfall", &WATERFALL, &[columns.batch()])?;
    for row in &FATES {
        cx.metric(&format!("rows_{}", row.name.replace('-', "_")), waterfall.step(row.fate).rows as f64);
    }
    let money = |amount: i128| i64::try_from(amount).unwrap_or(i64::MAX);
    let level = |name: &str, meaning: &str, rows: u64, amount: i128| Step {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        effect: Effect::Level,
        rows,
        money: money(amount),
    };
    let mut shown = vec![level("read", "every row that was read", waterfall.rows, waterfall.amount)];
    for step in steps.iter().rev().filter(|step| step.fate != Fate::OrderLine) {
        shown.push(Step {
            name: step.fate.name().to_owned(),
            meaning: step.fate.row().meaning.to_owned(),
            effect: Effect::Out,
            rows: step.rows,
            money: money(step.amount),
        });
    }
    let clean = waterfall.step(Fate::OrderLine);
    shown.push(level("orders", clean.fate.row().meaning, clean.rows, clean.amount));
    cx.section(Section::new(cx.step, Body::Waterfall(Waterfall { steps: shown })));
    Ok(())
}
