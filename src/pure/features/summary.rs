//! One pass over one customer's lines: the counts and sums from which every feature is read.

use super::order_totals::{Order, OrderTotals, units};
use super::settings::FeatureSettings;
use crate::numeric::calendar::{DAY, day_of, hour_of, month_of, weekday};
use crate::orders::{AsOf, LinesOf, NONE, UNMATCHED};

/// Windows, in days before the as-of date, for which orders and money are counted.
pub const WINDOWS: [i64; 5] = [30, 60, 90, 180, 365];

/// Parts of the day, as codes of the preferred part.
pub const DAY_PARTS: [&str; 4] = ["night", "morning", "afternoon", "evening"];

/// Number of 30-day periods over which a slope is fitted.
const PERIODS: usize = 12;
const PERIOD: i64 = 30 * DAY;

/// What one customer's history up to the as-of date adds up to.
///
/// An order belongs to a window when its first line does. *Observed* means within the observation window of the
/// settings. Money is in currency units, quantities in pieces; a figure without meaning for the customer is NaN.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Whole days since the last order, since the first, and since the second purchase day.
    pub recency: f64,
    pub tenure: f64,
    pub since_second: f64,
    /// Orders and money within each of [`WINDOWS`].
    pub orders_in: [f64; 5],
    pub money_in: [f64; 5],
    /// Orders, distinct purchase days and money of the whole history.
    pub orders: f64,
    pub purchase_days: f64,
    pub money: f64,
    /// Value of all returns, and of those that came back within 365 days.
    pub returned: f64,
    pub returned_365: f64,
    /// Distinct calendar months with an order, and months from the first order's to the as-of date's.
    pub active_months: f64,
    pub months: f64,
    /// Days between consecutive purchase days.
    pub gap_mean: f64,
    pub gap_median: f64,
    pub gap_sd: f64,
    pub gap_last: f64,
    /// The observed orders: their number, money, largest and last value, standard deviation of their values.
    pub observed_orders: f64,
    pub observed_money: f64,
    pub basket_max: f64,
    pub basket_last: f64,
    pub basket_sd: f64,
    /// Lines, pieces, distinct items, and distinct items summed over orders, of the observed orders.
    pub lines: f64,
    pub quantity: f64,
    pub distinct_items: f64,
    pub basket_items: f64,
    /// Observed returns: occasions (distinct instants), pieces, value, and days since the last one of all.
    pub returns: f64,
    pub returned_quantity: f64,
    pub returned_value: f64,
    pub since_return: f64,
    /// Mean days from purchase to return, over all matched returns.
    pub return_delay: f64,
    /// Orders and money from 180 to 90 days before the as-of date.
    pub orders_before: f64,
    pub money_before: f64,
    /// Slope of orders and money over 30-day periods, as a share of their mean, per period.
    pub orders_slope: f64,
    pub money_slope: f64,
    /// Orders and money in the 90 days that began 365 days before the as-of date.
    pub season_orders: f64,
    pub season_money: f64,
    /// Observed orders by weekday (Monday first) and by part of the day ([`DAY_PARTS`]), and at a weekend.
    pub weekdays: [f64; 7],
    pub day_parts: [f64; 4],
    pub weekend: f64,
    /// Most bought item and category of the observed lines, their shares, and the concentration of all.
    pub item: Preference,
    pub category: Preference,
}

/// What is bought most, by number of lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preference {
    /// Id; the lowest of those that tie.
    pub id: f64,
    /// Share of the lines that have an id, 0 to 1.
    pub share: f64,
    /// Herfindahl-Hirschman index: sum of squared shares, 1/n for n equal shares, 1 for a single one.
    pub hhi: f64,
}

/// Buffers that one thread uses for customer after customer.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    totals: OrderTotals,
    gaps: Vec<f64>,
    pairs: Vec<u64>,
    items: Vec<u32>,
    categories: Vec<u32>,
}

