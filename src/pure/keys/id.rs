//! Ids: which differences between two spellings do not count.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Which differences between two spellings do not count. Blanks around and doubled blanks never do, nor Unicode forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// Letter case does not count.
    pub fold_case: bool,
    /// `13085.0` is `13085`, and so are `'13085` and `="13085"`, as spreadsheets write numbers that are meant as text.
    pub whole_numbers: bool,
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

/// An id as it is written in tables and files: tidy, and without what spreadsheets do to numbers, if the rule says so.
pub fn spelling(text: &str, rule: Spelling) -> Cow<'_, str> {
    let tidied = tidy(text);
    if !rule.whole_numbers {
        return tidied;
    }
    let Some(shorter) = without_spreadsheet(&tidied) else { return tidied };
    let mut text = tidy(shorter).into_owned();
    while let Some(shorter) = without_spreadsheet(&text) {
        text = tidy(shorter).into_owned();
    }
    Cow::Owned(text)
}

/// The text in upper case, or `None` if it is so already.
pub fn fold(text: &str) -> Option<String> {
    if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_lowercase()).then(|| text.to_ascii_uppercase())
    } else {
        Some(text.to_uppercase().nfc().collect())
    }
}

/// The form by which ids are compared: tidy, letter case folded, whole numbers without decimals.
pub fn normal(text: &str) -> Cow<'_, str> {
    let spelled = spelling(text, Spelling { fold_case: true, whole_numbers: true });
    match fold(&spelled) {
        // Folding can bring about a new spelling only outside ASCII.
        Some(folded) if !folded.is_ascii() => Cow::Owned(tidy(&folded).into_owned()),
        Some(folded) => Cow::Owned(folded),
        None => spelled,
    }
}

/// The looser form: [`normal`], and a number without its leading zeros, which spreadsheets take away.
pub fn loose(text: &str) -> Cow<'_, str> {
    let normal = normal(text);
    if !normal.starts_with('0') || !normal.bytes().all(|byte| byte.is_ascii_digit()) {
        return normal;
    }
    let digits = normal.trim_start_matches('0');
    Cow::Owned(if digits.is_empty() { "0".to_owned() } else { digits.to_owned() })
}

/// What is left of a text when one thing that spreadsheets do to ids is undone; `None` if there is none.
fn without_spreadsheet(text: &str) -> Option<&str> {
    // An apostrophe before a number or a sign says that the cell is text; patron's own guard against formulas is the same.
    if let Some(rest) = text.strip_prefix('\'')
        && rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '@' | '\''))
    {
        return Some(rest);
    }
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Some(inner);
    }
    let (digits, zeros) = text.split_once('.')?;
    let whole = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !zeros.is_empty()
        && zeros.bytes().all(|byte| byte == b'0');
    whole.then_some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn one_id_under_many_spellings() {
        for raw in ["k17", " K17 ", "K17\u{a0}", "k17\t"] {
            assert_eq!(normal(raw), "K17", "{raw:?}");
        }
        for raw in ["13085", "13085.0", "13085.00", " 13085.0 ", "'13085", "=\"13085\"", "'13085.0"] {
            assert_eq!(normal(raw), "13085", "{raw:?}");
        }
        for (raw, expected) in [("1.5", "1.5"), ("13085.", "13085."), (".0", ".0"), ("a.0", "A.0"), ("'tis", "'TIS")] {
            assert_eq!(normal(raw), expected);
        }
        assert_eq!((normal("0042.0").as_ref(), loose("0042.0").as_ref(), loose("000").as_ref()), ("0042", "42", "0"));
        assert_eq!(loose("0A42"), "0A42");
    }

    proptest! {
        #[test]
        fn forms_are_idempotent(text in "\\PC{0,12}|[ '=\"0-9.]{0,12}|['=\"+@-]{0,4}0*[0-9]{1,6}(\\.0{1,3})?") {
            for form in [normal, loose] {
                let once = form(&text).into_owned();
                prop_assert_eq!(form(&once), once.as_str(), "{:?}", text);
            }
            prop_assert_eq!(loose(&normal(&text)).into_owned(), loose(&text).into_owned());
        }
    }
}
