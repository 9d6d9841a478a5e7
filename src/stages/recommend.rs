//! `recommend`: what to offer to whom, buying again and buying anew apart, each judged on last baskets beside popularity.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use arrow::array::RecordBatch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::next_after;
use super::orders::{History, Items, Wanted, items, orders_of_part};
use super::reason_texts;
use super::words::reasons as why;
use super::words::recommend as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sequences::{Elements, Sequences};
use crate::orders::{Names, last_sold};
use crate::recommendation::backtest::{Estimate, Judged, Test};
use crate::recommendation::{
    Because, Grouping, Offer, OfferRule, OfferSettings, Product, Purchases, RANKERS, Ranker, Recommender, backtest,
    recommend,
};
use crate::report::{self, Body, Method, Phrase, Recommendation, Recommendations, Section, Text, Value};
use crate::stage::setting::{Choice, Chosen, Count};
use crate::stage::{Context, Input, Kind, MAIN, Need, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::Date;
use crate::tables::layouts::offers::{NEXT_AFTER, OFFERS, RANKERS as RANKERS_TABLE};
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::rules::RULES;
use crate::tables::layouts::sequences::{SEQUENCE_RULES, SEQUENCE_TIMING};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "recommend",
    version: 5,
    meaning: "Offers each customer what they buy again and what they have never bought, by the ranker that does best on last baskets.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.offers]
kind = "recommend"
orders = "orders"
offers = 5
"#,
    ],
    read: read_as::<Recommend>,
    schema: schema_of::<Recommend>,
};

/// Offers of items to customers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recommend {
    /// The `clean-orders` stage.
    orders: Upstream,
    /// The `mine-baskets` stage, for rankers that go by rules; rules that did not hold on later baskets are not used.
    rules: Option<Upstream>,
    /// The `mine-sequences` stage, for offers of what comes next: to those who bought the first, have not bought the second,
    /// and are inside the send window; rules that failed on later orders are not used.
    sequences: Option<Upstream>,
    /// Offers for each customer and product, 1 to 100.
    offers: Count<1, 100>,
    /// What makes a basket.
    basket: Chosen<Basket>,
    /// The ranker of repurchases; `auto` takes what does best on last baskets. See `patron list rankers`.
    repurchase: Chosen<RepurchaseBy>,
    /// The ranker of cross-sells; `auto` takes what does best on last baskets.
    cross_sell: Chosen<CrossSellBy>,
    /// Item codes that are never offered.
    leave_out: Vec<String>,
    /// Items not sold in so many days before the as-of date are not offered; 0 offers all.
    sold_within_days: u32,
    /// Customers with fewer baskets are not judged on; 2 is the least that counts.
    least_baskets: usize,
}

impl Default for Recommend {
    fn default() -> Recommend {
        Recommend {
            orders: Upstream::default(),
            rules: None,
            sequences: None,
            offers: Count::of(5),
            basket: Chosen::default(),
            repurchase: Chosen::default(),
            cross_sell: Chosen::default(),
            leave_out: Vec::new(),
            sold_within_days: 180,
            least_baskets: 4,
        }
    }
}

/// What makes a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basket {
    Order,
    Day,
}

impl Choice for Basket {
    const WHAT: &'static str = "kind of basket";

    fn rows() -> &'static [Basket] {
        &[Basket::Order, Basket::Day]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Basket::Order => ("order", "one order"),
            Basket::Day => ("day", "a day's orders, for shops whose customers place several orders a day"),
        }
    }
}

/// Who ranks repurchases; the best on last baskets where none is named.
struct RepurchaseBy {
    ranker: Option<Ranker>,
}

/// Who ranks cross-sells; the best on last baskets where none is named.
struct CrossSellBy {
    ranker: Option<Ranker>,
}

static REPURCHASE: LazyLock<Vec<RepurchaseBy>> =
    LazyLock::new(|| rankers(Product::Repurchase).into_iter().map(|ranker| RepurchaseBy { ranker }).collect());
static CROSS_SELL: LazyLock<Vec<CrossSellBy>> =
    LazyLock::new(|| rankers(Product::CrossSell).into_iter().map(|ranker| CrossSellBy { ranker }).collect());

/// None, and every ranker of a product.
fn rankers(product: Product) -> Vec<Option<Ranker>> {
    let all = RANKERS.iter().filter(|row| row.product == product).map(|row| Some(row.ranker));
    std::iter::once(None).chain(all).collect()
}

