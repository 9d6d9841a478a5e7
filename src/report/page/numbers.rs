//! How the report writes numbers: grouped thousands, fixed decimals, a true minus sign, a dash for what is not known.

use super::words::Words;

/// Ten-thousandths of a currency unit in one unit.
pub(crate) const MONEY_SCALE: f64 = 10_000.0;

/// Shown for NaN and infinities.
const UNKNOWN: &str = "–";

/// Narrow no-break space: keeps a number and its unit on one line.
const NARROW_SPACE: char = '\u{202f}';

/// Writes numbers the way a language's readers expect them.
#[derive(Clone, Copy)]
pub(crate) struct Numbers {
    decimal: char,
    group: Option<char>,
    large: &'static [(f64, f64, &'static str)],
}

impl Numbers {
    pub fn new(words: &Words) -> Self {
        Numbers { decimal: words.decimal_mark, group: Some(words.group_mark), large: words.large }
    }

    /// Without groups, for records and tables.
    pub fn ungrouped(self) -> Self {
        Numbers { group: None, ..self }
    }

    /// `1,067,370`
    pub fn count(self, value: u64) -> String {
        self.group_digits(&value.to_string())
    }

    /// `−1,234.50` with exactly `digits` decimals.
    pub fn fixed(self, value: f64, digits: usize) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        let text = format!("{:.digits$}", value.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut out = String::new();
        // A value that rounds to zero has no sign.
        if value < 0.0 && text.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
            out.push('−');
        }
        out.push_str(&self.group_digits(whole));
        if !fraction.is_empty() {
            out.push(self.decimal);
            out.push_str(fraction);
        }
        out
    }

    /// `12.3%` for 0.123.
    pub fn percent(self, share: f64, digits: usize) -> String {
        match share.is_finite() {
            true => self.fixed(share * 100.0, digits) + "%",
            false => UNKNOWN.to_owned(),
        }
    }

    /// Exact money in hundredths from ten-thousandths of the unit, half away from zero: `−1,234.57`.
    pub fn money(self, ten_thousandths: i64) -> String {
        let hundredths = (ten_thousandths.unsigned_abs() + 50) / 100;
        let sign = if ten_thousandths < 0 && hundredths > 0 { "−" } else { "" };
        let whole = self.group_digits(&(hundredths / 100).to_string());
        format!("{sign}{whole}{}{:02}", self.decimal, hundredths % 100)
    }

    /// Three significant digits with `k`, `M`, `bn` for chart labels: `412k`, `1.07M`, `0.034`.
    pub fn short(self, value: f64) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        let row = self.large.iter().find(|(from, ..)| value.abs() >= *from);
        let (scaled, unit) = row.map_or((value, ""), |(_, divisor, unit)| (value / divisor, *unit));
        let magnitude = scaled.abs();
        let digits = match magnitude {
            0.0 => 0,
            m if m >= 99.95 => 0,
            m if m >= 9.995 => 1,
            m if m >= 0.995 => 2,
            m if m >= 0.0995 => 3,
            m if m >= 0.00995 => 4,
            _ => 5,
        };
        let mut text = self.fixed(scaled, digits);
        if text.contains(self.decimal) {
            text.truncate(text.trim_end_matches('0').trim_end_matches(self.decimal).len());
        }
        if !unit.is_empty() {
            text.push_str(unit);
        }
        text
    }

    /// Bytes for people: `1.4 MB` (decimal units).
    pub fn bytes(self, bytes: u64) -> String {
        let (value, unit) = match bytes {
            0..=999 => return format!("{bytes}{NARROW_SPACE}B"),
            1_000..=999_949 => (bytes as f64 / 1e3, "kB"),
            999_950..=999_949_999 => (bytes as f64 / 1e6, "MB"),
            _ => (bytes as f64 / 1e9, "GB"),
        };
        format!("{}{NARROW_SPACE}{unit}", self.fixed(value, 1))
    }

    fn group_digits(self, digits: &str) -> String {
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.extend(self.group);
            }
            out.push(c);
        }
        out
    }
}

/// What a number means, which decides how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Unit {
    /// Things that are counted; written without decimals.
    #[default]
    Count,
    /// Ten-thousandths of the report's currency.
    Money,
    /// A share from 0 to 1; written in per cent with one decimal.
    Share,
    /// Days; one decimal.
    Days,
    /// Anything else, with this many decimals.
    Number(u8),
}

impl Unit {
    /// Full form for tables and tooltips.
    pub(crate) fn full(self, numbers: Numbers, value: f64) -> String {
        match self {
            Unit::Count => numbers.fixed(value, 0),
            Unit::Money => numbers.fixed(value / MONEY_SCALE, 2),
            Unit::Share => numbers.percent(value, 1),
            Unit::Days => numbers.fixed(value, 1),
            Unit::Number(digits) => numbers.fixed(value, digits.into()),
        }
    }

    /// Short form for axes and labels.
    pub(crate) fn short(self, numbers: Numbers, value: f64) -> String {
        match self {
            Unit::Money => numbers.short(value / MONEY_SCALE),
            Unit::Share => numbers.percent(value, if value.abs() < 0.0995 && value != 0.0 { 1 } else { 0 }),
            Unit::Count | Unit::Days | Unit::Number(_) => numbers.short(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::words::WORDS;
    use crate::report::words::Language;

    fn n() -> Numbers {
        Numbers::new(WORDS.of(Language::English))
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(n().count(0), "0");
        assert_eq!(n().count(999), "999");
        assert_eq!(n().count(1_067_370), "1,067,370");
        assert_eq!(n().count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn fixed_decimals_and_signs() {
        assert_eq!(n().fixed(-1234.5, 2), "−1,234.50");
        assert_eq!(n().fixed(-0.001, 2), "0.00");
        assert_eq!(n().fixed(f64::NAN, 2), "–");
        assert_eq!(n().percent(0.1234, 1), "12.3%");
    }

    #[test]
    fn money_is_exact() {
        assert_eq!(n().money(12_345_678), "1,234.57");
        assert_eq!(n().money(-12_345_678), "−1,234.57");
        assert_eq!(n().money(-49), "0.00");
        assert_eq!(n().money(i64::MAX), "922,337,203,685,477.58");
        assert_eq!(n().money(i64::MIN), "−922,337,203,685,477.58");
    }

    #[test]
    fn short_forms_keep_three_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.034, "0.034"),
            (7.0, "7"),
            (12.34, "12.3"),
            (999.4, "999"),
            (9_999.0, "9,999"),
            (9_999.6, "10k"),
            (412_332.0, "412k"),
            (999_600.0, "1M"),
            (1_067_370.0, "1.07M"),
            (-2.5e9, "−2.5bn"),
        ] {
            assert_eq!(n().short(value), text, "{value}");
        }
    }

    #[test]
    fn bytes_for_people() {
        assert_eq!(n().bytes(12), "12\u{202f}B");
        assert_eq!(n().bytes(999_999), "1.0\u{202f}MB");
    }
}
