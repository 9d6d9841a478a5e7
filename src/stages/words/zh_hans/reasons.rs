//! The words of `reasons`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("reasons.compared", "{words}（{value}；通常为 {usual}）"),
    ("reasons.of-events", "{stage}：{words}（{value}；通常为 {usual}）"),
    ("reasons.silence", "按自身节奏很可能不再购买（{value}；通常为 {usual}）"),
    ("reasons.not-known", "{column} 未知"),
    ("reasons.number", "{column} 为 {value}（通常为 {usual}）"),
    ("reasons.word", "{column}：{word}"),
    ("reasons.bought-before", "{of} 个订单中有 {baskets} 个买过，最近一次在 {last}"),
    ("reasons.bought-in-turn", "{of} 个订单中有 {baskets} 个买过，最近一次在 {last}，通常每 {days} 天买一次"),
    ("reasons.bought-on-days", "有订单的 {of} 天中有 {baskets} 天买过，最近一次在 {last}"),
    (
        "reasons.bought-on-days-in-turn",
        "有订单的 {of} 天中有 {baskets} 天买过，最近一次在 {last}，通常每 {days} 天买一次",
    ),
    ("reasons.owned-by-both", "买过 {item}；买过的 {owners} 位客户中有 {both} 位也买了这个商品"),
    ("reasons.owned", "买过与此搭配的 {items}"),
    ("reasons.owned-together", "买过 {items}，它们合在一起与此搭配"),
    ("reasons.rule", "买过 {items}；含有它的 {of} 个购物篮中有 {baskets} 个也含这个商品，为通常水平的 {lift} 倍"),
    (
        "reasons.rule-of-two",
        "买过 {items}；同时含有两者的 {of} 个购物篮中有 {baskets} 个也含这个商品，为通常水平的 {lift} 倍",
    ),
    (
        "reasons.rule-of-all",
        "买过 {items}；同时含有以上全部商品的 {of} 个购物篮中有 {baskets} 个也含这个商品，为通常水平的 {lift} 倍",
    ),
    ("reasons.popular", "热门：全部客户的 {of} 个订单中有 {baskets} 个含有它"),
    ("reasons.popular-by-days", "热门：全部客户有订单的 {of} 天中有 {baskets} 天买过它"),
    ("reasons.next", "{ago}前买过 {items}；{share} 的人在 {days} 天内购买 {item}，为通常水平的 {lift} 倍"),
    ("reasons.then", "{before}，然后 {after}"),
    ("reasons.and", "{before}和 {after}"),
];
