//! The words of `index-satisfaction`.

use crate::report::Phrase;

// Why answers are set aside
pub static NO_CUSTOMER: Phrase = Phrase::new("index_satisfaction.no-customer", "no customer");
pub static NO_DATE: Phrase = Phrase::new("index_satisfaction.no-date", "no date");
pub static NO_WAVE: Phrase = Phrase::new("index_satisfaction.no-wave", "no wave");
pub static LATER: Phrase = Phrase::new("index_satisfaction.later", "not before the as-of date");
pub static OFF_SCALE: Phrase = Phrase::new("index_satisfaction.off-scale", "an answer is not on its scale");
pub static NO_ANSWER: Phrase = Phrase::new("index_satisfaction.no-answer", "no question was answered");
pub static AGAIN: Phrase =
    Phrase::new("index_satisfaction.again", "the same customer answered again in the wave, and the last answer counts");
pub static TOO_LITTLE: Phrase =
    Phrase::new("index_satisfaction.too-little", "less than half of the questions of a construct were answered");
pub static SET_ASIDE: Phrase = Phrase::new("index_satisfaction.set-aside", "{rows} answers are set aside: {reason}");
pub static UNUSED_ROWS: Phrase = Phrase::new(
    "index_satisfaction.unused-rows",
    "{rows} rows of `{stage}` have no known customer or no date before the as-of date and are not used",
);

// Weights
pub static UNWEIGHTED: Phrase = Phrase::new(
    "index_satisfaction.unweighted",
    "respondents are not weighted: without `features` nothing is known of those who did not answer",
);
pub static WEIGHTED: Phrase = Phrase::new(
    "index_satisfaction.weighted",
    "{wave}: {persons} of {customers} customers answered; weighted in {cells} cells they are worth {effective} answers",
);
pub static UNKNOWN_RESPONDENTS: Phrase = Phrase::new(
    "index_satisfaction.unknown-respondents",
    "{wave}: {persons} respondents are not among the customers of `features` and weigh as much as the mean",
);
pub static CAPPED: Phrase =
    Phrase::new("index_satisfaction.capped", "{wave}: the weights of {persons} respondents were cut at `max_weight`");
pub static LATE_FEATURES: Phrase = Phrase::new(
    "index_satisfaction.late-features",
    "{wave}: there are no features from before the wave; respondents are weighted by those of {date}",
);
pub static FILLED: Phrase = Phrase::new(
    "index_satisfaction.filled",
    "{answers} missing answers took the person's mean of the other questions of the construct",
);
pub static KEPT: Phrase = Phrase::new(
    "index_satisfaction.kept",
    "weights of questions are those of wave {wave}, estimated on {persons} answers in an earlier run",
);
pub static FROZEN: Phrase = Phrase::new(
    "index_satisfaction.frozen",
    "weights of questions were estimated on wave {wave} ({persons} answers) and stay for other waves and runs",
);
pub static SERIES_BEGINS_AGAIN: Phrase = Phrase::new(
    "index_satisfaction.series-begins-again",
    "constructs, questions, scales, scheme or base wave have changed since the last run: indices before and after do not compare",
);
pub static TOO_FEW: Phrase = Phrase::new(
    "index_satisfaction.too-few",
    "{wave} has {persons} complete answers, fewer than the {needed} that an estimate needs: it only takes the frozen weights",
);
pub static NOT_ESTIMATED: Phrase = Phrase::new(
    "index_satisfaction.not-estimated",
    "{wave}: the model cannot be estimated, so the wave only takes the frozen weights: {why}",
);
pub static UNSETTLED: Phrase = Phrase::new(
    "index_satisfaction.unsettled",
    "{wave}: weights did not settle in {rounds} rounds (the last one moved a weight by {moved}); take the estimate with care",
);
pub static FAILED_DRAWS: Phrase = Phrase::new(
    "index_satisfaction.failed-draws",
    "{wave}: on {failed} draws the model could not be estimated; intervals rest on the other {draws}",
);

