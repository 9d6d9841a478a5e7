//! An invented shop for tests: every kind of section, of any size, from a seed.

use super::*;
use crate::numeric::math::{exp, pow};
use crate::numeric::random::stream;
use rand_chacha::rand_core::Rng;

/// How large the invented report is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub months: usize,
    pub rules: usize,
    pub segments: usize,
    pub lists: usize,
}

/// What a shop of a few years looks like.
pub(crate) const USUAL: Size = Size { months: 25, rules: 180, segments: 8, lists: 3 };

struct Draw(rand_chacha::ChaCha8Rng);

impl Draw {
    fn share(&mut self) -> f64 {
        self.0.next_u32() as f64 / f64::from(u32::MAX)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    fn one_of(&mut self, names: &[&str]) -> String {
        names[self.0.next_u32() as usize % names.len()].to_owned()
    }
}

const ITEMS: &[&str] = &[
    "WHITE HANGING HEART T-LIGHT HOLDER",
    "REGENCY CAKESTAND 3 TIER",
    "PINK REGENCY TEACUP AND SAUCER",
    "GREEN REGENCY TEACUP AND SAUCER",
    "ROSES REGENCY TEACUP AND SAUCER",
    "JUMBO BAG RED RETROSPOT",
    "JUMBO BAG PINK POLKADOT",
    "LUNCH BAG BLACK SKULL.",
    "PARTY BUNTING",
    "ASSORTED COLOUR BIRD ORNAMENT",
    "ALARM CLOCK BAKELIKE GREEN",
    "SET/6 RED SPOTTY PAPER PLATES",
    "60 TEATIME FAIRY CAKE CASES",
    "HAND WARMER <b>OWL</b> DESIGN",
];

fn month(i: usize) -> String {
    let since_2009 = 11 + i;
    format!("{}-{:02}", 2009 + since_2009 / 12, since_2009 % 12 + 1)
}

pub(crate) fn sample(size: Size) -> Report {
    let mut draw = Draw(stream(7, "report sample"));
    Report {
        title: "Online retail".into(),
        subtitle: "From raw order lines to three lists".into(),
        facts: [
            ("As of", "2011-12-10"),
            ("History from", "2009-12-01"),
            ("Seed", "7"),
            ("Version", "0.1.0"),
            ("Sources", "2 files, 1,067,370 lines"),
        ]
        .map(|(name, value)| Fact { name: name.into(), value: value.into() })
        .to_vec(),
        highlights: vec![
            Highlight {
                name: "Customers".into(),
                value: 5_852.0,
                unit: Unit::Count,
                note: "2,914 bought in the last 90 days".into(),
            },
            Highlight {
                name: "Sales, 12 months".into(),
                value: 8_887_208.0 * 1e4,
                unit: Unit::Money,
                note: "+4.1% on the year before".into(),
            },
            Highlight {
                name: "On lists".into(),
                value: 4_112.0,
                unit: Unit::Count,
                note: "411 held back as control".into(),
            },
            Highlight {
                name: "Rows set aside".into(),
                value: 0.0012,
                unit: Unit::Share,
                note: "1,284 of 1,067,370".into(),
            },
            Highlight {
                name: "ROC AUC of churn".into(),
                value: 0.781,
                unit: Unit::Number(3),
                note: "recency alone: 0.752".into(),
            },
        ],
        currency: "GBP".into(),
        sections: vec![
            Section::new("orders", Body::Waterfall(waterfall())),
            Section::new("kpis", Body::Kpis(kpis(&mut draw, size.months))),
            Section::new("rfm", Body::Rfm(rfm(&mut draw)))
                .lead("One customer in five bought recently and often; they brought 61% of the money."),
            Section::new("cohorts", Body::Cohorts(cohorts(&mut draw, size.months))),
            Section::new("rules", Body::Rules(rules(&mut draw, size.rules))),
            Section::new("churn", Body::Model(model(&mut draw))).heading("Who is about to leave"),
            Section::new("segments", Body::Segments(segments(&mut draw, size.segments))),
            Section::new("", Body::Lists(lists(&mut draw, size.lists))),
            Section::new("offers", Body::Recommendations(recommendations())),
            Section::new("expectations", Body::Checks(checks())),
            Section::new("lines", Body::Rejects(rejects())),
            Section::new("loyalty", Body::Lifecycle(lifecycle())),
            Section::new("features", Body::Drift(drift(&mut draw))),
            Section::new("paths", Body::Paths(paths())),
            Section::new("people", Body::Bars(cluster_sizes())).heading("Accounts per person").chapter(Chapter::Data),
            Section::new("win_back", Body::Curves(profit())).heading("Profit by depth").chapter(Chapter::Models),
            Section::new("countries", Body::Table(countries(&mut draw))).heading("Countries"),
            Section::new(
                "",
                Body::Note(vec![
                    "Money is in pounds as invoiced; no tax is taken off.".into(),
                    "Anonymous baskets count for rules, not for customers.".into(),
                ]),
            ),
        ],
    }
}

fn waterfall() -> Waterfall {
    let mut steps = Vec::new();
    let (mut rows, mut money) = (1_067_370u64, 192_874_503_000i64);
    steps.push(Step { name: "Raw lines".into(), meaning: String::new(), effect: Effect::Level, rows, money });
    for (name, meaning, out, value) in [
        ("Exact duplicates of overlapping sheets", "The same line stands in both extracts", 22_523, 4_121_339_000),
        ("Unreadable rows", "A date, number or id that does not parse; kept in rejects", 1_284, 12_000_000),
        (
            "Cancellations",
            "Invoices that begin with C, matched to their purchase where there is one",
            19_104,
            -14_112_873_000,
        ),
        ("Write-offs", "Negative quantities without a customer or price", 3_457, -1_204_000_000),
        ("Service items", "Postage, bank charges, manual entries, samples", 5_926, 3_930_112_500),
        ("Mirrored outliers", "Huge quantities cancelled within minutes", 8, 491_000_000),
    ] {
        steps.push(Step { name: name.into(), meaning: meaning.into(), effect: Effect::Out, rows: out, money: value });
        rows -= out;
        money -= value;
    }
    steps.push(Step { name: "Clean lines".into(), meaning: String::new(), effect: Effect::Level, rows, money });
    let (anonymous, value) = (231_904, 26_713_220_700);
    steps.push(Step {
        name: "Anonymous baskets".into(),
        meaning: "No customer id: kept for rules, out of the customer tables".into(),
        effect: Effect::Out,
        rows: anonymous,
        money: value,
    });
    steps.push(Step {
        name: "Lines of known customers".into(),
        meaning: String::new(),
        effect: Effect::Level,
        rows: rows - anonymous,
        money: money - value,
    });
    Waterfall { steps }
}

fn kpis(draw: &mut Draw, months: usize) -> Kpis {
    let season =
        |i: usize| 1.0 + 0.45 * exp(-(((i % 12) as f64 - 11.0).abs().min(((i % 12) as f64 + 1.0).abs())).powi(2) / 4.0);
    let mut series = |base: f64, noise: f64, growth: f64, seasonal: bool| -> Vec<f64> {
        (0..months)
            .map(|i| {
                base * (1.0 + growth * i as f64)
                    * if seasonal { season(i) } else { 1.0 }
                    * (1.0 + noise * (draw.share() - 0.5))
            })
            .map(|v| if seasonal { v.round() } else { v })
            .collect()
    };
    let measure = |name: &str, unit, shape, values: Vec<f64>| {
        let year_before = (0..values.len()).map(|i| if i >= 12 { values[i - 12] } else { f64::NAN }).collect();
        Kpi { name: name.into(), meaning: String::new(), unit, shape, values, year_before }
    };
    Kpis {
        periods: (0..months).map(month).collect(),
        last_incomplete: months > 1,
        measures: vec![
            measure("Sales", Unit::Money, Shape::Bars, series(520_000.0 * 1e4, 0.2, 0.004, true)),
            measure("Orders", Unit::Count, Shape::Bars, series(1_450.0, 0.15, 0.004, true)),
            measure("Active customers", Unit::Count, Shape::Bars, series(960.0, 0.12, 0.005, true)),
            measure("New customers", Unit::Count, Shape::Bars, series(210.0, 0.5, -0.01, true)),
            measure("Value per order", Unit::Money, Shape::Line, series(362.0 * 1e4, 0.14, 0.001, false)),
            measure("Came back within 90 days", Unit::Share, Shape::Line, series(0.41, 0.12, 0.001, false)),
        ],
    }
}

fn rfm(draw: &mut Draw) -> Rfm {
    let mut cells = Vec::new();
    for recency in 0..5 {
        for frequency in 0..5 {
            let near = 1.0 / (1.0 + (recency as f64 - frequency as f64).abs());
            let customers = (near * draw.between(150.0, 420.0)) as u64;
            let each = 180.0 * 2.6f64.powi(frequency as i32) * draw.between(0.8, 1.2);
            cells.push(RfmCell {
                recency,
                frequency,
                customers,
                value: (customers as f64 * each * 1e4) as i64,
                segment: ["Lost", "At risk", "Promising", "Loyal", "Champions"][(recency + frequency) / 2].into(),
            });
        }
    }
    Rfm {
        recency: ["over 1 year", "1 year", "6 months", "3 months", "1 month"].map(String::from).to_vec(),
        frequency: ["1", "2", "3–5", "6–10", "11+"].map(String::from).to_vec(),
        cells,
    }
}

fn cohorts(draw: &mut Draw, months: usize) -> Cohorts {
    let cohorts = (0..months)
        .map(|c| Cohort {
            period: month(c),
            customers: draw.between(80.0, 950.0) as u64,
            active: (1..months - c)
                .map(|age| (0.16 + 0.24 * exp(-(age as f64) / 4.0)) * draw.between(0.75, 1.25))
                .collect(),
        })
        .collect();
    Cohorts { cohorts }
}

fn rules(draw: &mut Draw, count: usize) -> Rules {
    let mut rules: Vec<Rule> = (0..count)
        .map(|_| {
            let baskets = (180.0 * exp(draw.share() * 2.2)) as u64;
            let lift = exp(draw.share() * 3.4) * 1.1;
            let confidence = draw.between(0.2, 0.55) + lift / 90.0;
            let mut antecedent = vec![draw.one_of(ITEMS)];
            if draw.share() > 0.6 {
                antecedent.push(draw.one_of(ITEMS));
            }
            Rule {
                antecedent,
                consequent: vec![draw.one_of(ITEMS)],
                count: baskets,
                support: baskets as f64 / 38_000.0,
                confidence,
                lift,
                later_confidence: confidence * draw.between(0.7, 1.05),
                later_lift: lift * draw.between(0.7, 1.05),
                holds: [Some(true), Some(true), Some(true), Some(false), None][(baskets % 5) as usize],
            }
        })
        .collect();
    rules.sort_by(|a, b| b.lift.total_cmp(&a.lift));
    let failed = rules.iter().filter(|rule| rule.holds == Some(false)).count() as u64;
    let found = count as u64 * 23;
    Rules { rules, found, failed, whole: "rules".into(), later: "orders from 2011-10-01".into() }
}

fn model(draw: &mut Draw) -> Model {
    let e = |value: f64, half: f64| Estimate { value, low: value - half, high: value + half };
    let metric = |name: &str, larger_is_better, model, baseline| Metric {
        name: name.into(),
        meaning: String::new(),
        larger_is_better,
        model,
        baseline: Some(baseline),
    };
    let gains = |power: f64| (0..=20).map(|i| i as f64 / 20.0).map(|x| (x, 1.0 - pow(1.0 - x, power))).collect();
    Model {
        name: "logistic".into(),
        baseline: "recency".into(),
        target: "no order within 90 days after 2011-09-01".into(),
        judged: 4_812,
        positives: 2_743,
        metrics: vec![
            metric("ROC AUC", true, e(0.781, 0.012), e(0.752, 0.014)),
            metric("PR AUC", true, e(0.812, 0.014), e(0.801, 0.015)),
            metric("Brier score", false, e(0.187, 0.006), e(0.214, 0.005)),
            metric("Lift in the first decile", true, e(1.61, 0.05), e(1.55, 0.06)),
        ],
        deciles: (0..10)
            .map(|i| {
                let lift = 1.62 - 0.137 * i as f64;
                Decile {
                    customers: 481,
                    positives: (274.0 * lift) as u64,
                    predicted: 0.57 * lift,
                    lift,
                    baseline_lift: 1.54 - 0.12 * i as f64,
                }
            })
            .collect(),
        gains: gains(2.1),
        baseline_gains: gains(1.7),
        calibration: (0..10)
            .map(|i| {
                let predicted = 0.08 + 0.09 * i as f64;
                let observed = predicted * 0.94 + 0.02 + 0.03 * (draw.share() - 0.5);
                Bin { customers: 200 + 60 * i, predicted, observed: e(observed, 0.035) }
            })
            .collect(),
        weights: [
            ("recency over own gap", 0.412),
            ("days since last order", 0.355),
            ("orders in 90 days", -0.291),
            ("tenure", -0.188),
            ("return share", 0.121),
            ("basket variety", -0.087),
            ("spread of gaps", 0.064),
        ]
        .map(|(feature, weight)| Weight { feature: feature.into(), weight })
        .to_vec(),
    }
}

fn segments(draw: &mut Draw, count: usize) -> Segments {
    let names = [
        ("Champions", "Recent, often, much. Thank them; do not discount."),
        ("Loyal", "Buy steadily. Offer what goes with what they have."),
        ("Promising", "New and lively. Bring them to the third order."),
        ("Big but rare", "Few large orders, mostly before Christmas."),
        ("Need attention", "Good customers whose gap grows."),
        ("At risk", "Were loyal, silent for twice their own gap."),
        ("Hibernating", "Long ago, little."),
        ("Lost", "No order for over a year."),
    ];
    let segments = (0..count)
        .map(|i| {
            let (name, meaning) = names[i % names.len()];
            let customers = draw.between(180.0, 1_400.0) as u64;
            let mut distinction = |feature: &str, unit, overall: f64| {
                let deviations = draw.between(-2.4, 2.8);
                Distinction {
                    feature: feature.into(),
                    unit,
                    here: overall * (1.0 + deviations * 0.3),
                    overall,
                    deviations,
                }
            };
            Segment {
                name: if i < names.len() { name.into() } else { format!("{name} {}", i / names.len() + 1) },
                meaning: meaning.into(),
                customers,
                distinctions: vec![
                    distinction("orders a year", Unit::Number(1), 4.3),
                    distinction("days since last order", Unit::Days, 96.0),
                    distinction("value per order", Unit::Money, 362.0 * 1e4),
                    distinction("return share", Unit::Share, 0.061),
                ],
                value: (customers as f64 * 1_500.0 * 0.62f64.powi(i as i32) * 1e4) as i64,
            }
        })
        .collect();
    Segments { segments }
}

fn lists(draw: &mut Draw, count: usize) -> Lists {
    let lists = ["win_back", "cross_sell", "thank_you"]
        .iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(i, name)| {
            let [suppressed, capped, control, listed] = [61, 340 + i as u64, 200, 1_800];
            let mut sample = Table::with(&["rank", "segment", "score", "offer", "reason"]);
            for rank in 1..=5 {
                sample.push(vec![
                    Cell::Count(rank),
                    Cell::text("At risk"),
                    Cell::Number(0.93 - 0.01 * rank as f64, Unit::Number(2)),
                    Cell::Text(draw.one_of(ITEMS)),
                    Cell::text("Silent for 2.4 times the usual gap"),
                ]);
            }
            ListCard {
                name: (*name).into(),
                meaning: "Loyal customers whose silence has outgrown their own rhythm".into(),
                candidates: suppressed + capped + control + listed,
                suppressed,
                capped,
                control,
                listed,
                reasons: [
                    ("Silent for more than twice their usual gap", 1_104),
                    ("Fewer orders in the last 90 days than in the 90 before", 612),
                    ("Last order was returned", 84),
                ]
                .map(|(text, rows)| Reason { text: text.into(), rows })
                .to_vec(),
                moved: Some((212, 187, 1_588)),
                files: vec![ListFile {
                    name: format!("{name}.csv"),
                    rows: listed,
                    bytes: 214_332,
                    sha256: "49e0be2a6c8e4f1b6d1b8a1b2e9d3c0f5a7b6c4d3e2f1a0b9c8d7e6f5a4b470d".into(),
                }],
                sample,
            }
        })
        .collect();
    Lists { lists }
}

