//! What a step's result depends on, in one hash.

use std::fmt;

use super::{Plan, Step};
use crate::stage::SECTIONS_FORMAT;

/// The hash of everything that decides a step's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

/// An outside source as a fingerprint sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDigest {
    /// As the settings call it, since it is written into tables.
    pub name: String,
    /// BLAKE3 of its content, hex.
    pub digest: String,
}

impl Fingerprint {
    /// Of a step: kind and its version, the form of report sections, settings, as-of, seed, zone, the language where it speaks, where it decides
    /// the group that no list contacts, the fingerprints of what it reads by name, and the digests of its outside sources.
    pub fn of(plan: &Plan, step: &Step, upstream: &[(&str, &Fingerprint)], sources: &[SourceDigest]) -> Fingerprint {
        let mut hasher = blake3::Hasher::new();
        let mut take = |label: &str, value: &str| {
            for part in [label, value] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        };
        take("kind", step.kind.name);
        take("version", &step.kind.version.to_string());
        take("sections", &SECTIONS_FORMAT.to_string());
        take("name", &step.name);
        take("pipeline", &plan.name);
        take("settings", &step.settings);
        take("as_of", &String::from(plan.run.as_of));
        take("seed", &plan.run.seed.to_string());
        take("zone", plan.zone.name());
        if step.stage.leaves_out_global() && plan.run.global_control.get() > 0.0 {
            take("global_control", &plan.run.global_control.get().to_string());
            take("global_salt", &plan.run.global_salt);
        }
        if step.stage.speaks() {
            take("language", plan.run.language.tag());
        }
        for (name, fingerprint) in upstream {
            take("input", name);
            take("fingerprint", &fingerprint.0);
        }
        for source in sources {
            take("file", &source.name);
            take("digest", &source.digest);
        }
        Fingerprint(hasher.finalize().to_hex()[..32].to_owned())
    }

    /// From its text, as records hold it.
    pub fn from_text(text: &str) -> Fingerprint {
        Fingerprint(text.to_owned())
    }

    /// 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
