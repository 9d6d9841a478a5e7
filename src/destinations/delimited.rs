//! Records of comma separated text (RFC 4180), and the guard against spreadsheet formulas.

use super::Role;

/// Appends one record with its line end.
///
/// A field is quoted when it holds a comma, quote or line end, or begins or ends with a space, which some importers
/// trim. A record of one empty field is written `""`: bare, it would read as no record at all.
pub(super) fn record<S: AsRef<str>>(fields: &[S], crlf: bool, out: &mut Vec<u8>) {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let field = field.as_ref();
        let special = |b: u8| matches!(b, b',' | b'"' | b'\n' | b'\r');
        if field.bytes().any(special) || field.starts_with(' ') || field.ends_with(' ') {
            out.push(b'"');
            for b in field.bytes() {
                if b == b'"' {
                    out.push(b'"');
                }
                out.push(b);
            }
            out.push(b'"');
        } else if field.is_empty() && fields.len() == 1 {
            out.extend_from_slice(b"\"\"");
        } else {
            out.extend_from_slice(field.as_bytes());
        }
    }
    out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
}

/// Whether a spreadsheet could take the text for a formula.
///
/// The full-width signs are read as their narrow ones by spreadsheets with a Japanese or Chinese locale.
pub(super) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Whether the text is a number as spreadsheets and people write one: signs, digits and what is put between them.
pub(super) fn looks_like_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text.starts_with(['+', '-'])
        && text[1..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | '.'))
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',' | ' ' | '(' | ')' | ':' | 'T' | 'E' | 'e'))
}

/// Puts an apostrophe before anything but a number that a spreadsheet would calculate; tells whether it did. For files that people
/// open: ids and addresses are text to them as well.
pub(super) fn guard_for_people(text: &mut String, role: Role) -> bool {
    let number = matches!(role, Role::Phone | Role::Number | Role::Money | Role::Date) && looks_like_number(text);
    let guarded = looks_like_formula(text) && !number;
    if guarded {
        text.insert(0, '\'');
    }
    guarded
}

/// Puts an apostrophe before a free text that a spreadsheet would calculate; tells whether it did. For files that tools read: ids and
/// addresses would no longer be the same.
pub(super) fn guard(text: &mut String, role: Role) -> bool {
    let guarded = role.guarded() && looks_like_formula(text);
    if guarded {
        text.insert(0, '\'');
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(fields: &[&str]) -> String {
        let mut out = Vec::new();
        record(fields, true, &mut out);
        String::from_utf8(out).expect("written from text")
    }

    #[test]
    fn quotes_only_where_needed() {
        assert_eq!(line(&["a", "b,c", "d\"e", "f\r\ng", " h", ""]), "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\" h\",\r\n");
        assert_eq!(line(&[""]), "\"\"\r\n");
    }

    #[test]
    fn only_free_text_is_guarded() {
        let guarded = |text: &str, role| {
            let mut text = text.to_owned();
            guard(&mut text, role);
            text
        };
        for text in ["=1+1", "+44", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"] {
            assert_eq!(guarded(text, Role::FreeText), format!("'{text}"));
            for role in [Role::Phone, Role::Number, Role::Money, Role::Hash, Role::Id, Role::Email, Role::Date] {
                assert_eq!(guarded(text, role), text);
            }
        }
        let mut id = "=1+1@example.com".to_owned();
        assert!(guard_for_people(&mut id, Role::Email) && id == "'=1+1@example.com");
        for (text, role) in [
            ("=1", Role::Id),
            ("-5", Role::Id),
            ("=HYPERLINK()", Role::Phone),
            ("@x", Role::Hash),
            ("+1-A1", Role::Phone),
        ] {
            assert!(guard_for_people(&mut text.to_owned(), role), "{text}");
        }
        for (text, role) in [
            ("+44 20 7946", Role::Phone),
            ("-0.5", Role::Number),
            ("-12.5000", Role::Money),
            ("-0001-01-01", Role::Date),
            ("17", Role::Id),
        ] {
            assert!(!guard_for_people(&mut text.to_owned(), role), "{text}");
        }
        assert_eq!(guarded("a=b", Role::FreeText), "a=b");
        assert_eq!(guarded("", Role::FreeText), "");
    }
}
