//! The words of `recommend`.

use crate::report::Phrase;

pub static RANKERS: Phrase = Phrase::new("recommend.rankers", "repurchase by {repurchase}, cross-sell by {crosssell}");
pub static RANKERS_NOT_JUDGED: Phrase = Phrase::new(
    "recommend.rankers-not-judged",
    "repurchase by {repurchase}, cross-sell by {crosssell}; too few customers have enough baskets to judge on",
);
