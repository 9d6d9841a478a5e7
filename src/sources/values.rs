//! Fields of text turned into columns of values, and rows whose values do not fit found out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};

use super::column_type::Stored;
use super::currency::together;
use super::dates::{DateFormat, ISO, LAYOUTS, Moment, Passage, Zone};
use super::entities;
use super::number_facts::decimal_of;
use super::numbers::{self, NumberFault, NumberStyle};
use super::records::Span;
use super::rejects::RejectRule;

/// How dates of a column are read.
#[derive(Debug, Clone)]
pub(crate) enum DateReader {
    /// By one of [`LAYOUTS`].
    Layout(usize),
    /// By the first of these formats that fits.
    Formats(Vec<DateFormat>),
    /// By the first of these formats that fits, or as ISO 8601: cells of a workbook that are dates arrive so.
    FormatsOrIso(Vec<DateFormat>),
}

impl DateReader {
    fn read(&self, text: &[u8]) -> Option<Moment> {
        match self {
            DateReader::Layout(at) => LAYOUTS[*at].parse(text),
            DateReader::Formats(formats) => formats.iter().find_map(|format| format.parse(text)),
            DateReader::FormatsOrIso(formats) => {
                formats.iter().find_map(|format| format.parse(text)).or_else(|| LAYOUTS[ISO].parse(text))
            }
        }
    }
}

/// How the texts of one column become values.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub stored: Stored,
    pub dates: DateReader,
    pub zone: Zone,
    pub numbers: NumberStyle,
    /// Lower-case words that stand for null, and whether they are looked up before the value is read.
    pub nulls: Vec<String>,
    pub nulls_first: bool,
    pub trim: bool,
    pub required: bool,
    /// Whether the column holds telephone numbers: one that a spreadsheet has cut short is missing, and its row is good.
    pub telephone: bool,
    /// Whether HTML entities of texts are decoded.
    pub entities: bool,
    /// The currency that amounts must have, where there may be one only.
    pub currency: Option<String>,
}

/// Peculiarities of a column that are no faults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Values that are null.
    pub nulls: u64,
    /// Decimals with digits beyond the scale.
    pub rounded: u64,
    /// Times that the clock passed twice, and times that it jumped over.
    pub twice: u64,
    pub never: u64,
    /// Texts whose HTML entities were decoded.
    pub entities: u64,
    /// Telephone numbers whose digits a spreadsheet has cut off.
    pub cut_short: u64,
    /// Numbers that are written in another way than the column is read in.
    pub unread: u64,
    /// Amounts by the currency beside them.
    pub currencies: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        self.nulls += other.nulls;
        self.rounded += other.rounded;
        self.twice += other.twice;
        self.never += other.never;
        self.entities += other.entities;
        self.cut_short += other.cut_short;
        self.unread += other.unread;
        for (currency, count) in &other.currencies {
            *self.currencies.entry(currency).or_default() += count;
        }
    }
}

