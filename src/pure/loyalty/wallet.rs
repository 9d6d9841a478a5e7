//! The Wallet Allocation Rule: what share of a customer's wallet a brand has, from the ranks that customers give the brands they use.

/// Share of wallet of each brand of one customer from the brands' ranks (or ratings turned round: smaller is better), in their order:
/// (1 − rank/(n + 1)) · 2/n; ties take the mean rank, so shares sum to 1. Nothing for no brand.
///
/// Source: T. Keiningham, L. Aksoy, A. Buoye, B. Cooil, "Customer loyalty isn't enough. Grow your share of wallet", Harvard Business Review 89(10), 2011.
/// Meant for categories where at least 40 % of customers use several brands.
pub fn wallet_shares(ranks: &[f64]) -> Vec<f64> {
    let n = ranks.len() as f64;
    let rank = |one: &f64| {
        let better = ranks.iter().filter(|other| *other < one).count() as f64;
        let equal = ranks.iter().filter(|other| *other == one).count() as f64;
        better + (equal + 1.0) / 2.0
    };
    ranks.iter().map(|one| (1.0 - rank(one) / (n + 1.0)) * 2.0 / n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_keiningham_2011() {
        let check = |ranks: &[f64], expected: &[f64]| {
            for (found, expected) in wallet_shares(ranks).iter().zip(expected) {
                assert!((found - expected).abs() < 5e-5, "{ranks:?}");
            }
        };
        check(&[1.0, 2.0], &[0.6667, 0.3333]);
        check(&[1.0, 2.0, 3.0], &[0.5, 0.3333, 0.1667]);
        check(&[4.0, 3.0, 2.0, 1.0], &[0.1, 0.2, 0.3, 0.4]);
        // The two at the top share ranks 1 and 2.
        check(&[1.0, 1.0, 9.0], &[0.4167, 0.4167, 0.1667]);
        assert!(wallet_shares(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn shares_sum_to_one(ranks in prop::collection::vec(1..6_u8, 1..12)) {
            let ranks: Vec<f64> = ranks.into_iter().map(f64::from).collect();
            prop_assert!((wallet_shares(&ranks).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}
