//! The words of `expect`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("expect.not-empty", "{columns} 不为空"),
    ("expect.unique", "{columns} 不重复"),
    ("expect.among", "{columns} 属于 {values}"),
    ("expect.from", "{columns} 不小于 {min}"),
    ("expect.to", "{columns} 不大于 {max}"),
    ("expect.from-to", "{columns} 介于 {min} 与 {max} 之间"),
    ("expect.found-in", "{columns} 可在 {table} 中找到"),
    ("expect.rows", "行数"),
    ("expect.fresh", "{columns} 足够新"),
    ("expect.as-before", "{columns} 的分布与之前相同"),
    ("expect.all-meet", "所有行都符合"),
    ("expect.some-fail", "{rows} 行中有 {failed} 行不符合（{percent}%）"),
    ("expect.no-run", "没有可供比较的运行"),
    ("expect.not-older", "最新的值不比上次运行旧"),
    ("expect.older", "最新的值比上次运行旧"),
    ("expect.so-many", "{rows} 行"),
    ("expect.faults", "{rows} 行：{faults}"),
    ("expect.fewer", "少于 {min}"),
    ("expect.more", "多于 {max}"),
    ("expect.changed", "与上次运行的 {before} 相比变化 {percent}%"),
    ("expect.index", "群体稳定性指标 {values}"),
    ("expect.line", "{check}：{found}"),
];
