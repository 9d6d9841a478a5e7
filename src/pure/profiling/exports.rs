//! Layouts of known exports: what tells them apart, and how their rows become order lines. A layout is one row of the table.

use super::names::plain;

/// A column that is read from an export.
#[derive(Debug)]
pub struct ExportColumn {
    /// The name it gets.
    pub name: &'static str,
    /// What it is called in the export, in order of preference; of two joined ones the day and the time of day.
    pub headers: &'static [&'static str],
    /// Its type as a pipeline writes it; `time` for a time whose format depends on the file; empty where the name decides.
    pub kind: &'static str,
    /// Whether the layout has it in every version; others may be absent.
    pub always: bool,
}

/// A layout.
#[derive(Debug)]
pub struct Export {
    /// Its name.
    pub name: &'static str,
    /// In words.
    pub title: &'static str,
    /// Headers that all must be there; of each row one.
    pub must: &'static [&'static [&'static str]],
    /// What is read.
    pub columns: &'static [ExportColumn],
    /// Whether the export writes the month before the day where dates do not show it.
    pub month_first: bool,
    /// The SELECT that makes order lines of the table `raw`; empty where the columns are those of order lines already.
    pub sql: &'static str,
    /// The columns that it gives, beside those that every table of lines has.
    pub gives: &'static [&'static str],
    /// The SELECT that makes a table of persons with their consent of the table `raw`; empty where there is none.
    pub people: &'static str,
    /// Whether lines name items, and whether they name customers.
    pub items: bool,
    pub customers: bool,
    /// The header of the column with the till's time zone.
    pub zone: Option<&'static str>,
    /// Further settings of `ingest` with their values, as they are written.
    pub settings: &'static [(&'static str, &'static str)],
    /// What a person should know, one remark a line.
    pub remarks: &'static [&'static str],
}

const fn always(name: &'static str, headers: &'static [&'static str], kind: &'static str) -> ExportColumn {
    ExportColumn { name, headers, kind, always: true }
}

const fn perhaps(name: &'static str, headers: &'static [&'static str], kind: &'static str) -> ExportColumn {
    ExportColumn { name, headers, kind, always: false }
}

/// The layout that a header has; the first of the table that fits.
pub fn export_of<'a>(header: impl IntoIterator<Item = &'a str>) -> Option<&'static Export> {
    let names: Vec<String> = header.into_iter().map(plain).collect();
    let has = |name: &&str| names.contains(&plain(name));
    EXPORTS.iter().find(|export| export.must.iter().all(|any| any.iter().any(has)))
}

