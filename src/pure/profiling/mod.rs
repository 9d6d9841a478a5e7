//! What a table that nobody has described probably holds: what its columns are, which of them name a row, and what each one is for.
//!
//! Knows names of columns and texts of cells, and which of these texts the caller can read as dates. Knows no file and no format of one, no
//! clock, no pipeline; it proposes and says how sure it is, and a person decides.
//!
//! Reading order: `amount`, `clock` and `distinct` (one value, many values), `column` (what the values of a column have in common), `role` and `names` (what a column can
//! be for, and what such columns are called), `roles` (what a column is for), `assign` (one column for each role), `exports` (layouts of known exports), `holds` (what a table
//! is), `mask` (personal values as they may be shown), `zones` (time zones of countries).

mod amount;
mod assign;
mod clock;
mod column;
mod distinct;
mod exports;
mod holds;
mod mask;
mod names;
mod role;
mod roles;
mod zones;

pub use amount::amount;
pub use assign::{Assigned, assign};
pub use clock::Clock;
pub use column::{Column, Dates, Kind, Seen};
pub use distinct::Distinct;
pub use exports::{EXPORTS, Export, ExportColumn, export_of};
pub use holds::{Holds, Table, holds};
pub use mask::masked;
pub use names::plain;
pub use role::Role;
pub use roles::{LEAST, best, score, sureness};
pub use zones::{zone_of_country, zone_of_name};
