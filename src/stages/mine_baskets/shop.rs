//! Baskets out of order lines or files, with the names, categories, weights and margins that belong to them.

use std::path::PathBuf;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::settings::{Levels, MineBaskets, Weight};
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sets::together;
use crate::mining::{Baskets, Format, NO_PARENT, ReadSettings, Taxonomy, UtilityBaskets, read_baskets};
use crate::numeric::math::exp2;
use crate::outside::Opening;
use crate::sources::plain::read_plain;
use crate::stage::setting::{Choice, Number};
use crate::stage::{Context, MAIN};
use crate::stages::words::mine_baskets as say;
use crate::tables::Batches;
use crate::tables::layouts::baskets::COSTS;

/// No category, no name.
pub(super) const NONE: u32 = u32::MAX;

/// What begins the code of a category among the items.
pub(super) const CATEGORY: &str = "category:";

/// Most that all weights may add up to, well below what the counters hold.
const HEAVIEST: f64 = 2e9;

/// Baskets with the codes and names of their items. Items are numbered in the order of their codes, so that results do not
/// depend on the order of the lines; where categories are mined, they are numbered after all items.
pub(super) struct Shop {
    pub baskets: Baskets,
    pub codes: Vec<String>,
    pub names: Vec<String>,
    /// Of each item: its place in `categories`, or `NONE`.
    pub category: Vec<u32>,
    pub categories: Vec<String>,
    /// What the items of each basket earned, where margins are known.
    pub earned: Option<UtilityBaskets>,
    /// Order lines whose item has no known cost; their margin counts as nothing.
    pub uncosted: u64,
    /// Items and categories as they are mined, where they are mined across levels.
    pub levels: Option<Taxonomy>,
}

/// The lines of one table, as numbers.
struct Lines {
    orders: (Vec<u32>, Vec<String>),
    items: (Vec<u32>, Vec<String>),
    /// UTC microseconds.
    time: Vec<Option<i64>>,
    description: Option<(Vec<u32>, Vec<String>)>,
    category: Option<(Vec<u32>, Vec<String>)>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
}

/// One column of [`Lines`].
enum Part {
    Ids(Vec<u32>, Vec<String>),
    Times(Vec<Option<i64>>),
    Decimals(Vec<i64>),
    Absent,
}

