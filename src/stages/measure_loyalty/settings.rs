//! What can be set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::loyalty::MEASURES;
use crate::loyalty::Span as Periods;
use crate::satisfaction::Scale;
use crate::stage::setting::{Amount, Chance, Count, Number, Positive, Share, Span};
use crate::stage::{Finding, Known, Upstream};

/// How loyal customers are: three scores and the matrices that they belong to. Its table has one row per customer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MeasureLoyalty {
    /// The `clean-orders` stage.
    pub(super) orders: Upstream,
    /// Length of a period, counted back from the as-of date: about the usual gap between orders, such as `7d` for groceries or `90d` for
    /// fashion.
    pub(super) period: Span,
    /// Most periods that scores look back, 6 to 120.
    pub(super) periods: Count<6, 120>,
    /// The latest of these periods that persistence is the share of, 3 to 120.
    pub(super) persistence_periods: Count<3, 120>,
    /// How far ahead scores have to predict whether a customer orders, such as `90d`. Matrices show who moved since one horizon ago.
    pub(super) horizon: Span,
    /// Weights of the three scores in the loyalty index.
    pub(super) weights: LoyaltyWeights,
    /// The share of customers alike who spend less than the reach that headroom is measured to, above 0 and below 1.
    pub(super) headroom_share: Chance,
    /// Periods that headroom looks at, 1 to 24.
    pub(super) headroom_periods: Count<1, 24>,
    /// The stage whose table has a group per customer, such as `segment`: its groups are taken apart beside the shop.
    pub(super) segments: Option<Upstream>,
    /// The column of `segments` with the group.
    pub(super) segment_column: String,
    /// Answers to a survey on satisfaction, attitude or involvement.
    pub(super) answers: Option<LoyaltyAnswers>,
    /// Stars that customers gave, one row each: `customer`, `date` and `rating`.
    pub(super) ratings: Option<Upstream>,
    /// The worst and the best rating.
    pub(super) rating_scale: [f64; 2],
    /// A survey of the brands or shops that customers use, for the Wallet Allocation Rule and for suppliers.
    pub(super) brands: Option<BrandTable>,
    /// Complaints, one row each: `customer` and `date`. They are shocks, and their absence stands for attitude where nothing better is there.
    pub(super) complaints: Option<Upstream>,
    /// Other shocks, such as late deliveries and price rises, one row each: `customer` and `date`.
    pub(super) failures: Option<Upstream>,
    /// Answers, ratings and complaints older than this are not used for matrices.
    pub(super) answer_days: Span,
    /// Reliability of an answer, 0 to 1: how well the same answer comes again. The lower, the more customers are undecided.
    pub(super) reliability: Share,
    /// The active share from which a customer counts as one who repeats; if not given, the median one horizon ago. Give it to freeze the
    /// matrices over the years.
    pub(super) repeat_cut: Option<Share>,
    /// No respondent weighs more than this many times the mean; above 0.
    pub(super) max_weight: Positive,
}

impl Default for MeasureLoyalty {
    fn default() -> MeasureLoyalty {
        MeasureLoyalty {
            orders: Upstream::default(),
            period: Span::of_days(30),
            periods: Count::of(24),
            persistence_periods: Count::of(12),
            horizon: Span::of_days(90),
            weights: LoyaltyWeights::default(),
            headroom_share: Number::of(0.8),
            headroom_periods: Count::of(3),
            segments: None,
            segment_column: "segment".to_owned(),
            answers: None,
            ratings: None,
            rating_scale: [1.0, 5.0],
            brands: None,
            complaints: None,
            failures: None,
            answer_days: Span::of_days(365),
            reliability: Number::of(0.8),
            repeat_cut: None,
            max_weight: Number::of(5.0),
        }
    }
}

/// Weights of the scores; not all 0.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoyaltyWeights {
    /// Of persistence, at least 0.
    persistence: Amount,
    /// Of firmness, at least 0.
    firmness: Amount,
    /// Of stability, at least 0.
    stability: Amount,
}

impl Default for LoyaltyWeights {
    fn default() -> LoyaltyWeights {
        LoyaltyWeights { persistence: Number::of(1.0), firmness: Number::of(1.0), stability: Number::of(1.0) }
    }
}

/// Answers, one row per customer and survey.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoyaltyAnswers {
    /// The stage whose table has the answers; `customer` is the account id.
    pub(super) from: Upstream,
    /// The column with the day of the answer.
    #[serde(default = "date")]
    pub(super) date: String,
    /// The worst and the best answer of all these questions.
    #[serde(default = "LoyaltyAnswers::scale")]
    pub(super) scale: [f64; 2],
    /// The least answer that counts as high; if not given, three quarters of the way from the worst to the best: 4 of 5, 8 of 10.
    #[serde(default)]
    pub(super) high_from: Option<f64>,
    /// The column that says how satisfied the customer is.
    #[serde(default)]
    pub(super) satisfaction: Option<String>,
    /// The column that says what the customer thinks of the shop beside others.
    #[serde(default)]
    pub(super) attitude: Option<String>,
    /// The column that says how much the goods matter to the customer.
    #[serde(default)]
    pub(super) involvement: Option<String>,
}

fn date() -> String {
    "date".to_owned()
}

impl LoyaltyAnswers {
    fn scale() -> [f64; 2] {
        [1.0, 5.0]
    }

