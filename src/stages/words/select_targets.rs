//! The words of `select-targets`.

use crate::report::Phrase;

pub static EMPTY: Phrase = Phrase::new("select_targets.empty", "the list is empty");
pub static EMPTIED: Phrase =
    Phrase::new("select_targets.emptied", "the list is empty; the last good run had {before} persons");
pub static HELD_EMPTY: Phrase = Phrase::new(
    "select_targets.held-empty",
    "the list has {now} persons, in the last good run it had {before}: if it may be empty, set may_be_empty = true",
);
pub static HELD_JUMP: Phrase = Phrase::new(
    "select_targets.held-jump",
    "the list has {now} persons, in the last good run it had {before}: over {factor} times as many or as few (`max_change`); if that is right, set max_change = 0 for one run",
);
pub static HELD_OBJECTIONS: Phrase = Phrase::new(
    "select_targets.held-objections",
    "{now} persons are left out for having objected, in the last good run there were {before}: a part of the suppression may be missing; if that is right, set max_change = 0 for one run",
);
pub static NO_SUPPRESSION: Phrase = Phrase::new(
    "select_targets.no-suppression",
    "no suppression table was named, so nobody was taken out for having objected",
);
pub static SHARED: Phrase = Phrase::new(
    "select_targets.shared",
    "{persons} persons share an e-mail address or telephone number with somebody who must not be contacted, and are left out as well",
);
pub static NO_OFFER: Phrase =
    Phrase::new("select_targets.no-offer", "none of the {offers} offers of `{stage}` is for a person here");
pub static NOT_CLEAR: Phrase = Phrase::new(
    "select_targets.not-clear",
    "`{column}` of `{stage}`: {missing} empty cells and {unknown} with a word that is not known mean no; SELECT \"{column}\", count(*) FROM {stage} GROUP BY 1 shows them, consent.yes and consent.no take further words",
);
pub static CONSENT: Phrase = Phrase::new("select_targets.consent", "{yes} of {persons} persons consent to {channel}");
pub static CONTRADICTED: Phrase = Phrase::new(
    "select_targets.contradicted",
    "{persons} persons have several answers in `{stage}` that differ: no wins",
);
pub static SEVERAL_ROWS: Phrase = Phrase::new(
    "select_targets.several-rows",
    "{tables} has several rows of some persons: a person is listed only if all of them meet `where` and none is excluded, and ranks by the lowest",
);
pub static SHOWS: Phrase = Phrase::new(
    "select_targets.shows",
    "{held} of {all} are held back: if these persons buy as in the year before, the list shows a change of their revenue within {days} days in 80 of 100 cases where it is {lift} or more",
);
pub static TOO_FEW_HELD: Phrase = Phrase::new(
    "select_targets.too-few-held",
    "{held} of {all} are held back: a list is not measured where an arm has fewer than 30",
);
pub static SHARE_NEEDED: Phrase = Phrase::new(
    "select_targets.share-needed",
    "to show half of the hoped change of {hoped}, hold back {share} of the list (`control`)",
);
pub static NOT_ALONE: Phrase = Phrase::new(
    "select_targets.not-alone",
    "no control group shows half of the hoped change of {hoped} on this list alone: measure several lists of one type together (`types` of measure-campaign), or make the list longer",
);
pub static SILENT: Phrase = Phrase::new(
    "select_targets.silent",
    "the persons of the list bought nothing in the year before, so nobody can say beforehand what its control group will show",
);
pub static CANDIDATES_WITH: Phrase = Phrase::new("select_targets.candidates-with", "candidates with {condition}");
