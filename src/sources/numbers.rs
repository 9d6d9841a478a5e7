//! Numbers as people and programs write them, read exactly.

use serde::{Deserialize, Serialize};

use super::written::bare;

/// How numbers are written in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NumberStyle {
    /// The decimal separator, `.` or `,`; 0 where only whole numbers can be read yet.
    pub decimal: u8,
    /// What may stand between groups of three digits; a blank and an apostrophe stand for all of their kind.
    pub thousands: Option<char>,
    /// Whether blanks and apostrophes may stand between groups of three digits too.
    pub spaced: bool,
}

/// What parts groups of three digits, by kind: blanks of all widths, apostrophes of all shapes, else the letter itself.
fn separator(letter: char) -> char {
    match letter {
        ' ' | '\u{A0}' | '\u{202F}' | '\u{2000}'..='\u{200A}' | '\u{205F}' | '\u{3000}' => ' ',
        '\'' | '\u{2019}' | '\u{2018}' | '\u{B4}' | '`' | '\u{2BC}' | '\u{2032}' => '\'',
        letter => letter,
    }
}

impl NumberStyle {
    fn parts(self, letter: char) -> Option<char> {
        let kind = separator(letter);
        let declared = self.thousands.is_some_and(|thousands| separator(thousands) == kind);
        (declared || (self.spaced && matches!(kind, ' ' | '\''))).then_some(kind)
    }
}

/// Why a text is not a number of the wanted type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberFault {
    /// It is not a number.
    NotANumber,
    /// It is a number that the type cannot hold.
    TooLarge,
}

use NumberFault::{NotANumber, TooLarge};

/// Most digits of a mantissa that are read; more cannot matter to 18 stored digits.
const MANTISSA_DIGITS: usize = 38;
/// One more than the largest decimal of 18 digits.
const DECIMAL_LIMIT: i128 = 10_i128.pow(super::column_type::DECIMAL_DIGITS as u32);
/// Powers of ten that a 64-bit float holds exactly (W. Clinger, "How to read floating point numbers accurately", 1990).
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
const POWERS: [i64; 19] = {
    let mut powers = [1_i64; 19];
    let mut i = 1;
    while i < 19 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// A whole number; a fraction of zeros (`13085.0`) is allowed.
pub(crate) fn integer(text: &str, style: NumberStyle) -> Result<i64, NumberFault> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    if !digits.is_empty() && digits.len() <= 18 {
        let mut value = 0_i64;
        let mut plain = true;
        for &byte in digits {
            let digit = byte.wrapping_sub(b'0');
            plain &= digit <= 9;
            value = value * 10 + i64::from(digit & 15);
        }
        if plain {
            return Ok(if negative { -value } else { value });
        }
    }
    let bare = bare(text, false).ok_or(NotANumber)?;
    let parts = Parts::of(bare.digits, bare.negative, style)?;
    if parts.exponent != 0 {
        return Err(NotANumber);
    }
    let unit = 10_i128.pow(parts.fraction as u32);
    if parts.mantissa % unit != 0 {
        return Err(NotANumber);
    }
    i64::try_from(parts.signed() / unit).map_err(|_| TooLarge)
}

/// A decimal as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// In units of `10^-scale`.
    pub value: i64,
    /// Whether digits beyond the scale were rounded (half away from zero).
    pub rounded: bool,
    /// The currency beside it.
    pub currency: Option<&'static str>,
}

/// A decimal with `scale` digits after the point; a currency may stand beside it where `money`.
#[inline]
pub(crate) fn decimal(text: &str, scale: u8, money: bool, style: NumberStyle) -> Result<Decimal, NumberFault> {
    match short_decimal(text.as_bytes(), scale, style.decimal) {
        Some(value) => Ok(Decimal { value, rounded: false, currency: None }),
        None => long_decimal(text, scale, money, style),
    }
}

fn long_decimal(text: &str, scale: u8, money: bool, style: NumberStyle) -> Result<Decimal, NumberFault> {
    let bare = bare(text, money).ok_or(NotANumber)?;
    let parts = Parts::of(&bare.ungrouped(), bare.negative, style)?;
    let shift = i32::from(scale) + parts.exponent - parts.fraction as i32;
    let value = parts.signed();
    let (value, rounded) = if value == 0 {
        (0, false)
    } else if shift >= 0 {
        let factor = u32::try_from(shift).ok().and_then(|shift| 10_i128.checked_pow(shift)).ok_or(TooLarge)?;
        (value.checked_mul(factor).ok_or(TooLarge)?, false)
    } else if shift < -(MANTISSA_DIGITS as i32) {
        (0, true)
    } else {
        let divisor = 10_i128.pow(shift.unsigned_abs());
        let (whole, rest) = (value / divisor, value % divisor);
        (whole + if rest.abs() * 2 >= divisor { rest.signum() } else { 0 }, rest != 0)
    };
    match value.abs() < DECIMAL_LIMIT {
        true => {
            let value = i64::try_from(value).expect("18 digits fit 64 bits");
            Ok(Decimal { value, rounded, currency: bare.currency })
        }
        false => Err(TooLarge),
    }
}

