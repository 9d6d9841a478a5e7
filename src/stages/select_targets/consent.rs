//! Who may be written to: the source of consent, by channel, matched with the list's persons.

use super::SelectTargets;
use super::sources::{all_read, newest, persons_of, those_of};
use crate::campaigns::{Answer, Consent, Words, names_consent, names_objection};
use crate::diagnostics::{Problem, Result, codes};
use crate::keys::Directory;
use crate::report::Text;
use crate::stage::{Context, Finding, MAIN};
use crate::stages::persons::Named;
use crate::stages::rows::column_of;
use crate::stages::words::select_targets as say;
use crate::tables::{Batches, read_schema};

impl SelectTargets {
    /// Who consents to which channel; nothing where the pipeline asks for no consent.
    pub(super) fn consent(&self, cx: &mut Context, directory: &Directory) -> Result<Option<Consent>> {
        let Some(source) = &self.consent else { return Ok(None) };
        let stage = &source.from.0;
        let fail = |message: String, help: String| Problem::new(&codes::CONSENT_MISSING, message).help(help).err();
        let path = cx.input(stage).table(MAIN)?;
        all_read(cx, stage, &codes::CONSENT_MISSING, "source of consent")?;
        let channels = source.channels();
        let empty = Batches { schema: read_schema(&path)?, batches: Vec::new() };
        for (_, column) in &channels {
            column_of(&empty, stage, column)?;
        }
        let asked = channels.iter().map(|(_, column)| column.as_str()).chain(source.dated_by.as_deref());
        let table = those_of(&path, asked.chain(["customer"]))?;
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
        named.trust(&codes::CONSENT_MISSING, "source of consent", &keys, (directory, true))?;
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
                cx.note(say::NOT_CLEAR.with([
                    ("column", column.as_str().into()),
                    ("stage", stage.as_str().into()),
                    ("missing", missing.into()),
                    ("unknown", unknown.into()),
                ]));
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
            let meaning = Text::term("channel", channel.name(), channel.meaning());
            cx.note(say::CONSENT.with([("yes", yes.into()), ("persons", persons.into()), ("channel", meaning.into())]));
        }
        if consent.contradicted() > 0 {
            cx.note(
                say::CONTRADICTED.with([("persons", consent.contradicted().into()), ("stage", stage.as_str().into())]),
            );
        }
        Ok(Some(consent))
    }

    /// A table whose columns say who consents or objects, and a list that looks at none of them.
    pub(super) fn tell_unused_consent(&self, cx: &Context, stage: &str) -> Result<()> {
        let schema = read_schema(&cx.input(stage).table(MAIN)?)?;
        match self.unused_consent(stage, schema.fields().iter().map(|field| field.name().as_str())) {
            None => Ok(()),
            Some(finding) => {
                Problem::new(&codes::CONSENT_MISSING, finding.message).help(finding.help.unwrap_or_default()).err()
            }
        }
    }

    /// What is wrong when a column of `stage` says who consents or objects and no setting looks at it.
    pub(super) fn unused_consent<'a>(&self, stage: &str, columns: impl Iterator<Item = &'a str>) -> Option<Finding> {
        let expressions = [&self.condition, &self.exclude, &self.rank_by, &self.group, &self.reason];
        let looked_at = |name: &str| expressions.into_iter().flatten().any(|text| text.contains(name));
        let asked = |name: &str| {
            self.consent.as_ref().is_some_and(|consent| {
                consent.from.0 == stage && (consent.channels().iter().any(|(_, column)| *column == name))
            })
        };
        let suppresses = self.suppression.as_ref().is_some_and(|suppression| suppression.0 == stage);
        // With consent asked for, columns of other channels or older forms of it may be left alone; objections may not.
        let counts = |name: &str| if self.consent.is_some() { names_objection(name) } else { names_consent(name) };
        let unused = columns
            .filter(|name| counts(name))
            .find(|name| !looked_at(name) && !asked(name) && !suppresses)?
            .to_owned();
        let help = if names_objection(&unused) {
            format!(
                "use it, such as with = [\"{stage}\"] and exclude = \"{unused} = 'yes'\", or leave the column out of `{stage}`"
            )
        } else {
            format!(
                "use it, such as consent = {{ from = \"{stage}\", email = \"{unused}\" }}, or leave the column out of `{stage}`"
            )
        };
        Some(
            Finding::at("with", format!("`{stage}` has a column `{unused}`, which may say whom not to write to, and the list does not look at it"))
                .help(help),
        )
    }
}
