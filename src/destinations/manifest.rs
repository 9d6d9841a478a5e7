//! The manifest beside a list: what it is, how many rows, what each column means, and the digest of each file.

use serde::Serialize;

/// Rises when a field of the manifest changes its meaning or goes away; new fields do not raise it.
pub const SCHEMA_VERSION: u32 = 1;

/// All that a manifest says; nothing in it depends on when or where the list was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    pub schema_version: u32,
    pub list: String,
    pub pipeline: String,
    /// The first day that the list's history does not hold, `YYYY-MM-DD`.
    pub as_of: String,
    /// Name and version of the program.
    pub made_by: String,
    /// The destination's name.
    pub destination: String,
    /// Rows in all files together.
    pub rows: u64,
    /// Rows of the list that the destination would not take, by rule.
    pub refused: Vec<(String, u64)>,
    pub columns: Vec<ManifestColumn>,
    pub files: Vec<ManifestFile>,
    /// What whoever imports the files should know.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManifestColumn {
    /// As in the file's header.
    pub name: String,
    /// The column of the list that it comes from.
    pub from: String,
    /// The role's name.
    pub role: String,
    /// The stored type, such as `Utf8` or `Decimal128(18, 4)`.
    #[serde(rename = "type")]
    pub kind: String,
    pub meaning: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManifestFile {
    pub name: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    /// The manifest of a written list. `names` are the files' names, in the order of [`super::Written::parts`], and
    /// `kinds` the stored types of the list's columns, in their order; missing ones stay empty.
    pub fn of(
        head: &Head,
        list: &[super::Field],
        kinds: &[String],
        written: &super::Written,
        names: &[String],
    ) -> Self {
        let mut refused = std::collections::BTreeMap::<String, u64>::new();
        for row in &written.refused {
            *refused.entry(row.rule.to_owned()).or_default() += 1;
        }
        let column = |(header, from): &(String, String)| {
            let at = list.iter().position(|field| field.name == *from);
            ManifestColumn {
                name: header.clone(),
                from: from.clone(),
                role: at.map_or("", |i| list[i].role.name()).to_owned(),
                kind: at.and_then(|i| kinds.get(i)).cloned().unwrap_or_default(),
                meaning: at.map(|i| list[i].meaning.clone()).unwrap_or_default(),
            }
        };
        let file = |(i, part): (usize, &super::Part)| ManifestFile {
            name: names.get(i).cloned().unwrap_or_default(),
            rows: part.rows,
            bytes: part.bytes,
            sha256: part.sha256.clone(),
        };
        Manifest {
            schema_version: SCHEMA_VERSION,
            list: head.list.clone(),
            pipeline: head.pipeline.clone(),
            as_of: head.as_of.clone(),
            made_by: head.made_by.clone(),
            destination: head.destination.clone(),
            rows: written.parts.iter().map(|part| part.rows).sum(),
            refused: refused.into_iter().collect(),
            columns: written.columns.iter().map(column).collect(),
            files: written.parts.iter().enumerate().map(file).collect(),
            notes: written.notes.clone(),
        }
    }

    /// Indented JSON with a line end.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers always serialise") + "\n"
    }
}

/// What a manifest says of its list, apart from what was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    pub list: String,
    pub pipeline: String,
    pub as_of: String,
    pub made_by: String,
    pub destination: String,
}
