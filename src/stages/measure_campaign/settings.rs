//! The settings of `measure-campaign`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::experiments::{Adjustment, Shape, USUAL_CAP};
use crate::stage::setting::{Chance, Choice, Chosen, Count, Positive, Share, Span};
use crate::stage::{Finding, Upstream};
use crate::tables::Date;

/// What lists were worth: each beside its control group, by the arms as they were drawn.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MeasureCampaign {
    /// The stage with the ledger of contacts. Rows dated on the as-of date or later are not seen.
    pub(super) contacts: Upstream,
    /// The `clean-orders` stage.
    pub(super) orders: Upstream,
    /// Days from a person's first planned date on that count, that day included. Only persons whose window is over are compared.
    pub(super) window: Span,
    /// The outcome that decides. Others are secondary.
    pub(super) primary: Chosen<Measure>,
    /// Share, above 0 and below 1, of persons whose revenue, margin, units and earlier spending count in full; larger values count as the
    /// quantile at this share of both arms.
    pub(super) cap: Chance,
    /// How revenue, margin and units are adjusted for earlier behaviour.
    pub(super) slopes: Chosen<Slopes>,
    /// The margin as a share of the price, for items without a cost in `costs`, 0 to 1. Without both, margin and returns on costs are empty.
    pub(super) margin: Option<Share>,
    /// A table with the column `item` and what one piece costs the shop in `unit_cost`.
    pub(super) costs: Option<Upstream>,
    /// The type of each list, such as `{ spring = "discount", win_back = "reminder" }`: effects of lists of one type are taken together.
    pub(super) types: BTreeMap<String, String>,
    /// The last day of each list's test, such as `{ win_back = "2026-06-30" }`. A list without one is closed when every window is over.
    /// Unless all its persons were planned on one day, its intervals then hold at every look, and are wider for it.
    pub(super) ends: BTreeMap<String, String>,
    /// How often lists with an end may be read until then, 1 to 100, evenly spaced in days. Between two looks the last one stands; with
    /// 1 there is none before the end.
    pub(super) looks: Count<1, 100>,
    /// How the chance of a false alarm is spread over the looks.
    pub(super) spending: Chosen<Spending>,
    /// Random splits of each list's own past, 0 to 100000, by which the false alarms of the method are counted; 0 counts none.
    pub(super) dry_runs: Count<0, 100_000>,
    /// The lift that is hoped for, such as 0.1 for a tenth more than the control persons: without it, no list is called too small.
    pub(super) hoped_lift: Option<Positive>,
    /// Whether persons without an order before the list's date count. Otherwise they are set aside in both arms as persons whom the
    /// orders do not know.
    pub(super) prospects: bool,
}

impl Default for MeasureCampaign {
    fn default() -> MeasureCampaign {
        MeasureCampaign {
            contacts: Upstream::default(),
            orders: Upstream::default(),
            window: Span::of_days(30),
            primary: Chosen::default(),
            cap: Chance::of(USUAL_CAP),
            slopes: Chosen::default(),
            margin: None,
            costs: None,
            types: BTreeMap::new(),
            ends: BTreeMap::new(),
            looks: Count::of(1),
            spending: Chosen::default(),
            dry_runs: Count::of(1_000),
            hoped_lift: None,
            prospects: false,
        }
    }
}

/// An outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Revenue,
    Conversion,
    Margin,
    Units,
    OrderValue,
}

impl Outcome {
    /// As tables write it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Outcome::Revenue => "revenue",
            Outcome::Conversion => "conversion",
            Outcome::Margin => "margin",
            Outcome::Units => "units",
            Outcome::OrderValue => "order_value",
        }
    }

    /// Whether it is money that adds up over persons.
    pub(super) fn is_money(self) -> bool {
        matches!(self, Outcome::Revenue | Outcome::Margin)
    }
}

/// A row of the table of outcomes that can decide.
pub(super) struct Measure {
    pub(super) outcome: Outcome,
    meaning: &'static str,
}

