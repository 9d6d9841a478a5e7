//! What the miners of sequences read: the file, which of its items, and their categories.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Common, numbers_of, parquet, tell_set_aside, unknown};
use crate::cli::Failure;
use crate::diagnostics::{Problem, codes};
use crate::mining::Taxonomy;
use crate::mining::sequences::{
    ElementBy, Emptied, NamedSequences, ReadSequences, RollUp, SequenceError, Sequences, civil_seconds,
    guess_sequence_format, read_categories, read_sequences, read_weights, sequence_formats,
};
use crate::orders::Names;
use crate::sources::plain::read_plain;

/// Arguments of the miners of sequences.
#[derive(Args, Debug)]
pub(super) struct SequenceInput {
    /// Form of the file: spmf, steps, long-csv or parquet [default: by its name and content].
    #[arg(long)]
    format: Option<String>,
    /// Customer column of a long CSV or Parquet file [default: the first].
    #[arg(long, value_name = "COLUMN")]
    customer_column: Option<String>,
    /// Time column of a long CSV or Parquet file [default: the second].
    #[arg(long, value_name = "COLUMN")]
    time_column: Option<String>,
    /// Item column of a long CSV or Parquet file [default: the third].
    #[arg(long, value_name = "COLUMN")]
    item_column: Option<String>,
    /// Column of a long CSV or Parquet file with the weights of customers, whole numbers; supports are then sums of weights.
    #[arg(long, value_name = "COLUMN", conflicts_with = "weights")]
    weight_column: Option<String>,
    /// File with the weight of each sequence, a whole number a line; supports are then sums of weights.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// What makes lines of a long CSV or Parquet file one element: the same day, or the same time.
    #[arg(long, value_name = "WHAT", default_value = "day")]
    element: String,
    /// Nothing from this day or time on is read.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<i64>,
    /// Only this item, or the items of this category, are read; may be given more than once. Distances in orders count
    /// orders of which nothing is read, too.
    #[arg(long, value_name = "ITEM")]
    only: Vec<String>,
    /// An item, or the items of a category, that are not read; may be given more than once.
    #[arg(long, value_name = "ITEM")]
    leave_out: Vec<String>,
    /// File with an item and its category a line; categories may have categories.
    #[arg(long, value_name = "FILE")]
    categories: Option<PathBuf>,
    /// With --categories, what is mined: item, category (the topmost instead of the item), parent (the next one) or both
    /// (all beside the item).
    #[arg(long, value_name = "LEVEL", default_value = "item", requires = "categories")]
    level: String,
}

/// What was read, and what its numbers stand for.
pub(super) struct SequenceData {
    pub sequences: Sequences,
    /// Of items, and of categories behind them.
    pub names: Names,
    categories: Option<Taxonomy>,
    /// Where items are rolled up: how, and which items and categories are mined.
    rolled: Option<(RollUp, Vec<bool>)>,
    /// The categories, where they stand beside their items.
    pub taxonomy: Option<Taxonomy>,
}

/// The names of levels, and how each rolls items up.
const LEVELS: [(&str, Option<RollUp>); 4] = [
    ("item", None),
    ("category", Some(RollUp::Replace)),
    ("parent", Some(RollUp::ReplaceByParent)),
    ("both", Some(RollUp::Beside)),
];

const ELEMENTS: [(&str, ElementBy); 2] = [("day", ElementBy::Day), ("time", ElementBy::Time)];

impl SequenceInput {
    /// The sequences as the arguments ask for them.
    pub(super) fn read(&self, common: &Common) -> Result<SequenceData, Failure> {
        let level = named("level", &self.level, &LEVELS)?;
        let element = named("element", &self.element, &ELEMENTS)?;
        let mut read = match self.parquet(&common.file) {
            true => {
                let columns = [&self.customer_column, &self.time_column, &self.item_column].map(|name| name.as_deref());
                parquet::read_sequences(&common.file, columns, self.weight_column.as_deref(), element)?
            }
            false => self.text(common, element)?,
        };
        tell_set_aside(&read.set_aside, read.set_aside_lines);
        if let Some(path) = &self.weights {
            let text = read_plain(path).map_err(|e| bad(path, &e))?;
            let weights = read_weights(&text).map_err(|e| bad(path, &e))?;
            read.sequences = read.sequences.with_weights(weights).map_err(|e| bad(path, &e))?;
        }
        let categories = match &self.categories {
            None => None,
            Some(path) => {
                let text = read_plain(path).map_err(|e| bad(path, &e))?;
                Some(read_categories(&text, &mut read.items).map_err(|e| bad(path, &e))?)
            }
        };
        let mut data =
            SequenceData { sequences: read.sequences, names: read.items, categories, rolled: None, taxonomy: None };
        if let Some(until) = self.until {
            data.sequences = data.sequences.until(until);
        }
        if !self.only.is_empty() || !self.leave_out.is_empty() {
            let (only, out) = (data.with_items_of(&self.only)?, data.with_items_of(&self.leave_out)?);
            let wanted = |item: u32| (self.only.is_empty() || only.contains(&item)) && !out.contains(&item);
            let read: Vec<bool> = (0..data.sequences.item_count()).map(wanted).collect();
            data.sequences = data.sequences.of_items(&read, Emptied::Kept);
        }
        if let (Some(how), Some(taxonomy)) = (level, &data.categories) {
            let mut mined = vec![false; data.names.len()];
            (0..data.sequences.item_count()).for_each(|item| mined[how.mined_as(taxonomy, item) as usize] = true);
            data.rolled = Some((how, mined)).filter(|_| how != RollUp::Beside);
            let rolled = data.sequences.rolled_up(taxonomy, data.names.len() as u32, how);
            data.sequences = rolled.map_err(|e| bad(&common.file, &e))?;
            data.taxonomy = (how == RollUp::Beside).then(|| taxonomy.clone());
        }
        Ok(data)
    }

