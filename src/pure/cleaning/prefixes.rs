//! Which beginnings of order numbers mark a cancellation: those whose lines are negative.

use rustc_hash::FxHashMap;

use super::lines::Lines;
use super::spelling::Canon;
use crate::orders::NONE;

/// Of the lines under a beginning that marks cancellations, this share is negative at least.
const NEGATIVE: f64 = 0.95;

/// What is counted of the orders with one beginning.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    orders: usize,
    negative: u64,
    positive: u64,
}

/// Which canonical order numbers mark a cancellation, by evidence: orders with the same letters before the first digit,
/// at most half of all orders, whose lines in `history` are negative in 19 of 20 cases, while most others are not.
pub(super) fn cancelled(lines: &Lines, history: &[u32], orders: &Canon) -> Vec<bool> {
    let mut tallies: FxHashMap<String, Tally> = FxHashMap::default();
    let beginnings: Vec<&str> = orders.names.iter().map(beginning).collect();
    let mut by_order = vec![(0u64, 0u64); beginnings.len()];
    for &row in history {
        let (row, order) = (row as usize, orders.get(lines.order[row as usize]));
        if order == NONE || lines.quantity[row] == 0 {
            continue;
        }
        let (negative, positive) = &mut by_order[order as usize];
        *(if lines.quantity[row] < 0 || lines.unit_price[row] < 0 { negative } else { positive }) += 1;
    }
    for (beginning, &(negative, positive)) in beginnings.iter().zip(&by_order) {
        let tally = tallies.entry(beginning.to_uppercase()).or_default();
        tally.orders += 1;
        tally.negative += negative;
        tally.positive += positive;
    }
    let (negative, positive) =
        by_order.iter().fold((0, 0), |sum: (u64, u64), order| (sum.0 + order.0, sum.1 + order.1));
    let marks = |beginning: &str| {
        let Some(tally) = tallies.get(&beginning.to_uppercase()) else { return false };
        let rows = tally.negative + tally.positive;
        !beginning.is_empty()
            && tally.orders * 2 <= beginnings.len()
            && rows > 0
            && tally.negative as f64 >= NEGATIVE * rows as f64
            && positive - tally.positive > negative - tally.negative
    };
    beginnings.iter().map(|beginning| marks(beginning)).collect()
}

/// What stands before the first digit of an order number; nothing where there is no digit.
fn beginning(order: &str) -> &str {
    order.find(|c: char| c.is_ascii_digit()).map_or("", |at| &order[..at])
}

#[cfg(test)]
mod tests {
    use super::super::shop::Shop;
    use super::super::{CleaningSettings, Fate, clean};

    fn fates(shop: &Shop) -> Vec<Fate> {
        clean(&shop.lines(), &shop.tables(), &CleaningSettings::default(), None, &|_| {}).expect("fit columns").fates
    }

    #[test]
    fn letters_of_a_branch_are_no_cancellation() {
        let mut shop = Shop::default();
        for (at, letter) in ["C", "A", "W", "W", "C", "W", "W", "C"].into_iter().enumerate() {
            shop.row(&format!("{letter}{at}"), "x", "MUG-1", 0, 1, 10_000);
        }
        // One piece that came back does not turn a branch into credit notes.
        shop.row("C9", "x", "MUG-1", 60, -1, 10_000);
        assert_eq!(fates(&shop)[..8], [Fate::OrderLine; 8]);
    }

    #[test]
    fn credit_notes_are_found_by_their_sign() {
        let mut shop = Shop::default();
        for order in 0..60 {
            shop.row(&format!("{order}"), "x", "MUG-1", 0, 1, 10_000);
        }
        for order in 0..19 {
            shop.row(&format!("cn-{order}"), "x", "MUG-1", 60, -1, 10_000);
        }
        shop.row("CN-19", "x", "MUG-1", 60, 1, 10_000);
        assert_eq!(fates(&shop)[79], Fate::PositiveCancellation);
        // Nine of ten are not nearly all.
        shop.row("CN-20", "x", "MUG-1", 60, 1, 10_000);
        assert_eq!(fates(&shop)[79..], [Fate::OrderLine; 2]);
    }
}
