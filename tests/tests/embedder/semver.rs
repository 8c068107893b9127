//! What a later version may add without breaking a program.