    fn parquet(&self, path: &Path) -> bool {
        match &self.format {
            Some(name) => name == parquet::FORMAT,
            None => super::by_name(path) == parquet::FORMAT,
        }
    }

    fn text(&self, common: &Common, element: ElementBy) -> Result<NamedSequences, Failure> {
        let bytes = common.bytes()?;
        let format = match &self.format {
            None => guess_sequence_format(&bytes),
            Some(name) => {
                let row = sequence_formats().iter().find(|row| row.name == name);
                let names = || sequence_formats().iter().map(|row| row.name).chain([parquet::FORMAT]).collect();
                row.ok_or_else(|| unknown("format", name, names()))?.format
            }
        };
        let reading = ReadSequences {
            format,
            customer_column: self.customer_column.clone(),
            time_column: self.time_column.clone(),
            item_column: self.item_column.clone(),
            weight_column: self.weight_column.clone(),
            element,
            ..ReadSequences::default()
        };
        read_sequences(&bytes, &reading).map_err(|e| bad(&common.file, &e))
    }
}

impl SequenceData {
    /// What patterns may be asked for by: as [`SequenceData::with_items_of`], but nothing that is rolled up.
    pub(super) fn mined_items_of(&self, flag: &str, words: &[String]) -> Result<Vec<u32>, Failure> {
        if let (Some((how, mined)), Some(taxonomy)) = (&self.rolled, &self.categories) {
            for word in words {
                let numbers = self.with_items_of(std::slice::from_ref(word))?;
                if !numbers.iter().any(|&number| mined[number as usize]) {
                    let group = self.names.get(how.mined_as(taxonomy, numbers[0]));
                    let message = format!("{flag}: `{word}` is mined as its category `{group}`");
                    let help = format!("name `{group}`, or write --level item or both");
                    return Err(Failure::One(Problem::new(&codes::BAD_CALL, message).help(help).boxed()));
                }
            }
        }
        self.with_items_of(words)
    }

    /// The numbers of items and categories, and of all items of the categories.
    pub(super) fn with_items_of(&self, words: &[String]) -> Result<Vec<u32>, Failure> {
        let mut numbers = numbers_of(words, &self.names)?;
        if let Some(taxonomy) = self.categories.as_ref().filter(|_| !numbers.is_empty()) {
            let of_one = |item: &u32| taxonomy.ancestors(*item).any(|group| numbers.contains(&group));
            let items: Vec<u32> = (0..self.names.len() as u32).filter(of_one).collect();
            numbers.extend(items);
        }
        // Categories that are not mined have no number among the sequences' items.
        numbers.retain(|&number| number < self.sequences.item_count());
        Ok(numbers)
    }
}

/// Why a call that the library refuses fails: what could not be written, or what cannot be asked for.
pub(super) fn refused(error: &SequenceError) -> Failure {
    let code = if matches!(error, SequenceError::Write(_)) { &codes::FILE_TROUBLE } else { &codes::BAD_CALL };
    Failure::One(Problem::new(code, error.to_string()).boxed())
}

fn named<T: Copy>(what: &str, name: &str, rows: &[(&'static str, T)]) -> Result<T, Failure> {
    let row = rows.iter().find(|row| row.0 == name);
    row.map(|row| row.1).ok_or_else(|| unknown(what, name, rows.iter().map(|row| row.0).collect()))
}

fn time(text: &str) -> Result<i64, String> {
    civil_seconds(text).ok_or_else(|| "a date such as 2011-12-09 is needed, or a number of days".to_owned())
}

fn bad(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::One(Problem::new(&codes::BAD_SOURCE, format!("{}: {error}", path.display())).boxed())
}
