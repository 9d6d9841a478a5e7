//! One basket a line, items divided by blanks: FIMI and SPMF.

use super::super::baskets::Baskets;
use super::{NOT_UTF8, Notes};
use crate::orders::Names;
use rustc_hash::FxHashMap;

/// Numbers below this find their item in a table; 16 MiB at most, and only as far as numbers go.
const TABLE: usize = 1 << 22;

pub(super) fn read(bytes: &[u8], comments: bool, notes: &mut Notes) -> (Baskets, Names) {
    let mut words = Words { names: Names::new(), numbers: Vec::new(), given: FxHashMap::default() };
    let mut baskets = Baskets::new(0);
    let mut row: Vec<u32> = Vec::new();
    let mut rest = bytes;
    let mut line = 0;
    while !rest.is_empty() {
        line += 1;
        if comments && matches!(rest[0], b'#' | b'%' | b'@') {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            words.comment(&rest[..end]);
            rest = &rest[(end + 1).min(rest.len())..];
            continue;
        }
        row.clear();
        let (after, fine) = words.line(rest, &mut row);
        rest = after;
        if !fine {
            notes.set_aside(line, NOT_UTF8);
        } else if row.is_empty() {
            notes.blank += 1;
        } else {
            baskets.push(&row);
        }
    }
    (baskets, words.names)
}

struct Words {
    names: Names,
    /// Item of each small number; `u32::MAX` where it has not been met.
    numbers: Vec<u32>,
    /// Names given to words by `@ITEM` lines.
    given: FxHashMap<Vec<u8>, String>,
}

impl Words {
    /// Reads the items of the first line of `bytes` into `row`; gives what follows and whether the line was text.
    fn line<'a>(&mut self, bytes: &'a [u8], row: &mut Vec<u32>) -> (&'a [u8], bool) {
        let mut at = 0;
        let mut fine = true;
        loop {
            while at < bytes.len() && matches!(bytes[at], b' ' | b'\t' | b'\r') {
                at += 1;
            }
            if at == bytes.len() {
                return (&[], fine);
            }
            if bytes[at] == b'\n' {
                return (&bytes[at + 1..], fine);
            }
            let start = at;
            let mut number = 0usize;
            while at < bytes.len() && bytes[at].is_ascii_digit() && at - start < 8 {
                number = number * 10 + usize::from(bytes[at] - b'0');
                at += 1;
            }
            let ended = at == bytes.len() || bytes[at] <= b' ';
            // A leading zero makes another word: 007 is not 7.
            if ended && at > start && number < TABLE && (bytes[start] != b'0' || at - start == 1) {
                match self.numbers.get(number) {
                    Some(&item) if item != u32::MAX => row.push(item),
                    _ => row.push(self.new_number(number, &bytes[start..at])),
                }
                continue;
            }
            while at < bytes.len() && !matches!(bytes[at], b' ' | b'\t' | b'\r' | b'\n') {
                at += 1;
            }
            match std::str::from_utf8(&bytes[start..at]) {
                Ok(word) => row.push(self.word(word)),
                Err(_) => fine = false,
            }
        }
    }

    #[cold]
    fn new_number(&mut self, number: usize, digits: &[u8]) -> u32 {
        let item = self.word(std::str::from_utf8(digits).expect("digits are ASCII"));
        if number >= self.numbers.len() {
            self.numbers.resize((number + 1).next_power_of_two(), u32::MAX);
        }
        self.numbers[number] = item;
        item
    }

    fn word(&mut self, word: &str) -> u32 {
        match self.given.get(word.as_bytes()) {
            Some(name) => self.names.intern(name),
            None => self.names.intern(word),
        }
    }

    /// `@ITEM=3=milk` calls item 3 milk; other comments say nothing.
    fn comment(&mut self, line: &[u8]) {
        let Some(text) = std::str::from_utf8(line).ok().and_then(|line| line.trim_end().strip_prefix("@ITEM=")) else {
            return;
        };
        if let Some((word, name)) = text.split_once('=') {
            self.given.insert(word.as_bytes().to_vec(), name.to_owned());
        }
    }
}
