//! A path model: which items measure which construct, and what leads to what.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::SatisfactionError;

/// How the items of a construct are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// By their correlations with what surrounds the construct (reflective: items are symptoms).
    A,
    /// By regression on what surrounds the construct (formative: items are causes).
    B,
}

/// A construct with its items, as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The construct.
    pub name: String,
    /// Its items.
    pub items: Vec<String>,
    /// How they are weighed.
    pub mode: Mode,
}

/// An arrow between constructs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// What leads to it.
    pub from: String,
    /// What follows.
    pub to: String,
}

/// A construct as checked: its items by their places in the model's list of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Construct {
    /// Its name.
    pub name: String,
    /// The places of its items.
    pub items: Range<usize>,
    /// How they are weighed.
    pub mode: Mode,
}

/// A checked model: constructs with items of their own, arrows without a circle, no construct beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathModel {
    blocks: Vec<Construct>,
    items: Vec<String>,
    /// For each construct those that lead to it, ascending.
    from: Vec<Vec<usize>>,
    /// For each construct those that it leads to, ascending.
    to: Vec<Vec<usize>>,
    /// Constructs, each after all that lead to it.
    order: Vec<usize>,
}

impl PathModel {
    /// Checks a declared model.
    ///
    /// # Errors
    /// When a construct has no items or shares one, stands there twice or beside all arrows, when an arrow leads nowhere or arrows form a circle.
    pub fn new(blocks: &[Block], arrows: &[Arrow]) -> Result<PathModel, SatisfactionError> {
        let mut constructs: Vec<Construct> = Vec::new();
        let mut items: Vec<String> = Vec::new();
        for block in blocks {
            if constructs.iter().any(|known| known.name == block.name) {
                return Err(SatisfactionError::Twice(block.name.clone()));
            }
            if block.items.is_empty() {
                return Err(SatisfactionError::NoItems(block.name.clone()));
            }
            let first = items.len();
            for item in &block.items {
                if let Some(place) = items.iter().position(|known| known == item) {
                    let owner = constructs.iter().find(|known| known.items.contains(&place));
                    let first = owner.map_or(&block.name, |owner| &owner.name).clone();
                    return Err(SatisfactionError::SharedItem {
                        item: item.clone(),
                        first,
                        second: block.name.clone(),
                    });
                }
                items.push(item.clone());
            }
            constructs.push(Construct { name: block.name.clone(), items: first..items.len(), mode: block.mode });
        }
        let place = |name: &str| constructs.iter().position(|construct| construct.name == name);
        let (mut from, mut to) = (vec![Vec::new(); constructs.len()], vec![Vec::new(); constructs.len()]);
        for arrow in arrows {
            let (Some(a), Some(b)) = (place(&arrow.from), place(&arrow.to)) else {
                return Err(SatisfactionError::UnknownConstruct { from: arrow.from.clone(), to: arrow.to.clone() });
            };
            if !from[b].contains(&a) {
                from[b].push(a);
                to[a].push(b);
            }
        }
        from.iter_mut().chain(&mut to).for_each(|places: &mut Vec<usize>| places.sort_unstable());
        if let Some(lone) = (0..constructs.len()).find(|&j| from[j].is_empty() && to[j].is_empty()) {
            return Err(SatisfactionError::Unconnected(constructs[lone].name.clone()));
        }
        let mut order: Vec<usize> = Vec::new();
        while order.len() < constructs.len() {
            let ready = |j: &usize| !order.contains(j) && from[*j].iter().all(|i| order.contains(i));
            match (0..constructs.len()).find(ready) {
                Some(next) => order.push(next),
                None => {
                    let left = (0..constructs.len()).find(|j| !order.contains(j)).expect("not all are placed");
                    return Err(SatisfactionError::Circle(constructs[left].name.clone()));
                }
            }
        }
        Ok(PathModel { blocks: constructs, items, from, to, order })
    }

    /// The constructs, in the order in which they were declared.
    pub fn blocks(&self) -> &[Construct] {
        &self.blocks
    }

    /// All items, block after block.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// The constructs that lead to one.
    pub fn predecessors(&self, construct: usize) -> &[usize] {
        &self.from[construct]
    }

    /// The constructs that one leads to.
    pub fn successors(&self, construct: usize) -> &[usize] {
        &self.to[construct]
    }

    /// The constructs, each after all that lead to it.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The place of a construct.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.blocks.iter().position(|construct| construct.name == name)
    }

    /// Persons that an estimate needs at least: ten for each arrow into the construct with most of them, and for each item of the largest
    /// block under mode B (D. Barclay, C. Higgins, R. Thompson, "The partial least squares (PLS) approach to causal modeling", Technology
    /// Studies 2(2), 1995); never fewer than 30.
    pub fn persons_needed(&self) -> usize {
        let arrows = self.from.iter().map(Vec::len).max().unwrap_or(0);
        let formative = self.blocks.iter().filter(|b| b.mode == Mode::B).map(|b| b.items.len()).max().unwrap_or(0);
        (10 * arrows.max(formative)).max(30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(blocks: &[(&str, &[&str])], arrows: &[(&str, &str)]) -> Result<PathModel, SatisfactionError> {
        let block = |(name, items): &(&str, &[&str])| Block {
            name: (*name).to_owned(),
            items: items.iter().map(|&item| item.to_owned()).collect(),
            mode: Mode::A,
        };
        let arrow = |(from, to): &(&str, &str)| Arrow { from: (*from).to_owned(), to: (*to).to_owned() };
        PathModel::new(&blocks.iter().map(block).collect::<Vec<_>>(), &arrows.iter().map(arrow).collect::<Vec<_>>())
    }

    #[test]
    fn constructs_come_after_what_leads_to_them() {
        let found =
            model(&[("c", &["c1"]), ("a", &["a1", "a2"]), ("b", &["b1"])], &[("a", "b"), ("b", "c"), ("a", "c")]);
        let found = found.unwrap();
        assert_eq!(found.order(), [1, 2, 0]);
        assert_eq!(found.blocks()[1].items, 1..3);
        assert_eq!((found.predecessors(0), found.successors(1)), (&[1, 2][..], &[0, 2][..]));
        assert_eq!(found.persons_needed(), 30);
    }

    #[test]
    fn what_is_wrong_with_a_model_is_said() {
        use SatisfactionError as E;
        let of = |blocks: &[(&str, &[&str])], arrows: &[(&str, &str)]| model(blocks, arrows).unwrap_err();
        let ab: &[(&str, &[&str])] = &[("a", &["x"]), ("b", &["y"])];
        assert_eq!(of(&[("a", &[])], &[]), E::NoItems("a".into()));
        assert_eq!(of(&[("a", &["x"]), ("a", &["y"])], &[]), E::Twice("a".into()));
        let shared = E::SharedItem { item: "x".into(), first: "a".into(), second: "b".into() };
        assert_eq!(of(&[("a", &["x"]), ("b", &["x"])], &[]), shared);
        assert_eq!(of(ab, &[("a", "c")]), E::UnknownConstruct { from: "a".into(), to: "c".into() });
        assert_eq!(of(ab, &[("a", "b"), ("b", "a")]), E::Circle("a".into()));
        assert_eq!(of(&[("a", &["x"]), ("b", &["y"]), ("c", &["z"])], &[("a", "b")]), E::Unconnected("c".into()));
    }
}
