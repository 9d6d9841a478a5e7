//! The settings of `segment`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clustering::{Naming, RfmCuts, RfmError, SegmentRule, default_rules};
use crate::features::Feature;
use crate::stage::setting::{Choice, Chosen, Count};
use crate::stage::{Finding, Upstream};

/// Named RFM segments and clusters of customers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Segment {
    /// The `build-features` stage.
    pub(super) features: Upstream,
    /// The feature scored as frequency; see `patron list features`.
    pub(super) frequency: Chosen<Feature>,
    /// The feature scored as monetary value; see `patron list features`.
    pub(super) monetary: Chosen<Feature>,
    /// How scores are cut: quantiles of the customers, or fixed points.
    pub(super) bins: Chosen<Bins>,
    /// Fixed cut points, ascending, for `bins = "fixed"`.
    pub(super) cuts: FixedCuts,
    /// Own segment rules, tried before the built-in ones; the first that matches wins.
    rules: Vec<OwnRule>,
    /// Smallest and largest number of clusters to try, each from 2 to 50. The largest number is chosen whose clusters come back in bootstrap
    /// draws (mean adjusted Rand index at least 0.8) and whose silhouette is near the best. Empty: no clusters.
    pub(super) clusters: Vec<Count<2, 50>>,
    /// The features to cluster by; see `patron list features`.
    pub(super) by: Vec<Chosen<Feature>>,
    /// Days until cut points and centres are fitted again; 0 fits them in each run.
    pub(super) refit_days: u32,
}

impl Default for Segment {
    fn default() -> Segment {
        Segment {
            features: Upstream::default(),
            frequency: Chosen::usual("orders_365d"),
            monetary: Chosen::usual("money_365d"),
            bins: Chosen::default(),
            cuts: FixedCuts::default(),
            rules: Vec::new(),
            clusters: [3, 8].map(Count::of).to_vec(),
            by: ["recency_days", "orders_365d", "money_365d"].map(Chosen::usual).to_vec(),
            refit_days: 90,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bins {
    Quantiles,
    Fixed,
}

impl Choice for Bins {
    const WHAT: &'static str = "way to cut";

    fn rows() -> &'static [Bins] {
        &[Bins::Quantiles, Bins::Fixed]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Bins::Quantiles => ("quantiles", "five bins of equally many customers; equal values share a bin"),
            Bins::Fixed => ("fixed", "the points in `cuts`"),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FixedCuts {
    /// Days since the last order.
    recency: Vec<f64>,
    /// Of the frequency feature.
    frequency: Vec<f64>,
    /// Of the monetary feature.
    monetary: Vec<f64>,
}

/// A segment by its scores, each from 1 to 9.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OwnRule {
    /// Name of the segment.
    segment: String,
    /// Lowest and highest recency score.
    #[serde(default = "OwnRule::any_score")]
    recency: [u8; 2],
    /// Lowest and highest frequency score.
    #[serde(default = "OwnRule::any_score")]
    frequency: [u8; 2],
    /// Lowest and highest monetary score.
    #[serde(default = "OwnRule::any_score")]
    monetary: [u8; 2],
}

impl OwnRule {
    fn any_score() -> [u8; 2] {
        [1, 9]
    }
}

impl FixedCuts {
    /// As the computation wants them.
    pub(super) fn points(&self) -> Result<RfmCuts, RfmError> {
        RfmCuts::fixed(self.recency.clone(), self.frequency.clone(), self.monetary.clone())
    }
}

impl Segment {
    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match self.clusters[..] {
            [] => {}
            [fewest, most] if fewest.get() <= most.get() => {}
            _ => findings.push(Finding::at("clusters", "must be empty or two numbers from 2 to 50, the smaller first")),
        }
        if *self.bins == Bins::Fixed {
            findings.extend(self.cuts.points().err().map(|error| Finding::at("cuts", error.to_string())));
        }
        if *self.bins == Bins::Quantiles
            && let Err(error) = self.naming(5)
        {
            findings.push(Finding::at("rules", error));
        }
        findings
    }

    /// The names of segments for scores from 1 to `bins`; else what is wrong with the rules.
    pub(super) fn naming(&self, bins: u8) -> std::result::Result<Naming, String> {
        let own: Vec<SegmentRule> = self
            .rules
            .iter()
            .map(|rule| SegmentRule {
                segment: rule.segment.clone(),
                recency: rule.recency[0]..=rule.recency[1],
                frequency: rule.frequency[0]..=rule.frequency[1],
                monetary: rule.monetary[0]..=rule.monetary[1],
            })
            .collect();
        Naming::new(&own, &default_rules(), bins).map_err(|e| e.to_string())
    }
}
