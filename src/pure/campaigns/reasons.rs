//! Why a person is on a list, in words: from contributions of features to sentences of one phrase table.
//!
//! The table is given by the caller, so it can name any features and be translated as a whole. Features that say much the
//! same (days since the last order, and the same in units of the usual gap) form a family, and a family speaks once.

use std::collections::HashMap;
use std::fmt::Write;

/// One row of the phrase table.
///
/// Templates hold `{value}` for the feature's own value, `{name}` for that of another feature, each formatted by its own
/// unit, and `{value?day|days}` for a word that depends on whether the value reads as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase<'a> {
    /// The feature.
    pub feature: &'a str,
    /// What the feature is about; of one family only the strongest feature speaks.
    pub family: &'a str,
    /// What to say where the value is above the typical one; empty where that says nothing.
    pub template_high: &'a str,
    /// What to say where it is not.
    pub template_low: &'a str,
    /// How the value is written.
    pub unit: Unit,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A whole number of things: `12`, `1,204`.
    Count,
    /// Days, whole: `94`.
    Days,
    /// Currency units: `£12.50`, and whole from 100 on: `£1,204`.
    Money,
    /// A part of one, written in per cent: `12%`.
    Share,
    /// A ratio with one decimal: `3.1`.
    Ratio,
}

/// How numbers are written in the language of the phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style<'a> {
    /// Between units and decimals.
    pub decimal_mark: char,
    /// Between thousands; a blank text for none.
    pub group_mark: &'a str,
    /// Before an amount of money.
    pub before_money: &'a str,
    /// After an amount of money.
    pub after_money: &'a str,
}

impl Default for Style<'_> {
    /// English, without a currency.
    fn default() -> Self {
        Self { decimal_mark: '.', group_mark: ",", before_money: "", after_money: "" }
    }
}

/// One reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The feature that speaks, by its place in the features given to [`Phrasebook::new`].
    pub feature: usize,
    /// What its whole family adds to the score.
    pub contribution: f64,
    /// The sentence.
    pub text: String,
}

/// A row of the phrase table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// A place for a value that nobody has.
    #[error("the phrase for `{feature}` names `{placeholder}`, which is neither `value` nor a feature with a phrase")]
    UnknownPlaceholder {
        /// The phrase's feature.
        feature: String,
        /// What stands between the braces.
        placeholder: String,
    },
    /// A brace without its other half.
    #[error("the phrase for `{feature}` has an opened brace that is not closed: `{template}`")]
    OpenBrace {
        /// The phrase's feature.
        feature: String,
        /// The template.
        template: String,
    },
    /// Two rows for one feature.
    #[error("the feature `{feature}` has two phrases")]
    Repeated {
        /// The feature.
        feature: String,
    },
}

/// A checked phrase table for a given order of features.
#[derive(Debug, Clone)]
pub struct Phrasebook<'a> {
    style: Style<'a>,
    /// By feature.
    phrases: Vec<Option<Checked<'a>>>,
    families: usize,
}

#[derive(Debug, Clone)]
struct Checked<'a> {
    family: usize,
    high: Vec<Part<'a>>,
    low: Vec<Part<'a>>,
}

#[derive(Debug, Clone)]
enum Part<'a> {
    Text(&'a str),
    /// The value of a feature.
    Value(usize, Unit),
    /// One word where the value of a feature reads as one, another where it does not.
    Word(usize, Unit, &'a str, &'a str),
}

impl<'a> Phrasebook<'a> {
    /// The phrases for `features`, which name the columns of values and contributions. Phrases for other features are left
    /// alone, so one table serves many models; features without a phrase never speak.
    ///
    /// # Errors
    /// The first phrase that cannot be used.
    pub fn new(phrases: &[Phrase<'a>], features: &[&str], style: Style<'a>) -> Result<Self, PhraseError> {
        let units: HashMap<&str, Unit> = phrases.iter().map(|phrase| (phrase.feature, phrase.unit)).collect();
        let places: HashMap<&str, usize> = features.iter().enumerate().map(|(place, &name)| (name, place)).collect();
        let mut families: Vec<&str> = Vec::new();
        let mut book = Self { style, phrases: vec![None; features.len()], families: 0 };
        for phrase in phrases {
            let Some(&feature) = places.get(phrase.feature) else { continue };
            let parts = |template: &'a str| {
                parse(phrase, template, |name| {
                    let name = if name == "value" { phrase.feature } else { name };
                    Some((*places.get(name)?, *units.get(name)?))
                })
            };
            let (high, low) = (parts(phrase.template_high)?, parts(phrase.template_low)?);
            let family = families.iter().position(|&family| family == phrase.family).unwrap_or_else(|| {
                families.push(phrase.family);
                families.len() - 1
            });
            let checked = Checked { family, high, low };
            if book.phrases[feature].replace(checked).is_some() {
                return Err(PhraseError::Repeated { feature: phrase.feature.to_owned() });
            }
        }
        book.families = families.len();
        Ok(book)
    }

