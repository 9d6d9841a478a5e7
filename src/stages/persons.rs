//! Whom the rows of one table mean among the persons of another, and what is told of that.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Code, Problem, Result};
use crate::keys::{Directory, Found, KeyKind, key, kind_of, main_kind};
use crate::orders::NONE;
use crate::report::{Text, Unit, Value};
use crate::stage::Context;
use crate::stages::words::persons as say;

/// The rows of a table with the persons whom they mean.
pub struct Named {
    /// The stage that is read.
    pub source: String,
    /// By row.
    pub found: Vec<Found>,
    /// What is told of them.
    pub counts: Counts,
}

/// How well a table's persons are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows.
    pub rows: u64,
    /// Rows without a key.
    pub blank: u64,
    /// Persons of the directory that rows name.
    pub known: u64,
    /// Other persons that rows name.
    pub unknown: u64,
    /// Persons of the directory.
    pub persons: u64,
    /// Known persons with more than one row.
    pub repeated: u64,
    /// Rows that write a known person's key in another way.
    pub respelled: u64,
    /// Rows whose key could mean several persons.
    pub doubtful: u64,
    /// Rows whose key is an address or a number that nobody in the directory is known by.
    pub foreign: u64,
}

impl Named {
    /// Finds whom the keys of a table mean.
    pub fn of(source: &str, keys: &[Option<String>], directory: &Directory) -> Named {
        Named::by(source, keys, directory, |text| directory.find(text))
    }

    /// Finds whom the keys of a table that forbids mean: everybody whom they may mean.
    pub fn forbidden(source: &str, keys: &[Option<String>], directory: &Directory) -> Named {
        Named::by(source, keys, directory, |text| directory.find_widely(text))
    }

    fn by(source: &str, keys: &[Option<String>], directory: &Directory, find: impl Fn(&str) -> Found) -> Named {
        let mut counts =
            Counts { rows: keys.len() as u64, persons: directory.names().len() as u64, ..Counts::default() };
        let mut rows_of: BTreeMap<u32, u64> = BTreeMap::new();
        let mut others: BTreeSet<String> = BTreeSet::new();
        let found = keys
            .iter()
            .map(|text| {
                let text = text.as_deref().unwrap_or_default();
                if text.trim().is_empty() {
                    counts.blank += 1;
                    return Found::Nobody;
                }
                let found = find(text);
                match &found {
                    Found::One(person) | Found::Likely(person) => {
                        *rows_of.entry(*person).or_default() += 1;
                        counts.respelled += u64::from(directory.names()[*person as usize] != text);
                    }
                    Found::Several(persons) => {
                        persons.iter().for_each(|person| *rows_of.entry(*person).or_default() += 1);
                        counts.doubtful += 1;
                    }
                    Found::Nobody => {
                        others.insert(key(text));
                        counts.foreign += u64::from(kind_of(text) != KeyKind::Id);
                    }
                }
                found
            })
            .collect();
        counts.known = rows_of.len() as u64;
        counts.unknown = others.len() as u64;
        counts.repeated = rows_of.values().filter(|rows| **rows > 1).count() as u64;
        Named { source: source.to_owned(), found, counts }
    }

    /// Whether each row writes a person's key as the list does, one row for each: a plain join finds them.
    pub fn is_plain(&self) -> bool {
        self.counts.respelled == 0 && self.counts.doubtful == 0 && self.counts.repeated == 0
    }

    /// The one person whom each row means. Of a person whom some rows name by the same key and others only by one without its
    /// leading zeros or by an address, the latter do not count.
    pub fn persons(&self) -> Vec<Option<u32>> {
        let sure: BTreeSet<u32> = self
            .found
            .iter()
            .filter_map(|found| if let Found::One(person) = found { Some(*person) } else { None })
            .collect();
        let one = |found: &Found| match found {
            Found::One(person) => Some(*person),
            Found::Likely(person) if !sure.contains(person) => Some(*person),
            _ => None,
        };
        self.found.iter().map(one).collect()
    }

