//! The words of `report`: facts and figures at the head of the page.

use crate::report::Phrase;

pub static PIPELINE: Phrase = Phrase::new("report.pipeline", "pipeline");
pub static AS_OF: Phrase = Phrase::new("report.as-of", "as of");
pub static SEED: Phrase = Phrase::new("report.seed", "seed");
pub static TO_CONTACT: Phrase = Phrase::new("report.to-contact", "to contact");
