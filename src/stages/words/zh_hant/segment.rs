//! The words of `segment`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[
    ("segment.clusters", "分群"),
    ("segment.cluster", "分群 {number}"),
    ("segment.meaning", "{meaning}：{action}"),
    ("segment.kept", "分群和分界點沿用較早一次執行的結果"),
    ("segment.fitted", "上次執行使用另一版本的 patron：重新配適分界點和分群"),
    ("segment.too-few", "{customers} 位客戶太少，無法分群"),
    ("segment.stable", "{clusters} 個分群：穩定的最大數目"),
    ("segment.unstable", "{clusters} 個分群：最穩定的數目，但沒有一個真正穩定"),
    ("segment.stayed", "自上次執行以來，{percent}% 的客戶留在原來的區隔中"),
];
