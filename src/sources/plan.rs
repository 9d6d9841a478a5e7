//! From the profiles of all files of a table: which columns it has, of what types, and how each file's columns become them.

use arrow::datatypes::SchemaRef;
use serde::{Deserialize, Serialize};

use super::column_type::{SourceType, Stored};
use super::convert::output_schema;
use super::dates::{self, LAYOUTS};
use super::error::SourceError;
use super::example::Example;
use super::facts::{Facts, LayoutChoice};
use super::header;
use super::number_facts::StyleChoice;
use super::numbers::NumberStyle;
use super::personal::is_personal;
use super::profile::{FileProfile, TableProfile, Wanted, wanted};
use super::settings::{Checked, ReadSettings};

/// How the files of one table are converted. The part of one file, with the columns, is all that its output depends on
/// besides its bytes and the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadPlan {
    /// Columns of the table in order; `source_file` and `source_line` follow them.
    pub columns: Vec<PlannedColumn>,
    /// One part for each file, in the order of the profiles.
    pub files: Vec<FilePlan>,
    /// What a person should know about the types that were told.
    pub notes: Vec<String>,
}

/// One column of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedColumn {
    /// Its name.
    pub name: String,
    /// What it is stored as.
    pub stored: Stored,
    /// Whether rows without a value are set aside.
    pub required: bool,
}

/// How one file is converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlan {
    /// The file as the caller names it.
    pub file: String,
    /// Its table, or one for each sheet.
    pub tables: Vec<TablePlan>,
}

/// How one table of a file is converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePlan {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Where each column of the plan comes from, in their order.
    pub columns: Vec<PlannedSource>,
}

/// Where a column comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSource {
    /// Position in the source, from 0; none where the source lacks the column.
    pub position: Option<usize>,
    /// Header cell in the source.
    pub source: Option<String>,
    /// Positions of further source columns whose texts follow, parted by a blank.
    pub joined: Vec<usize>,
    /// Layout of its dates where that was told from the values.
    pub layout: Option<String>,
    /// How its numbers are written.
    pub(crate) numbers: Option<NumberStyle>,
    /// Whether that was told from the start of the file only, so that a value that cannot be read so calls for the rest.
    pub(crate) numbers_begun: bool,
    /// The currency that its amounts must have.
    pub currency: Option<String>,
}

impl ReadPlan {
    /// The schema of every converted file.
    pub fn schema(&self) -> SchemaRef {
        output_schema(self.columns.iter().map(|column| (column.name.as_str(), column.stored.data_type())))
    }
}

/// One table among all files, with the columns wanted of it.
struct Part<'a> {
    label: String,
    table: &'a TableProfile,
    wanted: Vec<Wanted>,
}

/// Columns that say whose or of what a row is, whatever else a table holds.
const NAMING: [&str; 3] = ["customer", "order", "item"];

