//! A proof cannot be made by hand.
