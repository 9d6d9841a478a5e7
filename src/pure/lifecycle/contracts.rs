//! Stages of customers under contract: by the dates of their contracts, not by orders.

use super::rules::Reading;
use super::stage::Stage;
use crate::features::{ContractsAsOf, Standing};
use crate::numeric::calendar::day_of;

/// Where one stage of a contract ends and the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractRules {
    /// Days for which a first contract is new. Default 90.
    pub new_days: u32,
    /// Days under contract from which a customer is loyal. Default 365.
    pub loyal_days: u32,
    /// Days for which a customer who is under contract again counts as returned; 0: there is no such stage. Default 60.
    pub returned_days: u32,
}

impl Default for ContractRules {
    fn default() -> ContractRules {
        ContractRules { new_days: 90, loyal_days: 365, returned_days: 60 }
    }
}

impl ContractRules {
    /// What the rules say of a customer at the contracts' date.
    pub fn read(&self, known: ContractsAsOf, customer: u32) -> Reading {
        let today = day_of(known.as_of());
        let (stage, since) = match known.standing(customer) {
            Standing::NotYet => (Stage::Prospect, today),
            Standing::Left(exit) => (Stage::Lost, day_of(exit.time)),
            Standing::Under { since } => {
                let again = known.spells(customer).count() > 1 || known.end_alone(customer).is_some();
                let (began, days) = (day_of(since), today - day_of(since));
                let [new, loyal, returned] = [self.new_days, self.loyal_days, self.returned_days].map(i64::from);
                let settled = if again { returned } else { new };
                if again && returned > 0 && days <= returned {
                    (Stage::Returned, began)
                } else if !again && days <= new {
                    (Stage::New, began)
                } else if days < loyal {
                    (Stage::Building, if settled > 0 { began + settled + 1 } else { began })
                } else {
                    (Stage::Loyal, began + loyal.max(settled + 1))
                }
            }
        };
        Reading { stage, since, gap: f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Contracts, Exit, Term};
    use crate::numeric::calendar::DAY;
    use crate::orders::NONE;

    #[test]
    fn dates_of_contracts_decide() {
        let term = |from: i64, to: Option<i64>| Term {
            customer: 0,
            from: from * DAY,
            exit: to.map(|day| Exit { time: day * DAY, reason: NONE }),
        };
        let (contracts, _) = Contracts::of_terms(1, vec![term(10, Some(500)), term(600, None)]).expect("sound");
        let of = |day: i64| {
            let read = ContractRules::default().read(contracts.as_of(day * DAY), 0);
            (read.stage, read.since)
        };
        use Stage::*;
        assert_eq!(
            [10, 100, 101, 374, 375, 500].map(of),
            [(Prospect, 10), (New, 10), (Building, 101), (Building, 101), (Loyal, 375), (Loyal, 375)]
        );
        assert_eq!(
            [501, 600, 601, 660, 661, 965].map(of),
            [(Lost, 500), (Lost, 500), (Returned, 600), (Returned, 600), (Building, 661), (Loyal, 965)]
        );
    }
}
