//! Prices that fell: what an item usually cost on a day, at the same quantity, against the weeks before.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::numeric::calendar::day_of;
use crate::numeric::quantile::quantile;
use crate::orders::AsOf;

/// Days before a price that it is compared with.
const DAYS: i64 = 28;
/// Fewer days with a price than this are no usual price.
const FEWEST: usize = 3;
/// Smaller falls are not kept.
const LEAST: f64 = 0.02;

/// The days on which an item cost less than usual, with the share by which: ascending, by item.
pub(super) type Drops = FxHashMap<u32, Vec<(i64, f64)>>;

/// The falls of all items. On each day that price counts that most lines had (the higher one of two), among lines of one quantity: shops
/// sell many pieces cheaper on the same day. A day's fall is that of the quantity of most lines.
pub(super) fn drops(known: AsOf) -> Drops {
    let persons = (0..known.customers() as u32).map(|person| known.lines(person)).chain([known.anonymous()]);
    let mut rows: Vec<(u32, i64, i64, i64)> = Vec::new();
    for lines in persons {
        for row in 0..lines.item.len() {
            let (quantity, amount) = (lines.quantity[row], lines.amount[row]);
            if quantity > 0 && amount > 0 {
                rows.push((lines.item[row], quantity, day_of(lines.time[row]), amount));
            }
        }
    }
    rows.par_sort_unstable();
    // Of each item, quantity and day: the usual amount, and the lines.
    let daily = rows.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)).map(|same| {
        let modal = same.chunk_by(|a, b| a.3 == b.3).max_by_key(|equal| (equal.len(), equal[0].3)).expect("a line");
        (same[0].0, same[0].1, same[0].2, modal[0].3, same.len())
    });
    let daily: Vec<(u32, i64, i64, i64, usize)> = daily.collect();
    // Of each item and day: lines, quantity and fall; the most lines win.
    let mut found: Vec<(u32, i64, usize, i64, f64)> = Vec::new();
    for tier in daily.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        for (place, &(item, quantity, day, amount, lines)) in tier.iter().enumerate() {
            let earlier = &tier[..place];
            let earlier = &earlier[earlier.partition_point(|row| row.2 < day - DAYS)..];
            if earlier.len() < FEWEST {
                continue;
            }
            let mut amounts: Vec<f64> = earlier.iter().map(|row| row.3 as f64).collect();
            amounts.sort_by(f64::total_cmp);
            found.push((item, day, lines, quantity, 1.0 - amount as f64 / quantile(&amounts, 0.5)));
        }
    }
    found.sort_by(|a, b| (a.0, a.1, b.2, a.3).cmp(&(b.0, b.1, a.2, b.3)));
    let mut drops = Drops::default();
    for day in found.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (item, day, _, _, fall) = day[0];
        if fall >= LEAST {
            drops.entry(item).or_default().push((day, fall));
        }
    }
    drops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn prices_are_compared_at_the_same_quantity() {
        // One piece costs 10, a dozen 6 each; on day 20 one piece costs 8.
        let mut lines = Lines::default();
        let mut add = |day: i64, pieces: i64, price: i64| {
            let order = lines.order.len() as u32;
            lines.customer.push(order % 3);
            lines.order.push(order);
            lines.item.push(7);
            lines.time.push(day * DAY);
            lines.quantity.push(pieces * 1000);
            lines.amount.push(pieces * price * 10_000);
        };
        for day in [1, 5, 9] {
            add(day, 1, 10);
            add(day, 12, 6);
        }
        add(15, 12, 6);
        add(20, 1, 8);
        add(20, 1, 8);
        add(20, 1, 10);
        let orders = Orders::new(3, lines, Returns::default()).expect("sound");
        let found = drops(AsOf::new(&orders, 30 * DAY));
        assert_eq!(found.len(), 1);
        let fall = found[&7][0];
        assert!(found[&7].len() == 1 && fall.0 == 20 && (fall.1 - 0.2).abs() < 1e-12, "{fall:?}");
        assert!(drops(AsOf::new(&orders, 20 * DAY)).is_empty());
    }
}
