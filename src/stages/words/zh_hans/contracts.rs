//! The words of `contracts`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("contracts.ends", "合同终止"),
    ("contracts.becomes", "状态变为 {statuses}"),
    ("contracts.either", "{one} 或 {other}"),
    ("contracts.not-in-data", "`{setting}` 中的 `{word}` 在数据中不存在"),
    ("contracts.renewed", "`{stage}` 的 {contracts} 份合同在前一份结束的次日开始，视为续约"),
    ("contracts.alone", "`{stage}` 的 {all} 位客户中，有 {customers} 位的第一条记录就是离开：计为流失，停留时间未知"),
    ("contracts.ahead", "`{stage}` 有 {rows} 行从 {date} 或之后开始，未予使用"),
    ("contracts.staying", "状态为 {statuses} 的客户计为仍在"),
    (
        "contracts.trials",
        "{customers} 位客户此前唯一的状态是 {statuses}，被计为流失：如果他们还不算客户，请写 `not_yet = [{words}]`",
    ),
];
