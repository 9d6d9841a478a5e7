//! `expect`: checks on a table. What does not pass warns, holds back publishing, or is put in quarantine.

use std::fmt::Write;
use std::path::PathBuf;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::stage::{read_as, schema_of};
use super::{Context, Expected, Finding, Input, Kind, Known, MAIN, Need, Output, Shape, Stage, Upstream};
use crate::diagnostics::{Problem, Result, codes};
use crate::engine::Partitions;
use crate::learning::drift;
use crate::report::{Body, Check as ShownCheck, Checks, Section, Status};
use crate::tables::{
    Batches, ColumnType,
    checks::{CHECKS, QUARANTINE},
};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "expect",
    version: 1,
    meaning: "Checks a table: what does not pass warns, holds back publishing, or is put in quarantine.",
    example: &[
        r#"
[stage.lines]
kind = "ingest"
paths = ["orders.csv"]
"#,
        r#"
[stage.checked]
kind = "expect"
table = "lines"
checks = [
  { check = "not-null", columns = ["order", "item"] },
  { check = "range", columns = ["unit_price"], min = 0, level = "warn" },
  { check = "rows", min = 1 },
]
"#,
    ],
    read: read_as::<Expect>,
    schema: schema_of::<Expect>,
};

/// Checks on a table.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The stage whose table is checked. Its rows, less those in quarantine, are this stage's table.
    table: Upstream,
    /// The checks, in order.
    checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Check {
    /// What is checked.
    check: Rule,
    /// The columns it is about.
    #[serde(default)]
    columns: Vec<String>,
    /// What happens when it does not pass: `warn`, `error` (nothing is published) or `quarantine` (the rows are set aside).
    #[serde(default)]
    level: Level,
    /// Share of rows that may fail, 0 to 1.
    #[serde(default)]
    max_fraction: f64,
    /// Accepted values, for `accepted`.
    #[serde(default)]
    values: Vec<String>,
    /// Least value (`range`) or least number of rows (`rows`).
    #[serde(default)]
    min: Option<f64>,
    /// Greatest value (`range`) or greatest number of rows (`rows`).
    #[serde(default)]
    max: Option<f64>,
    /// Greatest relative change of the number of rows since the last run, for `rows`: 0.5 lets it halve or grow by half.
    #[serde(default)]
    max_change: Option<f64>,
    /// The stage whose column must hold each value, for `relationship`.
    #[serde(default)]
    to: Option<Upstream>,
    /// That column; the same name if not given.
    #[serde(default)]
    to_column: Option<String>,
    /// An SQL condition that each row must meet, for `condition`.
    #[serde(default)]
    condition: Option<String>,
    /// Greatest population stability index against the last run, for `drift`.
    #[serde(default = "usual_psi")]
    max_psi: f64,
}

fn usual_psi() -> f64 {
    0.25
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Rule {
    /// The columns are never empty.
    NotNull,
    /// No two rows have the same values in the columns.
    Unique,
    /// The columns hold only these values (or nothing).
    Accepted,
    /// The columns hold only values from `min` to `max` (or nothing).
    Range,
    /// Each value of the column stands in a column of another table.
    Relationship,
    /// Each row meets an SQL condition.
    Condition,
    /// The number of rows, by itself and against the last run.
    Rows,
    /// The newest value of the column is not older than in the last run.
    Fresh,
    /// The distribution of the columns against the last run (population stability index).
    Drift,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Level {
    Warn,
    #[default]
    Error,
    Quarantine,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Quarantine => "quarantine",
        }
    }
}

/// What a check found.
struct Found {
    words: String,
    level: Level,
    passed: bool,
    failed_rows: u64,
    rows: u64,
    detail: String,
}

