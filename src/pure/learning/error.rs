//! What can be wrong with data, settings or a stored model.

use thiserror::Error;

/// Why nothing was learned, scored or loaded; each message says what to do.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum LearningError {
    /// A matrix without rows.
    #[error("there is no row to learn from: widen the observation window or add a snapshot")]
    NoRows,
    /// A matrix without columns.
    #[error("there is no column to learn from: name at least one feature")]
    NoColumns,
    /// Columns of different lengths.
    #[error("column {column} has {found} rows where the others have {rows}")]
    ColumnLength {
        /// The column's name.
        column: String,
        /// Rows of the first column.
        rows: usize,
        /// Rows of this one.
        found: usize,
    },
    /// Two columns of one name.
    #[error("there are two columns {column}: rename one")]
    ColumnTwice {
        /// The name.
        column: String,
    },
    /// A code without a word.
    #[error("column {column} has the category code {code} but {words} words only")]
    WordCode {
        /// The column's name.
        column: String,
        /// The code.
        code: u32,
        /// How many words there are.
        words: usize,
    },
    /// A side column (labels, customers, …) of another length.
    #[error("there are {found} {what} for {rows} rows")]
    RowCount {
        /// What is counted.
        what: &'static str,
        /// Rows of the matrix.
        rows: usize,
        /// How many there are.
        found: usize,
    },
    /// A weight that is negative or not finite.
    #[error("row {row} weighs {weight}: weights are finite and at least 0")]
    Weight {
        /// The row.
        row: usize,
        /// Its weight.
        weight: f64,
    },
    /// All labels are the same.
    #[error(
        "all {rows} labels are {label}: a model needs rows of both kinds, so choose another horizon or more snapshots"
    )]
    OneClass {
        /// The only label.
        label: bool,
        /// How many rows.
        rows: usize,
    },
    /// A column that a model was trained on is not there.
    #[error("the model needs the column {column}, which the data do not have")]
    ColumnAbsent {
        /// The column's name.
        column: String,
    },
    /// A column of words where numbers were trained on, or the other way round.
    #[error("the model was trained on {trained} in the column {column}, the data have {found}")]
    ColumnKind {
        /// The column's name.
        column: String,
        /// What the model was trained on.
        trained: &'static str,
        /// What the data have.
        found: &'static str,
    },
    /// No model of this name.
    #[error("there is no model {name}: choose one of {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A model has no setting of this name.
    #[error("the model {model} has no setting {name}: its settings are {known}")]
    UnknownSetting {
        /// The model.
        model: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A setting out of its range.
    #[error("{name} of {model} is {value}: it must be {kind} from {least} to {most}")]
    SettingRange {
        /// The model.
        model: &'static str,
        /// The setting.
        name: &'static str,
        /// The value given.
        value: f64,
        /// "a number" or "a whole number".
        kind: &'static str,
        /// The least allowed value.
        least: f64,
        /// The greatest allowed value.
        most: f64,
    },
    /// The numbers of a fit ran away.
    #[error("{model} did not converge: {why}")]
    NoFit {
        /// The model.
        model: &'static str,
        /// What happened.
        why: String,
    },
    /// A stored model that is not one, or is damaged.
    #[error("this is not a whole model file: {why}; train the model again or restore the file")]
    Damaged {
        /// What is wrong.
        why: String,
    },
    /// A stored model of a newer program.
    #[error(
        "this model file has format {found}, this program reads up to {newest}: update patron or train the model again"
    )]
    NewerFormat {
        /// The file's format.
        found: u32,
        /// The newest one that is read.
        newest: u32,
    },
    /// A calculation that its input does not allow.
    #[error("{what} cannot be computed: {why}")]
    Undefined {
        /// What was asked for.
        what: &'static str,
        /// Why there is no such number.
        why: String,
    },
}
