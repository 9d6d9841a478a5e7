//! The words of `lifecycle`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    (
        "lifecycle.counts",
        "{date} 共有 {customers} 位客户，按规则版本 {rules} 划分。预期价值是{horizon}的折现毛利，依据各阶段客户在最近 {steps} 期的移动和购买计算。",
    ),
    ("lifecycle.within", "未来 {periods} 期"),
    ("lifecycle.endless", "今后所有时期"),
    ("lifecycle.matrix", "{moved}{changed}{memory}"),
    ("lifecycle.moved", "从 {from} 到 {to}，{share} 的客户改变了阶段。"),
    ("lifecycle.changed", "以下比例与上一步的差异超出随机波动：{arrows}。"),
    ("lifecycle.arrow", "{from} 到 {to}（{before} 变为 {now}）"),
    ("lifecycle.unchanged", "没有任何比例与上一步的差异超出随机波动。"),
    (
        "lifecycle.memory",
        "仅凭阶段不足以说明客户的去向：若是如此，两期之内应有 {expected} 的客户从 {from} 到 {to}，实际为 {found}。表中的概率还考虑了处于该阶段的时间；另有说明指出这样是否预测得更好。",
    ),
    (
        "lifecycle.odds",
        "下一阶段的概率：在最近 {steps} 步上，考虑处于该阶段的时间时对数损失为 {with}，不考虑时为 {without}；采用处于该阶段的时间",
    ),
    (
        "lifecycle.odds-without",
        "下一阶段的概率：在最近 {steps} 步上，考虑处于该阶段的时间时对数损失为 {with}，不考虑时为 {without}；不采用处于该阶段的时间",
    ),
    ("lifecycle.flips", "每期每 100 位客户中，有 {flips} 位在没有订单的情况下改变了阶段又变了回来"),
    (
        "lifecycle.hidden-better",
        "用 {states} 个隐含状态预测下一期谁会购买，比用阶段更好：对数损失 {loss}，而阶段为 {rules}",
    ),
    (
        "lifecycle.hidden-worse",
        "用隐含状态预测下一期谁会购买，并不比用阶段更好：对数损失 {loss}，阶段为 {rules}；因此不显示",
    ),
    ("lifecycle.hidden-none", "时期或客户太少，无法估计隐含状态"),
    ("lifecycle.hidden-unsettled", "隐含状态在规定的轮数内没有收敛；请谨慎使用"),
    ("lifecycle.hidden", "隐含状态"),
    (
        "lifecycle.hidden-lead",
        "这是一个由看不见的状态构成的模型，依据每位客户各期的购买得出。之所以显示，是因为它预测下一期比阶段更好：在两者都未学习过的时期上，对数损失为 {loss}，而阶段为 {rules}。",
    ),
    ("lifecycle.state", "状态"),
    ("lifecycle.customers", "客户数"),
    ("lifecycle.buys", "一期内购买"),
    ("lifecycle.stays", "留在该状态"),
    ("lifecycle.one-day", "购买者中只买一天"),
    ("lifecycle.contact", "各阶段联系一次的增益"),
    (
        "lifecycle.contact-lead",
        "被联系的客户与对照组相比。增益是现在联系一次的增益，已扣除成本，并假定此后始终采取两者中较好的做法。",
    ),
    ("lifecycle.stage", "阶段"),
    ("lifecycle.contacted", "已联系"),
    ("lifecycle.withheld", "保留不联系"),
    ("lifecycle.gain", "联系的增益"),
    ("lifecycle.gain-low", "增益，下限"),
    ("lifecycle.gain-high", "增益，上限"),
    ("lifecycle.no-controls", "并非每个阶段都同时有被联系和保留不联系的客户：联系的价值未知"),
    ("lifecycle.not-named", "`{stage}` 有 {rows} 行未予使用：没有指明此处已知的客户，或没有说明时间、是否保留不联系"),
    ("lifecycle.restated", "在 {date}，{customers} 位客户中有 {different} 位的阶段与上次运行所说的不同：{why}"),
    ("lifecycle.other-rules", "规则已改变"),
    ("lifecycle.other-orders", "该日期之前的订单有新增、更改或删除"),
    ("lifecycle.short", "数据不足两个完整时期：阶段之间的移动无从得知"),
];
