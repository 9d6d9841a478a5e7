//! How loyal customers are: persistence, firmness and stability of their purchases, what these scores predicted, matrices of attitude and
//! behaviour, and how much more customers alike spend.
//!
//! Knows orders at a date, answers on scales and shocks as times; no file, name, clock, table or text for people. Customers and
//! categories are dense ids, periods have equal lengths and end at the date.
//!
//! In reading order: [`Spending`] is what all measures look at; [`COMPONENTS`] says what is measured and [`measure()`] measures it, by
//! [`persistence`](Persistence), slopes, [`kept_share()`], [`after_shocks()`], [`evenness()`], [`gamma_shape()`] and [`clumpiness()`];
//! [`scores()`] ranks; [`judge()`] says what each predicted. [`MATRICES`] are made from one table of [`AXES`]; [`headroom()`] is the
//! quantile that customers alike reach, [`wallet_shares()`] the rule for surveys of brands, [`group_totals()`] what segments spend.

mod axes;
mod categories;
mod clumpiness;
mod components;
mod estimate;
#[cfg(test)]
mod evidence;
mod groups;
mod headroom;
mod judging;
mod matrices;
mod measure;
mod persistence;
mod quantile_regression;
mod regularity;
mod scores;
mod shocks;
mod spending;
mod stability;
mod wallet;

pub use axes::{AXES, Axis, AxisRow, Reading, Side, Source, answered, side};
pub use categories::{Bought, bought_categories, kept_share};
pub use clumpiness::{Critical, clumpiness};
pub use components::{COMPONENTS, Component, MEASURES, Measure};
pub use estimate::{Estimate, Z};
pub use groups::group_totals;
pub use headroom::{Coverage, Headroom, HeadroomError, headroom};
pub use judging::{Found, Judged, Origin, Verdict, judge};
pub use matrices::{CELLS, Cell, MATRICES, Matrix, cell};
pub use measure::{Measured, days_of, measure};
pub use persistence::{Persistence, persistence};
pub use regularity::{Regularity, gamma_shape, wheat_morrison};
pub use scores::{Score, Scored, scores};
pub use shocks::{AfterShocks, Shock, after_shocks};
pub use spending::{Span, Spending};
pub use stability::evenness;
pub use wallet::wallet_shares;
