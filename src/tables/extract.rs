//! Columns out of batches, as plain vectors for the pure rooms.

use std::ops::Range;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, SchemaRef, TimestampMicrosecondType,
};
use rayon::prelude::*;

use super::layout::{ColumnType, Layout};
use super::parquet_read::{read_batch_rows, read_batches, read_coded_batches, read_run_batches};
use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{NONE, Names, renumber};

/// A table in memory: some columns of a Parquet file.
pub struct Batches {
    /// Of the columns that were read.
    pub schema: SchemaRef,
    /// In file order.
    pub batches: Vec<RecordBatch>,
}

impl Batches {
    /// Reads the named columns (all for an empty list).
    pub fn read(path: &Path, columns: &[&str]) -> Result<Batches> {
        let (schema, batches) = read_batches(path, columns)?;
        Ok(Batches { schema, batches })
    }

    /// The same of a run of row groups.
    pub fn read_run(path: &Path, columns: &[&str], run: Range<usize>) -> Result<Batches> {
        let (schema, batches) = read_run_batches(path, columns, run)?;
        Ok(Batches { schema, batches })
    }

    /// Reads the named columns with texts as numbers into a dictionary: the fast way to [`Batches::ids`].
    pub fn read_coded(path: &Path, columns: &[&str]) -> Result<Batches> {
        Batches::read_groups(path, columns, None)
    }

    /// The same of some row groups, or of all.
    pub fn read_groups(path: &Path, columns: &[&str], groups: Option<&[usize]>) -> Result<Batches> {
        let (schema, batches) = read_coded_batches(path, columns, groups)?;
        Ok(Batches { schema, batches })
    }

    /// Reads all columns of some rows, by their numbers in the file, ascending.
    pub fn read_rows(path: &Path, rows: &[u32]) -> Result<Batches> {
        let (schema, batches) = read_batch_rows(path, rows)?;
        Ok(Batches { schema, batches })
    }

