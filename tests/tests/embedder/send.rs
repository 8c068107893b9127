//! Sources and archives that go to another thread.
