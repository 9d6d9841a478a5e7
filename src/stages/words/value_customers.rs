//! The words of `value-customers`.

use crate::report::Phrase;

pub static EXISTING: Phrase = Phrase::new("value_customers.existing", "Existing");
pub static EXISTING_MEANING: Phrase =
    Phrase::new("value_customers.existing-meaning", "margin so far, less returns and what serving the customers cost");
pub static POTENTIAL: Phrase = Phrase::new("value_customers.potential", "Potential");
pub static POTENTIAL_MEANING: Phrase =
    Phrase::new("value_customers.potential-meaning", "margin of all orders to come, discounted");
pub static INFLUENCE: Phrase = Phrase::new("value_customers.influence", "Influence");
pub static INFLUENCE_MEANING: Phrase =
    Phrase::new("value_customers.influence-meaning", "worth of customers who were brought by others, less rewards");
pub static LEARNING: Phrase = Phrase::new("value_customers.learning", "Learning");
pub static LEARNING_MEANING: Phrase =
    Phrase::new("value_customers.learning-meaning", "answers and reviews at their price");
pub static CREDITED: Phrase = Phrase::new("value_customers.credited", "Credited to others");
pub static CREDITED_MEANING: Phrase = Phrase::new(
    "value_customers.credited-meaning",
    "the influence again before rewards, from the side of those who were brought, so that it counts once",
);
pub static EQUITY: Phrase = Phrase::new("value_customers.equity", "Customer equity");
pub static EQUITY_MEANING: Phrase = Phrase::new("value_customers.equity-meaning", "the sum of the parts");
pub static EQUITY_LEAD: Phrase = Phrase::new(
    "value_customers.equity-lead",
    "Intervals of totals are as wide as past forecasts were off; those of single customers in the table are of chance alone.",
);
pub static FORECAST_LEAD: Phrase = Phrase::new(
    "value_customers.forecast-lead",
    "Each model forecast from past dates, knowing nothing of what came after. Figures are means over the dates.",
);

pub static STRANGERS: Phrase = Phrase::new(
    "value_customers.strangers",
    "{rows} of {all} rows of `{table}` are of nobody who is valued here, and are not used",
);
pub static LATER: Phrase =
    Phrase::new("value_customers.later", "{rows} rows of `{table}` are of the as-of date or later and are not used");
pub static WITHOUT_COST: Phrase =
    Phrase::new("value_customers.without-cost", "{items} of {all} items have no cost in `{table}`");
pub static NO_MARGIN: Phrase = Phrase::new(
    "value_customers.no-margin",
    "what goods cost is not known: all columns of margin, the four parts and equity are empty. Give `costs` or `margin`",
);
pub static MARGIN_IN_PART: Phrase = Phrase::new(
    "value_customers.margin-in-part",
    "customers who bought an item without a cost have no existing value and no equity, and if it was within the last 365 days no segment and no class; what is to come is forecast by the days whose margin is known. Give `margin` for such items",
);
pub static NO_SERVE: Phrase =
    Phrase::new("value_customers.no-serve", "without `serve` the existing value has no cost of serving customers");
pub static NO_ANSWERS: Phrase =
    Phrase::new("value_customers.no-answers", "without `answers` the column `learning` is empty");
pub static NO_REFERRALS: Phrase =
    Phrase::new("value_customers.no-referrals", "without `referrals` the columns `influence` and `credited` are empty");
pub static NO_PAYMENTS: Phrase = Phrase::new(
    "value_customers.no-payments",
    "without `payments` all columns of margin, the four parts and equity are empty",
);
pub static PAYMENT_UNKNOWN: Phrase = Phrase::new(
    "value_customers.payment-unknown",
    "{customers} of {all} customers have no payment in `{table}`: their columns of margin, their parts and equity, segment and class are empty",
);
pub static NO_SEASON: Phrase =
    Phrase::new("value_customers.no-season", "there is less than eleven months of history: forecasts know no season");
pub static SEASON_IN_PART: Phrase = Phrase::new(
    "value_customers.season-in-part",
    "not every calendar month was observed: those that were not count as usual ones",
);
pub static NO_ORIGINS: Phrase = Phrase::new(
    "value_customers.no-origins",
    "there is no past date to judge models at: the first model that could be fitted is used, and totals have no interval",
);
pub static NOT_FITTED: Phrase = Phrase::new("value_customers.not-fitted", "`{model}` could not be fitted: {reason}");
pub static CHOSEN: Phrase = Phrase::new(
    "value_customers.chosen",
    "`{model}` gives the forecasts: the best by {criterion} at {dates} past dates",
);
pub static FIRST_FITTED: Phrase = Phrase::new(
    "value_customers.first-fitted",
    "`{model}` gives the forecasts: the first that could be fitted, because none of those that could was judged at all past dates",
);
pub static CHALLENGER_BETTER: Phrase = Phrase::new(
    "value_customers.challenger-better",
    "`{challenger}` did better than `{model}` by {criterion} at {dates} past dates. It forecasts one horizon only and is a comparison: it stands among the models, and counts in `lowest`, `highest` and `worst_rank`",
);
pub static CREDIBILITY: Phrase = Phrase::new(
    "value_customers.credibility",
    "the margin of an order is estimated by credibility, not by the gamma-gamma model: {reason}",
);
pub static NO_MONEY: Phrase =
    Phrase::new("value_customers.no-money", "the margin of an order cannot be estimated: {reason}");
pub static NO_BRIDGE: Phrase = Phrase::new(
    "value_customers.no-bridge",
    "there is no earlier run with customer equity: the bridge begins with the next run",
);
