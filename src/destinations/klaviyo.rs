//! `klaviyo`: the first column is the e-mail address or telephone (E.164), each at most once, at most 50 MB.

use super::identifiers::{email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const KLAVIYO: Destination = Destination {
    name: "klaviyo",
    meaning: "profiles for Klaviyo",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "help.klaviyo.com, articles 115005078967, 115005078807 and 360043841811",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Email, "Email", email),
        plain(Role::Phone, "Phone Number", phone_e164),
        plain(Role::FirstName, "First Name", trimmed),
        plain(Role::LastName, "Last Name", trimmed),
        plain(Role::City, "City", trimmed),
        plain(Role::Region, "State / Region", trimmed),
        plain(Role::PostalCode, "Zip Code", trimmed),
        plain(Role::Country, "Country", trimmed),
    ],
    identifiers: &[Role::Email, Role::Phone],
    max_bytes: 50_000_000,
    notes: &["consent is chosen when importing; suppressions are an upload of their own"],
    ..Profile::USUAL
};
