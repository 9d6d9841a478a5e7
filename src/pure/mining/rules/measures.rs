//! What is a rule worth? One row for each measure of interest, all computed from one table of counts.

use super::Counts;
use super::tails::{quantile, upper_tail};
use crate::numeric::math::{ln, log10};

/// What a measure is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// The rule's table.
    pub counts: Counts,
    /// Highest confidence among the more general rules (a proper subset on the left, the same right side) of the set of
    /// rules in hand; `NaN` when there is none.
    pub general_confidence: f64,
    /// The minimum support that the rules were mined with, as a share.
    pub min_support: f64,
    /// The minimum confidence that the rules were mined with.
    pub min_confidence: f64,
}

/// One row of the table of measures.
#[derive(Clone, Copy)]
pub struct Measure {
    /// The name that users write.
    pub name: &'static str,
    /// The name in R's arules, where it has the measure.
    pub arules: Option<&'static str>,
    /// The definition. `l` and `r` are the shares of baskets with the left and right side, `lr` with both, `n` their number.
    pub formula: &'static str,
    /// Lowest and highest value.
    pub range: (f64, f64),
    /// Who proposed it.
    pub source: &'static str,
    compute: fn(&Cells, &Evidence) -> f64,
}

impl Measure {
    /// The measure of a rule; not a number or infinite where the formula divides by zero.
    pub fn value(&self, evidence: &Evidence) -> f64 {
        (self.compute)(&Cells::of(evidence.counts), evidence)
    }

    /// Whether the measure is based on [`Evidence::general_confidence`], which takes a look at all rules.
    pub fn asks_general_rules(&self) -> bool {
        let counts = Counts { both: 3, left: 5, right: 6, total: 12 };
        let value = |general_confidence| {
            self.value(&Evidence { counts, general_confidence, min_support: 0.1, min_confidence: 0.1 }).to_bits()
        };
        value(0.25) != value(0.5)
    }
}

/// The table of measures.
pub fn measures() -> &'static [Measure] {
    MEASURES
}

/// The measure that users call `name`.
pub fn measure(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.name == name)
}

const INF: f64 = f64::INFINITY;

