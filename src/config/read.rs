//! From text to [`Config`], telling every problem of its shape at once.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::substitute::{Substitution, unused};
use super::{Config, RunSettings, SecretPlace, StageEntry};
use crate::diagnostics::{Problem, SourceText, codes, did_you_mean, io_problem};

const TOP_LEVEL: [&str; 3] = ["run", "vars", "stage"];

/// Bytes of a pipeline file, most.
const LARGEST: u64 = 16 << 20;

/// Reads a pipeline file's text.
pub fn load(path: &Path) -> Result<SourceText, Box<Problem>> {
    let shown = path.display().to_string();
    let mut text = String::new();
    // Opening a pipe waits for who writes to it.
    if std::fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir()) {
        return Problem::new(&codes::BAD_CALL, format!("the pipeline file {shown} is a pipe or a device and no file"))
            .help("write the pipeline into a file first: its name becomes the name of folders".to_owned())
            .err();
    }
    // It may be any file.
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text));
    match read {
        Ok(bytes) if bytes as u64 > LARGEST => {
            Problem::new(&codes::BAD_CALL, format!("{shown} has more than {} MB", LARGEST >> 20))
                .help("a pipeline file is a text of a few pages; is this another file?".to_owned())
                .err()
        }
        Ok(_) => Ok(SourceText { path: shown, text }),
        Err(error) => {
            let mut problem = io_problem("read the pipeline file", path, &error);
            problem.code = &codes::BAD_CALL;
            Err(problem)
        }
    }
}

/// Takes a pipeline file apart; `given` are the values of `--var NAME=VALUE`, which win over `[vars]`.
///
/// Problems of the file's shape are told in [`Config::problems`], so that the plan can add its own to them.
///
/// # Errors
/// All places where the text is not TOML.
pub fn parse<'a>(source: &'a SourceText, given: &BTreeMap<String, String>) -> Result<Config<'a>, Vec<Problem>> {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    let mut problems: Vec<Problem> =
        errors.iter().map(|e| Problem::new(&codes::NOT_TOML, e.message()).at(e.span().unwrap_or(0..0))).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let (run, run_spans, stages, secrets) = take_apart(document.into_inner(), given, source, &mut problems);
    let named = run_spans.get("name").and_then(|at| secrets.iter().find(|secret| secret.span == *at));
    if let Some(SecretPlace { span, name, .. }) = named {
        let message = format!("`name`: ${{env:{name}}} is a secret, and the name becomes the name of folders");
        problems.push(
            Problem::new(&codes::BAD_VALUE, message)
                .at(span.clone())
                .help("write the name itself, or ${var:NAME}".to_owned()),
        );
    }
    let mut config = Config { source, run, run_spans, stages, secrets, problems: Vec::new() };
    config.problems = config.without_secrets(problems);
    Ok(config)
}

type Parts<'a> = (RunSettings, BTreeMap<String, Range<usize>>, Vec<StageEntry<'a>>, Vec<SecretPlace>);

fn take_apart<'a>(
    mut document: DeTable<'a>,
    given: &BTreeMap<String, String>,
    source: &SourceText,
    problems: &mut Vec<Problem>,
) -> Parts<'a> {
    for key in document.keys() {
        if !TOP_LEVEL.contains(&key.get_ref().as_ref()) {
            let near = did_you_mean(key.get_ref(), TOP_LEVEL).map(|n| format!("did you mean `{n}`?"));
            let message = format!("`{}` has no meaning at the top of a pipeline file", key.get_ref());
            problems.push(Problem::new(&codes::UNKNOWN_KEY, message).at(key.span()).help(
                near.unwrap_or_else(|| "a pipeline file has [run], [vars] and one [stage.NAME] for each step".into()),
            ));
        }
    }
    let mut vars = read_vars(document.remove("vars"), problems);
    vars.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut substitution = Substitution::of(&vars);
    substitution.in_table(&mut document);
    let Substitution { used, secrets, problems: found, .. } = substitution;
    problems.extend(found);
    problems.extend(unused(given, &used));

    let (run, run_spans) = read_run(document.remove("run"), problems);
    let mut stages = read_stages(document.remove("stage"), problems);
    stages.sort_by_key(|stage| stage.name_span.start);
    if stages.is_empty() && problems.is_empty() {
        problems.push(
            Problem::new(&codes::NO_STAGES, format!("{} has no stages", source.path)).help(
                "write one [stage.NAME] with its `kind` for each step, or start from `patron init DIR`".to_owned(),
            ),
        );
    }
    (run, run_spans, stages, secrets)
}

