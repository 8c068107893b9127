//! Shared by several commands: finding sources, checking several archives, and setting options.

use std::io::Read;
use std::path::{Path, PathBuf};

use backup_core::record::Digest;
use backup_core::source::csv::{CsvOptions, CsvSource, Ragged};
use backup_core::source::workbook::WorkbookOptions;
use backup_core::source::{DiscoverOptions, Discovered, ReadingRule, ZipLimits, discover};
use backup_core::{CompletenessOptions, Error, Profile, Report, VerifyOptions};

use crate::cli::{self, CompleteArgs, Given, ReadingArgs, ServerArgs};
use crate::exit::{self, Failure};
use crate::i18n::text;
use crate::outcome::Examined;
use crate::session::Session;
use crate::{servers, waiting, workbook};

/// The value of `--profile` for no profile.
const NO_PROFILE: &str = "none";

/// Checks archives one after the other. An error with one does not stop the others, but an
/// interrupt does.
pub(super) fn each(
    archives: &[PathBuf],
    mut examine: impl FnMut(&Path) -> Result<Report, Failure>,
) -> Vec<Examined> {
    let mut examined = Vec::new();
    for archive in archives {
        let result = examine(archive).map(Box::new);
        let result = result.map_err(|failure| failure.about(&archive.display().to_string()));
        let stop = matches!(&result, Err(failure) if failure.exit == exit::INTERRUPTED);
        examined.push(Examined { archive: archive.clone(), result });
        if stop {
            break;
        }
    }
    examined
}

/// Refuses an expected content id for several archives: different archives have different ones.
pub(super) fn one_expected(expected: bool, archives: &[PathBuf]) -> Result<(), Failure> {
    if expected && archives.len() > 1 {
        return Err(Failure::usage(text!("expect-id-one"), text!("expect-id-one-hint")));
    }
    Ok(())
}

pub(super) fn verify_options(expect_id: Option<Digest>, session: &Session<'_>) -> VerifyOptions {
    let mut options = VerifyOptions::default();
    if let Some(threads) = session.settings.threads {
        options = options.threads(threads.into());
    }
    match expect_id {
        Some(id) => options.expect_id(id),
        None => options,
    }
}

/// Refuses standard input as an archive, because the command reads archives from their end.
pub(super) fn refuse_stream(archives: &[PathBuf]) -> Result<(), Failure> {
    if archives.iter().any(|archive| archive.as_os_str() == "-") {
        return Err(Failure::usage(text!("archive-on-stdin"), text!("archive-on-stdin-hint")));
    }
    Ok(())
}

/// Reads a list that the user gives, in a file or a pipe.
pub(super) fn read_list<T>(
    path: &Path,
    session: &mut Session<'_>,
    parse: impl FnOnce(Box<dyn Read + '_>) -> backup_core::Result<T>,
) -> Result<T, Failure> {
    if path == Path::new("-") {
        let stdin = session.take_stdin(&text!("input-list"))?;
        return Ok(parse(stdin)?);
    }
    let opened = waiting::open(path, session).map_err(|error| Error::reading(path, error));
    opened.and_then(parse).map_err(|error| session.or_interrupted(error.into()))
}

/// The options of the question whether an export is complete. A profile is the name of a built-in
/// one, or a file.
pub(super) fn completeness(
    args: &CompleteArgs,
    no_keys: bool,
    session: &mut Session<'_>,
) -> Result<CompletenessOptions, Failure> {
    let options = CompletenessOptions::default().references(!no_keys);
    let Some(path) = &args.profile else { return Ok(options) };
    if path == Path::new(NO_PROFILE) {
        return Ok(options.without_profile());
    }
    if let Some(profile) = built_in(path) {
        return Ok(options.profile(profile));
    }
    let name: &str = &path.to_string_lossy();
    let is_path = path.exists() || name.contains(['/', '\\']) || name.ends_with(".toml");
    if !is_path && name != "-" {
        let built_in = Profile::built_in();
        let names: Vec<_> = built_in.iter().map(Profile::name).collect();
        let names = names.join(", ");
        let message = text!("unknown-profile", name = name);
        return Err(Failure::usage(message, text!("unknown-profile-hint", names = names.as_str())));
    }
    let profile = read_list(path, session, |list| Profile::read_from(list, path))?;
    Ok(options.profile(profile))
}

/// The file of a profile, if `--profile` names one. A folder of an export may have the name of a
/// built-in profile, which is meant then.
pub(super) fn profile_file(args: &CompleteArgs) -> Option<&PathBuf> {
    let is_file = |path: &&PathBuf| *path != Path::new(NO_PROFILE) && built_in(path).is_none();
    args.profile.as_ref().filter(is_file)
}

fn built_in(name: &Path) -> Option<Profile> {
    let mut profiles = Profile::built_in().iter();
    profiles.find(|profile| Path::new(profile.name()) == name).cloned()
}

/// The files of a run, which are left out of the sources.
#[derive(Default)]
pub(super) struct OwnFiles<'a> {
    pub(super) archives: &'a [PathBuf],
    pub(super) others: Vec<&'a PathBuf>,
}

