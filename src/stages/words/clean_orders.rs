//! The words of `clean-orders`.

use crate::report::Phrase;

pub static RESTATED: Phrase =
    Phrase::new("clean_orders.restated", "{rows} lines were replaced by a later statement of their order");
pub static FOUND: Phrase = Phrase::new("clean_orders.found", "{count} {meaning}");
pub static FOUND_AT: Phrase = Phrase::new("clean_orders.found-at", "{count} {meaning}, first in {place}");
pub static FOUND_SUCH: Phrase = Phrase::new("clean_orders.found-such", "{count} {meaning} (such as {examples})");
pub static FOUND_SUCH_AT: Phrase =
    Phrase::new("clean_orders.found-such-at", "{count} {meaning} (such as {examples}), first in {place}");
pub static NO_CURRENCY: Phrase =
    Phrase::new("clean_orders.no-currency", "{rows} lines without a currency were taken for {currency}");
pub static CONVERTED: Phrase =
    Phrase::new("clean_orders.converted", "lines were brought into {currency} by the rates of `{stage}`: {lines}");
pub static PROPOSED: Phrase =
    Phrase::new("clean_orders.proposed", "{items} item codes look like services; see the table `{step}_suggestions`");
pub static TAKEN: Phrase = Phrase::new(
    "clean_orders.taken",
    "{items} item codes were taken for services by their words and signs; see the table `{step}_suggestions`, and give `service_items` to decide yourself",
);
pub static READ: Phrase = Phrase::new("clean_orders.read", "read");
pub static EVERY_ROW: Phrase = Phrase::new("clean_orders.every-row", "every row that was read");
pub static ORDERS: Phrase = Phrase::new("clean_orders.orders", "orders");
