//! One thread's walk through the tree of itemsets.
//!
//! Items are numbered from the most frequent; a set is reached from its rarest item downwards, so that an item is only ever
//! followed by more frequent ones and what is left of the baskets shrinks fast. An item that all baskets behind a prefix
//! have is never branched on: it is free with every set below (all sets) or belongs to every set below (closed and maximal
//! ones). For closed sets a branch ends when an item that was passed over is in all of its baskets, the prefix-preserving
//! extension of LCM (Uno, Asai, Uchida and Arimura 2004).

mod cubes;
mod report;

use super::super::cube::{Cells, MOST};
use super::super::output::Output;
use super::super::settings::ItemsetKind;
use super::dense::{DenseNode, Merger, bits, count_containing, count_with, project};
use super::list::{ListNode, at_least};
use super::schedule::{Key, Schedule};
use super::wide::{WideNode, wide_bits};
use std::ops::Range;
use std::sync::Arc;

/// Cells (baskets times items) from which a node's branches become units of their own.
const HEAVY: usize = 1 << 13;

/// What a set begins with, and the items that each set below may take or leave.
#[derive(Debug, Clone, Default)]
pub(super) struct Prefix {
    pub items: Vec<u32>,
    pub free: Vec<u32>,
}

/// A part of the search that any thread may take up.
pub(super) enum Unit {
    /// Everything.
    Root(Root, Prefix),
    /// The branches of a node from the last of a range of items to its first.
    List { node: Arc<ListNode>, prefix: Arc<Prefix>, from: usize, to: usize },
    /// One branch of a node.
    Wide { node: Arc<WideNode>, prefix: Arc<Prefix>, branch: usize },
    /// One branch of a node, or what remains below its cube's size.
    Dense { node: Arc<DenseNode>, prefix: Arc<Prefix>, branch: Option<usize> },
    /// Sets that are found, to be spelled out.
    Sets { prefix: Prefix, sets: Sets },
}

/// What a prefix is reported with.
#[derive(Clone)]
pub(super) enum Sets {
    /// Itself alone, with its support.
    One(u32),
    /// The chosen subsets of a cube.
    Cube { cube: Arc<Chosen>, words: Range<usize> },
}

/// A cube that several units may spell out.
pub(super) struct Chosen {
    items: Vec<u32>,
    cells: Cells,
    chosen: Vec<u64>,
}

/// All baskets, in the form that their items ask for.
pub(super) enum Root {
    Dense(DenseNode),
    Wide(WideNode),
    List(ListNode),
}

impl Root {
    /// The same, ready for the search; with items above where asked for.
    pub(super) fn indexed(mut self, above: bool) -> Self {
        if let Self::List(node) = &mut self {
            node.index(above, false);
        }
        self
    }
}

/// What is searched for.
#[derive(Clone, Copy)]
pub(super) struct Goal {
    pub kind: ItemsetKind,
    pub min: u32,
    pub longest: usize,
    /// Whether other threads wait for units.
    pub shared: bool,
}

/// Rooms of work that are used again and again, so that the walk allocates nothing.
struct Rooms {
    counts: Vec<u32>,
    touched: Vec<u32>,
    local: Vec<u32>,
    merger: Merger,
    cells: Cells,
    others: Cells,
    chosen: Vec<u64>,
    before: Vec<u64>,
    shared: Vec<u64>,
    dense: Vec<DenseNode>,
    wides: Vec<WideNode>,
    lists: Vec<ListNode>,
}

pub(super) struct Walk<'a, O: Output> {
    goal: Goal,
    output: &'a O,
    schedule: &'a Schedule<'a, Unit, O>,
    key: Key,
    /// Whether the key ends in a number that tells how often something was offered.
    offering: bool,
    prefix: Prefix,
    part: O::Part,
    /// For what is spelled out in the midst of a unit.
    aside: O::Part,
    rooms: Rooms,
    steps: u32,
}