/// Plans how the files of one table are converted.
///
/// # Errors
/// When there is no file, files differ in their columns and none are named, or dates cannot be told.
pub fn plan(profiles: &[FileProfile], settings: &ReadSettings) -> Result<ReadPlan, SourceError> {
    let settings = settings.checked().map_err(|problems| SourceError::Settings { problems })?;
    let parts = parts(profiles, &settings)?;
    let Some(first) = parts.first() else {
        return Err(SourceError::Empty { file: "the list of paths".into() });
    };
    let mut notes = Vec::new();
    let mut columns = Vec::new();
    let (mut layouts, mut styles, mut currencies) = (Vec::new(), Vec::new(), Vec::new());
    for (at, column) in first.wanted.iter().enumerate() {
        let mut all = Facts::default();
        let mut own = Vec::new();
        for part in &parts {
            let Some(position) = part.wanted[at].position else { continue };
            match (part.table.facts_of(&part.wanted[at]), &part.table.kinds) {
                (Some(facts), _) => all.add(facts),
                (None, Some(kinds)) => own.extend(kinds[position]),
                (None, None) => {}
            }
        }
        let stored = match column.kind.stored() {
            Some(stored) => stored,
            // Ids that a spreadsheet cut short are found as in a column that is declared to hold ids.
            None if all.holds_cut_short() && NAMING.contains(&column.name.as_str()) => Stored::Id,
            None => {
                if all.values > 0 || own.is_empty() {
                    own.push(all.narrowest());
                }
                let stored = own.iter().copied().reduce(wider).unwrap_or(Stored::Text);
                notes.extend(all.remarks(&column.name, stored));
                stored
            }
        };
        columns.push(PlannedColumn {
            name: column.name.clone(),
            stored,
            required: settings.written.required.contains(&column.name),
        });
        layouts.push(layouts_of(&parts, at, column, stored, &all, &settings, &mut notes)?);
        styles.push(styles_of(&parts, at, column, &all, &settings, &mut notes)?);
        let one = settings.written.one_currency.contains(&column.name);
        currencies.push(if one { all.numbers_written.main_currency().map(|(main, _)| main) } else { None });
    }
    let mut part = 0;
    let files = profiles
        .iter()
        .map(|profile| FilePlan {
            file: profile.file.clone(),
            tables: profile
                .tables
                .iter()
                .map(|table| {
                    let source = |(at, wanted): (usize, &Wanted)| PlannedSource {
                        position: wanted.position,
                        source: wanted.position.map(|position| table.header[position].clone()),
                        joined: wanted.joined.clone(),
                        layout: layouts[at][part].map(|layout: usize| LAYOUTS[layout].name.to_owned()),
                        numbers: styles[at][part],
                        numbers_begun: styles[at][part].is_some() && !table.whole,
                        currency: currencies[at].clone(),
                    };
                    let columns = parts[part].wanted.iter().enumerate().map(source).collect();
                    part += 1;
                    TablePlan { sheet: table.sheet.clone(), columns }
                })
                .collect(),
        })
        .collect();
    Ok(ReadPlan { columns, files, notes })
}

/// What `source_file` says for a table of a file: the file, with the sheet where several are read.
pub(crate) fn source_label(file: &str, sheet: Option<&str>, tables: usize) -> String {
    match sheet {
        Some(sheet) if tables > 1 => format!("{file}#{sheet}"),
        _ => file.to_owned(),
    }
}

fn parts<'a>(profiles: &'a [FileProfile], settings: &Checked) -> Result<Vec<Part<'a>>, SourceError> {
    let mut parts: Vec<Part> = Vec::new();
    for profile in profiles {
        for table in &profile.tables {
            let label = source_label(&profile.file, table.sheet.as_deref(), profile.tables.len());
            let mut columns = wanted(&label, &table.header, &table.names, settings)?;
            if let (true, Some(first)) = (settings.written.columns.is_empty(), parts.first()) {
                columns = in_order_of(&label, &first.wanted, &first.label, columns)?;
            }
            parts.push(Part { label, table, wanted: columns });
        }
    }
    Ok(parts)
}

/// The columns of a further file in the order of the first one's, whose names they must have.
fn in_order_of(
    label: &str,
    first: &[Wanted],
    first_label: &str,
    mut columns: Vec<Wanted>,
) -> Result<Vec<Wanted>, SourceError> {
    let listed =
        |columns: &[Wanted]| columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ");
    let different = |columns: &[Wanted]| SourceError::DifferentColumns {
        file: label.to_owned(),
        found: listed(columns),
        other: first_label.to_owned(),
        expected: listed(first),
    };
    if columns.len() != first.len() {
        return Err(different(&columns));
    }
    let all = columns.clone();
    let mut ordered = Vec::with_capacity(first.len());
    for column in first {
        let same = columns.iter().position(|other| other.name == column.name);
        let found =
            same.or_else(|| columns.iter().position(|other| header::loose(&other.name) == header::loose(&column.name)));
        let Some(found) = found else { return Err(different(&all)) };
        ordered.push(Wanted { name: column.name.clone(), ..columns.remove(found) });
    }
    Ok(ordered)
}

