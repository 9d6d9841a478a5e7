//! Telephone numbers: from what people write to E.164, by the numbering plans of libphonenumber (crate `phonenumber`).
//!
//! The crate gives the plans: calling codes, prefixes, possible lengths. What people put into a column of numbers (an apostrophe, `.0`,
//! `(0)` after a calling code, a calling code without its `+`) is sorted out here.

use phonenumber::Metadata;
use phonenumber::metadata::DATABASE;

use super::country_code;

/// Why a text is no telephone number that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneFault {
    /// It is not a possible number of its country.
    NotPossible,
    /// It is written without a calling code, and no country says which.
    NoCountry,
}

/// Digits of a number with its calling code, most (ITU-T E.164).
const LONGEST: usize = 15;
/// Digits of a national number, least (as libphonenumber).
const SHORTEST: usize = 2;

/// A number as `+` and digits (ITU-T E.164). A number without a calling code is one of `region`, two letters of ISO 3166-1.
///
/// # Errors
/// When it is no possible number, by its length in its country's plan, or has no country.
pub fn e164(text: &str, region: Option<&str>) -> Result<String, PhoneFault> {
    let number = read(text, region)?;
    // What does not read as itself is in doubt, and so is no number: one form stays one form.
    if abroad(&number[1..], false).as_ref() == Some(&number) { Ok(number) } else { Err(PhoneFault::NotPossible) }
}

fn read(text: &str, region: Option<&str>) -> Result<String, PhoneFault> {
    let Written { international, trunk, digits } = written(text).ok_or(PhoneFault::NotPossible)?;
    let plan = region.and_then(|region| DATABASE.by_id(region));
    if international {
        return abroad(&digits, trunk).ok_or(PhoneFault::NotPossible);
    }
    let Some(plan) = plan else {
        // `00` is how most countries dial abroad; where the country is not known, nothing else begins with it.
        return match digits.strip_prefix("00") {
            Some(rest) => abroad(rest, trunk).ok_or(PhoneFault::NotPossible),
            None => Err(PhoneFault::NoCountry),
        };
    };
    if let Some(rest) = dialled_abroad(plan, &digits)
        && let Some(number) = abroad(rest, trunk)
    {
        return Ok(number);
    }
    if let Some(national) = national(plan, &digits) {
        return Ok(format!("+{}{national}", plan.country_code()));
    }
    // A calling code without its `+`: only where the number is not one of the country as it stands.
    let code = plan.country_code().to_string();
    let rest = digits.strip_prefix(&code).ok_or(PhoneFault::NotPossible)?;
    national(plan, rest).map(|national| format!("+{code}{national}")).ok_or(PhoneFault::NotPossible)
}

/// The region, as [`e164`] takes it, of a calling code: of several the main one, such as `US` of `1`. `None` if no country has it.
pub fn region_of_calling_code(code: &str) -> Option<&'static str> {
    let code: u16 = code.trim().trim_start_matches('+').trim_start_matches("00").parse().ok()?;
    plans(code).first().map(|plan| plan.id()).filter(|id| *id != "001")
}

/// The region, as [`e164`] takes it, of a country as people write it: its code or its
/// name; `None` if it is not known.
pub fn region_of_country(country: &str) -> Option<&'static str> {
    DATABASE.by_id(country_code(country)?.as_str()).map(Metadata::id)
}

/// A number as people wrote it.
struct Written {
    /// Whether it begins with `+`.
    international: bool,
    /// Whether it has a `(0)`: the trunk prefix, dialled at home only.
    trunk: bool,
    digits: String,
}

