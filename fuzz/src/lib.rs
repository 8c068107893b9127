//! A memory limit around every fuzz target.
//!
//! The library that reads workbooks may request any amount of memory; the program therefore reads
//! workbooks in a separate process. Here, a request beyond the limit becomes a panic. The reader of
//! workbooks catches it like other panics of the library; anywhere else it is a finding.

#![feature(alloc_error_hook)]

use std::alloc::{GlobalAlloc, Layout, System, set_alloc_error_hook};
use std::backtrace::Backtrace;
use std::ptr::null_mut;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crm_backup_tests::fuzzing::{Target, run, target};
pub use libfuzzer_sys::fuzz_target;

/// The program of a target.
#[macro_export]
macro_rules! fuzz {
    ($name:literal) => {
        $crate::fuzz_target!(|bytes: &[u8]| $crate::once($name, bytes));
    };
}

/// Runs a target over these bytes.
pub fn once(name: &str, bytes: &[u8]) {
    static BEGUN: Once = Once::new();
    let target = target(name);
    BEGUN.call_once(|| begin(target));
    MEMORY.allow(target.memory_for(bytes.len()));
    run(target, bytes);
}

fn begin(target: &Target) {
    // Values that are created once are created before memory is counted.
    let _ = (target.seeds)();
    set_alloc_error_hook(|layout| {
        let times = REFUSED.fetch_add(1, Relaxed) + 1;
        if (0..9).any(|zeros| times == 10_usize.pow(zeros)) {
            // With RUST_BACKTRACE=1, the backtrace of the request.
            eprintln!("memory was refused {times} times\n{}", Backtrace::capture());
        }
        panic!("{} bytes more than may be taken", layout.size())
    });
}

/// How often more memory than the limit was requested.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static MEMORY: Bounded = Bounded { used: AtomicUsize::new(0), most: AtomicUsize::new(usize::MAX) };

/// The system's allocator, which refuses one request when the limit would be exceeded.
struct Bounded {
    used: AtomicUsize,
    most: AtomicUsize,
}

impl Bounded {
    /// Sets the limit for what is allocated from now on.
    fn allow(&self, bytes: usize) {
        self.most.store(self.used.load(Relaxed).saturating_add(bytes), Relaxed);
    }
}

// SAFETY: every request that is not refused is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let used = self.used.fetch_add(layout.size(), Relaxed) + layout.size();
        if used > self.most.load(Relaxed) {
            self.used.fetch_sub(layout.size(), Relaxed);
            // One refusal is enough, because reporting it needs memory too.
            self.most.store(usize::MAX, Relaxed);
            return null_mut();
        }
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.used.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.dealloc(at, layout) }
    }
}
