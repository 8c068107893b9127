//! An allocator that checks memory when it is freed, for tests of wiping.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The system's allocator, with a check of every block that is freed.
///
/// It covers what Rust code requests; SQLite and zstd have separate allocators.
#[derive(Debug)]
pub struct Watching {
    is_secret: fn(&[u8]) -> bool,
    armed: AtomicBool,
    blocks: AtomicUsize,
    found: AtomicUsize,
}

impl Watching {
    /// An allocator that does not check yet. `is_secret` must not allocate.
    pub const fn new(is_secret: fn(&[u8]) -> bool) -> Self {
        let (armed, blocks, found) =
            (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
        Self { is_secret, armed, blocks, found }
    }

    /// Checks while `work` runs; returns its result, how many blocks were checked, and how many of them
    /// contained a secret.
    pub fn watch<T>(&self, work: impl FnOnce() -> T) -> (T, usize, usize) {
        self.blocks.store(0, Ordering::SeqCst);
        self.found.store(0, Ordering::SeqCst);
        self.armed.store(true, Ordering::SeqCst);
        let result = work();
        self.armed.store(false, Ordering::SeqCst);
        (result, self.blocks.load(Ordering::SeqCst), self.found.load(Ordering::SeqCst))
    }
}

#[expect(unsafe_code, reason = "an allocator cannot be made without; this one only reads")]
// SAFETY: every request is passed on to the system's allocator unchanged. A block that grows is moved, by
// the default implementation of `GlobalAlloc`, so that the old block is freed here.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of a block may be read when it is freed.
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if self.armed.load(Ordering::Relaxed) {
            // SAFETY: until it is passed on, the block belongs to the caller; it has this length, and was zeroed.
            let bytes = unsafe { std::slice::from_raw_parts(at, layout.size()) };
            self.blocks.fetch_add(1, Ordering::Relaxed);
            if (self.is_secret)(bytes) {
                self.found.fetch_add(1, Ordering::Relaxed);
            }
        }
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.dealloc(at, layout) }
    }
}