fn entry_of(ranker: Option<Ranker>) -> (&'static str, &'static str) {
    match ranker {
        None => ("auto", "the ranker that does best on last baskets"),
        Some(ranker) => (ranker.row().name, ranker.row().meaning),
    }
}

impl Choice for RepurchaseBy {
    const WHAT: &'static str = "ranker of repurchases";

    fn rows() -> &'static [RepurchaseBy] {
        &REPURCHASE
    }

    fn entry(&self) -> (&'static str, &'static str) {
        entry_of(self.ranker)
    }
}

impl Choice for CrossSellBy {
    const WHAT: &'static str = "ranker of cross-sells";

    fn rows() -> &'static [CrossSellBy] {
        &CROSS_SELL
    }

    fn entry(&self) -> (&'static str, &'static str) {
        entry_of(self.ranker)
    }
}

/// The shop's purchases with the names behind their numbers.
struct Shop {
    purchases: Purchases,
    customers: Vec<String>,
    items: Vec<String>,
    names: Vec<String>,
    last_sold: Vec<i64>,
    /// The orders as the sequence miner saw them, where there is one.
    sequences: Option<Sequences>,
}

/// Some customers of the shop, with numbers of items of their own.
struct ShopPart {
    purchases: Purchases,
    customers: Vec<String>,
    last_sold: Vec<i64>,
    sequences: Option<Sequences>,
    /// The number of each item in the whole shop; both are places among sorted codes, so that they ascend together.
    items: Vec<u32>,
}

impl Shop {
    /// Adds the customers that come next.
    fn add(&mut self, mut part: ShopPart) -> Result<()> {
        self.purchases.append(&part.purchases, &part.items);
        if let (Some(all), Some(sequences)) = (&mut self.sequences, &part.sequences) {
            all.append(sequences, &part.items).map_err(|e| bad(&e))?;
        }
        for (&item, &time) in part.items.iter().zip(&part.last_sold) {
            self.last_sold[item as usize] = self.last_sold[item as usize].max(time);
        }
        self.customers.append(&mut part.customers);
        Ok(())
    }
}

/// An error in the orders as a problem with the data.
fn bad(error: &dyn std::error::Error) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

impl Stage for Recommend {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.orders.input("orders", Need::Table(&ORDERS))];
        inputs.extend(self.rules.iter().map(|rules| rules.input("rules", Need::Table(&RULES))));
        if let Some(sequences) = &self.sequences {
            inputs.push(sequences.input("sequences", Need::Table(&SEQUENCE_RULES)));
            inputs.push(sequences.input("sequences", Need::Also("timing", &SEQUENCE_TIMING)));
        }
        inputs
    }

    fn output(&self) -> Output {
        let output = Output::table(&OFFERS).and("rankers", &RANKERS_TABLE);
        if self.sequences.is_some() { output.and("next_after", &NEXT_AFTER) } else { output }
    }

    fn speaks(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let shop = self.shop(cx)?;
        cx.made.rows_in = cx.input(&self.orders.0).record.rows_out;
        let test = Test { least_baskets: self.least_baskets.max(2), ..Test::default() };
        let progress = |done: f64| (cx.progress)(0.6 * done);
        let judged = backtest(&shop.purchases, &OfferSettings::default(), &test, &progress);
        let usual = OfferSettings::default();
        let settings = OfferSettings {
            offers: self.offers.get() as usize,
            repurchase: self.repurchase.ranker.or(judged.as_ref().map(|j| j.repurchase)).unwrap_or(usual.repurchase),
            cross_sell: self.cross_sell.ranker.or(judged.as_ref().map(|j| j.cross_sell)).unwrap_or(usual.cross_sell),
            left_out: self.left_out(cx, &shop)?,
            ..usual
        };
        let rules = match &self.rules {
            Some(rules) => rules_of(cx, &rules.0, &shop)?,
            None => Vec::new(),
        };
        let rankers = if judged.is_some() { &say::RANKERS } else { &say::RANKERS_NOT_JUDGED };
        cx.note(rankers.with([
            ("repurchase", settings.repurchase.row().name.into()),
            ("crosssell", settings.cross_sell.row().name.into()),
        ]));
        let next = match (&self.sequences, &shop.sequences) {
            (Some(sequences), Some(bought)) => {
                let named = next_after::Named {
                    bought,
                    customers: &shop.customers,
                    items: &shop.items,
                    names: &shop.names,
                    left_out: &settings.left_out,
                    never: &self.never(&shop),
                    sold_within_days: self.sold_within_days,
                };
                next_after::offers(cx, &sequences.0, &named, self.offers.get() as usize)?
            }
            _ => None,
        };
        write_offers(cx, &shop, &rules, settings.clone(), *self.basket, next)?;
        write_rankers(cx, judged.as_ref(), &settings)
    }
}

