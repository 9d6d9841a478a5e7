//! Every text of the report, in one table, so that a language is one more table.
//!
//! Places in braces, `{rows}`, take values through [`fill`](super::fill).

/// The texts of one language, and how it writes numbers.
pub(crate) struct Words {
    /// Between whole and fraction.
    pub decimal_mark: char,
    /// Between groups of three digits.
    pub group_mark: char,

    // The page
    pub language: &'static str,
    pub title_prefix: &'static str,
    pub contents: &'static str,
    pub skip_to_content: &'static str,
    pub as_table: &'static str,
    pub from_stage: &'static str,
    pub footer: &'static str,
    pub filter: &'static str,
    pub filtered: &'static str,

    // Chapters
    pub chapter_lists: &'static str,
    pub chapter_business: &'static str,
    pub chapter_customers: &'static str,
    pub chapter_items: &'static str,
    pub chapter_models: &'static str,
    pub chapter_data: &'static str,
    pub chapter_more: &'static str,

    // Usual headings
    pub waterfall: &'static str,
    pub kpis: &'static str,
    pub rfm: &'static str,
    pub cohorts: &'static str,
    pub rules: &'static str,
    pub model: &'static str,
    pub segments: &'static str,
    pub lists: &'static str,
    pub recommendations: &'static str,
    pub checks: &'static str,
    pub rejects: &'static str,
    pub lifecycle: &'static str,
    pub drift: &'static str,
    pub paths: &'static str,
    pub chart: &'static str,
    pub table: &'static str,
    pub note: &'static str,

    // Shared by several sections
    pub no_rows: &'static str,
    pub rows_shown: &'static str,
    pub rows_shown_of: &'static str,
    pub rows_on_paper: &'static str,
    pub rows: &'static str,
    pub money: &'static str,
    pub meaning: &'static str,
    pub customers: &'static str,
    pub customers_lower: &'static str,
    pub value: &'static str,
    pub value_each: &'static str,
    pub share_of_customers: &'static str,
    pub share_of_value: &'static str,
    pub segment: &'static str,
    pub feature: &'static str,
    pub interval: &'static str,
    pub baseline: &'static str,
    pub status: &'static str,
    pub passed: &'static str,
    pub warned: &'static str,
    pub held: &'static str,
    pub skipped: &'static str,
    pub not_judged: &'static str,
    pub before: &'static str,
    pub change: &'static str,

    // Bars and curves
    pub bars_about: &'static str,
    pub curves_about: &'static str,

    // Waterfall
    pub step: &'static str,
    pub waterfall_about: &'static str,
    pub waterfall_adds_up: &'static str,
    pub waterfall_gap: &'static str,

    // Key figures
    pub period: &'static str,
    pub year_before: &'static str,
    pub points: &'static str,
    pub kpi_incomplete: &'static str,
    pub kpi_about: &'static str,
    pub kpi_change: &'static str,

    // RFM
    pub recency: &'static str,
    pub frequency: &'static str,
    pub rfm_recency: &'static str,
    pub rfm_frequency: &'static str,
    pub rfm_about_customers: &'static str,
    pub rfm_about_value: &'static str,

    // Cohorts
    pub cohort: &'static str,
    pub cohort_title: &'static str,
    pub cohort_about: &'static str,
    pub cohort_tip: &'static str,

    // Rules
    pub no_rules: &'static str,
    pub rules_found: &'static str,
    pub rules_later: &'static str,
    pub rules_failed: &'static str,
    pub matrix_title: &'static str,
    pub matrix_about: &'static str,
    pub matrix_tip: &'static str,
    pub network_title: &'static str,
    pub network_about: &'static str,
    pub rules_title: &'static str,
    pub rules_about: &'static str,
    pub rules_best: &'static str,
    pub rule_tip: &'static str,
    pub rule_lift: &'static str,
    pub support: &'static str,
    pub confidence: &'static str,
    pub support_axis: &'static str,
    pub confidence_axis: &'static str,
    pub antecedent: &'static str,
    pub consequent: &'static str,
    pub baskets: &'static str,
    pub antecedent_meaning: &'static str,
    pub consequent_meaning: &'static str,
    pub support_meaning: &'static str,
    pub confidence_meaning: &'static str,
    pub lift_meaning: &'static str,
    pub later_confidence: &'static str,
    pub later_lift: &'static str,
    pub rule_holds: &'static str,
    pub rule_holds_meaning: &'static str,
    pub rule_yes: &'static str,
    pub rule_no: &'static str,
    pub rule_unknown: &'static str,

