//! The words of `plan-contacts`.

use crate::report::Phrase;

// Reading
pub static SET_ASIDE: Phrase = Phrase::new(
    "plan_contacts.set-aside",
    "{rows} rows of `{stage}` have no customer, offer or value and are not used",
);
pub static NO_COST: Phrase = Phrase::new(
    "plan_contacts.no-cost",
    "{rows} rows of `{stage}` have no cost and are not used: costs are limited, and what they would cost is not known",
);
pub static NO_SUPPRESSION: Phrase = Phrase::new(
    "plan_contacts.no-suppression",
    "no suppression table was named, so nobody was left out for having objected; the plan does not ask for consent: `select-targets` does, for the list that is made of it",
);
pub static NOBODY: Phrase = Phrase::new(
    "plan_contacts.nobody",
    "no row has the {part} `{name}` that a limit names, so the limit counts nothing of it",
);
pub static TINY: Phrase = Phrase::new(
    "plan_contacts.tiny",
    "{rows} rows of `{stage}` have a value that rounds to 0 and are not planned; values are counted in ten-thousandths of the currency unit",
);
pub static UNDATED: Phrase = Phrase::new(
    "plan_contacts.undated",
    "{rows} rows of `{stage}` have no date; they count as contacts of the as-of date",
);

// Effects that were measured
pub static MEASURED: Phrase = Phrase::new(
    "plan_contacts.measured",
    "{rows} rows with the offer `{offer}` have no value and get what {lists} closed lists of the type `{type}` lead to expect: {value} for each contact, less its cost",
);
pub static FEW_LISTS: Phrase = Phrase::new(
    "plan_contacts.few-lists",
    "{rows} rows with the offer `{offer}` have no value and get none: fewer than two lists of the type `{type}` are closed and can be trusted",
);
pub static UNKNOWN_TYPE: Phrase = Phrase::new(
    "plan_contacts.unknown-type",
    "{rows} rows with the offer `{offer}` have no value and get none: no closed lists have the type `{type}`; did you mean `{near}`?",
);
pub static NO_SUCH_OFFER: Phrase =
    Phrase::new("plan_contacts.no-such-offer", "no row has the offer `{offer}` that `measured` names");
pub static ALL_VALUED: Phrase = Phrase::new(
    "plan_contacts.all-valued",
    "no row of `{stage}` needs what was measured: those with an offer that `measured` names have a value of their own",
);
pub static MARGIN_UNUSED: Phrase = Phrase::new(
    "plan_contacts.margin-unused",
    "`margin` of `measured` has no effect: the primary outcome of `{stage}` is margin already",
);

