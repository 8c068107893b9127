//! How keys and references are known.

use super::{Label, Language};
use crate::model::Known;

/// How a key or reference is known.
pub fn known(known: Known, language: Language) -> &'static str {
    let label = match known {
        Known::Declared => Label::KnownDeclared,
        Known::Given => Label::KnownGiven,
        Known::Inferred => Label::KnownInferred,
    };
    label.text(language)
}
