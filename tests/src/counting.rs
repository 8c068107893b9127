//! An allocator that counts, for tests of what a reader asks for.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with a count of what is in use.
///
/// It counts what Rust code asks for, touched or not; SQLite and zstd have allocators of their own.
#[derive(Debug, Default)]
pub struct Counting {
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl Counting {
    /// One that has counted nothing yet.
    pub const fn new() -> Self {
        Self { used: AtomicUsize::new(0), peak: AtomicUsize::new(0) }
    }

    /// The most bytes that were in use at once since [`Counting::forget`].
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    /// Counts the peak again; gives what is in use now.
    pub fn forget(&self) -> usize {
        let used = self.used.load(Ordering::Relaxed);
        self.peak.store(used, Ordering::Relaxed);
        used
    }
}

#[expect(unsafe_code, reason = "an allocator cannot be made without; this one only counts")]
// SAFETY: everything is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let used = self.used.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        self.peak.fetch_max(used, Ordering::Relaxed);
        // SAFETY: the caller keeps what `GlobalAlloc` asks of it.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.used.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps what `GlobalAlloc` asks of it.
        unsafe { System.dealloc(at, layout) }
    }
}
