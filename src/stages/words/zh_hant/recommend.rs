//! The words of `recommend`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("recommend.chosen", "{ranker}（選用）"),
    ("recommend.among-ten", "最後一個購物籃的商品出現在前十個推薦中的比例"),
    ("recommend.buy-again", "再次購買"),
    ("recommend.never-bought", "從未買過"),
    ("recommend.rankers", "回購推薦採用 {repurchase}，交叉銷售採用 {crosssell}"),
    (
        "recommend.rankers-not-judged",
        "回購推薦採用 {repurchase}，交叉銷售採用 {crosssell}；購物籃足夠多的客戶太少，無法評估",
    ),
];
