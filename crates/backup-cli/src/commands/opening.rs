//! What keeps an archive from being opened: another key, or a header that is damaged.

use std::path::Path;

use backup_core::{Error, ErrorKind, Monitor, Verdict, verify_sealed};

use crate::exit::Failure;
use crate::i18n::{Text, fl, text};

/// What keeps an archive from being opened. A key that does not fit may be the wrong one, or the
/// header may be damaged that says whom it is sealed for: where a checksum stands beside it, that
/// is told apart, and where none does, both are said.
pub(super) fn not_opened(error: Error, archive: &Path, monitor: &dyn Monitor) -> Failure {
    let either = match error.kind() {
        ErrorKind::NoKeyFits { passphrase: false } => text!("no-key-or-damaged"),
        ErrorKind::WrongPassphrase => text!("no-passphrase-or-damaged"),
        // That it is sealed with a passphrase stands in a header that can be read.
        _ => return error.into(),
    };
    let sealed = match verify_sealed(archive, monitor) {
        Err(stopped) if matches!(stopped.kind(), ErrorKind::Cancelled) => return stopped.into(),
        sealed => sealed.ok().and_then(|report| report.verdict()),
    };
    let Failure { message, hint, .. } = Failure::from(error);
    let hint_and = |next: Text| match hint {
        Some(hint) => hint.and(&next),
        None => next,
    };
    match sealed {
        Some(Verdict::Failed) => {
            let message =
                Text::of(|language| fl!(language, "may-be-damaged", text = message.text(language)));
            Failure::error(message, text!("may-be-damaged-hint"))
        }
        Some(Verdict::Intact) => Failure::error(message, hint_and(text!("as-written"))),
        // Nothing beside it tells one from the other.
        _ => {
            let name = archive.display().to_string();
            Failure::error(either.about(&name), hint_and(text!("compare-sum")))
        }
    }
}