/// The narrowest type that holds the values of both.
fn wider(one: Stored, other: Stored) -> Stored {
    match (one, other) {
        _ if one == other => one,
        (Stored::Integer, Stored::Number) | (Stored::Number, Stored::Integer) => Stored::Number,
        (Stored::Integer, Stored::Decimal { .. }) => other,
        (Stored::Decimal { .. }, Stored::Integer) => one,
        (Stored::Decimal { .. }, Stored::Number) | (Stored::Number, Stored::Decimal { .. }) => Stored::Number,
        (Stored::Decimal { scale: a, .. }, Stored::Decimal { scale: b, .. }) => {
            Stored::Decimal { scale: a.max(b), money: false }
        }
        (Stored::Date, Stored::Timestamp) | (Stored::Timestamp, Stored::Date) => Stored::Timestamp,
        _ => Stored::Text,
    }
}

/// The date layout of a column in each part, where it has to be told: by the file's own values, else by those of all files.
fn layouts_of(
    parts: &[Part],
    at: usize,
    column: &Wanted,
    stored: Stored,
    all: &Facts,
    settings: &Checked,
    notes: &mut Vec<String>,
) -> Result<Vec<Option<usize>>, SourceError> {
    let declared =
        column.kind.format().is_some() || (!settings.date_formats.is_empty() && column.kind != SourceType::Infer);
    if !matches!(stored, Stored::Date | Stored::Timestamp) || declared {
        return Ok(vec![None; parts.len()]);
    }
    // Files that say day first, and files that say month first: neither speaks for a third one then.
    let own = |part: &Part| match part.table.facts_of(&part.wanted[at]).map(Facts::layout) {
        Some(LayoutChoice::One(layout)) if dates::twin(layout).is_some() => Some(layout),
        _ => None,
    };
    let sure: Vec<(usize, &Part)> = parts.iter().filter_map(|part| own(part).map(|layout| (layout, part))).collect();
    let conflict = sure.iter().find_map(|(layout, part)| {
        sure.iter()
            .find(|(other, _)| dates::month_first(*other) != dates::month_first(*layout))
            .map(|other| (part, other.1))
    });
    if let Some((first, second)) = conflict {
        notes.push(format!(
            "column `{}`: its dates say in {} whether day or month comes first, and the other way in {}; each file is read in its own way",
            column.name, first.label, second.label
        ));
    }
    let personal = is_personal(&column.name);
    let shown = |example: &Example| if personal { "the value".to_owned() } else { format!("`{}`", example.value) };
    let mut layouts = Vec::with_capacity(parts.len());
    for part in parts {
        let Some(facts) = part.table.facts_of(&part.wanted[at]) else {
            layouts.push(None);
            continue;
        };
        let file = || part.label.clone();
        let name = |layout: usize| LAYOUTS[layout].name.to_owned();
        let layout = match (facts.layout(), all.layout()) {
            (LayoutChoice::One(layout), _) => layout,
            (LayoutChoice::Ambiguous(first, second, _), LayoutChoice::One(layout))
                if conflict.is_none() && (layout == first || layout == second) =>
            {
                layout
            }
            (LayoutChoice::Ambiguous(first, second, example), _) => {
                let why = match conflict {
                    Some((one, other)) => {
                        format!("{} and {} read them in different ways", one.label, other.label)
                    }
                    None => format!(
                        "of {} values {} fit the one and {} the other, which does not decide",
                        facts.values,
                        facts.fit(first),
                        facts.fit(second)
                    ),
                };
                return Err(SourceError::AmbiguousDate {
                    file: file(),
                    line: example.line,
                    column: column.name.clone(),
                    value: shown(&example),
                    first: name(first),
                    second: name(second),
                    why,
                });
            }
            (LayoutChoice::Unknown(example), _) => {
                return Err(SourceError::UnknownDate {
                    file: file(),
                    line: example.line,
                    column: column.name.clone(),
                    value: shown(&example),
                });
            }
        };
        if LAYOUTS[layout].name == dates::SINCE_1900 {
            notes.push(format!(
                "column `{}` of {}: its values are day numbers of a spreadsheet, in which 45658 is 2025-01-01; where the workbook counts \
                 from 1904, set date_formats = [\"{}\"]",
                column.name,
                part.label,
                dates::SINCE_1904
            ));
        }
        layouts.push(Some(layout));
    }
    Ok(layouts)
}

