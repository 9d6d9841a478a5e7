//! One id under all its spellings.

use std::borrow::Cow;

use rayon::prelude::*;

pub(super) use crate::keys::Spelling;
use crate::keys::{email, email_key, fold, spelling};
use crate::orders::{NONE, Names};

/// Raw numbers brought together under canonical ones.
///
/// Canonical numbers are dense and follow the order of the names, so they depend on which names occur and not on the
/// order of the rows.
#[derive(Debug, Clone)]
pub struct Canon {
    /// Canonical number of each raw number; [`NONE`] for a text that is blank, does not occur in the history or
    /// stands for nothing.
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

impl Canon {
    /// The canonical number for a raw one.
    pub fn get(&self, raw: u32) -> u32 {
        if raw == NONE { NONE } else { self.of[raw as usize] }
    }

    /// Takes these canonical numbers for nothing: texts under them are like blank ones.
    pub(super) fn forget(&mut self, gone: &[bool]) {
        self.of.iter_mut().filter(|id| **id != NONE && gone[**id as usize]).for_each(|id| *id = NONE);
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
                let spelling = spelling(raw.get(id), rule);
                let key = if rule.fold_case { folded(&spelling) } else { None };
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

/// The first eight bytes as a number that sorts like them.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(bytes)
}

/// A text without its letter case, an e-mail address without what is written around it (`mailto:`, a name and brackets) too; `None`
/// if it is so already.
fn folded(text: &str) -> Option<String> {
    let address = if text.contains('@') && email(text).is_ok() { email_key(text) } else { None };
    match address {
        Some(address) => Some(fold(&address).unwrap_or(address)),
        None => fold(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn an_address_is_one_person_however_it_is_written() {
        let texts =
            ["ann@x.example", "ANN@X.example", "mailto:ann@x.example", "Ann <ann@x.example>", "MUG @ 5", "MUG @5"];
        let raw: Names = texts.into_iter().collect();
        let canon = Canon::of(&raw, &vec![true; raw.len()], Spelling { fold_case: true, whole_numbers: true });
        assert_eq!(canon.of, [0, 0, 0, 0, 1, 2]);
        assert_eq!(canon.names.iter().next(), Some("ANN@X.example"));
    }
}
