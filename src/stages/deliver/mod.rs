//! `deliver`: a target list as the files that marketing imports.

mod addresses;
mod lawful;
mod planned;
mod rows;

use std::cell::RefCell;
use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::rows::Who;
use super::examples;
use super::words::deliver as say;
use crate::destinations::{
    Destination, DestinationError, Field, Head, List, Manifest, Options, Role, RoleRow, SCHEMA_VERSION, Written,
    destination,
};
use crate::diagnostics::{Problem, Result, codes, io_problem, is_disk_full};
use crate::disk::{io_kind, new_file};
use crate::keys::region_of_calling_code;
use crate::report::{Body, ListCard, ListFile, Lists, Section};
use crate::stage::setting::Chosen;
use crate::stage::{
    Context, Finding, Input, Kind, Known, LEDGER_ROWS, Need, Output, Shape, Stage, Upstream, read_as, schema_of,
};
use crate::tables::layouts::campaign::TARGETS;
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::{ColumnType, TableFile};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "deliver",
    version: 3,
    meaning: "Writes a target list as files to import, the control group apart, with a manifest; `_SUCCESS` comes last.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.best]
kind = "select-targets"
scores = "features"
rank_by = "money_365d"
top = 100
"#,
        r#"
[stage.best_list]
kind = "deliver"
targets = "best"
formats = ["csv", "xlsx"]
"#,
    ],
    read: read_as::<Deliver>,
    schema: schema_of::<Deliver>,
};

/// A list as files.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Deliver {
    /// The `select-targets` stage.
    targets: Upstream,
    /// Name of the list, and of its folder and files; the targets' stage if empty.
    list: String,
    /// The forms to write; see `patron list destinations`.
    formats: Vec<Chosen<Destination>>,
    /// The stage with one row per customer that contact data comes from. Personal data is read here and nowhere before.
    contacts: Option<Upstream>,
    /// Its columns to add to the list, such as email and first_name.
    contact_columns: Vec<String>,
    /// Its date or time column that says which of several rows of a person is the newest. Without it, or where it does not decide, a person
    /// whose rows give different e-mail addresses or telephone numbers is left out of the list.
    contacts_dated_by: Option<String>,
    /// Why it is lawful to write to these people by channels whose consent `targets` does not ask for, in words; kept in the manifest and the
    /// run's record.
    lawful_basis: Option<String>,
    /// Columns of the targets to write; all if empty.
    columns: Vec<String>,
    /// Headers other than the columns' names.
    headers: BTreeMap<String, String>,
    /// What a column holds where its name and type do not say, such as `email`, `phone` or `free-text`.
    roles: BTreeMap<String, Chosen<RoleRow>>,
    /// Country calling code, digits only, for telephones written without one in rows that name no country. A column with the role
    /// `country` comes first.
    calling_code: Option<String>,
    /// Most rows in one file.
    max_rows: Option<u64>,
}

impl Default for Deliver {
    fn default() -> Deliver {
        Deliver {
            targets: Upstream::default(),
            list: String::new(),
            formats: vec![Chosen::usual("csv")],
            contacts: None,
            contact_columns: Vec::new(),
            contacts_dated_by: None,
            lawful_basis: None,
            columns: Vec::new(),
            headers: BTreeMap::new(),
            roles: BTreeMap::new(),
            calling_code: None,
            max_rows: None,
        }
    }
}

/// What the folder of a list holds.
#[derive(Serialize)]
struct ListManifest<'a> {
    schema_version: u32,
    list: &'a str,
    pipeline: &'a str,
    as_of: &'a str,
    /// Customers to contact.
    rows: u64,
    /// Customers left alone, in a file of their own.
    control_rows: u64,
    /// Customers of the targets who are in no file, by reason.
    left_out: BTreeMap<&'a str, u64>,
    /// The channels whose consent each person was asked for.
    consent: Vec<&'a str>,
    /// Why the list is lawful where no consent was asked for.
    lawful_basis: Option<&'a str>,
    /// One for each form.
    deliveries: &'a [Manifest],
    control: &'a Manifest,
}