    // Models
    pub model_intro: &'static str,
    pub metric: &'static str,
    pub model_column: &'static str,
    pub better: &'static str,
    pub clearly_better: &'static str,
    pub clearly_worse: &'static str,
    pub not_separable: &'static str,
    pub better_plain: &'static str,
    pub not_better: &'static str,
    pub larger_is_better: &'static str,
    pub smaller_is_better: &'static str,
    pub metrics_title: &'static str,
    pub metrics_about: &'static str,
    pub gains_title: &'static str,
    pub gains_about: &'static str,
    pub gains_x: &'static str,
    pub gains_y: &'static str,
    pub at_random: &'static str,
    pub deciles_title: &'static str,
    pub deciles_about: &'static str,
    pub deciles_legend: &'static str,
    pub decile: &'static str,
    pub decile_lift: &'static str,
    pub decile_tip: &'static str,
    pub positives: &'static str,
    pub observed: &'static str,
    pub predicted: &'static str,
    pub calibration_title: &'static str,
    pub calibration_about: &'static str,
    pub calibration_tip: &'static str,
    pub perfect: &'static str,
    pub weight: &'static str,
    pub weights_title: &'static str,
    pub weights_about: &'static str,

    // Segments
    pub sets_apart: &'static str,
    pub against: &'static str,

    // Lists
    pub no_lists: &'static str,
    pub listed: &'static str,
    pub listed_lower: &'static str,
    pub control: &'static str,
    pub capped: &'static str,
    pub suppressed: &'static str,
    pub candidates: &'static str,
    pub list_gap: &'static str,
    pub list_moved: &'static str,
    pub reasons: &'static str,
    pub more_reasons: &'static str,
    pub sample: &'static str,
    pub files: &'static str,
    pub file: &'static str,
    pub size: &'static str,
    pub sha256: &'static str,

    // Recommendations
    pub recommendation_about: &'static str,
    pub method: &'static str,
    pub result: &'static str,
    pub low: &'static str,
    pub high: &'static str,
    pub against_baseline: &'static str,

    // Checks
    pub no_checks: &'static str,
    pub checks_verdict: &'static str,
    pub expectation: &'static str,
    pub checked_table: &'static str,
    pub found: &'static str,
    pub action: &'static str,

    // Rejects
    pub no_rejects: &'static str,
    pub rejects_intro: &'static str,
    pub rejects_title: &'static str,
    pub rejects_about: &'static str,
    pub rule: &'static str,
    pub first_place: &'static str,
    pub rejects_whole: &'static str,

    // Lifecycle
    pub lifecycle_title: &'static str,
    pub lifecycle_about: &'static str,
    pub lifecycle_customers_before: &'static str,
    pub life_stage: &'static str,

    // Drift
    pub drift_intro: &'static str,
    pub drift_title: &'static str,
    pub drift_about: &'static str,
    pub drift_warn: &'static str,
    pub drift_hold: &'static str,
    pub psi: &'static str,
    pub mean_then: &'static str,
    pub mean_now: &'static str,
    pub missing_then: &'static str,
    pub missing_now: &'static str,

    // Paths
    pub paths_title: &'static str,
    pub paths_about: &'static str,
    pub path_tip: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub share_of_from: &'static str,
}

