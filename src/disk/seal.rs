//! Seals of small records: the last field of a JSON object is the digest of all before it.

use super::digest::text_digest;

const FIELD: &str = ",\n  \"seal\": \"";

/// What a record's seal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// The record is as it was written.
    Whole,
    /// It was changed since.
    Broken,
    /// It has none: it was written by hand or by an earlier version.
    Missing,
}

/// An indented JSON object with its seal.
pub fn sealed(text: &str) -> String {
    let body = text.trim_end().strip_suffix('}').expect("records are JSON objects").trim_end();
    format!("{body}{FIELD}{}\"\n}}\n", text_digest(body.as_bytes()))
}

/// Whether a record is as it was written.
pub fn check_seal(text: &str) -> Seal {
    let Some(at) = text.rfind(FIELD) else { return Seal::Missing };
    let body = &text[..at];
    let whole = format!("{body}{FIELD}{}\"\n}}", text_digest(body.as_bytes()));
    if text.trim_end() == whole { Seal::Whole } else { Seal::Broken }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_breaks_a_seal() {
        let record = sealed("{\n  \"step\": \"orders\",\n  \"rows\": 12\n}");
        assert_eq!(check_seal(&record), Seal::Whole);
        let parsed: serde_json::Value = serde_json::from_str(&record).expect("JSON");
        assert_eq!((&parsed["rows"], parsed["seal"].as_str().map(str::len)), (&12.into(), Some(64)));
        for at in 0..record.trim_end().len() {
            let mut bytes = record.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            // In the name of the seal itself the record loses it, and is otherwise as it was.
            assert_ne!(check_seal(&text), Seal::Whole, "byte {at}");
        }
        assert_eq!(check_seal("{\n  \"step\": \"orders\"\n}"), Seal::Missing);
    }
}
