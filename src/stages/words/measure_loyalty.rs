//! The words of `measure-loyalty`.

use crate::report::Phrase;

// What each customer's row says
pub static REASON: Phrase =
    Phrase::new("measure_loyalty.reason", "bought in {active} of {periods} periods, {usual}; {last}");
pub static MORE: Phrase =
    Phrase::new("measure_loyalty.more", "more than the {share} that are usual for customers of equal tenure");
pub static LESS: Phrase =
    Phrase::new("measure_loyalty.less", "less than the {share} that are usual for customers of equal tenure");
pub static USUAL: Phrase =
    Phrase::new("measure_loyalty.usual", "about the {share} that are usual for customers of equal tenure");
pub static ABOVE: Phrase =
    Phrase::new("measure_loyalty.above", "the last period is {share} above the own trend, season taken out");
pub static BELOW: Phrase =
    Phrase::new("measure_loyalty.below", "the last period is {share} below the own trend, season taken out");
pub static ON_TREND: Phrase =
    Phrase::new("measure_loyalty.on-trend", "the last period is on the own trend, season taken out");
pub static NO_TREND: Phrase =
    Phrase::new("measure_loyalty.no-trend", "fewer than four active periods are too few for a trend");
pub static TOO_LITTLE: Phrase = Phrase::new(
    "measure_loyalty.too-little",
    "too little history: scores need three full periods and two days with purchases",
);

// What is not there
pub static NO_ANSWERS: Phrase = Phrase::new(
    "measure_loyalty.no-answers",
    "without `answers` nothing is known of satisfaction: every cell of the matrix of Jones and Sasser is unknown",
);
pub static NO_RATINGS: Phrase =
    Phrase::new("measure_loyalty.no-ratings", "without `ratings` attitude does not come from stars");
pub static NO_BRANDS: Phrase = Phrase::new(
    "measure_loyalty.no-brands",
    "without `brands` there is no share of wallet, and every cell of the matrix of Knox is unknown",
);
pub static NO_COMPLAINTS: Phrase = Phrase::new(
    "measure_loyalty.no-complaints",
    "without `complaints` no proxy of attitude is made of purchases without one",
);
pub static NO_SHOCKS: Phrase = Phrase::new(
    "measure_loyalty.no-shocks",
    "without `complaints` and `failures` firmness does not know who kept buying after a shock: `after_shocks` is empty",
);
pub static NO_CATEGORIES: Phrase = Phrase::new(
    "measure_loyalty.no-categories",
    "the orders have no categories: `categories_kept`, `categories` and `category_share` are empty, and no proxy of involvement is made of them",
);
pub static NO_HEADROOM: Phrase = Phrase::new("measure_loyalty.no-headroom", "there is no headroom: {why}");
pub static NO_SEASON: Phrase =
    Phrase::new("measure_loyalty.no-season", "the series of sales of `{group}` is not taken apart: {why}");
pub static NOT_JUDGED: Phrase = Phrase::new(
    "measure_loyalty.not-judged",
    "the data are too short to judge scores on later orders: two horizons and three periods are needed",
);
pub static UNUSED: Phrase = Phrase::new(
    "measure_loyalty.unused",
    "{rows} rows of `{stage}` have no known customer or no date before the as-of date and are not used",
);
pub static OFF_SCALE: Phrase =
    Phrase::new("measure_loyalty.off-scale", "{rows} answers of `{stage}` are not on their scale and are not used");
pub static NO_RANK: Phrase =
    Phrase::new("measure_loyalty.no-rank", "{rows} rows of `{stage}` have no brand or no rank and are not used");

// What was found
pub static WITHOUT_SCORE: Phrase = Phrase::new(
    "measure_loyalty.without-score",
    "{customers} customers have too little history for scores: three full periods and two days with purchases are needed",
);
pub static REGULAR: Phrase = Phrase::new(
    "measure_loyalty.regular",
    "customers buy regularly: Wheat and Morrison give a shape of {shape} ({low} to {high}) from the last two gaps of {customers} customers (v {spread})",
);
pub static BY_CHANCE: Phrase = Phrase::new(
    "measure_loyalty.by-chance",
    "customers buy nearly by chance: Wheat and Morrison give a shape of {shape} ({low} to {high}) from the last two gaps of {customers} customers (v {spread}); 1 is chance",
);
pub static HEADROOM_HOLDS: Phrase = Phrase::new(
    "measure_loyalty.headroom-holds",
    "the reach that headroom is measured to held on later data: {share} of {customers} customers stayed below it ({low} to {high})",
);
pub static HEADROOM_OFF: Phrase = Phrase::new(
    "measure_loyalty.headroom-off",
    "the reach that headroom is measured to did not hold on later data: {share} of {customers} customers stayed below it ({low} to {high}); take headroom as an order of customers, not as money",
);
pub static AFTER_SHOCKS: Phrase = Phrase::new(
    "measure_loyalty.after-shocks",
    "after {shocks} shocks {bought} ordered again within three periods; of matched customers without one, {matched} did (standard error {error})",
);
pub static DECORATIVE: Phrase = Phrase::new(
    "measure_loyalty.decorative",
    "these scores are decorative in this shop, no gain over recency, frequency, money and tenure could be shown on later data: {scores}",
);

