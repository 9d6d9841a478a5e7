//! What a column is for, by its name and its values, with how sure that is.

use super::column::{Column, Kind};
use super::names::{fit, plain};
use super::role::Role;

/// A score below this says nothing.
pub const LEAST: f64 = 0.35;

/// How sure a score is, in words.
pub fn sureness(score: f64) -> &'static str {
    match score {
        score if score >= 0.85 => "sure",
        score if score >= 0.6 => "likely",
        _ => "perhaps",
    }
}

/// How probable it is that a column has a role, 0 to 1: its name proposes, its values must allow it.
pub fn score(column: &Column, role: Role) -> f64 {
    let (named, allowed) = (fit(&column.name, role), allows(column, role));
    if allowed <= 0.0 {
        return 0.0;
    }
    (named * (0.5 + 0.5 * allowed)).max(by_values_alone(column, role))
}

/// The role that fits a column best, with its score; the earlier role of two that fit alike.
pub fn best(column: &Column) -> Option<(Role, f64)> {
    let mut best: Option<(Role, f64)> = None;
    for role in Role::ALL {
        let found = score(column, role);
        if found >= LEAST && best.is_none_or(|(_, before)| found > before) {
            best = Some((role, found));
        }
    }
    best
}

/// How far the values allow a role, 0 to 1; 0 rules it out. A table without rows allows any.
fn allows(column: &Column, role: Role) -> f64 {
    if column.filled == 0 {
        return if column.missing == 0 { 0.4 } else { 0.0 };
    }
    let kind = column.kind();
    let dated = matches!(kind, Kind::Date | Kind::Time | Kind::Clock);
    let numeric = column.number_share() >= 0.9;
    let few = column.distinct.count() <= 20.max(column.filled / 10);
    let money = |column: &Column| match numeric && !dated {
        true if column.fraction_share() > 0.0 => 1.0,
        true => 0.8,
        false => 0.0,
    };
    match role {
        Role::Order => match kind {
            _ if dated || kind == Kind::Email || column.fraction_share() > 0.02 || column.negative_share() > 0.0 => 0.0,
            Kind::Integer | Kind::Id => 1.0,
            Kind::Boolean => 0.1,
            _ if column.worded_share() > 0.5 => 0.3,
            _ => 0.8,
        },
        Role::Customer => match kind {
            _ if dated || column.fraction_share() > 0.02 || column.negative_share() > 0.0 => 0.0,
            Kind::Integer | Kind::Id | Kind::Email => 1.0,
            Kind::Boolean => 0.1,
            _ => 0.8,
        },
        Role::Item => match kind {
            _ if dated || kind == Kind::Email || column.fraction_share() > 0.02 => 0.0,
            _ if column.missing_share() > 0.5 => 0.5,
            _ => 1.0,
        },
        Role::Description => match column.letter_share() {
            share if share < 0.3 || dated || kind == Kind::Email => 0.0,
            share => share,
        },
        Role::Category => match dated || column.fraction_share() > 0.02 {
            true => 0.0,
            false if few => 1.0,
            false => 0.5,
        },
        Role::Time => match kind {
            _ if is_birthday(&column.name) => 0.0,
            Kind::Time => 1.0,
            Kind::Date => 0.95,
            _ if column.date_share() >= 0.7 => 0.7,
            _ => 0.0,
        },
        Role::Clock => f64::from(u8::from(kind == Kind::Clock)),
        Role::Quantity => match numeric && !dated {
            true if column.fraction_share() <= 0.1 => 1.0,
            true => 0.6,
            false => 0.0,
        },
        Role::UnitPrice | Role::LineTotal | Role::OrderTotal => money(column),
        Role::Currency => column.currency_share(),
        Role::Country => match column.letter_share() >= 0.9 && few && !dated {
            true => 0.6 + 0.4 * column.country_share(),
            false => 0.0,
        },
        Role::Email => match column.email_share() {
            share if share >= 0.5 => 1.0,
            share => share * 2.0,
        },
        Role::Telephone => match column.telephone_share() {
            share if share >= 0.5 => 1.0,
            share => share * 2.0,
        },
        Role::FirstName | Role::LastName => match column.letter_share() >= 0.9 && kind != Kind::Email {
            true => 1.0,
            false => 0.0,
        },
        Role::Consent => match column.answer_share() {
            share if share >= 0.9 => 1.0,
            _ if column.distinct.count() <= 6 && !dated => 0.6,
            _ => 0.0,
        },
        Role::Reason | Role::Status => match column.letter_share() >= 0.5 && few && !dated {
            true => 1.0,
            false => 0.0,
        },
    }
}

/// How probable a role is by the values, whatever the name.
fn by_values_alone(column: &Column, role: Role) -> f64 {
    match role {
        Role::Email if column.kind() == Kind::Email => 0.9,
        Role::Time if is_birthday(&column.name) => 0.0,
        Role::Time if column.kind() == Kind::Time => 0.45,
        Role::Time if column.kind() == Kind::Date => 0.4,
        Role::Clock if column.kind() == Kind::Clock => 0.5,
        Role::Country if column.country_share() >= 0.95 && column.lengths.is_some_and(|(_, longest)| longest > 3) => {
            0.6
        }
        _ => 0.0,
    }
}

/// Whether a column is called as dates of birth are, which are no times of orders.
fn is_birthday(name: &str) -> bool {
    const BIRTH: [&str; 8] = ["birth", "dob", "geburt", "nacimiento", "naissance", "nascimento", "生日", "出生"];
    let name = plain(name);
    BIRTH.iter().any(|part| name.contains(part))
}
