//! The stages of a customer's life, and what moves a customer from one to another.

/// Stages of a customer's life with the shop, in the order of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stage {
    /// Known, but has never ordered.
    Prospect,
    /// First order, not long ago.
    New,
    /// Few orders on record, which begins so late that earlier ones may be missing.
    Known,
    /// Second to fourth order, not overdue.
    Building,
    /// Many orders, not overdue.
    Loyal,
    /// Ordered again after silence.
    Returned,
    /// Overdue.
    Slipping,
    /// Long overdue.
    Dormant,
    /// Silent for so long that hardly any comes back.
    Lost,
}

/// A stage as people meet it.
#[derive(Debug)]
pub struct StageRow {
    /// The stage.
    pub stage: Stage,
    /// Name in tables and lists.
    pub name: &'static str,
    /// Who is in it, by orders.
    pub meaning: &'static str,
    /// Who is in it, by contracts; empty where contracts have no such stage.
    pub by_contract: &'static str,
}

/// All stages, in the order of a life.
pub static STAGES: [StageRow; 9] = [
    StageRow {
        stage: Stage::Prospect,
        name: "prospect",
        meaning: "is known, but has never ordered",
        by_contract: "has had no contract yet",
    },
    StageRow {
        stage: Stage::New,
        name: "new",
        meaning: "has ordered on one day, not long ago",
        by_contract: "has had a contract for a short time",
    },
    StageRow {
        stage: Stage::Known,
        name: "known",
        meaning: "has few orders on record and is not overdue; earlier orders may be missing because the data begin too late",
        by_contract: "",
    },
    StageRow {
        stage: Stage::Building,
        name: "building",
        meaning: "has ordered on a few days and is not overdue",
        by_contract: "has had a contract for some time",
    },
    StageRow {
        stage: Stage::Loyal,
        name: "loyal",
        meaning: "has ordered on many days and is not overdue",
        by_contract: "has had a contract for a long time",
    },
    StageRow {
        stage: Stage::Returned,
        name: "returned",
        meaning: "has ordered again after being overdue",
        by_contract: "has a contract again after leaving",
    },
    StageRow {
        stage: Stage::Slipping,
        name: "slipping",
        meaning: "is overdue by the customer's own rhythm",
        by_contract: "",
    },
    StageRow { stage: Stage::Dormant, name: "dormant", meaning: "is long overdue", by_contract: "" },
    StageRow {
        stage: Stage::Lost,
        name: "lost",
        meaning: "has been silent for so long that hardly any come back",
        by_contract: "has left",
    },
];

impl Stage {
    /// Name and meaning.
    pub fn row(self) -> &'static StageRow {
        &STAGES[self as usize]
    }

    /// Whether a customer can be in this stage one step after being in `from` without a cancelled order: nobody becomes a prospect or new
    /// again, and whether the data begin too late for a customer never changes.
    pub fn can_follow(self, from: Stage) -> bool {
        match self {
            Stage::Prospect => from == Stage::Prospect,
            Stage::New => from == Stage::Prospect || from == Stage::New,
            Stage::Known => from != Stage::New && from != Stage::Building,
            Stage::Building => from != Stage::Known,
            Stage::Loyal | Stage::Returned | Stage::Slipping | Stage::Dormant | Stage::Lost => true,
        }
    }
}

/// What moved a customer into the present stage since the date before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The stage is that of the date before.
    Nothing,
    /// The first order, or the first contract.
    Began,
    /// A further order.
    Ordered,
    /// An order, or a contract, after being away.
    CameBack,
    /// Silence beyond a limit.
    Silence,
    /// Time alone: the days as a new or returned customer are over, a limit grew with the shop's gaps, or a contract has lasted.
    Time,
    /// An order of the past was cancelled or came back whole.
    Cancelled,
    /// The end of a contract.
    Left,
}

impl Change {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Change::Nothing => "none",
            Change::Began => "began",
            Change::Ordered => "ordered",
            Change::CameBack => "came_back",
            Change::Silence => "silence",
            Change::Time => "time",
            Change::Cancelled => "cancelled",
            Change::Left => "left",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_places_of_their_stages() {
        for (place, row) in STAGES.iter().enumerate() {
            assert_eq!(row.stage as usize, place);
            assert!(row.stage.can_follow(row.stage) && row.stage.can_follow(Stage::Prospect), "{}", row.name);
        }
    }
}
