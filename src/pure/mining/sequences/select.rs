//! Closed, maximal and generator patterns chosen from a list of all frequent ones.
//!
//! Used where the data cannot be asked directly: for generators, and for closed and maximal patterns under time
//! constraints.

use super::pattern::{PatternList, contained, without_item};
use super::settings::Kind;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Which patterns of `all` are of the kind. `all` must hold every frequent pattern once.
///
/// Without a maximum gap every part of a pattern is at least as frequent as the pattern, so that pairs which differ in
/// one item decide (`monotone`); with one a part may be rarer than the whole, and all pairs are compared.
pub(super) fn of_kind(all: &PatternList, kind: Kind, monotone: bool) -> Vec<bool> {
    match (kind, monotone) {
        (Kind::All, _) => vec![true; all.len()],
        (_, true) => by_one_item(all, kind),
        (_, false) => by_containment(all, kind),
    }
}

fn by_one_item(all: &PatternList, kind: Kind) -> Vec<bool> {
    let mut places: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (at, pattern) in all.iter().enumerate() {
        places.entry(hash(pattern.tokens())).or_default().push(at as u32);
    }
    let mut keep = vec![true; all.len()];
    let mut shorter = Vec::new();
    for (at, pattern) in all.iter().enumerate() {
        for item in 0..if pattern.item_len() > 1 { pattern.item_len() } else { 0 } {
            without_item(pattern.tokens(), item, &mut shorter);
            let part = places
                .get(&hash(&shorter))
                .and_then(|places| places.iter().find(|&&place| all.get(place as usize).tokens() == shorter));
            let Some(&part) = part else { continue };
            let same = all.get(part as usize).support == pattern.support;
            match kind {
                Kind::Closed if same => keep[part as usize] = false,
                Kind::Maximal => keep[part as usize] = false,
                Kind::Generators if same => keep[at] = false,
                _ => {}
            }
        }
    }
    keep
}

fn by_containment(all: &PatternList, kind: Kind) -> Vec<bool> {
    // Patterns that could contain another share its rarest item (and, but for maximal ones, its support).
    let key = |support: u64| if kind == Kind::Maximal { 0 } else { support };
    let mut having: FxHashMap<(u64, u32), Vec<u32>> = FxHashMap::default();
    for (at, pattern) in all.iter().enumerate() {
        let mut items: Vec<u32> = pattern.steps().map(|(_, item)| item).collect();
        items.sort_unstable();
        items.dedup();
        for item in items {
            having.entry((key(pattern.support), item)).or_default().push(at as u32);
        }
    }
    let mut keep = vec![true; all.len()];
    for (at, pattern) in all.iter().enumerate() {
        let rarest = pattern
            .steps()
            .map(|(_, item)| &having[&(key(pattern.support), item)])
            .min_by_key(|list| list.len())
            .expect("a pattern has an item");
        for &longer in rarest {
            let other = all.get(longer as usize);
            if other.item_len() > pattern.item_len() && contained(pattern.tokens(), other.tokens()) {
                match kind {
                    Kind::Generators => keep[longer as usize] = false,
                    _ => {
                        keep[at] = false;
                        break;
                    }
                }
            }
        }
    }
    keep
}

fn hash(tokens: &[u32]) -> u64 {
    let mut hasher = FxHasher::default();
    tokens.hash(&mut hasher);
    hasher.finish()
}