/// The file that says what is in a list's folder.
pub const MANIFEST: &str = "manifest.json";
/// The last file of a list: when it is there, the list is whole.
const SUCCESS: &str = "_SUCCESS";

impl Stage for Deliver {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.targets.input("targets", Need::Table(&TARGETS))];
        inputs.extend(self.contacts.iter().map(|contacts| contacts.input("contacts", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn list(&self) -> Option<String> {
        Some(if self.list.is_empty() { self.targets.0.clone() } else { self.list.clone() })
    }

    fn output(&self) -> Output {
        Output { main: Shape::Files, also: vec![(LEDGER_ROWS, &CONTACTS)] }
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.contacts.is_none() && self.contacts_dated_by.is_some() {
            findings.push(Finding::at("contacts_dated_by", "there is no `contacts` stage to take it from"));
        }
        if self.lawful_basis.as_ref().is_some_and(|basis| basis.trim().is_empty()) {
            findings.push(Finding::at("lawful_basis", "is empty: say in words why the list is lawful"));
        }
        if let Some(code) = self.calling_code.as_ref().filter(|code| region_of_calling_code(code).is_none()) {
            findings.push(Finding::at("calling_code", format!("no country has the calling code `{code}`")));
        }
        if self.formats.is_empty() {
            findings.push(Finding::at("formats", "names no form to write"));
        }
        if self.contacts.is_none() && !self.contact_columns.is_empty() {
            findings.push(Finding::at("contact_columns", "there is no `contacts` stage to take them from"));
        }
        let usual = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
        if !self.list.chars().all(usual) || self.list.len() > 60 || (self.list.trim() != self.list) {
            findings.push(Finding::at("list", "names a folder: use letters, digits, `_` and `-`, at most 60"));
        }
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let targets = &self.targets.0;
        let mut findings: Vec<Finding> =
            self.columns.iter().filter_map(|name| known.column("columns", targets, name)).collect();
        if let Some(contacts) = &self.contacts {
            let column = |name: &String| known.column("contact_columns", &contacts.0, name);
            findings.extend(self.contact_columns.iter().filter_map(column));
            findings.extend(
                self.contacts_dated_by.iter().filter_map(|name| known.column("contacts_dated_by", &contacts.0, name)),
            );
        }
        findings.extend(self.check_lawful(known));
        let headers = self.headers.keys().map(|name| ("headers", name));
        for (table, name) in headers.chain(self.roles.keys().map(|name| ("roles", name))) {
            if !self.contact_columns.contains(name) {
                findings.extend(known.column(&format!("{table}.{name}"), targets, name));
            }
        }
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let list = self.list().expect("it publishes one");
        let folder = tempfile::Builder::new().prefix("contacts").tempdir_in(cx.out);
        let folder = folder.map_err(|e| io_problem("create", cx.out, &e))?;
        let source = self.source(cx, folder.path())?;
        let (fields, contacted) = self.rows(cx, &source, Who::Contacted)?;
        let (_, control) = self.rows(cx, &source, Who::Control)?;
        // Networks of advertisers are a channel of their own.
        let is_hashed = |format: &Chosen<Destination>| format.hashed;
        let audience =
            if self.formats.iter().any(is_hashed) { self.rows(cx, &source, Who::Audience)?.1 } else { Vec::new() };
        let contacted = if self.formats.iter().all(is_hashed) { audience.clone() } else { contacted };
        drop(folder);
        cx.made.rows_in = cx.input(&self.targets.0).record.rows_out;
        let rows = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>() as u64;
        let options = Options {
            headers: self.headers.clone(),
            crlf: None,
            max_rows: self.max_rows,
            max_bytes: None,
            calling_code: self.calling_code.clone(),
        };
        let head = Head {
            list: list.clone(),
            pipeline: cx.pipeline.to_owned(),
            as_of: cx.made.as_of.clone().unwrap_or_default(),
            made_by: concat!("patron ", env!("CARGO_PKG_VERSION")).to_owned(),
            destination: String::new(),
        };
        self.plan_contacts(cx, &list)?;
        let mut files = Vec::new();
        for &Chosen(destination) in &self.formats {
            let rows = if destination.hashed { &audience } else { &contacted };
            let written = write(cx, destination, &list, &fields, rows, &options)?;
            tell(cx, destination, &written);
            files.push(described(&head, destination, &list, &fields, rows, &written));
        }
        // The control group is for measuring, never for sending, so it has a file of its own with nothing personal in it.
        let csv = destination("csv").expect("plain text is always there");
        let (keys, batches) = control_only(&control)?;
        let name = format!("{list}-control");
        let written = write(cx, csv, &name, &keys, &batches, &Options::default())?;
        let control_files = described(&head, csv, &name, &keys, &batches, &written);
        let manifest = ListManifest {
            schema_version: SCHEMA_VERSION,
            list: &list,
            pipeline: cx.pipeline,
            as_of: &head.as_of,
            rows: rows(&contacted),
            control_rows: rows(&control),
            left_out: source.left_out.iter().map(|(reason, count)| (*reason, *count)).collect(),
            consent: source.consented.iter().map(|channel| channel.name()).collect(),
            lawful_basis: self.lawful_basis.as_deref(),
            deliveries: &files,
            control: &control_files,
        };
        let text = serde_json::to_string_pretty(&manifest).expect("a manifest is plain data") + "\n";
        cx.write_file(MANIFEST, text.as_bytes())?;
        cx.write_file(SUCCESS, b"")?;
        cx.metric("listed", rows(&contacted) as f64);
        cx.metric("control", rows(&control) as f64);
        cx.made.rows_out = rows(&contacted);
        let shown = files
            .iter()
            .chain([&control_files])
            .flat_map(|manifest| &manifest.files)
            .map(|f| ListFile { name: f.name.clone(), rows: f.rows, bytes: f.bytes, sha256: f.sha256.clone() })
            .collect();
        let card = ListCard {
            name: list.clone(),
            candidates: rows(&contacted) + rows(&control),
            control: rows(&control),
            listed: rows(&contacted),
            files: shown,
            ..ListCard::default()
        };
        cx.section(
            Section::new(cx.step, Body::Lists(Lists { lists: vec![card] }))
                .heading(say::FILES.with([("list", list.as_str().into())])),
        );
        cx.made.list = Some(list);
        Ok(())
    }
}

impl Deliver {
    fn role(&self, name: &str, kind: &DataType) -> Role {
        if let Some(role) = self.roles.get(name) {
            return role.role;
        }
        match (name, ColumnType::of(kind)) {
            ("customer" | "list", _) => Role::Id,
            (name, Some(ColumnType::Text)) if name.starts_with("offer_") && name.ends_with("_item") => Role::Id,
            ("email", _) => Role::Email,
            ("phone", _) => Role::Phone,
            ("first_name", _) => Role::FirstName,
            ("last_name", _) => Role::LastName,
            ("city", _) => Role::City,
            ("country", _) => Role::Country,
            ("postal_code" | "zip", _) => Role::PostalCode,
            ("language" | "locale", _) => Role::Language,
            (_, Some(ColumnType::Integer | ColumnType::Number | ColumnType::Quantity)) => Role::Number,
            (_, Some(ColumnType::Money)) => Role::Money,
            (_, Some(ColumnType::Date | ColumnType::Time)) => Role::Date,
            (_, Some(ColumnType::Boolean)) => Role::Flag,
            _ => Role::FreeText,
        }
    }
}

/// The control group's keys and ranks.
fn control_only(batches: &[RecordBatch]) -> Result<(Vec<Field>, Vec<RecordBatch>)> {
    let keys = ["customer", "list", "rank", "score", "decile"];
    let fields = vec![
        Field::new("customer", Role::Id),
        Field::new("list", Role::Id),
        Field::new("rank", Role::Number),
        Field::new("score", Role::Number),
        Field::new("decile", Role::Number),
    ];
    let mut narrow = Vec::new();
    let mut present = Vec::new();
    for batch in batches {
        let places: Vec<usize> = keys.iter().filter_map(|key| batch.schema().index_of(key).ok()).collect();
        present.clone_from(&places);
        narrow.push(batch.project(&places).map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, e.to_string()).boxed())?);
    }
    let fields = match narrow.first() {
        Some(batch) => fields.into_iter().filter(|f| batch.schema().index_of(&f.name).is_ok()).collect(),
        None => fields,
    };
    Ok((fields, narrow))
}

