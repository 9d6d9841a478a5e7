//! Orders out of the tables of `clean-orders`: the one loader of all stages that look at them.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{AsOf, Lines, NONE, Names, Orders, OrdersError, Returns, UNMATCHED, renumber};
use crate::stage::{Context, MAIN};
use crate::tables::{Batches, read_schema};

/// What a stage needs of the orders; nothing else is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Which lines are of one order.
    pub orders: bool,
    /// Which item each line is of.
    pub items: bool,
    /// What items are called.
    pub names: bool,
    /// Which category each line is of.
    pub categories: bool,
    /// Pieces.
    pub quantities: bool,
    /// Money.
    pub amounts: bool,
    /// What came back.
    pub returns: bool,
    /// The lines of customers who are not known, too.
    pub anonymous: bool,
}

impl Wanted {
    /// All that features look at.
    pub const HISTORY: Wanted = Wanted {
        orders: true,
        items: true,
        names: false,
        categories: true,
        quantities: true,
        amounts: true,
        returns: true,
        anonymous: false,
    };
}

/// A shop's orders with the names behind their numbers.
pub struct History {
    /// Sorted lines and returns.
    pub orders: Orders,
    /// Account ids by number: those who bought are sorted.
    pub customers: Names,
    /// Item codes by number; those that were sold are sorted.
    pub items: Names,
    /// What items are called, by their number: the code where they have no name. Empty unless wanted.
    pub item_names: Vec<String>,
    /// Categories by number, sorted.
    pub categories: Names,
}

impl History {
    /// The orders as they are known at the run's as-of date.
    ///
    /// # Errors
    /// When there are orders and no as-of date.
    pub fn known(&self, cx: &Context) -> Result<AsOf<'_>> {
        let as_of = if self.orders.lines() == 0 { 0 } else { cx.as_of()?.midnight() };
        Ok(AsOf::new(&self.orders, as_of))
    }
}

/// The orders that the stage `stage` left, as far as they are wanted.
pub fn orders(cx: &Context, stage: &str, wanted: Wanted) -> Result<History> {
    read(cx, stage, wanted).map_err(|p| Box::new(p.within(stage)))
}

/// The orders of the customers in `known` alone, with the numbers that they have there, below `customers`.
pub fn orders_of(
    cx: &Context,
    stage: &str,
    wanted: Wanted,
    known: &FxHashMap<&str, u32>,
    customers: usize,
) -> Result<Orders> {
    let table = Table::read(cx, stage, MAIN, wanted).map_err(|p| Box::new(p.within(stage)))?;
    Orders::new(customers, table.only(known).lines(), Returns::default()).map_err(bad)
}

fn read(cx: &Context, stage: &str, wanted: Wanted) -> Result<History> {
    let mut table = Table::read(cx, stage, MAIN, wanted)?;
    if wanted.anonymous && cx.input(stage).record.tables.contains_key("anonymous") {
        table.append(Table::read(cx, stage, "anonymous", wanted)?);
    }
    table.sort_names();
    let item_names = if wanted.names { table.item_names() } else { Vec::new() };
    let names = |column: &mut Coded| std::mem::take(&mut column.1);
    let (mut customers, mut items) = (names(&mut table.customer), names(&mut table.item));
    let categories = names(&mut table.category);
    let returns = match wanted.returns && cx.input(stage).record.tables.contains_key("returns") {
        true => returns(cx, stage, &mut customers, &mut items)?,
        false => Returns::default(),
    };
    let orders = Orders::new(customers.len(), table.lines(), returns).map_err(bad)?;
    Ok(History { orders, customers, items, item_names, categories })
}

/// A column of texts: the number of each row's text, and the texts by number.
type Coded = (Vec<u32>, Names);

/// The wanted columns of a table of order lines, in the order of the file; others are empty.
#[derive(Default)]
struct Table {
    customer: Coded,
    order: Coded,
    item: Coded,
    category: Coded,
    description: Coded,
    /// Civil seconds.
    time: Vec<i64>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
}

impl Table {
    /// Reads each column by itself, several at a time; texts as the file's dictionaries have them.
    fn read(cx: &Context, stage: &str, suffix: &str, wanted: Wanted) -> Result<Table> {
        let path = cx.input(stage).table(suffix)?;
        let schema = read_schema(&path)?;
        // Who may be nobody need not be a column.
        let there = |name: &str| schema.index_of(name).is_ok();
        let texts = [
            ("customer", !wanted.anonymous || there("customer")),
            ("order", wanted.orders),
            ("item", wanted.items),
            ("category", wanted.categories && there("category")),
            ("description", wanted.names && there("description")),
        ];
        let numbers = [("time", true), ("quantity", wanted.quantities), ("amount", wanted.amounts)];
        let (texts, numbers) = rayon::join(
            || {
                let read = |&(name, wanted): &(&str, bool)| match wanted {
                    true => Batches::read_coded(&path, &[name])?.ids(name),
                    false => Ok(Coded::default()),
                };
                texts.par_iter().map(read).collect::<Result<Vec<Coded>>>()
            },
            || {
                let read = |&(name, wanted): &(&str, bool)| match (name, wanted) {
                    (_, false) => Ok(Vec::new()),
                    ("time", true) => civil(cx, &Batches::read(&path, &[name])?, name),
                    (_, true) => Batches::read(&path, &[name])?.decimals(name, 0),
                };
                numbers.par_iter().map(read).collect::<Result<Vec<Vec<i64>>>>()
            },
        );
        let [customer, order, item, category, description]: [Coded; 5] = texts?.try_into().expect("one for each");
        let [time, quantity, amount]: [Vec<i64>; 3] = numbers?.try_into().expect("one for each");
        for (name, column) in [("order", &order), ("item", &item)] {
            if column.0.par_iter().any(|&id| id == NONE) {
                return Problem::new(&codes::BAD_TABLE, format!("column `{name}` has empty cells")).err();
            }
        }
        let mut table = Table { customer, order, item, category, description, time, quantity, amount };
        let rows = table.time.len();
        for (column, wanted) in [
            (&mut table.customer, true),
            (&mut table.category, wanted.categories),
            (&mut table.description, wanted.names),
        ] {
            if wanted {
                column.0.resize(rows, NONE);
            }
        }
        Ok(table)
    }