impl Stage for Expect {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.table.input("table", Need::AnyTable)];
        inputs.extend(self.checks.iter().filter_map(|c| c.to.as_ref()).map(|to| to.input("checks", Need::AnyTable)));
        inputs
    }

    fn output(&self) -> Output {
        let mut also = vec![("checks", &CHECKS)];
        if self.checks.iter().any(|check| check.level == Level::Quarantine) {
            also.push(("quarantine", &QUARANTINE));
        }
        Output { main: Shape::LikeInput(self.table.0.clone()), also }
    }

    fn check(&self) -> Vec<Finding> {
        self.checks.iter().filter_map(|check| check.fault().map(|fault| Finding::at("checks", fault))).collect()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings = Vec::new();
        for check in &self.checks {
            let table = &self.table.0;
            findings.extend(check.columns.iter().filter_map(|name| known.column("checks", table, name)));
            if let (Some(to), Some(name)) = (&check.to, &check.to_column) {
                findings.extend(known.column("checks", &to.0, name));
            }
            if let Some(condition) = &check.condition {
                let from = format!("{} AS checked", quoted(table));
                findings.extend(known.expression("checks", &[table], condition, Expected::Condition, &from));
            }
        }
        findings
    }

    fn remembers(&self) -> bool {
        self.checks.iter().any(|check| {
            matches!(check.check, Rule::Fresh | Rule::Drift)
                || (check.check == Rule::Rows && check.max_change.is_some())
        })
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let input = cx.input(&self.table.0);
        let rows = input.record.rows_out;
        let path = input.table(MAIN)?;
        let mut tables: Vec<(String, PathBuf)> = vec![("checked".to_owned(), path.clone())];
        for check in &self.checks {
            if let Some(to) = &check.to {
                tables.push((to.0.clone(), cx.input(&to.0).table(MAIN)?));
            }
        }
        cx.made.rows_in = rows;
        let mut found = Vec::new();
        for check in &self.checks {
            found.push(match check.bad_rows() {
                Some(bad) => self.by_rows(cx, check, &bad, &tables, rows)?,
                None => self.by_table(cx, check, &path, rows)?,
            });
        }
        self.split(cx, &tables)?;
        cx.made.rejected = rows - cx.made.rows_out;
        write_checks(cx, &self.table.0, &found)?;
        for check in found.iter().filter(|c| !c.passed) {
            let line = format!("{}: {}", check.words, check.detail);
            match check.level {
                Level::Error => cx.made.held.push(line),
                Level::Warn | Level::Quarantine => cx.note(line),
            }
        }
        Ok(())
    }
}

impl Expect {
    fn by_rows(
        &self,
        cx: &Context,
        check: &Check,
        bad: &str,
        tables: &[(String, PathBuf)],
        rows: u64,
    ) -> Result<Found> {
        let sql = format!("SELECT count(*) FILTER (WHERE {bad}) FROM {}", check.numbered());
        let answer = cx.engine.query(tables, &sql, Partitions::One).map_err(|p| Box::new(p.within(&check.words())))?;
        let failed_rows =
            answer.batches.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0)) as u64;
        let share = if rows == 0 { 0.0 } else { failed_rows as f64 / rows as f64 };
        let detail = match failed_rows {
            0 => "all rows meet it".to_owned(),
            n => format!("{n} of {rows} rows do not meet it ({:.2} %)", 100.0 * share),
        };
        let passed = share <= check.max_fraction;
        Ok(Found { words: check.words(), level: check.level, passed, failed_rows, rows, detail })
    }

    fn by_table(&self, cx: &Context, check: &Check, path: &std::path::Path, rows: u64) -> Result<Found> {
        let before = cx.previous.as_ref();
        let (passed, detail) = match check.check {
            Rule::Rows => check.count_rows(rows, before.map(|p| p.record.rows_in)),
            Rule::Fresh => {
                let newest = newest_of(path, &check.columns[0])?;
                match before {
                    None => (true, "there is no run to compare with".to_owned()),
                    Some(before) => {
                        let old = newest_of(&before.table(MAIN)?, &check.columns[0])?;
                        let passed = newest >= old;
                        let what = if passed { "not older than" } else { "older than" };
                        (passed, format!("the newest value is {what} in the last run"))
                    }
                }
            }
            _ => match before {
                None => (true, "there is no run to compare with".to_owned()),
                Some(before) => check.drift(path, &before.table(MAIN)?)?,
            },
        };
        let failed_rows = if passed { 0 } else { rows };
        Ok(Found { words: check.words(), level: check.level, passed, failed_rows, rows, detail })
    }

    /// Writes the rows that pass every quarantine check, and beside them those that do not.
    fn split(&self, cx: &mut Context, tables: &[(String, PathBuf)]) -> Result<()> {
        let guards: Vec<(&Check, String)> = self
            .checks
            .iter()
            .filter(|check| check.level == Level::Quarantine)
            .filter_map(|check| check.bad_rows().map(|bad| (check, bad)))
            .collect();
        let path = &tables[0].1;
        let names: Vec<String> = crate::tables::read_schema(path)?.fields().iter().map(|f| quoted(f.name())).collect();
        let names = names.join(", ");
        let numbered = guards.iter().fold("checked".to_owned(), |from, (check, _)| check.numbered_from(&from));
        let any = if guards.is_empty() {
            "false".to_owned()
        } else {
            let flags: Vec<String> = guards.iter().map(|(_, bad)| format!("coalesce({bad}, false)")).collect();
            flags.join(" OR ")
        };
        let kept =
            cx.engine.query(tables, &format!("SELECT {names} FROM {numbered} WHERE NOT ({any})"), Partitions::One)?;
        cx.write_open(MAIN, &kept.schema, &kept.batches)?;
        if !guards.is_empty() {
            let mut why = String::from("concat_ws('; '");
            for (check, bad) in &guards {
                let _ = write!(why, ", CASE WHEN {bad} THEN {} END", literal(&check.words()));
            }
            let sql = format!("SELECT {names}, {why}) AS broken FROM {numbered} WHERE {any}");
            let aside = cx.engine.query(tables, &sql, Partitions::One)?;
            cx.write_open("quarantine", &aside.schema, &aside.batches)?;
        }
        Ok(())
    }
}