/// All known layouts.
pub static EXPORTS: &[Export] = &[
    Export {
        name: "shopify",
        title: "Shopify, orders export",
        must: &[
            &["Name"],
            &["Financial Status"],
            &["Created at"],
            &["Lineitem quantity"],
            &["Lineitem price"],
            &["Lineitem name"],
        ],
        columns: &[
            always("order", &["Name"], "id"),
            always("customer", &["Email"], "id"),
            perhaps("accepts", &["Accepts Marketing"], "id"),
            always("status", &["Financial Status"], "id"),
            perhaps("cancelled", &["Cancelled at"], "id"),
            always("created", &["Created at"], "time"),
            perhaps("currency", &["Currency"], "id"),
            perhaps("country", &["Shipping Country", "Billing Country"], "id"),
            perhaps("sku", &["Lineitem sku"], "id"),
            always("title", &["Lineitem name"], "id"),
            always("pieces", &["Lineitem quantity"], "quantity"),
            always("price", &["Lineitem price"], "money"),
        ],
        month_first: false,
        // What an order has as a whole stands on its first line only.
        sql: r#"WITH heads AS (
  SELECT "order", max(customer) AS customer, min(created) AS created, max(status) AS status, max(cancelled) AS cancelled,
         max(currency) AS currency, max(country) AS country
  FROM raw GROUP BY "order"
)
SELECT lower(h.customer) AS customer, r."order", h.created AS time, coalesce(r.sku, r.title) AS item, r.title AS description, h.country,
       r.pieces AS quantity, r.price AS unit_price, h.currency, r.source_file, r.source_line
FROM raw AS r JOIN heads AS h ON h."order" = r."order"
WHERE r.price IS NOT NULL AND h.cancelled IS NULL AND coalesce(lower(h.status), 'paid') NOT IN ('voided', 'expired', 'refunded')
ORDER BY r.source_file, r.source_line"#,
        gives: &["customer", "description", "country", "currency"],
        people: r#"WITH answers AS (
  SELECT lower(customer) AS address, lower(accepts) AS answer FROM raw WHERE customer IS NOT NULL AND accepts IS NOT NULL
)
SELECT address AS customer, address AS email, min(answer) AS consent
FROM answers GROUP BY address ORDER BY address"#,
        items: true,
        customers: true,
        zone: None,
        settings: &[],
        remarks: &[
            "Orders that were cancelled, voided or refunded as a whole are left out. Partial refunds are not in this export line by line.",
        ],
    },
    Export {
        name: "woocommerce",
        title: "WooCommerce, Customer/Order CSV Export, one row per order",
        must: &[&["order_id", "order_number"], &["order_date", "date"], &["status"], &["line_items"]],
        columns: &[
            always("order", &["order_id", "order_number"], "id"),
            always("created", &["order_date", "date"], "time"),
            always("status", &["status"], "id"),
            always("customer", &["customer_email", "billing_email"], "id"),
            perhaps("country", &["billing_country", "shipping_country"], "id"),
            perhaps("currency", &["order_currency", "currency"], "id"),
            always("goods", &["line_items"], "text"),
        ],
        month_first: false,
        sql: r#"WITH cells AS (
  SELECT "order", created, customer, country, currency, unnest(string_to_array(goods, ';')) AS cell, source_file, source_line
  FROM raw WHERE replace(lower(status), 'wc-', '') IN ('completed', 'processing')
), parts AS (
  SELECT "order", created, lower(customer) AS customer, country, currency, source_file, source_line,
         regexp_match(cell, '[|]sku:([^|]*)')[1] AS sku, regexp_match(cell, '[|]name:([^|]*)')[1] AS title,
         CAST(regexp_match(cell, '[|]quantity:([^|]*)')[1] AS DECIMAL(18,3)) AS pieces,
         CAST(regexp_match(cell, '[|]total:([^|]*)')[1] AS DECIMAL(18,4)) AS total
  FROM cells
)
SELECT customer, "order", created AS time, coalesce(nullif(sku, ''), title) AS item, title AS description, country,
       pieces AS quantity, total / pieces AS unit_price, currency, source_file, source_line
