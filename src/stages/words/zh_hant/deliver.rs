//! The words of `deliver`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("deliver.files", "{list} 的檔案"),
    (
        "deliver.not-entered",
        "沒有基準日，本名單的聯絡不會記入聯絡紀錄：請在 `[run]` 下指定一個日期，以便之後的名單把它們計算在內",
    ),
    ("deliver.not-written", "{form}：{rows} 筆未寫出：{rule}"),
    ("deliver.changed", "{form}：{column} 有 {rows} 個值被修改：{rule}"),
    ("deliver.form", "{form}：{note}"),
    ("deliver.unclear", "`{stage}` 有 {cells} 個儲存格留空，因為同一個人的各列內容不一致"),
    ("deliver.no-row", "名單的 {listed} 人中有 {missing} 人在 `{stage}` 中沒有對應的列"),
    ("deliver.lawful", "流程聲明無須取得所有通路的同意即屬合法：{basis}"),
    ("deliver.unasked", "名單不含地址，也未查詢同意：要聯絡這些客戶的人必須自行查詢"),
    (
        "deliver.ambiguous",
        "{persons} 人未寫入任何檔案，因為他們在 `{stage}` 的各列給出不同的地址或號碼（`contact-ambiguous`）；`contacts_dated_by` 可指明哪一列最新",
    ),
    ("deliver.not-looked-at", "`{stage}` 還有 {columns}，本步驟不使用"),
];
