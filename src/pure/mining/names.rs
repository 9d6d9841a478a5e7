//! Names of items: a dense number for each distinct text.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A table of distinct names; the number of a name is its place, counted from 0 in order of first appearance.
///
/// All texts lie in one buffer, so a hundred thousand names cost no hundred thousand allocations.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    /// Open addressing with linear probing; `u32::MAX` is an empty place. The length is a power of two.
    places: Vec<u32>,
}

impl Names {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of `name`, which is added when it is new.
    ///
    /// # Panics
    /// With more than `u32::MAX - 1` distinct names.
    pub fn intern(&mut self, name: &str) -> u32 {
        if (self.ends.len() + 1) * 2 > self.places.len() {
            self.grow();
        }
        let mask = self.places.len() - 1;
        let mut place = hash(name.as_bytes()) as usize & mask;
        loop {
            let id = self.places[place];
            if id == u32::MAX {
                let id =
                    u32::try_from(self.ends.len()).ok().filter(|&id| id < u32::MAX).expect("fewer than 2^32 names");
                self.text.push_str(name);
                self.ends.push(self.text.len());
                self.places[place] = id;
                return id;
            }
            if self.get(id) == name {
                return id;
            }
            place = (place + 1) & mask;
        }
    }

    /// The number of `name`, when it is known.
    pub fn find(&self, name: &str) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let mask = self.places.len() - 1;
        let mut place = hash(name.as_bytes()) as usize & mask;
        loop {
            match self.places[place] {
                u32::MAX => return None,
                id if self.get(id) == name => return Some(id),
                _ => place = (place + 1) & mask,
            }
        }
    }

    /// The name with number `id`.
    ///
    /// # Panics
    /// When `id` is not below [`Names::len`].
    pub fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[start..self.ends[id]]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All names in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|id| self.get(id))
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(64);
        let mut places = vec![u32::MAX; size];
        for id in 0..self.ends.len() as u32 {
            let mut place = hash(self.get(id).as_bytes()) as usize & (size - 1);
            while places[place] != u32::MAX {
                place = (place + 1) & (size - 1);
            }
            places[place] = id;
        }
        self.places = places;
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut table = Self::new();
        for name in names {
            table.intern(name);
        }
        table
    }
}

/// The low bits of the multiplicative hash are weak, so the high ones are folded in.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    let hash = hasher.finish();
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_in_order_of_first_appearance() {
        let mut names = Names::new();
        assert_eq!([names.intern("milk"), names.intern(""), names.intern("milk"), names.intern("bread")], [0, 1, 0, 2]);
        assert_eq!((names.get(0), names.get(1), names.find("bread"), names.find("beer")), ("milk", "", Some(2), None));
        for i in 0..1000 {
            assert_eq!(names.intern(&format!("item {i}")), i + 3);
        }
        assert_eq!(names.find("item 777"), Some(780));
        assert_eq!(names.iter().count(), names.len());
    }
}
