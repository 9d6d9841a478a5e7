//! The tables that `clean-orders` leaves, written from raw rows and their canonical names.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::columns::Columns;
use super::super::words::clean_orders as say;
use super::raw::{Raw, text};
use crate::cleaning::{Cleaned, FATES, Fate, Group, MatchKind, amount, suggest_services};
use crate::diagnostics::Result;
use crate::orders::NONE;
use crate::report::{Body, Effect, Phrase, Section, Step, Text, Waterfall};
use crate::stage::Context;
use crate::tables::layouts::orders::{ITEMS, RETURNS, SUGGESTIONS, WATERFALL};
use crate::tables::{ColumnType, Layout, ROWS_A_GROUP, groups_of};

/// Raw rows seen with their canonical names.
pub struct View<'a> {
    pub raw: &'a Raw,
    pub cleaned: &'a Cleaned,
}

impl View<'_> {
    fn order(&self, row: u32) -> &str {
        let id = self.cleaned.orders.get(self.raw.order.1[row as usize]);
        if id == NONE { text(&self.raw.order, row).unwrap_or("") } else { self.cleaned.orders.names.get(id) }
    }

    fn customer(&self, row: u32) -> Option<&str> {
        let id = self.cleaned.customers.get(self.raw.customer.1[row as usize]);
        match self.cleaned.fates[row as usize] {
            _ if id != NONE => Some(self.cleaned.customers.names.get(id)),
            // What stands there stands for nobody.
            Fate::Anonymous | Fate::ReturnAnonymous => None,
            _ => text(&self.raw.customer, row),
        }
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

    /// Adds the columns of a layout that every raw row has.
    fn add(&self, columns: &mut Columns, layout: &Layout, rows: &[u32]) {
        let raw = self.raw;
        for column in layout.columns {
            let name = column.name;
            match name {
                "customer" => columns.maybe_text(name, rows.iter().map(|&r| self.customer(r))),
                "order" => columns.text(name, rows.iter().map(|&r| self.order(r))),
                "time" => columns.time(name, false, rows.iter().map(|&r| Some(raw.instant[r as usize]))),
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
                "quantity" if column.kind == ColumnType::Quantity && layout.name != RETURNS.name => {
                    let quantities = rows.iter().map(|&r| i128::from(raw.quantity[r as usize]));
                    columns.decimal(name, ColumnType::Quantity, quantities)
                }
                "amount" if layout.name != RETURNS.name => {
                    columns.decimal(name, ColumnType::Money, rows.iter().map(|&r| self.amount(r)))
                }
                _ => columns,
            };
        }
    }

    pub fn write(&self, cx: &mut Context, suffix: &str, layout: &'static Layout, rows: &[u32]) -> Result<()> {
        let mut writer = cx.start(suffix, std::sync::Arc::new(layout.schema()))?;
        writer.write_ranges(rows.len(), |range| {
            let mut columns = Columns::new();
            self.add(&mut columns, layout, &rows[range]);
            columns.batch_of(layout)
        })?;
        cx.end(suffix, writer)
    }

    /// The rows by customer, time, order and place in the source, so that what is known of a customer is together.
    pub fn write_sorted(
        &self,
        cx: &mut Context,
        suffix: &str,
        layout: &'static Layout,
        mut rows: Vec<u32>,
    ) -> Result<()> {
        let ranks = Ranks::of(self.cleaned);
        rows.par_sort_unstable_by(|&a, &b| self.by_customer(&ranks, a, b));
        let mut writer = cx.start_sorted(suffix, std::sync::Arc::new(layout.schema()))?;
        let begins = |row: usize| self.customer(rows[row]) != self.customer(rows[row - 1]);
        writer.write_groups(&groups_of(rows.len(), ROWS_A_GROUP, begins), |range| {
            let mut columns = Columns::new();
            self.add(&mut columns, layout, &rows[range]);
            columns.batch_of(layout)
        })?;
        cx.end(suffix, writer)
    }

    /// By customer, unknown ones last, then time, order and place in the source.
    fn by_customer(&self, ranks: &Ranks, a: u32, b: u32) -> Ordering {
        let customer = |row: u32| self.cleaned.customers.get(self.raw.customer.1[row as usize]);
        let customers = match (customer(a), customer(b)) {
            (a, b) if a != NONE && b != NONE => ranks.customer[a as usize].cmp(&ranks.customer[b as usize]),
            _ => {
                let (a, b) = (self.customer(a), self.customer(b));
                a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(&b))
            }
        };
        let time = |row: u32| self.raw.instant[row as usize];
        let order = |row: u32| {
            let id = self.cleaned.orders.get(self.raw.order.1[row as usize]);
            if id == NONE { NONE } else { ranks.order[id as usize] }
        };
        customers.then_with(|| (time(a), order(a), a).cmp(&(time(b), order(b), b)))
    }

    /// One row for each matched part of a return, and one for what is left unmatched; their amounts add up to the return's.
    pub fn write_returns(&self, cx: &mut Context, rows: &[u32]) -> Result<()> {
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
        let ranks = Ranks::of(self.cleaned);
        out.sort_by(|a, b| self.by_customer(&ranks, a.row, b.row));
        let mut writer = cx.start_sorted("returns", std::sync::Arc::new(RETURNS.schema()))?;
        let begins = |row: usize| self.customer(out[row].row) != self.customer(out[row - 1].row);
        writer.write_groups(&groups_of(out.len(), ROWS_A_GROUP, begins), |range| {
            let chunk = &out[range];
            let rows: Vec<u32> = chunk.iter().map(|part| part.row).collect();
            let mut base = Columns::new();
            self.add(&mut base, &RETURNS, &rows);
            let base = base.batch();
            let mut columns = Columns::new();
            for column in RETURNS.columns {
                let name = column.name;
                let purchase_time = |row: u32| self.raw.instant[row as usize];
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

    pub fn write_items(&self, cx: &mut Context) -> Result<()> {
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

    pub fn write_suggestions(&self, cx: &mut Context) -> Result<()> {
        let found = suggest_services(&self.raw.lines(), self.cleaned);
        let description = |item: u32| {
            let id = self.cleaned.item_descriptions[item as usize];
            (id != NONE).then(|| self.cleaned.descriptions.names.get(id))
        };
        let evidence = |s: &crate::cleaning::Suggestion| {
            let signs = s.evidence.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            if s.set_aside { format!("set aside: {signs}") } else { signs }
        };
        let mut columns = Columns::new();
        columns
            .text("item", found.iter().map(|s| self.cleaned.items.names.get(s.item)))
            .maybe_text("description", found.iter().map(|s| description(s.item)))
            .integer("lines", found.iter().map(|s| s.rows as i64))
            .decimal("amount", ColumnType::Money, found.iter().map(|s| s.amount))
            .text("evidence", found.iter().map(evidence));
        let proposed = found.iter().filter(|suggestion| !suggestion.set_aside).count();
        if proposed > 0 {
            cx.note(say::PROPOSED.with([("items", proposed.into()), ("step", cx.step.into())]));
        }
        let taken = found.len() - proposed;
        if taken > 0 {
            cx.note(say::TAKEN.with([("items", taken.into()), ("step", cx.step.into())]));
        }
        cx.write("suggestions", &SUGGESTIONS, &[columns.batch_of(&SUGGESTIONS)])
    }
}

/// Places of names among the sorted ones.
struct Ranks {
    customer: Vec<u32>,
    order: Vec<u32>,
}

impl Ranks {
    fn of(cleaned: &Cleaned) -> Ranks {
        Ranks { customer: cleaned.customers.names.sorted().1, order: cleaned.orders.names.sorted().1 }
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

/// The waterfall as a table, as figures and in the report.
pub fn write_waterfall(cx: &mut Context, cleaned: &Cleaned) -> Result<()> {
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
        .text("meaning", [say::EVERY_ROW.english].into_iter().chain(steps.iter().map(|s| s.fate.row().meaning)));
    cx.write("waterfall", &WATERFALL, &[columns.batch()])?;
    for row in &FATES {
        cx.metric(&format!("rows_{}", row.name.replace('-', "_")), waterfall.step(row.fate).rows as f64);
    }
    let meaning = |fate: Fate| Text::term("fate-meaning", fate.name(), fate.row().meaning);
    let money = |amount: i128| i64::try_from(amount).unwrap_or(i64::MAX);
    let level = |name: &Phrase, meaning: Text, rows: u64, amount: i128| Step {
        name: name.into(),
        meaning,
        effect: Effect::Level,
        rows,
        money: money(amount),
    };
    let mut shown = vec![level(&say::READ, (&say::EVERY_ROW).into(), waterfall.rows, waterfall.amount)];
    for step in steps.iter().rev().filter(|step| step.fate != Fate::OrderLine) {
        shown.push(Step {
            name: Text::term("fate", step.fate.name(), step.fate.name()),
            meaning: meaning(step.fate),
            effect: Effect::Out,
            rows: step.rows,
            money: money(step.amount),
        });
    }
    let clean = waterfall.step(Fate::OrderLine);
    shown.push(level(&say::ORDERS, meaning(clean.fate), clean.rows, clean.amount));
    cx.section(Section::new(cx.step, Body::Waterfall(Waterfall { steps: shown })));
    Ok(())
}
