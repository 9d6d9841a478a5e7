//! Checks of rows, as SQL.

use super::check::{Check, Rule};
use crate::stage::quoted;

impl Check {
    /// An SQL condition that is true for a row that does not meet the check; none for checks of the whole table.
    pub(super) fn bad_rows(&self) -> Option<String> {
        let any = |test: &dyn Fn(&str) -> String| {
            let tests: Vec<String> = self.columns.iter().map(|c| test(&quoted(c))).collect();
            Some(format!("({})", tests.join(" OR ")))
        };
        match *self.check {
            Rule::NotNull => any(&|c| format!("{c} IS NULL")),
            Rule::Accepted => {
                let values: Vec<String> = self.values.iter().map(|v| literal(v)).collect();
                let values = values.join(", ");
                any(&|c| format!("coalesce(cast({c} AS VARCHAR) NOT IN ({values}), false)"))
            }
            Rule::Range => any(&|c| {
                let low = self.min.map(|v| format!("{c} < {v}"));
                let high = self.max.map(|v| format!("{c} > {v}"));
                format!("coalesce({}, false)", low.into_iter().chain(high).collect::<Vec<_>>().join(" OR "))
            }),
            Rule::Relationship => any(&|c| format!("({c} IS NOT NULL AND {} IS NULL)", found_column(c))),
            Rule::Condition => Some(format!("NOT coalesce(({}), false)", self.condition.as_deref()?)),
            Rule::Unique => Some(format!("{} > 1", self.repeat_column())),
            Rule::Rows | Rule::Fresh | Rule::Drift => None,
        }
    }

    /// Where the check reads from: `unique` needs each row's place among its equals, `relationship` each value's match.
    pub(super) fn numbered(&self) -> String {
        self.numbered_from("checked")
    }

    pub(super) fn numbered_from(&self, from: &str) -> String {
        let columns: Vec<String> = self.columns.iter().map(|c| quoted(c)).collect();
        match (*self.check, &self.to) {
            (Rule::Unique, _) => {
                let place = self.repeat_column();
                let by = columns.join(", ");
                format!("(SELECT *, row_number() OVER (PARTITION BY {by}) AS {place} FROM {from})")
            }
            (Rule::Relationship, Some(to)) => columns.iter().fold(from.to_owned(), |from, c| {
                let (found, to) = (found_column(c), quoted(&to.0));
                let key = self.to_column.as_deref().map_or_else(|| c.clone(), quoted);
                format!(
                    "(SELECT * FROM {from} AS one LEFT JOIN (SELECT DISTINCT {key} AS {found} FROM {to}) AS other \
                     ON one.{c} = other.{found})"
                )
            }),
            _ => from.to_owned(),
        }
    }

    fn repeat_column(&self) -> String {
        quoted(&format!("place among equal {}", self.columns.join(" ")))
    }
}

/// The match of a quoted column in another table; no column of a user's can be called so.
fn found_column(quoted_column: &str) -> String {
    quoted(&format!("found for {}", quoted_column.trim_matches('"')))
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
