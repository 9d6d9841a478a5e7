//! Orders out of the tables of `clean-orders`: the one loader of all stages that look at them.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{AsOf, Lines, NONE, Names, Orders, OrdersError, Returns, UNMATCHED, renumber};
use crate::stage::{Context, MAIN};
use crate::tables::{Batches, Part, read_schema};

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
    /// Account ids by number, sorted.
    pub customers: Names,
    /// Item codes by number, sorted.
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
    read(cx, stage, wanted, None).map_err(|p| Box::new(p.within(stage)))
}

/// The orders of some customers; numbers are places in the sorted names of these customers' orders and returns.
pub fn orders_of_part(cx: &Context, stage: &str, wanted: Wanted, part: &Part) -> Result<History> {
    read(cx, stage, wanted, Some(part)).map_err(|p| Box::new(p.within(stage)))
}

/// The items of all orders, read part by part.
pub struct Items {
    /// Codes by number, sorted.
    pub codes: Names,
    /// What they are called, by their number: the first name that a line gives, or the code.
    pub names: Vec<String>,
}

/// The items of the orders that the stage `stage` left.
pub fn items(cx: &Context, stage: &str) -> Result<Items> {
    let path = cx.input(stage).table(MAIN)?;
    let described = read_schema(&path)?.index_of("description").is_ok();
    let read = |part: &Part| -> Result<(Names, Vec<u32>, Names)> {
        let groups: Vec<usize> = part.groups.clone().collect();
        let texts = |name: &str| Batches::read_groups(&path, &[name], Some(&groups))?.ids(name);
        let item = texts("item")?;
        full("item", &item)?;
        let mut description = if described { texts("description")? } else { Coded::default() };
        description.0.resize(item.0.len(), NONE);
        let table = Table { item, description, ..Table::default() };
        let first = table.first_words();
        Ok((table.item.1, first, table.description.1))
    };
    let (mut codes, mut names): (Names, Vec<Option<String>>) = Default::default();
    cx.each_partition(
        stage,
        &mut (),
        |(), part| read(part),
        |(), (of_part, first, words)| {
            let places = codes.absorb(&of_part);
            names.resize(codes.len(), None);
            for (place, word) in places.into_iter().zip(first) {
                let name = &mut names[place as usize];
                if name.is_none() && word != NONE {
                    *name = Some(words.get(word).to_owned());
                }
            }
            Ok(())
        },
    )
    .map_err(|p| Box::new(p.within(stage)))?;
    let (sorted, to) = codes.sorted();
    let mut in_order = vec![String::new(); names.len()];
    for ((code, name), place) in codes.iter().zip(names).zip(to) {
        in_order[place as usize] = name.unwrap_or_else(|| code.to_owned());
    }
    Ok(Items { codes: sorted, names: in_order })
}

/// The orders of the customers in `known` alone, with the numbers that they have there, below `customers`.
pub fn orders_of(
    cx: &Context,
    stage: &str,
    wanted: Wanted,
    known: &FxHashMap<&str, u32>,
    customers: usize,
) -> Result<Orders> {
    let table = Table::read(cx, stage, MAIN, wanted, None).map_err(|p| Box::new(p.within(stage)))?;
    Orders::new(customers, table.only(known).lines(), Returns::default()).map_err(bad)
}

fn read(cx: &Context, stage: &str, wanted: Wanted, part: Option<&Part>) -> Result<History> {
    let groups: Option<Vec<usize>> = part.map(|part| part.groups.clone().collect());
    let mut table = Table::read(cx, stage, MAIN, wanted, groups.as_deref())?;
    if wanted.anonymous && cx.input(stage).record.tables.contains_key("anonymous") {
        table.append(Table::read(cx, stage, "anonymous", wanted, None)?);
    }
    let mut back = match wanted.returns && cx.input(stage).record.tables.contains_key("returns") {
        true => Back::read(cx, stage, part)?,
        false => Back::default(),
    };
    renumber(&mut back.customer.0, &table.customer.1.absorb(&back.customer.1));
    renumber(&mut back.item.0, &table.item.1.absorb(&back.item.1));
    let to_customer = sort(&mut table.customer);
    renumber(&mut back.customer.0, &to_customer);
    let to_item = sort(&mut table.item);
    renumber(&mut back.item.0, &to_item);
    sort(&mut table.order);
    sort(&mut table.category);
    let item_names = if wanted.names { table.item_names() } else { Vec::new() };
    let names = |column: &mut Coded| std::mem::take(&mut column.1);
    let (customers, items) = (names(&mut table.customer), names(&mut table.item));
    let categories = names(&mut table.category);
    let orders = Orders::new(customers.len(), table.lines(), back.returns()).map_err(bad)?;
    Ok(History { orders, customers, items, item_names, categories })
}

/// Refuses a column with empty cells.
fn full(name: &str, (ids, _): &Coded) -> Result<()> {
    match ids.par_iter().any(|&id| id == NONE) {
        true => Problem::new(&codes::BAD_TABLE, format!("column `{name}` has empty cells")).err(),
        false => Ok(()),
    }
}

