//! The words of `next-after`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("next_after.next-after", "下一步推荐"),
    ("next_after.in-time", "在发送时段结束之前购买的推荐比例"),
    ("next_after.no-rule", "`{stage}` 没有针对商品的规则，因此不作下一步推荐"),
    ("next_after.not-judged", "没有评估下一步推荐：规则是用全部订单挖掘的"),
    ("next_after.categories", "`{stage}` 有 {rules} 条规则针对品类，不产生推荐"),
    ("next_after.none-due", "没有评估下一步推荐：自 {from} 起没有到期且已结束的推荐"),
    ("next_after.judged", "下一步推荐的评估"),
    (
        "next_after.judged-lead",
        "自 {from} 起逐周以更早订单挖掘的规则作出推荐：共 {offers} 个推荐，其中 {bought} 个按时购买，为通常水平的 {times} 倍。",
    ),
];
