//! The library as an embedder uses it: from outside the crate, through its public interface only.

mod damage;
mod errors;
mod keys;
mod proof;
mod push;
mod schema;
mod semver;
mod send;
mod sink;
mod sources;
mod streams;
