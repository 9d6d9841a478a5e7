//! What the stages say to people: a table of words per stage, with its headings, leads, notes, names and meanings.
//!
//! A row is a text under a key that other languages know it by; values go into its places, as in `{rows}`. The words of the
//! report's sections stand with the sections, those of problems with their codes. Names and meanings that a table of a pure
//! room holds (features, segments, life stages) are handed on with `Text::term`.

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
pub(super) mod recommend;
pub(super) mod report;
pub(super) mod score_churn;
pub(super) mod segment;
pub(super) mod select_targets;
pub(super) mod study_churn;
pub(super) mod train_churn;
pub(super) mod value_customers;
pub(super) mod watch_events;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

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

    /// `(name, key, text)` of each row of a table of words.
    fn rows(table: &str) -> Vec<(String, String, String)> {
        let rows = table.split("pub static ").skip(1);
        rows.map(|row| {
            let name = row.split(':').next().unwrap_or_default().to_owned();
            let mut literals = row.split('"').skip(1).step_by(2).map(str::to_owned);
            (name, literals.next().expect("a row has a key"), literals.next().expect("a row has a text"))
        })
        .collect()
    }

    #[test]
    fn rows_have_a_key_of_their_own_and_closed_places() {
        let mut found = 0;
        for (file, source) in sources().iter().filter(|(file, _)| file.starts_with("words/") && file != "words/mod.rs")
        {
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
