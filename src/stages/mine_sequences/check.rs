//! What is wrong with the settings as they stand.

use super::distance;
use super::settings::MineSequences;
use crate::mining::corrections;
use crate::mining::sequences::sequence_kinds;
use crate::stage::Finding;

impl MineSequences {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut named = |key: &str, name: &str, names: Vec<&'static str>| {
            findings.extend(Finding::of_name(key, name, &names));
        };
        named("patterns", &self.patterns, sequence_kinds().iter().map(|row| row.name).collect());
        named("correction", &self.correction, corrections().iter().map(|row| row.name).collect());
        for (key, value) in [
            ("rule_support", self.rule_support),
            ("partial_support", self.partial_support),
            ("min_support", self.min_support),
        ] {
            if let Err(error) = self.support_of(value).checked() {
                findings.push(Finding::at(key, error.to_string()));
            }
        }
        for (key, value) in [
            ("min_confidence", self.min_confidence),
            ("alpha", self.alpha),
            ("send_share", self.send_share),
            ("min_repeat_share", self.min_repeat_share),
            ("overdue_share", self.overdue_share),
        ] {
            findings.extend(Finding::of_share(key, value));
        }
        for (key, value) in [("min_lift", self.min_lift), ("max_spread", self.max_spread)] {
            if !(0.0..).contains(&value) {
                findings.push(Finding::at(key, format!("{value} is not a number from 0 on")));
            }
        }
        for (key, value) in [("days", self.days), ("lapse_days", self.lapse_days)] {
            if !(1..=3_660).contains(&value) {
                findings.push(Finding::at(key, format!("{value} is not from 1 to 3660 days")));
            }
        }
        if self.validate_days > 3_660 {
            findings.push(Finding::at("validate_days", "at most 3660 days"));
        }
        for (key, value) in [
            ("antecedent_items", self.antecedent_items),
            ("antecedent_orders", self.antecedent_orders),
            ("max_items", self.max_items),
            ("min_orders", self.min_orders),
            ("due_purchases", self.due_purchases),
            ("journey_orders", self.journey_orders as u32),
        ] {
            if value == 0 {
                findings.push(Finding::at(key, "must be at least 1"));
            }
        }
        if self.max_orders < self.min_orders {
            findings.push(Finding::at("max_orders", "is below min_orders"));
        }
        if self.max_items < self.min_orders {
            findings.push(Finding::at("max_items", "is below min_orders: every order of a pattern has an item"));
        }
        for (key, text) in [("min_gap", &self.min_gap), ("max_gap", &self.max_gap), ("max_span", &self.max_span)] {
            if let Err(error) = distance(text) {
                findings.push(Finding::at(key, error));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(settings: &str) -> Vec<String> {
        let stage: MineSequences = toml::from_str(&format!("orders = \"orders\"\n{settings}")).expect("settings");
        stage.findings().into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        assert!(keys("").is_empty());
        assert_eq!(keys("min_lift = nan\nmax_spread = -1.0"), ["min_lift", "max_spread"]);
        assert!(keys("max_spread = inf\nmin_gaps = 0").is_empty());
        assert_eq!(
            keys("patterns = \"close\"\nmin_gap = \"soon\"\nalpha = 2.0\ndays = 0\nmin_support = 0.0\nmax_orders = 1"),
            ["patterns", "min_support", "alpha", "days", "max_orders", "min_gap"]
        );
    }
}
