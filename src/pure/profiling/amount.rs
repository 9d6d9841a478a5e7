//! A number as people write it, read for its size alone.

/// The number that a text stands for: with a currency sign or code beside it, thousands in groups, a decimal point or comma, a minus before or
/// behind, or brackets. `1,234` is taken for thousands and `1.234` for a decimal point: good enough to judge sizes by, and for nothing else.
/// `None` of what is no number.
pub fn amount(text: &str) -> Option<f64> {
    let text = text.trim();
    let (inner, bracketed) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let mut digits = String::with_capacity(inner.len());
    let mut negative = bracketed;
    let bare = without_code(inner);
    for letter in bare.chars() {
        match letter {
            '0'..='9' | '.' | ',' => digits.push(letter),
            '-' | '\u{2212}' => negative = true,
            '+' | '\'' | '\u{2019}' | '$' | '€' | '£' | '¥' | '₩' | '₹' | '元' | '円' | '₽' | '₺' => {}
            letter if letter.is_whitespace() => {}
            _ => return None,
        }
    }
    // A minus stands before or behind the number, never inside, as in a date or a code.
    let core = bare.trim_matches(|letter: char| !letter.is_ascii_digit());
    if core.is_empty() || core.contains(['-', '\u{2212}', '+']) {
        return None;
    }
    let value: f64 = with_point(&digits)?.parse().ok()?;
    Some(if negative { -value } else { value })
}

/// The text without a word of two or three letters before or behind it, as codes of currencies are.
fn without_code(text: &str) -> &str {
    let is_code = |word: &str| matches!(word.chars().count(), 2 | 3) && word.chars().all(char::is_alphabetic);
    match (text.split_once(char::is_whitespace), text.rsplit_once(char::is_whitespace)) {
        (Some((first, rest)), _) if is_code(first) => rest,
        (_, Some((rest, last))) if is_code(last) => rest,
        _ => text,
    }
}

/// Digits with a decimal point and no thousands; none where separators are not where a number has them.
fn with_point(digits: &str) -> Option<String> {
    let last = |mark: char| digits.rfind(mark);
    let decimal = match (last('.'), last(',')) {
        (None, None) => None,
        (Some(point), Some(comma)) => Some(point.max(comma)),
        (Some(point), None) => (digits.matches('.').count() == 1).then_some(point),
        (None, Some(comma)) => (digits.matches(',').count() == 1 && digits.len() - comma != 4).then_some(comma),
    };
    let whole = &digits[..decimal.unwrap_or(digits.len())];
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    // The first group has up to three digits; Indian groups have two.
    let grouped =
        groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| matches!(group.len(), 2 | 3)));
    if !grouped {
        return None;
    }
    let fraction = decimal.map_or("", |at| &digits[at + 1..]);
    if fraction.contains(['.', ',']) {
        return None;
    }
    Some(format!("{}.{fraction}0", if whole.is_empty() { "0".to_owned() } else { groups.concat() }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_as_shops_write_them() {
        for (text, value) in [
            ("12", 12.0),
            ("-3", -3.0),
            ("12.50", 12.5),
            ("12,50", 12.5),
            ("$1,234.50", 1234.5),
            ("1 234,50 €", 1234.5),
            ("1\u{202F}234,50 €", 1234.5),
            ("($0.70)", -0.7),
            ("-$34.50", -34.5),
            ("12.50-", -12.5),
            ("EUR 12.50", 12.5),
            ("12.50 CHF", 12.5),
            ("1.234.567", 1_234_567.0),
            ("1,234", 1234.0),
            ("17850.0", 17850.0),
            (".5", 0.5),
        ] {
            assert_eq!(amount(text), Some(value), "{text}");
        }
        for text in [
            "",
            "x",
            "2024-01-02",
            "01/02/24",
            "85123A",
            "T1",
            "A506401",
            "1.2.3",
            "10:15",
            "Main St 4 a",
            "€",
            "a1b",
            "TEA1",
        ] {
            assert!(amount(text).is_none(), "{text}: {:?}", amount(text));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_finite_number_or_none(text in "\\PC{0,30}") {
            prop_assert!(amount(&text).is_none_or(f64::is_finite));
        }
    }
}
