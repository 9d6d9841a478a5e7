//! The lists that go out: how long, who was held back, why each is on it, and which files carry it.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::svg::rect;
use crate::report::page::table::{Cell, Column, Table, shortened};
use crate::report::words::{Translated, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Lists {
    pub lists: Vec<ListCard>,
}

/// One target list.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ListCard {
    pub name: String,
    /// Whom it is for, in a sentence; may be empty.
    pub meaning: Text,
    /// People that met the conditions.
    pub candidates: u64,
    /// Taken out by the suppression table, after everything else.
    pub suppressed: u64,
    /// Left out by caps, budgets or other lists.
    pub capped: u64,
    /// Held back as control group, so that the next run can tell what the list was worth.
    pub control: u64,
    /// On the list.
    pub listed: u64,
    /// Why people are on it, most frequent first.
    pub reasons: Vec<Reason>,
    /// Against the last published list: who came, went and stayed. `None` for a first list.
    pub moved: Option<(u64, u64, u64)>,
    pub files: Vec<ListFile>,
    /// A few rows without anything personal: no names, addresses, telephones or ids.
    pub sample: Table,
}

/// A reason in plain words and how many rows carry it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    pub text: String,
    pub rows: u64,
}

/// A file of the list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ListFile {
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
    /// Hexadecimal SHA-256.
    pub sha256: String,
}

struct Words {
    heading: &'static str,
    no_lists: &'static str,
    listed: &'static str,
    listed_lower: &'static str,
    control: &'static str,
    capped: &'static str,
    suppressed: &'static str,
    candidates: &'static str,
    gap: &'static str,
    moved: &'static str,
    reasons: &'static str,
    more_reasons: &'static str,
    sample: &'static str,
    files: &'static str,
    file: &'static str,
    size: &'static str,
    sha256: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Lists",
        no_lists: "No list was made.",
        listed: "Listed",
        listed_lower: "on the list",
        control: "Control group",
        capped: "Left out by caps",
        suppressed: "Suppressed",
        candidates: "Candidates",
        gap: "Does not add up: {rows} candidates are neither listed nor accounted for.",
        moved: "Since the last list: {came} added, {went} removed, {stayed} unchanged.",
        reasons: "Why they are on it",
        more_reasons: "and {more} more reasons",
        sample: "A few rows, without personal data",
        files: "Files",
        file: "File",
        size: "Size",
        sha256: "SHA-256",
    },
    simplified: Words {
        heading: "名单",
        no_lists: "没有生成名单。",
        listed: "入选",
        listed_lower: "入选名单",
        control: "对照组",
        capped: "因上限排除",
        suppressed: "禁止联系",
        candidates: "候选客户",
        gap: "数量对不上：有 {rows} 位候选客户既未入选，也没有说明去向。",
        moved: "与上一份名单相比：新增 {came} 位，移除 {went} 位，不变 {stayed} 位。",
        reasons: "入选原因",
        more_reasons: "另有 {more} 种原因",
        sample: "部分示例，不含个人资料",
        files: "文件",
        file: "文件",
        size: "大小",
        sha256: "SHA-256",
    },
    traditional: Words {
        heading: "名單",
        no_lists: "沒有生成名單。",
        listed: "入選",
        listed_lower: "入選名單",
        control: "對照組",
        capped: "因上限排除",
        suppressed: "禁止聯絡",
        candidates: "候選客戶",
        gap: "數量對不上：有 {rows} 位候選客戶既未入選，也沒有說明去向。",
        moved: "與上一份名單相比：新增 {came} 位，移除 {went} 位，不變 {stayed} 位。",
        reasons: "入選原因",
        more_reasons: "另有 {more} 種原因",
        sample: "部分示例，不含個人資料",
        files: "檔案",
        file: "檔案",
        size: "大小",
        sha256: "SHA-256",
    },
};

impl Shown for Lists {
    fn chapter(&self) -> Chapter {
        Chapter::Lists
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        if self.lists.is_empty() {
            m.leaf("p", &[("class", "quiet")], WORDS.of(cx.language).no_lists);
            return;
        }
        m.element("div", &[("class", "cards wide")], |m| self.lists.iter().for_each(|list| list.card(m, cx)));
    }
}

/// Reasons shown on a card.
const REASONS: usize = 6;

