//! Order lines: read as they are where files have all their columns, else made of what there is.

use super::ingest::{self, Mapped, time_kind};
use super::shop::{Shop, Source};
use super::text::{Page, quoted, table};
use crate::profiling::{Export, Holds, Role, best, plain, sureness};

/// Writes the stages down to `orders`, the cleaned order lines.
pub fn write(page: &mut Page, shop: &Shop) {
    page.blank();
    match shop.lines[0].table.export {
        Some(export) => of_export(page, shop, export),
        None => of_roles(page, shop),
    }
    let kept = |settings: &[&str]| format!("{{ {} }}", settings.join(", "));
    let rules = match shop.holds {
        // One row is one order, and its item is not one that can be a service.
        Holds::Orders => Some(kept(&["duplicates = \"none\"", "zero_price = \"keep\"", "service_items = []"])),
        _ if !has_prices(shop) => Some(kept(&["zero_price = \"keep\""])),
        _ => None,
    };
    let mut settings = vec![("kind", quoted("clean-orders")), ("lines", quoted("lines"))];
    settings.extend(rules.map(|rules| ("rules", rules)));
    page.stage("orders", &settings);
}

/// Whether there are prices.
pub fn has_prices(shop: &Shop) -> bool {
    shop.lines[0].table.export.is_some()
        || [Role::UnitPrice, Role::LineTotal, Role::OrderTotal].iter().any(|role| shop.has(*role))
}

fn of_export(page: &mut Page, shop: &Shop, export: &Export) {
    let first = shop.lines[0];
    page.comment(&format!("{}.", export.title));
    export.remarks.iter().for_each(|remark| page.comment(remark));
    let there = |header: &str| first.table.columns.iter().find(|column| plain(&column.name) == plain(header));
    let mut columns = Vec::new();
    for column in export.columns {
        let found: Vec<String> =
            column.headers.iter().filter_map(|header| there(header)).map(|c| c.name.clone()).collect();
        let joined = export.name == "square" && column.kind == "time";
        let (from, optional) = match found.first() {
            Some(_) if joined => (found, false),
            Some(one) => (vec![one.clone()], false),
            None => (vec![column.headers[0].to_owned()], true),
        };
        let kind = match column.kind {
            "time" => {
                let (kind, told) = time_kind(&shop.lines, &from, export.month_first);
                told.into_iter().for_each(|told| page.unsure(&told));
                kind
            }
            kind => kind.to_owned(),
        };
        columns.push(Mapped { name: column.name.to_owned(), from, kind, optional });
    }
    if export.sql.is_empty() {
        ingest::write(page, "lines", &shop.lines, &columns, export.settings, &["time", "quantity", "unit_price"]);
        return;
    }
    ingest::write(page, "raw", &shop.lines, &columns, export.settings, &[]);
    let gives: Vec<&str> =
        ["order", "time", "item", "quantity", "unit_price"].iter().chain(export.gives).copied().collect();
    select(page, "lines", &["raw"], export.sql, &gives);
}

/// A stage that makes order lines with SQL.
fn select(page: &mut Page, stage: &str, inputs: &[&str], sql: &str, gives: &[&str]) {
    const TYPES: [(&str, &str); 12] = [
        ("customer", "text"),
        ("order", "text"),
        ("time", "time"),
        ("item", "text"),
        ("description", "text"),
        ("category", "text"),
        ("country", "text"),
        ("quantity", "quantity"),
        ("unit_price", "money"),
        ("currency", "text"),
        ("source_file", "text"),
        ("source_line", "integer"),
    ];
    let wanted = |name: &str| gives.contains(&name) || name.starts_with("source_");
    let columns: Vec<(String, String)> =
        TYPES.iter().filter(|row| wanted(row.0)).map(|row| (row.0.to_owned(), quoted(row.1))).collect();
    let inputs: Vec<String> = inputs.iter().map(|input| quoted(input)).collect();
    let settings = [
        ("kind", quoted("sql")),
        ("inputs", format!("[{}]", inputs.join(", "))),
        ("query", format!("\"\"\"\n{sql}\n\"\"\"")),
        ("columns", table(&columns, "columns".len() + 3)),
    ];
    page.stage(stage, &settings);
}

/// The roles that are read from a table of orders, by the names that they get as order lines and in a table that is not yet one.
const READ: [(Role, &str, &str, &str); 12] = [
    (Role::Customer, "customer", "customer", "id"),
    (Role::Order, "order", "order", "id"),
    (Role::Time, "time", "created", "time"),
    (Role::Item, "item", "code", "id"),
    (Role::Description, "description", "title", "id"),
    (Role::Category, "category", "category", "id"),
    (Role::Country, "country", "country", "id"),
    (Role::Quantity, "quantity", "pieces", "quantity"),
    (Role::UnitPrice, "unit_price", "price", "money"),
    (Role::LineTotal, "", "line_total", "money"),
    (Role::OrderTotal, "", "order_total", "money"),
    (Role::Currency, "currency", "currency", "id"),
];