impl Check {
    fn fault(&self) -> Option<String> {
        let needs_columns = !matches!(self.check, Rule::Condition | Rule::Rows);
        if needs_columns && self.columns.is_empty() {
            return Some(format!("`{}` needs `columns`", self.words()));
        }
        if !(0.0..=1.0).contains(&self.max_fraction) {
            return Some(format!("`{}`: max_fraction must be from 0 to 1", self.words()));
        }
        let table_wide = matches!(self.check, Rule::Rows | Rule::Fresh | Rule::Drift);
        if table_wide && self.level == Level::Quarantine {
            return Some(format!("`{}` is about the whole table, so no row can be put in quarantine", self.words()));
        }
        match self.check {
            Rule::Accepted if self.values.is_empty() => Some("`accepted` needs `values`".to_owned()),
            Rule::Range if self.min.is_none() && self.max.is_none() => Some("`range` needs `min` or `max`".to_owned()),
            Rule::Relationship if self.to.is_none() => Some("`relationship` needs `to`".to_owned()),
            Rule::Condition if self.condition.is_none() => Some("`condition` needs `condition`".to_owned()),
            Rule::Rows if self.min.is_none() && self.max.is_none() && self.max_change.is_none() => {
                Some("`rows` needs `min`, `max` or `max_change`".to_owned())
            }
            _ => None,
        }
    }

    /// In words, for people and for the quarantine table.
    fn words(&self) -> String {
        let columns = self.columns.join(", ");
        match self.check {
            Rule::NotNull => format!("{columns} not empty"),
            Rule::Unique => format!("{columns} unique"),
            Rule::Accepted => format!("{columns} among {}", self.values.join(", ")),
            Rule::Range => {
                let from = self.min.map(|v| format!(" at least {v}")).unwrap_or_default();
                let to = self.max.map(|v| format!(" at most {v}")).unwrap_or_default();
                format!("{columns}{from}{to}")
            }
            Rule::Relationship => {
                let to = self.to.as_ref().map_or("", |to| to.0.as_str());
                format!("{columns} found in {to}")
            }
            Rule::Condition => self.condition.clone().unwrap_or_default(),
            Rule::Rows => "number of rows".to_owned(),
            Rule::Fresh => format!("{columns} fresh"),
            Rule::Drift => format!("{columns} distributed as before"),
        }
    }

