//! One thread's walk through the tree of itemsets.
//!
//! Items are numbered from the most frequent; a set is reached from its rarest item downwards, so that an item is only ever
//! followed by more frequent ones and what is left of the baskets shrinks fast. An item that all baskets behind a prefix
//! have is never branched on: it is free with every set below (all sets) or belongs to every set below (closed and maximal
//! ones). For closed sets a branch ends when an item that was passed over is in all of its baskets, the prefix-preserving
//! extension of LCM (Uno, Asai, Uchida and Arimura 2004).

use super::super::cube::{Cells, MOST, intersect_supersets, keep_maximal};
use super::super::output::{Cube, Output};
use super::super::settings::ItemsetKind;
use super::dense::{DenseNode, Merger, bits, count_containing, count_with, project};
use super::list::{ListNode, at_least};
use super::schedule::{Key, Schedule};
use std::sync::Arc;

/// Bytes that a unit's findings may reach before they are handed over.
const FLUSH: usize = 1 << 16;

/// Times that one call may double the sets of a piece: 65,536 of them.
const DOUBLED: usize = 16;

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
    Root(ListNode, Prefix),
    /// The branches of a node from the last of a range of items to its first.
    List { node: Arc<ListNode>, prefix: Arc<Prefix>, from: usize, to: usize },
    /// One branch of a node, or what remains below its cube's size.
    Dense { node: Arc<DenseNode>, prefix: Arc<Prefix>, branch: Option<usize> },
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
    lists: Vec<ListNode>,
}

pub(super) struct Walk<'a, O: Output> {
    goal: Goal,
    output: &'a O,
    schedule: &'a Schedule<'a, Unit, O>,
    key: Key,
    prefix: Prefix,
    part: O::Part,
    rooms: Rooms,
    steps: u32,
}

