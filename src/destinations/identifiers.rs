//! How people's identifiers are written for matching: one function per form, as vendors disagree on details.
//!
//! Every function takes the text as stored and gives the text to write, or the rule that the text breaks.

use sha2::{Digest, Sha256};

use super::Options;
use super::part::hex;

/// What a column's text becomes.
pub(super) type Change = fn(&str, &Options) -> Result<String, &'static str>;

/// Without spaces around it.
pub(super) fn trimmed(text: &str, _: &Options) -> Result<String, &'static str> {
    Ok(text.trim().to_owned())
}

/// An address that could be delivered to: one `@`, a local part of at most 64 bytes, a domain with a dot, at most 254
/// bytes in all (RFC 5321, 4.5.3.1), no spaces or control characters.
pub(super) fn email(text: &str, _: &Options) -> Result<String, &'static str> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@').ok_or("bad-email")?;
    let labels = domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let plain = text
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')'));
    let local_is_good = !local.is_empty()
        && local.len() <= 64
        && !local.contains('@')
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    match local_is_good && labels && domain.contains('.') && plain && text.len() <= 254 {
        true => Ok(text.to_owned()),
        false => Err("bad-email"),
    }
}

/// As [`email`], with plain letters before the `@` only.
pub(super) fn email_ascii_local(text: &str, options: &Options) -> Result<String, &'static str> {
    let text = email(text, options)?;
    match text.rsplit_once('@').is_some_and(|(local, _)| local.is_ascii()) {
        true => Ok(text),
        false => Err("accent-in-email"),
    }
}

/// SHA-256 of the address in lower case.
///
/// Dots and `+tag` of Gmail addresses stay: only Google's *enhanced conversions* strip them, its Customer Match does not,
/// nor do Meta and TikTok.
pub(super) fn email_hash(text: &str, options: &Options) -> Result<String, &'static str> {
    email(text, options).map(|text| sha256(&text.to_lowercase()))
}

/// `+` and 7 to 15 digits, the first not nought (ITU-T E.164).
pub(super) fn phone_e164(text: &str, options: &Options) -> Result<String, &'static str> {
    let mut digits = String::new();
    let mut plus = false;
    for c in text.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() && !plus => plus = true,
            ' ' | '\u{a0}' | '-' | '‐' | '–' | '.' | '/' | '(' | ')' => {}
            _ => return Err("bad-phone"),
        }
    }
    if !plus {
        match (digits.strip_prefix("00"), &options.calling_code) {
            (Some(rest), _) => digits = rest.to_owned(),
            // The nought before a national number is dialled at home only.
            (None, Some(code)) => digits = format!("{code}{}", digits.strip_prefix('0').unwrap_or(&digits)),
            (None, None) => return Err("no-country-code"),
        }
    }
    match (7..=15).contains(&digits.len()) && !digits.starts_with('0') {
        true => Ok(format!("+{digits}")),
        false => Err("bad-phone"),
    }
}

/// As [`phone_e164`], without the `+`.
pub(super) fn phone_digits(text: &str, options: &Options) -> Result<String, &'static str> {
    phone_e164(text, options).map(|phone| phone[1..].to_owned())
}

/// SHA-256 of the number with its `+`.
pub(super) fn phone_e164_hash(text: &str, options: &Options) -> Result<String, &'static str> {
    phone_e164(text, options).map(|phone| sha256(&phone))
}

/// SHA-256 of the number's digits.
pub(super) fn phone_digits_hash(text: &str, options: &Options) -> Result<String, &'static str> {
    phone_digits(text, options).map(|phone| sha256(&phone))
}

/// SHA-256 of the name, trimmed and in lower case.
pub(super) fn name_hash(text: &str, _: &Options) -> Result<String, &'static str> {
    hash_unless_empty(text.trim().to_lowercase())
}

/// SHA-256 of the name's letters and digits, in lower case.
///
/// Letters beyond a–z are kept. Meta's own code disagrees with itself here: one of its normalisers turns "Pérez" into
/// "prez", the newer one leaves it as it is, and its help asks for UTF-8.
pub(super) fn letters_hash(text: &str, _: &Options) -> Result<String, &'static str> {
    hash_unless_empty(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}