// The report
pub static SCORES: Phrase = Phrase::new("measure_loyalty.scores", "Loyalty scores");
pub static SCORES_LEAD: Phrase = Phrase::new(
    "measure_loyalty.scores-lead",
    "Persistence, firmness and stability are percentiles of the figures below them, over {periods} periods of {days} days. The width is that of the 80% interval: scores that are closer than that are not different.",
);
pub static SCORE: Phrase = Phrase::new("measure_loyalty.score", "Score");
pub static MEANING: Phrase = Phrase::new("measure_loyalty.meaning", "Meaning");
pub static CUSTOMERS: Phrase = Phrase::new("measure_loyalty.customers", "Customers");
pub static LOW: Phrase = Phrase::new("measure_loyalty.low", "Lowest tenth below");
pub static MEDIAN: Phrase = Phrase::new("measure_loyalty.median", "Median");
pub static HIGH: Phrase = Phrase::new("measure_loyalty.high", "Highest tenth above");
pub static WIDTH: Phrase = Phrase::new("measure_loyalty.width", "Median width");
pub static INDEX_MEANING: Phrase =
    Phrase::new("measure_loyalty.index-meaning", "mean of persistence, firmness and stability by their weights");
pub static JUDGED_LEAD: Phrase = Phrase::new(
    "measure_loyalty.judged-lead",
    "Each score was computed as it would have been one horizon ago, and judged by who ordered since. What it means was learned at earlier dates. A score whose interval does not lie above 0 is decorative here: recency, frequency, money and tenure say as much without it.",
);
pub static SERIES: Phrase = Phrase::new("measure_loyalty.series", "Trend and season of sales");
pub static SERIES_LEAD: Phrase = Phrase::new(
    "measure_loyalty.series-lead",
    "By STL with windows of 7, five rounds and no jumps, on logarithms where all periods are above 0. Strengths are from 0 (none) to 1 (all of the movement). One or two years say little about a season.",
);
pub static GROUP: Phrase = Phrase::new("measure_loyalty.group", "Group");
pub static PERIODS: Phrase = Phrase::new("measure_loyalty.periods", "Periods");
pub static TREND: Phrase = Phrase::new("measure_loyalty.trend", "Strength of trend");
pub static SEASON: Phrase = Phrase::new("measure_loyalty.season", "Strength of season");
pub static HIGHEST: Phrase = Phrase::new("measure_loyalty.highest", "Season highest");
pub static LOWEST: Phrase = Phrase::new("measure_loyalty.lowest", "Season lowest");
pub static FROM: Phrase = Phrase::new("measure_loyalty.from", "from {date}");
pub static DICK_BASU: Phrase = Phrase::new("measure_loyalty.dick-basu", "Attitude and repeat purchase (Dick and Basu)");
pub static JONES_SASSER: Phrase =
    Phrase::new("measure_loyalty.jones-sasser", "Satisfaction and loyalty (Jones and Sasser)");
pub static KNOX: Phrase = Phrase::new("measure_loyalty.knox", "Involvement and suppliers (Knox)");
pub static MATRIX_LEAD: Phrase = Phrase::new(
    "measure_loyalty.matrix-lead",
    "Rows: {rows}. Columns: {columns}. Both are known of {known} customers, who weighted to all by recency, frequency and money are worth {effective}. {proxies} customers stand there by a proxy, behaviour that stands for something else. {moved} have moved since one horizon ago.",
);
pub static CELL: Phrase = Phrase::new("measure_loyalty.cell", "Cell");
pub static ACTION: Phrase = Phrase::new("measure_loyalty.action", "What to do");
pub static SHARE: Phrase = Phrase::new("measure_loyalty.share", "Share");
pub static WEIGHTED: Phrase = Phrase::new("measure_loyalty.weighted", "Share, weighted");
pub static VALUE: Phrase = Phrase::new("measure_loyalty.value", "Share of money");
pub static BY_PROXY: Phrase = Phrase::new("measure_loyalty.by-proxy", "By proxy");
pub static BEFORE: Phrase = Phrase::new("measure_loyalty.before", "One horizon ago");
pub static CHURN: Phrase = Phrase::new("measure_loyalty.churn", "Of these, without an order since");
