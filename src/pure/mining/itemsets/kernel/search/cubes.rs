//! The last items of a branch, settled together.

use super::super::super::cube::{intersect_supersets, keep_maximal};
use super::super::super::output::{Cube, Output};
use super::super::super::settings::ItemsetKind;
use super::super::dense::{DenseNode, bits, count_containing};
use super::report::DOUBLED;
use super::{Chosen, Sets, Walk, cube_size, ones};
use std::sync::Arc;

impl<O: Output> Walk<'_, O> {
    /// The prefix with all sets of the lowest items, those above the cube's size being passed over.
    pub(super) fn remainder(&mut self, node: &DenseNode) {
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

    pub(super) fn begin_cube(&mut self, size: usize, support: u32, above: bool) {
        self.rooms.cells.clear(size, support);
        self.rooms.shared.clear();
        if above && self.goal.kind == ItemsetKind::Closed {
            self.rooms.shared.resize(1 << size, u64::MAX);
        }
    }

    pub(super) fn finish_cube(&mut self, node: &DenseNode, size: usize) {
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
        self.report_cube(&node.items[..size]);
    }

    /// Reports the prefix with the chosen subsets of the cube, whole words of them at a time where each set is spelled out.
    pub(super) fn report_cube(&mut self, items: &[u32]) {
        let sets: u64 = self.rooms.chosen.iter().map(|word| u64::from(word.count_ones())).sum();
        if sets == 0 {
            return;
        }
        let words = self.rooms.chosen.len();
        let step = if self.output.spells() { ((1 << DOUBLED) * words / sets as usize).clamp(1, words) } else { words };
        let offered = self.offers(sets << self.prefix.free.len().min(DOUBLED)).then(|| {
            let rooms = &self.rooms;
            Arc::new(Chosen { items: items.to_vec(), cells: rooms.cells.clone(), chosen: rooms.chosen.clone() })
        });
        self.hand_over(sets, &mut |walk, _| {
            for from in (0..words).step_by(step) {
                let words = from..(from + step).min(words);
                if let Some(cube) = &offered {
                    walk.offer(Sets::Cube { cube: cube.clone(), words });
                    continue;
                }
                let rooms = &walk.rooms;
                let cube = Cube { items, cells: &rooms.cells, chosen: &rooms.chosen[words], first: from };
                walk.output.cube(&mut walk.part, &walk.prefix.items, &walk.prefix.free, &cube);
                walk.flush_if_full();
            }
        });
    }

    /// Drops the chosen subsets that stay frequent with some item above the cube.
    pub(super) fn drop_extendable(&mut self, node: &DenseNode, size: usize) {
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
