//! What chance gives two sides in baskets of known sizes, and what it gives where size says nearly all.

use super::expected::{Expected, Sizes};
use super::strata::{FEWEST, Share};

/// The share of a stratum's baskets from which a side is in nearly all of them. Below it so few of them without the sides
/// leave the test enough to see: with four fifths of fifty baskets a value of 1e-5.
const NEARLY_ALL: f64 = 0.8;

/// All sizes together are taken for a stratum that says nearly all only where they give at most this share of what it gives.
const TELLS_LESS: f64 = 0.75;

/// Baskets in which two sides are tested: all, or those that hold `known` items.
pub(super) struct Population<'a> {
    /// How crowded the baskets of each stratum are, and those of all together.
    pub(super) crowding: (&'a [f64], f64),
    pub(super) whole: &'a [Share],
    pub(super) known: usize,
    /// The baskets with each item of the left side that is tested.
    pub(super) tested: &'a [&'a [Share]],
}

/// What is known where a share is estimated.
struct Around {
    /// The baskets there.
    whole: Share,
    /// Those of them with the right side.
    right: Share,
    /// Items of the right side.
    right_items: usize,
    /// How many of the left side's items a basket of that size has anyway.
    taken: f64,
    crowding: f64,
}

impl Population<'_> {
    /// How many baskets chance gives both sides, the left one and a right one of so many items beside what is known.
    ///
    /// In each stratum the number is taken for hypergeometric; the sum, by its mean and variance, for binomial. In a stratum
    /// where nearly all baskets hold both sides, the left side's baskets are expected to have the right one as often as
    /// baskets of all sizes have it, in proportion to size where that is more.
    pub(super) fn expect(&self, left: &[Share], (right, right_items): (&[Share], usize)) -> Expected {
        let (mut mean, mut variance, mut most) = (0.0, 0.0, 0u64);
        let (mut pooled, mut undecided) = (false, 0.0);
        for (at, (&whole, (&left, &of_right))) in self.whole.iter().zip(left.iter().zip(right)).enumerate() {
            if left.baskets == 0 || of_right.baskets == 0 {
                continue;
            }
            let n = f64::from(whole.baskets);
            let taken = self.tested.iter().map(|item| f64::from(item[at].baskets) / n).sum();
            let crowding = self.crowding.0[at];
            let share = self.share(left.mean(), &Around { whole, right: of_right, right_items, taken, crowding });
            if share > 0.0 {
                most += u64::from(left.baskets.min(of_right.baskets));
            }
            let mut expected = f64::from(left.baskets) * share;
            let mut spread = expected * (1.0 - share) * (n - f64::from(left.baskets)) / (n - 1.0).max(1.0);
            let fewest = f64::from(left.baskets.min(of_right.baskets));
            if u64::from(whole.baskets) >= FEWEST && fewest >= NEARLY_ALL * n {
                let all = self.all_sizes(left.mean(), right, right_items);
                // What is in nearly every basket is in the small ones too.
                let plain = f64::from(all.right.baskets) / f64::from(all.whole.baskets);
                let of_all = self.share(left.mean(), &all).max(plain);
                if of_all <= TELLS_LESS * share {
                    expected = f64::from(left.baskets) * of_all;
                    spread = expected * (1.0 - of_all);
                    pooled = true;
                } else {
                    undecided += expected;
                }
            }
            mean += expected;
            variance += spread;
        }
        let sizes = match (undecided > 0.0 && undecided >= mean / 2.0, pooled) {
            (true, _) => Sizes::TellAll,
            (false, true) => Sizes::Pooled,
            (false, false) => Sizes::LeaveRoom,
        };
        Expected::Sum { mean, variance, most, sizes }
    }

    /// The share of baskets with the left side, of a mean `size`, that have the right side too.
    fn share(&self, size: f64, around: &Around) -> f64 {
        let items = self.tested.len();
        // Within a stratum of several sizes a basket has the right side in proportion to its size, once for each item.
        let larger = (size / around.whole.mean()).powi(around.right_items as i32);
        let usual = (f64::from(around.right.baskets) / f64::from(around.whole.baskets) * larger).min(1.0);
        // The left side takes places in the basket, which leaves fewer for anything else.
        let lost = (items as f64 - around.taken) * around.crowding;
        let places = size - (self.known + items) as f64;
        let room: f64 =
            (0..around.right_items).map(|taken| (places - taken as f64).max(0.0)).map(|p| p / (p + lost)).product();
        let room = if room.is_nan() { 1.0 } else { room };
        usual * room / (1.0 - usual + usual * room).max(f64::MIN_POSITIVE)
    }

    /// What baskets of all sizes say of those of a mean `size`.
    fn all_sizes(&self, size: f64, right: &[Share], right_items: usize) -> Around {
        let whole = Share::total(self.whole);
        let of_item = |item: &&[Share]| {
            let usual = f64::from(Share::total(item).baskets) / f64::from(whole.baskets);
            (usual * size / whole.mean()).min(1.0)
        };
        let taken = self.tested.iter().map(of_item).sum();
        Around { whole, right: Share::total(right), right_items, taken, crowding: self.crowding.1 }
    }
}
