//! `verify`: every byte of an archive; or without a key, its sealed bytes.

use backup_core::{verify, verify_sealed};

use super::{Outcome, each, not_opened, one_expected, verify_options};
use crate::cli::VerifyArgs;
use crate::exit::Failure;
use crate::keys;
use crate::session::Session;

pub(crate) fn run(args: &VerifyArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    one_expected(args.expect_id.is_some(), &args.archives)?;
    let watch = session.watch.clone();
    if args.sealed {
        return Ok(each("verify", &args.archives, |archive| Ok(verify_sealed(archive, &*watch)?)));
    }
    let identities = keys::identities(&args.open, session)?;
    let options = verify_options(args.expect_id, session);
    Ok(each("verify", &args.archives, |archive| {
        verify(archive, &identities, &options, &*watch)
            .map_err(|error| not_opened(error, archive, &*watch))
    }))
}
