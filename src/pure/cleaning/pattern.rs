//! Patterns that name order numbers and item codes, as a person would write them.

use rayon::prelude::*;

use super::spelling::Canon;

/// A pattern over codes: `*` stands for any run of characters, `?` for one, `#` for one digit; letter case is ignored.
///
/// The pattern must cover the whole code: `C#*` is `C536379` but not `CA-2016-152156`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<char>);

impl Pattern {
    /// The pattern written as `text`; blanks around it do not count.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_uppercase().chars().collect())
    }

    /// Whether the pattern covers `code`.
    pub fn matches(&self, code: &str) -> bool {
        let code: Vec<char> = code.to_uppercase().chars().collect();
        self.covers(&code)
    }

    fn covers(&self, code: &[char]) -> bool {
        let (mut at, mut read) = (0, 0);
        // After a mismatch, let the last star swallow one character more.
        let mut star: Option<(usize, usize)> = None;
        while read < code.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, read));
                    at += 1;
                }
                Some(&want) if want == '?' || want == code[read] || (want == '#' && code[read].is_ascii_digit()) => {
                    at += 1;
                    read += 1;
                }
                _ => match star {
                    Some((star_at, star_read)) => {
                        at = star_at + 1;
                        read = star_read + 1;
                        star = Some((star_at, read));
                    }
                    None => return false,
                },
            }
        }
        self.0[at..].iter().all(|&rest| rest == '*')
    }
}

/// Which canonical names any of `patterns` covers.
pub fn marked(patterns: &[String], canon: &Canon) -> Vec<bool> {
    let patterns: Vec<Pattern> = patterns.iter().map(|pattern| Pattern::new(pattern)).collect();
    if patterns.is_empty() {
        return vec![false; canon.names.len()];
    }
    let any = |id: u32| {
        let code: Vec<char> = canon.names.get(id).to_uppercase().chars().collect();
        patterns.iter().any(|pattern| pattern.covers(&code))
    };
    (0..canon.names.len() as u32).into_par_iter().map(any).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_whole_codes() {
        for (pattern, code, expected) in [
            ("C#*", "C536379", true),
            ("C#*", "c1", true),
            ("C#*", "CA-2016-152156", false),
            ("C#*", "536379", false),
            ("POST", "post", true),
            ("POST", "POSTER", false),
            ("GIFT_*", "gift_0001_30", true),
            ("*_##", "gift_0001_30", true),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbxc", false),
            ("??", "M1", true),
            ("??", "M", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(code), expected, "{pattern} on {code}");
        }
    }
}
