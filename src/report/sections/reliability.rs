//! How well the questions of a survey measure what they are meant to, with what is wrong in words.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::table::{Cell, Column, Status, Table};
use crate::report::words::Translated;

/// The constructs of a survey.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Reliability {
    pub rows: Vec<ReliabilityRow>,
    /// What is wrong and what that means, one sentence each.
    pub warnings: Vec<Text>,
}

/// One construct; NaN where a measure has no meaning.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ReliabilityRow {
    pub construct: String,
    pub items: u64,
    pub alpha: f64,
    pub rho_c: f64,
    pub rho_a: f64,
    pub ave: f64,
    /// The largest heterotrait-monotrait ratio, and with which construct.
    pub htmt: f64,
    pub nearest: String,
    /// Whether there is a warning about it.
    pub warned: bool,
}

struct Words {
    heading: &'static str,
    construct: &'static str,
    items: &'static str,
    alpha: &'static str,
    alpha_meaning: &'static str,
    rho_c: &'static str,
    rho_a: &'static str,
    ave: &'static str,
    ave_meaning: &'static str,
    htmt: &'static str,
    htmt_meaning: &'static str,
    nearest: &'static str,
    sound: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "How well the survey measures",
        construct: "Construct",
        items: "Questions",
        alpha: "Cronbach’s α",
        alpha_meaning: "whether the questions agree; 0.7 or more is usual",
        rho_c: "ρ_C",
        rho_a: "ρ_A",
        ave: "AVE",
        ave_meaning: "average variance extracted: what the questions share with the construct; 0.5 or more is usual",
        htmt: "HTMT",
        htmt_meaning: "heterotrait-monotrait ratio with the nearest construct; below 0.9 the two can be told apart",
        nearest: "Nearest",
        sound: "No measure is beyond its usual limit.",
    },
    simplified: Words {
        heading: "问卷的测量质量",
        construct: "构念",
        items: "题目",
        alpha: "Cronbach α",
        alpha_meaning: "各题是否一致；通常应达到 0.7 以上",
        rho_c: "ρ_C",
        rho_a: "ρ_A",
        ave: "AVE",
        ave_meaning: "平均方差抽取量：题目与构念共有的部分；通常应达到 0.5 以上",
        htmt: "HTMT",
        htmt_meaning: "与最接近的构念的异质-单质比率；低于 0.9 才能区分两者",
        nearest: "最接近的构念",
        sound: "没有任何测量超出通常的界限。",
    },
    traditional: Words {
        heading: "問卷的測量品質",
        construct: "構念",
        items: "題目",
        alpha: "Cronbach α",
        alpha_meaning: "各題是否一致；通常應達到 0.7 以上",
        rho_c: "ρ_C",
        rho_a: "ρ_A",
        ave: "AVE",
        ave_meaning: "平均變異萃取量：題目與構念共有的部分；通常應達到 0.5 以上",
        htmt: "HTMT",
        htmt_meaning: "與最接近的構念的異質—單質比率；低於 0.9 才能區分兩者",
        nearest: "最接近的構念",
        sound: "沒有任何測量超出通常的界限。",
    },
};

impl Shown for Reliability {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        let w = WORDS.of(cx.language);
        if self.rows.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let columns = vec![
            Column::new(cx.words.status),
            Column::new(w.construct),
            Column::new(w.items),
            Column::new(w.alpha).meaning(w.alpha_meaning),
            Column::new(w.rho_c),
            Column::new(w.rho_a),
            Column::new(w.ave).meaning(w.ave_meaning),
            Column::new(w.htmt).meaning(w.htmt_meaning),
            Column::new(w.nearest),
        ];
        let mut table = Table { columns, ..Table::default() };
        for row in &self.rows {
            let number = |value: f64| match value.is_nan() {
                true => Cell::Missing,
                false => Cell::Number(value, Unit::Number(3)),
            };
            table.push(vec![
                Cell::Status(if row.warned { Status::Warned } else { Status::Passed }),
                Cell::text(&row.construct),
                Cell::Count(row.items),
                number(row.alpha),
                number(row.rho_c),
                number(row.rho_a),
                number(row.ave),
                number(row.htmt),
                Cell::text(&row.nearest),
            ]);
        }
        table.grid(m, cx);
        if self.warnings.is_empty() {
            m.leaf("p", &[("class", "quiet")], w.sound);
        } else {
            m.element("ul", &[], |m| {
                self.warnings.iter().take(cx.rows).for_each(|warning| m.leaf("li", &[], &warning.shown(cx)));
            });
        }
    }
}

#[cfg(test)]
impl super::Sample for Reliability {
    fn sample(_: &mut super::Draw, _: super::Size) -> Reliability {
        let row = |construct: &str, items, alpha: f64, warned| ReliabilityRow {
            construct: construct.into(),
            items,
            alpha,
            rho_c: alpha + 0.1,
            rho_a: alpha + 0.02,
            ave: alpha - 0.2,
            htmt: if items > 1 { 0.88 } else { f64::NAN },
            nearest: "quality".into(),
            warned,
        };
        Reliability {
            rows: vec![
                row("satisfaction", 3, 0.77, false),
                row("loyalty", 3, 0.44, true),
                row("complaints", 1, f64::NAN, false),
            ],
            warnings: vec!["The questions of loyalty do not agree well (Cronbach’s α 0.44)".into()],
        }
    }
}
