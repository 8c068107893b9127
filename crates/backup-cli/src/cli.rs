//! The command line, as clap reads it. What a flag means is said here; what it does, in `commands`.

mod keep;

use std::path::PathBuf;

use backup_core::record::Digest;
use backup_core::source::ZipLimits;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub(crate) use keep::{HistoryArgs, KeepArgs, LimitArgs};

/// Encrypted, verifiable CRM backups that are proven to restore.
///
/// Puts the export of a CRM (CSV files, Excel workbooks, a SQLite database, attachments) into one
/// encrypted file, checks that file, and proves that everything in it comes back.
#[derive(Debug, Parser)]
#[command(name = "crm-backup", version, max_term_width = 100, after_help = ROUND)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const ROUND: &str = "\
The whole round:
  crm-backup keygen -o key.txt
  crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
  crm-backup restore-test crm.tar.zst.age -i key.txt

Exit codes:
    0  done; the verdict, if one was asked for, is proven or intact
    1  an error, and nothing was looked at
    2  wrong usage
    3  looked, and something is wrong: failed
    4  looked, but not at everything that was asked for: unverified
  130  interrupted; nothing half-made is left";

/// What a CSV from standard input is called, unless it is given a name.
pub(crate) const STDIN_NAME: &str = "stdin.csv";

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct GlobalArgs {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print nothing but the verdict
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// How many threads work [default: as many as there are cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// The language of verdicts, headings and labels, and of --report; --json is the same in each
    /// [default: as LC_ALL, LC_MESSAGES or LANG say]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Lang>,
}

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// The page that a command writes.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Write the report as one HTML page too, for people to read, print and file; an older page
    /// is replaced, any other file is not
    #[arg(id = "page", long = "report", value_name = "FILE.html")]
    pub(crate) file: Option<PathBuf>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Keygen(KeygenArgs),
    Export(ExportArgs),
    Verify(VerifyArgs),
    RestoreTest(RestoreTestArgs),
    Restore(RestoreArgs),
    Inspect(InspectArgs),
    History(HistoryArgs),
    Demo(DemoArgs),
}

impl Command {
    /// As it is typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Keygen(_) => "keygen",
            Self::Export(_) => "export",
            Self::Verify(_) => "verify",
            Self::RestoreTest(_) => "restore-test",
            Self::Restore(_) => "restore",
            Self::Inspect(_) => "inspect",
            Self::History(_) => "history",
            Self::Demo(_) => "demo",
        }
    }

    /// Where a page is to be written, if one is.
    pub(crate) fn page(&self) -> Option<PathBuf> {
        match self {
            Self::Export(args) => args.report.file.clone(),
            Self::Verify(args) => args.report.file.clone(),
            Self::RestoreTest(args) => args.report.file.clone(),
            _ => None,
        }
    }

    /// The history that it is recorded in, if it is.
    pub(crate) fn history(&self) -> Option<PathBuf> {
        match self {
            Self::Export(args) => args.keep.history.clone(),
            Self::RestoreTest(args) => args.keep.history.clone(),
            _ => None,
        }
    }

    /// The archives that it is about.
    pub(crate) fn archives(&self) -> Vec<PathBuf> {
        match self {
            Self::Export(args) => args.output.clone().into_iter().collect(),
            Self::Verify(args) => args.archives.clone(),
            Self::RestoreTest(args) => args.archives.clone(),
            _ => Vec::new(),
        }
    }
}

