//! The tables of other rooms from which settings choose.

use crate::churn::{CALIBRATIONS, Calibration};
use crate::features::{FEATURES, Feature};
use crate::learning::metrics::{CRITERIA, Criterion};
use crate::learning::{MODELS, ModelRow};
use crate::stage::setting::Choice;
use crate::tables::ColumnType;

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
        FEATURES
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
