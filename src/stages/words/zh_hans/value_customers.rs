//! The words of `value-customers`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("value_customers.existing", "现有价值"),
    ("value_customers.existing-meaning", "迄今为止的毛利，减去退货和服务客户的成本"),
    ("value_customers.potential", "潜在价值"),
    ("value_customers.potential-meaning", "今后所有订单的折现毛利"),
    ("value_customers.influence", "影响力价值"),
    ("value_customers.influence-meaning", "由他人带来的客户的价值，减去奖励"),
    ("value_customers.learning", "知识价值"),
    ("value_customers.learning-meaning", "按价格计算的答卷和评价"),
    ("value_customers.credited", "归功于他人"),
    ("value_customers.credited-meaning", "再次列出扣除奖励之前的影响力价值，从被带来者的角度，使其只计一次"),
    ("value_customers.equity", "客户权益"),
    ("value_customers.equity-meaning", "各部分之和"),
    ("value_customers.equity-lead", "总数的区间宽度取决于过去预测的误差；表中单个客户的区间只反映随机因素。"),
    ("value_customers.forecast-lead", "每个模型都从过去的日期作预测，对之后的事一无所知。数字为各日期的均值。"),
    ("value_customers.strangers", "`{table}` 的 {all} 行中有 {rows} 行不属于此处估值的任何人，未予使用"),
    ("value_customers.later", "`{table}` 有 {rows} 行的日期为截止日期或之后，未予使用"),
    ("value_customers.without-cost", "{all} 种商品中有 {items} 种在 `{table}` 中没有成本"),
    ("value_customers.no-margin", "商品成本未知：所有毛利列、四个组成部分和权益都为空。请给出 `costs` 或 `margin`"),
    (
        "value_customers.margin-in-part",
        "买过没有成本的商品的客户没有现有价值和权益；若购买发生在过去 365 天之内，也没有细分和等级；未来则按毛利已知的日子预测。请为这些商品给出 `margin`",
    ),
    ("value_customers.no-serve", "没有 `serve`，现有价值就不含服务客户的成本"),
    ("value_customers.no-answers", "没有 `answers`，`learning` 列没有值"),
    ("value_customers.no-referrals", "没有 `referrals`，`influence` 列和 `credited` 列没有值"),
    ("value_customers.no-payments", "没有 `payments`，所有毛利列、四个组成部分和权益都为空"),
    (
        "value_customers.payment-unknown",
        "{all} 位客户中有 {customers} 位在 `{table}` 中没有付款记录：其毛利列、组成部分和权益、细分和等级都为空",
    ),
    ("value_customers.no-season", "历史不足十一个月：预测不考虑季节性"),
    ("value_customers.season-in-part", "并非每个日历月都有观察：没有观察到的月份按平常月份计算"),
    ("value_customers.no-origins", "没有可供评估模型的过去日期：采用第一个能够拟合的模型，总数没有区间"),
    ("value_customers.not-fitted", "`{model}` 无法拟合：{reason}"),
    ("value_customers.chosen", "由 `{model}` 作预测：按 {criterion} 在 {dates} 个过去日期上最好"),
    (
        "value_customers.first-fitted",
        "由 `{model}` 作预测：第一个能够拟合的模型，因为能够拟合的模型都没有在所有过去日期上评估",
    ),
    (
        "value_customers.challenger-better",
        "按 {criterion}，`{challenger}` 在 {dates} 个过去日期上优于 `{model}`。它只预测一个预测期，仅作比较：列在模型之中，并计入 `lowest`、`highest` 和 `worst_rank`",
    ),
    ("value_customers.credibility", "订单毛利以信度理论估计，而不用 gamma-gamma 模型：{reason}"),
    ("value_customers.no-money", "无法估计订单毛利：{reason}"),
    ("value_customers.no-bridge", "没有含客户权益的较早运行：变化桥图从下一次运行开始"),
];