impl Shop {
    pub(super) fn of_orders(cx: &Context, settings: &MineBaskets, stage: &str) -> Result<Shop> {
        let stored = cx.input(stage);
        let catalogue = stored.record.tables.contains_key("items");
        let money = settings.knows_margins() || *settings.weight == Weight::Amount;
        let mut tables = vec![stored.table(MAIN)?];
        if stored.record.tables.contains_key("anonymous") {
            tables.push(stored.table("anonymous")?);
        }
        let lines = read_lines(&tables, !catalogue, money).map_err(|p| Box::new(p.within(stage)))?;
        (cx.progress)(0.06);

        // One number for each item and order over all tables.
        let mut codes: Vec<&str> = lines.iter().flat_map(|part| part.items.1.iter().map(String::as_str)).collect();
        codes.par_sort_unstable();
        codes.dedup();
        let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
        let place: FxHashMap<&str, u32> = codes.iter().enumerate().map(|(i, c)| (c.as_str(), i as u32)).collect();
        let mut orders: FxHashMap<&str, u32> = FxHashMap::default();
        let mut order_names: Vec<&str> = Vec::new();
        let of_orders: Vec<Vec<u32>> = lines
            .iter()
            .map(|part| {
                let number = |name: &'_ String| -> u32 { *orders.get(name.as_str()).unwrap_or(&NONE) };
                let known: Vec<u32> = part.orders.1.iter().map(number).collect();
                let mut to = Vec::with_capacity(known.len());
                for (name, known) in part.orders.1.iter().zip(known) {
                    to.push(if known == NONE {
                        orders.insert(name, order_names.len() as u32);
                        order_names.push(name);
                        order_names.len() as u32 - 1
                    } else {
                        known
                    });
                }
                to
            })
            .collect();

        // Lines of one order side by side: counted, then dealt to their places.
        let mut ends = vec![0usize; order_names.len() + 1];
        let mut first = vec![i64::MAX; order_names.len()];
        for (part, to) in lines.iter().zip(&of_orders) {
            for (row, &order) in part.orders.0.iter().enumerate() {
                let order = to[order as usize] as usize;
                ends[order + 1] += 1;
                let Some(time) = part.time[row] else {
                    return Problem::new(&codes::BAD_TABLE, "column `time` has empty cells").err();
                };
                first[order] = first[order].min(time);
            }
        }
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        let costs = settings.costs.as_ref().map(|costs| costs_of(cx, &costs.0, &place)).transpose()?;
        let mut next = ends.clone();
        let rows: usize = ends.last().copied().unwrap_or(0);
        let mut item_of = vec![0u32; rows];
        let mut money_of = vec![(0i64, 0i64); if money { rows } else { 0 }];
        let mut uncosted = 0u64;
        for (part, to) in lines.iter().zip(&of_orders) {
            let items: Vec<u32> = part.items.1.iter().map(|code| place[code.as_str()]).collect();
            for (row, (&order, &item)) in part.orders.0.iter().zip(&part.items.0).enumerate() {
                let slot = &mut next[to[order as usize] as usize];
                item_of[*slot] = items[item as usize];
                if money {
                    let amount = part.amount[row];
                    let margin = match &costs {
                        None => settings.margin.map_or(0.0, Number::get) * amount as f64,
                        Some(costs) => {
                            // Ten-thousandths for a piece, by thousandths of pieces.
                            let cost = costs[items[item as usize] as usize] * 10.0 * part.quantity[row] as f64;
                            uncosted += u64::from(cost.is_nan());
                            if cost.is_nan() { 0.0 } else { amount as f64 - cost }
                        }
                    };
                    money_of[*slot] = (amount, margin.round() as i64);
                }
                *slot += 1;
            }
        }

        let mut by_time: Vec<u32> = (0..order_names.len() as u32).collect();
        by_time.par_sort_unstable_by_key(|&order| (first[order as usize], order_names[order as usize]));
        let mut baskets = Baskets::new(codes.len() as u32);
        let mut times = Vec::with_capacity(by_time.len());
        let mut raw_weights = Vec::new();
        let mut earned = settings.knows_margins().then(UtilityBaskets::new);
        let mut cells: Vec<(u32, i64)> = Vec::new();
        for &order in &by_time {
            let range = ends[order as usize]..ends[order as usize + 1];
            baskets.push(&item_of[range.clone()]);
            times.push(cx.zone.civil_seconds(first[order as usize]));
            if *settings.weight == Weight::Amount {
                raw_weights.push(money_of[range.clone()].iter().map(|m| m.0 as f64 / 1e4).sum::<f64>().max(0.0));
            }
            if let Some(earned) = &mut earned {
                cells.clear();
                cells.extend(item_of[range.clone()].iter().zip(&money_of[range]).map(|(&item, money)| (item, money.1)));
                earned.push(&cells);
            }
        }
        if *settings.weight == Weight::Recency {
            // Only proportions matter; from the as-of date, all weights of an old history would be rounded to nothing.
            let newest = times.iter().copied().max().unwrap_or(0);
            let age = |time: &i64| (newest - time) as f64 / 86_400.0;
            let half_life = settings.half_life.days() as f64;
            raw_weights = times.iter().map(|time| exp2(-age(time) / half_life) * 1000.0).collect();
        }
        let mut baskets = baskets.with_times(times).map_err(bad_baskets)?;
        if !raw_weights.is_empty() {
            baskets = baskets.with_weights(scaled(&raw_weights)).map_err(bad_baskets)?;
        }
        let (names, category, categories) = match catalogue {
            true => described(&Batches::read_coded(&stored.table("items")?, &[])?, &codes, &place)?,
            false => described_by_lines(&lines, &codes, &place),
        };
        drop((place, orders, order_names));
        Ok(Shop { baskets, codes, names, category, categories, earned, uncosted, levels: None })
    }

    pub(super) fn of_files(cx: &mut Context, format: Format) -> Result<Shop> {
        let mut texts = Vec::new();
        for file in cx.sources {
            let bad = |message: String| Problem::new(&codes::BAD_SOURCE, message).boxed();
            let Opening::File(path) = file.opening() else {
                return Err(bad(format!("{} has rows with types and is no file of baskets", file.shown())));
            };
            let bytes = read_plain(path).map_err(|e| bad(e.to_string()))?;
            let read = read_baskets(&bytes, &ReadSettings { format, ..ReadSettings::default() })
                .map_err(|e| bad(format!("{}: {e}", path.display())))?;
            texts.push((file, read));
        }
        for (file, read) in &texts {
            if let Some(first) = read.set_aside.first() {
                let (many, path) = (read.set_aside_lines, file.shown());
                let (path, reason) = (("path", path.to_string().into()), ("reason", first.reason.into()));
                let line = ("line", first.line.into());
                cx.note(say::SET_ASIDE.with([("lines", many.into()), path, line, reason]));
                cx.made.rejected += read.set_aside_lines;
            }
        }
        let mut codes: Vec<String> = texts.iter().flat_map(|(_, read)| read.names.iter()).map(str::to_owned).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut baskets = Baskets::new(codes.len() as u32);
        let mut row = Vec::new();
        for (_, read) in &texts {
            let place = |name: &str| codes.binary_search_by(|code| code.as_str().cmp(name)).expect("it is among them");
            let places: Vec<u32> = read.names.iter().map(|name| place(name) as u32).collect();
            for basket in read.baskets.iter() {
                row.clear();
                row.extend(basket.iter().map(|&item| places[item as usize]));
                baskets.push(&row);
            }
        }
        let category = vec![NONE; codes.len()];
        let names = codes.clone();
        Ok(Shop { baskets, names, codes, category, categories: Vec::new(), earned: None, uncosted: 0, levels: None })
    }

