//! Pipelines over small tables; what the program makes of them is tried in `tests/init.rs`.

use super::*;
use crate::profiling::{Column, Dates, Seen, Table};

/// A table out of comma separated lines; columns named in `dates` have this format.
fn source(name: &str, csv: &str, dates: &[(&str, &str)]) -> Source {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let mut columns: Vec<Column> = header.iter().map(|name| Column::new(name)).collect();
    let mut rows = 0;
    for line in lines {
        rows += 1;
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            let dated = dates.iter().any(|(name, _)| *name == column.name) && !cell.is_empty();
            column.see(cell, Seen { dated, timed: dated && cell.contains(':') });
        }
    }
    for (name, format) in dates {
        let column = columns.iter_mut().find(|column| column.name == *name).expect("a column");
        column.dates = Some(Dates {
            layout: format.split(' ').next().expect("a layout").to_owned(),
            format: Some((*format).to_owned()),
            exchanged: None,
            days: (19_000, 19_100),
            offset: false,
        });
    }
    let table = Table::of(name, columns, rows);
    Source {
        path: format!("${{var:data}}/{name}"),
        table,
        sheet: None,
        typed: false,
        skip: 0,
        headerless: false,
        rejected: 0,
    }
}

fn pipeline(sources: &[Source]) -> (String, toml::Table) {
    let made = draft(sources, "Tea \"shop\"", Some("/data/${x}")).expect("a pipeline");
    let read = made.text.parse().unwrap_or_else(|error| panic!("{error}\n{}", made.text));
    (made.text, read)
}

const LINES: &str = "Bestellnummer,Kundennummer,Artikelnummer,Bezeichnung,Bestelldatum,Menge,Einzelpreis,Land
1001,K1,A1,Tee,02.01.2024,1,3.50,Deutschland
1001,K1,A2,Tasse,02.01.2024,2,7.25,Deutschland
1002,K2,A1,Tee,13.01.2024,1,3.50,Deutschland";

#[test]
fn order_lines_are_read_as_they_are() {
    let (text, read) = pipeline(&[source("bestellungen.csv", LINES, &[("Bestelldatum", "%d.%m.%Y")])]);
    let lines = &read["stage"]["lines"];
    assert_eq!(lines["columns"]["customer"].as_str(), Some("Kundennummer"), "{text}");
    assert_eq!(lines["columns"]["unit_price"].as_str(), Some("Einzelpreis"));
    assert_eq!(lines["types"]["time"].as_str(), Some("timestamp(%d.%m.%Y)"));
    assert_eq!(read["run"]["zone"].as_str(), Some("Europe/Berlin"));
    assert_eq!(read["vars"]["data"].as_str(), Some("/data/$${x}"));
    for stage in
        ["orders", "features", "segments", "life", "rules", "offers", "best", "cross_sell", "best_list", "report"]
    {
        assert!(read["stage"].get(stage).is_some(), "{stage}\n{text}");
    }
    assert!(read["stage"].get("churn").is_none(), "the history is short");
    assert!(text.contains("# Nothing is learned about who leaves"), "{text}");
}

#[test]
fn persons_consent_and_suppression_are_used() {
    let persons = "Kundennummer,E-Mail,Vorname,Newsletter\nK1,ana@example.com,Ana,ja\nK2,bo@example.com,Bo,nein";
    let suppressed = "Kundennummer,Grund\nK2,objected";
    let (text, read) = pipeline(&[
        source("bestellungen.csv", LINES, &[("Bestelldatum", "%d.%m.%Y")]),
        source("kunden.csv", persons, &[]),
        source("abgemeldet.csv", suppressed, &[]),
    ]);
    assert_eq!(read["stage"]["customers"]["columns"]["consent"].as_str(), Some("Newsletter"), "{text}");
    let best = &read["stage"]["best"];
    assert_eq!(best["suppression"].as_str(), Some("suppressions"));
    assert_eq!(best["suppression_reason"].as_str(), Some("reason"));
    assert_eq!(best["consent"]["from"].as_str(), Some("customers"));
    assert_eq!(read["stage"]["best_list"]["contacts"].as_str(), Some("customers"));
}

#[test]
fn baskets_without_customers_give_rules_and_no_lists() {
    let csv = "Date,Time,Transaction,Item\n2016-10-30,09:58:11,1,Bread\n2016-10-30,10:05:34,2,Tea\n2016-10-30,10:05:34,2,Cake";
    let (text, read) = pipeline(&[source("bakery.csv", csv, &[("Date", "%Y-%m-%d")])]);
    let created = &read["stage"]["raw"]["columns"]["created"];
    assert_eq!(created["join"].as_array().map(Vec::len), Some(2), "{text}");
    assert_eq!(read["stage"]["raw"]["types"]["created"].as_str(), Some("timestamp(%Y-%m-%d %H:%M:%S)"));
    assert!(read["stage"].get("rules").is_some() && read["stage"].get("features").is_none(), "{text}");
    assert!(text.contains("UNSURE"), "{text}");
}

#[test]
fn known_exports_become_lines_with_sql() {
    let csv = "ID,Purchase Point,Purchase Date,Grand Total (Base),Status,Customer Email\n\
               000000012,Main,Jan 5 2025 10:12:33 PM,$1234.50,complete,ana@example.com\n\
               000000013,Main,Feb 14 2025 9:00:00 AM,$56.00,complete,bo@example.com";
    let (text, read) = pipeline(&[source("export.csv", csv, &[("Purchase Date", "%b %d, %Y")])]);
    assert_eq!(read["stage"]["lines"]["kind"].as_str(), Some("sql"), "{text}");
    assert_eq!(read["stage"]["raw"]["columns"]["customer"].as_str(), Some("Customer Email"));
    assert!(read["stage"].get("offers").is_none() && read["stage"].get("best").is_some(), "{text}");
}

#[test]
fn items_are_joined_with_their_orders() {
    let heads = "order_id,customer_id,order_purchase_timestamp\no1,c1,2018-05-19 16:07:45\no2,c2,2018-05-20 10:00:00";
    let parts = "order_id,product_id,price\no1,p1,53.99\no1,p2,9.99\no2,p1,53.99";
    let (text, read) = pipeline(&[
        source("orders.csv", heads, &[("order_purchase_timestamp", "%Y-%m-%d %H:%M:%S")]),
        source("items.csv", parts, &[]),
    ]);
    assert!(read["stage"]["lines"]["query"].as_str().is_some_and(|sql| sql.contains("JOIN heads")), "{text}");
}

#[test]
fn files_without_orders_are_refused_with_what_they_hold() {
    let found = draft(&[source("x.csv", "CUEX1,CUEX2\n7,8\n9,1", &[])], "x", None).expect_err("no orders");
    assert!(found.contains("x.csv looks like a table of another kind"), "{found}");
}

#[test]
fn addresses_without_consent_are_on_no_list() {
    let persons = "Kundennummer,E-Mail,Vorname\nK1,ana@example.com,Ana\nK2,bo@example.com,Bo";
    let (text, read) = pipeline(&[
        source("bestellungen.csv", LINES, &[("Bestelldatum", "%d.%m.%Y")]),
        source("kunden.csv", persons, &[]),
    ]);
    assert!(read["stage"].get("customers").is_some(), "{text}");
    assert!(
        read["stage"]["best"].get("consent").is_none() && read["stage"]["best_list"].get("contacts").is_none(),
        "{text}"
    );
}
