//! Price, volume and mix, item by item: what like-for-like prices did to revenue, and what the assortment did.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::periods::Periods;
use crate::orders::AsOf;

/// Pieces (thousandths) and money (ten-thousandths of the currency unit) of each item in one period.
pub type Items = BTreeMap<u32, (i128, i128)>;

/// A change of revenue in its parts, in ten-thousandths of the currency unit; they add up to `after - before` exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PriceVolumeMix {
    /// Revenue before.
    pub before: i128,
    /// Revenue after.
    pub after: i128,
    /// `Σ (P1 − P0) · q1` over items sold in both periods: the pieces of today at the change of their prices.
    pub price: i128,
    /// `(Q1 − Q0) · P̄0` over the same items: more or fewer pieces at the average price before.
    pub volume: i128,
    /// `Σ q1 · P0 − Q1 · P̄0`: pieces moved to dearer or cheaper items.
    pub mix: i128,
    /// Revenue of items that were not sold before.
    pub new: i128,
    /// Less the revenue of items that are not sold any more; zero or negative.
    pub discontinued: i128,
    /// Items sold in both periods, only in the second, and only in the first.
    pub items: [u64; 3],
}

/// The part of one item that was sold in both periods, in ten-thousandths of the currency unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemChange {
    /// The item.
    pub item: u32,
    /// Pieces before and after, in thousandths.
    pub units: (i128, i128),
    /// Revenue before and after.
    pub revenue: (i128, i128),
    /// Its part of the price effect.
    pub price: i128,
    /// Its part of volume and mix together: the change of its pieces at its price before.
    pub quantity: i128,
}

/// What was sold in every period, by item; items without pieces are left out of like for like and count as new or discontinued.
pub fn items(known: AsOf, periods: &Periods) -> Vec<Items> {
    let empty = || vec![Items::new(); periods.list().len()];
    let add = |all: &mut Vec<Items>, period: usize, item: u32, (units, amount): (i128, i128)| {
        let cell = all[period].entry(item).or_default();
        *cell = (cell.0 + units, cell.1 + amount);
    };
    (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(1024)
        .fold(empty, |mut all, customer| {
            let lines = known.lines(customer);
            for row in 0..lines.len() {
                if let Some(period) = periods.of(lines.time[row]) {
                    add(&mut all, period, lines.item[row], (lines.quantity[row].into(), lines.amount[row].into()));
                }
            }
            all
        })
        .reduce(empty, |mut one, other| {
            for (period, items) in other.into_iter().enumerate() {
                items.into_iter().for_each(|(item, cell)| add(&mut one, period, item, cell));
            }
            one
        })
}

/// The parts of the change from one period's items to another's, and those of each item sold in both.
///
/// As in management accounting's sales variances (price, quantity and mix; C. T. Horngren, S. M. Datar, M. V. Rajan, "Cost
/// Accounting", chapter 14), with the shop's own period before in place of a budget. `P0` and `P1` are money over pieces of an item,
/// `Q` all pieces and `P̄0` their average price before. Prices need not be whole ten-thousandths: what a part loses by rounding is in
/// `mix`, so that the sum is exact.
pub fn price_volume_mix(before: &Items, after: &Items) -> (PriceVolumeMix, Vec<ItemChange>) {
    let mut found = PriceVolumeMix::default();
    let mut each = Vec::new();
    let (mut units, mut base, mut at_old_prices) = ((0_i128, 0_i128), 0_i128, 0_i128);
    for (&item, &(q1, r1)) in after {
        found.after += r1;
        match before.get(&item).filter(|_| q1 > 0).filter(|(q0, _)| *q0 > 0) {
            Some(&(q0, r0)) => {
                let expected = nearest(r0, q1, q0);
                found.price += r1 - expected;
                found.items[0] += 1;
                units = (units.0 + q0, units.1 + q1);
                base += r0;
                at_old_prices += expected;
                each.push(ItemChange {
                    item,
                    units: (q0, q1),
                    revenue: (r0, r1),
                    price: r1 - expected,
                    quantity: expected - r0,
                });
            }
            None => {
                found.new += r1;
                found.items[1] += 1;
            }
        }
    }
    for (item, &(q0, r0)) in before {
        found.before += r0;
        if q0 <= 0 || after.get(item).is_none_or(|(q1, _)| *q1 <= 0) {
            found.discontinued -= r0;
            found.items[2] += 1;
        }
    }
    if units.0 > 0 {
        found.volume = nearest(base, units.1, units.0) - base;
        found.mix = at_old_prices - base - found.volume;
    }
    (found, each)
}

/// `amount · part / whole`, to the nearest whole number, half away from zero; `whole` is above zero.
///
/// A period's revenue and pieces are below 10^19, so their product has room.
fn nearest(amount: i128, part: i128, whole: i128) -> i128 {
    let product = amount * part;
    let half = if product < 0 { -(whole / 2) } else { whole / 2 };
    (product + half) / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_shop_by_hand() {
        // Tea: 10 at 2.00, then 8 at 2.50. Cups: 5 at 4.00, then 12 at 4.00. Mugs gone (9.00), pots new (7.00).
        let before = Items::from([(0, (10_000, 200_000)), (1, (5_000, 200_000)), (2, (1_000, 90_000))]);
        let after = Items::from([(0, (8_000, 200_000)), (1, (12_000, 480_000)), (3, (1_000, 70_000))]);
        let (found, each) = price_volume_mix(&before, &after);
        // Price: 8 · 0.50. Volume: 5 more pieces at 40/15. Mix: 8 · 2 + 12 · 4 − 20 · 40/15.
        assert_eq!((found.price, found.volume, found.mix), (40_000, 133_333, 106_667));
        assert_eq!((found.new, found.discontinued, found.items), (70_000, -90_000, [2, 1, 1]));
        assert_eq!((each[0].price, each[0].quantity), (40_000, -40_000));
        assert_eq!((each[1].price, each[1].quantity), (0, 280_000));
        let parts = found.price + found.volume + found.mix + found.new + found.discontinued;
        assert_eq!(parts, found.after - found.before);
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!([nearest(1, 1, 2), nearest(-1, 1, 2), nearest(3, 1, 4), nearest(-3, 1, 4)], [1, -1, 1, -1]);
        assert_eq!(nearest(5, 2, 4), 3);
    }
}
