//! Who may be written to by which channel, from what a source says of each person.
//!
//! Consent is a clear affirmative act (GDPR, Article 4(11)); who sends must be able to show it (Article 7(1)). So only a known yes is one:
//! an empty cell, a word that nobody declared and a person whom the source does not name mean no.

use std::collections::BTreeMap;

use crate::keys::normal;

/// A way to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail.
    Email,
    /// Short messages to a telephone.
    Sms,
    /// Audiences of advertising networks, matched by address or number.
    Ads,
    /// Letters.
    Mail,
    /// Calls.
    Phone,
}

/// A channel with its name.
#[derive(Debug, Clone, Copy)]
pub struct ChannelRow {
    /// The channel.
    pub channel: Channel,
    /// As a setting and in column names.
    pub name: &'static str,
    /// In words.
    pub meaning: &'static str,
}

/// Every channel; the only place where their names are.
pub static CHANNELS: [ChannelRow; 5] = [
    ChannelRow { channel: Channel::Email, name: "email", meaning: "e-mail" },
    ChannelRow { channel: Channel::Sms, name: "sms", meaning: "short messages" },
    ChannelRow { channel: Channel::Ads, name: "ads", meaning: "audiences of advertising networks" },
    ChannelRow { channel: Channel::Mail, name: "mail", meaning: "letters" },
    ChannelRow { channel: Channel::Phone, name: "phone", meaning: "calls" },
];

impl Channel {
    /// As a setting and in column names.
    pub fn name(self) -> &'static str {
        CHANNELS[self as usize].name
    }

    /// In words.
    pub fn meaning(self) -> &'static str {
        CHANNELS[self as usize].meaning
    }
}

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// The person consents.
    Yes,
    /// The person does not.
    No,
    /// The cell is empty.
    Missing,
    /// A word that is not known.
    Unknown,
}

/// Words that mean yes, in the form that [`Words::read`] compares.
static YES: &[&str] = &[
    "1",
    "ACCEPTED",
    "AGREED",
    "ALLOWED",
    "CONFIRMED",
    "CONSENTED",
    "DA",
    "GIVEN",
    "GRANTED",
    "J",
    "JA",
    "OK",
    "ON",
    "OPT IN",
    "OPTED IN",
    "OPTIN",
    "OUI",
    "S",
    "SI",
    "SIM",
    "SUBSCRIBED",
    "SÌ",
    "SÍ",
    "T",
    "TAK",
    "TRUE",
    "WAHR",
    "VRAI",
    "Y",
    "YES",
    "是",
];

/// Words that mean no.
static NO: &[&str] = &[
    "0",
    "DECLINED",
    "DENIED",
    "F",
    "FALSCH",
    "FALSE",
    "FAUX",
    "N",
    "NE",
    "NEE",
    "NEI",
    "NEIN",
    "NEJ",
    "NEVER",
    "NIE",
    "NO",
    "NON",
    "NONE",
    "NOT SUBSCRIBED",
    "NÃO",
    "OFF",
    "OPT OUT",
    "OPTED OUT",
    "OPTOUT",
    "REFUSED",
    "REJECTED",
    "REVOKED",
    "UNSUBSCRIBED",
    "WITHDRAWN",
    "否",
];

/// Which words mean yes and no: those known, and those that a pipeline declares, which come first.
#[derive(Debug, Clone, Default)]
pub struct Words {
    yes: Vec<String>,
    no: Vec<String>,
}

impl Words {
    /// The known words with further ones.
    pub fn with(yes: &[String], no: &[String]) -> Words {
        let forms = |words: &[String]| words.iter().map(|word| form(word)).collect();
        Words { yes: forms(yes), no: forms(no) }
    }

    /// What a cell says. A word declared as both means no.
    pub fn read(&self, cell: Option<&str>) -> Answer {
        let word = form(cell.unwrap_or_default());
        if self.no.contains(&word) {
            Answer::No
        } else if self.yes.contains(&word) {
            Answer::Yes
        } else if word.is_empty() {
            Answer::Missing
        } else if NO.contains(&word.as_str()) {
            Answer::No
        } else if YES.contains(&word.as_str()) {
            Answer::Yes
        } else {
            Answer::Unknown
        }
    }
}

/// Letter case, blanks and what joins two words do not count.
fn form(word: &str) -> String {
    // Programs that keep 1 and 0 beside empty cells write 1.0 and 0.0.
    normal(&normal(word).replace(['_', '-', '.', '!'], " ")).into_owned()
}

/// Who consents to which of some channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    channels: Vec<Channel>,
    /// By person: whether each row says yes, by channel.
    persons: BTreeMap<u32, Vec<bool>>,
    /// Persons with several rows that do not say the same.
    contradicted: u64,
}

impl Consent {
    /// From rows in any order: a person and what the row says of each channel. The answer that forbids wins.
    pub fn of(channels: Vec<Channel>, rows: impl IntoIterator<Item = (u32, Vec<Answer>)>) -> Consent {
        let mut persons: BTreeMap<u32, (Vec<bool>, Vec<bool>)> = BTreeMap::new();
        for (person, answers) in rows {
            let says: Vec<bool> = answers.iter().map(|answer| *answer == Answer::Yes).collect();
            let (all, any) = persons.entry(person).or_insert_with(|| (says.clone(), says.clone()));
            for (channel, yes) in says.into_iter().enumerate() {
                all[channel] &= yes;
                any[channel] |= yes;
            }
        }
        let contradicted = persons.values().filter(|(all, any)| all != any).count() as u64;
        Consent {
            channels,
            persons: persons.into_iter().map(|(person, (all, _))| (person, all)).collect(),
            contradicted,
        }
    }

