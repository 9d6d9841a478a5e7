//! What a stage declares that it makes.

use crate::tables::{ColumnType, Layout};

/// What a stage makes.
#[derive(Debug, Clone)]
pub struct Output {
    /// Under the stage's own name.
    pub main: Shape,
    /// Further tables, `NAME_suffix`.
    pub also: Vec<(&'static str, &'static Layout)>,
}

impl Output {
    /// One table of this layout.
    pub fn table(layout: &'static Layout) -> Output {
        Output { main: Shape::Table(layout), also: Vec::new() }
    }

    /// One table with the columns of this layout and no others, although the layout allows more to those who write such a table.
    pub fn exactly(layout: &'static Layout) -> Output {
        Output { main: Shape::Extended(layout, Vec::new()), also: Vec::new() }
    }

    /// The same, with a further table.
    pub fn and(mut self, suffix: &'static str, layout: &'static Layout) -> Output {
        self.also.push((suffix, layout));
        self
    }
}

/// The form of a stage's main product.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A table of a fixed layout.
    Table(&'static Layout),
    /// A table of a layout with the further columns that the settings give it; `None` for a type known only when it runs.
    Extended(&'static Layout, Vec<(String, Option<ColumnType>)>),
    /// A table whose columns the settings declare; `None` for a type known only when it runs. `true`: there may be more.
    Declared(Vec<(String, Option<ColumnType>)>, bool),
    /// A table with the columns of the upstream stage of this name.
    LikeInput(String),
    /// A model for a task.
    Model(&'static str),
    /// Files only.
    Files,
}
