//! How often each person has been contacted, across lists.

use std::collections::BTreeMap;

/// Contacts per person within the time that the caller counts, to which each list adds its own.
///
/// Lists share one in the order of their priority: whom an earlier list has used up, a later one leaves alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts(BTreeMap<String, u32>);

impl Contacts {
    /// Nobody has been contacted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `times` contacts with a person.
    pub fn add(&mut self, key: &str, times: u32) {
        match self.0.get_mut(key) {
            Some(held) => *held = held.saturating_add(times),
            None => {
                self.0.insert(key.to_owned(), times);
            }
        }
    }

    /// How often a person has been contacted.
    pub fn of(&self, key: &str) -> u32 {
        self.0.get(key).copied().unwrap_or(0)
    }
}
