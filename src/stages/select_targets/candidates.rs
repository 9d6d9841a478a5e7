//! Whom the list could hold: scores and further tables side by side, with the user's own expressions over them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, take_record_batch};

use super::SelectTargets;
use crate::campaigns::{names_consent, names_objection};
use crate::diagnostics::{Problem, Result, codes};
use crate::engine::Partitions;
use crate::keys::Directory;
use crate::stage::{Context, Expected, Finding, Known, MAIN, quoted};
use crate::stages::columns::Columns;
use crate::stages::persons::Named;
use crate::tables::{Batches, ColumnType, TableWriter, read_schema};

/// Names of the computed columns of the candidates' query; no column of a user's can be called so.
pub(super) const RANK: &str = "rank value";
pub(super) const GROUP: &str = "group value";
pub(super) const EXCLUDED: &str = "is excluded";
pub(super) const REASON: &str = "own reason";
/// Whether the condition holds, where rows of one person may differ.
const MEETS: &str = "meets condition";
/// The person whom a row of another table means.
const PERSON: &str = "person of row";

/// Tables that are read beside the scores, so that each of their rows is of the person whom it means.
struct Beside {
    /// The FROM clause.
    from: String,
    /// Further tables for it: which spelling means whom.
    links: Vec<(String, PathBuf)>,
    /// Tables with several rows of a person.
    repeated: Vec<String>,
    /// Where the links are, until the query is done.
    _folder: Option<tempfile::TempDir>,
}

impl SelectTargets {
    /// The candidates with everything that conditions, ranking and reasons need, joined by customer.
    pub(super) fn candidates(&self, cx: &mut Context, directory: &Directory) -> Result<Batches> {
        let own = &self.own;
        let scores = &own.scores.0;
        let beside = self.beside(cx, directory)?;
        let mut tables: Vec<(String, PathBuf)> = cx.input(scores).sql_tables();
        for with in &own.with {
            tables.extend(cx.input(&with.0).sql_tables());
        }
        tables.extend(beside.links.iter().cloned());
        let first = read_schema(&cx.input(scores).table(MAIN)?)?;
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
        let strict = !beside.repeated.is_empty();
        if strict {
            let condition = own.condition.as_deref().unwrap_or("true");
            select.push(format!("coalesce(({condition}), false) AS \"{MEETS}\""));
        }
        let mut sql = format!("SELECT {} FROM {}", select.join(", "), beside.from);
        match &own.condition {
            Some(condition) if !strict => sql.push_str(&format!(" WHERE ({condition})")),
            _ => {}
        }
        let answer = cx.engine.query(&tables, &sql, Partitions::One).map_err(|problem| self.explained(cx, *problem))?;
        let all = Batches { schema: answer.schema, batches: answer.batches };
        if !strict {
            return Ok(all);
        }
        let one = one_row_each(&all)?;
        cx.note(format!(
            "{} has several rows of some persons: a person is listed only if all of them meet `where` and none is excluded, and ranks by the lowest",
            beside.repeated.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
        ));
        Ok(one)
    }

    /// The tables side by side, each row with the person of the scores whom it means.
    fn beside(&self, cx: &mut Context, directory: &Directory) -> Result<Beside> {
        let scores = &self.own.scores.0;
        let mut beside = Beside { from: quoted(scores), links: Vec::new(), repeated: Vec::new(), _folder: None };
        for with in &self.own.with {
            let name = &with.0;
            let keys = Batches::read(&cx.input(name).table(MAIN)?, &["customer"])?.texts("customer")?;
            let named = Named::of(name, &keys, directory);
            named.trust(&codes::KEYS_UNKNOWN, "table", &keys, directory)?;
            self.tell_unused_consent(cx, name)?;
            if named.counts.repeated > 0 {
                beside.repeated.push(name.clone());
            }
            if !named.is_plain() || named.counts.known < named.counts.persons {
                named.tell(cx, name);
            }
            let table = quoted(name);
            let scores = quoted(scores);
            if named.counts.respelled == 0 && named.counts.doubtful == 0 {
                beside.from.push_str(&format!(" LEFT JOIN {table} ON {table}.customer = {scores}.customer"));
                continue;
            }
            // Distinct, so that no row is doubled.
            let links: BTreeMap<&str, &str> = keys
                .iter()
                .zip(named.persons())
                .filter_map(|(key, person)| Some((key.as_deref()?, directory.names()[person? as usize].as_str())))
                .collect();
            if beside._folder.is_none() {
                let folder = tempfile::Builder::new().prefix("links").tempdir_in(cx.out);
                beside._folder = Some(folder.map_err(|e| crate::diagnostics::io_problem("create", cx.out, &e))?);
            }
            let folder = beside._folder.as_ref().expect("just made");
            let path = folder.path().join(format!("{name}.parquet"));
            let mut columns = Columns::new();
            columns.text("spelling", links.keys()).text("person", links.values());
            let batch = columns.batch();
            let mut writer = TableWriter::create(&path, batch.schema())?;
            writer.write(&batch)?;
            writer.finish()?;
            let link = format!("persons of {name}");
            beside.from.push_str(&format!(
                " LEFT JOIN (SELECT rows_of.*, link.person AS \"{PERSON}\" FROM {table} AS rows_of JOIN \"{link}\" AS link \
                 ON link.spelling = rows_of.customer) AS {table} ON {table}.\"{PERSON}\" = {scores}.customer"
            ));
            beside.links.push((link, path));
        }
        Ok(beside)
    }