    /// Keeps the figures and tells them.
    pub fn tell(&self, cx: &mut Context, role: &str) {
        let Counts { rows, blank, known, unknown, persons, repeated, respelled, doubtful, .. } = self.counts;
        for (name, figure) in [
            ("rows", rows),
            ("known", known),
            ("unknown", unknown),
            ("repeated", repeated),
            ("respelled", respelled),
            ("doubtful", doubtful),
        ] {
            cx.metric(&format!("{role}_{name}"), figure as f64);
        }
        cx.metric(&format!("{role}_reach"), known as f64 / persons.max(1) as f64);
        let more: Vec<Text> = [
            (repeated, &say::REPEATED),
            (respelled, &say::RESPELLED),
            (doubtful, &say::DOUBTFUL),
            (blank, &say::BLANK),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| what.with([("count", count.into())]))
        .collect();
        let told = say::NAMED.with([
            ("stage", self.source.as_str().into()),
            ("rows", rows.into()),
            ("known", known.into()),
            ("persons", persons.into()),
            ("share", Value::Number(known as f64 / persons.max(1) as f64, Unit::Share)),
            ("others", unknown.into()),
        ]);
        let note =
            if more.is_empty() { told } else { say::AND.with([("told", told.into()), ("more", Value::List(more))]) };
        cx.note(note);
    }

    /// Fails when the table cannot be trusted to name persons of the directory: no row has a known key, or keys are of another
    /// kind that nothing resolves. `what` says what the table is, `contacts` whether the stage has a setting of that name by which addresses are
    /// resolved.
    ///
    /// # Errors
    /// With `code`, in words that say what to add.
    pub fn trust(
        &self,
        code: &'static Code,
        what: &str,
        keys: &[Option<String>],
        (directory, contacts): (&Directory, bool),
    ) -> Result<()> {
        let Counts { rows, known, persons, foreign, .. } = self.counts;
        if rows == 0 || persons == 0 {
            return Ok(());
        }
        let source = &self.source;
        let own = main_kind(directory.names().iter().map(String::as_str)).unwrap_or(KeyKind::Id);
        let theirs = main_kind(keys.iter().flatten().map(String::as_str)).unwrap_or(KeyKind::Id);
        let unresolved = foreign > 0 && own == KeyKind::Id && !directory.has_addresses();
        if unresolved || (known == 0 && own != theirs) {
            let kind = if theirs == own { KeyKind::Email } else { theirs };
            let message = format!(
                "the {what} `{source}` names persons by {} ({foreign} of {rows} rows), the list by {}, so whom they mean is not known",
                kind.words(),
                own.words()
            );
            let map = format!("map the column of {} in `{source}` to `customer`", own.words());
            let help = match contacts {
                true => {
                    format!(
                        "name with `contacts` the stage that has both, {} and {}; or {map}",
                        own.words(),
                        kind.words()
                    )
                }
                false => map,
            };
            return Problem::new(code, message).help(help).err();
        }
        if known == 0 {
            return Problem::new(
                code,
                format!("none of the {rows} rows of the {what} `{source}` names one of the {persons} persons here"),
            )
            .help(format!(
                "compare the column `customer` of `{source}` with that of the list: another system's ids, a wrong column or a wrong file"
            ))
            .err();
        }
        Ok(())
    }
}

