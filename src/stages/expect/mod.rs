//! `expect`: checks on a table. What does not pass warns, holds back publishing, or is put in quarantine.

mod check;
mod rows;
mod whole;

use std::fmt::Write;
use std::path::PathBuf;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use check::{Check, Level, Rule};
use rows::literal;
use whole::newest_of;

use super::columns::Columns;
use super::examples;
use super::words::expect as say;
use crate::diagnostics::{Result, secrets};
use crate::engine::Partitions;
use crate::report::{Body, Check as ShownCheck, Checks, Section, Status, Text, Unit, Value};
use crate::stage::setting::{Choice, Chosen};
use crate::stage::{
    Context, Expected, Finding, Input, Kind, Known, MAIN, Need, Output, Shape, Stage, Upstream, quoted, read_as,
    schema_of,
};
use crate::tables::layouts::checks::{CHECKS, QUARANTINE};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "expect",
    version: 3,
    meaning: "Checks a table: what does not pass warns, holds back publishing, or is put in quarantine.",
    example: &[
        examples::FILE,
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
/// What a check found.
struct Found {
    text: Text,
    level: Chosen<Level>,
    passed: bool,
    failed_rows: u64,
    rows: u64,
    detail: Text,
}

impl Stage for Expect {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.table.input("table", Need::AnyTable)];
        inputs.extend(self.checks.iter().filter_map(|c| c.to.as_ref()).map(|to| to.input("checks", Need::AnyTable)));
        inputs
    }

    fn output(&self) -> Output {
        let mut also = vec![("checks", &CHECKS)];
        if self.checks.iter().any(|check| *check.level == Level::Quarantine) {
            also.push(("quarantine", &QUARANTINE));
        }
        Output { main: Shape::LikeInput(self.table.0.clone()), also }
    }

    fn check(&self) -> Vec<Finding> {
        let fault = |(place, check): (usize, &Check)| {
            check.fault().map(|(key, fault)| Finding::at(format!("checks.{place}.{key}"), fault))
        };
        (1..).zip(&self.checks).filter_map(fault).collect()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (place, check) in (1..).zip(&self.checks) {
            let table = &self.table.0;
            let key = |key: &str| format!("checks.{place}.{key}");
            for (at, name) in (1..).zip(&check.columns) {
                findings.extend(known.column(&key(&format!("columns.{at}")), table, name));
            }
            if let (Some(to), Some(name)) = (&check.to, &check.to_column) {
                findings.extend(known.column(&key("to_column"), &to.0, name));
            }
            if let Some(condition) = &check.condition {
                let from = format!("{} AS checked", quoted(table));
                findings.extend(known.expression(&key("condition"), &[table], condition, Expected::Condition, &from));
            }
        }
        findings
    }

    fn remembers(&self) -> bool {
        self.checks.iter().any(|check| {
            matches!(*check.check, Rule::Fresh | Rule::Drift)
                || (*check.check == Rule::Rows && check.max_change.is_some())
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
            let line = say::LINE.with([("check", (&check.text).into()), ("found", (&check.detail).into())]);
            match *check.level {
                Level::Error => cx.made.held.push(line.english()),
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
            0 => (&say::ALL_MEET).into(),
            failed => {
                let percent = Value::Number(100.0 * share, Unit::Number(2));
                say::SOME_FAIL.with([("failed", failed.into()), ("rows", rows.into()), ("percent", percent)])
            }
        };
        let passed = share <= check.max_fraction.get();
        Ok(Found { text: check.text(), level: check.level, passed, failed_rows, rows, detail })
    }

    fn by_table(&self, cx: &Context, check: &Check, path: &std::path::Path, rows: u64) -> Result<Found> {
        let before = cx.previous.as_ref();
        let (passed, detail) = match *check.check {
            Rule::Rows => check.count_rows(rows, before.map(|p| p.record.rows_in)),
            Rule::Fresh => {
                let newest = newest_of(path, &check.columns[0])?;
                match before {
                    None => (true, (&say::NO_RUN).into()),
                    Some(before) => {
                        let old = newest_of(&before.table(MAIN)?, &check.columns[0])?;
                        let passed = newest >= old;
                        (passed, if passed { &say::NOT_OLDER } else { &say::OLDER }.into())
                    }
                }
            }
            _ => match before {
                None => (true, (&say::NO_RUN).into()),
                Some(before) => check.drift(path, &before.table(MAIN)?)?,
            },
        };
        let failed_rows = if passed { 0 } else { rows };
        Ok(Found { text: check.text(), level: check.level, passed, failed_rows, rows, detail })
    }

    /// Writes the rows that pass every quarantine check, and beside them those that do not.
    fn split(&self, cx: &mut Context, tables: &[(String, PathBuf)]) -> Result<()> {
        let guards: Vec<(&Check, String)> = self
            .checks
            .iter()
            .filter(|check| *check.level == Level::Quarantine)
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
fn write_checks(cx: &mut Context, table: &str, found: &[Found]) -> Result<()> {
    // A condition or a value may hold a secret.
    let shown = |text: &Text| secrets::hide(&text.english()).into_owned();
    let mut columns = Columns::new();
    columns
        .text("check", found.iter().map(|c| shown(&c.text)))
        .text("level", found.iter().map(|c| c.level.word()))
        .boolean("passed", found.iter().map(|c| c.passed))
        .integer("failed_rows", found.iter().map(|c| c.failed_rows as i64))
        .integer("rows", found.iter().map(|c| c.rows as i64))
        .text("detail", found.iter().map(|c| shown(&c.detail)));
    cx.write("checks", &CHECKS, &[columns.batch()])?;
    let checks = found
        .iter()
        .map(|c| ShownCheck {
            expectation: c.text.clone(),
            table: table.to_owned(),
            status: match (c.passed, *c.level) {
                (true, _) => Status::Passed,
                (false, Level::Error) => Status::Held,
                (false, _) => Status::Warned,
            },
            found: c.detail.clone(),
            action: Text::term("check-level", c.level.word(), c.level.word()),
        })
        .collect();
    cx.section(Section::new(cx.step, Body::Checks(Checks { checks })));
    Ok(())
}
