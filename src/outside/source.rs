//! A source as the run found it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::rows::Rows;
use super::snapshot::Snapshot;
use crate::diagnostics::secrets;

/// An outside source with its digest, as the run found it.
#[derive(Debug, Clone)]
pub struct Source {
    /// As the settings call it; may hold secrets, so it is hashed and never shown.
    pub name: String,
    /// BLAKE3 of what it holds, hex: as long as it is the same, so is all that is read from it.
    pub digest: String,
    /// What it holds.
    pub content: Content,
    /// Rows that were not read when it was made, by the table of rejects that has them; none of a file.
    pub unread: BTreeMap<String, u64>,
}

/// What a source holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file of bytes.
    File(Snapshot),
    /// Rows with types.
    Rows(Arc<dyn Rows>),
}

/// How a source is opened.
#[derive(Debug, Clone, Copy)]
pub enum Opening<'a> {
    /// By its bytes, in a format that they tell.
    File(&'a Path),
    /// As rows with types.
    Rows(&'a dyn Rows),
}

impl Source {
    /// Its name as tables, notes and messages have it: without secrets.
    pub fn shown(&self) -> Cow<'_, str> {
        secrets::hide(&self.name)
    }

    /// How it is opened.
    pub fn opening(&self) -> Opening<'_> {
        match &self.content {
            Content::File(file) => Opening::File(&file.path),
            Content::Rows(rows) => Opening::Rows(rows.as_ref()),
        }
    }

    /// How it is no longer as it was when its digest was taken; the digest then says nothing about what was read.
    pub fn change(&self) -> Option<String> {
        match &self.content {
            Content::File(file) => file.change(&self.digest),
            Content::Rows(rows) => rows.change(),
        }
    }

    /// Whether two addresses led to one source.
    pub(super) fn is_the_same(&self, other: &Source) -> bool {
        match (&self.content, &other.content) {
            (Content::File(one), Content::File(other)) => one.path == other.path,
            (Content::Rows(_), Content::Rows(_)) => self.name == other.name,
            _ => false,
        }
    }
}

impl<'a> From<&'a Path> for Opening<'a> {
    fn from(path: &'a Path) -> Self {
        Opening::File(path)
    }
}

impl<'a> From<&'a PathBuf> for Opening<'a> {
    fn from(path: &'a PathBuf) -> Self {
        Opening::File(path)
    }
}
