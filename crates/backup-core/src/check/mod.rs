//! Checks on a restored database, and on the sources as they are now, other than equality: keys and
//! references, differences, totals.

pub(crate) mod against;
mod changes;
mod current;
mod decimal;
mod difference;
pub(crate) mod expect;
mod pairing;
mod relations;
mod rows;
mod sorting;

pub use self::relations::Schema;
pub(crate) use self::relations::{CheckPlan, Database};
pub use self::rows::{KeyReport, ReferenceReport};
