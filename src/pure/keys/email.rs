//! E-mail addresses: as they are written in import files, and as they are compared.

use unicode_normalization::UnicodeNormalization;

/// Why a text is no address that mail could reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmailFault;

/// Longest address and longest part before the `@`, bytes (RFC 5321, 4.5.3.1).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
/// Longest label of a domain, bytes (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The address in a text, in its own letter case: without `mailto:`, a name before it, brackets, blanks around it and a
/// spreadsheet's apostrophe.
///
/// # Errors
/// When mail could not be delivered to it: not one `@`, a local part that is empty, longer than 64 bytes or has dots at its ends,
/// a domain without a top-level domain of at least two letters, blanks or control characters inside, over 254 bytes.
pub fn email(text: &str) -> Result<String, EmailFault> {
    let text = bare(text);
    let (local, domain) = text.rsplit_once('@').ok_or(EmailFault)?;
    let plain = text
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | ':'));
    let local_is_good = !local.is_empty()
        && local.len() <= LONGEST_LOCAL
        && !local.contains('@')
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let good = local_is_good && plain && text.len() <= LONGEST && is_domain(domain);
    if good { Ok(text.to_owned()) } else { Err(EmailFault) }
}

/// The form by which addresses are compared: lower case, international domains in letters, no blanks. Also of texts that are no good
/// address but have an `@`, so that whoever objected under a mistyped one is found; `None` of anything else.
pub fn email_key(text: &str) -> Option<String> {
    let mut key = key_once(text)?;
    // Blanks taken out and labels read can bring about what is taken off once more.
    loop {
        let next = key_once(&key)?;
        if next == key {
            return Some(key);
        }
        key = next;
    }
}

fn key_once(text: &str) -> Option<String> {
    let text = bare(text);
    if !text.contains('@') {
        return None;
    }
    let lower: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).nfc().collect();
    let (local, domain) = lower.rsplit_once('@')?;
    let domain = domain.trim_end_matches('.');
    if local.is_empty() || domain.is_empty() {
        return None;
    }
    let labels: Vec<String> =
        domain.split('.').map(|label| in_letters(label).unwrap_or_else(|| label.to_owned())).collect();
    Some(format!("{local}@{}", labels.join(".")))
}