/// A floating-point number: the nearest to what is written. Words for infinity and not-a-number are no numbers here.
pub(crate) fn number(text: &str, style: NumberStyle) -> Result<f64, NumberFault> {
    if style.decimal == b'.'
        && let Some(value) = short_number(text.as_bytes())
    {
        return Ok(value);
    }
    let bare = bare(text, false).ok_or(NotANumber)?;
    let value = float(bare.digits, style)?;
    Ok(if bare.negative { -value } else { value })
}

fn float(digits: &str, style: NumberStyle) -> Result<f64, NumberFault> {
    match plain_number(digits, style)?.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(TooLarge),
        Err(_) => Err(NotANumber),
    }
}

/// Whether digits and separators are a number in this style.
pub(crate) fn reads(digits: &str, style: NumberStyle) -> bool {
    plain_number(digits, style).is_ok()
}

/// Whether a text is a whole number in the one way that programs write it: no plus sign, no leading zero, no separators.
/// Others (`007`, `+49…`) are more likely codes, which a number would spoil.
pub(crate) fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let canonical = match digits {
        [] => false,
        [b'0'] => true,
        [b'0', ..] => false,
        _ => digits.iter().all(u8::is_ascii_digit),
    };
    canonical && (digits.len() <= 18 || text.parse::<i64>().is_ok())
}

/// Whether a text is a number in the way that programs write it.
pub(crate) fn is_plain_number(text: &str, style: NumberStyle) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.as_bytes() {
        [b'0', b'0'..=b'9', ..] | [] => false,
        [first, ..] if !first.is_ascii_digit() && *first != style.decimal => false,
        // A whole number that no integer holds is an id, and a float would cut off its digits.
        digits if digits.len() > 18 && digits.iter().all(u8::is_ascii_digit) => false,
        _ => float(unsigned, style).is_ok(),
    }
}

/// Whether a whole number was written in scientific notation and so may lack digits: `5.01235E+12`, `5,01E+12`, `1E+12`.
///
/// Spreadsheets write so (exponents of two digits with their sign, from 5), and programs that print floats (a fraction, and an
/// exponent of 7 or more). `1E5` and `12E3` are codes.
#[inline]
pub(crate) fn is_cut_short(text: &str) -> bool {
    let bytes = text.as_bytes();
    // One digit, then a separator or the exponent: nearly no other text begins so.
    match bytes {
        [b'1'..=b'9', b'.' | b',' | b'e' | b'E', _, ..] => is_scientific(bytes),
        _ => false,
    }
}

fn is_scientific(bytes: &[u8]) -> bool {
    let Some(at) = bytes.iter().position(|byte| matches!(byte, b'e' | b'E')) else { return false };
    let fraction = bytes.get(2..at).unwrap_or_default();
    let (signed, exponent) = match &bytes[at + 1..] {
        [b'+', exponent @ ..] => (true, exponent),
        exponent => (false, exponent),
    };
    let value = std::str::from_utf8(exponent).ok().and_then(|digits| digits.parse::<u32>().ok());
    let digits = (1..=3).contains(&exponent.len()) && exponent.iter().chain(fraction).all(u8::is_ascii_digit);
    digits && value.is_some_and(|value| if signed { value >= 5 } else { value >= 7 && !fraction.is_empty() })
}

/// Whether the point of a number could part thousands: one to three digits before it, three behind.
pub(crate) fn could_be_thousands(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.split_once('.') {
        Some((whole, fraction)) => {
            (1..=3).contains(&whole.len())
                && !whole.starts_with('0')
                && fraction.len() == 3
                && fraction.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => false,
    }
}

/// An id that a spreadsheet wrote as a float: `13085.0` is `13085`. Others stay as they are.
pub(crate) fn without_float_zero(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, fraction))
            if !whole.is_empty()
                && !fraction.is_empty()
                && fraction.bytes().all(|byte| byte == b'0')
                && whole.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole
        }
        _ => text,
    }
}

/// The digits, point and exponent of a number.
struct Parts {
    negative: bool,
    mantissa: i128,
    fraction: usize,
    exponent: i32,
}

