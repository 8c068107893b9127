//! Checks of a restored database (equality, keys and references, totals), and of the sources as
//! they are now.

pub(crate) mod against;
mod changes;
mod current;
mod decimal;
mod difference;
pub(crate) mod expect;
mod left_out;
mod load;
mod pairing;
pub(crate) mod rebuild;
mod relations;
mod restored;
mod sorting;

pub(crate) use self::load::Loader;
pub(crate) use self::pairing::without_date;
pub(crate) use self::relations::Relations;
pub use self::relations::{Schema, TableSchema};
pub(crate) use self::restored::prove;
pub use crate::model::{KeyReport, ReferenceReport};
