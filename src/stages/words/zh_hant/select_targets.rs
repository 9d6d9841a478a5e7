//! The words of `select-targets`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("select_targets.candidates-with", "符合 {condition} 的候選客戶"),
    ("select_targets.empty", "名單是空的"),
    ("select_targets.emptied", "名單是空的；上次成功執行時有 {before} 人"),
    (
        "select_targets.held-empty",
        "名單有 {now} 人，上次成功執行時有 {before} 人：如果允許為空，請設定 `may_be_empty = true`",
    ),
    (
        "select_targets.held-jump",
        "名單有 {now} 人，上次成功執行時有 {before} 人：增減超過 {factor} 倍（`max_change`）；如果無誤，請在一次執行中設定 `max_change = 0`",
    ),
    (
        "select_targets.held-objections",
        "有 {now} 人因拒絕聯絡而被排除，上次成功執行時有 {before} 人：禁止聯絡名單可能缺了一部分；如果無誤，請在一次執行中設定 `max_change = 0`",
    ),
    ("select_targets.no-suppression", "沒有指定禁止聯絡名單，因此沒有人因拒絕而被排除"),
    ("select_targets.shared", "{persons} 人與禁止聯絡的人共用電子郵件地址或電話號碼，同樣予以排除"),
    ("select_targets.no-offer", "`{stage}` 的 {offers} 個推薦都不屬於此處的任何人"),
    (
        "select_targets.not-clear",
        "`{stage}` 的 `{column}`：有 {missing} 個空儲存格、{unknown} 個含未知詞語，一律視為否；可用 `SELECT \"{column}\", count(*) FROM {stage} GROUP BY 1` 查看，並可在 `consent.yes` 和 `consent.no` 中增加詞語",
    ),
    ("select_targets.consent", "{persons} 人中有 {yes} 人同意透過{channel}聯絡"),
    ("select_targets.contradicted", "{persons} 人在 `{stage}` 中有多個互相矛盾的答案：以否為準"),
    (
        "select_targets.several-rows",
        "{tables} 中某些人有多列：只有所有列都符合 `where` 且沒有一列被排除的人才會入選，並以最低的名次排序",
    ),
    (
        "select_targets.shows",
        "{all} 人中有 {held} 人留作對照：如果這些人像過去一年那樣購買，則 {days} 天內的營收變化達到 {lift} 或更多時，100 次中有 80 次能被這份名單看出",
    ),
    ("select_targets.too-few-held", "{all} 人中有 {held} 人留作對照：任何一組不足 30 人的名單不作衡量"),
    ("select_targets.share-needed", "要看出所期望變化 {hoped} 的一半，請把名單的 {share} 留作對照（`control`）"),
    (
        "select_targets.not-alone",
        "僅憑這份名單，任何對照組都看不出所期望變化 {hoped} 的一半：請把幾份同類名單合併衡量（`measure-campaign` 的 `types`），或加長名單",
    ),
    ("select_targets.silent", "名單上的人在過去一年沒有購買，因此事先無法說明對照組能看出什麼"),
];