/// The digits of a text that holds a number and nothing else; `None` for anything else, extensions included.
fn written(text: &str) -> Option<Written> {
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\'' | '"'));
    if let Some(rest) = text.get(..4).filter(|head| head.eq_ignore_ascii_case("tel:")).map(|_| &text[4..]) {
        text = rest.trim();
    }
    // A spreadsheet's number: `447700900124.0`.
    if let Some((digits, zeros)) = text.split_once('.')
        && zeros.bytes().all(|b| b == b'0')
        && (1..=2).contains(&zeros.len())
        && digits.strip_prefix('+').unwrap_or(digits).bytes().all(|b| b.is_ascii_digit())
    {
        text = digits;
    }
    let mut digits = String::with_capacity(LONGEST);
    let mut international = false;
    let mut trunk = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if international
            && !digits.is_empty()
            && !trunk
            && let Some(after) = rest.strip_prefix("(0)")
        {
            (trunk, rest) = (true, after);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '0'..='9' => digits.push(c),
            '０'..='９' => digits.push(char::from(b'0' + (c as u32 - '０' as u32) as u8)),
            '+' | '＋' if digits.is_empty() && !international => international = true,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' | '-' | '‐' | '‑' | '–' | '—' | '−' | '.' | '/' | '('
            | ')' | '[' | ']' => {}
            _ => return None,
        }
        if digits.len() > LONGEST + 5 {
            return None;
        }
    }
    (!digits.is_empty()).then_some(Written { international, trunk, digits })
}

/// A number that begins with its calling code.
fn abroad(digits: &str, trunk: bool) -> Option<String> {
    for length in 1..=3.min(digits.len().saturating_sub(1)) {
        let (code, rest) = digits.split_at(length);
        let Ok(code) = code.parse::<u16>() else { return None };
        if code == 0 || digits.starts_with('0') {
            return None;
        }
        let plans = plans(code);
        if plans.is_empty() {
            continue;
        }
        // Calling codes are free of prefixes: the first that exists is the one.
        let main = plans[0];
        let mut forms = Vec::new();
        if !trunk && !has_trunk(main, rest) {
            forms.push(rest.to_owned());
        }
        forms.extend(national(main, rest));
        if trunk || forms.is_empty() {
            forms.push(rest.to_owned());
        }
        let found = forms.into_iter().find(|form| plans.iter().any(|plan| is_possible(plan, form)))?;
        let number = format!("+{code}{found}");
        return (number.len() <= LONGEST + 1).then_some(number);
    }
    None
}

/// Whether a national number begins with its country's trunk prefix and would be no number with it: `020…` of Britain, not `06…` of Italy.
fn has_trunk(plan: &Metadata, digits: &str) -> bool {
    plan.national_prefix().is_some_and(|prefix| digits.starts_with(prefix))
        && !plan.descriptors().general().is_match(digits)
}

/// The national number without its trunk prefix, if it is a possible one.
fn national(plan: &Metadata, digits: &str) -> Option<String> {
    let matches = |digits: &str| plan.descriptors().general().is_match(digits);
    let short =
        plan.national_prefix().and_then(|prefix| digits.strip_prefix(prefix)).filter(|rest| rest.len() >= SHORTEST);
    let possible = |digits: &str| is_possible(plan, digits);
    match short {
        // As it stands only where the plan knows it so and not without its first digits.
        Some(short) if possible(short) && (!possible(digits) || !matches(digits) || matches(short)) => {
            Some(short.to_owned())
        }
        _ if possible(digits) && short.is_none_or(|_| matches(digits)) => Some(digits.to_owned()),
        _ => None,
    }
}

/// What follows the prefix with which the country dials abroad, as `00` in Britain and `011` in the United States.
fn dialled_abroad<'a>(plan: &Metadata, digits: &'a str) -> Option<&'a str> {
    if let Some(rest) = digits.strip_prefix("00") {
        return Some(rest);
    }
    let prefix = plan.international_prefix()?.find(digits)?;
    (prefix.start() == 0 && prefix.end() < digits.len()).then(|| &digits[prefix.end()..])
}

/// Whether a national number has a length that its country's plan knows for any kind of number that can be called from abroad.
fn is_possible(plan: &Metadata, digits: &str) -> bool {
    let kinds = plan.descriptors();
    let lengths = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    let length = digits.len() as u16;
    let nought = digits.bytes().all(|byte| byte == b'0');
    !nought
        && digits.len() >= SHORTEST
        && lengths.into_iter().flatten().any(|kind| kind.possible_length().contains(&length))
}