/// English, as used by most of the field's literature.
pub(crate) static ENGLISH: Words = Words {
    decimal_mark: '.',
    group_mark: ',',

    // The page
    language: "en",
    title_prefix: "patron",
    contents: "Contents",
    skip_to_content: "Skip to the report",
    as_table: "As a table",
    from_stage: "stage {stage}",
    footer: "Made by patron. This page loads nothing and sends nothing.",
    filter: "Filter rows",
    filtered: "{shown} of {total} rows",

    // Chapters
    chapter_lists: "What to act on",
    chapter_business: "How the shop does",
    chapter_customers: "Who the customers are",
    chapter_items: "What goes together",
    chapter_models: "How far to trust the models",
    chapter_data: "What the data was like",
    chapter_more: "More",

    // Usual headings
    waterfall: "From raw rows to clean rows",
    kpis: "Key figures",
    rfm: "Recency and frequency",
    cohorts: "Who comes back",
    rules: "Bought together",
    model: "Model",
    segments: "Segments",
    lists: "Lists",
    recommendations: "Recommendations",
    checks: "Checks",
    rejects: "Rows set aside",
    lifecycle: "Stages of life",
    drift: "Drift",
    paths: "Paths",
    chart: "Chart",
    table: "Table",
    note: "Notes",

    // Shared by several sections
    no_rows: "Nothing to show.",
    rows_shown: "Showing {shown} of {total} rows.",
    rows_shown_of: "Showing {shown} of {total} rows; all of them are in the table {whole}.",
    rows_on_paper: "Only the first {rows} rows are printed.",
    rows: "Rows",
    money: "Money",
    meaning: "Meaning",
    customers: "Customers",
    customers_lower: "customers",
    value: "Value",
    value_each: "Value per customer",
    share_of_customers: "Share of customers",
    share_of_value: "Share of value",
    segment: "Segment",
    feature: "Feature",
    interval: "95% interval",
    baseline: "Baseline",
    status: "Status",
    passed: "passed",
    warned: "warned",
    held: "held",
    skipped: "not judged",
    not_judged: "not judged",
    before: "Before",
    change: "Change",

    // Bars and curves
    bars_about: "Horizontal bars: {measure} for each {what}.",
    curves_about: "Lines of {y} over {x}: {names}.",

    // Waterfall
    step: "Step",
    waterfall_about: "{what} at each step: full bars are totals, floating bars are what a rule took out or put back.",
    waterfall_adds_up: "Rows and money add up at every step.",
    waterfall_gap: "Does not add up: at “{step}” there are {rows} rows and {money} of money more than the steps before leave.",

    // Key figures
    period: "Period",
    year_before: "a year before",
    points: "pts",
    kpi_incomplete: "{period} is cut by the as-of date: drawn pale and not compared.",
    kpi_about: "{name} from {first} to {last}. {meaning}",
    kpi_change: "{change} on {on}",

    // RFM
    recency: "Recency",
    frequency: "Frequency",
    rfm_recency: "recent ↑",
    rfm_frequency: "often →",
    rfm_about_customers: "Number of customers by recency class (recent on top) and frequency class (often at the right); darker is more.",
    rfm_about_value: "What those customers spent in all, by recency class (recent on top) and frequency class (often at the right); darker is more.",

    // Cohorts
    cohort: "First order in",
    cohort_title: "Share of each cohort that ordered again, by periods after the first order",
    cohort_about: "One row per period of first order, one column per period after it; darker is a larger share of the cohort active in that period.",
    cohort_tip: "{period}, +{n}: {share} ordered",

    // Rules
    no_rules: "No rule met the thresholds.",
    rules_found: "{found} rules were found; the best {shown} are shown.",
    rules_later: "Each is judged again on {later}, which the miner did not see.",
    rules_failed: "{failed} did not hold there: hollow in the charts, and left out of recommendations.",
    matrix_title: "Rules by what is in the basket and what comes with it",
    matrix_about: "One column per leading item of the antecedent, one row per consequent: larger dots have more support, darker ones more rule lift.",
    matrix_tip: "{rules} rules, {failed} of them did not hold; the strongest: {from} → {to} · support {support} · rule lift {lift}",
    network_title: "The best rules as a network of items",
    network_about: "Each wedge is a rule and points from what is in the basket to what comes with it; the wider, the more certain. Point at an item for its name.",
    rules_title: "Rules by support, confidence and rule lift",
    rules_about: "Each dot is a rule: further right applies to more baskets, higher is more certain, darker is further above chance (rule lift).",
    rules_best: "Best rules",
    rule_tip: "{from} → {to} · support {support} · confidence {confidence} · rule lift {lift}",
    rule_lift: "Rule lift",
    support: "Support, %",
    confidence: "Confidence",
    support_axis: "support (logarithmic) →",
    confidence_axis: "↑ confidence",
    antecedent: "If the basket holds",
    consequent: "then also",
    baskets: "Baskets",
    antecedent_meaning: "The antecedent: items that are in the basket",
    consequent_meaning: "The consequent: items that are then often there too",
    support_meaning: "Share of all baskets that hold both sides",
    confidence_meaning: "Share of the baskets with the antecedent that hold the consequent",
    lift_meaning: "Confidence over the consequent's share of all baskets; 1 is chance",
    later_confidence: "Later confidence",
    later_lift: "Later rule lift",
    rule_holds: "Holds",
    rule_holds_meaning: "Whether the rule holds on the later baskets",
    rule_yes: "yes",
    rule_no: "no",
    rule_unknown: "too few baskets",

    // Models
    model_intro: "{model} predicts “{target}”. Judged on {judged} customers it did not learn from, {positives} of them positive ({rate}); the yardstick is {baseline}.",
    metric: "Metric",
    model_column: "Model",
    better: "Verdict",
    clearly_better: "better: intervals apart",
    clearly_worse: "worse: intervals apart",
    not_separable: "not separable: intervals overlap",
    better_plain: "better, no interval",
    not_better: "not better, no interval",
    larger_is_better: "larger is better",
    smaller_is_better: "smaller is better",
    metrics_title: "Model beside its baseline",
    metrics_about: "Each metric with its 95% interval for {model} and for the baseline {baseline}, each on its own scale.",
    gains_title: "Gains: who is reached first",
    gains_about: "Share of all positives reached when contacting customers from the highest score down; further above the diagonal is better.",
    gains_x: "customers contacted, best score first",
    gains_y: "positives reached",
    at_random: "at random",
    deciles_title: "Decile lift",
    deciles_about: "How many times more positives than average each tenth of customers holds, best scores first.",
    deciles_legend: "decile of score · dash: {baseline} · dotted: average",
    decile: "Decile",
    decile_lift: "Decile lift",
    decile_tip: "{positives} positive of {customers}",
    positives: "Positives",
    observed: "Observed",
    predicted: "Predicted",
    calibration_title: "Calibration: can the probabilities be believed",
    calibration_about: "Share observed over probability predicted, with 95% intervals; on the diagonal, predictions come true as often as they say. Pale bars show how many customers have such a prediction.",
    calibration_tip: "predicted {predicted} · observed {observed} · {customers} customers",
    perfect: "as promised",
    weight: "weight",
    weights_title: "What moves the score",
    weights_about: "How much each feature moves the score, strongest first.",

    // Segments
    sets_apart: "What sets them apart",
    against: "vs {overall}",

    // Lists
    no_lists: "No list was made.",
    listed: "Listed",
    listed_lower: "on the list",
    control: "Control group",
    capped: "Left out by caps",
    suppressed: "Suppressed",
    candidates: "Candidates",
    list_gap: "Does not add up: {rows} candidates are neither listed nor accounted for.",
    list_moved: "Since the last list: {came} came, {went} went, {stayed} stayed.",
    reasons: "Why they are on it",
    more_reasons: "and {more} further reasons",
    sample: "A few rows, without personal data",
    files: "Files",
    file: "File",
    size: "Size",
    sha256: "SHA-256",

    // Recommendations
    recommendation_about: "{measure}, for {customers} customers: each method with its 95% interval; the pale bar is the yardstick.",
    method: "Method",
    result: "Result, %",
    low: "Low, %",
    high: "High, %",
    against_baseline: "Times the baseline",

    // Checks
    no_checks: "The pipeline holds no checks.",
    checks_verdict: "{passed} passed, {warned} warned, {held} held publishing back.",
    expectation: "Expected",
    checked_table: "Table",
    found: "Found",
    action: "If not",

    // Rejects
    no_rejects: "All {read} rows were taken; none was set aside.",
    rejects_intro: "{rejected} of {read} rows ({share}) were set aside; each is kept with its place and its text.",
    rejects_title: "Rows set aside by rule",
    rejects_about: "Rows set aside, by the rule that set them aside.",
    rule: "Rule",
    first_place: "First",
    rejects_whole: "Every row is in the table {whole}.",

    // Lifecycle
    lifecycle_title: "Customers by stage of life",
    lifecycle_about: "How many customers are in each stage of life, and what they have spent; the mark shows the snapshot before.",
    lifecycle_customers_before: "Customers · mark: the snapshot before",
    life_stage: "Stage of life",

    // Drift
    drift_intro: "{moved} of {all} features have moved between {then} and {now}.",
    drift_title: "Population stability index by feature",
    drift_about: "How far each feature's distribution has moved; beyond the first line it is worth a look, beyond the second it is a different population.",
    drift_warn: "look",
    drift_hold: "different",
    psi: "PSI",
    mean_then: "Mean then",
    mean_now: "Mean now",
    missing_then: "Missing then",
    missing_now: "Missing now",

    // Paths
    paths_title: "Paths of customers",
    paths_about: "Bands run from where customers were to where they went; a band is as high as its number of customers.",
    path_tip: "{from} → {to} · {customers} customers",
    from: "From",
    to: "To",
    share_of_from: "Share of from",
};

