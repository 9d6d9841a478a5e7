//! Who must not be written to: the source of objections, matched with the list's persons and their addresses.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::SelectTargets;
use crate::campaigns::{Contacts, Suppression, SuppressionError, SuppressionTable};
use crate::diagnostics::{Code, Problem, Result, codes};
use crate::keys::{Directory, Found, KeyKind, main_kind};
use crate::sources::personal::{is_email, is_telephone};
use crate::stage::{Context, MAIN, table_name};
use crate::stages::contacts::{made as contacts_made, planned as contacts_planned};
use crate::stages::holdouts::pseudonym;
use crate::stages::persons::Named;
use crate::stages::rows::instants;
use crate::stages::words::select_targets as say;
use crate::tables::{Batches, ColumnType, read_schema};

/// The suffix of a table that says what became of all candidates, those left out before the scores included.
const OUTCOMES: &str = "outcomes";

impl SelectTargets {
    /// The contacts of each unit, given by candidate: within `contact_window`, by the ledger, and on lists of this night that go first.
    pub(super) fn earlier(
        &self,
        cx: &mut Context,
        keys: &[String],
        units: &[String],
        directory: &Directory,
    ) -> Result<Contacts> {
        let mut contacts = Contacts::new();
        if self.history.is_none() && self.after.is_empty() {
            return Ok(contacts);
        }
        let mut all = Vec::new();
        if let Some(history) = &self.history {
            let end = cx.as_of()?.days();
            let begin = end - self.contact_window.days() as i32;
            all.extend(contacts_made(cx, &history.0)?.into_iter().filter(|made| made.day >= begin && made.day < end));
        }
        for list in &self.after {
            all.extend(contacts_planned(cx, &list.0)?);
        }
        let mut of_person: Vec<Vec<u32>> = vec![Vec::new(); directory.names().len()];
        let mut of_pseudonym: HashMap<String, u32> = HashMap::new();
        for (row, (key, unit)) in keys.iter().zip(units).enumerate() {
            if let Some(person) = directory.place(key) {
                of_person[person as usize].push(row as u32);
            }
            if self.unit.is_some() {
                of_pseudonym.insert(pseudonym(unit), row as u32);
            }
        }
        for made in all {
            let persons = directory.all(&made.customer);
            let by_person = persons.iter().flat_map(|person| &of_person[*person as usize]);
            // Somebody of the household who is no candidate tonight was contacted for all of it.
            let by_unit = made.unit.as_ref().and_then(|unit| of_pseudonym.get(unit));
            let meant: BTreeSet<&str> = by_person.chain(by_unit).map(|row| units[*row as usize].as_str()).collect();
            meant.into_iter().for_each(|unit| contacts.add(unit, 1));
        }
        Ok(contacts)
    }