static MEASURES: &[Measure] = &[
    Measure {
        name: "support",
        arules: Some("support"),
        formula: "lr",
        range: (0.0, 1.0),
        source: "Agrawal, Imielinski and Swami, 1993",
        compute: |t, _| t.n11 / t.n,
    },
    Measure {
        name: "confidence",
        arules: Some("confidence"),
        formula: "lr / l",
        range: (0.0, 1.0),
        source: "Agrawal, Imielinski and Swami, 1993",
        compute: |t, _| confidence(t),
    },
    Measure {
        name: "lift",
        arules: Some("lift"),
        formula: "lr / (l r)",
        range: (0.0, INF),
        source: "Brin, Motwani, Ullman and Tsur, 1997",
        compute: |t, _| lift(t),
    },
    Measure {
        name: "count",
        arules: Some("count"),
        formula: "n lr",
        range: (0.0, INF),
        source: "Agrawal, Imielinski and Swami, 1993",
        compute: |t, _| t.n11,
    },
    Measure {
        name: "coverage",
        arules: Some("coverage"),
        formula: "l",
        range: (0.0, 1.0),
        source: "Michalski, 1983",
        compute: |t, _| t.n1x / t.n,
    },
    Measure {
        name: "right_support",
        arules: Some("rhsSupport"),
        formula: "r",
        range: (0.0, 1.0),
        source: "Agrawal, Imielinski and Swami, 1993",
        compute: |t, _| t.nx1 / t.n,
    },
    Measure {
        name: "added_value",
        arules: Some("addedValue"),
        formula: "lr / l - r",
        range: (-1.0, 1.0),
        source: "Sahar and Mansour, 1999",
        compute: |t, _| added_value(t),
    },
    Measure {
        name: "all_confidence",
        arules: None,
        formula: "lr / max(l, r)",
        range: (0.0, 1.0),
        source: "Omiecinski, 2003",
        compute: |t, _| t.n11 / t.n1x.max(t.nx1),
    },
    Measure {
        name: "boost",
        arules: Some("boost"),
        formula: "confidence / highest confidence of a more general rule",
        range: (0.0, INF),
        source: "Balcazar, 2013",
        compute: |t, e| general(e).map_or(INF, |general| confidence(t) / general),
    },
    Measure {
        name: "casual_confidence",
        arules: Some("casualConfidence"),
        formula: "1 - l(1-r)/n (1/l + 1/r), l not r by count",
        range: (0.0, 1.0),
        source: "Kodratoff, 2001",
        compute: |t, _| 1.0 - t.n10 / t.n * (1.0 / t.n1x + 1.0 / t.nx1),
    },
    Measure {
        name: "casual_support",
        arules: Some("casualSupport"),
        formula: "lr + r - (l without r)",
        range: (-1.0, 2.0),
        source: "Kodratoff, 2001",
        compute: |t, _| (t.nx1 + t.n11 - t.n10) / t.n,
    },
    Measure {
        name: "centered_confidence",
        arules: Some("centeredConfidence"),
        formula: "lr / l - r",
        range: (-1.0, 1.0),
        source: "Lavrac, Flach and Zupan, 1999",
        compute: |t, _| added_value(t),
    },
    Measure {
        name: "certainty",
        arules: Some("certainty"),
        formula: "(lr/l - r) / (1 - r)",
        range: (-1.0, 1.0),
        source: "Galiano, Blanco, Sanchez and Vila, 2002",
        compute: |t, _| certainty(t),
    },
    Measure {
        name: "chi_squared",
        arules: Some("chiSquared"),
        formula: "n phi^2",
        range: (0.0, INF),
        source: "Brin, Motwani and Silverstein, 1997",
        compute: |t, _| chi(t),
    },
    Measure {
        name: "collective_strength",
        arules: None,
        formula: "(lr + not l not r) / (l r + (1-l)(1-r)) * (1 - l r - (1-l)(1-r)) / (1 - lr - not l not r)",
        range: (0.0, INF),
        source: "Aggarwal and Yu, 1998",
        compute: |t, _| (t.n11 + t.n00) / t.n / t.by_chance() * (1.0 - t.by_chance()) / (1.0 - (t.n11 + t.n00) / t.n),
    },
    Measure {
        name: "collective_strength_arules",
        arules: Some("collectiveStrength"),
        formula: "as arules computes it, from products of counts",
        range: (0.0, INF),
        source: "Hahsler, arules",
        compute: |t, _| {
            t.n11 * t.n00 / (t.n1x * t.nx1 + t.n0x + t.nx0) * (t.n * t.n - t.n1x * t.nx1 - t.n0x * t.nx0)
                / (t.n - t.n11 - t.n00)
        },
    },
    Measure {
        name: "confirmed_confidence",
        arules: Some("confirmedConfidence"),
        formula: "lr / l - (l without r) / l",
        range: (-1.0, 1.0),
        source: "Kodratoff, 2001",
        compute: |t, _| (t.n11 - t.n10) / t.n1x,
    },
    Measure {
        name: "conviction",
        arules: Some("conviction"),
        formula: "l (1-r) / (l without r)",
        range: (0.0, INF),
        source: "Brin, Motwani, Ullman and Tsur, 1997",
        compute: |t, _| t.n1x * t.nx0 / (t.n * t.n10),
    },
    Measure {
        name: "cosine",
        arules: Some("cosine"),
        formula: "lr / sqrt(l r)",
        range: (0.0, 1.0),
        source: "Tan, Kumar and Srivastava, 2004",
        compute: |t, _| t.n11 / (t.n1x * t.nx1).sqrt(),
    },
    Measure {
        name: "counterexample",
        arules: Some("counterexample"),
        formula: "(lr - (l without r)) / lr",
        range: (-INF, 1.0),
        source: "Lenca, Meyer, Vaillant and Lallich, 2008",
        compute: |t, _| (t.n11 - t.n10) / t.n11,
    },
    Measure {
        name: "doc",
        arules: Some("doc"),
        formula: "lr/l - (r without l)/(1-l)",
        range: (-1.0, 1.0),
        source: "Hofmann and Wilhelm, 2001",
        compute: |t, _| confidence(t) - t.n01 / t.n0x,
    },
    Measure {
        name: "fishers_exact",
        arules: Some("fishersExactTest"),
        formula: "P(as many or more baskets with both sides)",
        range: (0.0, 1.0),
        source: "Fisher, 1935; Hahsler and Hornik, 2007",
        compute: |_, e| upper_tail(e.counts),
    },
    Measure {
        name: "gini",
        arules: Some("gini"),
        formula: "l(P(r|l)^2 + P(not r|l)^2) + (1-l)(P(r|not l)^2 + P(not r|not l)^2) - r^2 - (1-r)^2",
        range: (0.0, 1.0),
        source: "Bayardo and Agrawal, 1999",
        compute: |t, _| gini(t),
    },
    Measure {
        name: "hyper_confidence",
        arules: Some("hyperConfidence"),
        formula: "1 - P(as many or more baskets with both sides)",
        range: (0.0, 1.0),
        source: "Hahsler and Hornik, 2007",
        compute: |_, e| 1.0 - upper_tail(e.counts),
    },
    Measure {
        name: "hyper_lift",
        arules: Some("hyperLift"),
        formula: "n lr / 0.99 quantile of the hypergeometric distribution",
        range: (0.0, INF),
        source: "Hahsler and Hornik, 2007",
        compute: |t, e| t.n11 / quantile(e.counts, 0.99) as f64,
    },
    Measure {
        name: "imbalance",
        arules: Some("imbalance"),
        formula: "|l - r| / (l + r - lr)",
        range: (0.0, 1.0),
        source: "Wu, Chen and Han, 2010",
        compute: |t, _| (t.n1x - t.nx1).abs() / (t.n1x + t.nx1 - t.n11),
    },
    Measure {
        name: "implication_index",
        arules: Some("implicationIndex"),
        formula: "sqrt(n) ((l without r) - l(1-r)) / sqrt(l(1-r))",
        range: (-INF, INF),
        source: "Gras, 1996",
        compute: |t, _| (t.n10 - t.n1x * t.nx0 / t.n) / (t.n1x * t.nx0 / t.n).sqrt(),
    },
    Measure {
        name: "importance",
        arules: Some("importance"),
        formula: "log10 of the ratio of confidences with and without the left side, Laplace-corrected",
        range: (-INF, INF),
        source: "MacLennan, Tang and Crivat, 2009",
        compute: |t, _| log10(((t.n11 + 1.0) / (t.n1x + 2.0)) / ((t.n01 + 1.0) / (t.n0x + 2.0))),
    },
    Measure {
        name: "improvement",
        arules: Some("improvement"),
        formula: "confidence - highest confidence of a more general rule",
        range: (-1.0, 1.0),
        source: "Bayardo, Agrawal and Gunopulos, 2000",
        compute: |t, e| confidence(t) - general(e).unwrap_or(0.0),
    },
    Measure {
        name: "jaccard",
        arules: Some("jaccard"),
        formula: "lr / (l + r - lr)",
        range: (0.0, 1.0),
        source: "Tan and Kumar, 2000",
        compute: |t, _| t.n11 / (t.n1x + t.nx1 - t.n11),
    },
    Measure {
        name: "j_measure",
        arules: Some("jMeasure"),
        formula: "lr ln(lr/(l r)) + (l without r) ln((l without r)/(l(1-r)))",
        range: (-INF, INF),
        source: "Smyth and Goodman, 1991",
        compute: |t, _| t.part(t.n11, t.n1x, t.nx1) + t.part(t.n10, t.n1x, t.nx0),
    },
    Measure {
        name: "kappa",
        arules: Some("kappa"),
        formula: "(lr + not l not r - l r - (1-l)(1-r)) / (1 - l r - (1-l)(1-r))",
        range: (-1.0, 1.0),
        source: "Cohen, 1960; Tan and Kumar, 2000",
        compute: |t, _| ((t.n11 + t.n00) / t.n - t.by_chance()) / (1.0 - t.by_chance()),
    },
    Measure {
        name: "kulczynski",
        arules: Some("kulczynski"),
        formula: "(lr/l + lr/r) / 2",
        range: (0.0, 1.0),
        source: "Kulczynski, 1927; Wu, Chen and Han, 2010",
        compute: |t, _| (t.n11 / t.n1x + t.n11 / t.nx1) / 2.0,
    },
    Measure {
        name: "lambda",
        arules: Some("lambda"),
        formula: "(sum of row maxima - larger margin) / (n - larger margin)",
        range: (0.0, 1.0),
        source: "Goodman and Kruskal, 1954; Tan, Kumar and Srivastava, 2004",
        compute: |t, _| (t.n11.max(t.n10) + t.n01.max(t.n00) - t.nx1.max(t.nx0)) / (t.n - t.nx1.max(t.nx0)),
    },
    Measure {
        name: "laplace",
        arules: Some("laplace"),
        formula: "(n lr + 1) / (n l + 2)",
        range: (0.0, 1.0),
        source: "Tan and Kumar, 2000",
        compute: |t, _| (t.n11 + 1.0) / (t.n1x + 2.0),
    },
    Measure {
        name: "least_contradiction",
        arules: None,
        formula: "(lr - (l without r)) / r",
        range: (-INF, 1.0),
        source: "Aze and Kodratoff, 2002",
        compute: |t, _| (t.n11 - t.n10) / t.nx1,
    },
    Measure {
        name: "least_contradiction_arules",
        arules: Some("leastContradiction"),
        formula: "lr / r, as arules computes it",
        range: (0.0, 1.0),
        source: "Hahsler, arules",
        compute: |t, _| t.n11 / t.nx1,
    },
    Measure {
        name: "lerman",
        arules: Some("lerman"),
        formula: "sqrt(n) (lr - l r) / sqrt(l r)",
        range: (-INF, INF),
        source: "Lerman, 1981",
        compute: |t, _| (t.n11 - t.n1x * t.nx1 / t.n) / (t.n1x * t.nx1 / t.n).sqrt(),
    },
    Measure {
        name: "leverage",
        arules: Some("leverage"),
        formula: "lr - l r",
        range: (-1.0, 1.0),
        source: "Piatetsky-Shapiro, 1991",
        compute: |t, _| t.n11 / t.n - t.n1x * t.nx1 / (t.n * t.n),
    },
    Measure {
        name: "lift_increase",
        arules: Some("LIC"),
        formula: "lift / highest lift of a more general rule",
        range: (0.0, INF),
        source: "Lopez-Yepez et al., 2011",
        compute: |t, e| general(e).map_or(INF, |general| confidence(t) / general),
    },
    Measure {
        name: "max_confidence",
        arules: Some("maxconfidence"),
        formula: "max(lr/l, lr/r)",
        range: (0.0, 1.0),
        source: "Berzal et al., 2002; Wu, Chen and Han, 2010",
        compute: |t, _| (t.n11 / t.n1x).max(t.n11 / t.nx1),
    },
    Measure {
        name: "mutual_information",
        arules: Some("mutualInformation"),
        formula: "mutual information / min(entropy of left, entropy of right)",
        range: (0.0, 1.0),
        source: "Tan, Kumar and Srivastava, 2002",
        compute: |t, _| mutual_information(t),
    },
    Measure {
        name: "odds_ratio",
        arules: Some("oddsRatio"),
        formula: "n11 n00 / (n10 n01)",
        range: (0.0, INF),
        source: "Tan, Kumar and Srivastava, 2004",
        compute: |t, _| odds_ratio(t),
    },
    Measure {
        name: "phi",
        arules: Some("phi"),
        formula: "(lr - l r) / sqrt(l r (1-l)(1-r))",
        range: (-1.0, 1.0),
        source: "Pearson; Tan, Kumar and Srivastava, 2004",
        compute: |t, _| phi(t),
    },
    Measure {
        name: "ralambondrainy",
        arules: Some("ralambondrainy"),
        formula: "l without r",
        range: (0.0, 1.0),
        source: "Diatta, Ralambondrainy and Totohasina, 2007",
        compute: |t, _| t.n10 / t.n,
    },
    Measure {
        name: "relative_risk",
        arules: Some("relativeRisk"),
        formula: "(lr/l) / ((r without l)/(1-l))",
        range: (0.0, INF),
        source: "Sistrom and Garvan, 2004",
        compute: |t, _| confidence(t) / (t.n01 / t.n0x),
    },
    Measure {
        name: "relative_linkage_disequilibrium",
        arules: Some("RLD"),
        formula: "D / (D + smaller discordant share), D = leverage",
        range: (-1.0, 1.0),
        source: "Kenett and Salini, 2008",
        compute: |t, _| relative_linkage(t),
    },
    Measure {
        name: "rule_power_factor",
        arules: Some("rulePowerFactor"),
        formula: "lr lr/l",
        range: (0.0, 1.0),
        source: "Ochin, Kumar and Joshi, 2016",
        compute: |t, _| t.n11 / t.n * confidence(t),
    },
    Measure {
        name: "sebag",
        arules: Some("sebag"),
        formula: "lr / (l without r)",
        range: (0.0, INF),
        source: "Sebag and Schoenauer, 1988",
        compute: |t, _| t.n11 / t.n10,
    },
    Measure {
        name: "standardised_lift",
        arules: Some("stdLift"),
        formula: "(lift - least) / (greatest - least) possible under the margins and the mining thresholds",
        range: (0.0, 1.0),
        source: "McNicholas, Murphy and O'Regan, 2008",
        compute: |t, e| standardised_lift(t, e),
    },
    Measure {
        name: "varying_liaison",
        arules: Some("varyingLiaison"),
        formula: "lift - 1",
        range: (-1.0, INF),
        source: "Bernard and Charron, 1996",
        compute: |t, _| lift(t) - 1.0,
    },
    Measure {
        name: "yule_q",
        arules: Some("yuleQ"),
        formula: "(odds ratio - 1) / (odds ratio + 1)",
        range: (-1.0, 1.0),
        source: "Yule, 1900; Tan and Kumar, 2000",
        compute: |t, _| from_odds(odds_ratio(t)),
    },
    Measure {
        name: "yule_y",
        arules: Some("yuleY"),
        formula: "(sqrt(odds ratio) - 1) / (sqrt(odds ratio) + 1)",
        range: (-1.0, 1.0),
        source: "Yule, 1912; Tan and Kumar, 2000",
        compute: |t, _| from_odds(odds_ratio(t).sqrt()),
    },
    Measure {
        name: "n11",
        arules: Some("table.n11"),
        formula: "baskets with both sides",
        range: (0.0, INF),
        source: "contingency table",
        compute: |t, _| t.n11,
    },
    Measure {
        name: "n10",
        arules: Some("table.n10"),
        formula: "baskets with the left side only",
        range: (0.0, INF),
        source: "contingency table",
        compute: |t, _| t.n10,
    },
    Measure {
        name: "n01",
        arules: Some("table.n01"),
        formula: "baskets with the right side only",
        range: (0.0, INF),
        source: "contingency table",
        compute: |t, _| t.n01,
    },
    Measure {
        name: "n00",
        arules: Some("table.n00"),
        formula: "baskets with neither side",
        range: (0.0, INF),
        source: "contingency table",
        compute: |t, _| t.n00,
    },
];

