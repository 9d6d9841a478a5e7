//! The words of `select-targets`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("select_targets.candidates-with", "符合 {condition} 的候选客户"),
    ("select_targets.empty", "名单是空的"),
    ("select_targets.emptied", "名单是空的；上次成功运行时有 {before} 人"),
    (
        "select_targets.held-empty",
        "名单有 {now} 人，上次成功运行时有 {before} 人：如果允许为空，请设置 `may_be_empty = true`",
    ),
    (
        "select_targets.held-jump",
        "名单有 {now} 人，上次成功运行时有 {before} 人：增减超过 {factor} 倍（`max_change`）；如果无误，请在一次运行中设置 `max_change = 0`",
    ),
    (
        "select_targets.held-objections",
        "有 {now} 人因拒绝联系而被排除，上次成功运行时有 {before} 人：禁止联系名单可能缺了一部分；如果无误，请在一次运行中设置 `max_change = 0`",
    ),
    ("select_targets.no-suppression", "没有指定禁止联系名单，因此没有人因拒绝而被排除"),
    ("select_targets.shared", "{persons} 人与禁止联系的人共用电子邮件地址或电话号码，同样予以排除"),
    ("select_targets.no-offer", "`{stage}` 的 {offers} 个推荐都不属于此处的任何人"),
    (
        "select_targets.not-clear",
        "`{stage}` 的 `{column}`：有 {missing} 个空单元格、{unknown} 个含未知词语，一律视为否；可用 `SELECT \"{column}\", count(*) FROM {stage} GROUP BY 1` 查看，并可在 `consent.yes` 和 `consent.no` 中增加词语",
    ),
    ("select_targets.consent", "{persons} 人中有 {yes} 人同意通过{channel}联系"),
    ("select_targets.contradicted", "{persons} 人在 `{stage}` 中有多个互相矛盾的答案：以否为准"),
    (
        "select_targets.several-rows",
        "{tables} 中某些人有多行：只有所有行都符合 `where` 且没有一行被排除的人才会入选，并以最低的名次排序",
    ),
    (
        "select_targets.shows",
        "{all} 人中有 {held} 人留作对照：如果这些人像过去一年那样购买，则 {days} 天内的收入变化达到 {lift} 或更多时，100 次中有 80 次能被这份名单看出",
    ),
    ("select_targets.too-few-held", "{all} 人中有 {held} 人留作对照：任何一组不足 30 人的名单不作衡量"),
    ("select_targets.share-needed", "要看出所期望变化 {hoped} 的一半，请把名单的 {share} 留作对照（`control`）"),
    (
        "select_targets.not-alone",
        "仅凭这份名单，任何对照组都看不出所期望变化 {hoped} 的一半：请把几份同类名单合并衡量（`measure-campaign` 的 `types`），或加长名单",
    ),
    ("select_targets.silent", "名单上的人在过去一年没有购买，因此事先无法说明对照组能看出什么"),
];
