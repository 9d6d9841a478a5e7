//! The lists that go out: how long, who was held back, why each is on it, and which files carry it.

use super::markup::Markup;
use super::segments::strip;
use super::table::{Cell, Column, Table, shortened};
use super::{Context, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Lists {
    pub lists: Vec<ListCard>,
}

/// One target list.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ListCard {
    pub name: String,
    /// Whom it is for, in a sentence; may be empty.
    pub meaning: String,
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

/// Reasons shown on a card.
const REASONS: usize = 6;

impl Lists {
    pub(super) fn render(&self, m: &mut Markup, cx: Context) {
        if self.lists.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_lists);
            return;
        }
        m.element("div", &[("class", "cards wide")], |m| self.lists.iter().for_each(|list| list.card(m, cx)));
    }
}

impl ListCard {
    fn card(&self, m: &mut Markup, cx: Context) {
        let w = cx.words;
        m.element("article", &[("class", "card")], |m| {
            m.leaf("h4", &[], &self.name);
            if !self.meaning.is_empty() {
                m.leaf("p", &[("class", "quiet")], &self.meaning);
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
                m.leaf("p", &[("class", "verdict bad")], &fill(w.list_gap, &[("rows", &gap)]));
            }
            if let Some((came, went, stayed)) = self.moved {
                let [came, went, stayed] = [came, went, stayed].map(|n| cx.numbers.count(n));
                let values = [("came", came.as_str()), ("went", &went), ("stayed", &stayed)];
                m.leaf("p", &[("class", "quiet")], &fill(w.list_moved, &values));
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
        m.leaf("h5", &[], cx.words.reasons);
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
            m.leaf("p", &[("class", "quiet")], &fill(cx.words.more_reasons, &[("more", &more)]));
        }
    }

    fn files(&self, cx: Context) -> Table {
        let w = cx.words;
        let mut table = Table {
            columns: [w.file, w.rows, w.size, w.sha256].into_iter().map(Column::new).collect(),
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
