//! What stands around the digits of a written number: signs, brackets, currencies.

use std::borrow::Cow;

use super::currency::{currency, together};

/// A number without what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bare<'a> {
    /// Whether a minus sign stands before or behind, or brackets stand around.
    pub negative: bool,
    /// From the first digit, or the separator before it, to the last.
    pub digits: &'a str,
    /// The currency beside it.
    pub currency: Option<&'static str>,
}

/// The signs for minus: hyphens, dashes and U+2212.
pub(crate) const MINUS: [char; 9] = ['-', '−', '–', '—', '‐', '‑', '‒', '﹣', '－'];

/// Takes off signs and brackets, and currencies where `money`; none where anything else stands there, or two signs.
///
/// `12.50-`, `(12.50)` and `−12.50` are negative; `12,-` and `12.--` are whole amounts, as shops write them.
pub(crate) fn bare(text: &str, money: bool) -> Option<Bare<'_>> {
    let digit = |letter: char| letter.is_ascii_digit();
    let first = text.find(digit)?;
    let mut end = text.rfind(digit)? + 1;
    let mut behind = &text[end..];
    if let Some(rest) = behind.strip_prefix(['.', ',']) {
        let after = rest.trim_start_matches(MINUS);
        if after.len() < rest.len() {
            // No cents: the dashes stand for them.
            behind = after;
        } else {
            end += 1;
            behind = rest;
        }
    }
    let behind = Side::of(behind, ')', money)?;
    let (start, before) = match Side::of(&text[..first], '(', money) {
        Some(side) => (first, side),
        // The separator before the first digit belongs to the number.
        None => {
            let before = text[..first].strip_suffix(['.', ','])?;
            (first - 1, Side::of(before, '(', money)?)
        }
    };
    if before.bracket != behind.bracket {
        return None;
    }
    let signs = before.minus + before.plus + behind.minus + behind.plus + u8::from(before.bracket);
    if signs > 1 || behind.plus > 0 {
        return None;
    }
    let currency = match (before.currency, behind.currency) {
        (Some(one), Some(other)) => Some(together(one, other)?),
        (one, other) => one.or(other),
    };
    let negative = before.minus + behind.minus > 0 || before.bracket;
    Some(Bare { negative, digits: &text[start..end], currency })
}

impl Bare<'_> {
    /// The digits without the commas of Indian grouping (`1,23,456.00`), which only amounts in rupees have.
    pub(crate) fn ungrouped(&self) -> Cow<'_, str> {
        let (whole, fraction) = self.digits.split_at(self.digits.find('.').unwrap_or(self.digits.len()));
        let groups: Vec<&str> = whole.split(',').collect();
        let fits = match groups.as_slice() {
            [first, middle @ .., last] => {
                (1..=2).contains(&first.len())
                    && !first.starts_with('0')
                    && !middle.is_empty()
                    && middle.iter().all(|group| group.len() == 2)
                    && last.len() == 3
                    && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()))
            }
            _ => false,
        };
        if fits && matches!(self.currency, Some("INR" | "Rs")) {
            Cow::Owned(groups.concat() + fraction)
        } else {
            Cow::Borrowed(self.digits)
        }
    }
}

/// What stands on one side of a number.
#[derive(Default)]
struct Side {
    minus: u8,
    plus: u8,
    bracket: bool,
    currency: Option<&'static str>,
}

impl Side {
    fn of(text: &str, bracket: char, money: bool) -> Option<Side> {
        let mut side = Side::default();
        let mut rest = text.trim_matches(is_gap);
        while let Some(letter) = rest.chars().next() {
            let length = if MINUS.contains(&letter) {
                side.minus += 1;
                letter.len_utf8()
            } else if letter == '+' {
                side.plus += 1;
                1
            } else if letter == bracket && !side.bracket {
                side.bracket = true;
                1
            } else {
                let stops = |letter: char| letter == bracket || letter == '+' || MINUS.contains(&letter);
                let length = rest.find(stops).unwrap_or(rest.len());
                if !money || side.currency.is_some() {
                    return None;
                }
                side.currency = Some(currency(rest[..length].trim_matches(is_gap))?);
                length
            };
            rest = rest[length..].trim_matches(is_gap);
        }
        Some(side)
    }
}

/// White space of all kinds, and marks of writing direction that cannot be seen.
fn is_gap(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(bool, &str, Option<&'static str>)> {
        bare(text, true).map(|bare| (bare.negative, bare.digits, bare.currency))
    }

    #[test]
    fn signs_brackets_and_currencies_are_taken_off() {
        for text in ["-12.50", "(12.50)", "12.50-", "−12.50", "- 12.50", "12.50 -", "( 12.50 )"] {
            assert_eq!(read(text), Some((true, "12.50", None)), "{text}");
            assert_eq!(bare(text, false).map(|bare| bare.negative), Some(true), "{text}");
        }
        for text in ["($12.50)", "-$12.50", "$-12.50", "$ (12.50)", "$12.50-", "$12.50 −", "-12.50 $"] {
            assert_eq!(read(text), Some((true, "12.50", Some("$"))), "{text}");
            assert_eq!(bare(text, false), None, "{text}");
        }
        assert_eq!(read("1\u{202F}234,50\u{A0}€"), Some((false, "1\u{202F}234,50", Some("EUR"))));
        assert_eq!(read("US$12.50"), Some((false, "12.50", Some("USD"))));
        assert_eq!(read("$12.50 USD"), Some((false, "12.50", Some("USD"))));
        assert_eq!(read("Rs.12.50"), Some((false, "12.50", Some("Rs"))));
        assert_eq!(read("Rs. 12.50"), Some((false, "12.50", Some("Rs"))));
        assert_eq!(read("$.50"), Some((false, ".50", Some("$"))));
        assert_eq!(read(",50"), Some((false, ",50", None)));
        assert_eq!(read("5."), Some((false, "5.", None)));
        assert_eq!(read("12.50 Kč."), Some((false, "12.50", Some("CZK"))));
    }

    #[test]
    fn amounts_in_rupees_have_groups_of_two() {
        let read = |text| bare(text, true).map(|bare| bare.ungrouped().into_owned()).expect("a number");
        for (text, digits) in [
            ("₹1,23,456.00", "123456.00"),
            ("Rs. 12,34,567", "1234567"),
            ("1,00,00,000.50 INR", "10000000.50"),
            ("₹1,234.50", "1,234.50"),
            ("1,23,456.00", "1,23,456.00"),
            ("$1,23,456.00", "1,23,456.00"),
            ("₹12,345,67", "12,345,67"),
            ("₹0,23,456", "0,23,456"),
        ] {
            assert_eq!(read(text), digits, "{text}");
        }
    }

    #[test]
    fn dashes_for_cents_are_no_minus() {
        for text in ["12,-", "12.-", "12,--", "12.–", "12,- €"] {
            let read = read(text).expect(text);
            assert_eq!((read.0, read.1), (false, "12"), "{text}");
        }
        assert_eq!(read("12-"), Some((true, "12", None)));
    }

    #[test]
    fn what_cannot_be_read_in_one_way_is_no_number() {
        for text in
            ["--1", "-(1)", "(1", "1)", "-1-", "+-1", "12a", "x12", "", "-", "$", "€1$", "12.50 CR", "12%", "50¢", "1+"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
