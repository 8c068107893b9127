//! Tables, keys and references, and blobs, pushed from a program.