    /// Puts categories in the place of items, or beside them.
    ///
    /// # Errors
    /// When no item has a category.
    pub(super) fn take_levels(&mut self, levels: Levels) -> Result<()> {
        if levels == Levels::Items {
            return Ok(());
        }
        if self.categories.is_empty() {
            let message = format!("levels = \"{}\" needs categories, and no order line has one", levels.word());
            return Problem::new(&codes::BAD_DATA, message)
                .help("name the category column under `columns` of the ingest stage".to_owned())
                .err();
        }
        let items = self.codes.len() as u32;
        let mut parents: Vec<u32> =
            self.category.iter().map(|&c| if c == NONE { NO_PARENT } else { items + c }).collect();
        parents.resize(self.codes.len() + self.categories.len(), NO_PARENT);
        let taxonomy = Taxonomy::new(parents).expect("categories have no parents");
        if levels == Levels::Categories {
            self.baskets = taxonomy.roll_up(&self.baskets, 1);
            if let Some(earned) = &mut self.earned {
                let mut rolled = UtilityBaskets::new();
                for at in 0..earned.len() {
                    let up = |&(item, money): &(u32, i64)| (taxonomy.ancestors(item).next().unwrap_or(item), money);
                    rolled.push(&earned.basket(at).iter().map(up).collect::<Vec<_>>());
                }
                *earned = rolled;
            }
        } else {
            self.baskets = taxonomy.with_ancestors(&self.baskets);
        }
        self.codes.extend(self.categories.iter().map(|name| format!("{CATEGORY}{name}")));
        self.names.extend(self.categories.iter().cloned());
        self.category.extend(0..self.categories.len() as u32);
        self.levels = Some(taxonomy);
        Ok(())
    }

    /// Codes of some items.
    pub(super) fn codes_of(&self, items: &[u32]) -> impl Iterator<Item = &str> {
        items.iter().map(|&item| self.codes[item as usize].as_str())
    }

    /// Codes of some items as one text for people.
    pub(super) fn coded(&self, items: &[u32]) -> String {
        together(self.codes_of(items))
    }

    /// Names of some items as one text for people.
    pub(super) fn named(&self, items: &[u32]) -> String {
        together(items.iter().map(|&item| self.names[item as usize].as_str()))
    }
}

