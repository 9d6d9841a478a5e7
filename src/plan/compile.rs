//! From [`Config`] to [`Plan`].

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::order::order;
use super::{Plan, Step};
use crate::config::{Config, StageEntry, read_table_with};
use crate::diagnostics::{Problem, codes, did_you_mean};
use crate::stage::{Finding, Input, Kind, Known, KnownTable, MAIN, Need, Output, ReadStage, Shape, keys_of};
use crate::stages;
use crate::tables::{Fault, Layout, Zone, columns_of, in_words, missing_from};

/// Checks a pipeline as far as it can be checked without data.
///
/// # Errors
/// Every problem of every stage.
pub fn compile(config: &Config<'_>) -> Result<Plan, Vec<Problem>> {
    let mut problems = config.problems.clone();
    problems.extend(bad_name(config));
    let zone = Zone::named(&config.run.zone);
    if zone.is_none() {
        let span = config.run_spans.get("zone").cloned().unwrap_or(0..0);
        problems.push(
            Problem::new(&codes::BAD_VALUE, format!("there is no time zone `{}`", config.run.zone))
                .at(span)
                .help("use an IANA name such as `UTC`, `Europe/London` or `Asia/Taipei`".to_owned()),
        );
    }
    let read: Vec<Option<Read>> = config.stages.iter().map(|entry| read_stage(entry, &mut problems)).collect();
    let links = link(config, &read, &mut problems);
    let sorted = match order(config.stages.len(), &links) {
        Ok(sorted) => sorted,
        Err(circle) => {
            problems.push(circle_problem(config, &circle));
            return Err(config.without_secrets(problems));
        }
    };
    check_shapes(config, &read, &sorted, &mut problems);
    check_lists(config, &read, &mut problems);
    let (Some(zone), true) = (zone, problems.is_empty()) else { return Err(config.without_secrets(problems)) };

    let position: BTreeMap<usize, usize> = sorted.iter().enumerate().map(|(at, &i)| (i, at)).collect();
    let mut read = read;
    let steps = sorted
        .iter()
        .map(|&i| {
            let read = read[i].take().expect("without problems every stage was read");
            let mut upstream: Vec<usize> = links[i].iter().map(|r| position[r]).collect();
            upstream.sort_unstable();
            Step {
                name: config.stages[i].name.clone(),
                kind: read.kind,
                outside: read.made.stage.outside(),
                stage: read.made.stage,
                settings: read.made.settings,
                inputs: read.inputs,
                upstream,
            }
        })
        .collect();
    Ok(Plan { name: name_of(config), run: config.run.clone(), zone, steps })
}

struct Read {
    kind: &'static Kind,
    made: ReadStage,
    inputs: Vec<Input>,
}

/// What is wrong with the pipeline's name, which names folders.
fn bad_name(config: &Config<'_>) -> Option<Problem> {
    let name = name_of(config);
    let is_plain = !name.is_empty()
        && name.trim() == name
        && name.len() <= 120
        && !name.starts_with('.')
        && !name.contains(|c: char| c.is_control() || ['/', '\\', ':'].contains(&c));
    if is_plain {
        return None;
    }
    let help = "use letters, digits, `_` and `-`: folders are named after it".to_owned();
    Some(match config.run_spans.get("name") {
        Some(span) => {
            Problem::new(&codes::BAD_NAME, format!("`{name}` cannot name a pipeline")).at(span.clone()).help(help)
        }
        None => Problem::new(&codes::BAD_NAME, format!("the file's name makes `{name}` the pipeline's name"))
            .help("write name = \"shop\" under [run], or rename the file".to_owned()),
    })
}

fn name_of(config: &Config<'_>) -> String {
    let stem = || {
        let path = std::path::Path::new(&config.source.path);
        path.file_stem().map_or_else(|| "pipeline".to_owned(), |stem| stem.to_string_lossy().into_owned())
    };
    config.run.name.clone().unwrap_or_else(stem)
}

