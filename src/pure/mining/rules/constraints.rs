//! Which items a rule must, may and must not have, and on which side.

use super::AssociationRule;

/// Constraints on the items of a rule; empty lists ask for nothing. Lists need not be sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Constraints {
    /// Each of these items must be in the rule.
    pub must: Vec<u32>,
    /// None of these items may be in the rule; they are left out before the search.
    pub must_not: Vec<u32>,
    /// These items may stand on the left side only.
    pub only_left: Vec<u32>,
    /// These items may stand on the right side only.
    pub only_right: Vec<u32>,
    /// Where not empty, at least one of these items must be in the rule.
    pub at_least_one_of: Vec<u32>,
    /// Of each of these groups at least one item must be in the rule; an empty group lets none pass.
    pub one_of_each: Vec<Vec<u32>>,
    /// Where not empty, at least one of these items must be on the left side.
    pub left_one_of: Vec<u32>,
    /// Where not empty, at least one of these items must be on the right side.
    pub right_one_of: Vec<u32>,
    /// Where not empty, all items of the right side must be among these.
    pub right_among: Vec<u32>,
    /// Conditions on a value that each item has, such as its margin.
    pub values: Vec<ValueConstraint>,
}

/// A side of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The antecedent.
    Left,
    /// The consequent.
    Right,
    /// Both together.
    Both,
}

/// How the values of several items become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Their sum; 0 for no item.
    Sum,
    /// Their mean.
    Mean,
    /// The lowest.
    Least,
    /// The highest.
    Greatest,
}

/// A condition on a value of the items of one side, such as "the items on the right earn 2.50 on average".
#[derive(Debug, Clone, PartialEq)]
pub struct ValueConstraint {
    /// Which side.
    pub side: Side,
    /// The value of each item, by item number; not a number, or a missing place, where unknown: such rules do not pass.
    pub values: Vec<f64>,
    /// How they are put together.
    pub aggregate: Aggregate,
    /// Lowest value that passes.
    pub at_least: f64,
    /// Highest value that passes.
    pub at_most: f64,
}

impl Constraints {
    /// Whether `rule` satisfies all of them.
    pub fn allow(&self, rule: &AssociationRule) -> bool {
        let inside = |item: &u32| rule.left.contains(item) || rule.right.contains(item);
        let one = |wanted: &[u32], side: &[u32]| wanted.is_empty() || wanted.iter().any(|item| side.contains(item));
        self.must.iter().all(inside)
            && !self.must_not.iter().any(inside)
            && !self.only_left.iter().any(|item| rule.right.contains(item))
            && !self.only_right.iter().any(|item| rule.left.contains(item))
            && (self.at_least_one_of.is_empty() || self.at_least_one_of.iter().any(inside))
            && self.one_of_each.iter().all(|group| group.iter().any(inside))
            && one(&self.left_one_of, &rule.left)
            && one(&self.right_one_of, &rule.right)
            && (self.right_among.is_empty() || rule.right.iter().all(|item| self.right_among.contains(item)))
            && self.values.iter().all(|value| value.allows(rule))
    }
}

impl ValueConstraint {
    fn allows(&self, rule: &AssociationRule) -> bool {
        let items: Vec<u32> = match self.side {
            Side::Left => rule.left.clone(),
            Side::Right => rule.right.clone(),
            Side::Both => rule.items(),
        };
        let values = || items.iter().map(|&item| self.values.get(item as usize).copied().unwrap_or(f64::NAN));
        // min and max of floats pass over what is not a number; a sum does not.
        let sum: f64 = values().sum();
        let value = match self.aggregate {
            _ if sum.is_nan() => f64::NAN,
            Aggregate::Sum => sum,
            Aggregate::Mean => sum / items.len() as f64,
            Aggregate::Least => values().fold(f64::INFINITY, f64::min),
            Aggregate::Greatest => values().fold(f64::NEG_INFINITY, f64::max),
        };
        self.at_least <= value && value <= self.at_most
    }
}

#[cfg(test)]
mod tests {
    use super::super::Counts;
    use super::*;

    #[test]
    fn each_constraint_by_itself() {
        let rule = AssociationRule { left: vec![1, 2], right: vec![3], counts: Counts::default() };
        let check = |constraints: Constraints, expected: bool| {
            assert_eq!(constraints.allow(&rule), expected, "{constraints:?}")
        };
        check(Constraints::default(), true);
        check(Constraints { must: vec![3, 1], ..Constraints::default() }, true);
        check(Constraints { must: vec![4], ..Constraints::default() }, false);
        check(Constraints { must_not: vec![2], ..Constraints::default() }, false);
        check(Constraints { only_left: vec![3], ..Constraints::default() }, false);
        check(Constraints { only_right: vec![3], ..Constraints::default() }, true);
        check(Constraints { only_right: vec![1], ..Constraints::default() }, false);
        check(Constraints { at_least_one_of: vec![9, 2], ..Constraints::default() }, true);
        check(Constraints { one_of_each: vec![vec![9, 2], vec![3]], ..Constraints::default() }, true);
        check(Constraints { one_of_each: vec![vec![2], vec![9]], ..Constraints::default() }, false);
        check(Constraints { one_of_each: vec![vec![]], ..Constraints::default() }, false);
        check(Constraints { left_one_of: vec![3], ..Constraints::default() }, false);
        check(Constraints { right_one_of: vec![3, 9], ..Constraints::default() }, true);
        check(Constraints { right_among: vec![1, 2], ..Constraints::default() }, false);
        let value = |side, aggregate, at_least| {
            let values =
                vec![ValueConstraint { side, values: vec![0.0, 1.0, 3.0, 5.0], aggregate, at_least, at_most: 100.0 }];
            Constraints { values, ..Constraints::default() }
        };
        check(value(Side::Left, Aggregate::Mean, 2.0), true);
        check(value(Side::Left, Aggregate::Least, 2.0), false);
        check(value(Side::Both, Aggregate::Sum, 9.0), true);
        check(value(Side::Right, Aggregate::Greatest, 5.5), false);
    }
}