    /// At most `most` reasons for one person, strongest first.
    ///
    /// `values`, `contributions` (what each feature adds to this person's score; NaN counts as nothing) and `typical` (what
    /// a value is called high or low against, such as the median) have one entry for each feature. Families whose features
    /// together raise the score speak, each through the feature that raises it most, in the words that fit its value; a
    /// feature without a value, or with an empty template, leaves the word to the next one of its family.
    pub fn reasons(&self, values: &[f64], contributions: &[f64], typical: &[f64], most: usize) -> Vec<Reason> {
        assert!(
            [values.len(), contributions.len(), typical.len()] == [self.phrases.len(); 3],
            "values, contributions and typical values have one entry for each feature of the phrasebook"
        );
        let mut together = vec![0.0; self.families];
        let mut speaker: Vec<Option<usize>> = vec![None; self.families];
        for (feature, phrase) in self.phrases.iter().enumerate() {
            let contribution = contributions[feature];
            let (Some(phrase), false) = (phrase, contribution.is_nan()) else { continue };
            together[phrase.family] += contribution;
            let strongest = speaker[phrase.family].is_none_or(|held| contribution > contributions[held]);
            if contribution > 0.0 && strongest && self.has_words(phrase, feature, values, typical) {
                speaker[phrase.family] = Some(feature);
            }
        }
        let mut reasons: Vec<(usize, f64)> = speaker
            .iter()
            .zip(&together)
            .filter_map(|(speaker, &together)| speaker.filter(|_| together > 0.0).map(|feature| (feature, together)))
            .collect();
        reasons.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        reasons.truncate(most);
        reasons
            .into_iter()
            .map(|(feature, contribution)| Reason { feature, contribution, text: self.text(feature, values, typical) })
            .collect()
    }

    /// Whether the phrase has words for the value and every value they name.
    fn has_words(&self, phrase: &Checked, feature: usize, values: &[f64], typical: &[f64]) -> bool {
        let parts = phrase.words(values[feature], typical[feature]);
        let known = |part: &Part| match part {
            Part::Text(_) => true,
            Part::Value(feature, _) | Part::Word(feature, ..) => values[*feature].is_finite(),
        };
        values[feature].is_finite() && !parts.is_empty() && parts.iter().all(known)
    }

    fn text(&self, feature: usize, values: &[f64], typical: &[f64]) -> String {
        let phrase = self.phrases[feature].as_ref().expect("only features with a phrase speak");
        let mut text = String::new();
        for part in phrase.words(values[feature], typical[feature]) {
            match *part {
                Part::Text(words) => text.push_str(words),
                Part::Value(feature, unit) => text.push_str(&self.style.write(values[feature], unit)),
                Part::Word(feature, unit, one, other) => {
                    let single = self.style.write(values[feature], unit) == self.style.write(1.0, unit);
                    text.push_str(if single { one } else { other });
                }
            }
        }
        text
    }
}

impl<'a> Checked<'a> {
    fn words(&self, value: f64, typical: f64) -> &[Part<'a>] {
        // Where nothing is typical, a value is high if it is there at all.
        let typical = if typical.is_nan() { 0.0 } else { typical };
        if value > typical { &self.high } else { &self.low }
    }
}

impl Style<'_> {
    /// A value in this style.
    pub fn write(&self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Count | Unit::Days => self.number(value, 0),
            Unit::Ratio => self.number(value, 1),
            Unit::Share => self.number(value * 100.0, 0) + "%",
            Unit::Money => {
                let decimals = if value.abs() < 99.995 { 2 } else { 0 };
                let sign = if value < 0.0 { "-" } else { "" };
                format!("{sign}{}{}{}", self.before_money, self.number(value.abs(), decimals), self.after_money)
            }
        }
    }

    fn number(&self, value: f64, decimals: usize) -> String {
        let plain = format!("{:.*}", decimals, value.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut text = String::new();
        if value < 0.0 && plain.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
            text.push('-');
        }
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                text.push_str(self.group_mark);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            write!(text, "{}{fraction}", self.decimal_mark).expect("a String takes all text");
        }
        text
    }
}