fn file_name(list: &str, destination: &Destination, number: u32) -> String {
    let form = if ["csv", "jsonl", "parquet", "xlsx"].contains(&destination.name) {
        String::new()
    } else {
        format!(".{}", destination.name)
    };
    let part = if number == 1 { String::new() } else { format!("-{number}") };
    format!("{list}{form}{part}.{}", destination.extension)
}

/// Writes a list in one form and enters its files in the record.
fn write(
    cx: &mut Context,
    destination: &Destination,
    list: &str,
    fields: &[Field],
    batches: &[RecordBatch],
    options: &Options,
) -> Result<Written> {
    let out = cx.out.to_owned();
    let last = RefCell::new(out.clone());
    let mut open = |number: u32| {
        last.replace(out.join(file_name(list, destination, number)));
        new_file(&last.borrow())
    };
    let written = destination.write(List { fields, batches }, options, &mut open).map_err(|error| {
        let path = last.borrow();
        let shown = path.display();
        match error {
            DestinationError::Write(error) => io_problem("write", &path, &error),
            error if io_kind(&error).is_some_and(is_disk_full) => {
                Problem::new(&codes::DISK_FULL, format!("could not write {shown}: {error}")).boxed()
            }
            error => Problem::new(&codes::BAD_TABLE, format!("{}: {error} ({shown})", destination.name)).boxed(),
        }
    })?;
    for (n, part) in written.parts.iter().enumerate() {
        let name = file_name(list, destination, n as u32 + 1);
        let path = out.join(&name);
        std::fs::File::open(&path).and_then(|f| f.sync_all()).map_err(|e| io_problem("flush", &path, &e))?;
        cx.made.files.insert(name, TableFile::of(&path, part.rows)?);
    }
    Ok(written)
}

