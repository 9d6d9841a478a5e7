//! Pattern growth where every element has one item and time does not matter: text, clicks, one purchase at a time.
//!
//! Pseudo-projection (J. Pei et al., "Mining sequential patterns by pattern-growth", IEEE TKDE 16(11), 2004) over one
//! flat array: a projected sequence is the position after the first embedding. Each position also knows where the same
//! item stood before in its sequence, so that "first occurrence since the projection began" is one comparison with no
//! table of what was seen. Growths are tried only where each pair of items is frequent (the co-occurrence map of
//! P. Fournier-Viger et al., PAKDD 2014), which spares most leaves of the tree their scan.
//!
//! Closed and maximal patterns are recognised from the data, without keeping other patterns: an item fits into a gap of the
//! pattern when it occurs between the first embedding of what is before and the last embedding of what is after
//! (maximum periods of BIDE: J. Wang, J. Han, ICDE 2004). Most candidates die on the first few customers.

use super::compact::Renumbering;
use super::data::Sequences;
use super::pattern::NEW_ELEMENT;
use super::settings::Kind;
use super::work::{Output, Task};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Ends each sequence in the flat array.
const END: u32 = u32::MAX;

/// Pairs are looked up beforehand only up to so many frequent items (8 MB of bits).
const MAX_PAIR_ITEMS: usize = 8192;

#[derive(Clone, Copy)]
struct Step {
    item: u32,
    /// One more than the position of the same item before it in the sequence; 0 if there is none.
    since: u32,
}

/// Sequences of single steps.
pub(super) struct Steps {
    steps: Vec<Step>,
    /// The sequence of each position.
    sequence_of: Vec<u32>,
    /// First position of each sequence; the last entry ends the last one.
    starts: Vec<u32>,
    /// Weight of each sequence; empty if each counts one.
    weights: Vec<u32>,
    /// Positions after each item's first occurrences, by item.
    first: Vec<u32>,
    first_of: Vec<u32>,
    pairs: Option<Pairs>,
}

/// Which item follows which in enough sequences, one bit per ordered pair.
struct Pairs {
    words: usize,
    /// Per item a row of the items that follow it, and a row of those it follows.
    after: Vec<u64>,
    before: Vec<u64>,
}

/// A node of the search tree with its own copy of its projection and of the items that may follow.
pub(super) struct Node {
    prefix: Vec<u32>,
    support: u64,
    projection: Vec<u32>,
    candidates: Vec<u32>,
}

/// The search: what it reads and what it must keep to.
pub(super) struct StepSearch<'a> {
    pub steps: &'a Steps,
    pub renumbering: &'a Renumbering,
    pub kind: Kind,
    /// Most items (and so elements) of a pattern.
    pub longest: usize,
    pub threshold: &'a AtomicU64,
}

/// What a worker reuses from node to node.
pub(super) struct Scratch {
    prefix: Vec<u32>,
    tokens: Vec<u32>,
    /// Projections of the nodes on the way down, one after the other.
    positions: Vec<u32>,
    candidates: Vec<u32>,
    count: Vec<u32>,
    weight: Vec<u64>,
    cursor: Vec<u32>,
    insertion: Insertion,
}

/// Buffers of the check for insertable items.
#[derive(Default)]
struct Insertion {
    rows: Vec<u64>,
    slots: Vec<u32>,
    left: Vec<u32>,
    right: Vec<u32>,
    stamps: Vec<u32>,
    stamp: u32,
    alive: Vec<Candidate>,
    next: Vec<Candidate>,
}

#[derive(Clone, Copy)]
struct Candidate {
    slot: u32,
    item: u32,
    support: u64,
}

#[derive(Clone, Copy)]
struct Child {
    item: u32,
    support: u64,
    projection: (u32, u32),
    candidates: (u32, u32),
}