/// Make a key
///
/// Makes a new key pair and writes it as age-keygen does. Whoever has the file can read every
/// archive that is sealed to its public key, and without it nobody can: keep it apart from the
/// archives, and keep more than one copy.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup keygen -o key.txt")]
pub(crate) struct KeygenArgs {
    /// The file to write, for your eyes only; never replaces one [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Seal a CRM's export into one archive
///
/// Reads the sources, seals them into one encrypted archive, reads that back from the disk and
/// checks every digest. Only then does the archive get its name, with two files beside it: its
/// checksum, and how to open it by hand.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
  crm-backup export deals.xlsx crm.sqlite -o crm.tar.zst.age -R team.txt
  crm-backup export crm-export/ --dry-run")]
pub(crate) struct ExportArgs {
    /// CSV files, workbooks, SQLite databases, other files, and folders and ZIP files of them; - is
    /// a CSV from standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// The archive to write, usually NAME.tar.zst.age
    #[arg(short, long, value_name = "ARCHIVE", required_unless_present = "dry_run")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// What to call the CSV from standard input
    #[arg(long, value_name = "NAME", default_value = STDIN_NAME)]
    pub(crate) stdin_name: String,
    /// Say what would be exported and every problem there is, and write nothing
    #[arg(long, conflicts_with = "page")]
    pub(crate) dry_run: bool,
    /// Replace files that are there already
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not read the archive back; it is then not known to be good
    #[arg(long)]
    pub(crate) no_read_back: bool,
    /// How hard to compress: 1 is fast, 19 is small
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..=22))]
    pub(crate) level: i32,
    /// How large a table's parts become before they are compressed
    #[arg(long, value_name = "BYTES", default_value = "64MiB", value_parser = size)]
    pub(crate) part_size: u64,
    // A group's heading carries on to what follows it, so groups come last, here and below.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) seal: SealArgs,
}

/// Whom an archive is sealed to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Who may read it")]
pub(crate) struct SealArgs {
    /// A public key, age1… or "ssh-ed25519 …"; may be said several times
    #[arg(short, long = "recipient", value_name = "RECIPIENT")]
    pub(crate) recipients: Vec<String>,
    /// A file of public keys, one a line; - is standard input
    #[arg(short = 'R', long = "recipients-file", value_name = "FILE")]
    pub(crate) recipient_files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// Where a passphrase comes from. Never from an argument: other users could see it there.
#[derive(Debug, Args)]
#[group(id = "a_passphrase", multiple = false)]
pub(crate) struct PassphraseArgs {
    /// Ask for a passphrase
    #[arg(short = 'p', long = "passphrase")]
    pub(crate) prompt: bool,
    /// Take the first line of this file as the passphrase
    #[arg(long = "passphrase-file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Take the passphrase from this variable of the environment
    #[arg(long = "passphrase-env", value_name = "NAME")]
    pub(crate) variable: Option<String>,
}

impl PassphraseArgs {
    /// Whether there is to be a passphrase.
    pub(crate) fn is_given(&self) -> bool {
        self.prompt || self.file.is_some() || self.variable.is_some()
    }
}

/// How sources are read, where that is not to be found out.
#[derive(Debug, Args)]
#[command(next_help_heading = "How sources are read")]
pub(crate) struct ReadingArgs {
    /// Carry files of this name whole, without looking for tables in them; * and ? as in a shell
    #[arg(long, value_name = "GLOB")]
    pub(crate) as_file: Vec<String>,
    /// The encoding of CSV files, such as gb18030 or windows-1252: of all, or of those of a name
    #[arg(long, value_name = "[GLOB=]NAME", value_parser = |text: &str| given(text, encoding))]
    pub(crate) encoding: Vec<Given<String>>,
    /// What stands between the cells of CSV files: one character, or tab
    #[arg(long, value_name = "[GLOB=]CHAR", value_parser = |text: &str| given(text, delimiter))]
    pub(crate) delimiter: Vec<Given<u8>>,
    /// The line of CSV files, and the row of the sheets of workbooks, that the header stands on; 0 if
    /// there is none
    #[arg(long, value_name = "[GLOB=]N", value_parser = |text: &str| given(text, number))]
    pub(crate) header_row: Vec<Given<u64>>,
    /// What becomes of records that are shorter or longer than the header: "pad" fills them with
    /// nulls, and the ledger says so
    #[arg(long, value_enum, default_value_t = Ragged::Refuse, value_name = "HOW")]
    pub(crate) ragged: Ragged,
    /// How much memory the process that reads a workbook may take (not limited on Windows)
    #[arg(long, value_name = "BYTES", default_value = "2GiB", value_parser = size)]
    pub(crate) workbook_memory: u64,
    /// Do not open a ZIP file that unpacks to more than N times its size
    #[arg(long, value_name = "N", default_value_t = ZipLimits::default().ratio)]
    pub(crate) zip_ratio: u64,
    /// Do not open a ZIP file that unpacks to more than this [default: no limit]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub(crate) zip_bytes: Option<u64>,
    /// Do not open a ZIP file that has more members than this
    #[arg(long, value_name = "N", default_value_t = ZipLimits::default().members)]
    pub(crate) zip_members: u64,
    /// Do not open more than so many ZIP files that lie in one another
    #[arg(long, value_name = "N", default_value_t = ZipLimits::default().depth)]
    pub(crate) zip_depth: u32,
}

/// Something that is given for all files, or for those of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given<T> {
    pub(crate) glob: Option<String>,
    pub(crate) value: T,
}

