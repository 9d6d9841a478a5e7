//! The table that learners see: one row per customer and snapshot, named columns of numbers or words.

use std::collections::BTreeMap;

use super::LearningError;

/// The code of a missing word.
pub const MISSING_WORD: u32 = u32::MAX;

/// The values of a column, one per row.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; NaN is missing. Infinities are allowed: trees put them at the ends, the logistic regression takes them for
    /// the farthest finite value that it was trained on.
    Numbers(Vec<f64>),
    /// Categories: `codes[row]` indexes `words`; [`MISSING_WORD`] is missing.
    Words {
        /// One index into `words` per row.
        codes: Vec<u32>,
        /// The distinct categories. Two matrices may number them differently: models match them by the word.
        words: Vec<String>,
    },
}

impl Values {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Numbers(numbers) => numbers.len(),
            Values::Words { codes, .. } => codes.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn take(&self, rows: &[u32]) -> Values {
        match self {
            Values::Numbers(numbers) => Values::Numbers(rows.iter().map(|&row| numbers[row as usize]).collect()),
            Values::Words { codes, words } => {
                Values::Words { codes: rows.iter().map(|&row| codes[row as usize]).collect(), words: words.clone() }
            }
        }
    }
}

/// One named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Unique within its matrix; models find their columns by it.
    pub name: String,
    /// The family of features it belongs to (recency, money, variety…), by which reasons are grouped.
    pub family: String,
    /// One value per row.
    pub values: Values,
}

impl Column {
    /// A column of numbers that is a family of its own.
    pub fn numbers(name: &str, values: Vec<f64>) -> Column {
        Column { name: name.to_owned(), family: name.to_owned(), values: Values::Numbers(values) }
    }

    /// A column of words that is a family of its own; an empty word is missing. Categories are numbered in the order of
    /// their first appearance.
    pub fn words<S: AsRef<str>>(name: &str, values: &[S]) -> Column {
        let mut seen = BTreeMap::new();
        let mut words: Vec<String> = Vec::new();
        let codes = values
            .iter()
            .map(|value| match value.as_ref() {
                "" => MISSING_WORD,
                word => *seen.entry(word.to_owned()).or_insert_with(|| {
                    words.push(word.to_owned());
                    words.len() as u32 - 1
                }),
            })
            .collect();
        Column { name: name.to_owned(), family: name.to_owned(), values: Values::Words { codes, words } }
    }

    /// The same column in another family.
    pub fn in_family(mut self, family: &str) -> Column {
        family.clone_into(&mut self.family);
        self
    }
}

/// Rows × named columns, with the customer, the snapshot and the weight of each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: Vec<Column>,
    customers: Vec<u32>,
    snapshots: Vec<i64>,
    weights: Option<Vec<f64>>,
}

impl Matrix {
    /// A matrix of these columns. Unless stated otherwise each row is a customer of its own, all rows are of one snapshot
    /// (date 0) and weigh the same.
    ///
    /// # Errors
    /// When columns differ in length, share a name, or a code has no word.
    pub fn new(columns: Vec<Column>) -> Result<Matrix, LearningError> {
        let rows = columns.first().map_or(0, |column| column.values.len());
        let mut names = std::collections::BTreeSet::new();
        for column in &columns {
            if column.values.len() != rows {
                return Err(LearningError::ColumnLength {
                    column: column.name.clone(),
                    rows,
                    found: column.values.len(),
                });
            }
            if !names.insert(column.name.as_str()) {
                return Err(LearningError::ColumnTwice { column: column.name.clone() });
            }
            if let Values::Words { codes, words } = &column.values
                && let Some(&code) = codes.iter().find(|&&code| code != MISSING_WORD && code as usize >= words.len())
            {
                return Err(LearningError::WordCode { column: column.name.clone(), code, words: words.len() });
            }
        }
        let (customers, snapshots) = ((0..rows as u32).collect(), vec![0; rows]);
        Ok(Matrix { rows, columns, customers, snapshots, weights: None })
    }

    /// The same matrix with a customer per row: rows of one customer never stand on both sides of a random split.
    ///
    /// # Errors
    /// When there is not one per row.
    pub fn with_customers(mut self, customers: Vec<u32>) -> Result<Matrix, LearningError> {
        self.expect_rows("customers", customers.len())?;
        self.customers = customers;
        Ok(self)
    }

    /// Rows by snapshot, the earliest first.
    pub fn by_snapshot(&self) -> BTreeMap<i64, Vec<u32>> {
        let mut by_date: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        for (row, &snapshot) in self.snapshots.iter().enumerate() {
            by_date.entry(snapshot).or_default().push(row as u32);
        }
        by_date
    }

