//! `patron init --from`: a pipeline over files that nobody has described, one for each known export and one for other shops.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Gave, call, contents, patron, real_data, root, run};

/// A line of a small shop.
struct Line {
    order: u32,
    customer: u32,
    year: u32,
    month: u32,
    day: u32,
    item: &'static str,
    title: &'static str,
    pieces: u32,
    cents: u32,
}

/// Thirty customers over fourteen months, most of them with an order a month, two items in every second order.
fn lines() -> Vec<Line> {
    let mut all = Vec::new();
    let mut order = 1000;
    for month in 0..14 {
        for customer in 1..=30 {
            if (customer + month) % 3 == 0 {
                continue;
            }
            order += 1;
            let (year, of_year, day) = (2024 + month / 12, month % 12 + 1, 13 + customer % 15);
            let goods: &[(&str, &str, u32)] = match customer % 2 {
                0 => &[("TEA-1", "Green tea", 350), ("CUP-2", "Red cup", 725)],
                _ => &[("POT-3", "Tea pot", 2400)],
            };
            for (item, title, cents) in goods.iter().copied() {
                all.push(Line {
                    order,
                    customer,
                    year,
                    month: of_year,
                    day,
                    item,
                    title,
                    pieces: 1 + customer % 3,
                    cents,
                });
            }
        }
    }
    all
}

