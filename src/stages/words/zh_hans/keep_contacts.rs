//! The words of `keep-contacts`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("keep_contacts.heading", "迄今为止的联系"),
    (
        "keep_contacts.lead",
        "按名单列出 {date} 之前计划的联系及其已知结果，最新的在前。保留不联系的人列入计划，但没有联系。",
    ),
    ("keep_contacts.list", "名单"),
    ("keep_contacts.since", "首日"),
    ("keep_contacts.latest", "末日"),
    ("keep_contacts.contacted", "计划联系"),
    ("keep_contacts.control", "保留不联系"),
    ("keep_contacts.sent", "已发送"),
    ("keep_contacts.delivered", "已送达"),
    ("keep_contacts.opened", "已打开"),
    ("keep_contacts.redeemed", "已兑换"),
    ("keep_contacts.bounced", "已退回"),
    ("keep_contacts.unsubscribed", "已退订"),
    ("keep_contacts.set-aside", "结果中有 {rows} 行被剔除（{rules}）；连同原因保存在 `{stage}_rejects`"),
    ("keep_contacts.rule", "{rule}：{rows} 行"),
    ("keep_contacts.later", "结果中有 {rows} 行的日期为 {date} 或之后，待该日结束后再读取"),
    ("keep_contacts.elsewhere", "结果中有 {rows} 行属于不是由本流程生成的名单；它们计为联系，但没有已知的对照组"),
    ("keep_contacts.contaminated", "有 {persons} 位本应保留不联系的人收到了 {lists} 的内容；这些名单的效果因此被低估"),
];