fn bad_baskets(error: crate::mining::BasketsError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

/// Reads the columns of all tables, several at a time.
fn read_lines(tables: &[PathBuf], described: bool, money: bool) -> Result<Vec<Lines>> {
    let mut wanted = vec!["order", "item", "time"];
    if described {
        wanted.extend(["description", "category"]);
    }
    if money {
        wanted.extend(["quantity", "amount"]);
    }
    let tasks: Vec<(&PathBuf, &str)> = tables.iter().flat_map(|t| wanted.iter().map(move |w| (t, *w))).collect();
    let parts: Result<Vec<Part>> = tasks.into_par_iter().map(|(path, name)| read_part(path, name)).collect();
    let mut parts = parts?.into_iter();
    let mut lines = Vec::new();
    for _ in tables {
        let mut line = Lines {
            orders: Default::default(),
            items: Default::default(),
            time: Vec::new(),
            description: None,
            category: None,
            quantity: Vec::new(),
            amount: Vec::new(),
        };
        for name in &wanted {
            match (*name, parts.next().expect("one part for each column")) {
                ("order", Part::Ids(ids, names)) => line.orders = (ids, names),
                ("item", Part::Ids(ids, names)) => line.items = (ids, names),
                ("description", Part::Ids(ids, names)) => line.description = Some((ids, names)),
                ("category", Part::Ids(ids, names)) => line.category = Some((ids, names)),
                ("quantity", Part::Decimals(values)) => line.quantity = values,
                ("amount", Part::Decimals(values)) => line.amount = values,
                (_, Part::Times(times)) => line.time = times,
                _ => {}
            }
        }
        if line.orders.0.contains(&NONE) || line.items.0.contains(&NONE) {
            return Problem::new(&codes::BAD_TABLE, "columns `order` and `item` must not have empty cells").err();
        }
        lines.push(line);
    }
    Ok(lines)
}

fn read_part(path: &std::path::Path, name: &str) -> Result<Part> {
    if matches!(name, "description" | "category") && crate::tables::read_schema(path)?.index_of(name).is_err() {
        return Ok(Part::Absent);
    }
    let table = Batches::read_coded(path, &[name])?;
    Ok(match name {
        "time" => Part::Times(table.times(name)?),
        "quantity" | "amount" => Part::Decimals(table.decimals(name, 0)?),
        _ => {
            let (ids, names) = table.ids(name)?;
            Part::Ids(ids, names)
        }
    })
}

/// Names and categories from a table with one row for each item.
fn described(
    items: &Batches,
    codes: &[String],
    place: &FxHashMap<&str, u32>,
) -> Result<(Vec<String>, Vec<u32>, Vec<String>)> {
    let mut names = codes.to_vec();
    let mut words: Vec<Option<String>> = vec![None; codes.len()];
    let columns = items.texts("item")?.into_iter().zip(items.texts("description")?).zip(items.texts("category")?);
    for ((item, description), category) in columns {
        let Some(&at) = item.as_deref().and_then(|item| place.get(item)) else { continue };
        names[at as usize] = description.unwrap_or_else(|| codes[at as usize].clone());
        words[at as usize] = category;
    }
    let (category, categories) = numbered(&words);
    Ok((names, category, categories))
}

/// Names and categories from the first line of each item that has them.
fn described_by_lines(
    lines: &[Lines],
    codes: &[String],
    place: &FxHashMap<&str, u32>,
) -> (Vec<String>, Vec<u32>, Vec<String>) {
    let first = |of: fn(&Lines) -> Option<&(Vec<u32>, Vec<String>)>| {
        let mut words: Vec<Option<String>> = vec![None; codes.len()];
        for part in lines {
            let Some((ids, texts)) = of(part) else { continue };
            let items: Vec<u32> = part.items.1.iter().map(|code| place[code.as_str()]).collect();
            for (&item, &id) in part.items.0.iter().zip(ids) {
                let slot = &mut words[items[item as usize] as usize];
                if slot.is_none() && id != NONE {
                    *slot = Some(texts[id as usize].clone());
                }
            }
        }
        words
    };
    let names = first(|part| part.description.as_ref()).into_iter().zip(codes);
    let (category, categories) = numbered(&first(|part| part.category.as_ref()));
    (names.map(|(name, code)| name.unwrap_or_else(|| code.clone())).collect(), category, categories)
}

/// Texts as places among the distinct ones in order.
fn numbered(words: &[Option<String>]) -> (Vec<u32>, Vec<String>) {
    let mut distinct: Vec<String> = words.iter().flatten().cloned().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let number = |word: &Option<String>| match word {
        Some(word) => distinct.binary_search(word).map_or(NONE, |at| at as u32),
        None => NONE,
    };
    (words.iter().map(number).collect(), distinct)
}

/// What one piece of each item costs; not a number where the table does not say.
fn costs_of(cx: &Context, stage: &str, place: &FxHashMap<&str, u32>) -> Result<Vec<f64>> {
    let path = cx.input(stage).table(MAIN)?;
    let names: Vec<&str> = COSTS.columns.iter().map(|column| column.name).collect();
    let table = Batches::read(&path, &names).map_err(|p| Box::new(p.within(stage)))?;
    let mut costs = vec![f64::NAN; place.len()];
    for (item, cost) in table.texts("item")?.into_iter().zip(table.numbers("unit_cost")?) {
        if let Some(&at) = item.as_deref().and_then(|item| place.get(item)) {
            costs[at as usize] = cost;
        }
    }
    Ok(costs)
}

/// Weights as whole numbers, made smaller together where they would pass what can be counted.
fn scaled(raw: &[f64]) -> Vec<u32> {
    let sum: f64 = raw.iter().sum();
    let factor = if sum > HEAVIEST { HEAVIEST / sum } else { 1.0 };
    raw.iter().map(|weight| (weight * factor).round() as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_keep_their_proportions_when_they_are_too_heavy() {
        assert_eq!(scaled(&[1.0, 2.4, 0.0]), [1, 2, 0]);
        assert_eq!(scaled(&[3e9, 1e9]), [1_500_000_000, 500_000_000]);
    }

    #[test]
    fn categories_are_numbered_in_order() {
        let words = [Some("tea".to_owned()), None, Some("cups".to_owned()), Some("tea".to_owned())];
        assert_eq!(numbered(&words), (vec![1, NONE, 0, 1], vec!["cups".to_owned(), "tea".to_owned()]));
    }
}