fn read_vars(entry: Option<Spanned<DeValue<'_>>>, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let mut vars = BTreeMap::new();
    let Some(entry) = entry else { return vars };
    let span = entry.span();
    let DeValue::Table(table) = entry.into_inner() else {
        problems.push(Problem::new(&codes::BAD_VALUE, "`vars` must be a table").at(span));
        return vars;
    };
    for (name, value) in table {
        let span = value.span();
        let text = match value.into_inner() {
            DeValue::String(text) => text.into_owned(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(truth) => truth.to_string(),
            _ => {
                let message = format!("the variable `{}` must be a text or a number", name.get_ref());
                problems.push(Problem::new(&codes::BAD_VALUE, message).at(span));
                continue;
            }
        };
        vars.insert(name.get_ref().to_string(), text);
    }
    vars
}

fn read_run(
    entry: Option<Spanned<DeValue<'_>>>,
    problems: &mut Vec<Problem>,
) -> (RunSettings, BTreeMap<String, Range<usize>>) {
    let Some(entry) = entry else { return (RunSettings::default(), BTreeMap::new()) };
    let span = entry.span();
    let DeValue::Table(table) = entry.into_inner() else {
        problems.push(Problem::new(&codes::BAD_VALUE, "`run` must be a table").at(span));
        return (RunSettings::default(), BTreeMap::new());
    };
    let spans = table.iter().map(|(k, v)| (k.get_ref().to_string(), v.span())).collect();
    let (run, found) = read_table_with(table, span, &RunSettings::KEYS, |table| {
        RunSettings::deserialize(toml::Deserializer::from(table))
    });
    problems.extend(found);
    (run.unwrap_or_default(), spans)
}

fn read_stages<'a>(entry: Option<Spanned<DeValue<'a>>>, problems: &mut Vec<Problem>) -> Vec<StageEntry<'a>> {
    let Some(entry) = entry else { return Vec::new() };
    let span = entry.span();
    let DeValue::Table(table) = entry.into_inner() else {
        problems.push(Problem::new(&codes::BAD_VALUE, "`stage` must hold tables: write [stage.NAME]").at(span));
        return Vec::new();
    };
    let mut stages = Vec::new();
    for (name, body) in table {
        let (name_span, span) = (name.span(), body.span());
        let name = name.into_inner().into_owned();
        let DeValue::Table(mut body) = body.into_inner() else {
            let message = format!("`stage.{name}` must be a table: write [stage.{name}]");
            problems.push(Problem::new(&codes::BAD_VALUE, message).at(span));
            continue;
        };
        if !is_good_name(&name) {
            problems.push(
                Problem::new(&codes::BAD_NAME, format!("`{name}` cannot name a stage"))
                    .at(name_span.clone())
                    .help(codes::BAD_NAME.advice.to_owned()),
            );
        }
        match body.remove("kind").map(|kind| (kind.span(), kind.into_inner())) {
            Some((kind_span, DeValue::String(kind))) => {
                stages.push(StageEntry { name, name_span, kind: kind.into_owned(), kind_span, body, span });
            }
            Some((kind_span, _)) => {
                problems.push(Problem::new(&codes::BAD_VALUE, "`kind` must be a text").at(kind_span));
            }
            None => problems.push(
                Problem::new(&codes::MISSING_KEY, format!("the stage `{name}` has no `kind`"))
                    .at(name_span)
                    .help("`patron list stages` shows the kinds".to_owned()),
            ),
        }
    }
    stages
}

/// Reads a table, telling all problems rather than the first: a value that does not fit is told, taken out, and the rest
/// read on, so that there may be both a result and problems. `known` are the keys that it may have, `span` is where a
/// missing key is told.
pub fn read_table_with<T>(
    table: DeTable<'_>,
    span: Range<usize>,
    known: &[&str],
    read: impl Fn(Spanned<DeTable<'_>>) -> Result<T, toml::de::Error>,
) -> (Option<T>, Vec<Problem>) {
    let mut problems = Vec::new();
    for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
        let near = did_you_mean(key.get_ref(), known.iter().copied()).map(|n| format!("did you mean `{n}`?"));
        let all = format!("it takes {}", known.join(", "));
        problems.push(
            Problem::new(&codes::UNKNOWN_KEY, format!("`{}` has no meaning here", key.get_ref()))
                .at(key.span())
                .help(near.unwrap_or(all)),
        );
    }
    let mut taken_out: Vec<String> = Vec::new();
    let mut table: DeTable<'_> = table.into_iter().filter(|(key, _)| known.contains(&key.get_ref().as_ref())).collect();
    loop {
        match read(Spanned::new(span.clone(), table.clone())) {
            Ok(read) => return (Some(read), problems),
            Err(error) => {
                let place = error.span().unwrap_or_else(|| span.clone());
                let guilty = table
                    .iter()
                    .find(|(key, value)| within(&place, &value.span()) || within(&place, &key.span()))
                    .map(|(key, value)| (key.get_ref().to_string(), value.span()));
                // What is wrong, and in a second line what to do.
                let (message, help) = match error.message().trim().split_once('\n') {
                    Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
                    None => (error.message().trim().to_owned(), None),
                };
                let message = in_plain_words(message);
                match guilty {
                    Some((key, value_span)) => {
                        let place = if place.is_empty() { value_span } else { place };
                        let problem = Problem::new(&codes::BAD_VALUE, format!("`{key}`: {message}"));
                        problems.push(problem.at(place).help(help));
                        table.remove(key.as_str());
                        taken_out.push(key);
                    }
                    None => {
                        // Not at one value: a key without a default is missing, now or because its value was bad.
                        let missing = message.strip_prefix("missing field `").and_then(|m| m.strip_suffix('`'));
                        if !missing.is_some_and(|key| taken_out.iter().any(|bad| bad == key)) {
                            let (code, message) = match missing {
                                Some(key) => (&codes::MISSING_KEY, format!("`{key}` is missing")),
                                None => (&codes::BAD_VALUE, message),
                            };
                            problems.push(Problem::new(code, message).at(span.clone()));
                        }
                        return (None, problems);
                    }
                }
            }
        }
    }
}

/// What the reader of TOML expected, without the names that types have in the program.
const TYPES: [(&str, &str); 8] = [
    ("u8", "a whole number, 0 or more"),
    ("u16", "a whole number, 0 or more"),
    ("u32", "a whole number, 0 or more"),
    ("u64", "a whole number, 0 or more"),
    ("usize", "a whole number, 0 or more"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("f64", "a number"),
];

fn in_plain_words(message: String) -> String {
    let found = message.split_once(", expected ").and_then(|(what, expected)| {
        let (_, plain) = TYPES.iter().find(|(name, _)| *name == expected)?;
        Some(format!("{what}, expected {plain}"))
    });
    found.unwrap_or(message)
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && !outer.is_empty()
}

fn is_good_name(name: &str) -> bool {
    name.len() <= 60
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