fn parse<'a>(
    phrase: &Phrase<'a>,
    template: &'a str,
    look_up: impl Fn(&str) -> Option<(usize, Unit)>,
) -> Result<Vec<Part<'a>>, PhraseError> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((text, opened)) = rest.split_once('{') {
        let (inside, after) = opened.split_once('}').ok_or_else(|| PhraseError::OpenBrace {
            feature: phrase.feature.to_owned(),
            template: template.to_owned(),
        })?;
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        let (name, words) = inside.split_once('?').map_or((inside, None), |(name, words)| (name, Some(words)));
        let words = words.map(|words| words.split_once('|').unwrap_or((words, "")));
        let (feature, unit) = look_up(name).ok_or_else(|| PhraseError::UnknownPlaceholder {
            feature: phrase.feature.to_owned(),
            placeholder: name.to_owned(),
        })?;
        parts.push(match words {
            None => Part::Value(feature, unit),
            Some((one, other)) => Part::Word(feature, unit, one, other),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEATURES: [&str; 5] = ["recency", "usual_gap", "recency_over_gap", "spend", "age"];

    const PHRASES: [Phrase; 5] = [
        Phrase {
            feature: "recency",
            family: "recency",
            template_high: "has not ordered for {value} {value?day|days}; usually every {usual_gap}",
            template_low: "ordered {value} {value?day|days} ago",
            unit: Unit::Days,
        },
        Phrase {
            feature: "recency_over_gap",
            family: "recency",
            template_high: "is {value} times as late as usual",
            template_low: "",
            unit: Unit::Ratio,
        },
        Phrase {
            feature: "usual_gap",
            family: "rhythm",
            template_high: "orders rarely",
            template_low: "",
            unit: Unit::Days,
        },
        Phrase {
            feature: "spend",
            family: "value",
            template_high: "spent {value} in a year",
            template_low: "spent only {value} in a year",
            unit: Unit::Money,
        },
        Phrase { feature: "elsewhere", family: "other", template_high: "{value}", template_low: "", unit: Unit::Share },
    ];

    const TYPICAL: [f64; 5] = [40.0, 30.0, 1.0, 200.0, 40.0];

    fn texts(values: [f64; 5], contributions: [f64; 5]) -> Vec<String> {
        let style = Style { before_money: "£", ..Style::default() };
        let book = Phrasebook::new(&PHRASES, &FEATURES, style).expect("the phrases fit");
        book.reasons(&values, &contributions, &TYPICAL, 3).into_iter().map(|reason| reason.text).collect()
    }

    #[test]
    fn a_family_speaks_once_and_in_the_words_that_fit() {
        assert_eq!(
            texts([94.0, 31.2, 3.0, 20.0, 50.0], [0.5, 0.0, 0.4, 0.6, 9.0]),
            ["has not ordered for 94 days; usually every 31", "spent only £20.00 in a year"]
        );
        assert_eq!(
            texts([1.0, 31.2, 0.1, 1204.4, 50.0], [0.5, -1.0, 0.1, 0.2, 0.0]),
            ["ordered 1 day ago", "spent £1,204 in a year"]
        );
    }

    #[test]
    fn what_lowers_the_score_or_has_no_words_is_no_reason() {
        // Together the family lowers the score.
        assert_eq!(texts([94.0, 31.2, 3.0, 20.0, 50.0], [0.5, 0.0, -0.6, 0.0, 0.0]), [""; 0]);
        // The usual gap is not known, so the sentence that needs it gives way to the next of the family.
        let values = [94.0, f64::NAN, 3.0, f64::NAN, 50.0];
        assert_eq!(texts(values, [0.5, 0.3, 0.4, 0.2, 0.0]), ["is 3.0 times as late as usual"]);
        assert_eq!(texts(values, [f64::NAN, 0.0, 0.4, 0.0, 0.0]), ["is 3.0 times as late as usual"]);
    }

    #[test]
    fn numbers_are_written_in_the_style_of_the_language() {
        let german = Style { decimal_mark: ',', group_mark: ".", before_money: "", after_money: " €" };
        for (value, unit, expected) in [
            (1_234_567.4, Unit::Count, "1.234.567"),
            (12.5, Unit::Money, "12,50 €"),
            (99.996, Unit::Money, "100 €"),
            (-12.5, Unit::Money, "-12,50 €"),
            (-0.2, Unit::Count, "0"),
            (-1_000.0, Unit::Count, "-1.000"),
            (0.256, Unit::Share, "26%"),
            (3.12, Unit::Ratio, "3,1"),
        ] {
            assert_eq!(german.write(value, unit), expected);
        }
    }

    #[test]
    fn phrases_that_cannot_be_used_are_named() {
        let check = |template_high, expected: &str| {
            let phrase = Phrase { template_high, ..PHRASES[0] };
            let error = Phrasebook::new(&[phrase], &FEATURES, Style::default()).expect_err("unusable");
            assert_eq!(error.to_string(), expected);
        };
        check(
            "{recenzy}",
            "the phrase for `recency` names `recenzy`, which is neither `value` nor a feature with a phrase",
        );
        check("{value", "the phrase for `recency` has an opened brace that is not closed: `{value`");
        let twice = Phrasebook::new(&[PHRASES[3], PHRASES[3]], &FEATURES, Style::default());
        assert_eq!(twice.expect_err("two"), PhraseError::Repeated { feature: "spend".to_owned() });
    }
}
