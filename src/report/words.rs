//! How the report keeps its texts: per language in one table beside the code that shows them, with places for values.

/// A language that the page can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English, as used by most of the field's literature.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Chinese in simplified characters, with the business terms of the mainland.
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
    /// Chinese in traditional characters, with the business terms of Taiwan.
    #[serde(rename = "zh-Hant")]
    TraditionalChinese,
}

/// All languages with the tags that settings and the page's `lang` attribute name them by.
pub static LANGUAGES: [(Language, &str); 3] =
    [(Language::English, "en"), (Language::SimplifiedChinese, "zh-Hans"), (Language::TraditionalChinese, "zh-Hant")];

impl Language {
    /// As settings and the page's `lang` attribute name it.
    pub fn tag(self) -> &'static str {
        LANGUAGES[self as usize].1
    }
}

/// Other languages' texts by key, sorted by key; a phrase without one is shown in English.
pub type Phrasebook = &'static [(&'static str, &'static str)];

/// The text of a key.
pub(crate) fn looked_up(book: Phrasebook, key: &str) -> Option<&'static str> {
    book.binary_search_by(|row| row.0.cmp(key)).ok().map(|place| book[place].1)
}

/// The same texts in every language: a new language is one more field, and the compiler asks for it in every table.
pub(crate) struct Translated<W: 'static> {
    pub english: W,
    pub simplified: W,
    pub traditional: W,
}

