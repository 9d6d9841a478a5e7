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
    ("reasons.owned-by-both", "買過 {items}；買過的 {owners} 人中有 {both} 人也買了這個商品"),
    ("reasons.owned", "買過與此搭配的 {items}"),
    ("reasons.rule", "買過 {items}；這樣的訂單有 {share} 也含這個商品，為通常水準的 {lift} 倍"),
    ("reasons.popular", "熱門：全部客戶的 {of} 個訂單中有 {baskets} 個含有它"),
    ("reasons.next", "{ago}前買過 {items}；{share} 的人在 {days} 天內購買 {item}，為通常水準的 {lift} 倍"),
    ("reasons.then", "{before}，然後 {after}"),
    ("reasons.and", "{before}和 {after}"),
];