impl Parts {
    fn of(digits: &str, negative: bool, style: NumberStyle) -> Result<Parts, NumberFault> {
        let plain = plain_number(digits, style)?;
        let mut parts = Parts { negative, mantissa: 0, fraction: 0, exponent: 0 };
        let (digits, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
        parts.exponent = exponent.parse().map_err(|_| TooLarge)?;
        if parts.exponent.abs() > 1000 {
            return if parts.exponent < 0 { Ok(Parts { mantissa: 0, exponent: 0, ..parts }) } else { Err(TooLarge) };
        }
        let mut significant = 0;
        let mut point = false;
        for byte in digits.bytes() {
            match byte {
                b'.' => point = true,
                b'0'..=b'9' => {
                    if significant > 0 || byte != b'0' {
                        significant += 1;
                    }
                    if significant > MANTISSA_DIGITS {
                        if !point {
                            return Err(TooLarge);
                        }
                        continue;
                    }
                    parts.mantissa = parts.mantissa * 10 + i128::from(byte - b'0');
                    parts.fraction += usize::from(point);
                }
                _ => {}
            }
        }
        if parts.fraction > MANTISSA_DIGITS {
            // A value below 10^-38: nothing that is stored can tell it from zero.
            parts.mantissa = 0;
            parts.fraction = 0;
        }
        Ok(parts)
    }

    fn signed(&self) -> i128 {
        if self.negative { -self.mantissa } else { self.mantissa }
    }
}

/// The digits with a point, without separators of thousands, with a lower-case `e`; checked to be a number.
fn plain_number(text: &str, style: NumberStyle) -> Result<String, NumberFault> {
    let mut plain = String::with_capacity(text.len());
    let mut digits = 0_usize;
    // Digits since the last separator of thousands, and its kind; none while there was no separator.
    let mut group: Option<(usize, char)> = None;
    let mut point = false;
    for (at, letter) in text.char_indices() {
        if letter.is_ascii_digit() {
            plain.push(letter);
            digits += 1;
            if let (Some((count, _)), false) = (group.as_mut(), point) {
                *count += 1;
            }
        } else if letter == style.decimal as char && !point && style.decimal != 0 {
            point = true;
            plain.push('.');
        } else if let (Some(kind), false) = (style.parts(letter), point || digits == 0) {
            // Groups of three only, all parted alike, the first of one to three digits and not `0`.
            let fits = match group {
                None => digits <= 3 && !plain.starts_with('0'),
                Some((count, before)) => count == 3 && kind == before,
            };
            if !fits {
                return Err(NotANumber);
            }
            group = Some((0, kind));
        } else if (letter == 'e' || letter == 'E') && digits > 0 {
            let exponent = &text[at + 1..];
            let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(NotANumber);
            }
            plain.push('e');
            plain.push_str(exponent.strip_prefix('+').unwrap_or(exponent));
            break;
        } else {
            return Err(NotANumber);
        }
    }
    if digits == 0 || group.is_some_and(|(count, _)| count != 3) {
        return Err(NotANumber);
    }
    Ok(plain)
}

/// The usual decimal: a sign, at most 18 digits in all once scaled, a point. `None` sends the rest the long way.
fn short_decimal(bytes: &[u8], scale: u8, point: u8) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() + usize::from(scale) > 18 {
        return None;
    }
    let mut value = 0_i64;
    let mut at = 0;
    while at < digits.len() && digits[at].is_ascii_digit() {
        value = value * 10 + i64::from(digits[at] - b'0');
        at += 1;
    }
    if at == 0 {
        return None;
    }
    let mut missing = usize::from(scale);
    if at < digits.len() {
        if digits[at] != point {
            return None;
        }
        let fraction = &digits[at + 1..];
        if fraction.len() > missing {
            return None;
        }
        for &byte in fraction {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
        }
        missing -= fraction.len();
    }
    value *= POWERS[missing];
    Some(if negative { -value } else { value })
}

