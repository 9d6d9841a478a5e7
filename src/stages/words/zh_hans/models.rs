//! Measures of models, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("measure.roc-auc", "ROC AUC"),
    ("measure.pr-auc", "PR AUC"),
    ("measure.top-decile-lift", "最高十分位提升度"),
    ("measure.gini", "基尼系数"),
    ("measure.ks", "KS"),
    ("measure.brier", "Brier 分数"),
    ("measure.log-loss", "对数损失"),
    ("measure.ece", "ECE"),
    ("measure.calibration-slope", "校准斜率"),
    ("measure-meaning.roc-auc", "流失者排在留下者之前的概率"),
    ("measure-meaning.pr-auc", "平均精确率"),
    ("measure-meaning.top-decile-lift", "分数最高的十分之一的流失率除以全体的流失率"),
    ("measure-meaning.gini", "2 × ROC AUC − 1"),
    ("measure-meaning.ks", "两组分数分布之间的最大差距"),
    ("measure-meaning.brier", "概率的均方误差"),
    ("measure-meaning.log-loss", "概率的平均对数损失"),
    ("measure-meaning.ece", "十个区段的期望校准误差，按每个评估日期或每一折计算"),
    ("measure-meaning.calibration-slope", "1 为恰当，低于 1 为过度自信"),
];
