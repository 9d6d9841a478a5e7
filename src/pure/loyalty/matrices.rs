//! The matrices of loyalty, all from one table of axes.

use super::axes::{Axis, Side};

/// A cell of a matrix.
#[derive(Debug, PartialEq, Eq)]
pub struct Cell {
    /// Name in tables.
    pub name: &'static str,
    /// Who is in it.
    pub meaning: &'static str,
    /// The one thing to do.
    pub action: &'static str,
}

/// A matrix of two axes.
#[derive(Debug)]
pub struct Matrix {
    /// Name in tables.
    pub name: &'static str,
    /// The axis of its rows and that of its columns.
    pub axes: [Axis; 2],
    /// By row and column: low and high.
    pub cells: [[Cell; 2]; 2],
}

/// What stands where no side is known, or none is sure.
pub static CELLS: [Cell; 2] = [
    Cell { name: "unknown", meaning: "nothing is known on one of the axes", action: "ask" },
    Cell { name: "undecided", meaning: "an interval lies on both sides of a cut", action: "ask again" },
];

/// All matrices.
///
/// Sources: A. Dick, K. Basu, "Customer loyalty: toward an integrated conceptual framework", Journal of the Academy of Marketing Science 22, 1994; T. Jones,
/// W. E. Sasser, "Why satisfied customers defect", Harvard Business Review 73(6), 1995; S. Knox, "Loyalty-based segmentation and the customer development
/// process", European Management Journal 16, 1998.
pub static MATRICES: [Matrix; 3] = [
    Matrix {
        name: "dick_basu",
        axes: [Axis::Attitude, Axis::Repeat],
        cells: [
            [
                Cell { name: "none", meaning: "thinks little of the shop and buys seldom", action: "leave alone" },
                Cell {
                    name: "spurious",
                    meaning: "buys often, but not out of conviction",
                    action: "give a reason to stay",
                },
            ],
            [
                Cell {
                    name: "latent",
                    meaning: "thinks well of the shop, but buys seldom",
                    action: "remove what is in the way",
                },
                Cell { name: "loyalty", meaning: "thinks well of the shop and buys often", action: "thank" },
            ],
        ],
    },
    Matrix {
        name: "jones_sasser",
        axes: [Axis::Satisfaction, Axis::Repeat],
        cells: [
            [
                Cell { name: "defector", meaning: "is dissatisfied and buys seldom", action: "ask what went wrong" },
                Cell { name: "hostage", meaning: "is dissatisfied, but buys often", action: "ask, do not sell" },
            ],
            [
                Cell { name: "mercenary", meaning: "is satisfied, but buys seldom", action: "reward staying" },
                Cell { name: "apostle", meaning: "is satisfied and buys often", action: "ask for a recommendation" },
            ],
        ],
    },
    Matrix {
        name: "knox",
        axes: [Axis::Involvement, Axis::Suppliers],
        cells: [
            [
                Cell { name: "habitual", meaning: "cares little and uses few brands", action: "make it easy" },
                Cell { name: "switcher", meaning: "cares little and uses many brands", action: "offer a price" },
            ],
            [
                Cell { name: "loyal", meaning: "cares much and uses few brands", action: "thank" },
                Cell { name: "variety_seeker", meaning: "cares much and uses many brands", action: "show what is new" },
            ],
        ],
    },
];

/// The cell of two sides: unknown where one is, else undecided where one is.
pub fn cell(matrix: &'static Matrix, sides: [Side; 2]) -> &'static Cell {
    let place = |side: Side| usize::from(side == Side::High);
    match sides {
        [Side::Unknown, _] | [_, Side::Unknown] => &CELLS[0],
        [Side::Undecided, _] | [_, Side::Undecided] => &CELLS[1],
        [row, column] => &matrix.cells[place(row)][place(column)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_of_the_literature() {
        use Side::*;
        let name = |matrix: usize, sides| cell(&MATRICES[matrix], sides).name;
        assert_eq!(name(0, [High, High]), "loyalty");
        assert_eq!(name(0, [High, Low]), "latent");
        assert_eq!(name(0, [Low, High]), "spurious");
        assert_eq!(name(1, [High, High]), "apostle");
        assert_eq!(name(1, [High, Low]), "mercenary");
        assert_eq!(name(1, [Low, High]), "hostage");
        assert_eq!(name(2, [High, Low]), "loyal");
        assert_eq!(name(2, [Low, Low]), "habitual");
        assert_eq!(name(2, [High, High]), "variety_seeker");
        assert_eq!((name(1, [Unknown, Undecided]), name(1, [Undecided, High])), ("unknown", "undecided"));
    }
}
