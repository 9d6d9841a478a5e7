//! The words of `find-customers`.

use crate::report::Phrase;

// Reading
pub static NO_KEY: Phrase =
    Phrase::new("find_customers.no-key", "{rows} rows of `{stage}` have no customer and are not used");
pub static UNKNOWN: Phrase = Phrase::new(
    "find_customers.unknown",
    "{rows} of {all} rows of `{stage}` name nobody in the table of features and are set aside",
);
pub static CONTROL: Phrase = Phrase::new(
    "find_customers.control",
    "{rows} of {all} rows of `{stage}` are control rows and are set aside: nobody contacted them",
);
pub static NO_OUTCOME: Phrase =
    Phrase::new("find_customers.no-outcome", "{rows} of {all} rows of `{stage}` have no outcome and are set aside");
pub static REPEATED: Phrase = Phrase::new(
    "find_customers.repeated",
    "{rows} of {all} rows of `{stage}` repeat a person, who counts once and responded if one row says so",
);
pub static IDENTIFIER: Phrase = Phrase::new(
    "find_customers.identifier",
    "`{column}` has a value of its own for almost every customer and is not learned from",
);
pub static TOO_GOOD: Phrase = Phrase::new(
    "find_customers.too-good",
    "`{column}` alone ranks persons almost perfectly (area {auc}), as if it were written after the outcome; leave it out with `exclude` if it is",
);
pub static ABSENCE: Phrase = Phrase::new(
    "find_customers.absence",
    "whether `{column}` is missing ranks persons almost perfectly (area {auc}), as if it were filled in after the outcome; leave it out with `exclude` if it is",
);
pub static SUSPECT: Phrase = Phrase::new(
    "find_customers.suspect",
    "`{column}` alone ranks persons (area {alone}) about as well as all other columns together (area {others}), as if it were known only after the contact; leave it out with `exclude` if it is",
);

// The model from one run to the next
pub static TARGET: Phrase = Phrase::new("find_customers.target", "`{outcome}` is {positive} after a contact");
pub static PROMISE: Phrase =
    Phrase::new("find_customers.promise", "it predicted that {promised} respond, and {came} did");
pub static SINCE: Phrase = Phrase::new(
    "find_customers.since",
    "on {persons} persons of the trial whom version {version} had not learned from, its area under the ROC curve is {area}; it predicted that {promised} respond, and {came} did",
);
pub static DUEL: Phrase = Phrase::new(
    "find_customers.duel",
    "{criterion} on the {persons} persons of the trial whom neither model had learned from: {ours} of the new model, {theirs} of the active version {version}",
);

// What was found
pub static RATE: Phrase = Phrase::new(
    "find_customers.rate",
    "{responders} of {contacts} contacted persons responded: {rate}, 95 % interval {low} to {high}",
);
pub static RESPONSE_ONLY: Phrase = Phrase::new(
    "find_customers.response-only",
    "scores are chances to respond when contacted; what the contact changes is not known, because the trial has no control rows",
);
pub static RESPONSE_WITH_CONTROL: Phrase = Phrase::new(
    "find_customers.response-with-control",
    "scores are chances to respond when contacted, learned from contacted persons alone; they do not say what the contact changes, although the control rows of this trial would allow it to be estimated",
);
pub static CHOSEN: Phrase = Phrase::new(
    "find_customers.chosen",
    "the classifier is {model}: area under the ROC curve {area} ({low} to {high}) on persons it had not seen, {baseline} has {theirs}; the column that does best alone is `{column}`",
);
pub static NOT_BETTER: Phrase = Phrase::new(
    "find_customers.not-better",
    "the classifier is not clearly better than {baseline}: its log loss is lower by {gain} ({low} to {high})",
);
pub static METHODS: Phrase = Phrase::new(
    "find_customers.methods",
    "of {seeds} persons of the seed list, each held out once, nearest neighbours put {nearest} into the top tenth and the classifier {classifier}, where chance puts 10 %: {method}",
);
pub static NEAREST: Phrase = Phrase::new("find_customers.nearest", "nearest neighbours score, without reasons");
pub static CLASSIFIER: Phrase = Phrase::new("find_customers.classifier", "the classifier scores");
pub static LISTED: Phrase = Phrase::new(
    "find_customers.listed",
    "scores are chances to be of the seed list's kind only if the list is a random draw of that kind; their order does not need that",
);
pub static WORTH: Phrase = Phrase::new(
    "find_customers.worth",
    "{count} of {all} candidates are expected to bring more than the contact costs, {profit} together; in the trial that was the best {share} of persons, and by what they did the depth that pays most is between {low} and {high} (95 %)",
);
pub static NO_MARGIN: Phrase = Phrase::new(
    "find_customers.no-margin",
    "no `margin` was given, so there is no expected profit and no depth that pays",
);
pub static NOBODY_LEFT: Phrase = Phrase::new(
    "find_customers.nobody-left",
    "everybody in the table of features was in the trial or is on the list, so there is nobody to score",
);

