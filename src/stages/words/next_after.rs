//! The words of the offers of what comes next.

use crate::report::Phrase;

pub static NO_RULE: Phrase =
    Phrase::new("next_after.no-rule", "`{stage}` has no rule over items, so that nothing is offered next");
pub static NOT_JUDGED: Phrase = Phrase::new(
    "next_after.not-judged",
    "offers of what comes next were not judged: the rules were mined from all orders",
);
pub static CATEGORIES: Phrase =
    Phrase::new("next_after.categories", "{rules} rules of `{stage}` are over categories and make no offers");
pub static NONE_DUE: Phrase = Phrase::new(
    "next_after.none-due",
    "offers of what comes next were not judged: none was due and over from {from} on",
);
pub static JUDGED: Phrase = Phrase::new("next_after.judged", "Offers of what comes next, judged");
pub static JUDGED_LEAD: Phrase = Phrase::new(
    "next_after.judged-lead",
    "Made week by week from {from} on with rules mined from older orders: {offers} offers, of which {bought} were bought in time, {times} times the usual.",
);
pub static NEXT_AFTER: Phrase = Phrase::new("next_after.next-after", "Next after");
pub static IN_TIME: Phrase =
    Phrase::new("next_after.in-time", "share of offers bought before the end of their send window");
