//! Limits of a plan: what each counts, in which direction, and its bound; and the same as rows of whole numbers.

use super::candidates::{Choices, PlanError, gcd};

/// Most limits of one plan.
pub const MOST_LIMITS: usize = 64;
/// Parts that a share is given in.
pub const MILLION: i64 = 1_000_000;
/// What one contact too few costs in the elastic plan, in largest values of a contact.
pub const PENALTY: i64 = 100;
/// The prices of all limits together stay below 2 to this power.
const PRICE_BITS: u32 = 61;

/// What a limit counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Contacts.
    Contacts,
    /// Costs of contacts, in ten-thousandths of the currency unit.
    Costs,
    /// Contacts as a share of those of the kinds marked here, in millionths.
    Share(Vec<bool>),
}

/// The direction of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// A maximum.
    AtMost,
    /// A minimum.
    AtLeast,
}

/// A limit of the whole plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What it counts.
    pub measure: Measure,
    /// Which kinds it counts.
    pub kinds: Vec<bool>,
    /// Maximum or minimum.
    pub sense: Sense,
    /// The bound in the unit of the measure, 0 or more.
    pub bound: i64,
}

/// A limit as a row a·x ≤ bound, with a = per_contact + per_cost × cost.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub per_contact: Vec<i64>,
    pub per_cost: Vec<i64>,
    pub bound: i64,
    /// The limit's own unit is one of the row divided by this.
    pub unit: i64,
    /// Largest |a| of a candidate.
    pub largest: i64,
    /// The price never exceeds this, in scaled value per unit of the row.
    pub cap: i64,
    /// Whether a plan may be short of it: minimums above 0. Contacting nobody meets all others.
    pub elastic: bool,
}

impl Row {
    /// What a candidate uses of the row.
    pub fn of(&self, choices: &Choices, candidate: u32) -> i64 {
        let kind = choices.kind[candidate as usize] as usize;
        self.per_contact[kind] + self.per_cost[kind] * choices.cost[candidate as usize]
    }
}

/// The limits as rows.
///
/// # Errors
/// A limit for other kinds, a bound below 0, a share above 1, too many limits.
pub(super) fn rows(limits: &[Limit], choices: &Choices) -> Result<Vec<Row>, PlanError> {
    let wrong = |limit, what| Err(PlanError::Limit { limit, what });
    if limits.len() > MOST_LIMITS {
        return wrong(MOST_LIMITS, "a plan has at most 64 limits");
    }
    let mut rows = Vec::with_capacity(limits.len());
    for (place, limit) in limits.iter().enumerate() {
        let of_all = if let Measure::Share(of) = &limit.measure { of.len() == choices.kinds } else { true };
        if limit.kinds.len() != choices.kinds || !of_all {
            return wrong(place, "it is for other kinds of contacts");
        }
        if limit.bound < 0 || limit.bound > 1 << 55 {
            return wrong(place, "the bound is below 0 or too large");
        }
        if matches!(limit.measure, Measure::Share(_)) && limit.bound > MILLION {
            return wrong(place, "a share is at most 1");
        }
        rows.push(row(limit, choices, limits.len() as i64));
    }
    Ok(rows)
}

