//! The words of `persons`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    (
        "persons.named",
        "`{stage}` 有 {rows} 筆：涵蓋此處 {persons} 人中的 {known} 人（{share}），另有 {others} 位其他人",
    ),
    ("persons.and", "{told}；{more}"),
    ("persons.repeated", "{count} 人有多列"),
    ("persons.respelled", "{count} 筆的編號寫法與名單不同"),
    ("persons.doubtful", "{count} 筆可能指多個人"),
    ("persons.blank", "{count} 筆沒有編號"),
    ("persons.one-form", "`{stage}` 有 {ids} 個編號是同一客戶編號的其他寫法，視為同一位客戶"),
];
