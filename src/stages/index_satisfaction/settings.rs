//! The settings of `index-satisfaction`: what is asked, and what the constructs are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::satisfaction::{
    Arrow, Block, Mode, PRESETS, PathModel, PlsSettings, Preset, SatisfactionError, Scale, Scheme, measures,
};
use crate::stage::setting::{Choice, Chosen, Count, Number, Positive, Span};
use crate::stage::{Finding, Upstream};

/// Satisfaction from a file of answers. Its table has one row per customer with the latest answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IndexSatisfaction {
    /// The stage whose table has one row per person and survey: `customer`, the day, and a column of numbers per question. No other column is
    /// read, so free text stays unread.
    pub(super) answers: Upstream,
    /// The column with the day of the answer.
    pub(super) date: String,
    /// The column that names the wave of the survey. If not given, waves are calendar quarters.
    pub(super) wave: Option<String>,
    /// The constructs with the questions that measure them. Without them only `csat`, `nps` and `ces` are measured.
    pub(super) constructs: Vec<ConstructItems>,
    /// What leads to what: the model of a national index, or your own arrows as `from` of each construct.
    pub(super) model: Chosen<Preset>,
    /// The worst and the best answer of the questions, such as `[1, 10]`; a construct may have its own.
    pub(super) scale: [f64; 2],
    /// Numbers that mean that there is no answer, such as 99 for "don't know". They are never averaged.
    pub(super) no_answer: Vec<f64>,
    /// How weights of questions are looked for.
    pub(super) scheme: Chosen<Scheme>,
    /// The wave on which weights of questions are estimated; they stay for all other waves and runs, so that waves compare. The oldest wave
    /// with enough answers if not given.
    pub(super) base_wave: Option<String>,
    /// The construct that is to rise, for the map of importance and performance.
    pub(super) target: String,
    /// Draws for bootstrap intervals, 200 to 10000.
    pub(super) draws: Count<200, 10_000>,
    /// The question of CSAT: how many are content, 1 to 5 if it has no scale of its own.
    pub(super) csat: Option<Question>,
    /// The question of the Net Promoter Score, which is asked on 0 to 10.
    pub(super) nps: Option<Question>,
    /// The question of the Customer Effort Score: how easy it was, 1 to 7 if it has no scale of its own.
    pub(super) ces: Option<Question>,
    /// The `build-features` stage: with it those who answered are weighted to all customers as they were known before the wave.
    pub(super) features: Option<Upstream>,
    /// The columns of `features` that respondents are weighted by.
    pub(super) weigh_by: Vec<String>,
    /// Into how many groups of equally many customers each of those columns is cut, 2 to 10.
    pub(super) weight_groups: Count<2, 10>,
    /// No respondent weighs more than this many times the mean; at least 1.
    pub(super) max_weight: Positive,
    /// The `clean-orders` stage, for the funnel of complaints: who was kept.
    pub(super) orders: Option<Upstream>,
    /// The stage whose table has one row per complaint: `customer`, `date` and, where there are such, `recorded` (the date on which the shop knew) and
    /// `resolved` (a date).
    pub(super) complaints: Option<Upstream>,
    /// The stage whose table has one row per failure, such as a late delivery: `customer`, `date` and, if there are several kinds,
    /// `kind`. Returns of `orders` if not given.
    pub(super) failures: Option<Upstream>,
    /// Until this span after a failure a complaint, and its resolution, count, such as `30d`. Complaints count from the failure on, about goods
    /// sent back from their purchase on.
    pub(super) complain_within: Span,
    /// Within this span after that an order means that the customer was kept, such as `90d`.
    pub(super) kept_within: Span,
}

impl Default for IndexSatisfaction {
    fn default() -> IndexSatisfaction {
        IndexSatisfaction {
            answers: Upstream::default(),
            date: "date".to_owned(),
            wave: None,
            constructs: Vec::new(),
            model: Chosen::default(),
            scale: [1.0, 10.0],
            no_answer: Vec::new(),
            scheme: Chosen::default(),
            base_wave: None,
            target: "satisfaction".to_owned(),
            draws: Count::of(1000),
            csat: None,
            nps: None,
            ces: None,
            features: None,
            weigh_by: ["recency_days", "money_365d"].map(str::to_owned).to_vec(),
            weight_groups: Count::of(3),
            max_weight: Number::of(5.0),
            orders: None,
            complaints: None,
            failures: None,
            complain_within: Span::of_days(30),
            kept_within: Span::of_days(90),
        }
    }
}