    /// The channels that were asked about.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Whether a person consents to a channel; no for whom the source does not name.
    pub fn to(&self, person: u32, channel: Channel) -> bool {
        let place = self.channels.iter().position(|asked| *asked == channel);
        place.is_some_and(|place| self.persons.get(&person).is_some_and(|says| says[place]))
    }

    /// Whether a person consents to any of the channels.
    pub fn to_any(&self, person: u32) -> bool {
        self.channels.iter().any(|channel| self.to(person, *channel))
    }

    /// Persons with several rows that do not say the same.
    pub fn contradicted(&self) -> u64 {
        self.contradicted
    }
}

/// Parts of the names of columns that say who consents.
static CONSENT_NAMES: &[&str] = &[
    "consent",
    "optin",
    "optedin",
    "acceptsmarketing",
    "acceptsemail",
    "newsletter",
    "permission",
    "marketingallowed",
    "subscriptionstatus",
    "marketingstatus",
    "gdpr",
];

/// Parts of the names of columns that say who objects.
static OBJECTION_NAMES: &[&str] = &[
    "donot",
    "dont",
    "unsubscribe",
    "optout",
    "optedout",
    "suppress",
    "objection",
    "objected",
    "nocontact",
    "noemail",
    "nomail",
    "nosms",
    "blocked",
    "blacklist",
    "robinson",
];

/// Whether a column's name says that it holds consent, or objections, which forbid.
pub fn names_consent(column: &str) -> bool {
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    // `subscribed`, and not `subscribed_since` of a shop that sells subscriptions.
    plain.ends_with("subscribed") || CONSENT_NAMES.iter().any(|part| plain.contains(part)) || names_objection(column)
}

/// Whether a column's name says that it holds objections: its yes forbids.
pub fn names_objection(column: &str) -> bool {
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    OBJECTION_NAMES.iter().any(|part| plain.contains(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn channels_are_at_their_places() {
        for (place, row) in CHANNELS.iter().enumerate() {
            assert_eq!(row.channel as usize, place);
        }
    }

    #[test]
    fn words_of_many_exports() {
        let words = Words::with(&["vip".to_owned()], &["OK".to_owned()]);
        for yes in
            ["yes", "Y", "TRUE", "1", "1.0", "opted_in", "Opted-In", "granted", "ja", "oui", "sí", "Sì", " yes ", "VIP"]
        {
            assert_eq!(words.read(Some(yes)), Answer::Yes, "{yes}");
        }
        for no in [
            "no",
            "N",
            "false",
            "0",
            "0.0",
            "opted_out",
            "unsubscribed",
            "denied",
            "nein",
            "non",
            "NÃO",
            "withdrawn",
            "ok",
        ] {
            assert_eq!(words.read(Some(no)), Answer::No, "{no}");
        }
        for missing in [None, Some(""), Some("  ")] {
            assert_eq!(words.read(missing), Answer::Missing);
        }
        assert_eq!(words.read(Some("maybe")), Answer::Unknown);
        assert!(YES.iter().all(|word| !NO.contains(word)) && YES.iter().chain(NO).all(|word| form(word) == *word));
    }

    #[test]
    fn names_of_columns() {
        for name in [
            "consent",
            "email_consent",
            "opt_in",
            "Accepts Marketing",
            "newsletter",
            "do_not_contact",
            "unsubscribed",
            "OptedOut",
        ] {
            assert!(names_consent(name), "{name}");
        }
        for name in ["do_not_contact", "unsubscribed_at", "DoNotEmail"] {
            assert!(names_objection(name), "{name}");
        }
        for name in ["customer", "email", "opt", "orders_365d", "segment", "score", "subscribed_since"] {
            assert!(!names_consent(name), "{name}");
        }
        assert!(!names_objection("accepts_marketing"));
    }

    proptest! {
        /// Whatever the order of rows, one answer that is not yes forbids, and one more row never permits what was forbidden.
        #[test]
        fn the_answer_that_forbids_wins(rows in prop::collection::vec((0..6u32, 0..4usize, 0..4usize), 0..20), turn in 0..20usize) {
            let answers = [Answer::Yes, Answer::No, Answer::Missing, Answer::Unknown];
            let rows: Vec<(u32, Vec<Answer>)> = rows.iter().map(|(person, a, b)| (*person, vec![answers[*a], answers[*b]])).collect();
            let channels = vec![Channel::Email, Channel::Sms];
            let consent = Consent::of(channels.clone(), rows.clone());
            let mut turned = rows.clone();
            turned.rotate_left(turn % rows.len().max(1));
            prop_assert_eq!(&Consent::of(channels.clone(), turned), &consent);
            for person in 0..7 {
                for (place, channel) in channels.iter().enumerate() {
                    let own: Vec<Answer> = rows.iter().filter(|row| row.0 == person).map(|row| row.1[place]).collect();
                    prop_assert_eq!(consent.to(person, *channel), !own.is_empty() && own.iter().all(|a| *a == Answer::Yes));
                }
                prop_assert!(!consent.to(person, Channel::Ads));
            }
        }
    }
}