/// The cells and margins of a rule's table: `n10` baskets have the left side and not the right one, `n1x` the left side.
struct Cells {
    n: f64,
    n1x: f64,
    nx1: f64,
    n0x: f64,
    nx0: f64,
    n11: f64,
    n10: f64,
    n01: f64,
    n00: f64,
}

impl Cells {
    fn of(counts: Counts) -> Self {
        let Counts { both, left, right, total } = counts;
        Self {
            n: total as f64,
            n1x: left as f64,
            nx1: right as f64,
            n0x: (total - left) as f64,
            nx0: (total - right) as f64,
            n11: both as f64,
            n10: (left - both) as f64,
            n01: (right - both) as f64,
            n00: ((total + both) - left - right) as f64,
        }
    }

    /// The share of baskets with both sides or neither, if the sides were bought independently.
    fn by_chance(&self) -> f64 {
        (self.n1x * self.nx1 + self.n0x * self.nx0) / (self.n * self.n)
    }

    /// One cell's part of the divergence from independence, in nats; an empty cell has none.
    fn part(&self, cell: f64, row: f64, column: f64) -> f64 {
        if cell == 0.0 { 0.0 } else { cell / self.n * ln(self.n * cell / (row * column)) }
    }
}

fn confidence(t: &Cells) -> f64 {
    t.n11 / t.n1x
}