fn read_stage(entry: &StageEntry<'_>, problems: &mut Vec<Problem>) -> Option<Read> {
    let Some(kind) = stages::KINDS.iter().copied().find(|kind| kind.name == entry.kind) else {
        let names = stages::KINDS.iter().map(|kind| kind.name);
        let near = did_you_mean(&entry.kind, names.clone()).map(|near| format!("did you mean `{near}`?"));
        let all = format!("the kinds are {}", names.collect::<Vec<_>>().join(", "));
        problems.push(
            Problem::new(&codes::UNKNOWN_KIND, format!("there is no stage kind `{}`", entry.kind))
                .at(entry.kind_span.clone())
                .help(near.unwrap_or(all)),
        );
        return None;
    };
    let schema = (kind.schema)();
    let keys = keys_of(&schema);
    let known: Vec<&str> = keys.iter().map(String::as_str).collect();
    let context = |problem: Problem| problem.within(&format!("stage `{}` ({})", entry.name, kind.name));
    let (made, found) =
        read_table_with(entry.body.clone(), entry.name_span.clone(), &known, |table| (kind.read)(table));
    problems.extend(found.into_iter().map(context));
    let made = made?;
    problems.extend(made.stage.check().into_iter().map(|finding| context(place(entry, finding))));
    let inputs = made.stage.inputs();
    Some(Read { kind, made, inputs })
}

fn place(entry: &StageEntry<'_>, finding: Finding) -> Problem {
    Problem::new(&codes::BAD_VALUE, format!("`{}`: {}", finding.key, finding.message))
        .at(span_of(entry, &finding.key))
        .help(finding.help)
}

/// Where the value of a dotted key is, such as `columns.customer` or, counted from 1, `checks.2.columns`; the stage's name where it is not
/// written.
fn span_of(entry: &StageEntry<'_>, key: &str) -> Range<usize> {
    let mut keys = key.split('.');
    let mut found = keys.next().and_then(|key| entry.body.get(key));
    for key in keys {
        let inner = match found.map(Spanned::get_ref) {
            Some(DeValue::Table(table)) => table.get(key),
            Some(DeValue::Array(list)) => key.parse().ok().and_then(|place: usize| list.get(place.checked_sub(1)?)),
            _ => None,
        };
        found = inner.or(found);
    }
    found.map_or_else(|| entry.name_span.clone(), Spanned::span)
}

/// Positions that each stage reads; names that are not there are told.
fn link(config: &Config<'_>, read: &[Option<Read>], problems: &mut Vec<Problem>) -> Vec<Vec<usize>> {
    let names: Vec<&str> = config.stages.iter().map(|s| s.name.as_str()).collect();
    let mut links = vec![Vec::new(); names.len()];
    let all_readers: Vec<bool> = read.iter().map(|r| r.as_ref().is_some_and(|r| r.made.stage.reads_all())).collect();
    for (i, read) in read.iter().enumerate() {
        let Some(read) = read else { continue };
        for input in &read.inputs {
            match names.iter().position(|name| *name == input.name) {
                Some(at) => links[i].push(at),
                None => {
                    let others = names.iter().copied().filter(|name| *name != names[i]);
                    let near = did_you_mean(&input.name, others).map(|near| format!("did you mean `{near}`?"));
                    problems.push(
                        Problem::new(&codes::UNKNOWN_STAGE, format!("there is no stage `{}`", input.name))
                            .at(span_of(&config.stages[i], input.key))
                            .help(near),
                    );
                }
            }
        }
        if all_readers[i] {
            links[i].extend((0..names.len()).filter(|&other| other != i && !all_readers[other]));
        }
        links[i].sort_unstable();
        links[i].dedup();
    }
    links
}

fn circle_problem(config: &Config<'_>, circle: &[usize]) -> Problem {
    let mut names: Vec<&str> = circle.iter().map(|&i| config.stages[i].name.as_str()).collect();
    names.push(names[0]);
    Problem::new(&codes::CYCLE, format!("stages read each other in a circle: {}", names.join(" reads ")))
        .at(config.stages[circle[0]].name_span.clone())
        .help("take one of these references out".to_owned())
}

/// Two stages that publish one list: whichever came last would replace the other's files. A list that is called like a secret.
fn check_lists(config: &Config<'_>, read: &[Option<Read>], problems: &mut Vec<Problem>) {
    // Folders of some file systems do not tell letter case apart.
    let mut lists: BTreeMap<String, usize> = BTreeMap::new();
    for (i, read) in read.iter().enumerate() {
        let Some(list) = read.as_ref().and_then(|read| read.made.stage.list()) else { continue };
        let at = span_of(&config.stages[i], "list");
        if let Some(secret) = config.secrets.iter().find(|secret| secret.span == at) {
            let message =
                format!("`list`: ${{env:{}}} is a secret, and the name becomes the name of files", secret.name);
            let help = "write the name itself, or ${var:NAME}".to_owned();
            problems.push(Problem::new(&codes::BAD_VALUE, message).at(at.clone()).help(help));
        }
        if let Some(first) = lists.insert(list.to_lowercase(), i) {
            let (one, other) = (&config.stages[first].name, &config.stages[i].name);
            problems.push(
                Problem::new(&codes::BAD_VALUE, format!("`{one}` and `{other}` both publish the list `{list}`"))
                    .at(at)
                    .help(
                        "give one of them another name with `list`, or name all forms in the `formats` of one of them"
                            .to_owned(),
                    ),
            );
        }
    }
}

