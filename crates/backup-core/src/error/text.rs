//! Errors as sentences.

use std::fmt;
use std::io;
use std::path::Path;

use super::{Error, ErrorKind, Operation, ScratchCause};
use crate::finding::{Code, Location};
use crate::i18n::{Language, Message, fl};

impl Error {
    /// What happened and where, in a language, without its causes.
    pub fn text(&self, language: Language) -> String {
        self.text_at(self.location(), language)
    }

    /// The same without the source, for a text that names the source already.
    pub(crate) fn text_without_source(&self, language: Language) -> String {
        self.text_at(&Location { source: None, ..self.location().clone() }, language)
    }

    fn text_at(&self, location: &Location, language: Language) -> String {
        let what = self.kind().text(language);
        let place = match self.kind() {
            // The finding has its own place.
            ErrorKind::Refused(_) => location.source.clone().unwrap_or_default(),
            _ => location.text(language),
        };
        match place {
            place if place.is_empty() => what,
            place => fl!(language, "error-at", place = place, what = what),
        }
    }

    /// The same, with its causes.
    pub fn text_with_causes(&self, language: Language) -> String {
        let text = self.text(language);
        let cause = match self.kind() {
            ErrorKind::Io { doing: Operation::WriteToFolder, source, .. }
                if source.kind() == io::ErrorKind::NotFound =>
            {
                fl!(language, "os-no-folder")
            }
            ErrorKind::Io { source, .. } => os_error(source, language),
            ErrorKind::Other { source } => chain(source.as_ref()),
            ErrorKind::NotFlushed { source, .. } | ErrorKind::AfterPublishing { source, .. } => {
                source.text_with_causes(language)
            }
            _ => return text,
        };
        fl!(language, "error-caused", what = text, cause = cause)
    }

    /// What to try, as an English sentence.
    pub fn hint(&self) -> Option<String> {
        self.hint_text(Language::English)
    }

    /// What to try, in a language. A hint that an embedder gave as text is returned unchanged.
    pub fn hint_text(&self, language: Language) -> Option<String> {
        Some(match self.kind() {
            ErrorKind::Io { .. } if self.is_out_of_processes() => fl!(language, "hint-processes"),
            ErrorKind::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory => fl!(language, "hint-not-found"),
                io::ErrorKind::PermissionDenied => fl!(language, "hint-permission"),
                io::ErrorKind::ReadOnlyFilesystem => fl!(language, "hint-read-only"),
                io::ErrorKind::StorageFull => fl!(language, "hint-disk-full"),
                io::ErrorKind::FileTooLarge => fl!(language, "hint-file-too-large"),
                _ => return None,
            },
            ErrorKind::Scratch { cause: ScratchCause::DiskFull, .. } => {
                fl!(language, "hint-disk-full")
            }
            ErrorKind::Scratch { cause: ScratchCause::Privilege, .. } => {
                fl!(language, "hint-scratch-privilege")
            }
            ErrorKind::NoKeyFits { passphrase: true } => fl!(language, "hint-passphrase"),
            ErrorKind::NoKeyFits { passphrase: false } => fl!(language, "hint-key"),
            ErrorKind::WrongPassphrase => fl!(language, "hint-wrong-passphrase"),
            ErrorKind::LockedKey { .. } => fl!(language, "hint-locked-key"),
            ErrorKind::NotAnArchive { .. } => fl!(language, "hint-not-an-archive"),
            ErrorKind::Key { .. } => fl!(language, "hint-recipients"),
            ErrorKind::WorkFactor { .. } => fl!(language, "hint-work-factor"),
            ErrorKind::Refused(finding) if finding.code == Code::CutShort => {
                fl!(language, "hint-cut-short")
            }
            ErrorKind::Refused(finding) if finding.code == Code::History => {
                fl!(language, "hint-history")
            }
            ErrorKind::Refused(_) => fl!(language, "hint-refused"),
            ErrorKind::Source { hint, .. }
            | ErrorKind::Scratch { hint: Some(hint), .. }
            | ErrorKind::Input { hint, .. }
            | ErrorKind::Option { hint, .. }
            | ErrorKind::NotFound { hint, .. } => hint.text(language),
            ErrorKind::Misread(_) => fl!(language, "hint-misread"),
            ErrorKind::SourceChanged => fl!(language, "hint-moved"),
            ErrorKind::Exists { .. } | ErrorKind::NotReplaceable { .. } => {
                fl!(language, "hint-another-name")
            }
            ErrorKind::Locked { .. } => fl!(language, "hint-locked"),
            ErrorKind::NotFlushed { .. } => fl!(language, "hint-not-flushed"),
            ErrorKind::AfterPublishing { .. } => fl!(language, "hint-after-publishing"),
            _ => return None,
        })
    }

    /// Whether a thread or a process could not be started because the limit of the system is
    /// reached.
    pub fn is_out_of_processes(&self) -> bool {
        matches!(self.kind(), ErrorKind::Io { doing, source, .. }
            if doing.is_starting() && source.kind() == io::ErrorKind::WouldBlock)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl Operation {
    /// Whether the operation is to start a thread or a process.
    pub(crate) fn is_starting(self) -> bool {
        matches!(self, Self::Start | Self::StartThread)
    }

    /// The operation as the predicate of a sentence.
    fn text(self, path: String, language: Language) -> String {
        Message::of_variant("operation-", &self).with("path", path).text(language)
    }
}

impl ErrorKind {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Io { doing, path, .. } => {
                let path = path.as_ref().map(|path| shown(path));
                let doing = doing.text(path.unwrap_or_default(), language);
                fl!(language, "error-io", doing = doing.trim_end())
            }
            Self::NoKeyFits { passphrase: true } => fl!(language, "error-needs-passphrase"),
            Self::NoKeyFits { passphrase: false } => fl!(language, "error-no-key-fits"),
            Self::WrongPassphrase => fl!(language, "error-wrong-passphrase"),
            Self::LockedKey { name } => fl!(language, "error-locked-key", name = name.as_str()),
            Self::NotAnArchive { why } => {
                fl!(language, "error-not-an-archive", why = why.text(language))
            }
            Self::Key { why }
            | Self::Record { why }
            | Self::Limit { what: why }
            | Self::Source { why, .. }
            | Self::Input { why, .. }
            | Self::Option { why, .. } => why.text(language),
            Self::WorkFactor { found, most } => {
                let memory = memory_of(*found);
                fl!(language, "error-work-factor", found = found, memory = memory, most = most)
            }
            Self::Refused(finding) => crate::finding::sentence(finding, language),
            Self::Misread(finding) => finding.message.text(language),
            Self::SourceChanged => fl!(language, "error-moved"),
            Self::Exists { path } => {
                fl!(language, "error-exists", path = shown(path))
            }
            Self::Locked { path, waited } => {
                let (path, seconds) = (shown(path), waited.as_secs());
                fl!(language, "error-locked", path = path, seconds = seconds)
            }
            Self::NotReplaceable { path, why } => {
                let (path, why) = (shown(path), why.text(language));
                fl!(language, "error-not-replaceable", path = path, why = why)
            }
            Self::NotFlushed { path, .. } => {
                fl!(language, "error-not-flushed", path = shown(path))
            }
            Self::AfterPublishing { path, .. } => {
                fl!(language, "error-after-publishing", path = shown(path))
            }
            Self::NotFound { what, .. } => {
                fl!(language, "error-not-there", what = what.text(language))
            }
            Self::Scratch { doing, why, .. } => {
                let (doing, why) = (doing.text(language), why.text(language));
                fl!(language, "error-scratch", doing = doing, why = why)
            }
            Self::Cancelled => fl!(language, "error-cancelled"),
            Self::Other { .. } => fl!(language, "error-other"),
            Self::Panicked { what } => fl!(language, "error-panicked", thread = what.to_string()),
        }
    }
}

