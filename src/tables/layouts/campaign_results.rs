//! Results of campaigns: what lists were worth, whether that can be trusted, what types of campaigns bring, and rows to learn from.

use crate::tables::{Column, ColumnType, Layout};

/// One row per list, arm and outcome.
pub static CAMPAIGN_RESULTS: Layout = Layout {
    name: "campaign_results",
    row: "an outcome of one arm of a list beside its control group, by intention to treat",
    columns: &[
        Column::required("list", ColumnType::Text, "name of the list"),
        Column::required("arm", ColumnType::Text, "the arm that is compared with `control`"),
        Column::required(
            "outcome",
            ColumnType::Text,
            "`revenue`, `margin`, `units`, `conversion` or `order_value`, within the window after the list's first day",
        ),
        Column::required(
            "role",
            ColumnType::Text,
            "`primary`: declared beforehand; `secondary`; `beside`: uncapped revenue, to be read beside the capped one",
        ),
        Column::required(
            "method",
            ColumnType::Text,
            "`capped_adjusted`: capped at a quantile of both arms, adjusted for earlier behaviour, Welch; `shares` and `ratio`: Welch; `shuffled`: chance by shuffling the arms",
        ),
        Column::required("state", ColumnType::Text, "`closed`, or `running`: more persons are still to come"),
        Column::required("contacted", ColumnType::Integer, "matured persons, or households, that were to be contacted"),
        Column::required("control", ColumnType::Integer, "matured persons, or households, that were left alone"),
        Column::required(
            "matured",
            ColumnType::Number,
            "share of the arm and its control whose window is over, 0 to 1",
        ),
        Column::required("mean_contacted", ColumnType::Number, "mean per person contacted, in the outcome's unit"),
        Column::required("mean_control", ColumnType::Number, "mean per control person"),
        Column::required("difference", ColumnType::Number, "mean of the contacted less mean of the control persons"),
        Column::required("se", ColumnType::Number, "its standard error"),
        Column::required(
            "low",
            ColumnType::Number,
            "lower end of its 95 % interval; of running lists wide enough to be read at every look",
        ),
        Column::required("high", ColumnType::Number, "upper end"),
        Column::required(
            "p",
            ColumnType::Number,
            "two-sided chance of such a difference without an effect, at one look",
        ),
        Column::required(
            "found",
            ColumnType::Boolean,
            "whether the difference counts as real: at 5 %, of secondary outcomes with at most 5 % false discoveries; before the end by the bound of the look",
        ),
        Column::optional("lift", ColumnType::Number, "difference over the mean of the control persons"),
        Column::optional("lift_low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::optional("lift_high", ColumnType::Number, "upper end"),
        Column::optional(
            "money",
            ColumnType::Number,
            "difference × persons contacted, of revenue and margin, in the currency",
        ),
        Column::optional("money_low", ColumnType::Number, "lower end"),
        Column::optional("money_high", ColumnType::Number, "upper end"),
        Column::optional(
            "iroas",
            ColumnType::Number,
            "of margin and of closed lists: (incremental margin − costs of contacts) / costs",
        ),
        Column::optional(
            "iroas_low",
            ColumnType::Number,
            "lower end of Fieller's 95 % interval at one look; empty where it has none",
        ),
        Column::optional("iroas_high", ColumnType::Number, "upper end"),
        Column::optional(
            "reached",
            ColumnType::Number,
            "share reached of the contacted, less that of the control persons",
        ),
        Column::optional("on_reached", ColumnType::Number, "effect on persons who were reached"),
        Column::optional("on_reached_se", ColumnType::Number, "its standard error"),
        Column::required(
            "detectable",
            ColumnType::Number,
            "smallest difference that these persons show in 80 of 100 cases",
        ),
        Column::optional(
            "smallest_share",
            ColumnType::Number,
            "smallest control share that sees half of the hoped lift; empty where none up to a half can, or no lift is hoped for",
        ),
        Column::optional(
            "needed",
            ColumnType::Integer,
            "of conversion: persons in each of two equal arms that would show the hoped lift",
        ),
        Column::optional(
            "shrunk",
            ColumnType::Number,
            "the difference as it should be expected again, drawn towards the mean of its type of campaign",
        ),
        Column::required(
            "decision",
            ColumnType::Text,
            "of the list's arm, by its primary outcome: `repeat`, `change`, `stop`, `keep_running`, `cannot_be_measured`",
        ),
    ],
    open: false,
};

/// One row per check of a list.
pub static CAMPAIGN_CHECKS: Layout = Layout {
    name: "campaign_checks",
    row: "a check of a list: whether its comparison can be trusted",
    columns: &[
        Column::required("list", ColumnType::Text, "name of the list"),
        Column::required(
            "check",
            ColumnType::Text,
            "`sample_ratio`, `sample_ratio_by_day`, `balance`, `contamination`, `overlap`, `dry_runs`, or the rule by which rows were set aside",
        ),
        Column::optional("of", ColumnType::Text, "the arm, the earlier behaviour, the day or the other list"),
        Column::required("passed", ColumnType::Boolean, "whether nothing was found"),
        Column::required(
            "count",
            ColumnType::Integer,
            "persons, splits or rows that the check is about: observed control persons, persons shared, control persons reached, false alarms, rows set aside",
        ),
        Column::optional(
            "value",
            ColumnType::Number,
            "sample_ratio: chi-square; balance: difference in standard deviations; overlap: share of the smaller list; dry_runs: share of false alarms",
        ),
        Column::optional("p", ColumnType::Number, "chance of a mismatch at least so large"),
        Column::optional("low", ColumnType::Number, "lower end of the 95 % interval of the false alarms"),
        Column::optional("high", ColumnType::Number, "upper end"),
    ],
    open: false,
};

/// One row per effect of two lists that share many persons.
pub static CAMPAIGN_OVERLAPS: Layout = Layout {
    name: "campaign_overlaps",
    row: "an effect of two lists on the persons of both, by the primary outcome",
    columns: &[
        Column::required("first", ColumnType::Text, "one list"),
        Column::required("second", ColumnType::Text, "the other list"),
        Column::required(
            "effect",
            ColumnType::Text,
            "`first`, `second`: in equal parts with and without the other; `interaction`: what the first brings more with the second",
        ),
        Column::required("persons", ColumnType::Integer, "matured persons of both lists"),
        Column::required("difference", ColumnType::Number, "the effect per person, in the outcome's unit"),
        Column::required("se", ColumnType::Number, "its standard error"),
        Column::required("low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::required("high", ColumnType::Number, "upper end"),
        Column::required("p", ColumnType::Number, "two-sided chance without an effect"),
    ],
    open: false,
};

/// One row per span of time and outcome.
pub static CAMPAIGN_TOTALS: Layout = Layout {
    name: "campaign_totals",
    row: "what all lists together brought in a span of time: persons who may be contacted beside those whom no list contacts",
    columns: &[
        Column::required("from", ColumnType::Date, "first day; persons had ordered in the year before it"),
        Column::required("until", ColumnType::Date, "the day after the last"),
        Column::required("outcome", ColumnType::Text, "`revenue`, capped and adjusted, or `conversion`"),
        Column::required("persons", ColumnType::Integer, "persons who may be contacted"),
        Column::required("control", ColumnType::Integer, "persons whom no list contacts"),
        Column::required("mean_persons", ColumnType::Number, "mean of those who may be contacted"),
        Column::required("mean_control", ColumnType::Number, "mean of those whom no list contacts"),
        Column::required("difference", ColumnType::Number, "the first less the second"),
        Column::required("se", ColumnType::Number, "its standard error"),
        Column::required("low", ColumnType::Number, "lower end of its 95 % interval at one look"),
        Column::required("high", ColumnType::Number, "upper end"),
        Column::required("p", ColumnType::Number, "two-sided chance of such a difference without an effect"),
        Column::optional("money", ColumnType::Number, "of revenue: difference × persons, in the currency"),
        Column::optional("money_low", ColumnType::Number, "lower end"),
        Column::optional("money_high", ColumnType::Number, "upper end"),
        Column::required(
            "contacted_control",
            ColumnType::Integer,
            "persons of the group whom the ledger shows as contacted within the span: the effect is understated by them",
        ),
    ],
    open: false,
};

/// One row per type of campaign.
pub static CAMPAIGN_TYPES: Layout = Layout {
    name: "campaign_types",
    row: "a type of campaign: what its closed lists brought together, by the primary outcome",
    columns: &[
        Column::required("type", ColumnType::Text, "the type that the pipeline gives the lists"),
        Column::required("outcome", ColumnType::Text, "the primary outcome"),
        Column::required("campaigns", ColumnType::Integer, "arms of closed lists"),
        Column::required("lists", ColumnType::Integer, "closed lists; one with several arms is one list"),
        Column::required("effect", ColumnType::Number, "mean effect per person (random effects)"),
        Column::required("se", ColumnType::Number, "its standard error"),
        Column::required("low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::required("high", ColumnType::Number, "upper end"),
        Column::required("between", ColumnType::Number, "standard deviation of true effects between campaigns"),
        Column::optional(
            "next_low",
            ColumnType::Number,
            "where the next campaign's true effect is expected, lower end",
        ),
        Column::optional("next_high", ColumnType::Number, "upper end"),
        Column::required(
            "expected",
            ColumnType::Number,
            "the effect per person to be expected of the next campaign: the mean, drawn towards 0 by as much as it is noise",
        ),
    ],
    open: false,
};

/// One row per arm of a closed list and day.
pub static CAMPAIGN_DAYS: Layout = Layout {
    name: "campaign_days",
    row: "a day of an arm of a closed list whose comparison can be trusted, with the part of its incremental revenue that falls on the day",
    columns: &[
        Column::required("list", ColumnType::Text, "name of the list"),
        Column::required("arm", ColumnType::Text, "the arm that is compared with `control`"),
        Column::required("day", ColumnType::Date, "a day on which the window of a contacted person was open"),
        Column::required(
            "revenue",
            ColumnType::Number,
            "`money` of the arm's capped revenue, spread evenly over the windows of its contacted persons, in the currency; the days of an arm add up to it",
        ),
        Column::required("low", ColumnType::Number, "the same part of the lower end of its interval"),
        Column::required("high", ColumnType::Number, "the same part of the upper end"),
    ],
    open: false,
};

/// One row per person of a closed list.
pub static CAMPAIGN_TRAINING: Layout = Layout {
    name: "campaign_training",
    row: "a person of a closed list, or the first one of a household, with the arm as drawn and what came of it: what models of uplift learn from",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("list", ColumnType::Text, "name of the list"),
        Column::required(
            "date",
            ColumnType::Date,
            "first day of the list for the person; features must be known before it",
        ),
        Column::required("arm", ColumnType::Text, "`control`, or the arm of the contact"),
        Column::required("probability", ColumnType::Number, "chance with which the person was drawn into this arm"),
        Column::optional(
            "outcome",
            ColumnType::Number,
            "the primary outcome within the window; empty where the window is not over",
        ),
        Column::optional(
            "outcome_capped",
            ColumnType::Number,
            "the same, capped at the quantile of all arms of the list",
        ),
        Column::required("matured", ColumnType::Boolean, "whether the window was over"),
    ],
    open: false,
};
