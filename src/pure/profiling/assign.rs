//! One column for each role: the surest pairs first.

use super::column::Column;
use super::role::Role;
use super::roles::{LEAST, score};

/// Which column has which role, by the column's place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assigned {
    pairs: Vec<(Role, usize, f64)>,
}

impl Assigned {
    /// The column of a role, with how sure that is, 0 to 1.
    pub fn of(&self, role: Role) -> Option<(usize, f64)> {
        self.pairs.iter().find(|pair| pair.0 == role).map(|pair| (pair.1, pair.2))
    }

    /// The column of a role.
    pub fn column(&self, role: Role) -> Option<usize> {
        self.of(role).map(|pair| pair.0)
    }

    /// Whether a column has the role.
    pub fn has(&self, role: Role) -> bool {
        self.of(role).is_some()
    }

    /// The role of a column, with how sure that is.
    pub fn role(&self, column: usize) -> Option<(Role, f64)> {
        self.pairs.iter().find(|pair| pair.1 == column).map(|pair| (pair.0, pair.2))
    }
}

/// Gives each role at most one column and each column at most one role, the greatest scores first. The order of the columns does not matter,
/// unless two of them have the same name.
pub fn assign(columns: &[Column]) -> Assigned {
    let mut all: Vec<(f64, Role, &str, usize)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        for role in Role::ALL {
            let found = score(column, role);
            if found >= LEAST {
                all.push((found, role, &column.name, at));
            }
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2, a.3).cmp(&(b.1, b.2, b.3))));
    let mut assigned = Assigned::default();
    for (found, role, _, at) in all {
        if !assigned.has(role) && assigned.role(at).is_none() {
            assigned.pairs.push((role, at, found));
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::column::tests::column;
    use super::*;

    /// The names of the columns that have these roles.
    fn names<'a>(columns: &'a [Column], roles: &[Role]) -> Vec<&'a str> {
        let assigned = assign(columns);
        roles.iter().map(|role| assigned.column(*role).map_or("-", |at| columns[at].name.as_str())).collect()
    }

    const LINE: [Role; 7] =
        [Role::Order, Role::Customer, Role::Item, Role::Description, Role::Time, Role::Quantity, Role::UnitPrice];

    #[test]
    fn the_columns_of_online_retail_are_found() {
        let columns = [
            column("Invoice", &["489434", "489434", "C489449"]),
            column("StockCode", &["85048", "79323P", "22350"]),
            column("Description", &["15CM CHRISTMAS GLASS BALL", "PINK CHERRY LIGHTS", "CAT BOWL"]),
            column("Quantity", &["12", "12", "-12"]),
            column("InvoiceDate", &["2009-12-01 07:45:00", "2009-12-01 07:45:00", "2009-12-01 10:33:00"]),
            column("Price", &["6.95", "6.75", "2.55"]),
            column("Customer ID", &["13085.0", "13085.0", ""]),
            column("Country", &["United Kingdom", "United Kingdom", "Australia"]),
        ];
        assert_eq!(
            names(&columns, &LINE),
            ["Invoice", "Customer ID", "StockCode", "Description", "InvoiceDate", "Quantity", "Price"]
        );
        assert_eq!(names(&columns, &[Role::Country, Role::LineTotal, Role::Clock]), ["Country", "-", "-"]);
    }

    #[test]
    fn columns_in_other_languages_are_found() {
        let values = |names: [&str; 7]| -> Vec<Column> {
            let cells: [&[&str]; 7] = [
                &["1001", "1001", "1002"],
                &["K1", "K1", "K2"],
                &["A-1", "A-2", "A-1"],
                &["Tee rot", "Tasse", "Tee rot"],
                &["2024-01-02 10:00:00", "2024-01-02 10:00:00", "2024-01-05 09:00:00"],
                &["1", "2", "3"],
                &["3,50", "7,25", "3,50"],
            ];
            names.iter().zip(cells).map(|(name, cells)| column(name, cells)).collect()
        };
        for header in [
            ["订单号", "客户", "商品编号", "商品名称", "时间", "数量", "单价"],
            ["訂單編號", "會員編號", "商品編號", "商品名稱", "訂單日期", "數量", "單價"],
            ["Bestellnummer", "Kundennummer", "Artikelnummer", "Bezeichnung", "Bestelldatum", "Menge", "Einzelpreis"],
            ["Nº de pedido", "ID cliente", "Artículo", "Descripción", "Fecha", "Cantidad", "Precio unitario"],
            [
                "N° de commande",
                "Code client",
                "Référence produit",
                "Désignation",
                "Date de commande",
                "Quantité",
                "Prix unitaire",
            ],
            [
                "Número do pedido",
                "Código do cliente",
                "Código do produto",
                "Descrição",
                "Data do pedido",
                "Quantidade",
                "Preço unitário",
            ],
            ["order_id", "customer_id", "product_id", "product_name", "created_at", "qty", "price"],
        ] {
            assert_eq!(names(&values(header), &LINE), header);
        }
    }

    #[test]
    fn a_day_and_a_time_of_day_are_two_columns() {
        let columns = [
            column("Date", &["2016-10-30", "2016-10-30"]),
            column("Time", &["09:58:11", "10:05:34"]),
            column("Transaction", &["1", "2"]),
            column("Item", &["Bread", "Scandinavian"]),
        ];
        assert_eq!(
            names(&columns, &[Role::Time, Role::Clock, Role::Order, Role::Item]),
            ["Date", "Time", "Transaction", "Item"]
        );
    }

    #[test]
    fn persons_and_their_consent_are_found() {
        let columns = [
            column("id", &["1", "2"]),
            column("E-Mail", &["ana@example.com", "bo@example.com"]),
            column("Vorname", &["Ana", "Bo"]),
            column("newsletter", &["yes", "no"]),
            column("Telefon", &["+49 30 901820", "+49 30 901821"]),
        ];
        assert_eq!(
            names(&columns, &[Role::Email, Role::FirstName, Role::Consent, Role::Telephone, Role::Order]),
            ["E-Mail", "Vorname", "newsletter", "Telefon", "-"]
        );
    }

    fn any_columns() -> impl Strategy<Value = Vec<Column>> {
        let name = prop_oneof![
            "\\PC{0,12}",
            proptest::sample::select(vec!["Order ID", "price", "数量", "Date", "time", "email", "Kunde", "total"])
                .prop_map(str::to_owned)
        ];
        let cell = prop_oneof![
            "\\PC{0,12}",
            "[0-9]{1,4}([.,][0-9]{2})?",
            "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
            "[a-z]{1,5}@[a-z]{1,5}\\.com"
        ];
        proptest::collection::vec((name, proptest::collection::vec(cell, 0..8)), 0..8).prop_map(|tables| {
            let mut seen = std::collections::BTreeSet::new();
            let named = tables.into_iter().filter(|(name, _)| seen.insert(name.clone()));
            named.map(|(name, cells)| column(&name, &cells.iter().map(String::as_str).collect::<Vec<_>>())).collect()
        })
    }

    proptest! {
        #[test]
        fn the_order_of_columns_does_not_matter(columns in any_columns(), turn in 0..8_usize) {
            let of = |columns: &[Column]| {
                let assigned = assign(columns);
                Role::ALL.map(|role| assigned.of(role).map(|(at, found)| (columns[at].name.clone(), found.to_bits())))
            };
            let before = of(&columns);
            let mut turned = columns;
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
            }
            prop_assert_eq!(&before, &of(&turned));
            turned.reverse();
            prop_assert_eq!(&before, &of(&turned));
        }
    }
}
