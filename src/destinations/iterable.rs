//! `iterable`: `email` or `userId`, names sensitive to case and spaces, at most two million rows.

use super::identifiers::{email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const ITERABLE: Destination = Destination {
    name: "iterable",
    meaning: "users for Iterable",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "support.iterable.com, articles 115000770906 and 205694345",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Email, "email", email),
        plain(Role::Id, "userId", trimmed),
        plain(Role::Phone, "phoneNumber", phone_e164),
        plain(Role::FirstName, "firstName", trimmed),
        plain(Role::LastName, "lastName", trimmed),
    ],
    identifiers: &[Role::Email, Role::Id],
    max_rows: 2_000_000,
    notes: &["the type that Iterable first gives to a new field is permanent: look at new fields before importing"],
    ..Profile::USUAL
};