/// The columns of the roles of a table.
fn mapped(page: &mut Page, sources: &[&Source], direct: bool, without: &[Role]) -> Vec<Mapped> {
    let first = sources[0];
    let mut columns: Vec<Mapped> = Vec::new();
    for (role, line, raw, kind) in READ {
        let name = if direct { line } else { raw };
        let column = match role {
            Role::Customer => first.table.customer(),
            _ => first.table.column(role),
        };
        let Some(column) = column.filter(|_| !name.is_empty() && !without.contains(&role)) else { continue };
        let mut from = vec![column.name.clone()];
        let mut kind = if direct { String::new() } else { kind.to_owned() };
        if role == Role::Time {
            let clock = first.table.column(Role::Clock).filter(|_| !first.typed);
            from.extend(clock.map(|column| column.name.clone()));
            let (told, doubt) = time_kind(sources, &from, false);
            doubt.into_iter().for_each(|doubt| page.unsure(&doubt));
            kind = told;
        }
        // What a name alone suggests is said; the values may say otherwise.
        let sure = first.table.roles.of(role).map_or(1.0, |pair| pair.1);
        if sure < 0.6 {
            page.unsure(&format!("`{}` is {} taken for the {}", column.name, sureness(sure), role.words()));
        }
        columns.push(Mapped { name: name.to_owned(), from, kind, optional: false });
    }
    columns
}

fn of_roles(page: &mut Page, shop: &Shop) {
    let has = |role: Role| shop.has(role);
    doubts(page, shop);
    if shop.holds == Holds::Parts {
        return joined(page, shop);
    }
    let direct = shop.holds == Holds::Lines
        && [Role::Order, Role::Item, Role::Time, Role::Quantity, Role::UnitPrice].iter().all(|role| has(*role));
    if direct {
        let columns = mapped(page, &shop.lines, true, &[]);
        ingest::write(page, "lines", &shop.lines, &columns, &[], &["time", "quantity", "unit_price"]);
        return;
    }
    let columns = mapped(page, &shop.lines, false, &[]);
    ingest::write(page, "raw", &shop.lines, &columns, &[], &[]);
    let (pieces, price) = amounts(shop);
    let item = match (shop.holds, has(Role::Item)) {
        (Holds::Orders, _) => "'order'",
        (_, true) => "code",
        (_, false) => "title",
    };
    let customer = shop.has_customers();
    let order = match (has(Role::Order), customer) {
        (true, _) => "\"order\"".to_owned(),
        (false, true) => "customer || ' ' || CAST(CAST(created AS DATE) AS VARCHAR) AS \"order\"".to_owned(),
        (false, false) => "CAST(source_line AS VARCHAR) AS \"order\"".to_owned(),
    };
    let (mut select_list, mut gives) = (Vec::new(), vec!["order", "time", "item", "quantity", "unit_price"]);
    if customer {
        select_list.push("customer".to_owned());
        gives.push("customer");
    }
    select_list.extend([order, "created AS time".to_owned(), format!("{item} AS item")]);
    if shop.holds == Holds::Orders {
        select_list.push("'order as a whole' AS description".to_owned());
        gives.push("description");
    } else if has(Role::Description) {
        select_list.push("title AS description".to_owned());
        gives.push("description");
    }
    for (role, name) in [(Role::Category, "category"), (Role::Country, "country"), (Role::Currency, "currency")] {
        if has(role) {
            select_list.push(name.to_owned());
            gives.push(name);
        }
    }
    select_list.extend([
        format!("{pieces} AS quantity"),
        format!("{price} AS unit_price"),
        "source_file".to_owned(),
        "source_line".to_owned(),
    ]);
    let mut conditions = vec!["created IS NOT NULL".to_owned()];
    if shop.holds != Holds::Orders {
        conditions.push(format!("{item} IS NOT NULL"));
    }
    if price != "0" {
        conditions.push(format!("{price} IS NOT NULL"));
    }
    let sql = format!(
        "SELECT {}\nFROM raw WHERE {}\nORDER BY source_file, source_line",
        select_list.join(", "),
        conditions.join(" AND ")
    );
    select(page, "lines", &["raw"], &sql, &gives);
}