    /// The same matrix with the as-of date of each row, in civil seconds.
    ///
    /// # Errors
    /// When there is not one per row.
    pub fn with_snapshots(mut self, snapshots: Vec<i64>) -> Result<Matrix, LearningError> {
        self.expect_rows("snapshots", snapshots.len())?;
        self.snapshots = snapshots;
        Ok(self)
    }

    /// The same matrix with a weight per row, each finite and at least 0.
    ///
    /// # Errors
    /// When there is not one per row, or one is negative or not finite.
    pub fn with_weights(mut self, weights: Vec<f64>) -> Result<Matrix, LearningError> {
        self.expect_rows("weights", weights.len())?;
        if let Some(row) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(LearningError::Weight { row, weight: weights[row] });
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// The same matrix with one column more.
    ///
    /// # Errors
    /// When it has another number of rows or its name is taken.
    pub fn with_column(mut self, column: Column) -> Result<Matrix, LearningError> {
        self.expect_rows("values", column.values.len())?;
        if self.column(&column.name).is_some() {
            return Err(LearningError::ColumnTwice { column: column.name });
        }
        self.columns.push(column);
        Ok(self)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The customer of each row.
    pub fn customers(&self) -> &[u32] {
        &self.customers
    }

    /// The as-of date of each row, civil seconds.
    pub fn snapshots(&self) -> &[i64] {
        &self.snapshots
    }

    /// The weight of each row, when rows do not weigh the same.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// The matrix of some rows, in the order asked for; a row may come more than once.
    ///
    /// # Panics
    /// When a row does not exist.
    pub fn take(&self, rows: &[u32]) -> Matrix {
        Matrix {
            rows: rows.len(),
            columns: self
                .columns
                .iter()
                .map(|column| Column {
                    name: column.name.clone(),
                    family: column.family.clone(),
                    values: column.values.take(rows),
                })
                .collect(),
            customers: rows.iter().map(|&row| self.customers[row as usize]).collect(),
            snapshots: rows.iter().map(|&row| self.snapshots[row as usize]).collect(),
            weights: self.weights.as_ref().map(|all| rows.iter().map(|&row| all[row as usize]).collect()),
        }
    }

    /// A copy with some columns only, named; none of them leaves who and when.
    pub fn only(&self, names: &[&str]) -> Matrix {
        Matrix {
            rows: self.rows,
            columns: self.columns.iter().filter(|column| names.contains(&column.name.as_str())).cloned().collect(),
            customers: self.customers.clone(),
            snapshots: self.snapshots.clone(),
            weights: self.weights.clone(),
        }
    }

    /// The matrix without some columns, named.
    pub fn without(mut self, names: &[&str]) -> Matrix {
        self.columns.retain(|column| !names.contains(&column.name.as_str()));
        self
    }

    fn expect_rows(&self, what: &'static str, found: usize) -> Result<(), LearningError> {
        if found == self.rows { Ok(()) } else { Err(LearningError::RowCount { what, rows: self.rows, found }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_rows_with_everything_that_belongs_to_them() {
        let matrix = Matrix::new(vec![
            Column::numbers("days", vec![1.0, 2.0, f64::NAN]),
            Column::words("plan", &["basic", "", "gold"]),
        ])
        .and_then(|matrix| matrix.with_customers(vec![7, 8, 7]))
        .and_then(|matrix| matrix.with_weights(vec![1.0, 0.5, 2.0]))
        .expect("consistent");
        let part = matrix.take(&[2, 0]);
        assert_eq!((part.rows(), part.customers(), part.weights()), (2, &[7, 7][..], Some(&[2.0, 1.0][..])));
        let Values::Words { codes, words } = &part.columns()[1].values else { panic!("words stay words") };
        assert_eq!((&codes[..], &words[0][..]), (&[1, 0][..], "basic"));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let ragged = Matrix::new(vec![Column::numbers("a", vec![1.0]), Column::numbers("b", vec![])]);
        assert!(matches!(ragged, Err(LearningError::ColumnLength { .. })));
        let twice = Matrix::new(vec![Column::numbers("a", vec![1.0]), Column::numbers("a", vec![2.0])]);
        assert!(matches!(twice, Err(LearningError::ColumnTwice { .. })));
        let matrix = Matrix::new(vec![Column::numbers("a", vec![1.0])]).expect("one column");
        assert!(matches!(matrix.with_weights(vec![-1.0]), Err(LearningError::Weight { .. })));
    }
}
