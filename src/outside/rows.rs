//! Rows with types, as a source gives them.

use std::fmt::Debug;

use arrow::record_batch::RecordBatchReader;

/// The batches of a source in order, with their schema.
pub type Reading = Box<dyn RecordBatchReader + Send>;

/// A source of rows with types. Every reading gives the same rows in the same order, so that a row's place, counted from 1,
/// says which one it is; a source without an order of its own sorts.
pub trait Rows: Debug + Send + Sync {
    /// How many rows there are, where that is known beforehand.
    fn count(&self) -> Option<u64>;

    /// Starts a reading, in batches of at most so many rows.
    ///
    /// # Errors
    /// Why it cannot be read, without secrets.
    fn read(&self, batch_rows: usize) -> Result<Reading, String>;

    /// How it is no longer as it was when its digest was taken.
    fn change(&self) -> Option<String>;
}
