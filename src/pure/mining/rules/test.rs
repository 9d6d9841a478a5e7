//! Which tests there are of whether a rule is more than chance.

/// How a p-value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Test {
    /// Fisher's exact test, one-sided: at least as many baskets with both sides, the margins being given
    /// (R. A. Fisher, "Statistical Methods for Research Workers", 1935).
    #[default]
    Fisher,
    /// Pearson's chi-squared test with one degree of freedom, two-sided, without continuity correction.
    ChiSquared,
    /// One-sided as Fisher's, but expecting of each basket what baskets of its size hold: chance is a shuffle that keeps the
    /// sizes of baskets. Looks at baskets and not at their weights.
    BasketSize,
}

/// One row of the table of tests.
#[derive(Debug, Clone, Copy)]
pub struct TestRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub test: Test,
    /// One sentence for the reference.
    pub about: &'static str,
}

static TESTS: [TestRow; 3] = [
    TestRow {
        name: "fisher",
        test: Test::Fisher,
        about: "exact; each basket is as likely as any other to hold an item",
    },
    TestRow { name: "chi-squared", test: Test::ChiSquared, about: "the same by an approximation for large counts" },
    TestRow {
        name: "basket-size",
        test: Test::BasketSize,
        about: "chance keeps the sizes of baskets: large baskets hold some of everything",
    },
];

/// The table of tests.
pub fn significance_tests() -> &'static [TestRow] {
    &TESTS
}