/// The databases on servers among the sources: which tables are read, and how they are opened.
pub(super) struct Databases<'a> {
    pub(super) tables: &'a [String],
    pub(super) args: &'a ServerArgs,
}

/// Finds what the sources contain.
pub(super) fn find_sources(
    sources: &[PathBuf],
    stdin_name: &str,
    reading: &ReadingArgs,
    databases: &Databases<'_>,
    own: &OwnFiles<'_>,
    session: &mut Session<'_>,
) -> Result<Discovered, Failure> {
    let addresses = sources.iter().filter_map(|path| servers::address_in(path));
    let addresses = addresses.map(str::parse).collect::<Result<Vec<_>, Error>>()?;
    if addresses.is_empty() && !databases.tables.is_empty() {
        return Err(Failure::usage(text!("table-of-files"), text!("table-of-files-hint")));
    }
    // The database of a CRM names its files with the folder, such as `upload`.
    let mut options = reading_options(reading, session.context.workbook_reader.clone())
        .folder_names(!addresses.is_empty());
    options = own.archives.iter().fold(options, |options, path| options.archive(path));
    options = own.others.iter().fold(options, |options, path| options.own_file(*path));
    // A redirected output may lie in the source too.
    options = options.own_file("/dev/stdout").own_file("/dev/stderr");
    let files = sources.iter().filter(|path| servers::address_in(path).is_none()).cloned();
    let (streams, paths): (Vec<_>, Vec<_>) = files.partition(|path| path.as_os_str() == "-");
    let mut found = Discovered::default();
    if !paths.is_empty() {
        found = discover(&paths, &options)?;
    }
    found.sources.extend(servers::sources(addresses, databases.tables, databases.args, session)?);
    // Streams come last: if a source before them cannot be read as a table, the export starts again
    // before it reaches them. A stream cannot be read twice.
    for _ in streams {
        if found.sources.iter().any(|source| source.name() == stdin_name) {
            let message = text!("stdin-name", name = stdin_name);
            return Err(Failure::usage(message, text!("stdin-name-hint")));
        }
        let stdin = session.take_stdin(&text!("input-source"))?;
        let csv = options.csv_for(stdin_name);
        found.sources.push(Box::new(CsvSource::from_reader(stdin, stdin_name, csv)));
    }
    Ok(found)
}

/// The options for reading sources; `reader` is the program that reads workbooks, if not this
/// process.
fn reading_options(args: &ReadingArgs, reader: Option<PathBuf>) -> DiscoverOptions {
    let mut csv = CsvOptions::default();
    if args.ragged == cli::Ragged::Pad {
        csv = csv.ragged(Ragged::Pad);
    }
    let mut workbook = WorkbookOptions::default();
    if let Some(program) = reader {
        workbook = workbook.process(workbook::process(program, args.workbook_memory));
    }
    let mut zip =
        ZipLimits::default().ratio(args.zip_ratio).members(args.zip_members).depth(args.zip_depth);
    if let Some(bytes) = args.zip_bytes {
        zip = zip.plain_bytes(bytes);
    }
    let mut options = DiscoverOptions::default().csv(csv).workbook(workbook).zip(zip);
    if let Some(encoding) = &args.zip_names {
        options = options.zip_names(encoding);
    }
    for pattern in &args.as_file {
        options = options.as_file(pattern);
    }
    let all = ReadingRule::default;
    let rules = rules(&args.encoding, |name: &String| all().encoding(name))
        .chain(rules(&args.delimiter, |delimiter| all().delimiter(*delimiter)))
        .chain(rules(&args.escape, |escape| all().escape(*escape)))
        .chain(rules(&args.header_row, |row| all().header_row(*row)));
    rules.fold(options, |options, (glob, rule)| options.rule(glob, rule))
}

/// Values for all files come first, so that values for some files override them.
fn rules<'a, T>(
    given: &'a [Given<T>],
    rule: impl Fn(&T) -> ReadingRule + Copy + 'a,
) -> impl Iterator<Item = (&'a str, ReadingRule)> {
    let of = move |given: &'a Given<T>| (given.glob.as_deref().unwrap_or("*"), rule(&given.value));
    let (all, some): (Vec<_>, Vec<_>) = given.iter().partition(|given| given.glob.is_none());
    all.into_iter().chain(some).map(of)
}
