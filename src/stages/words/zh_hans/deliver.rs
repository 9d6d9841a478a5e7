//! The words of `deliver`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("deliver.files", "{list} 的文件"),
    (
        "deliver.not-entered",
        "没有截止日期，本名单的联系不会记入联系台账：请在 `[run]` 下指定一个日期，以便之后的名单把它们计算在内",
    ),
    ("deliver.not-written", "{form}：{rows} 行未写出：{rule}"),
    ("deliver.changed", "{form}：{column} 有 {rows} 个值被修改：{rule}"),
    ("deliver.form", "{form}：{note}"),
    ("deliver.unclear", "`{stage}` 有 {cells} 个单元格留空，因为同一个人的各行内容不一致"),
    ("deliver.no-row", "名单的 {listed} 人中有 {missing} 人在 `{stage}` 中没有对应的行"),
    ("deliver.lawful", "流程声明无须取得所有渠道的同意即属合法：{basis}"),
    ("deliver.unasked", "名单不含地址，也未查询同意：要联系这些客户的人必须自行查询"),
    (
        "deliver.ambiguous",
        "{persons} 人未写入任何文件，因为他们在 `{stage}` 的各行给出不同的地址或号码（`contact-ambiguous`）；`contacts_dated_by` 可指明哪一行最新",
    ),
    ("deliver.not-looked-at", "`{stage}` 还有 {columns}，本步骤不使用"),
];