/// Adds up one customer; `None` without an order in the observation window.
pub(super) fn summarise(
    known: AsOf,
    customer: u32,
    settings: &FeatureSettings,
    scratch: &mut Scratch,
) -> Option<Summary> {
    let as_of = known.as_of();
    let observed_from = as_of - settings.observed_days * DAY;
    let lines = known.lines(customer);
    if lines.time.last().is_none_or(|&time| time < observed_from) {
        return None;
    }
    scratch.totals.collect(&lines);
    let orders = scratch.totals.orders();
    if orders.last()?.time < observed_from {
        return None; // only a stray line of an older order is in the window
    }
    let age = |time: i64| ((as_of - time).div_euclid(DAY)) as f64;
    let mut sums = Summary::empty();
    sums.recency = age(orders[orders.len() - 1].time);
    sums.tenure = age(orders[0].time);

    let trend_from = as_of - 90 * DAY;
    let (season_from, season_until) = (as_of - 365 * DAY, as_of - 275 * DAY);
    let before_from = as_of - 180 * DAY;
    let mut money_in = [0i128; 5];
    let (mut money, mut money_before, mut season_money) = (0i128, 0i128, 0i128);
    let (mut orders_bins, mut money_bins) = ([0.0; PERIODS], [0.0; PERIODS]);
    let mut previous_day = i64::MIN;
    let mut previous_month = i64::MIN;
    scratch.gaps.clear();
    for order in orders {
        let age = as_of - order.time;
        for (window, days) in WINDOWS.iter().enumerate() {
            if age <= days * DAY {
                sums.orders_in[window] += 1.0;
                money_in[window] += order.amount;
            }
        }
        sums.orders += 1.0;
        money += order.amount;
        if order.time >= before_from && order.time < trend_from {
            sums.orders_before += 1.0;
            money_before += order.amount;
        }
        if order.time >= season_from && order.time < season_until {
            sums.season_orders += 1.0;
            season_money += order.amount;
        }
        let period = (age - 1) / PERIOD;
        if period < PERIODS as i64 {
            orders_bins[period as usize] += 1.0;
            money_bins[period as usize] += units(order.amount);
        }
        let day = day_of(order.time);
        if day != previous_day {
            sums.purchase_days += 1.0;
            if previous_day != i64::MIN {
                scratch.gaps.push((day - previous_day) as f64);
                if scratch.gaps.len() == 1 {
                    sums.since_second = age_of_day(as_of, order.time);
                }
            }
            previous_day = day;
            let month = month_of(day);
            if month != previous_month {
                sums.active_months += 1.0;
                previous_month = month;
            }
        }
    }
    sums.money = units(money);
    sums.money_in = money_in.map(units);
    sums.money_before = units(money_before);
    sums.season_money = units(season_money);
    sums.months = (month_of(day_of(as_of - 1)) - month_of(day_of(orders[0].time)) + 1) as f64;
    let periods = PERIODS.min(((as_of - 1 - orders[0].time) / PERIOD) as usize + 1);
    sums.orders_slope = relative_slope(&orders_bins[..periods]);
    sums.money_slope = relative_slope(&money_bins[..periods]);
    spread_of_gaps(&mut sums, &mut scratch.gaps);
    observed_orders(&mut sums, orders, observed_from, settings);
    observed_lines(&mut sums, &lines, observed_from, scratch);
    returns(&mut sums, known, customer, observed_from);
    Some(sums)
}

impl Summary {
    fn empty() -> Summary {
        let none = Preference { id: f64::NAN, share: f64::NAN, hhi: f64::NAN };
        Summary {
            recency: f64::NAN,
            tenure: f64::NAN,
            since_second: f64::NAN,
            orders_in: [0.0; 5],
            money_in: [0.0; 5],
            orders: 0.0,
            purchase_days: 0.0,
            money: 0.0,
            returned: 0.0,
            returned_365: 0.0,
            active_months: 0.0,
            months: f64::NAN,
            gap_mean: f64::NAN,
            gap_median: f64::NAN,
            gap_sd: f64::NAN,
            gap_last: f64::NAN,
            observed_orders: 0.0,
            observed_money: 0.0,
            basket_max: f64::NAN,
            basket_last: f64::NAN,
            basket_sd: f64::NAN,
            lines: 0.0,
            quantity: 0.0,
            distinct_items: 0.0,
            basket_items: 0.0,
            returns: 0.0,
            returned_quantity: 0.0,
            returned_value: 0.0,
            since_return: f64::NAN,
            return_delay: f64::NAN,
            orders_before: 0.0,
            money_before: 0.0,
            orders_slope: f64::NAN,
            money_slope: f64::NAN,
            season_orders: 0.0,
            season_money: 0.0,
            weekdays: [0.0; 7],
            day_parts: [0.0; 4],
            weekend: 0.0,
            item: none,
            category: none,
        }
    }
}

fn age_of_day(as_of: i64, time: i64) -> f64 {
    (as_of - time).div_euclid(DAY) as f64
}

fn spread_of_gaps(sums: &mut Summary, gaps: &mut [f64]) {
    let Some(&last) = gaps.last() else { return };
    sums.gap_last = last;
    sums.gap_mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    sums.gap_sd = sample_sd(gaps.iter().copied(), gaps.len(), sums.gap_mean);
    gaps.sort_unstable_by(f64::total_cmp);
    let middle = gaps.len() / 2;
    sums.gap_median = if gaps.len() % 2 == 1 { gaps[middle] } else { (gaps[middle - 1] + gaps[middle]) / 2.0 };
}

