//! `sendgrid`: at least one identifier, at most a million contacts.

use super::identifiers::{email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const SENDGRID: Destination = Destination {
    name: "sendgrid",
    meaning: "contacts for SendGrid",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "docs.sendgrid.com, marketing contacts import",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Email, "email", email),
        plain(Role::Phone, "phone_number_id", phone_e164),
        plain(Role::Id, "external_id", trimmed),
        plain(Role::FirstName, "first_name", trimmed),
        plain(Role::LastName, "last_name", trimmed),
        plain(Role::City, "city", trimmed),
        plain(Role::Region, "state_province_region", trimmed),
        plain(Role::PostalCode, "postal_code", trimmed),
        plain(Role::Country, "country", trimmed),
    ],
    identifiers: &[Role::Email, Role::Phone, Role::Id],
    // A million contacts or 5 GB.
    max_rows: 1_000_000,
    max_bytes: 5_000_000_000,
    ..Profile::USUAL
};
