//! Pattern growth over elements of several items and under time constraints.
//!
//! For each customer the search keeps every place where the pattern can end, not only the first: under a maximum gap the
//! first embedding may be a dead end while a later one goes on, and an element grows by items of any order that holds
//! it. With a maximum span it keeps for each end the latest possible beginning, which no other beginning can beat.
//! Growth goes from prefix to longer pattern, whose support never exceeds its prefix's under any of the constraints
//! (prefix-monotone: J. Pei, J. Han, W. Wang, "Constraint-based sequential pattern mining", J. Intell. Inf. Syst. 28,
//! 2007), although a part taken from the middle may be rarer than the whole.

use super::compact::{Places, Renumbering, TimeRules};
use super::insertion::{Asked, Insertion};
use super::pattern::{ITEM_MASK, NEW_ELEMENT};
use super::settings::{Kind, Lengths};
use super::work::{Output, Task};
use crate::mining::Taxonomy;
use std::sync::atomic::{AtomicU64, Ordering};

/// An end of the pattern: the place of its last element and the place of its first.
#[derive(Clone, Copy)]
pub(super) struct End {
    place: u32,
    first: u32,
}

/// A node of the search tree with its own copy of its ends.
pub(super) struct Node {
    tokens: Vec<u32>,
    support: u64,
    ends: Vec<End>,
}

/// The search: what it reads and what it must keep to.
pub(super) struct PlaceSearch<'a> {
    pub places: &'a Places,
    pub renumbering: &'a Renumbering,
    pub rules: TimeRules,
    pub taxonomy: Option<&'a Taxonomy>,
    /// Whether an item may come more than once in a pattern.
    pub repeats: bool,
    /// What to report; generators cannot be recognised here and count as all.
    pub kind: Kind,
    pub items: Lengths,
    pub elements: Lengths,
    /// Least support; rises during a top-k search.
    pub threshold: &'a AtomicU64,
}

/// What a worker reuses from node to node.
pub(super) struct Scratch {
    tokens: Vec<u32>,
    /// Ends of the nodes on the way down, one after the other.
    ends: Vec<End>,
    reach: Vec<End>,
    /// Per growth (item, or item + item count for growth of the last element): support, ends, last sequence seen.
    support: Vec<u64>,
    count: Vec<u32>,
    seen: Vec<u32>,
    touched: Vec<u32>,
    insertion: Insertion,
}

/// A frequent growth of a node: its token, support, number of ends and their range in the scratch, which is empty where
/// nothing can grow from it.
pub(super) struct Growth {
    token: u32,
    slot: u32,
    support: u64,
    count: usize,
    start: usize,
    end: usize,
}

impl Node {
    /// Number of ends.
    pub fn size(&self) -> f64 {
        self.ends.len() as f64
    }
}

impl Growth {
    /// Number of ends.
    pub fn size(&self) -> f64 {
        self.count as f64
    }
}

