//! `verify`: checks every byte of an archive; without a key, only the encrypted file.

use backup_core::{Command, verify, verify_sealed};

use super::keeping::Keeping;
use super::opening::not_opened;
use super::shared::{each, one_expected, verify_options};
use crate::cli::VerifyArgs;
use crate::exit::Failure;
use crate::keys;
use crate::outcome::Outcome;
use crate::session::Session;

pub(crate) fn run(args: &VerifyArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    one_expected(args.expect_id.is_some(), &args.archives)?;
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
            let verified = verify(archive, &identities, &options, &*watch);
            keeping.keep(archive, verified.map_err(|error| not_opened(error, archive, &*watch)))
        })
    };
    Ok(Outcome::Archives { command: Command::Verify, examined, also: keeping.finish() })
}
