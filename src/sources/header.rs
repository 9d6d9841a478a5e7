//! Names of columns: as they stand in a file, cleaned, and found by the names that the user gave.

use std::collections::HashSet;

use super::column_type::nearest;
use super::error::SourceError;
use super::values::trimmed;

/// Column names from header cells: white space around them gone and inside them single, empty ones called by their
/// position, repeated ones numbered. None equals one of the `reserved`.
pub(crate) fn cleaned(cells: &[String], reserved: &[&str]) -> Vec<String> {
    let mut taken: HashSet<String> = reserved.iter().map(|name| (*name).to_owned()).collect();
    let mut names = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        let words: Vec<&str> = cell
            .split(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}')
            .filter(|word| !word.is_empty())
            .collect();
        let base = if words.is_empty() { format!("column_{}", at + 1) } else { words.join(" ") };
        let mut name = base.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        names.push(name);
    }
    names
}

/// The column that one of the `wanted` names means: as it stands, else without regard to letter case and blanks, else by
/// position (`#1`). `None` where the file has none of them.
pub(crate) fn find(
    file: &str,
    header: &[String],
    target: &str,
    wanted: &[String],
) -> Result<Option<usize>, SourceError> {
    for name in wanted {
        let exact: Vec<usize> = positions(header, |cell| cell == name);
        let exact = if exact.is_empty() { positions(header, |cell| trimmed(cell) == trimmed(name)) } else { exact };
        let found = if exact.is_empty() { positions(header, |cell| loose(cell) == loose(name)) } else { exact };
        match found.as_slice() {
            [] => {}
            [at] => return Ok(Some(*at)),
            several => {
                let candidates: Vec<String> =
                    several.iter().map(|at| format!("`{}` (#{})", header[*at], at + 1)).collect();
                return Err(SourceError::AmbiguousColumn {
                    file: file.to_owned(),
                    target: target.to_owned(),
                    candidates: candidates.join(" and "),
                });
            }
        }
        if let Some(position) = name.strip_prefix('#').and_then(|digits| digits.parse::<usize>().ok())
            && (1..=header.len()).contains(&position)
        {
            return Ok(Some(position - 1));
        }
    }
    Ok(None)
}

/// The error for a column that a file lacks.
pub(crate) fn missing(file: &str, header: &[String], target: &str, wanted: &[String]) -> SourceError {
    let suggestion = wanted.iter().find_map(|name| nearest(name, header.iter().map(String::as_str))).map(str::to_owned);
    let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let wanted = match wanted {
        [one] => format!("`{one}`"),
        several => format!("one of {}", quoted(several)),
    };
    SourceError::MissingColumn {
        file: file.to_owned(),
        target: target.to_owned(),
        wanted,
        suggestion,
        found: quoted(header),
        hint: None,
    }
}

/// What the first lines of a file, with their cells, say about a column that is not in its header: a later line that holds the
/// wanted names, or a header that is narrower than the rest.
pub(crate) fn hint(lines: &[(u64, Vec<String>)], header: &[String], wanted: &[String]) -> Option<String> {
    let filled = |cells: &[String]| cells.iter().filter(|cell| !trimmed(cell).is_empty()).count();
    let known = |cells: &[String]| {
        wanted.iter().filter(|name| cells.iter().any(|cell| !cell.is_empty() && loose(cell) == loose(name))).count()
    };
    let (line, _) = lines
        .iter()
        .map(|(line, cells)| (*line, known(cells)))
        .filter(|(_, known)| *known >= 2 || (*known == 1 && wanted.len() == 1))
        .max_by_key(|(line, known)| (*known, std::cmp::Reverse(*line)))
        .filter(|(line, names)| *names > known(header) && *line > 1)
        .or_else(|| {
            // No line has the names: does the header look like a heading above the table?
            let widest = lines.iter().map(|(_, cells)| filled(cells)).max()?;
            let (line, _) = lines.iter().find(|(_, cells)| filled(cells) == widest)?;
            (filled(header) * 2 <= widest && *line > 1).then_some((*line, 0))
        })?;
    Some(match line {
        2 => "the first line is not the header; line 2 looks like it: set skip_lines = 1".to_owned(),
        line => format!("the first line is not the header; line {line} looks like it: set skip_lines = {}", line - 1),
    })
}

fn positions(header: &[String], fits: impl Fn(&str) -> bool) -> Vec<usize> {
    (0..header.len()).filter(|&at| fits(&header[at])).collect()
}

/// A name without letter case, blanks, underscores and byte-order marks.
pub(crate) fn loose(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '\u{FEFF}' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_cleaned() {
        let cells = texts(&["\u{FEFF}id", " Customer  ID ", "", "id", "a\n b", "id_2", "source_line"]);
        let names = cleaned(&cells, &["source_file", "source_line"]);
        assert_eq!(names, ["id", "Customer ID", "column_3", "id_2", "a b", "id_2_2", "source_line_2"]);
    }

    #[test]
    fn wanted_columns_are_found() {
        let header = texts(&["Invoice", "Customer ID", "invoice ", "收货地址 ", "Price"]);
        let at = |names: &[&str]| find("f.csv", &header, "target", &texts(names));
        assert_eq!(at(&["Invoice"]), Ok(Some(0)));
        assert_eq!(at(&["CustomerID", "Customer ID"]), Ok(Some(1)));
        assert_eq!(at(&["customerid"]), Ok(Some(1)));
        assert_eq!(at(&["收货地址"]), Ok(Some(3)));
        assert_eq!(at(&["#5"]), Ok(Some(4)));
        assert_eq!(at(&["#6"]), Ok(None));
        assert_eq!(at(&["Prise"]), Ok(None));
        assert!(at(&["INVOICE"]).is_err());
        let message = missing("f.csv", &header, "unit_price", &texts(&["Prise"])).to_string();
        assert!(message.contains("did you mean `Price`?"), "{message}");
    }

    #[test]
    fn a_heading_above_the_table_is_seen() {
        let lines = [
            (1, texts(&["Sales report"])),
            (3, texts(&["Invoice", "Price", "Date"])),
            (4, texts(&["1", "2.50", "2025-01-01"])),
        ];
        let hint = |wanted: &[&str]| super::hint(&lines, &texts(&["Sales report"]), &texts(wanted));
        assert!(hint(&["invoice", "price"]).expect("a hint").contains("skip_lines = 2"));
        assert!(hint(&["order", "cost"]).expect("a hint").contains("skip_lines = 2"));
        let header = texts(&["Invoice", "Price", "Date"]);
        assert_eq!(super::hint(&[(1, header.clone())], &header, &texts(&["Invoice", "Cost"])), None);
    }
}
