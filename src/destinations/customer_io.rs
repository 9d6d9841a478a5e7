//! `customer-io`: `id` or `email`, case-sensitive, at most 100 MB and 100 columns.

use super::identifiers::{email, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const CUSTOMER_IO: Destination = Destination {
    name: "customer-io",
    meaning: "people for Customer.io",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "customer.io documentation, uploading people",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Id, "id", trimmed),
        plain(Role::Email, "email", email),
        plain(Role::Phone, "phone", phone_e164),
        plain(Role::FirstName, "first_name", trimmed),
        plain(Role::LastName, "last_name", trimmed),
    ],
    identifiers: &[Role::Id, Role::Email],
    max_bytes: 100_000_000,
    max_columns: 100,
    notes: &["choose when importing whether empty cells are ignored or clear the attribute"],
    ..Profile::USUAL
};