fn row(limit: &Limit, choices: &Choices, limits: i64) -> Row {
    let sign = if limit.sense == Sense::AtMost { 1 } else { -1 };
    let counted = |coefficient: i64| limit.kinds.iter().map(move |counts| i64::from(*counts) * coefficient * sign);
    let nothing = vec![0; choices.kinds];
    let (per_contact, per_cost, bound, unit) = match &limit.measure {
        Measure::Contacts => (counted(1).collect(), nothing, sign * limit.bound, 1),
        Measure::Costs => {
            let step = choices.cost_step;
            (nothing, counted(1).collect(), (sign * limit.bound).div_euclid(step), step)
        }
        Measure::Share(of) => {
            let whole = of.iter().map(|counts| i64::from(*counts) * limit.bound * sign);
            let both: Vec<i64> = counted(MILLION).zip(whole).map(|(part, whole)| part - whole).collect();
            let step = both.iter().fold(0, |step, &cell| gcd(step, cell)).max(1);
            (both.iter().map(|cell| cell / step).collect(), nothing, 0, step)
        }
    };
    let most = |cells: &[i64]| cells.iter().map(|cell| cell.abs()).max().unwrap_or(0);
    let largest = (most(&per_contact) + most(&per_cost) * choices.largest_cost).max(1);
    let elastic = bound < 0;
    let cap = (1 << PRICE_BITS) / limits / largest;
    let cap = if elastic { cap.min(PENALTY * choices.largest / largest).max(1) } else { cap.max(1) };
    Row { per_contact, per_cost, bound, unit, largest, cap, elastic }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::candidates::{Candidates, Persons};

    fn choices() -> Choices {
        let candidates = Candidates {
            person: vec![0, 0, 1],
            kind: vec![0, 1, 2],
            slot: vec![0; 3],
            value: vec![10, 20, 30],
            cost: vec![300, 500, 100],
        };
        let persons = Persons { household: vec![0, 1], room: vec![1; 2], household_room: vec![1; 2] };
        Choices::new(candidates, &persons, 3).expect("sound")
    }

    fn limit(measure: Measure, sense: Sense, bound: i64) -> Limit {
        Limit { measure, kinds: vec![true, true, false], sense, bound }
    }

    #[test]
    fn limits_become_rows_of_whole_numbers() {
        let choices = choices();
        let made = rows(
            &[
                limit(Measure::Contacts, Sense::AtMost, 4),
                limit(Measure::Contacts, Sense::AtLeast, 4),
                limit(Measure::Costs, Sense::AtMost, 799),
                limit(Measure::Costs, Sense::AtLeast, 701),
                limit(Measure::Share(vec![true; 3]), Sense::AtLeast, 250_000),
                limit(Measure::Share(vec![true; 3]), Sense::AtMost, 250_000),
            ],
            &choices,
        )
        .expect("sound");
        let of = |row: usize| (0..3).map(|c| made[row].of(&choices, c)).collect::<Vec<_>>();
        assert_eq!((of(0), made[0].bound, made[0].elastic), (vec![1, 1, 0], 4, false));
        assert_eq!((of(1), made[1].bound, made[1].elastic), (vec![-1, -1, 0], -4, true));
        // 799 hundredths of a cent pay for 7 steps of 100; 701 need 8 of them.
        assert_eq!((of(2), made[2].bound, made[2].unit), (vec![3, 5, 0], 7, 100));
        assert_eq!((of(3), made[3].bound), (vec![-3, -5, 0], -8));
        // At least a quarter: -(1 - 1/4) ≤ 0 for those counted, 1/4 for the others.
        assert_eq!((of(4), made[4].unit, made[4].elastic), (vec![-3, -3, 1], 250_000, false));
        assert_eq!(of(5), [3, 3, -1]);
        assert_eq!(made[2].largest, 5);
    }

    #[test]
    fn limits_that_cannot_be_are_refused() {
        let choices = choices();
        let refused = |limit: Limit| rows(&[limit], &choices).is_err();
        assert!(refused(limit(Measure::Contacts, Sense::AtMost, -1)));
        assert!(refused(limit(Measure::Share(vec![true; 3]), Sense::AtMost, MILLION + 1)));
        assert!(!refused(limit(Measure::Share(vec![true; 3]), Sense::AtMost, MILLION)));
        assert!(refused(limit(Measure::Share(vec![true; 2]), Sense::AtMost, 1)));
        assert!(refused(Limit { kinds: vec![true], ..limit(Measure::Contacts, Sense::AtMost, 1) }));
        assert!(rows(&vec![limit(Measure::Contacts, Sense::AtMost, 1); 65], &choices).is_err());
    }
}
