//! What a column of a list is, which decides how it may be written.

/// One column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The column's name, distinct in its list.
    pub name: String,
    pub role: Role,
    /// What it means, with its unit, for manifest and workbook; may be empty.
    pub meaning: String,
}

impl Field {
    pub fn new(name: impl Into<String>, role: Role) -> Self {
        Field { name: name.into(), role, meaning: String::new() }
    }

    pub fn meaning(mut self, meaning: impl Into<String>) -> Self {
        self.meaning = meaning.into();
        self
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A key of the shop's own systems; always text, never reckoned with.
    Id,
    Email,
    Phone,
    FirstName,
    LastName,
    City,
    Region,
    PostalCode,
    Country,
    Language,
    /// Lower-case hexadecimal SHA-256 made elsewhere.
    Hash,
    Number,
    /// A decimal, or an integer in ten-thousandths of the currency unit.
    Money,
    /// A day, or a time on the shop's own clock.
    Date,
    Flag,
    /// Anything people wrote: product names, reasons, notes.
    FreeText,
}

/// A role as users write it.
pub struct RoleRow {
    pub role: Role,
    pub name: &'static str,
    pub meaning: &'static str,
}

/// Every role; the only place where their names are.
pub static ROLES: &[RoleRow] = &[
    RoleRow { role: Role::Id, name: "id", meaning: "a key of the shop's own systems" },
    RoleRow { role: Role::Email, name: "email", meaning: "an e-mail address" },
    RoleRow { role: Role::Phone, name: "phone", meaning: "a telephone number, best with + and country code" },
    RoleRow { role: Role::FirstName, name: "first-name", meaning: "a given name" },
    RoleRow { role: Role::LastName, name: "last-name", meaning: "a family name" },
    RoleRow { role: Role::City, name: "city", meaning: "a town" },
    RoleRow { role: Role::Region, name: "region", meaning: "a state, county or province" },
    RoleRow { role: Role::PostalCode, name: "postal-code", meaning: "a postal code" },
    RoleRow { role: Role::Country, name: "country", meaning: "a country, best as its two letters of ISO 3166" },
    RoleRow { role: Role::Language, name: "language", meaning: "a language or locale" },
    RoleRow { role: Role::Hash, name: "hash", meaning: "a SHA-256 made elsewhere, in hexadecimal" },
    RoleRow { role: Role::Number, name: "number", meaning: "a count, score or measure" },
    RoleRow { role: Role::Money, name: "money", meaning: "an amount of money" },
    RoleRow { role: Role::Date, name: "date", meaning: "a day or a time" },
    RoleRow { role: Role::Flag, name: "flag", meaning: "yes or no" },
    RoleRow {
        role: Role::FreeText,
        name: "free-text",
        meaning: "anything people wrote: names of products, reasons, notes",
    },
];

impl Role {
    pub fn name(self) -> &'static str {
        ROLES.iter().find(|row| row.role == self).map_or("", |row| row.name)
    }

    /// Whether a leading `=`, `+`, `-` or `@` is made harmless for spreadsheets.
    ///
    /// CWE-1236 and OWASP ASVS 1.2.10 ask for a quote before such cells; but E.164 telephones and negative numbers begin
    /// so, and every importer breaks on the quote. In import files only text that people wrote gets one; files for people guard
    /// everything but numbers.
    pub(super) fn guarded(self) -> bool {
        matches!(
            self,
            Role::FreeText
                | Role::FirstName
                | Role::LastName
                | Role::City
                | Role::Region
                | Role::PostalCode
                | Role::Country
                | Role::Language
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_name() {
        for (i, row) in ROLES.iter().enumerate() {
            assert_eq!(row.role.name(), row.name);
            assert!(ROLES[..i].iter().all(|other| other.role != row.role && other.name != row.name));
        }
        assert_eq!(Role::FreeText.name(), "free-text");
    }
}
