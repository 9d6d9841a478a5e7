//! The words of `keep-contacts`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("keep_contacts.heading", "迄今為止的聯絡"),
    (
        "keep_contacts.lead",
        "按名單列出 {date} 之前計畫的聯絡及其已知結果，最新的在前。保留不聯絡的人列入計畫，但沒有聯絡。",
    ),
    ("keep_contacts.list", "名單"),
    ("keep_contacts.since", "首日"),
    ("keep_contacts.latest", "末日"),
    ("keep_contacts.contacted", "計畫聯絡"),
    ("keep_contacts.control", "保留不聯絡"),
    ("keep_contacts.sent", "已發送"),
    ("keep_contacts.delivered", "已送達"),
    ("keep_contacts.opened", "已開啟"),
    ("keep_contacts.redeemed", "已兌換"),
    ("keep_contacts.bounced", "已退回"),
    ("keep_contacts.unsubscribed", "已取消訂閱"),
    ("keep_contacts.set-aside", "結果中有 {rows} 筆被剔除（{rules}）；連同原因保存在 `{stage}_rejects`"),
    ("keep_contacts.rule", "{rule}：{rows} 筆"),
    ("keep_contacts.later", "結果中有 {rows} 筆的日期為 {date} 或之後，待該日結束後再讀取"),
    ("keep_contacts.elsewhere", "結果中有 {rows} 筆屬於不是由本流程生成的名單；它們計為聯絡，但沒有已知的對照組"),
    ("keep_contacts.contaminated", "有 {persons} 位本應保留不聯絡的人收到了 {lists} 的內容；這些名單的效果因此被低估"),
];
