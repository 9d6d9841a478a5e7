//! The roles that columns have.

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Order,
    Customer,
    Item,
    Description,
    Category,
    Time,
    Clock,
    Quantity,
    UnitPrice,
    LineTotal,
    OrderTotal,
    Currency,
    Country,
    Email,
    Telephone,
    FirstName,
    LastName,
    Consent,
    Reason,
    Status,
}

impl Role {
    /// All roles, in the order in which they are asked.
    pub const ALL: [Role; 20] = [
        Role::Order,
        Role::Customer,
        Role::Item,
        Role::Description,
        Role::Category,
        Role::Time,
        Role::Clock,
        Role::Quantity,
        Role::UnitPrice,
        Role::LineTotal,
        Role::OrderTotal,
        Role::Currency,
        Role::Country,
        Role::Email,
        Role::Telephone,
        Role::FirstName,
        Role::LastName,
        Role::Consent,
        Role::Reason,
        Role::Status,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Role::Order => "order",
            Role::Customer => "customer",
            Role::Item => "item",
            Role::Description => "description",
            Role::Category => "category",
            Role::Time => "time of order",
            Role::Clock => "time of day",
            Role::Quantity => "quantity",
            Role::UnitPrice => "unit price",
            Role::LineTotal => "total of line",
            Role::OrderTotal => "total of order",
            Role::Currency => "currency",
            Role::Country => "country",
            Role::Email => "e-mail",
            Role::Telephone => "telephone",
            Role::FirstName => "first name",
            Role::LastName => "last name",
            Role::Consent => "consent",
            Role::Reason => "reason",
            Role::Status => "status",
        }
    }
}
