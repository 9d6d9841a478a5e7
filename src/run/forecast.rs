//! What a run would do: which steps would be reused, which made, and why.

use serde::Serialize;

use super::identity::identify;
use super::past::Past;
use super::store::{Found, Store};
use super::{Options, outside};
use crate::diagnostics::Result;
use crate::plan::{Fingerprint, Plan};

/// What would become of one step.
#[derive(Debug, Clone, Serialize)]
pub struct Forecast {
    /// The stage's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// The steps it reads.
    pub reads: Vec<String>,
    /// Whether its artifact is in the store.
    pub reused: bool,
    /// Why it would be made, or that it would not.
    pub why: String,
}

/// Looks at the outside sources and the store, and changes nothing. A source that is not there is a reason, not an error, for the plan can
/// be looked at before the data is delivered.
///
/// # Errors
/// When the output folder is there and cannot be looked into: what it holds is not known then.
pub fn forecast(plan: &Plan, options: &Options) -> Result<Vec<Forecast>> {
    let store = Store::at(&options.out);
    let past = Past::read(&options.out, &store)?;
    let known_runs = super::record::list_runs(&options.out)?.records;
    let finder = outside::Finder::new(&options.out);
    let mut fingerprints: Vec<Option<Fingerprint>> = Vec::new();
    let mut dates: Vec<Option<String>> = Vec::new();
    let mut forecasts: Vec<Forecast> = Vec::new();
    for (position, step) in plan.steps.iter().enumerate() {
        let reads = step.upstream.iter().map(|&u| plan.steps[u].name.clone()).collect();
        let forced =
            options.force || options.from.as_deref().is_some_and(|from| plan.downstream(from).contains(&position));
        let changed = step.upstream.iter().find(|&&u| !forecasts[u].reused).map(|&u| plan.steps[u].name.clone());
        let night = outside::night(&plan.run.as_of, step.upstream.iter().map(|&u| dates[u].clone()));
        let sources = finder.find(&step.name, night, &step.outside);
        let upstream: Option<Vec<(&str, &Fingerprint)>> =
            step.upstream.iter().map(|&u| fingerprints[u].as_ref().map(|f| (plan.steps[u].name.as_str(), f))).collect();
        let (fingerprint, source_trouble) = match (&sources, upstream) {
            (Ok(sources), Some(upstream)) => {
                let digests = outside::digests(sources);
                let last = || past.of_last(&step.name);
                match identify(plan, step, &upstream, digests, &options.models, forced, last) {
                    Ok(identity) => (Some(identity.fingerprint), None),
                    Err(problem) => (None, Some(problem.message)),
                }
            }
            (Err(problem), _) => (None, Some(problem.message.clone())),
            (Ok(_), None) => (None, None),
        };
        let found = fingerprint.as_ref().map_or(Found::Absent, |fingerprint| store.glance(fingerprint));
        dates.push(match &found {
            Found::Whole(stored) => stored.record.as_of.clone(),
            Found::Broken(_) | Found::Absent => None,
        });
        let ran_before =
            known_runs.iter().any(|run| run.steps.iter().any(|s| s.name == step.name && s.fingerprint.is_some()));
        let reused = matches!(found, Found::Whole(_)) && !forced;
        let broken = if let Found::Broken(fault) = found { Some(fault) } else { None };
        let why = match (source_trouble.or(broken.filter(|_| !forced)), changed) {
            (Some(trouble), _) => trouble,
            _ if forced => "forced by --force or --from".to_owned(),
            _ if reused => "nothing it depends on has changed".to_owned(),
            (None, Some(name)) => format!("`{name}` would be rebuilt"),
            (None, None) if ran_before => {
                let before = past.sources_of_last(&step.name).unwrap_or_default();
                let now = sources.as_deref().map(outside::seen).unwrap_or_default();
                // A record of an earlier version does not say what was read.
                let files = if before.is_empty() && !now.is_empty() { ", its files" } else { "" };
                let in_force = if step.stage.keeps_champion() { ", the active model" } else { "" };
                let general = || format!("its settings{files}{in_force} or this version of patron changed");
                if files.is_empty() { outside::difference(&before, &now).unwrap_or_else(general) } else { general() }
            }
            (None, None) => "it has not run yet".to_owned(),
        };
        fingerprints.push(fingerprint);
        forecasts.push(Forecast { name: step.name.clone(), kind: step.kind.name.to_owned(), reads, reused, why });
    }
    Ok(forecasts)
}
