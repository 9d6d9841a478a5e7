//! The words of `report`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("report.pipeline", "流程"),
    ("report.as-of", "截止日期"),
    ("report.seed", "随机种子"),
    ("report.to-contact", "待联系"),
];
