//! The words of `events`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("events.undated", "`{stage}` 有 {rows} 行没有日期，未予使用：它们可能说的是之后才发生的事"),
    ("events.strangers", "`{stage}` 有 {rows} 行所指的客户没有订单，未予使用"),
];
