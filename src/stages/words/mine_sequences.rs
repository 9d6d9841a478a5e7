//! The words of `mine-sequences`.

use crate::report::Phrase;

pub static NO_WEIGHT: Phrase = Phrase::new(
    "mine_sequences.no-weight",
    "{customers} customers have no weight of at least 0 in `{stage}` and do not count for patterns",
);
pub static SMALL_WEIGHT: Phrase = Phrase::new(
    "mine_sequences.small-weight",
    "{customers} customers have a weight below 0.5 in `{stage}`, which is rounded to 0",
);
pub static SEVERAL_WEIGHTS: Phrase = Phrase::new(
    "mine_sequences.several-weights",
    "{customers} customers have more than one weight in `{stage}`; the largest counts",
);
pub static NOT_TRIED: Phrase = Phrase::new(
    "mine_sequences.not-tried",
    "rules were not tried on later orders: {older} of {all} are older than {days} days",
);
pub static TRIED: Phrase = Phrase::new(
    "mine_sequences.tried",
    "rules were mined from {mined} orders before {date} and tried on {later} after",
);
pub static UNKNOWN: Phrase = Phrase::new("mine_sequences.unknown", "{setting}: no order has {items}");
pub static BY_CATEGORY: Phrase = Phrase::new(
    "mine_sequences.by-category",
    "{setting}: {item} is mined as its category, {category}: name that instead",
);

pub static RULES: Phrase = Phrase::new("mine_sequences.rules", "Bought one after the other, and when to write");
pub static RULES_LEAD: Phrase =
    Phrase::new("mine_sequences.rules-lead", "Purchases within {days} days, more often than usual in the same weeks.");
pub static RULES_TRIED: Phrase = Phrase::new(
    "mine_sequences.rules-tried",
    "Purchases within {days} days, more often than usual in the same weeks. The rules were mined from orders before {date} and tried on later ones.",
);
pub static PARTIAL: Phrase = Phrase::new("mine_sequences.partial", "Bought after several other items, in any order");
pub static PARTIAL_LEAD: Phrase = Phrase::new(
    "mine_sequences.partial-lead",
    "After all of these were bought within {days} days of each other, in one order or several, in any order.",
);
pub static PLACE: Phrase = Phrase::new("mine_sequences.place", "#");
pub static AFTER: Phrase = Phrase::new("mine_sequences.after", "After");
pub static AFTER_ORDERED: Phrase =
    Phrase::new("mine_sequences.after-ordered", "what was bought first; orders in their sequence");
pub static AFTER_PARTIAL: Phrase = Phrase::new(
    "mine_sequences.after-partial",
    "what was bought first, in any order; days count from the purchase that made it complete",
);
pub static BUY: Phrase = Phrase::new("mine_sequences.buy", "Customers buy");
pub static CUSTOMERS: Phrase = Phrase::new("mine_sequences.customers", "Customers");
pub static CUSTOMERS_MEANING: Phrase =
    Phrase::new("mine_sequences.customers-meaning", "customers who bought the first");
pub static OF_THESE: Phrase = Phrase::new("mine_sequences.of-these", "Of these");
pub static OF_THESE_MEANING: Phrase = Phrase::new(
    "mine_sequences.of-these-meaning",
    "share that buys the second in time; recent customers count for as long as they were observed",
);
pub static LIFT: Phrase = Phrase::new("mine_sequences.lift", "Rule lift");
pub static LIFT_MEANING: Phrase =
    Phrase::new("mine_sequences.lift-meaning", "that share over the usual one of as many orders in the same weeks");
pub static HALF: Phrase = Phrase::new("mine_sequences.half", "Half by");
pub static HALF_MEANING: Phrase =
    Phrase::new("mine_sequences.half-meaning", "days by which half of the followers have bought");
pub static WRITE: Phrase = Phrase::new("mine_sequences.write", "Write on days");
pub static WRITE_MEANING: Phrase = Phrase::new(
    "mine_sequences.write-meaning",
    "first and last day of the span after the first purchase in which most followers buy",
);
pub static LATER: Phrase = Phrase::new("mine_sequences.later", "Later rule lift");
pub static LATER_MEANING: Phrase =
    Phrase::new("mine_sequences.later-meaning", "the same on later orders that the miner did not see");