/// A construct and its questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstructItems {
    /// Its name, which becomes a column: lower case, digits and underscores.
    pub(super) name: String,
    /// The columns of its questions.
    pub(super) items: Vec<String>,
    /// The constructs that lead to it, for `model = "own"`.
    #[serde(default)]
    pub(super) from: Vec<String>,
    /// How its questions are weighed.
    #[serde(default)]
    pub(super) mode: Chosen<Mode>,
    /// The worst and the best answer of its questions; `[10, 1]` where 1 is best.
    #[serde(default)]
    pub(super) scale: Option<[f64; 2]>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its column.
    pub(super) item: String,
    /// The worst and the best answer.
    #[serde(default)]
    pub(super) scale: Option<[f64; 2]>,
}

/// The simple measures: a row each with the setting that names its question, and the scale that is usual.
pub(super) struct MeasureRow {
    /// The setting, and the construct in the table `index`.
    pub(super) name: &'static str,
    /// The scale unless the question has its own.
    usual: [f64; 2],
    /// The question.
    question: fn(&IndexSatisfaction) -> Option<&Question>,
}

pub(super) static MEASURES: [MeasureRow; 3] = [
    MeasureRow { name: "csat", usual: [1.0, 5.0], question: |s| s.csat.as_ref() },
    MeasureRow { name: "nps", usual: [0.0, 10.0], question: |s| s.nps.as_ref() },
    MeasureRow { name: "ces", usual: [1.0, 7.0], question: |s| s.ces.as_ref() },
];

impl Choice for Preset {
    const WHAT: &'static str = "model of constructs";

    fn rows() -> &'static [Preset] {
        PRESETS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for Scheme {
    const WHAT: &'static str = "weighting scheme";

    fn rows() -> &'static [Scheme] {
        &[Scheme::Path, Scheme::Centroid, Scheme::Factorial]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Scheme::Path => {
                ("path", "path weighting: what leads to a construct by regression, what follows by correlation")
            }
            Scheme::Centroid => ("centroid", "neighbours by the sign of their correlation"),
            Scheme::Factorial => ("factorial", "neighbours by their correlation"),
        }
    }
}

impl Choice for Mode {
    const WHAT: &'static str = "mode";

    fn rows() -> &'static [Mode] {
        &[Mode::A, Mode::B]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Mode::A => ("A", "reflective: questions are symptoms of the construct and agree with each other"),
            Mode::B => ("B", "formative: questions are causes that make up the construct"),
        }
    }
}

