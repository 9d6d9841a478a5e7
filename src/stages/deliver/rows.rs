//! The rows of a list: whom its files hold, with the contact data of channels that may be used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;

use super::{Deliver, addresses, lawful};
use crate::campaigns::{Channel, names_consent};
use crate::destinations::{Field, Role};
use crate::diagnostics::{Problem, Result, codes};
use crate::engine::Partitions;
use crate::stage::{Context, MAIN, Stage, quoted};
use crate::stages::select_targets::consent_column;
use crate::stages::words::deliver as say;
use crate::tables::layouts::campaign::TARGETS;

/// Which of the list's persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Those to contact, by the channels of the list's columns.
    Contacted,
    /// Those whom advertising networks may match.
    Audience,
    /// Those left alone.
    Control,
}

/// What a list is made from.
pub(super) struct Source {
    /// The table of targets.
    targets: PathBuf,
    /// Its columns that are written.
    written: Vec<String>,
    /// All columns of the list with their roles.
    columns: Vec<(String, Role)>,
    /// The channels for which the targets say who consents.
    pub consented: BTreeSet<Channel>,
    /// One row of contact data for each person.
    addresses: Option<PathBuf>,
    /// Persons who are in no file, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
}

impl Deliver {
    /// What the list is made from, once it is sure that it may be.
    pub(super) fn source(&self, cx: &mut Context, folder: &Path) -> Result<Source> {
        let targets = cx.input(&self.targets.0).table(MAIN)?;
        let schema = crate::tables::read_schema(&targets)?;
        if let Some(name) = self.columns.iter().find(|name| schema.index_of(name).is_err()) {
            return Problem::new(&codes::BAD_TABLE, format!("`{}` has no column `{name}`", self.targets.0))
                .help("see `columns`".to_owned())
                .err();
        }
        let written: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .filter(|name| name != "control" && !lawful::is_consent(name))
            .filter(|name| self.columns.is_empty() || self.columns.contains(name))
            .collect();
        let consented = lawful::consented(|name| schema.index_of(name).is_ok());
        let addresses = match &self.contacts {
            Some(contacts) if !self.contact_columns.is_empty() => Some(self.addresses(cx, &contacts.0, folder)?),
            _ => None,
        };
        let mut columns: Vec<(String, Role)> = written
            .iter()
            .map(|name| (name.clone(), self.role(name, schema.field_with_name(name).expect("its own").data_type())))
            .collect();
        columns.extend(self.contact_columns.iter().map(|name| (name.clone(), self.role(name, &DataType::Utf8))));
        match (&self.lawful_basis, self.unasked(&columns, &consented)) {
            (Some(basis), _) => {
                cx.note(say::LAWFUL.with([("basis", basis.as_str().into())]));
                self.tell_consent_columns(cx)?;
            }
            (None, Some((column, channels))) => {
                let finding = self.unlawful(&column, channels, None);
                return Problem::new(&codes::CONSENT_MISSING, finding.message)
                    .help(finding.help.unwrap_or_default())
                    .err();
            }
            (None, None) if consented.is_empty() => {
                cx.note(&say::UNASKED);
            }
            (None, None) => {}
        }
        let mut left_out = BTreeMap::new();
        if let Some(addresses) = &addresses {
            let count = addresses.ambiguous.len() as u64;
            cx.metric("contact_ambiguous", count as f64);
            if count > 0 {
                left_out.insert("contact-ambiguous", count);
                let stage = self.contacts.as_ref().map_or("", |contacts| contacts.0.as_str());
                cx.note(say::AMBIGUOUS.with([("persons", count.into()), ("stage", stage.into())]));
            }
        }
        Ok(Source {
            targets,
            written,
            columns,
            consented,
            addresses: addresses.map(|addresses| addresses.table),
            left_out,
        })
    }

    /// Columns of the contacts that say who consents or objects, which a lawful basis does not answer.
    fn tell_consent_columns(&self, cx: &mut Context) -> Result<()> {
        let Some(contacts) = &self.contacts else { return Ok(()) };
        let schema = crate::tables::read_schema(&cx.input(&contacts.0).table(MAIN)?)?;
        let names: Vec<&str> =
            schema.fields().iter().map(|field| field.name().as_str()).filter(|name| names_consent(name)).collect();
        if !names.is_empty() {
            let values = [("stage", contacts.0.as_str().into()), ("columns", names.join(", ").into())];
            cx.note(say::NOT_LOOKED_AT.with(values));
        }
        Ok(())
    }

