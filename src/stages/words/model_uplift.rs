//! The words of `model-uplift`.

use crate::report::Phrase;

// Reading
pub static INCOMPLETE: Phrase = Phrase::new(
    "model_uplift.incomplete",
    "{rows} rows of `{stage}` have no customer, arm, trial or outcome and are not used",
);
pub static UNKNOWN: Phrase =
    Phrase::new("model_uplift.unknown", "{rows} rows of `{stage}` are of customers without features and are not used");
pub static TWO_ARMS: Phrase = Phrase::new(
    "model_uplift.two-arms",
    "{rows} rows of `{stage}` are of customers with two arms in one trial and are not used: what they got is not known",
);
pub static REPEATED: Phrase = Phrase::new(
    "model_uplift.repeated",
    "{rows} rows of `{stage}` are of customers with the same arm twice in one trial and are not used: which outcome counts is not known",
);
pub static FEW: Phrase = Phrase::new(
    "model_uplift.few",
    "the verdict on `{offer}` rests on as much as {rows} customers of equal weight; with fewer than 1,000 only large effects are found",
);

// Verdict
pub static HEADING: Phrase = Phrase::new("model_uplift.heading", "Whom to contact");
pub static LEAD: Phrase = Phrase::new(
    "model_uplift.lead",
    "Amounts are per customer of the trial, costs subtracted, with intervals so wide that a trial without any effect makes any of these findings at most once in twenty. Everybody is judged by models that did not see them.",
);
pub static TARGET: Phrase = Phrase::new(
    "model_uplift.target",
    "`{offer}`: worth targeting. Contact those on whom it has most effect; it is estimated to pay on {share} of customers.",
);
pub static ALL: Phrase = Phrase::new(
    "model_uplift.all",
    "`{offer}`: contact everybody. It pays, and no choice of customers is shown to be better.",
);
pub static NONE: Phrase = Phrase::new("model_uplift.none", "`{offer}`: contact nobody. It is not shown that it pays.");
pub static EVERYBODY: Phrase = Phrase::new(
    "model_uplift.everybody",
    "Contacting everybody brings {value} more than contacting nobody ({low} to {high}).",
);
pub static RANKING: Phrase = Phrase::new(
    "model_uplift.ranking",
    "Contacting in the order of gains brings {value} more than contacting as many drawn at random, on average over budgets ({low} to {high}).",
);
pub static CHOICE: Phrase =
    Phrase::new("model_uplift.choice", "`{best}` is best for everybody alike. {gain} {outcome}");
pub static CHOOSING: Phrase = Phrase::new(
    "model_uplift.choosing",
    "Choosing an offer for each customer brings {value} more than that ({low} to {high}).",
);
pub static SHOWN: Phrase = Phrase::new("model_uplift.shown", "So choosing pays.");
pub static NOTSHOWN: Phrase = Phrase::new("model_uplift.notshown", "So no gain from choosing is shown.");

// Curve
pub static CURVE: Phrase = Phrase::new("model_uplift.curve", "What `{offer}` brings by share of customers contacted");
pub static CURVELEAD: Phrase = Phrase::new(
    "model_uplift.curvelead",
    "More than contacting nobody, per customer of the trial, costs subtracted; 95 % interval. Where the curve is not above the line of a random choice, the order of customers says nothing.",
);
pub static CONTACTED: Phrase = Phrase::new("model_uplift.contacted", "share of customers contacted");
pub static BYEFFECT: Phrase = Phrase::new("model_uplift.byeffect", "by effect");
pub static LOWER: Phrase = Phrase::new("model_uplift.lower", "lower end");
pub static UPPER: Phrase = Phrase::new("model_uplift.upper", "upper end");
pub static ATRANDOM: Phrase = Phrase::new("model_uplift.atrandom", "at random");

// Judgement
pub static JUDGED: Phrase = Phrase::new("model_uplift.judged", "Who orders customers best");
pub static JUDGEDLEAD: Phrase = Phrase::new(
    "model_uplift.judgedlead",
    "Standard errors by customers in brackets. Qini and uplift areas are 0 by chance; a response model finds who buys, not whom a contact changes. The first learner's effects are handed on.",
);
pub static OFFER: Phrase = Phrase::new("model_uplift.offer", "Offer");
pub static ORDER: Phrase = Phrase::new("model_uplift.order", "Order");
pub static QINI: Phrase = Phrase::new("model_uplift.qini", "Qini area");
pub static AUUC: Phrase = Phrase::new("model_uplift.auuc", "Uplift area");
pub static AUTOC: Phrase = Phrase::new("model_uplift.autoc", "Rank-weighted effect");
pub static SHARE: Phrase = Phrase::new("model_uplift.share", "Contacted");
pub static GAIN: Phrase = Phrase::new("model_uplift.gain", "Gain per customer");
pub static OVERCHANCE: Phrase = Phrase::new("model_uplift.overchance", "More than at random");
pub static PAIR: Phrase = Phrase::new("model_uplift.pair", "{value} ({se})");
pub static LEARNER: Phrase = Phrase::new("model_uplift.learner", "learner `{name}`");
pub static COLUMN: Phrase = Phrase::new("model_uplift.column", "column `{name}` alone");
pub static RESPONSE: Phrase = Phrase::new("model_uplift.response", "response of the contacted");
pub static CONTACTALL: Phrase = Phrase::new("model_uplift.contactall", "everybody");
pub static CONTACTNONE: Phrase = Phrase::new("model_uplift.contactnone", "nobody");

// Deciles
pub static DECILES: Phrase = Phrase::new("model_uplift.deciles", "What was promised and what came about");
pub static DECILESLEAD: Phrase = Phrase::new(
    "model_uplift.decileslead",
    "Tenths of the trial's customers by promised effect, in units of outcome. Promises are estimates less what choosing the highest of them would promise too much.",
);
pub static TENTH: Phrase = Phrase::new("model_uplift.tenth", "Tenth");
pub static ESTIMATED: Phrase = Phrase::new("model_uplift.estimated", "Estimated");
pub static PROMISED: Phrase = Phrase::new("model_uplift.promised", "Promised");
pub static REALISED: Phrase = Phrase::new("model_uplift.realised", "Came about");
pub static ERROR: Phrase = Phrase::new("model_uplift.error", "Standard error");
pub static APART: Phrase = Phrase::new(
    "model_uplift.apart",
    "{rows} rows of `{stage}` are of trials without the control arm or without one of the others and are not learned from: who was left alone in one trial is no control group of another one",
);
pub static NOTHING_YET: Phrase = Phrase::new(
    "model_uplift.nothing-yet",
    "there is nothing to learn from yet: none of the {rows} rows of `{stage}` has an outcome, so no customer has an effect",
);
