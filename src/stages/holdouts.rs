//! Control groups as pipelines ask for them: a share, a salt, and how often the group changes.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::campaigns::{Holdout, Rotation};
use crate::keys::key;
use crate::stage::setting::{Count, Share, Span};
use crate::stage::{Context, GlobalControl};

/// How often a control group changes. All stages that share a salt should have the same rotation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotationSettings {
    /// Calendar months, 1 to 120, for which a group stays, counted from January 1970: 12 change on 1 January, 6 also on 1 July.
    months: Count<1, 120>,
    /// Days after a change in which those who were held back before it are neither contacted nor held back.
    #[serde(default = "RotationSettings::usual")]
    wash_out: Span,
}

impl RotationSettings {
    fn usual() -> Span {
        Span::of_days(30)
    }
}

/// The control group that settings describe.
pub fn holdout(share: Share, salt: &str, rotation: Option<&RotationSettings>) -> Holdout {
    let rotation = rotation.map(|rotation| Rotation {
        months: rotation.months.get(),
        wash_out: u32::try_from(rotation.wash_out.days()).unwrap_or(u32::MAX),
    });
    Holdout { share: share.get(), salt: salt.to_owned(), rotation }
}

/// The persons whom no list contacts.
pub fn global(cx: &Context) -> Option<Holdout> {
    let of = |global: &GlobalControl| Holdout { share: global.share, salt: global.salt.clone(), rotation: None };
    cx.global.as_ref().map(of)
}

/// Who is contacted together: the normal form of a household's key, or of the customer's where there is none.
pub fn unit_of(customer: &str, household: Option<&str>) -> String {
    match household.map(str::trim).filter(|household| !household.is_empty()) {
        Some(household) => format!("household {}", key(household)),
        None => key(customer),
    }
}

/// The column with who is contacted together.
pub const UNIT: &str = "unit";

/// A name for a unit that shows no household and no address; whoever already knows one can compute its name.
pub fn pseudonym(unit: &str) -> String {
    let hash = Sha256::new().chain_update("unit\0").chain_update(unit).finalize();
    hash[..8].iter().fold("u".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
