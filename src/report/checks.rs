//! Checks on the data: what was expected, what was found, and what that did to publishing.

use super::markup::Markup;
use super::table::{Cell, Column, Status, Table};
use super::{Context, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Checks {
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Check {
    /// What was expected, in words, such as `customer is never empty`.
    pub expectation: String,
    /// The table that was looked at.
    pub table: String,
    pub status: Status,
    /// What was found, in words, such as `12 of 397,884 rows`.
    pub found: String,
    /// What was done about it: `warn`, `error`, `quarantine`.
    pub action: String,
}

impl Checks {
    pub(super) fn render(&self, m: &mut Markup, cx: Context) {
        let w = cx.words;
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
        m.leaf("p", &[("class", class)], &fill(w.checks_verdict, &values));
        let columns = [w.status, w.expectation, w.checked_table, w.found, w.action];
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