    /// Reads the columns of a layout that the file has; those it must have are checked.
    pub fn read_layout(path: &Path, layout: &Layout) -> Result<Batches> {
        let schema = super::parquet_read::read_schema(path)?;
        if let Some(breach) = (Layout { open: true, ..*layout }).breach(&schema) {
            let required = layout.columns.iter().any(|c| !c.nullable && schema.index_of(c.name).is_err());
            let typed = layout.columns.iter().any(|c| {
                schema.field_with_name(c.name).is_ok_and(|f| {
                    let found = ColumnType::of(f.data_type());
                    found != Some(c.kind) && !(found == Some(ColumnType::Integer) && c.kind == ColumnType::Number)
                })
            });
            if required || typed {
                return Problem::new(&codes::BAD_TABLE, breach).err();
            }
        }
        let present: Vec<&str> =
            layout.columns.iter().map(|c| c.name).filter(|name| schema.index_of(name).is_ok()).collect();
        Batches::read(path, &present)
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Whether the column is there.
    pub fn has(&self, name: &str) -> bool {
        self.schema.index_of(name).is_ok()
    }

    /// The column's type, if it is there and crosses boundaries.
    pub fn kind(&self, name: &str) -> Option<ColumnType> {
        self.schema.field_with_name(name).ok().and_then(|f| ColumnType::of(f.data_type()))
    }

    /// Integers; `None` where empty.
    pub fn integers(&self, name: &str) -> Result<Vec<Option<i64>>> {
        self.each(name, &DataType::Int64, |array, out| out.extend(array.as_primitive::<Int64Type>().iter()))
    }

    /// Numbers; NaN where empty. Integers, decimals and booleans are turned into numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        self.each(name, &DataType::Float64, |array, out| {
            out.extend(array.as_primitive::<Float64Type>().iter().map(|v| v.unwrap_or(f64::NAN)));
        })
    }

    /// Decimals as integers in units of their last place (ten-thousandths for money, thousandths for quantities);
    /// empty cells take `empty`.
    pub fn decimals(&self, name: &str, empty: i64) -> Result<Vec<i64>> {
        let index = self.index(name)?;
        if self.batches.iter().any(|batch| batch.column(index).as_primitive_opt::<Decimal128Type>().is_none()) {
            return Problem::new(&codes::BAD_TABLE, format!("column `{name}` is not a decimal")).err();
        }
        let parts: Vec<Option<Vec<i64>>> = self
            .batches
            .par_iter()
            .map(|batch| {
                let values = batch.column(index).as_primitive::<Decimal128Type>().iter();
                values.map(|value| value.map_or(Some(empty), |value| i64::try_from(value).ok())).collect()
            })
            .collect();
        let mut out = Vec::with_capacity(self.rows());
        for part in parts {
            let Some(mut part) = part else {
                return Problem::new(&codes::BAD_DATA, format!("column `{name}` holds a number too large")).err();
            };
            out.append(&mut part);
        }
        Ok(out)
    }

    /// UTC instants in microseconds; `None` where empty.
    pub fn times(&self, name: &str) -> Result<Vec<Option<i64>>> {
        self.each(name, &ColumnType::Time.arrow(), |array, out| {
            out.extend(array.as_primitive::<TimestampMicrosecondType>().iter());
        })
    }

    /// UTC instants in microseconds of a column that is never empty.
    ///
    /// # Errors
    /// When a cell is empty.
    pub fn instants(&self, name: &str) -> Result<Vec<i64>> {
        let times = self.each(name, &ColumnType::Time.arrow(), |array, out| {
            // A batch with an empty cell gives no row at all, which the count shows.
            if array.null_count() == 0 {
                out.extend_from_slice(array.as_primitive::<TimestampMicrosecondType>().values());
            }
        })?;
        if times.len() != self.rows() {
            return Problem::new(&codes::BAD_TABLE, format!("column `{name}` has empty cells")).err();
        }
        Ok(times)
    }

    /// Days since 1970-01-01; `None` where empty.
    pub fn dates(&self, name: &str) -> Result<Vec<Option<i32>>> {
        self.each(name, &DataType::Date32, |array, out| out.extend(array.as_primitive::<Date32Type>().iter()))
    }

    /// Booleans; `None` where empty.
    pub fn booleans(&self, name: &str) -> Result<Vec<Option<bool>>> {
        self.each(name, &DataType::Boolean, |array, out| out.extend(array.as_boolean().iter()))
    }

    /// Texts; `None` where empty. Any type is shown as text.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>> {
        self.each(name, &DataType::Utf8, |array, out| {
            out.extend(array.as_string::<i32>().iter().map(|v| v.map(str::to_owned)));
        })
    }

    /// Sets of texts; an empty cell is an empty set.
    ///
    /// # Errors
    /// When the column holds anything but lists of texts.
    pub fn sets(&self, name: &str) -> Result<Vec<Vec<String>>> {
        self.listed(name, ColumnType::Texts, texts_of)
    }

    /// Orders one after the other, each a set of texts.
    ///
    /// # Errors
    /// When the column holds anything but lists of lists of texts.
    pub fn orders(&self, name: &str) -> Result<Vec<Vec<Vec<String>>>> {
        self.listed(name, ColumnType::Orders, |row| {
            let lists = row.as_list::<i32>();
            (0..lists.len()).map(|at| texts_of(&lists.value(at))).collect()
        })
    }

    fn listed<T: Default + Send>(
        &self,
        name: &str,
        kind: ColumnType,
        members: impl Fn(&ArrayRef) -> T + Sync,
    ) -> Result<Vec<T>> {
        if self.kind(name).is_some_and(|found| found != kind) {
            let message = format!("column `{name}` is not a {}", kind.word());
            return Problem::new(&codes::BAD_TABLE, message).err();
        }
        self.each(name, &kind.arrow(), |array, out| {
            let lists = array.as_list::<i32>();
            let row = |at: usize| if lists.is_null(at) { T::default() } else { members(&lists.value(at)) };
            out.extend((0..lists.len()).map(row));
        })
    }

    /// Texts as dense ids in order of first appearance, with the texts themselves; [`NONE`] where empty.
    pub fn ids(&self, name: &str) -> Result<(Vec<u32>, Names)> {
        let index = self.index(name)?;
        interned(self.batches.iter().map(|batch| batch.column(index)), name)
    }

    /// As [`Batches::ids`], numbered in the order of the texts, so that nothing depends on the order of the rows.
    pub fn sorted_ids(&self, name: &str) -> Result<(Vec<u32>, Names)> {
        let (mut ids, names) = self.ids(name)?;
        let (names, to) = names.sorted();
        renumber(&mut ids, &to);
        Ok((ids, names))
    }

    fn index(&self, name: &str) -> Result<usize> {
        self.schema
            .index_of(name)
            .map_err(|_| Problem::new(&codes::BAD_TABLE, format!("the table has no column `{name}`")).boxed())
    }

    fn each<T: Send>(
        &self,
        name: &str,
        kind: &DataType,
        take: impl Fn(&ArrayRef, &mut Vec<T>) + Sync,
    ) -> Result<Vec<T>> {
        let index = self.index(name)?;
        let parts: Vec<Result<Vec<T>>> = self
            .batches
            .par_iter()
            .map(|batch| {
                let array = cast(batch.column(index), kind).map_err(|e| {
                    Problem::new(&codes::BAD_TABLE, format!("column `{name}` cannot be read as {kind}: {e}")).boxed()
                })?;
                let mut part = Vec::with_capacity(batch.num_rows());
                take(&array, &mut part);
                Ok(part)
            })
            .collect();
        let mut out = Vec::with_capacity(self.rows());
        for part in parts {
            out.append(&mut part?);
        }
        Ok(out)
    }
}

