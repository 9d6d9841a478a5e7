//! How the numbers of a column are written, told from all of them and never from one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::currency::together;
use super::example::Example;
use super::numbers::{NumberStyle, reads};
use super::written::bare;

/// Votes of the values of a column for a decimal point or a decimal comma, and the currencies beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NumberFacts {
    /// Values that make sense with a decimal point only (`12.50`, `1,234.50`), and with a decimal comma only.
    point: u64,
    comma: u64,
    /// Values that both could have written: one separator before three digits (`1.234`, `1,234`).
    either: u64,
    first_point: Option<Example>,
    first_comma: Option<Example>,
    first_either: Option<Example>,
    /// Values by the currency beside them.
    pub(crate) currencies: BTreeMap<String, u64>,
}

/// How the numbers of a column are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StyleChoice {
    /// With this decimal separator.
    Decimal(u8),
    /// No value has a separator.
    NoMatter,
    /// Values could be read in both ways.
    Ambiguous(Example),
    /// As many values speak for a point as for a comma: how many, and the first of each.
    Mixed(u64, Example, Example),
}

/// What one value says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vote {
    Nothing,
    Point,
    Comma,
    Either,
}

const POINT: NumberStyle = NumberStyle { decimal: b'.', thousands: Some(','), spaced: true };
const COMMA: NumberStyle = NumberStyle { decimal: b',', thousands: Some('.'), spaced: true };

fn vote(digits: &str) -> Vote {
    if !digits.contains(['.', ',']) {
        return Vote::Nothing;
    }
    match (reads(digits, POINT), reads(digits, COMMA)) {
        (true, false) => Vote::Point,
        (false, true) => Vote::Comma,
        (true, true) => Vote::Either,
        (false, false) => Vote::Nothing,
    }
}

/// What the usual number says, of digits with at most one point among them: none for all others.
fn plain_vote(text: &str) -> Option<Vote> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let mut point = None;
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    match point {
        None if !digits.is_empty() => Some(Vote::Nothing),
        Some(at) if at > 0 && matches!(digits.len() - at, 2 | 3) => Some(Vote::Point),
        _ => None,
    }
}

/// The decimal separator that a number must have been written with; none inside where it says nothing about it, none at all where it
/// is no number.
pub(crate) fn decimal_of(text: &str) -> Option<Option<u8>> {
    let bare = bare(text, true)?;
    match vote(&bare.ungrouped()) {
        Vote::Point => Some(Some(b'.')),
        Vote::Comma => Some(Some(b',')),
        Vote::Nothing if bare.digits.contains(['.', ',']) => None,
        Vote::Nothing | Vote::Either => Some(None),
    }
}

impl NumberFacts {
    /// Takes in a value. It is trimmed and not empty.
    pub(crate) fn see(&mut self, text: &str, line: u64) {
        let plain = plain_vote(text);
        match plain {
            Some(Vote::Nothing) => return,
            Some(Vote::Point) if self.point > 0 => {
                self.point += 1;
                return;
            }
            _ => {}
        }
        let Some(bare) = bare(text, true) else { return };
        if let Some(currency) = bare.currency {
            *self.currencies.entry(currency.to_owned()).or_default() += 1;
        }
        let (count, place) = match plain.unwrap_or_else(|| vote(&bare.ungrouped())) {
            Vote::Nothing => return,
            Vote::Point => (&mut self.point, &mut self.first_point),
            Vote::Comma => (&mut self.comma, &mut self.first_comma),
            Vote::Either => (&mut self.either, &mut self.first_either),
        };
        *count += 1;
        if place.is_none() {
            *place = Some(Example::new(text, line));
        }
    }