impl Recommend {
    /// The shop part by part: of an order line the item is kept, of a basket its time.
    fn shop(&self, cx: &Context) -> Result<Shop> {
        let Items { codes, names } = items(cx, &self.orders.0)?;
        let elements = match &self.sequences {
            Some(stage) => Some(next_after::elements(cx, &stage.0)?),
            None => None,
        };
        let mut shop = Shop {
            purchases: Purchases::none(codes.len() as u32),
            customers: Vec::new(),
            last_sold: vec![i64::MIN; codes.len()],
            sequences: elements.map(|_| Sequences::new(codes.len() as u32)),
            items: codes.to_vec(),
            names,
        };
        let wanted = Wanted { orders: self.sequences.is_some(), items: true, ..Wanted::default() };
        cx.each_partition(
            &self.orders.0,
            &mut shop,
            |_, part| {
                let history = orders_of_part(cx, &self.orders.0, wanted, part)?;
                self.of_part(cx, history, elements, &codes)
            },
            |shop, part| shop.add(part),
        )?;
        Ok(shop)
    }

    /// What is kept of the customers of a part. `codes` are the items of the whole shop.
    fn of_part(&self, cx: &Context, history: History, elements: Option<Elements>, codes: &Names) -> Result<ShopPart> {
        let known = history.known(cx)?;
        let items = history.items.len();
        let grouping = match *self.basket {
            Basket::Order => Grouping::Order,
            Basket::Day => Grouping::Day,
        };
        let purchases = Purchases::of(known, items as u32, grouping).map_err(|e| bad(&e))?;
        let sequences = elements.map(|by| Sequences::of(known, items as u32, by)).transpose().map_err(|e| bad(&e))?;
        let number = |code: &str| codes.find(code).expect("the items of all parts are known");
        Ok(ShopPart {
            purchases,
            sequences,
            last_sold: last_sold(known, items),
            customers: history.customers.to_vec(),
            items: history.items.iter().map(number).collect(),
        })
    }

    fn left_out(&self, cx: &Context, shop: &Shop) -> Result<Vec<bool>> {
        let since = match self.sold_within_days {
            0 => i64::MIN,
            days => cx.as_of()?.plus(-(days as i32)).midnight(),
        };
        Ok((0..shop.items.len())
            .zip(self.never(shop))
            .map(|(item, never)| never || shop.last_sold[item] < since)
            .collect())
    }

    /// Items that are never offered, whenever they were sold.
    fn never(&self, shop: &Shop) -> Vec<bool> {
        shop.items.iter().map(|item| self.leave_out.contains(item)).collect()
    }
}

/// Rules in the shop's numbers; those that name items that are no longer there are left out.
fn rules_of(cx: &Context, stage: &str, shop: &Shop) -> Result<Vec<OfferRule>> {
    let table = cx.read(stage, MAIN, &RULES)?;
    let place: BTreeMap<&str, u32> = shop.items.iter().enumerate().map(|(i, code)| (code.as_str(), i as u32)).collect();
    let (antecedents, consequents) = (table.sets("antecedent_list")?, table.sets("consequent_list")?);
    let (confidence, lift, count, holds) =
        (table.numbers("confidence")?, table.numbers("lift")?, table.integers("count")?, table.booleans("holds")?);
    // Rules that another tool made need not have it; it is the count over the confidence.
    let of = if table.has("antecedent_count") { table.integers("antecedent_count")? } else { vec![None; count.len()] };
    let mut rules = Vec::new();
    for row in 0..antecedents.len() {
        let items = |side: &[String]| -> Option<Vec<u32>> {
            side.iter().map(|code| place.get(code.as_str()).copied()).collect()
        };
        let (Some(mut antecedent), Some(consequent)) = (items(&antecedents[row]), items(&consequents[row])) else {
            continue;
        };
        antecedent.sort_unstable();
        if let [consequent] = consequent[..] {
            rules.push(OfferRule {
                antecedent,
                consequent,
                confidence: confidence[row],
                lift: lift[row],
                baskets: count[row].unwrap_or(0) as u32,
                of: of[row]
                    .map_or_else(|| (count[row].unwrap_or(0) as f64 / confidence[row]).round() as u32, |of| of as u32),
                holds: holds[row] != Some(false),
            });
        }
    }
    Ok(rules)
}

