//! `mailchimp`: one contact a row, days as YYYY-MM-DD, texts of at most 255 bytes, `GB` rather than `UK`.

use super::identifiers::{country, email_ascii_local, phone_e164, trimmed};
use super::profile::{Profile, plain};
use super::{Destination, Format, Role};

pub(super) const MAILCHIMP: Destination = Destination {
    name: "mailchimp",
    meaning: "contacts for Mailchimp",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "mailchimp.com/help/format-guidelines-for-your-import-file",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[
        plain(Role::Email, "Email Address", email_ascii_local),
        plain(Role::Phone, "SMS Phone Number", phone_e164),
        plain(Role::FirstName, "First Name", trimmed),
        plain(Role::LastName, "Last Name", trimmed),
        plain(Role::City, "City", trimmed),
        plain(Role::Region, "State", trimmed),
        plain(Role::PostalCode, "Zip Code", trimmed),
        plain(Role::Country, "Country", country),
    ],
    identifiers: &[Role::Email, Role::Phone],
    // Mailchimp clips text fields at 255 bytes; clipped here, it is told.
    text_bytes: 255,
    days_only: true,
    notes: &["Mailchimp skips addresses that have unsubscribed, and role addresses such as info@"],
    ..Profile::USUAL
};