fn recommendations() -> Recommendations {
    let e = |value: f64| Estimate { value, low: value - 0.008, high: value + 0.008 };
    let method = |name: &str, baseline, value| Method { name: name.into(), baseline, result: e(value) };
    let task = |name: &str, methods| Recommendation {
        name: name.into(),
        measure: "recall@10 on last baskets after 2011-09-01".into(),
        customers: 2_811,
        methods,
    };
    Recommendations {
        tasks: vec![
            task(
                "Buy again",
                vec![
                    method("own frequency", false, 0.282),
                    method("item-kNN", false, 0.231),
                    method("popularity", true, 0.094),
                ],
            ),
            task(
                "Never bought before",
                vec![
                    method("item-kNN", false, 0.078),
                    method("rules", false, 0.061),
                    method("popularity", true, 0.052),
                ],
            ),
        ],
    }
}

fn checks() -> Checks {
    let check = |status, expectation: &str, found: &str, action: &str| Check {
        expectation: expectation.into(),
        table: "orders".into(),
        status,
        found: found.into(),
        action: action.into(),
    };
    Checks {
        checks: vec![
            check(Status::Passed, "customer is never empty", "0 of 781,260 rows", "error"),
            check(Status::Passed, "order and line are unique together", "no repeats", "error"),
            check(Status::Warned, "country is one of 43 known names", "12 rows say ‘Unspecified’", "warn"),
            check(Status::Skipped, "row count within 20% of the last run", "no earlier run", "warn"),
        ],
    }
}

