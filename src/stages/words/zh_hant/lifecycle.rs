//! The words of `lifecycle`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    (
        "lifecycle.counts",
        "{date} 共有 {customers} 位客戶，按規則版本 {rules} 劃分。預期價值是{horizon}的折現毛利，依據各階段客戶在最近 {steps} 期的移動和購買計算。",
    ),
    ("lifecycle.within", "未來 {periods} 期"),
    ("lifecycle.endless", "今後所有期間"),
    ("lifecycle.matrix", "{moved}{changed}{memory}"),
    ("lifecycle.moved", "從 {from} 到 {to}，{share} 的客戶改變了階段。"),
    ("lifecycle.changed", "以下比例與上一步的差異超出隨機波動：{arrows}。"),
    ("lifecycle.arrow", "{from} 到 {to}（{before} 變為 {now}）"),
    ("lifecycle.unchanged", "沒有任何比例與上一步的差異超出隨機波動。"),
    (
        "lifecycle.memory",
        "僅憑階段不足以說明客戶的去向：若是如此，兩期之內應有 {expected} 的客戶從 {from} 到 {to}，實際為 {found}。表中的機率還考慮了處於該階段的時間；另有說明指出這樣是否預測得更好。",
    ),
    (
        "lifecycle.odds",
        "下一階段的機率：在最近 {steps} 步上，考慮處於該階段的時間時對數損失為 {with}，不考慮時為 {without}；採用處於該階段的時間",
    ),
    (
        "lifecycle.odds-without",
        "下一階段的機率：在最近 {steps} 步上，考慮處於該階段的時間時對數損失為 {with}，不考慮時為 {without}；不採用處於該階段的時間",
    ),
    ("lifecycle.flips", "每期每 100 位客戶中，有 {flips} 位在沒有訂單的情況下改變了階段又變了回來"),
    (
        "lifecycle.hidden-better",
        "用 {states} 個隱含狀態預測下一期誰會購買，比用階段更好：對數損失 {loss}，而階段為 {rules}",
    ),
    (
        "lifecycle.hidden-worse",
        "用隱含狀態預測下一期誰會購買，並不比用階段更好：對數損失 {loss}，階段為 {rules}；因此不顯示",
    ),
    ("lifecycle.hidden-none", "期間或客戶太少，無法估計隱含狀態"),
    ("lifecycle.hidden-unsettled", "隱含狀態在規定的輪數內沒有收斂；請謹慎使用"),
    ("lifecycle.hidden", "隱含狀態"),
    (
        "lifecycle.hidden-lead",
        "這是一個由看不見的狀態構成的模型，依據每位客戶各期的購買得出。之所以顯示，是因為它預測下一期比階段更好：在兩者都未學習過的期間上，對數損失為 {loss}，而階段為 {rules}。",
    ),
    ("lifecycle.state", "狀態"),
    ("lifecycle.customers", "客戶數"),
    ("lifecycle.buys", "一期內購買"),
    ("lifecycle.stays", "留在該狀態"),
    ("lifecycle.one-day", "購買者中只買一天"),
    ("lifecycle.contact", "各階段聯絡一次的增益"),
    (
        "lifecycle.contact-lead",
        "被聯絡的客戶與對照組相比。增益是現在聯絡一次的增益，已扣除成本，並假定此後始終採取兩者中較好的做法。",
    ),
    ("lifecycle.stage", "階段"),
    ("lifecycle.contacted", "已聯絡"),
    ("lifecycle.withheld", "保留不聯絡"),
    ("lifecycle.gain", "聯絡的增益"),
    ("lifecycle.gain-low", "增益，下限"),
    ("lifecycle.gain-high", "增益，上限"),
    ("lifecycle.no-controls", "並非每個階段都同時有被聯絡和保留不聯絡的客戶：聯絡的價值未知"),
    ("lifecycle.not-named", "`{stage}` 有 {rows} 筆未予使用：沒有指明此處已知的客戶，或沒有說明時間、是否保留不聯絡"),
    ("lifecycle.restated", "在 {date}，{customers} 位客戶中有 {different} 位的階段與上次執行所說的不同：{why}"),
    ("lifecycle.other-rules", "規則已改變"),
    ("lifecycle.other-orders", "該日期之前的訂單有新增、更改或刪除"),
    ("lifecycle.short", "資料不足兩個完整期間：階段之間的移動無從得知"),
];
