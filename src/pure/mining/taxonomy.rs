//! Items and the groups they belong to: rolling baskets up, and mining across levels.

use super::baskets::{Baskets, BasketsError};
use super::rules::AssociationRule;
use thiserror::Error;

/// A forest over items and groups, both numbered in one range: each may have one parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    parents: Vec<u32>,
}

/// The parent of what has none.
pub const NO_PARENT: u32 = u32::MAX;

/// Why parents are no taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TaxonomyError {
    /// A parent has no number of its own.
    #[error("item {item} has parent {parent}, but there are only {known} items and groups")]
    Unknown {
        /// Whose parent.
        item: u32,
        /// The parent.
        parent: u32,
        /// How many there are.
        known: usize,
    },
    /// Something is its own ancestor.
    #[error("item {0} is among its own groups: remove the circle")]
    Circle(u32),
}

impl Taxonomy {
    /// A taxonomy from the parent of each item and group, [`NO_PARENT`] for roots.
    ///
    /// # Errors
    /// When a parent is unknown or something is its own ancestor.
    pub fn new(parents: Vec<u32>) -> Result<Self, TaxonomyError> {
        let known = parents.len();
        for (item, &parent) in parents.iter().enumerate() {
            if parent != NO_PARENT && parent as usize >= known {
                return Err(TaxonomyError::Unknown { item: item as u32, parent, known });
            }
        }
        // A walk of more steps than there are nodes goes round in a circle; settled nodes end a walk early.
        let mut settled = vec![false; known];
        for start in 0..known {
            let mut at = start as u32;
            let mut steps = 0;
            while at != NO_PARENT && !settled[at as usize] {
                steps += 1;
                if steps > known {
                    return Err(TaxonomyError::Circle(start as u32));
                }
                at = parents[at as usize];
            }
            let mut at = start as u32;
            while at != NO_PARENT && !settled[at as usize] {
                settled[at as usize] = true;
                at = parents[at as usize];
            }
        }
        Ok(Self { parents })
    }

    /// The groups around `item`, the nearest first.
    pub fn ancestors(&self, item: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(self.parent(item), |&group| self.parent(group))
    }

    /// Whether one is a group of the other.
    pub fn are_kin(&self, one: u32, other: u32) -> bool {
        self.ancestors(one).any(|group| group == other) || self.ancestors(other).any(|group| group == one)
    }

    /// Baskets in which each item is replaced by its ancestor `levels` up, or by its root where that comes first.
    pub fn roll_up(&self, baskets: &Baskets, levels: usize) -> Baskets {
        self.map(baskets, |item, row| row.push(self.ancestors(item).take(levels).last().unwrap_or(item)))
    }

    /// Baskets with every item and all of its ancestors (Srikant and Agrawal, "Mining generalized association rules", 1995).
    pub fn with_ancestors(&self, baskets: &Baskets) -> Baskets {
        self.map(baskets, |item, row| {
            row.push(item);
            row.extend(self.ancestors(item));
        })
    }

    /// Whether something stands together with one of its own ancestors anywhere in the rule, which is true of every basket.
    pub fn trivial(&self, rule: &AssociationRule) -> bool {
        let items = rule.items();
        items.iter().any(|&item| self.ancestors(item).any(|group| items.binary_search(&group).is_ok()))
    }

    fn parent(&self, item: u32) -> Option<u32> {
        self.parents.get(item as usize).copied().filter(|&parent| parent != NO_PARENT)
    }

    fn map(&self, baskets: &Baskets, each: impl Fn(u32, &mut Vec<u32>)) -> Baskets {
        let mut mapped = Baskets::new(self.parents.len().max(baskets.item_count() as usize) as u32);
        let mut row = Vec::new();
        for basket in baskets.iter() {
            row.clear();
            basket.iter().for_each(|&item| each(item, &mut row));
            mapped.push(&row);
        }
        let beside = |mapped: Baskets| -> Result<Baskets, BasketsError> {
            let mapped = match baskets.weights() {
                Some(weights) => mapped.with_weights(weights.to_vec())?,
                None => mapped,
            };
            match baskets.times() {
                Some(times) => mapped.with_times(times.to_vec()),
                None => Ok(mapped),
            }
        };
        beside(mapped).expect("as many baskets as before, with the same weights")
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::Counts;
    use super::*;

    #[test]
    fn rolls_up_and_adds_ancestors() {
        // 0 and 1 are drinks (3), 2 is bread (4), both are food (5).
        let taxonomy = Taxonomy::new(vec![3, 3, 4, 5, 5, NO_PARENT]).unwrap();
        let baskets = Baskets::from_rows([vec![0, 1], vec![1, 2]]);
        let rows = |baskets: Baskets| baskets.iter().map(<[u32]>::to_vec).collect::<Vec<_>>();
        assert_eq!(rows(taxonomy.roll_up(&baskets, 1)), [vec![3], vec![3, 4]]);
        assert_eq!(rows(taxonomy.roll_up(&baskets, 9)), [vec![5], vec![5]]);
        assert_eq!(rows(taxonomy.with_ancestors(&baskets)), [vec![0, 1, 3, 5], vec![1, 2, 3, 4, 5]]);
        let rule =
            |left: u32, right: u32| AssociationRule { left: vec![left], right: vec![right], counts: Counts::default() };
        assert!(taxonomy.trivial(&rule(0, 3)) && taxonomy.trivial(&rule(5, 2)) && !taxonomy.trivial(&rule(0, 4)));
    }

    #[test]
    fn circles_and_strangers_are_reported() {
        assert_eq!(Taxonomy::new(vec![1, 0]), Err(TaxonomyError::Circle(0)));
        assert_eq!(Taxonomy::new(vec![7]), Err(TaxonomyError::Unknown { item: 0, parent: 7, known: 1 }));
    }
}
