//! What chance alone would make of two sides of a rule, given how often each is bought.

use super::super::baskets::Baskets;
use super::Counts;
use super::expected::Expected;
use super::sizes::BySize;
use super::test::Test;

/// What is taken for chance.
pub(crate) enum Chance<'a> {
    /// Every basket is as likely as any other to hold an item.
    Independence,
    /// Large baskets hold some of everything.
    BySize(Box<BySize<'a>>),
}

impl<'a> Chance<'a> {
    /// What the test takes for chance in these baskets, whose weights are not looked at by size.
    pub(crate) fn new(baskets: &'a Baskets, test: Test) -> Self {
        match test {
            Test::BasketSize => Self::BySize(Box::new(BySize::new(baskets))),
            Test::Fisher | Test::ChiSquared => Self::Independence,
        }
    }

    /// What is expected of each pair of sides, whose counts are given in the same order.
    pub(crate) fn expect(&self, sides: &[(&[u32], &[u32])], counts: impl Fn(usize) -> Counts) -> Vec<Expected> {
        match self {
            Self::Independence => (0..sides.len()).map(|at| Expected::Margins(counts(at))).collect(),
            Self::BySize(by_size) => by_size.expect(sides),
        }
    }
}
