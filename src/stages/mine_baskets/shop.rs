//! Baskets out of order lines or files, with the names, categories, weights and margins that belong to them.

use super::settings::{Levels, MineBaskets, Weight};
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sets::together;
use crate::mining::{Baskets, Format, NO_PARENT, ReadSettings, Taxonomy, UtilityBaskets, read_baskets};
use crate::numeric::math::exp2;
use crate::orders::{ByOrder, NONE, Names, usual_categories};
use crate::outside::Opening;
use crate::sources::plain::read_plain;
use crate::stage::setting::{Choice, Number};
use crate::stage::{Context, MAIN};
use crate::stages::orders::{Wanted, orders};
use crate::stages::words::mine_baskets as say;
use crate::tables::Batches;
use crate::tables::layouts::baskets::COSTS;

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

impl Shop {
    pub(super) fn of_orders(cx: &Context, settings: &MineBaskets, stage: &str) -> Result<Shop> {
        let stored = cx.input(stage);
        let catalogue = stored.record.tables.contains_key("items");
        let money = settings.knows_margins() || *settings.weight == Weight::Amount;
        let wanted = Wanted {
            orders: true,
            items: true,
            names: !catalogue,
            categories: !catalogue,
            quantities: money,
            amounts: money,
            returns: false,
            anonymous: true,
        };
        let history = orders(cx, stage, wanted)?;
        (cx.progress)(0.06);
        let (names, category, categories) = match catalogue {
            true => described(&Batches::read_coded(&stored.table("items")?, &[])?, &history.items)?,
            false => {
                let category = usual_categories(history.known(cx)?, history.items.len());
                (history.item_names.clone(), category, history.categories.to_vec())
            }
        };
        let orders = ByOrder::of(history.known(cx)?);
        let items = history.items;
        drop(history.orders);
        let mut baskets = Baskets::of(&orders, items.len() as u32);
        let raw_weights: Vec<f64> = match *settings.weight {
            Weight::None => Vec::new(),
            Weight::Amount => {
                let money = |order: usize| orders.amounts(order).iter().sum::<i64>() as f64 / 1e4;
                (0..orders.len()).map(|order| money(order).max(0.0)).collect()
            }
            Weight::Recency => {
                // Only proportions matter; from the as-of date, all weights of an old history would be rounded to nothing.
                let newest = orders.times().iter().copied().max().unwrap_or(0);
                let age = |time: &i64| (newest - time) as f64 / 86_400.0;
                let half_life = settings.half_life.days() as f64;
                orders.times().iter().map(|time| exp2(-age(time) / half_life) * 1000.0).collect()
            }
        };
        if !raw_weights.is_empty() {
            baskets = baskets.with_weights(scaled(&raw_weights)).map_err(bad_baskets)?;
        }
        let (earned, uncosted) = match settings.knows_margins() {
            true => {
                let costs = settings.costs.as_ref().map(|costs| costs_of(cx, &costs.0, &items)).transpose()?;
                let share = settings.margin.map_or(0.0, Number::get);
                let (earned, uncosted) = earned(&orders, share, costs.as_deref());
                (Some(earned), uncosted)
            }
            false => (None, 0),
        };
        Ok(Shop { baskets, codes: items.to_vec(), names, category, categories, earned, uncosted, levels: None })
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

/// What the lines of each order earned: a share of their amounts, or what is left of them after costs; and how many lines are
/// of items without a cost, which earn nothing.
fn earned(orders: &ByOrder, share: f64, costs: Option<&[f64]>) -> (UtilityBaskets, u64) {
    let (mut earned, mut uncosted, mut cells) = (UtilityBaskets::new(), 0, Vec::new());
    for order in 0..orders.len() {
        cells.clear();
        let lines = orders.items(order).iter().zip(orders.quantities(order)).zip(orders.amounts(order));
        for ((&item, &quantity), &amount) in lines {
            let margin = match costs {
                None => share * amount as f64,
                Some(costs) => {
                    // Ten-thousandths for a piece, by thousandths of pieces.
                    let cost = costs[item as usize] * 10.0 * quantity as f64;
                    uncosted += u64::from(cost.is_nan());
                    if cost.is_nan() { 0.0 } else { amount as f64 - cost }
                }
            };
            cells.push((item, margin.round() as i64));
        }
        earned.push(&cells);
    }
    (earned, uncosted)
}

/// Names and categories from a table with one row for each item.
fn described(catalogue: &Batches, items: &Names) -> Result<(Vec<String>, Vec<u32>, Vec<String>)> {
    let mut names = items.to_vec();
    let mut words: Vec<Option<String>> = vec![None; names.len()];
    let columns =
        catalogue.texts("item")?.into_iter().zip(catalogue.texts("description")?).zip(catalogue.texts("category")?);
    for ((item, description), category) in columns {
        let Some(at) = item.as_deref().and_then(|item| items.find(item)) else { continue };
        if let Some(description) = description {
            names[at as usize] = description;
        }
        words[at as usize] = category;
    }
    let (category, categories) = numbered(&words);
    Ok((names, category, categories))
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
fn costs_of(cx: &Context, stage: &str, items: &Names) -> Result<Vec<f64>> {
    let path = cx.input(stage).table(MAIN)?;
    let names: Vec<&str> = COSTS.columns.iter().map(|column| column.name).collect();
    let table = Batches::read(&path, &names).map_err(|p| Box::new(p.within(stage)))?;
    let mut costs = vec![f64::NAN; items.len()];
    for (item, cost) in table.texts("item")?.into_iter().zip(table.numbers("unit_cost")?) {
        if let Some(at) = item.as_deref().and_then(|item| items.find(item)) {
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