fn rejects() -> Rejects {
    let reject = |rule: &str, meaning: &str, rows, first: &str| Reject {
        rule: rule.into(),
        meaning: meaning.into(),
        rows,
        first: first.into(),
    };
    Rejects {
        read: 1_067_370,
        rules: vec![
            reject("bad-date", "The date is in none of the declared formats", 811, "online_retail_II.csv:10442"),
            reject("bad-number", "Quantity or price is not a number", 402, "online_retail_II.csv:51117"),
            reject("too-few-fields", "The row has fewer fields than the header", 71, "online_retail_II.csv:880213"),
        ],
        whole: "lines_rejects".into(),
    }
}

fn lifecycle() -> Lifecycle {
    let stage = |name: &str, meaning: &str, customers, before, value: i64| LifeStage {
        name: name.into(),
        meaning: meaning.into(),
        customers,
        before: Some(before),
        value: value * 10_000,
    };
    Lifecycle {
        stages: vec![
            stage("New", "One order, not older than the usual gap", 412, 388, 98_000),
            stage("Trading", "Two or more orders, within their gap", 1_604, 1_590, 1_900_000),
            stage("Loyal", "Steady for a year", 1_310, 1_283, 9_120_000),
            stage("Lapsing", "Silent for up to three times their gap", 981, 1_102, 2_310_000),
            stage("Lost", "Silent for longer", 1_545, 1_418, 1_410_000),
        ],
    }
}

