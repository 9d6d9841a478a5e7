//! Where the itemsets go: counted, collected, handed on or written as lines.
//!
//! The search hands its findings over in pieces ([`Output::Part`]), each filled by one thread; pieces are taken in the
//! order of the search. What a piece receives is compact: a set with items that may each be added without changing the
//! support, or a cube of subsets of a few items, so that an output which need not spell the sets out can use closed forms.

mod handed;
mod receiver;
mod tally;
mod text;

pub(super) use handed::{Handed, Kept};
pub use receiver::Itemset;
pub(super) use receiver::{Cube, Output};
pub(super) use tally::Count;
pub(super) use text::Text;
pub(crate) use text::json_string;
pub use text::{Style, StyleRow, Unclear, styles};
