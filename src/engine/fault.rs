//! What is wrong with a query, for the person who wrote it.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

use super::text::{Place, place_of, too_deep};
use crate::diagnostics::did_you_mean;

/// What is wrong with a query, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryFault {
    /// It is not SQL.
    Syntax {
        /// What the parser says.
        said: String,
        /// Where, in the query.
        place: Option<Place>,
    },
    /// It names a column that no table has.
    NoColumn {
        /// As written, without its table.
        name: String,
        /// The columns there are.
        known: Vec<String>,
        /// Where it is first written.
        place: Option<Place>,
    },
    /// It names a column that several tables have.
    Ambiguous {
        /// As written.
        name: String,
        /// Where it is first written.
        place: Option<Place>,
    },
    /// Any other: a function, a type, a table.
    Other {
        /// What the engine says.
        said: String,
        /// What to do, where that is known.
        help: Option<String>,
        /// Where, where that is known.
        place: Option<Place>,
    },
}

impl QueryFault {
    /// What is wrong, and what to do about it.
    pub fn told(&self) -> (String, Option<String>) {
        match self {
            QueryFault::Syntax { said, .. } => (format!("this is not SQL: {said}"), None),
            QueryFault::Other { said, help, .. } => (said.clone(), help.clone()),
            QueryFault::Ambiguous { name, .. } => (
                format!("several of the tables have a column `{name}`"),
                Some(format!("write which one is meant, such as stage.{name}")),
            ),
            QueryFault::NoColumn { name, known, .. } => {
                let help = match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                    Some(same) => format!("in SQL a name with capitals stands in double quotes: \"{same}\""),
                    None => match did_you_mean(name, known.iter().map(String::as_str)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("there are {}", known.join(", ")),
                    },
                };
                (format!("there is no column `{name}`"), Some(help))
            }
        }
    }

    /// Where, in the query.
    pub fn place(&self) -> Option<Place> {
        match self {
            QueryFault::Syntax { place, .. }
            | QueryFault::NoColumn { place, .. }
            | QueryFault::Ambiguous { place, .. }
            | QueryFault::Other { place, .. } => *place,
        }
    }
}

/// Refuses a query that is too deep to be planned.
pub(super) fn check_depth(sql: &str) -> Result<(), QueryFault> {
    match too_deep(sql) {
        Some((said, place)) => Err(QueryFault::Other {
            said: format!("the query is too deep: {said}"),
            help: Some(
                "write a list of values as IN (…), or take the query apart with a `sql` stage in between".to_owned(),
            ),
            place,
        }),
        None => Ok(()),
    }
}

/// What the engine's error says of a query over tables of these names.
pub(super) fn fault(error: &DataFusionError, sql: &str, tables: &[&str]) -> QueryFault {
    match error.find_root() {
        DataFusionError::SQL(parser, _) => match parser.as_ref() {
            ParserError::ParserError(said) | ParserError::TokenizerError(said) => {
                let (said, place) = Place::split(said);
                QueryFault::Syntax { said, place }
            }
            ParserError::RecursionLimitExceeded => {
                QueryFault::Syntax { said: "it is nested too deeply".to_owned(), place: None }
            }
        },
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => QueryFault::NoColumn {
                name: field.name.clone(),
                known: valid_fields.iter().map(|known| known.name.clone()).collect(),
                place: place_of(sql, &field.name),
            },
            SchemaError::AmbiguousReference { field } => {
                QueryFault::Ambiguous { name: field.name.clone(), place: place_of(sql, &field.name) }
            }
            _ => QueryFault::Other { said: first_line(error), help: None, place: None },
        },
        _ => other(&first_line(error), sql, tables),
    }
}

fn other(said: &str, sql: &str, tables: &[&str]) -> QueryFault {
    let said = said.trim_start_matches("Error during planning: ");
    let quoted = |before: &str, after: &str| said.strip_prefix(before)?.split_once(after).map(|(name, _)| name);
    if let Some(name) = quoted("table '", "' not found") {
        let name = name.rsplit('.').next().unwrap_or(name);
        let near = did_you_mean(name, tables.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        let all = (!tables.is_empty()).then(|| format!("there are {}", tables.join(", ")));
        let said = format!("there is no table `{name}`");
        return QueryFault::Other { said, help: near.or(all), place: place_of(sql, name) };
    }
    let place = quoted("Invalid function '", "'").and_then(|name| place_of(sql, name));
    QueryFault::Other { said: said.to_owned(), help: None, place }
}

/// The engine's reason, without what comes after its first line.
pub(super) fn first_line(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    text.lines().next().unwrap_or("the engine gave no reason").trim_end_matches('.').to_owned()
}
