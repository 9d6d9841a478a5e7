//! How the shop does: KPIs per period and segment, each with what it is made of and how sure it is, and bridges that close to the cent.
//!
//! Orders reach it as [`AsOf`](crate::orders::AsOf), other tables as plain columns. Knows nothing of files, names of customers, clocks,
//! models or reports.
//!
//! In reading order: [`KPIS`] says what there is; [`Periods`] divides time and [`Groups`] customers; [`measure()`] counts; [`bridges()`],
//! [`effects()`] and [`price_volume_mix()`] say what changed and [`judge()`] whether that is unusual; [`period_lifts()`] says what lists brought; [`cohorts()`] follows those who came
//! together; [`cube()`] counts many groupings at once and [`suppress()`] what may be shown of it; [`restated()`] compares with the last run.

mod answers;
mod bridges;
mod cohorts;
mod complaints;
mod cube;
mod definitions;
mod drivers;
#[cfg(test)]
mod evidence;
mod groups;
mod lift;
mod measure;
mod periods;
mod price_volume_mix;
#[cfg(test)]
mod proofs;
mod restated;
mod spend;
mod suppression;
mod under_contract;
mod unusual;
mod view;

pub use answers::{Answer, promoters, satisfaction};
pub use bridges::{Bridge, Bridges, Part, STEPS, Step, bridges};
pub use cohorts::{Age, Clock, Cohort, cohorts};
pub use complaints::{Complaint, complaints};
pub use cube::{ALL, By, Cell, Hidden, MOST_DIMENSIONS, UNKNOWN, cube, grouping_bits};
pub use definitions::{How, Interval, KPIS, Kpi, Measure, Need, Unit, kpi_of};
pub use drivers::{DRIVERS, Driver, Share, Volumes, effects, explained, lmdi};
pub use groups::{Dimension, Groups};
pub use lift::{LiftDay, PeriodLift, period_lifts};
pub use measure::{Figure, Measured, Ratio, State, measure, of_customers, span};
pub use periods::{Against, Grain, Period, Periods, PeriodsError, weekdays};
pub use price_volume_mix::{ItemChange, Items, PriceVolumeMix, items, price_volume_mix};
pub use restated::{Evidence, Place, Reason, Restated, Rows, Said, restated};
pub use spend::{Spend, acquisition};
pub use suppression::suppress;
pub use under_contract::under_contract;
pub use unusual::{Judged, UnusualSettings, Verdict, judge, judge_effect};
pub use view::{View, ViewSettings};
