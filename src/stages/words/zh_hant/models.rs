//! Measures of models, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("measure.roc-auc", "ROC AUC"),
    ("measure.pr-auc", "PR AUC"),
    ("measure.top-decile-lift", "最高十分位提升度"),
    ("measure.gini", "吉尼係數"),
    ("measure.ks", "KS"),
    ("measure.brier", "Brier 分數"),
    ("measure.log-loss", "對數損失"),
    ("measure.ece", "ECE"),
    ("measure.calibration-slope", "校準斜率"),
    ("measure-meaning.roc-auc", "流失者排在留下者之前的機率"),
    ("measure-meaning.pr-auc", "平均精確率"),
    ("measure-meaning.top-decile-lift", "分數最高的十分之一的流失率除以全體的流失率"),
    ("measure-meaning.gini", "2 × ROC AUC − 1"),
    ("measure-meaning.ks", "兩組分數分布之間的最大差距"),
    ("measure-meaning.brier", "機率的均方誤差"),
    ("measure-meaning.log-loss", "機率的平均對數損失"),
    ("measure-meaning.ece", "十個區段的期望校準誤差，按每個評估日期或每一折計算"),
    ("measure-meaning.calibration-slope", "1 為恰當，低於 1 為過度自信"),
];
