//! The words of `measure-kpis`.

use crate::report::Phrase;

pub static ABSENT: Phrase = Phrase::new("measure_kpis.absent", "without `{setting}` there is no {kpis}");
pub static OTHERS: Phrase = Phrase::new("measure_kpis.others", "(others)");
pub static OTHERS_NOTE: Phrase = Phrase::new(
    "measure_kpis.others-note",
    "`{column}` has more segments than are kept apart: all but the {kept} largest are one",
);
pub static ALL: Phrase = Phrase::new("measure_kpis.all", "(all)");
pub static UNKNOWN: Phrase = Phrase::new("measure_kpis.unknown", "(unknown)");
pub static NO_SEGMENT: Phrase = Phrase::new(
    "measure_kpis.no-segment",
    "{customers} customers have no `{column}` in `{stage}`: they count among all customers alone",
);
pub static NOBODY: Phrase = Phrase::new(
    "measure_kpis.nobody",
    "{rows} rows of `{stage}` name nobody who has ordered: they count among all customers alone, or not at all",
);
pub static COSTS: Phrase = Phrase::new(
    "measure_kpis.costs",
    "items with a known cost make up {share} of revenue; contribution covers these alone",
);
pub static HIDDEN: Phrase = Phrase::new(
    "measure_kpis.hidden",
    "{hidden} of {cells} cells of the cube are hidden: they have fewer than {least} customers, or such a cell could be computed from them",
);
pub static RESTATED: Phrase = Phrase::new(
    "measure_kpis.restated",
    "{values} values of periods that were over differ from the last run's, {final} of them had been final; the table `restated` has the reasons",
);
pub static UNUSUAL: Phrase =
    Phrase::new("measure_kpis.unusual", "{period}: {unusual} of {looked} figures are unusual for this shop");