/// How the numbers of a column are written in each part: as declared, else as its own values say, else as those of the same column in
/// other files or of other columns of the same file do.
fn styles_of(
    parts: &[Part],
    at: usize,
    column: &Wanted,
    all: &Facts,
    settings: &Checked,
    notes: &mut Vec<String>,
) -> Result<Vec<Option<NumberStyle>>, SourceError> {
    if !matches!(column.kind.stored(), Some(Stored::Integer | Stored::Number | Stored::Decimal { .. })) {
        return Ok(vec![None; parts.len()]);
    }
    if !settings.numbers_open {
        return Ok(vec![Some(settings.style(Some(settings.numbers.decimal))); parts.len()]);
    }
    let personal = is_personal(&column.name);
    let mut styles = Vec::with_capacity(parts.len());
    for part in parts {
        let Some(facts) = part.table.facts_of(&part.wanted[at]) else {
            styles.push(Some(settings.style(Some(b'.'))));
            continue;
        };
        let decimal = match facts.numbers_written.style() {
            StyleChoice::Decimal(decimal) => Some(decimal),
            // What has no separator in all of the file reads alike either way.
            StyleChoice::NoMatter => part.table.whole.then_some(b'.'),
            StyleChoice::Ambiguous(_) | StyleChoice::Mixed(..) if !part.table.whole => None,
            StyleChoice::Mixed(count, point, comma) => {
                return Err(SourceError::MixedNumbers {
                    file: part.label.clone(),
                    column: column.name.clone(),
                    count,
                    point: point.shown(personal),
                    comma: comma.shown(personal),
                });
            }
            StyleChoice::Ambiguous(example) => match all.numbers_written.style() {
                StyleChoice::Decimal(decimal) if parts.len() > 1 => Some(decimal),
                _ => match by_neighbours(part, at) {
                    Some(decimal) => {
                        notes.push(format!(
                            "column `{}` of {}: its numbers can be read in two ways ({}); read with a decimal {} as the other columns are",
                            column.name,
                            part.label,
                            example.shown(personal),
                            if decimal == b'.' { "point" } else { "comma" }
                        ));
                        Some(decimal)
                    }
                    None => {
                        return Err(SourceError::AmbiguousNumber {
                            file: part.label.clone(),
                            line: example.line,
                            column: column.name.clone(),
                            value: if personal { "the value".to_owned() } else { format!("`{}`", example.value) },
                        });
                    }
                },
            },
        };
        notes.extend(
            facts.numbers_written.remark(&column.name, personal).map(|remark| format!("{}: {remark}", part.label)),
        );
        styles.push(Some(settings.style(decimal)));
    }
    Ok(styles)
}

/// The decimal separator of the other columns of a table, where all that say anything agree.
fn by_neighbours(part: &Part, at: usize) -> Option<u8> {
    let mut found = None;
    for (other, wanted) in part.wanted.iter().enumerate() {
        let style = part.table.facts_of(wanted).filter(|_| other != at).map(|facts| facts.numbers_written.style());
        if let Some(StyleChoice::Decimal(decimal)) = style {
            if found.is_some_and(|before| before != decimal) {
                return None;
            }
            found = Some(decimal);
        }
    }
    found
}
