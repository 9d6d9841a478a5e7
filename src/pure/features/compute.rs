//! All features of all customers of the population at one as-of date.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::settings::{FeatureSettings, SettingsError};
use super::summary::{Scratch, summarise};
use super::table::ORDER_FEATURES;
use crate::numeric::calendar::DAY;
use crate::orders::AsOf;

/// Customers that one task works through; also the grain of progress.
const BLOCK: usize = 2048;

/// One row per customer of the population, one column per feature.
#[derive(Debug, Clone, Default)]
pub struct FeatureTable {
    /// The first instant that was not seen, in civil seconds.
    pub as_of: i64,
    /// Customer ids, ascending.
    pub customers: Vec<u32>,
    /// A column per row of [`ORDER_FEATURES`], in its order, each as long as `customers`; missing values are NaN.
    pub columns: Vec<Vec<f64>>,
}

impl FeatureTable {
    /// The column of a feature; `None` for a name that is not in [`ORDER_FEATURES`].
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        super::table::index_of(name).map(|index| &self.columns[index][..])
    }
}

/// Computes every feature in one pass over each customer's lines.
///
/// The population is every customer with an order in the observation window. Each customer's sums are made in the order
/// of the customer's lines by one thread, so the result does not depend on the number of threads. `progress` is called
/// with a fraction from 0 to 1.
///
/// # Errors
/// When the settings make no sense.
pub fn compute(
    known: AsOf,
    settings: &FeatureSettings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<FeatureTable, SettingsError> {
    settings.check()?;
    let customers = population(known, settings);
    let mut columns: Vec<Vec<f64>> = ORDER_FEATURES.iter().map(|_| vec![0.0; customers.len()]).collect();
    let mut blocks: Vec<(&[u32], Vec<&mut [f64]>)> =
        customers.chunks(BLOCK).map(|ids| (ids, Vec::with_capacity(ORDER_FEATURES.len()))).collect();
    for column in &mut columns {
        for (block, values) in blocks.iter_mut().zip(column.chunks_mut(BLOCK)) {
            block.1.push(values);
        }
    }
    let (total, done) = (blocks.len(), AtomicUsize::new(0));
    blocks.into_par_iter().for_each_init(Scratch::default, |scratch, (ids, mut values)| {
        for (row, &customer) in ids.iter().enumerate() {
            let summary = summarise(known, customer, settings, scratch).expect("the population has observed orders");
            for (feature, column) in ORDER_FEATURES.iter().zip(&mut values) {
                column[row] = (feature.value)(&summary);
            }
        }
        progress((done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / total as f64);
    });
    Ok(FeatureTable { as_of: known.as_of(), customers, columns })
}

/// Customers with an order that began in the observation window, ascending.
pub fn population(known: AsOf, settings: &FeatureSettings) -> Vec<u32> {
    let from = known.as_of() - settings.observed_days * DAY;
    (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(BLOCK)
        .filter(|&customer| {
            let lines = known.lines(customer);
            let observed = lines.time.partition_point(|&time| time < from);
            let (before, since) = lines.order.split_at(observed);
            // An order belongs where its first line does: a late line of an older order does not make it a new one.
            since.iter().any(|order| !before.contains(order))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::numeric::calendar::{civil_of_day, weekday};
    use crate::numeric::math::ln;
    use crate::numeric::quantile::quantile;
    use crate::orders::{Lines, NONE, Orders, Returns, UNMATCHED};

    #[derive(Debug, Clone, Copy)]
    struct Line {
        customer: u32,
        order: u32,
        item: u32,
        category: u32,
        time: i64,
        quantity: i64,
        amount: i64,
    }

    #[derive(Debug, Clone, Copy)]
    struct Return {
        customer: u32,
        time: i64,
        quantity: i64,
        amount: i64,
        bought: i64,
    }

    const CUSTOMERS: usize = 3;

    fn orders(lines: &[Line], returns: &[Return]) -> Orders {
        let lines = Lines {
            customer: lines.iter().map(|line| line.customer).collect(),
            order: lines.iter().map(|line| line.order).collect(),
            item: lines.iter().map(|line| line.item).collect(),
            category: Some(lines.iter().map(|line| line.category).collect()),
            time: lines.iter().map(|line| line.time).collect(),
            quantity: lines.iter().map(|line| line.quantity).collect(),
            amount: lines.iter().map(|line| line.amount).collect(),
        };
        let returns = Returns {
            customer: returns.iter().map(|back| back.customer).collect(),
            item: vec![0; returns.len()],
            time: returns.iter().map(|back| back.time).collect(),
            quantity: returns.iter().map(|back| back.quantity).collect(),
            amount: returns.iter().map(|back| back.amount).collect(),
            bought: returns.iter().map(|back| back.bought).collect(),
        };
        Orders::new(CUSTOMERS, lines, returns).unwrap()
    }

    fn table(lines: &[Line], returns: &[Return], as_of: i64) -> FeatureTable {
        compute(AsOf::new(&orders(lines, returns), as_of), &FeatureSettings::default(), &|_| {}).unwrap()
    }

    /// Bits, so that NaN equals NaN and nothing else equals by rounding.
    fn bits(table: &FeatureTable) -> (Vec<u32>, Vec<Vec<u64>>) {
        let columns = table.columns.iter().map(|column| column.iter().map(|value| value.to_bits()).collect());
        (table.customers.clone(), columns.collect())
    }

    /// Times on a grid of eight hours over three years, so that ties, midnights and window edges are common.
    fn time() -> impl Strategy<Value = i64> {
        (14_000 * 3i64..15_095 * 3).prop_map(|third| third * 28_800)
    }

    fn line() -> impl Strategy<Value = Line> {
        let category = prop_oneof![Just(NONE), 0u32..3];
        (0..CUSTOMERS as u32, 0u32..15, 0u32..6, category, time(), 0i64..4_000, -5_000i64..200_000).prop_map(
            |(customer, order, item, category, time, quantity, amount)| {
                // an order has one time, mostly: some have a second, so that orders get entangled
                let time = if item == 5 { time } else { (14_000 + i64::from(order) * 73) * DAY + (time % DAY) };
                Line { customer, order, item, category, time, quantity, amount }
            },
        )
    }

    fn back() -> impl Strategy<Value = Return> {
        (0..CUSTOMERS as u32, time(), 0i64..4_000, 0i64..90_000, prop::option::of(0i64..100)).prop_map(
            |(customer, time, quantity, amount, delay)| {
                let bought = delay.map_or(UNMATCHED, |days| time - days * DAY);
                Return { customer, time, quantity, amount, bought }
            },
        )
    }

    proptest! {
        #[test]
        fn what_comes_after_the_date_changes_nothing(
            lines in prop::collection::vec(line(), 0..60),
            returns in prop::collection::vec(back(), 0..8),
            later in prop::collection::vec((line(), 0i64..400 * DAY), 0..20),
            later_returns in prop::collection::vec((back(), 0i64..400 * DAY), 0..5),
            as_of in time(),
        ) {
            let known: Vec<Line> = lines.iter().copied().filter(|line| line.time < as_of).collect();
            let known_returns: Vec<Return> = returns.iter().copied().filter(|back| back.time < as_of).collect();
            let expected = bits(&table(&known, &known_returns, as_of));
            prop_assert_eq!(&bits(&table(&lines, &returns, as_of)), &expected);
            let mut more = lines;
            more.extend(later.iter().map(|(line, days)| Line { time: as_of + days, ..*line }));
            let mut more_returns = returns;
            more_returns.extend(later_returns.iter().map(|(back, days)| Return { time: as_of + days, ..*back }));
            prop_assert_eq!(&bits(&table(&more, &more_returns, as_of)), &expected);
        }

        #[test]
        fn the_order_of_rows_and_the_number_of_threads_change_nothing(
            lines in prop::collection::vec(line(), 0..60),
            returns in prop::collection::vec(back(), 0..8),
            turn in 0usize..60,
            as_of in time(),
        ) {
            let expected = bits(&table(&lines, &returns, as_of));
            let (mut lines, mut returns) = (lines, returns);
            let places = turn % lines.len().max(1);
            lines.rotate_left(places);
            returns.reverse();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1 + turn % 3).build().unwrap();
            prop_assert_eq!(bits(&pool.install(|| table(&lines, &returns, as_of))), expected);
        }

        #[test]
        fn equals_the_slow_and_obvious_way(
            lines in prop::collection::vec(line(), 0..80),
            returns in prop::collection::vec(back(), 0..8),
            as_of in time(),
        ) {
            let table = table(&lines, &returns, as_of);
            let mut expected = BTreeMap::new();
            for customer in 0..CUSTOMERS as u32 {
                if let Some(features) = obvious(&lines, &returns, customer, as_of) {
                    expected.insert(customer, features);
                }
            }
            prop_assert_eq!(&table.customers, &expected.keys().copied().collect::<Vec<_>>());
            for (row, features) in expected.values().enumerate() {
                prop_assert_eq!(features.len(), ORDER_FEATURES.len());
                for (name, &value) in features {
                    let found = table.column(name).expect("the name is a feature's")[row];
                    let close = (found - value).abs() <= 1e-9 * value.abs().max(1.0);
                    prop_assert!(close || found.is_nan() && value.is_nan(), "{name}: {found}, expected {value}");
                }
            }
        }
    }

    /// Every feature of one customer by its definition, one filter at a time.
    fn obvious(lines: &[Line], returns: &[Return], customer: u32, as_of: i64) -> Option<BTreeMap<String, f64>> {
        let mine: Vec<Line> =
            lines.iter().copied().filter(|line| line.customer == customer && line.time < as_of).collect();
        let mut by_order: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
        mine.iter().for_each(|line| by_order.entry(line.order).or_default().push(*line));
        // (time of the first line, id of the order)
        let start = |order: u32| by_order[&order].iter().map(|line| line.time).min().unwrap();
        let money = |order: u32| by_order[&order].iter().map(|line| line.amount).sum::<i64>() as f64 / 10_000.0;
        let mut all: Vec<(i64, u32)> = by_order.keys().map(|&order| (start(order), order)).collect();
        all.sort_unstable();
        let within = |from: i64, until: i64| -> Vec<u32> {
            let inside = |&&(time, _): &&(i64, u32)| as_of - from * DAY <= time && time < as_of - until * DAY;
            all.iter().filter(inside).map(|&(_, order)| order).collect()
        };
        let sum = |orders: &[u32]| orders.iter().map(|&order| money(order)).sum::<f64>();
        let year = within(365, 0);
        if year.is_empty() {
            return None;
        }
        let count = |orders: &[u32]| orders.len() as f64;
        let ratio = |value: f64, of: f64| if of > 0.0 { value / of } else { f64::NAN };
        let days_since = |time: i64| (as_of - time).div_euclid(DAY) as f64;
        let mut features = BTreeMap::new();
        let mut put = |name: &str, value: f64| assert!(features.insert(name.to_owned(), value).is_none(), "{name}");

        let mut days: Vec<i64> = all.iter().map(|(time, _)| time.div_euclid(DAY)).collect();
        days.dedup();
        let gaps: Vec<f64> = days.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64; // NaN for none
        let sd = |values: &[f64]| {
            let squares: f64 = values.iter().map(|value| (value - mean(values)).powi(2)).sum();
            if values.len() < 2 { f64::NAN } else { (squares / (values.len() as f64 - 1.0)).sqrt() }
        };
        let mut sorted_gaps = gaps.clone();
        sorted_gaps.sort_unstable_by(f64::total_cmp);
        let last_gap = gaps.last().copied().unwrap_or(f64::NAN);
        let recency = days_since(all.last().unwrap().0);
        let tenure = days_since(all[0].0);
        put("recency_days", recency);
        put("recency_over_gap", recency / mean(&gaps));
        put("tenure_days", tenure);
        let second = all.iter().find(|(time, _)| days.len() > 1 && time.div_euclid(DAY) == days[1]);
        put("second_order_days", second.map_or(f64::NAN, |(time, _)| days_since(*time)));
        put("gap_days_mean", mean(&gaps));
        put("gap_days_median", quantile(&sorted_gaps, 0.5));
        put("gap_days_sd", sd(&gaps));
        put("gap_cv", sd(&gaps) / mean(&gaps));
        put("gap_days_last", last_gap);
        put("gap_last_over_mean", last_gap / mean(&gaps));
        for days in [30, 60, 90, 180, 365] {
            put(&format!("orders_{days}d"), count(&within(days, 0)));
            put(&format!("money_{days}d"), sum(&within(days, 0)));
        }
        let ids: Vec<u32> = all.iter().map(|&(_, order)| order).collect();
        put("orders_lifetime", count(&ids));
        put("money_lifetime", sum(&ids));
        put("purchase_days_lifetime", days.len() as f64);
        let month = |day: i64| {
            let (year, month, _) = civil_of_day(day);
            year * 12 + i64::from(month)
        };
        let mut active: Vec<i64> = days.iter().map(|&day| month(day)).collect();
        active.dedup();
        put("active_months", active.len() as f64);
        let months = month((as_of - 1).div_euclid(DAY)) - active[0] + 1;
        put("active_month_share", active.len() as f64 / months as f64);

        let back: Vec<Return> =
            returns.iter().copied().filter(|back| back.customer == customer && back.time < as_of).collect();
        let recent: Vec<Return> = back.iter().copied().filter(|back| back.time >= as_of - 365 * DAY).collect();
        let value = |returns: &[Return]| returns.iter().map(|back| back.amount).sum::<i64>() as f64 / 10_000.0;
        put("net_money_365d", sum(&year) - value(&recent));
        put("net_money_lifetime", sum(&ids) - value(&back));
        let mut occasions: Vec<i64> = recent.iter().map(|back| back.time).collect();
        occasions.sort_unstable();
        occasions.dedup();
        put("returns_observed", occasions.len() as f64);
        put("return_days", back.iter().map(|back| back.time).max().map_or(f64::NAN, days_since));
        let delays: Vec<f64> = back
            .iter()
            .filter(|back| back.bought != UNMATCHED)
            .map(|back| (back.time - back.bought) as f64 / DAY as f64)
            .collect();
        put("return_delay_days_mean", mean(&delays));

        let bought: Vec<Line> = mine.iter().copied().filter(|line| year.contains(&line.order)).collect();
        let pieces = bought.iter().map(|line| line.quantity).sum::<i64>() as f64 / 1_000.0;
        let returned_pieces = recent.iter().map(|back| back.quantity).sum::<i64>() as f64 / 1_000.0;
        put("return_share_quantity", ratio(returned_pieces, pieces));
        put("return_share_value", ratio(value(&recent), sum(&year)));
        let values: Vec<f64> = year.iter().map(|&order| money(order)).collect();
        put("basket_value_mean", mean(&values));
        put("basket_value_cv", sd(&values) / mean(&values));
        put("basket_value_max", values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        put("basket_value_last_over_mean", values.last().unwrap() / mean(&values));
        let distinct = |lines: &[Line]| {
            let mut items: Vec<u32> = lines.iter().map(|line| line.item).collect();
            items.sort_unstable();
            items.dedup();
            items.len() as f64
        };
        let variety: Vec<f64> = year.iter().map(|order| distinct(&by_order[order])).collect();
        put("basket_lines_mean", bought.len() as f64 / count(&year));
        put("basket_items_mean", mean(&variety));
        put("basket_quantity_mean", pieces / count(&year));
        put("lines_observed", bought.len() as f64);
        put("quantity_observed", pieces);
        put("distinct_items_observed", distinct(&bought));
        put("new_item_share", distinct(&bought) / bought.len() as f64);
        put("piece_value_mean", ratio(sum(&year), pieces));

        let before = within(180, 90);
        let last = within(90, 0);
        put("orders_trend_90d", ln((count(&last) + 0.5) / (count(&before) + 0.5)));
        put("money_trend_90d", ratio(sum(&last) - sum(&before), sum(&last) + sum(&before)));
        // day 30 before the date belongs to the newest period, as it does to the window of 30 days
        let lived = ((as_of - all[0].0 - 1) / (30 * DAY) + 1).min(12);
        let period = |back: i64| -> Vec<u32> {
            let inside = |&&(time, _): &&(i64, u32)| (as_of - time - 1) / (30 * DAY) == back;
            all.iter().filter(inside).map(|&(_, order)| order).collect()
        };
        let slope = |values: &[f64]| {
            let times: Vec<f64> = (0..values.len()).map(|time| time as f64).collect();
            let (middle, level) = (mean(&times), mean(values));
            let above: f64 = times.iter().zip(values).map(|(time, value)| (time - middle) * (value - level)).sum();
            let below: f64 = times.iter().map(|time| (time - middle).powi(2)).sum();
            if values.len() < 3 || level <= 0.0 { f64::NAN } else { above / below / level }
        };
        put("orders_slope", slope(&(0..lived).rev().map(|back| count(&period(back))).collect::<Vec<_>>()));
        put("money_slope", slope(&(0..lived).rev().map(|back| sum(&period(back))).collect::<Vec<_>>()));

        let season = within(365, 275);
        let with_year = |value: f64| if tenure >= 365.0 { value } else { f64::NAN };
        put("season_orders_90d", with_year(count(&season)));
        put("season_orders_ratio", with_year(count(&season) / (count(&year) * 90.0 / 365.0)));
        put("season_money_ratio", with_year(ratio(sum(&season), sum(&year) * 90.0 / 365.0)));

        let most = |codes: &[u32]| -> (f64, f64, f64) {
            let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
            codes.iter().for_each(|&code| *counts.entry(code).or_default() += 1.0);
            let largest = counts.values().copied().fold(0.0, f64::max);
            let code =
                counts.iter().find(|(_, count)| **count == largest).map_or(f64::NAN, |(code, _)| f64::from(*code));
            let all = codes.len() as f64;
            (
                code,
                largest / all,
                counts.values().map(|count| (count / all).powi(2)).sum::<f64>() / f64::from(all > 0.0),
            )
        };
        let weekdays: Vec<u32> = year.iter().map(|&order| weekday(start(order).div_euclid(DAY)) as u32).collect();
        let hours: Vec<i64> = year.iter().map(|&order| start(order).rem_euclid(DAY) / 3_600).collect();
        let parts: Vec<u32> = hours
            .iter()
            .map(|hour| match hour {
                6..12 => 1,
                12..18 => 2,
                18..22 => 3,
                _ => 0,
            })
            .collect();
        let share = |hits: usize| hits as f64 / count(&year);
        put("preferred_weekday", most(&weekdays).0);
        put("preferred_weekday_share", most(&weekdays).1);
        put("preferred_day_part", most(&parts).0);
        put("preferred_day_part_share", most(&parts).1);
        put("weekend_share", share(weekdays.iter().filter(|&&day| day > 4).count()));
        put("night_share", share(parts.iter().filter(|&&part| part == 0).count()));
        let items: Vec<u32> = bought.iter().map(|line| line.item).collect();
        put("preferred_item", most(&items).0);
        put("preferred_item_share", most(&items).1);
        put("item_concentration", most(&items).2);
        let categories: Vec<u32> = bought.iter().map(|line| line.category).filter(|&id| id != NONE).collect();
        put("preferred_category", most(&categories).0);
        put("preferred_category_share", most(&categories).1);
        put("category_concentration", most(&categories).2);
        Some(features)
    }

    #[test]
    fn nobody_and_one_line() {
        assert!(table(&[], &[], 15_000 * DAY).customers.is_empty());
        let line = Line { customer: 1, order: 0, item: 0, category: NONE, time: 0, quantity: 1000, amount: 12_500 };
        let one = table(&[line], &[], DAY);
        assert_eq!((one.as_of, &one.customers[..]), (DAY, &[1][..]));
        let value = |name| one.column(name).unwrap()[0];
        assert_eq!((value("recency_days"), value("money_30d"), value("orders_lifetime")), (1.0, 1.25, 1.0));
        assert!(value("gap_days_mean").is_nan() && value("preferred_category_share").is_nan());
        assert_eq!(one.column("no_such_feature"), None);
    }
}