/// Numbers texts by their order, so that nothing depends on the order of the rows; the new number of each old one.
fn sort((ids, names): &mut Coded) -> Vec<u32> {
    let (sorted, to) = names.sorted();
    renumber(ids, &to);
    *names = sorted;
    to
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
    fn read(cx: &Context, stage: &str, suffix: &str, wanted: Wanted, groups: Option<&[usize]>) -> Result<Table> {
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
                    true => Batches::read_groups(&path, &[name], groups)?.ids(name),
                    false => Ok(Coded::default()),
                };
                texts.par_iter().map(read).collect::<Result<Vec<Coded>>>()
            },
            || {
                let read = |&(name, wanted): &(&str, bool)| match (name, wanted) {
                    (_, false) => Ok(Vec::new()),
                    ("time", true) => civil(cx, &Batches::read_groups(&path, &[name], groups)?, name),
                    (_, true) => Batches::read_groups(&path, &[name], groups)?.decimals(name, 0),
                };
                numbers.par_iter().map(read).collect::<Result<Vec<Vec<i64>>>>()
            },
        );
        let [customer, order, item, category, description]: [Coded; 5] = texts?.try_into().expect("one for each");
        let [time, quantity, amount]: [Vec<i64>; 3] = numbers?.try_into().expect("one for each");
        full("order", &order)?;
        full("item", &item)?;
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

    /// The name of each item, by its number: the first that a line gives, or its code.
    fn item_names(&self) -> Vec<String> {
        let words = &self.description.1;
        let name = |(code, word): (&str, u32)| if word == NONE { code } else { words.get(word) }.to_owned();
        self.item.1.iter().zip(self.first_words()).map(name).collect()
    }

    /// The first description that a line gives of each item, by the item's number; [`NONE`] where no line gives any.
    fn first_words(&self) -> Vec<u32> {
        let mut named = vec![NONE; self.item.1.len()];
        for (&item, &word) in self.item.0.iter().zip(&self.description.0) {
            let slot = &mut named[item as usize];
            if *slot == NONE {
                *slot = word;
            }
        }
        named
    }

    /// The rows of some customers, with other numbers for them.
    fn only(mut self, known: &FxHashMap<&str, u32>) -> Table {
        let to: Vec<u32> = self.customer.1.iter().map(|name| known.get(name).copied().unwrap_or(NONE)).collect();
        renumber(&mut self.customer.0, &to);
        let kept: Vec<bool> = self.customer.0.iter().map(|&customer| customer != NONE).collect();
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

/// What came back, in the order of the file.
#[derive(Default)]
struct Back {
    customer: Coded,
    item: Coded,
    time: Vec<i64>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
    bought: Vec<i64>,
}

impl Back {
    /// Reads the returns of known customers, or of those of a part.
    fn read(cx: &Context, stage: &str, part: Option<&Part>) -> Result<Back> {
        let path = cx.input(stage).table("returns")?;
        let groups = part.map(|part| part.groups_in(&path)).transpose()?;
        let read = |columns: &[&str]| Batches::read_groups(&path, columns, groups.as_deref());
        let (mut customer, mut item) = (read(&["customer"])?.ids("customer")?, read(&["item"])?.ids("item")?);
        let table = read(&["time", "quantity", "amount", "purchase_time"])?;
        let (back, mut time) = (table.instants("time")?, civil(cx, &table, "time")?);
        // A purchase that came first came first on the wall clock too, also in the hour that the clock passes twice.
        let mut bought: Vec<i64> = table
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
        let (mut quantity, mut amount) = (table.decimals("quantity", 0)?, table.decimals("amount", 0)?);
        let wanted: Vec<bool> = customer.1.iter().map(|name| part.is_none_or(|part| part.has(name))).collect();
        let kept: Vec<bool> = customer.0.iter().map(|&id| id != NONE && wanted[id as usize]).collect();
        keep(&mut customer.0, &kept);
        keep(&mut item.0, &kept);
        [&mut time, &mut quantity, &mut amount, &mut bought].into_iter().for_each(|column| keep(column, &kept));
        (customer, item) = (used(customer), used(item));
        Ok(Back { customer, item, time, quantity, amount, bought })
    }

    fn returns(self) -> Returns {
        Returns {
            customer: self.customer.0,
            item: self.item.0,
            time: self.time,
            quantity: self.quantity,
            amount: self.amount,
            bought: self.bought,
        }
    }
}

/// Without the names that no row has.
fn used((mut ids, names): Coded) -> Coded {
    let mut kept = Names::new();
    ids.iter_mut().filter(|id| **id != NONE).for_each(|id| *id = kept.intern(names.get(*id)));
    (ids, kept)
}

/// Keeps some rows of a column; one that was not read stays empty.
fn keep<T>(column: &mut Vec<T>, kept: &[bool]) {
    let mut row = kept.iter();
    column.retain(|_| *row.next().expect("one for each row"));
    column.shrink_to_fit();
}

/// Civil seconds of a time column that is never empty.
pub fn civil(cx: &Context, table: &Batches, column: &str) -> Result<Vec<i64>> {
    let mut times = table.instants(column)?;
    times.par_iter_mut().with_min_len(1 << 14).for_each(|time| *time = cx.zone.civil_seconds(*time));
    Ok(times)
}

fn bad(error: OrdersError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}
