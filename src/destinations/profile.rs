//! What import profiles share: headers by role, identifiers that must be there, values in the tool's own form, limits.

use std::collections::{BTreeMap, HashSet};

use super::delimited::{guard, looks_like_formula, looks_like_number, record};
use super::identifiers::{Change, Home};
use super::part::{Limits, Lines};
use super::value::{Value, columns};
use super::{Alterations, DestinationError, Field, GUARDED, List, OPEN, Options, Parts, Refused, Role, Written};

/// One tool's import file.
pub(super) struct Profile {
    /// Columns that the tool knows, by role; of several list columns with a role, each takes the next entry.
    pub known: &'static [Known],
    pub others: Others,
    /// A list needs a column, and a row a value, of at least one of these.
    pub identifiers: &'static [Role],
    /// Columns that count only together: where one is empty, all are left empty.
    pub together: &'static [Role],
    /// Whether a second row with the same identifier is refused: the tool would skip one or the other.
    pub distinct: bool,
    pub max_rows: u64,
    pub max_bytes: u64,
    pub max_columns: usize,
    /// Fewer rows than this are accepted and not used.
    pub min_rows: u64,
    pub crlf: bool,
    /// Whether times are cut to their day.
    pub days_only: bool,
    /// How yes and no are written.
    pub flags: (&'static str, &'static str),
    /// Texts are clipped at so many bytes.
    pub text_bytes: usize,
    /// Whether a number with a leading nought is read as octal.
    pub octal: bool,
    /// What whoever imports should know.
    pub notes: &'static [&'static str],
}

/// A column that the tool knows.
pub(super) struct Known {
    pub role: Role,
    pub header: &'static str,
    pub change: Change,
    /// Whether the written value is a hash, which nothing else may touch.
    pub hashed: bool,
}

/// What becomes of columns that the tool does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// They become custom attributes under their own names.
    Keep,
    /// They are left out: the tool refuses or ignores them, or they would tell it more than it needs.
    Leave,
}

impl Profile {
    /// Limits none, keeps other columns, LF, ISO times, `true` and `false`.
    pub const USUAL: Profile = Profile {
        known: &[],
        others: Others::Keep,
        identifiers: &[],
        together: &[],
        distinct: true,
        max_rows: Limits::NONE,
        max_bytes: Limits::NONE,
        max_columns: usize::MAX,
        min_rows: 0,
        crlf: false,
        days_only: false,
        flags: ("true", "false"),
        text_bytes: usize::MAX,
        octal: false,
        notes: &[],
    };

    /// Header of each column to write with the column of the list that it comes from.
    pub fn columns(
        &'static self,
        destination: &'static str,
        fields: &[Field],
        options: &Options,
    ) -> Result<Vec<Planned>, DestinationError> {
        let mut used = vec![false; self.known.len()];
        let mut planned = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            let entry = (0..self.known.len()).find(|&k| !used[k] && self.known[k].role == field.role);
            if let Some(k) = entry {
                used[k] = true;
            }
            let known = entry.map(|k| &self.known[k]);
            if known.is_none() && self.others == Others::Leave {
                continue;
            }
            let own = options.headers.get(&field.name).cloned();
            let header = own.unwrap_or_else(|| known.map_or_else(|| field.name.clone(), |k| k.header.to_owned()));
            planned.push(Planned { column: i, header, known, order: entry.unwrap_or(usize::MAX) });
        }
        // The tool's own columns come first and in its order: some take the first for the key.
        planned.sort_by_key(|p| p.order);
        if !planned.iter().any(|p| p.known.is_some_and(|k| self.identifiers.contains(&k.role))) {
            let names: Vec<&str> = self.identifiers.iter().map(|role| role.name()).collect();
            return Err(DestinationError::NoIdentifier { destination, roles: names.join(", ") });
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for p in &planned {
            if let Some(first) = seen.insert(&p.header, p.column) {
                let (first, second) = (fields[first].name.clone(), fields[p.column].name.clone());
                // A tool that repeats a header on purpose (several e-mails of one person) says so in its table.
                let repeats = self.known.iter().filter(|k| k.header == p.header).count() > 1;
                if !repeats || p.known.is_none() {
                    return Err(DestinationError::SameHeader { header: p.header.clone(), first, second });
                }
            }
        }
        if planned.len() > self.max_columns {
            let (limit, columns) = (self.max_columns, planned.len());
            return Err(DestinationError::TooManyColumns { destination, limit, columns });
        }
        Ok(planned)
    }