impl Steps {
    /// The flat form of sequences whose elements have one frequent item at most.
    pub fn new(sequences: &Sequences, renumbering: &Renumbering, threshold: u64) -> Self {
        let mut built = Steps {
            steps: Vec::with_capacity(sequences.lines() + sequences.customers()),
            sequence_of: Vec::new(),
            starts: vec![0],
            weights: Vec::new(),
            first: Vec::new(),
            first_of: Vec::new(),
            pairs: None,
        };
        let mut last_at = vec![0u32; renumbering.len()];
        let mut occurrences = vec![0u32; renumbering.len() + 1];
        for customer in sequences.shortest_first() {
            let start = built.steps.len();
            for element in sequences.elements_of(customer) {
                for &item in sequences.items_of(element) {
                    let item = renumbering.compact[item as usize];
                    if item != u32::MAX {
                        let since = last_at[item as usize];
                        let since = if since > start as u32 { since } else { 0 };
                        built.steps.push(Step { item, since });
                        last_at[item as usize] = built.steps.len() as u32;
                        occurrences[item as usize + 1] += u32::from(since == 0);
                    }
                }
            }
            if built.steps.len() > start {
                built.steps.push(Step { item: END, since: 0 });
                built.sequence_of.resize(built.steps.len(), built.starts.len() as u32 - 1);
                built.starts.push(built.steps.len() as u32);
                if sequences.is_weighted() {
                    built.weights.push(sequences.weight_of(customer));
                }
            }
        }
        for item in 0..renumbering.len() {
            occurrences[item + 1] += occurrences[item];
        }
        built.first_of.clone_from(&occurrences);
        built.first = vec![0; occurrences[renumbering.len()] as usize];
        for (at, step) in built.steps.iter().enumerate() {
            if step.item != END && step.since == 0 {
                let place = &mut occurrences[step.item as usize];
                built.first[*place as usize] = at as u32 + 1;
                *place += 1;
            }
        }
        built.pairs = built.frequent_pairs(renumbering.len(), threshold);
        built
    }

    fn frequent_pairs(&self, items: usize, threshold: u64) -> Option<Pairs> {
        if items > MAX_PAIR_ITEMS {
            return None;
        }
        let words = items.div_ceil(64);
        let (mut after, mut before) = (vec![0u64; words * items], vec![0u64; words * items]);
        let mut support = vec![0u64; items];
        for item in 0..items {
            support.fill(0);
            for &start in self.firsts(item as u32) {
                let weight = self.weight(start);
                for step in self.steps[start as usize..].iter().take_while(|step| step.item != END) {
                    support[step.item as usize] += if step.since <= start { weight } else { 0 };
                }
            }
            for (next, _) in support.iter().enumerate().filter(|(_, support)| **support >= threshold) {
                after[item * words + next / 64] |= 1 << (next % 64);
                before[next * words + item / 64] |= 1 << (item % 64);
            }
        }
        Some(Pairs { words, after, before })
    }

    fn firsts(&self, item: u32) -> &[u32] {
        &self.first[self.first_of[item as usize] as usize..self.first_of[item as usize + 1] as usize]
    }

    /// Weight of the sequence of a projection (a position after a step, so never a sequence's first).
    fn weight(&self, position: u32) -> u64 {
        if self.weights.is_empty() {
            1
        } else {
            u64::from(self.weights[self.sequence_of[position as usize - 1] as usize])
        }
    }
}

impl Pairs {
    fn frequent(&self, first: u32, next: u32) -> bool {
        self.after[first as usize * self.words + next as usize / 64] >> (next % 64) & 1 == 1
    }

    /// For each place before an item of `prefix`, the items that make frequent pairs with all others of it: a row of
    /// bits per place, one after the other. Returns whether there is any.
    fn insertable(&self, prefix: &[u32], rows: &mut Vec<u64>) -> bool {
        let words = self.words;
        rows.clear();
        rows.resize(prefix.len() * words, u64::MAX);
        for word in 0..words {
            let mut left = u64::MAX;
            for (slot, &item) in prefix.iter().enumerate() {
                rows[slot * words + word] &= left;
                left &= self.after[item as usize * words + word];
            }
            let mut right = u64::MAX;
            for (slot, &item) in prefix.iter().enumerate().rev() {
                right &= self.before[item as usize * words + word];
                rows[slot * words + word] &= right;
            }
        }
        rows.iter().any(|&row| row != 0)
    }
}

