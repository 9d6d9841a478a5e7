//! What a contact is worth in money.

/// Prices of outcomes and contacts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Money {
    /// What a unit of outcome brings: the margin of a purchase, or the share of revenue that is margin.
    pub margin: f64,
    /// What a contact costs whatever comes of it.
    pub contact: f64,
    /// What it costs when the offer is redeemed, also by those who would have bought without it.
    pub incentive: f64,
}

impl Money {
    /// Whether contacts cost nothing.
    pub fn is_free(&self) -> bool {
        self.contact == 0.0 && self.incentive == 0.0
    }

    /// Expected cost of a contact with a person who redeems with a chance.
    pub fn cost(&self, redeem: f64) -> f64 {
        self.contact + self.incentive * redeem
    }

    /// Expected gain of a contact with an effect.
    pub fn gain(&self, effect: f64, redeem: f64) -> f64 {
        self.margin * effect - self.cost(redeem)
    }
}
