//! The words of the page itself, those that several sections share, and how a language writes numbers.

use crate::report::words::Translated;

/// The words around the sections and in more than one of them.
pub(crate) struct Words {
    /// Between whole and fraction.
    pub decimal_mark: char,
    /// Between groups of three digits.
    pub group_mark: char,
    /// Between the members of a list.
    pub comma: &'static str,
    /// Large numbers on charts, the largest first: from where, divided by what, and the sign behind.
    pub large: &'static [(f64, f64, &'static str)],

    // The page
    pub language: &'static str,
    pub title_prefix: &'static str,
    pub contents: &'static str,
    pub skip_to_content: &'static str,
    pub as_table: &'static str,
    pub from_stage: &'static str,
    pub footer: &'static str,
    pub filter: &'static str,
    pub filtered: &'static str,

    // Chapters
    pub chapter_lists: &'static str,
    pub chapter_business: &'static str,
    pub chapter_customers: &'static str,
    pub chapter_items: &'static str,
    pub chapter_models: &'static str,
    pub chapter_data: &'static str,
    pub chapter_more: &'static str,

    // Tables
    pub no_rows: &'static str,
    pub rows_shown: &'static str,
    pub rows_shown_of: &'static str,
    pub rows_on_paper: &'static str,
    pub passed: &'static str,
    pub warned: &'static str,
    pub held: &'static str,
    pub skipped: &'static str,

    // Shared by several sections
    pub rows: &'static str,
    pub meaning: &'static str,
    pub customers: &'static str,
    pub value: &'static str,
    pub value_each: &'static str,
    pub share_of_value: &'static str,
    pub segment: &'static str,
    pub feature: &'static str,
    pub status: &'static str,
    pub not_judged: &'static str,
}

pub(crate) static WORDS: Translated<Words> = Translated {
    english: Words {
        decimal_mark: '.',
        group_mark: ',',
        comma: ", ",
        // Each begins where three digits round up to it; four digits are as short as their thousands.
        large: &[(999_500_000.0, 1e9, "bn"), (999_500.0, 1e6, "M"), (9_999.5, 1e3, "k")],

        // The page
        language: "en",
        title_prefix: "patron",
        contents: "Contents",
        skip_to_content: "Skip to the report",
        as_table: "As a table",
        from_stage: "stage {stage}",
        footer: "Made by patron. This page loads nothing and sends nothing.",
        filter: "Filter rows",
        filtered: "{shown} of {total} rows",

        // Chapters
        chapter_lists: "What to act on",
        chapter_business: "How the shop is doing",
        chapter_customers: "Who the customers are",
        chapter_items: "What goes together",
        chapter_models: "How far to trust the models",
        chapter_data: "What the data was like",
        chapter_more: "More",

        // Tables
        no_rows: "Nothing to show.",
        rows_shown: "Showing {shown} of {total} rows.",
        rows_shown_of: "Showing {shown} of {total} rows; all of them are in the table {whole}.",
        rows_on_paper: "Only the first {rows} rows are printed.",
        passed: "passed",
        warned: "warned",
        held: "failed",
        skipped: "not judged",

        // Shared by several sections
        rows: "Rows",
        meaning: "Meaning",
        customers: "Customers",
        value: "Value",
        value_each: "Value per customer",
        share_of_value: "Share of value",
        segment: "Segment",
        feature: "Feature",
        status: "Status",
        not_judged: "not judged",
    },
};
