//! How keys and references are known.

use super::{Label, Language};
use crate::model::Provenance;

/// How a key or reference is known.
pub fn known(known: Provenance, language: Language) -> &'static str {
    let label = match known {
        Provenance::Declared => Label::KnownDeclared,
        Provenance::Given => Label::KnownGiven,
        Provenance::Inferred => Label::KnownInferred,
    };
    label.text(language)
}
