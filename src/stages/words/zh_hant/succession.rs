//! The words of the succession of models, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("succession.stays", "版本 {version} 繼續有效：{why}"),
    ("succession.new", "訓練了新模型：{why}"),
    ("succession.replaced", "現行模型已被替換：{why}"),
    ("succession.won", "{duel}：啟用新模型"),
    ("succession.lost", "{duel}；必須領先 {margin} 才能取勝"),
    ("succession.other-settings", "它的設定已改變"),
    ("succession.missing-column", "資料中不再有欄 `{column}`"),
    ("succession.changed-column", "它從 `{column}` 中的數字學習，而現在的資料在那裡是文字，或者相反"),
    ("succession.never", "`retrain` 設為 `never`"),
    ("succession.by-hand", "由人工設為現行模型"),
    ("succession.same-data", "自上次訓練以來沒有任何改變"),
    ("succession.other-data", "資料已改變，而沒有日期的列無法評估它"),
    ("succession.nothing-closed", "自上次訓練以來沒有快照到期"),
    ("succession.same-outcomes", "結果與上次訓練時相同"),
    (
        "succession.few-unseen",
        "只有它沒有學習過的人才能評估它；這樣的人有 {persons} 位，其中 {positives} 位有回應，而評估需要 {least} 位，且每種結果各 {each} 位",
    ),
    ("succession.always", "`retrain` 設為 `always`"),
    ("succession.resting", "{drift}，但上次訓練距今不到 {days} 天"),
    ("succession.no-drift", "沒有任何漂移"),
    ("succession.young", "上次訓練距今 {days} 天，滿 {span} 天後才進行下一次"),
    ("succession.old", "上次訓練距今至少 {days} 天"),
    ("succession.scores-drifted", "它的分數已發生漂移（群體穩定性指標 {psi}）"),
];
