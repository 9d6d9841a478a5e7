//! Names for combinations of scores: a table of rules, of which the first that matches wins.

use std::ops::RangeInclusive;

use thiserror::Error;

use super::rfm::RfmScore;

/// A segment as marketing knows it.
#[derive(Debug)]
pub struct NamedSegment {
    /// Name, as it stands in tables and lists.
    pub name: &'static str,
    /// Who is in it.
    pub meaning: &'static str,
    /// What a shop usually does about it.
    pub action: &'static str,
}

/// The segments that the default rules know, best first.
pub static NAMED_SEGMENTS: &[NamedSegment] = &[
    NamedSegment {
        name: "champions",
        meaning: "bought recently, buy often and spend most",
        action: "reward them, show them new goods first, ask for reviews",
    },
    NamedSegment {
        name: "loyal",
        meaning: "buy regularly and have not been away",
        action: "offer dearer goods and a loyalty programme",
    },
    NamedSegment {
        name: "potential_loyal",
        meaning: "recent customers with more than one order",
        action: "recommend what goes with what they bought, offer membership",
    },
    NamedSegment {
        name: "new",
        meaning: "bought very recently, for the first time or nearly so",
        action: "welcome them, help with the first purchase, start the relationship",
    },
    NamedSegment {
        name: "promising",
        meaning: "bought fairly recently, but only once or little",
        action: "make the shop better known, give a reason for a second order",
    },
    NamedSegment {
        name: "need_attention",
        meaning: "middling in recency and frequency, and could go either way",
        action: "make a limited offer based on past purchases",
    },
    NamedSegment {
        name: "about_to_sleep",
        meaning: "few orders, and the last one is some time ago",
        action: "share popular goods, remind, renew contact",
    },
    NamedSegment {
        name: "at_risk",
        meaning: "used to buy often or spend much, but long ago",
        action: "write personally, offer help or a renewal",
    },
    NamedSegment {
        name: "cant_lose",
        meaning: "used to be among the best, and have been away for long",
        action: "win them back: talk to them, do not lose them to a competitor",
    },
    NamedSegment {
        name: "hibernating",
        meaning: "few orders, low value, long ago",
        action: "include in general offers at low cost",
    },
    NamedSegment {
        name: "lost",
        meaning: "lowest in recency, and low in frequency and value",
        action: "one attempt to revive interest, otherwise leave in peace",
    },
];

/// A rule: scores within all three ranges belong to the segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRule {
    /// Name of the segment: one of [`NAMED_SEGMENTS`] or the shop's own.
    pub segment: String,
    pub recency: RangeInclusive<u8>,
    pub frequency: RangeInclusive<u8>,
    pub monetary: RangeInclusive<u8>,
}

/// Why rules cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RulesError {
    /// A combination of scores belongs to no segment.
    #[error(
        "no rule covers recency {recency}, frequency {frequency}, monetary {monetary}; \
         add a rule for it, or a last one for all scores"
    )]
    Uncovered { recency: u8, frequency: u8, monetary: u8 },
    /// A rule can never decide.
    #[error("rule {rule} ({segment}) never applies: earlier rules take all its scores, or its ranges are empty")]
    Idle { rule: usize, segment: String },
}

/// Rules checked to cover every combination of scores, with the segments numbered in the order of their first rule.
#[derive(Debug, Clone)]
pub struct Naming {
    names: Vec<String>,
    bins: u8,
    /// Segment by recency, frequency and monetary score, each minus one, in base `bins`.
    segment: Vec<u32>,
}

/// The default rules, for five bins. Recency and frequency decide; money tells the best and the worst from the rest.
///
/// The two-dimensional map is the common one of RFM practice (A. M. Hughes, *Strategic Database Marketing*, 4th ed.,
/// 2011, for the scores; the segment names are those of current marketing tools).
pub fn default_rules() -> Vec<SegmentRule> {
    const RULES: [(&str, [u8; 6]); 12] = [
        ("champions", [4, 5, 4, 5, 4, 5]),
        ("loyal", [3, 5, 4, 5, 1, 5]),
        ("potential_loyal", [4, 5, 2, 3, 1, 5]),
        ("new", [5, 5, 1, 1, 1, 5]),
        ("promising", [4, 4, 1, 1, 1, 5]),
        ("need_attention", [3, 3, 3, 3, 1, 5]),
        ("about_to_sleep", [3, 3, 1, 2, 1, 5]),
        ("cant_lose", [1, 2, 4, 5, 4, 5]),
        ("at_risk", [1, 2, 3, 5, 1, 5]),
        ("at_risk", [1, 2, 1, 2, 5, 5]),
        ("lost", [1, 1, 1, 2, 1, 2]),
        ("hibernating", [1, 2, 1, 2, 1, 5]),
    ];
    let rule = |(segment, [r0, r1, f0, f1, m0, m1]): &(&str, [u8; 6])| SegmentRule {
        segment: (*segment).to_owned(),
        recency: *r0..=*r1,
        frequency: *f0..=*f1,
        monetary: *m0..=*m1,
    };
    RULES.iter().map(rule).collect()
}

