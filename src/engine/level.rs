//! Long chains of AND and OR made shallow: planners go one step deeper for each term, and take time with the square of the depth.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Ident, VisitMut, VisitorMut};

/// Chains of fewer terms stay as they are written.
const LONG: usize = 16;

/// Halves each long chain until no half is long. What it means does not change: both words are associative, and the terms keep their
/// order.
pub(super) fn level(statement: &mut Statement) {
    if let Statement::Statement(statement) = statement {
        // A visitor that never breaks off.
        let _ = VisitMut::visit(statement.as_mut(), &mut Leveller);
    }
}

struct Leveller;

impl VisitorMut for Leveller {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } = &*expr
            && length(expr, op) >= LONG
        {
            let op = op.clone();
            let chain = std::mem::replace(expr, Expr::Identifier(Ident::new("")));
            *expr = joined(terms(chain, &op), &op);
        }
        ControlFlow::Continue(())
    }
}

/// Terms of a chain, as the parser builds it: one more to the right of those before.
fn length(mut expr: &Expr, word: &BinaryOperator) -> usize {
    let mut length = 1;
    while let Expr::BinaryOp { left, op, .. } = expr
        && op == word
    {
        length += 1;
        expr = left;
    }
    length
}

fn terms(chain: Expr, word: &BinaryOperator) -> Vec<Expr> {
    let mut terms = Vec::new();
    let mut rest = chain;
    loop {
        match rest {
            Expr::BinaryOp { left, op, right } if op == *word => {
                terms.push(*right);
                rest = *left;
            }
            first => {
                terms.push(first);
                terms.reverse();
                return terms;
            }
        }
    }
}

fn joined(mut terms: Vec<Expr>, op: &BinaryOperator) -> Expr {
    let after = terms.split_off(terms.len() / 2);
    match (terms.is_empty(), after) {
        (true, mut one) => one.pop().expect("a chain has terms"),
        (false, after) => {
            Expr::BinaryOp { left: Box::new(joined(terms, op)), op: op.clone(), right: Box::new(joined(after, op)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::parser::DFParser;

    use super::*;

    fn levelled(sql: &str) -> Statement {
        let mut statement = DFParser::parse_sql(sql).expect("SQL").pop_front().expect("a statement");
        level(&mut statement);
        statement
    }

    /// How deep an expression is.
    struct Depth(usize, usize);

    impl VisitorMut for Depth {
        type Break = ();

        fn pre_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<()> {
            self.0 += 1;
            self.1 = self.1.max(self.0);
            ControlFlow::Continue(())
        }

        fn post_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<()> {
            self.0 -= 1;
            ControlFlow::Continue(())
        }
    }

    #[test]
    fn a_long_condition_is_as_deep_as_its_logarithm_and_says_the_same() {
        for word in ["OR", "AND"] {
            let chain =
                |n: usize| (0..n).map(|term| format!("a > {term}")).collect::<Vec<_>>().join(&format!(" {word} "));
            for sql in [format!("SELECT a FROM t WHERE {}", chain(1_500)), format!("SELECT ({}) FROM t", chain(1_500))]
            {
                let mut statement = levelled(&sql);
                assert_eq!(statement.to_string(), sql, "the terms are in their order");
                let Statement::Statement(inner) = &mut statement else { panic!("a SELECT") };
                let mut depth = Depth(0, 0);
                let _ = VisitMut::visit(inner.as_mut(), &mut depth);
                assert!(depth.1 <= 16, "{} deep", depth.1);
            }
            let short = format!("SELECT a FROM t WHERE {}", chain(15));
            let as_written = DFParser::parse_sql(&short).expect("SQL").pop_front().expect("a statement");
            assert_eq!(levelled(&short), as_written);
        }
        // A chain of one word among those of the other keeps its place.
        let mixed = format!("SELECT a FROM t WHERE {} AND b", vec!["a"; 20].join(" OR "));
        assert_eq!(levelled(&mixed).to_string(), mixed);
    }
}
