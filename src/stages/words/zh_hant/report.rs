//! The words of `report`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("report.pipeline", "流程"),
    ("report.as-of", "基準日"),
    ("report.seed", "隨機種子"),
    ("report.to-contact", "待聯絡"),
];