// Report
pub static TRIED: Phrase = Phrase::new("find_customers.tried", "What was tried");
pub static TRIED_LEAD: Phrase = Phrase::new(
    "find_customers.tried-lead",
    "Persons are divided into {folds} parts, each judged by what the others teach; intervals are 95 %. The single column is chosen in each part anew; all persons choose `{column}`. Calibration: {calibration}.",
);
pub static MODEL: Phrase = Phrase::new("find_customers.model", "model");
pub static AREA: Phrase = Phrase::new("find_customers.area", "area under the ROC curve");
pub static LOG_LOSS: Phrase = Phrase::new("find_customers.log-loss", "log loss");
pub static DECILE_LIFT: Phrase = Phrase::new("find_customers.decile-lift", "top-decile lift");
pub static USED: Phrase = Phrase::new("find_customers.used", "used");
pub static YES: Phrase = Phrase::new("find_customers.yes", "yes");
pub static REPORTED: Phrase = Phrase::new("find_customers.reported", "figures are of this");
pub static GAINS: Phrase = Phrase::new("find_customers.gains", "Who is found at which depth");
pub static GAINS_LEAD: Phrase = Phrase::new(
    "find_customers.gains-lead",
    "Persons ranked by scores of models that had not seen them. The further the line is above the diagonal, the fewer contacts find the same share.",
);
pub static SHARE: Phrase = Phrase::new("find_customers.share", "share of persons contacted");
pub static RESPONDERS_FOUND: Phrase = Phrase::new("find_customers.responders-found", "share of responders found");
pub static SEEDS_FOUND: Phrase = Phrase::new("find_customers.seeds-found", "share of the list found");
pub static DEPTH: Phrase = Phrase::new("find_customers.depth", "Profit by depth");
pub static DEPTH_LEAD: Phrase = Phrase::new(
    "find_customers.depth-lead",
    "Profit on the trial's persons, ranked by scores of models that had not seen them. Scores say that contacting the best {share} pays most; by what persons did, the best depth is between {low} and {high} (95 %). Contacting everybody brought {everybody}.",
);
pub static PROFIT: Phrase = Phrase::new("find_customers.profit", "Profit");
pub static REALISED: Phrase = Phrase::new("find_customers.realised", "by what persons did");
pub static EXPECTED: Phrase = Phrase::new("find_customers.expected", "promised by scores");
pub static LOW: Phrase = Phrase::new("find_customers.low", "lower end");
pub static HIGH: Phrase = Phrase::new("find_customers.high", "upper end");
pub static BEST: Phrase = Phrase::new("find_customers.best", "greatest promised");
pub static PLAN: Phrase = Phrase::new("find_customers.plan", "How large a trial must be");
pub static PLAN_LEAD: Phrase = Phrase::new(
    "find_customers.plan-lead",
    "Intervals are Wilson's at 95 %; a model is shown to be better than chance two-sided at 5 % with a power of 80 %. Trials with a control group need other sizes.",
);
pub static QUESTION: Phrase = Phrase::new("find_customers.question", "what shall be known");
pub static EXPECTED_RATE: Phrase = Phrase::new("find_customers.expected-rate", "response rate");
pub static CONTACTS: Phrase = Phrase::new("find_customers.contacts", "contacts");
pub static RESPONDERS: Phrase = Phrase::new("find_customers.responders", "responders among them");
pub static RATE_MADE: Phrase =
    Phrase::new("find_customers.rate-made", "this trial: the rate within {target} to each side");
pub static RATE_WANTED: Phrase = Phrase::new("find_customers.rate-wanted", "the rate within {target} to each side");
pub static RANKING_MADE: Phrase = Phrase::new(
    "find_customers.ranking-made",
    "this trial: a model with an area from {target} on is shown to be better than chance",
);
pub static RANKING_WANTED: Phrase =
    Phrase::new("find_customers.ranking-wanted", "a model with an area of {target} is shown to be better than chance");