    /// The rows of some of the list's persons, with the fields' roles.
    pub(super) fn rows(&self, cx: &Context, source: &Source, who: Who) -> Result<(Vec<Field>, Vec<RecordBatch>)> {
        let mut tables: Vec<(String, PathBuf)> = vec![("targets".to_owned(), source.targets.clone())];
        let mut join = String::new();
        let mut conditions = vec![format!("targets.control = {}", who == Who::Control)];
        let plain = self.formats.iter().map(|format| format.0).find(|destination| !destination.hashed);
        // The consent that a column needs; none where nobody was asked about its channels and the pipeline says why.
        let consent_to = |role: Role| -> Option<String> {
            let channels = plain.map_or(&[][..], |plain| Deliver::channels_of(plain, role));
            let asked: Vec<String> = channels
                .iter()
                .filter(|channel| source.consented.contains(channel))
                .map(|channel| format!("targets.{}", consent_column(*channel)))
                .collect();
            (!asked.is_empty()).then(|| format!("({})", asked.join(" OR ")))
        };
        // As the ledger and the folder have it, so that what the shop reports of the file belongs to its contacts.
        let list = Stage::list(self).expect("it publishes one");
        let cell = |table: &str, name: &String| {
            if (table, name.as_str()) == ("targets", "list") {
                return format!("'{list}' AS {}", quoted(name));
            }
            let column = format!("{table}.{}", quoted(name));
            let role = source.columns.iter().find(|(other, _)| other == name).map_or(Role::FreeText, |(_, role)| *role);
            match consent_to(role).filter(|_| who != Who::Audience) {
                Some(consent) => format!("CASE WHEN {consent} THEN {column} END AS {}", quoted(name)),
                None => column,
            }
        };
        let mut select: Vec<String> = source.written.iter().map(|name| cell("targets", name)).collect();
        if let Some(path) = &source.addresses {
            tables.push(("contacts".to_owned(), path.clone()));
            join = " LEFT JOIN contacts ON contacts.customer = targets.customer".to_owned();
            conditions.push(format!("NOT coalesce(contacts.\"{}\", false)", addresses::AMBIGUOUS));
            let place = 1.min(select.len());
            for (n, name) in self.contact_columns.iter().enumerate() {
                select.insert(place + n, cell("contacts", name));
            }
        }
        // Nobody is in a file whom none of its columns may reach.
        let reaches: BTreeSet<String> = match who {
            Who::Audience if source.consented.contains(&Channel::Ads) => {
                BTreeSet::from([format!("targets.{}", consent_column(Channel::Ads))])
            }
            Who::Audience => BTreeSet::new(),
            _ => {
                let reach = |(_, role): &(String, Role)| matches!(role, Role::Email | Role::Phone);
                let roles = source.columns.iter().filter(|column| reach(column)).map(|(_, role)| *role);
                let needed: Vec<Option<String>> = roles.map(consent_to).collect();
                if needed.iter().any(Option::is_none) {
                    BTreeSet::new()
                } else {
                    needed.into_iter().flatten().collect()
                }
            }
        };
        if !reaches.is_empty() {
            conditions.push(format!("({})", reaches.into_iter().collect::<Vec<_>>().join(" OR ")));
        }
        let sql = format!(
            "SELECT {} FROM targets{join} WHERE {} ORDER BY targets.rank",
            select.join(", "),
            conditions.join(" AND ")
        );
        let answer = cx.engine.query(&tables, &sql, Partitions::One)?;
        let fields = answer
            .schema
            .fields()
            .iter()
            .map(|field| {
                let meaning = TARGETS.columns.iter().find(|c| c.name == field.name()).map_or("", |c| c.meaning);
                Field::new(field.name(), self.role(field.name(), field.data_type())).meaning(meaning)
            })
            .collect();
        Ok((fields, answer.batches))
    }
}
