//! Units, weekdays and parts of the day, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("unit.days", "{n} 天"),
    ("unit.months", "{n} 個月"),
    ("unit.orders", "{n} 個訂單"),
    ("unit.events", "{n} 次"),
    ("unit.lines", "{n} 個訂單明細"),
    ("unit.items", "{n} 種商品"),
    ("unit.pieces", "{n} 件"),
    ("unit.unknown", "未知"),
    ("weekday.Monday", "星期一"),
    ("weekday.Tuesday", "星期二"),
    ("weekday.Wednesday", "星期三"),
    ("weekday.Thursday", "星期四"),
    ("weekday.Friday", "星期五"),
    ("weekday.Saturday", "星期六"),
    ("weekday.Sunday", "星期日"),
    ("day-part.night", "深夜"),
    ("day-part.morning", "上午"),
    ("day-part.afternoon", "下午"),
    ("day-part.evening", "晚上"),
];
