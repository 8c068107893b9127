//! Progress on standard error, and cancellation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use backup_core::render::Language;
use backup_core::{Monitor, Notice, Phase};
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Notify;
use crate::i18n::fl;

/// The template of the bar if the length is known. In a terminal of 80 columns, about twenty remain
/// for the name of a table.
const MEASURED: &str = "{prefix:12} {bar:16.cyan/dim} {percent:>3}% {binary_bytes:>10} \
                        {binary_bytes_per_sec:>12}  {wide_msg:.dim}";
/// If it is unknown.
const OPEN: &str = "{prefix:12} {spinner:.cyan} {binary_bytes:>10} {binary_bytes_per_sec:>12}  \
                    {wide_msg:.dim}";

/// The monitor of a command: shows a bar on a terminal, and stops the command once it is cancelled.
pub(crate) struct Watch {
    cancel: Arc<AtomicBool>,
    also: Option<Arc<dyn Monitor>>,
    bar: Option<ProgressBar>,
    /// Where notices go, unless the command is to be quiet.
    notify: Option<Notify>,
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
        let bar = visible.then(ProgressBar::no_length);
        Self { cancel, also, bar, notify, language }
    }

    /// Uses the terminal while the bar is hidden.
    pub(crate) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(work),
            None => work(),
        }
    }

    /// Hides the bar; the next phase shows it again.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
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
        bar.set_prefix(words(phase, self.language));
        bar.set_message("");
        match total_bytes {
            Some(bytes) => bar.set_length(bytes),
            None => bar.unset_length(),
        }
        // The bar is drawn here and at each advance, not by a thread, which could fail to start.
        bar.tick();
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
        // The next phase shows the bar again.
        self.clear();
        notify(&backup_core::render::clean(&text));
    }

    fn should_continue(&self) -> bool {
        !self.cancel.load(Ordering::Relaxed)
            && self.also.as_ref().is_none_or(|also| also.should_continue())
    }
}

/// A notice as one sentence.
fn notice_text(notice: &Notice<'_>, language: Language) -> String {
    match notice {
        Notice::WaitingForLock(path) => {
            fl!(language, "notice-lock", path = path.display().to_string())
        }
        Notice::Removing(path) => {
            fl!(language, "notice-removing", path = path.display().to_string())
        }
        Notice::Unsupported(unsupported) => {
            fl!(language, "notice-unsupported", why = unsupported.message().text(language))
        }
        _ => String::new(),
    }
}

/// A phase in a word or two, of at most 12 columns.
fn words(phase: Phase, language: Language) -> String {
    match phase {
        Phase::Exporting => fl!(language, "phase-exporting"),
        Phase::ReadingBack => fl!(language, "phase-reading-back"),
        Phase::Verifying => fl!(language, "phase-verifying"),
        Phase::Loading => fl!(language, "phase-loading"),
        Phase::Proving => fl!(language, "phase-proving"),
        Phase::Restoring => fl!(language, "phase-restoring"),
        Phase::Comparing => fl!(language, "phase-comparing"),
        _ => fl!(language, "phase-working"),
    }
}
