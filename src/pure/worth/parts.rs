//! The parts of a customer's worth that can be audited: existing, potential, influence, learning; and what is credited to whoever
//! brought the customer, so that no value counts twice.

/// Who brought whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Referral {
    /// The customer who referred.
    pub by: u32,
    /// The customer who came.
    pub came: u32,
    /// What the shop paid for it.
    pub reward: f64,
}

/// Influence by customer: what each is credited with, and what of each is credited to others.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// Value of those a customer brought, less the rewards for it; 0 for a customer who brought nobody.
    pub brought: Vec<f64>,
    /// What of a customer's own worth others are credited with: the same money from the other side.
    pub credited: Vec<f64>,
}

/// Of a second generation half is credited, of further ones nothing (D. Schmitt, B. Skiera, C. Van den Bulte, J. of Marketing 75(1),
/// 2011, find that the margin of referred customers fades).
const SECOND: f64 = 0.5;

/// Influence from referrals, by customers' own worth (existing and potential) and the chance that a referred customer would not have come
/// otherwise. A customer is brought by the first who is said to have; nobody brings themselves, and chains end where they would close.
/// What is credited never exceeds the worth itself. The reward is paid once and in full: it is taken off whoever got it.
pub fn influence(worth: &[f64], referrals: &[Referral], otherwise: f64) -> Influence {
    let count = worth.len();
    let mut by: Vec<Option<(u32, f64)>> = vec![None; count];
    for referral in referrals {
        let known = (referral.by as usize) < count && (referral.came as usize) < count;
        if known && referral.by != referral.came && by[referral.came as usize].is_none() {
            by[referral.came as usize] = Some((referral.by, referral.reward));
        }
    }
    let mut found = Influence { brought: vec![0.0; count], credited: vec![0.0; count] };
    for came in 0..count {
        let Some((first, reward)) = by[came] else { continue };
        let second = by[first as usize].map(|(second, _)| second).filter(|second| *second as usize != came);
        let shares = if second.is_some() { 1.0 + SECOND } else { 1.0 };
        // Together they are credited with no more than the whole.
        let chance = otherwise.min(1.0 / shares);
        let credit = chance * worth[came];
        found.brought[first as usize] -= reward;
        found.credited[came] += credit;
        // A worth that is not known is credited to nobody, and takes nothing else from them.
        if credit.is_nan() {
            continue;
        }
        found.brought[first as usize] += credit;
        if let Some(second) = second {
            found.brought[second as usize] += SECOND * credit;
            found.credited[came] += SECOND * credit;
        }
    }
    found
}

/// The parts of one customer; a part that is not known is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// Margin so far, less returns, cost to serve and contacts.
    pub existing: f64,
    /// Margin to come, discounted, and measured cross-selling.
    pub potential: f64,
    /// Of customers who were brought.
    pub influence: f64,
    /// Of answers, reviews and leads.
    pub learning: f64,
    /// Of this, what is credited to those who brought the customer.
    pub credited: f64,
}

impl Parts {
    /// Customer equity: all parts that are known, less what is credited to others; NaN where existing or potential is not known.
    pub fn equity(&self) -> f64 {
        let known = |part: f64| if part.is_nan() { 0.0 } else { part };
        self.existing + self.potential + known(self.influence) + known(self.learning) - known(self.credited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_generations_by_hand() {
        let referral = |by, came, reward| Referral { by, came, reward };
        // 0 brought 1, 1 brought 2, 2 brought 3.
        let referrals =
            [referral(0, 1, 10.0), referral(1, 2, 0.0), referral(2, 3, 0.0), referral(3, 3, 0.0), referral(0, 2, 0.0)];
        let found = influence(&[100.0, 60.0, 40.0, 20.0], &referrals, 0.5);
        assert_eq!(found.brought, [0.5 * 60.0 - 10.0 + 0.25 * 40.0, 0.5 * 40.0 + 0.25 * 20.0, 0.5 * 20.0, 0.0]);
        assert_eq!(found.credited, [0.0, 30.0, 30.0, 15.0]);
        // A closed chain ends: who was brought by somebody they brought is credited once.
        let closed = influence(&[10.0, 10.0], &[referral(0, 1, 0.0), referral(1, 0, 0.0)], 1.0);
        assert_eq!((closed.brought, closed.credited), (vec![10.0, 10.0], vec![10.0, 10.0]));
        let parts = Parts { existing: 5.0, potential: 7.0, influence: f64::NAN, learning: 1.0, credited: 2.0 };
        assert_eq!(parts.equity(), 11.0);
        // 0 brought 1 and 2; what 1 is worth is not known.
        let partly = influence(&[10.0, f64::NAN, 60.0], &[referral(0, 1, 3.0), referral(0, 2, 3.0)], 0.5);
        assert_eq!(partly.brought, [30.0 - 6.0, 0.0, 0.0]);
        assert!(partly.credited[1].is_nan() && partly.credited[2] == 30.0);
    }

    proptest! {
        #[test]
        fn nothing_counts_twice_and_nobody_without_referrals_has_influence(
            worth in prop::collection::vec(-50.0f64..500.0, 1..30),
            pairs in prop::collection::vec((0u32..30, 0u32..30), 0..40),
            otherwise in 0.0f64..1.0,
            reward in 0.0f64..40.0,
        ) {
            let referrals: Vec<Referral> = pairs.iter().map(|&(by, came)| Referral { by, came, reward }).collect();
            let found = influence(&worth, &referrals, otherwise);
            let (brought, credited): (f64, f64) = (found.brought.iter().sum(), found.credited.iter().sum());
            // Every reward is missing once from the whole.
            let known = |pair: &&(u32, u32)| pair.0 != pair.1 && (pair.0.max(pair.1) as usize) < worth.len();
            let came: std::collections::BTreeSet<u32> = pairs.iter().filter(known).map(|pair| pair.1).collect();
            prop_assert!((credited - brought - reward * came.len() as f64).abs() < 1e-6);
            for customer in 0..worth.len() {
                prop_assert!(found.credited[customer].abs() <= worth[customer].abs() + 1e-9);
                if !pairs.iter().any(|pair| pair.0 as usize == customer) {
                    prop_assert_eq!(found.brought[customer], 0.0);
                }
            }
        }
    }
}