/// A node that is about to be walked.
enum Node {
    Dense(DenseNode),
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
            lists: Vec::new(),
        };
        let part = output.part();
        Self { goal, output, schedule, key: Key::new(), prefix: Prefix::default(), part, rooms, steps: 0 }
    }

    /// Takes up units until there are none.
    pub(super) fn work(mut self) {
        while let Some((key, unit)) = self.schedule.next() {
            self.key = key;
            let more = self.unit(unit);
            let part = self.output.split(&mut self.part);
            self.schedule.complete(&self.key, part, more);
        }
    }

    /// Carries a unit out; gives the units that take its place.
    fn unit(&mut self, unit: Unit) -> Vec<(Key, Unit, f64)> {
        match unit {
            Unit::Root(node, prefix) => {
                self.prefix = prefix;
                self.root(node)
            }
            Unit::List { node, prefix, from, to } => {
                self.prefix.clone_from(&prefix);
                for branch in (from..to).rev() {
                    let (depth, free) = (self.prefix.items.len(), self.prefix.free.len());
                    let mut more = Vec::new();
                    match self.list_branch(&node, branch) {
                        Some(Node::Dense(below)) if self.heavy(&below) => more = self.share_dense(below, &[0]),
                        Some(below) => self.walk(below),
                        None => {}
                    }
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
                    Some(branch) => match self.dense_branch(&node, branch).0 {
                        Some(below) if self.heavy(&below) => return self.share_dense(below, &[]),
                        Some(below) => self.walk(Node::Dense(below)),
                        None => {}
                    },
                }
                Vec::new()
            }
        }
    }

    fn root(&mut self, node: ListNode) -> Vec<(Key, Unit, f64)> {
        if node.low <= 64 {
            let dense = self.dense_root(&node);
            drop(node);
            if self.heavy(&dense) {
                return self.share_dense(dense, &[]);
            }
            self.walk(Node::Dense(dense));
            return Vec::new();
        }
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
            Node::List(node) => {
                self.list(&node);
                self.rooms.lists.push(node);
            }
        }
    }

    /// Reports the prefix itself.
    fn found(&mut self, support: u32) {
        match self.goal.kind {
            ItemsetKind::All | ItemsetKind::Closed => self.report(support),
            // Something may still be added: an item of the node.
            ItemsetKind::Maximal | ItemsetKind::Generators => {}
        }
    }

    fn report(&mut self, support: u32) {
        self.hand_over(0, &mut |walk| {
            walk.output.node(&mut walk.part, &walk.prefix.items, &walk.prefix.free, support);
        });
    }

    /// Lets `give` report the prefix with everything that is free. The sets double with each free item, so beyond a number
    /// that fits a piece (`doubled` times already) the free items are taken in and left out one by one, and the
    /// pieces handed over in between, where budgets are kept.
    fn hand_over(&mut self, doubled: usize, give: &mut dyn FnMut(&mut Self)) {
        let most = DOUBLED.saturating_sub(doubled);
        if self.prefix.free.len() <= most || !self.output.spells() {
            give(self);
            if self.output.bytes(&self.part) > FLUSH {
                self.flush();
            }
            return;
        }
        let rest = self.prefix.free.split_off(most);
        self.hand_over_with(&rest, give);
        self.prefix.free.extend(rest);
    }

    fn hand_over_with(&mut self, rest: &[u32], give: &mut dyn FnMut(&mut Self)) {
        if self.stopped() {
            return;
        }
        let Some((&item, rest)) = rest.split_first() else {
            give(self);
            if self.output.bytes(&self.part) > FLUSH {
                self.flush();
            }
            return;
        };
        self.hand_over_with(rest, give);
        if self.prefix.items.len() < self.goal.longest {
            self.prefix.items.push(item);
            self.hand_over_with(rest, give);
            self.prefix.items.pop();
        }
    }

    fn flush(&mut self) {
        let part = self.output.split(&mut self.part);
        self.schedule.flush(&self.key, part);
    }

    fn list(&mut self, node: &ListNode) {
        self.found(node.support);
        for branch in (0..node.low).rev() {
            if self.stopped() {
                return;
            }
            let (depth, free) = (self.prefix.items.len(), self.prefix.free.len());
            if let Some(below) = self.list_branch(node, branch) {
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

    /// The root's lists as words.
    fn dense_root(&mut self, node: &ListNode) -> DenseNode {
        let mut dense =
            DenseNode { low: node.low, items: node.items.clone(), support: node.support, ..Default::default() };
        let rows = node.rows();
        let merger = &mut self.rooms.merger;
        merger.begin(rows.clone().count() + 1);
        let mut weight_left = node.support;
        for (weight, row) in rows {
            let mask = row.iter().fold(0u64, |mask, &item| mask | 1 << item);
            merger.add(&mut dense, mask, weight, u64::MAX);
            weight_left -= weight;
        }
        if weight_left > 0 {
            // Baskets without any frequent item still count as baskets.
            merger.add(&mut dense, 0, weight_left, u64::MAX);
        }
        dense
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

    /// The prefix with all sets of the lowest items, those above the cube's size being passed over.
    fn remainder(&mut self, node: &DenseNode) {
        let size = cube_size(node.masks.len(), node.low);
        let known = node.items.len() > size && self.goal.kind == ItemsetKind::Closed;
        self.begin_cube(size, node.support, known);
        let inside = ones(size);
        let (cells, shared) = (&mut self.rooms.cells, &mut self.rooms.shared);
        for (&mask, &weight) in node.masks.iter().zip(&node.weights) {
            let subset = (mask & inside) as usize;
            cells.add(subset, weight);
            if let Some(shared) = shared.get_mut(subset) {
                *shared &= mask >> size;
            }
        }
        self.finish_cube(node, size);
    }

    fn begin_cube(&mut self, size: usize, support: u32, above: bool) {
        self.rooms.cells.clear(size, support);
        self.rooms.shared.clear();
        if above && self.goal.kind == ItemsetKind::Closed {
            self.rooms.shared.resize(1 << size, u64::MAX);
        }
    }

    fn finish_cube(&mut self, node: &DenseNode, size: usize) {
        let rooms = &mut self.rooms;
        rooms.cells.sum_supersets();
        rooms.cells.at_least(self.goal.min, &mut rooms.chosen);
        match self.goal.kind {
            ItemsetKind::Closed => {
                if !rooms.shared.is_empty() {
                    intersect_supersets(&mut rooms.shared, size);
                }
                let all = (1usize << size) - 1;
                for at in 0..rooms.chosen.len() {
                    let mut closed = rooms.chosen[at];
                    for bit in bits(rooms.chosen[at]) {
                        let subset = at * 64 + bit;
                        let support = rooms.cells.get(subset);
                        let passed_over = rooms.shared.get(subset).is_some_and(|&shared| shared != 0);
                        if passed_over
                            || bits((all & !subset) as u64).any(|item| rooms.cells.get(subset | 1 << item) == support)
                        {
                            closed &= !(1 << bit);
                        }
                    }
                    rooms.chosen[at] = closed;
                }
            }
            ItemsetKind::Maximal => {
                keep_maximal(&mut rooms.chosen, size, &mut rooms.before);
                self.drop_extendable(node, size);
            }
            ItemsetKind::All | ItemsetKind::Generators => {}
        }
        self.hand_over(size, &mut |walk| {
            let rooms = &walk.rooms;
            let cube = Cube { items: &node.items[..size], cells: &rooms.cells, chosen: &rooms.chosen };
            walk.output.cube(&mut walk.part, &walk.prefix.items, &walk.prefix.free, &cube);
        });
    }

    /// Drops the chosen subsets that stay frequent with some item above the cube.
    fn drop_extendable(&mut self, node: &DenseNode, size: usize) {
        let rooms = &mut self.rooms;
        let candidates: u32 = rooms.chosen.iter().map(|word| word.count_ones()).sum();
        let above = size..node.items.len();
        if candidates == 0 || above.is_empty() {
            return;
        }
        if candidates as usize <= above.len() {
            let mut counts = [0; 64];
            for at in 0..rooms.chosen.len() {
                for bit in bits(rooms.chosen[at]) {
                    count_containing(node, (at * 64 + bit) as u64, &mut counts);
                    if counts[above.clone()].iter().any(|&count| count >= self.goal.min) {
                        rooms.chosen[at] &= !(1 << bit);
                    }
                }
            }
            return;
        }
        let inside = ones(size);
        for item in above {
            rooms.others.clear(size, node.support);
            for (&mask, &weight) in node.masks.iter().zip(&node.weights) {
                if mask >> item & 1 == 1 {
                    rooms.others.add((mask & inside) as usize, weight);
                }
            }
            rooms.others.sum_supersets();
            rooms.others.at_least(self.goal.min, &mut rooms.before);
            let mut left = 0;
            for (chosen, with) in rooms.chosen.iter_mut().zip(&rooms.before) {
                *chosen &= !with;
                left |= *chosen;
            }
            if left == 0 {
                return;
            }
        }
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
