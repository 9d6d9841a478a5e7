//! Why answers cannot be measured with.

use thiserror::Error;

/// What is wrong with a model of constructs, or with the answers to it.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SatisfactionError {
    /// NPS is defined on 0 to 10 alone.
    #[error(
        "NPS is defined on a scale from 0 to 10, not from {low} to {high}: shares of other scales are another measure; ask it on 0 to 10, or report a mean or top-box share"
    )]
    NotZeroToTen { low: f64, high: f64 },
    /// An answer that the scale does not have.
    #[error("the answer {value} is not on the scale from {low} to {high}")]
    OffScale { value: f64, low: f64, high: f64 },
    /// The two ends of a scale are one.
    #[error("a scale from {0} to {0} has no room for answers; give its worst and its best answer, such as [1, 10]")]
    EmptyScale(f64),
    /// A construct that nothing measures.
    #[error("`{0}` has no items")]
    NoItems(String),
    /// One item in two blocks.
    #[error("the item `{item}` measures both `{first}` and `{second}`; each item belongs to one construct")]
    SharedItem { item: String, first: String, second: String },
    /// A name twice.
    #[error("the construct `{0}` is there twice")]
    Twice(String),
    /// An arrow from nowhere.
    #[error("`{to}` follows from `{from}`, which is no construct of the model")]
    UnknownConstruct { from: String, to: String },
    /// Arrows in a circle.
    #[error("the arrows form a circle through `{0}`; a path model has a direction")]
    Circle(String),
    /// A construct beside the model.
    #[error("no arrow begins or ends at `{0}`; connect it with `from`, or leave it out")]
    Unconnected(String),
    /// All persons answered the same.
    #[error("all persons gave the same answer to `{0}`: it cannot be weighed; leave it out")]
    Constant(String),
    /// Regression on items that depend on each other.
    #[error(
        "the items of `{0}` depend on each other exactly, so regression (mode B) has no single answer; use mode A, or leave one out"
    )]
    Dependent(String),
    /// Predecessors that depend on each other.
    #[error("what leads to `{0}` depends on each other exactly: its paths cannot be told apart")]
    Collinear(String),
    /// Weights that cancel each other.
    #[error(
        "the weights of the items of `{0}` cancel each other, so its index has no direction; turn the scale of the items that are asked the other way round, or leave them out"
    )]
    NoDirection(String),
    /// Too few persons.
    #[error("{persons} complete answers are too few for this model; it needs at least {needed}")]
    TooFew { persons: usize, needed: usize },
    /// Draws of the bootstrap that say nothing.
    #[error(
        "the model could be estimated on {kept} of {draws} draws of persons only, so there are no intervals; an item that nearly all answer alike, or constructs that nearly say the same, fail on most draws: leave one out"
    )]
    Draws { kept: usize, draws: usize },
    /// Frozen weights of another model.
    #[error("the weights were made for other constructs or items")]
    OtherModel,
    /// A person's weight that is no weight.
    #[error("a respondent's weight of {0} cannot be used; weights are above 0")]
    Weight(f64),
}
