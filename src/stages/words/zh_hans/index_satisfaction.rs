//! The words of `index-satisfaction`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("index_satisfaction.no-customer", "没有客户"),
    ("index_satisfaction.no-date", "没有日期"),
    ("index_satisfaction.no-wave", "没有调查期"),
    ("index_satisfaction.later", "不早于截止日期"),
    ("index_satisfaction.off-scale", "有答案超出量表范围"),
    ("index_satisfaction.no-answer", "没有回答任何题目"),
    ("index_satisfaction.again", "同一位客户在同一调查期再次作答，以最后一次为准"),
    ("index_satisfaction.too-little", "某个构念的题目回答不到一半"),
    ("index_satisfaction.set-aside", "剔除 {rows} 份答卷：{reason}"),
    ("index_satisfaction.unused-rows", "`{stage}` 有 {rows} 行没有已知客户或没有早于截止日期的日期，未予使用"),
    ("index_satisfaction.unweighted", "应答者未加权：没有 `features`，就无从了解没有作答的客户"),
    (
        "index_satisfaction.weighted",
        "{wave}：{customers} 位客户中有 {persons} 位作答；按 {cells} 个单元加权后相当于 {effective} 份答卷",
    ),
    ("index_satisfaction.unknown-respondents", "{wave}：{persons} 位应答者不在 `features` 的客户之中，按平均权重计算"),
    ("index_satisfaction.capped", "{wave}：{persons} 位应答者的权重按 `max_weight` 截断"),
    ("index_satisfaction.late-features", "{wave}：没有该调查期之前的特征；应答者按 {date} 的特征加权"),
    ("index_satisfaction.filled", "{answers} 个缺失的答案以该人对同一构念其他题目的均值代替"),
    ("index_satisfaction.kept", "题目权重沿用调查期 {wave} 的结果，由较早一次运行以 {persons} 份答卷估计"),
    ("index_satisfaction.frozen", "题目权重由调查期 {wave}（{persons} 份答卷）估计，其他调查期和之后的运行沿用不变"),
    (
        "index_satisfaction.series-begins-again",
        "自上次运行以来，构念、题目、量表、加权方式或基准调查期有所改变：前后的指数不可比较",
    ),
    ("index_satisfaction.too-few", "{wave} 有 {persons} 份完整答卷，少于估计所需的 {needed} 份：只采用固定的权重"),
    ("index_satisfaction.not-estimated", "{wave}：无法估计模型，因此该调查期只采用固定的权重：{why}"),
    (
        "index_satisfaction.unsettled",
        "{wave}：权重经过 {rounds} 轮仍未收敛（最后一轮移动了 {moved}）；请谨慎使用该估计",
    ),
    ("index_satisfaction.failed-draws", "{wave}：有 {failed} 次抽样无法估计模型；区间以其余 {draws} 次为准"),
    ("index_satisfaction.csat", "CSAT（前两格，%）"),
    ("index_satisfaction.csat-top", "CSAT（最高格，%）"),
    ("index_satisfaction.csat-mean", "CSAT（均值，0 至 100）"),
    ("index_satisfaction.nps", "NPS（-100 至 100）"),
    ("index_satisfaction.ces", "CES（均值，0 至 100）"),
    (
        "index_satisfaction.index-lead",
        "指数介于 0 与 100 之间，所有调查期采用相同的题目权重。作答的客户可能与没有作答的客户不同。",
    ),
    (
        "index_satisfaction.index-lead-weighted",
        "指数介于 0 与 100 之间，所有调查期采用相同的题目权重。应答者已加权至全体客户。",
    ),
    ("index_satisfaction.map-lead", "调查期 {wave}。高低以所显示构念的均值为界。"),
    (
        "index_satisfaction.reliability-lead",
        "调查期 {wave}。界限是惯例而非定律：超出界限的都加以说明，没有任何内容被隐瞒。",
    ),
    ("index_satisfaction.act", "立即改进"),
    ("index_satisfaction.keep", "继续保持"),
    ("index_satisfaction.low-priority", "优先级低"),
    ("index_satisfaction.more-than-needed", "超出所需"),
    (
        "index_satisfaction.unreliable",
        "{construct} 的各题不够一致（Cronbach α 为 {alpha}，通常应达到 0.7 以上），因此其指数对单个客户而言噪声较大：请增加同类题目",
    ),
    (
        "index_satisfaction.little-in-common",
        "{construct} 平均只能解释其题目答案差异的不到一半（平均方差抽取量为 {ave}，通常应达到 0.5 以上）：这些题目问的不止一件事",
    ),
    (
        "index_satisfaction.weak",
        "题目 {item} 对 {construct} 的反映很弱（载荷 {loading}，通常应达到 0.7 以上）：去掉它之后，平均方差抽取量会由 {ave} 变为 {without}",
    ),
    (
        "index_satisfaction.weak-alone",
        "题目 {item} 对 {construct} 的反映很弱（载荷 {loading}，通常应达到 0.7 以上）：请换一道题目",
    ),
    (
        "index_satisfaction.alike",
        "客户分不清 {one} 与 {other}（HTMT 为 {htmt}，通常应低于 0.9）：不要把两者出发的路径互相比较",
    ),
    (
        "index_satisfaction.negative",
        "题目 {item} 在 {construct} 中的权重小于 0：答得越好指数反而越低。请检查它的量表，或将它去掉",
    ),
    (
        "index_satisfaction.inflated",
        "{construct} 的各题说的几乎是同一件事（方差膨胀因子 {vif}，通常应低于 5），因此不要解读单个权重",
    ),
    ("index_satisfaction.funnel-heading", "投诉之后怎么样了"),
    (
        "index_satisfaction.funnel-lead",
        "按客户在服务失误后 {complain} 天内的反应划分，以及其中有多少人在随后的 {kept} 天内下单。在所有失误中，每位客户只以第一次失误计一次。差异是相对于遭遇同类失误、此前订单数相近但保持沉默的客户而言：这是关联，不是因果效应。",
    ),
    (
        "index_satisfaction.funnel",
        "共有 {customers} 位遭遇失误的客户观察到期满；另有 {open} 位尚未到期。{complaints} 起投诉中有 {without} 起没有对应的已知失误",
    ),
    ("index_satisfaction.failure", "服务失误"),
    ("index_satisfaction.outcome", "结果"),
    ("index_satisfaction.customers", "客户数"),
    ("index_satisfaction.kept-share", "保持率"),
    ("index_satisfaction.from", "下限"),
    ("index_satisfaction.to", "上限"),
    ("index_satisfaction.difference", "与沉默者之差"),
    ("index_satisfaction.quiet", "保持沉默"),
    ("index_satisfaction.resolved", "投诉并及时解决"),
    ("index_satisfaction.unresolved", "投诉但未及时解决"),
];
