//! Keys: the one form in which customers' ids, e-mail addresses and telephone numbers are compared, whatever table they come from.
//!
//! Knows texts only. Every pure room may use it.
//!
//! Reading order: `id`, `email`, `country` and `phone` (a form each); `kind` (what a key is); `directory` (whom a key of another table means).

mod country;
mod directory;
mod email;
mod id;
mod kind;
mod phone;

pub use country::country_code;
pub use directory::{Directory, Found};
pub use email::{EmailFault, email, email_key};
pub use id::{Spelling, fold, loose, normal, spelling, tidy};
pub use kind::{KeyKind, key, kind_of, main_kind};
pub use phone::{PhoneFault, e164, region_of_calling_code, region_of_country};
