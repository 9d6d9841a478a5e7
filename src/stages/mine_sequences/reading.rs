//! Clean order lines as sequences, with the names behind the numbers and what journeys say of each order.

use super::bad;
use super::settings::{ItemLevel, JourneyBy, MineSequences};
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sequences::{ElementLine, Elements, SequenceError, Sequences};
use crate::orders::{AsOf, NONE, usual_categories};
use crate::report::Phrase;
use crate::stage::Context;
use crate::stages::orders::{Wanted, orders};
use crate::stages::words::mine_sequences as say;

/// The shop's orders with the names behind their numbers.
pub(super) struct Shop {
    /// Items by day or order; `codes` tells what the numbers stand for. Only what the settings let be read.
    pub bought: Sequences,
    /// The same of all items, where some are not read and orders are to be merged or counted: what is one errand, and how
    /// many orders lie between two, does not depend on what is looked at.
    pub whole: Option<Sequences>,
    /// Which items the settings let be read.
    pub read: Vec<bool>,
    pub customers: Vec<String>,
    /// Items by code, then categories.
    pub codes: Vec<String>,
    pub names: Vec<String>,
    /// Category of each item as a number in `codes`; `u32::MAX` for none.
    category: Vec<u32>,
    /// Per element: money in ten-thousandths, and the item and category with most of it.
    money: Vec<i64>,
    pub main_item: Vec<u32>,
    main_category: Vec<u32>,
}

/// What each order stands for in journeys.
pub(super) struct Labels {
    pub of_element: Vec<u32>,
    pub names: Vec<String>,
    /// The label of all that are not among the commonest.
    pub other: Option<u32>,
    /// What a label is, as a sentence for readers.
    pub what: &'static Phrase,
}

impl Shop {
    pub fn read(cx: &mut Context, settings: &MineSequences) -> Result<Shop> {
        let wanted =
            Wanted { orders: true, items: true, names: true, categories: true, amounts: true, ..Wanted::default() };
        let history = orders(cx, &settings.orders.0, wanted)?;
        let known = history.known(cx)?;
        let items = history.items.len();
        let mut category = usual_categories(known, items);
        category.iter_mut().filter(|c| **c != NONE).for_each(|c| *c += items as u32);
        let mut shop = Shop {
            bought: Sequences::new((items + history.categories.len()) as u32),
            whole: None,
            read: Vec::new(),
            customers: history.customers.to_vec(),
            codes: history.items.iter().chain(history.categories.iter()).map(str::to_owned).collect(),
            names: history
                .item_names
                .iter()
                .map(String::as_str)
                .chain(history.categories.iter())
                .map(str::to_owned)
                .collect(),
            category,
            money: Vec::new(),
            main_item: Vec::new(),
            main_category: Vec::new(),
        };
        shop.read = shop.wanted(cx, settings);
        let elements = *settings.element;
        if (settings.merge_days > 0 || settings.counts_orders()) && shop.read.contains(&false) {
            shop.whole = Some(Sequences::of(known, shop.codes.len() as u32, elements).map_err(bad)?);
        }
        shop.fill(known, elements).map_err(bad)?;
        Ok(shop)
    }

    /// Which items the settings let be read.
    fn wanted(&self, cx: &mut Context, settings: &MineSequences) -> Vec<bool> {
        for (key, names) in [
            ("only", &settings.only),
            ("leave_out", &settings.leave_out),
            ("begins_with", &settings.begins_with),
            ("ends_with", &settings.ends_with),
            ("contains", &settings.contains),
        ] {
            let unknown = self.named(names).1;
            if !unknown.is_empty() {
                cx.note(say::UNKNOWN.with([("setting", key.into()), ("items", unknown.join(", ").into())]));
            }
            if *settings.level == ItemLevel::Category && !["only", "leave_out"].contains(&key) {
                for number in self.named(names).0 {
                    let Some(category) = self.category_of(number) else { continue };
                    let code = |number: u32| self.codes[number as usize].as_str().into();
                    let (item, category) = (("item", code(number)), ("category", code(category)));
                    cx.note(say::BY_CATEGORY.with([("setting", key.into()), item, category]));
                }
            }
        }
        let of = |names: &[String]| {
            let mut among = vec![false; self.codes.len()];
            self.with_items_of(names).into_iter().for_each(|number| among[number as usize] = true);
            among
        };
        let (only, out) = (of(&settings.only), of(&settings.leave_out));
        (0..self.category.len()).map(|item| (settings.only.is_empty() || only[item]) && !out[item]).collect()
    }

    /// Numbers of item codes and categories, and of all items of the categories.
    pub fn with_items_of(&self, names: &[String]) -> Vec<u32> {
        let mut numbers = self.named(names).0;
        let named: Vec<u32> =
            numbers.iter().copied().filter(|&number| number as usize >= self.category.len()).collect();
        let of_one = |&item: &u32| self.category_of(item).is_some_and(|category| named.contains(&category));
        numbers.extend((0..self.category.len() as u32).filter(of_one));
        numbers
    }

    /// Numbers of item codes and categories, and which names are neither.
    pub fn named(&self, names: &[String]) -> (Vec<u32>, Vec<String>) {
        let items = self.category.len();
        let (mut numbers, mut unknown) = (Vec::new(), Vec::new());
        for name in names {
            let found = [0..items, items..self.codes.len()]
                .into_iter()
                .find_map(|part| self.codes[part.clone()].binary_search(name).ok().map(|at| (part.start + at) as u32));
            match found {
                Some(number) => numbers.push(number),
                None => unknown.push(name.clone()),
            }
        }
        (numbers, unknown)
    }