impl IndexSatisfaction {
    /// The model of the constructs; nothing without constructs.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn path_model(&self) -> Result<Option<PathModel>, SatisfactionError> {
        if self.constructs.is_empty() {
            return Ok(None);
        }
        let block = |c: &ConstructItems| Block { name: c.name.clone(), items: c.items.clone(), mode: *c.mode };
        let blocks: Vec<Block> = self.constructs.iter().map(block).collect();
        let has = |name: &str| blocks.iter().any(|block| block.name == name);
        let arrow = |from: &str, to: &str| Arrow { from: from.to_owned(), to: to.to_owned() };
        let drawn =
            self.model.arrows.iter().filter(|(from, to)| has(from) && has(to)).map(|(from, to)| arrow(from, to));
        let own = self.constructs.iter().flat_map(|c| c.from.iter().map(move |from| arrow(from, &c.name)));
        PathModel::new(&blocks, &drawn.chain(own).collect::<Vec<_>>()).map(Some)
    }

    /// How the model is estimated.
    pub(super) fn pls(&self) -> PlsSettings {
        PlsSettings { scheme: *self.scheme, ..PlsSettings::default() }
    }

    /// The columns of all items in the order of the model, each with its scale.
    pub(super) fn items(&self) -> Vec<(&str, Scale)> {
        let of = |c: &ConstructItems| scale(c.scale.unwrap_or(self.scale));
        self.constructs.iter().flat_map(|c| c.items.iter().map(move |item| (item.as_str(), of(c)))).collect()
    }

    /// The simple measures that are asked for, with question and scale.
    pub(super) fn measures(&self) -> Vec<(&'static MeasureRow, &Question, Scale)> {
        let of = |row: &'static MeasureRow| {
            (row.question)(self).map(|question| (row, question, scale(question.scale.unwrap_or(row.usual))))
        };
        MEASURES.iter().filter_map(of).collect()
    }

    /// What the weights depend on: where it changes, the series begins again.
    pub(super) fn signature(&self) -> String {
        let constructs: Vec<_> =
            self.constructs.iter().map(|c| (c, c.scale.unwrap_or(self.scale), self.model.0.name)).collect();
        serde_json::to_string(&(constructs, self.scheme)).expect("settings are plain data")
    }

    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.constructs.is_empty() && self.measures().is_empty() {
            findings.push(
                Finding::at("constructs", "nothing is measured")
                    .help("declare `constructs` with their `items`, or a question as `csat`, `nps` or `ces`"),
            );
        }
        self.findings_of_constructs(&mut findings);
        let scales = [("scale".to_owned(), self.scale)].into_iter().chain(
            self.constructs
                .iter()
                .enumerate()
                .filter_map(|(n, c)| Some((format!("constructs.{}.scale", n + 1), c.scale?))),
        );
        let asked = MEASURES.iter().filter_map(|row| Some((row.name.to_owned(), (row.question)(self)?.scale?)));
        for (key, [worst, best]) in scales.chain(asked) {
            if let Err(error) = Scale::new(worst, best) {
                findings.push(Finding::at(key, error.to_string()));
            }
        }
        if let Some(question) = &self.nps
            && let Err(error) = measures::nps(&[], scale(question.scale.unwrap_or([0.0, 10.0])))
        {
            findings.push(Finding::at("nps", error.to_string()));
        }
        if self.features.is_some() && self.weigh_by.is_empty() {
            findings.push(Finding::at("weigh_by", "names no column: respondents cannot be weighted by nothing"));
        }
        if self.weigh_by.len() > 4 {
            findings.push(Finding::at("weigh_by", "takes at most four columns: cells of more would be empty"));
        }
        if self.max_weight.get() < 1.0 {
            let message = format!("{} is below 1: all weights cannot be below their mean", self.max_weight);
            findings.push(Finding::at("max_weight", message).help("write 1 to weigh all alike, or more"));
        }
        match (&self.orders, &self.complaints, &self.failures) {
            (None, Some(_), _) => findings.push(Finding::at("complaints", "needs `orders`: they say who was kept")),
            (_, None, Some(_)) => {
                findings.push(Finding::at("failures", "needs `complaints`, to follow who complained"))
            }
            (Some(_), None, None) => {
                findings.push(Finding::at("orders", "needs `complaints`: orders say who was kept after one"));
            }
            _ => {}
        }
        findings
    }

    fn findings_of_constructs(&self, findings: &mut Vec<Finding>) {
        const TAKEN: [&str; 4] = ["customer", "date", "wave", "weight"];
        let own = self.model.0.name == PRESETS[0].name;
        for (n, construct) in self.constructs.iter().enumerate() {
            let (name, key) = (construct.name.as_str(), format!("constructs.{}.name", n + 1));
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || !name.chars().all(plain) || TAKEN.contains(&name) {
                let message = format!("`{name}` cannot be a column of the result");
                findings.push(Finding::at(key, message).help("write lower case, digits and underscores"));
            } else if !own && !self.model.constructs.contains(&name) {
                let message = format!("the model `{}` has no construct `{name}`", self.model.name);
                let help = format!(
                    "there are {}; or draw your own arrows with model = \"own\"",
                    self.model.constructs.join(", ")
                );
                findings.push(Finding::at(key, message).help(help));
            }
            if !own && !construct.from.is_empty() {
                let message = format!("the model `{}` has its arrows already", self.model.name);
                findings.push(Finding::at(format!("constructs.{}.from", n + 1), message));
            }
        }
        match self.path_model() {
            Err(error) => findings.push(Finding::at("constructs", error.to_string())),
            Ok(Some(model)) => match model.place(&self.target) {
                None => findings.push(Finding::at("target", format!("there is no construct `{}`", self.target))),
                Some(place) if model.predecessors(place).is_empty() => {
                    findings.push(Finding::at("target", format!("nothing leads to `{}`", self.target)));
                }
                Some(_) => {}
            },
            Ok(None) => {}
        }
    }
}

/// A scale from its two ends, which `findings` has checked.
fn scale([worst, best]: [f64; 2]) -> Scale {
    Scale { worst, best }
}