fn sample_sd(values: impl Iterator<Item = f64>, count: usize, mean: f64) -> f64 {
    if count < 2 {
        return f64::NAN;
    }
    (values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1) as f64).sqrt()
}

/// Least-squares slope over equal periods, newest first, divided by their mean; NaN below three periods or without any.
fn relative_slope(newest_first: &[f64]) -> f64 {
    let count = newest_first.len() as f64;
    let total: f64 = newest_first.iter().sum();
    if newest_first.len() < 3 || total <= 0.0 {
        return f64::NAN;
    }
    let middle = (count - 1.0) / 2.0;
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (age, value) in newest_first.iter().enumerate() {
        let time = middle - age as f64;
        covariance += time * value;
        variance += time * time;
    }
    covariance / variance / (total / count)
}

fn observed_orders(sums: &mut Summary, orders: &[Order], from: i64, settings: &FeatureSettings) {
    let observed = &orders[orders.partition_point(|order| order.time < from)..];
    let mut money = 0i128;
    let mut largest = i128::MIN;
    for order in observed {
        money += order.amount;
        largest = largest.max(order.amount);
        let weekday = weekday(day_of(order.time));
        sums.weekdays[weekday] += 1.0;
        sums.weekend += f64::from(u8::from(settings.weekend[weekday]));
        sums.day_parts[settings.day_part(hour_of(order.time))] += 1.0;
    }
    sums.observed_orders = observed.len() as f64;
    sums.observed_money = units(money);
    sums.basket_max = units(largest);
    sums.basket_last = units(observed[observed.len() - 1].amount);
    let mean = sums.observed_money / sums.observed_orders;
    sums.basket_sd = sample_sd(observed.iter().map(|order| units(order.amount)), observed.len(), mean);
}

fn observed_lines(sums: &mut Summary, lines: &LinesOf, from: i64, scratch: &mut Scratch) {
    let Scratch { totals, pairs, items, categories, .. } = scratch;
    pairs.clear();
    items.clear();
    categories.clear();
    let mut quantity = 0i128;
    for line in 0..lines.len() {
        let order = totals.order_of(line);
        if totals.orders()[order as usize].time < from {
            continue;
        }
        quantity += i128::from(lines.quantity[line]);
        items.push(lines.item[line]);
        pairs.push(u64::from(order) << 32 | u64::from(lines.item[line]));
        if let Some(&category) = lines.category.map(|column| &column[line])
            && category != NONE
        {
            categories.push(category);
        }
    }
    sums.lines = items.len() as f64;
    sums.quantity = quantity as f64 / 1_000.0;
    if !pairs.is_sorted() {
        pairs.sort_unstable();
    }
    sums.basket_items = pairs.chunk_by(|a, b| a == b).count() as f64;
    let distinct;
    (sums.item, distinct) = preference(items);
    sums.distinct_items = distinct as f64;
    (sums.category, _) = preference(categories);
}

/// What occurs most, and how many distinct ids there are.
fn preference(ids: &mut [u32]) -> (Preference, usize) {
    ids.sort_unstable();
    let (mut best, mut most, mut squares, mut distinct) = (f64::NAN, 0, 0.0, 0);
    for same in ids.chunk_by(|a, b| a == b) {
        distinct += 1;
        squares += (same.len() as f64).powi(2);
        if same.len() > most {
            (best, most) = (f64::from(same[0]), same.len());
        }
    }
    let all = ids.len() as f64;
    (Preference { id: best, share: most as f64 / all, hhi: squares / (all * all) }, distinct)
}

fn returns(sums: &mut Summary, known: AsOf, customer: u32, from: i64) {
    let returns = known.returns(customer);
    let as_of = known.as_of();
    let Some(&last) = returns.time.last() else { return };
    sums.since_return = age_of_day(as_of, last);
    let year = as_of - 365 * DAY;
    let (mut all, mut in_year, mut observed, mut quantity) = (0i128, 0i128, 0i128, 0i128);
    let (mut delay, mut matched) = (0.0, 0.0);
    let mut previous = i64::MIN;
    for row in 0..returns.time.len() {
        let (time, amount) = (returns.time[row], i128::from(returns.amount[row]));
        all += amount;
        if time >= year {
            in_year += amount;
        }
        if time >= from {
            observed += amount;
            quantity += i128::from(returns.quantity[row]);
            if time != previous {
                sums.returns += 1.0;
            }
        }
        previous = time;
        if returns.bought[row] != UNMATCHED {
            delay += (time - returns.bought[row]) as f64 / DAY as f64;
            matched += 1.0;
        }
    }
    sums.returned = units(all);
    sums.returned_365 = units(in_year);
    sums.returned_value = units(observed);
    sums.returned_quantity = quantity as f64 / 1_000.0;
    sums.return_delay = delay / matched; // 0/0 is NaN: no return was matched
}
