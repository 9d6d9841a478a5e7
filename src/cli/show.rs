//! How tables and texts look on a terminal.

use std::io::Write;

use serde::Serialize;

/// Prints a text with one line end; a reader that has gone away (`| head`) is not a problem.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end_matches('\n'));
}

/// Indented JSON.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("what is shown is plain data")
}

/// Columns under headings, each as wide as its longest cell.
pub fn columns(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(headings.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

/// Bytes as people write them.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{} kB", count.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.0} MB", count as f64 / 1e6),
        1_000_000_000..1_000_000_000_000_000 => format!("{:.1} GB", count as f64 / 1e9),
        _ => "more than a million GB".to_owned(),
    }
}

/// A count with thousands separated by commas.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_067_370), "1,067,370");
        assert_eq!(bytes(1_500), "2 kB");
        assert_eq!(bytes(2_600_000_000), "2.6 GB");
        assert_eq!(columns(&["a", "b"], &[vec!["xyz".into(), "1".into()]]), "a    b\nxyz  1");
    }
}