/// The manifest of one form of a list.
fn described(
    head: &Head,
    destination: &Destination,
    list: &str,
    fields: &[Field],
    batches: &[RecordBatch],
    written: &Written,
) -> Manifest {
    let head = Head { destination: destination.name.to_owned(), ..head.clone() };
    let kinds: Vec<String> = match batches.first() {
        Some(batch) => batch.schema().fields().iter().map(|field| field.data_type().to_string()).collect(),
        None => Vec::new(),
    };
    let names: Vec<String> = (1..=written.parts.len() as u32).map(|n| file_name(list, destination, n)).collect();
    Manifest::of(&head, fields, &kinds, written, &names)
}

fn tell(cx: &mut Context, destination: &Destination, written: &Written) {
    let form = || ("form", destination.name.into());
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &written.refused {
        *refused.entry(row.rule).or_default() += 1;
    }
    for (rule, rows) in refused {
        cx.note(say::NOT_WRITTEN.with([form(), ("rows", rows.into()), ("rule", rule.into())]));
    }
    for altered in &written.altered {
        let column = ("column", altered.column.as_str().into());
        cx.note(say::CHANGED.with([form(), ("rows", altered.rows.into()), column, ("rule", altered.rule.into())]));
    }
    for note in &written.notes {
        cx.note(say::FORM.with([form(), ("note", note.as_str().into())]));
    }
}
