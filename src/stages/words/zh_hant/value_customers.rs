//! The words of `value-customers`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("value_customers.existing", "現有價值"),
    ("value_customers.existing-meaning", "迄今為止的毛利，減去退貨和服務客戶的成本"),
    ("value_customers.potential", "潛在價值"),
    ("value_customers.potential-meaning", "今後所有訂單的折現毛利"),
    ("value_customers.influence", "影響力價值"),
    ("value_customers.influence-meaning", "由他人帶來的客戶的價值，減去獎勵"),
    ("value_customers.learning", "知識價值"),
    ("value_customers.learning-meaning", "按價格計算的答卷和評價"),
    ("value_customers.credited", "歸功於他人"),
    ("value_customers.credited-meaning", "再次列出扣除獎勵之前的影響力價值，從被帶來者的角度，使其只計一次"),
    ("value_customers.equity", "客戶權益"),
    ("value_customers.equity-meaning", "各部分之和"),
    ("value_customers.equity-lead", "總數的區間寬度取決於過去預測的誤差；表中單一客戶的區間只反映隨機因素。"),
    ("value_customers.forecast-lead", "每個模型都從過去的日期作預測，對之後的事一無所知。數字為各日期的平均值。"),
    ("value_customers.strangers", "`{table}` 的 {all} 筆中有 {rows} 筆不屬於此處估值的任何人，未予使用"),
    ("value_customers.later", "`{table}` 有 {rows} 筆的日期為基準日或之後，未予使用"),
    ("value_customers.without-cost", "{all} 種商品中有 {items} 種在 `{table}` 中沒有成本"),
    ("value_customers.no-margin", "商品成本未知：所有毛利欄、四個組成部分和權益都為空。請給出 `costs` 或 `margin`"),
    (
        "value_customers.margin-in-part",
        "買過沒有成本的商品的客戶沒有現有價值和權益；若購買發生在過去 365 天之內，也沒有區隔和等級；未來則按毛利已知的日子預測。請為這些商品給出 `margin`",
    ),
    ("value_customers.no-serve", "沒有 `serve`，現有價值就不含服務客戶的成本"),
    ("value_customers.no-answers", "沒有 `answers`，`learning` 欄沒有值"),
    ("value_customers.no-referrals", "沒有 `referrals`，`influence` 欄和 `credited` 欄沒有值"),
    ("value_customers.no-payments", "沒有 `payments`，所有毛利欄、四個組成部分和權益都為空"),
    (
        "value_customers.payment-unknown",
        "{all} 位客戶中有 {customers} 位在 `{table}` 中沒有付款記錄：其毛利欄、組成部分和權益、區隔和等級都為空",
    ),
    ("value_customers.no-season", "歷史不足十一個月：預測不考慮季節性"),
    ("value_customers.season-in-part", "並非每個日曆月都有觀察：沒有觀察到的月份按平常月份計算"),
    ("value_customers.no-origins", "沒有可供評估模型的過去日期：採用第一個能夠配適的模型，總數沒有區間"),
    ("value_customers.not-fitted", "`{model}` 無法配適：{reason}"),
    ("value_customers.chosen", "由 `{model}` 作預測：按 {criterion} 在 {dates} 個過去日期上最好"),
    (
        "value_customers.first-fitted",
        "由 `{model}` 作預測：第一個能夠配適的模型，因為能夠配適的模型都沒有在所有過去日期上評估",
    ),
    (
        "value_customers.challenger-better",
        "按 {criterion}，`{challenger}` 在 {dates} 個過去日期上優於 `{model}`。它只預測一個預測期，僅作比較：列在模型之中，並計入 `lowest`、`highest` 和 `worst_rank`",
    ),
    ("value_customers.credibility", "訂單毛利以信度理論估計，而不用 gamma-gamma 模型：{reason}"),
    ("value_customers.no-money", "無法估計訂單毛利：{reason}"),
    ("value_customers.no-bridge", "沒有含客戶權益的較早執行：變化橋圖從下一次執行開始"),
];
