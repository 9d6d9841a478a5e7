//! Baskets of about the same size.

/// Fewest baskets in a stratum; sizes with fewer are put together with the next.
pub(super) const FEWEST: u64 = 50;

/// The baskets of one stratum that hold some items.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Share {
    pub(super) baskets: u32,
    /// Of their sizes.
    pub(super) sum: u64,
}

impl Share {
    pub(super) fn add(&mut self, size: usize) {
        self.baskets += 1;
        self.sum += size as u64;
    }

    pub(super) fn mean(self) -> f64 {
        self.sum as f64 / f64::from(self.baskets)
    }

    /// All strata together.
    pub(super) fn total(of: &[Self]) -> Self {
        let add = |all: Self, one: &Self| Self { baskets: all.baskets + one.baskets, sum: all.sum + one.sum };
        of.iter().fold(Self::default(), add)
    }
}