impl<W> Translated<W> {
    /// The texts in this language.
    pub fn of(&'static self, language: Language) -> &'static W {
        match language {
            Language::English => &self.english,
            Language::SimplifiedChinese => &self.simplified,
            Language::TraditionalChinese => &self.traditional,
        }
    }
}

/// Puts values in the places `{name}` of a text from a table of words; a place without a value stays as it is.
///
/// Values are inserted in one pass, so a value that looks like a place stays as it is, too.
pub(crate) fn fill<V: AsRef<str>>(template: &str, values: &[(&str, V)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value = |name: &str| values.iter().find(|(place, _)| *place == name).map(|(_, value)| value.as_ref());
        let place = after.split_once('}').and_then(|(name, tail)| Some((value(name)?, tail)));
        let (text, tail) = place.unwrap_or(("{", after));
        out.push_str(text);
        rest = tail;
    }
    out + rest
}

/// The places of a text, in the order of their names.
#[cfg(test)]
pub(crate) fn places(text: &str) -> Vec<&str> {
    let mut all: Vec<&str> = text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
    all.sort_unstable();
    all
}

/// Words of two Latin letters or more that a text has outside its places and its code in backticks, but for those that are `allowed`.
#[cfg(test)]
pub(crate) fn foreign(text: &str, allowed: &[&str]) -> Vec<String> {
    let plain: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let plain: String = plain.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect();
    let words = plain.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1);
    words.filter(|word| !allowed.contains(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{fill, foreign, places};
    use std::path::Path;

    /// How a table of words begins.
    const TABLE: &str = "static WORDS: Translated<Words> =";

    /// Every source of the report without its tests, as path and text: the folder says what there is, not a list.
    fn sources() -> Vec<(String, String)> {
        fn walk(folder: &Path, all: &mut Vec<(String, String)>) {
            for entry in std::fs::read_dir(folder).expect("the folder of the report is there") {
                let path = entry.expect("an entry").path();
                let name = path.display().to_string();
                if path.is_dir() {
                    walk(&path, all);
                } else if name.ends_with(".rs") && !name.ends_with("/tests.rs") && !name.ends_with("/sample.rs") {
                    let text = std::fs::read_to_string(&path).expect("a source");
                    let end = ["\n#[cfg(test)]\nmod tests", "\n#[cfg(test)]\nimpl"].map(|start| text.find(start));
                    let end = end.into_iter().flatten().min().unwrap_or(text.len());
                    all.push((name, text[..end].to_owned()));
                }
            }
        }
        let mut all = Vec::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report"), &mut all);
        all.sort();
        all
    }

    /// A source in two: what stands around its table of words, and the table.
    fn apart(source: &str) -> (String, &str) {
        let Some(start) = source.find(TABLE) else { return (source.to_owned(), "") };
        let end = start + source[start..].find("};\n").expect("the table ends");
        (format!("{}{}", &source[..start], &source[end..]), &source[start..end])
    }

    /// `(name, text)` of each row of a table.
    fn rows(table: &str) -> Vec<(&str, &str)> {
        let mut rows = Vec::new();
        let mut rest = table;
        while let Some((before, after)) = rest.split_once(": \"") {
            let (text, tail) = after.split_once('"').expect("texts are closed");
            rows.push((before.rsplit([' ', '\n']).next().unwrap_or_default(), text));
            rest = tail;
        }
        rows
    }

    #[test]
    fn every_section_has_its_words_beside_it() {
        let mut sections = 0;
        for (file, source) in sources() {
            let part = file.contains("/sections/rules/") && !file.ends_with("mod.rs");
            if file.contains("/sections/") && !file.ends_with("/sections/mod.rs") && !part {
                assert!(rows(apart(&source).1).iter().any(|row| row.0 == "heading"), "{file} has no heading");
                sections += 1;
            }
        }
        assert!(sections >= 18, "found only {sections}");
    }

    #[test]
    fn texts_are_not_empty_and_their_places_are_closed_and_plain() {
        let mut found = 0;
        for (file, source) in sources() {
            for (name, text) in rows(apart(&source).1) {
                found += 1;
                assert!(!text.trim().is_empty(), "{file}: {name} is empty");
                for place in text.split('{').skip(1) {
                    let inside = place.split_once('}').map(|(inside, _)| inside);
                    let inside = inside.unwrap_or_else(|| panic!("{file}: {name}: a brace is not closed"));
                    assert!(inside.chars().all(|c| c.is_ascii_lowercase()), "{file}: {name}: {{{inside}}}");
                }
            }
        }
        assert!(found > 200, "found only {found}");
    }

    /// Words in Latin letters that stand in Chinese texts of the page as well.
    const LATIN: [&str; 10] = ["AUC", "AVE", "Cronbach", "HTMT", "PSI", "RFM", "ROC", "SHA", "patron", "ρ"];

    #[test]
    fn other_languages_have_the_same_places_and_none_of_the_english_words() {
        let mut found = 0;
        for (file, source) in sources() {
            let table = apart(&source).1;
            let Some((english, others)) = table.split_once("simplified: Words") else { continue };
            let (simplified, traditional) = others.split_once("traditional: Words").expect("both or none");
            let english = rows(english);
            for other in [simplified, traditional] {
                let other = rows(other);
                for (name, text) in &english {
                    found += 1;
                    let own: Vec<&str> = other.iter().filter(|row| row.0 == *name).map(|row| row.1).collect();
                    assert_eq!(own.len(), 1, "{file}: {name}");
                    assert_eq!(places(own[0]), places(text), "{file}: {name}: {}", own[0]);
                    assert_eq!(foreign(own[0], &LATIN), Vec::<String>::new(), "{file}: {name}");
                }
            }
        }
        assert!(found > 400, "found only {found}");
    }

    #[test]
    fn sections_hold_no_text_of_their_own() {
        // Sentences have several words and labels begin with a capital; class names and attributes do neither.
        for (file, source) in sources() {
            for line in apart(&source).0.lines().filter(|line| !line.trim_start().starts_with("//")) {
                if line.contains(".expect(")
                    || line.contains("(\"d\"")
                    || line.contains("-src")
                    || line.contains("http-equiv")
                {
                    continue;
                }
                for literal in line.split('"').skip(1).step_by(2) {
                    let outside_places: String =
                        literal.split('{').map(|p| p.split_once('}').map_or(p, |(_, t)| t)).collect();
                    let words = outside_places
                        .split_whitespace()
                        .filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 3);
                    let capital = literal.starts_with(|c: char| c.is_uppercase())
                        && literal.chars().nth(1).is_some_and(char::is_lowercase);
                    assert!(words.count() < 3 && !capital, "{file}: “{literal}” belongs in a table of words");
                }
            }
        }
    }

    #[test]
    fn values_are_inserted_once_and_places_without_one_stay() {
        let values = [("rows", "{total}"), ("total", "9")];
        assert_eq!(fill("{rows} of {total} rows", &values), "{total} of 9 rows");
        assert_eq!(fill("{nothing} of {total", &values), "{nothing} of {total");
    }
}
