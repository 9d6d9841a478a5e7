//! What to do about values that do not fit, told from one of them.

use super::dates::{LAYOUTS, candidates, twin};
use super::number_facts::decimal_of;
use super::rejects::{RULES, RejectRule};
use super::settings::ReadSettings;

/// What to do about a value that was set aside by a rule: a setting that would read it where there is one, else the advice of the rule.
pub fn suggestion(rule: &str, value: &str, settings: &ReadSettings) -> String {
    let Some(row) = RULES.iter().find(|row| row.name == rule) else { return String::new() };
    let special = match row.rule {
        RejectRule::BadNumber | RejectRule::BadInteger => for_number(value, settings),
        RejectRule::BadDate => for_date(value),
        _ => None,
    };
    special.unwrap_or_else(|| format!("{}; {}", row.meaning, row.advice))
}

fn for_number(value: &str, settings: &ReadSettings) -> Option<String> {
    let shares = |text: &str| decimal_of(text.trim_matches(['(', ')']).trim_end_matches('%')).is_some();
    if value.contains('%') && shares(value) {
        return Some(
            "it is a percentage, and whether 5 % means 5 or 0.05 is for you to say: read the column as text, and compute the number in a \
             `sql` stage, such as CAST(replace(share, '%', '') AS DOUBLE) / 100"
                .into(),
        );
    }
    let decimal = decimal_of(value)?;
    let comma = settings.decimal_comma.unwrap_or(settings.thousands.as_deref() == Some("."));
    match (decimal, comma) {
        (Some(b','), false) => {
            Some("it has a decimal comma where most values have a point; if all are meant so, set decimal_comma = true, thousands = \".\"".into())
        }
        (Some(b'.'), true) => {
            Some("it has a decimal point where a comma is expected; set decimal_comma = false, thousands = \",\"".into())
        }
        (_, _) if settings.thousands.is_some() => Some("its thousands are parted otherwise; leave `thousands` out, or set it to that mark".into()),
        _ => None,
    }
}

fn for_date(value: &str) -> Option<String> {
    let text = value.as_bytes();
    let layout = candidates(text).iter().copied().find(|&layout| LAYOUTS[layout].parse(text).is_some())?;
    let timed = LAYOUTS[layout].parse(text)?.timed;
    let or = twin(layout).map(|other| format!(" or \"{}\"", LAYOUTS[other].name)).unwrap_or_default();
    let time = if timed { ", with the time of day behind it" } else { "" };
    Some(format!(
        "most values are written otherwise; correct it, or add its layout to date_formats (\"{}\"{or}{time})",
        LAYOUTS[layout].name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_which_setting_reads_it() {
        let settings = ReadSettings::default();
        assert!(suggestion("bad-number", "1.234,50 €", &settings).contains("decimal_comma = true"));
        let german = ReadSettings { decimal_comma: Some(true), ..ReadSettings::default() };
        assert!(suggestion("bad-number", "1,234.50", &german).contains("decimal_comma = false"));
        assert!(suggestion("bad-date", "31/12/2025", &settings).contains("%d/%m/%Y"));
        assert!(suggestion("bad-number", "soon", &settings).contains("null_words"));
        for value in ["-5%", "12.5 %", "(5%)"] {
            assert!(suggestion("bad-number", value, &settings).contains("percentage"), "{value}");
        }
        assert!(suggestion("scientific-id", "5.01E+12", &settings).contains("spreadsheet"));
    }
}