/// Pieces and price of one piece as SQL over a table of raw rows.
fn amounts(shop: &Shop) -> (&'static str, &'static str) {
    let has = |role: Role| shop.has(role);
    if shop.holds == Holds::Orders {
        let total = if has(Role::OrderTotal) {
            "abs(order_total)"
        } else if has(Role::LineTotal) {
            "abs(line_total)"
        } else {
            "abs(price)"
        };
        let pieces = match total {
            "abs(order_total)" => "CASE WHEN order_total < 0 THEN -1 ELSE 1 END",
            "abs(line_total)" => "CASE WHEN line_total < 0 THEN -1 ELSE 1 END",
            _ => "CASE WHEN price < 0 THEN -1 ELSE 1 END",
        };
        return (pieces, total);
    }
    match (has(Role::Quantity), has(Role::UnitPrice), has(Role::LineTotal)) {
        (true, true, _) => ("pieces", "price"),
        (true, false, true) => ("pieces", "line_total / nullif(pieces, 0)"),
        (true, false, false) => ("pieces", "0"),
        (false, true, _) => ("1", "price"),
        (false, false, true) => ("1", "line_total"),
        (false, false, false) => ("1", "0"),
    }
}

/// Items of orders with the orders that they belong to.
fn joined(page: &mut Page, shop: &Shop) {
    let has = |role: Role| shop.has(role);
    let parts = mapped(page, &shop.lines, false, &[Role::Time, Role::Customer, Role::OrderTotal]);
    ingest::write(page, "parts", &shop.lines, &parts, &[], &[]);
    page.blank();
    let rest = [
        Role::Item,
        Role::Description,
        Role::Category,
        Role::Quantity,
        Role::UnitPrice,
        Role::LineTotal,
        Role::OrderTotal,
    ];
    let heads = mapped(page, &shop.heads, false, &rest);
    ingest::write(page, "heads", &shop.heads, &heads, &[], &[]);
    let (pieces, price) = amounts(shop);
    let of_part = |text: &str| match text {
        "1" | "0" => text.to_owned(),
        text => text.replace("pieces", "p.pieces").replace("price", "p.price").replace("line_total", "p.line_total"),
    };
    let item = if has(Role::Item) { "p.code" } else { "p.title" };
    let mut gives = vec!["customer", "order", "time", "item", "quantity", "unit_price"];
    let title = match has(Role::Description) {
        true => {
            gives.push("description");
            " p.title AS description,"
        }
        false => "",
    };
    let sql = format!(
        "SELECT h.customer, p.\"order\", h.created AS time, {item} AS item,{title} {} AS quantity, {} AS unit_price, p.source_file, p.source_line\n\
         FROM parts AS p JOIN heads AS h ON h.\"order\" = p.\"order\"\n\
         WHERE h.created IS NOT NULL AND {item} IS NOT NULL\nORDER BY p.source_file, p.source_line",
        of_part(pieces),
        of_part(price)
    );
    select(page, "lines", &["parts", "heads"], &sql, &gives);
}

/// What is not told by the columns, before they are written.
fn doubts(page: &mut Page, shop: &Shop) {
    let has = |role: Role| shop.has(role);
    let whole = shop.heads.first().unwrap_or(&shop.lines[0]);
    if whole.table.customer().is_none() {
        page.unsure("no column says who the customer is: there are baskets only");
    } else if !whole.table.roles.has(Role::Customer) {
        page.comment("The e-mail address stands for the customer.");
    }
    if shop.holds == Holds::Lines && !has(Role::Order) {
        page.unsure("no column is the number of the order: what a customer buys on one day is one order");
    }
    if shop.holds != Holds::Orders && !has(Role::Quantity) {
        page.unsure("no column is the quantity: each row counts as one piece");
    }
    if !has_prices(shop) {
        page.unsure("no column is a price: money is 0 everywhere, and lists are not ranked by it");
    }
    if shop.holds == Holds::Lines && !has(Role::UnitPrice) && !has(Role::LineTotal) && has(Role::OrderTotal) {
        page.unsure("the only money is that of whole orders, which items cannot share: it is not read");
    }
    if let Some(status) = shop.heads.first().unwrap_or(&shop.lines[0]).table.column(Role::Status) {
        page.unsure(&format!(
            "`{}` says {}: leave out what was not sold, with a stage of the kind `sql`",
            status.name,
            status.examples.join(", ")
        ));
    }
    for column in &shop.lines[0].table.columns {
        let role = best(column).map(|found| found.0);
        let taken = role.and_then(|role| shop.lines[0].table.column(role)).filter(|other| other.name != column.name);
        if let (Some(role @ (Role::Customer | Role::Order | Role::Time | Role::Item)), Some(other)) = (role, taken) {
            page.comment(&format!("`{}` could be the {} too; `{}` is taken.", column.name, role.words(), other.name));
        }
    }
}