/// The address without what is put around it.
fn bare(text: &str) -> &str {
    let mut text = text.trim_matches(is_blank);
    loop {
        let before = text;
        if let Some((_, inner)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            text = inner.trim_matches(is_blank);
        }
        if let Some(head) = text.get(..7)
            && head.eq_ignore_ascii_case("mailto:")
        {
            text = text[7..].split('?').next().unwrap_or_default().trim_matches(is_blank);
        }
        if let Some(rest) = text.strip_prefix('\'') {
            text = rest.strip_suffix('\'').unwrap_or(rest).trim_matches(is_blank);
        }
        if text == before {
            return text;
        }
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// Whether a text could be the domain of an address: labels of letters, digits and hyphens, the last one of at least two
/// letters.
fn is_domain(domain: &str) -> bool {
    let mut labels: Vec<&str> = domain.split('.').collect();
    let good = |label: &&str| {
        !label.is_empty()
            && label.len() <= LONGEST_LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || is_mark(c))
    };
    if !labels.iter().all(good) || labels.len() < 2 {
        return false;
    }
    let last = labels.pop().unwrap_or_default();
    let letters = last.chars().filter(|c| c.is_alphabetic()).count();
    // Top-level domains have two letters or more (RFC 1123, 2.1); those of other scripts may have one character less in letters.
    let is_plain = last.is_ascii() && letters >= 2 && (letters == last.len() || last.starts_with("xn--"));
    is_plain || (!last.is_ascii() && letters >= 1 && last.chars().count() >= 2)
}

/// Marks that belong to letters of many scripts.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// A label `xn--…` in its letters (Punycode, RFC 3492, 6.2), lower case; `None` of other labels and of broken ones.
fn in_letters(label: &str) -> Option<String> {
    let encoded = label.strip_prefix("xn--")?;
    let (basic, rest) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut letters: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (128u32, 0u32, 72u32);
    let mut digits = rest.bytes();
    while digits.len() > 0 {
        let before = i;
        let mut weight = 1u32;
        let mut k = 36;
        loop {
            let digit = match digits.next()? {
                byte @ b'a'..=b'z' => u32::from(byte - b'a'),
                byte @ b'A'..=b'Z' => u32::from(byte - b'A'),
                byte @ b'0'..=b'9' => u32::from(byte - b'0') + 26,
                _ => return None,
            };
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = if k <= bias { 1 } else { (k - bias).min(26) };
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            k += 36;
        }
        let length = letters.len() as u32 + 1;
        bias = adapted(i - before, length, before == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        letters.insert(i as usize, char::from_u32(n)?);
        i += 1;
    }
    let text: String = letters.into_iter().flat_map(char::to_lowercase).nfc().collect();
    // What decodes to a label in code again would not be one form.
    (!text.is_empty()
        && !text.starts_with("xn--")
        && !text.is_ascii()
        && !text.contains(['@', '.', '<', '>', '\''])
        && !text.chars().any(is_blank))
    .then_some(text)
}

/// Bias of the next digit (RFC 3492, 6.1).
fn adapted(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_as_written() {
        for (text, expected) in [
            ("a@b.co", "a@b.co"),
            (" JaneDoe@Gmail.com ", "JaneDoe@Gmail.com"),
            ("mailto:kay@example.com", "kay@example.com"),
            ("MAILTO:kay@example.com?subject=Hi", "kay@example.com"),
            ("Kay Doe <kay@example.com>", "kay@example.com"),
            ("\"Doe, Kay\" <mailto:kay@example.com>", "kay@example.com"),
            ("<kay@example.com>", "kay@example.com"),
            ("'hal@example.com", "hal@example.com"),
            ("first.last+tag@sub.example.org", "first.last+tag@sub.example.org"),
            ("=odd@b.co", "=odd@b.co"),
            ("o'hara@example.com", "o'hara@example.com"),
            ("jörg@müller.example", "jörg@müller.example"),
            ("lou@xn--mller-kva.example", "lou@xn--mller-kva.example"),
            ("a@b.xn--p1ai", "a@b.xn--p1ai"),
            ("a@почта.рф", "a@почта.рф"),
        ] {
            assert_eq!(email(text).as_deref(), Ok(expected), "{text}");
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
            "a@b.co;c@d.co",
            ".a@b.co",
            "ida.@example.com",
            "a@-b.co",
            "a\u{7}@b.co",
            "a@b.c",
            "bob@aol",
            "a@1.2.3.4",
            "a@b_c.com",
            "dan @example.com",
            "\"quoted name\"@example.com",
            "a@example.c0",
            "tel:+44@b.co",
        ] {
            assert_eq!(email(bad), Err(EmailFault), "{bad}");
        }
    }

    #[test]
    fn addresses_as_compared() {
        let key = |text| email_key(text).expect("an address");
        assert_eq!(key("ANN@Example.com"), key("Ann <mailto:ann@example.com>"));
        assert_eq!(key("dan @example.com"), "dan@example.com");
        assert_eq!(key("lou@xn--mller-kva.example"), key("Lou@MÜLLER.example"));
        assert_eq!(key("lou@mu\u{308}ller.example"), "lou@müller.example");
        assert_eq!((email_key("13085"), email_key("@twitter"), email_key("a@")), (None, None, None));
    }

    /// Samples of RFC 3492, 7.1: (B) Chinese (simplified), (D) Czech.
    #[test]
    fn international_labels_of_rfc_3492() {
        assert_eq!(in_letters("xn--ihqwcrb4cv8a8dqg056pqjye").as_deref(), Some("他们为什么不说中文"));
        assert_eq!(in_letters("xn--proprostnemluvesky-uyb24dma41a").as_deref(), Some("pročprostěnemluvíčesky"));
        assert_eq!(in_letters("xn--\u{e9}"), None);
        assert_eq!(in_letters("xn--99999999"), None);
    }

    proptest! {
        #[test]
        fn keys_are_idempotent(text in "\\PC{0,20}|[a-zA-Z .'<>]{0,6}@[a-z0-9.-]{0,8}|(mailto:)?[a-z]{1,3}@xn--[a-z0-9-]{0,8}\\.com") {
            if let Some(key) = email_key(&text) {
                let again = email_key(&key);
                prop_assert_eq!(again.as_deref(), Some(key.as_str()), "{:?}", text);
            }
            if let Ok(address) = email(&text) {
                prop_assert_eq!(email(&address), Ok(address.clone()));
                prop_assert_eq!(email_key(&address), email_key(&text));
            }
        }
    }
}
