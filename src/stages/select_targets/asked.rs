//! How a list asks for consent: the source and its column for each channel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::campaigns::{Channel, names_objection};
use crate::stage::{Finding, Known, Upstream};

/// Where each person's consent is, a column for each channel. A person is listed who consents to one of them; `deliver` writes an
/// address only where its channel is consented to. Empty cells and unknown words mean no.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentSource {
    /// The stage with the answers; `customer` is the account id, or an address where `contacts` says whose it is.
    pub from: Upstream,
    /// The column with the consent to e-mail.
    #[serde(default)]
    email: Option<String>,
    /// The column with the consent to short messages.
    #[serde(default)]
    sms: Option<String>,
    /// The column with the consent to audiences of advertising networks.
    #[serde(default)]
    ads: Option<String>,
    /// The column with the consent to letters.
    #[serde(default)]
    mail: Option<String>,
    /// The column with the consent to calls.
    #[serde(default)]
    phone: Option<String>,
    /// Further words that mean yes, beside those of common exports such as yes, true, 1, opted_in, subscribed, granted, ja, oui, sí.
    #[serde(default)]
    pub(super) yes: Vec<String>,
    /// Further words that mean no; they win over `yes`.
    #[serde(default)]
    pub(super) no: Vec<String>,
    /// Its date or time column whose newest value says when it was last brought up to date.
    #[serde(default)]
    pub(super) dated_by: Option<String>,
    /// Days that it may be old, seen from the as-of date, 0 or more.
    #[serde(default = "ConsentSource::max_age")]
    pub(super) max_age_days: u32,
}

/// Days that a source may be old.
pub const MAX_AGE_DAYS: u32 = 7;

/// The column of the targets that says who consents to a channel.
pub fn consent_column(channel: Channel) -> String {
    format!("consent_{}", channel.name())
}

impl ConsentSource {
    fn max_age() -> u32 {
        MAX_AGE_DAYS
    }

    /// The channels asked about, with their columns.
    pub fn channels(&self) -> Vec<(Channel, &String)> {
        let all = [
            (Channel::Email, &self.email),
            (Channel::Sms, &self.sms),
            (Channel::Ads, &self.ads),
            (Channel::Mail, &self.mail),
            (Channel::Phone, &self.phone),
        ];
        all.into_iter().filter_map(|(channel, column)| Some((channel, column.as_ref()?))).collect()
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.channels().is_empty() {
            findings.push(
                Finding::at("consent", "names no column")
                    .help("such as consent = { from = \"customers\", email = \"accepts_email\" }"),
            );
        }
        for (channel, column) in self.channels() {
            if names_objection(column) {
                findings.push(
                    Finding::at(
                        format!("consent.{}", channel.name()),
                        format!("by its name `{column}` says who objects, and a yes in it would count as consent"),
                    )
                    .help(format!(
                        "leave those persons out with exclude = \"{column} = 'yes'\", or as a `suppression`"
                    )),
                );
            }
        }
        findings
    }

    pub(super) fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let stage = &self.from.0;
        let mut findings: Vec<Finding> = self
            .channels()
            .into_iter()
            .filter_map(|(channel, column)| known.column(&format!("consent.{}", channel.name()), stage, column))
            .collect();
        findings.extend(self.dated_by.iter().filter_map(|column| known.column("consent.dated_by", stage, column)));
        findings
    }
}
