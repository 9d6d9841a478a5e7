//! What the stages say to people: a table of words per stage, with its headings, leads, notes, names and meanings.
//!
//! A row is a text under a key that other languages know it by; values go into its places, as in `{rows}`. The words of the
//! report's sections stand with the sections, those of problems with their codes. Names and meanings that a table of a pure
//! room holds (features, segments, life stages) are handed on with `Text::term`. Other languages have a folder each, with a
//! book for every table.

pub(super) mod clean_orders;
pub(super) mod contracts;
pub(super) mod deliver;
pub(super) mod events;
pub(super) mod expect;
pub(super) mod find_customers;
pub(super) mod index_satisfaction;
pub(super) mod ingest;
pub(super) mod keep_contacts;
pub(super) mod lifecycle;
pub(super) mod measure_campaign;
pub(super) mod measure_kpis;
pub(super) mod measure_loyalty;
pub(super) mod mine_baskets;
pub(super) mod mine_sequences;
pub(super) mod model_uplift;
pub(super) mod next_after;
pub(super) mod persons;
pub(super) mod plan_contacts;
pub(super) mod reasons;
pub(super) mod recommend;
pub(super) mod report;
pub(super) mod score_churn;
pub(super) mod segment;
pub(super) mod select_targets;
pub(super) mod study_churn;
pub(super) mod succession;
pub(super) mod train_churn;
pub(super) mod value_customers;
pub(super) mod watch_events;
mod zh_hans;
mod zh_hant;

use std::sync::LazyLock;

use crate::report::{Language, Phrasebook, Speech};

/// A language with its phrases.
pub fn speech(language: Language) -> Speech {
    Speech { language, phrasebook: phrasebook(language) }
}

/// The phrases of all stages, and the terms that they hand on, in a language; none for English, which stands in the tables.
fn phrasebook(language: Language) -> Phrasebook {
    static SIMPLIFIED: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| sorted(&zh_hans::BOOKS));
    static TRADITIONAL: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| sorted(&zh_hant::BOOKS));
    match language {
        Language::English => &[],
        Language::SimplifiedChinese => &SIMPLIFIED,
        Language::TraditionalChinese => &TRADITIONAL,
    }
}

