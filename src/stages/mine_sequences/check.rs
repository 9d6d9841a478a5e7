//! What is wrong across settings.

use super::settings::MineSequences;
use crate::stage::Finding;

impl MineSequences {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.max_orders < self.min_orders.get() {
            findings.push(Finding::at("max_orders", "is below min_orders"));
        }
        if self.max_items.get() < self.min_orders.get() {
            findings.push(Finding::at("max_items", "is below min_orders: every order of a pattern has an item"));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &str) -> Result<MineSequences, toml::de::Error> {
        toml::from_str(&format!("orders = \"orders\"\n{settings}"))
    }

    fn keys(settings: &str) -> Vec<String> {
        read(settings).expect("settings").findings().into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(keys("").is_empty());
        assert!(keys("max_spread = inf\nmin_gaps = 0").is_empty());
        assert_eq!(keys("max_orders = 1"), ["max_orders"]);
        assert_eq!(keys("max_items = 1\nmax_orders = 4"), ["max_items"]);
        for (settings, message) in [
            ("min_lift = nan", "NaN is not a number of at least 0"),
            ("max_spread = -1.0", "-1 is not a number of at least 0"),
            ("max_spread = nan", "NaN is not a number of at least 0"),
            ("patterns = \"close\"", "there is no kind of pattern `close`\ndid you mean `closed`?"),
            ("min_gap = \"soon\"", "`soon` is not a distance\nwrite `30d` for days or `2o` for orders"),
            ("alpha = 2.0", "2 is not a number from 0 to 1"),
            ("days = 0", "0 is not a whole number from 1 to 3660"),
            ("min_support = 0.0", "0 is not a share above 0 and below 1, or a whole count of at least 1"),
        ] {
            let error = read(settings).expect_err(settings);
            assert_eq!(error.message(), message);
        }
    }
}
