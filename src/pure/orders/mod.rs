//! A shop's order history: lines and returns as columns of numbers, the names behind the numbers, and what was known of it at a
//! date.
//!
//! Every other pure room may import this one. Knows nothing of files, tables, time zones, clocks, features or models; customers,
//! orders, items and categories are dense numbers, times are civil seconds.
//!
//! In reading order: [`Names`] numbers texts; [`Orders`] holds the lines; [`AsOf`] and [`After`] cut them at a date, and are
//! the only ways to read them; [`ByOrder`] has the lines of a cut order by order.

mod as_of;
mod by_order;
mod items;
mod lines;
mod names;

pub(crate) use as_of::window;
pub use as_of::{After, AfterError, AsOf};
pub use by_order::ByOrder;
pub use items::{last_sold, usual_categories};
pub use lines::{Lines, LinesOf, Orders, OrdersError, Returns, ReturnsOf, UNMATCHED};
pub use names::{NONE, Names, renumber};