fn texts_of(array: &ArrayRef) -> Vec<String> {
    array.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

/// Texts of several arrays as dense ids in order of first appearance. Each array is numbered by itself, then the numbers
/// are translated, so that the work spreads over the threads and the outcome does not.
fn interned<'a>(arrays: impl Iterator<Item = &'a ArrayRef>, name: &str) -> Result<(Vec<u32>, Names)> {
    let arrays: Vec<&ArrayRef> = arrays.collect();
    let own: Vec<Result<(Vec<u32>, Names)>> = arrays.par_iter().map(|array| interned_one(array, name)).collect();
    let mut names = Names::new();
    let mut parts = Vec::with_capacity(own.len());
    for part in own {
        let (ids, words) = part?;
        parts.push((ids, names.absorb(&words)));
    }
    parts.par_iter_mut().for_each(|(ids, to)| renumber(ids, to));
    let mut ids = Vec::with_capacity(parts.iter().map(|part| part.0.len()).sum());
    parts.into_iter().for_each(|mut part| ids.append(&mut part.0));
    Ok((ids, names))
}

fn interned_one(array: &ArrayRef, name: &str) -> Result<(Vec<u32>, Names)> {
    let mut names = Names::new();
    let mut ids = Vec::with_capacity(array.len());
    let dictionary = array.as_dictionary_opt::<Int32Type>();
    let words = dictionary.map_or(array, |dictionary| dictionary.values());
    let words = cast(words, &DataType::Utf8)
        .map_err(|e| Problem::new(&codes::BAD_TABLE, format!("column `{name}` cannot be read as text: {e}")).boxed())?;
    let words = words.as_string::<i32>();
    let mut intern = |place: usize| if words.is_null(place) { NONE } else { names.intern(words.value(place)) };
    match dictionary {
        Some(dictionary) => {
            let mut translated: Vec<Option<u32>> = vec![None; words.len()];
            ids.extend(dictionary.keys().iter().map(|key| match key {
                Some(key) => *translated[key as usize].get_or_insert_with(|| intern(key as usize)),
                None => NONE,
            }));
        }
        None => ids.extend((0..words.len()).map(&mut intern)),
    }
    Ok((ids, names))
}
