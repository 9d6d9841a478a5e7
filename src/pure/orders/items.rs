//! What the known lines say of each item.

use super::as_of::AsOf;
use super::lines::LinesOf;
use super::names::NONE;

/// The category of most lines of each item `0..items`, ties to the lower number; [`NONE`] for an item without any.
pub fn usual_categories(known: AsOf, items: usize) -> Vec<u32> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    each(known, |lines| {
        let Some(categories) = lines.category else { return };
        let pair = lines.item.iter().copied().zip(categories.iter().copied());
        pairs.extend(pair.filter(|pair| pair.1 != NONE));
    });
    pairs.sort_unstable();
    let mut best = vec![(0, NONE); items];
    for same in pairs.chunk_by(|a, b| a == b) {
        let slot = &mut best[same[0].0 as usize];
        if same.len() > slot.0 {
            *slot = (same.len(), same[0].1);
        }
    }
    best.into_iter().map(|row| row.1).collect()
}

/// When each item `0..items` was last sold, in civil seconds; `i64::MIN` for one that was not.
pub fn last_sold(known: AsOf, items: usize) -> Vec<i64> {
    let mut last = vec![i64::MIN; items];
    each(known, |lines| {
        for (&item, &time) in lines.item.iter().zip(lines.time) {
            last[item as usize] = last[item as usize].max(time);
        }
    });
    last
}

fn each(known: AsOf, mut take: impl FnMut(LinesOf)) {
    (0..known.customers() as u32).for_each(|customer| take(known.lines(customer)));
    take(known.anonymous());
}

#[cfg(test)]
mod tests {
    use super::super::lines::{Lines, Orders, Returns};
    use super::*;

    #[test]
    fn categories_and_last_sales_are_those_known() {
        let lines = Lines {
            customer: vec![0, 0, NONE, 0, 0],
            item: vec![0, 0, 0, 1, 0],
            category: Some(vec![2, 1, 1, NONE, 2]),
            time: vec![10, 20, 30, 40, 50],
            ..Lines::default()
        };
        let orders = Orders::new(1, lines, Returns::default()).unwrap();
        let known = AsOf::new(&orders, 50);
        assert_eq!((usual_categories(known, 3), last_sold(known, 3)), (vec![1, NONE, NONE], vec![30, 40, i64::MIN]));
        let all = AsOf::new(&orders, 51);
        assert_eq!((usual_categories(all, 2), last_sold(all, 2)), (vec![1, NONE], vec![50, 40]));
    }
}
