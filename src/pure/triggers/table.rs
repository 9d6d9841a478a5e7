//! The table of triggers: what each is, what it reads, and its usual settings.

use super::class::{Class, ReEntry};

/// What a trigger reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// The orders alone.
    Orders,
    /// A table with dates of persons.
    Table,
}

/// How the past says whether an occurrence was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It cannot: the occurrence is a fact.
    Fact,
    /// Right where the person placed no order within the rule's horizon after it fired.
    Silence,
    /// Right where the person bought the item from the day on which it fired to its last.
    BoughtInTime,
    /// Right where the person bought the item within so many days after it fired.
    Bought(i64),
}

/// The ways in which occurrences are found; `finding` has the function of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finder {
    FirstBasket,
    BigBasket,
    NoOrder,
    NoSecondOrder,
    UsedUp,
    CheaperItem,
    Rows,
    YearlyRows,
    LowValue,
    OtherSubject,
    FallenValue,
}

/// One row: a trigger.
pub struct Trigger {
    /// How it is written.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// What it reads.
    pub reads: Reads,
    /// What shows that it was right.
    pub truth: Truth,
    /// Which goes first.
    pub class: Class,
    /// See [`super::Rule::wait`].
    pub wait: i64,
    /// See [`super::Rule::re_entry`].
    pub re_entry: ReEntry,
    /// See [`super::Rule::expiry`].
    pub expiry: i64,
    /// See [`super::Rule::level`].
    pub level: f64,
    /// See [`super::Rule::silent`].
    pub silent: i64,
    /// See [`super::Rule::horizon`].
    pub horizon: i64,
    /// See [`super::Rule::purchases`].
    pub purchases: usize,
    /// See [`super::Rule::ahead`].
    pub ahead: i64,
    /// Whether re-entry is counted for each subject by itself.
    pub by_subject: bool,
    /// Days after the end of the cause for which everything but service waits; nothing: the trigger suppresses nothing.
    pub suppresses: Option<i64>,
    /// What has to be fitted for it.
    pub needs: Needs,
    /// What finds its occurrences.
    pub(super) found_by: Finder,
}

/// What a trigger has to have fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// When customers come back.
    Buying,
    /// After how long items are bought again.
    Items,
}

impl std::fmt::Debug for Trigger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Trigger {
    fn eq(&self, other: &Trigger) -> bool {
        self.name == other.name
    }
}

/// What most rows have.
const USUAL: Trigger = Trigger {
    name: "",
    meaning: "",
    reads: Reads::Orders,
    truth: Truth::Fact,
    class: Class::Promotion,
    wait: 1,
    re_entry: ReEntry::AfterCause,
    expiry: 14,
    level: 0.0,
    silent: 0,
    horizon: 90,
    purchases: 1,
    ahead: 0,
    by_subject: false,
    suppresses: None,
    needs: Needs::Nothing,
    found_by: Finder::Rows,
};

