//! Progress on standard error, and the word to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use backup_core::render::Language;
use backup_core::{Monitor, Notice, Phase, Unsupported};
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Notify;
use crate::said::Both;

/// Where the length is known. On 80 columns it leaves some twenty for the name of a table.
const MEASURED: &str = "{prefix:12} {bar:16.cyan/dim} {percent:>3}% {binary_bytes:>10} \
                        {binary_bytes_per_sec:>12}  {wide_msg:.dim}";
/// Where it is not.
const OPEN: &str = "{prefix:12} {spinner:.cyan} {binary_bytes:>10} {binary_bytes_per_sec:>12}  \
                    {wide_msg:.dim}";

/// The monitor of a command: shows a bar where one is wanted, and stops when it is told to.
pub(crate) struct Watch {
    cancel: Arc<AtomicBool>,
    also: Option<Arc<dyn Monitor>>,
    bar: Option<ProgressBar>,
    /// Where notices go, unless the command is to be quiet.
    notify: Option<Notify>,
    ticker: Mutex<Option<Ticker>>,
    language: Language,
}

impl Watch {
    pub(crate) fn new(
        cancel: Arc<AtomicBool>,
        also: Option<Arc<dyn Monitor>>,
        visible: bool,
        notify: Option<Notify>,
        language: Language,
    ) -> Self {
        let (bar, ticker) = (visible.then(ProgressBar::no_length), Mutex::new(None));
        Self { cancel, also, bar, notify, ticker, language }
    }

    /// Does something with the terminal while no bar is in the way.
    pub(crate) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(work),
            None => work(),
        }
    }

    /// Takes the bar away; the next phase brings it back.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            drop(self.ticker().take());
            bar.finish_and_clear();
        }
    }

    fn ticker(&self) -> MutexGuard<'_, Option<Ticker>> {
        self.ticker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Draws the bar again and again, so that it moves where nothing is told of for a while. The library's
/// own panics where no thread can be started; without one the bar moves less.
struct Ticker {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(bar: &ProgressBar) -> Self {
        const BETWEEN: Duration = Duration::from_millis(100);
        let stop = Arc::new(AtomicBool::new(false));
        let (bar, stopped) = (bar.clone(), stop.clone());
        let thread = thread::Builder::new().spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                bar.tick();
                thread::park_timeout(BETWEEN);
            }
        });
        Self { stop, thread: thread.ok() }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Monitor for Watch {
    fn phase(&self, phase: Phase, total_bytes: Option<u64>) {
        if let Some(also) = &self.also {
            also.phase(phase, total_bytes);
        }
        let Some(bar) = &self.bar else { return };
        let template = if total_bytes.is_some() { MEASURED } else { OPEN };
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.reset();
        bar.set_style(style.progress_chars("━━─"));
        bar.set_prefix(words(phase).text(self.language));
        bar.set_message("");
        match total_bytes {
            Some(bytes) => bar.set_length(bytes),
            None => bar.unset_length(),
        }
        self.ticker().get_or_insert_with(|| Ticker::start(bar));
    }

    fn working_on(&self, name: &str) {
        if let Some(also) = &self.also {
            also.working_on(name);
        }
        if let Some(bar) = &self.bar {
            bar.set_message(backup_core::render::clean(name).into_owned());
        }
    }

    fn advance(&self, bytes: u64) {
        if let Some(also) = &self.also {
            also.advance(bytes);
        }
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
        }
    }

    fn notice(&self, notice: &Notice<'_>) {
        if let Some(also) = &self.also {
            also.notice(notice);
        }
        let Some(notify) = &self.notify else { return };
        let text = notice_text(notice, self.language);
        // The next phase brings the bar back.
        self.clear();
        notify(&backup_core::render::clean(&text));
    }

    fn go_on(&self) -> bool {
        !self.cancel.load(Ordering::Relaxed) && self.also.as_ref().is_none_or(|also| also.go_on())
    }
}

/// A notice as one sentence.
fn notice_text(notice: &Notice<'_>, language: Language) -> String {
    match notice {
        Notice::WaitingForLock(path) => {
            let path = path.display();
            language.of(
                format!("Waiting for another run that is writing {path} …"),
                format!("正在等待另一个运行写完 {path} …"),
            )
        }
        Notice::Removing(path) => {
            let path = path.display();
            language.of(
                format!("Removing {path}, which a run that was killed has left."),
                format!("正在清除 {path}（先前中断的运行所遗留）。"),
            )
        }
        Notice::Unsupported(unsupported) => {
            let folder = unsupported.folder().display();
            let chinese = match unsupported {
                Unsupported::FolderSync(_) => "目录项无法强制写入磁盘",
                Unsupported::Locks(_) => "文件无法加锁，请勿让两个运行同时写入同一名称",
                _ => "文件系统缺少某项功能",
            };
            language.of(format!("Note: {unsupported}."), format!("说明：{folder}：{chinese}。"))
        }
        _ => String::new(),
    }
}

/// A phase in plain words, of at most 12 columns.
fn words(phase: Phase) -> Both {
    match phase {
        Phase::Exporting => Both("Exporting", "导出"),
        Phase::ReadingBack => Both("Reading back", "读回"),
        Phase::Verifying => Both("Verifying", "校验"),
        Phase::Loading => Both("Loading", "载入"),
        Phase::Proving => Both("Proving", "读回比对"),
        Phase::Restoring => Both("Restoring", "恢复"),
        Phase::Comparing => Both("Comparing", "与源比对"),
        _ => Both("Working", "处理中"),
    }
}
