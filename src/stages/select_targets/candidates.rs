//! Whom the list could hold: scores and further tables side by side, with the user's own expressions over them.

use std::path::PathBuf;

use super::SelectTargets;
use crate::diagnostics::{Problem, Result, codes};
use crate::engine::Partitions;
use crate::stages::{Context, Expected, Finding, Known, MAIN};
use crate::tables::Batches;

/// Names of the computed columns of the candidates' query; no column of a user's can be called so.
pub(super) const RANK: &str = "rank value";
pub(super) const GROUP: &str = "group value";
pub(super) const EXCLUDED: &str = "is excluded";
pub(super) const REASON: &str = "own reason";

impl SelectTargets {
    /// The candidates with everything that conditions, ranking and reasons need, joined by customer.
    pub(super) fn candidates(&self, cx: &Context) -> Result<Batches> {
        let own = &self.own;
        let scores = &own.scores.0;
        let mut tables: Vec<(String, PathBuf)> = cx.input(scores).sql_tables();
        for with in &own.with {
            tables.extend(cx.input(&with.0).sql_tables());
        }
        let first = crate::tables::read_schema(&cx.input(scores).table(MAIN)?)?;
        let has = |name: &str| first.index_of(name).is_ok();
        let mut select = vec![format!("\"{scores}\".customer AS customer")];
        let rank = match &own.rank_by {
            Some(expression) => expression.clone(),
            None if has("score") => format!("\"{scores}\".score"),
            None => {
                return Problem::new(&codes::WRONG_INPUT, format!("`{scores}` has no column `score` to rank by"))
                    .help("say with `rank_by` what to rank by".to_owned())
                    .err();
            }
        };
        select.push(format!("CAST(({rank}) AS DOUBLE) AS \"{RANK}\""));
        let excluded = own.exclude.as_deref().unwrap_or("false");
        select.push(format!("coalesce(({excluded}), false) AS \"{EXCLUDED}\""));
        if let Some(group) = &own.group {
            select.push(format!("CAST(({group}) AS VARCHAR) AS \"{GROUP}\""));
        }
        if let Some(reason) = &own.reason {
            select.push(format!("CAST(({reason}) AS VARCHAR) AS \"{REASON}\""));
        }
        for name in ["reason_1", "reason_2", "reason_3"].into_iter().filter(|name| has(name)) {
            select.push(format!("\"{scores}\".{name} AS \"scores {name}\""));
        }
        select.extend(own.columns.iter().map(|name| format!("\"{name}\"")));
        let mut sql = format!("SELECT {} FROM {}", select.join(", "), self.joined());
        if let Some(condition) = &own.condition {
            sql.push_str(&format!(" WHERE ({condition})"));
        }
        let answer = cx.engine.query(&tables, &sql, Partitions::One).map_err(|problem| {
            let known = "conditions may use the columns of `scores` and `with`, written `stage.column` where two have the same name";
            Box::new(problem.help(known.to_owned()))
        })?;
        Ok(Batches { schema: answer.schema, batches: answer.batches })
    }

    /// The tables side by side.
    fn joined(&self) -> String {
        let scores = &self.own.scores.0;
        let mut from = format!("\"{scores}\"");
        for with in &self.own.with {
            from.push_str(&format!(" LEFT JOIN \"{0}\" ON \"{0}\".customer = \"{scores}\".customer", with.0));
        }
        from
    }

    /// What is wrong with the columns and expressions in the settings, each by itself.
    pub(super) fn check_candidates(&self, known: &Known) -> Vec<Finding> {
        let own = &self.own;
        let stages: Vec<&str> = std::iter::once(&own.scores).chain(&own.with).map(|stage| stage.0.as_str()).collect();
        let mut findings = Vec::new();
        let mut expression = |key: &str, text: &str, kind: Expected| {
            findings.extend(known.expression(key, &stages, text, kind, &self.joined()));
        };
        for (key, text) in [("where", &own.condition), ("exclude", &own.exclude)] {
            text.iter().for_each(|text| expression(key, text, Expected::Condition));
        }
        own.rank_by.iter().for_each(|text| expression("rank_by", text, Expected::Number));
        for (key, text) in [("group", &own.group), ("reason", &own.reason)] {
            text.iter().for_each(|text| expression(key, text, Expected::Text));
        }
        own.columns.iter().for_each(|name| expression("columns", &format!("\"{name}\""), Expected::Text));
        if own.rank_by.is_none() && known.column("rank_by", &own.scores.0, "score").is_some() {
            let message = format!("`{}` has no column `score` to rank by", own.scores.0);
            findings.push(Finding::at("rank_by", message).help("say with `rank_by` what to rank by"));
        }
        let named =
            [("suppression_reason", &own.suppression_reason), ("suppression_dated_by", &own.suppression_dated_by)];
        if let Some(suppression) = &own.suppression {
            for (key, name) in named {
                findings.extend(name.iter().filter_map(|name| known.column(key, &suppression.0, name)));
            }
        }
        findings
    }
}