/// All books as one, by key.
fn sorted(books: &[Phrasebook]) -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = books.iter().flat_map(|book| book.iter().copied()).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::phrasebook;
    use crate::report::{Language, Phrasebook, foreign, places};

    /// Every source of the stages without its tests, as path below the folder and text.
    fn sources() -> Vec<(String, String)> {
        fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).expect("the folder of the stages is there") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, all);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    all.push(path);
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stages");
        let mut files = Vec::new();
        walk(&root, &mut files);
        files.sort();
        let source = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).expect("a source");
            let work = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (path.strip_prefix(&root).expect("below the folder").display().to_string(), work)
        };
        files.into_iter().map(source).collect()
    }

    /// Whether a file is a table of words, in English.
    fn is_table(file: &str) -> bool {
        file.strip_prefix("words/").is_some_and(|name| name != "mod.rs" && !name.contains('/'))
    }

    /// `(name, key, text)` of each row of a table of words.
    fn rows(table: &str) -> Vec<(String, String, String)> {
        let rows = table.split("pub static ").skip(1);
        rows.map(|row| {
            let name = row.split(':').next().unwrap_or_default().to_owned();
            let mut literals = literals(row);
            (name, literals.next().expect("a row has a key"), literals.next().expect("a row has a text"))
        })
        .collect()
    }

    /// The texts in quotes, in order; a quote with a backslash before it is inside.
    fn literals(source: &str) -> impl Iterator<Item = String> {
        let (mut all, mut inside, mut escaped) = (Vec::new(), None::<String>, false);
        for c in source.chars() {
            match &mut inside {
                Some(text) if escaped || (c != '"' && c != '\\') => {
                    text.push(c);
                    escaped = false;
                }
                Some(_) if c == '\\' => escaped = true,
                Some(_) => all.extend(inside.take()),
                None if c == '"' => inside = Some(String::new()),
                None => {}
            }
        }
        all.into_iter()
    }

    #[test]
    fn rows_have_a_key_of_their_own_and_closed_places() {
        let mut found = 0;
        let table =
            |file: &str| file.strip_prefix("words/").is_some_and(|name| name != "mod.rs" && !name.contains('/'));
        for (file, source) in sources().iter().filter(|(file, _)| table(file)) {
            let table = file.trim_start_matches("words/").trim_end_matches(".rs");
            for (name, key, text) in rows(source) {
                found += 1;
                assert_eq!(key, format!("{table}.{}", name.to_lowercase().replace('_', "-")), "{file}: {name}");
                assert!(!text.trim().is_empty(), "{file}: {name} is empty");
                for place in text.split('{').skip(1) {
                    let inside = place.split_once('}').map(|(inside, _)| inside);
                    let inside = inside.unwrap_or_else(|| panic!("{file}: {name}: a brace is not closed"));
                    assert!(inside.chars().all(|c| c.is_ascii_lowercase()), "{file}: {name}: {{{inside}}}");
                }
            }
        }
        assert!(found > 40, "found only {found}");
    }

    /// Words in Latin letters that stand in Chinese texts as well: names of models, measures and people.
    const LATIN: &[&str] = &[
        "AUC",
        "ARPU",
        "Aalen",
        "BG",
        "Basu",
        "Beta",
        "Brier",
        "CAC",
        "CES",
        "CSAT",
        "CV",
        "Cronbach",
        "Dick",
        "Divisia",
        "EASE",
        "ECE",
        "Gamma",
        "HTMT",
        "Herfindahl",
        "Hirschman",
        "Johansen",
        "Jones",
        "KS",
        "Kaplan",
        "Knox",
        "LTV",
        "Meier",
        "Morrison",
        "NBD",
        "NPS",
        "PR",
        "Qini",
        "ROC",
        "STL",
        "Sasser",
        "Wheat",
        "Wilson",
        "gamma",
        "patron",
        "uplift",
    ];

    /// Keys of the terms that tables of pure rooms hold.
    fn terms() -> Vec<String> {
        use crate::campaigns::CHANNELS;
        use crate::cleaning::FATES;
        use crate::clustering::NAMED_SEGMENTS;
        use crate::features::{DAY_PARTS, EVENT_FEATURES, ORDER_FEATURES};
        use crate::kpis::{DRIVERS, KPIS, STEPS};
        use crate::lifecycle::STAGES;
        use crate::loyalty::{AXES, COMPONENTS, MATRICES, MEASURES};
        use crate::sources::rejects::RULES;

        let mut all = Vec::new();
        let mut add = |tables: &[&str], name: &str| all.extend(tables.iter().map(|table| format!("{table}.{name}")));
        for feature in ORDER_FEATURES {
            add(&["feature", "feature-meaning"], feature.name);
            if !feature.unit.is_name() {
                add(&["feature-high", "feature-low"], feature.name);
            }
        }
        for feature in EVENT_FEATURES {
            add(&["event-feature-meaning", "event-feature-high", "event-feature-low"], feature.name);
        }
        KPIS.iter().for_each(|kpi| add(&["kpi", "kpi-sentence"], kpi.name));
        DRIVERS.iter().for_each(|driver| add(&["driver"], driver.name));
        FATES.iter().for_each(|row| add(&["fate", "fate-meaning"], row.name));
        RULES.iter().for_each(|row| add(&["reject-meaning"], row.name));
        STEPS.iter().for_each(|step| add(&["bridge", "bridge-meaning"], step.name));
        CHANNELS.iter().for_each(|channel| add(&["channel"], channel.name));
        NAMED_SEGMENTS.iter().for_each(|named| add(&["segment", "segment-meaning", "segment-action"], named.name));
        STAGES.iter().for_each(|row| add(&["life-stage", "life-stage-meaning"], row.name));
        AXES.iter().for_each(|axis| add(&["loyalty-axis"], axis.name));
        COMPONENTS.iter().for_each(|one| add(&["loyalty-score", "loyalty-meaning"], one.name));
        MEASURES.iter().for_each(|one| add(&["loyalty-score", "loyalty-meaning"], one.0));
        let cells = ["loyalty-cell", "loyalty-cell-meaning", "loyalty-cell-action"];
        for matrix in &MATRICES {
            matrix.cells.iter().flatten().for_each(|cell| add(&cells, cell.name));
        }
        crate::churn::SHOWN.iter().for_each(|shown| add(&["measure", "measure-meaning"], shown.key));
        DAY_PARTS.iter().for_each(|part| add(&["day-part"], part));
        all
    }

    #[test]
    fn every_language_has_every_phrase_with_its_places_and_no_other() {
        let tables = sources().into_iter().filter(|(file, _)| is_table(file));
        let english: BTreeMap<String, String> =
            tables.flat_map(|(_, source)| rows(&source)).map(|(_, key, text)| (key, text)).collect();
        let names: BTreeSet<&str> = english.keys().filter_map(|key| Some(key.split_once('.')?.0)).collect();
        let terms = terms();
        for language in [Language::SimplifiedChinese, Language::TraditionalChinese] {
            let book = phrasebook(language);
            assert!(book.windows(2).all(|pair| pair[0].0 < pair[1].0), "a key stands twice or out of order");
            let of = |key: &str| book.iter().find(|row| row.0 == key).map(|row| row.1);
            for (key, text) in &english {
                let own = of(key).unwrap_or_else(|| panic!("{language:?} lacks {key}"));
                assert_eq!(places(own), places(text), "{language:?}: {key}: {own}");
            }
            let missing: Vec<&String> = terms.iter().filter(|key| of(key).is_none()).collect();
            assert!(missing.is_empty(), "{language:?} lacks {missing:?}");
            for (key, text) in book {
                let table = key.split('.').next().unwrap_or_default();
                let is_known = english.contains_key(*key) || terms.iter().any(|term| term == key);
                assert!(!names.contains(table) || is_known, "{language:?}: nothing says {key}");
                assert!(!text.trim().is_empty(), "{language:?}: {key} is empty");
                assert_eq!(foreign(text, LATIN), Vec::<String>::new(), "{language:?}: {key}: {text}");
            }
        }
    }

    #[test]
    fn both_kinds_of_chinese_say_the_same_and_are_written_apart() {
        let [simplified, traditional] = [Language::SimplifiedChinese, Language::TraditionalChinese].map(phrasebook);
        let keys = |book: Phrasebook| book.iter().map(|row| row.0).collect::<Vec<_>>();
        assert_eq!(keys(simplified), keys(traditional));
        let has = |book: Phrasebook, signs: &[char]| book.iter().find(|row| row.1.contains(signs)).map(|row| row.0);
        assert_eq!(has(simplified, &['戶', '單', '購', '資', '對', '「']), None);
        assert_eq!(has(traditional, &['户', '单', '购', '资', '对', '“']), None);
    }

    #[test]
    fn stages_hold_no_text_of_their_own() {
        let takes_text = ["heading(", "lead(", "note(", "meaning(", "Column::new(", "Table::with(", "Cell::text("];
        for (file, source) in sources() {
            let flat = source.split_whitespace().collect::<Vec<_>>().join(" ");
            for taker in takes_text {
                for begun in flat.split(taker).skip(1) {
                    let begun = begun.trim_start_matches([' ', '&', '[']).trim_start_matches("format!(");
                    let literal = begun.strip_prefix('"').and_then(|rest| rest.split('"').next());
                    assert_eq!(literal, None, "{file}: what `{taker}…)` is given belongs in a table of words");
                }
            }
        }
    }
}
