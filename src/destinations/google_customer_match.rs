//! `google-customer-match`: e-mail, telephone (E.164 with its `+`) and names as SHA-256; country and postal code in clear, as Google asks.

use super::identifiers::{country, email_hash, name_hash, phone_e164_hash, trimmed};
use super::profile::{Others, Profile, hashed, plain};
use super::{Destination, Format, Role};

pub(super) const GOOGLE_CUSTOMER_MATCH: Destination = Destination {
    name: "google-customer-match",
    meaning: "an audience for Google Customer Match, hashed",
    extension: "csv",
    for_people: false,
    hashed: true,
    source: "support.google.com/google-ads, answers 7659867, 7476159, 7474263 and 14310715",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        hashed(Role::Email, "Email", email_hash),
        hashed(Role::Email, "Email", email_hash),
        hashed(Role::Email, "Email", email_hash),
        hashed(Role::Phone, "Phone", phone_e164_hash),
        hashed(Role::Phone, "Phone", phone_e164_hash),
        hashed(Role::Phone, "Phone", phone_e164_hash),
        hashed(Role::FirstName, "First Name", name_hash),
        hashed(Role::LastName, "Last Name", name_hash),
        plain(Role::Country, "Country", country),
        plain(Role::PostalCode, "Zip", trimmed),
    ],
    others: Others::Leave,
    identifiers: &[Role::Email, Role::Phone, Role::LastName],
    // An address matches only with all four.
    together: &[Role::FirstName, Role::LastName, Role::Country, Role::PostalCode],
    notes: &[
        "consent (ad_user_data, ad_personalization) holds for a whole upload: make one list for each kind of consent",
    ],
    ..Profile::USUAL
};
