//! The words of `clean-orders`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("clean_orders.read", "读入"),
    ("clean_orders.every-row", "读入的所有行"),
    ("clean_orders.orders", "订单"),
    ("clean_orders.restated", "{rows} 行被其订单的后续记录取代"),
    ("clean_orders.found", "{meaning}：{count}"),
    ("clean_orders.found-at", "{meaning}：{count}，首次出现于 {place}"),
    ("clean_orders.found-such", "{meaning}：{count}（例如 {examples}）"),
    ("clean_orders.found-such-at", "{meaning}：{count}（例如 {examples}），首次出现于 {place}"),
    ("clean_orders.no-currency", "{rows} 行没有注明货币，按 {currency} 处理"),
    ("clean_orders.converted", "已按 `{stage}` 的汇率换算为 {currency} 的订单行：{lines}"),
    ("clean_orders.proposed", "有 {items} 个商品编码看起来像服务项目；见数据表 `{step}_suggestions`"),
    (
        "clean_orders.taken",
        "有 {items} 个商品编码根据名称和正负号被视为服务项目；见数据表 `{step}_suggestions`，如要自行决定，请设置 `service_items`",
    ),
];
