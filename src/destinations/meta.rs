//! `meta`: identifiers as SHA-256, telephones as digits without `+`, `value` a plain number without a currency sign.

use super::identifiers::{country_hash, email_hash, letters_hash, phone_digits_hash, postal_code_hash, trimmed};
use super::profile::{Others, Profile, hashed, plain};
use super::{Destination, Format, Role};

pub(super) const META: Destination = Destination {
    name: "meta",
    meaning: "a custom audience for Meta, hashed",
    extension: "csv",
    for_people: false,
    hashed: true,
    source: "facebook.com/business/help, articles 2082575038703844 and 1033094474356222",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        hashed(Role::Email, "email", email_hash),
        hashed(Role::Phone, "phone", phone_digits_hash),
        hashed(Role::FirstName, "fn", letters_hash),
        hashed(Role::LastName, "ln", letters_hash),
        hashed(Role::City, "ct", letters_hash),
        hashed(Role::Region, "st", letters_hash),
        hashed(Role::PostalCode, "zip", postal_code_hash),
        hashed(Role::Country, "country", country_hash),
        plain(Role::Money, "value", trimmed),
    ],
    others: Others::Leave,
    identifiers: &[Role::Email, Role::Phone, Role::LastName],
    min_rows: 100,
    notes: &["Meta matches better with a country column, even where all customers are of one country"],
    ..Profile::USUAL
};
