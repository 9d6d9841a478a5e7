//! The words of `segment`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("segment.clusters", "聚类"),
    ("segment.cluster", "聚类 {number}"),
    ("segment.meaning", "{meaning}：{action}"),
    ("segment.kept", "聚类和分界点沿用较早一次运行的结果"),
    ("segment.fitted", "上次运行使用另一版本的 patron：重新拟合分界点和聚类"),
    ("segment.too-few", "{customers} 位客户太少，无法聚类"),
    ("segment.stable", "{clusters} 个聚类：稳定的最大数目"),
    ("segment.unstable", "{clusters} 个聚类：最稳定的数目，但没有一个真正稳定"),
    ("segment.stayed", "自上次运行以来，{percent}% 的客户留在原来的细分中"),
];
