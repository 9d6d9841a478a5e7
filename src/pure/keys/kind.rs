//! What a key is: an id of the shop's, an e-mail address or a telephone number.

use super::{e164, email, email_key, normal};

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// An id of the shop's own systems.
    Id,
    /// An e-mail address.
    Email,
    /// A telephone number with its calling code.
    Phone,
}

impl KeyKind {
    /// In words, of many.
    pub fn words(self) -> &'static str {
        match self {
            KeyKind::Id => "customers' ids",
            KeyKind::Email => "e-mail addresses",
            KeyKind::Phone => "telephone numbers",
        }
    }
}

/// What a key is. A telephone number counts as one only with `+` or `00` before its calling code: bare digits may be an id.
pub fn kind_of(text: &str) -> KeyKind {
    if email(text).is_ok() {
        return KeyKind::Email;
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\'');
    let abroad = text.starts_with('+') || text.starts_with("00");
    if abroad && text.len() >= 9 && e164(text, None).is_ok() { KeyKind::Phone } else { KeyKind::Id }
}

/// The form by which a key is compared, whatever its kind.
pub fn key(text: &str) -> String {
    match kind_of(text) {
        KeyKind::Email => email_key(text).unwrap_or_else(|| normal(text).into_owned()),
        // An id of digits may begin with `00`, so only `+` makes a number of it here.
        KeyKind::Phone if !text.trim().starts_with('0') => {
            e164(text, None).unwrap_or_else(|_| normal(text).into_owned())
        }
        _ => normal(text).into_owned(),
    }
}

/// The kind of most keys of a column; blank ones do not count. `None` of an empty column.
pub fn main_kind<'a>(keys: impl IntoIterator<Item = &'a str>) -> Option<KeyKind> {
    let mut counts = [0usize; 3];
    for key in keys.into_iter().filter(|key| !key.trim().is_empty()) {
        counts[kind_of(key) as usize] += 1;
    }
    let all: usize = counts.iter().sum();
    let most = [KeyKind::Email, KeyKind::Phone].into_iter().find(|kind| counts[*kind as usize] * 2 > all);
    (all > 0).then(|| most.unwrap_or(KeyKind::Id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_what_it_is() {
        for (text, kind) in [
            ("13085", KeyKind::Id),
            ("0013085", KeyKind::Id),
            ("K17", KeyKind::Id),
            ("kay@example.com", KeyKind::Email),
            ("mailto:kay@example.com", KeyKind::Email),
            ("+44 20 7946 0018", KeyKind::Phone),
            ("0044 20 7946 0018", KeyKind::Phone),
            ("447700900124", KeyKind::Id),
            ("@17", KeyKind::Id),
        ] {
            assert_eq!(kind_of(text), kind, "{text}");
        }
        assert_eq!(main_kind(["13085", "", "kay@example.com", "jo@example.com"]), Some(KeyKind::Email));
        assert_eq!(main_kind([" ", ""]), None);
        assert_eq!(key("Kay <KAY@Example.com>"), "kay@example.com");
        assert_eq!(key("+44 (0)20 7946 0018"), "+442079460018");
        assert_eq!(key("k17 "), "K17");
    }
}