FROM parts WHERE pieces <> 0
ORDER BY source_file, source_line, item"#,
        gives: &["customer", "description", "country", "currency"],
        people: "",
        items: true,
        customers: true,
        zone: None,
        settings: &[],
        remarks: &[
            "Guests have customer_id 0, so the e-mail address stands for the customer. A semicolon in an item's name would part it in two.",
        ],
    },
    Export {
        name: "woocommerce-items",
        title: "WooCommerce, order export with one row per item",
        must: &[
            &["order_id", "order_number", "Order ID", "Order Number"],
            &["order_date", "date", "Order Date"],
            &["item_name", "Item Name", "Product Name", "product_name"],
            &["item_quantity", "Quantity", "Quantity (- Refund)", "product_qty"],
            &["item_total", "Order Line Total", "Item Cost", "line_total"],
            &["billing_email", "customer_email", "Email (Billing)", "Billing Email", "Email"],
        ],
        columns: &[
            always("order", &["order_id", "order_number", "Order ID", "Order Number"], "id"),
            always("created", &["order_date", "date", "Order Date"], "time"),
            perhaps("status", &["status", "order_status", "Order Status"], "id"),
            always("customer", &["billing_email", "customer_email", "Email (Billing)", "Billing Email", "Email"], "id"),
            perhaps(
                "country",
                &["billing_country", "shipping_country", "Country Code (Billing)", "Billing Country"],
                "id",
            ),
            perhaps("currency", &["order_currency", "currency", "Order Currency"], "id"),
            perhaps("sku", &["item_sku", "SKU", "Item SKU", "product_sku"], "id"),
            always("title", &["item_name", "Item Name", "Product Name", "product_name"], "id"),
            always("pieces", &["item_quantity", "Quantity", "Quantity (- Refund)", "product_qty"], "quantity"),
            perhaps("total", &["item_total", "Order Line Total", "line_total"], "money"),
            perhaps("price", &["Item Cost", "item_price"], "money"),
        ],
        month_first: false,
        sql: r#"SELECT lower(customer) AS customer, "order", created AS time, coalesce(sku, title) AS item, title AS description, country,
       pieces AS quantity, coalesce(total / pieces, price) AS unit_price, currency, source_file, source_line
FROM raw
WHERE pieces <> 0 AND coalesce(total, price) IS NOT NULL AND replace(lower(coalesce(status, 'completed')), 'wc-', '') IN ('completed', 'processing')
ORDER BY source_file, source_line"#,
        gives: &["customer", "description", "country", "currency"],
        people: "",
        items: true,
        customers: true,
        zone: None,
        settings: &[],
        remarks: &[],
    },
    Export {
        name: "amazon-orders",
        title: "Amazon, order report",
        must: &[
            &["order-id"],
            &["order-item-id"],
            &["purchase-date"],
            &["buyer-email"],
            &["sku"],
            &["quantity-purchased"],
            &["item-price"],
        ],
        columns: &[
            always("order", &["order-id"], "id"),
            always("created", &["purchase-date"], "time"),
            always("customer", &["buyer-email"], "id"),
            always("sku", &["sku"], "id"),
            always("title", &["product-name"], "id"),
            always("pieces", &["quantity-purchased"], "quantity"),
            always("total", &["item-price"], "money"),
            perhaps("currency", &["currency"], "id"),
            perhaps("country", &["ship-country"], "id"),
        ],
        month_first: true,
        sql: AMAZON_BUYERS,
        gives: &["customer", "description", "country", "currency"],
        people: "",
        items: true,
        customers: true,
        zone: None,
        settings: &[("quote", "\"none\"   # quotes in names quote nothing")],
        remarks: &["item-price is that of the whole line. Buyers have an alias of Amazon's as their address."],
    },
    Export {
        name: "amazon",
        title: "Amazon, all orders report",
        must: &[&["amazon-order-id"], &["purchase-date"], &["order-status"], &["sku"], &["quantity"], &["item-price"]],
        columns: &[
            always("order", &["amazon-order-id"], "id"),
            always("created", &["purchase-date"], "time"),
            always("status", &["order-status"], "id"),
            always("sku", &["sku"], "id"),
            always("title", &["product-name"], "id"),
            always("pieces", &["quantity"], "quantity"),
            always("total", &["item-price"], "money"),
            perhaps("currency", &["currency"], "id"),
            perhaps("country", &["ship-country"], "id"),
        ],
        month_first: true,
        sql: r#"SELECT "order", created AS time, sku AS item, title AS description, country, pieces AS quantity, total / pieces AS unit_price, currency,
       source_file, source_line
FROM raw WHERE pieces <> 0 AND total IS NOT NULL AND lower(status) NOT IN ('cancelled', 'canceled')
ORDER BY source_file, source_line"#,
        gives: &["description", "country", "currency"],
        people: "",
        items: true,
        customers: false,
        zone: None,
        settings: &[("quote", "\"none\"   # quotes in names quote nothing")],
        remarks: &[
            "item-price is that of the whole line. This report names no buyers, so there are baskets and no customers.",
        ],
    },
    Export {
        name: "square",
        title: "Square, items detail",
        must: &[&["Date"], &["Time"], &["Item"], &["Qty"], &["Net Sales"], &["Transaction ID"], &["Customer ID"]],
        columns: &[
            always("created", &["Date", "Time"], "time"),
            always("order", &["Transaction ID"], "id"),
            always("customer", &["Customer ID"], "id"),
            always("title", &["Item"], "id"),
            perhaps("variation", &["Price Point Name"], "id"),
            perhaps("sku", &["SKU"], "id"),
            perhaps("category", &["Category"], "id"),
            always("pieces", &["Qty"], "quantity"),
            always("total", &["Net Sales"], "money"),
        ],
        month_first: true,
        sql: r#"SELECT customer, "order", created AS time, coalesce(sku, concat_ws(' ', title, variation)) AS item, title AS description, category,
       pieces AS quantity, total / pieces AS unit_price, source_file, source_line
FROM raw WHERE pieces <> 0 AND total IS NOT NULL
ORDER BY source_file, source_line"#,
        gives: &["customer", "description", "category"],
        people: "",
        items: true,
        customers: true,
        zone: Some("Time Zone"),
        settings: &[],
        remarks: &[
            "Refunds have negative pieces and are returns. Sales at the till without a customer count for baskets only.",
        ],
    },
    Export {
        name: "etsy",
        title: "Etsy, sold order items",
        must: &[&["Sale Date"], &["Item Name"], &["Buyer"], &["Quantity"], &["Price"], &["Order ID"], &["Listing ID"]],
        columns: &[
            always("customer", &["Buyer"], ""),
            always("order", &["Order ID"], ""),
            always("time", &["Sale Date"], "time"),
            always("item", &["Listing ID"], ""),
            always("description", &["Item Name"], ""),
            always("quantity", &["Quantity"], ""),
            always("unit_price", &["Price"], ""),
            perhaps("currency", &["Currency"], ""),
            perhaps("country", &["Ship Country"], ""),
        ],
        month_first: true,
        sql: "",
        gives: &["customer", "description", "country", "currency"],
        people: "",
        items: true,
        customers: true,
        zone: None,
        settings: &[],
        remarks: &["Buyers without a name count for baskets only."],
    },
    Export {
        name: "magento",
        title: "Magento, order grid",
        must: &[
            &["ID"],
            &["Purchase Point"],
            &["Purchase Date"],
            &["Grand Total (Base)"],
            &["Status"],
            &["Customer Email"],
        ],
        columns: &[
            always("order", &["ID"], "id"),
            always("created", &["Purchase Date"], "time"),
            always("customer", &["Customer Email"], "id"),
            always("total", &["Grand Total (Base)"], "money"),
            always("status", &["Status"], "id"),
        ],
        month_first: false,
        sql: r#"SELECT lower(customer) AS customer, "order", created AS time, 'order' AS item, 'order as a whole' AS description,
       CASE WHEN total < 0 THEN -1 ELSE 1 END AS quantity, abs(total) AS unit_price, source_file, source_line
FROM raw WHERE total IS NOT NULL AND lower(status) NOT IN ('canceled', 'cancelled', 'closed', 'fraud')
ORDER BY source_file, source_line"#,
        gives: &["customer", "description"],
        people: "",
        items: false,
        customers: true,
        zone: None,
        settings: &[],
        remarks: &["This export has orders and no items. For baskets and offers export the items as well."],
    },
    Export {
        name: "ebay",
        title: "eBay, orders report",
        must: &[
            &["Order Number"],
            &["Buyer Username"],
            &["Item Number"],
            &["Item Title"],
            &["Quantity"],
            &["Sold For"],
            &["Sale Date"],
        ],
        columns: &[
            always("order", &["Order Number"], ""),
            always("customer", &["Buyer Username"], ""),
            always("item", &["Item Number"], ""),
            always("description", &["Item Title"], ""),
            always("quantity", &["Quantity"], ""),
            always("unit_price", &["Sold For"], ""),
            always("time", &["Sale Date"], "time"),
            perhaps("country", &["Ship To Country"], ""),
        ],
        month_first: true,
        sql: "",
        gives: &["customer", "description", "country"],
        people: "",
        items: true,
        customers: true,
        zone: None,
        settings: &[],
        remarks: &[
            "The first row of an order of several items has no item and is set aside; so are the lines behind the last order.",
        ],
    },
];

