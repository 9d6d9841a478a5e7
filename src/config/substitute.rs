//! `${var:NAME}` and `${env:NAME}` inside strings, resolved after parsing, so that no value can change the file's shape.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::SecretPlace;
use crate::diagnostics::secrets::Secret;
use crate::diagnostics::{Problem, codes, did_you_mean};

/// Puts values in the place of references, and remembers what it came across.
pub(super) struct Substitution<'v> {
    vars: &'v BTreeMap<String, String>,
    /// The variables that the file uses.
    pub(super) used: BTreeSet<String>,
    /// The values that hold a secret.
    pub(super) secrets: Vec<SecretPlace>,
    /// What cannot be resolved.
    pub(super) problems: Vec<Problem>,
}

impl<'v> Substitution<'v> {
    /// With the values of variables.
    pub(super) fn of(vars: &'v BTreeMap<String, String>) -> Substitution<'v> {
        Substitution { vars, used: BTreeSet::new(), secrets: Vec::new(), problems: Vec::new() }
    }

    /// Replaces every reference below `table`.
    pub(super) fn in_table(&mut self, table: &mut DeTable<'_>) {
        for (_, value) in table.iter_mut() {
            self.in_value(value);
        }
    }

    fn in_value(&mut self, value: &mut Spanned<DeValue<'_>>) {
        let span = value.span();
        match value.get_mut() {
            DeValue::String(text) if text.contains("${") => *text = self.in_text(text, &span).into(),
            DeValue::Array(items) => items.iter_mut().for_each(|item| self.in_value(item)),
            DeValue::Table(table) => self.in_table(table),
            _ => {}
        }
    }

    fn in_text(&mut self, text: &str, span: &Range<usize>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            if rest[..start].ends_with('$') {
                out.push_str(&rest[..start]);
                out.push('{');
                rest = &rest[start + 2..];
                continue;
            }
            out.push_str(&rest[..start]);
            let Some(length) = rest[start..].find('}') else {
                self.problems.push(Problem::new(&codes::BAD_VALUE, "`${` without its `}`").at(span.clone()));
                return out;
            };
            let reference = &rest[start + 2..start + length];
            rest = &rest[start + length + 1..];
            match self.resolve(reference, reference.len() + 3 == text.len(), span) {
                Ok(value) => out.push_str(&value),
                Err(problem) => self.problems.push(problem.at(span.clone())),
            }
        }
        out.push_str(rest);
        out
    }

    /// The value of a reference; `whole` when the setting consists of it.
    fn resolve(&mut self, reference: &str, whole: bool, span: &Range<usize>) -> Result<String, Problem> {
        if let Some(name) = reference.strip_prefix("var:") {
            self.used.insert(name.to_owned());
            return self.vars.get(name).cloned().ok_or_else(|| {
                let near =
                    did_you_mean(name, self.vars.keys().map(String::as_str)).map(|n| format!("did you mean `{n}`?"));
                let how = format!("give it a default under [vars], or call with --var {name}=VALUE");
                Problem::new(&codes::UNKNOWN_VARIABLE, format!("the variable `{name}` has no value"))
                    .help(near.unwrap_or(how))
            });
        }
        if let Some(name) = reference.strip_prefix("env:") {
            let secret = secret(name)?;
            self.secrets.push(SecretPlace { span: span.clone(), name: name.to_owned(), whole });
            return Ok(secret.reveal().to_owned());
        }
        let message = format!("`${{{reference}}}` is neither `${{var:NAME}}` nor `${{env:NAME}}`");
        Err(Problem::new(&codes::BAD_VALUE, message))
    }
}

fn secret(name: &str) -> Result<Secret, Problem> {
    let no_secret = |what: &str| {
        Problem::new(&codes::MISSING_SECRET, format!("the environment variable `{name}` {what}"))
            .help("set it where patron runs; its value is never written anywhere".to_owned())
    };
    match std::env::var(name) {
        Ok(value) => Ok(Secret::new(name, value)),
        Err(std::env::VarError::NotPresent) => Err(no_secret("is not set")),
        Err(std::env::VarError::NotUnicode(_)) => Err(no_secret("is not text in UTF-8")),
    }
}

/// Variables given on the command line that the file does not use.
pub(super) fn unused(given: &BTreeMap<String, String>, used: &BTreeSet<String>) -> Vec<Problem> {
    let unused = given.keys().filter(|name| !used.contains(*name));
    unused
        .map(|name| {
            let near =
                did_you_mean(name, used.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
            let all = match used.len() {
                0 => "it uses no variable at all".to_owned(),
                _ => format!("it uses {}", used.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
            };
            let message = format!("--var {name}: the pipeline does not use a variable `{name}`");
            Problem::new(&codes::UNUSED_VARIABLE, message).help(near.unwrap_or(all))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, words: &[&str]) {
        let vars = BTreeMap::from([("data".to_owned(), "/srv/data".to_owned())]);
        let mut substitution = Substitution::of(&vars);
        assert_eq!(substitution.in_text(text, &(0..1)), expected);
        let found: Vec<&str> = substitution.problems.iter().map(|p| p.code.word).collect();
        assert_eq!(found, words, "{text}");
    }

    #[test]
    fn resolves_variables_and_tells_what_is_missing() {
        check("${var:data}/a.csv", "/srv/data/a.csv", &[]);
        check("$${var:data}", "${var:data}", &[]);
        check("${var:dta}", "", &["unknown-variable"]);
        check("${env:PATRON_NO_SUCH_SECRET}", "", &["missing-secret"]);
        check("${data}", "", &["bad-value"]);
        check("${var:data", "", &["bad-value"]);
    }

    #[test]
    fn a_variable_that_the_file_does_not_use_is_a_problem() {
        let given = BTreeMap::from(["dta", "data", "colour"].map(|name| (name.to_owned(), "x".to_owned())));
        let problems = unused(&given, &BTreeSet::from(["data".to_owned()]));
        let helps: Vec<&str> = problems.iter().filter_map(|problem| problem.help.as_deref()).collect();
        assert_eq!(helps, ["it uses `data`", "did you mean `data`?"]);
        assert!(problems.iter().all(|problem| problem.code == &codes::UNUSED_VARIABLE));
    }
}
