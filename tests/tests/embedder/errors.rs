//! An embedder's own errors keep their cause.
