//! The words of `train-churn`.

use crate::report::Phrase;

pub static NO_ORDER: Phrase = Phrase::new("train_churn.no-order", "no order within {days} days");
pub static LESS_SPENT: Phrase =
    Phrase::new("train_churn.less-spent", "spend falls by {percent} % or more within {days} days");
pub static CONTRACT: Phrase = Phrase::new("train_churn.contract", "{end} within {days} days");
pub static LABEL: Phrase = Phrase::new("train_churn.label", "{column} is {value}");
pub static OVER: Phrase = Phrase::new("train_churn.over", "{column} is over");

pub static NO_CONTRACT: Phrase = Phrase::new(
    "train_churn.no-contract",
    "{unknown} of {all} customers of `{stage}` have no contract and are left out",
);
pub static PART: Phrase = Phrase::new(
    "train_churn.part",
    "learned from {customers} of {all} customers, {rows} rows: more rows change little (`max_rows`)",
);
pub static PART_OF_CUSTOMERS: Phrase = Phrase::new(
    "train_churn.part-of-customers",
    "learned from {customers} of {all} customers: more change little (`max_rows`)",
);
pub static SNAPSHOTS: Phrase =
    Phrase::new("train_churn.snapshots", "judged on {snapshots} snapshots, the latest {date}");
pub static IDLE: Phrase =
    Phrase::new("train_churn.idle", "{rows} rows of customers without an order in `active_days` are not at risk");
pub static NOT_YET: Phrase = Phrase::new(
    "train_churn.not-yet",
    "{rows} of {all} rows are of customers whose contract had not begun by their snapshot: they are not at risk",
);
pub static GONE: Phrase = Phrase::new(
    "train_churn.gone",
    "{rows} of {all} rows are of customers who had left by their snapshot: they are not at risk",
);
pub static OTHERWISE: Phrase = Phrase::new(
    "train_churn.otherwise",
    "{rows} of {all} rows are not learned from: these customers left within the horizon for a reason that is not churn",
);
pub static NO_LABEL: Phrase =
    Phrase::new("train_churn.no-label", "{rows} rows without `{column}` are not learned from");
pub static OTHER_REASON: Phrase = Phrase::new(
    "train_churn.other-reason",
    "{rows} rows are not learned from: these customers left for a reason that is not churn",
);
pub static NO_DATE: Phrase = Phrase::new(
    "train_churn.no-date",
    "without an as-of date every end counts as over, even one in the future: give `as_of` under `[run]`",
);

pub static IDENTIFIER: Phrase = Phrase::new(
    "train_churn.identifier",
    "`{column}` is different for (almost) every customer and is not learned from",
);
pub static TOO_GOOD: Phrase = Phrase::new(
    "train_churn.too-good",
    "`{column}` alone ranks customers almost perfectly (ROC AUC {auc}): was it written after the outcome?",
);
pub static ABSENCE: Phrase = Phrase::new(
    "train_churn.absence",
    "whether `{column}` is missing ranks customers almost perfectly (ROC AUC {auc}): is it filled in after the outcome?",
);
pub static LEAVE_OUT: Phrase = Phrase::new("train_churn.leave-out", "{suspicion} If so, leave it out with `exclude`");

pub static PROMISE: Phrase = Phrase::new("train_churn.promise", "it predicted that {promised} leave, and {came} did");
pub static SAME_ROWS: Phrase = Phrase::new(
    "train_churn.same-rows",
    "the active model may have learned from the rows that judge it: its figures may be too good",
);
pub static OVERLAP: Phrase = Phrase::new(
    "train_churn.overlap",
    "the active model learned from the time before {trained}, so it knows part of the outcome of the newest snapshot ({newest}): its figures may be too good",
);
pub static DUEL: Phrase = Phrase::new(
    "train_churn.duel",
    "{criterion} on the newest snapshot ({date}): {ours} of the new model, {theirs} of the active version {version}",
);
pub static CHOSEN: Phrase =
    Phrase::new("train_churn.chosen", "{model} was chosen: ROC AUC {ours}, {theirs} of the baseline {baseline}");
pub static BEFOREHAND: Phrase = Phrase::new(
    "train_churn.beforehand",
    "reported {criterion}: {reported}, with model, settings and calibration chosen before each {part}; the model that is given out has {today}",
);
pub static SIMPLER: Phrase = Phrase::new(
    "train_churn.simpler",
    "{best} has the better {criterion} ({first} beside {second}), but {chosen} is simpler and within one standard error",
);
pub static NOT_BETTER: Phrase = Phrase::new(
    "train_churn.not-better",
    "not clearly better than the baseline {baseline} by {criterion}: {ours} ({low} to {high}) beside {theirs}",
);
pub static BEST_LIST: Phrase = Phrase::new(
    "train_churn.best-list",
    "the most profitable list has {customers} of {all} customers ({share}): expected profit {expected}, {realised} with what then happened; expected maximum profit per customer {ours}, {theirs} of the baseline {baseline}",
);

