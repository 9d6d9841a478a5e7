//! `patron list`

use clap::{Args, ValueEnum};

use super::exit::EXITS;
use super::listing::{Listing, destinations, event_features, features, formats, measures, models, rankers, sources};
use super::{Done, show};
use crate::diagnostics::codes::CODES;
use crate::stages::KINDS;

/// Show what there is: stage kinds, features, measures, models, formats, destinations, codes.
#[derive(Args, Debug)]
pub struct List {
    /// What to show.
    #[arg(value_enum)]
    what: What,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum What {
    Stages,
    Features,
    Measures,
    Models,
    Sources,
    Rankers,
    Destinations,
    Codes,
    Exits,
    Reference,
}

impl List {
    pub(super) fn run(self) -> Done {
        let two = |rows: Vec<(&str, &str)>| {
            let rows: Vec<Vec<String>> = rows.into_iter().map(|(a, b)| vec![a.to_owned(), b.to_owned()]).collect();
            show::columns(&["name", "meaning"], &rows)
        };
        let table = |(_, headings, rows): Listing| show::columns(&headings, &rows);
        show::print(&match self.what {
            What::Stages => two(KINDS.iter().map(|kind| (kind.name, kind.meaning)).collect()),
            What::Codes => two(CODES.iter().map(|code| (code.word, code.meaning)).collect()),
            What::Exits => EXITS.map(|(_, number, meaning)| format!("{number:>3}  {meaning}")).join("\n"),
            What::Features => [table(features()), table(event_features())].join("\n\n"),
            What::Measures => table(measures()),
            What::Models => table(models()),
            What::Sources => [table(sources()), table(formats())].join("\n\n"),
            What::Rankers => table(rankers()),
            What::Destinations => table(destinations()),
            What::Reference => super::reference(),
        })
    }
}
