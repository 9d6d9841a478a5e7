//! Whom a model learned from: numbers of persons, by which a later run tells who is new to it. They are no ids and cannot be read back as such.

use crate::learning::LearningError;
use crate::learning::parts::Parts;
use crate::numeric::random::{fnv1a, mix};

/// The array of the numbers, each as its upper and its lower half.
const PERSONS: &str = "persons";

/// The number of a person, by the normal form of the account id. Of a million persons two have the same one with a chance of three in a
/// hundred million.
pub fn number(key: &str) -> u64 {
    mix(fnv1a(key.as_bytes()))
}

/// Persons whom a model learned from.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Learned(Vec<u64>);

impl Learned {
    /// Of the numbers of persons, in any order.
    pub fn of(mut persons: Vec<u64>) -> Learned {
        persons.sort_unstable();
        persons.dedup();
        Learned(persons)
    }

    /// Whether the model learned from a person.
    pub fn knows(&self, person: u64) -> bool {
        self.0.binary_search(&person).is_ok()
    }

    /// Adds the numbers to what is stored.
    pub fn store(&self, parts: &mut Parts) {
        parts.counts(PERSONS, self.0.iter().flat_map(|person| [(person >> 32) as u32, *person as u32]).collect());
    }

    /// Reads them back.
    ///
    /// # Errors
    /// When they are not there.
    pub fn read(parts: &Parts) -> Result<Learned, LearningError> {
        let halves = parts.get_counts(PERSONS)?.as_chunks::<2>().0;
        Ok(Learned::of(halves.iter().map(|[upper, lower]| u64::from(*upper) << 32 | u64::from(*lower)).collect()))
    }
}

/// A number of persons with their outcomes, in any order: the same trial gives the same number.
pub fn outcomes(persons: &[u64], responded: &[bool]) -> u64 {
    let mut rows: Vec<(u64, bool)> = persons.iter().copied().zip(responded.iter().copied()).collect();
    rows.sort_unstable();
    let bytes: Vec<u8> = rows
        .iter()
        .flat_map(|(person, responded)| person.to_le_bytes().into_iter().chain([u8::from(*responded)]))
        .collect();
    fnv1a(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_known_again_and_outcomes_have_a_number_whatever_their_order() {
        let persons: Vec<u64> = ["a1", "b2", "c3"].map(number).to_vec();
        let learned = Learned::of(persons[..2].to_vec());
        let mut parts = Parts::new("trial");
        learned.store(&mut parts);
        let again = Learned::read(&Parts::from_bytes(&parts.to_bytes()).expect("whole")).expect("there");
        assert_eq!(again, learned);
        assert_eq!(persons.iter().map(|person| again.knows(*person)).collect::<Vec<_>>(), [true, true, false]);
        let one = outcomes(&persons, &[true, false, false]);
        assert_eq!(one, outcomes(&[persons[2], persons[1], persons[0]], &[false, false, true]));
        assert_ne!(one, outcomes(&persons, &[false, true, false]));
        assert_ne!(one, outcomes(&persons[..2], &[true, false]));
    }
}
