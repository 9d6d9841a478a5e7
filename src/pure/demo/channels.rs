//! The ways in which customers are won.

/// A way to win a customer: name, share of the customers who were not referred, and what one costs in hundredths.
pub const CHANNELS: [(&str, f64, i64); 4] =
    [("organic", 0.35, 0), ("search", 0.40, 600), ("social", 0.25, 900), ("referral", 0.0, 500)];
/// Place in [`CHANNELS`] of customers whom another customer brought.
pub const REFERRAL: u8 = 3;
