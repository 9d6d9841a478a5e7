//! Personal values as they may be shown: enough to see what a column holds, too little to reach anybody.

/// A value with all but its shape hidden: of an address the first letter and the end of the domain, of a number its first two and last two
/// digits, of other texts the first letter.
pub fn masked(text: &str) -> String {
    let text = text.trim();
    if let Some((name, domain)) = text.rsplit_once('@') {
        let end = domain.rsplit_once('.').map_or("", |(_, end)| end);
        return format!("{}***@***.{end}", first(name));
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits >= 7 {
        let mut seen = 0;
        return text
            .chars()
            .map(|letter| {
                seen += usize::from(letter.is_ascii_digit());
                let hidden = letter.is_ascii_digit() && seen > 2 && seen + 2 <= digits;
                if hidden || letter.is_alphabetic() { '*' } else { letter }
            })
            .collect();
    }
    format!("{}***", first(text))
}

fn first(text: &str) -> String {
    text.chars().next().map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_and_numbers_are_hidden() {
        assert_eq!(masked("kay.smith@example.com"), "k***@***.com");
        assert_eq!(masked("+44 20 7946 0018"), "+44 ** **** **18");
        assert_eq!(masked("Ana"), "A***");
        assert_eq!(masked(""), "***");
    }

    proptest! {
        #[test]
        fn no_text_is_shown_whole(text in "[a-z0-9@. +]{4,30}") {
            prop_assert!(masked(&text) != text);
        }
    }
}