/// All triggers, in the order in which they are offered.
pub static TRIGGERS: [Trigger; 17] = [
    Trigger {
        name: "first_order",
        meaning: "the first purchase day: a welcome",
        class: Class::Service,
        re_entry: ReEntry::Never,
        found_by: Finder::FirstBasket,
        ..USUAL
    },
    Trigger {
        name: "second_order",
        needs: Needs::Buying,
        meaning: "a one-time buyer for whom no second order within `horizon` has at least the probability `level`, not before `silent` days",
        truth: Truth::Silence,
        class: Class::Lapse,
        wait: 0,
        re_entry: ReEntry::Never,
        expiry: 21,
        level: 0.6,
        silent: 30,
        horizon: 60,
        found_by: Finder::NoSecondOrder,
        ..USUAL
    },
    Trigger {
        name: "lapse",
        needs: Needs::Buying,
        meaning: "the probability of no order within `horizon` crosses `level`, not before `silent` days of silence; once per silence",
        truth: Truth::Silence,
        class: Class::Lapse,
        wait: 0,
        expiry: 21,
        level: 0.4,
        silent: 30,
        purchases: 2,
        found_by: Finder::NoOrder,
        ..USUAL
    },
    Trigger {
        name: "replenishment",
        needs: Needs::Items,
        meaning: "an item is about to be used up: from the 40 % to the 70 % point of the gaps until it was bought again, by quantity; ends when it is bought",
        truth: Truth::BoughtInTime,
        class: Class::Replenishment,
        wait: 0,
        by_subject: true,
        found_by: Finder::UsedUp,
        ..USUAL
    },
    Trigger {
        name: "big_basket",
        meaning: "what was bought on one day is more than the mean of at least four earlier ones plus `level` standard deviations, in logarithms: thanks, not a discount",
        class: Class::Service,
        re_entry: ReEntry::After(180),
        level: 2.0,
        purchases: 5,
        found_by: Finder::BigBasket,
        ..USUAL
    },
    Trigger {
        name: "birthday",
        meaning: "a yearly date of the table within the next `ahead` days; 29 February is 28 February in other years",
        reads: Reads::Table,
        class: Class::Date,
        re_entry: ReEntry::After(180),
        ahead: 7,
        found_by: Finder::YearlyRows,
        ..USUAL
    },
    Trigger {
        name: "anniversary",
        meaning: "the same of the day on which the person signed up",
        reads: Reads::Table,
        class: Class::Date,
        re_entry: ReEntry::After(180),
        ahead: 7,
        found_by: Finder::YearlyRows,
        ..USUAL
    },
    Trigger {
        name: "complaint",
        meaning: "a complaint; until 14 days after it is closed everything but service waits",
        reads: Reads::Table,
        class: Class::Service,
        by_subject: true,
        suppresses: Some(14),
        ..USUAL
    },
    Trigger {
        name: "low_rating",
        meaning: "a rating of at most `level`; for 14 days everything but service waits",
        reads: Reads::Table,
        class: Class::Service,
        by_subject: true,
        level: 2.0,
        suppresses: Some(14),
        found_by: Finder::LowValue,
        ..USUAL
    },
    Trigger {
        name: "price_drop",
        meaning: "an item of the last three purchase days costs less by at least the share `level` than the median of 28 days, at the same quantity",
        truth: Truth::Bought(14),
        re_entry: ReEntry::After(14),
        expiry: 7,
        level: 0.1,
        found_by: Finder::CheaperItem,
        ..USUAL
    },
    Trigger {
        name: "back_in_stock",
        meaning: "an item for which the person waits can be bought again",
        reads: Reads::Table,
        truth: Truth::Bought(14),
        class: Class::Replenishment,
        by_subject: true,
        ..USUAL
    },
    Trigger {
        name: "contract_end",
        meaning: "a contract ends within `ahead` days",
        reads: Reads::Table,
        class: Class::Date,
        ahead: 30,
        by_subject: true,
        ..USUAL
    },
    Trigger {
        name: "points_expiring",
        meaning: "points are lost within `ahead` days",
        reads: Reads::Table,
        class: Class::Date,
        ahead: 14,
        by_subject: true,
        ..USUAL
    },
    Trigger {
        name: "stage_change",
        meaning: "the person entered a stage, such as slipping, returned or loyal",
        reads: Reads::Table,
        class: Class::Lapse,
        by_subject: true,
        found_by: Finder::OtherSubject,
        ..USUAL
    },
    Trigger {
        name: "loyalty_drop",
        meaning: "the loyalty score fell by more than `level` standard errors",
        reads: Reads::Table,
        truth: Truth::Silence,
        class: Class::Lapse,
        re_entry: ReEntry::After(90),
        level: 2.0,
        found_by: Finder::FallenValue,
        ..USUAL
    },
    Trigger {
        name: "value_drop",
        meaning: "the expected value fell by more than `level` standard errors",
        reads: Reads::Table,
        truth: Truth::Silence,
        class: Class::Lapse,
        re_entry: ReEntry::After(90),
        level: 2.0,
        found_by: Finder::FallenValue,
        ..USUAL
    },
    Trigger {
        name: "condition",
        meaning: "any dated rows of a stage, such as of `sql`: one occurrence for each person, date and subject",
        reads: Reads::Table,
        by_subject: true,
        ..USUAL
    },
];
