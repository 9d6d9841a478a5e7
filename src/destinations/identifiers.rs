//! How people's identifiers are written for matching: one function per form, as vendors disagree on details.
//!
//! Every function takes the text as stored and gives the text to write, or the rule that the text breaks.

use sha2::{Digest, Sha256};

use super::part::hex;
use crate::keys::{self, PhoneFault};

/// What a column's text becomes.
pub(super) type Change = fn(&str, Home) -> Result<String, &'static str>;

/// Where a telephone number is from that is written without a calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// From this region.
    Region(&'static str),
    /// The row names a country that is not known.
    Unknown,
    /// Nothing says where.
    Unsaid,
}

impl Home {
    /// Of a row: its own country, or the calling code of the list where the row names none.
    pub fn of(country: Option<&str>, calling_code: Option<&str>) -> Home {
        match country.map(str::trim).filter(|country| !country.is_empty()) {
            Some(country) => keys::region_of_country(country).map_or(Home::Unknown, Home::Region),
            None => calling_code.and_then(keys::region_of_calling_code).map_or(Home::Unsaid, Home::Region),
        }
    }
}

/// Without spaces around it.
pub(super) fn trimmed(text: &str, _: Home) -> Result<String, &'static str> {
    Ok(text.trim().to_owned())
}

/// An address that mail could be delivered to.
pub(super) fn email(text: &str, _: Home) -> Result<String, &'static str> {
    keys::email(text).map_err(|_| "bad-email")
}

/// As [`email`], with plain letters before the `@` only.
pub(super) fn email_ascii_local(text: &str, home: Home) -> Result<String, &'static str> {
    let text = email(text, home)?;
    match text.rsplit_once('@').is_some_and(|(local, _)| local.is_ascii()) {
        true => Ok(text),
        false => Err("accent-in-email"),
    }
}

/// SHA-256 of the address in lower case.
///
/// Dots and `+tag` of Gmail addresses stay: only Google's *enhanced conversions* strip them, its Customer Match does not,
/// nor do Meta and TikTok.
pub(super) fn email_hash(text: &str, home: Home) -> Result<String, &'static str> {
    email(text, home).map(|text| sha256(&text.to_lowercase()))
}

/// `+`, calling code and number (ITU-T E.164), if the number is a possible one of its country.
pub(super) fn phone_e164(text: &str, home: Home) -> Result<String, &'static str> {
    let region = if let Home::Region(region) = home { Some(region) } else { None };
    keys::e164(text, region).map_err(|fault| match (fault, home) {
        (PhoneFault::NotPossible, _) => "bad-phone",
        (PhoneFault::NoCountry, Home::Unknown) => "unknown-country",
        (PhoneFault::NoCountry, _) => "no-country-code",
    })
}

/// As [`phone_e164`], without the `+`.
pub(super) fn phone_digits(text: &str, home: Home) -> Result<String, &'static str> {
    phone_e164(text, home).map(|phone| phone[1..].to_owned())
}

/// SHA-256 of the number with its `+`.
pub(super) fn phone_e164_hash(text: &str, home: Home) -> Result<String, &'static str> {
    phone_e164(text, home).map(|phone| sha256(&phone))
}

/// SHA-256 of the number's digits.
pub(super) fn phone_digits_hash(text: &str, home: Home) -> Result<String, &'static str> {
    phone_digits(text, home).map(|phone| sha256(&phone))
}

/// SHA-256 of the name, trimmed and in lower case.
pub(super) fn name_hash(text: &str, _: Home) -> Result<String, &'static str> {
    hash_unless_empty(text.trim().to_lowercase())
}

/// SHA-256 of the name's letters and digits, in lower case.
///
/// Letters beyond a–z are kept. Meta's own code disagrees with itself here: one of its normalisers turns "Pérez" into
/// "prez", the newer one leaves it as it is, and its help asks for UTF-8.
pub(super) fn letters_hash(text: &str, _: Home) -> Result<String, &'static str> {
    hash_unless_empty(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}

/// SHA-256 of a postal code in lower case, without spaces and without what follows a hyphen (ZIP+4).
pub(super) fn postal_code_hash(text: &str, _: Home) -> Result<String, &'static str> {
    let before = text.split('-').next().unwrap_or_default();
    hash_unless_empty(before.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect())
}