/// A node that is about to be walked.
enum Node {
    Dense(DenseNode),
    Wide(WideNode),
    List(ListNode),
}

impl<'a, O: Output> Walk<'a, O> {
    pub(super) fn new(goal: Goal, output: &'a O, schedule: &'a Schedule<'a, Unit, O>, items: usize) -> Self {
        let rooms = Rooms {
            counts: vec![0; items],
            touched: Vec::new(),
            local: vec![0; items],
            merger: Merger::default(),
            cells: Cells::default(),
            others: Cells::default(),
            chosen: Vec::new(),
            before: Vec::new(),
            shared: Vec::new(),
            dense: Vec::new(),
            wides: Vec::new(),
            lists: Vec::new(),
        };
        let (part, aside) = (output.part(), output.part());
        let (key, prefix) = (Key::new(), Prefix::default());
        Self { goal, output, schedule, key, offering: false, prefix, part, aside, rooms, steps: 0 }
    }

    /// Takes up units until there are none.
    pub(super) fn work(mut self) {
        while let Some((key, unit)) = self.schedule.next() {
            if let Unit::Sets { prefix, sets } = &unit {
                self.spell(&key, prefix, sets);
                continue;
            }
            (self.key, self.offering) = (key, false);
            let more = self.unit(unit);
            let part = self.output.split(&mut self.part);
            self.schedule.complete(&self.key, part, more);
        }
    }

    /// Carries a unit out; gives the units that take its place.
    fn unit(&mut self, unit: Unit) -> Vec<(Key, Unit, f64)> {
        match unit {
            Unit::Root(root, prefix) => {
                self.prefix = prefix;
                match root {
                    Root::Dense(node) => self.share(Node::Dense(node), &[]),
                    Root::Wide(node) => self.share_wide(node),
                    Root::List(node) => self.share_list(node),
                }
            }
            Unit::Sets { .. } => unreachable!("found sets are spelled out, not searched"),
            Unit::Wide { node, prefix, branch } => {
                self.prefix.clone_from(&prefix);
                self.wide_branch(&node, branch).map_or_else(Vec::new, |below| self.share(below, &[]))
            }
            Unit::List { node, prefix, from, to } => {
                self.prefix.clone_from(&prefix);
                for branch in (from..to).rev() {
                    let (depth, free) = (self.prefix.items.len(), self.prefix.free.len());
                    let below = self.list_branch(&node, branch);
                    let mut more = below.map_or_else(Vec::new, |below| self.share(below, &[0]));
                    self.prefix.items.truncate(depth);
                    self.prefix.free.truncate(free);
                    if !more.is_empty() {
                        // The rest of the range comes after the shared branches, with its part of the work.
                        let share = 1.0 / (branch + 1 - from) as f64;
                        more.iter_mut().for_each(|unit| unit.2 *= share);
                        if branch > from {
                            let rest = Unit::List { node, prefix, from, to: branch };
                            more.push((self.below(&[1]), rest, 1.0 - share));
                        }
                        return more;
                    }
                }
                Vec::new()
            }
            Unit::Dense { node, prefix, branch } => {
                self.prefix.clone_from(&prefix);
                match branch {
                    None => self.remainder(&node),
                    Some(branch) => {
                        if let (Some(below), _) = self.dense_branch(&node, branch) {
                            return self.share(Node::Dense(below), &[]);
                        }
                    }
                }
                Vec::new()
            }
        }
    }

    /// Walks a node, or gives its branches as units at `path` where they are heavy.
    fn share(&mut self, node: Node, path: &[u32]) -> Vec<(Key, Unit, f64)> {
        match node {
            Node::Dense(node) if self.heavy(&node) => self.share_dense(node, path),
            node => {
                self.walk(node);
                Vec::new()
            }
        }
    }

