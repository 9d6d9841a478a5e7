//! The words of `reasons`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("reasons.compared", "{words}（{value}；通常為 {usual}）"),
    ("reasons.of-events", "{stage}：{words}（{value}；通常為 {usual}）"),
    ("reasons.silence", "按自身節奏很可能不再購買（{value}；通常為 {usual}）"),
    ("reasons.not-known", "{column} 未知"),
    ("reasons.number", "{column} 為 {value}（通常為 {usual}）"),
    ("reasons.word", "{column}：{word}"),
    ("reasons.bought-before", "{of} 個訂單中有 {baskets} 個買過，最近一次在 {last}"),
    ("reasons.bought-in-turn", "{of} 個訂單中有 {baskets} 個買過，最近一次在 {last}，通常每 {days} 天買一次"),
    ("reasons.bought-on-days", "有訂單的 {of} 天中有 {baskets} 天買過，最近一次在 {last}"),
    (
        "reasons.bought-on-days-in-turn",
        "有訂單的 {of} 天中有 {baskets} 天買過，最近一次在 {last}，通常每 {days} 天買一次",
    ),
    ("reasons.owned-by-both", "買過 {item}；買過的 {owners} 位客戶中有 {both} 位也買了這個商品"),
    ("reasons.owned", "買過與此搭配的 {items}"),
    ("reasons.owned-together", "買過 {items}，它們合在一起與此搭配"),
    ("reasons.rule", "買過 {items}；含有它的 {of} 個購物籃中有 {baskets} 個也含這個商品，為通常水準的 {lift} 倍"),
    (
        "reasons.rule-of-two",
        "買過 {items}；同時含有兩者的 {of} 個購物籃中有 {baskets} 個也含這個商品，為通常水準的 {lift} 倍",
    ),
    (
        "reasons.rule-of-all",
        "買過 {items}；同時含有以上全部商品的 {of} 個購物籃中有 {baskets} 個也含這個商品，為通常水準的 {lift} 倍",
    ),
    ("reasons.popular", "熱門：全部客戶的 {of} 個訂單中有 {baskets} 個含有它"),
    ("reasons.popular-by-days", "熱門：全部客戶有訂單的 {of} 天中有 {baskets} 天買過它"),
    ("reasons.next", "{ago}前買過 {items}；{share} 的人在 {days} 天內購買 {item}，為通常水準的 {lift} 倍"),
    ("reasons.then", "{before}，然後 {after}"),
    ("reasons.and", "{before}和 {after}"),
];