/// Order lines of Amazon's reports that name buyers.
const AMAZON_BUYERS: &str = r#"SELECT lower(customer) AS customer, "order", created AS time, sku AS item, title AS description, country, pieces AS quantity,
       total / pieces AS unit_price, currency, source_file, source_line
FROM raw WHERE pieces <> 0 AND total IS NOT NULL
ORDER BY source_file, source_line"#;

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers as the exports have them.
    const HEADERS: [(&str, &str); 9] = [
        (
            "shopify",
            "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Country,Shipping Name,Shipping Country,Notes,Cancelled at,Payment Method,Refunded Amount,Vendor,Id,Tags,Risk Level,Source",
        ),
        (
            "woocommerce",
            "order_id,order_number,order_date,status,shipping_total,shipping_tax_total,tax_total,discount_total,order_total,order_currency,payment_method,customer_id,customer_email,billing_first_name,billing_country,line_items,shipping_items,fee_items,tax_items,coupon_items,refunds,order_notes",
        ),
        (
            "woocommerce-items",
            "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Email (Billing),Phone (Billing),SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Order Line Total",
        ),
        (
            "amazon-orders",
            "order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,buyer-phone-number,sku,product-name,quantity-purchased,currency,item-price,item-tax,shipping-price,shipping-tax,ship-service-level,recipient-name,ship-city,ship-country",
        ),
        (
            "amazon",
            "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,fulfillment-channel,sales-channel,order-channel,ship-service-level,product-name,sku,asin,item-status,quantity,currency,item-price,item-tax,ship-city,ship-state,ship-postal-code,ship-country",
        ),
        (
            "square",
            "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,Unit,Count",
        ),
        (
            "etsy",
            "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship Country,Order ID,Variations,Order Type,SKU",
        ),
        (
            "magento",
            "\u{FEFF}ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,Billing Address,Shipping Address,Shipping Information,Customer Email,Customer Group,Subtotal",
        ),
        (
            "ebay",
            "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer Zip,Item Number,Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Total Price,Sale Date,Paid On Date,Transaction ID,Variation Details",
        ),
    ];

    #[test]
    fn each_export_is_known_by_its_header_in_any_order() {
        for (name, header) in HEADERS {
            let mut columns: Vec<&str> = header.split(',').collect();
            assert_eq!(export_of(columns.iter().copied()).map(|export| export.name), Some(name));
            columns.reverse();
            assert_eq!(export_of(columns.iter().copied()).map(|export| export.name), Some(name));
            let export = export_of(columns.iter().copied()).expect("known");
            for column in export.columns.iter().filter(|column| column.always) {
                assert!(
                    column.headers.iter().any(|known| columns.iter().any(|there| plain(there) == plain(known))),
                    "{name}: {}",
                    column.name
                );
            }
        }
        assert_eq!(EXPORTS.len(), HEADERS.len());
        for header in ["Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country", "id,Goods", ""] {
            assert!(export_of(header.split(',')).is_none(), "{header}");
        }
    }

    #[test]
    fn statements_name_columns_that_are_read() {
        for export in EXPORTS {
            let names: Vec<&str> = export.columns.iter().map(|column| column.name).collect();
            assert!(names.contains(&"order"), "{}", export.name);
            if export.sql.is_empty() {
                for needed in ["order", "time", "item", "quantity", "unit_price"] {
                    assert!(names.contains(&needed), "{}: {needed}", export.name);
                }
            } else {
                for needed in
                    ["AS time", "AS item", "AS quantity", "AS unit_price", "source_file", "source_line", "FROM raw"]
                {
                    assert!(export.sql.contains(needed), "{}: {needed}", export.name);
                }
                for column in export.columns {
                    let named = export.sql.contains(column.name) || export.people.contains(column.name);
                    assert!(named, "{}: {} is read for nothing", export.name, column.name);
                }
                for given in export.gives {
                    assert!(export.sql.contains(given), "{}: {given}", export.name);
                }
            }
            assert_eq!(export.customers, export.gives.contains(&"customer"), "{}", export.name);
        }
    }
}
