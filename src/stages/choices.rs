//! The tables of the pure rooms from which settings choose.

use super::setting::Choice;
use crate::churn::{CALIBRATIONS, Calibration};
use crate::features::{FEATURES, Feature};
use crate::learning::metrics::{CRITERIA, Criterion};
use crate::learning::{MODELS, ModelRow};

impl Choice for ModelRow {
    const WHAT: &'static str = "model";

    fn rows() -> &'static [ModelRow] {
        MODELS
    }

    fn word(&self) -> &'static str {
        self.name
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }
}

impl Choice for Criterion {
    const WHAT: &'static str = "criterion";

    fn rows() -> &'static [Criterion] {
        &CRITERIA
    }

    fn word(&self) -> &'static str {
        self.name
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }
}

impl Choice for Calibration {
    const WHAT: &'static str = "calibration";

    fn rows() -> &'static [Calibration] {
        &CALIBRATIONS
    }

    fn word(&self) -> &'static str {
        self.name
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }
}

impl Choice for Feature {
    const WHAT: &'static str = "feature";

    fn rows() -> &'static [Feature] {
        FEATURES
    }

    fn word(&self) -> &'static str {
        self.name
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }
}