static MEASURES: [Measure; 4] = [
    Measure {
        outcome: Outcome::Revenue,
        meaning: "money of orders less returns, capped and adjusted for earlier spending",
    },
    Measure { outcome: Outcome::Conversion, meaning: "whether a person ordered" },
    Measure {
        outcome: Outcome::Margin,
        meaning: "revenue less costs of goods, capped and adjusted for earlier spending",
    },
    Measure { outcome: Outcome::Units, meaning: "pieces less returns, capped and adjusted for earlier purchases" },
];

impl Choice for Measure {
    const WHAT: &'static str = "outcome";

    fn rows() -> &'static [Measure] {
        &MEASURES
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.outcome.name(), self.meaning)
    }
}

/// A row of the table of adjustments.
pub(super) struct Slopes {
    pub(super) adjustment: Adjustment,
    name: &'static str,
    meaning: &'static str,
}

static SLOPES: [Slopes; 2] = [
    Slopes {
        adjustment: Adjustment::Pooled,
        name: "pooled",
        meaning: "one slope for both arms; on Online Retail II 4.9 % false alarms with a tenth as control",
    },
    Slopes {
        adjustment: Adjustment::ByArm,
        name: "by-arm",
        meaning: "each arm its own slope, for large control groups and effects that differ much; 5.8 % false alarms there",
    },
];

impl Choice for Slopes {
    const WHAT: &'static str = "adjustment";

    fn rows() -> &'static [Slopes] {
        &SLOPES
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

/// A row of the table of ways to look several times.
pub(super) struct Spending {
    pub(super) shape: Shape,
    name: &'static str,
    meaning: &'static str,
}

static SPENDING: [Spending; 2] = [
    Spending {
        shape: Shape::OBrienFleming,
        name: "obrien-fleming",
        meaning: "little at first: only large effects end a test early, and the last look is hardly less sharp than a single one",
    },
    Spending { shape: Shape::Pocock, name: "pocock", meaning: "nearly as much at each look" },
];

impl Choice for Spending {
    const WHAT: &'static str = "way to look several times";

    fn rows() -> &'static [Spending] {
        &SPENDING
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl MeasureCampaign {
    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (list, text) in &self.ends {
            if let Err(message) = text.parse::<Date>() {
                findings.push(Finding::at(format!("ends.{list}"), message));
            }
        }
        if self.primary.outcome == Outcome::Margin && self.margin.is_none() && self.costs.is_none() {
            findings.push(Finding::at("primary", "the margin is not known").help("give `margin`, or `costs` of items"));
        }
        if self.looks.get() > 1 && self.ends.is_empty() {
            findings.push(
                Finding::at("looks", "has no effect without `ends`: without an end, every look is allowed")
                    .help("leave it out, or give `ends`"),
            );
        }
        findings
    }

    /// The day after the last day of a list's test.
    pub(super) fn end_of(&self, list: &str) -> Option<i32> {
        let date = self.ends.get(list)?.parse::<Date>().ok()?;
        Some(date.days() + 1)
    }

    /// Whether margins are known.
    pub(super) fn has_margin(&self) -> bool {
        self.margin.is_some() || self.costs.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_told_at_its_key() {
        let wrong = |text: &str| {
            let settings: MeasureCampaign = toml::from_str(text).expect("settings");
            settings.findings().into_iter().map(|finding| finding.key).collect::<Vec<_>>()
        };
        assert_eq!(wrong("primary = 'margin'\nlooks = 5"), ["primary", "looks"]);
        assert_eq!(wrong("ends = { spring = 'soon' }"), ["ends.spring"]);
        assert!(wrong("primary = 'margin'\nmargin = 0.4\nlooks = 5\nends = { spring = '2026-06-30' }").is_empty());
        let settings: MeasureCampaign = toml::from_str("ends = { spring = '1970-01-02' }").expect("settings");
        assert_eq!((settings.end_of("spring"), settings.end_of("autumn")), (Some(2), None));
    }
}
