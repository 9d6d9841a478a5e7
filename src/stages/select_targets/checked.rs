//! What is wrong with the columns and expressions in the settings, and what the engine means by what it says of them.

use super::SelectTargets;
use super::candidates::Condition;
use crate::diagnostics::{Problem, codes};
use crate::stage::{Context, Expected, Finding, Known, MAIN};
use crate::tables::{ColumnType, read_schema};

impl SelectTargets {
    /// What the engine says, for the person who wrote the expression.
    pub(super) fn explained(&self, cx: &Context, problem: Problem) -> Box<Problem> {
        let known = "conditions may use the columns of `scores` and `with`, written `stage.column` where two have the same name";
        let texts = self.stages().filter_map(|stage| {
            let schema = read_schema(&cx.input(stage).table(MAIN).ok()?).ok()?;
            let is_text = |kind: &arrow::datatypes::DataType| ColumnType::of(kind) == Some(ColumnType::Text);
            let names =
                schema.fields().iter().filter(|field| is_text(field.data_type())).map(|field| field.name().clone());
            Some((stage, names.collect::<Vec<String>>()))
        });
        match self.text_as_truth(&problem.message, texts.collect()) {
            Some(finding) => Problem::new(&codes::BAD_QUERY, format!("`{}`: {}", finding.key, finding.message))
                .help(finding.help.unwrap_or_default())
                .boxed(),
            None => Box::new(problem.help(known.to_owned())),
        }
    }

    fn stages(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.scores).chain(&self.with).map(|stage| stage.0.as_str())
    }

    /// What the engine means by a fault of types, where a condition takes a column of text for true or false. `texts`: the columns of
    /// text by stage.
    fn text_as_truth(&self, said: &str, texts: Vec<(&str, Vec<String>)>) -> Option<Finding> {
        let said = said.to_lowercase();
        if !["coerc", "boolean", "cannot infer common", "not a condition"].iter().any(|word| said.contains(word)) {
            return None;
        }
        for (key, text) in [("where", &self.condition), ("exclude", &self.exclude)] {
            let Some(text) = text else { continue };
            let words: Vec<&str> =
                text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
            let truth =
                words.iter().any(|word| word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false"));
            for (stage, names) in &texts {
                if let Some(name) =
                    names.iter().find(|name| words.contains(&name.as_str())).filter(|_| truth || words.len() <= 2)
                {
                    let message = format!("the column `{name}` of `{stage}` holds text, and is used as true or false");
                    return Some(Finding::at(key, message).help(format!(
                        "compare it with its words, such as {name} = 'yes', or read it so: types = {{ {name} = \"boolean\" }} in the stage that reads it"
                    )));
                }
            }
        }
        None
    }

    /// What is wrong with the columns and expressions in the settings, each by itself.
    pub(super) fn check_candidates(&self, known: &Known) -> Vec<Finding> {
        let stages: Vec<&str> = self.stages().collect();
        let mut findings = Vec::new();
        let mut expression = |key: &str, text: &str, kind: Expected| {
            findings.extend(known.expression(key, &stages, text, kind, &self.joined()));
        };
        for (key, text) in [("where", &self.condition), ("exclude", &self.exclude)] {
            text.iter().for_each(|text| expression(key, text, Expected::Condition));
        }
        self.rank_by.iter().for_each(|text| expression("rank_by", text, Expected::Number));
        for (key, text) in [("group", &self.group), ("reason", &self.reason), ("unit", &self.unit)] {
            text.iter().for_each(|text| expression(key, text, Expected::Text));
        }
        self.columns.iter().for_each(|name| expression("columns", &format!("\"{name}\""), Expected::Text));
        if findings.is_empty() {
            findings.extend(self.check_statement(known, &stages));
        }
        let texts = stages.iter().filter_map(|stage| {
            let is_text = |kind: &Option<ColumnType>| matches!(kind, Some(ColumnType::Text));
            let names =
                known.main(stage)?.columns.iter().filter(|(_, kind)| is_text(kind)).map(|(name, _)| name.clone());
            Some((*stage, names.collect::<Vec<String>>()))
        });
        let texts: Vec<(&str, Vec<String>)> = texts.collect();
        for finding in findings.iter_mut().filter(|finding| ["where", "exclude"].contains(&finding.key.as_str())) {
            if let Some(plain) = self.text_as_truth(&finding.message, texts.clone()) {
                *finding = plain;
            }
        }
        if self.rank_by.is_none() && known.column("rank_by", &self.scores.0, "score").is_some() {
            let message = format!("`{}` has no column `score` to rank by", self.scores.0);
            findings.push(Finding::at("rank_by", message).help("say with `rank_by` what to rank by"));
        }
        let named =
            [("suppression_reason", &self.suppression_reason), ("suppression_dated_by", &self.suppression_dated_by)];
        if let Some(suppression) = &self.suppression {
            for (key, name) in named {
                findings.extend(name.iter().filter_map(|name| known.column(key, &suppression.0, name)));
            }
        }
        let consent = self.consent.as_ref().map(|consent| &consent.from);
        for with in self.with.iter().chain(consent.filter(|from| !self.with.contains(from))) {
            let columns = known.main(&with.0).map(|table| table.columns.iter().map(|(name, _)| name.as_str()));
            findings.extend(columns.and_then(|columns| self.unused_consent(&with.0, columns)));
        }
        findings
    }

    /// What is wrong with the whole query, where each expression by itself is right.
    fn check_statement(&self, known: &Known, stages: &[&str]) -> Option<Finding> {
        let keys = [
            ("where", &self.condition),
            ("exclude", &self.exclude),
            ("rank_by", &self.rank_by),
            ("group", &self.group),
            ("reason", &self.reason),
            ("unit", &self.unit),
        ];
        let key = keys.iter().find(|(_, text)| text.is_some()).map_or("columns", |(key, _)| *key);
        let scores = known.main(&self.scores.0)?;
        let has = |name: &str| scores.columns.iter().any(|(column, _)| column == name);
        if self.rank_by.is_none() && !has("score") {
            return None;
        }
        [Condition::Chooses, Condition::IsColumn]
            .into_iter()
            .find_map(|condition| known.fault(key, stages, &self.statement(condition, &has)))
    }
}