/// SHA-256 of a postal code in lower case, without spaces and without what follows a hyphen (ZIP+4).
pub(super) fn postal_code_hash(text: &str, _: &Options) -> Result<String, &'static str> {
    let before = text.split('-').next().unwrap_or_default();
    hash_unless_empty(before.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect())
}

/// The two letters of ISO 3166-1, in capitals; `UK` is read as `GB`, its code.
pub(super) fn country(text: &str, _: &Options) -> Result<String, &'static str> {
    let text = text.trim().to_ascii_uppercase();
    match text.as_str() {
        "UK" => Ok("GB".to_owned()),
        _ if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) => Ok(text),
        "" => Ok(text),
        _ => Err("bad-country"),
    }
}

/// SHA-256 of the two letters, in lower case.
pub(super) fn country_hash(text: &str, options: &Options) -> Result<String, &'static str> {
    hash_unless_empty(country(text, options)?.to_ascii_lowercase())
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

    fn plain() -> Options {
        Options::default()
    }

    /// TikTok, "How to create a custom audience with a customer file": sha256("janedoe@gmail.com").
    /// X Ads API, "User data": sha256("adsapi").
    #[test]
    fn matches_the_vendors_own_hashes() {
        let jane = email_hash(" JaneDoe@Gmail.com ", &plain()).unwrap();
        assert_eq!(jane, "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69");
        let name = name_hash("AdsAPI ", &plain()).unwrap();
        assert_eq!(name, "49e0be2aeccfb51a8dee4c945c8a70a9ac500cf6f5cb08112575f74db9b1470d");
    }

    /// FIPS 180-4 example: sha256("abc").
    #[test]
    fn matches_fips_180_4() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn emails() {
        for good in ["a@b.co", "first.last+tag@sub.example.org", "=odd@b.co", "josé@b.co"] {
            assert_eq!(email(good, &plain()).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.co",
            "a@@b.co",
            "a b@c.co",
            "a@b..co",
            "a@b.co, c@d.co",
            ".a@b.co",
            "a@-b.co",
            "a\u{7}@b.co",
        ] {
            assert_eq!(email(bad, &plain()), Err("bad-email"), "{bad}");
        }
        assert_eq!(email_ascii_local("josé@b.co", &plain()), Err("accent-in-email"));
        assert!(email_ascii_local("jose@bücher.de", &plain()).is_ok());
    }

    #[test]
    fn phones() {
        let british = Options { calling_code: Some("44".into()), ..plain() };
        for (text, options, result) in [
            ("+44 (20) 7946-0018", &plain(), Ok("+442079460018")),
            ("0044 20 7946 0018", &plain(), Ok("+442079460018")),
            ("020 7946 0018", &british, Ok("+442079460018")),
            ("020 7946 0018", &plain(), Err("no-country-code")),
            ("+44 20 7946 0018 ext 3", &plain(), Err("bad-phone")),
            ("+0123456789", &plain(), Err("bad-phone")),
            ("+123", &plain(), Err("bad-phone")),
            ("+1234567890123456", &plain(), Err("bad-phone")),
        ] {
            assert_eq!(phone_e164(text, options).as_deref().map_err(|e| *e), result, "{text}");
        }
        assert_eq!(phone_digits("+1 650 253 0000", &plain()).unwrap(), "16502530000");
    }

    #[test]
    fn names_and_places() {
        let p = plain();
        assert_eq!(letters_hash("O'Brien-Smith", &p), letters_hash("obriensmith", &p));
        assert_ne!(letters_hash("Pérez", &p), letters_hash("Prez", &p));
        assert_eq!(postal_code_hash("94025-1234", &p), postal_code_hash("94025", &p));
        assert_eq!(country("uk", &p).unwrap(), "GB");
        assert_eq!(country("United Kingdom", &p), Err("bad-country"));
        assert_eq!(name_hash("  ", &p).unwrap(), "");
    }
}