impl StepSearch<'_> {
    pub fn scratch(&self) -> Scratch {
        let items = self.renumbering.len();
        Scratch {
            prefix: Vec::new(),
            tokens: Vec::new(),
            positions: Vec::new(),
            candidates: Vec::new(),
            count: vec![0; items],
            weight: vec![0; if self.steps.weights.is_empty() { 0 } else { items }],
            cursor: vec![u32::MAX; items],
            insertion: Insertion { stamps: vec![0; items], ..Insertion::default() },
        }
    }

    /// One task per frequent item.
    pub fn roots(&self) -> Vec<Task<Node>> {
        let all: Vec<u32> = (0..self.renumbering.len() as u32).collect();
        let total = self.steps.first.len().max(1) as f64;
        all.iter()
            .map(|&item| Task {
                share: self.steps.firsts(item).len() as f64 / total,
                node: Node {
                    prefix: vec![item],
                    support: self.renumbering.supports[item as usize],
                    projection: Vec::new(),
                    candidates: Vec::new(),
                },
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
        own.prefix.clone_from(&node.prefix);
        own.positions.clear();
        own.candidates.clear();
        if let [item] = node.prefix[..] {
            own.positions.extend_from_slice(self.steps.firsts(item));
            let items = 0..self.renumbering.len() as u32;
            own.candidates.extend(items.filter(|&next| self.pair(item, next)));
        } else {
            own.positions.extend_from_slice(&node.projection);
            own.candidates.extend_from_slice(&node.candidates);
        }
        let size: usize = own.positions.len();
        let (projection, candidates) = (0..size, 0..own.candidates.len());
        if !may_split || size * own.candidates.len() < 4096 {
            self.grow(own, node.support, projection, candidates, output);
            return Vec::new();
        }
        let children = self.visit(own, node.support, projection, candidates, output);
        children
            .iter()
            .map(|child| {
                let projection = own.positions[child.projection.0 as usize..child.projection.1 as usize].to_vec();
                let candidates = own.candidates[child.candidates.0 as usize..child.candidates.1 as usize].to_vec();
                let prefix = [&node.prefix[..], &[child.item]].concat();
                let size = projection.len() as f64 * candidates.len() as f64 + 1.0;
                (Node { prefix, support: child.support, projection, candidates }, size)
            })
            .collect()
    }

    fn pair(&self, first: u32, next: u32) -> bool {
        self.steps.pairs.as_ref().is_none_or(|pairs| pairs.frequent(first, next))
    }

    fn grow(
        &self,
        own: &mut Scratch,
        support: u64,
        projection: Range<usize>,
        candidates: Range<usize>,
        output: &mut Output<'_, '_, Node>,
    ) {
        let (positions, kept) = (own.positions.len(), own.candidates.len());
        for child in self.visit(own, support, projection, candidates, output) {
            own.prefix.push(child.item);
            let projection = child.projection.0 as usize..child.projection.1 as usize;
            let candidates = child.candidates.0 as usize..child.candidates.1 as usize;
            self.grow(own, child.support, projection, candidates, output);
            own.prefix.pop();
        }
        own.positions.truncate(positions);
        own.candidates.truncate(kept);
    }

    /// Reports the pattern `own.prefix` if it is of the kind asked for and returns its frequent growths, whose
    /// projections and candidates are appended to the scratch.
    fn visit(
        &self,
        own: &mut Scratch,
        support: u64,
        projection: Range<usize>,
        candidates: Range<usize>,
        output: &mut Output<'_, '_, Node>,
    ) -> Vec<Child> {
        let grows = !candidates.is_empty() && own.prefix.len() < self.longest && !output.stopped();
        let children = if grows { self.children(own, &projection, &candidates) } else { Vec::new() };
        let threshold = self.threshold.load(Ordering::Relaxed);
        let at_end = own.prefix.len() >= self.longest;
        let wanted = match self.kind {
            Kind::All | Kind::Generators => true,
            Kind::Closed => {
                // Under a length bound a longer pattern may be closed for want of room, so nothing is cut off.
                let unbounded = self.longest == usize::MAX;
                if unbounded && !children.is_empty() && self.insertable(own, &projection, support, support, true) {
                    return Vec::new();
                }
                at_end
                    || children.iter().all(|child| child.support < support)
                        && !self.insertable(own, &projection, support, support, false)
            }
            Kind::Maximal => {
                at_end || children.is_empty() && !self.insertable(own, &projection, support, threshold, false)
            }
        };
        if wanted {
            own.tokens.clear();
            own.tokens.extend(own.prefix.iter().map(|&i| self.renumbering.original[i as usize] | NEW_ELEMENT));
            output.push(&own.tokens, support);
        }
        if children.is_empty() { children } else { self.project(own, projection, children) }
    }

    /// The frequent growths among the candidates; projections and candidates are not filled in yet, but for the length.
    fn children(&self, own: &mut Scratch, projection: &Range<usize>, candidates: &Range<usize>) -> Vec<Child> {
        let threshold = self.threshold.load(Ordering::Relaxed);
        own.count.fill(0);
        let steps = &self.steps.steps;
        let weighted = !self.steps.weights.is_empty();
        own.weight.fill(0);
        for &position in &own.positions[projection.clone()] {
            let mut at = position as usize;
            let mut step = steps[at];
            while step.item != END {
                own.count[step.item as usize] += u32::from(step.since <= position);
                if weighted && step.since <= position {
                    own.weight[step.item as usize] += self.steps.weight(position);
                }
                at += 1;
                step = steps[at];
            }
        }
        let mut children = Vec::new();
        for &item in &own.candidates[candidates.clone()] {
            let count = own.count[item as usize];
            let support = if weighted { own.weight[item as usize] } else { u64::from(count) };
            if support >= threshold && count > 0 {
                children.push(Child { item, support, projection: (0, count), candidates: (0, 0) });
            }
        }
        children
    }

    /// Fills in the children's candidates and, where there are any, their projections.
    fn project(&self, own: &mut Scratch, projection: Range<usize>, mut children: Vec<Child>) -> Vec<Child> {
        let ends_here = own.prefix.len() + 1 >= self.longest;
        let needs_positions = matches!(self.kind, Kind::Closed | Kind::Maximal);
        let base = own.positions.len();
        let mut at = base as u32;
        for child in 0..children.len() {
            let item = children[child].item;
            let start = own.candidates.len() as u32;
            if !ends_here {
                own.candidates.extend(children.iter().map(|next| next.item).filter(|&next| self.pair(item, next)));
            }
            let end = own.candidates.len() as u32;
            children[child].candidates = (start, end);
            if start < end || needs_positions {
                own.cursor[item as usize] = at;
                children[child].projection = (at, at + children[child].projection.1);
                at = children[child].projection.1;
            } else {
                children[child].projection = (at, at);
            }
        }
        if at as usize > base {
            own.positions.resize(at as usize, 0);
            let (before, after) = own.positions.split_at_mut(base);
            let steps = &self.steps.steps;
            for &position in &before[projection] {
                let mut next = position as usize;
                let mut step = steps[next];
                while step.item != END {
                    next += 1;
                    let cursor = &mut own.cursor[step.item as usize];
                    if *cursor != u32::MAX && step.since <= position {
                        after[*cursor as usize - base] = next as u32;
                        *cursor += 1;
                    }
                    step = steps[next];
                }
            }
        }
        for child in &children {
            own.cursor[child.item as usize] = u32::MAX;
        }
        children
    }

    /// Whether some item can be put before or between the items of the pattern in sequences of total weight `need`.
    ///
    /// With `within_first` only room inside each first embedding counts (semi-maximum periods): then every pattern that
    /// begins with this one has the same insertion, and none of them is closed (BackScan).
    fn insertable(
        &self,
        own: &mut Scratch,
        projection: &Range<usize>,
        support: u64,
        need: u64,
        within_first: bool,
    ) -> bool {
        let slack = support - need;
        let (prefix, found) = (&own.prefix, &mut own.insertion);
        let steps = &self.steps.steps;
        found.alive.clear();
        found.slots.clear();
        // Rows of bits tell before any sequence is read where an item could go at all.
        let words = self.steps.pairs.as_ref().map_or(0, |pairs| pairs.words);
        match &self.steps.pairs {
            Some(pairs) => {
                if !pairs.insertable(prefix, &mut found.rows) {
                    return false;
                }
                let rows = found.rows.chunks_exact(words).enumerate();
                found
                    .slots
                    .extend(rows.filter(|(_, row)| row.iter().any(|&bits| bits != 0)).map(|(slot, _)| slot as u32));
            }
            None => found.slots.extend(0..prefix.len() as u32),
        }
        let rows = &found.rows;
        let possible =
            |slot: usize, item: u32| words == 0 || rows[slot * words + item as usize / 64] >> (item % 64) & 1 == 1;
        let mut read = 0;
        for &position in &own.positions[projection.clone()] {
            let sequence = self.steps.sequence_of[position as usize - 1] as usize;
            let start = self.steps.starts[sequence];
            let weight = self.steps.weight(position);
            // Once no further candidate can have the need, only the slots of those that are left are looked at.
            let open = read <= slack;
            if !open {
                found.slots.clear();
                found.slots.extend(found.alive.iter().map(|candidate| candidate.slot));
                found.slots.dedup();
            }
            let (Some(&lowest), Some(&highest)) = (found.slots.first(), found.slots.last()) else { return false };
            found.left.clear();
            let mut at = start;
            for &item in &prefix[..highest as usize] {
                while steps[at as usize].item != item {
                    at += 1;
                }
                found.left.push(at);
                at += 1;
            }
            let mut at = if within_first { position } else { self.steps.starts[sequence + 1] - 1 };
            found.right.clear();
            for &item in prefix[lowest as usize..].iter().rev() {
                at -= 1;
                while steps[at as usize].item != item {
                    at -= 1;
                }
                found.right.push(at);
            }
            found.next.clear();
            let mut known = found.alive.iter().peekable();
            for &slot in &found.slots {
                let slot = slot as usize;
                let from = if slot == 0 { start } else { found.left[slot - 1] + 1 };
                let to = found.right[prefix.len() - 1 - slot];
                if found.stamp > u32::MAX - 4 {
                    found.stamps.fill(0);
                    found.stamp = 0;
                }
                found.stamp += 2;
                let between = steps.get(from as usize..to as usize).unwrap_or(&[]);
                for step in between.iter().filter(|step| possible(slot, step.item)) {
                    found.stamps[step.item as usize] = found.stamp;
                }
                while let Some(candidate) = known.next_if(|candidate| candidate.slot == slot as u32) {
                    let mut candidate = *candidate;
                    let stamp = &mut found.stamps[candidate.item as usize];
                    if *stamp == found.stamp {
                        candidate.support += weight;
                        *stamp += 1;
                    }
                    if candidate.support + slack >= read + weight {
                        found.next.push(candidate);
                    }
                }
                if open {
                    for step in between {
                        let stamp = &mut found.stamps[step.item as usize];
                        if *stamp == found.stamp {
                            *stamp += 1;
                            found.next.push(Candidate { slot: slot as u32, item: step.item, support: weight });
                        }
                    }
                }
            }
            read += weight;
            std::mem::swap(&mut found.alive, &mut found.next);
            if found.alive.iter().any(|candidate| candidate.support >= need) {
                return true;
            }
            if found.alive.is_empty() && read > slack {
                return false;
            }
        }
        false
    }
}
