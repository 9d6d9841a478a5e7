//! `patron profile`: what the columns of files hold.

use std::fs;

use serde_json::Value;

use crate::program::{call, real_data, root};

fn profile(path: &str) -> Value {
    let gave = call(&["profile", path, "--format", "json"]);
    assert_eq!(gave.code, 0, "{path}: {}", gave.err);
    serde_json::from_str(&gave.out).expect("JSON")
}

fn column<'a>(table: &'a Value, name: &str) -> &'a Value {
    let columns = table["columns"].as_array().expect("columns");
    columns.iter().find(|column| column["column"] == name).unwrap_or_else(|| panic!("{name} in {table}"))
}

#[test]
fn the_demo_shops_orders_are_understood() {
    let all = profile("datasets/demo-shop/orders.csv");
    let table = &all[0];
    assert_eq!(table["looks_like"], "order lines");
    for (name, role) in [
        ("order_id", "order"),
        ("customer_id", "customer"),
        ("order_time", "time of order"),
        ("item_id", "item"),
        ("description", "description"),
        ("category", "category"),
        ("quantity", "quantity"),
        ("unit_price", "unit price"),
        ("country", "country"),
    ] {
        assert_eq!(column(table, name)["role"], role, "{name}");
    }
    assert_eq!(column(table, "order_time")["format"], "%Y-%m-%d %H:%M:%S");
    assert_eq!(column(table, "order_time")["least"].as_str().map(str::len), Some(10));
    assert!(column(table, "customer_id")["missing"].as_f64().is_some_and(|share| share > 0.0));
}

#[test]
fn addresses_and_numbers_are_shown_masked() {
    for format in ["table", "json"] {
        let gave = call(&["profile", "datasets/demo-shop/customers.csv", "--format", format]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        assert!(!gave.out.contains("shopper.test") && !gave.out.contains("+447700900000"), "{}", gave.out);
        assert!(!gave.out.contains("Olivia"), "{}", gave.out);
        assert!(gave.out.contains("***@***.test"), "{}", gave.out);
    }
    let all = profile("datasets/demo-shop/customers.csv");
    assert_eq!(all[0]["looks_like"], "customers");
    assert_eq!(column(&all[0], "customer_id")["key"], true);
    assert_eq!(column(&all[0], "email")["type"], "e-mail");
}

#[test]
fn headers_behind_other_lines_and_missing_headers_are_seen() {
    let all = profile("tests/cases/06-ebay-orders-report/eBay-OrdersReport-Jan-15-2025.csv");
    assert_eq!((&all[0]["skip_lines"], &all[0]["export"]), (&Value::from(1), &Value::from("eBay, orders report")));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bare.csv");
    fs::write(&path, "1,2024-01-02,3.50\n2,2024-01-03,7.25\n").expect("written");
    let all = profile(&path.display().to_string());
    assert_eq!((&all[0]["header"], &all[0]["rows"]), (&Value::from(false), &Value::from(2)));
}

#[test]
fn dates_that_fit_two_formats_show_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("dates.csv");
    fs::write(&path, "order,date\n1,01/02/2024\n2,03/04/2024\n").expect("written");
    let all = profile(&path.display().to_string());
    assert_eq!(column(&all[0], "date")["format"], "%d/%m/%Y or %m/%d/%Y");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let gave = call(&["profile", "nowhere.csv"]);
    assert!(gave.code == 1 && gave.err.contains("nowhere.csv"), "{}", gave.err);
    let gave = call(&["profile", &root().join("datasets").display().to_string()]);
    assert!(gave.code == 1 && gave.err.contains("no file"), "{}", gave.err);
}

#[test]
fn files_as_they_really_are_have_profiles() {
    for (file, tables) in [
        ("online_retail_II/online_retail_II_small.xlsx", 2),
        ("online_retail_II/online_retail_II.parquet", 1),
        ("encodings/tmall_order_report.csv.gz", 1),
        ("encodings/goods_order_gbk.csv", 1),
        ("identity/fake_1000.csv", 1),
    ] {
        let Some(path) = real_data(file) else { continue };
        let all = profile(&path.display().to_string());
        assert_eq!(all.as_array().map(Vec::len), Some(tables), "{file}");
        assert!(all[0]["rows"].as_u64().is_some_and(|rows| rows > 100), "{file}");
    }
    let Some(path) = real_data("encodings/tmall_order_report.csv.gz") else { return };
    let all = profile(&path.display().to_string());
    assert_eq!(column(&all[0], "订单编号")["role"], "order");
    assert_eq!(column(&all[0], "订单创建时间")["role"], "time of order");
}
