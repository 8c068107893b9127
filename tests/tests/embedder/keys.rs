//! Keys in three lines.