    fn share_wide(&mut self, node: WideNode) -> Vec<(Key, Unit, f64)> {
        self.found(node.support);
        let (node, prefix) = (Arc::new(node), Arc::new(self.prefix.clone()));
        let share = 1.0 / node.low as f64;
        let unit = |(at, branch)| {
            (self.below(&[at]), Unit::Wide { node: node.clone(), prefix: prefix.clone(), branch }, share)
        };
        (0u32..).zip((0..node.low).rev()).map(unit).collect()
    }

    fn share_list(&mut self, node: ListNode) -> Vec<(Key, Unit, f64)> {
        self.found(node.support);
        // Ranges of about equal numbers of places, many more than threads.
        let node = Arc::new(node);
        let prefix = Arc::new(self.prefix.clone());
        let total: usize = (0..node.low).map(|item| node.places(item).len() + 8).sum();
        let share = total / 256 + 1;
        let (mut units, mut to, mut size) = (Vec::new(), node.low, 0);
        for from in (0..node.low).rev() {
            size += node.places(from).len() + 8;
            if size >= share || from == 0 {
                let unit = Unit::List { node: node.clone(), prefix: prefix.clone(), from, to };
                units.push((self.below(&[units.len() as u32]), unit, size as f64 / total as f64));
                (to, size) = (from, 0);
            }
        }
        units
    }

    fn below(&self, path: &[u32]) -> Key {
        [&self.key[..], path].concat()
    }

    fn heavy(&self, node: &DenseNode) -> bool {
        self.goal.shared
            && node.masks.len() * node.items.len() > HEAVY
            && node.low > cube_size(node.masks.len(), node.low) + 2
    }

    fn share_dense(&mut self, node: DenseNode, path: &[u32]) -> Vec<(Key, Unit, f64)> {
        let size = cube_size(node.masks.len(), node.low);
        let prefix = Arc::new(self.prefix.clone());
        if self.goal.kind == ItemsetKind::Maximal && self.settled_whole(&node) {
            return Vec::new();
        }
        let node = Arc::new(node);
        let branches = (size..node.low).rev().map(Some).chain([None]);
        let share = 1.0 / (node.low - size + 1) as f64;
        branches
            .enumerate()
            .map(|(at, branch)| {
                let key = self.below(&[path, &[at as u32]].concat());
                (key, Unit::Dense { node: node.clone(), prefix: prefix.clone(), branch }, share)
            })
            .collect()
    }

    /// Whether the search should end; now and then the caller is asked.
    fn stopped(&mut self) -> bool {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(4096) {
            self.schedule.ask();
        }
        self.schedule.stopped()
    }

    fn walk(&mut self, node: Node) {
        match node {
            Node::Dense(node) => {
                self.dense(&node);
                self.rooms.dense.push(node);
            }
            Node::Wide(node) => {
                self.each_branch(node.low, node.support, &|walk, branch| walk.wide_branch(&node, branch));
                self.rooms.wides.push(node);
            }
            Node::List(node) => {
                self.each_branch(node.low, node.support, &|walk, branch| walk.list_branch(&node, branch));
                self.rooms.lists.push(node);
            }
        }
    }

    fn each_branch(&mut self, low: usize, support: u32, branch: &dyn Fn(&mut Self, usize) -> Option<Node>) {
        self.found(support);
        for at in (0..low).rev() {
            if self.stopped() {
                return;
            }
            let (depth, free) = (self.prefix.items.len(), self.prefix.free.len());
            if let Some(below) = branch(self, at) {
                self.walk(below);
            }
            self.prefix.items.truncate(depth);
            self.prefix.free.truncate(free);
        }
    }