fn money(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn iso(line: &Line) -> String {
    format!("{}-{:02}-{:02} 10:11:12", line.year, line.month, line.day)
}

/// A file with a header and a row for each line.
fn csv(header: &str, row: impl Fn(&Line) -> String) -> String {
    let rows: Vec<String> = lines().iter().map(row).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

/// The exports: name, file, what the pipeline's comment says, whether there are customers.
fn exports() -> Vec<(&'static str, &'static str, String, &'static str, bool)> {
    let mut last = 0;
    let shopify: Vec<String> = lines()
        .iter()
        .map(|line| {
            // What an order has as a whole is on its first line only.
            let head = std::mem::replace(&mut last, line.order) != line.order;
            let of_head = |text: &str| if head { text.to_owned() } else { String::new() };
            format!(
                "#{},k{}@example.com,{},{},EUR,{} +0100,{},{},{},{},{},",
                line.order,
                line.customer,
                of_head("paid"),
                of_head(if line.customer == 4 { "no" } else { "yes" }),
                iso(line),
                line.pieces,
                line.title,
                money(line.cents),
                line.item,
                of_head("DE"),
            )
        })
        .collect();
    let shopify = format!(
        "Name,Email,Financial Status,Accepts Marketing,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Cancelled at\n{}\n",
        shopify.join("\n")
    );
    let american = |line: &Line| format!("{:02}/{:02}/{:02}", line.month, line.day, line.year % 100);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = |line: &Line| months[line.month as usize - 1];
    let ebay = csv(
        "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\nSales Record Number,Order Number,Buyer Username,Item Number,Item Title,Quantity,Sold For,Sale Date",
        |line| {
            let date = format!("{}-{:02}-{:02}", month(line), line.day, line.year % 100);
            format!(
                "{},12-{:05},buyer_{},{},{},{},${},{date}",
                line.order,
                line.order,
                line.customer,
                1_950_000 + line.cents,
                line.title,
                line.pieces,
                money(line.cents)
            )
        },
    );
    vec![
        ("shopify", "orders_export.csv", shopify, "Shopify", true),
        (
            "woocommerce",
            "orders-export.csv",
            csv(
                "order_id,order_number,order_date,status,order_total,order_currency,customer_id,customer_email,billing_country,line_items",
                |line| {
                    let total = money(line.cents * line.pieces);
                    format!(
                        "{0},{0},{1},completed,{2},EUR,0,K{3}@example.com,DE,id:1|name:{4}|product_id:11|sku:{5}|quantity:{6}|subtotal:{2}|total:{2}|refunded:0.00",
                        line.order * 10 + u32::from(line.item == "CUP-2"),
                        iso(line),
                        total,
                        line.customer,
                        line.title,
                        line.item,
                        line.pieces
                    )
                },
            ),
            "WooCommerce",
            true,
        ),
        (
            "woocommerce-items",
            "items.csv",
            csv(
                "Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity (- Refund),Order Line Total",
                |line| {
                    let total = money(line.cents * line.pieces);
                    format!(
                        "{},completed,{},k{}@example.com,{},{},{},{total}",
                        line.order,
                        iso(line),
                        line.customer,
                        line.item,
                        line.title,
                        line.pieces
                    )
                },
            ),
            "one row per item",
            true,
        ),
        (
            "amazon-orders",
            "orders.txt",
            csv(
                "order-id\torder-item-id\tpurchase-date\tbuyer-email\tsku\tproduct-name\tquantity-purchased\tcurrency\titem-price\tship-country",
                |line| {
                    let total = money(line.cents * line.pieces);
                    let time = iso(line).replace(' ', "T");
                    format!(
                        "302-{}\t1\t{time}+00:00\tk{}@market.example.com\t{}\t{} 3\"\t{}\tEUR\t{total}\tDE",
                        line.order, line.customer, line.item, line.title, line.pieces
                    )
                },
            ),
            "Amazon",
            true,
        ),
        (
            "amazon",
            "all-orders.txt",
            csv(
                "amazon-order-id\tpurchase-date\torder-status\tproduct-name\tsku\tquantity\tcurrency\titem-price\tship-country",
                |line| {
                    let total = money(line.cents * line.pieces);
                    let time = iso(line).replace(' ', "T");
                    format!(
                        "302-{}\t{time}+00:00\tShipped\t{} 3\"\t{}\t{}\tEUR\t{total}\tDE",
                        line.order, line.title, line.item, line.pieces
                    )
                },
            ),
            "Amazon",
            false,
        ),
        (
            "square",
            "items-2024.csv",
            csv(
                "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Gross Sales,Net Sales,Transaction ID,Event Type,Customer ID",
                |line| {
                    let total = money(line.cents * line.pieces);
                    format!(
                        "{},23:55:10,Eastern Time (US & Canada),Tea,{},{}.0,Regular,{},${total},${total},T{},Payment,C{}",
                        american(line),
                        line.title,
                        line.pieces,
                        line.item,
                        line.order,
                        line.customer
                    )
                },
            ),
            "Square",
            true,
        ),
        (
            "etsy",
            "EtsySoldOrderItems2024.csv",
            csv(
                "Sale Date,Item Name,Buyer,Quantity,Price,Item Total,Currency,Transaction ID,Listing ID,Ship Country,Order ID,SKU",
                |line| {
                    format!(
                        "{},{},Kay (kay{}),{},{},{},USD,{},{},United States,{},{}",
                        american(line),
                        line.title,
                        line.customer,
                        line.pieces,
                        money(line.cents),
                        money(line.cents * line.pieces),
                        line.order * 10 + u32::from(line.item == "CUP-2"),
                        953_000 + line.cents,
                        line.order,
                        line.item
                    )
                },
            ),
            "Etsy",
            true,
        ),
        (
            "magento",
            "export.csv",
            csv("ID,Purchase Point,Purchase Date,Grand Total (Base),Status,Customer Email", |line| {
                let date = format!("{} {}, {} 10:12:33 PM", month(line), line.day, line.year);
                let id = line.order * 10 + u32::from(line.item == "CUP-2");
                format!(
                    "{id:09},Main,\"{date}\",\"$1,{:03}.50\",complete,k{}@example.com",
                    line.cents % 1000,
                    line.customer
                )
            }),
            "Magento",
            true,
        ),
        ("ebay", "eBay-OrdersReport.csv", ebay, "eBay", true),
        (
            "chinese",
            "订单.csv",
            csv("订单号,客户,商品编号,商品名称,时间,数量,单价", |line| {
                format!(
                    "{},K{},{},{},{},{},{}",
                    line.order,
                    line.customer,
                    line.item,
                    line.title,
                    iso(line),
                    line.pieces,
                    money(line.cents)
                )
            }),
            "",
            true,
        ),
        (
            "german",
            "bestellungen.csv",
            csv("Bestellnummer;Kundennummer;Artikelnummer;Bezeichnung;Bestelldatum;Menge;Einzelpreis", |line| {
                let date = format!("{:02}.{:02}.{}", line.day, line.month, line.year);
                let price = money(line.cents).replace('.', ",");
                format!("{};K{};{};{};{date};{};{price}", line.order, line.customer, line.item, line.title, line.pieces)
            }),
            "",
            true,
        ),
    ]
}

fn init(files: &[PathBuf], folder: &Path, more: &[&str]) -> Gave {
    let mut command = patron();
    command.arg("init").args(more).arg("--from").args(files).arg(folder);
    run(&mut command)
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Gave {
    run(patron().current_dir(folder).args(arguments))
}

/// A folder with a file in it.
fn with(file: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(file);
    fs::write(&path, text).expect("written");
    (folder, path)
}

#[test]
fn each_export_gives_a_pipeline_that_runs_down_to_lists() {
    let expected: u64 = lines().iter().map(|line| u64::from(line.cents * line.pieces)).sum();
    let expected = format!("{}.{:02}", expected / 100, expected % 100);
    for (name, file, text, title, customers) in exports() {
        let (folder, path) = with(file, &text);
        let shop = folder.path().join("shop");
        let gave = init(&[path], &shop, &[]);
        assert_eq!(gave.code, 0, "{name}: {}", gave.err);
        let pipeline = fs::read_to_string(shop.join("pipelines/shop.toml")).expect("a pipeline");
        assert!(pipeline.contains(title), "{name}: {pipeline}");
        let check = in_folder(&shop, &["check", "pipelines/shop.toml"]);
        assert_eq!(check.code, 0, "{name}: {}\n{pipeline}", check.err);
        let ran = in_folder(&shop, &["run", "pipelines/shop.toml", "--quiet"]);
        assert_eq!(ran.code, 0, "{name}: {}\n{pipeline}", ran.err);
        let sql = "SELECT sum(amount) FROM (SELECT amount FROM orders UNION ALL SELECT amount FROM orders_anonymous)";
        let sum = in_folder(&shop, &["query", "pipelines/shop.toml", sql, "--format", "csv"]);
        let money = sum.out.lines().nth(1).unwrap_or_default();
        // Magento's grid has totals of whole orders, which are others here.
        assert!(money.starts_with(&expected) || name == "magento", "{name}: {money} and not {expected}\n{pipeline}");
        let lists: Vec<String> = match customers {
            true => contents(&shop.join("out/shop/lists")).into_keys().collect(),
            false => Vec::new(),
        };
        assert_eq!(lists.iter().any(|name| name == "best/best.csv"), customers, "{name}: {lists:?}");
    }
}

#[test]
fn the_demo_shop_is_understood_from_its_files() {
    let data = root().join("datasets/demo-shop");
    let files: Vec<PathBuf> =
        ["orders.csv", "customers.csv", "suppressions.csv"].iter().map(|name| data.join(name)).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let gave = init(&files, folder.path(), &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let text = fs::read_to_string(folder.path().join("pipelines/shop.toml")).expect("a pipeline");
    for part in [
        "customer = \"customer_id\"",
        "item = \"item_id\"",
        "consent = { from = \"customers\", email = \"consent\" }",
        "\"suppressions\"",
        "kind     = \"train-churn\"",
    ] {
        let blanks = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(blanks(&text).contains(&blanks(part)), "{part}\n{text}");
    }
    let check = in_folder(folder.path(), &["check", "pipelines/shop.toml"]);
    assert_eq!(check.code, 0, "{}\n{text}", check.err);
    let ran = in_folder(folder.path(), &["run", "pipelines/shop.toml", "--quiet"]);
    assert_eq!(ran.code, 0, "{}\n{text}", ran.err);
    let lists: Vec<String> = contents(&folder.path().join("out/shop/lists")).into_keys().collect();
    assert!(lists.iter().any(|name| name == "win_back/win_back.csv"), "{lists:?}");
}

#[test]
fn a_pipeline_that_is_there_is_replaced_only_when_told() {
    let (folder, path) = with(
        "orders.csv",
        &csv("order,customer,time,item,quantity,unit_price", |line| {
            format!(
                "{},{},{},{},{},{}",
                line.order,
                line.customer,
                iso(line),
                line.item,
                line.pieces,
                money(line.cents)
            )
        }),
    );
    let shop = folder.path().join("shop");
    let files = [path];
    assert_eq!(init(&files, &shop, &[]).code, 0);
    let pipeline = shop.join("pipelines/shop.toml");
    fs::write(&pipeline, "mine").expect("written");
    let again = init(&files, &shop, &[]);
    assert!(again.code == 2 && again.err.contains("is there already"), "{}", again.err);
    assert_eq!(fs::read_to_string(&pipeline).expect("a file"), "mine");
    let told = init(&files, &shop, &["--overwrite"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(fs::read_to_string(&pipeline).expect("a file").contains("[stage.lines]"));
}

#[test]
fn files_without_orders_say_what_they_hold() {
    let (folder, path) = with("people.csv", "customer_id,email,first_name\n1,a@example.com,Ana\n2,b@example.com,Bo\n");
    let gave = init(&[path], &folder.path().join("shop"), &[]);
    assert!(gave.code == 1 && gave.err.contains("people.csv looks like customers"), "{}", gave.err);
    let gave = call(&["init", "--from", "nowhere.csv", &folder.path().join("shop").display().to_string()]);
    assert!(gave.code == 1 && gave.err.contains("nowhere.csv"), "{}", gave.err);
    assert!(!folder.path().join("shop").exists(), "nothing is made where nothing can be written");
}

#[test]
fn cases_of_exports_give_pipelines_that_check_accepts() {
    for (file, title) in [
        ("02-amazon-all-orders/22334455667.txt", "Amazon"),
        ("03-square-items/items-2025-01-01-2025-02-01.csv", "Square"),
        ("04-etsy-sold-items/EtsySoldOrderItems2024-10.csv", "Etsy"),
        ("05-magento-orders/export.csv", "Magento"),
        ("05-magento-orders/export_en.csv", "Magento"),
        ("06-ebay-orders-report/eBay-OrdersReport-Jan-15-2025.csv", "eBay"),
        ("07-woocommerce-one-row-per-order/orders-export.csv", "WooCommerce"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let gave = init(&[root().join("tests/cases").join(file)], folder.path(), &[]);
        assert_eq!(gave.code, 0, "{file}: {}", gave.err);
        let text = fs::read_to_string(folder.path().join("pipelines/shop.toml")).expect("a pipeline");
        assert!(text.contains(title), "{file}: {text}");
        let check = in_folder(folder.path(), &["check", "pipelines/shop.toml"]);
        assert_eq!(check.code, 0, "{file}: {}\n{text}", check.err);
    }
}

#[test]
fn real_shops_give_pipelines_that_check_accepts() {
    for (files, parts) in [
        (
            &["online_retail/online_retail.csv.gz"][..],
            &["unit_price = \"UnitPrice\"", "Europe/London", "train-churn"][..],
        ),
        (&["online_retail_II/online_retail_II.parquet"], &["customer = \"Customer ID\""]),
        (&["bakery/BreadBasket_DMS.csv.gz"], &["join = [\"Date\", \"Time\"]", "mine-baskets"]),
        (&["olist_15k/orders.csv.gz", "olist_15k/order_items.csv.gz"], &["JOIN heads"]),
    ] {
        let found: Option<Vec<PathBuf>> = files.iter().map(|file| real_data(file)).collect();
        let Some(found) = found else { continue };
        let folder = tempfile::tempdir().expect("a folder");
        let gave = init(&found, folder.path(), &[]);
        assert_eq!(gave.code, 0, "{files:?}: {}", gave.err);
        let text = fs::read_to_string(folder.path().join("pipelines/shop.toml")).expect("a pipeline");
        for part in parts {
            assert!(text.contains(part), "{files:?}: {part}\n{text}");
        }
        let check = in_folder(folder.path(), &["check", "pipelines/shop.toml"]);
        assert_eq!(check.code, 0, "{files:?}: {}\n{text}", check.err);
        if files[0].starts_with("bakery") {
            let ran = in_folder(folder.path(), &["run", "pipelines/shop.toml", "--quiet"]);
            assert_eq!(ran.code, 0, "{}\n{text}", ran.err);
        }
    }
}
