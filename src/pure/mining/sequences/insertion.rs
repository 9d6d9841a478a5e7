//! Whether a pattern of item sets could take one more item without losing (too much) support, asked of the data.
//!
//! An item can join element i, or form an element before it, where it occurs between the first embedding of what comes
//! before and the last embedding of what comes after (the maximum periods of BIDE: J. Wang, J. Han, ICDE 2004, for
//! elements of several items). So closed and maximal patterns are known when they are met, and none need be kept.

use super::compact::Places;
use super::pattern::{ITEM_MASK, NEW_ELEMENT};

/// Buffers of the check.
#[derive(Default)]
pub(super) struct Insertion {
    left: Vec<u32>,
    right: Vec<u32>,
    stamps: Vec<u32>,
    stamp: u32,
    alive: Vec<Candidate>,
    next: Vec<Candidate>,
}

/// An item in a slot: `2 i` is before element i, `2 i + 1` is into element i.
#[derive(Clone, Copy)]
struct Candidate {
    slot: u32,
    item: u32,
    support: u64,
}

/// What may be inserted.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// Support of the pattern and the support that the longer pattern must have.
    pub support: u64,
    pub need: u64,
    /// Only room inside the first embedding counts, and none in the last element: then every pattern that begins with
    /// this one has the same insertion (BackScan).
    pub within_first: bool,
    /// Whether a further element is allowed.
    pub new_elements: bool,
}

impl Insertion {
    pub fn new(items: usize) -> Self {
        Insertion { stamps: vec![0; items], ..Insertion::default() }
    }

    /// Whether one item can be inserted in sequences of total weight `asked.need`; `first_places` has one place of each
    /// sequence with the pattern, `trivial(element, item)` refuses an item beside its own category.
    pub fn possible(
        &mut self,
        places: &Places,
        tokens: &[u32],
        sequences: impl Iterator<Item = u32>,
        asked: Asked,
        trivial: impl Fn(&[u32], u32) -> bool,
    ) -> bool {
        let slack = asked.support - asked.need;
        let elements: Vec<&[u32]> = tokens.chunk_by(|_, next| next & NEW_ELEMENT == 0).collect();
        self.alive.clear();
        let mut read = 0;
        for sequence in sequences {
            let weight = u64::from(places.weights[sequence as usize]);
            self.embed(places, &elements, sequence, asked.within_first);
            self.next.clear();
            let mut known = 0;
            for slot in 0..2 * elements.len() as u32 {
                let (element, into) = ((slot / 2) as usize, slot % 2 == 1);
                let last = element + 1 == elements.len();
                if !into && !asked.new_elements || into && last && asked.within_first {
                    continue;
                }
                // Once no further candidate can have the need, only the slots of those that are left are looked at.
                if read > slack && self.alive.get(known).is_none_or(|candidate| candidate.slot != slot) {
                    continue;
                }
                let from =
                    if element == 0 { places.first_place[sequence as usize] } else { self.left[element - 1] + 1 };
                let to = match (into, last) {
                    (false, _) => self.right[element],
                    (true, false) => self.right[element + 1],
                    (true, true) => places.end_of(sequence),
                };
                if self.stamp > u32::MAX - 4 {
                    self.stamps.fill(0);
                    self.stamp = 0;
                }
                self.stamp += 2;
                let room = (from..to).filter(|&place| !into || holds(places.items_of(place), elements[element]));
                for place in room.clone() {
                    for &item in places.items_of(place) {
                        self.stamps[item as usize] = self.stamp;
                    }
                }
                if into {
                    for &token in elements[element] {
                        self.stamps[(token & ITEM_MASK) as usize] = 0;
                    }
                }
                while known < self.alive.len() && self.alive[known].slot == slot {
                    let mut candidate = self.alive[known];
                    known += 1;
                    let stamp = &mut self.stamps[candidate.item as usize];
                    if *stamp == self.stamp {
                        candidate.support += weight;
                        *stamp += 1;
                    }
                    if candidate.support + slack >= read + weight {
                        self.next.push(candidate);
                    }
                }
                if read <= slack {
                    for place in room {
                        for &item in places.items_of(place) {
                            let stamp = &mut self.stamps[item as usize];
                            if *stamp == self.stamp {
                                *stamp += 1;
                                if !into || !trivial(elements[element], item) {
                                    self.next.push(Candidate { slot, item, support: weight });
                                }
                            }
                        }
                    }
                }
            }
            read += weight;
            std::mem::swap(&mut self.alive, &mut self.next);
            if self.alive.iter().any(|candidate| candidate.support >= asked.need) {
                return true;
            }
            if self.alive.is_empty() && read > slack {
                return false;
            }
        }
        false
    }

    /// The places of the first embedding, and of the last one (within the first, where asked).
    fn embed(&mut self, places: &Places, elements: &[&[u32]], sequence: u32, within_first: bool) {
        self.left.clear();
        let mut at = places.first_place[sequence as usize];
        for element in elements {
            while !holds(places.items_of(at), element) {
                at += 1;
            }
            self.left.push(at);
            at += 1;
        }
        let mut at = if within_first { at } else { places.end_of(sequence) };
        self.right.clear();
        for element in elements.iter().rev() {
            at -= 1;
            while !holds(places.items_of(at), element) {
                at -= 1;
            }
            self.right.push(at);
        }
        self.right.reverse();
    }
}

/// Whether the items of a place (ascending) include an element (tokens, ascending).
fn holds(items: &[u32], element: &[u32]) -> bool {
    let mut left = items.iter();
    element.iter().all(|&token| left.any(|&item| item == token & ITEM_MASK))
}
