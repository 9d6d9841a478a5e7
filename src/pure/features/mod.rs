//! Features of customers, and what they are labelled with: order lines in, one row of numbers per customer out.
//!
//! Everything is computed as of a date, and [`AsOf`](crate::orders::AsOf) is the only form in which orders reach a feature, so
//! that the future cannot leak. Knows nothing of files, names, clocks, models or campaigns; customers, orders and items are
//! dense ids.
//!
//! In reading order: [`ORDER_FEATURES`] says what there is; [`compute()`] makes the table in one pass, and [`compute_events()`] that
//! of complaints and ratings by [`EVENT_FEATURES`]; [`churned()`] and [`spent()`] label it, or [`Contracts`] where customers
//! have one; [`snapshots()`] lists past dates. The rest says how customers are doing: [`lapse()`], [`concentration()`].

mod active;
mod compute;
mod concentration;
mod contracts;
mod ended;
mod events;
mod labels;
mod lapse;
mod lost;
mod order_totals;
mod settings;
mod snapshots;
mod summary;
mod table;

pub use active::{Active, active_customers};
pub use compute::{FeatureTable, compute, population};
pub use concentration::{Concentration, concentration};
pub use contracts::{
    Change, Contracts, ContractsAfter, ContractsAsOf, ContractsError, Exit, Spell, Standing, Status, Term,
};
pub use ended::{ended_causes, ended_months, ended_now, ended_stays};
pub use events::{
    EVENT_FEATURES, EventFeature, EventLines, Events, EventsAsOf, EventsError, NEVER, compute_events, event_column,
    event_feature_of,
};
pub use labels::{churned, ordered, spent};
pub use lapse::{LapsePoint, lapse, usual_return};
pub use lost::{LastItem, LostMonth, Stay, last_items, lost_months, lost_now, stays};
pub use order_totals::{Order, OrderTotals};
pub use settings::{FeatureSettings, SettingsError};
pub use snapshots::{SnapshotsError, snapshots};
pub use summary::{DAY_PARTS, Preference, Summary, WINDOWS};
pub use table::{Family, Feature, ORDER_FEATURES, Unit, index_of};
