//! Findings and errors say where the damage is, as data.
