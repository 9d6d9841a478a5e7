//! A trigger as a shop uses it: the row of the table with the settings that were changed.

use super::class::{Class, ReEntry};
use super::table::{Finder, TRIGGERS, Trigger, Truth};

/// A trigger with its settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The row of the table.
    pub trigger: &'static Trigger,
    /// What it is called in keys and tables, without a colon; the trigger's name as a rule.
    pub name: String,
    /// Days from the cause until the contact may start.
    pub wait: i64,
    /// Which goes first.
    pub class: Class,
    /// When it fires again.
    pub re_entry: ReEntry,
    /// Days from the first night that may start the contact to the last.
    pub expiry: i64,
    /// The channel whose contacts it counts with; [`crate::orders::NONE`] where none is named.
    pub channel: u32,
    /// The probability, rating, drop of a price or distance in standard errors at which it fires.
    pub level: f64,
    /// Whole days of silence at least.
    pub silent: i64,
    /// Days ahead that a probability is about, and for which an order would show that it was wrong.
    pub horizon: i64,
    /// Purchase days at least.
    pub purchases: usize,
    /// Days before a date at which the contact may start.
    pub ahead: i64,
    /// The place of its table among the shop's; nothing for triggers that read orders.
    pub table: Option<usize>,
    /// The subjects that count, by number; all where empty.
    pub subjects: Vec<u32>,
}

impl Rule {
    /// A trigger with the settings of its row.
    pub fn usual(name: &str) -> Option<Rule> {
        TRIGGERS.iter().find(|row| row.name == name).map(Rule::of)
    }

    /// The same for a row.
    pub fn of(trigger: &'static Trigger) -> Rule {
        Rule {
            trigger,
            name: trigger.name.to_owned(),
            wait: trigger.wait,
            class: trigger.class,
            re_entry: trigger.re_entry,
            expiry: trigger.expiry,
            channel: crate::orders::NONE,
            level: trigger.level,
            silent: trigger.silent,
            horizon: trigger.horizon,
            purchases: trigger.purchases,
            ahead: trigger.ahead,
            table: None,
            subjects: Vec::new(),
        }
    }
}

impl Rule {
    /// The fields of the rule that change nothing, whatever they are set to, by their names here.
    pub fn without_effect(&self) -> Vec<&'static str> {
        use Finder::{
            BigBasket, CheaperItem, FallenValue, LowValue, NoOrder, NoSecondOrder, OtherSubject, Rows, UsedUp,
            YearlyRows,
        };
        let (trigger, found_by) = (self.trigger, self.trigger.found_by);
        // Where it starts before a date, it may wait until that date and no longer.
        let looks_ahead = found_by == YearlyRows || (found_by == Rows && self.ahead > 0);
        let counts = [
            ("wait", !looks_ahead),
            ("expiry", !looks_ahead && found_by != UsedUp),
            ("level", matches!(found_by, BigBasket | NoOrder | NoSecondOrder | CheaperItem | LowValue | FallenValue)),
            ("silent", matches!(found_by, NoOrder | NoSecondOrder)),
            // The past is judged by it where silence is what shows that a trigger was right.
            ("horizon", trigger.truth == Truth::Silence),
            ("purchases", matches!(found_by, BigBasket | NoOrder)),
            ("ahead", matches!(found_by, Rows | YearlyRows)),
            ("subjects", matches!(found_by, Rows | OtherSubject)),
        ];
        counts.into_iter().filter(|(_, counts)| !counts).map(|(name, _)| name).collect()
    }
}

/// At most so many contacts of a person within some days; those of lists without triggers are counted with those that the schedule starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// The channel whose contacts count; [`crate::orders::NONE`] for all.
    pub channel: u32,
    /// How many.
    pub most: usize,
    /// Within so many days, that of the contact counted. A cool-down of n days is at most one within n days.
    pub days: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trigger_has_settings_that_change_nothing() {
        let without = |name: &str| Rule::usual(name).expect("a trigger").without_effect();
        assert_eq!(without("lapse"), ["ahead", "subjects"]);
        assert_eq!(
            without("replenishment"),
            ["expiry", "level", "silent", "horizon", "purchases", "ahead", "subjects"]
        );
        assert_eq!(without("birthday"), ["wait", "expiry", "level", "silent", "horizon", "purchases", "subjects"]);
        assert_eq!(without("contract_end"), ["wait", "expiry", "level", "silent", "horizon", "purchases"]);
        assert_eq!(without("complaint"), ["level", "silent", "horizon", "purchases"]);
        assert_eq!(without("value_drop"), ["silent", "purchases", "ahead", "subjects"]);
    }
}