impl Reader {
    /// The values of a run of fields, and for each that does not fit, its position and rule. `fields` gives every field by
    /// position; a field that is absent or belongs to a row set aside already is `None`.
    pub(crate) fn read<'a>(
        &self,
        count: usize,
        fields: impl Fn(usize) -> Option<Cow<'a, str>>,
        tally: &mut Tally,
        faults: &mut Vec<(usize, RejectRule)>,
    ) -> ArrayRef {
        match self.stored {
            Stored::Text => {
                let mut builder = StringBuilder::with_capacity(count, count * 12);
                let mut decoded = 0;
                self.each(count, fields, tally, faults, |text| {
                    match text.map(|text| self.plain(text, &mut decoded)) {
                        Some(text) => builder.append_value(text),
                        None => builder.append_null(),
                    }
                    Ok(())
                });
                tally.entities += decoded;
                Arc::new(builder.finish())
            }
            Stored::Id => {
                let mut builder = StringBuilder::with_capacity(count, count * 8);
                let (mut decoded, mut cut_short) = (0, 0);
                self.each(count, fields, tally, faults, |text| {
                    match text {
                        Some(text) if numbers::is_cut_short(text) => {
                            if !self.telephone || self.required {
                                return Err(RejectRule::ScientificId);
                            }
                            cut_short += 1;
                            builder.append_null();
                        }
                        Some(text) if self.entities => {
                            builder.append_value(numbers::without_float_zero(&self.plain(text, &mut decoded)))
                        }
                        text => builder.append_option(text.map(numbers::without_float_zero)),
                    }
                    Ok(())
                });
                tally.cut_short += cut_short;
                tally.entities += decoded;
                Arc::new(builder.finish())
            }
            Stored::Integer => {
                let mut builder = Int64Builder::with_capacity(count);
                self.each(count, fields, tally, faults, |text| {
                    let read = |text| {
                        numbers::integer(text, self.numbers).map_err(|fault| number_rule(fault, RejectRule::BadInteger))
                    };
                    builder.append_option(text.map(read).transpose()?);
                    Ok(())
                });
                Arc::new(builder.finish())
            }
            Stored::Number => {
                let mut builder = Float64Builder::with_capacity(count);
                self.each(count, fields, tally, faults, |text| {
                    let read = |text| {
                        numbers::number(text, self.numbers).map_err(|fault| number_rule(fault, RejectRule::BadNumber))
                    };
                    builder.append_option(text.map(read).transpose()?);
                    Ok(())
                });
                Arc::new(builder.finish())
            }
            Stored::Decimal { scale, money } => {
                let mut builder = Decimal128Builder::with_capacity(count).with_data_type(self.stored.data_type());
                let mut rounded = 0;
                let mut currencies = BTreeMap::new();
                self.each(count, fields, tally, faults, |text| {
                    let Some(text) = text else {
                        builder.append_null();
                        return Ok(());
                    };
                    let read = numbers::decimal(text, scale, money, self.numbers)
                        .map_err(|fault| number_rule(fault, RejectRule::BadNumber))?;
                    if let Some(currency) = read.currency {
                        *currencies.entry(currency).or_default() += 1;
                        if self.currency.as_ref().is_some_and(|main| together(main, currency).is_none()) {
                            return Err(RejectRule::OtherCurrency);
                        }
                    }
                    rounded += u64::from(read.rounded);
                    builder.append_value(i128::from(read.value));
                    Ok(())
                });
                tally.rounded += rounded;
                tally.add(&Tally { currencies, ..Tally::default() });
                Arc::new(builder.finish())
            }
            Stored::Date => {
                let mut builder = Date32Builder::with_capacity(count);
                self.each(count, fields, tally, faults, |text| {
                    let read = |text: &str| self.dates.read(text.as_bytes()).ok_or(RejectRule::BadDate);
                    builder.append_option(text.map(read).transpose()?.map(|moment| moment.day));
                    Ok(())
                });
                Arc::new(builder.finish())
            }
            Stored::Timestamp => {
                let mut builder = TimestampMicrosecondBuilder::with_capacity(count).with_timezone("UTC");
                let mut clock = self.zone.clock();
                let (mut twice, mut never) = (0, 0);
                self.each(count, fields, tally, faults, |text| {
                    let read = |text: &str| self.dates.read(text.as_bytes()).ok_or(RejectRule::BadDate);
                    let instant = text.map(read).transpose()?.map(|moment| clock.instant(moment));
                    twice += u64::from(instant.is_some_and(|(_, passage)| passage == Passage::Twice));
                    never += u64::from(instant.is_some_and(|(_, passage)| passage == Passage::Never));
                    builder.append_option(instant.map(|(micros, _)| micros));
                    Ok(())
                });
                tally.twice += twice;
                tally.never += never;
                Arc::new(builder.finish())
            }
            Stored::Boolean => {
                let mut builder = BooleanBuilder::with_capacity(count);
                self.each(count, fields, tally, faults, |text| {
                    let read = |text: &str| boolean(text).ok_or(RejectRule::BadBoolean);
                    builder.append_option(text.map(read).transpose()?);
                    Ok(())
                });
                Arc::new(builder.finish())
            }
        }
    }

    /// Calls `append` once for each field: with its text, or with `None` for null. A text that `append` refuses is null
    /// where it is a null word, and a fault otherwise.
    #[inline]
    fn each<'a>(
        &self,
        count: usize,
        fields: impl Fn(usize) -> Option<Cow<'a, str>>,
        tally: &mut Tally,
        faults: &mut Vec<(usize, RejectRule)>,
        mut append: impl FnMut(Option<&str>) -> Result<(), RejectRule>,
    ) {
        for at in 0..count {
            let field = fields(at);
            let text = field
                .as_deref()
                .map(|text| self.tidy(text))
                .filter(|text| !(text.is_empty() || self.nulls_first && self.is_null(text)));
            if let Some(text) = text {
                match append(Some(text)) {
                    Ok(()) => continue,
                    Err(_) if !self.nulls_first && self.is_null(text) => {}
                    Err(rule) => {
                        let number = matches!(rule, RejectRule::BadNumber | RejectRule::BadInteger)
                            && decimal_of(text).is_some();
                        tally.unread += u64::from(number);
                        faults.push((at, rule));
                    }
                }
            }
            let missing = field.is_some() && faults.last().is_none_or(|(last, _)| *last != at);
            if missing {
                tally.nulls += 1;
                if self.required {
                    faults.push((at, RejectRule::MissingRequired));
                }
            }
            append(None).expect("null fits every column");
        }
    }

    /// A text without entities.
    #[inline]
    fn plain<'a>(&self, text: &'a str, decoded: &mut u64) -> Cow<'a, str> {
        if !self.entities {
            return Cow::Borrowed(text);
        }
        let plain = entities::decoded(text);
        *decoded += u64::from(matches!(plain, Cow::Owned(_)));
        plain
    }

    fn is_null(&self, text: &str) -> bool {
        self.nulls.iter().any(|word| same_word(word, text))
    }

    #[inline]
    fn tidy<'a>(&self, text: &'a str) -> &'a str {
        let text_column = matches!(self.stored, Stored::Text);
        if text_column && !self.trim { text } else { trimmed(text) }
    }
}

