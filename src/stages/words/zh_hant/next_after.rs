//! The words of `next-after`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("next_after.next-after", "下一步推薦"),
    ("next_after.in-time", "在發送時段結束之前購買的推薦比例"),
    ("next_after.no-rule", "`{stage}` 沒有針對商品的規則，因此不作下一步推薦"),
    ("next_after.not-judged", "沒有評估下一步推薦：規則是用全部訂單挖掘的"),
    ("next_after.categories", "`{stage}` 有 {rules} 條規則針對品類，不產生推薦"),
    ("next_after.none-due", "沒有評估下一步推薦：自 {from} 起沒有到期且已結束的推薦"),
    ("next_after.judged", "下一步推薦的評估"),
    (
        "next_after.judged-lead",
        "自 {from} 起逐週以更早訂單挖掘的規則作出推薦：共 {offers} 個推薦，其中 {bought} 個按時購買，為通常水準的 {times} 倍。",
    ),
];
