//! The practice of churn: what leaving is, which model tells it best, what choosing that model is worth, and when the next one takes over.
//!
//! Plain functions on rows, labels and scores, which run without tables, files, reports or a clock. Knows nothing of pipelines; dates are
//! civil seconds, customers are numbers. In reading order: [`truth`] says who left, [`Labelled`] holds rows with labels, [`purchases`] adds
//! what a purchase model says, [`contest`] says what competes, [`search`] chooses settings, [`trials`] tries baselines and models and chooses, [`beforehand`] says what
//! choosing is worth, [`judgement`] measures, [`profit`] prices, [`succession`] says whether the model in use is replaced, [`watch`]
//! compares later rows with those of the training, [`reasons`] says why.

pub mod baseline;
pub mod beforehand;
pub mod calibration;
pub mod contest;
pub mod judgement;
pub mod labelled;
pub mod profit;
pub mod purchases;
pub mod reasons;
pub mod search;
pub mod succession;
pub mod trials;
pub mod truth;
pub mod watch;

pub use baseline::Baseline;
pub use calibration::{CALIBRATIONS, Calibration, Way};
pub use contest::Contest;
pub use judgement::{Figure, Judged, Judgement, SHOWN, Shown, judge};
pub use labelled::{Dates, Labelled, Rows, Unjudged, by_customer, by_date, part_below};
pub use profit::{Costs, Priced, price};
pub use purchases::{NO_PURCHASE, PurchaseModel};
pub use search::Search;
pub use trials::{Trials, final_model, try_all};
pub use truth::{HorizonRow, NO_REASON, Outcomes, ReasonCount, Reasons, Risk, Truth};
pub use watch::{Distribution, Shift, Typical};
