//! Errors in opening an archive: a wrong key, or a damaged header.

use std::path::Path;

use backup_core::{Error, ErrorKind, Monitor, Verdict, verify_sealed};

use crate::exit::Failure;
use crate::i18n::{Text, fl, text};

/// The failure of an archive that cannot be opened. If no key fits, or if it does not begin as an
/// archive does, it may be the wrong key or file, or a damaged header: the `.sha256` file
/// distinguishes them. Without one, the message for a key names both.
pub(super) fn not_opened(error: Error, archive: &Path, monitor: &dyn Monitor) -> Failure {
    let either = match error.kind() {
        ErrorKind::NoKeyFits { passphrase: false } => Some(text!("no-key-or-damaged")),
        ErrorKind::WrongPassphrase => Some(text!("no-passphrase-or-damaged")),
        ErrorKind::NoKeyFits { .. }
        | ErrorKind::NotAnArchive { .. }
        | ErrorKind::WorkFactor { .. } => None,
        _ => return error.into(),
    };
    let checked = match verify_sealed(archive, monitor) {
        Err(stopped) if matches!(stopped.kind(), ErrorKind::Cancelled) => return stopped.into(),
        checked => checked.ok().and_then(|report| report.verdict()),
    };
    let failure = Failure::from(error);
    if archive.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Failure { hint: Some(text!("archive-on-stdin-hint")), ..failure };
    }
    let and = |hint: Option<Text>, next: Text| match hint {
        Some(hint) => hint.and(&next),
        None => next,
    };
    match (checked, either) {
        (Some(Verdict::Failed), _) => {
            let message = Text::of(|language| {
                fl!(language, "may-be-damaged", text = failure.message.text(language))
            });
            Failure::error(message, text!("may-be-damaged-hint"))
        }
        (_, None) => failure,
        (Some(Verdict::Intact), _) => {
            Failure::error(failure.message, and(failure.hint, text!("as-written")))
        }
        // There is no .sha256 file to compare with.
        (_, Some(either)) => {
            let name = archive.display().to_string();
            Failure::error(either.about(&name), and(failure.hint, text!("compare-sum")))
        }
    }
}
