//! Values of `${env:NAME}`: kept by a type that cannot be printed or saved, and taken out of every text that leaves the program.
//!
//! A secret's value goes into a setting, and from there into a path, a query or a library's error message. So every value is
//! entered here when it is read, and messages, notes, records and reports pass through [`hide`].

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use memchr::memmem;

/// Shorter values are not searched for, in bytes: they hide nothing, and taking them out would garble every text.
pub const SHORTEST: usize = 4;
/// Words of a value, of letters and digits, that are searched for by themselves: at least this long, in bytes.
const SHORTEST_PIECE: usize = 8;

/// The value of an environment variable. It can be used, but neither shown nor saved.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a value in; from here on it is hidden wherever it appears.
    pub fn new(name: &str, value: String) -> Secret {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).add(name, &value);
        Secret(value)
    }

    /// The value, for the one place that puts it into a setting.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

struct Known {
    /// What to search for, in lower case, with what stands in its place; the longest first.
    forms: Vec<(String, String)>,
}

static KNOWN: RwLock<Known> = RwLock::new(Known { forms: Vec::new() });

fn known() -> RwLockReadGuard<'static, Known> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner)
}

impl Known {
    fn add(&mut self, name: &str, value: &str) {
        let shown = format!("${{env:{name}}}");
        for form in forms(value) {
            let form = form.to_ascii_lowercase();
            if form.len() >= SHORTEST && self.forms.iter().all(|(known, _)| *known != form) {
                self.forms.push((form, shown.clone()));
            }
        }
        self.forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
    }

    /// Where secrets are, with what stands in their place; longer ones win. Engines write names in lower case, so case does
    /// not matter.
    fn find(&self, text: &[u8]) -> Vec<(Range<usize>, &str)> {
        let mut found: Vec<(Range<usize>, &str)> = Vec::new();
        if self.forms.is_empty() {
            return found;
        }
        let text = text.to_ascii_lowercase();
        for (form, shown) in &self.forms {
            for start in memmem::find_iter(&text, form) {
                let place = start..start + form.len();
                if found.iter().all(|(other, _)| place.end <= other.start || other.end <= place.start) {
                    found.push((place, shown));
                }
            }
        }
        found.sort_by_key(|(place, _)| place.start);
        found
    }
}

/// A value as it appears in messages, JSON, SQL, pages and addresses, and its longer pieces.
fn forms(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap_or_default();
    let debug = format!("{value:?}");
    let inner = |quoted: &str| quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let page = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let address: String = value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    let mut forms = vec![value.to_owned(), value.trim().to_owned(), inner(&json), inner(&debug)];
    forms.extend([value.replace('\'', "''"), page.replace('\'', "&#39;"), page, address]);
    // A parser's message may hold one word of it. Words without digits are more likely a folder's name than a key.
    let mixed = |piece: &str| piece.contains(|c: char| c.is_ascii_digit()) && piece.contains(char::is_alphabetic);
    let words = value.split(|c: char| !c.is_alphanumeric());
    let pieces = words.filter(|piece| piece.len() >= SHORTEST_PIECE && mixed(piece));
    forms.extend(pieces.map(str::to_owned));
    forms
}

/// The text with `${env:NAME}` in place of every secret in it.
pub fn hide(text: &str) -> Cow<'_, str> {
    let known = known();
    let found = known.find(text.as_bytes());
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for (place, shown) in found {
        // Forms are whole texts, so they begin and end between characters.
        out.push_str(&text[end..place.start]);
        out.push_str(shown);
        end = place.end;
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// The variables whose values stand in a text, as `${env:NAME}`.
pub fn named_in(text: &str) -> Vec<String> {
    let known = known();
    let mut names: Vec<String> = known.find(text.as_bytes()).into_iter().map(|(_, shown)| shown.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// The bytes with stars in place of every secret in them: nothing moves, so files with lengths and offsets stay readable.
pub fn mask(mut bytes: Vec<u8>) -> Vec<u8> {
    let places: Vec<Range<usize>> = known().find(&bytes).into_iter().map(|(place, _)| place).collect();
    places.into_iter().for_each(|place| bytes[place].fill(b'*'));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_form_and_other_text_is_left_alone() {
        let secret = Secret::new("PATRON_UNIT_KEY", "hunter2 'n <\"Zürich\\".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret");
        let shown = "${env:PATRON_UNIT_KEY}";
        for text in [
            secret.reveal().to_owned(),
            secret.reveal().to_ascii_lowercase(),
            secret.reveal().replace('\'', "''"),
            serde_json::to_string(secret.reveal()).expect("JSON").trim_matches('"').to_owned(),
            format!("{:?}", secret.reveal()).trim_matches('"').to_owned(),
            "hunter2 &#39;n &lt;&quot;Zürich\\".to_owned(),
        ] {
            assert_eq!(hide(&format!("a {text} b")), format!("a {shown} b"), "{text}");
        }
        assert_eq!(hide("hunters of Zürich"), "hunters of Zürich");
        assert_eq!(named_in("x hunter2 'n <\"Zürich\\"), [shown]);
        let masked = mask(format!("ab{}cd", secret.reveal()).into_bytes());
        assert_eq!(masked.len(), 4 + secret.reveal().len());
        assert!(masked.starts_with(b"ab***") && masked.ends_with(b"**cd"));
    }

    #[test]
    fn a_word_of_a_secret_is_hidden_when_it_is_long_and_a_short_value_never() {
        Secret::new("PATRON_UNIT_TOKEN", "abc-Zq8xYw7vUt6s-d".to_owned());
        Secret::new("PATRON_UNIT_SHORT", "q9".to_owned());
        assert_eq!(hide("no column zq8xyw7vut6s"), "no column ${env:PATRON_UNIT_TOKEN}");
        assert_eq!(hide("q9"), "q9");
    }
}
