//! One id under all its spellings.

use std::borrow::Cow;

use rayon::prelude::*;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::lines::NONE;
use super::names::Names;

/// Raw numbers brought together under canonical ones.
///
/// Canonical numbers are dense and follow the order of the names, so they depend on which names occur and not on the
/// order of the rows.
#[derive(Debug, Clone)]
pub struct Canon {
    /// Canonical number of each raw number; [`NONE`] for a text that is blank or does not occur in the history.
    pub of: Vec<u32>,
    /// The canonical names. Where an id occurs in several spellings it is the one that sorts first by its bytes, which
    /// puts upper case before lower and does not change with the order or the number of rows.
    pub names: Names,
    /// How many spellings were brought together under another one.
    pub merged: u32,
}

/// The canonical ids of everything that order lines name.
#[derive(Debug, Clone)]
pub struct Ids {
    pub orders: Canon,
    pub customers: Canon,
    pub items: Canon,
    pub descriptions: Canon,
}

/// Which differences between two spellings do not count. Blanks around and doubled blanks never do, nor Unicode forms.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    /// Letter case does not count.
    pub fold_case: bool,
    /// `13085.0` is `13085`.
    pub whole_numbers: bool,
}

impl Canon {
    /// The canonical number for a raw one.
    pub fn get(&self, raw: u32) -> u32 {
        if raw == NONE { NONE } else { self.of[raw as usize] }
    }

    /// Brings together those names for which `used` says that they occur.
    pub(super) fn of(raw: &Names, used: &[bool], rule: Spelling) -> Self {
        struct Entry<'a> {
            prefix: u64,
            key: Cow<'a, str>,
            spelling: Cow<'a, str>,
            raw: u32,
        }
        let mut entries: Vec<Entry> = (0..raw.len() as u32)
            .into_par_iter()
            .filter(|&id| used[id as usize])
            .filter_map(|id| {
                let mut spelling = tidy(raw.get(id));
                if rule.whole_numbers
                    && let Some(digits) = whole_number(&spelling)
                {
                    spelling = Cow::Owned(digits.to_owned());
                }
                let key = if rule.fold_case { fold(&spelling) } else { None };
                let key = key.map_or_else(|| spelling.clone(), Cow::Owned);
                (!spelling.is_empty()).then(|| Entry { prefix: prefix(&key), key, spelling, raw: id })
            })
            .collect();
        // Most ids differ within their first eight bytes; comparing those as one number spares the walk to the text.
        entries.par_sort_unstable_by(|a, b| {
            a.prefix
                .cmp(&b.prefix)
                .then_with(|| a.key.cmp(&b.key))
                .then_with(|| a.spelling.cmp(&b.spelling))
                .then(a.raw.cmp(&b.raw))
        });

        let mut of = vec![NONE; raw.len()];
        let mut names = Names::with_capacity(entries.len());
        let mut merged = 0;
        for group in entries.chunk_by(|a, b| a.prefix == b.prefix && a.key == b.key) {
            let id = names.intern(&group[0].spelling);
            merged += group.windows(2).filter(|pair| pair[0].spelling != pair[1].spelling).count() as u32;
            for entry in group {
                of[entry.raw as usize] = id;
            }
        }
        Self { of, names, merged }
    }
}

/// Text without blanks around it and with single blanks inside, in Unicode form NFC (UAX 15).
pub fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
    let mut blank = false;
    let doubled = text.chars().any(|c| {
        let was = std::mem::replace(&mut blank, c.is_whitespace());
        c.is_whitespace() && (was || c != ' ')
    });
    let single =
        if doubled { Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" ")) } else { Cow::Borrowed(text) };
    if single.is_ascii() || is_nfc_quick(single.chars()) == IsNormalized::Yes {
        single
    } else {
        Cow::Owned(single.nfc().collect())
    }
}

/// The text in upper case, or `None` if it is so already.
fn fold(text: &str) -> Option<String> {
    if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_lowercase()).then(|| text.to_ascii_uppercase())
    } else {
        Some(text.to_uppercase())
    }
}

/// `13085` of `13085.0`.
fn whole_number(text: &str) -> Option<&str> {
    let (digits, zeros) = text.split_once('.')?;
    let whole = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !zeros.is_empty()
        && zeros.bytes().all(|byte| byte == b'0');
    whole.then_some(digits)
}

/// The first eight bytes as a number that sorts like them.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_unicode_forms_do_not_count() {
        for (raw, expected) in [
            (" WHITE  CHERRY\tLIGHTS ", "WHITE CHERRY LIGHTS"),
            ("plain", "plain"),
            ("\u{feff}85123A\u{a0}", "85123A"),
            ("cafe\u{301}", "caf\u{e9}"),
            ("a\u{a0}b", "a b"),
            (" ", ""),
        ] {
            assert_eq!(tidy(raw), expected);
        }
    }

    #[test]
    fn spellings_come_together_under_the_first_by_bytes() {
        let raw: Names =
            ["85123a", "85123A ", "22041", " ", "M", "m", "unused", "13085.0", "13085"].into_iter().collect();
        let mut used = vec![true; raw.len()];
        used[6] = false;
        let canon = Canon::of(&raw, &used, Spelling { fold_case: true, whole_numbers: true });
        assert_eq!(canon.names.iter().collect::<Vec<_>>(), ["13085", "22041", "85123A", "M"]);
        assert_eq!(canon.of, [2, 2, 1, NONE, 3, 3, NONE, 0, 0]);
        assert_eq!(canon.merged, 2);
        let kept = Canon::of(&raw, &used, Spelling { fold_case: false, whole_numbers: false });
        assert_eq!(kept.names.len(), 7);
    }
}
