//! What a step's artifact is known by: all that decides its bytes, the champion in force included.

use std::path::Path;

use super::registry::Registry;
use crate::diagnostics::Result;
use crate::plan::{Fingerprint, Plan, SourceDigest, Step};
use crate::stage::{Champion, Stored};

/// A step's fingerprint, and what went into it.
pub struct Identity {
    /// Of everything.
    pub fingerprint: Fingerprint,
    /// Of everything but the champion.
    pub given: Fingerprint,
    /// The model in force, where the step keeps one.
    pub champion: Option<Champion>,
}

/// Identifies a step. Where the last good run was given the same and handed on the model that is now in force, its
/// artifact is that step, unless it is to be made `anew`; so a night on which nothing changed makes nothing, although the run
/// before may have put another model in force.
pub fn identify(
    plan: &Plan,
    step: &Step,
    upstream: &[(&str, &Fingerprint)],
    mut sources: Vec<SourceDigest>,
    models: &Path,
    anew: bool,
    last: impl Fn() -> Option<Stored>,
) -> Result<Identity> {
    let given = Fingerprint::of(plan, step, upstream, &sources);
    let champion = if step.stage.keeps_champion() { Registry::of(models, &step.name).champion()? } else { None };
    let fingerprint = match &champion {
        None => given.clone(),
        Some(champion) => match last().filter(|_| !anew) {
            Some(last) if last.record.given == given.as_str() && last.record.version() == champion.version => {
                Fingerprint::from_text(&last.record.fingerprint)
            }
            _ => {
                // The serial, not a date: a switch by hand asks anew, on the same day too.
                sources.push(SourceDigest {
                    name: "champion".to_owned(),
                    digest: format!("{} {}", champion.version, champion.serial),
                });
                Fingerprint::of(plan, step, upstream, &sources)
            }
        },
    };
    Ok(Identity { fingerprint, given, champion })
}
