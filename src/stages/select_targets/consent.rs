//! Who may be written to: the source of consent, by channel, matched with the list's persons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SelectTargets;
use super::sources::{all_read, newest, persons_of};
use crate::campaigns::{Answer, Channel, Consent, Words};
use crate::diagnostics::{Problem, Result, codes};
use crate::keys::Directory;
use crate::stage::{Context, Finding, Known, MAIN, Upstream};
use crate::stages::persons::Named;
use crate::stages::rows::column_of;
use crate::tables::Batches;

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
    yes: Vec<String>,
    /// Further words that mean no; they win over `yes`.
    #[serde(default)]
    no: Vec<String>,
    /// Its date or time column whose newest value says when it was last brought up to date.
    #[serde(default)]
    dated_by: Option<String>,
    /// Days that it may be old, seen from the as-of date, 0 or more.
    #[serde(default = "ConsentSource::max_age")]
    max_age_days: u32,
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
            if crate::campaigns::names_objection(column) {
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

impl SelectTargets {
    /// Who consents to which channel; nothing where the pipeline asks for no consent.
    pub(super) fn consent(&self, cx: &mut Context, directory: &Directory) -> Result<Option<Consent>> {
        let Some(source) = &self.own.consent else { return Ok(None) };
        let stage = &source.from.0;
        let fail = |message: String, help: String| Problem::new(&codes::CONSENT_MISSING, message).help(help).err();
        let table = Batches::read(&cx.input(stage).table(MAIN)?, &[])?;
        all_read(cx, stage, &codes::CONSENT_MISSING, "source of consent")?;
        let channels = source.channels();
        for (_, column) in &channels {
            column_of(&table, stage, column)?;
        }
        let keys = table.texts("customer")?;
        if keys.is_empty() {
            return fail(
                format!("the source of consent `{stage}` is empty, so nobody is known to consent"),
                "a broken export looks so: bring it up to date".to_owned(),
            );
        }
        if let Some(row) = keys.iter().position(|key| key.as_deref().is_none_or(|key| key.trim().is_empty())) {
            return fail(
                format!(
                    "row {} of the source of consent `{stage}` has no customer, so whose answer it is is not known",
                    row + 1
                ),
                format!("leave such rows out with a `sql` stage after `{stage}`, or fill them in"),
            );
        }
        if let Some(column) = &source.dated_by {
            let today = cx.as_of().map_or(0, crate::tables::Date::midnight);
            let age = newest(cx, &table, column)?.map(|updated| (today - updated).div_euclid(86_400));
            let limit = i64::from(source.max_age_days);
            match age {
                Some(age) if age <= limit => {}
                Some(age) => {
                    return fail(
                        format!(
                            "the source of consent `{stage}` is {age} days old where at most {limit} days are allowed"
                        ),
                        "bring it up to date: people may have withdrawn their consent since".to_owned(),
                    );
                }
                None => {
                    return fail(
                        format!("no row of the source of consent `{stage}` has a date in `{column}`, so it may be old"),
                        "bring it up to date".to_owned(),
                    );
                }
            }
        }
        self.tell_unused_consent(cx, stage)?;
        let named = Named::of(stage, &keys, directory);
        named.tell(cx, "consent");
        named.trust(&codes::CONSENT_MISSING, "source of consent", &keys, directory)?;
        let words = Words::with(&source.yes, &source.no);
        let mut answers: Vec<Vec<Answer>> = vec![Vec::with_capacity(channels.len()); keys.len()];
        for (channel, column) in &channels {
            let mut counts = [0u64; 4];
            for (of, cell) in answers.iter_mut().zip(table.texts(column)?) {
                let answer = words.read(cell.as_deref());
                counts[answer as usize] += 1;
                of.push(answer);
            }
            let [yes, no, missing, unknown] = counts;
            if yes + no == 0 {
                return fail(
                    format!(
                        "no cell of `{column}` in `{stage}` says yes or no ({missing} are empty, {unknown} hold other words)"
                    ),
                    format!(
                        "say with consent.yes and consent.no what its words mean; SELECT \"{column}\", count(*) FROM {stage} GROUP BY 1 shows them"
                    ),
                );
            }
            if missing + unknown > 0 {
                cx.note(format!(
                    "`{column}` of `{stage}`: {missing} empty cells and {unknown} with a word that is not known mean no; SELECT \"{column}\", \
                     count(*) FROM {stage} GROUP BY 1 shows them, consent.yes and consent.no take further words"
                ));
            }
            cx.metric(&format!("consent_{}_unknown", channel.name()), (missing + unknown) as f64);
        }
        let rows = named.found.iter().zip(answers);
        let rows = rows
            .flat_map(|(found, answers)| persons_of(found).into_iter().map(move |person| (person, answers.clone())));
        let consent = Consent::of(channels.iter().map(|(channel, _)| *channel).collect(), rows);
        let persons = directory.names().len();
        for channel in consent.channels() {
            let yes = (0..persons as u32).filter(|person| consent.to(*person, *channel)).count();
            cx.metric(&format!("consent_{}_yes", channel.name()), yes as f64);
            cx.note(format!("{yes} of {persons} persons consent to {}", channel.meaning()));
        }
        if consent.contradicted() > 0 {
            cx.note(format!(
                "{} persons have several answers in `{stage}` that differ: no wins",
                consent.contradicted()
            ));
        }
        Ok(Some(consent))
    }
}
