//! The words of `recommend`.

use crate::report::Phrase;

pub static RANKERS: Phrase = Phrase::new("recommend.rankers", "repurchase by {repurchase}, cross-sell by {crosssell}");
pub static RANKERS_NOT_JUDGED: Phrase = Phrase::new(
    "recommend.rankers-not-judged",
    "repurchase by {repurchase}, cross-sell by {crosssell}; too few customers have enough baskets to judge on",
);
pub static AMONG_TEN: Phrase =
    Phrase::new("recommend.among-ten", "share of the last basket's items among the first ten offers");
pub static BUY_AGAIN: Phrase = Phrase::new("recommend.buy-again", "Buy again");
pub static NEVER_BOUGHT: Phrase = Phrase::new("recommend.never-bought", "Never bought before");
pub static CHOSEN: Phrase = Phrase::new("recommend.chosen", "{ranker} (chosen)");