    pub fn write(
        &'static self,
        destination: &'static str,
        list: &List,
        options: &Options,
        parts: &mut dyn Parts,
    ) -> Result<Written, DestinationError> {
        let planned = self.columns(destination, list.fields, options)?;
        let crlf = options.crlf.unwrap_or(self.crlf);
        let headers: Vec<&str> = planned.iter().map(|p| p.header.as_str()).collect();
        let mut header = Vec::new();
        record(&headers, crlf, &mut header);
        let limits = Limits { destination, rows: self.max_rows, bytes: self.max_bytes };
        let mut lines = Lines::new(parts, limits.narrowed(options.max_rows, options.max_bytes), header);
        let mut alterations = Alterations::default();
        let mut refused = Vec::new();
        let mut seen: HashSet<(Role, String)> = HashSet::new();
        let mut texts = vec![String::new(); planned.len()];
        let mut line = Vec::new();
        let mut row = 0;
        let country = list.fields.iter().position(|field| field.role == Role::Country);
        for batch in list.batches {
            let columns = columns(batch, list.fields)?;
            for i in 0..batch.num_rows() {
                let of = country.map(|column| columns[column].at(i).to_text());
                let home = Home::of(of.as_deref(), options.calling_code.as_deref());
                for (p, text) in planned.iter().zip(&mut texts) {
                    let rule = self.text(p, columns[p.column].at(i), list.fields[p.column].role, home, text);
                    if let Some(rule) = rule {
                        alterations.count(p.column, rule, row);
                    }
                }
                self.keep_together(&planned, &mut texts, row, &mut alterations);
                match self.refusal(&planned, &texts, &mut seen) {
                    Some(rule) => refused.push(Refused { row, rule }),
                    None => {
                        line.clear();
                        record(&texts, crlf, &mut line);
                        lines.line(&line, row)?;
                    }
                }
                row += 1;
            }
        }
        let written = row - refused.len() as u64;
        let names: Vec<String> = list.fields.iter().map(|field| field.name.clone()).collect();
        let mut notes: Vec<String> = self.notes.iter().map(|note| (*note).to_owned()).collect();
        if written < self.min_rows {
            notes.push(format!(
                "{destination} uses audiences of at least {} rows and this has {written}",
                self.min_rows
            ));
        }
        let left: Vec<&str> = (0..list.fields.len())
            .filter(|i| planned.iter().all(|p| p.column != *i))
            .map(|i| list.fields[i].name.as_str())
            .collect();
        notes.extend(alterations.note(GUARDED, &names));
        notes.extend(alterations.note(OPEN, &names));
        if !left.is_empty() {
            notes.push(format!("not written, as {destination} does not take them: {}", left.join(", ")));
        }
        Ok(Written {
            parts: lines.finish()?,
            refused,
            altered: alterations.into_altered(&names),
            notes,
            columns: planned.iter().map(|p| (p.header.clone(), names[p.column].clone())).collect(),
        })
    }

    /// The value as the tool takes it; the rule by which it was altered, if it was.
    fn text(&self, planned: &Planned, value: Value, role: Role, home: Home, out: &mut String) -> Option<&'static str> {
        out.clear();
        match value {
            Value::Flag(flag) => out.push_str(if flag { self.flags.0 } else { self.flags.1 }),
            Value::Time(micros) if self.days_only => Value::Day(micros.div_euclid(86_400_000_000)).write_text(out),
            value => value.write_text(out),
        }
        if let Some(known) = planned.known.filter(|_| !out.is_empty()) {
            match (known.change)(out, home) {
                Ok(text) => *out = text,
                Err(rule) => {
                    out.clear();
                    return Some(rule);
                }
            }
            if known.hashed {
                return None;
            }
        }
        let mut rule = None;
        // Importers read line by line: a line end inside a value tears its row in two.
        if out.contains(['\n', '\r']) {
            *out = out.split(['\n', '\r']).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ");
            rule = Some("line-end");
        }
        if guard(out, role) {
            rule = Some(GUARDED);
        } else if looks_like_formula(out) && !looks_like_number(out) {
            rule = Some(OPEN);
        }
        if out.len() > self.text_bytes {
            let mut end = self.text_bytes;
            while !out.is_char_boundary(end) {
                end -= 1;
            }
            out.truncate(end);
            rule = Some("clipped");
        }
        let leading_nought = out.len() > 1 && out.starts_with('0') && out.bytes().all(|b| b.is_ascii_digit());
        if self.octal && planned.known.is_none() && leading_nought {
            rule = Some("read-as-octal");
        }
        rule
    }

    fn keep_together(&self, planned: &[Planned], texts: &mut [String], row: u64, alterations: &mut Alterations) {
        let bound = |p: &Planned| p.known.is_some_and(|k| self.together.contains(&k.role));
        let filled = |role: &Role| {
            planned.iter().zip(&*texts).any(|(p, text)| p.known.is_some_and(|k| k.role == *role) && !text.is_empty())
        };
        if self.together.iter().all(filled) {
            return;
        }
        for (p, text) in planned.iter().zip(texts).filter(|(p, text)| bound(p) && !text.is_empty()) {
            text.clear();
            alterations.count(p.column, "incomplete-address", row);
        }
    }

    fn refusal(
        &self,
        planned: &[Planned],
        texts: &[String],
        seen: &mut HashSet<(Role, String)>,
    ) -> Option<&'static str> {
        let mut keys = planned.iter().zip(texts).filter_map(|(p, text)| {
            let role = p.known?.role;
            (self.identifiers.contains(&role) && !text.is_empty()).then_some((role, text))
        });
        // Columns stand in the order of the profile's table, so the first key is the one that the tool looks at first.
        let Some((role, text)) = keys.next() else { return Some("no-identifier") };
        // Tools compare addresses without regard to case.
        (self.distinct && !seen.insert((role, text.to_lowercase()))).then_some("duplicate")
    }
}

/// A column to write.
pub(super) struct Planned {
    /// Index into the list's columns.
    pub column: usize,
    pub header: String,
    pub known: Option<&'static Known>,
    order: usize,
}

/// A column that is written in clear.
pub(super) const fn plain(role: Role, header: &'static str, change: Change) -> Known {
    Known { role, header, change, hashed: false }
}

/// A column of which only the hash is written.
pub(super) const fn hashed(role: Role, header: &'static str, change: Change) -> Known {
    Known { role, header, change, hashed: true }
}