    /// The elements of the items that are read, and the money of each.
    fn fill(&mut self, known: AsOf, elements: Elements) -> std::result::Result<(), SequenceError> {
        let mut buffer = Vec::new();
        let mut read: Vec<ElementLine> = Vec::new();
        let (mut items, mut by_category) = (Vec::new(), Vec::new());
        for customer in 0..known.customers() as u32 {
            let lines = elements.of(known.lines(customer), &mut buffer);
            read.clear();
            read.extend(lines.iter().filter(|line| self.read[line.item as usize]));
            for element in read.chunk_by(|a, b| a.time == b.time) {
                items.clear();
                by_category.clear();
                for of_item in element.chunk_by(|a, b| a.item == b.item) {
                    let money: i64 = of_item.iter().map(|line| line.amount).sum();
                    let item = of_item[0].item;
                    items.push((item, money));
                    by_category.push((self.category[item as usize], money));
                }
                by_category.sort_unstable();
                let by_category: Vec<(u32, i64)> = by_category
                    .chunk_by(|a, b| a.0 == b.0)
                    .map(|same| (same[0].0, same.iter().map(|row| row.1).sum()))
                    .collect();
                let numbers: Vec<u32> = items.iter().map(|row| row.0).collect();
                self.bought.push_element(element[0].time, &numbers)?;
                self.money.push(items.iter().map(|row| row.1).sum());
                self.main_item.push(largest(&items));
                self.main_category.push(largest(&by_category));
            }
            self.bought.end_customer();
        }
        Ok(())
    }

    /// How many categories there are.
    pub fn categories(&self) -> usize {
        self.codes.len() - self.category.len()
    }

    /// The category of an item; categories have none.
    pub fn category_of(&self, item: u32) -> Option<u32> {
        self.category.get(item as usize).copied().filter(|&category| category != u32::MAX)
    }

    /// Whether all of these are items, and none a category.
    pub fn items_only(&self, numbers: &[u32]) -> bool {
        numbers.iter().all(|&number| (number as usize) < self.category.len())
    }

    /// What the orders are shown as in journeys.
    pub fn labels(&self, by: JourneyBy) -> Result<Labels> {
        Ok(match by {
            JourneyBy::Category if self.categories() == 0 => {
                return Problem::new(&codes::BAD_DATA, "the orders have no categories to base journeys on")
                    .help("give `ingest` a category column, or write journey_by = \"value\" or \"item\"".to_owned())
                    .err();
            }
            JourneyBy::Item => self.by_number(&self.main_item, &say::BY_ITEM),
            JourneyBy::Auto if self.categories() == 0 => self.by_value(),
            JourneyBy::Category | JourneyBy::Auto => self.by_number(&self.main_category, &say::BY_LARGEST_CATEGORY),
            JourneyBy::Value => self.by_value(),
        })
    }

    /// The commonest labels by name, the others as one.
    fn by_number(&self, of_element: &[u32], what: &'static Phrase) -> Labels {
        let mut counts: Vec<(u64, u32)> = (0..self.codes.len() as u32).map(|number| (0, number)).collect();
        of_element.iter().filter(|&&n| n != u32::MAX).for_each(|&n| counts[n as usize].0 += 1);
        counts.sort_unstable_by_key(|&(count, number)| (std::cmp::Reverse(count), number));
        let kinds = counts.iter().filter(|row| row.0 > 0).count();
        let shown = if kinds <= MOST_LABELS { kinds } else { MOST_LABELS - 1 };
        let mut label = vec![shown as u32; self.codes.len()];
        let mut names = Vec::new();
        for &(_, number) in &counts[..shown] {
            label[number as usize] = names.len() as u32;
            names.push(self.names[number as usize].clone());
        }
        names.push(say::OTHER.english.to_owned());
        let of = |&number: &u32| if number == u32::MAX { shown as u32 } else { label[number as usize] };
        Labels { of_element: of_element.iter().map(of).collect(), names, other: Some(shown as u32), what }
    }

    /// Orders in thirds by money.
    fn by_value(&self) -> Labels {
        let mut sorted = self.money.clone();
        sorted.sort_unstable();
        let third = |n: usize| sorted[(sorted.len() * n / 3).min(sorted.len() - 1)];
        let (low, high) = (third(1), third(2));
        let of = |&money: &i64| u32::from(money >= low) + u32::from(money >= high);
        let unit = |money: i64| format!("{:.0}", money as f64 / 10_000.0);
        let names = vec![
            format!("below {}", unit(low)),
            format!("{} to {}", unit(low), unit(high)),
            format!("{} or more", unit(high)),
        ];
        Labels { of_element: self.money.iter().map(of).collect(), names, other: None, what: &say::BY_VALUE }
    }
}

/// Labels that a flow chart can show.
const MOST_LABELS: usize = 10;

/// The number with the largest amount, ties to the lower number.
fn largest(rows: &[(u32, i64)]) -> u32 {
    rows.iter().copied().reduce(|best, row| if row.1 > best.1 { row } else { best }).map_or(u32::MAX, |row| row.0)
}
