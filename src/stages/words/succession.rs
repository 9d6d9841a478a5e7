//! The words of stages whose model stays active until another one wins.

use crate::report::Phrase;

pub static STAYS: Phrase = Phrase::new("succession.stays", "version {version} stays active: {why}");
pub static NEW: Phrase = Phrase::new("succession.new", "a new model was trained: {why}");
pub static REPLACED: Phrase = Phrase::new("succession.replaced", "the active model was replaced: {why}");
pub static WON: Phrase = Phrase::new("succession.won", "{duel}: the new model becomes active");
pub static LOST: Phrase = Phrase::new("succession.lost", "{duel}; it had to win by {margin}");

pub static OTHER_SETTINGS: Phrase = Phrase::new("succession.other-settings", "its settings have changed");
pub static MISSING_COLUMN: Phrase =
    Phrase::new("succession.missing-column", "the data have no column `{column}` any more");
pub static CHANGED_COLUMN: Phrase = Phrase::new(
    "succession.changed-column",
    "it learned from numbers in `{column}` and the data have words there, or the other way round",
);
pub static NEVER: Phrase = Phrase::new("succession.never", "`retrain` is `never`");
pub static BY_HAND: Phrase = Phrase::new("succession.by-hand", "a person made it active");
pub static SAME_DATA: Phrase = Phrase::new("succession.same-data", "nothing has changed since the last training");
pub static OTHER_DATA: Phrase =
    Phrase::new("succession.other-data", "the data have changed, and rows without dates cannot judge it");
pub static NOTHING_CLOSED: Phrase =
    Phrase::new("succession.nothing-closed", "no snapshot has closed since the last training");
pub static SAME_OUTCOMES: Phrase =
    Phrase::new("succession.same-outcomes", "the outcomes are those of the last training");
pub static FEW_UNSEEN: Phrase = Phrase::new(
    "succession.few-unseen",
    "only persons whom it did not learn from can judge it; there are {persons}, of whom {positives} responded, and judging takes {least} with {each} of each outcome",
);
pub static ALWAYS: Phrase = Phrase::new("succession.always", "`retrain` is `always`");
pub static RESTING: Phrase =
    Phrase::new("succession.resting", "{drift}, but the last training is less than {days} days old");
pub static NO_DRIFT: Phrase = Phrase::new("succession.no-drift", "nothing has drifted");
pub static YOUNG: Phrase =
    Phrase::new("succession.young", "the last training is {days} days old, the next is due after {span}");
pub static OLD: Phrase = Phrase::new("succession.old", "the last training is at least {days} days old");
pub static SCORES_DRIFTED: Phrase =
    Phrase::new("succession.scores-drifted", "its scores have shifted (population stability index {psi})");
