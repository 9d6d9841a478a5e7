//! Patterns as lines of text, written while the search goes on.

use super::data::Sequences;
use super::errors::SequenceError;
use super::mine::{SequenceOutcome, mine_sequences};
use super::partial_rules::PartialRule;
use super::pattern::Pattern;
use super::settings::SequenceSettings;
use crate::mining::sets::{THEN, word};
use crate::mining::{Run, Style};
use crate::orders::Names;
use std::io::{self, Write};
use std::ops::ControlFlow;

/// Bytes gathered before they are written.
const BLOCK: usize = 64 << 10;

/// Writes each pattern as one line of `style` in canonical order.
///
/// - `spmf`: `milk bread -1 beer -1 #SUP: 12`
/// - `fimi`: `milk bread > beer (12)`
/// - `csv`: columns `pattern,elements,items,count,support`, a pattern as `milk,bread > beer`; an item in which a comma without a blank
///   behind it or a ` > ` could be seen, or that begins with a quote, is in double quotes inside the field
/// - `json`: an array of `{"elements":[["milk","bread"],["beer"]],"count":12,"support":0.01}`
///
/// Errors: those of [`mine_sequences`], or a failing `out`.
pub fn write_sequences(
    sequences: &Sequences,
    names: &Names,
    settings: &SequenceSettings,
    style: Style,
    run: &Run<'_>,
    out: &mut (dyn Write + Send),
) -> Result<SequenceOutcome, SequenceError> {
    let mut lines = Lines::new(names, style, sequences.total_weight());
    let mut failed: Option<io::Error> = None;
    let outcome = mine_sequences(sequences, settings, run, &mut |pattern| {
        lines.push(pattern);
        if lines.text.len() >= BLOCK {
            if let Err(error) = out.write_all(&lines.text) {
                failed = Some(error);
                return ControlFlow::Break(());
            }
            lines.text.clear();
        }
        ControlFlow::Continue(())
    })?;
    lines.finish();
    failed.map_or(Ok(()), Err).and_then(|()| out.write_all(&lines.text)).and_then(|()| out.flush())?;
    Ok(outcome)
}

/// Lines of one style.
struct Lines {
    style: Style,
    total: f64,
    /// Names as they stand in a line.
    names: Vec<String>,
    text: Vec<u8>,
    any: bool,
}

impl Lines {
    fn new(names: &Names, style: Style, total: u64) -> Self {
        let head: &[u8] = match style {
            Style::Csv => b"pattern,elements,items,count,support\n",
            Style::Json => b"[",
            Style::Fimi | Style::Spmf => b"",
        };
        let names = names.iter().map(|name| spelled(name, style, &[",", THEN])).collect();
        Lines { style, total: total.max(1) as f64, names, text: head.to_vec(), any: false }
    }

    fn push(&mut self, pattern: Pattern<'_>) {
        let (begin, beside, next, end) = match self.style {
            Style::Fimi => ("", " ", " > ", " ("),
            Style::Spmf => ("", " ", " -1 ", " -1 #SUP: "),
            Style::Csv => ("\"", ",", " > ", "\","),
            Style::Json if self.any => (",\n{\"elements\":[[", ",", "],[", "]],\"count\":"),
            Style::Json => ("\n{\"elements\":[[", ",", "],[", "]],\"count\":"),
        };
        self.any = true;
        self.text.extend_from_slice(begin.as_bytes());
        for (at, (new, item)) in pattern.steps().enumerate() {
            if at > 0 {
                self.text.extend_from_slice(if new { next } else { beside }.as_bytes());
            }
            self.text.extend_from_slice(self.names[item as usize].as_bytes());
        }
        self.text.extend_from_slice(end.as_bytes());
        let (count, share) = (pattern.support, pattern.support as f64 / self.total);
        let text = &mut self.text;
        match self.style {
            Style::Fimi => writeln!(text, "{count})"),
            Style::Spmf => writeln!(text, "{count}"),
            Style::Csv => writeln!(text, "{},{},{count},{share}", pattern.element_len(), pattern.item_len()),
            Style::Json => write!(text, "{count},\"support\":{share}}}"),
        }
        .expect("a vector takes every byte");
    }

    fn finish(&mut self) {
        if self.style == Style::Json {
            self.text.extend_from_slice(if self.any { b"\n]\n" } else { b"]\n" });
        }
    }
}

