//! `${var:NAME}` and `${env:NAME}` inside strings, resolved after parsing, so that no value can change the file's shape.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::{Problem, codes, did_you_mean};

/// Replaces every reference below `table`; tells all that cannot be resolved.
pub(super) fn substitute(table: &mut DeTable<'_>, vars: &BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    for (_, value) in table.iter_mut() {
        in_value(value, vars, problems);
    }
}

fn in_value(value: &mut Spanned<DeValue<'_>>, vars: &BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let span = value.span();
    match value.get_mut() {
        DeValue::String(text) if text.contains("${") => {
            *text = in_text(text, &span, vars, problems).into();
        }
        DeValue::Array(items) => items.iter_mut().for_each(|item| in_value(item, vars, problems)),
        DeValue::Table(table) => substitute(table, vars, problems),
        _ => {}
    }
}

fn in_text(text: &str, span: &Range<usize>, vars: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> String {
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
            problems.push(Problem::new(&codes::BAD_VALUE, "`${` without its `}`").at(span.clone()));
            return out;
        };
        let reference = &rest[start + 2..start + length];
        rest = &rest[start + length + 1..];
        match resolve(reference, vars) {
            Ok(value) => out.push_str(&value),
            Err(problem) => problems.push(problem.at(span.clone())),
        }
    }
    out.push_str(rest);
    out
}

fn resolve(reference: &str, vars: &BTreeMap<String, String>) -> Result<String, Problem> {
    if let Some(name) = reference.strip_prefix("var:") {
        return vars.get(name).cloned().ok_or_else(|| {
            let near = did_you_mean(name, vars.keys().map(String::as_str)).map(|n| format!("did you mean `{n}`?"));
            let how = format!("give it a default under [vars], or call with --var {name}=VALUE");
            Problem::new(&codes::UNKNOWN_VARIABLE, format!("the variable `{name}` has no value"))
                .help(near.unwrap_or(how))
        });
    }
    if let Some(name) = reference.strip_prefix("env:") {
        return std::env::var(name).map_err(|_| {
            Problem::new(&codes::MISSING_SECRET, format!("the environment variable `{name}` is not set"))
                .help("set it where patron runs; its value is never written anywhere".to_owned())
        });
    }
    Err(Problem::new(&codes::BAD_VALUE, format!("`${{{reference}}}` is neither `${{var:NAME}}` nor `${{env:NAME}}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, words: &[&str]) {
        let vars = BTreeMap::from([("data".to_owned(), "/srv/data".to_owned())]);
        let mut problems = Vec::new();
        assert_eq!(in_text(text, &(0..1), &vars, &mut problems), expected);
        let found: Vec<&str> = problems.iter().map(|p| p.code.word).collect();
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
}
