//! The words of `mine-baskets`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("mine_baskets.no-cost", "{lines} 個訂單明細的商品沒有 `unit_cost`；其毛利按 0 計算"),
    ("mine_baskets.no-times", "規則沒有在後期購物籃上檢驗：購物籃檔案沒有時間"),
    ("mine_baskets.too-few-older", "規則沒有在後期購物籃上檢驗：{all} 個購物籃中只有 {older} 個早於 {days} 天"),
    ("mine_baskets.tried", "用 {date} 之前的 {mined} 個購物籃挖掘，用之後的 {later} 個檢驗"),
    ("mine_baskets.stranger", "沒有名為 `{word}` 的商品或品類"),
    ("mine_baskets.stranger-near", "沒有名為 `{word}` 的商品或品類；是否指 `{near}`？"),
    ("mine_baskets.nothing-earned", "沒有任何項集占全部毛利的一定比例：所有購物籃合計沒有盈利"),
    ("mine_baskets.set-aside", "{path} 中有 {lines} 筆被剔除；第 {line} 筆：{reason}"),
    ("mine_baskets.orders-from", "{date}起的訂單"),
    ("mine_baskets.bundles", "商品組合"),
    ("mine_baskets.bundles-lead", "整組一起購買的次數高於其中任意兩部分所能解釋的組合：適合定組合價。"),
    ("mine_baskets.bundle", "組合"),
    ("mine_baskets.baskets", "購物籃數"),
    ("mine_baskets.extra", "額外購物籃數"),
    ("mine_baskets.all-confidence", "全信賴度"),
    ("mine_baskets.extra-margin", "額外購物籃的毛利"),
    ("mine_baskets.apart", "分開購買的商品"),
    (
        "mine_baskets.apart-lead",
        "常買的商品，但出現在同一購物籃的次數低於隨機水準：客戶買了其一就不買另一個，或由不同的客戶購買。",
    ),
    ("mine_baskets.item", "商品"),
    ("mine_baskets.other-item", "另一商品"),
    ("mine_baskets.both", "同時含兩者的購物籃"),
    ("mine_baskets.expected", "預期"),
    ("mine_baskets.times-expected", "為預期的倍數"),
    ("mine_baskets.moved", "有變化的規則"),
    (
        "mine_baskets.moved-lead",
        "自上次成功執行以來，新出現 {appeared} 條規則，消失 {vanished} 條，另有 {changed} 條的信賴度變化超出隨機波動。",
    ),
    ("mine_baskets.change", "變化"),
    ("mine_baskets.antecedent", "前項"),
    ("mine_baskets.consequent", "後項"),
    ("mine_baskets.confidence-before", "之前的信賴度"),
    ("mine_baskets.confidence-now", "現在的信賴度"),
    ("mine_baskets.lift-before", "之前的規則提升度"),
    ("mine_baskets.lift-now", "現在的規則提升度"),
    (
        "mine_baskets.by-all-sizes",
        "有 {rules} 條規則改與所有大小的購物籃比較來檢定：同樣大小的購物籃幾乎都含有兩側，例如套裝，因此只看大小就知道裡面有什麼",
    ),
    ("mine_baskets.undecided", "有 {rules} 條規則用任何檢定都無法與偶然區分：無論大小，幾乎所有購物籃都含有兩側"),
];
