//! The words of `mine-baskets`.

use crate::report::Phrase;

pub static NO_COST: Phrase = Phrase::new(
    "mine_baskets.no-cost",
    "{lines} order lines are of items without a unit_cost; their margin counts as 0",
);
pub static NO_TIMES: Phrase =
    Phrase::new("mine_baskets.no-times", "rules were not tried on later baskets: files of baskets have no times");
pub static TOO_FEW_OLDER: Phrase = Phrase::new(
    "mine_baskets.too-few-older",
    "rules were not tried on later baskets: {older} of {all} baskets are older than {days} days",
);
pub static TRIED: Phrase =
    Phrase::new("mine_baskets.tried", "mined from {mined} baskets before {date}, tried on {later} after");
pub static STRANGER: Phrase = Phrase::new("mine_baskets.stranger", "no item or category is called `{word}`");
pub static STRANGER_NEAR: Phrase =
    Phrase::new("mine_baskets.stranger-near", "no item or category is called `{word}`; did you mean `{near}`?");
pub static BY_ALL_SIZES: Phrase = Phrase::new(
    "mine_baskets.by-all-sizes",
    "{rules} rules were tested against baskets of all sizes: nearly all baskets of their size hold both sides, as with a kit, so the size alone says what is in them",
);
pub static UNDECIDED: Phrase = Phrase::new(
    "mine_baskets.undecided",
    "{rules} rules cannot be distinguished from chance by any test: nearly all baskets hold both sides, whatever their size",
);
pub static NOTHING_EARNED: Phrase = Phrase::new(
    "mine_baskets.nothing-earned",
    "no itemset earns a share of all margin: the baskets together earn nothing",
);
pub static SET_ASIDE: Phrase =
    Phrase::new("mine_baskets.set-aside", "{lines} lines of {path} were set aside; line {line}: {reason}");

pub static ORDERS_FROM: Phrase = Phrase::new("mine_baskets.orders-from", "orders from {date}");
pub static BUNDLES: Phrase = Phrase::new("mine_baskets.bundles", "Bundles");
pub static BUNDLES_LEAD: Phrase = Phrase::new(
    "mine_baskets.bundles-lead",
    "Sets that are bought whole more often than any two of their parts explain: candidates for a joint price.",
);
pub static BUNDLE: Phrase = Phrase::new("mine_baskets.bundle", "Bundle");
pub static BASKETS: Phrase = Phrase::new("mine_baskets.baskets", "Baskets");
pub static EXTRA: Phrase = Phrase::new("mine_baskets.extra", "Extra baskets");
pub static ALL_CONFIDENCE: Phrase = Phrase::new("mine_baskets.all-confidence", "All-confidence");
pub static EXTRA_MARGIN: Phrase = Phrase::new("mine_baskets.extra-margin", "Margin of the extra baskets");
pub static APART: Phrase = Phrase::new("mine_baskets.apart", "Bought apart");
pub static APART_LEAD: Phrase = Phrase::new(
    "mine_baskets.apart-lead",
    "Frequent items that are in one basket less often than chance: customers buy one instead of the other, or different customers buy them.",
);
pub static ITEM: Phrase = Phrase::new("mine_baskets.item", "Item");
pub static OTHER_ITEM: Phrase = Phrase::new("mine_baskets.other-item", "Other item");
pub static BOTH: Phrase = Phrase::new("mine_baskets.both", "Baskets with both");
pub static EXPECTED: Phrase = Phrase::new("mine_baskets.expected", "Expected");
pub static TIMES_EXPECTED: Phrase = Phrase::new("mine_baskets.times-expected", "Times expected");
pub static MOVED: Phrase = Phrase::new("mine_baskets.moved", "Rules that changed");
pub static MOVED_LEAD: Phrase = Phrase::new(
    "mine_baskets.moved-lead",
    "Since the last good run {appeared} rules appeared, {vanished} vanished and {changed} changed their confidence more than chance explains.",
);
pub static CHANGE: Phrase = Phrase::new("mine_baskets.change", "Change");
pub static ANTECEDENT: Phrase = Phrase::new("mine_baskets.antecedent", "Antecedent");
pub static CONSEQUENT: Phrase = Phrase::new("mine_baskets.consequent", "Consequent");
pub static CONFIDENCE_BEFORE: Phrase = Phrase::new("mine_baskets.confidence-before", "Confidence before");
pub static CONFIDENCE_NOW: Phrase = Phrase::new("mine_baskets.confidence-now", "Confidence now");
pub static LIFT_BEFORE: Phrase = Phrase::new("mine_baskets.lift-before", "Rule lift before");
pub static LIFT_NOW: Phrase = Phrase::new("mine_baskets.lift-now", "Rule lift now");
