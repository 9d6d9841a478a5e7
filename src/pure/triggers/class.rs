//! What goes first, and what may come again.

/// Which contacts go first where one person has several on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// About an order or a complaint; outside caps, but counted by them.
    Service,
    /// Bound to a date or to law.
    Date,
    /// About to leave.
    Lapse,
    /// Something is used up.
    Replenishment,
    /// Everything else that sells.
    Promotion,
}

/// A class as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassRow {
    /// The class.
    pub class: Class,
    /// How it is written.
    pub name: &'static str,
    /// What it holds.
    pub meaning: &'static str,
}

/// All classes, in the order in which they go.
pub static CLASSES: [ClassRow; 5] = [
    row(Class::Service, "service", "about an order or a complaint; outside caps, but counted by them"),
    row(Class::Date, "date", "bound to a date or to law"),
    row(Class::Lapse, "lapse", "somebody is about to leave"),
    row(Class::Replenishment, "replenishment", "something is used up"),
    row(Class::Promotion, "promotion", "everything else that sells"),
];

const fn row(class: Class, name: &'static str, meaning: &'static str) -> ClassRow {
    ClassRow { class, name, meaning }
}

impl Class {
    /// Its row.
    pub fn row(self) -> &'static ClassRow {
        &CLASSES[self as usize]
    }
}

/// When a rule may fire again for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReEntry {
    /// Once in a lifetime; once for each subject, where occurrences are about one.
    Never,
    /// Once for each cause: after this one is over and another one began.
    AfterCause,
    /// Where causes are at least so many days apart.
    After(i64),
}
