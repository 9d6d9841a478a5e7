//! The words of the sections about the business: key figures.

use crate::report::Phrase;

pub static REVENUE: Phrase = Phrase::new("business.revenue", "Revenue");
pub static REVENUE_MEANING: Phrase =
    Phrase::new("business.revenue-meaning", "money of the orders, returns not subtracted");
pub static ORDERS: Phrase = Phrase::new("business.orders", "Orders");
pub static ORDERS_MEANING: Phrase = Phrase::new("business.orders-meaning", "orders of known customers");
pub static CUSTOMERS: Phrase = Phrase::new("business.customers", "Customers");
pub static CUSTOMERS_MEANING: Phrase = Phrase::new("business.customers-meaning", "customers with an order");
pub static NEW: Phrase = Phrase::new("business.new", "New customers");
pub static NEW_MEANING: Phrase = Phrase::new("business.new-meaning", "customers with their first order");
pub static AVERAGE_ORDER: Phrase = Phrase::new("business.average-order", "Average order");
pub static AVERAGE_ORDER_MEANING: Phrase = Phrase::new("business.average-order-meaning", "revenue per order");
pub static RETENTION: Phrase = Phrase::new("business.retention", "Retention");
pub static RETENTION_MEANING: Phrase =
    Phrase::new("business.retention-meaning", "share of last month's customers who ordered again");
pub static RETURNED: Phrase = Phrase::new("business.returned", "Returned");
pub static RETURNED_MEANING: Phrase = Phrase::new("business.returned-meaning", "money of the goods that came back");