fn drift(draw: &mut Draw) -> Drift {
    let names = [
        "recency_days",
        "frequency_365d",
        "monetary_365d",
        "tenure_days",
        "gap_mean",
        "gap_cv",
        "basket_size",
        "return_share",
        "trend",
        "season",
    ];
    let features = names
        .iter()
        .enumerate()
        .map(|(i, name)| FeatureDrift {
            name: (*name).into(),
            psi: 0.31 * 0.55f64.powi(i as i32),
            unit: Unit::Number(2),
            mean_then: 12.0 + i as f64,
            mean_now: (12.0 + i as f64) * draw.between(0.9, 1.1),
            missing_then: 0.01,
            missing_now: 0.012,
        })
        .collect();
    Drift {
        then: "the training snapshot of 2011-06-01".into(),
        now: "2011-12-10".into(),
        warn_from: 0.1,
        hold_from: 0.25,
        features,
    }
}

fn paths() -> Paths {
    let names = ["New", "Trading", "Loyal", "Lapsing", "Lost"];
    let columns = ["2011-06-01", "2011-09-01", "2011-12-10"].map(String::from).to_vec();
    let nodes = (0..3).flat_map(|column| names.map(|name| Node { name: name.into(), column })).collect();
    let flows = [
        [60, 190, 20, 100, 30],
        [0, 820, 210, 260, 90],
        [0, 120, 980, 140, 20],
        [0, 160, 70, 420, 330],
        [0, 30, 5, 10, 900],
    ];
    let links = (0..2)
        .flat_map(|c| (0..25).map(move |i| (c, i / 5, i % 5)))
        .map(|(c, a, b)| Link { from: c * 5 + a, to: (c + 1) * 5 + b, customers: flows[a][b] })
        .collect();
    Paths { columns, nodes, links }
}

