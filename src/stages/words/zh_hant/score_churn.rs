//! The words of `score-churn`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("score_churn.have-left", "{all} 位客戶中有 {customers} 位已經流失，不作評分"),
    ("score_churn.no-contract", "{all} 位客戶中有 {customers} 位沒有已開始的合約，不作評分"),
    ("score_churn.scores-moved", "自訓練以來分數已發生漂移：群體穩定性指標為 {psi}"),
    (
        "score_churn.columns-moved",
        "{all} 欄中有 {moved} 欄自訓練以來發生漂移（群體穩定性指標達到 {limit} 以上），最明顯的是 {columns}",
    ),
    (
        "score_churn.not-true",
        "{date} 的機率沒有應驗：預測 {promised} 人流失，實際 {left} 人，校準誤差 {error}，其中隨機因素可解釋 {chance}",
    ),
    (
        "score_churn.not-true-slope",
        "{date} 的機率沒有應驗：預測 {promised} 人流失，實際 {left} 人，校準誤差 {error}，其中隨機因素可解釋 {chance}，斜率 {slope}",
    ),
];