// The report
pub static CSAT: Phrase = Phrase::new("index_satisfaction.csat", "CSAT (top two boxes, %)");
pub static CSAT_TOP: Phrase = Phrase::new("index_satisfaction.csat-top", "CSAT (top box, %)");
pub static CSAT_MEAN: Phrase = Phrase::new("index_satisfaction.csat-mean", "CSAT (mean, 0 to 100)");
pub static NPS: Phrase = Phrase::new("index_satisfaction.nps", "NPS (-100 to 100)");
pub static CES: Phrase = Phrase::new("index_satisfaction.ces", "CES (mean, 0 to 100)");
pub static INDEX_LEAD: Phrase = Phrase::new(
    "index_satisfaction.index-lead",
    "Indices run from 0 to 100, with the same weights of questions in all waves. Those who answered may differ from those who did not.",
);
pub static INDEX_LEAD_WEIGHTED: Phrase = Phrase::new(
    "index_satisfaction.index-lead-weighted",
    "Indices run from 0 to 100, with the same weights of questions in all waves. Respondents are weighted to all customers.",
);
pub static MAP_LEAD: Phrase = Phrase::new(
    "index_satisfaction.map-lead",
    "Wave {wave}. High and low are above and below the mean of the constructs shown.",
);
pub static RELIABILITY_LEAD: Phrase = Phrase::new(
    "index_satisfaction.reliability-lead",
    "Wave {wave}. Limits are customs, not laws: what is beyond them is explained, and nothing is withheld.",
);
pub static ACT: Phrase = Phrase::new("index_satisfaction.act", "act");
pub static KEEP: Phrase = Phrase::new("index_satisfaction.keep", "keep");
pub static LOW_PRIORITY: Phrase = Phrase::new("index_satisfaction.low-priority", "low priority");
pub static MORE_THAN_NEEDED: Phrase = Phrase::new("index_satisfaction.more-than-needed", "more than needed");

// Warnings
pub static UNRELIABLE: Phrase = Phrase::new(
    "index_satisfaction.unreliable",
    "The questions of {construct} do not agree well (Cronbach's alpha {alpha}, usually 0.7 or more), so its index is noisy for single persons: ask more questions of the same kind",
);
pub static LITTLE_IN_COMMON: Phrase = Phrase::new(
    "index_satisfaction.little-in-common",
    "On average {construct} explains less than half of what makes answers to its questions differ (average variance extracted {ave}, usually 0.5 or more): the questions ask for more than one thing",
);
pub static WEAK: Phrase = Phrase::new(
    "index_satisfaction.weak",
    "The question {item} says little about {construct} (loading {loading}, usually 0.7 or more): without it the average variance extracted would be {without} instead of {ave}",
);
pub static WEAK_ALONE: Phrase = Phrase::new(
    "index_satisfaction.weak-alone",
    "The question {item} says little about {construct} (loading {loading}, usually 0.7 or more): ask another one in its place",
);
pub static ALIKE: Phrase = Phrase::new(
    "index_satisfaction.alike",
    "Customers do not tell {one} from {other} (HTMT {htmt}, usually below 0.9): do not read paths from one against paths from the other",
);
pub static NEGATIVE: Phrase = Phrase::new(
    "index_satisfaction.negative",
    "The question {item} has a weight below 0 in {construct}: a better answer lowers the index. Look at its scale, or leave it out",
);
pub static INFLATED: Phrase = Phrase::new(
    "index_satisfaction.inflated",
    "The questions of {construct} say much the same (variance inflation {vif}, usually below 5), so their single weights are not to be read",
);

// Complaints
pub static FUNNEL_HEADING: Phrase = Phrase::new("index_satisfaction.funnel-heading", "What became of complaints");
pub static FUNNEL_LEAD: Phrase = Phrase::new(
    "index_satisfaction.funnel-lead",
    "Customers by what they did until {complain} days after a failure, and how many ordered in the {kept} days that followed. Among all failures a customer counts once, with the first. The difference is to those who stayed quiet after the same failure with about as many orders before: an association, not an effect.",
);
pub static FUNNEL: Phrase = Phrase::new(
    "index_satisfaction.funnel",
    "{customers} customers with a failure were followed to the end; for {open} more the days are not over. {without} of {complaints} complaints are about no known failure",
);
pub static FAILURE: Phrase = Phrase::new("index_satisfaction.failure", "Failure");
pub static OUTCOME: Phrase = Phrase::new("index_satisfaction.outcome", "Outcome");
pub static CUSTOMERS: Phrase = Phrase::new("index_satisfaction.customers", "Customers");
pub static KEPT_SHARE: Phrase = Phrase::new("index_satisfaction.kept-share", "Kept");
pub static FROM: Phrase = Phrase::new("index_satisfaction.from", "From");
pub static TO: Phrase = Phrase::new("index_satisfaction.to", "To");
pub static DIFFERENCE: Phrase = Phrase::new("index_satisfaction.difference", "Against the quiet");
pub static QUIET: Phrase = Phrase::new("index_satisfaction.quiet", "stayed quiet");
pub static RESOLVED: Phrase = Phrase::new("index_satisfaction.resolved", "complained, resolved in time");
pub static UNRESOLVED: Phrase = Phrase::new("index_satisfaction.unresolved", "complained, not resolved in time");
