//! Checks on the data: what was expected, what was found, and what that did to publishing.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::table::{Cell, Column, Status, Table};
use crate::report::words::{Translated, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Checks {
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Check {
    /// What was expected, in words, such as `customer is never empty`.
    pub expectation: Text,
    /// The table that was looked at.
    pub table: String,
    pub status: Status,
    /// What was found, in words, such as `12 of 397,884 rows`.
    pub found: Text,
    /// What was done about it: `warn`, `error`, `quarantine`.
    pub action: Text,
}

struct Words {
    heading: &'static str,
    no_checks: &'static str,
    verdict: &'static str,
    expectation: &'static str,
    checked_table: &'static str,
    found: &'static str,
    action: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Checks",
        no_checks: "The pipeline has no checks.",
        verdict: "{passed} passed, {warned} with a warning, {held} failed. A failed check stops publishing.",
        expectation: "Expected",
        checked_table: "Table",
        found: "Found",
        action: "If it fails",
    },
    simplified: Words {
        heading: "数据检查",
        no_checks: "本流程没有设置检查。",
        verdict: "{passed} 项通过，{warned} 项警告，{held} 项未通过。只要有一项检查未通过，就停止发布。",
        expectation: "预期",
        checked_table: "数据表",
        found: "实际情况",
        action: "未通过时",
    },
    traditional: Words {
        heading: "資料檢查",
        no_checks: "本流程沒有設定檢查。",
        verdict: "{passed} 項通過，{warned} 項警告，{held} 項未通過。只要有一項檢查未通過，就停止發布。",
        expectation: "預期",
        checked_table: "資料表",
        found: "實際情況",
        action: "未通過時",
    },
};

impl Shown for Checks {
    fn chapter(&self) -> Chapter {
        Chapter::Data
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        let w = WORDS.of(cx.language);
        if self.checks.is_empty() {
            m.leaf("p", &[("class", "quiet")], w.no_checks);
            return;
        }
        let number = |status| cx.numbers.count(self.checks.iter().filter(|c| c.status == status).count() as u64);
        let [passed, warned, held] = [Status::Passed, Status::Warned, Status::Held].map(number);
        let class = match (held.as_str(), warned.as_str()) {
            ("0", "0") => "verdict ok",
            ("0", _) => "verdict warn",
            _ => "verdict bad",
        };
        let values = [("passed", passed.as_str()), ("warned", &warned), ("held", &held)];
        m.leaf("p", &[("class", class)], &fill(w.verdict, &values));
        let columns = [cx.words.status, w.expectation, w.checked_table, w.found, w.action];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        // What failed comes first; otherwise the order of the pipeline.
        let mut checks: Vec<&Check> = self.checks.iter().collect();
        checks.sort_by_key(|check| match check.status {
            Status::Held => 0,
            Status::Warned => 1,
            Status::Passed => 2,
            Status::Skipped => 3,
        });
        for check in checks {
            table.push(vec![
                Cell::Status(check.status),
                Cell::text(&check.expectation),
                Cell::text(&check.table),
                Cell::text(&check.found),
                Cell::text(&check.action),
            ]);
        }
        table.grid(m, cx);
    }
}

#[cfg(test)]
impl super::Sample for Checks {
    fn sample(_: &mut super::Draw, _: super::Size) -> Checks {
        let check = |status, expectation: &str, found: &str, action: &str| Check {
            expectation: expectation.into(),
            table: "orders".into(),
            status,
            found: found.into(),
            action: action.into(),
        };
        Checks {
            checks: vec![
                check(Status::Passed, "customer is never empty", "0 of 781,260 rows", "error"),
                check(Status::Passed, "order and line are unique together", "no repeats", "error"),
                check(Status::Warned, "country is one of 43 known names", "12 rows say ‘Unspecified’", "warn"),
                check(Status::Skipped, "row count within 20% of the last run", "no earlier run", "warn"),
            ],
        }
    }
}