#[cfg(test)]
mod tests {
    /// The sources of all sections: every literal text that a reader would see belongs in the table above.
    const SOURCES: &[(&str, &str)] = &[
        ("bars", include_str!("bars.rs")),
        ("checks", include_str!("checks.rs")),
        ("cohorts", include_str!("cohorts.rs")),
        ("drift", include_str!("drift.rs")),
        ("kpis", include_str!("kpis.rs")),
        ("lifecycle", include_str!("lifecycle.rs")),
        ("lists", include_str!("lists.rs")),
        ("model", include_str!("model.rs")),
        ("page", include_str!("page.rs")),
        ("paths", include_str!("paths.rs")),
        ("recommendation", include_str!("recommendation.rs")),
        ("rejects", include_str!("rejects.rs")),
        ("rfm", include_str!("rfm.rs")),
        ("rule_matrix", include_str!("rule_matrix.rs")),
        ("rule_network", include_str!("rule_network.rs")),
        ("rules", include_str!("rules.rs")),
        ("segments", include_str!("segments.rs")),
        ("table", include_str!("table.rs")),
        ("waterfall", include_str!("waterfall.rs")),
    ];
    const TABLE: &str = include_str!("words.rs");

    /// `(name, text)` of each row of the English table.
    fn rows() -> Vec<(&'static str, &'static str)> {
        let table = TABLE.split("static ENGLISH").nth(1).expect("the table is in this file");
        let table = table.split("\n};").next().expect("the table ends");
        table
            .lines()
            .filter_map(|line| line.trim().split_once(": \""))
            .map(|(name, text)| (name, text.trim_end_matches("\",")))
            .collect()
    }

