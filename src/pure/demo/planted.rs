//! What the generator has planted so far, counted while it writes.

/// What was planted so far.
#[derive(Debug)]
pub(super) struct Planted {
    /// Orders of goods, guests' included; orders per item; orders per affinity that hold it whole.
    pub orders: u64,
    pub by_item: Vec<u64>,
    pub by_affinity: Vec<u64>,
    /// Per sequence: begun by customers who may come back, and come back for.
    pub begun: Vec<u64>,
    pub followed: Vec<u64>,
    /// Day, category (none: all) and factor in thousandths of each change of prices.
    pub prices: Vec<(i64, Option<u8>, i64)>,
    /// First and last day that the second extract repeats, and the day after which it does.
    pub overlap: Option<(i64, i64)>,
}
