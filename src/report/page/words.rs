//! The words of the page itself, those that several sections share, and how a language writes numbers.

use super::dates::Dates;
use crate::report::words::Translated;

/// The words around the sections and in more than one of them.
pub(crate) struct Words {
    /// Between whole and fraction.
    pub decimal_mark: char,
    /// Between groups of three digits.
    pub group_mark: char,
    /// Between the members of a list.
    pub comma: &'static str,
    /// Whether a space stands between sentences.
    pub spaced: bool,
    /// Large numbers on charts, the largest first: from where, divided by what, and the sign behind.
    pub large: &'static [(f64, f64, &'static str)],

    /// A name with the currency behind it.
    pub with_currency: &'static str,
    pub dates: Dates,

    // The page
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
        spaced: true,
        // Each begins where three digits round up to it; four digits are as short as their thousands.
        large: &[(999_500_000.0, 1e9, "bn"), (999_500.0, 1e6, "M"), (9_999.5, 1e3, "k")],

        with_currency: "{name}, {currency}",
        dates: super::dates::ISO,

        // The page
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
    simplified: Words {
        decimal_mark: '.',
        group_mark: ',',
        comma: "、",
        spaced: false,
        large: &[(99_995_000.0, 1e8, "亿"), (9_999.5, 1e4, "万")],
        dates: Dates {
            day: "{y}年{m}月{d}日", month: "{y}年{m}月", quarter: "{y}年第{q}季度", week: "{y}年第{w}周"
        },
        with_currency: "{name}（{currency}）",
        title_prefix: "patron",
        contents: "目录",
        skip_to_content: "跳到报告正文",
        as_table: "以表格显示",
        from_stage: "步骤 {stage}",
        footer: "由 patron 生成。本页不加载任何外部内容，也不向外发送任何内容。",
        filter: "筛选行",
        filtered: "{total} 行中的 {shown} 行",
        chapter_lists: "可以采取的行动",
        chapter_business: "经营状况",
        chapter_customers: "客户构成",
        chapter_items: "商品关联",
        chapter_models: "模型的可信程度",
        chapter_data: "数据状况",
        chapter_more: "其他",
        no_rows: "没有可显示的内容。",
        rows_shown: "显示 {total} 行中的 {shown} 行。",
        rows_shown_of: "显示 {total} 行中的 {shown} 行；全部内容见数据表 {whole}。",
        rows_on_paper: "打印时只输出前 {rows} 行。",
        passed: "通过",
        warned: "警告",
        held: "未通过",
        skipped: "未判定",
        rows: "行数",
        meaning: "含义",
        customers: "客户数",
        value: "价值",
        value_each: "每位客户价值",
        share_of_value: "价值占比",
        segment: "客户细分",
        feature: "特征",
        status: "状态",
        not_judged: "未判定",
    },
    traditional: Words {
        decimal_mark: '.',
        group_mark: ',',
        comma: "、",
        spaced: false,
        large: &[(99_995_000.0, 1e8, "億"), (9_999.5, 1e4, "萬")],
        dates: Dates {
            day: "{y}年{m}月{d}日", month: "{y}年{m}月", quarter: "{y}年第{q}季", week: "{y}年第{w}週"
        },
        with_currency: "{name}（{currency}）",
        title_prefix: "patron",
        contents: "目錄",
        skip_to_content: "跳到報告正文",
        as_table: "以表格顯示",
        from_stage: "步驟 {stage}",
        footer: "由 patron 生成。本頁不載入任何外部內容，也不向外發送任何內容。",
        filter: "篩選列",
        filtered: "{total} 筆中的 {shown} 筆",
        chapter_lists: "可以採取的行動",
        chapter_business: "經營狀況",
        chapter_customers: "客戶構成",
        chapter_items: "商品關聯",
        chapter_models: "模型的可信程度",
        chapter_data: "資料狀況",
        chapter_more: "其他",
        no_rows: "沒有可顯示的內容。",
        rows_shown: "顯示 {total} 筆中的 {shown} 筆。",
        rows_shown_of: "顯示 {total} 筆中的 {shown} 筆；全部內容見資料表 {whole}。",
        rows_on_paper: "列印時只輸出前 {rows} 筆。",
        passed: "通過",
        warned: "警告",
        held: "未通過",
        skipped: "未判定",
        rows: "列數",
        meaning: "含義",
        customers: "客戶數",
        value: "價值",
        value_each: "每位客戶價值",
        share_of_value: "價值占比",
        segment: "客戶區隔",
        feature: "特徵",
        status: "狀態",
        not_judged: "未判定",
    },
};
