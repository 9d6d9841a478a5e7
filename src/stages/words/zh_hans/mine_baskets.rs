//! The words of `mine-baskets`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("mine_baskets.no-cost", "{lines} 个订单行的商品没有 `unit_cost`；其毛利按 0 计算"),
    ("mine_baskets.no-times", "规则没有在后期购物篮上检验：购物篮文件没有时间"),
    ("mine_baskets.too-few-older", "规则没有在后期购物篮上检验：{all} 个购物篮中只有 {older} 个早于 {days} 天"),
    ("mine_baskets.tried", "用 {date} 之前的 {mined} 个购物篮挖掘，用之后的 {later} 个检验"),
    ("mine_baskets.stranger", "没有名为 `{word}` 的商品或品类"),
    ("mine_baskets.stranger-near", "没有名为 `{word}` 的商品或品类；是否指 `{near}`？"),
    ("mine_baskets.nothing-earned", "没有任何项集占全部毛利的一定比例：所有购物篮合计没有盈利"),
    ("mine_baskets.set-aside", "{path} 中有 {lines} 行被剔除；第 {line} 行：{reason}"),
    ("mine_baskets.orders-from", "{date}起的订单"),
    ("mine_baskets.bundles", "商品组合"),
    ("mine_baskets.bundles-lead", "整组一起购买的次数高于其中任意两部分所能解释的组合：适合定组合价。"),
    ("mine_baskets.bundle", "组合"),
    ("mine_baskets.baskets", "购物篮数"),
    ("mine_baskets.extra", "额外购物篮数"),
    ("mine_baskets.all-confidence", "全置信度"),
    ("mine_baskets.extra-margin", "额外购物篮的毛利"),
    ("mine_baskets.apart", "分开购买的商品"),
    (
        "mine_baskets.apart-lead",
        "常买的商品，但出现在同一购物篮的次数低于随机水平：客户买了其一就不买另一个，或由不同的客户购买。",
    ),
    ("mine_baskets.item", "商品"),
    ("mine_baskets.other-item", "另一商品"),
    ("mine_baskets.both", "同时含两者的购物篮"),
    ("mine_baskets.expected", "预期"),
    ("mine_baskets.times-expected", "为预期的倍数"),
    ("mine_baskets.moved", "有变化的规则"),
    (
        "mine_baskets.moved-lead",
        "自上次成功运行以来，新出现 {appeared} 条规则，消失 {vanished} 条，另有 {changed} 条的置信度变化超出随机波动。",
    ),
    ("mine_baskets.change", "变化"),
    ("mine_baskets.antecedent", "前项"),
    ("mine_baskets.consequent", "后项"),
    ("mine_baskets.confidence-before", "之前的置信度"),
    ("mine_baskets.confidence-now", "现在的置信度"),
    ("mine_baskets.lift-before", "之前的规则提升度"),
    ("mine_baskets.lift-now", "现在的规则提升度"),
    (
        "mine_baskets.by-all-sizes",
        "有 {rules} 条规则改与所有大小的购物篮比较来检验：同样大小的购物篮几乎都含有两侧，例如套装，因此只看大小就知道里面有什么",
    ),
    ("mine_baskets.undecided", "有 {rules} 条规则用任何检验都无法与偶然区分：无论大小，几乎所有购物篮都含有两侧"),
];
