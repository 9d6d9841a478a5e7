//! Patterns in baskets: itemsets that are bought together, rules worth acting on, and sequences.
//!
//! Pure: orders cut at a date, baskets of item numbers and bytes of text come in, patterns and strings go out. It knows nothing
//! of tables, files, clocks or settings files.

mod affinity;
mod baskets;
mod bundles;
mod counted;
mod itemsets;
mod judging;
mod occurrences;
#[cfg(test)]
mod proofs;
mod read;
mod rules;
pub mod sequences;
pub mod sets;
mod support;
mod taxonomy;
mod utility;

pub use affinity::{AffinityMatrix, Substitutes, affinity_matrix, substitutes};
pub use baskets::{Baskets, BasketsError};
pub use bundles::{Bundle, Split, bundles, recount_bundles};
pub use counted::{about, by_length, counted};
pub use itemsets::{
    Estimate, Itemset, ItemsetKind, ItemsetSettings, KindRow, Limits, MiningError, Outcome, Run, StopReason, Stopped,
    Style, StyleRow, Unclear, collect_itemsets, count_itemsets, estimate_itemsets, fitting_support, itemset_kinds,
    styles, write_itemsets,
};
pub use judging::{JudgeSettings, Judged, JudgedOn, JudgedRule, judge_rules, mean_margins};
pub use occurrences::Occurrences;
pub use read::{Format, FormatRow, Read, ReadError, ReadSettings, SetAside, formats, read_baskets};
pub use rules::{
    Aggregate, AssociationRule, Change, Constraints, Correction, CorrectionRow, Counts, Drift, Evidence, ExportColumn,
    Hypotheses, Measure, Mined, RuleBase, RuleBaseRow, RuleError, RuleSettings, Side, Sizes, Test, TestRow, Tested,
    Validation, ValidationSettings, ValueConstraint, Verdict, adjust, candidate_rules, compare_rules, corrections,
    general_confidences, measure, measures, mine_rules, p_value, p_values, pmml, productive, recount, redundant,
    rule_bases, rules_csv, rules_fimi, rules_json, rules_of_itemsets, rules_spmf, significance_tests, test_rules,
    validate,
};
pub use support::{Support, SupportError};
pub use taxonomy::{NO_PARENT, Taxonomy, TaxonomyError};
pub use utility::{UtilityBaskets, UtilityError, UtilityItemset, expected_value, high_utility_itemsets};