    /// The persons of the list, with the addresses that `contacts` knows them by.
    pub(super) fn directory(&self, cx: &mut Context) -> Result<Directory> {
        let scores = cx.input(&self.scores.0);
        let names = |suffix: &str| -> Result<Vec<String>> {
            Ok(Batches::read(&scores.table(suffix)?, &["customer"])?.ids("customer")?.1.to_vec())
        };
        let mut all = names(MAIN)?;
        // A plan has left out some persons already; an objection of theirs is known all the same.
        if scores.record.tables.contains_key(OUTCOMES) {
            all.extend(names(OUTCOMES)?);
        }
        let directory = Directory::of(all);
        let Some(contacts) = &self.contacts else { return Ok(directory) };
        let path = cx.input(&contacts.0).table(MAIN)?;
        let schema = read_schema(&path)?;
        let keys = Batches::read(&path, &["customer"])?.texts("customer")?;
        let named = Named::of(&contacts.0, &keys, &directory);
        named.trust(&codes::KEYS_UNKNOWN, "table of contacts", &keys, (&directory, true))?;
        named.tell(cx, "contacts");
        let mut addresses: Vec<(u32, String)> = Vec::new();
        // Column by column, so that one alone is in memory.
        for field in schema.fields().iter().filter(|field| field.name() != "customer") {
            let column = field.name().as_str();
            if ColumnType::of(field.data_type()) != Some(ColumnType::Text) {
                continue;
            }
            let texts = Batches::read(&path, &[column])?.texts(column)?;
            let kind = main_kind(texts.iter().flatten().map(String::as_str));
            let by_name = is_email(column) || is_telephone(column);
            if !by_name && !matches!(kind, Some(KeyKind::Email | KeyKind::Phone)) {
                continue;
            }
            for (found, text) in named.found.iter().zip(texts) {
                if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                    addresses.extend(persons_of(found).into_iter().map(|person| (person, text.clone())));
                }
            }
        }
        Ok(directory.with_addresses(addresses))
    }

    /// Who must not be contacted; an error when that cannot be known.
    pub(super) fn suppression(&self, cx: &mut Context, directory: &Directory) -> Result<Suppression> {
        let today = cx.as_of().map_or(0, crate::tables::Date::midnight);
        let untrusted = |error: SuppressionError| Problem::new(&codes::SUPPRESSION_MISSING, error.to_string()).boxed();
        let Some(stage) = &self.suppression else {
            cx.note(&say::NO_SUPPRESSION);
            let nobody = SuppressionTable { entries: Vec::new(), updated: Some(today) };
            return Suppression::new(Some(nobody), today, 0, true).map_err(untrusted);
        };
        all_read(cx, &stage.0, &codes::SUPPRESSION_MISSING, "suppression")?;
        let named = self.suppression_reason.iter().chain(&self.suppression_dated_by).map(String::as_str);
        let table = those_of(&cx.input(&stage.0).table(MAIN)?, ["customer"].into_iter().chain(named))?;
        let keys = table.texts("customer")?;
        let reasons = match &self.suppression_reason {
            Some(column) => table.texts(column)?,
            None => vec![None; keys.len()],
        };
        let updated = match &self.suppression_dated_by {
            None => Some(today),
            Some(column) => newest(cx, &table, column)?,
        };
        let limit = i64::from(self.suppression_max_age_days);
        // Once as the source has it, so that its age, its emptiness and keys that are missing are seen.
        let raw = keys.iter().map(|key| (key.clone().unwrap_or_default(), String::new())).collect();
        Suppression::new(Some(SuppressionTable { entries: raw, updated }), today, limit, self.suppression_may_be_empty)
            .map_err(untrusted)?;
        let named = Named::forbidden(&stage.0, &keys, directory);
        named.tell(cx, "suppression");
        named.trust(&codes::SUPPRESSION_MISSING, "suppression", &keys, (directory, true))?;
        // Then as the list has it: whoever a key could mean, and whoever shares an address with them.
        let mut entries: BTreeMap<u32, String> = BTreeMap::new();
        for (text, reason) in keys.iter().zip(reasons) {
            let reason = reason.unwrap_or_else(|| "suppressed".to_owned());
            for person in directory.all(text.as_deref().unwrap_or_default()) {
                entries.entry(person).or_insert_with(|| reason.clone());
            }
        }
        let own_entries = entries.len();
        for (person, other) in directory.neighbours() {
            if let Some(reason) = entries.get(&person).cloned() {
                entries.entry(other).or_insert(reason);
            }
        }
        if entries.len() > own_entries {
            cx.note(say::SHARED.with([("persons", (entries.len() - own_entries).into())]));
        }
        let entries =
            entries.into_iter().map(|(person, reason)| (directory.names()[person as usize].clone(), reason)).collect();
        Suppression::new(Some(SuppressionTable { entries, updated }), today, limit, true).map_err(untrusted)
    }
}

/// The named columns of a table, as far as it has them.
pub(super) fn those_of<'a>(path: &Path, names: impl Iterator<Item = &'a str>) -> Result<Batches> {
    let schema = read_schema(path)?;
    let names: BTreeSet<&str> = names.filter(|name| schema.index_of(name).is_ok()).collect();
    Batches::read(path, &names.into_iter().collect::<Vec<&str>>())
}

/// All whom a row could mean.
pub(super) fn persons_of(found: &Found) -> Vec<u32> {
    match found {
        Found::One(person) | Found::Likely(person) => vec![*person],
        Found::Several(persons) => persons.clone(),
        Found::Nobody => Vec::new(),
    }
}

/// Refuses a source some of whose rows were set aside when they were read, by itself or by a stage before it: what they say, and of whom,
/// is not known. `what` says what the source is.
pub(in crate::stages) fn all_read(cx: &Context, stage: &str, code: &'static Code, what: &str) -> Result<()> {
    let record = &cx.input(stage).record;
    let mut unread = record.unread.clone();
    if let Some(rejects) = record.tables.get("rejects").filter(|rejects| rejects.rows > 0) {
        unread.insert(table_name(stage, "rejects"), rejects.rows);
    }
    let Some(first) = unread.keys().next() else { return Ok(()) };
    let lost: u64 = unread.values().sum();
    let through = if unread.keys().all(|table| *table == table_name(stage, "rejects")) {
        String::new()
    } else {
        format!(" ({})", unread.keys().cloned().collect::<Vec<_>>().join(", "))
    };
    Problem::new(
        code,
        format!(
            "{lost} rows of the {what} `{stage}` were set aside when they were read{through}, so whom they mean is not known"
        ),
    )
    .help(format!(
        "look at them with SELECT * FROM {first}; correct them, or read the columns that do not matter here as text"
    ))
    .err()
}

/// The newest value of a date or time column, civil seconds. One after the as-of date says nothing of a table's age where there are
/// others: a mistyped year would make it young for ever.
pub(super) fn newest(cx: &Context, table: &Batches, column: &str) -> Result<Option<i64>> {
    let instants = instants(cx, table, column)?;
    let end = cx.as_of().map_or(i64::MAX, |today| today.midnight().saturating_add(86_400));
    let past = instants.iter().flatten().filter(|instant| **instant < end).max();
    Ok(past.or(instants.iter().flatten().max()).copied())
}