/// Offers by the rankers, and behind them those of what comes next.
fn write_offers(
    cx: &mut Context,
    shop: &Shop,
    rules: &[OfferRule],
    settings: OfferSettings,
    basket: Basket,
    next: Option<RecordBatch>,
) -> Result<()> {
    let mut writer = cx.start(MAIN, Arc::new(OFFERS.schema()))?;
    let mut failed: Option<Box<Problem>> = None;
    let mut written = 0_u64;
    let recommender = Recommender::new(&shop.purchases, rules, settings);
    let speech = cx.speech;
    let mut take = |offers: &[Offer]| {
        if failed.is_some() {
            return;
        }
        let mut columns = Columns::new();
        columns
            .text("customer", offers.iter().map(|o| &shop.customers[o.customer as usize]))
            .text("product", offers.iter().map(|o| product(o.product)))
            .integer("rank", offers.iter().map(|o| i64::from(o.rank)))
            .text("item", offers.iter().map(|o| &shop.items[o.item as usize]))
            .text("name", offers.iter().map(|o| &shop.names[o.item as usize]))
            .number("score", offers.iter().map(|o| f64::from(o.score)))
            .text("reason", offers.iter().map(|o| speech.in_words(&reason(shop, basket, &o.because))))
            .maybe_date("offer_from", offers.iter().map(|_| None))
            .maybe_date("offer_until", offers.iter().map(|_| None));
        written += offers.len() as u64;
        failed = writer.write(&columns.batch()).err();
    };
    recommend(&shop.purchases, &recommender, &mut take, &|done| (cx.progress)(0.6 + 0.4 * done));
    if let Some(problem) = failed {
        return Err(problem);
    }
    if let Some(next) = next {
        written += next.num_rows() as u64;
        writer.write(&next)?;
    }
    cx.metric("offers", written as f64);
    cx.end(MAIN, writer)
}

fn product(product: Product) -> &'static str {
    match product {
        Product::Repurchase => "repurchase",
        Product::CrossSell => "cross-sell",
    }
}

/// Why an item is offered, in words: the figures behind it, each with what was counted.
fn reason(shop: &Shop, basket: Basket, because: &Because) -> Text {
    let name = |item: u32| shop.names[item as usize].as_str();
    let names = |items: &[u32]| Value::from(reason_texts::items(items.iter().map(|&item| name(item))));
    let count = |count: u32| Value::Count(count.into());
    match because {
        Because::BoughtBefore { baskets, of, last, cycle_days } => {
            let last = Date::of_civil_seconds(*last).to_string();
            let known = [("baskets", count(*baskets)), ("of", count(*of)), ("last", last.into())];
            let Some(cycle) = cycle_days else {
                return match basket {
                    Basket::Order => why::BOUGHT_BEFORE.with(known),
                    Basket::Day => why::BOUGHT_ON_DAYS.with(known),
                };
            };
            let [baskets, of, last] = known;
            let known = [baskets, of, last, ("days", format!("{cycle:.0}").into())];
            match basket {
                Basket::Order => why::BOUGHT_IN_TURN.with(known),
                Basket::Day => why::BOUGHT_ON_DAYS_IN_TURN.with(known),
            }
        }
        Because::Owns(owned) => why::OWNED_BY_BOTH.with([
            ("item", names(&[owned.item])),
            ("both", count(owned.both)),
            ("owners", count(owned.owners)),
        ]),
        Because::OwnsAll(items) => {
            let phrase = if items.len() == 1 { &why::OWNED } else { &why::OWNED_TOGETHER };
            phrase.with([("items", names(items))])
        }
        Because::Rule { antecedent, lift, baskets, of } => {
            let phrase = match antecedent.len() {
                1 => &why::RULE,
                2 => &why::RULE_OF_TWO,
                _ => &why::RULE_OF_ALL,
            };
            phrase.with([
                ("items", names(antecedent)),
                ("baskets", count(*baskets)),
                ("of", count(*of)),
                ("lift", format!("{lift:.1}").into()),
            ])
        }
        Because::Popular { baskets, of } => {
            let phrase = match basket {
                Basket::Order => &why::POPULAR,
                Basket::Day => &why::POPULAR_BY_DAYS,
            };
            phrase.with([("baskets", count(*baskets)), ("of", count(*of))])
        }
    }
}

