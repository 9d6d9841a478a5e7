//! `hubspot`: `Email` is the key of a contact.

use super::identifiers::{email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const HUBSPOT: Destination = Destination {
    name: "hubspot",
    meaning: "contacts for HubSpot",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "knowledge.hubspot.com/import-and-export/set-up-your-import-file",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Email, "Email", email),
        plain(Role::Phone, "Phone Number", phone_e164),
        plain(Role::FirstName, "First Name", trimmed),
        plain(Role::LastName, "Last Name", trimmed),
        plain(Role::City, "City", trimmed),
        plain(Role::Region, "State/Region", trimmed),
        plain(Role::PostalCode, "Postal Code", trimmed),
        plain(Role::Country, "Country/Region", trimmed),
    ],
    identifiers: &[Role::Email],
    // 1,048,576 rows of a file with its header; below 1,000 columns; 512 MB on paid plans.
    max_rows: 1_048_575,
    max_bytes: 512_000_000,
    max_columns: 999,
    days_only: true,
    notes: &[
        "free HubSpot accounts take files of 20 MB at most: set max_bytes",
        "opt-outs go in a file of their own, with Email only",
    ],
    ..Profile::USUAL
};
