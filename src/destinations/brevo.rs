//! `brevo`: one of `EMAIL`, `SMS`, `EXT_ID`, at most 250 MB.

use super::identifiers::{email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const BREVO: Destination = Destination {
    name: "brevo",
    meaning: "contacts for Brevo",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "help.brevo.com, article 208729849",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Email, "EMAIL", email),
        plain(Role::Phone, "SMS", phone_e164),
        plain(Role::Id, "EXT_ID", trimmed),
        plain(Role::FirstName, "FIRSTNAME", trimmed),
        plain(Role::LastName, "LASTNAME", trimmed),
    ],
    identifiers: &[Role::Email, Role::Phone, Role::Id],
    max_bytes: 250_000_000,
    days_only: true,
    ..Profile::USUAL
};