/// What becomes of records of another length than the header's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Ragged {
    /// The file is carried as a file
    Refuse,
    /// They are filled with nulls
    Pad,
}

/// What opens an archive.
#[derive(Debug, Args)]
#[command(next_help_heading = "What opens it")]
pub(crate) struct OpenArgs {
    /// An identity file: from keygen or age-keygen, or an SSH private key; - is standard input
    #[arg(short, long = "identity", value_name = "IDENTITY")]
    pub(crate) identities: Vec<PathBuf>,
    /// Take the text of an identity file from this variable of the environment
    #[arg(long = "identity-env", value_name = "NAME")]
    pub(crate) identity_variables: Vec<String>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// Check that an archive is whole
///
/// Reads all of an archive and checks every byte, digest, count and layer. With --sealed no key is
/// needed: the sealed bytes are compared with the .sha256 file beside the archive.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup verify crm.tar.zst.age -i key.txt
  crm-backup verify --sealed backups/*.age")]
pub(crate) struct VerifyArgs {
    /// The archives
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    /// Without a key: only compare the sealed bytes with the .sha256 file
    #[arg(long, conflicts_with_all = ["identities", "identity_variables", "a_passphrase", "expect_id"])]
    pub(crate) sealed: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// The content id that the archive must have
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    /// Write what a monitoring system is told, in the text format of Prometheus
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

/// Prove that an archive restores
///
/// Verifies an archive, loads everything into a database that is thrown away, reads it back, and
/// compares it cell for cell with what was exported.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup restore-test crm.tar.zst.age -i key.txt
  crm-backup restore-test crm.tar.zst.age -i key.txt --report drill.html
  crm-backup restore-test crm.tar.zst.age -i key.txt --expect totals.csv --against crm-export/
  crm-backup restore-test crm.tar.zst.age -i key.txt --max-age 90d --history history.jsonl")]
pub(crate) struct RestoreTestArgs {
    /// The archives
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    /// Compare with these sources as they are now, too: how many records of each table were added,
    /// removed and changed
    #[arg(long, value_name = "SOURCE", num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
    /// With --against, a difference is a failure and no remark
    #[arg(long, requires = "against")]
    pub(crate) require_equal: bool,
    /// Compare the restored database with what the CRM's own screens say: a CSV file with the header
    /// table,rows or table,rows,column,sum
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// The content id that the archive must have
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    /// Take keys and references from this Frictionless data package, beside those that the archive
    /// knows of and that names and values tell
    #[arg(long, value_name = "DATAPACKAGE.JSON")]
    pub(crate) schema: Option<PathBuf>,
    /// Do not look at keys and references
    #[arg(long, conflicts_with = "schema")]
    pub(crate) no_keys: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Where the scratch database lives
    #[arg(long, value_name = "WHERE", default_value = "disk")]
    pub(crate) scratch: ScratchKind,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// Where the scratch database lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScratchKind {
    /// In memory.
    Memory,
    /// In a temporary file without a name.
    Disk,
}

/// Give the data back
///
/// Writes what an archive holds into a new folder (tables as CSV, files as they were), or into a
/// new SQLite database if the name ends in .sqlite, .sqlite3 or .db. Nothing gets its name before
/// it has been checked. What is written is no longer encrypted.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup restore crm.tar.zst.age -i key.txt -o restored/
  crm-backup restore crm.tar.zst.age -i key.txt -o restored/ --originals
  crm-backup restore crm.tar.zst.age -i key.txt -o crm.sqlite --table accounts
  crm-backup restore damaged.tar.zst.age -i key.txt -o rest/ --salvage")]
pub(crate) struct RestoreArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    /// The folder or the database to write; it must be new, or an empty folder
    #[arg(short, long, value_name = "DIR|FILE.sqlite")]
    pub(crate) output: PathBuf,
    /// Only this table, read without the others; may be said several times
    #[arg(long = "table", value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    /// The source files, byte for byte, instead of the tables
    #[arg(long, conflicts_with = "tables")]
    pub(crate) originals: bool,
    /// Restore nothing unless the archive has this content id
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    /// Of a damaged archive, whatever is still whole: every part of a table and every file that
    /// proves, into a folder; what is missing is listed
    #[arg(long)]
    pub(crate) salvage: bool,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

/// Show what is in an archive
///
/// Reads only the end of an archive, so it is quick with one of any size; but it checks nothing
/// else, and gives no verdict.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup inspect crm.tar.zst.age -i key.txt")]
pub(crate) struct InspectArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

/// Try the whole round on a sample
///
/// Exports a bundled CRM of invented people, verifies it, proves that it restores, and gives it
/// back; each command is shown as it runs.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup demo")]
pub(crate) struct DemoArgs {
    /// A new or empty folder to work in, which stays [default: a temporary one, removed at the end]
    #[arg(value_name = "DIR", action = ArgAction::Set)]
    pub(crate) folder: Option<PathBuf>,
}

/// A number of bytes, such as 700, 64MiB or 1 GB.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err("say a number of bytes, such as 700, 512KiB or 64MiB".into()),
    };
    let number: u64 = number.parse().map_err(|_| "it does not begin with a number".to_owned())?;
    match number.checked_mul(scale) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err("that is too small or too large".into()),
    }
}

/// `VALUE`, or `GLOB=VALUE`.
fn given<T>(text: &str, value: fn(&str) -> Result<T, String>) -> Result<Given<T>, String> {
    match text.rsplit_once('=') {
        Some((glob, rest)) if !glob.is_empty() && !rest.is_empty() => {
            Ok(Given { glob: Some(glob.to_owned()), value: value(rest)? })
        }
        _ => Ok(Given { glob: None, value: value(text)? }),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "it is no number".into())
}

fn encoding(text: &str) -> Result<String, String> {
    if backup_core::source::csv::is_encoding(text) {
        return Ok(text.to_owned());
    }
    Err("try utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252, utf-16le or utf-32le".into())
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text == "tab" || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !b"\"\r\n\0".contains(byte) => Ok(*byte),
        _ => Err("it is one ASCII character, and no quote or line end".into()),
    }
}

fn content_id(text: &str) -> Result<Digest, String> {
    let digits = text.trim().trim_start_matches("sha256:").to_ascii_lowercase();
    digits.parse().map_err(|_| "a content id is 64 hexadecimal digits".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn clap_finds_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        let sizes = [("700", 700), ("64MiB", 64 << 20), ("1 kB", 1000), ("2g", 2 << 30)];
        for (text, bytes) in sizes {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "MiB", "1.5MiB", "99999999999999999999", "17179869184GiB", "-1"] {
            assert!(size(text).is_err(), "{text:?} was taken for a size");
        }
    }

    #[test]
    fn delimiters_are_one_ascii_character() {
        let delimiters = [(";", b';'), ("tab", b'\t'), ("\\t", b'\t'), ("|", b'|')];
        for (text, byte) in delimiters {
            assert_eq!(delimiter(text), Ok(byte), "{text}");
        }
        for text in ["", "\"", "\n", ";;", "，"] {
            assert!(delimiter(text).is_err(), "{text:?} was taken for a delimiter");
        }
    }
}
