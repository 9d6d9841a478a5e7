//! The text of a query: where its words are, and whether it is too deep to be planned.

use std::fmt;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

/// Brackets and CASEs inside each other.
const NESTED: usize = 200;
/// Operators of one expression, those around its brackets included: planners go one step deeper for each.
const CHAINED: usize = 2_000;
/// SELECTs inside each other: planning takes several times as long for each.
const INNER: usize = 12;
/// SELECTs of one query: each may read the one before it.
const SELECTS: usize = 500;

/// How deep the parser may go; it goes several steps for a bracket.
pub(super) const PARSER_DEPTH: usize = 8 * NESTED;

/// A place in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// In characters, from 1.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl Place {
    fn of(location: Location) -> Option<Place> {
        (location.line > 0).then_some(Place { line: location.line, column: location.column })
    }

    /// Takes `said at Line: 1, Column: 8`, as the parser writes it, apart.
    pub(super) fn split(said: &str) -> (String, Option<Place>) {
        let apart = || {
            let (what, place) = said.rsplit_once(" at Line: ")?;
            let (line, column) = place.split_once(", Column: ")?;
            let digits = |text: &str| text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok();
            Some((what.to_owned(), Place { line: digits(line)?, column: digits(column)? }))
        };
        match apart() {
            Some((what, place)) => (what, Some(place)),
            None => (said.to_owned(), None),
        }
    }
}

/// The words and signs of a query; none where it cannot be taken apart, which the parser will say better.
fn tokens(sql: &str) -> Vec<TokenWithSpan> {
    let mut tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().unwrap_or_default();
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
    tokens
}

/// Where a name is first written.
pub(super) fn place_of(sql: &str, name: &str) -> Option<Place> {
    let is_name = |token: &&TokenWithSpan| match &token.token {
        Token::Word(word) if word.quote_style.is_some() => word.value == name,
        Token::Word(word) => word.value.eq_ignore_ascii_case(name),
        _ => false,
    };
    tokens(sql).iter().find(is_name).and_then(|token| Place::of(token.span.start))
}

/// What is too deep in a query, and where.
pub(super) fn too_deep(sql: &str) -> Option<(String, Option<Place>)> {
    let mut open = vec![Level::default()];
    let mut selects = 0;
    for TokenWithSpan { token, span } in tokens(sql) {
        let at = || Place::of(span.start);
        let closable = open.len() > 1;
        let level = open.last_mut().expect("the outermost level is never closed");
        match role(&token) {
            Role::Opens => open.push(Level::default()),
            Role::Closes if closable => drop(open.pop()),
            Role::Closes | Role::Other => {}
            Role::Begins => (level.conditions, level.values) = (0, 0),
            Role::Select => {
                (level.conditions, level.values, level.selects) = (0, 0, 1);
                selects += 1;
            }
            // What is compared is one step below what joins the comparisons.
            Role::Condition => (level.conditions, level.values) = (level.conditions + 1, 0),
            Role::Operator => level.values += 1,
            Role::Joins => level.joins += 1,
        }
        if open.len() > NESTED + 1 {
            return Some((format!("more than {NESTED} brackets are open inside each other"), at()));
        }
        if open.iter().map(|level| level.selects).sum::<usize>() > INNER {
            return Some((format!("more than {INNER} SELECTs are inside each other"), at()));
        }
        if open.iter().map(|level| level.conditions + level.values + level.joins).sum::<usize>() > CHAINED {
            return Some((format!("more than {CHAINED} operators follow each other"), at()));
        }
        if selects > SELECTS {
            return Some((format!("there are more than {SELECTS} SELECTs"), at()));
        }
    }
    None
}

/// What an open bracket holds so far.
#[derive(Default)]
struct Level {
    /// AND, OR and NOT since the last comma or clause.
    conditions: usize,
    /// Other operators since the last of those.
    values: usize,
    /// UNION and JOIN.
    joins: usize,
    /// 1 when there is a SELECT in it.
    selects: usize,
}

enum Role {
    Opens,
    Closes,
    /// A comma, or the word that begins a clause.
    Begins,
    Select,
    /// AND, OR, NOT.
    Condition,
    /// Any other operator.
    Operator,
    /// UNION and JOIN.
    Joins,
    Other,
}

fn role(token: &Token) -> Role {
    match token {
        Token::LParen | Token::LBracket | Token::LBrace => Role::Opens,
        Token::RParen | Token::RBracket | Token::RBrace => Role::Closes,
        Token::Comma | Token::SemiColon => Role::Begins,
        Token::Word(word) => match word.keyword {
            Keyword::CASE => Role::Opens,
            Keyword::END => Role::Closes,
            Keyword::SELECT => Role::Select,
            Keyword::FROM
            | Keyword::WHERE
            | Keyword::GROUP
            | Keyword::HAVING
            | Keyword::ORDER
            | Keyword::ON
            | Keyword::WHEN
            | Keyword::THEN
            | Keyword::ELSE => Role::Begins,
            Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT | Keyword::JOIN => Role::Joins,
            Keyword::AND | Keyword::OR | Keyword::XOR | Keyword::NOT => Role::Condition,
            Keyword::IS | Keyword::LIKE | Keyword::BETWEEN => Role::Operator,
            _ => Role::Other,
        },
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::Period
        | Token::EOF
        | Token::Char(_) => Role::Other,
        // All other signs join or change values.
        _ => Role::Operator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_places_and_what_is_too_deep_is_found_at_its_place() {
        assert_eq!(place_of("SELECT a,\n  Mony\nFROM t", "mony"), Some(Place { line: 2, column: 3 }));
        assert_eq!(place_of("SELECT 'mony' FROM t", "mony"), None);
        assert_eq!(
            Place::split("Expected: an expression, found: ) at Line: 1, Column: 15"),
            ("Expected: an expression, found: )".to_owned(), Some(Place { line: 1, column: 15 }))
        );
        let nested = |n: usize| format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n));
        assert_eq!(too_deep(&nested(200)), None);
        let (said, place) = too_deep(&nested(5_000)).expect("too deep");
        assert_eq!(
            (said.as_str(), place.expect("a place").column),
            ("more than 200 brackets are open inside each other", 208)
        );
        let chained = |n: usize| format!("SELECT a > 1{} FROM t", " OR a > 2".repeat(n));
        assert_eq!(too_deep(&chained(1_998)), None);
        assert!(too_deep(&chained(2_001)).is_some());
        // Columns side by side are not deep.
        assert_eq!(too_deep(&format!("SELECT {} FROM t", vec!["a + b"; 5_000].join(", "))), None);
        assert!(too_deep(&vec!["SELECT 1"; 600].join(" UNION ")).is_some());
        let inner = |n: usize| format!("SELECT {}1{}", "(SELECT max(a) FROM t WHERE a > ".repeat(n), ")".repeat(n));
        assert!(too_deep(&inner(11)).is_none() && too_deep(&inner(12)).is_some());
        let cases = |n: usize| format!("SELECT {}1{}", "CASE WHEN a THEN ".repeat(n), " END".repeat(n));
        assert!(too_deep(&cases(150)).is_none() && too_deep(&cases(201)).is_some());
    }
}
