//! The setting that says when a new model is trained.

use crate::churn::succession::Retrain;
use crate::stage::setting::{Choice, SpanOr};

/// Times of training that are no span.
pub struct RetrainWord {
    word: &'static str,
    meaning: &'static str,
    when: Retrain,
}

static RETRAIN_WORDS: [RetrainWord; 3] = [
    RetrainWord {
        word: "always",
        meaning: "whenever there are new outcomes to judge models on",
        when: Retrain::Always,
    },
    RetrainWord {
        word: "on-drift",
        meaning: "when scores have moved or probabilities have not come true",
        when: Retrain::OnDrift,
    },
    RetrainWord { word: "never", meaning: "the active model stays", when: Retrain::Never },
];

impl Choice for RetrainWord {
    const WHAT: &'static str = "time of training";

    fn rows() -> &'static [RetrainWord] {
        &RETRAIN_WORDS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.word, self.meaning)
    }
}

/// When a new model is trained.
pub fn when(setting: &SpanOr<RetrainWord>) -> Retrain {
    match setting {
        SpanOr::Span(span) => Retrain::After(span.days()),
        SpanOr::Word(word) => word.when,
    }
}