    /// An SQL condition that is true for a row that does not meet the check; none for checks of the whole table.
    fn bad_rows(&self) -> Option<String> {
        let any = |test: &dyn Fn(&str) -> String| {
            let tests: Vec<String> = self.columns.iter().map(|c| test(&quoted(c))).collect();
            Some(format!("({})", tests.join(" OR ")))
        };
        match self.check {
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
    fn numbered(&self) -> String {
        self.numbered_from("checked")
    }

    fn numbered_from(&self, from: &str) -> String {
        let columns: Vec<String> = self.columns.iter().map(|c| quoted(c)).collect();
        match (self.check, &self.to) {
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

    fn count_rows(&self, rows: u64, before: Option<u64>) -> (bool, String) {
        let mut faults = Vec::new();
        if self.min.is_some_and(|min| (rows as f64) < min) {
            faults.push(format!("fewer than {}", self.min.unwrap_or_default()));
        }
        if self.max.is_some_and(|max| (rows as f64) > max) {
            faults.push(format!("more than {}", self.max.unwrap_or_default()));
        }
        if let (Some(limit), Some(before)) = (self.max_change, before) {
            let change = (rows as f64 - before as f64) / (before as f64).max(1.0);
            if change.abs() > limit {
                faults.push(format!("{:+.0} % since the last run's {before}", 100.0 * change));
            }
        }
        let passed = faults.is_empty();
        (passed, if passed { format!("{rows} rows") } else { format!("{rows} rows: {}", faults.join(", ")) })
    }

    fn drift(&self, now: &std::path::Path, before: &std::path::Path) -> Result<(bool, String)> {
        let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let (now, before) = (Batches::read(now, &names)?, Batches::read(before, &names)?);
        let mut passed = true;
        let mut details = Vec::new();
        for name in names {
            let index = if now.kind(name) == Some(ColumnType::Text) {
                let (then, today) = counts(before.ids(name)?, now.ids(name)?);
                drift::index(&then, &today)
            } else {
                drift::psi(&before.numbers(name)?, &now.numbers(name)?)
            };
            passed &= index <= self.max_psi;
            details.push(format!("{name} {index:.3}"));
        }
        Ok((passed, format!("population stability index {}", details.join(", "))))
    }
}

/// How often each word of two tables stands in either; empty cells are counted first.
fn counts((then, old): (Vec<u32>, Vec<String>), (now, new): (Vec<u32>, Vec<String>)) -> (Vec<usize>, Vec<usize>) {
    let mut words: Vec<&str> = old.iter().chain(&new).map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    let count = |ids: &[u32], names: &[String]| {
        let place = |name: &String| words.binary_search(&name.as_str()).expect("all names are there") + 1;
        let places: Vec<usize> = names.iter().map(place).collect();
        let mut counts = vec![0; words.len() + 1];
        ids.iter().for_each(|&id| counts[places.get(id as usize).copied().unwrap_or(0)] += 1);
        counts
    };
    (count(&then, &old), count(&now, &new))
}

/// The newest value of a date or time column, in an unspecified unit that grows with time.
fn newest_of(path: &std::path::Path, column: &str) -> Result<Option<i64>> {
    let table = Batches::read(path, &[column])?;
    match table.kind(column) {
        Some(ColumnType::Time) => Ok(table.times(column)?.into_iter().flatten().max()),
        Some(ColumnType::Date) => Ok(table.dates(column)?.into_iter().flatten().map(i64::from).max()),
        _ => {
            Problem::new(&codes::BAD_TABLE, format!("`{column}` holds neither dates nor times, so it cannot be fresh"))
                .err()
        }
    }
}

fn write_checks(cx: &mut Context, table: &str, found: &[Found]) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .text("check", found.iter().map(|c| &c.words))
        .text("level", found.iter().map(|c| c.level.word()))
        .boolean("passed", found.iter().map(|c| c.passed))
        .integer("failed_rows", found.iter().map(|c| c.failed_rows as i64))
        .integer("rows", found.iter().map(|c| c.rows as i64))
        .text("detail", found.iter().map(|c| &c.detail));
    cx.write("checks", &CHECKS, &[columns.batch()])?;
    let checks = found
        .iter()
        .map(|c| ShownCheck {
            expectation: c.words.clone(),
            table: table.to_owned(),
            status: match (c.passed, c.level) {
                (true, _) => Status::Passed,
                (false, Level::Error) => Status::Held,
                (false, _) => Status::Warned,
            },
            found: c.detail.clone(),
            action: c.level.word().to_owned(),
        })
        .collect();
    cx.section(Section::new(cx.step, Body::Checks(Checks { checks })));
    Ok(())
}

/// The match of a quoted column in another table; no column of a user's can be called so.
fn found_column(quoted_column: &str) -> String {
    quoted(&format!("found for {}", quoted_column.trim_matches('"')))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
