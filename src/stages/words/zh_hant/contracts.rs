//! The words of `contracts`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("contracts.ends", "合約終止"),
    ("contracts.becomes", "狀態變為 {statuses}"),
    ("contracts.either", "{one} 或 {other}"),
    ("contracts.not-in-data", "`{setting}` 中的 `{word}` 在資料中不存在"),
    ("contracts.renewed", "`{stage}` 的 {contracts} 份合約在前一份結束的次日開始，視為續約"),
    ("contracts.alone", "`{stage}` 的 {all} 位客戶中，有 {customers} 位的第一條記錄就是離開：計為流失，停留時間未知"),
    ("contracts.ahead", "`{stage}` 有 {rows} 筆從 {date} 或之後開始，未予使用"),
    ("contracts.staying", "狀態為 {statuses} 的客戶計為仍在"),
    (
        "contracts.trials",
        "{customers} 位客戶此前唯一的狀態是 {statuses}，被計為流失：如果他們還不算客戶，請寫 `not_yet = [{words}]`",
    ),
];
