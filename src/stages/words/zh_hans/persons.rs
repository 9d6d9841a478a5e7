//! The words of `persons`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    (
        "persons.named",
        "`{stage}` 有 {rows} 行：涵盖此处 {persons} 人中的 {known} 人（{share}），另有 {others} 位其他人",
    ),
    ("persons.and", "{told}；{more}"),
    ("persons.repeated", "{count} 人有多行"),
    ("persons.respelled", "{count} 行的编号写法与名单不同"),
    ("persons.doubtful", "{count} 行可能指多个人"),
    ("persons.blank", "{count} 行没有编号"),
    ("persons.one-form", "`{stage}` 有 {ids} 个编号是同一客户编号的其他写法，视为同一位客户"),
];
