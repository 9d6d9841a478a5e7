//! Orders that a later file states again: the later statement replaces the earlier one.

use super::lines::Lines;
use super::spelling::Canon;
use crate::orders::NONE;

/// The rows of `history` (row numbers, ascending) whose order a later statement states as a whole, ascending.
pub(super) fn replaced(lines: &Lines, history: &[u32], orders: &Canon) -> Vec<u32> {
    let Some(statement) = lines.statement else { return Vec::new() };
    let mut latest = vec![0; orders.names.len()];
    for &row in history {
        let order = orders.get(lines.order[row as usize]);
        if order != NONE {
            let latest = &mut latest[order as usize];
            *latest = statement[row as usize].max(*latest);
        }
    }
    let is_replaced = |&row: &u32| {
        let order = orders.get(lines.order[row as usize]);
        order != NONE && statement[row as usize] < latest[order as usize]
    };
    history.iter().copied().filter(is_replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::super::shop::Shop;
    use super::super::{CleaningSettings, Fate, clean};

    #[test]
    fn the_last_statement_of_an_order_counts_alone() {
        let mut shop = Shop::default();
        shop.row("1", "x", "aa", 0, 1, 10_000).row("2", "x", "aa", 0, 2, 10_000).row("2", "x", "bb", 0, 1, 10_000);
        shop.row("2", "x", "aa", 0, 1, 10_000).row("3", "y", "cc", 0, 1, 10_000).row("3", "y", "cc", 0, 1, 10_000);
        shop.row("2", "x", "aa", 0, 9, 10_000);
        shop.source = vec![0, 0, 0, 1, 1, 1, 2];
        // The third source was written before the second.
        shop.statement = vec![0, 0, 0, 2, 2, 2, 1];
        let settings = CleaningSettings::default();
        let cleaned = clean(&shop.lines(), &shop.tables(), &settings, None, &|_| {}).expect("fit columns");
        use Fate::{OrderLine, Restated};
        assert_eq!(cleaned.fates, [OrderLine, Restated, Restated, OrderLine, OrderLine, OrderLine, Restated]);
        assert!(cleaned.notes.iter().all(|note| note.name != "order-sources"));
        shop.statement.clear();
        let cleaned = clean(&shop.lines(), &shop.tables(), &settings, None, &|_| {}).expect("fit columns");
        assert_eq!(cleaned.fates, [OrderLine; 7]);
        let note = cleaned.notes.iter().find(|note| note.name == "order-sources").expect("a note");
        assert_eq!((note.count, &note.examples[..]), (1, &["2".to_owned()][..]));
    }
}