/// The usual float: mantissa and power of ten are both exact floats, so one division rounds once (Clinger 1990).
fn short_number(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut fraction = None;
    let mut count = 0;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
            count += 1;
            if let Some(places) = fraction.as_mut() {
                *places += 1;
            }
        } else if byte == b'.' && fraction.is_none() {
            fraction = Some(0_usize);
        } else {
            return None;
        }
    }
    if count == 0 || mantissa >= 1 << 53 {
        return None;
    }
    let value = mantissa as f64 / EXACT_POWERS[fraction.unwrap_or(0)];
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: NumberStyle = NumberStyle { decimal: b'.', thousands: None, spaced: false };
    const ENGLISH: NumberStyle = NumberStyle { decimal: b'.', thousands: Some(','), spaced: true };
    const GERMAN: NumberStyle = NumberStyle { decimal: b',', thousands: Some('.'), spaced: true };

    #[test]
    fn whole_numbers() {
        assert_eq!(integer("13085.0", POINT), Ok(13085));
        assert_eq!(integer("-80995", POINT), Ok(-80_995));
        assert_eq!(integer("+7", POINT), Ok(7));
        assert_eq!(integer("1,234,567", ENGLISH), Ok(1_234_567));
        assert_eq!(integer("9223372036854775807", POINT), Ok(i64::MAX));
        assert_eq!(integer("9223372036854775808", POINT), Err(TooLarge));
        for wrong in ["", "-", "1.5", "12a", "1e5", "1,234", "0x10", "--1", "1:2", "１２"] {
            assert_eq!(integer(wrong, POINT), Err(NotANumber), "{wrong}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        let decimal = |text: &str, scale, money, style| {
            super::decimal(text, scale, money, style).map(|decimal| (decimal.value, decimal.rounded))
        };
        assert_eq!(decimal("2.55", 4, true, POINT), Ok((25_500, false)));
        assert_eq!(decimal("-53594.36", 4, true, POINT), Ok((-535_943_600, false)));
        assert_eq!(decimal("$74.69", 4, true, POINT), Ok((746_900, false)));
        assert_eq!(decimal("-£1,234.50", 4, true, ENGLISH), Ok((-12_345_000, false)));
        assert_eq!(decimal("1.234,50 €", 4, true, GERMAN), Ok((12_345_000, false)));
        assert_eq!(decimal("1.5E+3", 4, true, POINT), Ok((15_000_000, false)));
        assert_eq!(decimal("6.949999999999999", 4, true, POINT), Ok((69_500, true)));
        assert_eq!(decimal("-0.00005", 4, true, POINT), Ok((-1, true)));
        assert_eq!(decimal("99999999999999.9999", 4, false, POINT), Ok((999_999_999_999_999_999, false)));
        assert_eq!(decimal("100000000000000", 4, false, POINT), Err(TooLarge));
        assert_eq!(decimal("1e-2000", 4, false, POINT), Ok((0, false)));
        assert_eq!(decimal("1e2000", 4, false, POINT), Err(TooLarge));
        assert_eq!(decimal("1\u{202F}234,50\u{A0}€", 4, true, GERMAN), Ok((12_345_000, false)));
        assert_eq!(decimal("1’234.50", 4, true, ENGLISH), Ok((12_345_000, false)));
        assert_eq!(decimal("(1,234.50)", 4, false, ENGLISH), Ok((-12_345_000, false)));
        for wrong in ["12,50", "1,23,456.00", "1234,567.00", "0,500", "1,234 567", "1 23", "1,2345"] {
            assert_eq!(decimal(wrong, 4, true, ENGLISH), Err(NotANumber), "{wrong}");
        }
        for wrong in ["$", "1.2.3", "$1", "1,23", "12,34.5"] {
            assert_eq!(decimal(wrong, 4, false, ENGLISH), Err(NotANumber), "{wrong}");
        }
    }

    #[test]
    fn floats_are_the_nearest() {
        for text in ["0.1", "2.55", "-179.99", "1e22", "123456789012345678", "0.30000000000000004", "1E-5", ".5", "5."]
        {
            assert_eq!(number(text, POINT), Ok(text.parse().expect(text)), "{text}");
        }
        assert_eq!(number("1.234,5", GERMAN), Ok(1234.5));
        for wrong in ["nan", "inf", "infinity", "1_000", ".", "e5", "1e", "1 2"] {
            assert_eq!(number(wrong, POINT), Err(NotANumber), "{wrong}");
        }
        assert_eq!(number("1e999", POINT), Err(TooLarge));
    }

    #[test]
    fn codes_are_not_taken_for_numbers() {
        assert!(is_plain_integer("0") && is_plain_integer("-12") && is_plain_integer("9223372036854775807"));
        for code in ["08123", "+49", "", "1.0", "9223372036854775808", "1 2"] {
            assert!(!is_plain_integer(code), "{code}");
        }
        assert!(is_plain_number("13085.0", POINT) && is_plain_number("1e5", POINT) && is_plain_number(".5", POINT));
        for code in ["00.11", "+1.5", "1.2.3", "-"] {
            assert!(!is_plain_number(code, POINT), "{code}");
        }
        for cut in ["5.01235E+12", "5,01E+12", "1E+12", "1.95e+11", "5.01235E12", "1.2E+05"] {
            assert!(is_cut_short(cut), "{cut}");
        }
        for code in
            ["1E5", "12E3", "1E-12", "5.01235", "E+12", "1.5E3", "12.5E+12", "1.2.3E+12", "5", "1,5E+xx", "A1E+12"]
        {
            assert!(!is_cut_short(code), "{code}");
        }
        assert_eq!(without_float_zero("13085.0"), "13085");
        assert_eq!(without_float_zero("13085.10"), "13085.10");
        assert_eq!(without_float_zero("C536379"), "C536379");
    }
}
