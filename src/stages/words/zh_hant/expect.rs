//! The words of `expect`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("expect.not-empty", "{columns} 不為空"),
    ("expect.unique", "{columns} 不重複"),
    ("expect.among", "{columns} 屬於 {values}"),
    ("expect.from", "{columns} 不小於 {min}"),
    ("expect.to", "{columns} 不大於 {max}"),
    ("expect.from-to", "{columns} 介於 {min} 與 {max} 之間"),
    ("expect.found-in", "{columns} 可在 {table} 中找到"),
    ("expect.rows", "列數"),
    ("expect.fresh", "{columns} 足夠新"),
    ("expect.as-before", "{columns} 的分布與之前相同"),
    ("expect.all-meet", "所有列都符合"),
    ("expect.some-fail", "{rows} 筆中有 {failed} 筆不符合（{percent}%）"),
    ("expect.no-run", "沒有可供比較的執行"),
    ("expect.not-older", "最新的值不比上次執行舊"),
    ("expect.older", "最新的值比上次執行舊"),
    ("expect.so-many", "{rows} 筆"),
    ("expect.faults", "{rows} 筆：{faults}"),
    ("expect.fewer", "少於 {min}"),
    ("expect.more", "多於 {max}"),
    ("expect.changed", "與上次執行的 {before} 相比變化 {percent}%"),
    ("expect.index", "群體穩定性指標 {values}"),
    ("expect.line", "{check}：{found}"),
];
