//! An invented shop for tests: every kind of section, of any size, from a seed.

use super::*;
use crate::numeric::random::stream;
use rand_chacha::rand_core::Rng;

/// How large the invented report is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub months: usize,
    pub rules: usize,
    pub segments: usize,
    pub lists: usize,
}

/// What a shop of a few years looks like.
pub(crate) const USUAL: Size = Size { months: 25, rules: 180, segments: 8, lists: 3 };

pub(crate) struct Draw(rand_chacha::ChaCha8Rng);

impl Draw {
    pub fn for_test() -> Draw {
        Draw(stream(7, "report sample"))
    }

    pub fn share(&mut self) -> f64 {
        self.0.next_u32() as f64 / f64::from(u32::MAX)
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    pub fn one_of(&mut self, names: &[&str]) -> String {
        names[self.0.next_u32() as usize % names.len()].to_owned()
    }
}

pub(crate) const ITEMS: &[&str] = &[
    "WHITE HANGING HEART T-LIGHT HOLDER",
    "REGENCY CAKESTAND 3 TIER",
    "PINK REGENCY TEACUP AND SAUCER",
    "GREEN REGENCY TEACUP AND SAUCER",
    "ROSES REGENCY TEACUP AND SAUCER",
    "JUMBO BAG RED RETROSPOT",
    "JUMBO BAG PINK POLKADOT",
    "LUNCH BAG BLACK SKULL.",
    "PARTY BUNTING",
    "ASSORTED COLOUR BIRD ORNAMENT",
    "ALARM CLOCK BAKELIKE GREEN",
    "SET/6 RED SPOTTY PAPER PLATES",
    "60 TEATIME FAIRY CAKE CASES",
    "HAND WARMER <b>OWL</b> DESIGN",
];

pub(crate) fn month(i: usize) -> String {
    let since_2009 = 11 + i;
    format!("{}-{:02}", 2009 + since_2009 / 12, since_2009 % 12 + 1)
}

pub(crate) fn sample(size: Size) -> Report {
    let mut draw = Draw::for_test();
    Report {
        title: "Online retail".into(),
        subtitle: "From raw order lines to three lists".into(),
        facts: [
            ("As of", "2011-12-10"),
            ("History from", "2009-12-01"),
            ("Seed", "7"),
            ("Version", "0.1.0"),
            ("Sources", "2 files, 1,067,370 lines"),
        ]
        .map(|(name, value)| Fact { name: name.into(), value: value.into() })
        .to_vec(),
        highlights: vec![
            Highlight {
                name: "Customers".into(),
                value: 5_852.0,
                unit: Unit::Count,
                note: "2,914 bought in the last 90 days".into(),
            },
            Highlight {
                name: "Sales, 12 months".into(),
                value: 8_887_208.0 * 1e4,
                unit: Unit::Money,
                note: "+4.1% on the year before".into(),
            },
            Highlight {
                name: "On lists".into(),
                value: 4_112.0,
                unit: Unit::Count,
                note: "411 held back as control".into(),
            },
            Highlight {
                name: "Rows set aside".into(),
                value: 0.0012,
                unit: Unit::Share,
                note: "1,284 of 1,067,370".into(),
            },
            Highlight {
                name: "ROC AUC of churn".into(),
                value: 0.781,
                unit: Unit::Number(3),
                note: "recency alone: 0.752".into(),
            },
        ],
        currency: "GBP".into(),
        sections: sections(Body::samples(&mut draw, size)),
        ..Report::default()
    }
}

/// Under the name of a stage each, but for the last, with headings of their own and usual ones.
fn sections(bodies: Vec<Body>) -> Vec<Section> {
    let last = bodies.len() - 1;
    let named = |(at, body)| match at {
        at if at == last => Section::new("", body),
        at if at % 4 == 0 => {
            Section::new(format!("stage_{at}"), body).heading(format!("Heading {at}")).lead("What to take from it.")
        }
        at => Section::new(format!("stage_{at}"), body),
    };
    bodies.into_iter().enumerate().map(named).collect()
}
