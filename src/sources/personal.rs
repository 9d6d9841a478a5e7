//! Which columns hold personal data, so that messages show no value of theirs.

/// Parts of the names of columns with names, addresses, telephone numbers or dates of birth.
const PARTS: &[&str] = &[
    "name",
    "nom",
    "vorname",
    "mail",
    "phone",
    "telefon",
    "telephone",
    "tel",
    "mobile",
    "mobil",
    "handy",
    "fax",
    "address",
    "adresse",
    "street",
    "strasse",
    "straße",
    "city",
    "town",
    "ort",
    "stadt",
    "ville",
    "zip",
    "plz",
    "postal",
    "postcode",
    "post_code",
    "birth",
    "geburt",
    "dob",
    "iban",
    "contact",
    "buyer",
    "recipient",
    "consignee",
    "passport",
    "ip",
];

/// Whether a column with this name holds personal data. A word of the name decides, whole or as its end (`first_name`, `firstname`).
pub fn is_personal(column: &str) -> bool {
    let lower = column.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).any(|word| {
        // Short parts mean something only as whole words.
        PARTS.iter().any(|part| word == *part || (part.len() > 3 && (word.ends_with(part) || word.starts_with(part))))
    }) || PARTS.contains(&lower.as_str())
}

/// Parts of the names of columns with telephone numbers.
const TELEPHONES: &[&str] = &["phone", "telefon", "telephone", "tel", "mobile", "mobil", "handy", "fax"];

/// Whether a column with this name holds telephone numbers.
pub(crate) fn is_telephone(column: &str) -> bool {
    let lower = column.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).any(|word| {
        let begins = |part: &&str| word == *part || (part.len() > 3 && word.starts_with(*part));
        TELEPHONES.iter().any(begins) || word.ends_with("phone") || word.ends_with("telefon")
    })
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