    /// Adds an item to the prefix and gives the node below, when there is something to walk there.
    fn list_branch(&mut self, node: &ListNode, branch: usize) -> Option<Node> {
        let above = self.goal.kind != ItemsetKind::All;
        let rooms = &mut self.rooms;
        let min = self.goal.min;
        let mut kept = std::mem::take(&mut rooms.touched);
        let mut support = 0;
        let pairs = node.shared_with(branch);
        if let Some(shared) = pairs {
            support = node.support_of(branch);
            let known = if above { shared } else { &shared[..branch] };
            // No counter exceeds the support, so a minimum beyond 16 bits keeps nothing.
            at_least(known, u16::try_from(min).unwrap_or(u16::MAX), &mut kept);
        } else {
            for (weight, lower, upper) in node.rows_with(branch, above) {
                support += weight;
                for side in [lower, upper] {
                    for &item in side {
                        let count = &mut rooms.counts[item as usize];
                        if *count == 0 {
                            kept.push(item);
                        }
                        *count += weight;
                    }
                }
            }
        }
        self.prefix.items.push(node.items[branch]);
        let mut passed_over = false;
        kept.retain(|&item| {
            let count = match pairs {
                Some(shared) => u32::from(shared[item as usize]),
                None => std::mem::take(&mut rooms.counts[item as usize]),
            };
            if count == support {
                if item as usize > branch {
                    passed_over = true;
                } else if (item as usize) < branch && above {
                    self.prefix.items.push(node.items[item as usize]);
                } else if (item as usize) < branch {
                    self.prefix.free.push(node.items[item as usize]);
                }
                return false;
            }
            count >= min
        });
        let below = if passed_over { None } else { self.list_below(node, branch, support, &mut kept) };
        kept.clear();
        self.rooms.touched = kept;
        below
    }

    fn list_below(&mut self, node: &ListNode, branch: usize, support: u32, kept: &mut [u32]) -> Option<Node> {
        if node.shared_with(branch).is_none() {
            kept.sort_unstable();
        }
        let low = kept.partition_point(|&item| (item as usize) < branch);
        if self.leaf(support, low, kept.len()) {
            return None;
        }
        if let (&[item], Some(shared)) = (&*kept, node.shared_with(branch)) {
            // One item is left, which has no more than these two sets to decide.
            self.found(support);
            self.prefix.items.push(node.items[item as usize]);
            self.report(u32::from(shared[item as usize]));
            return None;
        }
        let above = self.goal.kind != ItemsetKind::All;
        for (at, &item) in kept.iter().enumerate() {
            self.rooms.local[item as usize] = at as u32 + 1;
        }
        let local = &self.rooms.local;
        let below = if kept.len() <= 64 {
            let mut below = self.rooms.dense.pop().unwrap_or_default();
            below.clear();
            below.low = low;
            below.support = support;
            below.items.extend(kept.iter().map(|&item| node.items[item as usize]));
            let key = merge_key(self.goal.kind, low);
            let merger = &mut self.rooms.merger;
            merger.begin(node.places(branch).len());
            for (weight, lower, upper) in node.rows_with(branch, above) {
                let mut word = 0u64;
                for side in [lower, upper] {
                    // What is not kept shifts a zero.
                    word = side.iter().fold(word, |word, &item| {
                        let at = local[item as usize];
                        word | u64::from(at != 0) << (at.wrapping_sub(1) & 63)
                    });
                }
                merger.add(&mut below, word, weight, key);
            }
            Node::Dense(below)
        } else {
            let mut below = self.rooms.lists.pop().unwrap_or_default();
            below.clear(node.weighted());
            below.low = low;
            below.support = support;
            below.items.extend(kept.iter().map(|&item| node.items[item as usize]));
            let weighted = node.weighted();
            for (weight, lower, upper) in node.rows_with(branch, above) {
                let start = below.flat.len();
                below.head(weighted.then_some(weight));
                // Every item is written, and what is not kept is overwritten by the next.
                let mut end = start + 1;
                below.flat.resize(end + lower.len() + upper.len(), 0);
                for side in [lower, upper] {
                    for &item in side {
                        let at = local[item as usize];
                        below.flat[end] = at.wrapping_sub(1);
                        end += usize::from(at != 0);
                    }
                }
                below.flat.truncate(if end == start + 1 && !weighted { start } else { end });
            }
            below.index(above, true);
            Node::List(below)
        };
        for &item in kept.iter() {
            self.rooms.local[item as usize] = 0;
        }
        Some(below)
    }