/// Customers' ids, of which those that mean one customer get one number, and the customers' names, sorted; a note says how many spellings there
/// were beside.
pub fn of_one_form(
    cx: &mut Context,
    stage: &str,
    (mut ids, names): (Vec<u32>, Vec<String>),
) -> (Vec<u32>, Vec<String>) {
    let mut by_form: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    (0..names.len() as u32).for_each(|id| by_form.entry(key(&names[id as usize])).or_default().push(id));
    if by_form.len() == names.len() {
        return (ids, names);
    }
    // The first spelling by its bytes represents all.
    let mut groups: Vec<Vec<u32>> = by_form.into_values().collect();
    groups.sort_unstable();
    let mut to = vec![NONE; names.len()];
    for (new, group) in groups.iter().enumerate() {
        group.iter().for_each(|&old| to[old as usize] = new as u32);
    }
    ids.iter_mut().filter(|id| **id != NONE).for_each(|id| *id = to[*id as usize]);
    cx.note(say::ONE_FORM.with([("ids", (names.len() - groups.len()).into()), ("stage", stage.into())]));
    (ids, groups.iter().map(|group| names[group[0] as usize].clone()).collect())
}

/// Places of persons in a list of names, however another table writes them.
pub struct Places {
    directory: Directory,
    /// By the directory's numbers.
    place: Vec<usize>,
}

impl Places {
    /// The places of these names; of names that are written alike the last one's.
    pub fn of(names: &[String]) -> Places {
        let directory = Directory::of(names.iter().cloned());
        let mut place = vec![0; directory.names().len()];
        for (at, name) in names.iter().enumerate() {
            if let Some(person) = directory.place(name) {
                place[person as usize] = at;
            }
        }
        Places { directory, place }
    }

    /// The place of the one person whom a key means.
    pub fn get(&self, text: &str) -> Option<usize> {
        match self.directory.find(text) {
            Found::One(person) | Found::Likely(person) => Some(self.place[person as usize]),
            Found::Several(_) | Found::Nobody => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::codes;

    fn keys(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|text| (!text.is_empty()).then(|| (*text).to_owned())).collect()
    }

    fn list() -> Directory {
        Directory::of(["10001", "10002", "K3"].map(str::to_owned))
    }

    #[test]
    fn a_table_is_told_in_full() {
        let rows = keys(&["10001.0", "10001", "k3", "", "999", "999.0"]);
        let named = Named::of("suppressions", &rows, &list());
        let expected = Counts {
            rows: 6,
            blank: 1,
            known: 2,
            unknown: 1,
            persons: 3,
            repeated: 1,
            respelled: 2,
            ..Counts::default()
        };
        assert_eq!(named.counts, expected);
        assert!(!named.is_plain());
        assert_eq!(named.persons(), [Some(0), Some(0), Some(2), None, None, None]);
        assert!(named.trust(&codes::SUPPRESSION_MISSING, "suppression", &rows, (&list(), true)).is_ok());
    }

    #[test]
    fn a_sure_row_goes_before_a_likely_one() {
        let named = Named::of("contacts", &keys(&["010001", "10001", "010002"]), &list());
        assert_eq!(named.persons(), [None, Some(0), Some(1)]);
    }

    #[test]
    fn places_are_found_by_any_spelling() {
        let places = Places::of(&["k9", "0042", "7"].map(str::to_owned));
        assert_eq!(["K9 ", "42", "7.0", "8"].map(|text| places.get(text)), [Some(0), Some(1), Some(2), None]);
    }

    #[test]
    fn keys_that_mean_nobody_here_are_not_trusted() {
        let words = |rows: &[&str], directory: &Directory| {
            let rows = keys(rows);
            let named = Named::of("suppressions", &rows, directory);
            named.trust(&codes::SUPPRESSION_MISSING, "suppression", &rows, (directory, true)).map_err(|p| p.to_string())
        };
        assert!(words(&["1", "2"], &list()).expect_err("unknown").contains("none of the 2 rows"));
        let other = words(&["10001", "kay@example.com"], &list()).expect_err("an address");
        assert!(other.contains("e-mail addresses (1 of 2 rows)"), "{other}");
        let known = list().with_addresses([(0, "kay@example.com".to_owned())]);
        assert_eq!(words(&["10002", "kay@example.com", "jo@example.com"], &known), Ok(()));
        assert!(words(&["jo@example.com"], &known).is_err());
        assert_eq!(words(&[], &list()), Ok(()));
    }
}
