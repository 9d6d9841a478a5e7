//! A sequential pattern, its canonical order, and lists of patterns in one piece of memory.
//!
//! Inside the miner a pattern is a string of tokens: the item ids of its elements one after the other, ascending within
//! an element, the first of each element marked in the highest bit. Plain comparison of token strings is the canonical
//! order: prefixes first, then the growth of the last element before the growth by a new one.

/// Marks the first item of an element in a token.
pub(super) const NEW_ELEMENT: u32 = 1 << 31;

/// The item id of a token.
pub(super) const ITEM_MASK: u32 = NEW_ELEMENT - 1;

/// A found pattern, lent to the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern<'a> {
    tokens: &'a [u32],
    /// Customers that have it (or the sum of their weights).
    pub support: u64,
}

impl<'a> Pattern<'a> {
    pub(super) fn new(tokens: &'a [u32], support: u64) -> Self {
        Pattern { tokens, support }
    }

    /// Number of items, those of all elements together.
    pub fn item_len(&self) -> usize {
        self.tokens.len()
    }

    /// Number of elements.
    pub fn element_len(&self) -> usize {
        self.tokens.iter().filter(|&&token| token & NEW_ELEMENT != 0).count()
    }

    /// The items in order, each with whether it begins a new element.
    pub fn steps(&self) -> impl Iterator<Item = (bool, u32)> + 'a {
        self.tokens.iter().map(|&token| (token & NEW_ELEMENT != 0, token & ITEM_MASK))
    }

    /// The elements as sets of item ids, ascending.
    pub fn elements(&self) -> Vec<Vec<u32>> {
        let mut elements: Vec<Vec<u32>> = Vec::new();
        for (new, item) in self.steps() {
            match elements.last_mut() {
                Some(last) if !new => last.push(item),
                _ => elements.push(vec![item]),
            }
        }
        elements
    }

    pub(super) fn tokens(&self) -> &'a [u32] {
        self.tokens
    }
}

/// Patterns in the order they were pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternList {
    tokens: Vec<u32>,
    ends: Vec<usize>,
    supports: Vec<u64>,
}

impl PatternList {
    /// An empty list.
    pub fn new() -> Self {
        PatternList::default()
    }

    /// Adds a pattern.
    pub fn push(&mut self, pattern: Pattern<'_>) {
        self.tokens.extend_from_slice(pattern.tokens);
        self.ends.push(self.tokens.len());
        self.supports.push(pattern.support);
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The pattern at a place.
    pub fn get(&self, at: usize) -> Pattern<'_> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        Pattern { tokens: &self.tokens[start..self.ends[at]], support: self.supports[at] }
    }

    /// All patterns in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Pattern<'_>> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        (self.tokens.capacity() * 4 + self.ends.capacity() * 8 + self.supports.capacity() * 8) as u64
    }

    pub(super) fn clear(&mut self) {
        self.tokens.clear();
        self.ends.clear();
        self.supports.clear();
    }
}

/// Whether `inner` is contained in `outer` as a sequence of sets (both as tokens).
pub(super) fn contained(inner: &[u32], outer: &[u32]) -> bool {
    let (mut need, mut have) = (inner, outer);
    while !need.is_empty() {
        if need.len() > have.len() {
            return false;
        }
        let (element, rest) = split_element(need);
        let (candidate, further) = split_element(have);
        if includes(candidate, element) {
            need = rest;
        }
        have = further;
    }
    true
}

fn split_element(tokens: &[u32]) -> (&[u32], &[u32]) {
    let end = tokens.iter().skip(1).position(|&token| token & NEW_ELEMENT != 0).map_or(tokens.len(), |at| at + 1);
    tokens.split_at(end)
}

fn includes(set: &[u32], part: &[u32]) -> bool {
    let mut left = set.iter().map(|&token| token & ITEM_MASK);
    part.iter().all(|&token| left.any(|item| item == token & ITEM_MASK))
}

/// The pattern without its item at `at`, in canonical form; `into` is overwritten.
pub(super) fn without_item(tokens: &[u32], at: usize, into: &mut Vec<u32>) {
    into.clear();
    into.extend_from_slice(&tokens[..at]);
    into.extend_from_slice(&tokens[at + 1..]);
    if tokens[at] & NEW_ELEMENT != 0
        && let Some(next) = into.get_mut(at)
    {
        *next |= NEW_ELEMENT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: u32 = NEW_ELEMENT;

    #[test]
    fn elements_and_lengths() {
        let pattern = Pattern::new(&[N | 1, 2, N | 3], 4);
        assert_eq!((pattern.item_len(), pattern.element_len()), (3, 2));
        assert_eq!(pattern.elements(), [vec![1, 2], vec![3]]);
    }

    #[test]
    fn containment_is_by_elements_in_order() {
        assert!(contained(&[N | 1, N | 3], &[N | 1, 2, N | 2, N | 2, 3]));
        assert!(!contained(&[N | 1, 3], &[N | 1, 2, N | 3]));
        assert!(!contained(&[N | 3, N | 1], &[N | 1, N | 3]));
        assert!(contained(&[], &[N | 1]));
    }

    #[test]
    fn deleting_keeps_the_form() {
        let mut shorter = Vec::new();
        let mut delete = |tokens: &[u32], at| {
            without_item(tokens, at, &mut shorter);
            shorter.clone()
        };
        assert_eq!(delete(&[N | 1, 2, N | 3], 0), [N | 2, N | 3]);
        assert_eq!(delete(&[N | 1, 2, N | 3], 1), [N | 1, N | 3]);
        assert_eq!(delete(&[N | 1, 2, N | 3], 2), [N | 1, 2]);
    }
}
