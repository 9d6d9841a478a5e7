//! The words of `score-churn`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("score_churn.have-left", "{all} 位客户中有 {customers} 位已经流失，不作评分"),
    ("score_churn.no-contract", "{all} 位客户中有 {customers} 位没有已开始的合同，不作评分"),
    ("score_churn.scores-moved", "自训练以来分数已发生漂移：群体稳定性指标为 {psi}"),
    (
        "score_churn.columns-moved",
        "{all} 列中有 {moved} 列自训练以来发生漂移（群体稳定性指标达到 {limit} 以上），最明显的是 {columns}",
    ),
    (
        "score_churn.not-true",
        "{date} 的概率没有应验：预测 {promised} 人流失，实际 {left} 人，校准误差 {error}，其中随机因素可解释 {chance}",
    ),
    (
        "score_churn.not-true-slope",
        "{date} 的概率没有应验：预测 {promised} 人流失，实际 {left} 人，校准误差 {error}，其中随机因素可解释 {chance}，斜率 {slope}",
    ),
];
