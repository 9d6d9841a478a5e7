//! Categories of items from text.

use super::errors::SequenceError;
use crate::mining::{NO_PARENT, Taxonomy};
use crate::orders::Names;
use std::collections::BTreeMap;

/// Reads the categories of items: one a line, the item and its category divided by a comma, a semicolon or a tab. Categories
/// may have categories of their own.
///
/// Categories of known items are added to `names`; lines about other items (a header among them) say nothing. Errors: a
/// line without two fields, an item with two categories, a category among its own, or none of the items in the text.
pub fn read_categories(bytes: &[u8], names: &mut Names) -> Result<Taxonomy, SequenceError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = &bytes[..bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len())];
    let many = |sign: u8| first.iter().filter(|&&byte| byte == sign).count();
    let sign = *b"\t;,".iter().max_by_key(|&&sign| many(sign)).expect("three signs");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(sign)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut above: BTreeMap<String, String> = BTreeMap::new();
    for record in reader.records() {
        let bad = |line, why: String| SequenceError::Line { line, why };
        let record = record.map_err(|e| bad(e.position().map_or(0, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (Some(item), Some(category)) = (record.get(0), record.get(1).filter(|category| !category.is_empty()))
        else {
            return Err(bad(line, "an item and its category are needed".to_owned()));
        };
        if let Some(other) = above.insert(item.to_owned(), category.to_owned()).filter(|other| other != category) {
            return Err(bad(line, format!("{item} has the categories {other} and {category}, but may have one only")));
        }
    }
    let (items, mut parents) = (names.len(), Vec::new());
    while parents.len() < names.len() {
        let parent = above.get(names.get(parents.len() as u32)).map(|parent| names.intern(parent));
        parents.push(parent.unwrap_or(NO_PARENT));
    }
    if parents[..items].iter().all(|&parent| parent == NO_PARENT) {
        return Err(SequenceError::Categories("none of the items has a category there".to_owned()));
    }
    Taxonomy::new(parents).map_err(|error| {
        SequenceError::Categories(match error {
            crate::mining::TaxonomyError::Circle(item) => {
                format!("{} is among its own categories: remove the circle", names.get(item))
            }
            other => other.to_string(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<Vec<String>>, usize), SequenceError> {
        let mut names: Names = ["milk", "rye bread", "pen"].into_iter().collect();
        let taxonomy = read_categories(text.as_bytes(), &mut names)?;
        let above = |item| taxonomy.ancestors(item).map(|group| names.get(group).to_owned()).collect();
        Ok(((0..3).map(above).collect(), names.len()))
    }

    #[test]
    fn categories_may_have_categories() {
        let (above, known) = read("item;category\nmilk;dairy\nrye bread;food\ndairy;food\nsoap;body\n").unwrap();
        assert_eq!((above, known), (vec![vec!["dairy".to_owned(), "food".into()], vec!["food".into()], vec![]], 5));
    }

    #[test]
    fn what_is_wrong_is_reported() {
        let said = |text| read(text).unwrap_err().to_string();
        assert_eq!(said("milk\n"), "line 1: an item and its category are needed");
        assert_eq!(
            said("milk,food\nmilk,drink\n"),
            "line 2: milk has the categories food and drink, but may have one only"
        );
        assert_eq!(said("milk,food\nfood,milk\n"), "milk is among its own categories: remove the circle");
        assert_eq!(said("a,b\n"), "none of the items has a category there");
        assert_eq!(said(""), "none of the items has a category there");
    }
}
