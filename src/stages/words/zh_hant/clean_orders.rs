//! The words of `clean-orders`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("clean_orders.read", "讀入"),
    ("clean_orders.every-row", "讀入的所有列"),
    ("clean_orders.orders", "訂單"),
    ("clean_orders.restated", "{rows} 筆被其訂單的後續記錄取代"),
    ("clean_orders.found", "{meaning}：{count}"),
    ("clean_orders.found-at", "{meaning}：{count}，首次出現於 {place}"),
    ("clean_orders.found-such", "{meaning}：{count}（例如 {examples}）"),
    ("clean_orders.found-such-at", "{meaning}：{count}（例如 {examples}），首次出現於 {place}"),
    ("clean_orders.no-currency", "{rows} 筆沒有註明貨幣，按 {currency} 處理"),
    ("clean_orders.converted", "已按 `{stage}` 的匯率換算為 {currency} 的訂單明細：{lines}"),
    ("clean_orders.proposed", "有 {items} 個商品代號看起來像服務項目；見資料表 `{step}_suggestions`"),
    (
        "clean_orders.taken",
        "有 {items} 個商品代號根據名稱和正負號被視為服務項目；見資料表 `{step}_suggestions`，如要自行決定，請設定 `service_items`",
    ),
];
