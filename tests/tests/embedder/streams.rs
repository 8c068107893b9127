//! Archives that are not files.
