//! The words of `track-lifecycle`.

use crate::report::Phrase;

pub static COUNTS: Phrase = Phrase::new(
    "lifecycle.counts",
    "{customers} customers at {date}, by rules of version {rules}. The expected value is the discounted margin of {horizon}, as customers of the stage moved and bought over the last {steps} periods.",
);
pub static WITHIN: Phrase = Phrase::new("lifecycle.within", "the next {periods} periods");
pub static ENDLESS: Phrase = Phrase::new("lifecycle.endless", "all periods to come");
pub static MATRIX: Phrase = Phrase::new("lifecycle.matrix", "{moved} {changed} {memory}");
pub static MOVED: Phrase =
    Phrase::new("lifecycle.moved", "From {from} to {to}, {share} of customers changed their stage.");
pub static CHANGED: Phrase =
    Phrase::new("lifecycle.changed", "These shares differ from the step before by more than chance: {arrows}.");
pub static ARROW: Phrase = Phrase::new("lifecycle.arrow", "{from} to {to} ({before} to {now})");
pub static UNCHANGED: Phrase =
    Phrase::new("lifecycle.unchanged", "No share differs from the step before by more than chance.");
pub static MEMORY: Phrase = Phrase::new(
    "lifecycle.memory",
    "Stages alone do not say where customers go: if they did, {expected} of customers would go from {from} to {to} in two periods, and {found} did. The chances in the table use the time in the stage, too; a note says whether that predicts better.",
);
pub static ODDS: Phrase = Phrase::new(
    "lifecycle.odds",
    "chances of the next stage: logarithmic loss {with} with the time in the stage, {without} without it, on the last {steps} steps; the time in the stage is used",
);
pub static ODDS_WITHOUT: Phrase = Phrase::new(
    "lifecycle.odds-without",
    "chances of the next stage: logarithmic loss {with} with the time in the stage, {without} without it, on the last {steps} steps; the time in the stage is not used",
);
pub static FLIPS: Phrase = Phrase::new(
    "lifecycle.flips",
    "{flips} of 100 customers per period changed their stage and changed back without an order",
);
pub static HIDDEN_BETTER: Phrase = Phrase::new(
    "lifecycle.hidden-better",
    "{states} hidden states predict who buys in the next period better than stages: logarithmic loss {loss} instead of {rules}",
);
pub static HIDDEN_WORSE: Phrase = Phrase::new(
    "lifecycle.hidden-worse",
    "hidden states do not predict who buys in the next period better than stages: logarithmic loss {loss}, stages {rules}; they are not shown",
);
pub static HIDDEN_NONE: Phrase =
    Phrase::new("lifecycle.hidden-none", "there are too few periods or customers for hidden states");
pub static HIDDEN_UNSETTLED: Phrase = Phrase::new(
    "lifecycle.hidden-unsettled",
    "the hidden states did not settle in the rounds that their fit is given; take them with care",
);
pub static HIDDEN: Phrase = Phrase::new("lifecycle.hidden", "Hidden states");
pub static HIDDEN_LEAD: Phrase = Phrase::new(
    "lifecycle.hidden-lead",
    "A model of states that nobody sees, from what each customer bought in each period. It is shown because it predicts the next period better than the stages do: logarithmic loss {loss} instead of {rules}, on periods that neither was learned from.",
);
pub static STATE: Phrase = Phrase::new("lifecycle.state", "State");
pub static CUSTOMERS: Phrase = Phrase::new("lifecycle.customers", "Customers");
pub static BUYS: Phrase = Phrase::new("lifecycle.buys", "Buys in a period");
pub static STAYS: Phrase = Phrase::new("lifecycle.stays", "Stays in the state");
pub static ONE_DAY: Phrase = Phrase::new("lifecycle.one-day", "Of buyers, on one day");
pub static CONTACT: Phrase = Phrase::new("lifecycle.contact", "What a contact adds, by stage");
pub static CONTACT_LEAD: Phrase = Phrase::new(
    "lifecycle.contact-lead",
    "Customers contacted against the control group. The gain is that of one contact now, its cost subtracted, if the better of both is done from then on.",
);
pub static STAGE: Phrase = Phrase::new("lifecycle.stage", "Stage");
pub static CONTACTED: Phrase = Phrase::new("lifecycle.contacted", "Contacted");
pub static WITHHELD: Phrase = Phrase::new("lifecycle.withheld", "Held back");
pub static GAIN: Phrase = Phrase::new("lifecycle.gain", "Gain of a contact");
pub static GAIN_LOW: Phrase = Phrase::new("lifecycle.gain-low", "Gain, low");
pub static GAIN_HIGH: Phrase = Phrase::new("lifecycle.gain-high", "Gain, high");
pub static NO_CONTROLS: Phrase = Phrase::new(
    "lifecycle.no-controls",
    "not every stage has customers contacted and customers held back: the value of a contact is not known",
);
pub static NOT_NAMED: Phrase = Phrase::new(
    "lifecycle.not-named",
    "{rows} rows of `{stage}` are not used: they name no customer who is known here, or do not say when or whether the customer was held back",
);
pub static RESTATED: Phrase = Phrase::new(
    "lifecycle.restated",
    "at {date}, {different} of {customers} customers have another stage than the last run said: {why}",
);
pub static OTHER_RULES: Phrase = Phrase::new("lifecycle.other-rules", "the rules have changed");
pub static OTHER_ORDERS: Phrase =
    Phrase::new("lifecycle.other-orders", "orders from before that date were added, changed or removed");
pub static SHORT: Phrase = Phrase::new(
    "lifecycle.short",
    "the data hold fewer than two whole periods: nothing is known of moves between stages",
);
