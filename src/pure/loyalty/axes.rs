//! The axes of all matrices: where a customer stands on each, and how surely.

use super::estimate::Z;

/// What customers are arranged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Axis {
    /// What the customer thinks of the shop beside others.
    Attitude,
    /// How satisfied the customer is.
    Satisfaction,
    /// Whether the customer keeps buying.
    Repeat,
    /// How much the goods matter to the customer.
    Involvement,
    /// At how many shops or of how many brands the customer buys.
    Suppliers,
}

/// An axis as people meet it.
#[derive(Debug)]
pub struct AxisRow {
    /// The axis.
    pub axis: Axis,
    /// Name in tables.
    pub name: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// Where it may come from, the best first.
    pub sources: &'static [Source],
}

/// Where a reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// An answer of the customer to a survey.
    Survey,
    /// Stars that the customer gave.
    Rating,
    /// The behaviour that the axis is about.
    Behaviour,
    /// Behaviour that stands for something else.
    Proxy,
}

/// All axes, in the order of [`Axis`].
pub static AXES: [AxisRow; 5] = [
    AxisRow {
        axis: Axis::Attitude,
        name: "attitude",
        meaning: "what the customer thinks of the shop beside others",
        sources: &[Source::Survey, Source::Rating, Source::Proxy],
    },
    AxisRow {
        axis: Axis::Satisfaction,
        name: "satisfaction",
        meaning: "how satisfied the customer is",
        sources: &[Source::Survey],
    },
    AxisRow {
        axis: Axis::Repeat,
        name: "repeat",
        meaning: "in how many periods the customer buys",
        sources: &[Source::Behaviour],
    },
    AxisRow {
        axis: Axis::Involvement,
        name: "involvement",
        meaning: "how much the goods matter to the customer",
        sources: &[Source::Survey, Source::Proxy],
    },
    AxisRow {
        axis: Axis::Suppliers,
        name: "suppliers",
        meaning: "how many brands or shops the customer uses",
        sources: &[Source::Survey],
    },
];

impl Source {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Source::Survey => "survey",
            Source::Rating => "rating",
            Source::Behaviour => "behaviour",
            Source::Proxy => "proxy",
        }
    }
}

/// Where a customer stands on an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// On the axis' own scale.
    pub value: f64,
    /// Lower end of the 80 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Where it comes from.
    pub source: Source,
}

/// The side of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Surely below it.
    Low,
    /// Surely at it or above.
    High,
    /// The interval lies on both sides.
    Undecided,
    /// Nothing is known.
    Unknown,
}

impl Side {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Side::Low => "low",
            Side::High => "high",
            Side::Undecided => "undecided",
            Side::Unknown => "unknown",
        }
    }
}

/// The side of a cut that a reading lies on. An item of reliability ρ changes sides of its median on being asked again with probability arccos(ρ)/π, 29.5 % at
/// ρ = 0.6: hence the middle.
pub fn side(reading: Option<&Reading>, cut: f64) -> Side {
    match reading {
        None => Side::Unknown,
        Some(reading) if reading.low >= cut => Side::High,
        Some(reading) if reading.high < cut => Side::Low,
        Some(_) => Side::Undecided,
    }
}

/// The reading of a mean of some answers: its 80 % interval is that of the error of measurement, spread·√((1 − reliability)/answers), where `spread` is the
/// standard deviation of all customers' answers (F. Lord, M. Novick, "Statistical theories of mental test scores", 1968, §3.4). Its ends are
/// not cut at the scale's.
pub fn answered(mean: f64, answers: usize, spread: f64, reliability: f64, source: Source) -> Reading {
    let error = spread * ((1.0 - reliability) / answers.max(1) as f64).sqrt();
    Reading { value: mean, low: mean - Z * error, high: mean + Z * error, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_places_of_their_axes() {
        assert!(AXES.iter().enumerate().all(|(place, row)| row.axis as usize == place && !row.sources.is_empty()));
        assert!(AXES.iter().all(|row| row.sources.is_sorted()));
    }

    #[test]
    fn an_interval_over_the_cut_is_undecided() {
        // Standard deviation 1, reliability 0.75: error ½, interval ±0.64.
        let of = |mean, answers| answered(mean, answers, 1.0, 0.75, Source::Survey);
        let one = of(4.0, 1);
        assert!((one.high - 4.640_776).abs() < 1e-6 && (one.low - 3.359_224).abs() < 1e-6);
        assert_eq!(
            [2.8, 3.0, 4.0, 4.2].map(|mean| side(Some(&of(mean, 1)), 3.5)),
            [Side::Low, Side::Undecided, Side::Undecided, Side::High,]
        );
        assert_eq!(side(Some(&of(4.0, 4)), 3.5), Side::High);
        assert_eq!(side(None, 3.5), Side::Unknown);
    }
}
