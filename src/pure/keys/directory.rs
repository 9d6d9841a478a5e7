//! Whom a key of another table means, among the persons that are known.

use super::{email_key, key, loose};

/// Persons by their keys, and by addresses that are known to be theirs.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// The persons' keys as tables write them, sorted.
    names: Vec<String>,
    /// Compared form and person, sorted.
    normal: Vec<(String, u32)>,
    /// Form without leading zeros and person, sorted.
    loose: Vec<(String, u32)>,
    /// Compared form of an address and person, sorted.
    addresses: Vec<(String, u32)>,
    /// Digits of telephone numbers from the last to the first, without zeros before them, and person, sorted.
    numbers: Vec<(String, u32)>,
}

/// Digits at the end of two telephone numbers that make them alike where one of them does not say its country, least.
const ALIKE: usize = 7;

/// Persons who may share an address, most.
const HOUSEHOLD: usize = 6;

/// Whom a key means. Persons are numbers of [`Directory::names`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One person, by the same spelling or the same compared form.
    One(u32),
    /// One person, by the form without leading zeros alone or by an address.
    Likely(u32),
    /// Any of several persons, ascending.
    Several(Vec<u32>),
    /// Nobody who is known.
    Nobody,
}

impl Directory {
    /// The directory of these persons, in any order and however often each is named; blank keys are nobody.
    pub fn of(names: impl IntoIterator<Item = String>) -> Directory {
        let mut names: Vec<String> = names.into_iter().filter(|name| !name.trim().is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        let forms = |form: &dyn Fn(&str) -> String| {
            let mut forms: Vec<(String, u32)> = names.iter().zip(0..).map(|(name, id)| (form(name), id)).collect();
            forms.sort_unstable();
            forms
        };
        let normal = forms(&key);
        let loose = forms(&|name| loose(name).into_owned());
        Directory { normal, loose, names, addresses: Vec::new(), numbers: Vec::new() }
    }

    /// Takes in addresses of persons, as another table gives them: whose, and the address.
    pub fn with_addresses(mut self, addresses: impl IntoIterator<Item = (u32, String)>) -> Directory {
        for (person, address) in addresses.into_iter().filter(|(_, address)| is_address(address)) {
            self.addresses.push((address_form(&address), person));
            self.numbers.extend(backwards(&address).map(|digits| (digits, person)));
        }
        for forms in [&mut self.addresses, &mut self.numbers] {
            forms.sort_unstable();
            forms.dedup();
        }
        self
    }

    /// The persons' keys as tables write them, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Everybody whom a key could mean, ascending: for what forbids. Whoever is written as the key is but for letter case, blanks and
    /// the like is meant too, even if another person is written exactly so.
    pub fn all(&self, text: &str) -> Vec<u32> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        let alike = of(&self.normal, &key(text));
        if !alike.is_empty() {
            return alike;
        }
        match self.find(text) {
            Found::One(person) | Found::Likely(person) => vec![person],
            Found::Several(persons) => persons,
            Found::Nobody => self.with_number(text),
        }
    }

    /// Whom a key means, for what forbids: as [`Directory::find`], and by a telephone number that ends as theirs does.
    pub fn find_widely(&self, text: &str) -> Found {
        match self.find(text) {
            Found::Nobody => match self.with_number(text).as_slice() {
                [] => Found::Nobody,
                [one] => Found::Likely(*one),
                several => Found::Several(several.to_vec()),
            },
            found => found,
        }
    }

