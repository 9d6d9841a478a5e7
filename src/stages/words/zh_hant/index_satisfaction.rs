//! The words of `index-satisfaction`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("index_satisfaction.no-customer", "沒有客戶"),
    ("index_satisfaction.no-date", "沒有日期"),
    ("index_satisfaction.no-wave", "沒有調查波次"),
    ("index_satisfaction.later", "不早於基準日"),
    ("index_satisfaction.off-scale", "有答案超出量表範圍"),
    ("index_satisfaction.no-answer", "沒有回答任何題目"),
    ("index_satisfaction.again", "同一位客戶在同一調查波次再次作答，以最後一次為準"),
    ("index_satisfaction.too-little", "某個構念的題目回答不到一半"),
    ("index_satisfaction.set-aside", "剔除 {rows} 份答卷：{reason}"),
    ("index_satisfaction.unused-rows", "`{stage}` 有 {rows} 筆沒有已知客戶或沒有早於基準日的日期，未予使用"),
    ("index_satisfaction.unweighted", "填答者未加權：沒有 `features`，就無從了解沒有作答的客戶"),
    (
        "index_satisfaction.weighted",
        "{wave}：{customers} 位客戶中有 {persons} 位作答；按 {cells} 個單元加權後相當於 {effective} 份答卷",
    ),
    ("index_satisfaction.unknown-respondents", "{wave}：{persons} 位填答者不在 `features` 的客戶之中，按平均權重計算"),
    ("index_satisfaction.capped", "{wave}：{persons} 位填答者的權重按 `max_weight` 截斷"),
    ("index_satisfaction.late-features", "{wave}：沒有該調查波次之前的特徵；填答者按 {date} 的特徵加權"),
    ("index_satisfaction.filled", "{answers} 個遺漏的答案以該人對同一構念其他題目的平均值代替"),
    ("index_satisfaction.kept", "題目權重沿用調查波次 {wave} 的結果，由較早一次執行以 {persons} 份答卷估計"),
    (
        "index_satisfaction.frozen",
        "題目權重由調查波次 {wave}（{persons} 份答卷）估計，其他調查波次和之後的執行沿用不變",
    ),
    (
        "index_satisfaction.series-begins-again",
        "自上次執行以來，構念、題目、量表、加權方式或基準調查波次有所改變：前後的指數不可比較",
    ),
    ("index_satisfaction.too-few", "{wave} 有 {persons} 份完整答卷，少於估計所需的 {needed} 份：只採用固定的權重"),
    ("index_satisfaction.not-estimated", "{wave}：無法估計模型，因此該調查波次只採用固定的權重：{why}"),
    (
        "index_satisfaction.unsettled",
        "{wave}：權重經過 {rounds} 輪仍未收斂（最後一輪移動了 {moved}）；請謹慎使用該估計",
    ),
    ("index_satisfaction.failed-draws", "{wave}：有 {failed} 次抽樣無法估計模型；區間以其餘 {draws} 次為準"),
    ("index_satisfaction.csat", "CSAT（前兩格，%）"),
    ("index_satisfaction.csat-top", "CSAT（最高格，%）"),
    ("index_satisfaction.csat-mean", "CSAT（平均值，0 至 100）"),
    ("index_satisfaction.nps", "NPS（-100 至 100）"),
    ("index_satisfaction.ces", "CES（平均值，0 至 100）"),
    (
        "index_satisfaction.index-lead",
        "指數介於 0 與 100 之間，所有調查波次採用相同的題目權重。作答的客戶可能與沒有作答的客戶不同。",
    ),
    (
        "index_satisfaction.index-lead-weighted",
        "指數介於 0 與 100 之間，所有調查波次採用相同的題目權重。填答者已加權至全體客戶。",
    ),
    ("index_satisfaction.map-lead", "調查波次 {wave}。高低以所顯示構念的平均值為界。"),
    (
        "index_satisfaction.reliability-lead",
        "調查波次 {wave}。界限是慣例而非定律：超出界限的都加以說明，沒有任何內容被隱瞞。",
    ),
    ("index_satisfaction.act", "立即改進"),
    ("index_satisfaction.keep", "繼續保持"),
    ("index_satisfaction.low-priority", "優先順序低"),
    ("index_satisfaction.more-than-needed", "超出所需"),
    (
        "index_satisfaction.unreliable",
        "{construct} 的各題不夠一致（Cronbach α 為 {alpha}，通常應達到 0.7 以上），因此其指數對單一客戶而言雜訊較大：請增加同類題目",
    ),
    (
        "index_satisfaction.little-in-common",
        "{construct} 平均只能解釋其題目答案差異的不到一半（平均變異萃取量為 {ave}，通常應達到 0.5 以上）：這些題目問的不止一件事",
    ),
    (
        "index_satisfaction.weak",
        "題目 {item} 對 {construct} 的反映很弱（因素負荷量 {loading}，通常應達到 0.7 以上）：去掉它之後，平均變異萃取量會由 {ave} 變為 {without}",
    ),
    (
        "index_satisfaction.weak-alone",
        "題目 {item} 對 {construct} 的反映很弱（因素負荷量 {loading}，通常應達到 0.7 以上）：請換一道題目",
    ),
    (
        "index_satisfaction.alike",
        "客戶分不清 {one} 與 {other}（HTMT 為 {htmt}，通常應低於 0.9）：不要把兩者出發的路徑互相比較",
    ),
    (
        "index_satisfaction.negative",
        "題目 {item} 在 {construct} 中的權重小於 0：答得越好指數反而越低。請檢查它的量表，或將它去掉",
    ),
    (
        "index_satisfaction.inflated",
        "{construct} 的各題說的幾乎是同一件事（變異數膨脹因子 {vif}，通常應低於 5），因此不要解讀單一權重",
    ),
    ("index_satisfaction.funnel-heading", "客訴之後怎麼樣了"),
    (
        "index_satisfaction.funnel-lead",
        "按客戶在服務失誤後 {complain} 天內的反應劃分，以及其中有多少人在隨後的 {kept} 天內下單。在所有失誤中，每位客戶只以第一次失誤計一次。差異是相對於遭遇同類失誤、此前訂單數相近但保持沉默的客戶而言：這是關聯，不是因果效應。",
    ),
    (
        "index_satisfaction.funnel",
        "共有 {customers} 位遭遇失誤的客戶觀察到期滿；另有 {open} 位尚未到期。{complaints} 起客訴中有 {without} 起沒有對應的已知失誤",
    ),
    ("index_satisfaction.failure", "服務失誤"),
    ("index_satisfaction.outcome", "結果"),
    ("index_satisfaction.customers", "客戶數"),
    ("index_satisfaction.kept-share", "保持率"),
    ("index_satisfaction.from", "下限"),
    ("index_satisfaction.to", "上限"),
    ("index_satisfaction.difference", "與沉默者之差"),
    ("index_satisfaction.quiet", "保持沉默"),
    ("index_satisfaction.resolved", "客訴並及時解決"),
    ("index_satisfaction.unresolved", "客訴但未及時解決"),
];