impl Naming {
    /// Checks `rules` for scores from 1 to `bins`.
    ///
    /// # Errors
    /// When a combination is not covered or a rule never applies. A shop's own rules go before [`default_rules`] if those
    /// are to have the rest; default rules that own ones have made idle are then no error: give them as `fallback`.
    pub fn new(rules: &[SegmentRule], fallback: &[SegmentRule], bins: u8) -> Result<Naming, RulesError> {
        let bins = bins.clamp(1, 9);
        let mut used = vec![false; rules.len()];
        let mut names: Vec<String> = Vec::new();
        for rule in rules.iter().chain(fallback) {
            if !names.contains(&rule.segment) {
                names.push(rule.segment.clone());
            }
        }
        let mut segment = Vec::with_capacity(usize::from(bins).pow(3));
        for recency in 1..=bins {
            for frequency in 1..=bins {
                for monetary in 1..=bins {
                    let matches = |rule: &SegmentRule| {
                        rule.recency.contains(&recency)
                            && rule.frequency.contains(&frequency)
                            && rule.monetary.contains(&monetary)
                    };
                    let Some((index, rule)) = rules.iter().chain(fallback).enumerate().find(|(_, rule)| matches(rule))
                    else {
                        return Err(RulesError::Uncovered { recency, frequency, monetary });
                    };
                    if let Some(used) = used.get_mut(index) {
                        *used = true;
                    }
                    let name = names.iter().position(|name| *name == rule.segment).expect("all names were collected");
                    segment.push(name as u32);
                }
            }
        }
        if let Some(idle) = used.iter().position(|used| !used) {
            return Err(RulesError::Idle { rule: idle + 1, segment: rules[idle].segment.clone() });
        }
        Ok(Naming { names, bins, segment })
    }

    /// The default segments, for five bins.
    pub fn standard() -> Naming {
        Naming::new(&default_rules(), &[], 5).expect("the default rules cover five bins")
    }

    /// Names of the segments, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of the segment of a customer. Scores beyond the number of bins count as the highest.
    pub fn segment(&self, score: RfmScore) -> u32 {
        let bins = usize::from(self.bins);
        let digit = |score: u8| usize::from(score.clamp(1, self.bins)) - 1;
        let cell = (digit(score.recency) * bins + digit(score.frequency)) * bins + digit(score.monetary);
        self.segment[cell]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(naming: &Naming, recency: u8, frequency: u8, monetary: u8) -> &str {
        &naming.names()[naming.segment(RfmScore { recency, frequency, monetary }) as usize]
    }

    #[test]
    fn every_combination_has_one_of_the_known_names() {
        let naming = Naming::standard();
        assert_eq!(naming.segment.len(), 125);
        for segment in NAMED_SEGMENTS {
            assert!(naming.names().iter().any(|name| name == segment.name), "{} is never given", segment.name);
        }
        assert!(naming.names().iter().all(|name| NAMED_SEGMENTS.iter().any(|segment| segment.name == name)));
        assert_eq!(name(&naming, 5, 5, 5), "champions");
        assert_eq!(name(&naming, 1, 1, 1), "lost");
        assert_eq!(name(&naming, 1, 5, 5), "cant_lose");
        assert_eq!(name(&naming, 5, 1, 3), "new");
        assert_eq!(name(&naming, 2, 2, 2), "hibernating");
    }

    #[test]
    fn own_rules_come_first() {
        let whales = SegmentRule { segment: "whales".into(), recency: 1..=5, frequency: 1..=5, monetary: 5..=5 };
        let naming = Naming::new(&[whales], &default_rules(), 5).unwrap();
        assert_eq!(name(&naming, 1, 1, 5), "whales");
        assert_eq!(name(&naming, 1, 1, 1), "lost");
    }

    #[test]
    fn refuses_gaps_and_idle_rules() {
        let all = SegmentRule { segment: "all".into(), recency: 1..=5, frequency: 1..=5, monetary: 1..=5 };
        let gap = SegmentRule { recency: 2..=5, ..all.clone() };
        let error = Naming::new(&[gap], &[], 5).unwrap_err();
        assert_eq!(error, RulesError::Uncovered { recency: 1, frequency: 1, monetary: 1 });
        let error = Naming::new(&[all.clone(), all], &[], 5).unwrap_err();
        assert_eq!(error, RulesError::Idle { rule: 2, segment: "all".into() });
    }
}
