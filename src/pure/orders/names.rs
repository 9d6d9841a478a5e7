//! Interned names: each distinct text once, known by a dense `u32`.

use std::hash::Hasher;

use rayon::prelude::*;

/// The number that stands for a missing order, customer, item or description.
pub const NONE: u32 = u32::MAX;

/// Distinct texts in one arena, numbered 0, 1, … in the order in which they were first interned.
///
/// Takes about the text itself plus 8 to 24 bytes per name. Numbers depend on the order of interning alone, never on the
/// hash, so they are the same on every platform.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    /// End of each name in `text`.
    ends: Vec<u64>,
    /// Open addressing: the name's hash in the upper half, its number in the lower, or `EMPTY`.
    slots: Vec<u64>,
    last: u32,
}

/// No number is `NONE`, so no occupied slot has all bits set.
const EMPTY: u64 = u64::MAX;

impl Names {
    /// No names yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// No names yet, with room for `names` of them.
    pub fn with_capacity(names: usize) -> Self {
        let mut new = Self { ends: Vec::with_capacity(names), ..Self::default() };
        if names > 0 {
            new.rebuild((names * 2).next_power_of_two());
        }
        new
    }

    /// The number of `name`, which is new if it has not been seen before.
    pub fn intern(&mut self, name: &str) -> u32 {
        // Order and customer repeat from line to line in almost every file.
        if (self.last as usize) < self.ends.len() && self.get(self.last) == name {
            return self.last;
        }
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.rebuild((self.slots.len() * 2).max(16));
        }
        let tag = tag(name);
        let slot = match self.probe(name, tag) {
            Ok(id) => {
                self.last = id;
                return id;
            }
            Err(slot) => slot,
        };
        let id = u32::try_from(self.ends.len()).ok().filter(|&id| id != NONE).expect("fewer names than u32 numbers");
        self.text.push_str(name);
        self.ends.push(self.text.len() as u64);
        self.slots[slot] = u64::from(tag) << 32 | u64::from(id);
        self.last = id;
        id
    }

    /// The number of `name`, if it has one.
    pub fn find(&self, name: &str) -> Option<u32> {
        if self.slots.is_empty() { None } else { self.probe(name, tag(name)).ok() }
    }

    /// The name with the number `id`, which must be below [`len`](Self::len).
    pub fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.text[start..self.ends[id] as usize]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The names by their number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|id| self.get(id))
    }

    /// Interns all names of `other` in their order; answers the number here of each number there.
    ///
    /// Absorbing the tables of consecutive stretches of a file in the order of the file gives the numbers that one pass
    /// over the whole file would have given, whatever the stretches.
    pub fn absorb(&mut self, other: &Names) -> Vec<u32> {
        other.iter().map(|name| self.intern(name)).collect()
    }

    /// The same names numbered in the order of their texts, so that numbers do not depend on what came first; and the number
    /// there of each number here.
    pub fn sorted(&self) -> (Names, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        if !order.is_sorted_by(|&a, &b| self.get(a) < self.get(b)) {
            order.par_sort_unstable_by(|&a, &b| self.get(a).cmp(self.get(b)));
        }
        let mut sorted = Names::with_capacity(self.len());
        let mut to = vec![0; self.len()];
        for &old in &order {
            to[old as usize] = sorted.intern(self.get(old));
        }
        (sorted, to)
    }

    /// The names by their number, as texts of their own.
    pub fn to_vec(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }

    /// The slot that holds `name` (its number), or the free slot where it belongs.
    fn probe(&self, name: &str, tag: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = tag as usize & mask;
        loop {
            let held = self.slots[slot];
            if held == EMPTY {
                return Err(slot);
            }
            if (held >> 32) as u32 == tag && self.get(held as u32) == name {
                return Ok(held as u32);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn rebuild(&mut self, size: usize) {
        let mask = size - 1;
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for held in old.into_iter().filter(|&held| held != EMPTY) {
            let mut slot = (held >> 32) as usize & mask;
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = held;
        }
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut new = Self::new();
        for name in names {
            new.intern(name);
        }
        new
    }
}

/// Replaces each number `id` of `column` by `to[id]`; [`NONE`] stays.
pub fn renumber(column: &mut [u32], to: &[u32]) {
    column.par_chunks_mut(1 << 16).for_each(|chunk| {
        for id in chunk.iter_mut().filter(|id| **id != NONE) {
            *id = to[*id as usize];
        }
    });
}

fn tag(name: &str) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(name.as_bytes());
    hasher.finish() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_sight() {
        let mut names = Names::with_capacity(3);
        let ids: Vec<u32> = ["b", "a", "b", "", "a", ""].iter().map(|name| names.intern(name)).collect();
        assert_eq!(ids, [0, 1, 0, 2, 1, 2]);
        assert_eq!(names.iter().collect::<Vec<_>>(), ["b", "a", ""]);
        assert_eq!(names.find("a"), Some(1));
        assert_eq!(names.find("c"), None);
        assert_eq!(Names::new().find("c"), None);
        let (sorted, to) = names.sorted();
        assert_eq!((sorted.to_vec(), to), (vec![String::new(), "a".to_owned(), "b".to_owned()], vec![2, 1, 0]));
        assert_eq!(sorted.find("b"), Some(2));
    }

    #[test]
    fn chunks_do_not_change_the_numbers() {
        let column: Vec<Option<String>> = (0..5_000u32)
            .map(|i| (i % 11 != 3).then(|| format!("name {}", i.wrapping_mul(2_654_435_761) % 700)))
            .collect();
        let interned = |names: &mut Names, part: &[Option<String>]| -> Vec<u32> {
            part.iter().map(|name| name.as_deref().map_or(NONE, |name| names.intern(name))).collect()
        };
        let mut whole = Names::new();
        let expected = interned(&mut whole, &column);
        for size in [1, 7, 999] {
            let (mut names, mut ids) = (Names::new(), Vec::new());
            for part in column.chunks(size) {
                let mut own = Names::new();
                let mut numbers = interned(&mut own, part);
                renumber(&mut numbers, &names.absorb(&own));
                ids.append(&mut numbers);
            }
            assert_eq!(ids, expected);
            assert!(names.iter().eq(whole.iter()));
        }
    }
}
