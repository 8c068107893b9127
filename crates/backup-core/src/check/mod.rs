//! What is asked of a restored database, and of the sources as they are now, beyond “is it what was
//! sealed”: keys and references, differences, totals.

pub(crate) mod against;
mod changes;
mod decimal;
mod difference;
pub(crate) mod expect;
mod now;
mod pairing;
mod relations;
mod sorting;

pub(crate) use self::relations::{Asked, TableWatch, Watched};
pub use self::relations::{KeyReport, ReferenceReport, Schema};
