//! The words of `score-churn`.

use crate::report::Phrase;

pub static HAVE_LEFT: Phrase =
    Phrase::new("score_churn.have-left", "{customers} of {all} customers have left and are not scored");
pub static NO_CONTRACT: Phrase = Phrase::new(
    "score_churn.no-contract",
    "{customers} of {all} customers have no contract that has begun and are not scored",
);
pub static SCORES_MOVED: Phrase =
    Phrase::new("score_churn.scores-moved", "scores have moved since training: population stability index {psi}");
pub static COLUMNS_MOVED: Phrase = Phrase::new(
    "score_churn.columns-moved",
    "{moved} of {all} columns have moved since training (population stability index from {limit}), most of all {columns}",
);
pub static NOT_TRUE: Phrase = Phrase::new(
    "score_churn.not-true",
    "probabilities of {date} did not come true: {promised} predicted, {left} left, calibration error {error} of which chance gives {chance}",
);
pub static NOT_TRUE_SLOPE: Phrase = Phrase::new(
    "score_churn.not-true-slope",
    "probabilities of {date} did not come true: {promised} predicted, {left} left, calibration error {error} of which chance gives {chance}, slope {slope}",
);
