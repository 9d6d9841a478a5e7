//! `tiktok`: e-mail and telephone as SHA-256; dots and `+tag` stay, as in the current page (an older one stripped them).

use super::identifiers::{email_hash, phone_e164_hash};
use super::profile::{Others, Profile, hashed};
use super::{Destination, Format, Role};

pub(super) const TIKTOK: Destination = Destination {
    name: "tiktok",
    meaning: "a custom audience for TikTok, hashed",
    extension: "csv",
    for_people: false,
    hashed: true,
    source: "ads.tiktok.com/help, how to create a custom audience with a customer file",
    format: Format::Profile(&PROFILE),
};

static PROFILE: Profile = Profile {
    known: &[hashed(Role::Email, "Email_SHA256", email_hash), hashed(Role::Phone, "Phone_SHA256", phone_e164_hash)],
    others: Others::Leave,
    identifiers: &[Role::Email, Role::Phone],
    max_bytes: 1_000_000_000,
    min_rows: 1_000,
    ..Profile::USUAL
};