fn lift(t: &Cells) -> f64 {
    t.n11 * t.n / (t.n1x * t.nx1)
}

fn added_value(t: &Cells) -> f64 {
    confidence(t) - t.nx1 / t.n
}

fn certainty(t: &Cells) -> f64 {
    let gain = added_value(t);
    if gain >= 0.0 { gain / (1.0 - t.nx1 / t.n) } else { gain / (t.nx1 / t.n) }
}

fn phi(t: &Cells) -> f64 {
    (t.n * t.n11 - t.n1x * t.nx1) / (t.n1x * t.nx1 * t.n0x * t.nx0).sqrt()
}

fn chi(t: &Cells) -> f64 {
    let phi = phi(t);
    t.n * phi * phi
}

/// Pearson's statistic of a rule's table; not a number when a margin is empty.
pub(crate) fn chi_squared(counts: Counts) -> f64 {
    chi(&Cells::of(counts))
}

fn gini(t: &Cells) -> f64 {
    let square = |part: f64, whole: f64| (part / whole) * (part / whole);
    t.n1x / t.n * (square(t.n11, t.n1x) + square(t.n10, t.n1x)) - square(t.nx1, t.n)
        + t.n0x / t.n * (square(t.n01, t.n0x) + square(t.n00, t.n0x))
        - square(t.nx0, t.n)
}

