//! Errors in opening an archive: a wrong key, or a damaged header.

use std::path::Path;

use backup_core::{Error, ErrorKind, Monitor, Verdict, verify_sealed};

use crate::exit::Failure;
use crate::i18n::{Text, fl, text};

/// The failure of an archive that cannot be opened. If no key fits, it may be the wrong key, or a
/// damaged header: the `.sha256` file distinguishes them, and without one the message names both.
pub(super) fn not_opened(error: Error, archive: &Path, monitor: &dyn Monitor) -> Failure {
    let either = match error.kind() {
        ErrorKind::NoKeyFits { passphrase: false } => text!("no-key-or-damaged"),
        ErrorKind::WrongPassphrase => text!("no-passphrase-or-damaged"),
        // If a passphrase is required, the header could be read. Other errors have their own
        // messages.
        _ => return error.into(),
    };
    let checked = match verify_sealed(archive, monitor) {
        Err(stopped) if matches!(stopped.kind(), ErrorKind::Cancelled) => return stopped.into(),
        checked => checked.ok().and_then(|report| report.verdict()),
    };
    let Failure { message, hint, .. } = Failure::from(error);
    let hint_and = |next: Text| match hint {
        Some(hint) => hint.and(&next),
        None => next,
    };
    match checked {
        Some(Verdict::Failed) => {
            let message =
                Text::of(|language| fl!(language, "may-be-damaged", text = message.text(language)));
            Failure::error(message, text!("may-be-damaged-hint"))
        }
        Some(Verdict::Intact) => Failure::error(message, hint_and(text!("as-written"))),
        // There is no .sha256 file to compare with.
        _ => {
            let name = archive.display().to_string();
            Failure::error(either.about(&name), hint_and(text!("compare-sum")))
        }
    }
}