pub static DATE: Phrase = Phrase::new("train_churn.date", "date");
pub static FOLD: Phrase = Phrase::new("train_churn.fold", "fold");
pub static TRIED: Phrase = Phrase::new("train_churn.tried", "What was tried");
pub static TRIED_LEAD: Phrase = Phrase::new(
    "train_churn.tried-lead",
    "All were judged on the same {parts}; measures of ranking and ECE are means over them. Settings: {settings}. Calibration: {calibration}.",
);
pub static TRIED_BEFOREHAND: Phrase = Phrase::new(
    "train_churn.tried-beforehand",
    "All were judged on the same {parts}; measures of ranking and ECE are means over them. The figures above are of choices made before each {part}: no {part} has a say in its own. Settings: {settings}. Calibration: {calibration}.",
);
pub static DATES: Phrase = Phrase::new("train_churn.dates", "{parts} dates, each with what was known before it");
pub static FOLDS: Phrase = Phrase::new("train_churn.folds", "{parts} folds, each with the customers of the others");
pub static SETTINGS_KEPT: Phrase = Phrase::new("train_churn.settings-kept", "of the active model");
pub static SETTINGS_GIVEN: Phrase =
    Phrase::new("train_churn.settings-given", "settings were given, nothing was chosen");
pub static SETTINGS_USUAL: Phrase = Phrase::new(
    "train_churn.settings-usual",
    "the defaults: before no judged date an earlier snapshot had closed that could choose",
);
pub static SETTINGS_BY_DATE: Phrase = Phrase::new(
    "train_churn.settings-by-date",
    "chosen on the newest snapshot that closed before each judged date, on which no reported figure is based, in {folds} of {all} folds (in the last: {rows} rows, learned from {learned})",
);
pub static SETTINGS_BY_FOLD: Phrase = Phrase::new(
    "train_churn.settings-by-fold",
    "chosen on the next fold's customers, on which no reported figure is based, in {folds} of {all} folds (in the last: {rows} rows, learned from {learned})",
);
pub static MODEL: Phrase = Phrase::new("train_churn.model", "model");
pub static USED: Phrase = Phrase::new("train_churn.used", "used");

pub static EFFECT: Phrase = Phrase::new("train_churn.effect", "Effect of {feature}");
pub static EFFECT_LEAD: Phrase =
    Phrase::new("train_churn.effect-lead", "The mean probability if every customer had this value ({meaning}).");
pub static PROBABILITY: Phrase = Phrase::new("train_churn.probability", "mean probability");
pub static OTHERS_AS_THEY_ARE: Phrase = Phrase::new("train_churn.others-as-they-are", "all other columns as they are");
pub static AS_IN_DATA: Phrase = Phrase::new("train_churn.as-in-data", "as in the data");
pub static NO_PURCHASE: Phrase = Phrase::new(
    "train_churn.no-purchase",
    "chance of no purchase within the horizon by BG/NBD, fitted to each date's customers",
);

pub static WHY_LEFT: Phrase = Phrase::new("train_churn.why-left", "Why customers left");
pub static WHY_LEFT_LEAD: Phrase = Phrase::new(
    "train_churn.why-left-lead",
    "The reasons of the {all} customers who left. The model says who leaves, not why.",
);
pub static WHY_LEFT_DATED: Phrase = Phrase::new(
    "train_churn.why-left-dated",
    "The reasons of the {all} customers who left after a snapshot that the model learned from or was judged on. The model says who leaves, not why.",
);
pub static REASON: Phrase = Phrase::new("train_churn.reason", "reason");
pub static CUSTOMERS: Phrase = Phrase::new("train_churn.customers", "customers");
pub static SHARE: Phrase = Phrase::new("train_churn.share", "share");
pub static INTERVAL: Phrase = Phrase::new("train_churn.interval", "95% interval");
pub static IS_CHURN: Phrase = Phrase::new("train_churn.is-churn", "counts as churn");
pub static YES: Phrase = Phrase::new("train_churn.yes", "yes");
pub static NO: Phrase = Phrase::new("train_churn.no", "no");

pub static HORIZONS: Phrase = Phrase::new("train_churn.horizons", "What another horizon would mean");
pub static HORIZONS_LEAD: Phrase = Phrase::new(
    "train_churn.horizons-lead",
    "Each on the newest date after which one and a half horizons are over: customers who came back in the last half had not left.",
);
pub static HORIZON: Phrase = Phrase::new("train_churn.horizon", "horizon (days)");
pub static LEFT: Phrase = Phrase::new("train_churn.left", "left");
pub static CAME_BACK: Phrase = Phrase::new("train_churn.came-back", "of these came back");

pub static PROFIT: Phrase = Phrase::new("train_churn.profit", "Profit by size of the list");
pub static PROFIT_LEAD: Phrase = Phrase::new(
    "train_churn.profit-lead",
    "What the newest judged customers would have brought, with the costs and the success rate of the settings.",
);
pub static LIST_SHARE: Phrase = Phrase::new("train_churn.list-share", "share of customers on the list");
pub static AMOUNT: Phrase = Phrase::new("train_churn.amount", "profit");
pub static EXPECTED: Phrase = Phrase::new("train_churn.expected", "{model}, expected");
pub static REALISED: Phrase = Phrase::new("train_churn.realised", "{model}, with what happened");
pub static BEST: Phrase = Phrase::new("train_churn.best", "best");

pub static UNDATED_ANSWER: Phrase = Phrase::new(
    "train_churn.undated-answer",
    "`{column}` reads like an answer to a survey and is not learned from: it may have been asked when the customer was leaving; if it was asked before, name the column of its date under `answers`",
);
pub static OF_EVENTS: Phrase = Phrase::new("train_churn.of-events", "of `{stage}`: {meaning}");