fn mutual_information(t: &Cells) -> f64 {
    let shared = t.part(t.n11, t.n1x, t.nx1)
        + t.part(t.n10, t.n1x, t.nx0)
        + t.part(t.n01, t.n0x, t.nx1)
        + t.part(t.n00, t.n0x, t.nx0);
    let entropy =
        |a: f64, b: f64| [a, b].iter().map(|x| if *x == 0.0 { 0.0 } else { -x / t.n * ln(x / t.n) }).sum::<f64>();
    shared / entropy(t.n1x, t.n0x).min(entropy(t.nx1, t.nx0))
}

fn odds_ratio(t: &Cells) -> f64 {
    t.n11 * t.n00 / (t.n10 * t.n01)
}

fn from_odds(odds: f64) -> f64 {
    if odds.is_infinite() { 1.0 } else { (odds - 1.0) / (odds + 1.0) }
}

fn relative_linkage(t: &Cells) -> f64 {
    let d = (t.n11 * t.n00 - t.n10 * t.n01) / (t.n * t.n);
    if d > 0.0 { d / (d + t.n10.min(t.n01) / t.n) } else { d / (d - t.n11.min(t.n00) / t.n) }
}

fn standardised_lift(t: &Cells, e: &Evidence) -> f64 {
    let (l, r) = (t.n1x / t.n, t.nx1 / t.n);
    let least = ((l + r - 1.0) / (l * r)).max(e.min_support / (l * r)).max(e.min_confidence / r).max(0.0);
    let greatest = 1.0 / l.max(r);
    (lift(t) - least) / (greatest - least)
}

