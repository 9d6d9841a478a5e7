//! Effects of contacts: what each arm would bring by each customer, how the learners were judged, and what to do.

use crate::tables::{Column, ColumnType, Layout};

/// One row per customer and arm.
pub static UPLIFT: Layout = Layout {
    name: "uplift",
    row: "a customer and an arm, with what contacting the customer brings; candidates of `plan-contacts`",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("offer", ColumnType::Text, "the arm"),
        Column::required(
            "effect",
            ColumnType::Number,
            "estimated effect on the outcome, in its unit, as the learner says it",
        ),
        Column::required(
            "effect_shrunk",
            ColumnType::Number,
            "the effect that can be promised: what choosing the highest estimates would promise too much is taken back",
        ),
        Column::required(
            "effect_low",
            ColumnType::Number,
            "lower end of its 95 % interval, for customers with such estimates on average, not for each of them",
        ),
        Column::required("effect_high", ColumnType::Number, "upper end"),
        Column::required("value", ColumnType::Number, "effect_shrunk × margin − cost, in the currency"),
        Column::required(
            "cost",
            ColumnType::Number,
            "expected cost of the contact, what is redeemed included, in the currency",
        ),
    ],
    open: false,
};

/// One row per arm and scorer.
pub static UPLIFT_JUDGED: Layout = Layout {
    name: "uplift_judged",
    row: "an order of customers judged on one arm, by models that did not see the judged customer",
    columns: &[
        Column::required("offer", ColumnType::Text, "the arm"),
        Column::required("kind", ColumnType::Text, "`learner`, `response`, `column`, `everybody` or `nobody`"),
        Column::required("name", ColumnType::Text, "the learner or the column; otherwise the kind again"),
        Column::required("used", ColumnType::Boolean, "whether its effects are handed on"),
        Column::optional(
            "qini",
            ColumnType::Number,
            "area of the Qini curve as scikit-uplift's `qini_auc_score`; empty where the chance of an arm differs between customers",
        ),
        Column::optional("qini_se", ColumnType::Number, "its standard error by customers"),
        Column::optional("auuc", ColumnType::Number, "area of the uplift curve as scikit-uplift's `uplift_auc_score`"),
        Column::optional("auuc_se", ColumnType::Number, "its standard error by customers"),
        Column::optional("autoc", ColumnType::Number, "rank-weighted effect with equal weights, in units of outcome"),
        Column::optional("autoc_se", ColumnType::Number, "its standard error by customers"),
        Column::optional(
            "rate_qini",
            ColumnType::Number,
            "rank-weighted effect weighted by share, in units of outcome",
        ),
        Column::optional("rate_qini_se", ColumnType::Number, "its standard error by customers"),
        Column::required(
            "share",
            ColumnType::Number,
            "share of customers contacted for the columns that follow, 0 to 1",
        ),
        Column::required("value", ColumnType::Number, "margin per customer of the trial less costs, in the currency"),
        Column::required("value_se", ColumnType::Number, "its standard error"),
        Column::required("gain", ColumnType::Number, "more than by contacting nobody, per customer"),
        Column::required("gain_se", ColumnType::Number, "its standard error, on the same customers"),
        Column::required(
            "over_chance",
            ColumnType::Number,
            "more than by contacting as many drawn at random, per customer",
        ),
        Column::required("over_chance_se", ColumnType::Number, "its standard error"),
        Column::required("over_everybody", ColumnType::Number, "more than by contacting everybody, per customer"),
        Column::required("over_everybody_se", ColumnType::Number, "its standard error"),
    ],
    open: false,
};

/// One row per arm.
pub static UPLIFT_VERDICT: Layout = Layout {
    name: "uplift_verdict",
    row: "an arm and what to do with it; money per customer of the trial, costs subtracted; a trial without any effect makes any finding at most once in twenty",
    columns: &[
        Column::required("offer", ColumnType::Text, "the arm"),
        Column::required("advice", ColumnType::Text, "`target`, `treat_all` or `treat_none`"),
        Column::required("customers", ColumnType::Integer, "customers of the arm"),
        Column::required("control", ColumnType::Integer, "customers of control"),
        Column::required(
            "effective",
            ColumnType::Number,
            "as how many customers of equal weight those of the arm count",
        ),
        Column::required("effect", ColumnType::Number, "mean effect on the outcome, in its unit"),
        Column::required("effect_se", ColumnType::Number, "its standard error"),
        Column::required(
            "everybody",
            ColumnType::Number,
            "what contacting everybody brings more than contacting nobody",
        ),
        Column::required("everybody_low", ColumnType::Number, "lower end of its interval"),
        Column::required("everybody_high", ColumnType::Number, "upper end"),
        Column::required(
            "ranking",
            ColumnType::Number,
            "what contacting in the order of gains brings more than contacting as many at random, on average over budgets",
        ),
        Column::required("ranking_low", ColumnType::Number, "lower end of its interval"),
        Column::required("ranking_high", ColumnType::Number, "upper end"),
        Column::required(
            "last_fifth",
            ColumnType::Number,
            "what a contact brings with a customer of the fifth with the lowest gains",
        ),
        Column::required("last_fifth_low", ColumnType::Number, "lower end of its interval"),
        Column::required("last_fifth_high", ColumnType::Number, "upper end"),
        Column::required(
            "share",
            ColumnType::Number,
            "share of customers on whom the contact is estimated to pay, 0 to 1",
        ),
        Column::required(
            "targeted",
            ColumnType::Number,
            "what contacting these brings more than the better of everybody and nobody",
        ),
        Column::required("targeted_low", ColumnType::Number, "lower end of its interval"),
        Column::required("targeted_high", ColumnType::Number, "upper end"),
        Column::required("promised_mean", ColumnType::Number, "share of the mean effect that can be promised, 0 to 1"),
        Column::required(
            "promised_differences",
            ColumnType::Number,
            "share of the differences between estimates that can be promised, 0 to 1",
        ),
    ],
    open: false,
};

/// One row, where there are several arms.
pub static UPLIFT_CHOICE: Layout = Layout {
    name: "uplift_choice",
    row: "what choosing an arm for each customer brings; no row where there is one arm only",
    columns: &[
        Column::required("best", ColumnType::Text, "the arm that is best for everybody alike"),
        Column::required(
            "gain",
            ColumnType::Number,
            "what the best arm for each customer brings more, per customer of the trial",
        ),
        Column::required("gain_low", ColumnType::Number, "lower end of its interval"),
        Column::required("gain_high", ColumnType::Number, "upper end"),
        Column::required("shown", ColumnType::Boolean, "whether a gain is shown"),
    ],
    open: false,
};

/// One row per arm and tenth.
pub static UPLIFT_DECILES: Layout = Layout {
    name: "uplift_deciles",
    row: "a tenth of the trial's customers by promised effect, and what came about",
    columns: &[
        Column::required("offer", ColumnType::Text, "the arm"),
        Column::required("decile", ColumnType::Integer, "1 has the highest promises, 10 the lowest"),
        Column::required("rows", ColumnType::Integer, "rows of the trial"),
        Column::required("estimated", ColumnType::Number, "mean effect as the learner says it, in units of outcome"),
        Column::required("promised", ColumnType::Number, "mean effect after shrinking"),
        Column::required("realised", ColumnType::Number, "mean effect that came about"),
        Column::required("realised_se", ColumnType::Number, "its standard error by customers"),
    ],
    open: false,
};