/// A path in a sentence. Of a path that is longer than systems accept, the end.
fn shown(path: &Path) -> String {
    const MOST: usize = 1024;
    const SHOWN: usize = 100;
    let text = path.display().to_string();
    if text.len() <= MOST {
        return text;
    }
    let characters = text.chars().count();
    let end: String = text.chars().skip(characters.saturating_sub(SHOWN)).collect();
    format!("…{end}")
}

/// The text of another crate's error, with its causes. It is not translated.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The message of the operating system. Common messages are translated.
fn os_error(error: &io::Error, language: Language) -> String {
    match (language, error.kind()) {
        // The text of this kind differs between the system and the standard library.
        (_, io::ErrorKind::NotFound) if error.get_ref().is_none() => fl!(language, "os-not-found"),
        (Language::English, _) => error.to_string(),
        (_, io::ErrorKind::NotFound) => fl!(language, "os-not-found"),
        (_, io::ErrorKind::PermissionDenied) => fl!(language, "os-permission"),
        (_, io::ErrorKind::StorageFull) => fl!(language, "os-disk-full"),
        _ => error.to_string(),
    }
}

/// The memory that scrypt takes with a work factor of `factor`.
fn memory_of(factor: u8) -> String {
    let unit = ["KiB", "MiB", "GiB", "TiB", "PiB"].get(usize::from(factor) / 10);
    match unit {
        Some(unit) => format!("{} {unit}", 1u32 << (factor % 10)),
        None => "> 1,000 PiB".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_refusals_of_the_system_have_hints_in_each_language() {
        use io::ErrorKind::*;
        let hinted = [NotFound, NotADirectory, IsADirectory, PermissionDenied, ReadOnlyFilesystem];
        for kind in hinted.into_iter().chain([StorageFull, FileTooLarge]) {
            let error = Error::reading("x", kind.into());
            let [english, chinese] = Language::ALL.map(|language| error.hint_text(language));
            assert!(english.is_some() && chinese.is_some() && english != chinese, "{kind:?}");
        }
        assert_eq!(Error::reading("x", TimedOut.into()).hint(), None);
    }

    #[test]
    fn of_a_very_long_path_the_end_is_shown() {
        let path = format!("{}/accounts.csv", "folder/".repeat(700));
        let text = Error::reading(path, io::ErrorKind::InvalidFilename.into()).to_string();
        assert!(text.ends_with("accounts.csv") && text.len() < 200, "{text}");
    }

    #[test]
    fn an_error_says_where_and_why_in_each_language() {
        let error = Error::reading("x.csv", io::ErrorKind::NotFound.into()).at_record(1234);
        assert_eq!(error.to_string(), "record 1234: cannot read x.csv");
        let chinese = error.text_with_causes(Language::Chinese);
        assert_eq!(chinese, "第 1234 条记录：无法读取 x.csv：找不到文件或文件夹");
        let thread = ErrorKind::Io {
            doing: Operation::StartThread,
            path: None,
            source: io::ErrorKind::WouldBlock.into(),
        };
        assert_eq!(Error::new(thread).to_string(), "cannot start a thread");
    }

    #[test]
    fn the_text_of_an_embedder_reads_the_same_in_every_language() {
        let error = Error::source("it cannot be read", "Export it again.");
        assert_eq!(error.hint_text(Language::Chinese).as_deref(), Some("Export it again."));
        assert_eq!(error.text(Language::Chinese), "it cannot be read");
    }
}
