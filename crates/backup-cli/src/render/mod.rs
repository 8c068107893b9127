//! Outcomes as text for a person and as JSON for a program.

mod document;
pub(crate) mod json;
mod layout;
mod style;
pub(crate) mod text;

pub(crate) use style::{Style, Tone};
