//! The stored form of a model: a JSON header and little-endian arrays, our own and versioned.
//!
//! A file is, in this order:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `PATRONML` |
//! | 4 | format, u32 little-endian; now 1 |
//! | 4 | length of the header in bytes, u32 little-endian |
//! | … | header, UTF-8 JSON: `{"model": name, "facts": {…}, "arrays": [{"name", "type": "f64" or "u32", "length"}, …]}` |
//! | … | the arrays, back to back, little-endian, in the header's order |
//! | 8 | FNV-1a hash of everything before, u64 little-endian |
//!
//! Numbers that a score depends on stand in arrays, so that they come back bit for bit; the header holds names, words and
//! counts. A model inside a model (calibrated, averaged) has the names of its arrays and facts prefixed by `inner/`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::LearningError;
use crate::numeric::random::fnv1a;

const MAGIC: &[u8; 8] = b"PATRONML";

/// The newest format that is written and read.
pub const FORMAT: u32 = 1;

/// What a model is made of, ready to be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// The model's name in the table of models.
    pub model: String,
    facts: Map<String, Value>,
    numbers: BTreeMap<String, Vec<f64>>,
    counts: BTreeMap<String, Vec<u32>>,
}

impl Parts {
    /// No parts yet, of a model by its name.
    pub fn new(model: &str) -> Parts {
        Parts { model: model.to_owned(), ..Parts::default() }
    }

    /// Adds a list of words.
    pub fn words(&mut self, name: &str, words: &[String]) {
        self.facts.insert(name.to_owned(), json!(words));
    }

    /// Adds an array of numbers.
    pub fn numbers(&mut self, name: &str, numbers: Vec<f64>) {
        self.numbers.insert(name.to_owned(), numbers);
    }

    /// Adds an array of counts or codes.
    pub fn counts(&mut self, name: &str, counts: Vec<u32>) {
        self.counts.insert(name.to_owned(), counts);
    }

    /// Adds another model under a name.
    pub fn model(&mut self, name: &str, inner: Parts) {
        self.facts.insert(format!("{name}/model"), json!(inner.model));
        self.facts.extend(inner.facts.into_iter().map(|(key, value)| (format!("{name}/{key}"), value)));
        self.numbers.extend(inner.numbers.into_iter().map(|(key, value)| (format!("{name}/{key}"), value)));
        self.counts.extend(inner.counts.into_iter().map(|(key, value)| (format!("{name}/{key}"), value)));
    }

    /// A list of words.
    ///
    /// # Errors
    /// When it is not there.
    pub fn get_words(&self, name: &str) -> Result<Vec<String>, LearningError> {
        let list = self.facts.get(name).and_then(Value::as_array).ok_or_else(|| absent(name))?;
        list.iter().map(|word| word.as_str().map(str::to_owned).ok_or_else(|| absent(name))).collect()
    }

    /// An array of numbers.
    ///
    /// # Errors
    /// When it is not there.
    pub fn get_numbers(&self, name: &str) -> Result<&[f64], LearningError> {
        self.numbers.get(name).map(Vec::as_slice).ok_or_else(|| absent(name))
    }

    /// An array of counts or codes.
    ///
    /// # Errors
    /// When it is not there.
    pub fn get_counts(&self, name: &str) -> Result<&[u32], LearningError> {
        self.counts.get(name).map(Vec::as_slice).ok_or_else(|| absent(name))
    }