/// The plans of a calling code, the main country first.
fn plans(code: u16) -> Vec<&'static Metadata> {
    let mut plans = DATABASE.by_code(&code).unwrap_or_default();
    plans.sort_by_key(|plan| (!plan.is_main_country_for_code(), plan.id()));
    plans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_people_write_them() {
        for (text, region, expected) in [
            ("+44 (0)20 7946 0018", "GB", "+442079460018"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("0044 20 7946 0019", "GB", "+442079460019"),
            ("+49 (0) 30 901820", "DE", "+4930901820"),
            ("+49 030 901820", "DE", "+4930901820"),
            ("030/901820", "DE", "+4930901820"),
            ("07700 900123", "GB", "+447700900123"),
            ("447700900124", "GB", "+447700900124"),
            ("447700900124.0", "GB", "+447700900124"),
            ("7700900125", "GB", "+447700900125"),
            ("+447700900126", "GB", "+447700900126"),
            ("'+447700900128", "GB", "+447700900128"),
            ("+44-7700-900-129", "GB", "+447700900129"),
            ("00447700900130", "GB", "+447700900130"),
            ("tel:+447700900131", "US", "+447700900131"),
            ("+1 (555) 010-0000", "US", "+15550100000"),
            ("1 555 010 0001", "US", "+15550100001"),
            ("(650) 253-0000", "US", "+16502530000"),
            ("011 44 20 7946 0018", "US", "+442079460018"),
            ("+39 06 6982", "IT", "+39066982"),
            ("06 6982", "IT", "+39066982"),
            ("+39 347 1234567", "IT", "+393471234567"),
            ("01 23 45 67 89", "FR", "+33123456789"),
            ("+33 (0)1 23 45 67 89", "FR", "+33123456789"),
            ("8 912 345-67-89", "RU", "+79123456789"),
            ("+7 912 345-67-89", "RU", "+79123456789"),
            ("0664 1234567", "AT", "+436641234567"),
            ("0912-345-678", "TW", "+886912345678"),
            ("+47 22 12 34 56", "NO", "+4722123456"),
            ("＋44 ２０ ７９４６ ００１８", "GB", "+442079460018"),
        ] {
            assert_eq!(e164(text, Some(region)).as_deref(), Ok(expected), "{text} in {region}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "4.477E+11",
            "+44 7700 900127 ext. 3",
            "+44 20 7946 0018 x3",
            "n/a",
            "+123",
            "+0123456789",
            "+1234567890123456",
            "+999 1234567",
            "12",
            "+44 123",
            "555-SHOES",
            "07700 900123 / 07700 900124",
        ] {
            assert_eq!(e164(text, Some("GB")), Err(PhoneFault::NotPossible), "{text}");
        }
        assert_eq!(e164("020 7946 0018", None), Err(PhoneFault::NoCountry));
        assert_eq!(e164("0044 20 7946 0018", None).as_deref(), Ok("+442079460018"));
        assert_eq!(e164("+44 20 7946 0018", None).as_deref(), Ok("+442079460018"));
    }

    #[test]
    fn countries_and_calling_codes() {
        for (code, region) in
            [("44", Some("GB")), ("1", Some("US")), ("+39", Some("IT")), ("7", Some("RU")), ("999", None), ("x", None)]
        {
            assert_eq!(region_of_calling_code(code), region, "{code}");
        }
        for (country, region) in
            [("gb", Some("GB")), ("UK", Some("GB")), (" de ", Some("DE")), ("United Kingdom", Some("GB")), ("XX", None)]
        {
            assert_eq!(region_of_country(country), region, "{country}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn numbers_are_e164_or_refused(text in "\\PC{0,20}|[+]?[0-9 ()./-]{0,20}|(00|[+]|0)?[0-9]{5,14}", at in 0usize..8) {
            let region = [None, Some("GB"), Some("US"), Some("IT"), Some("DE"), Some("AR"), Some("BR"), Some("RU")][at];
            if let Ok(number) = e164(&text, region) {
                prop_assert!(number.starts_with('+') && number[1..].bytes().all(|b| b.is_ascii_digit()));
                prop_assert!((4..=16).contains(&number.len()) && !number.starts_with("+0"));
                // The form is its own form, whatever the country of the row.
                for region in [None, region, Some("GB"), Some("US")] {
                    let again = e164(&number, region);
                    prop_assert_eq!(again.as_deref(), Ok(number.as_str()), "{:?} {:?}", text, region);
                }
            }
        }
    }
}
