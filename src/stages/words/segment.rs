//! The words of `segment`.

use crate::report::Phrase;

pub static CLUSTERS: Phrase = Phrase::new("segment.clusters", "Clusters");
pub static CLUSTER: Phrase = Phrase::new("segment.cluster", "cluster {number}");
pub static MEANING: Phrase = Phrase::new("segment.meaning", "{meaning}: {action}");
pub static KEPT: Phrase = Phrase::new("segment.kept", "clusters and cut points are those of an earlier run");
pub static FITTED: Phrase = Phrase::new(
    "segment.fitted",
    "another version of patron made the last run: cut points and clusters are fitted again",
);
pub static TOO_FEW: Phrase = Phrase::new("segment.too-few", "{customers} customers are too few to cluster");
pub static STABLE: Phrase = Phrase::new("segment.stable", "{clusters} clusters: the largest stable number");
pub static UNSTABLE: Phrase =
    Phrase::new("segment.unstable", "{clusters} clusters: the most stable number, though none is stable");
pub static STAYED: Phrase =
    Phrase::new("segment.stayed", "{percent} % of customers kept their segment since the last run");