/// The two letters of ISO 3166-1, in capitals; `UK` is read as `GB`, its code.
pub(super) fn country(text: &str, _: Home) -> Result<String, &'static str> {
    let text = text.trim().to_ascii_uppercase();
    match text.as_str() {
        "UK" => Ok("GB".to_owned()),
        _ if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) => Ok(text),
        "" => Ok(text),
        _ => Err("bad-country"),
    }
}

/// SHA-256 of the two letters, in lower case.
pub(super) fn country_hash(text: &str, home: Home) -> Result<String, &'static str> {
    hash_unless_empty(country(text, home)?.to_ascii_lowercase())
}

fn hash_unless_empty(text: String) -> Result<String, &'static str> {
    Ok(if text.is_empty() { text } else { sha256(&text) })
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Home = Home::Unsaid;

    /// TikTok, "How to create a custom audience with a customer file": sha256("janedoe@gmail.com").
    /// X Ads API, "User data": sha256("adsapi").
    #[test]
    fn matches_the_vendors_own_hashes() {
        let jane = email_hash(" JaneDoe@Gmail.com ", HERE).unwrap();
        assert_eq!(jane, "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69");
        let name = name_hash("AdsAPI ", HERE).unwrap();
        assert_eq!(name, "49e0be2aeccfb51a8dee4c945c8a70a9ac500cf6f5cb08112575f74db9b1470d");
    }

    /// FIPS 180-4 example: sha256("abc").
    #[test]
    fn matches_fips_180_4() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn emails() {
        assert_eq!(email(" mailto:Kay@b.co", HERE).as_deref(), Ok("Kay@b.co"));
        assert_eq!(email("a@b.c", HERE), Err("bad-email"));
        assert_eq!(email_hash("mailto:Kay@b.co", HERE), email_hash("kay@b.co", HERE));
        assert_eq!(email_ascii_local("josé@b.co", HERE), Err("accent-in-email"));
        assert!(email_ascii_local("jose@bücher.de", HERE).is_ok());
    }

    #[test]
    fn phones() {
        let british = Home::Region("GB");
        for (text, home, result) in [
            ("+44 (20) 7946-0018", HERE, Ok("+442079460018")),
            ("0044 20 7946 0018", HERE, Ok("+442079460018")),
            ("020 7946 0018", british, Ok("+442079460018")),
            ("020 7946 0018", HERE, Err("no-country-code")),
            ("020 7946 0018", Home::Unknown, Err("unknown-country")),
            ("+44 20 7946 0018 ext 3", HERE, Err("bad-phone")),
            ("+0123456789", HERE, Err("bad-phone")),
            ("+123", HERE, Err("bad-phone")),
            ("+1234567890123456", HERE, Err("bad-phone")),
        ] {
            assert_eq!(phone_e164(text, home).as_deref().map_err(|e| *e), result, "{text}");
            // What is no number is never hashed.
            assert_eq!(phone_e164_hash(text, home).is_ok(), result.is_ok(), "{text}");
            assert_eq!(phone_digits_hash(text, home).is_ok(), result.is_ok(), "{text}");
        }
        assert_eq!(phone_digits("+1 650 253 0000", HERE).unwrap(), "16502530000");
    }

    #[test]
    fn a_row_says_where_its_number_is_from_before_the_list_does() {
        assert_eq!(Home::of(Some("DE"), Some("44")), Home::Region("DE"));
        assert_eq!(Home::of(Some(" "), Some("44")), Home::Region("GB"));
        assert_eq!(Home::of(None, Some("44")), Home::Region("GB"));
        assert_eq!(Home::of(Some("Atlantis"), Some("44")), Home::Unknown);
        assert_eq!(Home::of(None, None), Home::Unsaid);
    }

    #[test]
    fn names_and_places() {
        let p = HERE;
        assert_eq!(letters_hash("O'Brien-Smith", p), letters_hash("obriensmith", p));
        assert_ne!(letters_hash("Pérez", p), letters_hash("Prez", p));
        assert_eq!(postal_code_hash("94025-1234", p), postal_code_hash("94025", p));
        assert_eq!(country("uk", p).unwrap(), "GB");
        assert_eq!(country("United Kingdom", p), Err("bad-country"));
        assert_eq!(name_hash("  ", p).unwrap(), "");
    }
}
