//! Sets of items as one text, which can be read in one way only.
//!
//! Between stages sets are lists of items and never such texts; these are for people, and for files that know no lists. An item that
//! could be taken for more than one is in double quotes, its own quotes doubled, as in CSV.

use std::borrow::Cow;

/// What separates the items of one order.
pub const TOGETHER: &str = " + ";
/// What separates orders.
pub const THEN: &str = " > ";
/// What separates items that come in whatever order.
pub const ALONG: &str = " & ";
/// What separates the items of one field of a CSV file.
pub const IN_FIELD: &str = ";";

/// The items with `between` between them; an item that begins with a quote, or in which one of `signs` could be seen, in quotes.
pub fn joined<'a>(items: impl IntoIterator<Item = &'a str>, between: &str, signs: &[&str]) -> String {
    let words: Vec<Cow<str>> = items.into_iter().map(|item| word(item, signs)).collect();
    words.join(between)
}

/// A set of items as people read it: `milk + bread`.
pub fn together<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    joined(items, TOGETHER, &[TOGETHER])
}

/// Names in a sentence; one that could be taken for several in quotes.
pub fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    joined(names, " and ", &[" and ", TOGETHER])
}

/// An item as it is written in a text that has `signs` between items.
pub fn word<'a>(item: &'a str, signs: &[&str]) -> Cow<'a, str> {
    // What is empty, or ends in a blank, would be lost beside a sign.
    let lost = item.is_empty() || item.starts_with([' ', '"']) || item.ends_with(' ');
    if lost || signs.iter().any(|sign| shows(item, sign)) {
        Cow::Owned(format!("\"{}\"", item.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(item)
    }
}

/// Whether a sign can be seen in an item: a sign with blanks, which may be those of what is beside it, or a sign without, which no
/// blank follows; items between such signs never begin with one. So `ham, sliced` is one item.
fn shows(item: &str, sign: &str) -> bool {
    let bare = sign.trim();
    let blank = sign.len() > bare.len();
    item.match_indices(bare).any(|(at, _)| {
        let (before, after) = (&item[..at], &item[at + bare.len()..]);
        if blank {
            (before.is_empty() || before.ends_with(' ')) && (after.is_empty() || after.starts_with(' '))
        } else {
            !after.starts_with(' ')
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a text back, from its first letter on.
    fn split(text: &str, between: &str) -> Vec<String> {
        let (mut items, mut rest) = (Vec::new(), text);
        loop {
            let item;
            if let Some(quoted) = rest.strip_prefix('"') {
                let mut end = 0;
                while quoted[end..].starts_with("\"\"") || !quoted[end..].starts_with('"') {
                    let letter = quoted[end..].chars().next().expect("a closing quote");
                    end += if letter == '"' { 2 } else { letter.len_utf8() };
                }
                (item, rest) = (quoted[..end].replace("\"\"", "\""), &quoted[end + 1..]);
            } else {
                let ends = |at: &usize| between.ends_with(' ') || !rest[at + between.len()..].starts_with(' ');
                let end = rest.match_indices(between).map(|(at, _)| at).find(ends).unwrap_or(rest.len());
                (item, rest) = (rest[..end].to_owned(), &rest[end..]);
            }
            items.push(item);
            match rest.strip_prefix(between) {
                Some(more) => rest = more,
                None => {
                    assert_eq!(rest, "", "of {text}");
                    return items;
                }
            }
        }
    }

    #[test]
    fn items_with_signs_stand_in_quotes() {
        assert_eq!(together(["TEA + MUG", "CAKE"]), "\"TEA + MUG\" + CAKE");
        assert_eq!(together(["A+B", "C++", "5\" nail", "M & S"]), "A+B + C++ + 5\" nail + M & S");
        assert_eq!(together(["\"quoted\"", "+", "B +"]), "\"\"\"quoted\"\"\" + \"+\" + \"B +\"");
        assert_eq!(joined(["a;b", "c", "d,e; f", "g;"], IN_FIELD, &[IN_FIELD]), "\"a;b\";c;d,e; f;\"g;\"");
    }

    proptest! {
        #[test]
        fn a_text_says_which_items_it_is_made_of(items in prop::collection::vec("[AB +>&;,|\" ]{0,6}", 1..5)) {
            for between in [TOGETHER, THEN, ALONG, IN_FIELD, ","] {
                let text = joined(items.iter().map(String::as_str), between, &[between]);
                prop_assert_eq!(&split(&text, between), &items);
            }
        }

        #[test]
        fn orders_of_items_can_be_read_back(orders in prop::collection::vec(prop::collection::vec("[A+> \"]{1,4}", 1..4), 1..4)) {
            let order = |items: &Vec<String>| joined(items.iter().map(String::as_str), TOGETHER, &[TOGETHER, THEN]);
            let text = orders.iter().map(order).collect::<Vec<_>>().join(THEN);
            // No item shows a sign outside of quotes, so that orders and items can be separated from the left.
            let mut read = vec![vec![]];
            let mut rest = text.as_str();
            loop {
                let end = match rest.strip_prefix('"') {
                    Some(quoted) => {
                        let mut end = 0;
                        while quoted[end..].starts_with("\"\"") || !quoted[end..].starts_with('"') {
                            end += if quoted[end..].starts_with('"') { 2 } else { 1 };
                        }
                        end + 2
                    }
                    None => [rest.find(TOGETHER), rest.find(THEN)].into_iter().flatten().min().unwrap_or(rest.len()),
                };
                read.last_mut().expect("one").push(split(&rest[..end], "\u{1}")[0].clone());
                rest = &rest[end..];
                match (rest.strip_prefix(TOGETHER), rest.strip_prefix(THEN)) {
                    (Some(more), _) => rest = more,
                    (_, Some(more)) => {
                        read.push(vec![]);
                        rest = more;
                    }
                    _ => break,
                }
            }
            prop_assert_eq!(rest, "");
            prop_assert_eq!(read, orders);
        }
    }
}