fn write_rankers(
    cx: &mut Context,
    judged: Option<&crate::recommendation::Backtest>,
    settings: &OfferSettings,
) -> Result<()> {
    let Some(judged) = judged else {
        return cx.write("rankers", &RANKERS_TABLE, &[]);
    };
    let mut rows: Vec<(Product, &str, bool, &Judged)> = judged
        .scores
        .iter()
        .map(|score| {
            let row = score.ranker.row();
            let chosen = score.ranker == settings.repurchase || score.ranker == settings.cross_sell;
            (row.product, row.name, chosen, &score.own)
        })
        .collect();
    rows.push((Product::Repurchase, "the same popular items for all", false, &judged.popular_repeat));
    rows.push((Product::CrossSell, "the same popular items for all", false, &judged.popular_explore));
    rows.sort_by_key(|row| row.0 == Product::CrossSell);
    let mut columns = Columns::new();
    columns
        .text("product", rows.iter().map(|row| product(row.0)))
        .text("ranker", rows.iter().map(|row| row.1))
        .boolean("chosen", rows.iter().map(|row| row.2))
        .integer("customers", rows.iter().map(|row| row.3.customers as i64))
        .number("recall_10", rows.iter().map(|row| row.3.recall_10.mean))
        .number("recall_10_error", rows.iter().map(|row| row.3.recall_10.error))
        .number("recall_20", rows.iter().map(|row| row.3.recall_20.mean))
        .number("hit_rate_10", rows.iter().map(|row| row.3.hit_10.mean))
        .number("ndcg_10", rows.iter().map(|row| row.3.ndcg_10.mean));
    cx.write("rankers", &RANKERS_TABLE, &[columns.batch()])?;
    for row in rows.iter().filter(|row| row.2) {
        cx.metric(&format!("recall_10_{}", product(row.0).replace('-', "_")), row.3.recall_10.mean);
    }
    cx.metric("repeat_share", judged.repeat_share);
    let task = |which: Product, name: &Phrase| Recommendation {
        name: name.into(),
        measure: (&say::AMONG_TEN).into(),
        customers: rows.iter().find(|row| row.0 == which).map_or(0, |row| row.3.customers as u64),
        methods: rows
            .iter()
            .filter(|row| row.0 == which)
            .map(|row| Method {
                name: match Text::term("ranker", row.1, row.1) {
                    ranker if row.2 => say::CHOSEN.with([("ranker", ranker.into())]),
                    ranker => ranker,
                },
                baseline: row.1.starts_with("the same"),
                result: interval(row.3.recall_10),
            })
            .collect(),
    };
    let tasks = vec![task(Product::Repurchase, &say::BUY_AGAIN), task(Product::CrossSell, &say::NEVER_BOUGHT)];
    cx.section(Section::new(cx.step, Body::Recommendations(Recommendations { tasks })));
    Ok(())
}

/// A mean with its 95 % interval.
fn interval(estimate: Estimate) -> report::Estimate {
    let half = 1.96 * estimate.error;
    report::Estimate {
        value: estimate.mean,
        low: (estimate.mean - half).max(0.0),
        high: (estimate.mean + half).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parted::{made, shop};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn parts_and_threads_change_no_byte(
            lines in prop::collection::vec((0..12u8, 100..365i64, 0..14u8, 0..4u8), 1..200),
            group in 1..20usize,
            days in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let orders = shop(folder.path(), &lines, &[], group);
            let basket = if days { "day" } else { "order" };
            let stage = Recommend {
                orders: Upstream("orders".to_owned()),
                basket: Chosen::named(basket).expect("a kind of basket"),
                leave_out: vec!["i3".to_owned()],
                least_baskets: 2,
                ..Recommend::default()
            };
            let of = |rows_a_part, threads| made(&stage, &[&orders], rows_a_part, threads);
            let whole = of(u64::MAX, 1);
            prop_assert!(whole.contains_key("main.parquet") && whole.contains_key("rankers.parquet"));
            let parts = |count: u64| (lines.len() as u64).div_ceil(count);
            for (rows_a_part, threads) in [(1, 2), (parts(2), 1), (parts(2), 2), (parts(7), 2)] {
                prop_assert_eq!(&of(rows_a_part, threads), &whole);
            }
        }
    }
}
