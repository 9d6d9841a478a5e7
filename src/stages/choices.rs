//! The tables of other rooms from which settings choose.

use crate::churn::{CALIBRATIONS, Calibration};
use crate::destinations::{DESTINATIONS, Destination, ROLES, RoleRow};
use crate::features::{Feature, ORDER_FEATURES};
use crate::learning::metrics::{CRITERIA, Criterion};
use crate::learning::{MODELS, ModelRow};
use crate::mining::sequences::{self, sequence_kinds};
use crate::mining::{
    Aggregate, CorrectionRow, FormatRow, KindRow, Measure, RuleBaseRow, Side, TestRow, corrections, formats,
    itemset_kinds, measures, rule_bases, significance_tests,
};
use crate::stage::setting::Choice;
use crate::tables::ColumnType;
use crate::uplift::learners::{LEARNERS, LearnerRow};
use crate::worth::candidates::{CANDIDATES, Candidate};
use crate::worth::judging;

impl Choice for Candidate {
    const WHAT: &'static str = "model of value";

    fn rows() -> &'static [Candidate] {
        CANDIDATES
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for (judging::Criterion, &'static str, &'static str) {
    const WHAT: &'static str = "criterion of value";

    fn rows() -> &'static [Self] {
        &judging::CRITERIA
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.1, self.2)
    }
}

impl Choice for LearnerRow {
    const WHAT: &'static str = "learner of effects";

    fn rows() -> &'static [LearnerRow] {
        &LEARNERS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for ModelRow {
    const WHAT: &'static str = "model";

    fn rows() -> &'static [ModelRow] {
        MODELS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for Criterion {
    const WHAT: &'static str = "criterion";

    fn rows() -> &'static [Criterion] {
        &CRITERIA
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for Calibration {
    const WHAT: &'static str = "calibration";

    fn rows() -> &'static [Calibration] {
        &CALIBRATIONS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for Feature {
    const WHAT: &'static str = "feature";

    fn rows() -> &'static [Feature] {
        ORDER_FEATURES
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for FormatRow {
    const WHAT: &'static str = "form of baskets";

    fn rows() -> &'static [FormatRow] {
        formats()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.about)
    }
}

impl Choice for KindRow {
    const WHAT: &'static str = "kind of itemset";

    fn rows() -> &'static [KindRow] {
        itemset_kinds()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.about)
    }
}

impl Choice for sequences::KindRow {
    const WHAT: &'static str = "kind of pattern";

    fn rows() -> &'static [sequences::KindRow] {
        sequence_kinds()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.about)
    }
}

impl Choice for RuleBaseRow {
    const WHAT: &'static str = "base of rules";

    fn rows() -> &'static [RuleBaseRow] {
        rule_bases()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.about)
    }
}

impl Choice for TestRow {
    const WHAT: &'static str = "test";

    fn rows() -> &'static [TestRow] {
        significance_tests()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.about)
    }
}

impl Choice for CorrectionRow {
    const WHAT: &'static str = "correction";

    fn rows() -> &'static [CorrectionRow] {
        corrections()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.about)
    }
}

impl Choice for Measure {
    const WHAT: &'static str = "measure";

    fn rows() -> &'static [Measure] {
        measures()
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.formula)
    }
}

impl Choice for Side {
    const WHAT: &'static str = "side";

    fn rows() -> &'static [Side] {
        &[Side::Left, Side::Right, Side::Both]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Side::Left => ("left", "the antecedent"),
            Side::Right => ("right", "the consequent"),
            Side::Both => ("both", "antecedent and consequent together"),
        }
    }
}

impl Choice for Aggregate {
    const WHAT: &'static str = "way to sum up";

    fn rows() -> &'static [Aggregate] {
        &[Aggregate::Sum, Aggregate::Mean, Aggregate::Least, Aggregate::Greatest]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Aggregate::Sum => ("sum", "their sum"),
            Aggregate::Mean => ("mean", "their mean"),
            Aggregate::Least => ("least", "the lowest of them"),
            Aggregate::Greatest => ("greatest", "the highest of them"),
        }
    }
}

impl Choice for Destination {
    const WHAT: &'static str = "destination";

    fn rows() -> &'static [Destination] {
        DESTINATIONS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for RoleRow {
    const WHAT: &'static str = "role";

    fn rows() -> &'static [RoleRow] {
        ROLES
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for ColumnType {
    const WHAT: &'static str = "type";

    fn rows() -> &'static [ColumnType] {
        &[
            ColumnType::Text,
            ColumnType::Integer,
            ColumnType::Number,
            ColumnType::Money,
            ColumnType::Quantity,
            ColumnType::Boolean,
            ColumnType::Date,
            ColumnType::Time,
            ColumnType::Texts,
            ColumnType::Orders,
        ]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        let meaning = match self {
            ColumnType::Text => "text",
            ColumnType::Integer => "a whole number",
            ColumnType::Number => "a floating-point number",
            ColumnType::Money => "an amount with four decimals",
            ColumnType::Quantity => "a quantity with three decimals",
            ColumnType::Boolean => "true or false",
            ColumnType::Date => "a calendar day",
            ColumnType::Time => "an instant",
            ColumnType::Texts => "a list of texts, such as a set of items",
            ColumnType::Orders => "a list of lists of texts, such as orders one after another",
        };
        (ColumnType::word(*self), meaning)
    }
}
