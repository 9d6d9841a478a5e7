//! What comes in: raw order lines as columns, with the texts that their numbers stand for.

use rayon::prelude::*;

use crate::orders::Names;

/// Raw order lines: columns of equal length, row `i` being the `i`-th row of the input.
///
/// Rows of one source come in one stretch and in the source's own order; the search for overlapping extracts reads it.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    /// Order number, into [`Tables::orders`].
    pub order: &'a [u32],
    /// Customer, into [`Tables::customers`]; [`NONE`](crate::orders::NONE) when the buyer is not known.
    pub customer: &'a [u32],
    /// Item code, into [`Tables::items`].
    pub item: &'a [u32],
    /// Description, into [`Tables::descriptions`]; [`NONE`](crate::orders::NONE) when missing.
    pub description: &'a [u32],
    /// Instants: seconds since 1970-01-01T00:00 UTC. Which row came first is decided by them and never by the wall clock.
    pub time: &'a [i64],
    /// Calendar days in the shop's zone, counted from 1970-01-01.
    pub day: &'a [i32],
    /// Thousandths of a piece; negative when goods come back.
    pub quantity: &'a [i64],
    /// Ten-thousandths of the currency unit per piece.
    pub unit_price: &'a [i64],
    /// Ordinal of the file, sheet or extract that the row came from.
    pub source: &'a [u32],
    /// Where orders are stated as a whole: which statement the row belongs to, a greater number being a later one.
    pub statement: Option<&'a [u32]>,
}

/// The texts behind the numbers of [`Lines`], as they stood in the source.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a> {
    /// Order numbers.
    pub orders: &'a Names,
    /// Customer ids.
    pub customers: &'a Names,
    /// Item codes.
    pub items: &'a Names,
    /// Descriptions.
    pub descriptions: &'a Names,
}

/// What makes lines unfit for cleaning: a mistake of the caller, not of the shop's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CleaningError {
    /// Two columns differ in length.
    #[error(
        "column `{column}` of the order lines has {rows} rows where `order` has {expected}: give all columns the same length"
    )]
    ColumnLength {
        /// The column.
        column: &'static str,
        /// Its rows.
        rows: usize,
        /// The rows of `order`.
        expected: usize,
    },
    /// A number without a text.
    #[error(
        "column `{column}` holds the number {id}, but its table has only {names} names: intern the column with that table"
    )]
    UnknownId {
        /// The column.
        column: &'static str,
        /// The number.
        id: u32,
        /// The names in the table.
        names: usize,
    },
    /// More rows than `u32` can number.
    #[error("{rows} order lines are more than the {} that one cleaning can take: split the input by customer", u32::MAX - 1)]
    TooManyRows {
        /// The rows given.
        rows: usize,
    },
}

impl Lines<'_> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The amount of a row in ten-thousandths of the currency unit.
    pub fn amount(&self, row: usize) -> i128 {
        amount(self.quantity[row], self.unit_price[row])
    }

    /// Whether the columns are of one length and each number has its text.
    ///
    /// # Errors
    /// The first column that does not fit.
    pub fn check(&self, tables: &Tables) -> Result<(), CleaningError> {
        let expected = self.order.len();
        if expected >= u32::MAX as usize {
            return Err(CleaningError::TooManyRows { rows: expected });
        }
        let lengths = [
            ("customer", self.customer.len()),
            ("item", self.item.len()),
            ("description", self.description.len()),
            ("time", self.time.len()),
            ("day", self.day.len()),
            ("quantity", self.quantity.len()),
            ("unit_price", self.unit_price.len()),
            ("source", self.source.len()),
            ("statement", self.statement.map_or(expected, <[u32]>::len)),
        ];
        if let Some(&(column, rows)) = lengths.iter().find(|(_, rows)| *rows != expected) {
            return Err(CleaningError::ColumnLength { column, rows, expected });
        }
        for (column, ids, names) in [
            ("order", self.order, tables.orders),
            ("customer", self.customer, tables.customers),
            ("item", self.item, tables.items),
            ("description", self.description, tables.descriptions),
        ] {
            // NONE plus one wraps to zero, so that the greatest of the shifted numbers ignores it.
            let most = ids.par_iter().map(|id| id.wrapping_add(1)).max().unwrap_or(0);
            if most as usize > names.len() {
                return Err(CleaningError::UnknownId { column, id: most - 1, names: names.len() });
            }
        }
        Ok(())
    }
}

/// Quantity (thousandths) times unit price (ten-thousandths) in ten-thousandths, halves rounded away from zero.
///
/// Every sum of money in this room adds these rounded amounts, so sums of parts equal the sum of the whole exactly.
pub fn amount(quantity: i64, unit_price: i64) -> i128 {
    match quantity.checked_mul(unit_price) {
        Some(product) => {
            let (whole, rest) = (product / 1000, product % 1000);
            i128::from(whole + if rest.abs() >= 500 { rest.signum() } else { 0 })
        }
        None => {
            let product = i128::from(quantity) * i128::from(unit_price);
            let (whole, rest) = (product / 1000, product % 1000);
            whole + if rest.abs() >= 500 { rest.signum() } else { 0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::NONE;

    #[test]
    fn amounts_round_half_away_from_zero() {
        assert_eq!(amount(6_000, 25_500), 153_000);
        assert_eq!(amount(1, 500), 1);
        assert_eq!(amount(1, 499), 0);
        assert_eq!(amount(-1, 500), -1);
        assert_eq!(amount(i64::MAX, 1_000), i128::from(i64::MAX));
        assert_eq!(amount(i64::MIN, i64::MIN), (1i128 << 126).div_euclid(1000) + 1);
    }

    #[test]
    fn misfit_columns_are_named() {
        let names: Names = ["a"].into_iter().collect();
        let tables = Tables { orders: &names, customers: &names, items: &names, descriptions: &names };
        let mut lines = Lines {
            order: &[0],
            customer: &[NONE],
            item: &[0],
            description: &[NONE],
            time: &[0],
            day: &[0],
            quantity: &[0],
            unit_price: &[0],
            source: &[0],
            statement: None,
        };
        assert_eq!(lines.check(&tables), Ok(()));
        lines.item = &[1];
        assert_eq!(lines.check(&tables), Err(CleaningError::UnknownId { column: "item", id: 1, names: 1 }));
        lines.time = &[];
        assert_eq!(lines.check(&tables), Err(CleaningError::ColumnLength { column: "time", rows: 0, expected: 1 }));
    }
}