    /// Reports the prefix when nothing can follow it, `low` items being left to add and `known` of any sort.
    fn leaf(&mut self, support: u32, low: usize, known: usize) -> bool {
        if low > 0 && self.prefix.items.len() < self.goal.longest {
            return false;
        }
        match self.goal.kind {
            ItemsetKind::Maximal if known > 0 => {}
            _ => self.report(support),
        }
        true
    }

    /// As [`Walk::list_branch`].
    fn wide_branch(&mut self, node: &WideNode, branch: usize) -> Option<Node> {
        let goal = self.goal;
        let mut counts = [0; WideNode::MOST];
        node.count_with(branch, &mut counts);
        let support = counts[branch];
        let (mut kept, mut full) = (0u128, 0u128);
        for (item, &count) in counts[..node.items.len()].iter().enumerate() {
            kept |= u128::from(count >= goal.min) << item;
            full |= u128::from(count == support) << item;
        }
        let below_branch = (1u128 << branch) - 1;
        full &= !(1 << branch);
        kept &= !(full | 1 << branch);
        if goal.kind == ItemsetKind::All {
            kept &= below_branch;
            full &= below_branch;
        } else if full & !below_branch != 0 {
            return None;
        }
        self.prefix.items.push(node.items[branch]);
        let extended = if goal.kind == ItemsetKind::All { &mut self.prefix.free } else { &mut self.prefix.items };
        extended.extend(wide_bits(full).map(|item| node.items[item]));
        let low = (kept & below_branch).count_ones() as usize;
        if self.leaf(support, low, kept.count_ones() as usize) {
            return None;
        }
        let items = wide_bits(kept).map(|item| node.items[item]);
        if kept.count_ones() <= 64 {
            let mut below = self.rooms.dense.pop().unwrap_or_default();
            below.clear();
            (below.low, below.support) = (low, support);
            below.items.extend(items);
            node.project_dense(branch, kept, &mut below, merge_key(goal.kind, low), &mut self.rooms.merger);
            return Some(Node::Dense(below));
        }
        let mut below = self.rooms.wides.pop().unwrap_or_default();
        below.clear();
        (below.low, below.support) = (low, support);
        below.items.extend(items);
        node.project(branch, kept, |mask, weight| {
            below.masks.push(mask);
            below.weights.push(weight);
        });
        Some(Node::Wide(below))
    }

    fn dense(&mut self, node: &DenseNode) {
        if self.goal.kind == ItemsetKind::Maximal && self.settled_whole(node) {
            return;
        }
        let size = cube_size(node.masks.len(), node.low);
        for branch in (size..node.low).rev() {
            if self.stopped() {
                return;
            }
            let (depth, free) = (self.prefix.items.len(), self.prefix.free.len());
            let (below, whole) = self.dense_branch(node, branch);
            if let Some(below) = below {
                self.walk(Node::Dense(below));
            }
            self.prefix.items.truncate(depth);
            self.prefix.free.truncate(free);
            if whole {
                // This branch with all items below it is frequent: every set of the other branches is inside it.
                return;
            }
        }
        self.remainder(node);
    }

    /// For maximal sets: when the prefix with all items that may follow is frequent, that is the only set worth a look.
    fn settled_whole(&mut self, node: &DenseNode) -> bool {
        let mut counts = [0; 64];
        count_containing(node, ones(node.low), &mut counts);
        if counts[0] < self.goal.min {
            return false;
        }
        if counts[node.low..node.items.len()].iter().all(|&count| count < self.goal.min) {
            let depth = self.prefix.items.len();
            self.prefix.items.extend_from_slice(&node.items[..node.low]);
            self.report(counts[0]);
            self.prefix.items.truncate(depth);
        }
        true
    }