    /// The columns of satisfaction, attitude and involvement, with the settings that name them.
    pub(super) fn questions(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("satisfaction", self.satisfaction.as_deref()),
            ("attitude", self.attitude.as_deref()),
            ("involvement", self.involvement.as_deref()),
        ]
    }

    /// Where high answers begin, on 0 to 100 points: half a step of the scale below the least high answer, so that it lies between answers.
    pub(super) fn cut(&self) -> f64 {
        cut(self.scale, self.high_from)
    }
}

/// Half a step below the least high answer, in points.
pub(super) fn cut([worst, best]: [f64; 2], high_from: Option<f64>) -> f64 {
    let step = if best > worst { 1.0 } else { -1.0 };
    let three_quarters = worst + 0.75 * (best - worst);
    let whole = if step > 0.0 { three_quarters.ceil() } else { three_quarters.floor() };
    100.0 * (high_from.unwrap_or(whole) - step / 2.0 - worst) / (best - worst)
}

/// Brands that customers use, one row per customer and brand.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandTable {
    /// The stage whose table has the brands; `customer` is the account id.
    pub(super) from: Upstream,
    /// The column with the day of the answer.
    #[serde(default = "date")]
    pub(super) date: String,
    /// The column that names the brand or shop.
    #[serde(default = "BrandTable::brand")]
    pub(super) brand: String,
    /// The column with its rank, 1 for the best.
    #[serde(default = "BrandTable::rank")]
    pub(super) rank: String,
    /// What this shop is called in that column.
    pub(super) own: String,
}

impl BrandTable {
    fn brand() -> String {
        "brand".to_owned()
    }

    fn rank() -> String {
        "rank".to_owned()
    }
}

impl MeasureLoyalty {
    /// How periods are cut.
    pub(super) fn span(&self) -> Periods {
        Periods {
            days: self.period.days(),
            most: self.periods.get() as usize,
            recent: self.persistence_periods.get() as usize,
        }
    }

    /// Periods that make a year, at least 1.
    pub(super) fn season(&self) -> usize {
        // Half a period more, to the nearest.
        usize::try_from((365 + self.period.days() / 2) / self.period.days()).unwrap_or(1).max(1)
    }

    /// Weights of the scores, in their order.
    pub(super) fn score_weights(&self) -> [f64; MEASURES.len()] {
        [self.weights.persistence.get(), self.weights.firmness.get(), self.weights.stability.get()]
    }

    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.score_weights().iter().sum::<f64>() <= 0.0 {
            findings.push(Finding::at("weights", "are all 0: the loyalty index would be nothing"));
        }
        if let Err(error) = Scale::new(self.rating_scale[0], self.rating_scale[1]) {
            findings.push(Finding::at("rating_scale", error.to_string()));
        }
        let Some(answers) = &self.answers else { return findings };
        if answers.questions().iter().all(|question| question.1.is_none()) {
            let help = "name a column as `satisfaction`, `attitude` or `involvement`";
            findings.push(Finding::at("answers", "has no question").help(help));
        }
        match Scale::new(answers.scale[0], answers.scale[1]) {
            Err(error) => findings.push(Finding::at("answers.scale", error.to_string())),
            Ok(scale) => {
                if let Some(Err(error)) = answers.high_from.map(|high| scale.points(high)) {
                    findings.push(Finding::at("answers.high_from", error.to_string()));
                }
            }
        }
        findings
    }

    /// What is wrong with the columns that settings name.
    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let mut named: Vec<(String, &Upstream, &str)> = Vec::new();
        if let Some(table) = &self.answers {
            named.push(("answers.date".to_owned(), &table.from, &table.date));
            let asked = table.questions().into_iter().filter_map(|(key, column)| Some((key, column?)));
            named.extend(asked.map(|(key, column)| (format!("answers.{key}"), &table.from, column)));
        }
        if let Some(table) = &self.brands {
            let columns = [("date", &table.date), ("brand", &table.brand), ("rank", &table.rank)];
            named.extend(columns.map(|(key, column)| (format!("brands.{key}"), &table.from, column.as_str())));
        }
        if let Some(stage) = &self.segments {
            named.push(("segment_column".to_owned(), stage, &self.segment_column));
        }
        for column in ["date", "rating"] {
            named.extend(self.ratings.iter().map(|stage| ("ratings".to_owned(), stage, column)));
        }
        named.extend(self.complaints.iter().map(|stage| ("complaints".to_owned(), stage, "date")));
        named.extend(self.failures.iter().map(|stage| ("failures".to_owned(), stage, "date")));
        named.iter().filter_map(|(key, stage, column)| known.column(key, &stage.0, column)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_answers_begin_between_two_answers() {
        // 4 of 5, 8 of 10, either way round.
        assert_eq!(cut([1.0, 5.0], None), 62.5);
        assert_eq!(cut([5.0, 1.0], None), 62.5);
        assert!((cut([1.0, 10.0], None) - 100.0 * 6.5 / 9.0).abs() < 1e-12);
        assert_eq!(cut([0.0, 10.0], Some(9.0)), 85.0);
        let weekly = MeasureLoyalty { period: Span::of_days(7), ..MeasureLoyalty::default() };
        assert_eq!((weekly.season(), MeasureLoyalty::default().season()), (52, 12));
    }
}
