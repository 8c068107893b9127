//! What keeps an archive from being opened: another key, or a header that is damaged.

use std::path::Path;

use backup_core::{Error, ErrorKind, Monitor, Verdict, verify_sealed};

use crate::exit::Failure;
use crate::said::{Both, Said};

const NO_KEY: Both = Both(
    "no key that was given opens this archive: it is sealed for other keys, or its header is damaged",
    "给出的密钥都不能解开本归档：它是为其他密钥封存的，或其头部已损坏",
);

const NO_PASSPHRASE: Both = Both(
    "the passphrase does not open this archive: it is another one, or the archive's header is damaged",
    "口令不能解开本归档：口令不对，或归档的头部已损坏",
);

const MAY_BE_DAMAGED: Both = Both(
    "; but its bytes are not the ones of its .sha256 file, so it may be damaged",
    "；但其字节与 .sha256 文件不符，归档可能已损坏",
);

const ANOTHER_COPY: Both = Both(
    "Fetch another copy of this archive; `verify --sealed` says without a key whether a copy is as it \
     was written.",
    "请另取本归档的副本；`verify --sealed` 无需密钥即可判断副本是否与写出时一致。",
);

const AS_WRITTEN: Both = Both(
    "The archive itself is as it was written: its .sha256 file agrees.",
    "归档本身与写出时一致：与其 .sha256 文件相符。",
);

const COMPARE: Both = Both(
    "If it is the right one, compare the archive's SHA-256 with the one that was written down at the \
     export (its .sha256 file), and fetch another copy if they differ.",
    "如密钥或口令无误，请将归档的 SHA-256 与导出时所记录的（其 .sha256 文件）比对，如不一致，请另取副本。",
);

/// What keeps an archive from being opened. A key that does not fit may be the wrong one, or the
/// header may be damaged that says whom it is sealed for: where a checksum stands beside it, that
/// is told apart, and where none does, both are said.
pub(super) fn not_opened(error: Error, archive: &Path, monitor: &dyn Monitor) -> Failure {
    let either = match error.kind() {
        ErrorKind::NoKeyFits { passphrase: false } => NO_KEY,
        ErrorKind::WrongPassphrase => NO_PASSPHRASE,
        // That it is sealed with a passphrase stands in a header that can be read.
        _ => return error.into(),
    };
    let sealed = match verify_sealed(archive, monitor) {
        Err(stopped) if matches!(stopped.kind(), ErrorKind::Cancelled) => return stopped.into(),
        sealed => sealed.ok().and_then(|report| report.verdict()),
    };
    let Failure { message, hint, .. } = Failure::from(error);
    let hint_and = |next: Both| hint.map_or_else(|| Said::from(next), |hint| hint.and(next));
    match sealed {
        Some(Verdict::Failed) => Failure::error(message.but(MAY_BE_DAMAGED), ANOTHER_COPY),
        Some(Verdict::Intact) => Failure::error(message, hint_and(AS_WRITTEN)),
        // Nothing beside it tells one from the other.
        _ => {
            let name = archive.display().to_string();
            Failure::error(Said::from(either).about(&name), hint_and(COMPARE))
        }
    }
}
