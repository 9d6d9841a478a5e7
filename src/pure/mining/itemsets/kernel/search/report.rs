//! What a walk has found, on its way to the output: whole pieces of it, which other threads may spell out.

use super::super::super::output::{Cube, Output};
use super::super::super::settings::ItemsetKind;
use super::super::schedule::Key;
use super::{Chosen, Prefix, Sets, Unit, Walk};

/// Bytes that a unit's findings may reach before they are handed over.
const FLUSH: usize = 1 << 16;

/// Times that one call may double the sets of a piece: 1,024 of them.
pub(super) const DOUBLED: usize = 10;

/// Sets from which spelling them out is offered to other threads.
const OFFERED: u64 = 256;

impl<O: Output> Walk<'_, O> {
    /// Reports the prefix itself.
    pub(super) fn found(&mut self, support: u32) {
        match self.goal.kind {
            ItemsetKind::All | ItemsetKind::Closed => self.report(support),
            // Something may still be added: an item of the node.
            ItemsetKind::Maximal | ItemsetKind::Generators => {}
        }
    }

    pub(super) fn report(&mut self, support: u32) {
        self.hand_over(1, &mut |walk, sets| {
            if walk.offers(sets) {
                walk.offer(Sets::One(support));
            } else {
                walk.output.node(&mut walk.part, &walk.prefix.items, &walk.prefix.free, support);
                walk.flush_if_full();
            }
        });
    }

    /// Lets `give` report so many `sets`, once with each choice of the free items. The sets double with each free item, so
    /// beyond a number that fits a piece the free items are taken in and left out one by one, and the pieces handed over in
    /// between, where budgets are kept.
    pub(super) fn hand_over(&mut self, sets: u64, give: &mut dyn FnMut(&mut Self, u64)) {
        let most = DOUBLED.saturating_sub(sets.ilog2() as usize);
        if self.prefix.free.len() <= most || !self.output.spells() {
            give(self, sets << self.prefix.free.len().min(most));
            return;
        }
        let rest = self.prefix.free.split_off(most);
        self.hand_over_with(&rest, &mut |walk| give(walk, sets << most));
        self.prefix.free.extend(rest);
    }

    pub(super) fn hand_over_with(&mut self, rest: &[u32], give: &mut dyn FnMut(&mut Self)) {
        if self.stopped() {
            return;
        }
        let Some((&item, rest)) = rest.split_first() else {
            give(self);
            return;
        };
        self.hand_over_with(rest, give);
        if self.prefix.items.len() < self.goal.longest {
            self.prefix.items.push(item);
            self.hand_over_with(rest, give);
            self.prefix.items.pop();
        }
    }

    /// Whether so many sets are for any thread to spell out.
    pub(super) fn offers(&self, sets: u64) -> bool {
        self.goal.shared && sets >= OFFERED && self.output.spells()
    }

    /// Offers to report the prefix with `sets`.
    pub(super) fn offer(&mut self, sets: Sets) {
        let before = self.key.clone();
        let offered = if self.offering { self.next_key() } else { self.below(&[0]) };
        self.offering = true;
        self.key.clone_from(&offered);
        self.key = self.next_key();
        let part = self.output.split(&mut self.part);
        let unit = Unit::Sets { prefix: self.prefix.clone(), sets };
        self.schedule.offer(&before, part, (offered, unit), &self.key);
        self.help();
    }

    /// The key after this one among those of the same unit.
    pub(super) fn next_key(&self) -> Key {
        let mut key = self.key.clone();
        *key.last_mut().expect("a unit that offers has a number at its key's end") += 1;
        key
    }

    /// Spells out what is offered while there is too much of it, or too much waits.
    pub(super) fn help(&mut self) {
        while let Some((key, unit)) = self.schedule.meanwhile(&self.key) {
            match unit {
                Unit::Sets { prefix, sets } => self.spell(&key, &prefix, &sets),
                _ => unreachable!("only found sets are offered"),
            }
        }
    }

    pub(super) fn spell(&mut self, key: &Key, prefix: &Prefix, sets: &Sets) {
        match sets {
            Sets::One(support) => self.output.node(&mut self.aside, &prefix.items, &prefix.free, *support),
            Sets::Cube { cube, words } => {
                let Chosen { items, cells, chosen } = &**cube;
                let cube = Cube { items, cells, chosen: &chosen[words.clone()], first: words.start };
                self.output.cube(&mut self.aside, &prefix.items, &prefix.free, &cube);
            }
        }
        let part = self.output.split(&mut self.aside);
        self.schedule.complete(key, part, Vec::new());
    }

    pub(super) fn flush_if_full(&mut self) {
        if self.output.bytes(&self.part) > FLUSH {
            let part = self.output.split(&mut self.part);
            self.schedule.flush(&self.key, part);
            self.help();
        }
    }
}