fn cluster_sizes() -> Bars {
    let bar = |name: &str, value| Bar { name: name.into(), value };
    Bars {
        what: "Accounts of one person".into(),
        measure: "people".into(),
        unit: Unit::Count,
        bars: vec![bar("1", 5_214.0), bar("2", 488.0), bar("3", 97.0), bar("4 or more", 53.0)],
    }
}

fn profit() -> Curves {
    let points = |top: f64, at: f64| {
        (0..=20).map(|i| i as f64 / 20.0).map(|x| (x, top * 1e4 * (1.0 - ((x - at) / at).powi(2)))).collect()
    };
    Curves {
        x: "share of customers contacted".into(),
        x_unit: Unit::Share,
        y: "Expected profit".into(),
        y_unit: Unit::Money,
        curves: vec![
            Curve { name: "churn model".into(), baseline: false, points: points(12_400.0, 0.35) },
            Curve { name: "recency".into(), baseline: true, points: points(9_300.0, 0.33) },
        ],
        marks: vec![(0.35, "chosen depth".into())],
    }
}

fn countries(draw: &mut Draw) -> Table {
    let mut table = Table::with(&["country", "customers", "sales", "share of sales"]);
    let names = [
        "United Kingdom",
        "Germany",
        "France",
        "EIRE",
        "Netherlands",
        "Spain",
        "Belgium",
        "Switzerland",
        "Portugal",
        "Australia",
        "Italy",
        "Norway",
        "Sweden",
        "Finland",
        "Japan",
        "Poland",
        "Austria",
        "Denmark",
    ];
    for (i, name) in names.iter().enumerate() {
        let sales = 14_700_000.0 * 0.4f64.powi(i as i32) * draw.between(0.9, 1.1);
        table.push(vec![
            Cell::text(*name),
            Cell::Count((5_400.0 * 0.5f64.powi(i as i32)) as u64 + 3),
            Cell::Money((sales * 1e4) as i64),
            Cell::Number(sales / 17_700_000.0, Unit::Share),
        ]);
    }
    table
}