pub static ALL_CUSTOMERS: Phrase = Phrase::new("measure_kpis.all-customers", "all customers");
pub static SEGMENT: Phrase = Phrase::new("measure_kpis.segment", "{by}: {segment}");
pub static BRIDGES: Phrase = Phrase::new("measure_kpis.bridges", "Revenue from period to period");
pub static BRIDGES_LEAD: Phrase = Phrase::new(
    "measure_kpis.bridges-lead",
    "Who spent more, less or nothing any more, who is new and who returned: whole cents that add up. An effect is marked where it is unusual for this shop.",
);
pub static LIFT: Phrase = Phrase::new("measure_kpis.lift", "What lists brought of it");
pub static LIFT_LEAD: Phrase = Phrase::new(
    "measure_kpis.lift-lead",
    "This money is a part of the revenue and of the steps above and is never added to them. It counts closed lists whose comparison can be trusted; the interval is of 95 %.",
);
pub static BROUGHT: Phrase = Phrase::new(
    "measure_kpis.brought",
    "{period}: revenue was {revenue}. Of it, lists brought {lift} ({low} to {high}) by measurement against their control groups. Lists counted: {lists}.",
);
pub static BROUGHT_NOTHING: Phrase = Phrase::new(
    "measure_kpis.brought-nothing",
    "{period}: revenue was {revenue}. No closed list whose comparison can be trusted had its window in it.",
);
pub static PRICES: Phrase = Phrase::new("measure_kpis.prices", "Price, volume and mix");
pub static PRICES_LEAD: Phrase = Phrase::new(
    "measure_kpis.prices-lead",
    "Like for like by item: the price effect compares the same items; volume is more or fewer pieces, mix is dearer or cheaper items. Revenue per piece can rise while prices fall.",
);
pub static COMPARED_DRIVERS: Phrase = Phrase::new("measure_kpis.compared-drivers", "What drove revenue: {change}");
pub static DRIVERS_LEAD: Phrase = Phrase::new(
    "measure_kpis.drivers-lead",
    "Effects on revenue in the order of the tree; parts add up to the whole (logarithmic mean Divisia index). Where segments are given, those that explain 80 % of the change follow.",
);
pub static COMPARED: Phrase = Phrase::new("measure_kpis.compared", "{before} to {period}");
pub static ITEMS: Phrase = Phrase::new("measure_kpis.items", "items");
pub static CUSTOMERS: Phrase = Phrase::new("measure_kpis.customers", "customers");
pub static DRIVER: Phrase = Phrase::new("measure_kpis.driver", "Driver");
pub static MONEY: Phrase = Phrase::new("measure_kpis.money", "Effect");
pub static OF_BEFORE: Phrase = Phrase::new("measure_kpis.of-before", "Of the revenue before");
pub static VERDICT: Phrase = Phrase::new("measure_kpis.verdict", "For this shop");
pub static VERDICT_UP: Phrase = Phrase::new("measure_kpis.verdict-up", "unusually high");
pub static VERDICT_DOWN: Phrase = Phrase::new("measure_kpis.verdict-down", "unusually low");
pub static VERDICT_USUAL: Phrase = Phrase::new("measure_kpis.verdict-usual", "as usual");
pub static VERDICT_UNKNOWN: Phrase = Phrase::new("measure_kpis.verdict-unknown", "too little past to say");
pub static RESTATEMENTS: Phrase = Phrase::new("measure_kpis.restatements", "What the last run said otherwise");
pub static RESTATEMENTS_LEAD: Phrase = Phrase::new(
    "measure_kpis.restatements-lead",
    "Values of all customers in periods that were over; the table `restated` has those of segments.",
);
pub static PERIOD: Phrase = Phrase::new("measure_kpis.period", "Period");
pub static KPI: Phrase = Phrase::new("measure_kpis.kpi", "KPI");
pub static SAID: Phrase = Phrase::new("measure_kpis.said", "Last run");
pub static SAYS: Phrase = Phrase::new("measure_kpis.says", "This run");
pub static REASON: Phrase = Phrase::new("measure_kpis.reason", "Because of");
pub static ROWS: Phrase = Phrase::new("measure_kpis.rows", "Rows");
pub static FILES: Phrase = Phrase::new("measure_kpis.files", "Files");
pub static VARIANTS: Phrase = Phrase::new("measure_kpis.variants", "Which repeat rate?");
pub static VARIANTS_LEAD: Phrase = Phrase::new(
    "measure_kpis.variants-lead",
    "The same words mean different numbers in different tools; each row says what it counts. To decide by: the second order within 90 days, of customers who have had 90 days.",
);
pub static VALUE: Phrase = Phrase::new("measure_kpis.value", "Value");
pub static PARTS: Phrase = Phrase::new("measure_kpis.parts", "Numerator / denominator");
pub static RATIO: Phrase = Phrase::new("measure_kpis.ratio", "{above} / {below}");
pub static SENTENCE: Phrase = Phrase::new("measure_kpis.sentence", "What it says");
pub static PRICE: Phrase = Phrase::new("measure_kpis.price", "Price");
pub static PRICE_MEANING: Phrase =
    Phrase::new("measure_kpis.price-meaning", "the pieces of now at the change of their own prices");
pub static VOLUME: Phrase = Phrase::new("measure_kpis.volume", "Volume");
pub static VOLUME_MEANING: Phrase =
    Phrase::new("measure_kpis.volume-meaning", "more or fewer pieces at the average price before");
pub static MIX: Phrase = Phrase::new("measure_kpis.mix", "Mix");
pub static MIX_MEANING: Phrase = Phrase::new("measure_kpis.mix-meaning", "pieces moved to dearer or cheaper items");
pub static NEW: Phrase = Phrase::new("measure_kpis.new", "New items");
pub static NEW_MEANING: Phrase = Phrase::new("measure_kpis.new-meaning", "items that were not sold before");
pub static DISCONTINUED: Phrase = Phrase::new("measure_kpis.discontinued", "Items no longer sold");
pub static DISCONTINUED_MEANING: Phrase =
    Phrase::new("measure_kpis.discontinued-meaning", "items that are not sold any more");
pub static BEFORE: Phrase = Phrase::new("measure_kpis.before", "Before");
pub static BEFORE_MEANING: Phrase = Phrase::new("measure_kpis.before-meaning", "revenue of the period compared with");
pub static AFTER: Phrase = Phrase::new("measure_kpis.after", "After");
pub static AFTER_MEANING: Phrase = Phrase::new("measure_kpis.after-meaning", "revenue of this period");
pub static COHORTS_LEAD: Phrase = Phrase::new(
    "measure_kpis.cohorts-lead",
    "Spans of {days} days after each customer's own first order; only customers who have had a span count in it.",
);
