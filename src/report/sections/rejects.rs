//! Rows set aside, by the rule that set them aside.

use super::bars::{Bar, Bars, horizontal};
use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::FULL;
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Rejects {
    /// Rows read in all.
    pub read: u64,
    /// Most frequent first.
    pub rules: Vec<Reject>,
    /// The table that holds every rejected row; may be empty.
    pub whole: String,
}

/// What one rule set aside.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reject {
    /// The rule's name, such as `bad-date`.
    pub rule: String,
    pub meaning: Text,
    pub rows: u64,
    /// Where the first one is, such as `orders.csv:1832`; may be empty.
    pub first: String,
}

struct Words {
    heading: &'static str,
    no_rejects: &'static str,
    intro: &'static str,
    title: &'static str,
    about: &'static str,
    rule: &'static str,
    first_place: &'static str,
    whole: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Rows set aside",
        no_rejects: "All {read} rows were accepted; none was set aside.",
        intro: "{rejected} of {read} rows ({share}) were set aside; each is kept with its place and its text.",
        title: "Rows set aside by rule",
        about: "Rows set aside, by the rule that rejected them.",
        rule: "Rule",
        first_place: "First",
        whole: "Every row is in the table {whole}.",
    },
    simplified: Words {
        heading: "剔除的行",
        no_rejects: "全部 {read} 行均已接受，没有剔除任何一行。",
        intro: "{read} 行中剔除了 {rejected} 行（{share}）；每一行都连同位置和原文一并保留。",
        title: "按规则统计的剔除行",
        about: "按剔除规则统计的行数。",
        rule: "规则",
        first_place: "首次出现",
        whole: "所有剔除的行见数据表 {whole}。",
    },
    traditional: Words {
        heading: "剔除的資料",
        no_rejects: "全部 {read} 筆均已接受，沒有剔除任何一列。",
        intro: "{read} 筆中剔除了 {rejected} 筆（{share}）；每一列都連同位置和原文一併保留。",
        title: "按規則統計的剔除列",
        about: "按剔除規則統計的列數。",
        rule: "規則",
        first_place: "首次出現",
        whole: "所有剔除的資料見資料表 {whole}。",
    },
};

impl Shown for Rejects {
    fn chapter(&self) -> Chapter {
        Chapter::Data
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let rejected: u64 = self.rules.iter().map(|r| r.rows).sum();
        if rejected == 0 {
            m.leaf("p", &[("class", "verdict ok")], &fill(w.no_rejects, &[("read", &cx.numbers.count(self.read))]));
            return;
        }
        let values = [
            ("rejected", cx.numbers.count(rejected)),
            ("read", cx.numbers.count(self.read)),
            ("share", cx.numbers.percent(rejected as f64 / self.read as f64, 2)),
        ];
        m.leaf("p", &[("class", "quiet")], &fill(w.intro, &values));
        let bars = Bars {
            what: w.rule.into(),
            measure: cx.words.rows.into(),
            unit: Unit::Count,
            bars: self.rules.iter().map(|r| Bar { name: r.rule.as_str().into(), value: r.rows as f64 }).collect(),
        };
        horizontal(m, cx, &format!("{id}-rules"), FULL, (w.title, w.about), (&bars, false));
        let columns = [w.rule, cx.words.meaning, cx.words.rows, w.first_place];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        for reject in &self.rules {
            table.push(vec![
                Cell::text(&reject.rule),
                Cell::text(&reject.meaning),
                Cell::Count(reject.rows),
                Cell::text(&reject.first),
            ]);
        }
        table.grid(m, cx);
        if !self.whole.is_empty() {
            m.leaf("p", &[("class", "quiet")], &fill(w.whole, &[("whole", &self.whole)]));
        }
    }
}

#[cfg(test)]
impl super::Sample for Rejects {
    fn sample(_: &mut super::Draw, _: super::Size) -> Rejects {
        let reject = |rule: &str, meaning: &str, rows, first: &str| Reject {
            rule: rule.into(),
            meaning: meaning.into(),
            rows,
            first: first.into(),
        };
        Rejects {
            read: 1_067_370,
            rules: vec![
                reject("bad-date", "The date is in none of the declared formats", 811, "online_retail_II.csv:10442"),
                reject("bad-number", "Quantity or price is not a number", 402, "online_retail_II.csv:51117"),
                reject("too-few-fields", "The row has fewer fields than the header", 71, "online_retail_II.csv:880213"),
            ],
            whole: "lines_rejects".into(),
        }
    }
}
