//! Totals that the CRM itself shows, numbers of records and sums of columns, and their comparison
//! with the sources of an export or with a restored database.
//!
//! `list` reads a list of totals, `number` its numbers; `counter` counts the records and sums the
//! columns while they are read, and `findings` reports what differs.

mod counter;
mod findings;
mod list;
mod number;

pub(crate) use self::counter::{Counted, TotalsCounter};
pub use self::list::ExpectedTotals;