/// Partially ordered rules, one a line.
///
/// - `spmf`: `milk,bread ==> beer #SUP: 12 #CONF: 0.6`
/// - `fimi`: `milk bread => beer (12)`
/// - `csv`: columns `antecedent,consequent,count,support,confidence,lift`, a side as `milk,bread`, items as in [`write_sequences`]
/// - `json`: an array of `{"antecedent":["milk","bread"],"consequent":["beer"],"count":12,"confidence":0.6,"lift":2.5}`
///
/// `total` is what supports are shares of.
pub fn partial_rule_lines(rules: &[PartialRule], names: &Names, style: Style, total: u64) -> String {
    let names: Vec<String> = names.iter().map(|name| spelled(name, style, &[","])).collect();
    let side = |items: &[u32], between: &str| {
        items.iter().map(|&item| names[item as usize].as_str()).collect::<Vec<_>>().join(between)
    };
    let line = |rule: &PartialRule| {
        let PartialRule { left, right, support, confidence, lift, .. } = rule;
        let share = *support as f64 / total.max(1) as f64;
        match style {
            Style::Spmf => format!("{} ==> {} #SUP: {support} #CONF: {confidence}", side(left, ","), side(right, ",")),
            Style::Fimi => format!("{} => {} ({support})", side(left, " "), side(right, " ")),
            Style::Csv => {
                format!("\"{}\",\"{}\",{support},{share},{confidence},{lift}", side(left, ","), side(right, ","))
            }
            Style::Json => format!(
                "{{\"antecedent\":[{}],\"consequent\":[{}],\"count\":{support},\"confidence\":{confidence},\"lift\":{lift}}}",
                side(left, ","),
                side(right, ",")
            ),
        }
    };
    let lines: Vec<String> = rules.iter().map(line).collect();
    match style {
        Style::Csv => format!("antecedent,consequent,count,support,confidence,lift\n{}", whole(&lines)),
        Style::Json if lines.is_empty() => "[]\n".to_owned(),
        Style::Json => format!("[\n{}\n]\n", lines.join(",\n")),
        Style::Fimi | Style::Spmf => whole(&lines),
    }
}

fn whole(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// An item's name as it is written in a line that has `signs` between items in CSV.
fn spelled(name: &str, style: Style, signs: &[&str]) -> String {
    match style {
        Style::Csv => word(&name.replace(['\n', '\r'], " "), signs).replace('"', "\"\""),
        _ => style.item(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mining::Support;

    fn written(style: Style) -> String {
        let names: Names = ["red wine", "beer", "a\"b"].into_iter().collect();
        let mut data = Sequences::new(3);
        data.push_element(0, &[0, 1]).unwrap();
        data.push_element(1, &[2]).unwrap();
        data.end_customer();
        let settings = SequenceSettings {
            support: Support::Count(1),
            kind: super::super::Kind::Maximal,
            ..SequenceSettings::default()
        };
        let mut out = Vec::new();
        write_sequences(&data, &names, &settings, style, &Run::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_line_in_each_style() {
        assert_eq!(written(Style::Spmf), "red_wine beer -1 a\"b -1 #SUP: 1\n");
        assert_eq!(written(Style::Fimi), "red_wine beer > a\"b (1)\n");
        assert_eq!(written(Style::Csv), "pattern,elements,items,count,support\n\"red wine,beer > a\"\"b\",2,3,1,1\n");
        assert_eq!(
            written(Style::Json),
            "[\n{\"elements\":[[\"red wine\",\"beer\"],[\"a\\\"b\"]],\"count\":1,\"support\":1}\n]\n"
        );
    }

    #[test]
    fn a_failing_writer_is_reported() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("disk full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut data = Sequences::new(1);
        data.push_element(0, &[0]).unwrap();
        data.end_customer();
        let names: Names = ["a"].into_iter().collect();
        let error =
            write_sequences(&data, &names, &SequenceSettings::default(), Style::Spmf, &Run::default(), &mut Full);
        let error = error.unwrap_err();
        assert_eq!(error.to_string(), "the sequences could not be written: disk full");
        assert!(matches!(error, SequenceError::Write(error) if error.kind() == io::ErrorKind::Other));
    }

    #[test]
    fn partial_rules_in_each_style() {
        let mut names = Names::new();
        ["milk", "rye bread", "beer"].iter().for_each(|name| {
            names.intern(name);
        });
        let rule = PartialRule {
            left: vec![0, 1],
            right: vec![2],
            support: 3,
            left_support: 4,
            right_support: 5,
            confidence: 0.75,
            lift: 1.5,
        };
        let lines = |style| partial_rule_lines(std::slice::from_ref(&rule), &names, style, 10);
        assert_eq!(lines(Style::Spmf), "milk,rye_bread ==> beer #SUP: 3 #CONF: 0.75\n");
        assert_eq!(lines(Style::Fimi), "milk rye_bread => beer (3)\n");
        assert_eq!(
            lines(Style::Csv),
            "antecedent,consequent,count,support,confidence,lift\n\"milk,rye bread\",\"beer\",3,0.3,0.75,1.5\n"
        );
        let json: serde_json::Value = serde_json::from_str(&lines(Style::Json)).unwrap();
        assert_eq!((json[0]["antecedent"][1].as_str(), json[0]["count"].as_u64()), (Some("rye bread"), Some(3)));
        assert_eq!(partial_rule_lines(&[], &names, Style::Json, 0), "[]\n");
    }
}