// Limits
pub static HEADING: Phrase = Phrase::new("plan_contacts.heading", "What the plan uses and what limits cost");
pub static LEAD: Phrase = Phrase::new(
    "plan_contacts.lead",
    "{proof} The last two columns say what the plan's value would change by, if one limit had the bound named there and the others stayed.",
);
pub static BEST: Phrase = Phrase::new(
    "plan_contacts.best",
    "{contacts} contacts are expected to bring {value}; it is proven that no plan within the limits brings more.",
);
pub static NEARLY: Phrase = Phrase::new(
    "plan_contacts.nearly",
    "{contacts} contacts are expected to bring {value}. It is proven that no plan within the limits brings more than {bound}, which is {short} more.",
);
pub static IMPOSSIBLE: Phrase = Phrase::new(
    "plan_contacts.impossible",
    "No plan meets all minimums; that is proven. This one holds all maximums and misses as few contacts of the minimums as it can: {contacts} contacts, expected to bring {value}.",
);
pub static UNMET: Phrase = Phrase::new(
    "plan_contacts.unmet",
    "No plan that meets all minimums was found, which does not prove that there is none. This one holds all maximums: {contacts} contacts, expected to bring {value}.",
);
pub static SHORT: Phrase = Phrase::new(
    "plan_contacts.short",
    "the minimum `{limit}` of {bound} cannot be met within the other limits: the plan has {used}",
);
pub static SHORT_HERE: Phrase = Phrase::new(
    "plan_contacts.short-here",
    "the plan does not meet the minimum `{limit}` of {bound}: it has {used}; whether another plan could is not known",
);
pub static NOT_FOUND: Phrase = Phrase::new(
    "plan_contacts.not-found",
    "the plan does not hold all limits, and whether another one could is not known",
);
pub static LIMIT: Phrase = Phrase::new("plan_contacts.limit", "Limit");
pub static SENSE: Phrase = Phrase::new("plan_contacts.sense", "Kind");
pub static AT_MOST: Phrase = Phrase::new("plan_contacts.at-most", "at most");
pub static AT_LEAST: Phrase = Phrase::new("plan_contacts.at-least", "at least");
pub static BOUND: Phrase = Phrase::new("plan_contacts.bound", "Bound");
pub static USED: Phrase = Phrase::new("plan_contacts.used", "Used");
pub static PRICE: Phrase = Phrase::new("plan_contacts.price", "Price");
pub static MEANING: Phrase = Phrase::new("plan_contacts.meaning", "In words");
pub static LESS: Phrase = Phrase::new("plan_contacts.less", "Change at less");
pub static MORE: Phrase = Phrase::new("plan_contacts.more", "Change at more");
pub static SLACK: Phrase = Phrase::new("plan_contacts.slack", "not scarce");
pub static ONE_MORE: Phrase = Phrase::new("plan_contacts.one-more", "room for one more contact would bring {price}");
pub static FORCED: Phrase = Phrase::new("plan_contacts.forced", "the last contact that it forces costs {price}");
pub static UNIT_MORE: Phrase =
    Phrase::new("plan_contacts.unit-more", "one more unit of currency to spend would bring {price}");
pub static UNIT_FORCED: Phrase =
    Phrase::new("plan_contacts.unit-forced", "the last unit of currency that it forces to be spent costs {price}");
pub static SHARE_FORCED: Phrase =
    Phrase::new("plan_contacts.share-forced", "each contact that it shifts costs {price}");
pub static CHANGE: Phrase = Phrase::new("plan_contacts.change", "{money} at {bound}");
pub static NO_PRICE: Phrase = Phrase::new("plan_contacts.no-price", "not known, as the plan does not meet the limits");

// Outcomes
pub static OUTCOMES: Phrase = Phrase::new("plan_contacts.outcomes", "What became of the customers of the plan");
pub static OUTCOME: Phrase = Phrase::new("plan_contacts.outcome", "Outcome");
pub static CUSTOMERS: Phrase = Phrase::new("plan_contacts.customers", "Customers");
pub static PLANNED: Phrase = Phrase::new("plan_contacts.planned", "planned");
pub static LIMITS: Phrase =
    Phrase::new("plan_contacts.limits", "worth less than what the best offer takes of the limits");
pub static NO_VALUE: Phrase = Phrase::new("plan_contacts.no-value", "no offer brings more than it costs");
pub static LAST_PLACES: Phrase = Phrase::new("plan_contacts.last-places", "as good as others who got the last places");
pub static HOUSEHOLD: Phrase =
    Phrase::new("plan_contacts.household", "the contacts of the household went to others of it");
pub static CONTROL: Phrase = Phrase::new("plan_contacts.control", "held back as control group");
pub static GLOBAL_CONTROL: Phrase =
    Phrase::new("plan_contacts.global-control", "belong to those whom no list contacts");
pub static WASHING_OUT: Phrase =
    Phrase::new("plan_contacts.washing-out", "were held back until the control group changed a short while ago");
pub static SUPPRESSED: Phrase = Phrase::new("plan_contacts.suppressed", "must not be contacted");
pub static COOL_DOWN: Phrase = Phrase::new("plan_contacts.cool-down", "contacted a short time ago");
pub static CONTACT_LIMIT: Phrase =
    Phrase::new("plan_contacts.contact-limit", "have had all contacts that they may get");
pub static NO_CANDIDATE: Phrase = Phrase::new("plan_contacts.no-candidate", "no row with an offer and a value");
