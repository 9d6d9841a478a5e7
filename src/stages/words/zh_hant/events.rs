//! The words of `events`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("events.undated", "`{stage}` 有 {rows} 筆沒有日期，未予使用：它們可能說的是之後才發生的事"),
    ("events.strangers", "`{stage}` 有 {rows} 筆所指的客戶沒有訂單，未予使用"),
];
