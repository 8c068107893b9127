//! Sources that are not files.
