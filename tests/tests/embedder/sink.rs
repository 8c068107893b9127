//! Export into any writer.