/// The highest confidence of a more general rule in the set, where there is one.
fn general(e: &Evidence) -> Option<f64> {
    Some(e.general_confidence).filter(|confidence| !confidence.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// {honey} => {whole milk} of Groceries at support 0.001 and confidence 0.5, by R's arules (interestMeasure).
    #[test]
    fn matches_arules_on_one_rule() {
        let counts = Counts { both: 11, left: 15, right: 2513, total: 9835 };
        let evidence = Evidence { counts, general_confidence: f64::NAN, min_support: 0.001, min_confidence: 0.5 };
        let check = |name: &str, expected: f64| {
            let value = measure(name).unwrap().value(&evidence);
            assert!(
                (value - expected).abs() <= 1e-9 * expected.abs().max(1.0) || value == expected,
                "{name} is {value}"
            );
        };
        check("support", 0.00111845449923742);
        check("confidence", 0.733333333333333);
        check("lift", 2.87000928505107);
        check("leverage", 0.000728750359580769);
        check("conviction", 2.79181494661922);
        check("chi_squared", 18.0303611349478);
        check("fishers_exact", 0.000141073630131817);
        check("hyper_confidence", 0.999858926369868);
        check("hyper_lift", 1.375);
        check("phi", 0.0428168812654094);
        check("odds_ratio", 8.0433653077538);
        check("kulczynski", 0.368855285846929);
        check("imbalance", 0.992451330949543);
        check("cosine", 0.05665663948487);
        check("jaccard", 0.00437028208184346);
        check("max_confidence", 0.733333333333333);
        check("certainty", 0.641810070108349);
        check("added_value", 0.477817319098458);
        check("gini", 0.000697482862822008);
        check("j_measure", 0.000761637041522688);
        check("mutual_information", 0.0668409644696767);
        check("standardised_lift", 0.225556631171345);
        check("boost", f64::INFINITY);
        check("improvement", 0.733333333333333);
        check("all_confidence", 11.0 / 2513.0);
    }

    #[test]
    fn measures_that_go_by_other_rules_say_so() {
        let asking = measures().iter().filter(|measure| measure.asks_general_rules()).map(|measure| measure.name);
        assert_eq!(asking.collect::<Vec<_>>(), ["boost", "improvement", "lift_increase"]);
    }

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<&str> = measures().iter().map(|measure| measure.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), measures().len());
    }
}