impl PlaceSearch<'_> {
    pub fn scratch(&self) -> Scratch {
        let slots = 2 * self.renumbering.len();
        Scratch {
            tokens: Vec::new(),
            ends: Vec::new(),
            reach: Vec::new(),
            support: vec![0; slots],
            count: vec![0; slots],
            seen: vec![u32::MAX; slots],
            touched: Vec::new(),
            insertion: Insertion::new(self.renumbering.len()),
        }
    }

    /// One task per frequent item.
    pub fn roots(&self) -> Vec<Task<Node>> {
        let mut ends = vec![Vec::new(); self.renumbering.len()];
        for (at, place) in self.places.places.iter().enumerate() {
            if self.rules.fit(place) {
                for &item in self.places.items_of(at as u32) {
                    ends[item as usize].push(End { place: at as u32, first: at as u32 });
                }
            }
        }
        let total = self.places.places.len().max(1) as f64;
        ends.into_iter()
            .enumerate()
            .map(|(item, ends)| Task {
                share: ends.len() as f64 / total,
                node: Node { tokens: vec![NEW_ELEMENT | item as u32], support: self.renumbering.supports[item], ends },
            })
            .collect()
    }

    /// Reports a node and all below it, or hands its children back as tasks.
    pub fn work(
        &self,
        own: &mut Scratch,
        node: Node,
        may_split: bool,
        output: &mut Output<'_, '_, Node>,
    ) -> Vec<(Node, f64)> {
        own.tokens.clone_from(&node.tokens);
        own.ends.clear();
        own.ends.extend_from_slice(&node.ends);
        let heavy = may_split && node.ends.len() > 256;
        if !heavy {
            self.grow(own, node.support, 0, node.ends.len(), output);
            return Vec::new();
        }
        let growths = self.visit(own, node.support, 0, node.ends.len(), output);
        growths
            .iter()
            .map(|growth| {
                let mut tokens = node.tokens.clone();
                tokens.push(growth.token);
                let ends = own.ends[growth.start..growth.end].to_vec();
                (Node { tokens, support: growth.support, ends }, growth.size())
            })
            .collect()
    }

    /// Goes to a node and gives its frequent growths, for a descent that reports nothing.
    pub fn begin(&self, own: &mut Scratch, node: &Node) -> Vec<Growth> {
        own.tokens.clone_from(&node.tokens);
        own.ends.clear();
        own.ends.extend_from_slice(&node.ends);
        self.growths(own, 0, node.ends.len())
    }

    /// Goes on to a growth and gives its own.
    pub fn descend(&self, own: &mut Scratch, growth: &Growth) -> Vec<Growth> {
        own.tokens.push(growth.token);
        self.growths(own, growth.start, growth.end)
    }

    fn report(&self, own: &mut Scratch, support: u64, output: &mut Output<'_, '_, Node>) {
        let original = |&token: &u32| self.renumbering.original[(token & ITEM_MASK) as usize] | token & NEW_ELEMENT;
        let tokens: Vec<u32> = own.tokens.iter().map(original).collect();
        output.push(&tokens, support);
    }

    fn grow(&self, own: &mut Scratch, support: u64, start: usize, end: usize, output: &mut Output<'_, '_, Node>) {
        let floor = own.ends.len();
        for growth in &self.visit(own, support, start, end, output) {
            own.tokens.push(growth.token);
            self.grow(own, growth.support, growth.start, growth.end, output);
            own.tokens.pop();
        }
        own.ends.truncate(floor);
    }

    /// Reports the pattern `own.tokens` if it is of the kind asked for and returns its frequent growths.
    fn visit(
        &self,
        own: &mut Scratch,
        support: u64,
        start: usize,
        end: usize,
        output: &mut Output<'_, '_, Node>,
    ) -> Vec<Growth> {
        if matches!(self.kind, Kind::All | Kind::Generators) {
            self.report(own, support, output);
            return if output.stopped() { Vec::new() } else { self.growths(own, start, end) };
        }
        let growths = if output.stopped() { Vec::new() } else { self.growths(own, start, end) };
        // Under a length bound a longer pattern may be closed for want of room, so nothing is cut off.
        let unbounded = self.items.max.is_none() && self.elements.max.is_none();
        let threshold = self.threshold.load(Ordering::Relaxed);
        let wanted = match self.kind {
            Kind::Maximal => growths.is_empty() && !self.insertable(own, start, end, support, threshold, false),
            _ if unbounded && !growths.is_empty() && self.insertable(own, start, end, support, support, true) => {
                return Vec::new();
            }
            _ => {
                growths.iter().all(|growth| growth.support < support)
                    && !self.insertable(own, start, end, support, support, false)
            }
        };
        if wanted {
            self.report(own, support, output);
        }
        growths
    }

    /// Whether an item can be put in before the pattern's end in sequences of total weight `need`.
    fn insertable(
        &self,
        own: &mut Scratch,
        start: usize,
        end: usize,
        support: u64,
        need: u64,
        within_first: bool,
    ) -> bool {
        if self.items.max.is_some_and(|max| own.tokens.len() >= max as usize) {
            return false;
        }
        let elements = own.tokens.iter().filter(|&&token| token & NEW_ELEMENT != 0).count();
        let new_elements = self.elements.max.is_none_or(|max| elements < max as usize);
        let sequence_of = |end: &End| self.places.places[end.place as usize].sequence;
        let groups = own.ends[start..end].chunk_by(|a, b| sequence_of(a) == sequence_of(b));
        let asked = Asked { support, need, within_first, new_elements };
        let sequences = groups.map(|group| sequence_of(&group[0]));
        own.insertion.possible(self.places, &own.tokens, sequences, asked, |element, item| self.trivial(element, item))
    }

    /// The frequent growths of the pattern whose ends are `own.ends[start..end]`, in canonical order; their ends are
    /// appended to `own.ends`.
    fn growths(&self, own: &mut Scratch, start: usize, end: usize) -> Vec<Growth> {
        if self.items.max.is_some_and(|max| own.tokens.len() >= max as usize) {
            return Vec::new();
        }
        // What is as long as may be grows no further, so that nobody asks where it ends.
        let leaves = self.items.max.is_some_and(|max| own.tokens.len() + 1 >= max as usize);
        let elements = own.tokens.iter().filter(|&&token| token & NEW_ELEMENT != 0).count();
        let may_follow = self.elements.max.is_none_or(|max| elements < max as usize);
        let offset = self.renumbering.len() as u32;
        let last_item = own.tokens.last().expect("a node has an item") & ITEM_MASK;
        own.touched.clear();
        self.each_growth(own, start, end, last_item, may_follow, |own, slot, sequence, _| {
            if own.count[slot as usize] == 0 {
                own.touched.push(slot);
            }
            own.count[slot as usize] += 1;
            if own.seen[slot as usize] != sequence {
                own.seen[slot as usize] = sequence;
                own.support[slot as usize] += u64::from(self.places.weights[sequence as usize]);
            }
        });
        let threshold = self.threshold.load(Ordering::Relaxed);
        let mut touched = std::mem::take(&mut own.touched);
        touched.sort_unstable();
        // Growth of the last element comes before growth by a new one; slots are numbered the other way round, so
        // that those of new elements need no addition in the inner loop.
        let split = touched.partition_point(|&slot| slot < offset);
        touched.rotate_left(split);
        let mut growths: Vec<Growth> = Vec::new();
        let mut at = own.ends.len();
        for &slot in &touched {
            let (support, count) = (own.support[slot as usize], own.count[slot as usize] as usize);
            own.support[slot as usize] = 0;
            own.seen[slot as usize] = u32::MAX;
            own.count[slot as usize] = u32::MAX;
            let item = slot % offset;
            if support < threshold
                || slot >= offset && self.trivial(&own.tokens, item)
                || !self.repeats && own.tokens.iter().any(|&token| token & ITEM_MASK == item)
            {
                continue;
            }
            let token = if slot < offset { NEW_ELEMENT | item } else { item };
            let end = if leaves { at } else { at + count };
            growths.push(Growth { token, slot, support, count, start: at, end });
            own.count[slot as usize] = at as u32;
            at = end;
        }
        own.ends.resize(at, End { place: 0, first: 0 });
        if !leaves && !growths.is_empty() {
            self.each_growth(own, start, end, last_item, may_follow, |own, slot, _, growth_end| {
                let cursor = &mut own.count[slot as usize];
                if *cursor != u32::MAX {
                    own.ends[*cursor as usize] = growth_end;
                    *cursor += 1;
                }
            });
        }
        for &slot in &touched {
            own.count[slot as usize] = 0;
        }
        debug_assert!(growths.iter().all(|growth| growth.slot < 2 * offset));
        own.touched = touched;
        growths
    }

    /// Calls `found(scratch, slot, sequence, end)` for every end that growth by one item has; each end once.
    fn each_growth(
        &self,
        own: &mut Scratch,
        start: usize,
        end: usize,
        last_item: u32,
        may_follow: bool,
        mut found: impl FnMut(&mut Scratch, u32, u32, End),
    ) {
        let offset = self.renumbering.len() as u32;
        let mut group = start;
        while group < end {
            let sequence = self.places.places[own.ends[group].place as usize].sequence;
            let sequence_end = self.places.end_of(sequence);
            let mut group_end = group + 1;
            while group_end < end && own.ends[group_end].place < sequence_end {
                group_end += 1;
            }
            for at in group..group_end {
                let here = own.ends[at];
                let items = self.places.items_of(here.place);
                let after = items.partition_point(|&item| item <= last_item);
                for &item in &items[after..] {
                    found(own, offset + item, sequence, here);
                }
            }
            if may_follow {
                self.reach(own, group, group_end, sequence_end);
                let reach = std::mem::take(&mut own.reach);
                for &next in &reach {
                    for &item in self.places.items_of(next.place) {
                        found(own, item, sequence, next);
                    }
                }
                own.reach = reach;
            }
            group = group_end;
        }
    }

    /// The places where a next element may lie, each with the best beginning, into `own.reach`.
    fn reach(&self, own: &mut Scratch, group: usize, group_end: usize, sequence_end: u32) {
        own.reach.clear();
        let places = &self.places.places;
        let earliest = own.ends[group];
        let last_order = places[earliest.place as usize].last_order;
        for next in earliest.place + 1..sequence_end {
            let there = &places[next as usize];
            if self.rules.free() {
                if there.first_order > last_order {
                    own.reach.push(End { place: next, first: earliest.first });
                }
                continue;
            }
            let mut best: Option<u32> = None;
            for end in &own.ends[group..group_end] {
                if end.place >= next {
                    break;
                }
                let (first, last) = (&places[end.first as usize], &places[end.place as usize]);
                if self.rules.allow(first, last, there)
                    && best.is_none_or(|best| places[best as usize].first_order < first.first_order)
                {
                    best = Some(end.first);
                }
            }
            if let Some(first) = best {
                own.reach.push(End { place: next, first });
            }
        }
    }

    /// Whether an item would stand beside its own category in the last element.
    fn trivial(&self, tokens: &[u32], item: u32) -> bool {
        let Some(taxonomy) = self.taxonomy else { return false };
        let item = self.renumbering.original[item as usize];
        let start = tokens.iter().rposition(|&token| token & NEW_ELEMENT != 0).unwrap_or(0);
        tokens[start..].iter().any(|&token| {
            let other = self.renumbering.original[(token & ITEM_MASK) as usize];
            taxonomy.ancestors(other).any(|group| group == item) || taxonomy.ancestors(item).any(|group| group == other)
        })
    }
}
