//! Which columns hold personal data, by their names: no message shows a value of theirs, and columns of addresses and telephone numbers
//! are known by them.

/// What a column with one of the words in its name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// E-mail addresses.
    Email,
    /// Telephone numbers.
    Telephone,
    /// Names, places, dates of birth and whatever else says who somebody is.
    Person,
}

/// One row: a part of a column's name, what such a column holds, and whether it is this also where a longer word ends with the part:
/// an automobile is no telephone.
type Row = (&'static str, Holds, bool);

/// Parts of the names of columns with personal data. Parts of up to three letters count as whole words only.
const PARTS: [Row; 38] = [
    ("name", Holds::Person, true),
    ("nom", Holds::Person, true),
    ("vorname", Holds::Person, true),
    ("mail", Holds::Email, true),
    ("email", Holds::Email, true),
    ("phone", Holds::Telephone, true),
    ("telefon", Holds::Telephone, true),
    ("telephone", Holds::Telephone, true),
    ("tel", Holds::Telephone, false),
    ("mobile", Holds::Telephone, false),
    ("mobil", Holds::Telephone, false),
    ("handy", Holds::Telephone, false),
    ("fax", Holds::Telephone, false),
    ("address", Holds::Person, true),
    ("adresse", Holds::Person, true),
    ("street", Holds::Person, true),
    ("strasse", Holds::Person, true),
    ("straße", Holds::Person, true),
    ("city", Holds::Person, true),
    ("town", Holds::Person, true),
    ("ort", Holds::Person, true),
    ("stadt", Holds::Person, true),
    ("ville", Holds::Person, true),
    ("zip", Holds::Person, true),
    ("plz", Holds::Person, true),
    ("postal", Holds::Person, true),
    ("postcode", Holds::Person, true),
    ("post_code", Holds::Person, true),
    ("birth", Holds::Person, true),
    ("geburt", Holds::Person, true),
    ("dob", Holds::Person, true),
    ("iban", Holds::Person, true),
    ("contact", Holds::Person, true),
    ("buyer", Holds::Person, true),
    ("recipient", Holds::Person, true),
    ("consignee", Holds::Person, true),
    ("passport", Holds::Person, true),
    ("ip", Holds::Person, true),
];

/// Whether a column with this name holds personal data. A word of the name decides, whole or by its end (`first_name`, `firstname`).
pub fn is_personal(column: &str) -> bool {
    // To hide too much does less harm than to show too much.
    names(column, |row, word| is(row.0, word) || begins(row.0, word) || ends(row.0, word))
}

/// Whether a column with this name holds telephone numbers.
pub fn is_telephone(column: &str) -> bool {
    names(column, |row, word| row.1 == Holds::Telephone && is_or_ends(row, word))
}

/// Whether a column with this name holds e-mail addresses.
pub fn is_email(column: &str) -> bool {
    names(column, |row, word| row.1 == Holds::Email && is_or_ends(row, word))
}

/// Whether a row of the table fits a word of a column's name; `post_code` is two words.
fn names(column: &str, fits: impl Fn(&Row, &str) -> bool) -> bool {
    let lower = column.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphanumeric()).chain([lower.as_str()]);
    words.any(|word| PARTS.iter().any(|row| fits(row, word)))
}

fn is_or_ends(row: &Row, word: &str) -> bool {
    is(row.0, word) || begins(row.0, word) || (row.2 && ends(row.0, word))
}

fn is(part: &str, word: &str) -> bool {
    word == part
}

fn begins(part: &str, word: &str) -> bool {
    part.len() > 3 && word.starts_with(part)
}

fn ends(part: &str, word: &str) -> bool {
    part.len() > 3 && word.ends_with(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_addresses_and_numbers_are_personal() {
        for name in [
            "email",
            "E-Mail",
            "first_name",
            "Lastname",
            "phone",
            "Telefonnummer",
            "ship-city",
            "postcode",
            "date_of_birth",
            "dob",
            "zip",
        ] {
            assert!(is_personal(name), "{name}");
        }
        for name in
            ["customer", "order", "unit_price", "time", "quantity", "item", "total", "country", "description", "import"]
        {
            assert!(!is_personal(name), "{name}");
        }
    }

    #[test]
    fn columns_of_addresses() {
        for name in ["email", "E-Mail", "customer_mail", "Mailadresse", "EmailAddress"] {
            assert!(is_email(name), "{name}");
        }
        for name in ["address", "phone", "main", "customer"] {
            assert!(!is_email(name), "{name}");
        }
    }

    #[test]
    fn columns_of_telephone_numbers() {
        for name in ["phone", "Phone Number", "Telefonnummer", "buyer-phone-number", "tel", "mobile_no", "Mobiltelefon"]
        {
            assert!(is_telephone(name), "{name}");
        }
        for name in ["customer", "hotel", "order", "email", "automobile_id", "total"] {
            assert!(!is_telephone(name), "{name}");
        }
    }
}
