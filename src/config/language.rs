//! `language` under `[run]`, by its tag.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diagnostics::did_you_mean;
use crate::report::{LANGUAGES, Language};

/// The language that is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageSetting(Language);

impl LanguageSetting {
    /// What was chosen.
    pub fn language(self) -> Language {
        self.0
    }

    /// As it is written.
    pub fn tag(self) -> &'static str {
        self.0.tag()
    }
}

/// What a language is.
fn meaning(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::SimplifiedChinese => "Chinese in simplified characters, with the business terms of the mainland",
        Language::TraditionalChinese => "Chinese in traditional characters, with the business terms of Taiwan",
    }
}

impl TryFrom<String> for LanguageSetting {
    type Error = String;

    fn try_from(tag: String) -> Result<LanguageSetting, String> {
        let found = LANGUAGES.iter().find(|row| row.1 == tag);
        found.map(|row| LanguageSetting(row.0)).ok_or_else(|| {
            let tags = LANGUAGES.iter().map(|row| row.1);
            let help = match did_you_mean(&tag, tags.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", tags.collect::<Vec<_>>().join(", ")),
            };
            format!("there is no language `{tag}`\n{help}")
        })
    }
}

impl From<LanguageSetting> for String {
    fn from(setting: LanguageSetting) -> String {
        setting.tag().to_owned()
    }
}

impl JsonSchema for LanguageSetting {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "language".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let row = |(language, tag): &(Language, &str)| json!({"const": tag, "description": meaning(*language)});
        let rows: Vec<Value> = LANGUAGES.iter().map(row).collect();
        json_schema!({"oneOf": rows})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_by_its_tag_and_nothing_else() {
        for (language, tag) in LANGUAGES {
            let setting = LanguageSetting::try_from(tag.to_owned()).expect("a language");
            assert_eq!((setting.language(), setting.tag()), (language, tag));
        }
        let refused = |tag: &str| LanguageSetting::try_from(tag.to_owned()).expect_err(tag);
        assert_eq!(refused("zh-hant"), "there is no language `zh-hant`\ndid you mean `zh-Hant`?");
        assert_eq!(refused("klingon"), "there is no language `klingon`\nthere are en, zh-Hans, zh-Hant");
    }
}
