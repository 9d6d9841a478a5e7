//! The words of `recommend`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("recommend.chosen", "{ranker}（选用）"),
    ("recommend.among-ten", "最后一个购物篮的商品出现在前十个推荐中的比例"),
    ("recommend.buy-again", "再次购买"),
    ("recommend.never-bought", "从未买过"),
    ("recommend.rankers", "复购推荐采用 {repurchase}，交叉销售采用 {crosssell}"),
    (
        "recommend.rankers-not-judged",
        "复购推荐采用 {repurchase}，交叉销售采用 {crosssell}；购物篮足够多的客户太少，无法评估",
    ),
];
