//! The one place that writes to standard output and standard error, and how tables and texts look there.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use super::exit::Exit;
use super::{Done, Failure};
use crate::diagnostics::secrets;
use crate::diagnostics::{Problem, codes};

/// Prints a text with one line end on standard output, secrets hidden.
///
/// # Errors
/// As [`write()`].
pub fn print(text: &str) -> Done {
    write(format!("{}\n", secrets::hide(text.trim_end_matches('\n'))).as_bytes())
}

/// Writes bytes to standard output.
///
/// # Errors
/// When they could not be written. A reader that has gone away (`| head`) ends the command quietly, as done.
pub fn write(bytes: &[u8]) -> Done {
    let mut out = std::io::stdout().lock();
    written(out.write_all(bytes).and_then(|()| out.flush()))
}

/// What became of writing to standard output.
pub fn written(result: std::io::Result<()>) -> Done {
    result.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::Told(Exit::Done),
        _ => {
            let message = format!("could not write to standard output: {error}");
            Failure::One(Problem::new(&codes::FILE_TROUBLE, message).boxed())
        }
    })
}

/// Writes a line to standard error, secrets hidden. Where it cannot be written it is lost: a full or closed log is no reason
/// to stop the work that it is about.
pub fn note(text: &str) {
    let line = format!("{}\n", secrets::hide(text.trim_end_matches('\n')));
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
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
