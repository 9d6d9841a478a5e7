//! The practice of churn: what leaving means, which model predicts it best, what choosing that model is worth, and when the next one replaces it.
//!
//! Plain functions on rows, labels and scores, which run without tables, files, reports or a clock. Knows nothing of pipelines; dates are
//! civil seconds, customers are numbers. In reading order: [`snapshots`] says which rows count, [`truth`] who left, [`asked`] keeps out answers that
//! know it, [`Labelled`] holds rows
//! with labels, [`purchases`] adds what a purchase model says, [`contest`] says what competes, [`search`] chooses settings, [`trials`] tries
//! baselines and models and chooses, [`beforehand`] says what choosing is worth, [`judgement`] measures, [`profit`] prices, [`drivers`] says
//! what moves the scores, [`card`] keeps what is known of the model, [`succession`] says whether the active model is replaced, [`watch`]
//! compares later rows with those of the training, [`reasons`] says why a customer has a score, [`bands`] where it puts the customer;
//! [`losses`] looks at those who left.

pub mod asked;
pub mod bands;
pub mod baseline;
pub mod beforehand;
pub mod calibration;
pub mod card;
pub mod contest;
pub mod drivers;
pub mod judgement;
pub mod labelled;
pub mod losses;
pub mod profit;
pub mod purchases;
pub mod reasons;
pub mod search;
pub mod snapshots;
pub mod succession;
pub mod trials;
pub mod truth;
pub mod watch;

pub use baseline::Baseline;
pub use calibration::{CALIBRATIONS, Calibration, Way};
pub use card::{About, Card};
pub use contest::Contest;
pub use judgement::{Figure, Judged, Judgement, SHOWN, Shown, judge};
pub use labelled::{Dates, Labelled, Rows, Unjudged, by_customer, by_date};
pub use profit::{Costs, Priced, price};
pub use purchases::{NO_PURCHASE, PurchaseModel};
pub use search::{HowChosen, Search};
pub use snapshots::{Draw, Snapshots};
pub use trials::{Trials, final_model, try_all};
pub use truth::{HorizonRow, NO_REASON, Outcomes, ReasonCount, Reasons, Risk, Truth};
pub use watch::{Distribution, Shift, Typical};
