//! Campaigns: from scored candidates to a target list with a control group.
//!
//! Knows persons by their key, and scores, groups, costs and contributions as numbers; knows nothing of where a score
//! comes from, of files, tables, the clock or configuration.
//!
//! Reading order: `settings`; `suppression`, `consent` and `contacts` (what may not be done); `control` and `holdout` (who is left alone so
//! that the rest can be judged); `outcome` (what can become of a candidate); `selection` (the whole way); `ledger` (what can happen to a
//! contact, and which results belong to it); `change` (a list beside that of the last run), on its own.

mod change;
mod consent;
mod contacts;
mod control;
mod holdout;
mod ledger;
mod outcome;
mod selection;
mod settings;
mod suppression;

pub use change::{Change, FEW, change};
pub use consent::{Answer, CHANNELS, Channel, ChannelRow, Consent, Words, names_consent, names_objection};
pub use contacts::Contacts;
pub use control::{BUCKETS, bucket, in_control};
pub use holdout::{Draw, Drawn, Holdout, Rotation};
pub use ledger::{
    CONTACT_EVENTS, CONTACTED_ARM, CONTROL_ARM, ContactEvent, ContactEventRow, ContactParts, NoContact, PlannedContact,
    PlannedContacts, contact_key,
};
pub use outcome::{OUTCOMES, Outcome, OutcomeRow};
pub use selection::{Candidate, Selection, Verdict, select};
pub use settings::{SelectionSettings, SettingError};
pub use suppression::{Suppression, SuppressionError, SuppressionTable};