    fn texts(&mut self) -> [&mut Coded; 5] {
        [&mut self.customer, &mut self.order, &mut self.item, &mut self.category, &mut self.description]
    }

    /// Adds the rows of another table with the same columns.
    fn append(&mut self, mut other: Table) {
        for (own, (ids, names)) in self.texts().into_iter().zip(other.texts()) {
            renumber(ids, &own.1.absorb(names));
            own.0.append(ids);
        }
        self.time.append(&mut other.time);
        self.quantity.append(&mut other.quantity);
        self.amount.append(&mut other.amount);
    }

    /// Numbers texts by their order, so that nothing depends on the order of the rows.
    fn sort_names(&mut self) {
        for (ids, names) in self.texts() {
            let (sorted, to) = names.sorted();
            renumber(ids, &to);
            *names = sorted;
        }
    }

    /// The name of each item, by its number: the first that a line gives, or its code.
    fn item_names(&self) -> Vec<String> {
        let (words, mut named) = (&self.description.1, vec![NONE; self.item.1.len()]);
        for (&item, &word) in self.item.0.iter().zip(&self.description.0) {
            let slot = &mut named[item as usize];
            if *slot == NONE {
                *slot = word;
            }
        }
        let name = |(code, word): (&str, u32)| if word == NONE { code } else { words.get(word) }.to_owned();
        self.item.1.iter().zip(named).map(name).collect()
    }

    /// The rows of some customers, with other numbers for them.
    fn only(mut self, known: &FxHashMap<&str, u32>) -> Table {
        let to: Vec<u32> = self.customer.1.iter().map(|name| known.get(name).copied().unwrap_or(NONE)).collect();
        renumber(&mut self.customer.0, &to);
        let kept: Vec<bool> = self.customer.0.iter().map(|&customer| customer != NONE).collect();
        fn keep<T>(column: &mut Vec<T>, kept: &[bool]) {
            let mut row = kept.iter();
            column.retain(|_| *row.next().expect("one for each row"));
            column.shrink_to_fit();
        }
        self.texts().into_iter().for_each(|column| keep(&mut column.0, &kept));
        [&mut self.time, &mut self.quantity, &mut self.amount].into_iter().for_each(|column| keep(column, &kept));
        self
    }

    /// The columns as the orders take them.
    fn lines(self) -> Lines {
        Lines {
            customer: self.customer.0,
            order: self.order.0,
            item: self.item.0,
            category: self.category.0.par_iter().any(|&id| id != NONE).then_some(self.category.0),
            time: self.time,
            quantity: self.quantity,
            amount: self.amount,
        }
    }
}

/// What came back; customers and items that no line has get the numbers after those that one has.
fn returns(cx: &Context, stage: &str, customers: &mut Names, items: &mut Names) -> Result<Returns> {
    let path = cx.input(stage).table("returns")?;
    let coded = |name: &str, known: &mut Names| -> Result<Vec<u32>> {
        let (mut ids, names) = Batches::read_coded(&path, &[name])?.ids(name)?;
        renumber(&mut ids, &known.absorb(&names));
        Ok(ids)
    };
    let (customer, item) = (coded("customer", customers)?, coded("item", items)?);
    let table = Batches::read(&path, &["time", "quantity", "amount", "purchase_time"])?;
    let (back, time) = (table.instants("time")?, civil(cx, &table, "time")?);
    // A purchase that came first came first on the wall clock too, also in the hour that the clock passes twice.
    let bought: Vec<i64> = table
        .times("purchase_time")?
        .into_iter()
        .zip(back)
        .zip(&time)
        .map(|((bought, back), &time)| match bought {
            None => UNMATCHED,
            Some(bought) if bought <= back => cx.zone.civil_seconds(bought).min(time),
            Some(bought) => cx.zone.civil_seconds(bought),
        })
        .collect();
    let known: Vec<usize> = (0..customer.len()).filter(|&row| customer[row] != NONE).collect();
    let pick = |column: &[i64]| known.iter().map(|&row| column[row]).collect::<Vec<i64>>();
    Ok(Returns {
        customer: known.iter().map(|&row| customer[row]).collect(),
        item: known.iter().map(|&row| item[row]).collect(),
        time: pick(&time),
        quantity: pick(&table.decimals("quantity", 0)?),
        amount: pick(&table.decimals("amount", 0)?),
        bought: pick(&bought),
    })
}

/// Civil seconds of a time column that is never empty.
fn civil(cx: &Context, table: &Batches, column: &str) -> Result<Vec<i64>> {
    let mut times = table.instants(column)?;
    times.par_iter_mut().with_min_len(1 << 14).for_each(|time| *time = cx.zone.civil_seconds(*time));
    Ok(times)
}

fn bad(error: OrdersError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}
