//! The words of the succession of models, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("succession.stays", "版本 {version} 继续有效：{why}"),
    ("succession.new", "训练了新模型：{why}"),
    ("succession.replaced", "现行模型已被替换：{why}"),
    ("succession.won", "{duel}：启用新模型"),
    ("succession.lost", "{duel}；必须领先 {margin} 才能取胜"),
    ("succession.other-settings", "它的设置已改变"),
    ("succession.missing-column", "数据中不再有列 `{column}`"),
    ("succession.changed-column", "它从 `{column}` 中的数字学习，而现在的数据在那里是文字，或者相反"),
    ("succession.never", "`retrain` 设为 `never`"),
    ("succession.by-hand", "由人工设为现行模型"),
    ("succession.same-data", "自上次训练以来没有任何改变"),
    ("succession.other-data", "数据已改变，而没有日期的行无法评估它"),
    ("succession.nothing-closed", "自上次训练以来没有快照到期"),
    ("succession.same-outcomes", "结果与上次训练时相同"),
    (
        "succession.few-unseen",
        "只有它没有学习过的人才能评估它；这样的人有 {persons} 位，其中 {positives} 位有回应，而评估需要 {least} 位，且每种结果各 {each} 位",
    ),
    ("succession.always", "`retrain` 设为 `always`"),
    ("succession.resting", "{drift}，但上次训练距今不到 {days} 天"),
    ("succession.no-drift", "没有任何漂移"),
    ("succession.young", "上次训练距今 {days} 天，满 {span} 天后才进行下一次"),
    ("succession.old", "上次训练距今至少 {days} 天"),
    ("succession.scores-drifted", "它的分数已发生漂移（群体稳定性指标 {psi}）"),
];
