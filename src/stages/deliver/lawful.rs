//! By which channels a list reaches people, and whether each of them is consented to or said to be lawful without.

use std::collections::BTreeSet;

use super::Deliver;
use crate::campaigns::{CHANNELS, Channel, names_consent};
use crate::destinations::{Destination, Role};
use crate::stage::{Finding, Known};
use crate::stages::select_targets::consent_column;

impl Deliver {
    /// The channels by which a file reaches people, by the roles of its columns; several where one consent of them is enough.
    pub(super) fn channels_of(destination: &Destination, role: Role) -> &'static [Channel] {
        let address = matches!(role, Role::Email | Role::Phone | Role::PostalCode | Role::City | Role::Region);
        match role {
            _ if destination.hashed && (address || matches!(role, Role::FirstName | Role::LastName)) => &[Channel::Ads],
            Role::Email => &[Channel::Email],
            Role::Phone => &[Channel::Sms, Channel::Phone],
            Role::PostalCode | Role::City | Role::Region => &[Channel::Mail],
            _ => &[],
        }
    }

    /// What nobody was asked about: the channels of columns with these names and roles, by the file and column, of those that
    /// `consented` does not have.
    pub(super) fn unasked(
        &self,
        columns: &[(String, Role)],
        consented: &BTreeSet<Channel>,
    ) -> Option<(String, &'static [Channel])> {
        let destinations = self.formats.iter().map(|format| format.0);
        for destination in destinations {
            // Where an e-mail address or a number goes out, a town beside it is a detail, not a letter.
            let reached = columns.iter().any(|(_, role)| matches!(role, Role::Email | Role::Phone));
            for (name, role) in columns {
                let channels = Self::channels_of(destination, *role);
                if channels.is_empty() || (reached && channels == [Channel::Mail]) {
                    continue;
                }
                if !channels.iter().any(|channel| consented.contains(channel)) {
                    return Some((name.clone(), channels));
                }
            }
        }
        None
    }

    /// What is wrong when personal data leave the house and nothing says why that is lawful.
    pub(super) fn check_lawful(&self, known: &Known) -> Option<Finding> {
        let targets = known.main(&self.targets.0)?;
        let contact_columns = if self.contacts.is_some() { &self.contact_columns[..] } else { &[] };
        let names: BTreeSet<&str> = targets.columns.iter().map(|(name, _)| name.as_str()).collect();
        let consented = consented(|name| names.contains(name));
        let own = targets.columns.iter().filter(|(name, _)| self.columns.is_empty() || self.columns.contains(name));
        let of_targets = own.map(|(name, kind)| {
            (name.clone(), self.role(name, &kind.map_or(arrow::datatypes::DataType::Utf8, |k| k.arrow())))
        });
        let of_contacts =
            contact_columns.iter().map(|name| (name.clone(), self.role(name, &arrow::datatypes::DataType::Utf8)));
        let columns: Vec<(String, Role)> = of_targets.chain(of_contacts).collect();
        if self.lawful_basis.is_some() {
            return None;
        }
        let nothing_asked = !contact_columns.is_empty() && consented.is_empty();
        let (column, channels) = match self.unasked(&columns, &consented) {
            Some(unasked) => unasked,
            None if nothing_asked => (contact_columns[0].clone(), &[Channel::Email][..]),
            None => return None,
        };
        let holds = self.contacts.as_ref().and_then(|contacts| {
            let mut names = known.main(&contacts.0)?.columns.iter().map(|(name, _)| name);
            Some((contacts.0.clone(), names.find(|name| names_consent(name))?.clone()))
        });
        Some(self.unlawful(&column, channels, holds))
    }

    /// The finding in words. `holds`: a stage with a column that seems to hold consent.
    pub(super) fn unlawful(&self, column: &str, channels: &[Channel], holds: Option<(String, String)>) -> Finding {
        let meanings: Vec<&str> = channels.iter().map(|channel| channel.meaning()).collect();
        let message = format!("the list writes `{column}`, and nobody was asked about {}", meanings.join(" or "));
        let (stage, consent) = holds.unwrap_or_else(|| {
            let stage = self.contacts.as_ref().map_or_else(|| "customers".to_owned(), |contacts| contacts.0.clone());
            (stage, "consent".to_owned())
        });
        Finding::at("contact_columns", message).help(format!(
            "name the column with each person's answer in the stage `{}`, such as consent = {{ from = \"{stage}\", {} = \"{consent}\" }}; or say \
             here why the list is lawful without, such as lawful_basis = \"contract: news about an order\"",
            self.targets.0,
            channels[0].name(),
        ))
    }
}

/// The channels for which a table of targets says who consents.
pub(super) fn consented(has: impl Fn(&str) -> bool) -> BTreeSet<Channel> {
    CHANNELS.iter().map(|row| row.channel).filter(|channel| has(&consent_column(*channel))).collect()
}

/// Whether a column of the targets says who consents: it decides what is written and is not written itself.
pub(super) fn is_consent(name: &str) -> bool {
    CHANNELS.iter().any(|row| consent_column(row.channel) == name)
}