impl ListCard {
    fn card(&self, m: &mut Markup, cx: Context) {
        let w = WORDS.of(cx.language);
        m.element("article", &[("class", "card")], |m| {
            m.leaf("h4", &[], &self.name);
            if !self.meaning.is_empty() {
                m.leaf("p", &[("class", "quiet")], &self.meaning.shown(cx));
            }
            m.element("p", &[("class", "figure")], |m| {
                m.leaf("b", &[], &cx.numbers.count(self.listed));
                m.text(" ");
                m.text(w.listed_lower);
            });
            let parts = [
                (w.listed, self.listed, "a"),
                (w.control, self.control, "a2"),
                (w.capped, self.capped, "pale"),
                (w.suppressed, self.suppressed, "down"),
            ];
            let strips = parts.map(|(name, n, class)| (format!("{name} · {}", cx.numbers.count(n)), n as f64, class));
            strip(m, &strips);
            m.element("dl", &[("class", "legend")], |m| {
                let entry = |m: &mut Markup, class: &str, name: &str, n: u64| {
                    m.element("div", &[], |m| {
                        m.element("dt", &[], |m| {
                            m.leaf("i", &[("class", &format!("key {class}"))], "");
                            m.text(name);
                        });
                        m.leaf("dd", &[], &cx.numbers.count(n));
                    });
                };
                for (name, n, class) in parts {
                    entry(m, class, name, n);
                }
                entry(m, "none", w.candidates, self.candidates);
            });
            let sum = [self.listed, self.control, self.capped, self.suppressed].map(i128::from).iter().sum::<i128>();
            if sum != i128::from(self.candidates) {
                let gap = cx.numbers.fixed((i128::from(self.candidates) - sum) as f64, 0);
                m.leaf("p", &[("class", "verdict bad")], &fill(w.gap, &[("rows", &gap)]));
            }
            if let Some((came, went, stayed)) = self.moved {
                let [came, went, stayed] = [came, went, stayed].map(|n| cx.numbers.count(n));
                let values = [("came", came.as_str()), ("went", &went), ("stayed", &stayed)];
                m.leaf("p", &[("class", "quiet")], &fill(w.moved, &values));
            }
            if !self.reasons.is_empty() {
                self.reasons(m, cx);
            }
            if !self.sample.rows.is_empty() {
                m.element("details", &[], |m| {
                    m.leaf("summary", &[], w.sample);
                    self.sample.grid(m, cx);
                });
            }
            if !self.files.is_empty() {
                m.element("details", &[], |m| {
                    m.leaf("summary", &[], w.files);
                    self.files(cx).grid(m, cx);
                });
            }
        });
    }

    fn reasons(&self, m: &mut Markup, cx: Context) {
        m.leaf("h5", &[], WORDS.of(cx.language).reasons);
        m.element("ul", &[("class", "reasons")], |m| {
            for reason in self.reasons.iter().take(REASONS) {
                m.element("li", &[], |m| {
                    m.leaf("span", &[("class", "n")], &cx.numbers.count(reason.rows));
                    m.leaf("span", &[], &shortened(&reason.text));
                });
            }
        });
        if self.reasons.len() > REASONS {
            let more = cx.numbers.count((self.reasons.len() - REASONS) as u64);
            m.leaf("p", &[("class", "quiet")], &fill(WORDS.of(cx.language).more_reasons, &[("more", &more)]));
        }
    }

    fn files(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table {
            columns: [w.file, cx.words.rows, w.size, w.sha256].into_iter().map(Column::new).collect(),
            ..Table::default()
        };
        for file in &self.files {
            table.push(vec![
                Cell::text(&file.name),
                Cell::Count(file.rows),
                Cell::Text(cx.numbers.bytes(file.bytes)),
                Cell::text(&file.sha256),
            ]);
        }
        table
    }
}

/// Parts of a whole in one line, each with its name, amount and class.
fn strip(m: &mut Markup, parts: &[(String, f64, &str)]) {
    let total: f64 = parts.iter().map(|p| p.1.max(0.0)).sum();
    if total <= 0.0 {
        return;
    }
    let bar = [("class", "strip"), ("viewBox", "0 0 400 16"), ("preserveAspectRatio", "none"), ("aria-hidden", "true")];
    m.element("svg", &bar, |m| {
        let mut x = 0.0;
        for (name, amount, class) in parts.iter().filter(|p| p.1 > 0.0) {
            let width = 400.0 * amount / total;
            rect(m, (x, 0.0), ((width - 1.5).max(1.0), 16.0), class, name);
            x += width;
        }
    });
}

#[cfg(test)]
impl super::Sample for Lists {
    fn sample(draw: &mut super::Draw, size: super::Size) -> Lists {
        let lists = ["win_back", "cross_sell", "thank_you"]
            .iter()
            .cycle()
            .take(size.lists)
            .enumerate()
            .map(|(i, name)| {
                let [suppressed, capped, control, listed] = [61, 340 + i as u64, 200, 1_800];
                let mut sample = Table::with(&["rank", "segment", "score", "offer", "reason"]);
                for rank in 1..=5 {
                    sample.push(vec![
                        Cell::Count(rank),
                        Cell::text("At risk"),
                        Cell::Number(0.93 - 0.01 * rank as f64, crate::report::Unit::Number(2)),
                        Cell::Text(draw.one_of(crate::report::sample::ITEMS)),
                        Cell::text("Silent for 2.4 times the usual gap"),
                    ]);
                }
                ListCard {
                    name: (*name).into(),
                    meaning: "Loyal customers whose silence has outgrown their own rhythm".into(),
                    candidates: suppressed + capped + control + listed,
                    suppressed,
                    capped,
                    control,
                    listed,
                    reasons: [
                        ("Silent for more than twice their usual gap", 1_104),
                        ("Fewer orders in the last 90 days than in the 90 before", 612),
                        ("Last order was returned", 84),
                    ]
                    .map(|(text, rows)| Reason { text: text.into(), rows })
                    .to_vec(),
                    moved: Some((212, 187, 1_588)),
                    files: vec![ListFile {
                        name: format!("{name}.csv"),
                        rows: listed,
                        bytes: 214_332,
                        sha256: "49e0be2a6c8e4f1b6d1b8a1b2e9d3c0f5a7b6c4d3e2f1a0b9c8d7e6f5a4b470d".into(),
                    }],
                    sample,
                }
            })
            .collect();
        Lists { lists }
    }
}
