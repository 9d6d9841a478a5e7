//! What a table is, by the roles of its columns.

use super::assign::{Assigned, assign};
use super::column::Column;
use super::exports::{Export, export_of};
use super::role::Role;

/// A table with what was found about its columns.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it is called: a file, or a sheet of one.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Which of them has which role.
    pub roles: Assigned,
    /// The known export that it is.
    pub export: Option<&'static Export>,
    /// Rows.
    pub rows: u64,
}

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Order lines: what was bought, when, and as a rule by whom.
    Lines,
    /// Orders as a whole, with their money and without items.
    Orders,
    /// Orders without money or items: by whom and when.
    Heads,
    /// Items of orders without the time of the order.
    Parts,
    /// Persons with ways to reach them or their consent.
    Persons,
    /// Persons who must not be contacted.
    Suppression,
    /// Items with names or categories.
    Goods,
    /// Something else.
    Other,
}

impl Holds {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Holds::Lines => "order lines",
            Holds::Orders => "orders without items",
            Holds::Heads => "orders without money and items",
            Holds::Parts => "items of orders without times",
            Holds::Persons => "customers",
            Holds::Suppression => "customers who must not be contacted",
            Holds::Goods => "items on sale",
            Holds::Other => "a table of another kind",
        }
    }
}

/// Parts of names of files that hold persons who must not be contacted.
const SUPPRESSION: [&str; 16] = [
    "suppress",
    "unsubscri",
    "optout",
    "donotcontact",
    "donotmail",
    "dnc",
    "blocklist",
    "blacklist",
    "robinson",
    "sperrliste",
    "abgemeldet",
    "exclu",
    "bajas",
    "desinscri",
    "黑名单",
    "退订",
];

/// A score of a column that its name speaks for.
const NAMED: f64 = 0.5;

impl Table {
    /// A table of these columns; roles and export are found.
    pub fn of(name: &str, columns: Vec<Column>, rows: u64) -> Table {
        let roles = assign(&columns);
        let export = export_of(columns.iter().map(|column| column.name.as_str()));
        Table { name: name.to_owned(), columns, roles, export, rows }
    }

    /// The column of a role.
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.roles.column(role).map(|at| &self.columns[at])
    }

    /// The column that says who a customer is: an id, else an address.
    pub fn customer(&self) -> Option<&Column> {
        self.column(Role::Customer).or_else(|| self.column(Role::Email))
    }
}

/// What a table is.
pub fn holds(table: &Table) -> Holds {
    if let Some(export) = table.export {
        return if export.items { Holds::Lines } else { Holds::Orders };
    }
    let has = |role: Role| table.roles.has(role);
    let person = has(Role::Customer) || has(Role::Email) || has(Role::Telephone);
    let money = has(Role::UnitPrice) || has(Role::LineTotal) || has(Role::OrderTotal);
    let goods = has(Role::Item) || has(Role::Description);
    // A date by its values alone may be any date, such as that of a delivery.
    let timed = table.roles.of(Role::Time).is_some_and(|pair| pair.1 >= NAMED);
    let named_person = has(Role::FirstName) || has(Role::LastName) || has(Role::Consent);
    let reachable = (has(Role::Email) || has(Role::Telephone)) && named_person;
    let name = super::names::plain(&table.name);
    let named = SUPPRESSION.iter().any(|part| name.contains(part));
    match () {
        () if person && !money && !goods && (named || (has(Role::Reason) && table.columns.len() <= 5)) => {
            Holds::Suppression
        }
        () if reachable && !has(Role::Order) && table.customer().is_some_and(Column::is_key) => Holds::Persons,
        () if timed && goods && (has(Role::Order) || (person && (money || has(Role::Item)))) => Holds::Lines,
        () if timed && money && (has(Role::Customer) || has(Role::Email)) => Holds::Orders,
        () if has(Role::Order) && goods && !timed => Holds::Parts,
        () if has(Role::Order) && (has(Role::Customer) || has(Role::Email)) && has(Role::Time) => Holds::Heads,
        () if person && (has(Role::Email) || has(Role::Telephone) || has(Role::Consent)) => Holds::Persons,
        () if goods && !person => Holds::Goods,
        () => Holds::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::tests::column;
    use super::*;

    fn table(name: &str, columns: &[(&str, &[&str])]) -> Table {
        let columns: Vec<Column> = columns.iter().map(|(name, values)| column(name, values)).collect();
        Table::of(name, columns, 2)
    }

    #[test]
    fn tables_are_told_by_their_columns() {
        let (ids, days, money) = (&["1001", "1002"][..], &["2024-01-02", "2024-01-03"][..], &["3.50", "7.25"][..]);
        let hashes = &["0005f50442cb", "00061f2a7bc0"][..];
        for (found, expected) in [
            (
                table(
                    "a.csv",
                    &[("order_id", ids), ("customer_id", ids), ("date", days), ("sku", hashes), ("price", money)],
                ),
                Holds::Lines,
            ),
            (table("bakery.csv", &[("Date", days), ("Transaction", ids), ("Item", &["Bread", "Tea"])]), Holds::Lines),
            (table("apparel.csv", &[("Customer", ids), ("Date", days), ("Price", money)]), Holds::Orders),
            (
                table(
                    "orders.csv",
                    &[("order_id", hashes), ("customer_id", hashes), ("order_purchase_timestamp", days)],
                ),
                Holds::Heads,
            ),
            (table("items.csv", &[("order_id", hashes), ("product_id", hashes), ("price", money)]), Holds::Parts),
            (
                table(
                    "crm.csv",
                    &[("customer_id", ids), ("email", &["a@b.com", "c@d.com"]), ("consent", &["yes", "no"])],
                ),
                Holds::Persons,
            ),
            (
                table(
                    "items.csv",
                    &[("order_id", hashes), ("product_id", hashes), ("price", money), ("shipping_limit", days)],
                ),
                Holds::Parts,
            ),
            (
                table(
                    "members.csv",
                    &[
                        ("id", ids),
                        ("name", &["Ana", "Bo"]),
                        ("email", &["a@b.com", "c@d.com"]),
                        ("created_at", days),
                        ("consent", &["yes", "no"]),
                    ],
                ),
                Holds::Persons,
            ),
            (table("unsubscribed.csv", &[("customer_id", ids)]), Holds::Suppression),
            (table("left.csv", &[("customer_id", ids), ("reason", &["objected", "died"])]), Holds::Suppression),
            (table("products.csv", &[("product_id", hashes), ("product_category_name", &["a", "b"])]), Holds::Goods),
            (table("x.csv", &[("CUEX1", ids)]), Holds::Other),
        ] {
            assert_eq!(holds(&found), expected, "{}: {:?}", found.name, found.roles);
        }
    }
}
