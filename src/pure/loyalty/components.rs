//! What is measured: three measures and the figures that each is made of.

/// A view of a customer's purchases over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Measure {
    /// Whether the customer keeps buying.
    Persistence,
    /// Whether the customer buys more and more, and keeps to the shop when something happens.
    Firmness,
    /// Whether the customer buys evenly.
    Stability,
}

/// The measures with their names and meanings, in the order of [`Measure`].
pub static MEASURES: [(&str, &str); 3] = [
    ("persistence", "in how many of the periods since the first purchase the customer bought"),
    ("firmness", "whether spending rises, categories are kept and shocks are survived"),
    ("stability", "how evenly spending and purchases lie in time"),
];

/// A figure of a customer.
#[derive(Debug)]
pub struct Component {
    /// Name in tables.
    pub name: &'static str,
    /// The measure that it is a part of; more is always better.
    pub measure: Measure,
    /// What it is, with unit and range.
    pub meaning: &'static str,
}

/// All figures, in the order of their columns.
pub static COMPONENTS: [Component; 7] = [
    Component {
        name: "active_share",
        measure: Measure::Persistence,
        meaning: "share of the periods since the first purchase with spending, drawn towards that of customers of equal tenure, 0 to 1",
    },
    Component {
        name: "slope",
        measure: Measure::Firmness,
        meaning: "rise per period of the logarithm of 1 + spending without season, drawn towards the shop's",
    },
    Component {
        name: "categories_kept",
        measure: Measure::Firmness,
        meaning: "share of the categories bought in the earlier half that were bought in the later half again, 0 to 1",
    },
    Component {
        name: "after_shocks",
        measure: Measure::Firmness,
        meaning: "share of own shocks after which an order followed, less that of matched customers without one, −1 to 1",
    },
    Component {
        name: "evenness",
        measure: Measure::Stability,
        meaning: "1 / (1 + CV²) of spending by period without season, 0 to 1",
    },
    Component {
        name: "regularity",
        measure: Measure::Stability,
        meaning: "gamma shape of the gaps between purchase days, 1 is chance; from 10 gaps",
    },
    Component {
        name: "not_clumpy",
        measure: Measure::Stability,
        meaning: "1 − clumpiness of the purchase days, 1 is even; depends on recency",
    },
];
