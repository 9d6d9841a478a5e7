//! Paragraphs of plain text that any stage can add.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::words::Translated;

/// Plain text.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Note {
    pub paragraphs: Vec<Text>,
}

struct Words {
    heading: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words { heading: "Notes" },
    simplified: Words { heading: "说明" },
    traditional: Words { heading: "說明" },
};

impl Shown for Note {
    fn chapter(&self) -> Chapter {
        Chapter::More
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        self.paragraphs.iter().for_each(|text| m.leaf("p", &[], &text.shown(cx)));
    }
}

#[cfg(test)]
impl super::Sample for Note {
    fn sample(_: &mut super::Draw, _: super::Size) -> Note {
        Note {
            paragraphs: vec![
                "Money is in pounds as invoiced; no tax is taken off.".into(),
                "Anonymous baskets count for rules, not for customers.".into(),
            ],
        }
    }
}