    #[test]
    fn every_text_is_used_and_none_is_empty() {
        let rows = rows();
        assert!(rows.len() > 100, "found only {}", rows.len());
        for (name, text) in rows {
            assert!(!text.trim().is_empty(), "{name} is empty");
            let used = SOURCES.iter().any(|(_, source)| source.contains(&format!(".{name}")))
                || include_str!("mod.rs").contains(&format!("words.{name}"));
            assert!(used, "{name} is not used");
        }
    }

    #[test]
    fn places_are_closed_and_plain() {
        for (name, text) in rows() {
            let places = text.split('{').skip(1);
            for place in places {
                let inside = place.split_once('}').map(|(inside, _)| inside);
                let inside = inside.unwrap_or_else(|| panic!("{name}: a brace is not closed"));
                assert!(inside.chars().all(|c| c.is_ascii_lowercase()), "{name}: {{{inside}}}");
            }
        }
    }

    #[test]
    fn sections_hold_no_text_of_their_own() {
        // Sentences have several words and labels begin with a capital; class names and attributes do neither.
        for (file, source) in SOURCES {
            let work = source.split("#[cfg(test)]").next().unwrap_or_default();
            for (number, line) in work.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                if line.contains(".expect(")
                    || line.contains("(\"d\"")
                    || line.contains("-src")
                    || line.contains("http-equiv")
                {
                    continue;
                }
                for literal in line.split('"').skip(1).step_by(2) {
                    let outside_places: String =
                        literal.split('{').map(|p| p.split_once('}').map_or(p, |(_, t)| t)).collect();
                    let words = outside_places
                        .split_whitespace()
                        .filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 3);
                    let capital = literal.starts_with(|c: char| c.is_uppercase())
                        && literal.chars().nth(1).is_some_and(char::is_lowercase);
                    assert!(
                        words.count() < 3 && !capital,
                        "{file}.rs:{}: “{literal}” belongs in the table",
                        number + 1
                    );
                }
            }
        }
    }
}