    /// Persons with a telephone number that ends as this one or is the end of it, ascending: `07700 900123` and `+447700900123`.
    fn with_number(&self, text: &str) -> Vec<u32> {
        let Some(digits) = backwards(text).filter(|digits| may_be_number(text, digits)) else { return Vec::new() };
        let first = self.numbers.partition_point(|(other, _)| *other < digits);
        let longer = self.numbers[first..].iter().take_while(|(other, _)| other.starts_with(&digits));
        let mut persons: Vec<u32> = longer.map(|(_, person)| *person).collect();
        (ALIKE..digits.len()).for_each(|length| persons.extend(of(&self.numbers, &digits[..length])));
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// Pairs of persons who have the same address, each pair in both orders. An address of more than `HOUSEHOLD` persons is taken for a
    /// stopgap, such as the shop's own.
    pub fn neighbours(&self) -> Vec<(u32, u32)> {
        let groups = self.addresses.chunk_by(|a, b| a.0 == b.0);
        groups
            .filter(|group| group.len() <= HOUSEHOLD)
            .flat_map(|group| group.iter().flat_map(|(_, a)| group.iter().map(|(_, b)| (*a, *b))))
            .filter(|(a, b)| a != b)
            .collect()
    }

    /// The number of the person whose key is written so.
    pub fn place(&self, name: &str) -> Option<u32> {
        self.names.binary_search_by(|other| other.as_str().cmp(name)).ok().map(|place| place as u32)
    }

    /// Whether addresses are known.
    pub fn has_addresses(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// Whom a key means: by its own spelling, then by its compared form, then by the form without leading zeros, then as an address.
    pub fn find(&self, text: &str) -> Found {
        if let Some(person) = self.place(text) {
            return Found::One(person);
        }
        if text.trim().is_empty() {
            return Found::Nobody;
        }
        match of(&self.normal, &key(text)).as_slice() {
            [] => {}
            [one] => return Found::One(*one),
            several => return Found::Several(several.to_vec()),
        }
        let by_number = of(&self.loose, &loose(text));
        let found = if by_number.is_empty() { of(&self.addresses, &address_form(text)) } else { by_number };
        match found.as_slice() {
            [] => Found::Nobody,
            [one] => Found::Likely(*one),
            _ => Found::Several(found),
        }
    }
}

/// Whether a text could be an address or a number at all; stopgaps such as `n/a` are none.
fn is_address(text: &str) -> bool {
    email_key(text).is_some() || text.chars().filter(char::is_ascii_digit).count() >= 7
}

/// The form by which addresses are compared; that of a mistyped one as far as it goes.
fn address_form(text: &str) -> String {
    email_key(text).unwrap_or_else(|| match super::e164(text, None) {
        Ok(number) => number,
        Err(_) => key(text),
    })
}

/// The digits of a telephone number from the last to the first, without zeros before them; `None` of other texts.
fn backwards(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("tel:");
    let text = text.strip_suffix(".0").unwrap_or(text);
    let mark = |letter: char| letter.is_whitespace() || "+-.()/'\u{2010}\u{2011}\u{2013}\u{feff}".contains(letter);
    if !text.chars().all(|letter| letter.is_ascii_digit() || mark(letter)) {
        return None;
    }
    // `(0)` is dialled at home only.
    let digits: String = text.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (digits.len() >= ALIKE).then(|| digits.chars().rev().collect())
}

/// Whether digits may be a telephone number's and are not rather an id's: they are many, or written as numbers are.
fn may_be_number(text: &str, digits: &str) -> bool {
    digits.len() > 8 || text.trim().starts_with(['+', '0', '(']) || text.trim().contains([' ', '-', '/'])
}

fn of(forms: &[(String, u32)], form: &str) -> Vec<u32> {
    let first = forms.partition_point(|(other, _)| other.as_str() < form);
    forms[first..].iter().take_while(|(other, _)| other == form).map(|(_, person)| *person).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn directory(names: &[&str]) -> Directory {
        Directory::of(names.iter().map(|name| (*name).to_owned()))
    }

    #[test]
    fn any_spelling_finds_its_person() {
        let known = directory(&["10162", "K17", "0042", "kay@example.com"]);
        let person = |name: &str| known.names().iter().position(|n| n == name).expect("known") as u32;
        for text in ["10162", "10162.0", " 10162 ", "'10162"] {
            assert_eq!(known.find(text), Found::One(person("10162")), "{text:?}");
        }
        assert_eq!(known.find("010162"), Found::Likely(person("10162")));
        assert_eq!(known.find("k17"), Found::One(person("K17")));
        assert_eq!(known.find("42"), Found::Likely(person("0042")));
        assert_eq!(known.find("Kay <KAY@example.com>"), Found::One(person("kay@example.com")));
        for text in ["", " ", "999", "jo@example.com"] {
            assert_eq!(known.find(text), Found::Nobody, "{text:?}");
        }
    }

    #[test]
    fn doubt_is_told() {
        let known = directory(&["a1", "A1", "007", "07"]);
        assert_eq!(known.find("a1"), Found::One(3));
        assert_eq!(known.find(" a1 "), Found::Several(vec![2, 3]));
        assert_eq!(known.find("7"), Found::Several(vec![0, 1]));
        assert_eq!(known.find("07"), Found::One(1));
        // Whoever may be meant is protected.
        assert_eq!((known.all("a1"), known.all("07"), known.all("x")), (vec![2, 3], vec![1], vec![]));
    }

    #[test]
    fn addresses_find_all_who_have_them() {
        let known = directory(&["1", "2", "3"]).with_addresses([
            (0, "Ann@Example.com".to_owned()),
            (1, "ann@example.com".to_owned()),
            (2, "+44 (0)20 7946 0018".to_owned()),
        ]);
        assert_eq!(known.find("mailto:ANN@example.com"), Found::Several(vec![0, 1]));
        assert_eq!(known.find("0044 20 7946 0018"), Found::Likely(2));
        assert_eq!(known.neighbours(), [(0, 1), (1, 0)]);
    }

    #[test]
    fn a_number_without_its_country_forbids_whoever_has_it() {
        let known = directory(&["1", "2", "3", "4"]).with_addresses([
            (0, "07700 900101".to_owned()),
            (1, "+44 7700 900102".to_owned()),
            (2, "+39 06 6982 1234".to_owned()),
            (3, "+354 555 1234".to_owned()),
        ]);
        for (text, person) in [
            ("+44 7700 900101", 0),
            ("07700900101", 0),
            ("447700900101.0", 0),
            ("7700900102", 1),
            ("07700-900102", 1),
            ("06 69821234", 2),
            ("0039 06 6982 1234", 2),
            ("555 1234", 3),
        ] {
            assert_eq!(known.all(text), [person], "{text}");
            assert!(matches!(known.find_widely(text), Found::Likely(found) if found == person), "{text}");
        }
        // Other numbers, and ids that are no numbers.
        for text in ["+44 7700 900103", "0101", "900101", "5551234", "x555 1234", ""] {
            assert!(known.all(text).is_empty(), "{text}");
        }
        // What allows goes by whole numbers only.
        assert_eq!(known.find("+44 7700 900101"), Found::Nobody);
    }

    proptest! {
        /// Neither the order nor the number of times in which persons are named matters, and whoever is known is found.
        #[test]
        fn order_does_not_matter(mut names in prop::collection::vec("0?0?[1-9]|[ab][1-3]|[AB][1-3]|[a-c]@x\\.co", 1..12), text in "0{0,3}[1-9](\\.0)?|[abAB][1-3]|[A-C]@x\\.co") {
            let one = directory(&names.iter().map(String::as_str).collect::<Vec<_>>());
            names.reverse();
            names.push(names[0].clone());
            let other = directory(&names.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert_eq!(one.names(), other.names());
            prop_assert_eq!(one.find(&text), other.find(&text));
            for (id, name) in one.names().iter().enumerate() {
                prop_assert_eq!(one.find(name), Found::One(id as u32));
                // Another spelling means at least this person.
                for spelling in [format!(" {name} "), name.to_lowercase(), format!("'{name}")] {
                    let all = match one.find(&spelling) {
                        Found::One(one) | Found::Likely(one) => vec![one],
                        Found::Several(several) => several,
                        Found::Nobody => vec![],
                    };
                    let apostrophe = spelling.starts_with('\'') && !name.starts_with(|c: char| c.is_ascii_digit());
                    let exact = one.names().binary_search(&spelling).is_ok();
                    prop_assert!(apostrophe || exact || all.contains(&(id as u32)), "{} {:?}", spelling, all);
                }
            }
        }
    }
}
