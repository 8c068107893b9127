//! `verify`: checks every byte of an archive; without a key, only the encrypted file.

use std::path::Path;

use backup_core::archive::Identity;
use backup_core::{
    Command, ErrorKind, Operation, Report, VerifyOptions, verify, verify_sealed, verify_stream,
};

use super::keeping::Keeping;
use super::opening::not_opened;
use super::shared::{each, one_expected, verify_options};
use crate::cli::VerifyArgs;
use crate::exit::Failure;
use crate::i18n::text;
use crate::keys;
use crate::outcome::Outcome;
use crate::session::Session;

pub(crate) fn run(args: &VerifyArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    one_expected(args.expect_id.is_some(), &args.archives)?;
    let has_stream = args.archives.iter().any(|archive| is_stream(archive));
    if has_stream && args.sealed {
        return Err(Failure::usage(text!("sealed-stream"), text!("sealed-stream-hint")));
    }
    if has_stream && args.metrics.is_some() {
        return Err(Failure::usage(text!("stream-kept"), text!("stream-kept-hint")));
    }
    let mut keeping =
        Keeping::of_metrics(Command::Verify, args.metrics.as_deref(), &args.archives, session)?;
    let watch = session.watch.clone();
    let examined = if args.sealed {
        each(&args.archives, |archive| {
            keeping.keep(archive, verify_sealed(archive, &*watch).map_err(Failure::from))
        })
    } else {
        let identities = keys::identities(&args.open, session);
        let identities =
            identities.map_err(|failure| keeping.record_all(&args.archives, failure))?;
        let options = verify_options(args.expect_id, session);
        each(&args.archives, |archive| {
            let verified = match is_stream(archive) {
                true => stream(archive, &identities, &options, session),
                false => verify(archive, &identities, &options, &*watch)
                    .map_err(|error| not_opened(error, archive, &*watch)),
            };
            keeping.keep(archive, verified)
        })
    };
    Ok(Outcome::Archives {
        command: Command::Verify,
        examined,
        also: keeping.finish(),
        requires_complete: false,
    })
}

/// Whether an archive comes from standard input, and is not a file there.
fn is_stream(archive: &Path) -> bool {
    let is_file = || archive.metadata().is_ok_and(|input| input.is_file());
    archive == Path::new("-") || archive == Path::new("/dev/stdin") && !is_file()
}

fn stream(
    archive: &Path,
    identities: &[Identity],
    options: &VerifyOptions,
    session: &mut Session<'_>,
) -> Result<Report, Failure> {
    let mut stdin = session.take_stdin(&text!("input-archive"))?;
    let name = archive.display().to_string();
    let verified = verify_stream(&mut *stdin, &name, identities, options, &*session.watch.clone());
    verified.map_err(|error| {
        let is_not_kept = matches!(error.kind(), ErrorKind::Io { doing: Operation::WriteTo, .. });
        let failure = Failure::from(error);
        match is_not_kept {
            true => Failure { hint: Some(text!("stream-room-hint")), ..failure },
            false => failure,
        }
    })
}
