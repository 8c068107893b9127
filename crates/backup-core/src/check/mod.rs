//! What is asked of a restored database, and of the sources as they are now, beyond “is it what was
//! sealed”.

pub(crate) mod against;
mod changes;
mod decimal;
pub(crate) mod expect;
mod now;
mod runs;