    /// The model stored under a name.
    ///
    /// # Errors
    /// When it is not there.
    pub fn get_model(&self, name: &str) -> Result<Parts, LearningError> {
        let prefix = format!("{name}/");
        let mut facts: Map<String, Value> = self
            .facts
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value.clone())))
            .collect();
        let model = facts.remove("model").and_then(|model| model.as_str().map(str::to_owned));
        Ok(Parts {
            model: model.ok_or_else(|| absent(name))?,
            facts,
            numbers: inner(&self.numbers, &prefix),
            counts: inner(&self.counts, &prefix),
        })
    }

    /// The file's bytes; the same parts give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let describe = |name: &String, kind: &str, length: usize| json!({"name": name, "type": kind, "length": length});
        let arrays: Vec<Value> = self
            .numbers
            .iter()
            .map(|(name, array)| describe(name, "f64", array.len()))
            .chain(self.counts.iter().map(|(name, array)| describe(name, "u32", array.len())))
            .collect();
        let header = json!({"model": self.model, "facts": self.facts, "arrays": arrays}).to_string();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(self.numbers.values().flatten().flat_map(|number| number.to_le_bytes()));
        bytes.extend(self.counts.values().flatten().flat_map(|count| count.to_le_bytes()));
        bytes.extend(fnv1a(&bytes).to_le_bytes());
        bytes
    }

    /// Reads a file's bytes back.
    ///
    /// # Errors
    /// When they are cut short, altered, of a newer format or no model at all.
    pub fn from_bytes(bytes: &[u8]) -> Result<Parts, LearningError> {
        let damaged = |why: &str| LearningError::Damaged { why: why.to_owned() };
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it does not begin with PATRONML"))?;
        let (format, rest) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it ends within its header"))?;
        let found = u32::from_le_bytes(*format);
        if found > FORMAT {
            return Err(LearningError::NewerFormat { found, newest: FORMAT });
        }
        let (body, hash) = bytes.split_last_chunk::<8>().ok_or_else(|| damaged("it ends within its header"))?;
        if fnv1a(body) != u64::from_le_bytes(*hash) {
            return Err(damaged("its checksum does not agree"));
        }
        let (length, _) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it ends within its header"))?;
        let mut rest = &body[16..];
        let header = take(&mut rest, u32::from_le_bytes(*length) as usize)?;
        let header: Value = serde_json::from_slice(header).map_err(|_| damaged("its header is not JSON"))?;
        let facts = header.get("facts").and_then(Value::as_object).ok_or_else(|| absent("facts"))?;
        let model = header.get("model").and_then(Value::as_str).ok_or_else(|| absent("model"))?;
        let mut parts = Parts { facts: facts.clone(), ..Parts::new(model) };
        for array in header.get("arrays").and_then(Value::as_array).ok_or_else(|| absent("arrays"))? {
            let name = array.get("name").and_then(Value::as_str).ok_or_else(|| absent("name"))?;
            let length = array.get("length").and_then(Value::as_u64).ok_or_else(|| absent("length"))? as usize;
            if array.get("type").and_then(Value::as_str) == Some("f64") {
                let (numbers, _) = take(&mut rest, length.saturating_mul(8))?.as_chunks::<8>();
                parts.numbers(name, numbers.iter().map(|number| f64::from_le_bytes(*number)).collect());
            } else {
                let (counts, _) = take(&mut rest, length.saturating_mul(4))?.as_chunks::<4>();
                parts.counts(name, counts.iter().map(|count| u32::from_le_bytes(*count)).collect());
            }
        }
        Ok(parts)
    }
}

fn inner<T: Clone>(arrays: &BTreeMap<String, Vec<T>>, prefix: &str) -> BTreeMap<String, Vec<T>> {
    arrays.iter().filter_map(|(key, value)| Some((key.strip_prefix(prefix)?.to_owned(), value.clone()))).collect()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], LearningError> {
    let (taken, left) = rest
        .split_at_checked(length)
        .ok_or_else(|| LearningError::Damaged { why: "it is shorter than its header says".to_owned() })?;
    *rest = left;
    Ok(taken)
}

fn absent(name: &str) -> LearningError {
    LearningError::Damaged { why: format!("its part {name} is absent") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Parts {
        let mut inner = Parts::new("logistic");
        inner.numbers("weights", vec![0.1 + 0.2, f64::NAN, -0.0]);
        inner.words("columns", &["a\"b".to_owned()]);
        let mut parts = Parts::new("calibrated");
        parts.counts("codes", vec![1, u32::MAX]);
        parts.model("inner", inner);
        parts
    }

    #[test]
    fn comes_back_bit_for_bit() {
        let parts = example();
        let bytes = parts.to_bytes();
        let back = Parts::from_bytes(&bytes).expect("whole");
        assert_eq!(back.to_bytes(), bytes);
        let inner = back.get_model("inner").expect("stored");
        assert_eq!((inner.model.as_str(), inner.get_words("columns")), ("logistic", Ok(vec!["a\"b".to_owned()])));
        let weights = inner.get_numbers("weights").expect("stored");
        assert_eq!(weights[0].to_bits(), (0.1f64 + 0.2).to_bits());
        assert_eq!(weights[2].to_bits(), (-0.0f64).to_bits());
    }

    #[test]
    fn says_what_is_wrong_with_a_damaged_file() {
        let bytes = example().to_bytes();
        for length in 0..bytes.len() {
            assert!(Parts::from_bytes(&bytes[..length]).is_err(), "cut at {length}");
        }
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            assert!(Parts::from_bytes(&altered).is_err(), "altered at {place}");
        }
        let mut newer = bytes.clone();
        newer[8] = 2;
        assert_eq!(Parts::from_bytes(&newer), Err(LearningError::NewerFormat { found: 2, newest: 1 }));
    }
}