fn check_shapes(config: &Config<'_>, read: &[Option<Read>], sorted: &[usize], problems: &mut Vec<Problem>) {
    let mut outputs: BTreeMap<&str, Output> = BTreeMap::new();
    let mut known = Known::default();
    for &i in sorted {
        let Some(read) = &read[i] else { continue };
        let entry = &config.stages[i];
        let mut fits = true;
        for input in &read.inputs {
            let Some(output) = outputs.get(input.name.as_str()) else { continue };
            if let Some(fault) = fault(input, output, known.main(&input.name)) {
                fits = false;
                problems.push(
                    Problem::new(
                        &codes::WRONG_INPUT,
                        format!("`{}` cannot be read as `{}`: {fault}", input.name, input.key),
                    )
                    .at(span_of(entry, input.key))
                    .help(remedy(input.need)),
                );
            }
        }
        if fits {
            let context = |problem: Problem| problem.within(&format!("stage `{}` ({})", entry.name, read.kind.name));
            let found = read.made.stage.check_columns(&known);
            problems.extend(found.into_iter().map(|finding| context(place(entry, finding))));
        }
        let output = read.made.stage.output();
        known.add(&entry.name, tables_of(&output, &known));
        outputs.insert(&entry.name, output);
    }
}

/// The tables that a stage will make, as far as their columns are known.
fn tables_of(output: &Output, known: &Known) -> Vec<(&'static str, KnownTable)> {
    let meeting = |layout: &Layout| KnownTable { columns: columns_of(&layout.schema()), open: layout.open };
    let main = match &output.main {
        Shape::Table(layout) => Some(meeting(layout)),
        Shape::Extended(layout, more) => {
            Some(KnownTable { columns: [columns_of(&layout.schema()), more.clone()].concat(), open: false })
        }
        Shape::Declared(columns, open) => Some(KnownTable { columns: columns.clone(), open: *open }),
        Shape::LikeInput(name) => known.main(name).cloned(),
        Shape::Model(_) | Shape::Files => None,
    };
    let also = output.also.iter().map(|(suffix, layout)| (*suffix, meeting(layout)));
    main.map(|main| (MAIN, main)).into_iter().chain(also).collect()
}

fn fault(input: &Input, output: &Output, main: Option<&KnownTable>) -> Option<String> {
    match input.need {
        Need::Done => None,
        Need::AnyTable => main.is_none().then(|| "it makes no table".to_owned()),
        Need::Model(task) => match output.main {
            Shape::Model(made) if made == task => None,
            Shape::Model(made) => Some(format!("its model is for {made}, not for {task}")),
            _ => Some("it makes no model".to_owned()),
        },
        Need::Also(suffix, layout) => match output.also.iter().find(|(name, _)| *name == suffix) {
            Some((_, made)) if *made == layout => None,
            _ => Some(format!("it makes no table `{suffix}`")),
        },
        Need::AlsoOrMain(suffix, layout) if output.also.iter().any(|(name, _)| *name == suffix) => {
            fault(&Input { need: Need::Also(suffix, layout), ..input.clone() }, output, main)
        }
        Need::Table(layout) | Need::AlsoOrMain(_, layout) => match main {
            None => Some("it makes no table".to_owned()),
            Some(KnownTable { columns, open }) => {
                let mut needed = missing_from(layout, columns);
                needed.retain(|fault| match fault {
                    // A column that may be empty may also be absent.
                    Fault::Missing { column } => !(*open || column.nullable),
                    // A type that is only known when the stage runs is checked then.
                    Fault::OtherType { found, .. } => found.is_some(),
                    Fault::Extra { .. } => true,
                });
                (!needed.is_empty()).then(|| in_words(&needed))
            }
        },
    }
}

fn remedy(need: Need) -> Option<String> {
    match need {
        Need::Table(layout) | Need::AlsoOrMain(_, layout) => {
            Some(format!("it needs a table in which one row is {}", layout.row))
        }
        Need::Model(task) => Some(format!("it needs a stage that trains a model for {task}")),
        _ => None,
    }
}
