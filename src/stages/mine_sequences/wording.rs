//! Sequences of orders in words.

use crate::mining::sets::{THEN, TOGETHER, joined};

/// Orders as one text for people: joined by ` > `, items of one order by ` + `.
pub(super) fn in_sequence(elements: &[Vec<u32>], words: &[String]) -> String {
    let order = |items: &Vec<u32>| joined(worded(items, words), TOGETHER, &[TOGETHER, THEN]);
    elements.iter().map(order).collect::<Vec<_>>().join(THEN)
}

/// The words of some items.
pub(super) fn worded<'a>(items: &'a [u32], words: &'a [String]) -> impl Iterator<Item = &'a str> {
    items.iter().map(|&item| words[item as usize].as_str())
}