    /// A table whose columns say who consents or objects, and a list that looks at none of them.
    pub(super) fn tell_unused_consent(&self, cx: &Context, stage: &str) -> Result<()> {
        let schema = read_schema(&cx.input(stage).table(MAIN)?)?;
        match self.unused_consent(stage, schema.fields().iter().map(|field| field.name().as_str())) {
            None => Ok(()),
            Some(finding) => {
                Problem::new(&codes::CONSENT_MISSING, finding.message).help(finding.help.unwrap_or_default()).err()
            }
        }
    }

    /// What is wrong when a column of `stage` says who consents or objects and no setting looks at it.
    fn unused_consent<'a>(&self, stage: &str, columns: impl Iterator<Item = &'a str>) -> Option<Finding> {
        let own = &self.own;
        let expressions = [&own.condition, &own.exclude, &own.rank_by, &own.group, &own.reason];
        let looked_at = |name: &str| expressions.into_iter().flatten().any(|text| text.contains(name));
        let asked = |name: &str| {
            own.consent.as_ref().is_some_and(|consent| {
                consent.from.0 == stage && (consent.channels().iter().any(|(_, column)| *column == name))
            })
        };
        let suppresses = own.suppression.as_ref().is_some_and(|suppression| suppression.0 == stage);
        // With consent asked for, columns of other channels or older forms of it may be left alone; objections may not.
        let counts = |name: &str| if own.consent.is_some() { names_objection(name) } else { names_consent(name) };
        let unused = columns
            .filter(|name| counts(name))
            .find(|name| !looked_at(name) && !asked(name) && !suppresses)?
            .to_owned();
        let help = if names_objection(&unused) {
            format!(
                "use it, such as with = [\"{stage}\"] and exclude = \"{unused} = 'yes'\", or leave the column out of `{stage}`"
            )
        } else {
            format!(
                "use it, such as consent = {{ from = \"{stage}\", email = \"{unused}\" }}, or leave the column out of `{stage}`"
            )
        };
        Some(
            Finding::at("with", format!("`{stage}` has a column `{unused}`, which may say whom not to write to, and the list does not look at it"))
                .help(help),
        )
    }

    /// What the engine says, for the person who wrote the expression.
    fn explained(&self, cx: &Context, problem: Problem) -> Box<Problem> {
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
        std::iter::once(&self.own.scores).chain(&self.own.with).map(|stage| stage.0.as_str())
    }

    /// What the engine means by a fault of types, where a condition takes a column of text for true or false. `texts`: the columns of
    /// text by stage.
    fn text_as_truth(&self, said: &str, texts: Vec<(&str, Vec<String>)>) -> Option<Finding> {
        let said = said.to_lowercase();
        if !["coerc", "boolean", "cannot infer common", "not a condition"].iter().any(|word| said.contains(word)) {
            return None;
        }
        for (key, text) in [("where", &self.own.condition), ("exclude", &self.own.exclude)] {
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

    /// The tables side by side, as settings are checked.
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
        let consent = own.consent.as_ref().map(|consent| &consent.from);
        for with in own.with.iter().chain(consent.filter(|from| !own.with.contains(from))) {
            let columns = known.main(&with.0).map(|table| table.columns.iter().map(|(name, _)| name.as_str()));
            findings.extend(columns.and_then(|columns| self.unused_consent(&with.0, columns)));
        }
        findings
    }
}

/// One row of each person: none if one of the rows does not meet the condition, else the lowest by rank, excluded if one is.
fn one_row_each(all: &Batches) -> Result<Batches> {
    let trouble = |e: arrow::error::ArrowError| Problem::new(&codes::ENGINE_TROUBLE, e.to_string()).boxed();
    let (customers, ranks) = (all.texts("customer")?, all.numbers(RANK)?);
    let (meets, excluded) = (all.booleans(MEETS)?, all.booleans(EXCLUDED)?);
    // What breaks ties is what a row says, not where it is.
    let mut words: Vec<String> = vec![String::new(); customers.len()];
    let names = all.schema.fields().iter().map(|field| field.name().clone());
    for name in names.filter(|name| name != "customer" && name != RANK && name != MEETS).collect::<Vec<_>>() {
        for (words, cell) in words.iter_mut().zip(all.texts(&name)?) {
            words.push_str(cell.as_deref().unwrap_or_default());
            words.push('\u{1f}');
        }
    }
    let mut rows: Vec<usize> = (0..customers.len()).collect();
    let order = |row: usize| (&customers[row], excluded[row] != Some(true));
    rows.sort_by(|&a, &b| {
        order(a).cmp(&order(b)).then_with(|| ranks[a].total_cmp(&ranks[b])).then_with(|| words[a].cmp(&words[b]))
    });
    let kept: UInt64Array = rows
        .chunk_by(|&a, &b| customers[a] == customers[b])
        .filter(|rows| rows.iter().all(|&row| meets[row] == Some(true)))
        .map(|rows| rows[0] as u64)
        .collect();
    let batch: RecordBatch = concat_batches(&all.schema, &all.batches).map_err(trouble)?;
    let batch = take_record_batch(&batch, &kept).map_err(trouble)?;
    Ok(Batches { schema: Arc::clone(&all.schema), batches: vec![batch] })
}