pub static HOLDS: Phrase = Phrase::new("mine_sequences.holds", "Holds");
pub static YES: Phrase = Phrase::new("mine_sequences.yes", "yes");
pub static NO: Phrase = Phrase::new("mine_sequences.no", "no");
pub static TOO_FEW: Phrase = Phrase::new("mine_sequences.too-few", "too few to say");
pub static SOON: Phrase = Phrase::new("mine_sequences.soon", "How soon the next purchase comes");
pub static DAYS_AFTER: Phrase = Phrase::new("mine_sequences.days-after", "days after the first purchase");
pub static SHARE_BOUGHT: Phrase = Phrase::new("mine_sequences.share-bought", "share that has bought the second");

pub static CYCLES: Phrase = Phrase::new("mine_sequences.cycles", "Repurchase cycles");
pub static CYCLES_LEAD: Phrase =
    Phrase::new("mine_sequences.cycles-lead", "The table {table} has the customers who are due to buy an item again.");
pub static ITEM: Phrase = Phrase::new("mine_sequences.item", "Item");
pub static BUYERS: Phrase = Phrase::new("mine_sequences.buyers", "Buyers");
pub static AGAIN: Phrase = Phrase::new("mine_sequences.again", "Bought again");
pub static AGAIN_MEANING: Phrase =
    Phrase::new("mine_sequences.again-meaning", "share of the buyers who bought it on two or more days");
pub static TYPICAL: Phrase = Phrase::new("mine_sequences.typical", "Typical days");
pub static TYPICAL_MEANING: Phrase =
    Phrase::new("mine_sequences.typical-meaning", "geometric mean of the days from one purchase to the next");
pub static QUARTER: Phrase = Phrase::new("mine_sequences.quarter", "A quarter by");
pub static QUARTER_MEANING: Phrase =
    Phrase::new("mine_sequences.quarter-meaning", "days by which a quarter of all buyers has bought again");
pub static HALF_AGAIN: Phrase = Phrase::new(
    "mine_sequences.half-again",
    "days by which half of all buyers has bought again; a dash if fewer ever do",
);

pub static JOURNEYS: Phrase = Phrase::new("mine_sequences.journeys", "Journeys from the first order on");
pub static BY_ITEM: Phrase = Phrase::new("mine_sequences.by-item", "Each order is shown as its item with most money.");
pub static BY_LARGEST_CATEGORY: Phrase =
    Phrase::new("mine_sequences.by-largest-category", "Each order is shown as its category with most money.");
pub static BY_VALUE: Phrase =
    Phrase::new("mine_sequences.by-value", "Each order is shown as its value, in thirds of all orders.");
pub static FIRST_ORDER: Phrase = Phrase::new("mine_sequences.first-order", "first order");
pub static NOW: Phrase = Phrase::new("mine_sequences.now", "now");
pub static STEP: Phrase = Phrase::new("mine_sequences.step", "step {place}");
pub static COMMON: Phrase = Phrase::new("mine_sequences.common", "The most common journeys");
pub static PATH: Phrase = Phrase::new("mine_sequences.path", "Path");
pub static END: Phrase = Phrase::new("mine_sequences.end", "Now");
pub static SHARE: Phrase = Phrase::new("mine_sequences.share", "Share");
pub static DAYS: Phrase = Phrase::new("mine_sequences.days", "Days");
pub static DAYS_MEANING: Phrase =
    Phrase::new("mine_sequences.days-meaning", "mean days from the first to the last order");

pub static PREDICTED: Phrase = Phrase::new("mine_sequences.predicted", "How well the next order can be predicted");
pub static MAIN_ITEM: Phrase = Phrase::new("mine_sequences.main-item", "The main item of the next order");
pub static AMONG_TEN: Phrase =
    Phrase::new("mine_sequences.among-ten", "share of hidden last orders whose main item is among ten predicted");
pub static OTHER: Phrase = Phrase::new("mine_sequences.other", "other");
pub static MORE_ORDERS: Phrase = Phrase::new("mine_sequences.more-orders", "more orders");
pub static LAPSED: Phrase = Phrase::new("mine_sequences.lapsed", "lapsed");
pub static ACTIVE: Phrase = Phrase::new("mine_sequences.active", "active");
pub static THEN: Phrase = Phrase::new("mine_sequences.then", "{before} → {after}");