    /// Adds an item to the prefix and gives the node below, when there is something to walk there; and for maximal sets
    /// whether the prefix with all lower items is frequent.
    fn dense_branch(&mut self, node: &DenseNode, branch: usize) -> (Option<DenseNode>, bool) {
        let goal = self.goal;
        let mut counts = [0; 64];
        count_with(node, branch, &mut counts);
        let support = counts[branch];
        let (mut kept, mut full) = (0u64, 0u64);
        for (item, &count) in counts[..node.items.len()].iter().enumerate() {
            kept |= u64::from(count >= goal.min) << item;
            full |= u64::from(count == support) << item;
        }
        let below_branch = ones(branch);
        full &= !(1 << branch);
        kept &= !(full | 1 << branch);
        if goal.kind == ItemsetKind::All {
            kept &= below_branch;
            full &= below_branch;
        } else if full & !below_branch != 0 {
            return (None, false);
        }
        self.prefix.items.push(node.items[branch]);
        let extended = if goal.kind == ItemsetKind::All { &mut self.prefix.free } else { &mut self.prefix.items };
        extended.extend(bits(full).map(|item| node.items[item]));
        let low = (kept & below_branch).count_ones() as usize;
        let nothing_lost = low + full.count_ones() as usize == branch;
        if self.leaf(support, low, kept.count_ones() as usize) {
            return (None, nothing_lost && goal.kind == ItemsetKind::Maximal);
        }
        if goal.kind == ItemsetKind::All && low == 1 {
            let item = kept.trailing_zeros() as usize;
            self.report(support);
            self.prefix.items.push(node.items[item]);
            self.report(counts[item]);
            return (None, false);
        }
        let mut below = self.rooms.dense.pop().unwrap_or_default();
        below.clear();
        below.low = low;
        below.support = support;
        below.name(&node.items, kept);
        if goal.kind != ItemsetKind::Maximal && low <= cube_size(node.masks.len(), low) {
            // Straight into the cube: its cells put equal baskets together by themselves.
            self.begin_cube(low, support, low < below.items.len());
            let (cells, shared) = (&mut self.rooms.cells, &mut self.rooms.shared);
            let inside = ones(low);
            if shared.is_empty() {
                project(node, branch, kept, |mask, weight| cells.add((mask & inside) as usize, weight));
            } else {
                project(node, branch, kept, |mask, weight| {
                    cells.add((mask & inside) as usize, weight);
                    shared[(mask & inside) as usize] &= mask >> low;
                });
            }
            self.finish_cube(&below, low);
            self.rooms.dense.push(below);
            return (None, false);
        }
        let merger = &mut self.rooms.merger;
        merger.begin(node.masks.len());
        let key = merge_key(goal.kind, low);
        project(node, branch, kept, |mask, weight| merger.add(&mut below, mask, weight, key));
        let whole = goal.kind == ItemsetKind::Maximal && nothing_lost && {
            let all = ones(low);
            let with_all = below.masks.iter().zip(&below.weights).filter(|(mask, _)| *mask & all == all);
            with_all.map(|(_, &weight)| weight).sum::<u32>() >= goal.min
        };
        (Some(below), whole)
    }
}

/// How many of the `low` items behind a node with so many baskets the cube takes.
fn cube_size(baskets: usize, low: usize) -> usize {
    low.min((baskets.max(1).ilog2() as usize + 3).clamp(6, MOST))
}

/// Which bits make baskets equal: all, or for closed sets those that may still be added.
fn merge_key(kind: ItemsetKind, low: usize) -> u64 {
    if kind == ItemsetKind::Closed { ones(low) } else { u64::MAX }
}

/// The lowest `count` bits.
fn ones(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}