    /// Adds what was seen further down, or in another file.
    pub(crate) fn add(&mut self, other: &NumberFacts) {
        self.point += other.point;
        self.comma += other.comma;
        self.either += other.either;
        for (mine, theirs) in [
            (&mut self.first_point, &other.first_point),
            (&mut self.first_comma, &other.first_comma),
            (&mut self.first_either, &other.first_either),
        ] {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
        for (currency, count) in &other.currencies {
            *self.currencies.entry(currency.clone()).or_default() += count;
        }
    }

    /// How the column is to be read. Where values speak for both separators, the greater number decides: the others cannot be
    /// read in its way and are set aside.
    pub(crate) fn style(&self) -> StyleChoice {
        match self.point.cmp(&self.comma) {
            std::cmp::Ordering::Greater => StyleChoice::Decimal(b'.'),
            std::cmp::Ordering::Less => StyleChoice::Decimal(b','),
            std::cmp::Ordering::Equal => match (&self.first_point, &self.first_comma, &self.first_either) {
                (Some(point), Some(comma), _) => StyleChoice::Mixed(self.point, point.clone(), comma.clone()),
                (_, _, Some(either)) => StyleChoice::Ambiguous(either.clone()),
                _ => StyleChoice::NoMatter,
            },
        }
    }

    /// A remark where values speak for both separators.
    pub(crate) fn remark(&self, name: &str, personal: bool) -> Option<String> {
        let (point, comma) = (self.first_point.as_ref()?, self.first_comma.as_ref()?);
        let shown = |example: &Example| example.shown(personal);
        Some(format!(
            "column `{name}` mixes decimal points ({} values, {}) and decimal commas ({} values, {}); the greater number decides \
             and the others are set aside",
            self.point,
            shown(point),
            self.comma,
            shown(comma)
        ))
    }

    /// The currency that most values have, and how many values have another that it cannot stand for.
    pub(crate) fn main_currency(&self) -> Option<(String, u64)> {
        let (main, _) = self.currencies.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)))?;
        // A sign that several share is no currency of its own beside one of those.
        let mut exact = main.as_str();
        let mut named: Vec<(&String, &u64)> = self.currencies.iter().collect();
        named.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        for (name, _) in named {
            if let Some(both) = together(exact, name) {
                exact = both;
            }
        }
        let other: u64 =
            self.currencies.iter().filter(|(name, _)| together(exact, name).is_none()).map(|(_, count)| count).sum();
        Some((exact.to_owned(), other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: &[&str]) -> NumberFacts {
        let mut facts = NumberFacts::default();
        values.iter().enumerate().for_each(|(at, value)| facts.see(value, at as u64 + 2));
        facts
    }

    #[test]
    fn the_column_decides_and_no_single_value() {
        let style = |values: &[&str]| seen(values).style();
        assert_eq!(style(&["$1,234.50", "1,234"]), StyleChoice::Decimal(b'.'));
        assert_eq!(style(&["12,50", "1.234"]), StyleChoice::Decimal(b','));
        assert_eq!(style(&["1.234.567", "1,5"]), StyleChoice::Decimal(b','));
        assert_eq!(style(&["1\u{202F}234,50 €"]), StyleChoice::Decimal(b','));
        assert_eq!(style(&["0.500", "1.250"]), StyleChoice::Decimal(b'.'));
        assert_eq!(style(&["1", "-20", "3 000"]), StyleChoice::NoMatter);
        assert_eq!(style(&["12.50", "12.75", "12,50"]), StyleChoice::Decimal(b'.'));
        for values in [["1.234", "12"], ["7", "1,234"], ["1.234", "1,234"]] {
            assert!(matches!(style(&values), StyleChoice::Ambiguous(_)), "{values:?}");
        }
        for values in [&["12.50", "12,50"][..], &["1.234", "12,50", "12.50"], &["1,5", "1,6", "0.5", "0.6"]] {
            assert!(matches!(style(values), StyleChoice::Mixed(..)), "{values:?}");
        }
    }

    #[test]
    fn the_currency_of_most_is_the_main_one() {
        assert_eq!(seen(&["$1", "US$2", "3"]).main_currency(), Some(("USD".into(), 0)));
        assert_eq!(seen(&["$1", "$2", "€3"]).main_currency(), Some(("$".into(), 1)));
        assert_eq!(seen(&["1", "2"]).main_currency(), None);
    }

    /// Cents as a shop writes them.
    fn written(cents: i64, comma: bool, grouped: Option<char>, sign: usize, currency: usize) -> String {
        let whole = (cents.abs() / 100).to_string();
        let mut digits = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                digits.extend(grouped);
            }
            digits.push(digit);
        }
        digits.push(if comma { ',' } else { '.' });
        digits.push_str(&format!("{:02}", cents.abs() % 100));
        let text = match currency {
            0 => digits,
            1 => format!("€{digits}"),
            2 => format!("{digits}\u{A0}EUR"),
            3 => format!("Rs. {digits}"),
            _ => format!("{digits} zł"),
        };
        match (cents < 0, sign) {
            (false, _) => text,
            (true, 0) => format!("-{text}"),
            (true, 1) => format!("({text})"),
            (true, 2) => format!("{text}-"),
            (true, _) => format!("−{text}"),
        }
    }

    proptest::proptest! {
        #[test]
        fn every_way_of_writing_an_amount_reads_back(
            cents in -99_999_999_999_i64..99_999_999_999,
            comma in proptest::bool::ANY,
            group in 0_usize..7,
            sign in 0_usize..4,
            currency in 0_usize..5,
        ) {
            let grouped = [None, Some(if comma { '.' } else { ',' }), Some(' '), Some('\u{202F}'), Some('\u{A0}'), Some('\''), Some('’')][group];
            let text = written(cents, comma, grouped, sign, currency);
            // Two digits behind the separator leave no doubt, whatever else the column holds.
            let decimal = if comma { b',' } else { b'.' };
            proptest::prop_assert_eq!(seen(&[&text]).style(), StyleChoice::Decimal(decimal), "{}", text);
            let style = if comma { COMMA } else { POINT };
            let read = crate::sources::numbers::decimal(&text, 2, true, style).map(|read| read.value);
            proptest::prop_assert_eq!(read, Ok(cents), "{}", text);
            // Read the other way it is never another amount.
            let other = if comma { POINT } else { COMMA };
            proptest::prop_assert!(crate::sources::numbers::decimal(&text, 2, true, other).is_err(), "{}", text);
        }
    }
}
