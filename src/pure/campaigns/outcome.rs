//! What can become of a candidate: one table of names and meanings.

/// What became of one candidate. Each candidate has exactly one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// On the list.
    Listed,
    /// Left alone on purpose.
    Control,
    /// Must not be contacted.
    Suppressed,
    /// Has not consented to any of the list's channels.
    NoConsent,
    /// In the group that no list contacts.
    GlobalControl,
    /// Was held back until the control group changed, a short while ago.
    WashingOut,
    /// Left out by a rule of the pipeline.
    Excluded,
    /// Without a score.
    Unscored,
    /// A second row of the same person.
    Repeated,
    /// Scored too low.
    BelowScore,
    /// Contacted often enough.
    ContactLimit,
    /// No place left.
    Capped,
    /// No place left in the group.
    GroupCapped,
    /// No money left.
    OutOfBudget,
}

/// One row of the table of outcomes.
#[derive(Debug, Clone, Copy)]
pub struct OutcomeRow {
    /// The outcome.
    pub outcome: Outcome,
    /// Its name in tables, reports and SQL.
    pub name: &'static str,
    /// What it says, in words.
    pub meaning: &'static str,
}

/// All outcomes.
pub static OUTCOMES: [OutcomeRow; 14] = [
    row(Outcome::Listed, "listed", "on the list"),
    row(Outcome::Control, "control", "had a place, and is left alone so that the list's effect can be measured"),
    row(Outcome::Suppressed, "suppressed", "had a place, and must not be contacted; the next in rank moved up"),
    row(
        Outcome::NoConsent,
        "no-consent",
        "had a place, and has consented to none of the list's channels; the next in rank moved up",
    ),
    row(
        Outcome::GlobalControl,
        "global-control",
        "had a place, and belongs to those whom no list contacts, so that all lists together can be measured; the next in rank moved up",
    ),
    row(
        Outcome::WashingOut,
        "washing-out",
        "had a place, and was held back until the control group changed a short while ago; the next in rank moved up",
    ),
    row(Outcome::Excluded, "excluded", "left out by an exclusion of the pipeline"),
    row(Outcome::Unscored, "unscored", "has no score"),
    row(Outcome::Repeated, "repeated", "further row of a person who stands higher in the ranking"),
    row(Outcome::BelowScore, "below-score", "scores below the least score asked for"),
    row(Outcome::ContactLimit, "contact-limit", "has been contacted as often as allowed"),
    row(Outcome::Capped, "capped", "ranks behind the last place"),
    row(Outcome::GroupCapped, "group-capped", "ranks behind the last place of the group"),
    row(Outcome::OutOfBudget, "out-of-budget", "costs more than is left of the budget"),
];

const fn row(outcome: Outcome, name: &'static str, meaning: &'static str) -> OutcomeRow {
    OutcomeRow { outcome, name, meaning }
}

impl Outcome {
    /// The outcome's row in the table.
    pub fn row(self) -> &'static OutcomeRow {
        &OUTCOMES[self as usize]
    }

    /// The outcome's name in tables, reports and SQL.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_stands_at_its_own_place_under_its_own_name() {
        for (place, row) in OUTCOMES.iter().enumerate() {
            assert_eq!(row.outcome as usize, place);
            assert!(OUTCOMES[..place].iter().all(|other| other.name != row.name));
        }
    }
}
