//! The rankers by name.

/// What an offer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// What the customer bought before.
    Repurchase,
    /// What the customer has never bought.
    CrossSell,
}

/// A way to put items in order for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ranker {
    Frequency,
    FrequencyRecencyPopularity,
    CountDecay,
    Popularity,
    CosineNeighbours,
    JaccardNeighbours,
    RulesSum,
    RulesMax,
    Ease,
}

/// One ranker.
#[derive(Debug)]
pub struct RankerRow {
    pub ranker: Ranker,
    pub name: &'static str,
    pub product: Product,
    pub meaning: &'static str,
}

/// All rankers, in the order of [`Ranker`]: within a product, the simpler first, which wins a tie in the backtest.
pub const RANKERS: [RankerRow; 9] = [
    row(Ranker::Frequency, "frequency", Product::Repurchase, "how many of the customer's baskets hold the item"),
    row(
        Ranker::FrequencyRecencyPopularity,
        "frequency-recency-popularity",
        Product::Repurchase,
        "baskets with the item + half the place of the last of them (1: the newest) + half the item's popularity (1: the most popular)",
    ),
    row(
        Ranker::CountDecay,
        "count-decay",
        Product::Repurchase,
        "baskets with the item, each counting 0.8 of the next newer one, ties by popularity",
    ),
    row(Ranker::Popularity, "popularity", Product::CrossSell, "in how many baskets of all customers the item lies"),
    row(
        Ranker::CosineNeighbours,
        "item-knn-cosine",
        Product::CrossSell,
        "summed cosine of the item's buyers with the buyers of each item the customer owns",
    ),
    row(
        Ranker::JaccardNeighbours,
        "item-knn-jaccard",
        Product::CrossSell,
        "summed overlap (Jaccard) of the item's buyers with the buyers of each item the customer owns",
    ),
    row(
        Ranker::RulesSum,
        "rules-sum",
        Product::CrossSell,
        "summed confidence of the basket rules that lead to the item",
    ),
    row(
        Ranker::RulesMax,
        "rules-max",
        Product::CrossSell,
        "highest confidence of the basket rules that lead to the item",
    ),
    row(
        Ranker::Ease,
        "ease",
        Product::CrossSell,
        "linear item-to-item weights fitted to all customers at once (EASE^R; H. Steck, WWW 2019)",
    ),
];

const fn row(ranker: Ranker, name: &'static str, product: Product, meaning: &'static str) -> RankerRow {
    RankerRow { ranker, name, product, meaning }
}

impl Ranker {
    /// The ranker's row in [`RANKERS`].
    pub fn row(self) -> &'static RankerRow {
        &RANKERS[self as usize]
    }

    /// The ranker of a name.
    pub fn named(name: &str) -> Option<Ranker> {
        RANKERS.iter().find(|row| row.name == name).map(|row| row.ranker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ranker_finds_its_row() {
        for row in &RANKERS {
            assert_eq!(row.ranker.row().name, row.name);
            assert_eq!(Ranker::named(row.name), Some(row.ranker));
        }
        assert_eq!(Ranker::named("oracle"), None);
    }
}
