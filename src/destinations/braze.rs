//! `braze`: default attributes by their case-sensitive names, anything else a custom attribute; line ends are never mixed.

use super::identifiers::{country, email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const BRAZE: Destination = Destination {
    name: "braze",
    meaning: "users for Braze",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "Braze documentation, user import by CSV",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Id, "external_id", trimmed),
        plain(Role::Email, "email", email),
        plain(Role::Phone, "phone", phone_e164),
        plain(Role::FirstName, "first_name", trimmed),
        plain(Role::LastName, "last_name", trimmed),
        plain(Role::City, "home_city", trimmed),
        plain(Role::Country, "country", country),
        plain(Role::Language, "language", trimmed),
    ],
    identifiers: &[Role::Id, Role::Email, Role::Phone],
    max_bytes: 500_000_000,
    octal: true,
    notes: &[
        "an empty cell never overwrites what Braze holds",
        "users with and without external_id go in a file each",
        "Braze reads digits with a leading zero as octal (0130 becomes 88): such columns are reported as read-as-octal",
    ],
    ..Profile::USUAL
};