fn number_rule(fault: NumberFault, otherwise: RejectRule) -> RejectRule {
    match fault {
        NumberFault::NotANumber => otherwise,
        NumberFault::TooLarge => RejectRule::TooLarge,
    }
}

/// Whether a text is a lower-case word, in any letter case.
pub(crate) fn same_word(word: &str, text: &str) -> bool {
    if text.is_ascii() { word.eq_ignore_ascii_case(text) } else { word == text.to_lowercase() }
}

/// A text without white space around it; no-break spaces, which spreadsheets leave behind, included.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        // Printable ASCII at both ends, as nearly always.
        [first, .., last] if (b'!'..=b'~').contains(first) && (b'!'..=b'~').contains(last) => text,
        _ => text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}'),
    }
}

/// The words for true and false.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "1", "yes", "y", "t"]) {
        Some(true)
    } else if is(&["false", "0", "no", "n", "f"]) {
        Some(false)
    } else {
        None
    }
}

/// The text of a field: without its quotes, doubled and escaped quotes made single.
#[inline]
pub(crate) fn unwrapped(bytes: &[u8], span: Span, quote: Option<u8>, escape: Option<u8>) -> Cow<'_, [u8]> {
    let field = &bytes[span.start..span.end];
    match (span.quoted, quote) {
        (true, Some(quote)) => unquoted(field, quote, escape),
        _ => Cow::Borrowed(field),
    }
}

fn unquoted(field: &[u8], quote: u8, escape: Option<u8>) -> Cow<'_, [u8]> {
    let open = memchr::memchr(quote, field).map_or(0, |at| at + 1);
    let close = memchr::memrchr(quote, field).unwrap_or(field.len()).max(open);
    let inner = &field[open..close];
    if memchr::memchr(quote, inner).is_none() && escape.is_none_or(|escape| memchr::memchr(escape, inner).is_none()) {
        return Cow::Borrowed(inner);
    }
    let mut plain = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        let byte = inner[at];
        let next = inner.get(at + 1).copied();
        let skip = (byte == quote && next == Some(quote))
            || (Some(byte) == escape && next.is_some_and(|next| next == quote || Some(next) == escape));
        if skip {
            at += 1;
        }
        plain.push(inner[at]);
        at += 1;
    }
    Cow::Owned(plain)
}

/// The text of a field of a text that is known to be UTF-8.
#[inline]
pub(crate) fn text_of(text: &str, span: Span, quote: Option<u8>, escape: Option<u8>) -> Cow<'_, str> {
    let field = &text[span.start..span.end];
    match (span.quoted, quote) {
        (true, Some(quote)) => match unquoted(field.as_bytes(), quote, escape) {
            Cow::Borrowed(inner) => {
                let start = inner.as_ptr() as usize - field.as_ptr() as usize;
                Cow::Borrowed(&field[start..start + inner.len()])
            }
            Cow::Owned(inner) => {
                Cow::Owned(String::from_utf8(inner).expect("whole ASCII bytes were taken out of UTF-8"))
            }
        },
        _ => Cow::Borrowed(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off() {
        let check = |field: &str, escape: Option<u8>, expected: &str| {
            let span = Span { start: 0, end: field.len(), quoted: true };
            assert_eq!(text_of(field, span, Some(b'"'), escape), expected, "{field}");
            assert_eq!(unwrapped(field.as_bytes(), span, Some(b'"'), escape), expected.as_bytes(), "{field}");
        };
        check("\"a,b\"", None, "a,b");
        check(" \"a\" ", None, "a");
        check("\"\"", None, "");
        check("\"ha \"\"ha\"\" é\"", None, "ha \"ha\" é");
        check("\"\"\"\"", None, "\"");
        check(r#""48\" wide \n""#, Some(b'\\'), r#"48" wide \n"#);
    }

    #[test]
    fn blanks_of_all_kinds_are_trimmed() {
        assert_eq!(trimmed(" a b\u{A0}"), "a b");
        assert_eq!(trimmed("\u{FEFF}é\t"), "é");
        assert_eq!(trimmed("x"), "x");
        assert_eq!(trimmed(" "), "");
    }
}
